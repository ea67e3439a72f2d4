//! What a principal could ever do: cases that are easily got wrong.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use policy::{
    Allowance, Device, Document, Kind, Known, Link, May, Outcome, Pattern, Policies, Policy, Principal, Role, Search,
    Syntax, evaluate, follow, reach, search,
};

const STREAM: &str = "arn:aws:kinesisvideo:eu-west-1:111122223333:stream";

fn policy(kind: Kind, statements: &str) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Policy { name: "a".into(), document: Document::parse(kind, &text).unwrap() }
}

fn identity(statements: &str) -> Policies {
    Policies::of_identity([policy(Kind::Identity, statements)])
}

fn role() -> Principal {
    "arn:aws:iam::111122223333:role/camera".parse().unwrap()
}

fn wild(text: &str) -> Pattern {
    Pattern::parse(text, Syntax::FULL).unwrap()
}

/// The actions that go beyond nothing, each with whether a request shows it.
fn beyond(principal: &Principal, policies: &Policies, about: &[&str]) -> Vec<(String, bool)> {
    let reach = reach(principal, policies, &Known::default());
    let allowance = Allowance::about(about).unwrap();
    let beyond = reach.beyond(&allowance);
    assert_eq!(reach.is_beyond(&allowance), !beyond.is_empty());
    for excess in &beyond {
        if let Some(witness) = excess.witness().filter(|witness| !witness.needs_consent) {
            assert_eq!(evaluate(&witness.request, policies).outcome, Outcome::Allowed);
        }
    }
    beyond.into_iter().map(|excess| (excess.action.clone(), excess.witness().is_some())).collect()
}

#[test]
fn patterns_that_name_every_readable_character_hide_nothing() {
    let all: String = ('a'..='z').chain('0'..='9').chain('\u{e000}'..='\u{f8ff}').chain(['-', 'x']).collect();
    let other = wild(&format!("{all}??"));
    let found = search(&[&wild("?")], &[&wild("\u{f8ff}"), &other], 1_000).found().unwrap();
    assert_eq!(found.chars().count(), 1);
    assert_eq!(search(&[&wild("?")], &[&wild("?")], 1_000), Search::Nothing);
}

#[test]
fn services_that_the_catalogue_does_not_know_are_shown_by_one_action() {
    let on_all = |actions: &str| identity(&format!(r#"{{"Effect": "Allow", {actions}, "Resource": "*"}}"#));
    let mut bounded = on_all(r#""Action": "s3:G*t*""#);
    bounded.boundaries = on_all(r#""Action": "s3:Get*""#).identity;
    let cases = [
        on_all(r#""Action": "*""#),
        on_all(r#""Action": "s3*:*""#),
        on_all(r#""Action": "s3:*""#),
        on_all(r#""NotAction": "iam:*""#),
        bounded,
    ];
    for policies in &cases {
        let shown = beyond(&role(), policies, &["s3:*"]);
        assert!(matches!(shown.as_slice(), [(action, true)] if action.starts_with("s3:")), "{shown:?}");
    }
    let [all, ..] = &cases;
    assert_eq!(beyond(&role(), all, &["s3:GetObject"]), [("s3:getobject".to_owned(), true)]);
    let root: Principal = "arn:aws:iam::111122223333:root".parse().unwrap();
    assert_eq!(beyond(&root, &Policies::default(), &["s3:GetObject"]), [("s3:getobject".to_owned(), true)]);
}

/// What somebody wants to do is not hidden behind many names of other services.
#[test]
fn an_action_that_stands_behind_many_others_is_shown() {
    let known: Vec<_> = (0..200).map(|at| format!("\"kinesisvideo:Get{at}*\"")).collect();
    let unknown: Vec<_> = (0..200).map(|at| format!("\"dynamodb:Get{at}\"")).collect();
    let among = |actions: &[String]| {
        identity(&format!(r#"{{"Effect": "Allow", "Action": [{}, "s3:Get*"], "Resource": "*"}}"#, actions.join(",")))
    };
    for actions in [known, unknown] {
        let mut bounded = among(&actions);
        bounded.boundaries = bounded.identity.clone();
        for policies in [among(&actions), bounded] {
            let shown = beyond(&role(), &policies, &["*"]);
            assert!(shown.iter().any(|(action, _)| action == "s3:get"), "{shown:?}");
        }
    }
}

#[test]
fn what_aws_keeps_for_itself_is_in_nobodys_reach() {
    let policies = identity(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let reach = reach(&role(), &policies, &Known::default());
    let may = |action: &str, on: &str| reach.may(action, &wild(on));
    assert!(matches!(may("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess"), May::Never));
    assert!(matches!(may("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/*"), May::Conditionally(_)));
    assert!(matches!(may("iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess"), May::Always(_)));
    let owned = identity(r#"{"Effect": "Allow", "Action": "iam:*Policy*", "Resource": "arn:aws:iam::aws:policy/*"}"#);
    let shown = beyond(&role(), &owned, &["iam:*"]);
    assert!(shown.iter().all(|(action, _)| !action.contains("Create") && !action.contains("Delete")), "{shown:?}");
}

/// A witness says nothing of its principal that is not so.
#[test]
fn what_a_principal_implies_is_not_made_up() {
    let allow = r#"{"Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": "*"}"#;
    let denied = |condition: &str| {
        identity(&format!(r#"{allow}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}}}"#))
    };
    let about = ["kinesisvideo:GetMedia"];
    for condition in [
        r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}"#,
        r#"{"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}"#,
        r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
    ] {
        assert_eq!(beyond(&role(), &denied(condition), &about), [], "{condition}");
    }
    // What cannot be is not shown, though it is not known to be impossible.
    let own_account = denied(r#"{"StringEquals": {"aws:ResourceAccount": "111122223333"}}"#);
    assert!(beyond(&role(), &own_account, &about).iter().all(|(_, shown)| !shown));
    let both = format!(
        r#"{allow}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"aws:SourceVpce": "v"}}}}}},
           {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringNotEquals": {{"aws:SourceVpce": "v"}}}}}}"#
    );
    assert!(beyond(&role(), &identity(&both), &about).iter().all(|(_, shown)| !shown));
}

#[test]
fn a_denial_with_many_values_leaves_every_action_its_witness() {
    let endpoints: Vec<_> = (0..100).map(|at| format!("\"vpce-{at}\"")).collect();
    let policies = identity(&format!(
        r#"{{"Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*"}},
           {{"Effect": "Deny", "Action": "*", "Resource": "*",
             "Condition": {{"StringNotEquals": {{"aws:SourceVpce": [{}]}}}}}}"#,
        endpoints.join(",")
    ));
    let shown = beyond(&role(), &policies, &["kinesisvideo:*"]);
    assert!(shown.len() > 40 && shown.iter().all(|(_, shown)| *shown), "{shown:?}");
}

#[test]
fn a_denial_of_all_resources_of_an_action_leaves_nothing_of_it() {
    let policies = identity(&format!(
        r#"{{"Effect": "Allow", "Action": "kinesisvideo:DeleteStream", "Resource": "*"}},
           {{"Effect": "Deny", "Action": "kinesisvideo:DeleteStream", "Resource": "{STREAM}/*"}},
           {{"Effect": "Deny", "Action": "kinesisvideo:DeleteStream", "Resource": "arn:aws*:kinesisvideo:*:*:stream/*"}}"#
    ));
    assert!(beyond(&role(), &policies, &["kinesisvideo:*"]).iter().all(|(_, shown)| !shown));
}

#[test]
fn a_numbered_value_of_a_certificate_is_found_in_the_attribute() {
    let certificate: Principal = "arn:aws:iot:eu-west-1:111122223333:cert/1f2e".parse().unwrap();
    let statement = r#"{"Effect": "Allow", "Action": "iot:Publish",
        "Resource": "arn:aws:iot:eu-west-1:111122223333:topic/${iot:Certificate.Subject.Country.1}"}"#;
    let policies = Policies::of_identity([policy(Kind::Iot, statement)]);
    let topic = |name: &str| wild(&format!("arn:aws:iot:eu-west-1:111122223333:topic/{name}"));
    let without = Known::default().without("iot:Certificate.Subject.Country.1");
    let may = reach(&certificate, &policies, &without);
    assert!(!matches!(may.may("iot:Publish", &topic("FR")), May::Never));
    let known = Known::default().with("iot:Certificate.Subject.Country", vec!["DE", "FR"]);
    let may = reach(&certificate, &policies, &known);
    assert!(matches!(may.may("iot:Publish", &topic("FR")), May::Always(_)));
    assert!(matches!(may.may("iot:Publish", &topic("DE")), May::Never));
}

/// A device with a certificate that may use the alias, and a role that trusts as it is said.
fn link(trust: &str, rcp: Option<&str>) -> Link {
    let of_certificate = Policies::of_identity([policy(
        Kind::Iot,
        r#"{"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate", "Resource": "*"}"#,
    )]);
    let of_role = Policies {
        resource: Some(policy(Kind::Resource, trust)),
        resource_control: rcp.iter().map(|rcp| vec![policy(Kind::Resource, rcp)]).collect(),
        ..Policies::default()
    };
    let device = Device {
        certificate: "arn:aws:iot:eu-west-1:111122223333:cert/1f2e".parse().unwrap(),
        thing: None,
        thing_type: None,
        policies: &of_certificate,
        known: Known::default(),
    };
    let alias = "arn:aws:iot:eu-west-1:111122223333:rolealias/camera".to_owned();
    follow(&device, &Role { alias, arn: role(), policies: &of_role }).link()
}

#[test]
fn a_role_trusts_surely_perhaps_or_not() {
    let trust = |service: &str, condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole",
                "Condition": {condition}}}"#
        )
    };
    let credentials = "credentials.iot.amazonaws.com";
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}"#;
    for (trust, rcp, expected) in [
        (trust(credentials, "{}"), None, Link::Given),
        (trust(credentials, r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#), None, Link::Given),
        (trust(credentials, r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#), None, Link::Given),
        (trust(credentials, r#"{"StringEquals": {"aws:SourceOrgID": "o-1"}}"#), None, Link::Conditional),
        (trust(credentials, r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#), None, Link::NoTrust),
        (trust("lambda.amazonaws.com", "{}"), None, Link::NoTrust),
        (trust(credentials, "{}"), Some(deny), Link::NoTrust),
    ] {
        assert_eq!(link(&trust, rcp), expected, "{trust}");
    }
}
