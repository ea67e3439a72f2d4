//! A report in plain text.

use std::fmt::Write as _;

use super::{Changed, Failed, Gap, MANY, Report};
use crate::camera::Target;
use crate::money::{Hundredths, Money};
use crate::tags::Second;

/// The text, of at most so many bytes.
pub(super) fn body(report: &Report, room: usize) -> String {
    let mut text = String::new();
    money(report, &mut text);
    changes(report, &mut text);
    some(&mut text, "Not as they should be", &report.failed, failed);
    some(&mut text, "Video that is missing", &report.gaps, gap);
    if !report.remarks.is_empty() {
        text.push_str("\nTo know\n");
        report.remarks.iter().for_each(|remark| say(&mut text, &format!("- {remark}")));
    }
    if !report.notices.is_empty() {
        text.push_str("\nWhy it looked\n");
        report.notices.iter().for_each(|notice| say(&mut text, &format!("- {notice}")));
    }
    text.push('\n');
    if report.left > 0 {
        say(&mut text, &format!("{} more streams are to be changed: it goes on in a moment.", report.left));
    }
    say(&mut text, &format!("It looks again at {}.", Second(report.next)));
    if text.len() > room {
        let cut = "\n… The rest had no room.\n";
        let end =
            (0..=room.saturating_sub(cut.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
        text.push_str(cut);
    }
    text
}

fn say(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A line, which a string always takes.
fn row(text: &mut String, name: &str, value: impl std::fmt::Display) {
    writeln!(text, "  {name:<10}{value}").unwrap_or_default();
}

fn money(report: &Report, text: &mut String) {
    if report.dry_run {
        say(text, "This is what would be done. Nothing was changed (DRY_RUN is on).\n");
    }
    say(text, &format!("Budget {} of account {}", report.budget, report.account));
    if let Some(figures) = &report.figures {
        let of_limit = |money: Money| Hundredths(money.share_of(figures.limit));
        let (forecast, ours) = figures.forecast_or_own();
        let whose = if ours { ", by our own reckoning: AWS has none" } else { "" };
        row(text, "limit", format_args!("{} {}", figures.limit, figures.currency));
        row(text, "spent", format_args!("{} ({})", figures.actual, of_limit(figures.actual)));
        row(text, "forecast", format_args!("{forecast} ({}){whose}", of_limit(forecast)));
        row(text, "period", format_args!("{} to {}", Second(figures.period.start), Second(figures.period.end)));
        row(text, "figures", format_args!("of {}", Second(figures.updated)));
    }
    row(text, "rungs", if report.rungs.is_empty() { "none".to_owned() } else { report.rungs.join("; ") });
    let alarms: Vec<_> = report.alerts.iter().filter(|alert| alert.alarm).map(|alert| alert.what.as_str()).collect();
    if !alarms.is_empty() {
        row(text, "AWS says", alarms.join(", "));
    }
    let counts = report.counts;
    row(
        text,
        "streams",
        format_args!("{} normal, {} reduced, {} stopped", counts.normal, counts.reduced, counts.stopped),
    );
    row(text, "saves", format_args!("{} until the end of the period", report.saving));
}

fn changes(report: &Report, text: &mut String) {
    let would = if report.dry_run { "Would be " } else { "" };
    for (to, title) in [(Target::Stopped, "stopped"), (Target::Reduced, "reduced"), (Target::Normal, "back to normal")]
    {
        let of: Vec<&Changed> = report.changed.iter().filter(|changed| changed.to == to).collect();
        let mut title = format!("{would}{title}");
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        some(text, &title, &of, |one| {
            let priority = one.priority.map_or("unreadable priority", |priority| priority.as_str());
            let saving = one.saving.map_or_else(String::new, |saving| format!("; saves {saving}"));
            format!("{} ({priority}, was {}): {}{saving}", one.stream, one.from.as_str(), one.reason)
        });
    }
}

fn failed(failed: &Failed) -> String {
    format!("{}, which should be {}: {}", failed.stream, failed.to.as_str(), failed.because)
}

fn gap(gap: &Gap) -> String {
    match gap.to {
        Some(to) => format!("{}: from {} to {}", gap.stream, Second(gap.from), Second(to)),
        None => format!("{}: from {} on", gap.stream, Second(gap.from)),
    }
}

/// A title, some of many, and how many more there are.
fn some<T>(text: &mut String, title: &str, all: &[T], line: impl Fn(&T) -> String) {
    if all.is_empty() {
        return;
    }
    say(text, &format!("\n{title}: {}", all.len()));
    for one in all.iter().take(MANY) {
        say(text, &format!("- {}", line(one)));
    }
    if let more @ 1.. = all.len().saturating_sub(MANY) {
        say(text, &format!("- and {more} more"));
    }
}
