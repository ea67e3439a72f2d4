//! All AWS calls. The SDK's types do not leave this module.

mod figures;
mod memory;
mod metrics;
mod shadow;
mod streams;
mod tell;

use aws_sdk_budgets as budgets;
use aws_sdk_cloudwatch as cloudwatch;
use aws_sdk_dynamodb as dynamodb;
use aws_sdk_iotdataplane as iotdataplane;
use aws_sdk_kinesisvideo as kinesisvideo;
use aws_sdk_resourcegroupstagging as tagging;
use aws_sdk_sns as sns;
use aws_sdk_sqs as sqs;
use lambda::aws::CountCalls;
use lambda::pace::Pacer;
use lambda::{SdkConfig, client};

pub use figures::{Alert, Told};
pub use memory::{Asked, Known, Last, Lease, Settled};
pub use metrics::Measure;
pub use shadow::Shadow;
pub use streams::Listed;

use crate::settings::Settings;

/// The clients, and the paces at which the calls with small quotas are made.
#[derive(Debug)]
pub struct Aws {
    budgets: budgets::Client,
    cloudwatch: cloudwatch::Client,
    dynamodb: dynamodb::Client,
    iotdataplane: iotdataplane::Client,
    kinesisvideo: kinesisvideo::Client,
    sns: sns::Client,
    sqs: sqs::Client,
    tagging: tagging::Client,
    /// `TagStream`, `UntagStream` and `ListTagsForStream`: 50 a second each, which no request raises and which cameras that
    /// tag their streams at their start share.
    tag_pace: Pacer,
    untag_pace: Pacer,
    list_tags_pace: Pacer,
}

impl Aws {
    /// Makes the clients. Nothing is called yet.
    pub fn new(shared: &SdkConfig, settings: &Settings) -> Self {
        // One writer at a time: the whole rate is this process's.
        let pace = || Pacer::shared(settings.tag_calls_per_second, std::num::NonZeroU32::MIN);
        Self {
            budgets: budgets::Client::from_conf(
                budgets::config::Builder::from(shared)
                    .region(budgets::config::Region::new(settings.budgets_region.clone()))
                    .interceptor(CountCalls)
                    .build(),
            ),
            cloudwatch: client!(cloudwatch, shared),
            dynamodb: client!(dynamodb, shared),
            iotdataplane: client!(iotdataplane, shared),
            kinesisvideo: client!(kinesisvideo, shared),
            sns: client!(sns, shared),
            sqs: client!(sqs, shared),
            tagging: client!(tagging, shared),
            tag_pace: pace(),
            untag_pace: pace(),
            list_tags_pace: pace(),
        }
    }
}
