//! Who may assume a role, as its trust policy says.

use policy::{
    Caller, Document, Effect, Grant, Kind, Known, Layer, Matcher, May, NearMiss, Outcome, ParseError, Pattern,
    Policies, Policy, Principal, PrincipalEntry, Request, Statement, StatementRef, evaluate, near_misses, reach,
};

use crate::check::Proof;
use crate::identity::{CREDENTIALS_PROVIDER, request};
use crate::inventory::Role;

/// An account that is nobody's here.
pub const FOREIGN_ACCOUNT: &str = "999999999999";

/// What a request of a service on its own behalf lacks: it is nobody of an account.
const NOT_OF_SERVICES: [&str; 5] =
    ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid"];

/// One who might assume a role, with what is known of the request; all else may be as the trust policy wants it.
#[derive(Debug, Clone)]
pub struct Assumer {
    who: Principal,
    known: Known,
    actions: &'static [&'static str],
}

/// What a request lacks of somebody in an account that has nothing to do with this one: a secret, an organization, a way
/// through this network, and a service that asks in somebody's stead.
const NOT_OF_STRANGERS: [&str; 12] = [
    "sts:ExternalId",
    "aws:userid",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
];

/// Somebody in an account that is nobody's here, who knows the name of the role and nothing else.
pub fn stranger(partition: &str) -> Option<Assumer> {
    let somebody = Assumer::of_account(partition, FOREIGN_ACCOUNT)?;
    Some(NOT_OF_STRANGERS.iter().fold(somebody, |somebody, key| somebody.without(key)))
}

/// The trust policy of a role.
pub fn trust_of(role: &Role) -> Result<Policy, ParseError> {
    let document = Document::parse(Kind::Resource, role.assume_role_policy_document.as_str())?;
    Ok(Policy { name: "its trust policy".to_owned(), document })
}

impl Assumer {
    /// AWS IoT's credentials provider. It brings `aws:SourceArn` and `aws:SourceAccount` (to be added with
    /// [`Assumer::with`]) and no `sts:ExternalId`.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html>
    pub fn provider() -> Option<Self> {
        let provider = Self::service(CREDENTIALS_PROVIDER)?;
        Some(Self { known: provider.known.without("sts:ExternalId"), ..provider })
    }

    /// A service on its own behalf.
    pub fn service(name: &str) -> Option<Self> {
        let known = Known::default().with("aws:PrincipalIsAWSService", "true").with("aws:PrincipalServiceName", name);
        let known = NOT_OF_SERVICES.iter().fold(known, |known, key| known.without(key));
        Some(Self { who: name.parse().ok()?, known, actions: &["sts:AssumeRole"] })
    }

    /// A user, role or session.
    fn aws(arn: &str) -> Option<Self> {
        let known = Known::default().without("aws:PrincipalServiceName");
        Some(Self { who: arn.parse().ok()?, known, actions: &["sts:AssumeRole"] })
    }

    /// Somebody of an account.
    pub fn of_account(partition: &str, account: &str) -> Option<Self> {
        Self::aws(&format!("arn:{partition}:sts::{account}:assumed-role/somebody/session"))
    }

    /// Somebody whom an identity provider vouches for.
    fn federated(provider: &str) -> Option<Self> {
        let known = Known::default().with("aws:PrincipalIsAWSService", "false").without("aws:PrincipalServiceName");
        let known = NOT_OF_SERVICES.iter().fold(known, |known, key| known.without(key));
        let actions = &["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];
        Some(Self { who: provider.parse().ok()?, known, actions })
    }

    /// Those who stand for all whom an entry of a trust policy names: one of each kind. `accounts` are those that
    /// somebody of everyone might belong to.
    pub fn named_by(entry: &PrincipalEntry, partition: &str, accounts: &[String]) -> Vec<Self> {
        let everyone = || {
            let of_accounts = accounts.iter().filter_map(|account| Self::of_account(partition, account));
            let others = [Self::service("ec2.amazonaws.com"), Self::federated("accounts.google.com")];
            of_accounts.chain(others.into_iter().flatten()).collect()
        };
        match entry {
            PrincipalEntry::Everyone => everyone(),
            PrincipalEntry::Account(account) => Self::of_account(partition, account).into_iter().collect(),
            PrincipalEntry::Aws(arn) => Self::aws(arn).into_iter().collect(),
            PrincipalEntry::Service(name) if name == "*" => Self::service("ec2.amazonaws.com").into_iter().collect(),
            PrincipalEntry::Service(name) => Self::service(name).into_iter().collect(),
            PrincipalEntry::Federated(name) if name == "*" => {
                let account = accounts.first().map_or(FOREIGN_ACCOUNT, String::as_str);
                Self::federated(&format!("arn:{partition}:iam::{account}:saml-provider/any")).into_iter().collect()
            }
            PrincipalEntry::Federated(name) => Self::federated(name).into_iter().collect(),
            PrincipalEntry::CanonicalUser(_) => Vec::new(),
        }
    }

    /// With a condition key that is in all its requests.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Self {
        Self { known: self.known.with(key, value), ..self }
    }

    /// With a condition key that is in none of its requests.
    #[must_use]
    pub fn without(self, key: &str) -> Self {
        Self { known: self.known.without(key), ..self }
    }

    /// How it may assume a role: the statement of the trust policy that lets it, and a request where one is found. None
    /// when it surely may not.
    pub fn way_in(&self, trust: &Policy, role: &str) -> Option<Proof> {
        // As policies of somebody, the statements that concern it can be asked what they ever allow.
        let policies = Policies::of_identity([self.as_own(trust)]);
        let reach = reach(&self.stand_in(), &policies, &self.known);
        self.actions.iter().find_map(|action| {
            let grants: Vec<&Grant<'_>> = match reach.may(action, &Pattern::literal(role)) {
                May::Always(grant) => vec![grant],
                May::Conditionally(grants) => grants,
                May::Never => return None,
            };
            let shown = grants.iter().find_map(|grant| {
                let witness = reach.witness(grant, action, &[])?;
                let asked = Request::new(self.who.clone(), action, role, witness.request.context().clone());
                let because = told(trust, grant)?;
                is_let_in(&asked, trust).then(|| Proof { because, request: Some(request(&asked)) })
            });
            shown.or_else(|| {
                let because = grants.iter().find_map(|grant| told(trust, grant))?;
                Some(Proof { because, request: None })
            })
        })
    }

    /// Why it may not assume a role, for people: what denies it, or which statements come near.
    pub fn kept_out_by(&self, trust: &Policy, role: &str) -> Vec<String> {
        let Some(action) = self.actions.first() else { return Vec::new() };
        let request = Request::new(self.who.clone(), action, role, self.known.context().clone());
        let policies = Policies { resource: Some(trust.clone()), ..Policies::default() };
        let decision = evaluate(&request, &policies);
        let near: Vec<NearMiss<'_>> = near_misses(&request, &policies);
        if decision.outcome == Outcome::ExplicitlyDenied || near.is_empty() {
            return decision.because.iter().map(ToString::to_string).collect();
        }
        near.iter().map(ToString::to_string).collect()
    }

    /// Whom the engine asks in its stead: a caller that may have policies of its own.
    fn stand_in(&self) -> Principal {
        match self.who.caller() {
            Caller::User { .. } | Caller::Role { .. } | Caller::Session { .. } | Caller::FederatedUser { .. } => {
                self.who.clone()
            }
            Caller::Anonymous
            | Caller::Service
            | Caller::Federated
            | Caller::Root { .. }
            | Caller::Certificate { .. } => {
                let somebody = format!("arn:aws:sts::{FOREIGN_ACCOUNT}:assumed-role/somebody/session");
                somebody.parse().unwrap_or_else(|_fault| self.who.clone())
            }
        }
    }

    /// The trust policy without principals: what concerns others says nothing, and all keep their places.
    fn as_own(&self, trust: &Policy) -> Policy {
        let own = |statement: &Statement| {
            let deny = statement.effect == Effect::Deny;
            let concerns = |named: &policy::PrincipalElement| named.concerns(&self.who, deny, false).is_some();
            let mut own = Statement { principal: None, ..statement.clone() };
            if !statement.principal.as_ref().is_some_and(concerns) {
                own.actions = Matcher { negated: false, patterns: Vec::new() };
            }
            own
        };
        let statements = trust.document.statements.iter().map(own).collect();
        Policy { name: trust.name.clone(), document: Document { statements, ..trust.document.clone() } }
    }
}

/// Whether a request is allowed to one whose own policies allow everything.
fn is_let_in(asked: &Request, trust: &Policy) -> bool {
    let everything = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let own = Document::parse(Kind::Identity, everything);
    let own = own.map(|document| Policy { name: String::new(), document });
    let policies = Policies { resource: Some(trust.clone()), ..Policies::of_identity(own) };
    evaluate(asked, &policies).outcome == Outcome::Allowed
}

/// The statement of a trust policy that a grant comes from, in one line.
fn told(trust: &Policy, grant: &Grant<'_>) -> Option<String> {
    let index = grant.allow()?.at().index;
    let statement = trust.document.statements.get(index)?;
    let at = StatementRef { layer: Layer::Resource, policy: trust, index, statement };
    let not = |negated: bool| if negated { "all but " } else { "" };
    let actions: Vec<_> = statement.actions.patterns.iter().map(policy::ActionPattern::as_str).collect();
    let whom = statement.principal.as_ref().map(|named| {
        let entries: Vec<_> = named.entries.iter().map(ToString::to_string).collect();
        format!("{}{}", not(named.negated), entries.join(", "))
    });
    let conditions: Vec<_> = statement.conditions.iter().map(ToString::to_string).collect();
    let only = if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(" and ")) };
    let (all_but, actions, whom) = (not(statement.actions.negated), actions.join(", "), whom.unwrap_or_default());
    Some(format!("{all_but}{actions} to {whom}{only} ({at})"))
}

/// The numbers of the accounts that the conditions of a trust policy name, plainly or in ARNs.
pub fn accounts_in(trust: &Policy) -> Vec<String> {
    let is_account = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    let conditions = trust.document.statements.iter().flat_map(|statement| &statement.conditions);
    let values = conditions.flat_map(policy::Condition::values);
    let mut accounts: Vec<String> =
        values.flat_map(|value| value.split(':')).filter(is_account).map(str::to_owned).collect();
    accounts.sort();
    accounts.dedup();
    accounts
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/camera";

    fn trust(statement: &Value) -> Policy {
        let text = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let role: Role = serde_json::from_value(json!({ "AssumeRolePolicyDocument": text })).unwrap();
        trust_of(&role).unwrap()
    }

    #[test]
    fn a_condition_is_met_where_it_can_be() {
        let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "222222222222" }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": "secret" } } });
        let trust = trust(&statement);
        let [somebody] = &Assumer::named_by(&PrincipalEntry::Account("222222222222".to_owned()), "aws", &[])[..] else {
            panic!("one stands for an account");
        };
        let proof = somebody.way_in(&trust, ROLE).unwrap();
        assert!(proof.because.contains("to 222222222222 if StringEquals sts:ExternalId"), "{proof:?}");
        assert_eq!(proof.request.unwrap()["context"]["sts:ExternalId"], "secret");
        let without = somebody.clone().without("sts:ExternalId");
        assert_eq!(without.way_in(&trust, ROLE), None);
        assert!(without.kept_out_by(&trust, ROLE)[0].contains("is not met"));
    }

    #[test]
    fn a_stranger_is_of_no_organization_and_knows_no_secret() {
        let stranger = stranger("aws").unwrap();
        let everybody = |condition: &Value| {
            let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole",
                "Condition": condition });
            stranger.way_in(&trust(&statement), ROLE).is_some()
        };
        assert!(everybody(&json!({})));
        assert!(everybody(&json!({ "StringEquals": { "aws:PrincipalTag/team": "video" } })));
        assert!(!everybody(&json!({ "StringLike": { "aws:PrincipalOrgID": "*" } })));
        assert!(!everybody(&json!({ "StringEquals": { "sts:ExternalId": "x" } })));
    }

    #[test]
    fn a_deny_of_everybody_but_a_service_leaves_only_the_service() {
        let trust = trust(&json!([
            { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" },
            { "Effect": "Deny", "Principal": "*", "Action": "*",
              "Condition": { "StringNotEquals": { "aws:PrincipalServiceName": CREDENTIALS_PROVIDER } } },
        ]));
        let everyone = Assumer::named_by(&PrincipalEntry::Everyone, "aws", &["123456789012".to_owned()]);
        assert_eq!(everyone.len(), 3);
        assert!(everyone.iter().all(|one| one.way_in(&trust, ROLE).is_none()));
        assert!(Assumer::provider().unwrap().way_in(&trust, ROLE).is_some());
    }
}
