//! The sessions of a camera's role that a check asks about: as some camera, without a name, and as each that its
//! policies name.

use std::collections::BTreeSet;

use policy::{ActionPattern, Allowance, Excess, Grant, Key, Known, Reach, Term, catalogue, reach};

use crate::check::CannotJudge;
use crate::identity::{Identity, SOME_CAMERA};
use crate::named_values::{NamedValues, named_values, own_statements};
use crate::world::World;

/// The name of the camera, as AWS IoT's credentials provider tells it to IAM.
pub(crate) const THING_NAME: &str = "credentials-iot:ThingName";
/// The id of the camera's certificate. No two certificates have the same.
pub(crate) const CERTIFICATE_ID: &str = "credentials-iot:AwsCertificateId";
/// The type of the thing, which many cameras share.
pub(crate) const THING_TYPE: &str = "credentials-iot:ThingTypeName";

/// The certificate of the camera that a check asks as.
pub(crate) const SOME_CERTIFICATE: &str = "1f2e3d4c5b6a";

/// A session of a camera's role.
#[derive(Debug)]
pub(crate) struct Session<'p> {
    /// The name of the thing; None when the camera did not tell it.
    pub(crate) thing: Option<String>,
    /// What the session may do.
    pub(crate) reach: Reach<'p>,
}

/// The sessions of a role, the ordinary one first.
#[derive(Debug)]
pub(crate) struct Sessions<'p> {
    /// Those that are asked about.
    pub(crate) all: Vec<Session<'p>>,
    names: NamedValues,
}

impl<'p> Sessions<'p> {
    /// What the first session that may do more than an allowance may do. An error when none may, and not all were asked.
    pub(crate) fn first_beyond<'s>(&'s self, allowance: &'s Allowance) -> Result<Vec<Excess<'s, 'p>>, CannotJudge> {
        let beyond = self.all.iter().map(|session| session.reach.beyond(allowance)).find(|beyond| !beyond.is_empty());
        beyond.map_or_else(|| self.whole().map(|()| Vec::new()), Ok)
    }

    /// An error when the role tells more cameras apart than were asked about, so that nothing is known to be fine.
    pub(crate) fn whole(&self) -> Result<(), CannotJudge> {
        self.names.whole()
    }
}

/// The sessions of a role. None when the role's ARN is none.
///
/// A camera tells the name of its thing if it likes to, and has credentials either way: so a condition on the name has to
/// be asked about without one, too. What is allowed to one camera by its name is something that a camera may do.
///
/// Rules: <https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html>
pub(crate) fn sessions<'g>(role: &Identity<'g>) -> Sessions<'g> {
    let Some(principal) = role.reach.as_ref().map(Reach::principal) else {
        return Sessions { all: Vec::new(), names: NamedValues::default() };
    };
    // Which certificates a condition lets through is not known.
    let mut conditions = own_statements(role.policies).flat_map(|at| &at.statement.conditions);
    let known = if conditions.any(|condition| *condition.key() == Key::new(CERTIFICATE_ID)) {
        Known::default()
    } else {
        Known::default().with(CERTIFICATE_ID, SOME_CERTIFICATE)
    };
    let names = named_values(role.policies, THING_NAME, let_through(&reach(principal, role.policies, &known)));
    let session = |thing: Option<String>| {
        let known = known.clone();
        let known = match &thing {
            Some(name) => known.with(THING_NAME, name.as_str()),
            None => known.without(THING_NAME),
        };
        Session { thing, reach: reach(principal, role.policies, &known) }
    };
    let listed = names.values.iter().cloned().map(Some);
    let all = [Some(some_camera(role)), None].into_iter().chain(listed).map(session).collect();
    Sessions { all, names }
}

/// Statements that are asked whom they let through.
const STATEMENTS: usize = 256;
/// Actions that each is asked for.
const ACTIONS: usize = 3;

/// Names of cameras that statements with a condition on the name let through, when any name may be asked with: several
/// conditions together may let through a name that stands in none of them.
fn let_through(open: &Reach<'_>) -> Vec<String> {
    let thing = Key::new(THING_NAME);
    let depends = |term: &Term<'_>| term.conditions().iter().any(|condition| condition.keys().any(|key| *key == thing));
    let tells_apart = |grant: &&Grant<'_>| {
        grant.allow().is_some_and(depends)
            || grant.within().flatten().any(|term| depends(term))
            || grant.except().iter().any(|term| depends(term))
    };
    let found = open.grants().iter().filter(tells_apart).take(STATEMENTS).filter_map(|grant| {
        let witness = actions_in(grant).into_iter().find_map(|action| open.witness(grant, &action, &[]))?;
        witness.request.context().get(&thing)?.first().cloned()
    });
    found.collect()
}

/// Some actions that a statement names: of video first, each of another service.
fn actions_in(grant: &Grant<'_>) -> Vec<String> {
    let Some(actions) = grant.allow().map(|term| &term.at().statement.actions) else { return Vec::new() };
    let names = |name: &str| actions.patterns.iter().any(|pattern| pattern.matches(name)) != actions.negated;
    let video = catalogue::service("kinesisvideo").into_iter();
    let services = video.chain(catalogue::services().iter().filter(|service| service.prefix != "kinesisvideo"));
    let known = services.filter_map(|service| service.actions.iter().map(ToString::to_string).find(|name| names(name)));
    let plain = actions.patterns.iter().map(|pattern| pattern.as_str().to_owned());
    known.chain(plain.filter(|text| !actions.negated && !text.contains(['*', '?']))).take(ACTIONS).collect()
}

/// [`SOME_CAMERA`], or a name like it when the policies speak of a camera of that name.
fn some_camera(role: &Identity<'_>) -> String {
    let texts: Vec<&str> = own_statements(role.policies)
        .flat_map(|at| {
            let resources = at.statement.resources.iter().flat_map(|resources| &resources.patterns);
            let values = at.statement.conditions.iter().flat_map(policy::Condition::values);
            resources.map(policy::ResourcePattern::as_str).chain(values.map(String::as_str))
        })
        .collect();
    let names = std::iter::once(SOME_CAMERA.to_owned()).chain((2..1000).map(|number| format!("camera-{number}")));
    let is_new = |name: &String| !texts.iter().any(|text| text.contains(name.as_str()));
    names.into_iter().find(is_new).unwrap_or_else(|| SOME_CAMERA.to_owned())
}

/// The actions of an excess, each once.
pub(crate) fn actions_of<'x>(beyond: &'x [Excess<'_, '_>]) -> Vec<&'x str> {
    let actions: BTreeSet<&str> = beyond.iter().map(|excess| excess.action.as_str()).collect();
    actions.into_iter().collect()
}

/// An allowance about these actions, of each list of actions on its list of resources.
pub(crate) fn allowance(about: &[&str], meant: &[(&[&str], &[&str])]) -> Result<Allowance, CannotJudge> {
    let empty = Allowance::about(about);
    let whole = meant.iter().fold(empty, |allowance, (actions, on)| allowance.and_then(|it| it.with(actions, on)));
    whole.map_err(|fault| CannotJudge::new(format!("what cameras are meant to do: {fault}")))
}

/// The actions of Kinesis Video Streams that cameras are meant to do, each by its name.
pub(crate) fn expected_actions(world: &World<'_>) -> Result<Vec<String>, CannotJudge> {
    let patterns = world.expect.camera_actions.iter().map(|text| ActionPattern::parse(text));
    let patterns: Vec<_> = patterns
        .collect::<Result<_, _>>()
        .map_err(|fault| CannotJudge::new(format!("`cameraActions` in audit.yaml: {fault}")))?;
    let video = catalogue::service("kinesisvideo").into_iter();
    Ok(video.flat_map(|service| service.matching(&patterns)).map(ToString::to_string).collect())
}

/// Texts as the policy engine takes them.
pub(crate) fn refs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
