//! Who may do what to cameras, streams and their data: checked on every change, and all of it every day.
//!
//! Triggered by SQS, which EventBridge feeds with CloudTrail's events and the scheduler with the order to sweep. It only
//! reads what it audits: it changes no policy, no stream, no certificate.

mod any_stream;
pub mod audit_file;
pub mod aws;
mod camera_sessions;
pub mod check;
pub mod checks;
pub mod conclude;
mod device;
pub mod encryption;
pub mod event;
pub mod expectations;
mod expiry;
pub mod finding;
pub mod footage;
pub mod identity;
pub mod inventory;
pub mod judge;
pub mod ledger;
mod named_values;
pub mod openness;
pub mod own;
mod own_streams;
pub mod plain_http;
pub mod power;
pub mod read;
pub mod reference;
pub mod report;
pub mod retention;
pub mod scope;
pub mod settings;
pub mod source;
pub mod suppression;
pub mod sweep;
#[cfg(test)]
mod testing;
pub mod touched;
pub mod trust;
pub mod wording;
pub mod work;
pub mod world;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda::clock::{deadline, now_ms};
use lambda::metrics::Metrics;
use lambda::settings::SettingsError;
use lambda_runtime::LambdaEvent;

use crate::aws::Aws;
use crate::aws::store::Store;
use crate::read::Scope;
pub use crate::settings::Settings;
use crate::work::{Order, RESERVE};

/// The function.
#[derive(Debug)]
pub struct Audit {
    settings: Settings,
    scope: Scope,
    aws: Aws,
    store: Store,
}

impl Audit {
    /// Makes the AWS clients, with credentials, region and endpoint from the environment. Nothing is called yet.
    pub async fn connect(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(&lambda::aws::config().await?, settings))
    }

    /// Makes the AWS clients of this configuration.
    pub fn new(config: &lambda::SdkConfig, settings: Settings) -> Self {
        let scope = Scope {
            account: settings.account.to_string(),
            region: settings.region.clone(),
            partition: settings.partition.clone(),
            calls: Some(settings.sweep_calls),
            share: settings.sweep_share,
        };
        let aws = Aws::new(config, settings.own.clone());
        let store = Store::new(config, &settings);
        Self { settings, scope, aws, store }
    }

    /// Works a batch off: first what changed, together, then sweeps. What is not named in the answer is done.
    pub async fn handle(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, lambda_runtime::Error> {
        let until = deadline(event.context.deadline, RESERVE);
        let mut metrics = Metrics::default();
        for name in ["Events", "Duplicate", "OutOfScope", "Denied", "Malformed", "New", "Resolved", "Retried"] {
            metrics.count(name, 0);
        }
        let order = Order::read(event.payload, self.settings.account.as_str());
        let failed = self.work(order, until, &mut metrics).await;
        let mut answer = SqsBatchResponse::default();
        for message in failed {
            answer.add_failure(message);
        }
        metrics.write(&event.context.env_config.function_name, now_ms());
        Ok(answer)
    }
}
