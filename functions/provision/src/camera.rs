//! One camera, from its event to its outcome: observe, plan, apply, until nothing is left to do.

use std::time::Duration;

use fleet::{CA_ATTRIBUTE, CERTIFICATE_ATTRIBUTE, CertificateId, REGISTERED_ATTRIBUTE, THING_TAG, ThingName};
use lambda::call::CallError;
use lambda::clock::now_ms;
use tokio::time::Instant;

use crate::alert::Alert;
use crate::announce::Announcer;
use crate::aws::Aws;
use crate::certificate::{Certificate, cleaned};
use crate::event::{Claim, Registration};
use crate::observed::{Fact, Observed};
use crate::plan::{self, Drift, Plan, Step, Wanted, WantedStream};
use crate::refusal::Refusal;
use crate::registry::Entry;
use crate::settings::Settings;
use crate::vet::{self, Description, Vetted};

/// How old the certificate's description may be when it is activated: somebody may revoke it in the meantime, and
/// `UpdateCertificate` takes no condition. This long, and as long as that call takes, a revocation goes unseen.
const FRESH: Duration = Duration::from_secs(2);

/// The first pause before a look at what passes by itself; each further one is twice as long. AWS allows 5 looks a
/// second at a stream.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Plans for one camera before we take it that two are changing it in turns.
const PLANS_MOST: usize = 64;

/// How a camera's registration ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Provisioned(Box<Provisioned>),
    /// It worked before.
    AlreadyDone,
    /// It may not join.
    Refused(Refusal),
}

impl Outcome {
    /// Whether the camera works, by AWS's own word.
    pub fn works(&self) -> bool {
        matches!(self, Self::Provisioned(_) | Self::AlreadyDone)
    }
}

/// A camera that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// Its name.
    pub name: ThingName,
    /// The certificate that it succeeds.
    pub previous: Option<CertificateId>,
    /// How its stream, if it was there before, differs from a new one.
    pub drift: Vec<Drift>,
    /// The steps that were carried out, with their milliseconds.
    pub steps: Vec<(&'static str, u128)>,
    /// When the certificate was registered, in milliseconds since 1970 UTC.
    pub registered_ms: u64,
}

/// Why a registration goes back to the queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandBack {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Something did not pass in time.
    #[error("{0} after {seconds} seconds", seconds = .1.as_secs())]
    StillPassing(String, Duration),
    /// There was too little time left to begin, or to end.
    #[error("too little time is left in this invocation")]
    OutOfTime,
    /// Others change the same things as fast as we do.
    #[error("the plan changed {PLANS_MOST} times: another writer changes the same thing or stream")]
    Unsettled,
}

impl HandBack {
    /// The stable word for metrics and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Call(error) => error.class.as_str(),
            Self::StillPassing(..) => "stream-not-active",
            Self::OutOfTime => "out-of-time",
            Self::Unsettled => "unsettled",
        }
    }
}

/// Why work on a camera ends early.
enum Stop {
    Refused(Refusal),
    AlreadyDone,
    HandBack(HandBack),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E: Into<HandBack>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::HandBack(error.into())
    }
}

/// Turns a registration into a working camera, or finds out why not.
///
/// `answered`: somebody saw the camera work after the event was sent. Then AWS is not asked again.
///
/// Drift and rotation are announced before the certificate is activated: afterwards there would be nothing left to do,
/// and a message that comes again would not tell of them.
pub async fn provision(
    announcer: Announcer<'_>,
    registration: &Registration,
    answered: bool,
) -> Result<Outcome, HandBack> {
    match work(announcer, registration, answered).await {
        Ok(camera) => Ok(Outcome::Provisioned(Box::new(camera))),
        Err(Stop::AlreadyDone) => Ok(Outcome::AlreadyDone),
        Err(Stop::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
        Err(Stop::HandBack(hand_back)) => Err(hand_back),
    }
}

async fn work(announcer: Announcer<'_>, registration: &Registration, answered: bool) -> Result<Provisioned, Stop> {
    let Announcer { aws, settings, .. } = announcer;
    let claim = &registration.claim;
    vet::claim(claim, settings)?;
    if answered {
        return Err(Stop::AlreadyDone);
    }
    let (described, name, certificate) = look(aws, settings, claim).await?;
    let seen_at = Instant::now();
    let entry = match &settings.registry_table {
        None => Entry::default(),
        Some(table) => {
            let fields = aws.registry_entry(table, &name).await?;
            Entry::parse(&name, fields.ok_or_else(|| Refusal::NotInRegistry(name.to_string()))?)?
        }
    };
    let wanted = wanted(settings, claim.ca.clone(), &described, name, certificate, entry);
    let mut run = Run { announcer, claim, wanted: &wanted, seen_at, steps: Vec::new() };
    let observed = run.until_done().await?;
    let created_ms = u64::try_from(described.created).unwrap_or_default().saturating_mul(1_000);
    Ok(Provisioned {
        previous: observed.previous().cloned(),
        drift: plan::drift(&wanted.stream, &observed.stream),
        steps: run.steps,
        registered_ms: registration.registered_ms.unwrap_or(created_ms),
        name: wanted.name,
    })
}

/// A candidate, by AWS's own description of its certificate.
async fn look(aws: &Aws, settings: &Settings, claim: &Claim) -> Result<(Description, ThingName, Certificate), Stop> {
    let described = aws.describe_certificate(&claim.certificate).await?;
    let described = described.ok_or_else(|| Refusal::CertificateUnknown(claim.certificate.clone()))?;
    let now_s = i64::try_from(now_ms() / 1_000).unwrap_or(i64::MAX);
    match vet::description(claim, &described, settings, now_s)? {
        Vetted::AlreadyDone => Err(Stop::AlreadyDone),
        Vetted::Candidate { name, certificate } => Ok((described, name, *certificate)),
    }
}

/// What the camera shall be, by its certificate, the settings, and the registry over both.
fn wanted(
    settings: &Settings,
    ca: CertificateId,
    described: &Description,
    name: ThingName,
    certificate: Certificate,
    entry: Entry,
) -> Wanted {
    let mut attributes = certificate.attributes;
    attributes.extend(entry.attributes);
    attributes.insert(CERTIFICATE_ATTRIBUTE.to_owned(), certificate.fingerprint.to_string());
    attributes.insert(CA_ATTRIBUTE.to_owned(), ca.to_string());
    attributes.insert(REGISTERED_ATTRIBUTE.to_owned(), cleaned(&vet::date(described.created)));
    let tags = settings.tags(&name, entry.priority.unwrap_or(settings.priority));
    Wanted {
        name,
        certificate: certificate.fingerprint,
        certificate_arn: described.arn.clone(),
        ca,
        subject: certificate.subject,
        attributes,
        thing_type: settings.thing_type.clone(),
        group_by_registry: entry.group.is_some(),
        group: entry.group.unwrap_or_else(|| settings.thing_group.clone()),
        policy: settings.camera_policy.clone(),
        rotation: settings.rotation,
        stream: WantedStream {
            retention: entry.retention.unwrap_or(settings.stream.retention),
            media_type: entry.media_type.unwrap_or_else(|| settings.stream.media_type.clone()),
            tier: settings.stream.tier,
            kms_key: settings.stream.kms_key.clone(),
            tags,
        },
    }
}

struct Run<'a> {
    announcer: Announcer<'a>,
    claim: &'a Claim,
    wanted: &'a Wanted,
    seen_at: Instant,
    steps: Vec<(&'static str, u128)>,
}

impl Run<'_> {
    /// Plans and applies until the plan is empty.
    async fn until_done(&mut self) -> Result<Observed, Stop> {
        let mut observed = Observed::default();
        let mut pause = FIRST_PAUSE;
        let mut waited = Duration::ZERO;
        for _ in 0..PLANS_MOST {
            match plan::plan(self.wanted, &observed) {
                Plan::Do(steps) => {
                    for (step, expected) in steps {
                        let fact = self.apply(&step, &observed).await?;
                        let as_expected = expected.as_ref() == Some(&fact);
                        observed.learn(fact);
                        if !as_expected {
                            break;
                        }
                    }
                }
                Plan::Wait(why) => {
                    waited = waited.saturating_add(pause);
                    let most = self.announcer.settings.stream_active_timeout;
                    if waited > most {
                        return Err(HandBack::StillPassing(why, most).into());
                    }
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                    observed.learn(Fact::Waited);
                }
                Plan::Refuse(refusal) => return Err(refusal.into()),
                Plan::Done => return Ok(observed),
            }
        }
        Err(HandBack::Unsettled.into())
    }

    /// Carries a step out. People are told before a stream is adopted and before the last step. Before the last one, a
    /// description that is no longer fresh is asked for again: what was revoked in the meantime is not activated.
    async fn apply(&mut self, step: &Step, observed: &Observed) -> Result<Fact, Stop> {
        let Announcer { aws, settings, .. } = self.announcer;
        if matches!(step, Step::Activate) {
            self.tell(observed).await?;
            aws.place_to_activate().await;
            if self.seen_at.elapsed() > FRESH {
                look(aws, settings, self.claim).await?;
            }
        }
        if matches!(step, Step::TagStream(missing) if missing.contains_key(THING_TAG)) {
            let alert = Alert::adoption(&self.wanted.certificate, self.wanted.name.as_str());
            self.announcer.announce(&alert).await?;
        }
        let began = Instant::now();
        let fact = aws.perform(step, self.wanted).await?;
        self.steps.push((step.operation(), began.elapsed().as_millis()));
        Ok(fact)
    }

    async fn tell(&self, observed: &Observed) -> Result<(), HandBack> {
        let (certificate, name) = (&self.wanted.certificate, self.wanted.name.as_str());
        if let Some(previous) = observed.previous() {
            self.announcer.announce(&Alert::rotation(certificate, name, previous)).await?;
        }
        let drift = plan::drift(&self.wanted.stream, &observed.stream);
        if let Some(alert) = Alert::drift(certificate, name, &drift) {
            self.announcer.announce(&alert).await?;
        }
        Ok(())
    }
}
