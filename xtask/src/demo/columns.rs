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

/// The steps of a new camera, in their order, and what each brings in a word.
const STEPS: [(&str, &str); 7] = [
    ("CreateThing", "THING"),
    ("AddThingToThingGroup", "GROUP"),
    ("CreateStream", "STREAM"),
    ("DescribeStream", "IS ACTIVE"),
    ("AttachThingPrincipal", "ATTACH"),
    ("AttachPolicy", "POLICY"),
    ("UpdateCertificate", "ACTIVATE"),
];

/// What each camera's registration took, in milliseconds. A camera that two workers had at once takes more than the
/// steps of a new one.
pub(super) fn steps(cameras: &[Joined]) -> String {
    let is_usual = |operation: &str| STEPS.iter().any(|(usual, _)| *usual == operation);
    let sum = |steps: &[(&str, &str)], counts: &dyn Fn(&str) -> bool| -> u64 {
        let of = steps.iter().filter(|(operation, _)| counts(operation));
        of.filter_map(|(_, ms)| ms.parse::<u64>().ok()).sum()
    };
    let more = cameras.iter().flat_map(Joined::steps).any(|(operation, _)| !is_usual(operation));
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let titles = STEPS.iter().map(|(_, title)| *title).chain(more.then_some("MORE"));
    table.set_header(["MILLISECONDS", "WAIT"].into_iter().chain(titles).chain(["ALL"]));
    for camera in cameras {
        let steps = camera.steps();
        let wait = camera.total_ms.saturating_sub(sum(&steps, &|_| true));
        let usual = STEPS.iter().map(|(operation, _)| sum(&steps, &|step| step == *operation));
        let took = usual.chain(more.then(|| sum(&steps, &|step| !is_usual(step))));
        let figures = [wait].into_iter().chain(took).chain([camera.total_ms]);
        table.add_row([camera.thing.clone()].into_iter().chain(figures.map(|ms| ms.to_string())));
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
