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
    /// The certificate that its attribute `certificateId` names.
    pub holder: Option<CertificateId>,
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
    /// It exists, in whatever status.
    Exists {
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
    /// What `DescribeStream` tells.
    pub info: Option<StreamInfo>,
    /// All its tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// Where its video lies.
    pub tier: Option<StorageTier>,
}

/// What `DescribeStream` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamInfo {
    /// Whether it can be used.
    pub status: StreamStatus,
    /// Hours that video is kept.
    pub retention_hours: i32,
    /// Its tracks; empty when none are set.
    pub media_type: String,
    /// Its key's ARN.
    pub kms_key: String,
}

/// Whether a stream can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamStatus {
    /// It can.
    Active,
    /// Not yet: `CREATING`, `UPDATING`, `DELETING`, or not yet visible.
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
    StreamIs(StreamInfo),
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
    /// Takes a fact in.
    pub fn learn(&mut self, fact: Fact) {
        match fact {
            Fact::ThingIsOurs { previous } => self.thing = Thing::Ours { previous },
            Fact::ThingDiffers => self.thing = Thing::Differs,
            Fact::ThingSeen(seen) => self.thing = Thing::Seen(seen),
            Fact::ThingGone => self.thing = Thing::Unasked,
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
            Fact::StreamIs(info) => match &mut self.stream {
                Stream::New(status) => *status = Some(info.status),
                Stream::Exists(seen) => seen.info = Some(info),
                Stream::Unasked => {}
            },
            Fact::StreamGone => match &mut self.stream {
                // Made a moment ago and not yet visible everywhere.
                Stream::New(status) => *status = Some(StreamStatus::Passing("not yet visible".to_owned())),
                stream @ (Stream::Exists(_) | Stream::Unasked) => *stream = Stream::Unasked,
            },
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
            Fact::Waited => match &mut self.stream {
                Stream::New(status) => *status = None,
                Stream::Exists(seen) => seen.info = None,
                Stream::Unasked => {}
            },
            Fact::Attached => self.attached = true,
            Fact::Policed => self.policed = true,
            Fact::Active => self.active = true,
            Fact::Obstacle(refusal) => self.obstacle = Some(refusal),
        }
    }
}
