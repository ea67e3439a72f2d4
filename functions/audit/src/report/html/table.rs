//! The findings and what narrows them down.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::summary::key;
use super::text::{count, day, spans};
use crate::check::{Group, Severity};
use crate::finding::{Finding, State};
use crate::report::Report;
use crate::report::resource::{Resource, caller};

/// The columns: the name that the address sorts by, and the heading.
const COLUMNS: [(&str, &str); 6] = [
    ("severity", "Severity"),
    ("check", "Check"),
    ("resource", "Resource"),
    ("what", "What is wrong"),
    ("first", "First seen"),
    ("who", "Who"),
];

/// The section of findings.
pub(super) fn findings(report: &Report) -> Markup {
    html! {
        section.findings aria-labelledby="findings" {
            h2 #findings { "Findings" }
            @if report.findings.is_empty() {
                p.muted { "None." }
            } @else {
                (controls(report))
                noscript { p.muted { "Sorting, filters and proofs need the script of this page." } }
                // The roles are said since the style, which lays rows out itself, makes some browsers forget them.
                table role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" { span.unseen { "Details" } }
                            @for (name, title) in COLUMNS {
                                th role="columnheader" aria-sort="none" data-key=(name) { button type="button" { (title) } }
                            }
                        }
                    }
                    @for (at, finding) in report.findings.iter().enumerate() {
                        (row(at, finding, report.is_new(finding)))
                    }
                }
                p.none hidden { "Nothing fits. " a href="#" { "Show all" } }
            }
        }
    }
}

fn controls(report: &Report) -> Markup {
    let number = |fits: &dyn Fn(&Finding) -> bool| report.findings.iter().filter(|one| fits(one)).count();
    let severities = Severity::ALL.map(|severity| (severity, number(&|one| one.severity() == severity)));
    let open = number(&|one| one.state == State::Open);
    let suppressed = number(&|one| one.state == State::Suppressed);
    let resolved = number(&|one| one.state == State::Resolved);
    let states = [("new", report.new.len()), ("open", open), ("suppressed", suppressed), ("resolved", resolved)];
    let groups: BTreeSet<Group> = report.findings.iter().filter_map(Finding::group).collect();
    html! {
        div.controls role="search" aria-label="Narrow down the findings" {
            input #q type="search" placeholder="Search text, resource, who, id" aria-label="Search" autocomplete="off" spellcheck="false";
            div.chips role="group" aria-label="Severity" {
                @for (severity, number) in severities {
                    @if number > 0 { (chip("severity", severity.as_str(), number)) }
                }
            }
            div.chips role="group" aria-label="State" {
                @for (state, number) in states { @if number > 0 { (chip("state", state, number)) } }
            }
            @if groups.len() > 1 {
                select #group aria-label="Subject" {
                    option value="" { "All subjects" }
                    @for group in groups { option value=(key(group)) { (group.title()) } }
                }
            }
            output aria-live="polite" {}
        }
    }
}

fn chip(kind: &str, value: &str, number: usize) -> Markup {
    html! {
        button.chip.(value) type="button" aria-pressed="false" data-kind=(kind) data-value=(value) {
            (value) " " span.number { (count(number)) }
        }
    }
}

fn row(at: usize, finding: &Finding, new: bool) -> Markup {
    let state = match finding.state {
        State::Open => "open",
        State::Suppressed => "suppressed",
        State::Resolved => "resolved",
    };
    let actor = finding.resolved_by.as_ref().or(finding.actor.as_ref());
    let who = actor.map_or("", |actor| caller(&actor.who));
    let severity = finding.severity();
    html! {
        tbody.(state) role="rowgroup" data-at=(at) data-severity=(severity) data-state=(state) data-new[new]
            data-group=[finding.group().map(key)] {
            tr role="row" {
                td.fold role="cell" { button type="button" aria-expanded="false" aria-label="Details" {} }
                td.severity role="cell" { span.(severity) { (severity) } }
                td.check role="cell" { (finding.check) }
                td.resource role="cell" title=(finding.resource) { (Resource::new(&finding.resource).short()) }
                td.what role="cell" {
                    @if new { span.badge { "new" } " " }
                    @if finding.state != State::Open { span.badge { (state) } " " }
                    span { (spans(&finding.sentence)) }
                }
                td.first role="cell" { time datetime=(finding.first_seen) { (day(finding.first_seen)) } }
                td.who role="cell" { (who) }
            }
        }
    }
}
