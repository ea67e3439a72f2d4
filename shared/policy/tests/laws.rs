//! What holds of every policy, tried on generated ones.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "laws/generated.rs"]
mod generated;

use policy::{
    Allowance, Document, Effect, Kind, Known, May, Outcome, Pattern, Policies, Policy, Syntax, evaluate, reach,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use generated::{Said, identity, pattern, policies, principal, request, requests, role, text};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() }
}

fn outcome(said: &Said, policies: &Policies) -> Outcome {
    evaluate(&said.request(), policies).outcome
}

/// A policy with one statement that denies.
fn deny(statement: &str) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
    let mut document = Document::parse(Kind::Identity, &text).unwrap();
    document.statements.iter_mut().for_each(|statement| statement.effect = Effect::Deny);
    Policy { name: "deny".into(), document }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn adding_a_deny_never_allows(said in request(), all in policies(), statement in generated::statement()) {
        let before = outcome(&said, &all);
        let mut more = all.clone();
        more.identity.push(deny(&statement));
        let after = outcome(&said, &more);
        prop_assert!(before == Outcome::Allowed || after != Outcome::Allowed);
        prop_assert!(before != Outcome::ExplicitlyDenied || after == Outcome::ExplicitlyDenied);
    }

    #[test]
    fn adding_an_allow_to_identity_policies_never_denies(said in request(), all in policies(), more in identity()) {
        let before = outcome(&said, &all);
        let mut with = all.clone();
        let allows = more.document.statements.iter().filter(|statement| statement.effect == Effect::Allow).cloned();
        let document = Document { statements: allows.collect(), ..more.document.clone() };
        with.identity.push(Policy { name: "more".into(), document });
        let after = outcome(&said, &with);
        prop_assert!(before != Outcome::Allowed || after == Outcome::Allowed);
        prop_assert!(before == Outcome::ExplicitlyDenied || after != Outcome::ExplicitlyDenied);
    }

    #[test]
    fn the_order_of_policies_and_statements_changes_nothing(said in request(), all in policies()) {
        let mut turned = all.clone();
        turned.identity.reverse();
        let lists = [&mut turned.identity, &mut turned.boundaries, &mut turned.session];
        for policy in lists.into_iter().flatten().chain(turned.service_control.iter_mut().flatten()) {
            policy.document.statements.reverse();
        }
        prop_assert_eq!(outcome(&said, &all), outcome(&said, &turned));
    }

    #[test]
    fn a_decision_names_what_it_rests_on(said in request(), all in policies()) {
        let request = said.request();
        let decision = evaluate(&request, &all);
        prop_assert!(!decision.because.is_empty());
        for reason in &decision.because {
            prop_assert!(!reason.to_string().is_empty());
        }
    }

    #[test]
    fn contained_in_agrees_with_matching(one in pattern(), other in pattern(), texts in prop::collection::vec(text(), 24)) {
        let context = generated::context_of(Some("ab"));
        if one.contained_in(&other) {
            let witness = one.bind(&context, &[]).unwrap().witness();
            let texts = texts.iter().map(String::as_str).chain(witness.as_literal());
            for text in texts.filter(|text| one.matches(text, &context)) {
                prop_assert!(other.matches(text, &context), "{one} in {other}: {text:?}");
            }
        } else if one.variables().chain(other.variables()).next().is_none() {
            // It is exact: what is not within has a text that shows it.
            let shows = policy::search(&[&one], &[&other], 100_000).found();
            let text = shows.unwrap_or_else(|| panic!("{one} is not in {other}, and no text shows it"));
            prop_assert!(one.matches(&text, &context) && !other.matches(&text, &context), "{text:?}");
        }
    }

    #[test]
    fn overlap_agrees_with_matching(one in pattern(), other in pattern(), texts in prop::collection::vec(text(), 24)) {
        let context = generated::context_of(Some("ab"));
        prop_assert_eq!(one.overlaps(&other), other.overlaps(&one));
        if let Some(both) = one.overlap(&other) {
            let text = both.bind(&context, &[]).unwrap();
            let text = text.as_literal().unwrap();
            prop_assert!(one.matches(text, &context) && other.matches(text, &context), "{one} {other}: {text:?}");
        } else if one.variables().chain(other.variables()).next().is_none() {
            for text in texts {
                prop_assert!(!(one.matches(&text, &context) && other.matches(&text, &context)), "{one} {other}: {text:?}");
            }
        }
        prop_assert!(one.overlaps(&Pattern::any()) && one.contained_in(&Pattern::any()) && one.contained_in(&one));
    }

    #[test]
    fn what_is_allowed_lies_within_reach(all in policies(), asked in requests()) {
        let reach = reach(&principal(), &all, &Known::default());
        for said in asked {
            let request = said.request();
            let allowed = evaluate(&request, &all).outcome == Outcome::Allowed;
            prop_assert_eq!(reach.covering(&request).is_some(), allowed, "{:?}", said);
            let may = reach.may(request.action(), &Pattern::literal(request.resource()));
            prop_assert!(!(matches!(may, May::Never) && allowed), "{:?}", said);
            prop_assert!(!matches!(may, May::Always(_)) || allowed, "{:?}", said);
        }
    }

    #[test]
    fn always_and_never_hold_on_all_that_a_pattern_matches(all in policies(), asked in requests(), on in generated::resource_pattern()) {
        let reach = reach(&principal(), &all, &Known::default());
        for said in asked.iter().filter(|said| on.matches(&said.resource, &said.context())) {
            let allowed = outcome(said, &all) == Outcome::Allowed;
            match reach.may(&said.action, &on) {
                May::Always(_) => prop_assert!(allowed, "{said:?} on {on}"),
                May::Never => prop_assert!(!allowed, "{said:?} on {on}"),
                May::Conditionally(_) => {}
            }
        }
    }

    #[test]
    fn what_is_known_only_makes_it_surer(all in policies(), asked in requests()) {
        let known = Known::default().with("k:one", "ab").without("k:two");
        let reach = reach(&principal(), &all, &known);
        for said in asked.iter().filter(|said| said.one.as_deref() == Some("ab") && said.two.is_none()) {
            let request = said.request();
            let allowed = evaluate(&request, &all).outcome == Outcome::Allowed;
            prop_assert_eq!(reach.covering(&request).is_some(), allowed, "{:?}", said);
            match reach.may(&said.action, &Pattern::literal(&said.resource)) {
                May::Always(_) => prop_assert!(allowed, "{said:?}"),
                May::Never => prop_assert!(!allowed, "{said:?}"),
                May::Conditionally(_) => {}
            }
        }
    }
}

proptest! {
    // Always the same cases: the search for a witness may give up, so "has one" is no law of all policies.
    #![proptest_config(ProptestConfig { cases: 800, rng_seed: RngSeed::Fixed(2026), ..config() })]

    /// Every witness is allowed and beyond the allowance, and whatever is allowed beyond it has one.
    #[test]
    fn what_goes_beyond_an_allowance_is_shown_by_a_request(all in policies(), asked in requests(), own in generated::resource_pattern()) {
        let about = ["kinesisvideo:PutMedia", "kinesisvideo:GetMedia", "kinesisvideo:DeleteStream"];
        let allowance = Allowance::about(&about).unwrap().with(&["kinesisvideo:PutMedia"], &[&own.to_string()]).unwrap();
        let reach = reach(&role(), &all, &Known::default());
        let beyond = reach.beyond(&allowance);
        for excess in &beyond {
            let Some(witness) = excess.witness() else { continue };
            prop_assert_eq!(evaluate(&witness.request, &all).outcome, Outcome::Allowed);
            prop_assert_eq!(witness.request.action(), &excess.action);
            let meant = excess.action == "kinesisvideo:PutMedia";
            prop_assert!(!(meant && own.matches(witness.request.resource(), witness.request.context())), "{:?}", witness);
            prop_assert!(excess.grant.covers(&witness.request));
        }
        for said in asked {
            let request = said.request_of(role());
            let meant = said.action.eq_ignore_ascii_case("kinesisvideo:PutMedia") && own.matches(&said.resource, &said.context());
            if evaluate(&request, &all).outcome == Outcome::Allowed && !meant {
                let shown = beyond.iter().any(|excess| excess.action.eq_ignore_ascii_case(&said.action) && excess.witness().is_some());
                prop_assert!(shown, "{said:?} is allowed beyond {own} and not shown");
            }
        }
    }
}

#[test]
fn a_pattern_that_was_made_to_be_slow_is_compared_in_time() {
    let wild = |text: &str| Pattern::parse(text, Syntax::WILDCARDS).unwrap();
    let one = wild(&format!("{}b", "*a".repeat(1_000)));
    let other = wild(&format!("*a{}b*", "?".repeat(1_000)));
    assert!(!one.contained_in(&other) && one.overlaps(&other));
}

/// A statement of each kind of policy has to allow: what can be asked of many kinds with many statements does not grow
/// with their product.
#[test]
fn many_kinds_of_policies_do_not_multiply() {
    let policy = |kind, key: &str| {
        let statement = |at| {
            let condition = format!(r#"{{"StringEquals": {{"k:{key}": "{at}"}}}}"#);
            format!(r#"{{"Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*", "Condition": {condition}}}"#)
        };
        let statements: Vec<_> = (0..60).map(statement).collect();
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
        Policy { name: key.into(), document: Document::parse(kind, &text).unwrap() }
    };
    let levels = ["a", "b", "c", "d", "e"].map(|level| vec![policy(Kind::ServiceControl, level)]);
    let all = Policies {
        boundaries: vec![policy(Kind::Identity, "boundary")],
        session: vec![policy(Kind::Identity, "session")],
        service_control: levels.to_vec(),
        ..Policies::of_identity([policy(Kind::Identity, "own")])
    };
    let reach = reach(&principal(), &all, &Known::default());
    assert_eq!(reach.grants().len(), 60);
    let any = Pattern::parse("arn:aws:kinesisvideo:*:*:stream/*", Syntax::WILDCARDS).unwrap();
    assert!(matches!(reach.may("kinesisvideo:GetMedia", &any), May::Conditionally(grants) if grants.len() == 60));
    assert!(matches!(reach.may("sns:Publish", &Pattern::any()), May::Never));
    let witness = reach.witness(&reach.grants()[59], "kinesisvideo:GetMedia", &[]).unwrap();
    assert_eq!(evaluate(&witness.request, &all).outcome, Outcome::Allowed);
}
