//! Which streams and signaling channels are a camera's own, and which others it reaches.

use std::collections::BTreeSet;

use policy::{Allowance, Condition, Excess, Key, Known, Reach, catalogue, reach};

use crate::camera_sessions::{
    CERTIFICATE_ID, SOME_CERTIFICATE, THING_NAME, allowance, expected_actions, refs, sessions,
};
use crate::check::CannotJudge;
use crate::identity::Identity;
use crate::named_values::own_statements;
use crate::world::World;

/// One session of a camera's role, asked about streams that are not tagged as its own.
#[derive(Debug)]
pub(crate) struct Look<'p> {
    reach: Reach<'p>,
    own: Allowance,
    near: Allowance,
}

impl<'p> Look<'p> {
    /// What the camera may do on streams that are not its own.
    pub(crate) fn beyond_own(&self) -> Vec<Excess<'_, 'p>> {
        self.reach.beyond(&self.own)
    }

    /// The same, but for streams in whose name the camera's own stands.
    pub(crate) fn far(&self) -> Vec<Excess<'_, 'p>> {
        self.reach.beyond(&self.near)
    }

    /// Whether it may do any of that.
    pub(crate) fn goes_far(&self) -> bool {
        self.reach.is_beyond(&self.near)
    }
}

/// The looks at a role.
#[derive(Debug)]
pub(crate) struct Looks<'p> {
    /// One for each session.
    pub(crate) all: Vec<Look<'p>>,
    /// Whether all cameras that the role tells apart were asked about.
    pub(crate) whole: Result<(), CannotJudge>,
}

/// How far the actions that cameras are meant to do go, for each session of a role.
///
/// A camera's own streams are those that are named as its thing or its certificate. So is the stream of the only name
/// that a role knows, be that a text, for a role of one camera, or made of the camera's name, as `cam-` and the name are.
/// With two names, `gate` and `gate-low` of each camera, one camera's second may be another's first. Whoever tags the
/// streams may also tell cameras apart by a tag that a condition compares with the camera's name.
pub(crate) fn looks<'g>(world: &World<'_>, role: &Identity<'g>) -> Result<Looks<'g>, CannotJudge> {
    let mut actions = expected_actions(world)?;
    actions.retain(|action| !catalogue::takes_none(action));
    let mut looks = Vec::new();
    let sessions = sessions(role);
    let whole = sessions.whole();
    for session in sessions.all {
        for reach in not_tagged(session.reach, role) {
            let mut own =
                [named("${credentials-iot:ThingName}/*"), named("*${credentials-iot:AwsCertificateId}*")].concat();
            let only = only_name(&reach, &actions, session.thing.as_deref());
            own.extend(only.into_iter().flat_map(|name| named(&format!("{name}/*"))));
            let near = [own.clone(), named("*${credentials-iot:ThingName}*").to_vec()].concat();
            let (actions, own, near) = (refs(&actions), refs(&own), refs(&near));
            let own = allowance(&actions, &[(&actions, &own)])?;
            looks.push(Look { reach, own, near: allowance(&actions, &[(&actions, &near)])? });
        }
    }
    Ok(Looks { all: looks, whole })
}

/// The ARNs of streams and channels that go on like this behind their kind.
fn named(rest: &str) -> [String; 2] {
    ["stream", "channel"].map(|kind| format!("arn:*:kinesisvideo:*:*:{kind}/{rest}"))
}

/// A session as it is; where conditions compare a stream's tag with the camera's name or certificate, as it is towards
/// streams that have another's tag, and towards those that have none.
fn not_tagged<'g>(own: Reach<'g>, role: &Identity<'g>) -> Vec<Reach<'g>> {
    let is_camera = |key: &Key| *key == Key::new(THING_NAME) || *key == Key::new(CERTIFICATE_ID);
    let conditions = own_statements(role.policies).flat_map(|at| &at.statement.conditions);
    let tied = conditions.filter(|condition| condition.keys().any(is_camera)).flat_map(Condition::keys);
    let tags: BTreeSet<&Key> = tied.filter(|key| is_resource_tag(key)).collect();
    if tags.is_empty() {
        return vec![own];
    }
    let known = own.known();
    let others = tags.iter().fold(known.clone(), |known, tag| known.with(tag.as_str(), "another-camera"));
    let nobodys = tags.iter().fold(known.clone(), |known, tag| known.without(tag.as_str()));
    [others, nobodys].map(|known: Known| reach(own.principal(), role.policies, &known)).to_vec()
}

/// Whether a key is a tag of the resource.
pub(crate) fn is_resource_tag(key: &Key) -> bool {
    key.as_str().to_ascii_lowercase().starts_with("aws:resourcetag/")
}

/// The only name of streams and channels that a role knows, when only one camera has a stream of that name.
fn only_name(reach: &Reach<'_>, actions: &[String], thing: Option<&str>) -> Option<String> {
    let arns = actions.iter().flat_map(|action| reach.resources(action));
    let names: BTreeSet<String> = arns.map(|arn| name_in(&arn).unwrap_or(arn)).collect();
    let name = names.first().filter(|_| names.len() == 1)?;
    is_of_one_camera(name, thing).then(|| name.clone())
}

/// What stands for the name in a pattern over the ARNs of streams or channels.
fn name_in(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":stream/").or_else(|| arn.split_once(":channel/"))?;
    rest.rsplit_once('/').map(|(name, _)| name.to_owned())
}

/// Whether a name is one text, or has in it what only one camera has. Wildcards make it many.
fn is_of_one_camera(name: &str, thing: Option<&str>) -> bool {
    let mut parts = name.split("${");
    let texts = parts.next().into_iter().map(|text| (None, text));
    let parts: Vec<_> =
        texts.chain(parts.filter_map(|part| part.split_once('}')).map(|(key, text)| (Some(key), text))).collect();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let has_variable = parts.iter().any(|(key, _)| key.is_some());
    let is_certificate = |key: &str| key.eq_ignore_ascii_case(CERTIFICATE_ID);
    parts.iter().all(|(_, text)| plain(text))
        && (!has_variable
            || thing.is_some_and(|thing| name.contains(thing))
            || name.contains(SOME_CERTIFICATE)
            || parts.iter().any(|(key, _)| key.is_some_and(is_certificate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_one_camera_when_it_is_one_text_or_has_the_cameras_own_in_it() {
        for (name, one) in [
            ("gate", true),
            ("cam-camera-1", true),
            ("${credentials-iot:ThingTypeName}-camera-1", true),
            ("x-${credentials-iot:awscertificateid}", true),
            ("${credentials-iot:ThingTypeName}", false),
            ("gate-*", false),
            ("gate-?", false),
            ("camera-1*", false),
        ] {
            assert_eq!(is_of_one_camera(name, Some("camera-1")), one, "{name}");
        }
    }
}
