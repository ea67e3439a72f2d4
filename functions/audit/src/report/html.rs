//! A report as one page that needs nothing else: no network, no font, no file beside it.
//!
//! Names come from whoever may name a stream or a role, so that nothing of them can run: text is escaped or set as text,
//! and the page's own policy lets only its own script and style through, by their hashes.

mod summary;
mod table;
mod text;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, PreEscaped, html};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Report;
use crate::check::{Check, Proof};
use crate::checks;
use crate::finding::{Actor, Suppressed};
use crate::inventory::Moment;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath \
                    d='M8 1 14 3v5c0 4-3 6-6 7-3-1-6-3-6-7V3z' fill='%233b6ea5'/%3E%3C/svg%3E";

/// The page. Rows are in it as they stand; what unfolds below a row is made by its script when somebody looks.
pub fn page(report: &Report) -> String {
    let taken = &report.taken;
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Audit of " (taken.account) " in " (taken.region) ", " (text::day(taken.at)) }
                link rel="icon" href=(ICON);
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { (summary::head(report)) }
                main {
                    (summary::summary(report))
                    (summary::notes(report))
                    (table::findings(report))
                }
                footer {
                    "Written by kvs-warden " (env!("CARGO_PKG_VERSION")) ". All times are UTC. A view that you filter or "
                    "sort is kept in the address: share it to share the view."
                }
                script #data type="application/json" { (PreEscaped(data(report))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// A hash as a page's policy names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// What unfolds below a row, beside what the row says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'r> {
    id: &'r str,
    check: &'r str,
    resource: &'r str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    proofs: &'r [Proof],
    first_seen: Moment,
    last_seen: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<&'r Suppressed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'r Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<&'r Actor>,
}

/// A check's texts, once for all its findings.
#[derive(Serialize)]
struct Texts {
    title: &'static str,
    why: &'static str,
    remedy: &'static str,
    reference: &'static str,
    frameworks: &'static [&'static str],
}

#[derive(Serialize)]
struct Data<'r> {
    checks: BTreeMap<&'r str, Texts>,
    findings: Vec<Detail<'r>>,
}

/// The script's data, as JSON that cannot end the element it stands in.
fn data(report: &Report) -> String {
    let texts = |id| {
        let Check { title, why, remedy, reference, frameworks, .. } = checks::by_id(id)?;
        Some((id, Texts { title, why, remedy, reference, frameworks }))
    };
    let data = Data {
        checks: report.findings.iter().filter_map(|finding| texts(finding.check.as_str())).collect(),
        findings: report
            .findings
            .iter()
            .map(|finding| Detail {
                id: finding.id.as_str(),
                check: &finding.check,
                resource: &finding.resource,
                proofs: &finding.proofs,
                first_seen: finding.first_seen,
                last_seen: finding.last_seen,
                resolved_at: finding.resolved_at,
                suppressed: finding.suppressed.as_ref(),
                actor: finding.actor.as_ref(),
                resolved_by: finding.resolved_by.as_ref(),
            })
            .collect(),
    };
    serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c").replace('>', "\\u003e")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn a_report_as_a_page() {
        let page =
            page(&example::report()).replace(STYLE, "…").replace(SCRIPT, "…").replace(env!("CARGO_PKG_VERSION"), "…");
        let page = page.replace(&hash(STYLE), "sha256-style").replace(&hash(SCRIPT), "sha256-script");
        insta::assert_snapshot!(page.replace("<tbody", "\n<tbody").replace("<section", "\n<section"));
    }

    #[test]
    fn no_name_can_run_or_end_an_element() {
        let hostile = [
            "<script>alert(1)</script>",
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\"><svg onload=alert(1)>",
            "' onmouseover='alert(1)",
            "`<b>`",
            "<!--",
            "]]>",
        ];
        let plain = page(&Report { findings: vec![example::finding("a", "b")], ..example::report() });
        for name in hostile {
            let mut finding = example::finding(name, name);
            finding.sentence = name.to_owned();
            finding.actor = Some(Actor { who: name.to_owned(), ..example::actor(name) });
            finding.proofs = vec![Proof { because: name.to_owned(), request: Some(name.into()) }];
            let mut report = Report { findings: vec![finding], ..example::report() };
            report.taken.region = name.to_owned();
            report.notices = vec![name.to_owned()];
            let page = page(&report);
            assert_eq!(page.matches("<script").count(), plain.matches("<script").count(), "{name}");
            assert_eq!(page.matches("</script").count(), plain.matches("</script").count(), "{name}");
            for element in ["<img", "<svg onload", "<!--"] {
                assert!(!page.contains(element), "{name}");
            }
        }
    }

    #[test]
    fn the_only_addresses_are_aws_own_pages() {
        let page = page(&example::report());
        for rest in page.split("http").skip(1) {
            let known = ["s://docs.aws.amazon.com/", "://www.w3.org/2000/svg", "-equiv"];
            assert!(known.iter().any(|known| rest.starts_with(known)), "http{}", rest.get(..60).unwrap_or(rest));
        }
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("fetch(") && !STYLE.contains("url("));
    }

    #[test]
    fn five_thousand_findings_are_less_than_ten_megabytes() {
        let one = example::report().findings.swap_remove(0);
        let page = page(&Report { findings: vec![one; 5_000], ..example::report() });
        assert!(page.len() < 10_000_000, "{}", page.len());
    }
}
