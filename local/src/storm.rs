//! What the tests of storms have in common: how large they are, their dice, and their tables.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

/// The environment variable by which `cargo xtask storm` asks for storms in full. Without it they are smaller, so that a
/// run of all tests does not wait for them.
pub const FULL: &str = "STORM_FULL";

/// The environment variable that gives the seed of the dice.
pub const SEED: &str = "STORM_SEED";

/// Where tables lie, below the workspace.
const TABLES: &str = "target/storms";

#[expect(clippy::disallowed_methods, reason = "whoever runs a storm says how large it is, and may repeat its dice")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether storms are asked for in full.
pub fn is_full() -> bool {
    variable(FULL).is_some()
}

/// Where tests leave their tables.
pub fn tables() -> PathBuf {
    crate::workspace().join(TABLES)
}

/// Dice, and their seed: that of the environment variable [`SEED`], or a new one.
#[expect(clippy::disallowed_methods, reason = "another storm each time")]
pub fn dice() -> Result<(fastrand::Rng, u64)> {
    let seed = match variable(SEED) {
        Some(seed) => seed.parse().with_context(|| format!("`{SEED}` is `{seed}`: expected a whole number"))?,
        None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::from(since.subsec_nanos())),
    };
    Ok((fastrand::Rng::with_seed(seed), seed))
}

/// A share as tenths of a percent, rounded down; a share of nothing is whole.
pub fn per_mille(part: usize, whole: usize) -> usize {
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000)
}

/// A share in words, such as `91.3 %`.
pub fn percent(part: usize, whole: usize) -> String {
    let share = per_mille(part, whole);
    format!("{}.{} %", share / 10, share % 10)
}

/// What came of a storm: figures, and what they had to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    name: &'static str,
    title: String,
    rows: Vec<[String; 3]>,
    missed: Vec<String>,
}

impl Table {
    /// An empty table: the name of its file, and a sentence that says what the storm was.
    pub fn new(name: &'static str, title: &str) -> Self {
        Self { name, title: title.to_owned(), rows: Vec::new(), missed: Vec::new() }
    }

    /// A figure that nothing is expected of.
    pub fn figure(&mut self, what: &str, came: &impl ToString) {
        self.rows.push([what.to_owned(), String::new(), came.to_string()]);
    }

    /// A figure that has to be this one.
    pub fn exactly<T: PartialEq + ToString>(&mut self, what: &str, expected: &T, came: &T) {
        self.held(what, &expected.to_string(), &came.to_string(), expected == came);
    }

    /// What was expected in words, what came, and whether it holds.
    pub fn held(&mut self, what: &str, expected: &str, came: &str, holds: bool) {
        self.rows.push([what.to_owned(), expected.to_owned(), came.to_owned()]);
        if !holds {
            self.missed.push(format!("{what}: {came} instead of {expected}"));
        }
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("{}\n\n| | expected | came |\n|---|---|---|\n", self.title);
        for [what, expected, came] in &self.rows {
            writeln!(text, "| {what} | {expected} | {came} |").unwrap_or_default();
        }
        text
    }

    /// Leaves the table for `cargo xtask storm`, and tells it; an error when a row does not hold.
    pub fn tell(&self) -> Result<()> {
        let folder = tables();
        fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let text = self.markdown();
        fs::write(folder.join(format!("{}.md", self.name)), &text).context("cannot write the table")?;
        if self.missed.is_empty() {
            return Ok(());
        }
        bail!("{}\n\n{text}", self.missed.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_which_rows_do_not_hold() {
        let mut table = Table::new("of-a-test", "Nothing happened.");
        table.figure("seconds", &7);
        table.exactly("cameras", &2, &2);
        table.exactly("dead letters", &0, &1);
        table.held("useful", "at least 90 %", &percent(9, 11), false);
        assert_eq!(table.missed, ["dead letters: 1 instead of 0", "useful: 81.8 % instead of at least 90 %"]);
        assert_eq!(
            table.markdown(),
            "Nothing happened.\n\n| | expected | came |\n|---|---|---|\n| seconds |  | 7 |\n| cameras | 2 | 2 |\n\
             | dead letters | 0 | 1 |\n| useful | at least 90 % | 81.8 % |\n"
        );
    }

    #[test]
    fn shares_are_rounded_down() {
        assert_eq!([percent(1, 3), percent(0, 0), percent(7, 7)], ["33.3 %", "100.0 %", "100.0 %"]);
    }
}
