//! A user, role or group with its policies read, so that checks can ask what it may do.

use std::fmt::Write as _;

use policy::{
    Context, Document, Excess, Grant, Kind, Known, Layer, May, ParseError, Pattern, Policies, Policy, Principal,
    PrincipalEntry, Reach, StatementRef, Syntax, Witness, reach,
};
use serde_json::{Map, Value, json};

use crate::check::{CannotJudge, Proof};
use crate::inventory::{AttachedPolicy, DocumentText, Group, InlinePolicy, Inventory, Role, Tag, User};
use crate::trust::Assumer;
use crate::wording::few;

/// The thing whose camera stands for all cameras when a camera's role is looked at.
pub const SOME_CAMERA: &str = "camera-1";

/// The service that gives cameras the credentials of a role.
pub const CREDENTIALS_PROVIDER: &str = "credentials.iot.amazonaws.com";

/// Who holds policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'i> {
    /// A role.
    Role(&'i str),
    /// A user.
    User(&'i str),
    /// A group.
    Group(&'i str),
}

/// What was gathered of a user, role or group.
#[derive(Debug)]
pub struct Gathered<'i> {
    arn: &'i str,
    holder: Holder<'i>,
    tags: &'i [Tag],
    role: Option<&'i Role>,
    /// Whether a role alias of AWS IoT names the role.
    of_alias: bool,
    policies: Policies,
    faults: Vec<(String, ParseError)>,
    missing: Option<CannotJudge>,
}

/// A user, role or group with its policies read.
#[derive(Debug)]
pub struct Identity<'g> {
    /// Its ARN.
    pub arn: &'g str,
    /// What it is, with its name.
    pub holder: Holder<'g>,
    /// Its tags.
    pub tags: &'g [Tag],
    /// The role itself, when it is one.
    pub role: Option<&'g Role>,
    /// All policies that could be read. For a role its trust policy is the resource's.
    pub policies: &'g Policies,
    /// Policies that are none, by name.
    pub faults: &'g [(String, ParseError)],
    /// Why not all its policies are here.
    pub missing: Option<&'g CannotJudge>,
    /// Whether it may do everything on everything: an administrator, who is told of once and not by every check.
    administrator: bool,
    /// Whether cameras may have the role.
    camera: bool,
    /// Everything that it could ever do; None for a group, which is no principal. For a camera's role, as the camera
    /// [`SOME_CAMERA`].
    pub reach: Option<Reach<'g>>,
}

impl<'i> Gathered<'i> {
    /// A role with its policies.
    pub fn of_role(inventory: &'i Inventory, role: &'i Role) -> Self {
        let mut reading = Reading::new(inventory);
        let trust = reading.document("its trust policy", Kind::Resource, &role.assume_role_policy_document);
        reading.own(&role.role_policy_list, &role.attached_managed_policies);
        let mut gathered = reading.end(&role.arn, Holder::Role(&role.role_name), &role.tags, role.boundary());
        gathered.policies.resource = trust;
        gathered.role = Some(role);
        gathered.of_alias = inventory.role_aliases.items.iter().any(|alias| alias.role_arn == role.arn);
        gathered
    }

    /// A user with its policies and those of its groups.
    pub fn of_user(inventory: &'i Inventory, user: &'i User) -> Self {
        let mut reading = Reading::new(inventory);
        reading.own(&user.user_policy_list, &user.attached_managed_policies);
        for name in &user.group_list {
            match inventory.groups.items.iter().find(|group| group.group_name == *name) {
                Some(group) => reading.own(&group.group_policy_list, &group.attached_managed_policies),
                None => reading.lacks(&format!("the group `{name}`"), inventory.groups.missing.as_ref()),
            }
        }
        let boundary = user.permissions_boundary.as_ref().map(|boundary| boundary.permissions_boundary_arn.as_str());
        reading.end(&user.arn, Holder::User(&user.user_name), &user.tags, boundary)
    }

    /// A group with its policies.
    pub fn of_group(inventory: &'i Inventory, group: &'i Group) -> Self {
        let mut reading = Reading::new(inventory);
        reading.own(&group.group_policy_list, &group.attached_managed_policies);
        reading.end(&group.arn, Holder::Group(&group.group_name), &[], None)
    }

    /// As checks look at it.
    pub fn identity(&self) -> Identity<'_> {
        let principal: Option<Principal> = self.arn.parse().ok();
        let principal = principal.filter(|_| !matches!(self.holder, Holder::Group(_)));
        let mut identity = Identity {
            arn: self.arn,
            holder: self.holder,
            tags: self.tags,
            role: self.role,
            policies: &self.policies,
            faults: &self.faults,
            missing: self.missing.as_ref(),
            administrator: false,
            camera: false,
            reach: None,
        };
        identity.camera = self.of_alias || identity.trusts_provider();
        let mut known = Known::default();
        if identity.camera {
            known = known.with("credentials-iot:ThingName", SOME_CAMERA);
        }
        identity.reach = principal.map(|principal| reach(&principal, &self.policies, &known));
        identity.administrator = identity.of_everything().is_some();
        identity
    }
}

impl<'g> Identity<'g> {
    /// The name that people know it by, such as ``role `camera` ``.
    pub fn title(&self) -> String {
        match self.holder {
            Holder::Role(name) => format!("role `{name}`"),
            Holder::User(name) => format!("user `{name}`"),
            Holder::Group(name) => format!("group `{name}`"),
        }
    }

    /// Whether cameras may have the role, so that what it may do, cameras may do: a role alias names it, or AWS IoT's
    /// credentials provider may assume it, so that any role alias can.
    pub fn is_camera(&self) -> bool {
        self.camera
    }

    /// Whether the role trusts AWS IoT's credentials provider: by its name, or since it trusts everybody.
    fn trusts_provider(&self) -> bool {
        let Some((role, trust)) = self.role.zip(self.policies.resource.as_ref()) else { return false };
        let allows = |at: &StatementRef<'_>| at.statement.effect == policy::Effect::Allow;
        let entries = |at: StatementRef<'g>| at.statement.principal.iter().flat_map(|principal| &principal.entries);
        let names = |at: StatementRef<'_>| {
            at.statement.principal.as_ref().is_some_and(|principal| {
                principal.entries.iter().any(|entry| match entry {
                    PrincipalEntry::Service(name) => name == CREDENTIALS_PROVIDER || name == "*",
                    PrincipalEntry::Everyone
                    | PrincipalEntry::Account(_)
                    | PrincipalEntry::Aws(_)
                    | PrincipalEntry::Federated(_)
                    | PrincipalEntry::CanonicalUser(_) => false,
                }) != principal.negated
            })
        };
        // Who trusts everybody mostly means everybody of an organization, whom the provider is not of.
        let everybody =
            || self.trust().filter(allows).flat_map(entries).any(|entry| *entry == PrincipalEntry::Everyone);
        let let_in = || Assumer::provider().is_some_and(|provider| provider.way_in(trust, &role.arn).is_some());
        self.trust().filter(allows).any(names) || (everybody() && let_in())
    }

    /// Whether a statement of its identity policies allows some action of Kinesis Video Streams. Most roles have none.
    pub fn speaks_of_video(&self) -> bool {
        let Ok(video) = Pattern::parse("kinesisvideo:*", Syntax::WILDCARDS) else { return true };
        let mut allows = self.statements().filter(|at| at.statement.effect == policy::Effect::Allow);
        allows.any(|at| {
            let actions = &at.statement.actions;
            actions.negated || actions.patterns.iter().any(|action| action.lower().overlaps(&video))
        })
    }

    /// The statements of a role's trust policy.
    pub fn trust(&self) -> impl Iterator<Item = StatementRef<'g>> + use<'g> {
        self.policies.statements().filter(|at| at.layer == Layer::Resource)
    }

    /// The statements of its identity policies.
    pub fn statements(&self) -> impl Iterator<Item = StatementRef<'g>> + use<'g> {
        self.policies.statements().filter(|at| at.layer == Layer::Identity)
    }

    /// Whether it may do everything on everything: an administrator, who is told of once and not by every check.
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// The grant by which it may do everything on everything.
    pub fn of_everything(&self) -> Option<&Grant<'g>> {
        // `*`, and `*:*`, which is the same.
        let every = Pattern::parse("?*:?*", Syntax::WILDCARDS).ok()?;
        let allows_all = |at: StatementRef<'_>| {
            let statement = at.statement;
            statement.effect == policy::Effect::Allow
                && statement.conditions.is_empty()
                && !statement.actions.negated
                && statement.actions.patterns.iter().any(|action| {
                    action.as_str().bytes().all(|byte| b"*?:".contains(&byte)) && every.contained_in(action.lower())
                })
                && statement.resources.as_ref().is_some_and(|resources| {
                    !resources.negated && resources.patterns.iter().any(|one| *one.pattern() == Pattern::any())
                })
        };
        if !self.statements().any(allows_all) {
            return None;
        }
        // On one user of its own account, since what AWS keeps for itself even administrators may not change.
        let reach = self.reach.as_ref()?;
        let partition = self.arn.split(':').nth(1)?;
        let somebody = format!("arn:{partition}:iam::{}:user/somebody", reach.principal().account()?);
        match reach.may("iam:CreateUser", &Pattern::literal(&somebody)) {
            May::Always(grant) => Some(grant),
            May::Conditionally(_) | May::Never => None,
        }
    }

    /// Whether an ARN pattern of `audit.yaml` with `*` names it.
    pub fn is_named_by(&self, patterns: &[String]) -> bool {
        let matches = |text: &String| {
            Pattern::parse(text, Syntax::WILDCARDS).is_ok_and(|pattern| pattern.matches(self.arn, Context::EMPTY))
        };
        patterns.iter().any(matches)
    }
}

/// A request that a grant allows, as a proof: the statement, and the request.
pub fn proof(grant: &Grant<'_>, witness: Option<&Witness>) -> Proof {
    let action = witness.map_or("*", |witness| witness.request.action());
    Proof { because: in_short(grant, action), request: witness.map(|witness| request(&witness.request)) }
}

/// A grant in one line that is short enough for a message: of long lists, the first few, of actions those that match
/// this one before the others. The policy and the number of the statement tell where the rest stands.
pub fn in_short(grant: &Grant<'_>, action: &str) -> String {
    let Some(term) = grant.allow() else { return grant.to_string() };
    let list = |all: &[String]| few(all, String::clone);
    let not = |negated: bool| if negated { "all but " } else { "" };
    let (at, statement) = (term.at(), term.at().statement);
    let mut actions: Vec<_> = statement.actions.patterns.iter().collect();
    actions.sort_by_cached_key(|pattern| !pattern.matches(action));
    let actions: Vec<String> = actions.into_iter().map(|pattern| pattern.as_str().to_owned()).collect();
    let resources: Vec<String> = term.resources().collect();
    let on_all_but = not(statement.resources.as_ref().is_some_and(|resources| resources.negated));
    let mut text = format!("{}{} on {on_all_but}{}", not(statement.actions.negated), list(&actions), list(&resources));
    if !term.conditions().is_empty() {
        let conditions: Vec<String> = term.conditions().iter().map(ToString::to_string).collect();
        write!(text, " if {}", list(&conditions)).unwrap_or_default();
    }
    write!(text, " (by {at})").unwrap_or_default();
    let except: Vec<String> = grant.except().iter().map(|term| term.at().to_string()).collect();
    if !except.is_empty() {
        write!(text, "; but not what is denied by {}", list(&except)).unwrap_or_default();
    }
    text
}

/// What exceeds an allowance, as proofs: one for each statement, with the first request that shows it. At most five,
/// which is enough to mend a policy by.
pub fn proofs(beyond: &[Excess<'_, '_>]) -> Vec<Proof> {
    let mut shown: Vec<(&Grant<'_>, Option<Witness>)> = Vec::new();
    for excess in beyond {
        let full = shown.len() >= 5;
        match shown.iter_mut().find(|(grant, _)| std::ptr::eq(*grant, excess.grant)) {
            Some((_, witness @ None)) => *witness = excess.witness(),
            Some(_) => {}
            None if full => {}
            None => shown.push((excess.grant, excess.witness())),
        }
    }
    shown.into_iter().map(|(grant, witness)| proof(grant, witness.as_ref())).collect()
}

/// A request as `warden simulate` takes it, without the policies.
pub fn request(request: &policy::Request) -> Value {
    let context: Map<String, Value> = request
        .context()
        .iter()
        .map(|(key, values)| {
            let value = if let [one] = values { json!(one) } else { json!(values) };
            (key.as_str().to_owned(), value)
        })
        .collect();
    json!({
        "principal": request.principal().as_str(),
        "action": request.action(),
        "resource": request.resource(),
        "context": context,
    })
}

impl Role {
    fn boundary(&self) -> Option<&str> {
        self.permissions_boundary.as_ref().map(|boundary| boundary.permissions_boundary_arn.as_str())
    }

    /// Whether AWS made it for a service of its own; nobody can change what such a role may do.
    pub fn is_service_linked(&self) -> bool {
        self.arn.contains(":role/aws-service-role/")
    }
}

/// The policies of one identity, while they are gathered.
struct Reading<'i> {
    inventory: &'i Inventory,
    policies: Policies,
    faults: Vec<(String, ParseError)>,
    missing: Option<CannotJudge>,
}

impl<'i> Reading<'i> {
    fn new(inventory: &'i Inventory) -> Self {
        Self { inventory, policies: Policies::default(), faults: Vec::new(), missing: None }
    }

    fn document(&mut self, name: &str, kind: Kind, text: &DocumentText) -> Option<Policy> {
        match Document::parse(kind, text.as_str()) {
            Ok(document) => Some(Policy { name: name.to_owned(), document }),
            Err(fault) => {
                self.faults.push((name.to_owned(), fault));
                None
            }
        }
    }

    fn own(&mut self, inline: &[InlinePolicy], attached: &[AttachedPolicy]) {
        for policy in inline {
            let read = self.document(&policy.policy_name, Kind::Identity, &policy.policy_document);
            self.policies.identity.extend(read);
        }
        for policy in attached {
            let read = self.managed(&policy.policy_arn);
            self.policies.identity.extend(read);
        }
    }

    fn managed(&mut self, arn: &str) -> Option<Policy> {
        let policies = &self.inventory.managed_policies;
        let policy = policies.items.binary_search_by(|policy| policy.arn.as_str().cmp(arn)).ok();
        let version = policy.and_then(|at| policies.items.get(at)).and_then(|policy| {
            let version = policy.policy_version_list.iter().find(|version| version.is_default_version)?;
            Some((policy.policy_name.as_str(), &version.document))
        });
        if let Some((name, document)) = version {
            return self.document(name, Kind::Identity, document);
        }
        self.lacks(&format!("the managed policy `{arn}`"), policies.missing.as_ref());
        None
    }

    fn lacks(&mut self, what: &str, missing: Option<&crate::inventory::Missing>) {
        let why = missing.map(CannotJudge::from);
        let because = match &why {
            Some(why) if !why.not_asked => format!("{what} was not read: {}", why.because),
            _ => format!("{what} was not read"),
        };
        let cannot = CannotJudge { because, permission: why.and_then(|why| why.permission), not_asked: false };
        self.missing.get_or_insert(cannot);
    }

    fn end(mut self, arn: &'i str, holder: Holder<'i>, tags: &'i [Tag], boundary: Option<&str>) -> Gathered<'i> {
        if let Some(boundary) = boundary {
            let read = self.managed(boundary);
            self.policies.boundaries.extend(read);
        }
        let Self { inventory: _, policies, faults, missing } = self;
        Gathered { arn, holder, tags, role: None, of_alias: false, policies, faults, missing }
    }
}
