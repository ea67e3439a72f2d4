//! What an audit found, for the terminal.

use std::io::{self, Write};

use audit::check::Severity;
use audit::finding::{Finding, State};
use audit::report::Report;
use comfy_table::{Cell, Color};

use crate::look::Look;

/// Reasons why something could not be checked that are written out; the others are counted.
const REASONS: usize = 10;

/// Writes the findings that are open, the totals, and what could not be checked.
pub(super) fn write(report: &Report, look: Look, out: &mut impl Write) -> io::Result<()> {
    let open: Vec<&Finding> = report.open().collect();
    if !open.is_empty() {
        let mut table = look.table();
        table.set_header(["SEVERITY", "CHECK", "WHAT"]);
        for finding in open {
            let severity = Cell::new(finding.severity()).fg(colour(finding.severity()));
            table.add_row([severity, Cell::new(&finding.check), Cell::new(&finding.sentence)]);
        }
        writeln!(out, "{}\n", Look::text(&mut table))?;
    }
    writeln!(out, "{}", totals(report))?;
    unjudged(report, out)?;
    for notice in report.notices.iter().chain(&report.later) {
        writeln!(out, "{notice}")?;
    }
    Ok(())
}

fn colour(severity: Severity) -> Color {
    match severity {
        Severity::Critical | Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low => Color::Blue,
        Severity::Info => Color::Grey,
    }
}

fn totals(report: &Report) -> String {
    let all: usize = report.judged.values().sum();
    let checks = report.judged.len();
    let said: Vec<String> = report
        .totals()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let found = if said.is_empty() { "nothing is wrong".to_owned() } else { said.join(", ") };
    let suppressed = report.findings.iter().filter(|finding| finding.state == State::Suppressed).count();
    let suppressed = if suppressed > 0 { format!(", {suppressed} suppressed") } else { String::new() };
    let calls = if report.calls > 0 { format!(", with {} AWS calls", report.calls) } else { String::new() };
    format!(
        "{found}{suppressed}: {all} answers of {checks} checks on account {} in {}{calls}",
        report.taken.account, report.taken.region
    )
}

fn unjudged(report: &Report, out: &mut impl Write) -> io::Result<()> {
    if report.unjudged.is_empty() {
        return Ok(());
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for one in &report.unjudged {
        match reasons.iter_mut().find(|(because, _)| *because == one.cannot.because) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => reasons.push((&one.cannot.because, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    writeln!(out, "\ncould not check:")?;
    for (because, count) in reasons.iter().take(REASONS) {
        writeln!(out, "  {count} x {because}")?;
    }
    if let Some(more) = reasons.len().checked_sub(REASONS).filter(|more| *more > 0) {
        writeln!(out, "  and {more} other reasons: --format json has them")?;
    }
    let permissions = report.missing_permissions();
    if !permissions.is_empty() {
        writeln!(out, "  missing permissions: {}", permissions.join(", "))?;
    }
    Ok(())
}
