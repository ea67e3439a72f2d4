//! What stands above the findings: how much is wrong, what changed, and what is not known.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::text::{count, spans, spoken};
use crate::check::{Group, Severity};
use crate::finding::{Finding, State};
use crate::report::Report;
use crate::report::message::by_reason;
use crate::report::resource::Resource;

/// So many of what changed are told before "and more".
const FEW: usize = 5;

/// Where and when.
pub(super) fn head(report: &Report) -> Markup {
    let taken = &report.taken;
    html! {
        p.brand { "kvs-warden" span { "Audit" } }
        h1 { (taken.account) " " span { (taken.region) } }
        p.meta { time datetime=(taken.at) { (spoken(taken.at)) " UTC" } }
    }
}

/// How much is open, by severity and by group, and what changed.
pub(super) fn summary(report: &Report) -> Markup {
    let totals = report.totals();
    let open: usize = totals.iter().map(|(_, count)| count).sum();
    let checked: usize = report.judged.values().sum();
    html! {
        section.totals aria-label="Open findings" {
            p.lead {
                @if open == 0 {
                    strong { "Nothing is wrong" @if !report.unjudged.is_empty() { ", as far as could be checked" } "." }
                } @else {
                    strong { (count(open)) @if open == 1 { " open finding" } @else { " open findings" } }
                }
                span { (count(report.judged.len())) " checks made " (count(checked)) " judgements." }
            }
            (bar(&totals, open))
            ul.severities {
                @for (severity, number) in &totals {
                    li.(severity) { a href=(format!("#severity={severity}&state=open")) { strong { (count(*number)) } (severity) } }
                }
            }
        }
        div.columns {
            (changes(report))
            (groups(report))
        }
    }
}

/// A bar of parts, as wide as they are many, of which `whole` would fill it.
fn bar(totals: &[(Severity, usize)], whole: usize) -> Markup {
    let place = |before: usize| before.saturating_mul(1000).checked_div(whole).unwrap_or_default();
    let mut parts = Vec::new();
    let mut before = 0_usize;
    for (severity, count) in totals.iter().filter(|(_, count)| *count > 0) {
        let end = before.saturating_add(*count);
        // A hair's breadth between two parts.
        let gap = if end == whole { 0 } else { 2 };
        let width = place(end).saturating_sub(place(before)).saturating_sub(gap).max(2);
        parts.push((severity, place(before), width));
        before = end;
    }
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            @for (severity, x, width) in parts { rect.(severity) x=(x) width=(width) height="10" {} }
        }
    }
}

fn changes(report: &Report) -> Markup {
    let new: Vec<_> = report.open().filter(|one| report.is_new(one)).collect();
    let resolved: Vec<_> = report.findings.iter().filter(|one| one.state == State::Resolved).collect();
    html! {
        section.changes {
            h2 { "Since the last audit" }
            @if new.is_empty() && resolved.is_empty() { p.muted { "Nothing changed." } }
            (change("New", "new", &new))
            (change("Resolved", "resolved", &resolved))
        }
    }
}

fn change(title: &str, state: &str, findings: &[&Finding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            h3 { (title) " " span.number { (count(findings.len())) } }
            ul {
                @for finding in findings.iter().take(FEW) {
                    li.(finding.severity()) { a href=(format!("#open={}", finding.id)) { (spans(&finding.sentence)) } }
                }
            }
            @if findings.len() > FEW {
                p { a href=(format!("#state={state}")) { "All " (count(findings.len())) } }
            }
        }
    }
}

fn groups(report: &Report) -> Markup {
    let mut groups: BTreeMap<Group, BTreeMap<Severity, usize>> = BTreeMap::new();
    for finding in report.open() {
        if let Some(group) = finding.group() {
            let count = groups.entry(group).or_default().entry(finding.severity()).or_default();
            *count = count.saturating_add(1);
        }
    }
    let most = groups.values().map(|by| by.values().sum::<usize>()).max().unwrap_or_default();
    html! {
        section.groups {
            h2 { "By subject" }
            @if groups.is_empty() { p.muted { "Nothing is open." } }
            ul {
                @for (group, by) in &groups {
                    @let all = by.values().sum::<usize>();
                    @let totals: Vec<_> = by.iter().rev().map(|(severity, count)| (*severity, *count)).collect();
                    li {
                        a href=(format!("#group={}&state=open", key(*group))) { (group.title()) }
                        (bar(&totals, most))
                        span.number { (count(all)) }
                    }
                }
            }
        }
    }
}

/// What is not known, and what to know beside the findings.
pub(super) fn notes(report: &Report) -> Markup {
    html! {
        div.all-notes {
            (unjudged(report))
            (list("To know", &report.notices))
            (list("Had no turn", &report.later))
        }
    }
}

fn unjudged(report: &Report) -> Markup {
    html! {
        @if !report.unjudged.is_empty() {
            section.notes.unjudged {
                h2 { "Could not be checked " span.number { (count(report.unjudged.len())) } }
                @for ((because, permission), checks) in by_reason(&report.unjudged) {
                    details {
                        summary {
                            (spans(because)) "."
                            @if let Some(permission) = permission { span { " Allow the audit " code { (permission) } "." } }
                            @let all = checks.values().map(Vec::len).sum();
                            span.number { (count(all)) }
                        }
                        ul {
                            @for (check, resources) in &checks {
                                li {
                                    code { (check) } ": "
                                    @for (at, arn) in resources.iter().take(20).enumerate() {
                                        @if at > 0 { ", " }
                                        span title=(arn) { (Resource::new(arn).short()) }
                                    }
                                    @if let more @ 1.. = resources.len().saturating_sub(20) { " and " (count(more)) " more" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn list(title: &str, sentences: &[String]) -> Markup {
    html! {
        @if !sentences.is_empty() {
            section.notes {
                h2 { (title) " " span.number { (count(sentences.len())) } }
                ul { @for sentence in sentences { li { (spans(sentence)) } } }
            }
        }
    }
}

/// A group's name in the address.
pub(super) fn key(group: Group) -> String {
    serde_json::to_value(group).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
