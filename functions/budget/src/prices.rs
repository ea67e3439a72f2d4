//! What Kinesis Video Streams costs.

use fleet::StorageTier;
use serde::Deserialize;

use crate::money::Money;

/// Bytes of a GB, as AWS's own examples reckon: they divide megabytes by 1,024.
pub const GB: u64 = 1 << 30;

/// Seconds of the month that a "GB-month" means. AWS's own examples reckon with 30 days; in a month of 31 storage is told
/// some 3 % too dear.
pub const MONTH_SECONDS: u64 = 30 * 86_400;

/// Prices of the Region that the streams are in, in the budget's currency. What reading video costs is not among them: giving
/// way saves nothing of it that could be told in advance.
///
/// The defaults are those of US East that AWS's page names, in USD. It names none for the WARM tier: those have to be set
/// before a WARM stream has a price.
///
/// ```yaml
/// ingestGb: 0.0085
/// storeGbMonth: 0.023
/// ```
///
/// <https://aws.amazon.com/kinesis/video-streams/pricing/>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Prices {
    /// For each GB that comes in, in the HOT tier.
    pub ingest_gb: Money,
    /// For each GB that is kept for a month, in the HOT tier.
    pub store_gb_month: Money,
    /// For each 1,000 fragments that come in, in the WARM tier, however large they are.
    #[serde(rename = "warmIngest1000Fragments")]
    pub warm_ingest_1000_fragments: Option<Money>,
    /// For each GB that is kept for a month, in the WARM tier.
    pub warm_store_gb_month: Option<Money>,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            ingest_gb: Money::from_micros(8_500),
            store_gb_month: Money::from_micros(23_000),
            warm_ingest_1000_fragments: None,
            warm_store_gb_month: None,
        }
    }
}

/// A WARM stream whose price nobody has set. Names every setting that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the price of the WARM tier is not known: set {} as <https://aws.amazon.com/kinesis/video-streams/pricing/> has it for the Region",
    .0.settings()
)]
pub struct NoPrice(Missing);

/// Which of the two settings of the WARM tier are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Ingest,
    Storage,
    Both,
}

impl Missing {
    fn settings(self) -> &'static str {
        match self {
            Self::Ingest => "`warmIngest1000Fragments`",
            Self::Storage => "`warmStoreGbMonth`",
            Self::Both => "`warmIngest1000Fragments` and `warmStoreGbMonth`",
        }
    }
}

/// The two prices of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TierPrices {
    pub(crate) ingest: Ingest,
    /// For each GB that is kept for a month.
    pub(crate) store_gb_month: Money,
}

/// What a tier charges for what comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ingest {
    /// For each GB.
    Gb(Money),
    /// For each 1,000 fragments.
    ThousandFragments(Money),
}

impl Prices {
    /// The prices of a tier. An error when one of them is not set, whether or not a stream would need it.
    pub(crate) fn of(&self, tier: StorageTier) -> Result<TierPrices, NoPrice> {
        let (ingest, store_gb_month) = match tier {
            StorageTier::Hot => (Ingest::Gb(self.ingest_gb), self.store_gb_month),
            StorageTier::Warm => match (self.warm_ingest_1000_fragments, self.warm_store_gb_month) {
                (Some(ingest), Some(store)) => (Ingest::ThousandFragments(ingest), store),
                (None, Some(_)) => return Err(NoPrice(Missing::Ingest)),
                (Some(_), None) => return Err(NoPrice(Missing::Storage)),
                (None, None) => return Err(NoPrice(Missing::Both)),
            },
        };
        Ok(TierPrices { ingest, store_gb_month })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hot_tier_has_the_published_prices_to_the_millionth() {
        let prices = Prices::default();
        assert_eq!(Money::parse("0.0085"), Ok(prices.ingest_gb));
        assert_eq!(Money::parse("0.023"), Ok(prices.store_gb_month));
        assert!(prices.of(StorageTier::Hot).is_ok());
    }

    #[test]
    fn the_warm_tier_has_no_price_before_both_are_set_and_the_error_names_what_is_missing() {
        let some = Some(Money::from_micros(1));
        for (ingest, store, settings) in [
            (None, None, "`warmIngest1000Fragments` and `warmStoreGbMonth`"),
            (None, some, "`warmIngest1000Fragments`"),
            (some, None, "`warmStoreGbMonth`"),
        ] {
            let prices = Prices { warm_ingest_1000_fragments: ingest, warm_store_gb_month: store, ..Prices::default() };
            assert_eq!(
                prices.of(StorageTier::Warm).unwrap_err().to_string(),
                format!(
                    "the price of the WARM tier is not known: set {settings} as \
                     <https://aws.amazon.com/kinesis/video-streams/pricing/> has it for the Region"
                )
            );
            assert!(prices.of(StorageTier::Hot).is_ok());
        }
        let prices = Prices { warm_ingest_1000_fragments: some, warm_store_gb_month: some, ..Prices::default() };
        assert!(prices.of(StorageTier::Warm).is_ok());
    }

    #[test]
    fn what_is_left_out_of_a_file_is_as_published_and_what_is_misspelt_is_refused() {
        let read = |text| serde_saphyr::from_str::<Prices>(text);
        assert_eq!(read("ingestGb: 0.0085\nstoreGbMonth: \"0.023\"\n").unwrap(), Prices::default());
        let warm = read("warmIngest1000Fragments: 0.01\nwarmStoreGbMonth: 0.005\n").unwrap();
        assert_eq!(warm.warm_ingest_1000_fragments, Some(Money::from_micros(10_000)));
        assert_eq!(warm.warm_store_gb_month, Some(Money::from_micros(5_000)));
        assert_eq!(warm.ingest_gb, Prices::default().ingest_gb);
        for bad in ["ingestGB: 0.0085", "ingestGb: $0.0085", "ingestGb: -1", "warmStoreGbMonth: free"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
