//! Kinesis Data Streams.

use super::Aws;
use super::answer::{answer, present, seen, settle};
use crate::inventory::{DataStream, DocumentText, Inventory, Missing};

impl Aws {
    /// 25 a page, each looked at. The token is the last name of the page: AWS's own ends after five minutes.
    ///
    /// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html>
    pub(super) async fn data_streams(
        &self,
        last: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.kinesis.list_streams().limit(25).set_exclusive_start_stream_name(last);
        let page = answer("kinesis:ListStreams", call.send().await)?;
        for name in &page.stream_names {
            match self.data_stream(name).await? {
                Some(stream) => into.data_streams.items.push(stream),
                None => {
                    into.gone.insert(into.taken.arn("kinesis", &format!("stream/{name}")));
                }
            }
        }
        Ok(page.stream_names.last().cloned().filter(|_last| page.has_more_streams))
    }

    /// A data stream and its key.
    pub(super) async fn look_data_stream(&self, name: &str, into: &mut Inventory) {
        let looked = self.data_stream(name).await;
        if let Ok(Some(DataStream { key_id: Some(named), .. })) = &looked {
            self.look_key_once(named, into).await;
        }
        let gone = into.taken.arn("kinesis", &format!("stream/{name}"));
        settle(&mut into.data_streams, (&mut into.gone, gone), |stream| &stream.stream_arn, looked);
    }

    async fn data_stream(&self, name: &str) -> Result<Option<DataStream>, Missing> {
        let described = self.kinesis.describe_stream_summary().stream_name(name).send().await;
        let described = present("kinesis:DescribeStreamSummary", described)?;
        let Some(summary) = described.and_then(|answer| answer.stream_description_summary) else { return Ok(None) };
        let policy = self.kinesis.get_resource_policy().resource_arn(&summary.stream_arn).send().await;
        let policy = present("kinesis:GetResourcePolicy", policy);
        let policy = policy.map(|answer| answer.and_then(|answer| resource_policy(&answer.policy)));
        let metrics = summary.enhanced_monitoring.into_iter().flat_map(|it| it.shard_level_metrics.unwrap_or_default());
        Ok(Some(DataStream {
            stream_name: summary.stream_name,
            stream_arn: summary.stream_arn,
            encryption_type: summary.encryption_type.map_or_else(|| "NONE".to_owned(), |kind| kind.as_str().to_owned()),
            key_id: summary.key_id,
            retention_period_hours: summary.retention_period_hours,
            shard_level_metrics: metrics.map(|metric| metric.as_str().to_owned()).collect(),
            policy: seen(policy),
        }))
    }
}

/// A stream without a policy has an empty one.
fn resource_policy(text: &str) -> Option<DocumentText> {
    (!matches!(text.trim(), "" | "{}")).then(|| DocumentText::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_policy_is_none() {
        assert_eq!(resource_policy(""), None);
        assert_eq!(resource_policy("{}"), None);
        assert!(resource_policy(r#"{"Statement":[]}"#).is_some());
    }
}
