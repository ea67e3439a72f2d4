//! Finding the cloud, or saying at once what is missing.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_iot::config::ProvideCredentials as _;
use lambda::aws::QuotaClassifier;
use lambda::call::chain;

use super::fault::Place;
use super::{Cloud, Iot, Streams, Tags};

impl Cloud {
    /// Takes credentials, Region and endpoint from where every AWS tool takes them. Calls nothing yet.
    pub(crate) async fn connect() -> Result<Self> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .operation_attempt_timeout(Duration::from_mins(1))
                    .build(),
            )
            .load()
            .await;
        let region = config
            .region()
            .context("find the AWS Region: set AWS_REGION (such as `export AWS_REGION=eu-west-1`) or `region` in your AWS profile")?;
        // Asked for now, so that a missing sign-in is told once and not by whichever call comes first.
        let credentials = config.credentials_provider().context("find AWS credentials")?;
        credentials.provide_credentials().await.map_err(|error| {
            // Last of all the SDK asks the machine's instance role; that a laptop has none is no news.
            let cause = Some(chain(&error)).filter(|cause| !cause.contains("IMDS"));
            anyhow!(
                "find AWS credentials: {}sign in with `aws sso login` or `aws login`, or set AWS_PROFILE, \
                 or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                cause.map(|cause| format!("{}: ", cause.trim_end_matches('.'))).unwrap_or_default()
            )
        })?;
        let place = Place { region: region.to_string(), endpoint: config.endpoint_url().map(str::to_owned) };
        let streams = aws_sdk_kinesisvideo::config::Builder::from(&config).retry_classifier(QuotaClassifier).build();
        Ok(Self { iot: Iot::new(&config), streams: Streams::from_conf(streams), tags: Tags::new(&config), place })
    }
}
