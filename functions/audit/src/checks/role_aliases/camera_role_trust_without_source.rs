//! A camera's role trusts the credentials provider whoever's alias it works for.

use policy::{Pattern, Policy, Syntax, search};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{CREDENTIALS_PROVIDER, Identity};
use crate::trust::{Assumer, FOREIGN_ACCOUNT, accounts_in};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-trust-without-source",
    group: Group::RoleAliases,
    severity: Severity::Medium,
    title: "A camera's role does not ask on whose behalf the credentials provider comes",
    why: "AWS IoT's credentials provider works for all accounts. A role that trusts it without saying for whose alias \
          leaves it to AWS IoT alone that nobody gets it by an alias of their own account.",
    remedy: "Add to the statement that trusts `credentials.iot.amazonaws.com`: `\"Condition\": {\"StringEquals\": \
             {\"aws:SourceAccount\": \"<account>\"}, \"ArnEquals\": {\"aws:SourceArn\": \
             \"arn:aws:iot:<region>:<account>:rolealias/<alias>\"}}`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html",
    frameworks: &[],
    judge: Judge::CameraRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let Some(trust) = &role.policies.resource else { return Ok(None) };
    let mut strangers = accounts_in(trust);
    strangers.retain(|account| !world.trusts(account));
    strangers.insert(0, FOREIGN_ACCOUNT.to_owned());
    let foreign = strangers.iter().flat_map(|account| {
        let aliases = aliases_of(world, account, trust);
        aliases.into_iter().map(move |alias| (account, alias))
    });
    let provider = || Some(Assumer::provider()?.without("aws:SourceOrgID").without("aws:SourceOrgPaths"));
    let comes_for =
        |account: &str, alias: &str| Some(provider()?.with("aws:SourceAccount", account).with("aws:SourceArn", alias));
    // A condition that a request without the keys meets, as `…IfExists` does, asks nothing.
    let unnamed = || Some(provider()?.without("aws:SourceAccount").without("aws:SourceArn"));
    let mut comers = foreign.map(|(account, alias)| comes_for(account, &alias)).chain(std::iter::once_with(unnamed));
    let Some(proof) = comers.find_map(|comer| comer?.way_in(trust, role.arn)) else { return Ok(None) };
    let sentence = format!(
        "{} trusts `{CREDENTIALS_PROVIDER}` whichever account's role alias it comes for: no condition on \
         `aws:SourceAccount` or `aws:SourceArn` keeps others out",
        role.title()
    );
    Ok(Some(Problem::new(sentence).with([proof])))
}

/// Role aliases that an account might have: one of any name, and one for each `aws:SourceArn` of the trust policy that
/// leaves the account open.
fn aliases_of(world: &World<'_>, account: &str, trust: &Policy) -> Vec<String> {
    const STEPS: usize = 10_000;
    let taken = &world.inventory.taken;
    let mut aliases = vec![format!("arn:{}:iot:{}:{account}:rolealias/camera", taken.partition, taken.region)];
    let shapes = [taken.region.as_str(), "?*"]
        .map(|region| format!("arn:{}:iot:{region}:{account}:rolealias/?*", taken.partition))
        .map(|shape| Pattern::parse(&shape, Syntax::WILDCARDS));
    let conditions = trust.document.statements.iter().flat_map(|statement| &statement.conditions);
    for value in conditions.flat_map(policy::Condition::values) {
        let Ok(wanted) = Pattern::parse(value, Syntax::WILDCARDS) else { continue };
        let found = shapes.iter().flatten().find_map(|shape| search(&[&wanted, shape], &[], STEPS).found());
        aliases.extend(found.filter(|alias| !aliases.contains(alias)));
    }
    aliases
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, fine, problem};

    fn if_only(condition: Value) -> Value {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"]["Statement"]["Condition"] = condition;
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn without_a_condition_any_account_is_served() {
        let problem = problem(&CHECK, if_only(json!({})));
        assert!(problem.sentence.starts_with("role `camera` trusts `credentials.iot.amazonaws.com` whichever"));
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["context"]["aws:SourceAccount"], FOREIGN_ACCOUNT);
    }

    #[test]
    fn a_source_without_its_account_may_be_anybodys() {
        let arn = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:iot:*:*:rolealias/gate" } });
        let problem = problem(&CHECK, if_only(arn));
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["context"]["aws:SourceArn"], "arn:aws:iot:us-east-1:999999999999:rolealias/gate");
    }

    #[test]
    fn the_account_alone_is_enough() {
        fine(&CHECK, if_only(json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } })));
    }

    #[test]
    fn a_policy_that_is_none_leaves_the_role_unjudged() {
        let mut inventory = if_only(json!({}));
        inventory["roles"]["items"][0]["RolePolicyList"][0]["PolicyDocument"] = json!("[]");
        assert!(cannot_judge(&CHECK, inventory).because.contains("cannot be read"));
    }
}
