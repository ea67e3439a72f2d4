//! When the money runs short, the least important video gives way first, and comes back by itself.
//!
//! Triggered by SQS, which AWS Budgets' topic, the schedule and the function itself feed. Whatever a message says, it is
//! only a reason to look: spend, limit and period are asked of AWS. Recorded video is never touched, and critical streams
//! never give way.

pub mod apply;
pub mod aws;
pub mod budget;
pub mod camera;
pub mod effect;
pub mod forecast;
pub mod ladder;
pub mod look;
pub mod money;
pub mod notice;
pub mod plan;
pub mod prices;
pub mod report;
pub mod selection;
pub mod settings;
pub mod tags;
pub mod traffic;
pub mod trust;

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda::call::CallError;
use lambda::clock::{deadline, now_ms};
use lambda::metrics::Metrics;
use lambda::settings::SettingsError;
use lambda_runtime::LambdaEvent;
use tokio::time::{Instant, timeout_at};

use crate::aws::{Aws, Lease};
use crate::notice::{Expected, Notice, Reading};
pub use crate::settings::Settings;

/// Time kept for the answer when an invocation runs out.
const RESERVE: Duration = Duration::from_secs(2);

/// How much longer than the function can run a worker has the right to look, in seconds.
const LEASE_MARGIN: i64 = 30;

/// The function.
#[derive(Debug)]
pub struct Budget {
    settings: Settings,
    aws: Aws,
}

/// A message that asks to look.
struct Asked {
    id: String,
    receipt: String,
    notice: Notice,
}

impl Budget {
    /// Makes the AWS clients, with credentials, region and endpoint from the environment. Nothing is called yet.
    pub async fn connect(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(&lambda::aws::config().await?, settings))
    }

    /// Makes the AWS clients of this configuration.
    pub fn new(config: &lambda::SdkConfig, settings: Settings) -> Self {
        let aws = Aws::new(config, &settings);
        Self { settings, aws }
    }

    /// Looks once for all messages of a batch that ask for it. What is not named in the answer is done, or refused.
    pub async fn handle(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, lambda_runtime::Error> {
        let until = deadline(event.context.deadline, RESERVE);
        let mut metrics = Metrics::default();
        for name in ["Looks", "Refused", "Malformed", "Busy", "Retried", "Changed", "Failed"] {
            metrics.count(name, 0);
        }
        let mut answer = SqsBatchResponse::default();
        let asked = self.read(event.payload, &mut answer, &mut metrics);
        if !asked.is_empty() {
            let request = event.context.request_id.as_str();
            let work = self.alone(request, &asked, until, &mut metrics);
            let reason = match timeout_at(until, work).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => {
                    tracing::error!(detail = %error, "look failed");
                    Some(error.class.as_str())
                }
                Err(_elapsed) => Some("out-of-time"),
            };
            if let Some(reason) = reason {
                tracing::warn!(reason, messages = asked.len(), "messages handed back");
                for one in &asked {
                    metrics.count_reason("Retried", reason);
                    answer.add_failure(one.id.clone());
                    // Without it the message comes back all the same, only later.
                    if let Err(error) = self.aws.again_soon(&self.settings.queue_url, &one.receipt).await {
                        tracing::warn!(detail = %error, "a message comes back late");
                    }
                }
            }
        }
        metrics.write(&event.context.env_config.function_name, now_ms());
        Ok(answer)
    }

    /// The messages that ask to look. What is no message of ours fails, what is not for us is refused.
    fn read(&self, event: SqsEvent, answer: &mut SqsBatchResponse, metrics: &mut Metrics) -> Vec<Asked> {
        let settings = &self.settings;
        let expected =
            Expected { topic: &settings.trigger_topic, account: settings.account.as_str(), budget: &settings.budget };
        let mut asked = Vec::new();
        for record in event.records {
            let id = record.message_id.unwrap_or_default();
            match notice::read(record.body.as_deref().unwrap_or_default(), &expected) {
                Reading::Look(notice) => {
                    tracing::info!(message_id = id, notice = notice.in_short(), "asked to look");
                    asked.push(Asked { id, receipt: record.receipt_handle.unwrap_or_default(), notice });
                }
                Reading::Refused { reason, why } => {
                    tracing::warn!(message_id = id, reason, detail = why, "message refused");
                    metrics.count_reason("Refused", reason);
                }
                Reading::Malformed(why) => {
                    tracing::error!(message_id = id, reason = "malformed", detail = why, "message is none of ours");
                    metrics.count("Malformed", 1);
                    answer.add_failure(id);
                }
            }
        }
        asked
    }

    /// Looks if nobody else does; whoever does looks once more then.
    async fn alone(
        &self,
        holder: &str,
        asked: &[Asked],
        until: Instant,
        metrics: &mut Metrics,
    ) -> Result<(), CallError> {
        let table = &self.settings.table;
        let left = i64::try_from(until.saturating_duration_since(Instant::now()).as_secs()).unwrap_or(i64::MAX);
        let now = now_seconds();
        let end = now.saturating_add(left).saturating_add(LEASE_MARGIN);
        if self.aws.take(table, holder, now, end).await? == Lease::Others {
            tracing::info!("somebody else looks, and does once more");
            metrics.count("Busy", 1);
            return Ok(());
        }
        let notices: Vec<&Notice> = asked.iter().map(|one| &one.notice).collect();
        let looked = self.look(&notices, until, metrics).await;
        // Who dies before the word is sent leaves its own message in the queue.
        let queue = &self.settings.queue_url;
        match self.aws.give_back(table, holder).await {
            Ok(again) => {
                if !looked? || again {
                    self.aws.go_on(queue, 0).await?;
                }
                Ok(())
            }
            Err(error) => {
                // Nobody can look before the lease ends.
                let left = end.saturating_sub(now_seconds()).saturating_add(1);
                self.aws.go_on(queue, i32::try_from(left).unwrap_or(i32::MAX)).await?;
                Err(error)
            }
        }
    }
}

/// Now, in seconds since 1970.
pub fn now_seconds() -> i64 {
    i64::try_from(now_ms() / 1_000).unwrap_or(i64::MAX)
}
