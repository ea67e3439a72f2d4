//! Finding the cloud, or saying at once what is missing.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_iot::config::ProvideCredentials as _;
use lambda::aws::QuotaClassifier;
use lambda::call::chain;

use super::fault::Place;
use super::{Cloud, Iot, Stacks, Streams, Tags};

/// Where an endpoint other than AWS's own may be named: for every service, and for each one that is called.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
const ENDPOINTS: [&str; 5] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_CLOUDFORMATION",
    "AWS_ENDPOINT_URL_IOT",
    "AWS_ENDPOINT_URL_KINESIS_VIDEO",
    "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API",
];

const EXPECTED: &str = "expected a URL such as http://127.0.0.1:5000";

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
        check_endpoints(from_environment, config.endpoint_url())?;
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
        Ok(Self {
            iot: Iot::new(&config),
            stacks: Stacks::new(&config),
            streams: Streams::from_conf(streams),
            tags: Tags::new(&config),
            place,
            config,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the SDK reads these itself, whatever is passed: this looks at the same")]
fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Refuses an endpoint that is no URL, which the SDK tells only at the first call and by a dump of its insides.
fn check_endpoints(variable: impl Fn(&str) -> Option<String>, configured: Option<&str>) -> Result<()> {
    for name in ENDPOINTS {
        if let Some(value) = variable(name).filter(|value| !value.is_empty() && !is_url(value)) {
            bail!("reach AWS: environment variable {name} is `{value}`: {EXPECTED}");
        }
    }
    match configured.filter(|value| !is_url(value)) {
        Some(value) => bail!("reach AWS: `endpoint_url` in your AWS profile is `{value}`: {EXPECTED}"),
        None => Ok(()),
    }
}

fn is_url(text: &str) -> bool {
    text.parse::<http::Uri>().is_ok_and(|url| {
        matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_is_no_url_is_named_with_where_it_stands() {
        for bad in ["nonsense", "127.0.0.1:5000", "ftp://127.0.0.1", "http://", "http://a b", "/"] {
            let set = |name: &str| (name == "AWS_ENDPOINT_URL_IOT").then(|| bad.to_owned());
            let error = check_endpoints(set, None).expect_err("refused");
            let start = format!("reach AWS: environment variable AWS_ENDPOINT_URL_IOT is `{bad}`: expected a URL");
            assert!(error.to_string().starts_with(&start), "{error}");
            let error = check_endpoints(|_| None, Some(bad)).expect_err("refused");
            assert!(error.to_string().contains("in your AWS profile"), "{error}");
        }
        for good in ["http://127.0.0.1:5000", "https://iot.example.com/", "http://[::1]:80"] {
            check_endpoints(|_| Some(good.to_owned()), Some(good)).expect("taken");
        }
        check_endpoints(|_| Some(String::new()), None).expect("an empty variable counts as none");
    }
}
