#![expect(clippy::needless_pass_by_value, reason = "`json!` values are written in the call")]

use serde_json::{Value, json};

use super::*;
use crate::expectations::Expectations;
use crate::inventory::Inventory;

const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/video";

type Ask = fn(&World<'_>, &DocumentText, &[&str], &str) -> Result<Vec<Stranger>, CannotJudge>;

fn asked(statement: Value, ask: Ask) -> Vec<String> {
    let policy = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    let expect = Expectations { trusted_accounts: vec!["222222222222".to_owned()], ..Expectations::default() };
    let world = World { inventory: &Inventory::default(), expect: &expect };
    let strangers = ask(&world, &DocumentText::new(&policy), &["kinesis:*"], STREAM).unwrap();
    assert!(strangers.iter().all(|stranger| stranger.proof.request.is_some()));
    strangers.iter().map(|stranger| stranger.who.to_string()).collect()
}

fn allow(principal: Value, condition: Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": "kinesis:PutRecord", "Resource": STREAM,
            "Condition": condition })
}

fn who(principal: Value, condition: Value) -> Vec<String> {
    asked(allow(principal, condition), strangers)
}

fn through(principal: Value, condition: Value) -> Vec<String> {
    asked(allow(principal, condition), deputies)
}

#[test]
fn everyone_is_anyone_and_an_account_is_itself() {
    assert_eq!(who(json!("*"), json!({})), ["anyone"]);
    assert_eq!(who(json!({ "AWS": "*" }), json!({})), ["anyone"]);
    assert_eq!(who(json!({ "AWS": "444455556666" }), json!({})), ["account `444455556666`"]);
    assert_eq!(who(json!({ "AWS": "arn:aws:iam::444455556666:role/x" }), json!({})), ["account `444455556666`"]);
    let two = json!({ "AWS": ["444455556666", "222222222222", "555566667777"] });
    assert_eq!(who(two, json!({})), ["account `444455556666`", "account `555566667777`"]);
    assert!(who(json!({ "AWS": ["123456789012", "arn:aws:iam::222222222222:root"] }), json!({})).is_empty());
}

#[test]
fn conditions_count_for_what_they_do() {
    for helps in [
        json!({ "StringEquals": { "aws:PrincipalOrgID": "o-ours" } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } }),
        json!({ "StringEquals": { "aws:PrincipalOrgID": "${aws:ResourceOrgID}" } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "${aws:ResourceAccount}" } }),
        json!({ "StringEquals": { "AWS:SourceOwner": "123456789012" } }),
        json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } }),
        json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-ours/r-1/*" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" } }),
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }),
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        json!({ "DateLessThan": { "aws:CurrentTime": "never" } }),
    ] {
        assert!(who(json!("*"), helps.clone()).is_empty(), "{helps}");
    }
    for helps_not in [
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-ours" } }),
        json!({ "StringNotEquals": { "aws:PrincipalAccount": "444455556666" } }),
        json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-ours/r-1/" } }),
        json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/1" } }),
        json!({ "IpAddress": { "aws:SourceIp": "128.0.0.0/1" } }),
        json!({ "IpAddress": { "aws:SourceIp": "::/0" } }),
        json!({ "Null": { "aws:SourceVpce": "false" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "StringLike": { "aws:UserAgent": "camera*" } }),
        json!({ "StringEqualsIfExists": { "aws:SourceAccount": "123456789012" } }),
    ] {
        assert_eq!(who(json!("*"), helps_not.clone()), ["anyone"], "{helps_not}");
    }
    let any_account = ["anyone who has an AWS account"];
    assert_eq!(who(json!("*"), json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } })), any_account);
    assert_eq!(who(json!("*"), json!({ "Null": { "aws:PrincipalOrgID": "false" } })), any_account);
    let named = json!({ "StringEquals": { "aws:PrincipalAccount": ["123456789012", "444455556666"] } });
    assert_eq!(who(json!("*"), named), ["account `444455556666`"]);
}

#[test]
fn a_denial_closes_and_the_other_forms_open() {
    let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
                       "Condition": { "StringNotEquals": { "aws:PrincipalAccount": "123456789012" } } });
    assert!(asked(json!([allow(json!("*"), json!({})), deny]), strangers).is_empty());
    let part = json!({ "Effect": "Deny", "Principal": "*", "Action": "kinesis:Put*", "Resource": "*" });
    let all = json!({ "Effect": "Allow", "NotPrincipal": { "AWS": "123456789012" }, "NotAction": "kinesis:List*",
                      "NotResource": "arn:aws:kinesis:*:*:stream/other" });
    assert_eq!(asked(json!([all, part]), strangers), ["anyone"]);
}

#[test]
fn a_service_acts_for_anyone_unless_the_policy_says_for_whom() {
    let s3 = || json!({ "Service": "s3.amazonaws.com" });
    let anyone = ["anyone for whom `s3.amazonaws.com` acts"];
    for open in [
        json!({}),
        json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:*:*:*" } }),
        json!({ "StringLike": { "aws:SourceArn": "arn:aws:s3:::*" } }),
        json!({ "StringEqualsIfExists": { "aws:SourceAccount": "123456789012" } }),
        json!({ "StringNotEquals": { "aws:SourceAccount": "444455556666" } }),
        json!({ "StringEquals": { "aws:SourceAccount": "444455556666" } }),
    ] {
        assert_eq!(through(s3(), open.clone()), anyone, "{open}");
        assert!(who(s3(), open).is_empty());
    }
    for closed in [
        json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } }),
        json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:*:123456789012:*" } }),
        json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:s3:::our-bucket" } }),
        // The ARNs of budgets tell no region.
        json!({ "ArnLike": { "aws:SourceArn": "arn:aws:budgets::123456789012:*" } }),
        json!({ "StringEquals": { "aws:SourceOrgID": "o-ours" } }),
        json!({ "StringEquals": { "aws:SourceAccount": "222222222222" } }),
    ] {
        assert!(through(s3(), closed.clone()).is_empty(), "{closed}");
    }
    let by_arn = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::*" } });
    assert_eq!(through(json!("*"), by_arn), anyone);
}

#[test]
fn topics_and_queues_are_asked_alike() {
    let world = World { inventory: &Inventory::default(), expect: &Expectations::default() };
    let (topic, queue) = ("arn:aws:sns:us-east-1:123456789012:motion", "arn:aws:sqs:us-east-1:123456789012:motion");
    let ask = |statement: Value, actions: &[&str], resource: &str, ask: Ask| {
        let policy = json!({ "Version": "2008-10-17", "Statement": statement }).to_string();
        let found = ask(&world, &DocumentText::new(&policy), actions, resource).unwrap();
        named(&found)
    };
    // As SNS makes it for a new topic.
    let by_default = json!({ "Effect": "Allow", "Principal": { "AWS": "*" },
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:SetTopicAttributes"], "Resource": topic,
        "Condition": { "StringEquals": { "AWS:SourceOwner": "123456789012" } } });
    assert_eq!(ask(by_default, &["sns:*"], topic, strangers), "");
    let open = json!({ "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": queue });
    assert_eq!(ask(open, &["sqs:ReceiveMessage"], queue, strangers), "anyone");
    let from_s3 = |condition: Value| {
        json!({ "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" },
        "Action": "sqs:SendMessage", "Resource": queue, "Condition": condition })
    };
    let anyone = "anyone for whom `s3.amazonaws.com` acts";
    assert_eq!(ask(from_s3(json!({})), &["sqs:SendMessage"], queue, deputies), anyone);
    let of_a_bucket = json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:s3:::our-bucket" } });
    assert_eq!(ask(from_s3(of_a_bucket), &["sqs:SendMessage"], queue, deputies), "");
}
