//! Findings as AWS Security Hub imports them: the AWS Security Finding Format.
//!
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>

use std::collections::BTreeMap;

use serde::Serialize;

use super::resource::{Resource, caller, cut};
use crate::check::Severity;
use crate::finding::{Actor, Finding, State};
use crate::inventory::{Moment, Taken};

/// The most findings that one `BatchImportFindings` takes.
pub const BATCH: usize = 100;
/// The most bytes that it takes, less some for what is around the findings.
pub const BATCH_BYTES: usize = 5_900_000;
/// The most bytes that a finding may have.
pub const FINDING_BYTES: usize = 240_000;
/// So many proofs of a finding are handed on.
const PROOFS: usize = 5;

/// A finding in AWS's format, with its names. All texts are within the format's limits and none is blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AsffFinding {
    /// The format's version.
    pub schema_version: &'static str,
    /// Our id of it.
    pub id: String,
    /// The account's own product.
    pub product_arn: String,
    /// Under which name Security Hub lists it.
    pub product_name: &'static str,
    /// The check.
    pub generator_id: String,
    /// The account.
    pub aws_account_id: String,
    /// When it was first found.
    pub created_at: String,
    /// When this was said. Security Hub leaves out what is not newer than what it has.
    pub updated_at: String,
    /// When it was first found.
    pub first_observed_at: String,
    /// When it was last found.
    pub last_observed_at: String,
    /// Severity and types, as those who provide findings give them.
    pub finding_provider_fields: ProviderFields,
    /// The check's phrase.
    pub title: String,
    /// What is wrong here, and why it matters.
    pub description: String,
    /// The one resource.
    pub resources: Vec<AsffResource>,
    /// What to do; None for a check that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<Remediation>,
    /// How it stands.
    pub compliance: Compliance,
    /// `ACTIVE`: what is resolved has passed, and Security Hub's users archive.
    pub record_state: &'static str,
    /// Proofs, who did it, and why it is suppressed.
    pub product_fields: BTreeMap<String, String>,
}

/// What the provider of a finding says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderFields {
    /// How bad.
    pub severity: SeverityLabel,
    /// Of the format's taxonomy.
    pub types: Vec<String>,
}

/// How bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SeverityLabel {
    /// `INFORMATIONAL`, `LOW`, `MEDIUM`, `HIGH` or `CRITICAL`.
    pub label: &'static str,
    /// Our word for it.
    pub original: &'static str,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AsffResource {
    /// Such as `AwsIamRole`, or `Other`.
    pub r#type: &'static str,
    /// The ARN.
    pub id: String,
    /// Such as `aws`.
    pub partition: String,
    /// The region that was audited.
    pub region: String,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Remediation {
    /// The only part.
    pub recommendation: Recommendation,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Recommendation {
    /// In words.
    pub text: String,
    /// AWS's own page.
    pub url: String,
}

/// How it stands, and by which requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Compliance {
    /// `FAILED`, `WARNING` when suppressed, `PASSED` when resolved.
    pub status: &'static str,
    /// Of public frameworks.
    pub related_requirements: Vec<String>,
}

/// Findings in batches that Security Hub takes, in their order. `taken.at` is when this is said.
pub fn batches(taken: &Taken, findings: &[&Finding]) -> Vec<Vec<AsffFinding>> {
    let mut batches: Vec<Vec<AsffFinding>> = Vec::new();
    let mut bytes = usize::MAX;
    for finding in findings {
        let one = AsffFinding::new(taken, finding);
        let size = one.bytes();
        let grown = bytes.saturating_add(size);
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH && grown <= BATCH_BYTES => {
                batch.push(one);
                bytes = grown;
            }
            _ => {
                batches.push(vec![one]);
                bytes = size;
            }
        }
    }
    batches
}

impl AsffFinding {
    /// A finding as it stands at `taken.at`.
    pub fn new(taken: &Taken, finding: &Finding) -> Self {
        let check = finding.of_check();
        let said = [Some(taken.at), Some(finding.last_seen), finding.resolved_at].into_iter().flatten().max();
        let why = check.map_or("", |check| check.why);
        Self {
            schema_version: "2018-10-08",
            id: finding.id.to_string(),
            product_arn: format!(
                "arn:{}:securityhub:{}:{account}:product/{account}/default",
                taken.partition,
                finding.region,
                account = finding.account
            ),
            product_name: "kvs-warden",
            generator_id: text(&format!("kvs-warden/{}", finding.check), 512),
            aws_account_id: finding.account.clone(),
            created_at: time(finding.first_seen),
            updated_at: time(said.unwrap_or(taken.at)),
            first_observed_at: time(finding.first_seen),
            last_observed_at: time(finding.last_seen),
            finding_provider_fields: ProviderFields {
                severity: SeverityLabel { label: label(finding.severity()), original: finding.severity().as_str() },
                types: vec!["Software and Configuration Checks/AWS Security Best Practices".to_owned()],
            },
            title: text(check.map_or(finding.check.as_str(), |check| check.title), 256),
            description: text(format!("{}. {why}", finding.sentence).trim_end(), 1024),
            resources: vec![AsffResource {
                r#type: Resource::new(&finding.resource).kind(),
                id: text(&finding.resource, 512),
                partition: taken.partition.clone(),
                region: finding.region.clone(),
            }],
            remediation: check.map(|check| Remediation {
                recommendation: Recommendation { text: text(check.remedy, 512), url: check.reference.to_owned() },
            }),
            compliance: Compliance {
                status: match finding.state {
                    State::Open => "FAILED",
                    State::Suppressed => "WARNING",
                    State::Resolved => "PASSED",
                },
                related_requirements: check
                    .map_or(&[][..], |check| check.frameworks)
                    .iter()
                    .take(32)
                    .map(|one| text(one, 64))
                    .collect(),
            },
            record_state: "ACTIVE",
            product_fields: product_fields(finding),
        }
    }

    /// Its size as JSON.
    fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(FINDING_BYTES, |json| json.len()).saturating_add(1)
    }
}

fn product_fields(finding: &Finding) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut put = |key: String, value: &str| fields.insert(format!("kvs-warden/{key}"), text(value, 2048));
    for (number, proof) in (1..).zip(finding.proofs.iter().take(PROOFS)) {
        put(format!("Proof/{number}"), &proof.because);
        if let Some(request) = &proof.request {
            put(format!("Proof/{number}/Request"), &request.to_string());
        }
    }
    let actors = [("Actor", &finding.actor), ("ResolvedBy", &finding.resolved_by)];
    for (name, actor) in actors.into_iter().filter_map(|(name, actor)| Some((name, actor.as_ref()?))) {
        let Actor { who, address, call, event_id, at } = actor;
        put(name.to_owned(), who);
        put(format!("{name}/Name"), caller(who));
        put(format!("{name}/Address"), address);
        put(format!("{name}/Call"), call);
        put(format!("{name}/EventId"), event_id);
        put(format!("{name}/At"), &at.to_string());
    }
    if let Some(suppressed) = &finding.suppressed {
        put("Suppressed/Reason".to_owned(), &suppressed.reason);
        put("Suppressed/Owner".to_owned(), &suppressed.owner);
        put("Suppressed/Expires".to_owned(), &suppressed.expires);
    }
    if let Some(group) = finding.group() {
        put("Group".to_owned(), group.title());
    }
    fields
}

/// A text that the format takes: not blank, without control characters, and of so many bytes at most.
fn text(text: &str, most: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let kept = cut(plain.trim(), most);
    if kept.is_empty() { "-".to_owned() } else { kept }
}

fn time(moment: Moment) -> String {
    moment.0.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::Proof;
    use crate::finding::Suppressed;
    use crate::report::example;

    fn bytes(value: &impl Serialize) -> usize {
        serde_json::to_vec(value).unwrap().len()
    }

    #[test]
    fn a_report_as_a_batch() {
        let report = example::report();
        let findings: Vec<_> = report.findings.iter().collect();
        insta::assert_json_snapshot!(batches(&report.taken, &findings));
    }

    #[test]
    fn no_findings_are_no_batches() {
        assert!(batches(&example::report().taken, &[]).is_empty());
    }

    #[test]
    fn a_hundred_and_one_findings_are_two_batches() {
        let taken = example::report().taken;
        let one = example::finding("camera-role-does-more", "arn:aws:iam::111122223333:role/a");
        let batches = batches(&taken, &vec![&one; 101]);
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [100, 1]);
    }

    #[test]
    fn the_largest_findings_are_split_by_bytes() {
        let taken = example::report().taken;
        let large = largest();
        assert!(bytes(&AsffFinding::new(&taken, &large)) <= FINDING_BYTES);
        let batches = batches(&taken, &vec![&large; 120]);
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 120);
        assert!(batches.iter().all(|batch| bytes(batch) <= 6_000_000));
        assert!(batches[0].len() == BATCH || bytes(&batches[0]) > 5_000_000, "they are not filled");
    }

    #[test]
    fn what_is_said_later_is_newer() {
        let mut taken = example::report().taken;
        let one = example::finding("camera-role-does-more", "arn:aws:iam::111122223333:role/a");
        let first = AsffFinding::new(&taken, &one).updated_at;
        taken.at = Moment(taken.at.0 + jiff::SignedDuration::from_millis(1));
        assert!(AsffFinding::new(&taken, &one).updated_at > first);
        let mut resolved = one;
        resolved.resolved_at = Some(taken.at.plus_days(1));
        assert_eq!(AsffFinding::new(&taken, &resolved).updated_at, time(taken.at.plus_days(1)));
    }

    /// With everything as long as AWS could make it, and longer, of characters that JSON writes with two.
    fn largest() -> Finding {
        let long = "\"".repeat(20_000);
        let mut finding = example::finding("camera-role-does-more", &long);
        finding.sentence.clone_from(&long);
        let proof = Proof { because: long.clone(), request: Some(serde_json::json!({ "action": long })) };
        finding.proofs = vec![proof; 40];
        let actor = Actor {
            who: long.clone(),
            address: long.clone(),
            call: long.clone(),
            event_id: long.clone(),
            at: Moment::EPOCH,
        };
        finding.actor = Some(actor.clone());
        finding.resolved_by = Some(actor);
        finding.suppressed = Some(Suppressed { reason: long.clone(), owner: long.clone(), expires: long });
        finding
    }

    fn anything() -> impl Strategy<Value = Finding> {
        let text =
            || prop_oneof![".{0,30}", "[\u{0}-\u{1f}\"\\\\é😀]{0,3000}", Just(String::new()), Just("  ".to_owned())];
        (text(), text(), text(), text(), 0_usize..60).prop_map(|(check, resource, sentence, because, proofs)| {
            let mut finding = example::finding(&check, &resource);
            finding.sentence = sentence;
            finding.proofs = vec![Proof { because: because.clone(), request: Some(because.clone().into()) }; proofs];
            finding.actor = Some(Actor { who: because, ..example::actor("iam:PutRolePolicy") });
            finding
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_found_is_within_the_limits(finding in anything()) {
            let one = AsffFinding::new(&example::report().taken, &finding);
            let within = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
            prop_assert!(bytes(&one) <= FINDING_BYTES);
            prop_assert!(within(&one.title, 256));
            prop_assert!(within(&one.description, 1024));
            prop_assert!(within(&one.generator_id, 512));
            prop_assert!(within(&one.resources[0].id, 512));
            prop_assert!(one.product_fields.len() <= 50);
            prop_assert!(one.product_fields.iter().all(|(key, value)| within(key, 128) && within(value, 2048)));
        }
    }
}
