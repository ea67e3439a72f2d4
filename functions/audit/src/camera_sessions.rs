//! The sessions of a camera's role that a check asks about: as some camera, without a name, and as each that its
//! policies name.

use std::collections::BTreeSet;

use policy::{ActionPattern, Allowance, Excess, Key, Known, Reach, reach};

use crate::check::CannotJudge;
use crate::identity::{Identity, SOME_CAMERA};
use crate::named_values::{named_values, own_statements};
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

/// The sessions of a role, the ordinary one first. None when the role's ARN is none.
///
/// A camera tells the name of its thing if it likes to, and has credentials either way: so a condition on the name has to
/// be asked about without one, too. What is allowed to one camera by its name is something that a camera may do.
///
/// Rules: <https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html>
pub(crate) fn sessions<'g>(role: &Identity<'g>) -> Vec<Session<'g>> {
    let Some(principal) = role.reach.as_ref().map(Reach::principal) else { return Vec::new() };
    let listed = named_values(role.policies, THING_NAME).into_iter().map(Some);
    let names = [Some(some_camera(role)), None].into_iter().chain(listed);
    // Which certificates a condition lets through is not known.
    let mut conditions = own_statements(role.policies).flat_map(|at| &at.statement.conditions);
    let known = if conditions.any(|condition| *condition.key() == Key::new(CERTIFICATE_ID)) {
        Known::default()
    } else {
        Known::default().with(CERTIFICATE_ID, SOME_CERTIFICATE)
    };
    let session = |thing: Option<String>| {
        let known = known.clone();
        let known = match &thing {
            Some(name) => known.with(THING_NAME, name.as_str()),
            None => known.without(THING_NAME),
        };
        Session { thing, reach: reach(principal, role.policies, &known) }
    };
    names.map(session).collect()
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

/// What the first session that may do more than an allowance may do.
pub(crate) fn first_beyond<'s, 'p>(sessions: &'s [Session<'p>], allowance: &Allowance) -> Vec<Excess<'s, 'p>> {
    sessions.iter().map(|session| session.reach.beyond(allowance)).find(|beyond| !beyond.is_empty()).unwrap_or_default()
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
    let video = policy::catalogue::service("kinesisvideo").map(|service| service.actions).unwrap_or_default();
    let names = video.iter().map(ToString::to_string);
    Ok(names.filter(|name| patterns.iter().any(|pattern| pattern.matches(name))).collect())
}

/// Texts as the policy engine takes them.
pub(crate) fn refs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
