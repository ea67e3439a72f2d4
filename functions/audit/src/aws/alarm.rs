//! CloudWatch alarms on video.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{AlarmType, Dimension, MetricAlarm};

use super::Aws;
use super::answer::{answer, failed, token};
use crate::inventory::{Alarm, Inventory, Missing};

/// The namespace of the metrics of streams.
const NAMESPACE: &str = "AWS/KinesisVideo";

/// Pages of 100 alarms.
const MOST_PAGES: usize = 20;

impl Aws {
    /// 100 alarms a page, of which those on video stay. The token is the number of the page, a space, and AWS's token.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
    pub(super) async fn alarms(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let next = next.as_deref().and_then(|next| next.split_once(' '));
        let (page, next) = next.map_or((0, None), |(page, next)| (page.parse().unwrap_or_default(), Some(next)));
        if page >= MOST_PAGES {
            let because = "there are more than 2,000 alarms, and no more are looked through";
            return Err(failed("cloudwatch:DescribeAlarms", because));
        }
        let call = self.cloudwatch.describe_alarms().alarm_types(AlarmType::MetricAlarm).max_records(100);
        let answer = answer("cloudwatch:DescribeAlarms", call.set_next_token(next.map(str::to_owned)).send().await)?;
        into.alarms.items.extend(answer.metric_alarms.unwrap_or_default().into_iter().filter_map(on_video));
        Ok(token(answer.next_token).map(|next| format!("{} {next}", page.saturating_add(1))))
    }
}

/// The alarm, when it looks at a metric of streams: by name, or as a part or by the text of a metric expression.
fn on_video(alarm: MetricAlarm) -> Option<Alarm> {
    let mut metrics = BTreeSet::new();
    let mut dimensions = BTreeSet::new();
    let mut take = |namespace: Option<&str>, name: Option<&str>, of: &[Dimension]| {
        if namespace == Some(NAMESPACE) {
            metrics.insert(format!("{NAMESPACE} {}", name.unwrap_or_default()));
            dimensions.extend(of.iter().map(|dimension| {
                format!("{}={}", dimension.name().unwrap_or_default(), dimension.value().unwrap_or_default())
            }));
        }
    };
    take(alarm.namespace(), alarm.metric_name(), alarm.dimensions());
    for metric in alarm.metrics().iter().filter_map(|query| query.metric_stat()?.metric()) {
        take(metric.namespace(), metric.metric_name(), metric.dimensions());
    }
    for text in alarm.metrics().iter().filter_map(|query| query.expression()) {
        if text.contains(NAMESPACE) {
            metrics.extend(named_in(text).map(|name| format!("{NAMESPACE} {name}")));
            dimensions.extend(stream_named_in(text).map(|name| format!("StreamName={name}")));
        }
    }
    (!metrics.is_empty()).then(|| Alarm {
        alarm_name: alarm.alarm_name.unwrap_or_default(),
        metrics: metrics.into_iter().collect(),
        dimensions: dimensions.into_iter().collect(),
        actions_enabled: alarm.actions_enabled.unwrap_or_default(),
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
    })
}

/// The metrics that an expression names, such as `PutMedia.Success`: all of streams have a dot in their name.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/monitoring-cloudwatch.html>
fn named_in(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
    words.filter(|word| {
        word.split_once('.').is_some_and(|(call, metric)| {
            call.starts_with(|letter: char| letter.is_ascii_uppercase()) && !metric.is_empty()
        })
    })
}

/// The stream to which an expression is narrowed: `WHERE StreamName = 'gate'`, or `StreamName="gate"` in a search.
fn stream_named_in(expression: &str) -> Option<&str> {
    expression.split("StreamName").skip(1).find_map(|rest| {
        let value = rest.trim_start_matches('"').trim_start().strip_prefix('=')?.trim_start();
        value.split(['\'', '"']).nth(1)
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};

    use super::*;

    fn dimension(value: &str) -> Dimension {
        Dimension::builder().name("StreamName").value(value).build()
    }

    #[test]
    fn alarms_on_other_things_are_left_out() {
        assert_eq!(on_video(MetricAlarm::builder().namespace("AWS/Lambda").metric_name("Errors").build()), None);
    }

    #[test]
    fn an_alarm_on_one_stream_names_it() {
        let alarm = MetricAlarm::builder().alarm_name("gate").namespace(NAMESPACE).metric_name("PutMedia.Success");
        let alarm = on_video(alarm.dimensions(dimension("gate")).actions_enabled(true).build()).unwrap();
        assert_eq!(alarm.metrics, ["AWS/KinesisVideo PutMedia.Success"]);
        assert_eq!(alarm.dimensions, ["StreamName=gate"]);
        assert!(alarm.actions_enabled && alarm.alarm_actions.is_empty());
    }

    #[test]
    fn a_part_of_metric_math_counts() {
        let metric = Metric::builder().namespace(NAMESPACE).metric_name("GetMedia.Success").dimensions(dimension("a"));
        let part =
            MetricDataQuery::builder().id("m1").metric_stat(MetricStat::builder().metric(metric.build()).build());
        let sum = MetricDataQuery::builder().id("e1").expression("m1 * 1.5").build();
        let alarm = on_video(MetricAlarm::builder().metrics(part.build()).metrics(sum).build()).unwrap();
        assert_eq!((alarm.metrics, alarm.dimensions.len()), (vec!["AWS/KinesisVideo GetMedia.Success".to_owned()], 1));
    }

    #[test]
    fn an_expression_is_over_all_streams_unless_it_names_one() {
        let alarm = |text: &str| {
            let query = MetricDataQuery::builder().id("q1").expression(text).build();
            on_video(MetricAlarm::builder().metrics(query).build()).unwrap()
        };
        let all = alarm(r#"SELECT SUM("PutMedia.ErrorAckCount") FROM SCHEMA("AWS/KinesisVideo", StreamName)"#);
        assert_eq!(all.metrics, ["AWS/KinesisVideo PutMedia.ErrorAckCount"]);
        assert!(all.dimensions.is_empty());
        for one in [
            r#"SELECT SUM("PutMedia.ErrorAckCount") FROM SCHEMA("AWS/KinesisVideo", StreamName) WHERE StreamName = 'gate'"#,
            r#"SUM(SEARCH('{AWS/KinesisVideo,StreamName} MetricName="PutMedia.ErrorAckCount" StreamName="gate"', 'Sum'))"#,
        ] {
            assert_eq!(alarm(one).dimensions, ["StreamName=gate"]);
        }
    }
}
