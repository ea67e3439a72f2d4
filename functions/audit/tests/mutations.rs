//! Each check finds its mistake however it is written, and leaves alone what only looks like it.
//!
//! `mutations/<check>.json` holds an inventory, `base`, and cases that each `set` values in it by JSON pointers (a last
//! part `-` adds to a list) and `expect` other things in `audit.yaml`'s words.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use audit::checks;
use audit::expectations::Expectations;
use audit::inventory::Inventory;
use audit::judge::{Judgement, Open, judge_by};
use audit::world::World;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Of each kind at least so many.
const ENOUGH: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutations {
    base: Value,
    #[serde(default)]
    expect: Map<String, Value>,
    found: Vec<Case>,
    fine: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    because: String,
    #[serde(default)]
    set: Map<String, Value>,
    #[serde(default)]
    expect: Map<String, Value>,
}

/// Puts a value where a pointer says; its parent must be there.
fn set(value: &mut Value, pointer: &str, new: Value) {
    let (parent, end) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at `{parent}`")) {
        Value::Object(object) => drop(object.insert(end.replace("~1", "/").replace("~0", "~"), new)),
        Value::Array(list) if end == "-" => list.push(new),
        Value::Array(list) if !end.is_empty() => list[end.parse::<usize>().unwrap()] = new,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            panic!("`{parent}` is {other}")
        }
    }
}

fn judged(mutations: &Mutations, case: &Case, check: &'static audit::check::Check) -> Judgement {
    let mut inventory = mutations.base.clone();
    for (pointer, to) in &case.set {
        set(&mut inventory, pointer, to.clone());
    }
    let mut inventory: Inventory = serde_json::from_value(inventory).unwrap();
    inventory.sort();
    let mut expect = mutations.expect.clone();
    expect.extend(case.expect.clone());
    let expect: Expectations = serde_json::from_value(Value::Object(expect)).unwrap();
    judge_by(&World { inventory: &inventory, expect: &expect }, &Open::default(), std::iter::once(check))
}

#[test]
fn every_check_finds_its_mistake_in_five_ways_and_leaves_five_look_alikes_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<_> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let ids: BTreeSet<_> = checks::all().map(|check| check.id.to_owned()).collect();
    assert_eq!(files, ids, "a check without mutations, or mutations without a check");
    let mut wrong = Vec::new();
    for check in checks::all() {
        let text = std::fs::read_to_string(folder.join(check.id).with_extension("json")).unwrap();
        let mutations: Mutations = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", check.id));
        for (cases, kind) in [(&mutations.found, "found"), (&mutations.fine, "fine")] {
            assert!(cases.len() >= ENOUGH, "{}: only {} {kind}", check.id, cases.len());
        }
        for case in &mutations.found {
            let judgement = judged(&mutations, case, check);
            if judgement.problems.is_empty() {
                wrong.push(format!("{} misses `{}`: {:?}", check.id, case.because, judgement.unjudged));
            }
        }
        for case in &mutations.fine {
            let judgement = judged(&mutations, case, check);
            let was_judged = judgement.judged.contains_key(check.id) && judgement.unjudged.is_empty();
            if !judgement.problems.is_empty() || !was_judged {
                let (problems, unjudged) = (judgement.problems, judgement.unjudged);
                wrong.push(format!("{} does not pass `{}`: {problems:?} {unjudged:?}", check.id, case.because));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
