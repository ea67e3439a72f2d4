//! `template.yaml`, for the tests that hold what the code knows of it against it.

use std::collections::BTreeMap;

use serde_json::Value;

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// The template as plain values: of `!Ref X` and `!GetAtt X.Arn` what they name, of `!Sub` the text, of `!If` the list.
fn template() -> Value {
    serde_saphyr::from_str(TEMPLATE).unwrap()
}

/// The properties of a resource.
pub(crate) fn properties(id: &str) -> Value {
    template()["Resources"][id]["Properties"].clone()
}

/// The properties of all resources of a type, by logical id.
pub(crate) fn of_type(kind: &str) -> BTreeMap<String, Value> {
    let template = template();
    let resources = template["Resources"].as_object().unwrap().iter();
    let found: BTreeMap<_, _> = resources
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| (id.clone(), resource["Properties"].clone()))
        .collect();
    assert!(!found.is_empty(), "{kind}");
    found
}

/// The environment variables of a function.
pub(crate) fn variables(function: &str) -> serde_json::Map<String, Value> {
    properties(function)["Environment"]["Variables"].as_object().unwrap().clone()
}

/// `OWN_PARTS` of a stack with a budget as it stands there, without topics of budgets.
pub(crate) fn own_parts() -> String {
    let variables = variables("AuditFunction");
    let text = variables["OWN_PARTS"][0].as_str().unwrap();
    assert!(text.contains("[${BudgetTopics}]"), "{text}");
    variables["OWN_PARTS"][1].as_object().unwrap().iter().fold(text.to_owned(), |text, (name, value)| {
        // Each is an `!If` on the budget.
        let part = if name == "BudgetTopics" { "" } else { value[1].as_str().unwrap() };
        text.replace(&format!("${{{name}}}"), part)
    })
}

/// A text in which something stands for each `${name}`.
pub(crate) fn substituted(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = text.split("${");
    let mut made = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        made.push_str(&value(name));
        made.push_str(rest);
    }
    made
}

/// A role with its inline policies, as the inventory has it. Of `!If` the first, which is the wider.
pub(crate) fn role(id: &str, name: &str) -> Value {
    let properties = resolved(&properties(id));
    let inline = properties["Policies"].as_array().unwrap().iter();
    let inline = inline.map(|policy| {
        serde_json::json!({
            "PolicyName": policy["PolicyName"], "PolicyDocument": policy["PolicyDocument"],
        })
    });
    serde_json::json!({
        "Arn": format!("arn:aws:iam::123456789012:role/{name}"),
        "RoleName": name,
        "AssumeRolePolicyDocument": properties["AssumeRolePolicyDocument"],
        "RolePolicyList": inline.collect::<Vec<_>>(),
    })
}

/// With something in the place of everything that is made when it is deployed.
pub(crate) fn resolved(value: &Value) -> Value {
    match value {
        Value::Array(items) => match items.as_slice() {
            [Value::String(condition), then, _] if is_condition(condition) => resolved(then),
            items => Value::Array(items.iter().map(resolved).collect()),
        },
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| match (name.as_str(), resolved(field)) {
                // What is named here has an ARN of some kind.
                ("Resource", Value::String(named)) if !named.contains(':') && named != "*" => {
                    (name.clone(), Value::String(format!("arn:aws:some:us-east-1:123456789012:{named}")))
                }
                (_, field) => (name.clone(), field),
            });
            Value::Object(fields.collect())
        }
        Value::String(text) => Value::String(substituted(text, |name| match name {
            "AWS::Partition" => "aws".to_owned(),
            "AWS::Region" => "us-east-1".to_owned(),
            "AWS::AccountId" => "123456789012".to_owned(),
            other => other.to_owned(),
        })),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn is_condition(name: &str) -> bool {
    !template()["Conditions"][name].is_null()
}
