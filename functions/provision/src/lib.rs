//! A camera's first connect becomes a thing, a stream, a policy and an ACTIVE certificate, or a clear refusal.
//!
//! Triggered by SQS, which AWS IoT's just-in-time registration feeds. It never deletes or changes a stream, never
//! detaches or deactivates a certificate, and gives a device no power before everything else is right.

pub mod alert;
pub mod announce;
pub mod aws;
pub mod batch;
pub mod camera;
pub mod certificate;
pub mod event;
pub mod memory;
pub mod observed;
pub mod plan;
pub mod refusal;
pub mod registry;
pub mod settings;
pub mod vet;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::StreamExt as _;
use lambda::aws::counting_calls;
use lambda::call::CallError;
use lambda::clock::{deadline, now_ms};
use lambda::metrics::{Metrics, Unit};
use lambda::settings::SettingsError;
use lambda_runtime::LambdaEvent;
use tokio::time::{Instant, timeout, timeout_at};

use crate::alert::Alert;
use crate::announce::Announcer;
use crate::aws::Aws;
use crate::batch::{Batch, Item};
use crate::camera::{HandBack, Outcome, Provisioned};
use crate::memory::{Memory, Subject};
pub use crate::settings::Settings;

/// Cameras of one batch that are worked on at once, which is all of them: most of their time is waiting, and it is the pace
/// that lets them in.
const AT_ONCE: usize = 10;

/// Time kept for the answer when an invocation runs out.
const RESERVE: Duration = Duration::from_secs(1);

/// How long to wait for the memory of cameras that work. Without it a certificate is looked at once more.
const MEMORY_TIME: Duration = Duration::from_secs(2);

/// What must be left to begin a camera: its calls when AWS is slow, and some of the wait for its stream. Whatever still
/// runs at the end is handed back, and goes on where it was.
const ENOUGH: Duration = Duration::from_secs(15);

/// The function.
#[derive(Debug)]
pub struct Provision {
    settings: Settings,
    aws: Aws,
}

impl Provision {
    /// Makes the AWS clients, with credentials, region and endpoint from the environment. Nothing is called yet.
    pub async fn connect(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(&lambda::aws::config().await?, settings))
    }

    /// Makes the AWS clients of this configuration.
    pub fn new(config: &lambda::SdkConfig, settings: Settings) -> Self {
        let aws = Aws::new(config, &settings);
        Self { settings, aws }
    }

    /// Works a batch off. What is not named in the answer is done: provisioned, done before, or refused.
    pub async fn handle(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, lambda_runtime::Error> {
        let (until, began_ms) = (deadline(event.context.deadline, RESERVE), now_ms());
        let batch = Batch::read(event.payload)?;
        let request = event.context.request_id.as_str();
        let mut metrics = Metrics::default();
        let mut answer = SqsBatchResponse::default();
        for name in ["Provisioned", "AlreadyDone", "Duplicate", "Refused", "Retried"] {
            metrics.count(name, 0);
        }
        for (message, malformed) in &batch.malformed {
            tracing::error!(message_id = message.as_str(), reason = "malformed", detail = %malformed, "message is no registration event");
            metrics.count_reason("Retried", "malformed");
            answer.add_failure(message);
        }
        let queued: Vec<_> = batch.items.iter().filter(|item| memory::queued(item, began_ms)).collect();
        let memory = &self.recall(&queued).await;
        let queued = &queued;
        let ends = futures_util::stream::iter(&batch.items)
            .map(|item| async move {
                let work = async {
                    let (seen_ms, answered) = (now_ms(), memory.answers(item));
                    let end = self.item(item, request, until, answered).await;
                    if queued.contains(&item) && !answered && end.as_ref().is_ok_and(Outcome::works) {
                        self.remember(item, seen_ms).await;
                    }
                    end
                };
                (item, Box::pin(counting_calls(work)).await)
            })
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        for (item, (end, calls)) in ends {
            metrics.count("Duplicate", item.duplicates());
            metrics.value("AwsCalls", Unit::Count, calls.into());
            if let Err(hand_back) = &end {
                item.messages.iter().for_each(|message| answer.add_failure(message));
                metrics.count_reason("Retried", hand_back.reason());
            }
            tell(item, &end, calls, &mut metrics);
        }
        metrics.write(&event.context.env_config.function_name, now_ms());
        Ok(answer)
    }

    /// One camera within the time that is left.
    ///
    /// `answered`: its messages were sent before somebody saw the camera work.
    async fn item(&self, item: &Item, request: &str, until: Instant, answered: bool) -> Result<Outcome, HandBack> {
        if until.saturating_duration_since(Instant::now()) < ENOUGH {
            return Err(HandBack::OutOfTime);
        }
        let by = format!("{request}/{}", item.messages.first().map_or("", String::as_str));
        let announcer = Announcer { aws: &self.aws, settings: &self.settings, by: &by };
        let work = async {
            let outcome = camera::provision(announcer, &item.registration, answered).await?;
            if let Outcome::Refused(refusal) = &outcome {
                announcer.announce(&Alert::refusal(&item.registration.claim.certificate, refusal)).await?;
            }
            Ok(outcome)
        };
        timeout_at(until, work).await.unwrap_or(Err(HandBack::OutOfTime))
    }

    /// What is remembered of the cameras of items that queued; nothing when that cannot be told in time.
    async fn recall(&self, queued: &[&Item]) -> Memory {
        let claims = queued.iter().map(|item| &item.registration.claim);
        let subjects: BTreeSet<_> =
            claims.filter(|claim| vet::claim(claim, &self.settings).is_ok()).map(Subject::of).collect();
        if subjects.is_empty() {
            return Memory::default();
        }
        self.in_passing(self.aws.recall(&self.settings.refusal_table, &subjects)).await.unwrap_or_default()
    }

    /// Remembers that the camera works, by work that began at `seen_ms`.
    async fn remember(&self, item: &Item, seen_ms: u64) {
        let subject = Subject::of(&item.registration.claim);
        let expires_s = (seen_ms / 1_000).saturating_add(memory::KEEP_S);
        let table = &self.settings.refusal_table;
        self.in_passing(self.aws.remember(table, &subject, seen_ms, expires_s)).await;
    }

    /// Waits a little for a call of the memory's. It is a shortcut: nothing fails when it does.
    async fn in_passing<T>(&self, call: impl Future<Output = Result<T, CallError>>) -> Option<T> {
        let failed = match timeout(MEMORY_TIME, call).await {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} seconds", MEMORY_TIME.as_secs()),
        };
        tracing::warn!(detail = failed, "memory of cameras that work fails: certificates are looked at more often");
        None
    }
}

/// Logs and counts how a camera ended.
fn tell(item: &Item, end: &Result<Outcome, HandBack>, calls: u32, metrics: &mut Metrics) {
    let certificate_id = item.registration.claim.certificate.as_str();
    match end {
        Ok(Outcome::Provisioned(camera)) => {
            let Provisioned { name, previous, drift, steps, registered_ms } = camera.as_ref();
            let time_to_active_ms = now_ms().saturating_sub(*registered_ms);
            let steps: Vec<String> = steps.iter().map(|(step, ms)| format!("{step} {ms} ms")).collect();
            metrics.count("Provisioned", 1);
            metrics.value("TimeToActive", Unit::Milliseconds, time_to_active_ms);
            tracing::info!(
                certificate_id,
                thing = name.as_str(),
                aws_calls = calls,
                time_to_active_ms,
                steps = steps.join(", "),
                previous_certificate_id = previous.as_ref().map(fleet::CertificateId::as_str),
                "camera provisioned"
            );
            for drift in drift {
                metrics.count_reason("Drift", drift.setting);
                let (setting, found, wanted) = (drift.setting, drift.found.as_str(), drift.wanted.as_str());
                tracing::warn!(certificate_id, thing = name.as_str(), setting, found, wanted, "stream drifts");
            }
        }
        Ok(Outcome::AlreadyDone) => {
            metrics.count("AlreadyDone", 1);
            tracing::info!(certificate_id, aws_calls = calls, "camera already works");
        }
        Ok(Outcome::Refused(refusal)) => {
            let reason = refusal.reason();
            metrics.count_reason("Refused", reason);
            tracing::warn!(certificate_id, reason, detail = %refusal, aws_calls = calls, "camera refused");
        }
        Err(hand_back) => {
            let reason = hand_back.reason();
            let messages = item.messages.join(",");
            tracing::warn!(certificate_id, reason, detail = %hand_back, messages, aws_calls = calls, "registration handed back");
        }
    }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context;
    use serde_json::json;

    use super::*;
    use crate::settings::tests::read;

    #[tokio::test]
    async fn with_too_little_time_left_nothing_is_begun_and_every_item_is_handed_back() {
        let settings = read(&[]).unwrap();
        // No region and no credentials: a call would fail at once, with another reason than the time.
        let config = lambda::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let provision = Provision::new(&config, settings);
        let event = |id: &str, certificate: char, ca: char| {
            let id_of = |letter: char| letter.to_string().repeat(64);
            let body = json!({ "certificateId": id_of(certificate), "caCertificateId": id_of(ca), "awsAccountId": "123456789012" });
            json!({ "messageId": id, "body": body.to_string() })
        };
        // Even one that is refused without a look is not begun: telling of it takes calls.
        let batch = json!({ "Records": [event("a", 'a', 'c'), event("b", 'b', 'c'), event("c", 'a', 'c'), event("d", 'd', 'f')] });
        let mut context = Context::default();
        for left_ms in [0, 1_000, 15_000] {
            context.deadline = now_ms().saturating_add(left_ms);
            let event = LambdaEvent::new(serde_json::from_value(batch.clone()).unwrap(), context.clone());
            let answer = provision.handle(event).await.unwrap();
            let mut failed: Vec<_> =
                answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
            failed.sort();
            assert_eq!(failed, ["a", "b", "c", "d"], "{left_ms} ms");
        }
    }
}
