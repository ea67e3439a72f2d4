//! What is a policy document and what is not, as data: `documents` has those that are refused, with the message, and
//! those that are read although they look unusual.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::{Document, Kind, ParseError, Problem};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    name: String,
    kind: String,
    document: Value,
    /// The whole message: where, and what.
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    name: String,
    /// Why it is no error.
    because: String,
    kind: String,
    document: Value,
    /// A document that says the same as plainly as can be.
    means: Option<Value>,
    #[serde(default)]
    doubts: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents")
}

fn read<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    serde_json::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The documents of a kind of error, with the name of its file.
fn refused() -> Vec<(String, Refused)> {
    let mut paths: Vec<_> =
        fs::read_dir(folder().join("refused")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let of = |path: PathBuf| {
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        read(&path).into_iter().map(move |refused| (file.clone(), refused)).collect::<Vec<_>>()
    };
    paths.into_iter().flat_map(of).collect()
}

/// A string is the text of the document, anything else the document itself.
fn parse(kind: &str, document: &Value) -> Result<Document, ParseError> {
    let kind = match kind {
        "Identity" => Kind::Identity,
        "ServiceControl" => Kind::ServiceControl,
        "Resource" => Kind::Resource,
        "Endpoint" => Kind::Endpoint,
        "Iot" => Kind::Iot,
        other => panic!("no kind of policy is called `{other}`"),
    };
    document.as_str().map_or_else(|| Document::parse(kind, &document.to_string()), |text| Document::parse(kind, text))
}

/// The name of a problem. A new one is to be added here, and to the documents that are refused.
fn name(problem: &Problem) -> &'static str {
    match problem {
        Problem::NotJson(_) => "NotJson",
        Problem::NotUtf8 => "NotUtf8",
        Problem::Expected { .. } => "Expected",
        Problem::Missing(_) => "Missing",
        Problem::Unknown { .. } => "Unknown",
        Problem::Twice(_) => "Twice",
        Problem::Both(..) => "Both",
        Problem::PrincipalInIdentityPolicy => "PrincipalInIdentityPolicy",
        Problem::Operator(_) => "Operator",
        Problem::Value(_) => "Value",
        Problem::Variable(_) => "Variable",
        Problem::Action(_) => "Action",
        Problem::Text { .. } => "Text",
    }
}

const PROBLEMS: [&str; 13] = [
    "Action",
    "Both",
    "Expected",
    "Missing",
    "NotJson",
    "NotUtf8",
    "Operator",
    "PrincipalInIdentityPolicy",
    "Text",
    "Twice",
    "Unknown",
    "Value",
    "Variable",
];

#[test]
fn what_is_no_document_is_refused_with_the_place_and_the_reason() {
    let mut faults = Vec::new();
    for (file, Refused { name, kind, document, error }) in refused() {
        let said = parse(&kind, &document).map_or_else(|fault| fault.to_string(), |_| "it is read".to_owned());
        if said != error {
            faults.push(format!("{file}: {name}\n  expected: {error}\n  said:     {said}"));
        }
    }
    assert!(faults.is_empty(), "{} documents:\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn what_looks_unusual_is_read_for_what_it_means() {
    let mut faults = Vec::new();
    for Accepted { name, because, kind, document, means, doubts } in read::<Accepted>(&folder().join("accepted.json")) {
        match parse(&kind, &document) {
            Err(fault) => faults.push(format!("{name}: {fault}\n  {because}")),
            Ok(read) => {
                let told: Vec<_> = read.doubts.iter().map(ToString::to_string).collect();
                if told != doubts {
                    faults.push(format!("{name}: doubts {told:?} instead of {doubts:?}"));
                }
                if means.is_some_and(|means| parse(&kind, &means).unwrap() != read) {
                    faults.push(format!("{name}: read as {read:?}\n  {because}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} documents:\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn every_problem_occurs() {
    let refused = refused();
    let errors = refused.iter().filter_map(|(_, refused)| parse(&refused.kind, &refused.document).err());
    let doubts = read::<Accepted>(&folder().join("accepted.json"));
    let doubts = doubts.iter().filter_map(|accepted| parse(&accepted.kind, &accepted.document).ok());
    let doubts = doubts.flat_map(|document| document.doubts);
    let met: BTreeSet<_> = errors.chain(doubts).map(|error| name(&error.problem)).collect();
    assert!(met.iter().eq(&PROBLEMS), "{met:?}");
}

#[test]
fn a_document_is_refused_however_it_is_sent() {
    for (file, Refused { name, kind, document, .. }) in refused() {
        let Err(fault) = parse(&kind, &document) else { continue };
        let text = document.as_str().map_or_else(|| document.to_string(), ToOwned::to_owned);
        if !text.trim_start().starts_with('{') {
            continue;
        }
        let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
        let again = parse(&kind, &encoded.into()).unwrap_err();
        assert_eq!(again.problem, fault.problem, "{file}: {name}");
    }
}

#[test]
fn brackets_without_end_are_refused() {
    for open in ["[", r#"{"Statement":"#, r#"{"Statement":{"Condition":{"#] {
        let text = open.repeat(10_000);
        let fault = Document::parse(Kind::Identity, &text).unwrap_err().to_string();
        assert!(fault.starts_with("`document`: not JSON: "), "{fault}");
    }
    let closed = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [format!(r#"{{"Statement":{closed}}}"#), closed] {
        let fault = Document::parse(Kind::Identity, &text).unwrap_err().to_string();
        assert!(fault.contains("recursion limit exceeded"), "{fault}");
    }
}

#[test]
fn a_document_of_a_megabyte_is_read() {
    let one = r#"{"Effect":"Allow","Action":"kinesisvideo:PutMedia","Resource":"arn:aws:kinesisvideo:*:*:stream/*"}"#;
    let count = 1_000_000 / one.len();
    let text = format!(r#"{{"Statement":[{}]}}"#, vec![one; count].join(","));
    assert!(text.len() > 1_000_000);
    assert_eq!(Document::parse(Kind::Identity, &text).unwrap().statements.len(), count);
    let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
    assert_eq!(Document::parse(Kind::Identity, &encoded).unwrap().statements.len(), count);
}

#[test]
fn a_fault_in_a_megabyte_is_told_in_a_few_words() {
    let mut faults = Vec::new();
    let long = "x".repeat(1_000_000);
    let stars = "*".repeat(1_000_000);
    for text in [
        long.clone(),
        format!(r#""{long}""#),
        format!(r#"{{"{long}":1,"Statement":[]}}"#),
        format!(r#"{{"{long}":1,"{long}":1,"Statement":[]}}"#),
        format!(r#"{{"Version":"{long}","Statement":[]}}"#),
        format!(r#"{{"Statement":{{"{long}":1}}}}"#),
        format!(r#"{{"Statement":{{"Effect":"{long}"}}}}"#),
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"{long}"}}}}"#),
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{long}"}}}}"#),
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{stars}{long}"}}}}"#),
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:${{{long}"}}}}"#
        ),
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{long}":{{}}}}}}}}"#),
        format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"Bool":{{"{long}":1,"{long}":1}}}}}}}}"#
        ),
    ] {
        let fault = Document::parse(Kind::Identity, &text).unwrap_err().to_string();
        if fault.len() > 1000 {
            faults.push(format!("{} bytes: {}", fault.len(), fault.chars().take(80).collect::<String>()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
