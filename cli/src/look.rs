//! How tables look.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// The least columns that the table is fitted into.
const NARROWEST: u16 = 72;

/// How the table may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) colour: bool,
    /// Lines wrap at this column; without it they do not, for `grep` and its like.
    pub(crate) width: Option<u16>,
}

impl Look {
    /// Colour on a terminal only, and there only if nobody minds.
    pub(crate) fn of(terminal: bool, plain: bool) -> Self {
        // Some terminals say they have no width; one that is too narrow for the table breaks lines better itself.
        let width = if terminal { Table::new().width().filter(|width| *width >= NARROWEST) } else { None };
        Self { colour: terminal && !plain, width }
    }

    /// An empty table of this look.
    pub(crate) fn table(self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if self.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        if let Some(width) = self.width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table
    }

    /// A table of this look as text.
    pub(crate) fn text(table: &mut Table) -> String {
        for column in table.column_iter_mut() {
            column.set_padding((0, 2)).set_cell_alignment(CellAlignment::Left);
        }
        table.trim_fmt()
    }
}
