//! Tables of a hundred columns.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::log::Joined;

/// As wide as a page of this demo.
const WIDTH: u16 = 100;

/// Rows of plain text; long cells wrap.
pub(super) fn text<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    table.trim_fmt()
}

/// What each camera's registration took, in milliseconds.
pub(super) fn steps(cameras: &[Joined]) -> String {
    let mut operations: Vec<&str> = Vec::new();
    for (operation, _) in cameras.iter().flat_map(Joined::steps) {
        if !operations.contains(&operation) {
            operations.push(operation);
        }
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let titles = operations.iter().map(|operation| title(operation));
    table.set_header(["MILLISECONDS", "WAIT"].into_iter().chain(titles).chain(["ALL"]));
    for camera in cameras {
        let steps = camera.steps();
        let took = |operation: &&str| {
            let of = steps.iter().filter(|(step, _)| step == operation).map(|(_, ms)| *ms);
            of.collect::<Vec<_>>().join("+")
        };
        let working = steps.iter().filter_map(|(_, ms)| ms.parse::<u64>().ok()).sum();
        let wait = camera.total_ms.saturating_sub(working).to_string();
        let row = [camera.thing.clone(), wait].into_iter().chain(operations.iter().map(took));
        table.add_row(row.chain([camera.total_ms.to_string()]));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 3));
        if at > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// The text with every certificate's id cut to its first eight digits, as `warden status` shows them.
pub(super) fn short(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_hexdigit()).map(|word| {
        let id = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        match (id.len(), id.get(..8), word.get(64..)) {
            (64, Some(begin), Some(rest)) => format!("{begin}…{rest}"),
            _ => word.to_owned(),
        }
    });
    words.collect()
}

/// A column's title: what the operation brings, in a word.
fn title(operation: &str) -> &str {
    match operation {
        "CreateThing" => "THING",
        "AddThingToThingGroup" => "GROUP",
        "CreateStream" => "STREAM",
        "DescribeStream" => "IS ACTIVE",
        "AttachThingPrincipal" => "ATTACH",
        "AttachPolicy" => "POLICY",
        "UpdateCertificate" => "ACTIVATE",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_cut_short() {
        let id = "0123456789abcdef".repeat(4);
        assert_eq!(short(&format!("CA `{id}`: {id}")), "CA `01234567…`: 01234567…");
        for other in ["", "cafe", "a façade", &"a".repeat(63), &"a".repeat(65)] {
            assert_eq!(short(other), other);
        }
    }
}
