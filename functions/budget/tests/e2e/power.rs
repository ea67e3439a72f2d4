//! What the function may do is what it does, and nothing that could destroy video.

use std::collections::BTreeSet;

use budget::camera::Target;
use policy::{Context, Document, Kind, Outcome, Policies, Policy, Principal, Request, evaluate};
use serde_json::{Value, json};

use crate::fleet::{ACCOUNT, FUNCTION, Fleet};

/// All that the role's statements allow, as they are written.
fn granted(role: &Value) -> BTreeSet<String> {
    let mut granted = BTreeSet::new();
    for policy in role["policies"].as_object().unwrap().values() {
        let statements = Document::parse(Kind::Identity, &policy.to_string()).unwrap().statements;
        for statement in statements.into_iter().filter(|statement| statement.effect == policy::Effect::Allow) {
            granted.extend(statement.actions.patterns.iter().map(|action| action.as_str().to_owned()));
        }
    }
    assert!(granted.iter().all(|action| !action.contains('*')), "{granted:?}");
    granted
}

/// All that the function's role allows the function itself; Lambda uses the rest of it.
pub(crate) fn needed(fleet: &Fleet) -> BTreeSet<String> {
    let granted = granted(&fleet.control.policies().unwrap()["BudgetRole"]);
    let host = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    let host = host.into_iter().chain(["logs:CreateLogStream", "logs:PutLogEvents"]).map(str::to_owned);
    let host: BTreeSet<String> = host.collect();
    granted.difference(&host).cloned().collect()
}

#[tokio::test]
async fn the_role_grants_every_call_that_the_function_makes_and_no_other() {
    let fleet = Fleet::start().await;
    fleet.spend("1000");
    // A message comes while somebody else looks, one is put off, and the way back is gone as well.
    fleet.lease(i64::MAX).await;
    fleet.tick();
    fleet.lease(0).await;
    let denied = json!({ "service": "budgets", "operation": "DescribeBudget", "times": 1,
                         "error": { "code": "AccessDeniedException", "status": 400, "message": "made by the fault proxy" } });
    fleet.cloud.fault(&json!([denied])).unwrap();
    fleet.tick();
    fleet.control.age(35 * 86_400).unwrap();
    fleet.new_period("1");
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    let called = fleet.calls_after(0);
    let called: BTreeSet<String> = called.iter().map(|call| action(&call.service, &call.operation)).collect();
    let granted = needed(&fleet);
    let missing: Vec<_> = called.difference(&granted).collect();
    // A look that runs out of time asks itself to go on.
    let idle: Vec<_> = granted.difference(&called).filter(|idle| *idle != "sqs:SendMessage").collect();
    assert!(missing.is_empty() && idle.is_empty(), "not granted: {missing:?}; never called: {idle:?}");
    assert!(fleet.cloud.log(FUNCTION).unwrap().text().unwrap().contains("looked"));
}

/// What the role's conditions come to, by our own policy engine.
#[tokio::test]
async fn the_role_marks_streams_that_may_give_way_and_touches_nothing_else() {
    let fleet = Fleet::deployed(&[]).await;
    let role = fleet.control.policies().unwrap()["BudgetRole"]["policies"].as_object().unwrap().clone();
    let document = |document: &Value| Document::parse(Kind::Identity, &document.to_string()).unwrap();
    let policies = role.values().map(|it| Policy { name: String::new(), document: document(it) });
    let policies = Policies::of_identity(policies);
    let (yard, throttle, mark) =
        ("kinesisvideo:us-east-1:123456789012:stream/yard/17", "kvs-warden:throttle", "kvs-warden:throttled");
    let ask = |action: &str, resource: &str, tagged: &[(&str, &str)], written: &[&str]| {
        let principal: Principal = format!("arn:aws:iam::{ACCOUNT}:role/budget").parse().unwrap();
        let mut context: Vec<(String, Vec<String>)> = Vec::new();
        context.extend(tagged.iter().map(|(key, value)| (format!("aws:ResourceTag/{key}"), vec![(*value).to_owned()])));
        if action == "kinesisvideo:TagStream" {
            context.extend(written.iter().map(|key| (format!("aws:RequestTag/{key}"), vec!["x".to_owned()])));
        }
        if !written.is_empty() {
            context.push(("aws:TagKeys".to_owned(), written.iter().map(|key| (*key).to_owned()).collect()));
        }
        let request = Request::new(principal, action, &format!("arn:aws:{resource}"), Context::new(context));
        evaluate(&request, &policies).outcome == Outcome::Allowed
    };
    let tag = |tagged: &[(&str, &str)], written: &[&str]| ask("kinesisvideo:TagStream", yard, tagged, written);
    let untag = |tagged: &[(&str, &str)], written: &[&str]| ask("kinesisvideo:UntagStream", yard, tagged, written);
    let (low, critical) = (("kvs-warden:priority", "low"), ("kvs-warden:priority", "critical"));
    let held = ("kvs-warden:hold", "court");
    assert!(tag(&[low], &[throttle, mark]) && untag(&[low], &[throttle]) && untag(&[low], &[mark]));
    assert!(!tag(&[critical], &[throttle, mark]) && !tag(&[critical], &[throttle]));
    assert!(tag(&[critical], &[mark]) && untag(&[critical], &[throttle]), "it may come back");
    assert!(!tag(&[low, held], &[throttle, mark]) && !tag(&[low, held], &[mark]) && !untag(&[low, held], &[throttle]));
    for other in ["kvs-warden:priority", "kvs-warden:hold", "owner"] {
        assert!(
            !tag(&[low], &[other]) && !tag(&[low], &[throttle, mark, other]) && !untag(&[low], &[other]),
            "{other}"
        );
    }
    assert!(!tag(&[low], &[]) && !untag(&[low], &[]));
    for action in ["iot:GetThingShadow", "iot:UpdateThingShadow"] {
        assert!(ask(action, "iot:us-east-1:123456789012:thing/yard/kvs-warden", &[], &[]), "{action}");
        assert!(!ask(action, "iot:us-east-1:123456789012:thing/yard/other", &[], &[]), "{action}");
        assert!(!ask(action, "iot:us-east-1:123456789012:thing/yard", &[], &[]), "{action}");
    }
    assert!(!ask("iot:DeleteThingShadow", "iot:us-east-1:123456789012:thing/yard/kvs-warden", &[], &[]));
    let budget = fleet.budget();
    assert!(ask("budgets:ViewBudget", &format!("budgets::{ACCOUNT}:budget/{budget}"), &[], &[]));
    assert!(!ask("budgets:ModifyBudget", &format!("budgets::{ACCOUNT}:budget/{budget}"), &[], &[]));
    assert!(!ask("budgets:ViewBudget", &format!("budgets::{ACCOUNT}:budget/another"), &[], &[]));
}

/// CloudWatch takes a dashboard that is no JSON, and shows nothing.
#[tokio::test]
async fn the_dashboard_shows_the_budget_where_there_is_one() {
    for (parameters, budget) in [(&[("BudgetLimit", "0")][..], false), (&[], true)] {
        let fleet = Fleet::deployed(parameters).await;
        let body: Value = serde_json::from_str(&fleet.dashboard().await).unwrap();
        let widgets = body["widgets"].as_array().unwrap();
        let of_budget = widgets.iter().filter(|widget| widget.to_string().contains("-budget")).count();
        assert_eq!((of_budget > 0, widgets.len() - of_budget), (budget, 5), "{body:#}");
    }
}

/// The permission that a call needs.
pub(crate) fn action(service: &str, operation: &str) -> String {
    match (service, operation) {
        ("budgets", _) => "budgets:ViewBudget".to_owned(),
        ("monitoring", _) => format!("cloudwatch:{operation}"),
        ("tagging", _) => format!("tag:{operation}"),
        ("iotdata", _) => format!("iot:{operation}"),
        (_, "PublishBatch") => "sns:Publish".to_owned(),
        _ => format!("{service}:{operation}"),
    }
}
