//! The page of all checks, made of their own fields.

use std::fmt::Write as _;

use crate::check::{Check, Group};
use crate::checks;

/// `docs/checks.md`: an index by group, then each check. To write it anew after a check has changed:
///
/// ```sh
/// UPDATE=1 cargo test -p audit reference
/// ```
pub fn page() -> String {
    let all: Vec<&Check> = checks::all().collect();
    let mut page = format!(
        "# Checks\n\nWhat `kvs-warden` audits: {} checks. This page is made of the checks' own texts; do not edit it, \
         change the check and run `UPDATE=1 cargo test -p audit reference`.\n",
        all.len()
    );
    let groups = || {
        Group::ALL.into_iter().filter_map(|group| {
            let of_group: Vec<_> = all.iter().copied().filter(|check| check.group == group).collect();
            (!of_group.is_empty()).then_some((group, of_group))
        })
    };
    page.push_str("\n| Check | Severity | What is wrong |\n| --- | --- | --- |\n");
    for (group, checks) in groups() {
        writeln!(page, "| **{}** | | |", group.title()).unwrap_or_default();
        for Check { id, severity, title, .. } in checks {
            writeln!(page, "| [`{id}`](#{id}) | {severity} | {} |", title.replace('|', "\\|")).unwrap_or_default();
        }
    }
    for (group, checks) in groups() {
        writeln!(page, "\n## {}", group.title()).unwrap_or_default();
        for check in checks {
            one(check, &mut page);
        }
    }
    page
}

fn one(check: &Check, page: &mut String) {
    let Check { id, group: _, severity, title, why, remedy, reference, frameworks, judge: _ } = check;
    write!(page, "\n### {id}\n\n{title}. Severity: **{severity}**.\n\n{why}\n\n*What to do:* {remedy}\n")
        .unwrap_or_default();
    write!(page, "\n*See* <{reference}>").unwrap_or_default();
    if !frameworks.is_empty() {
        write!(page, "; *maps to* {}", frameworks.join(", ")).unwrap_or_default();
    }
    page.push_str(".\n");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_of_all_checks_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/../../../docs/checks.md");
        if local::updates() {
            std::fs::write(&path, page()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page(), "docs/checks.md is stale: run `UPDATE=1 cargo test -p audit reference`");
    }

    #[test]
    fn every_check_stands_in_the_index_and_below() {
        let page = page();
        for check in checks::all() {
            assert_eq!(page.matches(&format!("[`{0}`](#{0})", check.id)).count(), 1);
            assert_eq!(page.matches(&format!("\n### {}\n", check.id)).count(), 1);
        }
    }
}
