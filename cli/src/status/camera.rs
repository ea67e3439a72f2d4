//! How each camera stands, from what AWS shows of the fleet. Pure.

use std::collections::{BTreeMap, BTreeSet};

use fleet::{Priority, ThingName, Throttle};
use serde::Serialize;

/// The status of a certificate that is registered and waits to be judged.
const PENDING: &str = "PENDING_ACTIVATION";

/// What AWS shows: things, certificates' status by id, streams' status and tags by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fleet {
    pub(crate) things: BTreeMap<String, Thing>,
    pub(crate) certificates: BTreeMap<String, String>,
    pub(crate) streams: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, StreamTags>,
}

/// What a camera's thing says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Thing {
    /// The id of the certificate that holds the name.
    pub(crate) certificate: Option<String>,
    /// When the camera registered, in RFC 3339.
    pub(crate) registered: Option<String>,
}

/// Our tags on a stream, as they stand there.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreamTags {
    pub(crate) thing: Option<String>,
    pub(crate) priority: Option<String>,
    pub(crate) throttle: Option<String>,
}

/// How the fleet stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// By name.
    pub(crate) cameras: Vec<Camera>,
    /// The certificates that wait for activation and belong to no thing: the camera has just connected, or was
    /// refused.
    pub(crate) pending_certificates: Vec<String>,
}

/// How a camera stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Camera {
    pub(crate) name: String,
    /// Whether its thing is there.
    pub(crate) thing: bool,
    /// Its stream's status; none when there is no stream.
    pub(crate) stream: Option<String>,
    pub(crate) certificate: Option<Certificate>,
    /// When it registered, in RFC 3339, as its thing says.
    pub(crate) since: Option<String>,
    pub(crate) priority: Option<&'static str>,
    pub(crate) throttle: Option<&'static str>,
    /// Whether it can send video.
    pub(crate) ready: bool,
    /// Why it is not ready, and what else is odd.
    pub(crate) notes: Vec<String>,
    /// The first reason why it is not ready, without names: cameras are counted by it.
    #[serde(skip)]
    pub(crate) reason: Option<String>,
}

/// The certificate that holds a camera's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Certificate {
    pub(crate) id: String,
    /// Its status; `missing` when AWS IoT has no such certificate.
    pub(crate) status: String,
}

/// How the cameras stand that are asked for; all cameras when none is.
pub(crate) fn report(fleet: &Fleet, asked: &[ThingName]) -> Report {
    let names: BTreeSet<&str> = if asked.is_empty() {
        fleet.things.keys().map(String::as_str).collect()
    } else {
        asked.iter().map(ThingName::as_str).collect()
    };
    let held: BTreeSet<&str> = fleet.things.values().filter_map(|thing| thing.certificate.as_deref()).collect();
    let waiting =
        |(id, status): (&String, &String)| (status == PENDING && !held.contains(id.as_str())).then(|| id.clone());
    Report {
        cameras: names.into_iter().map(|name| camera(fleet, name)).collect(),
        pending_certificates: fleet.certificates.iter().filter_map(waiting).collect(),
    }
}

fn camera(fleet: &Fleet, name: &str) -> Camera {
    let thing = fleet.things.get(name);
    let stream = fleet.streams.get(name).cloned();
    let tags = fleet.tags.get(name);
    let certificate = thing.and_then(|thing| thing.certificate.as_ref()).map(|id| Certificate {
        id: id.clone(),
        status: fleet.certificates.get(id).cloned().unwrap_or_else(|| "missing".to_owned()),
    });
    let (priority, odd_priority) = read(tags.and_then(|tags| tags.priority.as_deref()), "priority", Priority::parse);
    let (throttle, odd_throttle) = read(tags.and_then(|tags| tags.throttle.as_deref()), "throttle", Throttle::parse);

    let reasons = if thing.is_none() && stream.is_none() {
        vec!["unknown name".to_owned()]
    } else {
        reasons(thing, stream.as_deref(), certificate.as_ref(), throttle)
    };
    let oddities = [odd_priority, odd_throttle, odd_owner(name, stream.as_deref(), tags), eased(throttle)];
    Camera {
        name: name.to_owned(),
        thing: thing.is_some(),
        stream,
        certificate,
        since: thing.and_then(|thing| thing.registered.clone()),
        priority: priority.map(Priority::as_str),
        throttle: throttle.map(Throttle::as_str),
        ready: reasons.is_empty(),
        reason: reasons.first().cloned(),
        notes: reasons.into_iter().chain(oddities.into_iter().flatten()).collect(),
    }
}

/// Why a camera cannot send, most telling first; empty when it can.
fn reasons(
    thing: Option<&Thing>,
    stream: Option<&str>,
    certificate: Option<&Certificate>,
    throttle: Option<Throttle>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if thing.is_none() {
        reasons.push("thing missing".to_owned());
    }
    match stream {
        // A stream takes video while its settings change.
        Some("ACTIVE" | "UPDATING") => {}
        Some(status) => reasons.push(format!("stream {status}")),
        None => reasons.push("stream missing".to_owned()),
    }
    match certificate {
        Some(certificate) if certificate.status == "ACTIVE" => {}
        Some(certificate) => reasons.push(format!("certificate {}", certificate.status)),
        None if thing.is_some() => reasons.push("certificate not named by the thing".to_owned()),
        None => {}
    }
    if throttle == Some(Throttle::Stopped) {
        reasons.push("stream tagged stopped".to_owned());
    }
    reasons
}

/// A tag's value, and what is wrong with it.
fn read<T, F: std::fmt::Display>(
    value: Option<&str>,
    tag: &str,
    parse: impl FnOnce(&str) -> Result<T, F>,
) -> (Option<T>, Option<String>) {
    match value.map(parse) {
        None => (None, None),
        Some(Ok(value)) => (Some(value), None),
        Some(Err(fault)) => (None, Some(format!("the stream's tag kvs-warden:{tag} is {fault}"))),
    }
}

fn odd_owner(name: &str, stream: Option<&str>, tags: Option<&StreamTags>) -> Option<String> {
    stream?;
    match tags.and_then(|tags| tags.thing.as_deref()) {
        Some(owner) if owner == name => None,
        Some(owner) => Some(format!("the stream's tag kvs-warden:thing names `{owner}`")),
        None => Some("the stream has no tag kvs-warden:thing".to_owned()),
    }
}

fn eased(throttle: Option<Throttle>) -> Option<String> {
    (throttle == Some(Throttle::Reduced)).then(|| "stream tagged reduced".to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::status) fn id(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    /// A fleet of one camera that is ready.
    fn ready() -> Fleet {
        let mut fleet = Fleet::default();
        add(&mut fleet, "cam-1", '1', Some("ACTIVE"), "ACTIVE", None);
        fleet
    }

    pub(in crate::status) fn add(
        fleet: &mut Fleet,
        name: &str,
        certificate: char,
        stream: Option<&str>,
        status: &str,
        throttle: Option<&str>,
    ) {
        let registered = Some("2026-11-20T08:15:42Z".to_owned());
        fleet.things.insert(name.to_owned(), Thing { certificate: Some(id(certificate)), registered });
        fleet.certificates.insert(id(certificate), status.to_owned());
        if let Some(stream) = stream {
            fleet.streams.insert(name.to_owned(), stream.to_owned());
            let (priority, throttle) = (Some("standard".to_owned()), throttle.map(str::to_owned));
            fleet.tags.insert(name.to_owned(), StreamTags { thing: Some(name.to_owned()), priority, throttle });
        }
    }

    fn one(fleet: &Fleet) -> Camera {
        report(fleet, &[ThingName::parse("cam-1").expect("a name")]).cameras.remove(0)
    }

    #[test]
    fn a_camera_is_ready_when_all_is_there_and_active() {
        let camera = one(&ready());
        assert!(camera.ready && camera.thing && camera.notes.is_empty() && camera.reason.is_none(), "{camera:?}");
        assert_eq!(
            (camera.stream.as_deref(), camera.priority, camera.throttle),
            (Some("ACTIVE"), Some("standard"), None)
        );
    }

    #[test]
    fn a_camera_is_not_ready_for_one_reason_at_least() {
        type Change = fn(&mut Fleet);
        let cases: [(&str, Change); 10] = [
            ("unknown name", |f| *f = Fleet::default()),
            ("thing missing", |f| f.things.clear()),
            ("stream missing", |f| f.streams.clear()),
            ("stream CREATING", |f| f.streams.values_mut().for_each(|s| *s = "CREATING".to_owned())),
            ("stream DELETING", |f| f.streams.values_mut().for_each(|s| *s = "DELETING".to_owned())),
            ("certificate PENDING_ACTIVATION", |f| f.certificates.values_mut().for_each(|s| *s = PENDING.to_owned())),
            ("certificate REVOKED", |f| f.certificates.values_mut().for_each(|s| *s = "REVOKED".to_owned())),
            ("certificate missing", |f| f.certificates.clear()),
            ("certificate not named by the thing", |f| f.things.values_mut().for_each(|t| t.certificate = None)),
            ("stream tagged stopped", |f| f.tags.values_mut().for_each(|t| t.throttle = Some("stopped".to_owned()))),
        ];
        for (reason, change) in cases {
            let mut fleet = ready();
            change(&mut fleet);
            let camera = one(&fleet);
            assert!(!camera.ready, "{reason}");
            assert_eq!(camera.reason.as_deref(), Some(reason));
            assert!(camera.notes.iter().any(|note| note == reason), "{camera:?}");
        }
    }

    #[test]
    fn what_is_odd_but_harmless_is_noted_and_the_camera_stays_ready() {
        type Change = fn(&mut StreamTags);
        let cases: [(&str, Change); 5] = [
            ("stream tagged reduced", |t| t.throttle = Some("reduced".to_owned())),
            ("the stream's tag kvs-warden:priority is `urgent`", |t| t.priority = Some("urgent".to_owned())),
            ("the stream's tag kvs-warden:throttle is `half`", |t| t.throttle = Some("half".to_owned())),
            ("the stream's tag kvs-warden:thing names `cam-9`", |t| t.thing = Some("cam-9".to_owned())),
            ("the stream has no tag kvs-warden:thing", |t| t.thing = None),
        ];
        for (note, change) in cases {
            let mut fleet = ready();
            fleet.tags.values_mut().for_each(change);
            let camera = one(&fleet);
            assert!(camera.ready && camera.notes.len() == 1, "{camera:?}");
            assert!(camera.notes.iter().all(|said| said.starts_with(note)), "{camera:?}");
        }
    }

    #[test]
    fn a_stream_whose_settings_change_still_takes_video() {
        let mut fleet = ready();
        fleet.streams.insert("cam-1".to_owned(), "UPDATING".to_owned());
        assert!(one(&fleet).ready);
    }

    #[test]
    fn a_pending_certificate_is_listed_until_a_thing_names_it() {
        let mut fleet = ready();
        fleet.certificates.insert(id('2'), PENDING.to_owned());
        fleet.certificates.insert(id('3'), "INACTIVE".to_owned());
        assert_eq!(report(&fleet, &[]).pending_certificates, [id('2')]);
        add(&mut fleet, "cam-2", '2', None, PENDING, None);
        assert!(report(&fleet, &[]).pending_certificates.is_empty());
    }

    #[test]
    fn each_camera_is_shown_once_and_in_order() {
        let mut fleet = ready();
        add(&mut fleet, "cam-0", '0', Some("ACTIVE"), "ACTIVE", None);
        let names = |asked: &[&str]| -> Vec<String> {
            let asked: Vec<ThingName> = asked.iter().map(|name| ThingName::parse(name).expect("a name")).collect();
            report(&fleet, &asked).cameras.into_iter().map(|camera| camera.name).collect()
        };
        assert_eq!(names(&[]), ["cam-0", "cam-1"]);
        assert_eq!(names(&["cam-1", "cam-1", "cam-x"]), ["cam-1", "cam-x"]);
    }
}
