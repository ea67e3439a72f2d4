//! Decisions as data: each file of `decisions` is a question, the answer that AWS gives, and why.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::{Decision, Outcome, Question, evaluate};
use serde_json::{Map, Value};

/// So many cases there are at least; a folder that is not found has none.
const AT_LEAST: usize = 450;

/// What a file says besides the question.
struct Case {
    group: String,
    name: String,
    /// What AWS says, in a sentence.
    rule: String,
    /// Where it says so.
    page: String,
    expect: String,
    /// Why the rule gives this answer here.
    because: String,
    /// The fields of the question.
    question: Map<String, Value>,
}

impl Case {
    fn read(group: &str, path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let Value::Object(mut question) = value else { panic!("{}: no object", path.display()) };
        let mut take = |field: &str| match question.remove(field) {
            Some(Value::String(text)) if !text.is_empty() => text,
            _ => panic!("{}: `{field}` is missing, empty or no string", path.display()),
        };
        Self {
            group: group.to_owned(),
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            rule: take("rule"),
            page: take("page"),
            expect: take("expect"),
            because: take("because"),
            question,
        }
    }

    fn file(&self) -> String {
        format!("decisions/{}/{}.json", self.group, self.name)
    }

    fn outcome(&self, question: &Map<String, Value>) -> Outcome {
        self.ask(question, |decision| decision.outcome)
    }

    fn ask<T>(&self, question: &Map<String, Value>, look: impl FnOnce(Decision<'_>) -> T) -> T {
        let text = Value::Object(question.clone()).to_string();
        let question = Question::parse(&text).unwrap_or_else(|fault| panic!("{}: {fault}", self.file()));
        look(evaluate(&question.request, &question.policies))
    }

    /// What the engine says wrongly, if it does.
    fn fault(&self) -> Option<String> {
        let (outcome, reasons) = self.ask(&self.question, |decision| {
            let reasons = decision.because.iter().map(ToString::to_string).collect::<Vec<_>>();
            (decision.outcome.to_string(), reasons.join("; "))
        });
        let (file, expect) = (self.file(), &self.expect);
        (outcome != *expect).then(|| {
            format!(
                "{file}: {outcome} instead of {expect}\n  rule: {}\n  here: {}\n  engine: {reasons}",
                self.rule, self.because
            )
        })
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decisions");
    let groups = entries(&folder).into_iter();
    let cases = groups.flat_map(|group| {
        let name = group.file_name().unwrap().to_str().unwrap().to_owned();
        entries(&group).into_iter().map(move |path| Case::read(&name, &path)).collect::<Vec<_>>()
    });
    cases.collect()
}

/// The question with every document changed.
fn with_documents(question: &Map<String, Value>, change: impl Fn(&mut Value)) -> Map<String, Value> {
    let mut question = question.clone();
    for (field, value) in &mut question {
        if field.ends_with("Policy") || field.ends_with("Policies") || field == "permissionsBoundaries" {
            each_document(value, &change);
        }
    }
    question
}

fn each_document(value: &mut Value, change: &impl Fn(&mut Value)) {
    if let Some(items) = value.as_array_mut() {
        for item in items {
            each_document(item, change);
        }
    } else if let Some(document) = value.get_mut("document") {
        change(document);
    } else {
        change(value);
    }
}

/// The question with every statement changed.
fn with_statements(question: &Map<String, Value>, change: impl Fn(&mut Map<String, Value>)) -> Map<String, Value> {
    with_documents(question, |document| {
        let statements = document.get_mut("Statement").unwrap();
        let statements = match statements.as_array_mut() {
            Some(list) => list.as_mut_slice(),
            None => std::slice::from_mut(statements),
        };
        for statement in statements {
            change(statement.as_object_mut().unwrap());
        }
    })
}

/// A text, or each of a list, in upper case.
fn upper(value: &mut Value) {
    if let Value::String(text) = value {
        *text = text.to_uppercase();
    } else {
        value.as_array_mut().into_iter().flatten().for_each(upper);
    }
}

/// Whether each case comes out as before when its question is asked otherwise; at least one has to be changed by it.
fn makes_no_difference(change: impl Fn(&Map<String, Value>) -> Map<String, Value>) {
    let cases = cases();
    let changed = cases.iter().filter_map(|case| {
        let question = change(&case.question);
        (question != case.question).then_some((case, question))
    });
    let changed: Vec<_> = changed.collect();
    assert!(!changed.is_empty(), "no case is changed");
    for (case, question) in changed {
        assert_eq!(case.outcome(&question), case.outcome(&case.question), "{}", case.file());
    }
}

#[test]
fn every_case_is_decided_as_aws_decides_it() {
    let cases = cases();
    let faults: Vec<_> = cases.iter().filter_map(Case::fault).collect();
    assert!(faults.is_empty(), "{} of {} cases are wrong:\n\n{}", faults.len(), cases.len(), faults.join("\n\n"));
}

#[test]
fn every_case_tells_its_rule_in_a_sentence_and_where_it_stands() {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "{} cases", cases.len());
    for case in &cases {
        let file = case.file();
        let page = ["https://docs.aws.amazon.com/", "https://www.w3.org/"].iter().any(|at| case.page.starts_with(at));
        assert!(page, "{file}: the page is `{}`", case.page);
        for sentence in [&case.rule, &case.because] {
            assert!(sentence.ends_with('.'), "{file}: no sentence: {sentence}");
        }
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(case.name.chars().all(kebab) && case.group.chars().all(kebab), "{file}: the name");
    }
}

#[test]
fn no_two_cases_ask_the_same() {
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in cases() {
        let question = Value::Object(case.question.clone()).to_string();
        asked.entry(question).or_default().push(case.file());
    }
    let same: Vec<_> = asked.into_values().filter(|files| files.len() > 1).collect();
    assert!(same.is_empty(), "these ask the same: {same:?}");
}

#[test]
fn every_group_has_near_misses() {
    let mut groups: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for case in cases() {
        groups.entry(case.group).or_default().insert(case.expect == "Allowed");
    }
    for (group, outcomes) in groups {
        assert_eq!(outcomes.len(), 2, "all cases of `{group}` come out alike");
    }
}

#[test]
fn the_order_of_statements_and_policies_makes_no_difference() {
    makes_no_difference(|question| {
        let mut question = with_documents(question, |document| {
            if let Some(Value::Array(statements)) = document.get_mut("Statement") {
                statements.reverse();
            }
        });
        if let Some(Value::Array(policies)) = question.get_mut("identityPolicies") {
            policies.reverse();
        }
        question
    });
}

#[test]
fn a_lone_statement_is_a_list_of_one() {
    makes_no_difference(|question| {
        with_documents(question, |document| {
            let statement = document.get_mut("Statement").unwrap();
            if statement.is_object() {
                *statement = Value::Array(vec![statement.take()]);
            }
        })
    });
}

#[test]
fn a_lone_text_is_a_list_of_one() {
    makes_no_difference(|question| {
        with_statements(question, |statement| {
            for element in ["Action", "NotAction", "Resource", "NotResource"] {
                if let Some(value) = statement.get_mut(element).filter(|value| value.is_string()) {
                    *value = Value::Array(vec![value.take()]);
                }
            }
        })
    });
}

#[test]
fn a_document_may_come_as_text_plain_or_percent_encoded() {
    makes_no_difference(|question| with_documents(question, |document| *document = document.to_string().into()));
    makes_no_difference(|question| {
        with_documents(question, |document| {
            *document = utf8_percent_encode(&document.to_string(), NON_ALPHANUMERIC).to_string().into();
        })
    });
}

#[test]
fn the_case_of_an_action_makes_no_difference() {
    makes_no_difference(|question| {
        let mut question = question.clone();
        upper(question.get_mut("action").unwrap());
        question
    });
    makes_no_difference(|question| {
        with_statements(question, |statement| {
            for element in ["Action", "NotAction"] {
                if let Some(value) = statement.get_mut(element) {
                    upper(value);
                }
            }
        })
    });
}

#[test]
fn the_case_of_a_condition_key_makes_no_difference() {
    makes_no_difference(|question| {
        let mut question = question.clone();
        if let Some(Value::Object(context)) = question.get_mut("context") {
            *context = std::mem::take(context).into_iter().map(|(key, value)| (key.to_uppercase(), value)).collect();
        }
        question
    });
}
