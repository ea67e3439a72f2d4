//! What is known of a camera's place in AWS. What nobody has looked at yet is unknown, and stays a word of its own.

use std::collections::BTreeMap;

use fleet::{CertificateId, StorageTier};

use crate::refusal::Refusal;

/// What is known so far. Starts as [`Observed::default`]: nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that hold or are not known to hold, in any combination")]
pub struct Observed {
    /// The thing.
    pub thing: Thing,
    /// The thing is in its group.
    pub grouped: bool,
    /// The stream.
    pub stream: Stream,
    /// The certificate is attached to the thing.
    pub attached: bool,
    /// The policy is attached to the certificate.
    pub policed: bool,
    /// The certificate is ACTIVE.
    pub active: bool,
    /// A step found a reason to refuse.
    pub obstacle: Option<Refusal>,
    /// AWS contradicted itself, as it does for a moment after a change: look again after a pause.
    pub unsettled: Option<&'static str>,
}

/// The thing of the camera's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Thing {
    /// Nobody has looked.
    #[default]
    Unasked,
    /// It exists and is not as we would make it.
    Differs,
    /// It exists and is not ours.
    Seen(SeenThing),
    /// Its attribute `certificateId` names our certificate: the name is ours.
    Ours {
        /// The certificate that we succeed.
        previous: Option<CertificateId>,
    },
}

/// A thing that is not (yet) ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenThing {
    /// Its version, which a change must name.
    pub version: i64,
    /// Whether it has a thing type.
    pub typed: bool,
    /// The certificate that its attribute `certificateId` names. Ours, when other attributes are not as wanted.
    pub holder: Option<CertificateId>,
    /// The certificate that its attribute `previousCertificateId` names.
    pub previous: Option<CertificateId>,
    /// The certificates attached to it.
    pub principals: Option<Vec<CertificateId>>,
    /// What is known of the certificates that hold it.
    pub holders: BTreeMap<CertificateId, Holder>,
}

/// A certificate that holds a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// It was deleted: it holds nothing.
    Gone,
    /// It exists.
    Exists {
        /// Its status, such as `ACTIVE`.
        status: String,
        /// The CA that signed it; empty for one that AWS made.
        ca: String,
        /// Its subject's DER; empty when it cannot be read.
        subject: Vec<u8>,
    },
}

/// The stream of the camera's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stream {
    /// Nobody has looked.
    #[default]
    Unasked,
    /// We made it just now, so it is as wanted.
    New(Option<StreamStatus>),
    /// It was there before.
    Exists(SeenStream),
}

/// A stream that was there before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenStream {
    /// Whether it can be used.
    pub status: Option<StreamStatus>,
    /// What it was made with.
    pub made_with: Option<MadeWith>,
    /// All its tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// Where its video lies.
    pub tier: Option<StorageTier>,
}

/// What a stream was made with, as far as drift is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeWith {
    /// Hours that video is kept.
    pub retention_hours: i32,
    /// Its key's ARN.
    pub kms_key: String,
}

/// Whether a stream can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamStatus {
    /// It can.
    Active,
    /// Not now: `CREATING`, `UPDATING`, `DELETING`.
    Passing(String),
}

/// What a step found or brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The thing names our certificate.
    ThingIsOurs {
        /// The certificate that we succeed.
        previous: Option<CertificateId>,
    },
    /// The thing is not as we would make it, or changed since we looked.
    ThingDiffers,
    /// The thing is somebody's or nobody's.
    ThingSeen(SeenThing),
    /// There is no such thing.
    ThingGone,
    /// The certificates attached to the thing.
    Principals(Vec<CertificateId>),
    /// One that holds the name.
    HolderIs(CertificateId, Holder),
    /// The thing is in its group.
    Grouped,
    /// We made the stream.
    StreamIsNew,
    /// The stream was there.
    StreamExists,
    /// The stream is described.
    StreamIs(StreamStatus, MadeWith),
    /// There is no such stream.
    StreamGone,
    /// The stream's tags.
    TagsAre(BTreeMap<String, String>),
    /// The stream got these tags.
    Tagged(BTreeMap<String, String>),
    /// The stream's tier.
    TierIs(StorageTier),
    /// Time has passed: what passes by itself must be looked at again.
    Waited,
    /// The certificate is attached.
    Attached,
    /// The policy is attached.
    Policed,
    /// The certificate is ACTIVE.
    Active,
    /// There is a reason to refuse.
    Obstacle(Refusal),
}

impl Observed {
    /// The certificate that ours succeeds.
    pub fn previous(&self) -> Option<&CertificateId> {
        match &self.thing {
            Thing::Ours { previous } => previous.as_ref(),
            Thing::Unasked | Thing::Differs | Thing::Seen(_) => None,
        }
    }

    /// Takes a fact in.
    pub fn learn(&mut self, fact: Fact) {
        match fact {
            Fact::ThingIsOurs { previous } => self.thing = Thing::Ours { previous },
            Fact::ThingDiffers => {
                // A thing that we looked at has changed since; so may what is told of it now.
                if matches!(self.thing, Thing::Seen(_)) {
                    self.unsettled = Some("the thing is being changed");
                }
                self.thing = Thing::Differs;
            }
            Fact::ThingSeen(seen) => self.thing = Thing::Seen(seen),
            Fact::ThingGone => {
                self.thing = Thing::Unasked;
                self.unsettled = Some("the thing is not visible");
            }
            Fact::Principals(principals) => {
                if let Thing::Seen(seen) = &mut self.thing {
                    seen.principals = Some(principals);
                }
            }
            Fact::HolderIs(id, holder) => {
                if let Thing::Seen(seen) = &mut self.thing {
                    seen.holders.insert(id, holder);
                }
            }
            Fact::Grouped => self.grouped = true,
            Fact::StreamIsNew => self.stream = Stream::New(None),
            Fact::StreamExists => self.stream = Stream::Exists(SeenStream::default()),
            Fact::StreamIs(status, made_with) => match &mut self.stream {
                Stream::New(known) => *known = Some(status),
                Stream::Exists(seen) => (seen.status, seen.made_with) = (Some(status), Some(made_with)),
                Stream::Unasked => {}
            },
            Fact::StreamGone => {
                // One that we made stays ours; one that was there may really be gone, and is made anew.
                if let Stream::Exists(_) = &self.stream {
                    self.stream = Stream::Unasked;
                }
                self.unsettled = Some("the stream is not visible");
            }
            Fact::TagsAre(tags) => {
                if let Stream::Exists(seen) = &mut self.stream {
                    seen.tags = Some(tags);
                }
            }
            Fact::Tagged(added) => {
                if let Stream::Exists(SeenStream { tags: Some(tags), .. }) = &mut self.stream {
                    tags.extend(added);
                }
            }
            Fact::TierIs(tier) => {
                if let Stream::Exists(seen) = &mut self.stream {
                    seen.tier = Some(tier);
                }
            }
            Fact::Waited => {
                self.unsettled = None;
                match &mut self.stream {
                    Stream::New(status) => *status = None,
                    Stream::Exists(seen) => seen.status = None,
                    Stream::Unasked => {}
                }
            }
            Fact::Attached => self.attached = true,
            Fact::Policed => self.policed = true,
            Fact::Active => self.active = true,
            Fact::Obstacle(refusal) => self.obstacle = Some(refusal),
        }
    }
}
