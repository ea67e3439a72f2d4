//! The fleet as a table.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{Cell, Color};
use jiff::Timestamp;

use super::camera::{Camera, Report};
use crate::authority::short;
use crate::device::cameras;
use crate::look::Look;
use crate::stack::Stack;

/// How many certificates that wait are named; the others are counted.
const NAMED: usize = 10;

/// Writes the table, the summary below it, and the certificates that wait.
pub(super) fn tell(report: &Report, stack: &Stack, look: Look, out: &mut impl Write) -> io::Result<()> {
    if report.cameras.is_empty() {
        writeln!(
            out,
            "no camera of the stack {stack} has registered yet: issue a certificate with `warden device issue NAME`"
        )?;
    } else {
        writeln!(out, "{}\n\n{}", table(&report.cameras, look), summary(&report.cameras))?;
    }
    waiting(&report.pending_certificates, out)
}

fn table(cameras: &[Camera], look: Look) -> String {
    let mut table = look.table();
    table.set_header(["CAMERA", "THING", "STREAM", "CERTIFICATE", "SINCE (UTC)", "PRIORITY", "THROTTLE"]);
    table.add_rows(cameras.iter().map(row));
    Look::text(&mut table)
}

fn row(camera: &Camera) -> Vec<Cell> {
    let thing = if camera.thing { Cell::new("yes").fg(Color::Green) } else { missing() };
    let stream = camera.stream.as_deref().map_or_else(missing, |status| state(status, status));
    let certificate = match &camera.certificate {
        Some(certificate) => {
            // The longest status would make every line wrap.
            let status = if certificate.status == "PENDING_ACTIVATION" { "PENDING" } else { &certificate.status };
            state(&certificate.status, &format!("{status} {}", short(&certificate.id)))
        }
        None => missing(),
    };
    let throttle = match camera.throttle {
        Some("stopped") => Cell::new("stopped").fg(Color::Red),
        Some(other) => Cell::new(other).fg(Color::Yellow),
        None => Cell::new("-"),
    };
    vec![
        Cell::new(&camera.name),
        thing,
        stream,
        certificate,
        Cell::new(camera.since.as_deref().map_or_else(|| "-".to_owned(), minute)),
        Cell::new(camera.priority.unwrap_or("-")),
        throttle,
    ]
}

fn missing() -> Cell {
    Cell::new("missing").fg(Color::Red)
}

fn state(status: &str, text: &str) -> Cell {
    Cell::new(text).fg(match status {
        "ACTIVE" => Color::Green,
        "CREATING" | "UPDATING" | "PENDING_ACTIVATION" | "PENDING_TRANSFER" => Color::Yellow,
        _ => Color::Red,
    })
}

/// A time to the minute, in UTC; as it stands when it is none.
fn minute(text: &str) -> String {
    text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// How many cameras there are, how many are ready, and why the others are not: each counts once, by its first reason.
fn summary(all: &[Camera]) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in all.iter().filter_map(|camera| camera.reason.as_deref()) {
        let count = reasons.entry(reason).or_default();
        *count = count.saturating_add(1);
    }
    let ready = all.iter().filter(|camera| camera.ready).count();
    let all_told = format!("{}, {ready} ready", cameras(all.len()));
    if reasons.is_empty() {
        return all_told;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let reasons: Vec<String> = reasons.into_iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    format!("{all_told}, {} not ready: {}", all.len().saturating_sub(ready), reasons.join(", "))
}

fn waiting(certificates: &[String], out: &mut impl Write) -> io::Result<()> {
    let count = match certificates.len() {
        0 => return Ok(()),
        1 => "1 certificate waiting or refused: PENDING_ACTIVATION, and no camera of this stack holds it".to_owned(),
        many => format!(
            "{many} certificates waiting or refused: PENDING_ACTIVATION, and no camera of this stack holds them"
        ),
    };
    writeln!(out, "\n{count}")?;
    for id in certificates.iter().take(NAMED) {
        writeln!(out, "  {id}")?;
    }
    if certificates.len() > NAMED {
        writeln!(out, "  and {} more: `warden status --json` names them", certificates.len().saturating_sub(NAMED))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use fleet::ThingName;

    use super::super::camera::tests::{add, id};
    use super::super::camera::{Fleet, report};
    use super::*;

    const PLAIN: Look = Look { colour: false, width: None };

    fn stack() -> Stack {
        Stack::parse("kvs-warden").expect("a stack name")
    }

    fn told(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("told");
        String::from_utf8(out).expect("text")
    }

    fn render(report: &Report, stack: &Stack, look: Look) -> String {
        told(|out| tell(report, stack, look, out))
    }

    fn yard() -> Report {
        let mut fleet = Fleet::default();
        add(&mut fleet, "gate-north", '1', Some("ACTIVE"), "ACTIVE", None);
        add(&mut fleet, "gate-south", '2', Some("ACTIVE"), "ACTIVE", Some("reduced"));
        add(&mut fleet, "warehouse-7-dock", '3', Some("CREATING"), "PENDING_ACTIVATION", None);
        add(&mut fleet, "yard", '4', None, "REVOKED", None);
        add(&mut fleet, "yard-2", '5', Some("ACTIVE"), "ACTIVE", Some("stopped"));
        add(&mut fleet, "yard-3", '6', None, "ACTIVE", None);
        fleet.certificates.insert(id('7'), "PENDING_ACTIVATION".to_owned());
        let mut names: Vec<String> = fleet.things.keys().cloned().collect();
        names.push("nobody".to_owned());
        let names: Vec<ThingName> = names.iter().map(|name| ThingName::parse(name).expect("a name")).collect();
        report(&fleet, &names)
    }

    #[test]
    fn the_table_fits_a_hundred_columns() {
        let text = render(&yard(), &stack(), Look { colour: false, width: Some(100) });
        let summary = text.lines().position(|line| line.contains(" ready")).expect("a summary");
        let fits = |(at, line): (usize, &str)| at == summary || line.chars().count() <= 100 && line.trim_end() == line;
        assert!(text.lines().enumerate().all(fits), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_piped_has_neither_colour_nor_wrapped_lines() {
        let mut fleet = Fleet::default();
        let long = "camera-".repeat(18);
        add(&mut fleet, &long, '1', Some("ACTIVE"), "ACTIVE", None);
        let text = render(&report(&fleet, &[]), &stack(), PLAIN);
        assert!(!text.contains('\u{1b}') && text.lines().any(|line| line.starts_with(&long)), "{text}");
    }

    #[test]
    fn a_terminal_shows_colour_unless_somebody_minds() {
        let coloured = render(&yard(), &stack(), Look { colour: true, width: Some(100) });
        assert!(coloured.contains("\u{1b}["));
        assert!(Look::of(true, false).colour && !Look::of(true, true).colour && !Look::of(false, false).colour);
    }

    #[test]
    fn the_json_says_the_same() {
        insta::assert_json_snapshot!(yard());
    }

    #[test]
    fn an_empty_fleet_says_how_to_begin() {
        insta::assert_snapshot!(render(&report(&Fleet::default(), &[]), &stack(), PLAIN));
    }

    #[test]
    fn of_many_certificates_that_wait_some_are_named() {
        let text = told(|out| waiting(&(0..25).map(|n| format!("{n:064x}")).collect::<Vec<_>>(), out));
        assert_eq!(text.lines().count(), 13, "{text}");
        assert!(text.starts_with("\n25 certificates") && text.contains("and 15 more"), "{text}");
        assert_eq!(told(|out| waiting(&[], out)), "");
    }
}
