//! An endpoint lets strangers through to strangers' streams.

use policy::{
    Allowance, Condition, Document, Key, Kind, Known, Layer, Outcome, Pattern, Policies, Policy, Principal, Reason,
    Request, Syntax, evaluate, reach, search,
};
use serde_json::json;

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Proof, Severity};
use crate::identity::request;
use crate::inventory::Endpoint;
use crate::openness::said;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "endpoint-open-policy",
    group: Group::Network,
    severity: Severity::Medium,
    title: "An interface endpoint lets other accounts' credentials through",
    why: "Whoever gets into the VPC, a library with a hidden purpose say, can bring keys of another account along and \
          send video to that account's streams, and nothing of it stands in this account's trails. AWS's policy for \
          new endpoints allows everything.",
    remedy: "Give the endpoint a policy that allows `*` only with the condition `\"StringEquals\": \
             {\"aws:ResourceAccount\": \"<account>\"}`, or with `aws:PrincipalAccount`, `aws:PrincipalOrgID` or \
             `aws:ResourceOrgID`: `aws ec2 modify-vpc-endpoint --vpc-endpoint-id <endpoint> --policy-document \
             file://policy.json`.",
    reference: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    frameworks: &["NIST.800-53.r5 AC-4", "NIST.800-53.r5 SC-7"],
    judge: Judge::Endpoint(judge),
};

/// An account that no policy names.
const NOBODYS: &str = "999999999999";

/// What AWS gives an endpoint when nobody wrote a policy.
const FULL_ACCESS: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

fn judge(world: &World<'_>, endpoint: &Endpoint) -> Judged {
    let Some((service, actions)) = carried(world, endpoint) else { return Ok(None) };
    // What is not there, or never will be, lets nobody through.
    let state = endpoint.state.to_ascii_lowercase();
    if ["deleting", "deleted", "rejected", "failed", "expired"].contains(&state.as_str()) {
        return Ok(None);
    }
    let text = endpoint.policy_document.as_ref().map_or(FULL_ACCESS, |text| text.as_str());
    let document = Document::parse(Kind::Endpoint, text)
        .map_err(|fault| CannotJudge::new(format!("its policy cannot be read: {fault}")))?;
    for account in accounts(world, text) {
        for stranger in strangers(world, &document, &account) {
            for organization in [None, Some("o-9999999999")] {
                let known = known(world, endpoint, &account, organization);
                if let Some(proof) = let_through(world, endpoint, &document, actions, &stranger, &known)? {
                    let id = &endpoint.vpc_endpoint_id;
                    let who =
                        if account == NOBODYS { "any account".to_owned() } else { format!("account `{account}`") };
                    let sentence = format!("endpoint `{id}` to `{service}` lets {who} through to its own resources");
                    return Ok(Some(Problem::new(sentence).with([proof])));
                }
            }
        }
    }
    Ok(None)
}

/// The service that an endpoint leads to, and its actions; None when it carries no video.
fn carried<'e>(world: &World<'_>, endpoint: &'e Endpoint) -> Option<(&'e str, &'static str)> {
    let (_, service) = endpoint.service_name.split_once(&format!(".{}.", world.inventory.taken.region))?;
    let actions = match service.strip_suffix("-fips").unwrap_or(service) {
        "kinesisvideo" => "kinesisvideo:*",
        "kinesis-streams" => "kinesis:*",
        "kinesis-firehose" => "firehose:*",
        "iot" => "iot:*",
        other if other.starts_with("iot.") => "iot:*",
        _ => return None,
    };
    Some((service, actions))
}

/// An account that nobody named, and those that the policy names; neither ours nor trusted ones.
fn accounts(world: &World<'_>, text: &str) -> Vec<String> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 12);
    std::iter::once(NOBODYS).chain(numbers).filter(|account| !world.trusts(account)).map(str::to_owned).collect()
}

/// Somebody of an account, those of it whom the policy names, and roles that are named as a condition wants it.
fn strangers(world: &World<'_>, document: &Document, account: &str) -> Vec<Principal> {
    let roles = format!("arn:{}:iam::{account}:role/", world.inventory.taken.partition);
    let any = Pattern::parse(&format!("{roles}?*"), Syntax::WILDCARDS).ok();
    let wanted = |condition: &Condition| {
        let patterns = condition.values().iter().filter_map(|text| Pattern::parse(text, Syntax::FULL).ok());
        let found = patterns.filter_map(|pattern| search(&[&pattern, any.as_ref()?], &[], 10_000).found());
        found.collect::<Vec<_>>()
    };
    let mut texts = vec![format!("{roles}stranger")];
    for statement in &document.statements {
        let entries = statement.principal.iter().flat_map(|element| &element.entries);
        texts.extend(entries.map(ToString::to_string));
        let of_arn = statement.conditions.iter().filter(|condition| *condition.key() == Key::new("aws:PrincipalArn"));
        texts.extend(of_arn.flat_map(wanted));
    }
    let strangers = texts.iter().filter_map(|text| text.parse::<Principal>().ok());
    strangers.filter(|stranger| stranger.account() == Some(account)).collect()
}

/// What a stranger's requests through the endpoint are like, whatever they are for.
fn known(world: &World<'_>, endpoint: &Endpoint, account: &str, organization: Option<&str>) -> Known {
    let mut known = Known::default()
        .with("aws:ResourceAccount", account)
        .with("aws:SourceVpc", endpoint.vpc_id.as_str())
        .with("aws:SourceVpce", endpoint.vpc_endpoint_id.as_str())
        .with("aws:VpceAccount", world.account())
        .without("aws:SourceIp")
        .without("aws:SourceAccount")
        .without("aws:SourceArn");
    let organization: Vec<&str> = organization.into_iter().collect();
    for key in ["aws:PrincipalOrgID", "aws:ResourceOrgID"] {
        known = known.with(key, organization.clone());
    }
    for key in ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths"] {
        known = known.with(key, organization.iter().map(|id| format!("{id}/r-9999/")).collect::<Vec<_>>());
    }
    known
}

/// A request of an account's own administrator on the account's own resources that the endpoint lets through.
fn let_through(
    world: &World<'_>,
    endpoint: &Endpoint,
    document: &Document,
    actions: &str,
    stranger: &Principal,
    known: &Known,
) -> Result<Option<Proof>, CannotJudge> {
    let fault = |fault: &dyn std::fmt::Display| CannotJudge::new(fault.to_string());
    let everything = json!({ "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let everything = Document::parse(Kind::Identity, &everything.to_string()).map_err(|it| fault(&it))?;
    let named = |document: &Document| Policy { name: String::new(), document: document.clone() };
    let policies = Policies { endpoint: vec![named(document)], ..Policies::of_identity([named(&everything)]) };
    // What is in our accounts, its own policies guard.
    let ours = std::iter::once(world.account()).chain(world.expect.trusted_accounts.iter().map(String::as_str));
    let ours: Vec<_> = ours.map(|account| format!("arn:*:*:*:{account}:*")).collect();
    let ours: Vec<_> = ours.iter().map(String::as_str).collect();
    let ours = Allowance::about(&[actions]).and_then(|it| it.with(&[actions], &ours)).map_err(|it| fault(&it))?;
    for excess in reach(stranger, &policies, known).beyond(&ours) {
        let Some(witness) = excess.witness() else { continue };
        if let Some(because) = allowing(&witness.request, &policies, endpoint) {
            return Ok(Some(Proof { because, request: Some(request(&witness.request)) }));
        }
    }
    Ok(None)
}

/// The statement of the endpoint's policy that lets a request through.
fn allowing(request: &Request, policies: &Policies, endpoint: &Endpoint) -> Option<String> {
    let decision = evaluate(request, policies);
    let allowed = decision.outcome == Outcome::Allowed;
    let by = decision.because.iter().filter(|_| allowed).find_map(|reason| match reason {
        Reason::Statement(at) if at.layer == Layer::Endpoint => Some(said(at)),
        Reason::Statement(_) | Reason::Missing(_) | Reason::NeedsNoPermission | Reason::RootUser => None,
    })?;
    Some(match endpoint.policy_document {
        Some(_) => by,
        None => format!("nobody wrote a policy, so AWS's stands: {by}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testing::{cannot_judge, denied, document, fine, problem, problem_as};

    fn endpoint(policy: &Value) -> Value {
        json!({ "endpoints": { "items": [{
            "VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "State": "available",
            "ServiceName": "com.amazonaws.us-east-1.kinesisvideo", "PolicyDocument": policy,
        }] } })
    }

    fn full_access(condition: &Value) -> Value {
        document(json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition }))
    }

    #[test]
    fn full_access_is_for_strangers_too() {
        let problem = problem(&CHECK, endpoint(&json!(null)));
        assert_eq!(
            problem.sentence,
            "endpoint `vpce-1` to `kinesisvideo` lets any account through to its own resources"
        );
        assert!(problem.proofs[0].because.starts_with("nobody wrote a policy"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["principal"], "arn:aws:iam::999999999999:role/stranger");
    }

    #[test]
    fn one_condition_on_whose_they_are_is_enough() {
        for key in ["aws:ResourceAccount", "aws:PrincipalAccount"] {
            fine(&CHECK, endpoint(&full_access(&json!({ "StringEquals": { key: "123456789012" } }))));
        }
        fine(&CHECK, endpoint(&full_access(&json!({ "StringEquals": { "aws:PrincipalOrgID": "o-ours" } }))));
    }

    #[test]
    fn an_account_that_is_named_is_told_unless_it_is_trusted() {
        let theirs = endpoint(&full_access(&json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } })));
        let sentence = "endpoint `vpce-1` to `kinesisvideo` lets account `444455556666` through to its own resources";
        assert_eq!(problem_as(&CHECK, theirs.clone(), json!({})).sentence, sentence);
        crate::testing::fine_as(&CHECK, theirs, json!({ "trustedAccounts": ["444455556666"] }));
    }

    #[test]
    fn a_policy_that_cannot_be_read_cannot_be_judged() {
        let cannot = cannot_judge(&CHECK, endpoint(&json!("{\"Statement\": 7}")));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
        let denied = denied("ec2:DescribeVpcEndpoints");
        let cannot = cannot_judge(&CHECK, json!({ "endpoints": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("ec2:DescribeVpcEndpoints"));
    }
}
