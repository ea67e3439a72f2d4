//! A data stream has no metrics of its shards.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DataStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "data-stream-without-metrics",
    group: Group::DataStreams,
    severity: Severity::Low,
    title: "A data stream has no metrics of its shards",
    why: "When one camera floods its shard, others on that shard are throttled, and only the metrics of each shard \
          show which.",
    remedy: "Run `aws kinesis enable-enhanced-monitoring --stream-name <name> --shard-level-metrics ALL`, which costs, \
             or set `shardMetrics: false` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
    frameworks: &["NIST.800-53.r5 SI-4"],
    judge: Judge::DataStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(world: &World<'_>, stream: &DataStream) -> Judged {
    if !world.expect.shard_metrics || !stream.shard_level_metrics.is_empty() {
        return Ok(None);
    }
    let sentence = format!("data stream `{}` has no metrics of its shards", stream.stream_name);
    Ok(Some(Problem::new(sentence).proven("its `ShardLevelMetrics` are empty")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn stream(metrics: &[&str]) -> Value {
        let stream = json!({ "StreamName": "faces", "StreamARN": "arn:faces", "ShardLevelMetrics": metrics });
        json!({ "dataStreams": { "items": [stream] } })
    }

    #[test]
    fn no_metrics_are_found_where_they_are_expected() {
        let problem = problem_as(&CHECK, stream(&[]), json!({ "shardMetrics": true }));
        assert_eq!(problem.sentence, "data stream `faces` has no metrics of its shards");
    }

    #[test]
    fn one_metric_or_no_such_expectation_is_fine() {
        fine_as(&CHECK, stream(&["IteratorAgeMilliseconds"]), json!({ "shardMetrics": true }));
        fine_as(&CHECK, stream(&[]), json!({}));
    }

    #[test]
    fn data_streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("kinesis:ListStreams") });
        let cannot = cannot_judge_as(&CHECK, json!({ "dataStreams": streams }), json!({ "shardMetrics": true }));
        assert_eq!(cannot.permission.as_deref(), Some("kinesis:ListStreams"));
    }
}
