//! Strangers, and what is known of their requests.

use policy::{Condition, Document, Effect, Key, Known, Pattern, Principal, PrincipalEntry, Statement, Syntax, search};

use super::Who;
use crate::world::World;

/// An account that no policy names.
const NOBODYS: &str = "999999999999";
/// An organization that no policy names.
const NOBODYS_ORGANIZATION: &str = "o-9999999999";
/// In the place of our organization, whose id is not read: a stranger's is another.
const OURS: &str = "o-0000000000";
/// Addresses on the internet that no policy names: they lie within a network only when that is a large part of it.
const ADDRESSES: [&str; 3] = ["198.51.100.99", "11.99.99.99", "2001:db8::9999"];
/// What requests that come through a VPC endpoint bring along, besides the endpoint owner's account and organization.
const ENDPOINT: [(&str, &str); 2] =
    [("aws:SourceVpc", "vpc-99999999999999999"), ("aws:SourceVpce", "vpce-99999999999999999")];
const OF_ENDPOINTS: [&str; 4] = ["aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
/// What only services bring along, that act for somebody.
const OF_SERVICES: [&str; 5] =
    ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:PrincipalServiceName"];
/// What only callers with an account bring along.
const OF_ACCOUNTS: [&str; 7] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
];

/// Somebody who asks.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) who: Who,
    pub(super) principal: Principal,
    /// In whose place the policy is asked what it makes possible: services and anonymous callers have no policies of
    /// their own, and so no reach.
    pub(super) stand_in: Principal,
    /// What the caller cannot choose.
    pub(super) known: Known,
}

impl Caller {
    fn new(world: &World<'_>, who: Who, principal: Principal, known: Known) -> Option<Self> {
        let stand_in = match principal.account() {
            Some(_) => principal.clone(),
            None => user(world, NOBODYS)?,
        };
        let known = in_organization(known.with("aws:ResourceAccount", world.account()), "aws:Resource", Some(OURS));
        Some(Self { who, principal, stand_in, known })
    }

    fn concerns(&self, statement: &Statement) -> bool {
        let concerns = |element: &policy::PrincipalElement| {
            element.concerns(&self.principal, statement.effect == Effect::Deny, false)
        };
        statement.principal.as_ref().is_none_or(|element| concerns(element).is_some())
    }

    /// Whether a statement that allows is about the caller.
    pub(super) fn is_named(&self, document: &Document) -> bool {
        document.statements.iter().any(|statement| statement.effect == Effect::Allow && self.concerns(statement))
    }

    /// The statements that are about the caller, as if they were its own.
    pub(super) fn view(&self, document: &Document) -> Document {
        let mut view = document.clone();
        view.statements.retain(|statement| self.concerns(statement));
        for statement in &mut view.statements {
            statement.principal = None;
        }
        view
    }
}

/// Those who ask for themselves: nobody in particular, any account, and the accounts that the policy names.
pub(super) fn direct(world: &World<'_>, document: &Document) -> Vec<Caller> {
    let mut callers: Vec<Caller> = Vec::new();
    let anonymous = without(Known::default(), &OF_ACCOUNTS);
    let anonymous = anonymous.without("aws:PrincipalIsAWSService").without("aws:SourceOwner");
    for (_, known) in places(&anonymous).into_iter().filter(|(organization, _)| organization.is_none()) {
        callers.extend(Caller::new(world, Who::Anyone, Principal::anonymous(), without(known, &OF_SERVICES)));
    }
    for account in accounts(world, document) {
        let who = if account == NOBODYS { Who::AnyAccount } else { Who::Account(account.clone()) };
        let mut principals: Vec<Principal> = user(world, &account).into_iter().collect();
        principals.extend(named_principals(world, document, &account));
        for principal in principals {
            let known = Known::default().with("aws:userid", "AIDA99999999999999999").with("aws:SourceOwner", &*account);
            for (organization, known) in places(&without(known, &OF_SERVICES)) {
                let known = in_organization(known, "aws:Principal", organization);
                callers.extend(Caller::new(world, who.clone(), principal.clone(), known));
            }
        }
    }
    callers
}

/// The services that the policy names, each for any account and for those that the policy names.
pub(super) fn services(world: &World<'_>, document: &Document) -> Vec<Caller> {
    let mut names: Vec<String> = Vec::new();
    let mut everyone = false;
    for entry in entries(document) {
        match entry {
            PrincipalEntry::Service(name) if name != "*" => names.push(name.clone()),
            PrincipalEntry::Service(_) | PrincipalEntry::Everyone => everyone = true,
            PrincipalEntry::Account(_)
            | PrincipalEntry::Aws(_)
            | PrincipalEntry::Federated(_)
            | PrincipalEntry::CanonicalUser(_) => {}
        }
    }
    if everyone {
        names.extend(values(document, "aws:PrincipalServiceName").map(str::to_owned));
        let of = |arn: &str| arn.split(':').nth(2).filter(|name| !name.contains(['*', '?', '$'])).map(str::to_owned);
        names.extend(values(document, "aws:SourceArn").filter_map(of).map(|name| format!("{name}.amazonaws.com")));
    }
    names.sort();
    names.dedup();
    let mut callers = Vec::new();
    for name in names {
        let Ok(principal) = name.parse::<Principal>() else { continue };
        let base = without(Known::default(), &OF_ACCOUNTS).with("aws:PrincipalIsAWSService", "true");
        let base =
            without(base, &OF_ENDPOINTS).without("aws:SourceVpc").without("aws:SourceVpce").without("aws:SourceIp");
        let base = without(base, &OF_SERVICES).with("aws:PrincipalServiceName", &*name);
        let who = Who::Through(name.clone());
        // Not every service tells for whom it acts.
        callers.extend(Caller::new(world, who.clone(), principal.clone(), base.clone().without("aws:SourceOwner")));
        for account in accounts(world, document) {
            let known = base.clone().with("aws:SourceAccount", &*account).with("aws:SourceOwner", &*account);
            for arn in sources(world, document, &name, &account) {
                for organization in [None, Some(NOBODYS_ORGANIZATION)] {
                    let known = in_organization(known.clone().with("aws:SourceArn", &*arn), "aws:Source", organization);
                    callers.extend(Caller::new(world, who.clone(), principal.clone(), known));
                }
            }
        }
    }
    callers
}

/// An account that nobody named, and those that principals and conditions name; neither ours nor trusted ones.
fn accounts(world: &World<'_>, document: &Document) -> Vec<String> {
    let mut accounts = vec![NOBODYS.to_owned()];
    let named = entries(document).map(ToString::to_string);
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    let compared = conditions.flat_map(Condition::values).cloned();
    for text in named.chain(compared) {
        let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 12);
        accounts.extend(numbers.filter(|account| !world.trusts(account)).map(str::to_owned));
    }
    accounts.sort_by_key(|account| (account != NOBODYS, account.clone()));
    accounts.dedup();
    accounts
}

/// Users and roles of an account that the policy names, as principals and by patterns.
fn named_principals(world: &World<'_>, document: &Document, account: &str) -> Vec<Principal> {
    let named = entries(document).filter_map(|entry| entry.to_string().parse::<Principal>().ok());
    let mut principals: Vec<_> = named.filter(|principal| principal.account() == Some(account)).collect();
    let partition = &world.inventory.taken.partition;
    for value in values(document, "aws:PrincipalArn") {
        for kind in ["role", "user"] {
            let found = both(value, &format!("arn:{partition}:iam::{account}:{kind}/?*"));
            principals.extend(found.and_then(|arn| arn.parse().ok()));
        }
    }
    principals
}

/// ARNs of what a stranger may have in an account, for whom a service acts.
fn sources(world: &World<'_>, document: &Document, service: &str, account: &str) -> Vec<String> {
    let taken = &world.inventory.taken;
    let service = service.split('.').next().unwrap_or_default();
    let mut sources = vec![format!("arn:{}:{service}:{}:{account}:stranger", taken.partition, taken.region)];
    // A number behind another account's is part of a name, not whose it is.
    let named = Pattern::parse(&format!("arn:{}:*:*:?*:{account}:*", taken.partition), Syntax::WILDCARDS).ok();
    let named: Vec<&Pattern> = named.iter().collect();
    for value in values(document, "aws:SourceArn") {
        sources.extend(both_but(value, &format!("arn:{}:?*:*:{account}:?*", taken.partition), &named));
        // A bucket's ARN tells no account. One that is named is somebody's already.
        if value.contains(['*', '?']) {
            sources.extend(both(value, &format!("arn:{}:s3:::?*", taken.partition)));
        }
    }
    sources.sort();
    sources.dedup();
    sources
}

/// A text that two patterns match.
fn both(one: &str, other: &str) -> Option<String> {
    both_but(one, other, &[])
}

/// A text that two patterns match, and these do not.
fn both_but(one: &str, other: &str, outside: &[&Pattern]) -> Option<String> {
    let one = Pattern::parse(one, Syntax::FULL).ok()?;
    let other = Pattern::parse(other, Syntax::WILDCARDS).ok()?;
    search(&[&one, &other], outside, 10_000).found()
}

fn entries(document: &Document) -> impl Iterator<Item = &PrincipalEntry> {
    document.statements.iter().filter_map(|statement| statement.principal.as_ref()).flat_map(|element| &element.entries)
}

/// What the conditions of the policy compare a key with.
fn values<'d>(document: &'d Document, key: &str) -> impl Iterator<Item = &'d str> {
    let key = Key::new(key);
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    conditions.filter(move |condition| *condition.key() == key).flat_map(Condition::values).map(String::as_str)
}

/// Where a stranger may be: in no organization or in another, on the internet or in another VPC.
fn places(known: &Known) -> Vec<(Option<&'static str>, Known)> {
    let mut places = Vec::new();
    for organization in [None, Some(NOBODYS_ORGANIZATION)] {
        for address in ADDRESSES {
            let known = without(known.clone(), &OF_ENDPOINTS).without("aws:SourceVpc").without("aws:SourceVpce");
            places.push((organization, known.with("aws:SourceIp", address)));
        }
        let known = ENDPOINT.iter().fold(known.clone(), |known, (key, value)| known.with(key, *value));
        let known = in_organization(known.with("aws:VpceAccount", NOBODYS), "aws:Vpce", organization);
        places.push((organization, known.without("aws:SourceIp")));
    }
    places
}

fn in_organization(known: Known, keys: &str, organization: Option<&str>) -> Known {
    let (id, paths) = (format!("{keys}OrgID"), format!("{keys}OrgPaths"));
    match organization {
        Some(organization) => known.with(&id, organization).with(&paths, vec![format!("{organization}/r-9999/")]),
        None => known.without(&id).without(&paths),
    }
}

fn without(known: Known, keys: &[&str]) -> Known {
    keys.iter().fold(known, |known, key| known.without(key))
}

fn user(world: &World<'_>, account: &str) -> Option<Principal> {
    format!("arn:{}:iam::{account}:user/stranger", world.inventory.taken.partition).parse().ok()
}
