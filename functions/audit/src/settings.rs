//! What the operator decides, from environment variables. What is expected of the fleet stands in `audit.yaml` instead.

use std::time::Duration;

use fleet::AccountId;
use lambda::settings::{Reader, SettingsError, truth, whole};

use crate::own::Own;

/// All settings of the function. The README lists the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The account that is audited.
    pub account: AccountId,
    /// The region that is audited.
    pub region: String,
    /// Such as `aws` or `aws-cn`.
    pub partition: String,
    /// The audit's queue: where a sweep sends word to itself.
    pub queue_url: String,
    /// The table of findings.
    pub table: String,
    /// Where findings are announced.
    pub topic: String,
    /// Where reports are put and `audit.yaml` is read.
    pub bucket: String,
    /// Whether findings go to Security Hub.
    pub security_hub: bool,
    /// AWS calls that a sweep may take before parts of it take turns.
    pub sweep_calls: u32,
    /// Certificates, and streams' targets, that a sweep looks at one by one.
    pub sweep_share: usize,
    /// How long one invocation reads before it goes on in another.
    pub sweep_reading: Duration,
    /// The parts of kvs-warden that the audit looks after.
    pub own: Own,
}

impl Settings {
    /// Reads all settings. An empty variable counts as not set.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut read = Reader::new(lookup);
        let account = read.required("ACCOUNT_ID", AccountId::parse);
        let region = read.required("AWS_REGION", str::parse::<String>);
        let partition = read.required("PARTITION", str::parse::<String>);
        let queue_url = read.required("QUEUE_URL", str::parse::<String>);
        let table = read.required("TABLE_NAME", str::parse::<String>);
        let topic = read.required("TOPIC_ARN", str::parse::<String>);
        let bucket = read.required("REPORT_BUCKET", str::parse::<String>);
        let security_hub = read.optional("SECURITY_HUB", truth);
        let sweep_calls = read.required("SWEEP_CALLS", |text| whole(text, 100, 1_000_000));
        let sweep_share = read.required("SWEEP_SHARE", |text| whole(text, 0, 10_000));
        let sweep_reading = read.required("SWEEP_READING_SECONDS", |text| whole(text, 0, 780));
        let own = read.required("OWN_PARTS", |text| {
            serde_json::from_str::<Own>(text).map_err(|error| format!("no list of the stack's parts: {error}"))
        });
        read.finish(move || {
            // They stand in settings of their own already.
            let own = Own { table: table.clone()?, bucket: bucket.clone()?, ..own? };
            Some(Self {
                account: account?,
                region: region?,
                partition: partition?,
                queue_url: queue_url?,
                table: table?,
                topic: topic?,
                bucket: bucket?,
                security_hub: security_hub.unwrap_or_default(),
                sweep_calls: sweep_calls?,
                sweep_share: usize::try_from(sweep_share?).unwrap_or(usize::MAX),
                sweep_reading: Duration::from_secs(sweep_reading?.into()),
                own,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 11] = [
        ("ACCOUNT_ID", "123456789012"),
        ("AWS_REGION", "eu-west-1"),
        ("PARTITION", "aws"),
        ("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/audit"),
        ("TABLE_NAME", "findings"),
        ("TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:audit"),
        ("REPORT_BUCKET", "reports"),
        ("SWEEP_CALLS", "1200"),
        ("SWEEP_SHARE", "200"),
        ("SWEEP_READING_SECONDS", "600"),
        ("OWN_PARTS", r#"{"stack": "cams", "alarms": {"RefusalAlarm": "a"}}"#),
    ];

    fn read(changed: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let value = |name: &str| {
            let all = changed.iter().chain(&GOOD);
            all.clone().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Settings::from_env(|name| value(name).filter(|value| !value.is_empty()))
    }

    #[test]
    fn the_template_s_values_are_read() {
        let settings = read(&[("SECURITY_HUB", "true")]).unwrap();
        assert!(settings.security_hub);
        assert_eq!(settings.own.alarms["RefusalAlarm"], "a");
        assert_eq!((settings.own.table.as_str(), settings.own.bucket.as_str()), ("findings", "reports"));
        assert_eq!(settings.sweep_reading, Duration::from_mins(10));
    }

    #[test]
    fn every_fault_names_the_variable_and_what_is_expected() {
        let bad = [("SWEEP_CALLS", "1e3"), ("SECURITY_HUB", "yes"), ("OWN_PARTS", "{}x"), ("TABLE_NAME", "")];
        let error = read(&bad).unwrap_err().to_string();
        for part in [
            "`SWEEP_CALLS` is `1e3`: expected a whole number from 100 to 1000000",
            "`SECURITY_HUB` is `yes`: expected true or false",
            "`OWN_PARTS` is no list of the stack's parts: ",
            "`TABLE_NAME` is not set",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
}
