//! Every call to AWS that `warden` makes. The SDK's types end here.

mod audited;
mod budgeted;
mod cameras;
mod connect;
mod deployed;
mod fault;
mod registration;

use aws_sdk_cloudformation::Client as Stacks;
use aws_sdk_iot::Client as Iot;
use aws_sdk_kinesisvideo::Client as Streams;
use aws_sdk_resourcegroupstagging::Client as Tags;

pub(crate) use deployed::Deployed;
pub(crate) use fault::Refused;
pub(crate) use registration::{Ca, Events, RegisteredCa};

/// The account and Region, or the local cloud, that the environment names.
#[derive(Debug)]
pub(crate) struct Cloud {
    config: aws_config::SdkConfig,
    iot: Iot,
    stacks: Stacks,
    streams: Streams,
    tags: Tags,
    place: fault::Place,
}
