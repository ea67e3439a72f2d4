//! AWS's own managed policies are read: more ways of writing a policy than anyone would think of.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use local::Python;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::{Condition, Document, Kind, Statement};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// How many the package has that `local/requirements.lock` pins, and how many statements they have together.
const POLICIES: usize = 1_582;
const STATEMENTS: usize = 8_850;

#[derive(Deserialize)]
struct Managed {
    #[serde(rename = "Document")]
    document: Box<RawValue>,
}

/// The documents by name, as AWS wrote them.
fn managed() -> BTreeMap<String, Managed> {
    let workspace = local::workspace();
    let python = Python::ready(&workspace, &|_| {}).unwrap();
    serde_json::from_str(&python.managed_policies().unwrap()).unwrap()
}

/// The statements with their conditions in the order of their text: in JSON their order has no meaning.
fn sorted(document: Document) -> Vec<Statement> {
    let mut statements = document.statements;
    for statement in &mut statements {
        statement.conditions.sort_by_key(Condition::to_string);
    }
    statements
}

#[test]
fn every_managed_policy_is_read_without_a_doubt() {
    let managed = managed();
    assert_eq!(managed.len(), POLICIES);
    let mut faults = Vec::new();
    let mut statements = 0;
    for (name, Managed { document }) in &managed {
        match Document::parse(Kind::Identity, document.get()) {
            Ok(read) => {
                statements += read.statements.len();
                faults.extend(read.doubts.iter().map(|doubt| format!("{name}: {doubt}")));
            }
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(statements, STATEMENTS);
}

#[test]
fn every_managed_policy_is_read_alike_however_it_is_written() {
    for (name, Managed { document }) in managed() {
        let text = document.get();
        let read = Document::parse(Kind::Identity, text).unwrap();
        let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        assert_eq!(Document::parse(Kind::Identity, &encoded).unwrap(), read, "{name}: percent-encoded");
        let value: Value = serde_json::from_str(text).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let again = Document::parse(Kind::Identity, &pretty).unwrap();
        assert_eq!((again.version, &again.id), (read.version, &read.id), "{name}");
        assert_eq!(sorted(again), sorted(read), "{name}: written anew");
    }
}
