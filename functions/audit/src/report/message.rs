//! What a topic's subscribers are told: a text for people and a value for machines.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::resource::{caller, cut};
use super::{Report, Unjudged};
use crate::check::Severity;
use crate::checks;
use crate::finding::{Actor, Finding, State};
use crate::inventory::Moment;

/// The most bytes that body and attribute have together. SNS takes 262,144 with the attribute's name and type.
pub const BYTES: usize = 250_000;
/// The most bytes of the attribute.
pub const ATTRIBUTE_BYTES: usize = 200_000;
/// More of one check than this are not told one by one.
const MANY: usize = 20;
/// So many are told of those.
const FEW: usize = 5;
/// The most bytes of one text in the body.
const TEXT_BYTES: usize = 1_000;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// ASCII, and fewer than 100 characters of it.
    pub subject: String,
    /// For people, in plain text.
    pub body: String,
    /// JSON: `account`, `region`, `at`, `totals` by severity of what is open, and `new` and `resolved` with `id`, `check`,
    /// `severity`, `resource` and `actor` of each. `left` says how many of them had no room.
    pub attribute: String,
}

/// What to say of a report. None when there is nothing: nothing new that is open, nothing resolved, no notice, and
/// everything could be checked.
pub fn message(report: &Report) -> Option<Message> {
    let new: Vec<&Finding> = report.open().filter(|finding| report.is_new(finding)).collect();
    let resolved: Vec<&Finding> = report.findings.iter().filter(|one| one.state == State::Resolved).collect();
    if new.is_empty() && resolved.is_empty() && report.notices.is_empty() && report.unjudged.is_empty() {
        return None;
    }
    let attribute = attribute(report, &new, &resolved);
    let room = BYTES.saturating_sub(attribute.len());
    Some(Message { subject: subject(report, &new, &resolved), body: body(report, &new, &resolved, room), attribute })
}

fn subject(report: &Report, new: &[&Finding], resolved: &[&Finding]) -> String {
    let mut parts = Vec::new();
    if let Some(worst) = new.iter().map(|finding| finding.severity()).max() {
        let count = new.iter().filter(|finding| finding.severity() == worst).count();
        parts.push(format!("{} new ({count} {worst})", new.len()));
    }
    if !resolved.is_empty() {
        parts.push(format!("{} resolved", resolved.len()));
    }
    if parts.is_empty() && !report.unjudged.is_empty() {
        parts.push(format!("{} not checked", report.unjudged.len()));
    }
    if parts.is_empty() {
        parts.push(format!("{} to know", report.notices.len()));
    }
    let taken = &report.taken;
    let subject = format!("kvs-warden: {} in {} {}", parts.join(", "), taken.account, taken.region);
    subject.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(99).collect()
}

fn body(report: &Report, new: &[&Finding], resolved: &[&Finding], room: usize) -> String {
    let mut body = Body::default();
    let taken = &report.taken;
    body.line(&format!("kvs-warden's audit of {} in {} at {}", taken.account, taken.region, at(taken.at)));
    let totals: Vec<_> = report.totals().into_iter().filter(|(_, count)| *count > 0).collect();
    let totals: Vec<_> = totals.iter().map(|(severity, count)| format!("{count} {severity}")).collect();
    let totals = if totals.is_empty() { "nothing".to_owned() } else { totals.join(", ") };
    body.line(&format!("Open now: {totals}."));
    body.findings("New", new);
    body.findings("Resolved", resolved);
    body.unjudged(&report.unjudged);
    body.list("To know", &report.notices);
    body.list("Had no turn", &report.later);
    body.end(room)
}

/// The text as it grows.
#[derive(Default)]
struct Body(String);

impl Body {
    /// A line; what a terminal or SNS would stumble over becomes a space.
    fn line(&mut self, text: &str) {
        self.0.push_str(&plain(text));
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str, count: usize) {
        let heading = format!("{text} ({count})");
        self.line("");
        self.line(&heading);
        self.line(&"=".repeat(heading.len()));
    }

    fn findings(&mut self, title: &str, findings: &[&Finding]) {
        if findings.is_empty() {
            return;
        }
        self.heading(title, findings.len());
        let mut by_check: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            by_check.entry((Reverse(finding.severity()), &finding.check)).or_default().push(finding);
        }
        for ((Reverse(severity), id), findings) in by_check {
            let check = checks::by_id(id);
            let title = check.map(|check| format!(": {}", check.title)).unwrap_or_default();
            self.line("");
            self.line(&format!("[{}] {id}{title}", severity.as_str().to_uppercase()));
            let shown = if findings.len() > MANY { FEW } else { findings.len() };
            for finding in findings.iter().take(shown) {
                self.finding(finding);
            }
            if let more @ 1.. = findings.len().saturating_sub(shown) {
                self.line(&format!("  and {more} more"));
            }
            if let Some(check) = check.filter(|_| findings.iter().any(|one| one.state == State::Open)) {
                self.line(&format!("  What to do: {}", check.remedy));
                self.line(&format!("  See {}", check.reference));
            }
        }
    }

    fn finding(&mut self, finding: &Finding) {
        self.line(&format!("- {}.", cut(&finding.sentence, TEXT_BYTES)));
        self.line(&format!("  Resource: {}", cut(&finding.resource, TEXT_BYTES)));
        match finding.state {
            State::Resolved => self.actor("Resolved by", finding.resolved_by.as_ref()),
            State::Open | State::Suppressed => {
                self.actor("Done by", finding.actor.as_ref());
                if let Some(proof) = finding.proofs.first() {
                    self.line(&format!("  Proof: {}", cut(&proof.because, TEXT_BYTES)));
                }
            }
        }
    }

    fn actor(&mut self, word: &str, actor: Option<&Actor>) {
        let Some(Actor { who, address, call, event_id, at: when }) = actor else { return };
        self.line(&format!(
            "  {word} {} from {} at {}: {} (event {})",
            cut(caller(who), TEXT_BYTES),
            cut(address, TEXT_BYTES),
            at(*when),
            cut(call, TEXT_BYTES),
            cut(event_id, TEXT_BYTES)
        ));
    }

    /// By reason, and below it what could not be checked for it.
    fn unjudged(&mut self, unjudged: &[Unjudged]) {
        if unjudged.is_empty() {
            return;
        }
        self.heading("Could not be checked", unjudged.len());
        for ((because, permission), checks) in by_reason(unjudged) {
            self.line(&format!("- {}.", cut(because, TEXT_BYTES)));
            if let Some(permission) = permission {
                self.line(&format!("  Allow the audit {permission}."));
            }
            let checks: Vec<&str> = checks.keys().copied().collect();
            let shown = checks.iter().take(FEW).copied().collect::<Vec<_>>().join(", ");
            let more = checks.len().saturating_sub(FEW);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            self.line(&format!("  It hides what these would find: {shown}{more}"));
        }
    }

    fn list(&mut self, title: &str, sentences: &[String]) {
        if sentences.is_empty() {
            return;
        }
        self.heading(title, sentences.len());
        for sentence in sentences {
            self.line(&format!("- {}", cut(sentence, TEXT_BYTES)));
        }
    }

    /// Whole lines, as many as there is room for.
    fn end(mut self, room: usize) -> String {
        if self.0.len() > room {
            let rest = "\nThere is more: the report has all of it.\n";
            let kept = cut(&self.0, room.saturating_sub(rest.len()));
            self.0 = kept.rsplit_once('\n').map_or(String::new(), |(whole, _)| whole.to_owned());
            write!(self.0, "\n{rest}").unwrap_or_default();
        }
        self.0
    }
}

/// Why something could not be judged, and the permission that would tell.
type Reason<'r> = (&'r str, Option<&'r str>);
/// Resources by check.
type ByCheck<'r> = BTreeMap<&'r str, Vec<&'r str>>;

/// What could not be judged: by reason, and of each check which resources.
pub(super) fn by_reason(unjudged: &[Unjudged]) -> BTreeMap<Reason<'_>, ByCheck<'_>> {
    let mut reasons: BTreeMap<Reason<'_>, ByCheck<'_>> = BTreeMap::new();
    for Unjudged { check, resource, cannot } in unjudged {
        let reason = (cannot.because.as_str(), cannot.permission.as_deref());
        reasons.entry(reason).or_default().entry(check).or_default().push(resource);
    }
    reasons
}

fn attribute(report: &Report, new: &[&Finding], resolved: &[&Finding]) -> String {
    let taken = &report.taken;
    let totals = report.totals().into_iter().map(|(severity, count)| (severity.as_str().to_owned(), count.into()));
    let mut value = json!({
        "account": taken.account,
        "region": taken.region,
        "at": taken.at,
        "totals": Value::Object(totals.collect()),
        "unjudged": report.unjudged.len(),
        "permissions": report.missing_permissions().iter().take(100).collect::<Vec<_>>(),
    });
    let mut room = ATTRIBUTE_BYTES.saturating_sub(value.to_string().len()).saturating_sub(100);
    let mut left = 0_usize;
    for (name, findings) in [("new", new), ("resolved", resolved)] {
        let mut kept = Vec::new();
        for finding in findings {
            let actor = if finding.state == State::Resolved { &finding.resolved_by } else { &finding.actor };
            let one = json!({
                "id": finding.id,
                "check": finding.check,
                "severity": finding.severity(),
                "resource": finding.resource,
                "actor": actor,
            });
            match room.checked_sub(one.to_string().len().saturating_add(1)) {
                Some(rest) => {
                    room = rest;
                    kept.push(one);
                }
                None => left = left.saturating_add(1),
            }
        }
        if let Some(value) = value.as_object_mut() {
            value.insert(name.to_owned(), kept.into());
            value.insert("left".to_owned(), left.into());
        }
    }
    plain(&value.to_string())
}

/// Without what XML, in which AWS's messages travel, cannot hold.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}

/// To the second, as people read it.
fn at(moment: Moment) -> String {
    moment.0.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::Proof;
    use crate::finding::FindingId;
    use crate::report::example;

    /// Nothing to say.
    fn nothing() -> Report {
        let mut report = example::report();
        report.new.clear();
        report.resolved.clear();
        report.findings.retain(|finding| finding.state != State::Resolved);
        report.unjudged.clear();
        report.notices.clear();
        report
    }

    fn with_new(findings: Vec<Finding>) -> Report {
        let new = findings.iter().map(|finding| finding.id.clone()).collect();
        Report { findings, new, ..nothing() }
    }

    fn fits(message: &Message) {
        assert!(message.subject.len() < 100 && message.subject.is_ascii(), "{}", message.subject);
        assert!(message.attribute.len() <= ATTRIBUTE_BYTES);
        assert!(message.body.len().saturating_add(message.attribute.len()) <= BYTES);
        serde_json::from_str::<Value>(&message.attribute).unwrap();
    }

    #[test]
    fn a_report_as_a_message() {
        let message = message(&example::report()).unwrap();
        fits(&message);
        let value: Value = serde_json::from_str(&message.attribute).unwrap();
        let value = serde_json::to_string_pretty(&value).unwrap();
        insta::assert_snapshot!(format!("{}\n\n{}\n{value}", message.subject, message.body));
    }

    #[test]
    fn what_is_old_or_suppressed_is_no_news() {
        let mut report = nothing();
        assert_eq!(message(&report), None);
        let suppressed = report.findings.iter().find(|finding| finding.state == State::Suppressed).unwrap().id.clone();
        report.new.insert(suppressed);
        assert_eq!(message(&report), None);
        report.later.push("Some had no turn.".to_owned());
        assert_eq!(message(&report), None);
        report.notices.push("Something ends.".to_owned());
        assert_eq!(message(&report).unwrap().subject, "kvs-warden: 1 to know in 111122223333 eu-west-1");
    }

    #[test]
    fn up_to_twenty_of_one_check_are_told_one_by_one() {
        for (count, told, more) in [(20, 20, ""), (21, 5, "  and 16 more\n"), (1000, 5, "  and 995 more\n")] {
            let all =
                (0..count).map(|n| example::finding("camera-role-does-more", &format!("arn:aws:iam::1:role/{n}")));
            let message = message(&with_new(all.collect())).unwrap();
            assert_eq!(message.body.matches("  Resource: ").count(), told);
            assert!(message.body.contains(more), "{}", message.body);
            assert_eq!(message.body.matches(" more\n").count(), usize::from(!more.is_empty()));
        }
    }

    #[test]
    fn however_much_there_is_to_say_it_fits() {
        let all = (0..5_000).map(|n| {
            let mut one = example::finding(&format!("check-{}", n % 500), &format!("arn:aws:iam::1:role/{n}"));
            one.sentence = "é".repeat(5_000);
            one.proofs = vec![Proof { because: "\u{1}\"".repeat(5_000), request: None }];
            one.actor = Some(example::actor("iam:PutRolePolicy"));
            one
        });
        let message = message(&with_new(all.collect())).unwrap();
        fits(&message);
        assert!(message.body.ends_with("There is more: the report has all of it.\n"));
        let value: Value = serde_json::from_str(&message.attribute).unwrap();
        let told = value["new"].as_array().unwrap().len();
        assert_eq!(told as u64 + value["left"].as_u64().unwrap(), 5_000);
        assert!(message.attribute.len() > ATTRIBUTE_BYTES - 1_000, "room is left");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_name_breaks_it(text in ".{0,200}", id in "[a-z]{1,4}") {
            let mut one = example::finding(&id, &text);
            one.sentence.clone_from(&text);
            one.proofs = vec![Proof { because: text.clone(), request: None }];
            let mut report = with_new(vec![one]);
            report.notices = vec![text.clone()];
            report.taken.region = text;
            let message = message(&report).unwrap();
            fits(&message);
            prop_assert!(!message.body.contains(|c: char| c.is_control() && c != '\n'));
        }
    }

    #[test]
    fn an_id_in_the_value_is_that_of_the_finding() {
        let one = example::finding("camera-role-does-more", "a");
        let id: FindingId = one.id.clone();
        let message = message(&with_new(vec![one])).unwrap();
        assert!(message.attribute.contains(id.as_str()));
    }
}
