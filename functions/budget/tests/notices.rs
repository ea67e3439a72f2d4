//! What arrives and what is read from it: each file of `notices` is a message, what is read, and why.
//!
//! `body` is what SQS hands over. `text` is only SNS's message: the runner puts it into SNS's envelope, for the topic that
//! is expected. Lists are lines, objects are written as JSON, and `{repeat}` is where `repeat` goes. `topic`, `account`
//! and `budget` change what is expected.

#![expect(clippy::panic, clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use budget::money::Money;
use budget::notice::{Alert, Claim, Expected, Kind, Notice, Reading, read};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[path = "notices/letter.rs"]
mod letter;

use letter::{Letter, figure, letter, name};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:kvs-warden-budget";
const ACCOUNT: &str = "123456789012";
const BUDGET: &str = "fleet";
const EXPECTED: Expected<'_> = Expected { topic: TOPIC, account: ACCOUNT, budget: BUDGET };

/// So many cases there are at least; a folder that is not found has none.
const AT_LEAST: usize = 110;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    because: String,
    body: Option<Value>,
    text: Option<Value>,
    subject: Option<String>,
    repeat: Option<Repeat>,
    topic: Option<String>,
    account: Option<String>,
    budget: Option<String>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    text: String,
    times: usize,
}

/// What is expected to be read. Of sentences, a part of each, and no sentence more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", tag = "reading")]
enum Expect {
    #[serde(rename_all = "camelCase")]
    Look {
        id: Option<String>,
        kind: String,
        claim: Option<Box<ExpectClaim>>,
        /// The other kinds' fields.
        fields: Option<Value>,
        #[serde(default)]
        doubts: Vec<String>,
        #[serde(default)]
        said: BTreeMap<String, String>,
        in_short: Option<String>,
    },
    Refused {
        reason: String,
        why: Vec<String>,
    },
    Malformed {
        why: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectClaim {
    kind: String,
    limit: String,
    threshold: String,
    amount: String,
    daily: bool,
    date: Option<String>,
    currency: String,
}

impl Case {
    fn body(&self) -> String {
        let repeat = self.repeat.as_ref().map_or_else(String::new, |repeat| repeat.text.repeat(repeat.times));
        let text = |value: &Value| written(value).replace("{repeat}", &repeat);
        match (&self.body, &self.text) {
            (Some(body), None) => text(body),
            (None, Some(message)) => {
                let subject = self.subject.as_deref().unwrap_or("AWS Budgets: fleet has exceeded your alert threshold");
                envelope(self.topic.as_deref().unwrap_or(TOPIC), subject, &text(message))
            }
            _ => panic!("neither `body` nor `text`, or both"),
        }
    }

    fn reading(&self) -> Reading {
        let expected = Expected {
            topic: self.topic.as_deref().unwrap_or(TOPIC),
            account: self.account.as_deref().unwrap_or(ACCOUNT),
            budget: self.budget(),
        };
        read(&self.body(), &expected)
    }

    fn budget(&self) -> &str {
        self.budget.as_deref().unwrap_or(BUDGET)
    }
}

/// A string as it is, a list as its lines, anything else as JSON.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn envelope(topic: &str, subject: &str, message: &str) -> String {
    json!({
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": topic,
        "Subject": subject,
        "Message": message,
        "Timestamp": "2026-01-28T03:14:15.926Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
        "MessageAttributes": {}
    })
    .to_string()
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let case: Case =
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(case.because.len() > 20, "{name}: `because` says nothing");
        (name, case)
    };
    paths.iter().map(read).collect()
}

fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Schedule => "schedule",
        Kind::Continue => "continue",
        Kind::Budget(_) => "budget",
        Kind::Adjusted { .. } => "adjusted",
        Kind::Alarm { .. } => "alarm",
        Kind::Anomaly { .. } => "anomaly",
        Kind::Unrecognized => "unrecognized",
    }
}

/// The fields of the kinds that have some, but for a claim's.
fn fields(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Adjusted { budget, before, after } => Some(json!({ "budget": budget, "before": before, "after": after })),
        Kind::Alarm { name, state, at } => Some(json!({ "name": name, "state": state, "at": at })),
        Kind::Anomaly { id, of, impact } => {
            Some(json!({ "id": id, "of": of, "impact": impact.map(|impact| impact.to_string()) }))
        }
        Kind::Schedule | Kind::Continue | Kind::Budget(_) | Kind::Unrecognized => None,
    }
}

fn claim(expect: &ExpectClaim, budget: &str) -> Claim {
    let money = |text: &str| Money::parse(text).unwrap();
    Claim {
        budget: budget.to_owned(),
        kind: [Alert::Actual, Alert::Forecasted].into_iter().find(|alert| alert.as_str() == expect.kind).unwrap(),
        limit: money(&expect.limit),
        threshold: money(&expect.threshold),
        amount: money(&expect.amount),
        daily: expect.daily,
        date: expect.date.clone(),
        currency: expect.currency.clone(),
    }
}

/// Each part is in the sentence with its number, and there are as many.
fn assert_says(name: &str, sentences: &[String], parts: &[String]) {
    let as_expected = sentences.len() == parts.len()
        && sentences.iter().zip(parts).all(|(sentence, part)| !part.is_empty() && sentence.contains(part.as_str()));
    assert!(as_expected, "{name}: {sentences:#?} instead of {parts:#?}");
}

fn assert_contains(name: &str, sentence: &str, parts: &[String]) {
    assert!(!parts.is_empty(), "{name}: `why` is empty");
    for part in parts {
        assert!(sentence.contains(part.as_str()), "{name}: `{part}` is not in: {sentence}");
    }
    assert_told(name, sentence);
}

/// What is told is one line of bearable length, a whole sentence where it is one.
fn assert_told(name: &str, sentence: &str) {
    let bearable = sentence.chars().count() < 1_700 && !sentence.chars().any(char::is_control);
    assert!(bearable && sentence.ends_with('.'), "{name}: {sentence}");
}

fn assert_as_expected(name: &str, case: &Case) {
    let reading = case.reading();
    match (&case.expect, &reading) {
        (
            Expect::Look { id, kind, claim: expect, fields: expect_fields, doubts, said, in_short },
            Reading::Look(notice),
        ) => {
            assert_eq!(word(&notice.kind), kind, "{name}: {notice:#?}");
            if let Some(id) = id {
                assert_eq!(&notice.id, id, "{name}");
            }
            let found = if let Kind::Budget(claim) = &notice.kind { Some(claim.clone()) } else { None };
            assert_eq!(found, expect.as_ref().map(|expect| claim(expect, case.budget())), "{name}");
            assert_eq!(fields(&notice.kind), *expect_fields, "{name}");
            assert_says(name, &notice.doubts, doubts);
            for (what, text) in said {
                let found = notice.said.iter().find(|said| said.what == what).map(|said| said.text.as_str());
                assert_eq!(found, Some(text.as_str()), "{name}: {what}");
            }
            if let Some(line) = in_short {
                assert_eq!(&notice.in_short(), line, "{name}");
            }
            assert_shown(name, notice);
        }
        (Expect::Refused { reason: expect, why: parts }, Reading::Refused { reason, why }) => {
            assert_eq!(reason, expect, "{name}: {why}");
            assert_contains(name, why, parts);
        }
        (Expect::Malformed { why: parts }, Reading::Malformed(why)) => assert_contains(name, why, parts),
        (_, other) => panic!("{name}: {other:#?}"),
    }
}

fn assert_shown(name: &str, notice: &Notice) {
    notice.doubts.iter().for_each(|doubt| assert_told(name, doubt));
    let line = notice.in_short();
    assert!(line.chars().count() < 1_700 && !line.chars().any(char::is_control), "{name}: {line}");
    for said in &notice.said {
        assert!(said.text.chars().count() < 1_300 && !said.text.chars().any(char::is_control), "{name}: {said:?}");
    }
}

#[test]
fn every_case_is_read_as_it_says() {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    // All that fail are told at once.
    let failed: Vec<_> =
        cases.iter().filter(|(name, case)| catch_unwind(|| assert_as_expected(name, case)).is_err()).collect();
    assert!(failed.is_empty(), "{:?}", failed.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn every_kind_and_every_reason_has_a_case() {
    let mut words = BTreeSet::new();
    for (_, case) in cases() {
        words.insert(match case.expect {
            Expect::Look { kind, .. } => kind,
            Expect::Refused { reason, .. } => reason,
            Expect::Malformed { .. } => "malformed".to_owned(),
        });
    }
    let all = [
        "adjusted",
        "alarm",
        "anomaly",
        "budget",
        "continue",
        "foreign-account",
        "foreign-topic",
        "malformed",
        "other-budget",
        "schedule",
        "subscription",
        "unrecognized",
    ];
    assert_eq!(words, all.map(str::to_owned).into());
}

#[test]
fn long_texts_are_read_whatever_they_repeat() {
    let parts = [
        "\n",
        ":",
        " the ",
        "Budget Name: x\n",
        "ACTUAL Amount: $1\n",
        "[1] https://\n",
        " budget is greater than ",
        "1,",
        "{",
        "{\"a\":",
        "[",
        "\0",
        "é",
        "\u{202e}",
    ];
    let valid = Letter::default().text();
    for part in parts {
        let long = part.repeat(260_000 / part.len());
        let texts = [
            long.clone(),
            format!("{{{long}"),
            valid.replace("Alert Type", &format!("{long}\nAlert Type")),
            valid.replace(BUDGET, &long),
            valid.replace("36.69", &long),
            format!("{valid}{long}"),
            format!("{long}{valid}"),
        ];
        for text in texts {
            drop(read(&text, &EXPECTED));
            let reading = read(&envelope(TOPIC, "x", &text), &EXPECTED);
            if let Reading::Look(notice) = reading {
                assert_shown(part, &notice);
            }
        }
    }
}

proptest! {
    #[test]
    fn what_aws_budgets_writes_reads_back(letter in letter()) {
        let expected = Expected { budget: &letter.name, ..EXPECTED };
        let Reading::Look(notice) = read(&envelope(TOPIC, "x", &letter.text()), &expected) else { panic!("{letter:?}") };
        prop_assert_eq!(&notice.doubts, &Vec::<String>::new());
        prop_assert_eq!(notice.kind, Kind::Budget(letter.claim()));
    }

    #[test]
    fn no_figure_is_read_that_the_fields_do_not_say(
        letter in letter(), at in 0_usize..20, change in 0_u8..5, with in "[A-Za-z $>€0-9.,:-]{0,30}", spot: prop::sample::Index,
        other in 0_usize..20,
    ) {
        let text = letter.text();
        let mut lines: Vec<String> = text.split(letter.line_end).map(str::to_owned).collect();
        let at = at % lines.len();
        match change {
            // Another line, none, one more, one of the others, or one letter changed in it.
            0 => lines[at] = with,
            1 => drop(lines.remove(at)),
            2 => lines.insert(at, with),
            3 => lines[at] = lines[other % lines.len()].clone(),
            _ => {
                let mut letters: Vec<char> = lines[at].chars().collect();
                if !letters.is_empty() {
                    let spot = spot.index(letters.len());
                    letters[spot] = with.chars().next().unwrap_or('0');
                }
                lines[at] = letters.into_iter().collect();
            }
        }
        let changed = lines.join(letter.line_end);
        let expected = Expected { budget: &letter.name, ..EXPECTED };
        if let Reading::Look(Notice { kind: Kind::Budget(claim), .. }) = read(&envelope(TOPIC, "x", &changed), &expected) {
            prop_assert_eq!(Some(claim.limit.micros()), figure(&changed, &["Budgeted Amount"]), "{}", changed);
            prop_assert_eq!(Some(claim.threshold.micros()), figure(&changed, &["Alert Threshold"]), "{}", changed);
            prop_assert_eq!(Some(claim.amount.micros()), figure(&changed, &["ACTUAL Amount", "FORECASTED Amount"]), "{}", changed);
            let alert = changed.lines().find_map(|line| line.get(..10)?.eq_ignore_ascii_case("Alert Type").then_some(line));
            prop_assert!(alert.unwrap().to_uppercase().contains(claim.kind.as_str()), "{}", changed);
            prop_assert_eq!(claim.budget, letter.name);
        }
    }

    #[test]
    fn no_body_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        let lossy = String::from_utf8_lossy(&bytes);
        for text in [&lossy, text.as_str()] {
            for body in [text.to_owned(), envelope(TOPIC, text, text), envelope(TOPIC, text, &format!("{{{text}"))] {
                if let Reading::Look(notice) = read(&body, &EXPECTED) {
                    assert_shown(text, &notice);
                }
            }
        }
    }

    #[test]
    fn no_text_near_to_the_known_ones_makes_it_panic(
        text in "(AWS Budget Notification |AWS Account |1{12}|Dear AWS Customer,|Budget Name: |Alert Type: ACTUAL|ACTUAL Amount: |Alert Threshold: > |\\$1,200|\r|\n| the |budget is greater than |é|\\{|\"AlarmName\":|\"impact\":|-1e9|\\}|,|\\[1\\] https://){0,40}",
    ) {
        if let Reading::Look(notice) = read(&envelope(TOPIC, "x", &text), &EXPECTED) {
            assert_shown(&text, &notice);
        }
    }

    #[test]
    fn only_our_topic_our_account_and_our_budget_ring(topic in name(), number in 0_u64..999_999_999_999, budget in name()) {
        let account = format!("{number:012}");
        let letter = Letter::default();
        let reason = |body: &str, expected: &Expected<'_>| match read(body, expected) {
            Reading::Refused { reason, .. } => reason,
            other @ (Reading::Look(_) | Reading::Malformed(_)) => panic!("{other:?}"),
        };
        let body = envelope(TOPIC, "x", &letter.text());
        prop_assert_eq!(reason(&body, &Expected { topic: &topic, ..EXPECTED }), "foreign-topic");
        if account != ACCOUNT {
            prop_assert_eq!(reason(&body, &Expected { account: &account, ..EXPECTED }), "foreign-account");
        }
        prop_assert_eq!(reason(&body, &Expected { budget: &budget, ..EXPECTED }), "other-budget");
    }
}
