//! The one table: what we take, beside what others take or what we may take.

use std::fmt;

use comfy_table::{Table, presets};

use crate::report::size;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Nanoseconds,
    Bytes,
    Number,
}

impl Unit {
    fn show(self, figure: u64) -> String {
        match self {
            Self::Nanoseconds => time(figure),
            Self::Bytes => size(figure),
            Self::Number => figure.to_string(),
        }
    }
}

/// What was measured, several times or once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) median: u64,
    least: u64,
    most: u64,
}

impl Measured {
    /// None of nothing. Of an even number the upper of the two in the middle is the median.
    pub(super) fn of(mut all: Vec<u64>) -> Option<Self> {
        all.sort_unstable();
        Some(Self { median: *all.get(all.len() / 2)?, least: *all.first()?, most: *all.last()? })
    }

    pub(super) fn once(figure: u64) -> Self {
        Self { median: figure, least: figure, most: figure }
    }

    /// The median, and between what the others lie.
    fn show(self, unit: Unit) -> String {
        let median = unit.show(self.median);
        if self.least == self.most {
            median
        } else {
            format!("{median} ({} … {})", unit.show(self.least), unit.show(self.most))
        }
    }
}

/// What a figure of ours stands beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Beside {
    /// Somebody else, who did the same; they must take at least so many times what we take, where that is said.
    Other { name: &'static str, measured: Measured, times: Option<u64> },
    /// The most that we may take.
    Bound(u64),
    /// Nothing: it is only told.
    Nothing,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) on: String,
    pub(super) unit: Unit,
    pub(super) ours: Measured,
    pub(super) beside: Beside,
}

impl Row {
    /// Whether it is as it must be, by the medians.
    pub(super) fn held(&self) -> bool {
        let ours = self.ours.median;
        match &self.beside {
            Beside::Other { measured, times, .. } => {
                times.is_none_or(|times| ours.checked_mul(times).is_some_and(|least| measured.median >= least))
            }
            Beside::Bound(most) => ours <= *most,
            Beside::Nothing => true,
        }
    }

    fn cells(&self) -> [String; 7] {
        let (other, beside, expected) = match &self.beside {
            Beside::Other { name, measured, times } => {
                let expected = times.map(|times| format!("{times}x")).unwrap_or_default();
                (Some(measured.median), format!("{name}: {}", measured.show(self.unit)), expected)
            }
            Beside::Bound(most) => (Some(*most), format!("at most {}", self.unit.show(*most)), "1x".to_owned()),
            Beside::Nothing => (None, String::new(), String::new()),
        };
        let ratio = other.map(|other| Ratio(other, self.ours.median).to_string()).unwrap_or_default();
        let verdict = if self.held() { "" } else { "NOT HELD" };
        let ours = self.ours.show(self.unit);
        [ratio, self.what.clone(), self.on.clone(), ours, beside, expected, verdict.to_owned()]
    }
}

/// How many times one is the other, rounded down.
struct Ratio(u64, u64);

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.saturating_mul(10).checked_div(self.1) {
            Some(tenths @ 0..100) => write!(f, "{}.{}x", tenths / 10, tenths % 10),
            Some(tenths) => write!(f, "{}x", tenths / 10),
            None => f.write_str("all"),
        }
    }
}

const HEADER: [&str; 7] = ["RATIO", "WHAT", "OF", "KVS-WARDEN", "BESIDE IT", "AT LEAST", ""];

/// For the terminal.
pub(super) fn plain(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(HEADER);
    for row in rows {
        table.add_row(row.cells());
    }
    table.trim_fmt()
}

/// For a page.
pub(super) fn markdown(rows: &[Row]) -> String {
    markdown_of(HEADER, rows.iter().map(Row::cells))
}

/// A table of Markdown's.
pub(super) fn markdown_of<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let row = |cells: [String; N]| format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    let line = format!("|{}\n", " --- |".repeat(N));
    [row(header.map(str::to_lowercase)), line].into_iter().chain(rows.map(row)).collect()
}

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000 * MICRO;
const SECOND: u64 = 1_000 * MILLI;

/// A time as people read it.
fn time(nanoseconds: u64) -> String {
    let hundredths = |unit: u64| nanoseconds.saturating_mul(100).checked_div(unit).unwrap_or_default();
    let shown = |hundredths: u64, unit| format!("{}.{:02} {unit}", hundredths / 100, hundredths % 100);
    match nanoseconds {
        0..MICRO => format!("{nanoseconds} ns"),
        MICRO..MILLI => shown(hundredths(MICRO), "µs"),
        MILLI..SECOND => shown(hundredths(MILLI), "ms"),
        _ => shown(hundredths(SECOND), "s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: Vec<u64>, beside: Beside) -> Row {
        let ours = Measured::of(ours).unwrap();
        Row { what: "cold start".to_owned(), on: "a function".to_owned(), unit: Unit::Nanoseconds, ours, beside }
    }

    fn python(median: u64, times: Option<u64>) -> Beside {
        Beside::Other { name: "Python", measured: Measured::once(median), times }
    }

    #[test]
    fn the_median_and_the_ends_are_those_of_what_was_measured() {
        assert_eq!(Measured::of(vec![3, 1, 2]), Some(Measured { median: 2, least: 1, most: 3 }));
        assert_eq!(Measured::of(Vec::new()), None);
    }

    #[test]
    fn a_bound_holds_up_to_itself_and_a_ratio_from_itself_on() {
        assert!(row(vec![100], Beside::Bound(100)).held());
        assert!(!row(vec![101], Beside::Bound(100)).held());
        assert!(row(vec![10], python(100, Some(10))).held());
        assert!(!row(vec![10], python(99, Some(10))).held());
        assert!(row(vec![10], python(1, None)).held());
        assert!(row(vec![10], Beside::Nothing).held());
    }

    #[test]
    fn a_line_begins_with_how_many_times_more_the_other_side_takes() {
        let line = row(vec![8_000_000, 9_000_000, 7_500_000], python(431_000_000, Some(10))).cells();
        let ours = "8.00 ms (7.50 ms … 9.00 ms)";
        assert_eq!(line, ["53x", "cold start", "a function", ours, "Python: 431.00 ms", "10x", ""]);
        let line = row(vec![250], Beside::Bound(100)).cells();
        assert_eq!(line, ["0.4x", "cold start", "a function", "250 ns", "at most 100 ns", "1x", "NOT HELD"]);
        assert_eq!(Ratio(7, 0).to_string(), "all");
    }

    #[test]
    fn times_read_as_people_say_them() {
        for (nanoseconds, text) in
            [(0, "0 ns"), (999, "999 ns"), (1_050, "1.05 µs"), (100_000_000, "100.00 ms"), (20_000_000_000, "20.00 s")]
        {
            assert_eq!(time(nanoseconds), text);
        }
    }

    #[test]
    fn a_page_has_the_same_lines() {
        let page = markdown(&[row(vec![250], Beside::Bound(1_000))]);
        let line = "| 4.0x | cold start | a function | 250 ns | at most 1.00 µs | 1x |  |\n";
        assert!(page.starts_with("| ratio | what | of | kvs-warden | beside it | at least |  |\n| --- |"), "{page}");
        assert!(page.ends_with(line), "{page}");
    }
}
