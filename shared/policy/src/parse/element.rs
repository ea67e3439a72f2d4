//! The elements of a statement.

use std::collections::HashSet;

use super::error::{ParseError, Path, Problem};
use super::json::Json;
use super::{Kind, object, texts};
use crate::condition::{Condition, Operator, OperatorFault};
use crate::context::Key;
use crate::document::{ActionPattern, Matcher, ResourcePattern};
use crate::pattern::{Pattern, colons};
use crate::principal::{PrincipalElement, PrincipalEntry};

pub(super) fn actions(path: &Path, negated: bool, json: &Json) -> Result<Matcher<ActionPattern>, ParseError> {
    let each = texts(path, json)?
        .into_iter()
        .map(|(path, text)| ActionPattern::parse(text).map_err(|fault| path.error(fault.into())));
    Ok(Matcher { negated, patterns: each.collect::<Result<_, _>>()? })
}

pub(super) fn resources(
    path: &Path,
    negated: bool,
    json: &Json,
    variables: bool,
    kind: Kind,
) -> Result<Matcher<ResourcePattern>, ParseError> {
    let each = texts(path, json)?.into_iter().map(|(path, text)| resource(&path, text, variables, kind));
    Ok(Matcher { negated, patterns: each.collect::<Result<_, _>>()? })
}

/// In a policy of a principal AWS completes an ARN that has fewer than six parts with `*`; elsewhere it is not said to:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
fn resource(path: &Path, text: &str, variables: bool, kind: Kind) -> Result<ResourcePattern, ParseError> {
    let any = !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    if !any && !text.starts_with("arn:") {
        let expected = "resource: expected an ARN, such as `arn:aws:kinesisvideo:*:*:stream/gate-north/*`, or `*`";
        return Err(path.error(Problem::text(text, expected)));
    }
    let missing = if any || kind != Kind::Identity { 0 } else { 5_usize.saturating_sub(colons(text).count()) };
    let whole = format!("{text}{}", ":*".repeat(missing));
    let pattern = Pattern::parse_resource(&whole, variables);
    let pattern = pattern.map_err(|fault| path.error(fault.into()))?;
    Ok(ResourcePattern::new(text, pattern))
}

pub(super) fn principal(path: &Path, negated: bool, json: &Json) -> Result<PrincipalElement, ParseError> {
    let mut entries = Vec::new();
    match json {
        Json::Text(text) if text == "*" => entries.push(PrincipalEntry::Everyone),
        Json::Text(text) => {
            let expected = "principal: expected `*`, or an object such as `{\"AWS\": \"111122223333\"}`";
            return Err(path.error(Problem::text(text, expected)));
        }
        Json::Object(_) => {
            for (name, value) in object(path, json, "an object")? {
                let path = path.member(name);
                let entry = match name.as_str() {
                    "AWS" => PrincipalEntry::aws,
                    "Service" => |text: &str| PrincipalEntry::Service(text.to_owned()),
                    "Federated" => |text: &str| PrincipalEntry::Federated(text.to_owned()),
                    "CanonicalUser" => |text: &str| PrincipalEntry::CanonicalUser(text.to_owned()),
                    _ => {
                        let known = &["AWS", "Service", "Federated", "CanonicalUser"];
                        return Err(path.error(Problem::Unknown { name: name.clone(), known }));
                    }
                };
                entries.extend(texts(&path, value)?.into_iter().map(|(_, text)| entry(text)));
            }
        }
        other => return Err(path.error(Problem::expected("`*` or an object", other))),
    }
    Ok(PrincipalElement { negated, entries })
}

/// A key may stand under several operators, but under each only once, in whatever case it is written.
pub(super) fn conditions(
    path: &Path,
    json: &Json,
    variables: bool,
    doubts: &mut Vec<ParseError>,
) -> Result<Vec<Condition>, ParseError> {
    let mut conditions: Vec<Condition> = Vec::new();
    let mut seen = HashSet::new();
    for (name, block) in object(path, json, "an object of operators")? {
        let path = path.member(name);
        let operator: Operator = name.parse().map_err(|fault: OperatorFault| path.error(fault.into()))?;
        for (key, values) in object(&path, block, "an object of condition keys")? {
            let path = path.member(key);
            let key = Key::new(key);
            if !seen.insert((operator, key.clone())) {
                return Err(path.error(Problem::Twice(key.as_str().to_owned())));
            }
            let place = |index| if matches!(values, Json::List(_)) { path.item(index) } else { path.clone() };
            let texts = values.items().iter().enumerate().map(|(index, value)| match value {
                Json::Text(text) => Ok(text.clone()),
                Json::Bool(value) => Ok(value.to_string()),
                Json::Number(number) => Ok(number.to_string()),
                other => Err(place(index).error(Problem::expected("a string, a number or a boolean", other))),
            });
            let texts = texts.collect::<Result<Vec<_>, _>>()?;
            let condition = Condition::new(operator, key, texts, variables);
            let (condition, faults) = condition.map_err(|(index, fault)| place(index).error(fault.into()))?;
            doubts.extend(faults.into_iter().map(|(index, fault)| place(index).error(fault.into())));
            conditions.push(condition);
        }
    }
    Ok(conditions)
}
