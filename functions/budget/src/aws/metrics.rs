//! How much video came in, from CloudWatch.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use lambda::call::CallError;

use super::Aws;

/// AWS takes so many metrics in one call.
const QUERIES: usize = 500;
/// An hour, in seconds.
const HOUR: i32 = 3_600;

/// What is measured of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The bytes that came in.
    Bytes,
    /// The fragments, by which WARM storage is billed.
    Fragments,
}

impl Measure {
    fn metric(self) -> &'static str {
        match self {
            Self::Bytes => "PutMedia.IncomingBytes",
            Self::Fragments => "PutMedia.IncomingFragments",
        }
    }
}

/// Sums by hour: the beginning of the hour in seconds since 1970, and the sum.
pub(super) type Hours = Vec<(i64, u64)>;

impl Aws {
    /// Hourly sums of these streams, by name, 500 a call. Streams without any are not in the answer.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
    pub async fn hours(
        &self,
        names: &[&str],
        measure: Measure,
        from: i64,
        until: i64,
    ) -> Result<BTreeMap<String, Hours>, CallError> {
        let mut found: BTreeMap<String, Hours> = BTreeMap::new();
        for names in names.chunks(QUERIES) {
            let queries: Vec<_> = names.iter().enumerate().map(|(at, name)| query(at, name, measure)).collect();
            let call = self.cloudwatch.get_metric_data().set_metric_data_queries(Some(queries));
            let call = call.start_time(DateTime::from_secs(from)).end_time(DateTime::from_secs(until));
            let mut pages = call.scan_by(ScanBy::TimestampAscending).into_paginator().send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| CallError::new("GetMetricData", &error))?;
                for result in page.metric_data_results.unwrap_or_default() {
                    let at = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                    let Some(name) = at.and_then(|at| names.get(at)) else { continue };
                    let times = result.timestamps.unwrap_or_default();
                    let sums = times.iter().zip(result.values.unwrap_or_default());
                    found.entry((*name).to_owned()).or_default().extend(sums.map(|(at, sum)| (at.secs(), whole(sum))));
                }
            }
        }
        Ok(found)
    }
}

fn query(at: usize, name: &str, measure: Measure) -> MetricDataQuery {
    let stream = Dimension::builder().name("StreamName").value(name).build();
    let metric =
        Metric::builder().namespace("AWS/KinesisVideo").metric_name(measure.metric()).dimensions(stream).build();
    let stat = MetricStat::builder().metric(metric).period(HOUR).stat("Sum").build();
    MetricDataQuery::builder().id(format!("m{at}")).metric_stat(stat).return_data(true).build()
}

/// A sum as a whole number: CloudWatch knows only floating ones, which count bytes exactly up to 2^53.
fn whole(sum: f64) -> u64 {
    format!("{:.0}", sum.max(0.0)).parse().unwrap_or(u64::MAX)
}
