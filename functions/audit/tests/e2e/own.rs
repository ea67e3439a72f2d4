//! kvs-warden passes its own audit, and whoever touches a part of it is told.

use audit::check::Severity;
use audit::finding::State;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, Statistic};
use aws_sdk_eventbridge::types::{DeadLetterConfig, Target};
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState};
use serde_json::json;

use crate::account::Account;

const TAMPERED: &str = "own-part-tampered";

#[tokio::test]
async fn the_deployed_stack_has_no_finding_of_medium_or_above() {
    let account = Account::with(&[("AlertEmail", "ops@example.com"), ("BudgetLimit", "1000")]).await;
    let forwarder = include_str!("../../../../deploy/us-east-1.yaml");
    account.deploy("forwarder", forwarder, &[("HomeRegion", "eu-west-1")]).await;
    account.sweep();
    let findings = account.findings().await;
    let bad = findings.values().flatten().filter(|finding| finding.severity() >= Severity::Medium);
    let bad: Vec<_> = bad.filter(|finding| finding.state == State::Open).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    // None of them is fine for being suppressed.
    assert!(findings.values().flatten().all(|finding| finding.state != State::Suppressed), "{findings:#?}");
    // It was looked at: the forwarder's role is one of those that were judged.
    let roles = account.iam.list_roles().send().await.unwrap().roles;
    assert!(roles.iter().any(|role| role.role_name.contains("ForwardRole")), "{roles:?}");
    // And nothing could not be checked, and every part of ours was there.
    let unchecked = account.logged("could not check");
    assert!(unchecked.is_empty(), "{unchecked:#?}");
}

#[tokio::test]
async fn whoever_switches_the_audit_off_is_told() {
    let account = Account::start().await;
    let rule = account.cloud.resource("ChangeRule").unwrap().to_owned();
    account.events.disable_rule().name(&rule).send().await.unwrap();
    let finding = account.only(TAMPERED).await;
    assert!(finding.sentence.contains("disabled"), "{}", finding.sentence);
    assert_eq!(finding.actor.unwrap().call, "events:DisableRule");
    account.events.enable_rule().name(&rule).send().await.unwrap();
    account.control.settle().unwrap();
    account.sweep();
    account.mended(TAMPERED).await;
}

#[tokio::test]
async fn whoever_makes_a_rule_send_something_else_is_told() {
    let account = Account::start().await;
    let rule = account.cloud.resource("DenialRule").unwrap().to_owned();
    let queue = account.cloud.output("AuditQueueArn").unwrap().to_owned();
    let dead = account.cloud.output("AuditDeadLetterQueueArn").unwrap().to_owned();
    let target = || Target::builder().id("audit").arn(&queue);
    let kept = || target().dead_letter_config(DeadLetterConfig::builder().arn(&dead).build());
    for (changed, fault) in [
        (kept().input("{}"), "sends something else than the event, by `Input`".to_owned()),
        (kept().input_path("$.id"), "sends something else than the event, by `InputPath`".to_owned()),
        (target(), format!("does not keep what it cannot send in `{dead}`")),
    ] {
        account.events.put_targets().rule(&rule).targets(changed.build().unwrap()).send().await.unwrap();
        let finding = account.only(TAMPERED).await;
        assert!(finding.sentence.ends_with(&fault), "{}", finding.sentence);
        assert_eq!(finding.actor.unwrap().call, "events:PutTargets");
        account.events.put_targets().rule(&rule).targets(kept().build().unwrap()).send().await.unwrap();
        account.mended(TAMPERED).await;
    }
}

#[tokio::test]
async fn whoever_changes_what_a_rule_selects_is_told() {
    let account = Account::start().await;
    let rule = account.cloud.resource("ChangeRule").unwrap().to_owned();
    let described = account.events.describe_rule().name(&rule).send().await.unwrap();
    let deployed = described.event_pattern.unwrap();
    // One role more whose changes are not seen.
    let mut pattern: serde_json::Value = serde_json::from_str(&deployed).unwrap();
    let left_out = pattern.pointer_mut("/detail/$or/1/userIdentity/sessionContext/sessionIssuer/arn/0/anything-but");
    left_out.unwrap().as_array_mut().unwrap().push(json!("arn:aws:iam::123456789012:role/eve"));
    account.events.put_rule().name(&rule).event_pattern(pattern.to_string()).send().await.unwrap();
    let finding = account.only(TAMPERED).await;
    assert!(finding.sentence.ends_with("selects by another pattern than was deployed, in `detail.$or`"), "{finding:?}");
    assert_eq!(finding.actor.unwrap().call, "events:PutRule");
    account.events.put_rule().name(&rule).event_pattern(deployed).send().await.unwrap();
    account.mended(TAMPERED).await;
}

#[tokio::test]
async fn whoever_lets_the_sweep_run_once_a_year_or_do_nothing_is_told() {
    let account = Account::start().await;
    let name = account.cloud.resource("SweepSchedulePlan").unwrap().to_owned();
    let deployed = account.scheduler.get_schedule().name(&name).send().await.unwrap();
    let (expression, target) = (deployed.schedule_expression.unwrap(), deployed.target.unwrap());
    let update = |expression: &str, target: aws_sdk_scheduler::types::Target| {
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap();
        let call = account.scheduler.update_schedule().name(&name).schedule_expression(expression);
        call.schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .target(target)
            .state(ScheduleState::Enabled)
    };
    let mut other = target.clone();
    other.input = Some("{}".to_owned());
    let yearly = "cron(0 0 1 1 ? *)";
    for (call, fault) in [
        (
            update(yearly, target.clone()),
            format!("has `ScheduleExpression` `{yearly}` where `{expression}` was deployed"),
        ),
        (update(&expression, other), "does not ask for a sweep: its `Input` is another".to_owned()),
    ] {
        call.send().await.unwrap();
        let finding = account.only(TAMPERED).await;
        assert!(finding.sentence.ends_with(&fault), "{}", finding.sentence);
        assert_eq!(finding.actor.unwrap().call, "scheduler:UpdateSchedule");
        update(&expression, target.clone()).send().await.unwrap();
        account.mended(TAMPERED).await;
    }
}

#[tokio::test]
async fn whoever_makes_an_alarm_that_never_goes_off_is_told() {
    let account = Account::start().await;
    let name = account.cloud.resource("SweepMissingAlarm").unwrap().to_owned();
    let put = |threshold: f64, missing: &str| {
        let of =
            Dimension::builder().name("FunctionName").value(account.cloud.resource("AuditFunction").unwrap()).build();
        let call = account.cloudwatch.put_metric_alarm().alarm_name(&name).namespace("KvsWarden").metric_name("Sweeps");
        let call = call.dimensions(of).statistic(Statistic::Sum).period(86_400).evaluation_periods(1);
        let call = call.comparison_operator(ComparisonOperator::LessThanThreshold).threshold(threshold);
        call.treat_missing_data(missing).alarm_actions(account.cloud.output("AlertTopicArn").unwrap())
    };
    for (call, fault) in [
        (put(0.0, "breaching"), "has `Threshold` `0` where `1` was deployed"),
        (put(1.0, "notBreaching"), "has `TreatMissingData` `notBreaching` where `breaching` was deployed"),
        (put(1.0, "breaching").set_alarm_actions(None), "tells nobody"),
    ] {
        call.send().await.unwrap();
        let finding = account.only(TAMPERED).await;
        assert!(finding.sentence.ends_with(fault), "{}", finding.sentence);
        assert_eq!(finding.actor.unwrap().call, "monitoring:PutMetricAlarm");
        put(1.0, "breaching").send().await.unwrap();
        account.mended(TAMPERED).await;
    }
}

#[tokio::test]
async fn whoever_takes_the_mail_away_or_filters_it_is_told() {
    let account = Account::with(&[("AlertEmail", "ops@example.com"), ("BudgetLimit", "1000")]).await;
    let topic = account.cloud.output("AlertTopicArn").unwrap().to_owned();
    let subscription = account.cloud.resource("AlertSubscription").unwrap().to_owned();
    let filter = |policy: &str| {
        let call = account.sns.set_subscription_attributes().subscription_arn(&subscription);
        call.attribute_name("FilterPolicy").attribute_value(policy)
    };
    filter(r#"{"never": ["sent"]}"#).send().await.unwrap();
    let finding = account.only(TAMPERED).await;
    let fault = format!("keeps something from its subscription `{subscription}`, by a filter policy");
    assert!(finding.sentence.ends_with(&fault), "{}", finding.sentence);
    assert_eq!((finding.actor.unwrap().call.as_str(), &finding.resource), ("sns:SetSubscriptionAttributes", &topic));
    filter("{}").send().await.unwrap();
    account.mended(TAMPERED).await;

    account.sns.unsubscribe().subscription_arn(&subscription).send().await.unwrap();
    let finding = account.only(TAMPERED).await;
    assert!(finding.sentence.contains("tells nobody at the address in `AlertEmail`"), "{}", finding.sentence);
    assert_eq!(finding.actor.unwrap().call, "sns:Unsubscribe");
    account.sns.subscribe().topic_arn(&topic).protocol("email").endpoint("ops@example.com").send().await.unwrap();
    account.mended(TAMPERED).await;
}

#[tokio::test]
async fn whoever_shuts_cloudwatch_out_of_the_alert_topic_is_told() {
    let account = Account::start().await;
    let topic = account.cloud.output("AlertTopicArn").unwrap().to_owned();
    let attributes = account.sns.get_topic_attributes().topic_arn(&topic).send().await.unwrap().attributes.unwrap();
    let put = |policy: &str| {
        let call = account.sns.set_topic_attributes().topic_arn(&topic);
        call.attribute_name("Policy").attribute_value(policy)
    };
    put(&attributes["Policy"].replace("cloudwatch.amazonaws.com", "cloudtrail.amazonaws.com")).send().await.unwrap();
    let finding = account.only(TAMPERED).await;
    assert!(finding.sentence.contains("does not let CloudWatch for alarm `"), "{}", finding.sentence);
    assert_eq!((finding.actor.unwrap().call.as_str(), &finding.resource), ("sns:SetTopicAttributes", &topic));
    put(&attributes["Policy"]).send().await.unwrap();
    account.mended(TAMPERED).await;
}

/// Only the very role that provisions is left out, and no other of such a name.
#[tokio::test]
async fn a_role_that_is_named_like_ours_is_told_of() {
    let account = Account::start().await;
    let own = account.cloud.resource("ProvisionRole").unwrap().to_owned();
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" } });
    let name = "x-ProvisionRole-y";
    account.iam.create_role().role_name(name).assume_role_policy_document(trust.to_string()).send().await.unwrap();
    let document = |action: &str| {
        json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": action, "Resource": "arn:aws:iot:us-east-1:123456789012:*" } })
        .to_string()
    };
    account.put_role_policy(name, "more", &document("iot:UpdateCertificate")).await;
    let finding = account.only("may-change-camera-power").await;
    assert_eq!((finding.state, finding.resource.ends_with(name)), (State::Open, true), "{finding:?}");
    account.iam.delete_role_policy().role_name(name).policy_name("more").send().await.unwrap();
    account.mended("may-change-camera-power").await;

    account.put_role_policy(&own, "more", &document("iot:CreatePolicyVersion")).await;
    let finding = account.only("may-change-camera-power").await;
    assert!(finding.resource.ends_with(&own), "{finding:?}");
    assert!(finding.sentence.ends_with("may change what cameras may do: `iot:CreatePolicyVersion`"), "{finding:?}");
}

#[tokio::test]
async fn a_finding_that_somebody_deletes_is_found_and_told_again() {
    let account = Account::start().await;
    account.widen_camera_role().await;
    let told = account.told().await;
    let check = "camera-role-reaches-other-streams";
    let finding = account.findings().await.remove(check).unwrap().remove(0);
    account.delete(&finding).await;
    assert_eq!(account.findings().await.get(check), None);
    account.sweep();
    assert_eq!(account.findings().await[check][0].id, finding.id);
    let (new, _) = told.checks();
    assert!(new.contains(&check.to_owned()), "{new:?}");
}

/// The file is read anew at each look, and whoever may write it is told of; what it silences stays to be seen.
#[tokio::test]
async fn an_audit_yaml_that_silences_everything_hides_nothing_from_the_report() {
    let account = Account::start().await;
    account.widen_camera_role().await;
    let entry =
        "suppress:\n- check: \"*\"\n  resource: \"*\"\n  reason: quiet\n  owner: mallory\n  expires: 2099-12-31\n";
    account.configure(entry).await;
    account.sweep();
    let findings = account.findings().await;
    let silenced = &findings["camera-role-reaches-other-streams"][0];
    assert_eq!((silenced.state, silenced.suppressed.as_ref().unwrap().owner.as_str()), (State::Suppressed, "mallory"));
    let page = account.object("reports/latest.html").await;
    assert!(page.contains("camera-role-reaches-other-streams") && page.contains("mallory"), "{page}");
    // Without it, all that was silenced is news.
    let told = account.told().await;
    account.configure("").await;
    account.sweep();
    let (new, _) = told.checks();
    assert!(new.contains(&"camera-role-reaches-other-streams".to_owned()), "{new:?}");
}
