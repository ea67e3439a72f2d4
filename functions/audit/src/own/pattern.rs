//! The patterns by which the rules select events, as `template.yaml` has them.

use lambda::call::DENIED;
use serde_json::{Value, json};

/// The pattern that a rule was deployed with, by the rule's logical id and the ARNs of the roles whose calls it leaves out;
/// None for a rule that the template does not have.
pub(crate) fn deployed(rule: &str, quiet: &[String]) -> Option<Value> {
    let detail_type = ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"];
    let changes = json!([false, { "exists": false }]);
    match rule {
        "ChangeRule" => Some(json!({
            "source": [
                "aws.iam", "aws.iot", "aws.kinesisvideo", "aws.kinesis", "aws.firehose", "aws.kinesisanalytics", "aws.sns",
                "aws.sqs", "aws.cloudtrail", "aws.kms", "aws.ec2", "aws.monitoring", "aws.events", "aws.scheduler",
            ],
            "detail-type": detail_type,
            "detail": {
                "readOnly": changes,
                "managementEvent": [true, { "exists": false }],
                "eventName": [{ "anything-but": [
                    "CreateGrant", "RetireGrant", "RunInstances", "CreateNetworkInterface", "DeleteNetworkInterface",
                ] }],
                "$or": [issuer(&json!({ "exists": false })), issuer(&json!({ "anything-but": quiet }))],
            },
        })),
        "DenialRule" => Some(json!({
            "source": ["aws.kinesisvideo", "aws.iam", "aws.iot", "aws.events", "aws.scheduler", "aws.cloudtrail"],
            "detail-type": detail_type,
            "detail": { "$or": [
                { "errorCode": DENIED.map(|word| json!({ "prefix": word })) },
                {
                    "eventSource": ["events.amazonaws.com", "scheduler.amazonaws.com", "cloudtrail.amazonaws.com"],
                    "readOnly": changes,
                },
            ] },
        })),
        _ => None,
    }
}

/// Of calls by a role, which one.
fn issuer(arn: &Value) -> Value {
    json!({ "userIdentity": { "sessionContext": { "sessionIssuer": { "arn": [arn] } } } })
}

/// Where a rule's pattern is another one than was deployed: its fields, such as `detail.readOnly`. The order of lists does
/// not matter. What is no JSON differs as a whole.
pub(crate) fn differences(is: &str, deployed: &Value) -> Vec<String> {
    let mut places = Vec::new();
    let is = serde_json::from_str(is).unwrap_or_default();
    differ(&in_order(&is), &in_order(deployed), &mut Vec::new(), &mut places);
    places
}

fn differ(is: &Value, deployed: &Value, path: &mut Vec<String>, into: &mut Vec<String>) {
    if let (Value::Object(is), Value::Object(meant)) = (is, deployed) {
        let mut names: Vec<_> = is.keys().chain(meant.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            path.push(name.clone());
            let of = |fields: &serde_json::Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
            differ(&of(is), &of(meant), path, into);
            path.pop();
        }
    } else if is != deployed {
        into.push(if path.is_empty() { "all of it".to_owned() } else { path.join(".") });
    }
}

/// The same with all lists in one order, which means the same to EventBridge.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(in_order).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(name, field)| (name.clone(), in_order(field))).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own::logical::QUIET_ROLES;
    use crate::own::template;

    const ROLE: &str = "arn:aws:iam::123456789012:role/provision";

    fn meant(rule: &str) -> Option<Value> {
        deployed(rule, &[ROLE.to_owned()])
    }

    /// Whoever changes a pattern in the template changes it here too, or every stack would be told to be tampered with.
    #[test]
    fn the_patterns_are_those_of_the_template() {
        let rules = template::of_type("AWS::Events::Rule");
        assert_eq!(rules.len(), 2);
        for (rule, properties) in rules {
            let quiet = QUIET_ROLES.map(|role| format!("{role}.Arn"));
            let meant = deployed(&rule, &quiet).unwrap_or_else(|| panic!("{rule} has no pattern here"));
            let text = template::resolved(&properties["EventPattern"]).to_string();
            assert_eq!(differences(&text, &meant), [""; 0], "{rule}: {text} {meant}");
        }
    }

    #[test]
    fn the_side_stack_forwards_what_the_rules_select() {
        let side: Value = serde_saphyr::from_str(include_str!("../../../../deploy/us-east-1.yaml")).unwrap();
        let forwarded = &side["Resources"]["ForwardRule"]["Properties"]["EventPattern"]["detail"]["$or"];
        let (change, denial) = (meant("ChangeRule").unwrap(), meant("DenialRule").unwrap());
        let meant = json!([
            { "readOnly": change["detail"]["readOnly"] },
            { "errorCode": denial["detail"]["$or"][0]["errorCode"] },
        ]);
        assert_eq!(in_order(forwarded), in_order(&meant));
    }

    #[test]
    fn the_order_of_lists_and_keys_does_not_matter() {
        let meant = json!({ "source": ["a", { "prefix": "b" }], "detail": { "readOnly": [false] } });
        let same = r#"{"detail": {"readOnly": [false]}, "source": [{"prefix": "b"}, "a"]}"#;
        assert_eq!(differences(same, &meant), [""; 0]);
    }

    #[test]
    fn a_pattern_that_is_wider_or_narrower_is_told_with_the_place() {
        let meant = meant("ChangeRule").unwrap();
        for (pointer, to, place) in [
            ("/source/0", json!("aws.nothing"), "source"),
            ("/detail-type/0", json!("x"), "detail-type"),
            ("/detail/readOnly", json!([false]), "detail.readOnly"),
            ("/detail/readOnly/0", json!("false"), "detail.readOnly"),
            ("/detail/userIdentity", json!({ "arn": ["nobody"] }), "detail.userIdentity"),
            ("/account", json!(["999999999999"]), "account"),
            ("/detail/eventName/0/anything-but/0", json!("PutRolePolicy"), "detail.eventName"),
            ("/detail/$or/1", issuer(&json!({ "anything-but": [ROLE, "arn:eve"] })), "detail.$or"),
        ] {
            let mut pattern = meant.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = pattern.pointer_mut(parent).unwrap();
            match name.parse::<usize>() {
                Ok(at) => parent[at] = to,
                Err(_) => parent[name] = to,
            }
            assert_eq!(differences(&pattern.to_string(), &meant), [place], "{pointer}");
        }
        let mut fewer = meant.clone();
        fewer["detail"].as_object_mut().unwrap().remove("$or");
        assert_eq!(differences(&fewer.to_string(), &meant), ["detail.$or"]);
        for none in ["", "[]", "null"] {
            assert_eq!(differences(none, &meant), ["all of it"], "{none}");
        }
    }

    #[test]
    fn a_rule_that_is_not_the_template_s_has_no_pattern_here() {
        assert_eq!(meant("OtherRule"), None);
    }
}
