//! What is still to do for a camera. Pure: what is known comes in, the next steps come out.
//!
//! Nothing before the last step gives the device any power, and every step may be done twice. Nothing here calls AWS:
//! see [`crate::aws`].

use std::collections::BTreeMap;

use fleet::{
    CERTIFICATE_ATTRIBUTE, CertificateId, MediaType, PREVIOUS_ATTRIBUTE, RetentionHours, StorageTier, THING_TAG,
    ThingName,
};

use crate::observed::{Fact, Holder, Observed, SeenStream, SeenThing, Stream, StreamStatus, Thing};
use crate::refusal::Refusal;
use crate::settings::Rotation;

/// What a camera shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the thing and of the stream.
    pub name: ThingName,
    /// The certificate.
    pub certificate: CertificateId,
    /// By which it is attached.
    pub certificate_arn: String,
    /// The CA that signed it.
    pub ca: CertificateId,
    /// Its subject's DER.
    pub subject: Vec<u8>,
    /// All attributes of the thing, the certificate's id among them: that is the claim on the name.
    pub attributes: BTreeMap<String, String>,
    /// The thing's type.
    pub thing_type: String,
    /// The thing's group.
    pub group: String,
    /// The group comes from the registry: when it is missing, the entry is wrong.
    pub group_by_registry: bool,
    /// The certificate's policy.
    pub policy: String,
    /// Whether it may succeed another certificate.
    pub rotation: Rotation,
    /// The stream.
    pub stream: WantedStream,
}

/// What a camera's stream shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedStream {
    /// How long video is kept.
    pub retention: RetentionHours,
    /// The tracks.
    pub media_type: MediaType,
    /// Where video lies.
    pub tier: StorageTier,
    /// The key; `None` for the one that AWS manages.
    pub kms_key: Option<String>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

/// One AWS call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make the thing, which claims the name: AWS refuses a second one with other attributes.
    CreateThing,
    /// Look at a thing that is not as we would make it.
    DescribeThing,
    /// Look which certificates are attached to it.
    ListPrincipals,
    /// Look at a certificate that holds the name.
    DescribeHolder(CertificateId),
    /// Take a name that nobody holds, or that may be taken over, unless the thing changed since.
    ClaimThing {
        /// The version that we saw.
        version: i64,
        /// It has no type yet.
        untyped: bool,
        /// The certificate that we succeed.
        previous: Option<CertificateId>,
    },
    /// Put the thing into its group.
    AddToGroup,
    /// Make the stream.
    CreateStream,
    /// Look at the stream.
    DescribeStream,
    /// Look at its tags.
    ListTags,
    /// Look at its tier.
    DescribeStorage,
    /// Add the tags that it lacks.
    TagStream(BTreeMap<String, String>),
    /// Attach the certificate to the thing, and to no other.
    AttachPrincipal,
    /// Attach the policy to the certificate.
    AttachPolicy,
    /// Let the camera in.
    Activate,
}

impl Step {
    /// The name of the AWS operation.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::CreateThing => "CreateThing",
            Self::DescribeThing => "DescribeThing",
            Self::ListPrincipals => "ListThingPrincipals",
            Self::DescribeHolder(_) => "DescribeCertificate",
            Self::ClaimThing { .. } => "UpdateThing",
            Self::AddToGroup => "AddThingToThingGroup",
            Self::CreateStream => "CreateStream",
            Self::DescribeStream => "DescribeStream",
            Self::ListTags => "ListTagsForStream",
            Self::DescribeStorage => "DescribeStreamStorageConfiguration",
            Self::TagStream(_) => "TagStream",
            Self::AttachPrincipal => "AttachThingPrincipal",
            Self::AttachPolicy => "AttachPolicy",
            Self::Activate => "UpdateCertificate",
        }
    }

    /// What the step brings about when nothing stands against it; `None` for one that only looks.
    fn expected(&self) -> Option<Fact> {
        match self {
            Self::CreateThing => Some(Fact::ThingIsOurs { previous: None }),
            Self::ClaimThing { previous, .. } => Some(Fact::ThingIsOurs { previous: previous.clone() }),
            Self::AddToGroup => Some(Fact::Grouped),
            Self::CreateStream => Some(Fact::StreamIsNew),
            Self::TagStream(missing) => Some(Fact::Tagged(missing.clone())),
            Self::AttachPrincipal => Some(Fact::Attached),
            Self::AttachPolicy => Some(Fact::Policed),
            Self::Activate => Some(Fact::Active),
            Self::DescribeThing
            | Self::ListPrincipals
            | Self::DescribeHolder(_)
            | Self::DescribeStream
            | Self::ListTags
            | Self::DescribeStorage => None,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// These steps, in this order, each with what it is expected to bring about. The last may look at something; what
    /// it finds, or anything unexpected before, calls for a new plan. Never empty.
    Do(Vec<(Step, Option<Fact>)>),
    /// Something passes by itself, such as a stream that is being created.
    Wait(String),
    /// The camera is refused.
    Refuse(Refusal),
    /// Everything is as wanted.
    Done,
}

/// All steps as far as they can be foreseen from what is known.
pub fn plan(wanted: &Wanted, observed: &Observed) -> Plan {
    let mut foreseen = observed.clone();
    let mut steps = Vec::new();
    loop {
        let step = match next(wanted, &foreseen) {
            Next::Do(step) => step,
            Next::Wait(why) if steps.is_empty() => return Plan::Wait(why),
            Next::Refuse(refusal) if steps.is_empty() => return Plan::Refuse(refusal),
            Next::Done if steps.is_empty() => return Plan::Done,
            Next::Wait(_) | Next::Refuse(_) | Next::Done => return Plan::Do(steps),
        };
        let expected = step.expected();
        steps.push((step, expected.clone()));
        match expected {
            Some(fact) => foreseen.learn(fact),
            None => return Plan::Do(steps),
        }
    }
}

enum Next {
    Do(Step),
    Wait(String),
    Refuse(Refusal),
    Done,
}

fn next(wanted: &Wanted, observed: &Observed) -> Next {
    if let Some(refusal) = &observed.obstacle {
        return Next::Refuse(refusal.clone());
    }
    if let Some(why) = observed.unsettled {
        return Next::Wait(why.to_owned());
    }
    match &observed.thing {
        Thing::Unasked => return Next::Do(Step::CreateThing),
        Thing::Differs => return Next::Do(Step::DescribeThing),
        Thing::Seen(seen) => return claim(wanted, seen),
        Thing::Ours { .. } => {}
    }
    if !observed.grouped {
        return Next::Do(Step::AddToGroup);
    }
    match &observed.stream {
        Stream::Unasked => return Next::Do(Step::CreateStream),
        Stream::New(None) => return Next::Do(Step::DescribeStream),
        Stream::New(Some(StreamStatus::Passing(status))) => return passing(wanted, status),
        Stream::New(Some(StreamStatus::Active)) => {}
        Stream::Exists(seen) => {
            if let Some(next) = adopt(wanted, seen) {
                return next;
            }
        }
    }
    if !observed.attached {
        return Next::Do(Step::AttachPrincipal);
    }
    if !observed.policed {
        return Next::Do(Step::AttachPolicy);
    }
    if observed.active { Next::Done } else { Next::Do(Step::Activate) }
}

/// What a thing that exists means for us: ours when it names our certificate and has all that we want of it.
///
/// `attribute` answers what stands in an attribute of the thing.
pub fn described<'a>(wanted: &Wanted, version: i64, typed: bool, attribute: impl Fn(&str) -> Option<&'a str>) -> Fact {
    let id = |name: &str| attribute(name).and_then(|id| CertificateId::parse(id).ok());
    let (holder, previous) = (id(CERTIFICATE_ATTRIBUTE), id(PREVIOUS_ATTRIBUTE));
    let as_wanted = wanted.attributes.iter().all(|(name, value)| attribute(name) == Some(value));
    if holder.as_ref() == Some(&wanted.certificate) && as_wanted {
        Fact::ThingIsOurs { previous }
    } else {
        Fact::ThingSeen(SeenThing { version, typed, holder, previous, ..SeenThing::default() })
    }
}

/// Who may take the name of a thing that exists: anyone when no certificate holds it; a successor, when rotation is on.
///
/// The certificate that the attribute names holds the name until it is deleted, or until it is REVOKED or INACTIVE *and*
/// detached. (A deleted certificate comes back when its device connects; a revoked one does not.) Any other certificate
/// that is attached holds it too.
fn claim(wanted: &Wanted, seen: &SeenThing) -> Next {
    let (version, untyped) = (seen.version, !seen.typed);
    if seen.holder.as_ref() == Some(&wanted.certificate) {
        return Next::Do(Step::ClaimThing { version, untyped, previous: seen.previous.clone() });
    }
    let mut holders = Vec::new();
    let mut attached_count = true;
    if let Some(id) = &seen.holder {
        match seen.holders.get(id) {
            None => return Next::Do(Step::DescribeHolder(id.clone())),
            Some(Holder::Gone) => {}
            Some(Holder::Exists { status, .. }) if status == "REVOKED" || status == "INACTIVE" => {}
            Some(Holder::Exists { .. }) => {
                holders.push(id);
                attached_count = false;
            }
        }
    }
    if attached_count {
        let Some(principals) = &seen.principals else {
            return Next::Do(Step::ListPrincipals);
        };
        holders.extend(principals.iter().filter(|id| **id != wanted.certificate));
    }
    let mut previous = None;
    for id in holders {
        match seen.holders.get(id) {
            None => return Next::Do(Step::DescribeHolder(id.clone())),
            Some(Holder::Gone) => {}
            Some(Holder::Exists { status, ca, subject }) => {
                if let Err(why) = succeeds(wanted, ca, subject) {
                    let (thing, holder, status) = (wanted.name.to_string(), id.clone(), status.clone());
                    return Next::Refuse(Refusal::NameTaken { thing, holder, status, why });
                }
                previous = Some(id.clone());
            }
        }
    }
    Next::Do(Step::ClaimThing { version, untyped, previous })
}

fn succeeds(wanted: &Wanted, ca: &str, subject: &[u8]) -> Result<(), &'static str> {
    match wanted.rotation {
        Rotation::Never => Err(""),
        Rotation::SameCa if ca != wanted.ca.as_str() => Err(", which another CA signed"),
        Rotation::SameCa if subject != wanted.subject => Err(", whose subject is another"),
        Rotation::SameCa => Ok(()),
    }
}

/// What is left to do for a stream that was there before. It is looked at whole, so that drift can be told.
fn adopt(wanted: &Wanted, seen: &SeenStream) -> Option<Next> {
    match &seen.status {
        None => return Some(Next::Do(Step::DescribeStream)),
        Some(StreamStatus::Passing(status)) => return Some(passing(wanted, status)),
        Some(StreamStatus::Active) => {}
    }
    let Some(tags) = &seen.tags else {
        return Some(Next::Do(Step::ListTags));
    };
    if let Some(owner) = tags.get(THING_TAG).filter(|owner| owner.as_str() != wanted.name.as_str()) {
        let (stream, owner) = (wanted.name.to_string(), owner.clone());
        return Some(Next::Refuse(Refusal::StreamTaken { stream, owner }));
    }
    if seen.tier.is_none() {
        return Some(Next::Do(Step::DescribeStorage));
    }
    let missing: BTreeMap<_, _> =
        wanted.stream.tags.clone().into_iter().filter(|(tag, _)| !tags.contains_key(tag)).collect();
    if missing.is_empty() { None } else { Some(Next::Do(Step::TagStream(missing))) }
}

fn passing(wanted: &Wanted, status: &str) -> Next {
    Next::Wait(format!("stream `{}` is {status}", wanted.name))
}

/// A setting of an existing stream that is not as a new one would be made. It is told, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// `retentionHours`, `kmsKey` or `storageTier`.
    pub setting: &'static str,
    /// As a new stream would be made.
    pub wanted: String,
    /// As it is.
    pub found: String,
}

/// The drift of a stream that was there before.
pub fn drift(wanted: &WantedStream, stream: &Stream) -> Vec<Drift> {
    let Stream::Exists(seen) = stream else { return Vec::new() };
    let mut drifts = Vec::new();
    let mut tell = |setting, wanted: String, found: String| drifts.push(Drift { setting, wanted, found });
    if let Some(found) = &seen.made_with {
        if i64::from(found.retention_hours) != i64::from(wanted.retention.get()) {
            tell("retentionHours", wanted.retention.to_string(), found.retention_hours.to_string());
        }
        if !same_key(wanted.kms_key.as_deref(), &found.kms_key) {
            let managed = || "aws/kinesisvideo".to_owned();
            tell("kmsKey", wanted.kms_key.clone().unwrap_or_else(managed), found.kms_key.clone());
        }
    }
    if let Some(tier) = seen.tier.filter(|tier| *tier != wanted.tier) {
        tell("storageTier", wanted.tier.to_string(), tier.to_string());
    }
    drifts
}

/// The key that AWS manages is shown by its alias, or not at all.
fn same_key(wanted: Option<&str>, found: &str) -> bool {
    match wanted {
        Some(wanted) => wanted == found,
        None => found.is_empty() || found.to_ascii_lowercase().ends_with("aws/kinesisvideo"),
    }
}
