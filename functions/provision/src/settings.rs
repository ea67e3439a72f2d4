//! What the operator decides, from environment variables.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use fleet::{
    AccountId, CertificateId, MediaType, PRIORITY_TAG, Priority, RetentionHours, StorageTier, TAG_PREFIX, THING_TAG,
};
use lambda::settings::{Reader, SettingsError};

/// Tags that AWS allows on a stream, less our two.
const OWN_TAGS_MOST: usize = 48;

/// Whether a second certificate may take a camera's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// Never: the name belongs to its first certificate until that is deleted.
    #[default]
    Never,
    /// A successor from the same CA with the same subject may.
    SameCa,
}

/// All settings of the function. The README lists the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The account that everything must belong to.
    pub account: AccountId,
    /// The CAs whose cameras may join. Empty refuses every camera.
    pub allowed_cas: BTreeSet<CertificateId>,
    /// Whether a second certificate may take a camera's name.
    pub rotation: Rotation,
    /// The thing type of cameras.
    pub thing_type: String,
    /// The thing group of cameras that the registry does not put elsewhere.
    pub thing_group: String,
    /// The IoT policy of cameras.
    pub camera_policy: String,
    /// What a stream is made with.
    pub stream: StreamDefaults,
    /// How long to wait for a stream to become ACTIVE.
    pub stream_active_timeout: Duration,
    /// The priority of cameras that the registry gives none.
    pub priority: Priority,
    /// The registry's table; `None` lets every camera of an allowed CA join.
    pub registry_table: Option<String>,
    /// The table that keeps what was announced.
    pub refusal_table: String,
    /// Where refusals, drift and rotations are announced.
    pub alert_topic: String,
    /// Calls a second of `DescribeCertificate`, and as many of `UpdateCertificate`, over all workers.
    pub certificate_calls_per_second: NonZeroU32,
    /// How many workers share that rate.
    pub workers: NonZeroU32,
}

/// What a stream is made with, where the registry does not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamDefaults {
    /// How long video is kept.
    pub retention: RetentionHours,
    /// The tracks.
    pub media_type: MediaType,
    /// Where video lies.
    pub tier: StorageTier,
    /// The key; `None` for the one that AWS manages.
    pub kms_key: Option<String>,
    /// The operator's own tags.
    pub tags: BTreeMap<String, String>,
}

impl Settings {
    /// Reads all settings. An empty variable counts as not set.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut read = Reader::new(lookup);
        let account = read.required("ACCOUNT_ID", AccountId::parse);
        let allowed_cas = read.optional("ALLOWED_CA_CERTIFICATE_IDS", ca_list);
        let rotation = read.optional("CERTIFICATE_ROTATION", rotation);
        let thing_type = read.required("THING_TYPE_NAME", iot_name);
        let thing_group = read.required("THING_GROUP_NAME", iot_name);
        let camera_policy = read.required("CAMERA_POLICY_NAME", str::parse::<String>);
        let retention = read.required("STREAM_RETENTION_HOURS", RetentionHours::parse);
        let media_type = read.required("STREAM_MEDIA_TYPE", MediaType::parse);
        let tier = read.optional("STREAM_STORAGE_TIER", StorageTier::parse);
        let kms_key = read.optional("STREAM_KMS_KEY_ARN", kms_key);
        let tags = read.optional("STREAM_TAGS", tags);
        let stream_active_timeout = read.required("STREAM_ACTIVE_TIMEOUT_SECONDS", |text| whole(text, 45));
        let priority = read.optional("DEFAULT_PRIORITY", Priority::parse);
        let registry_table = read.optional("REGISTRY_TABLE_NAME", str::parse::<String>);
        let refusal_table = read.required("REFUSAL_TABLE_NAME", str::parse::<String>);
        let alert_topic = read.required("ALERT_TOPIC_ARN", str::parse::<String>);
        let rate = read.required("CERTIFICATE_CALLS_PER_SECOND", |text| whole(text, 1_000));
        // Fewer calls than one a second would let a worker's time run out in the middle of a batch.
        let most = rate.map_or(1_000, NonZeroU32::get);
        let workers = read.required("MAXIMUM_CONCURRENCY", |text| {
            whole(text, most)
                .map_err(|fault| format!("{fault}, since the workers share `CERTIFICATE_CALLS_PER_SECOND`"))
        });
        read.finish(move || {
            Some(Self {
                account: account?,
                allowed_cas: allowed_cas.unwrap_or_default(),
                rotation: rotation.unwrap_or_default(),
                thing_type: thing_type?,
                thing_group: thing_group?,
                camera_policy: camera_policy?,
                stream: StreamDefaults {
                    retention: retention?,
                    media_type: media_type?,
                    tier: tier.unwrap_or_default(),
                    kms_key,
                    tags: tags.unwrap_or_default(),
                },
                stream_active_timeout: Duration::from_secs(stream_active_timeout?.get().into()),
                priority: priority.unwrap_or_default(),
                registry_table,
                refusal_table: refusal_table?,
                alert_topic: alert_topic?,
                certificate_calls_per_second: rate?,
                workers: workers?,
            })
        })
    }

    /// The tags of a camera's stream.
    pub fn tags(&self, thing: &fleet::ThingName, priority: Priority) -> BTreeMap<String, String> {
        let mut tags = self.stream.tags.clone();
        tags.insert(THING_TAG.to_owned(), thing.to_string());
        tags.insert(PRIORITY_TAG.to_owned(), priority.to_string());
        tags
    }
}

/// A name of IoT's, such as a thing group's: `[a-zA-Z0-9:_-]{1,128}`.
pub fn iot_name(text: &str) -> Result<String, String> {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b":_-".contains(&b);
    if (1..=128).contains(&text.len()) && text.bytes().all(letters) {
        Ok(text.to_owned())
    } else {
        let shown = fleet::shown(text, 80);
        Err(format!("`{shown}`: expected 1 to 128 of the characters a-z, A-Z, 0-9, `:`, `_` and `-`"))
    }
}

fn whole(text: &str, most: u32) -> Result<NonZeroU32, String> {
    match text.parse::<NonZeroU32>() {
        Ok(number) if number.get() <= most => Ok(number),
        _ => Err(format!("`{text}`: expected a whole number from 1 to {most}")),
    }
}

fn ca_list(text: &str) -> Result<BTreeSet<CertificateId>, String> {
    let ids = text.split(',').map(|id| CertificateId::parse(id.trim()));
    ids.collect::<Result<_, _>>().map_err(|fault| format!("{fault}, comma between several"))
}

fn rotation(text: &str) -> Result<Rotation, String> {
    match text {
        "never" => Ok(Rotation::Never),
        "same-ca" => Ok(Rotation::SameCa),
        other => Err(format!("`{other}`: expected one of `never`, `same-ca`")),
    }
}

fn kms_key(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "kms", region, account, key]
            if !region.is_empty() && AccountId::parse(account).is_ok() && key.starts_with("key/") =>
        {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "`{text}`: expected the ARN of a KMS key, `arn:aws:kms:<region>:<account>:key/<id>`, not of an alias"
        )),
    }
}

/// The operator's tags: AWS's bounds, and none of ours.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_TagStream.html>
fn tags(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut tags = BTreeMap::new();
    for pair in text.split(',') {
        let (name, value) = pair
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, value)| (1..=128).contains(&name.chars().count()) && value.chars().count() <= 256)
            .ok_or_else(|| format!("`{text}`: expected `name=value`, comma between several, found `{pair}`"))?;
        if name.starts_with(TAG_PREFIX) || name.starts_with("aws:") {
            return Err(format!("`{text}`: tag names under `{TAG_PREFIX}` and `aws:` are taken, found `{name}`"));
        }
        if tags.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("`{text}`: tag `{name}` stands there twice"));
        }
    }
    if tags.len() > OWN_TAGS_MOST {
        return Err(format!("{} tags: expected at most {OWN_TAGS_MOST}", tags.len()));
    }
    Ok(tags)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Settings as the template makes them, with `changes` on top; an empty value unsets.
    pub(crate) fn read(changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let ca = "c".repeat(64);
        let mut variables = BTreeMap::from([
            ("ACCOUNT_ID", "123456789012"),
            ("ALLOWED_CA_CERTIFICATE_IDS", ca.as_str()),
            ("THING_TYPE_NAME", "kvs-warden-camera"),
            ("THING_GROUP_NAME", "kvs-warden-cameras"),
            ("CAMERA_POLICY_NAME", "kvs-warden-camera"),
            ("STREAM_RETENTION_HOURS", "24"),
            ("STREAM_MEDIA_TYPE", "video/h264"),
            ("STREAM_ACTIVE_TIMEOUT_SECONDS", "20"),
            ("REFUSAL_TABLE_NAME", "refusals"),
            ("ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:alerts"),
            ("CERTIFICATE_CALLS_PER_SECOND", "8"),
            ("MAXIMUM_CONCURRENCY", "2"),
        ]);
        variables.extend(changes.iter().copied());
        Settings::from_env(|name| {
            variables.get(name).filter(|value| !value.is_empty()).map(|value| (*value).to_owned())
        })
    }

    #[test]
    fn what_may_be_missing_has_a_safe_default() {
        let settings = read(&[("ALLOWED_CA_CERTIFICATE_IDS", "")]).unwrap();
        assert!(settings.allowed_cas.is_empty());
        assert_eq!(settings.rotation, Rotation::Never);
        assert_eq!(settings.priority, Priority::Standard);
        assert_eq!(settings.stream.tier, StorageTier::Hot);
        assert_eq!((settings.registry_table, settings.stream.kms_key), (None, None));
    }

    #[test]
    fn every_wrong_value_is_named_with_what_was_expected() {
        for (name, value, says) in [
            ("ACCOUNT_ID", "", "`ACCOUNT_ID` is not set"),
            ("ACCOUNT_ID", "1", "`ACCOUNT_ID` is `1`: expected an AWS account id of 12 digits"),
            (
                "ALLOWED_CA_CERTIFICATE_IDS",
                "*",
                "is `*`: expected a certificate id of 64 lower-case hex digits, comma between",
            ),
            ("CERTIFICATE_ROTATION", "yes", "is `yes`: expected one of `never`, `same-ca`"),
            ("THING_GROUP_NAME", "a b", "is `a b`: expected 1 to 128"),
            (
                "STREAM_RETENTION_HOURS",
                "1e3",
                "`STREAM_RETENTION_HOURS` is `1e3`: expected a whole number of hours from 0 to 87600",
            ),
            ("STREAM_MEDIA_TYPE", "h264", "expected media types"),
            ("STREAM_STORAGE_TIER", "COLD", "expected one of `HOT`, `WARM`"),
            ("STREAM_KMS_KEY_ARN", "alias/x", "expected the ARN of a KMS key"),
            ("STREAM_TAGS", "a", "expected `name=value`"),
            ("STREAM_TAGS", "kvs-warden:thing=x", "are taken"),
            ("STREAM_TAGS", "a=1,a=2", "twice"),
            ("STREAM_ACTIVE_TIMEOUT_SECONDS", "46", "expected a whole number from 1 to 45"),
            ("DEFAULT_PRIORITY", "high", "expected one of `critical`, `standard`, `low`"),
            ("CERTIFICATE_CALLS_PER_SECOND", "-8", "expected a whole number from 1 to 1000"),
            ("MAXIMUM_CONCURRENCY", "9", "expected a whole number from 1 to 8, since the workers share"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains(name), "{name}={value} said: {error}");
        }
    }

    #[test]
    fn tags_are_the_operators_and_ours() {
        let settings = read(&[("STREAM_TAGS", "site=north, cost-center=7")]).unwrap();
        let tags = settings.tags(&fleet::ThingName::parse("cam-1").unwrap(), Priority::Low);
        let pairs: Vec<_> = tags.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [("cost-center", "7"), ("kvs-warden:priority", "low"), ("kvs-warden:thing", "cam-1"), ("site", "north")]
        );
    }
}
