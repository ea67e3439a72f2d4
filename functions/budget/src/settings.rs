//! What the operator decides, from environment variables.

use std::num::NonZeroU32;

use fleet::{AccountId, StorageTier};
use lambda::settings::{Reader, SettingsError, truth};
use sha2::{Digest as _, Sha256};

use crate::ladder::Ladder;
use crate::money::Money;
use crate::prices::Prices;

/// All settings of the function. The README lists the variables.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The account whose budget it is.
    pub account: AccountId,
    /// The budget's name.
    pub budget: String,
    /// The budget as marks name it: the first 8 hexadecimal digits of its name's SHA-256.
    pub budget_id: String,
    /// Where the Budgets API, which is global, is asked: `us-east-1`, or what another partition has instead.
    pub budgets_region: String,
    /// What gives way when.
    pub ladder: Ladder,
    /// What video costs.
    pub prices: Prices,
    /// The currency of the prices, which must be that of the budget.
    pub currency: String,
    /// Where the video of the streams lies.
    pub tier: StorageTier,
    /// The topic that AWS Budgets publishes to.
    pub trigger_topic: String,
    /// Where each stream's change is told to other systems.
    pub throttle_topic: String,
    /// Where a look's report is told to people.
    pub report_topic: String,
    /// Our own queue.
    pub queue_url: String,
    /// What was told, and who looks.
    pub table: String,
    /// The rate of each of the calls on streams' tags, of which AWS allows 50 a second.
    pub tag_calls_per_second: NonZeroU32,
    /// Minutes between two looks of the schedule, for the report to say when the next one is.
    pub every_minutes: u32,
    /// Whether it only says what would be done.
    pub dry_run: bool,
}

impl Settings {
    /// Reads all settings. An empty variable counts as not set.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut read = Reader::new(lookup);
        let account = read.required("ACCOUNT_ID", AccountId::parse);
        let budget = read.required("BUDGET_NAME", str::parse::<String>);
        let budgets_region = read.optional("BUDGETS_REGION", str::parse::<String>);
        let ladder = read.optional("LADDER", Ladder::parse);
        let ingest_gb = read.optional("PRICE_INGEST_GB", Money::parse);
        let store_gb_month = read.optional("PRICE_STORE_GB_MONTH", Money::parse);
        let warm_fragments = read.optional("PRICE_WARM_1000_FRAGMENTS", Money::parse);
        let warm_store = read.optional("PRICE_WARM_STORE_GB_MONTH", Money::parse);
        let currency = read.optional("CURRENCY", currency);
        let tier = read.optional("STREAM_STORAGE_TIER", StorageTier::parse);
        let trigger_topic = read.required("TRIGGER_TOPIC_ARN", str::parse::<String>);
        let throttle_topic = read.required("THROTTLE_TOPIC_ARN", str::parse::<String>);
        let report_topic = read.required("REPORT_TOPIC_ARN", str::parse::<String>);
        let queue_url = read.required("QUEUE_URL", str::parse::<String>);
        let table = read.required("TABLE_NAME", str::parse::<String>);
        let tag_calls_per_second = read.required("TAG_CALLS_PER_SECOND", rate);
        let every_minutes = read.required("EVERY_MINUTES", str::parse::<u32>);
        let dry_run = read.optional("DRY_RUN", truth);
        read.finish(move || {
            let published = Prices::default();
            let budget = budget?;
            Some(Self {
                account: account?,
                budget_id: fleet::hex(&Sha256::digest(&budget), 4),
                budget,
                budgets_region: budgets_region.unwrap_or_else(|| "us-east-1".to_owned()),
                ladder: ladder.unwrap_or_default(),
                prices: Prices {
                    ingest_gb: ingest_gb.unwrap_or(published.ingest_gb),
                    store_gb_month: store_gb_month.unwrap_or(published.store_gb_month),
                    warm_ingest_1000_fragments: warm_fragments.or(published.warm_ingest_1000_fragments),
                    warm_store_gb_month: warm_store.or(published.warm_store_gb_month),
                },
                currency: currency.unwrap_or_else(|| "USD".to_owned()),
                tier: tier.unwrap_or_default(),
                trigger_topic: trigger_topic?,
                throttle_topic: throttle_topic?,
                report_topic: report_topic?,
                queue_url: queue_url?,
                table: table?,
                tag_calls_per_second: tag_calls_per_second?,
                every_minutes: every_minutes?,
                dry_run: dry_run.unwrap_or_default(),
            })
        })
    }
}

fn currency(text: &str) -> Result<String, String> {
    let right = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    right.then(|| text.to_owned()).ok_or_else(|| format!("`{text}`: expected a currency's code such as USD"))
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    let rate = text.parse().ok().filter(|rate: &NonZeroU32| rate.get() <= 50);
    rate.ok_or_else(|| format!("`{text}`: expected calls a second, 1 to the 50 that AWS allows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 8] = [
        ("ACCOUNT_ID", "123456789012"),
        ("BUDGET_NAME", "cams-video"),
        ("TRIGGER_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:trigger"),
        ("THROTTLE_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:throttle"),
        ("REPORT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:report"),
        ("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/budget"),
        ("TABLE_NAME", "budget"),
        ("EVERY_MINUTES", "30"),
    ];

    fn read(changed: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let value = |name: &str| {
            let all = [("TAG_CALLS_PER_SECOND", "25")].into_iter().chain(GOOD);
            let all: Vec<_> = changed.iter().copied().chain(all).collect();
            all.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        Settings::from_env(|name| value(name).filter(|value| !value.is_empty()))
    }

    #[test]
    fn what_is_left_out_has_the_published_prices_and_the_default_ladder() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.prices, settings.ladder), (Prices::default(), Ladder::default()));
        assert_eq!((settings.currency.as_str(), settings.budgets_region.as_str()), ("USD", "us-east-1"));
        assert_eq!(settings.budget_id.len(), 8);
        assert!(!settings.dry_run);
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let wrong = [
            ("ACCOUNT_ID", "12"),
            ("LADDER", "rungs: [{ at: 80, of: actual, critical: stopped }]"),
            ("PRICE_INGEST_GB", "cheap"),
            ("CURRENCY", "dollars"),
            ("TAG_CALLS_PER_SECOND", "51"),
            ("DRY_RUN", "maybe"),
        ];
        let said = read(&wrong).unwrap_err().to_string();
        for (name, _) in wrong {
            assert!(said.contains(&format!("`{name}` is ")), "{name}: {said}");
        }
        assert!(said.contains("critical"), "{said}");
    }

    #[test]
    fn two_budgets_have_two_ids() {
        let id = |name: &str| read(&[("BUDGET_NAME", name)]).unwrap().budget_id;
        assert_ne!(id("a"), id("b"));
    }
}
