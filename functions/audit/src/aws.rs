//! All AWS calls: those that read what is audited, and in [`store`] those that keep and tell what was found. The SDK's
//! types do not leave this module.

mod alarm;
mod answer;
mod close;
pub mod credential_report;
mod device;
mod firehose;
mod flink;
mod holder;
mod iam;
mod iot;
mod key;
mod kinesis;
mod look;
mod messaging;
mod network;
mod own;
mod share;
pub mod store;
mod tagging;
mod trail;
mod video;

use std::num::NonZeroU32;

use aws_sdk_cloudtrail as cloudtrail;
use aws_sdk_cloudwatch as cloudwatch;
use aws_sdk_ec2 as ec2;
use aws_sdk_eventbridge as eventbridge;
use aws_sdk_firehose as data_firehose;
use aws_sdk_iam as identity;
use aws_sdk_iot as iot_core;
use aws_sdk_kinesis as data_streams;
use aws_sdk_kinesisanalyticsv2 as kinesisanalytics;
use aws_sdk_kinesisvideo as kinesisvideo;
use aws_sdk_kms as kms;
use aws_sdk_resourcegroupstagging as resourcegroupstagging;
use aws_sdk_scheduler as scheduler;
use aws_sdk_sns as sns;
use aws_sdk_sqs as sqs;
use aws_sdk_sts as sts;
use lambda::call::CallError;
use lambda::pace::Pacer;
use lambda::{SdkConfig, client};

pub use close::close;
pub use share::Share;

use crate::inventory::{Inventory, Missing};
use crate::own::Own;
use crate::source::Source;

/// The clients, and the paces at which the calls with small quotas are made.
#[derive(Debug)]
pub struct Aws {
    cloudtrail: cloudtrail::Client,
    cloudwatch: cloudwatch::Client,
    ec2: ec2::Client,
    eventbridge: eventbridge::Client,
    firehose: data_firehose::Client,
    flink: kinesisanalytics::Client,
    iam: identity::Client,
    iot: iot_core::Client,
    kinesis: data_streams::Client,
    kinesisvideo: kinesisvideo::Client,
    kms: kms::Client,
    scheduler: scheduler::Client,
    sns: sns::Client,
    sqs: sqs::Client,
    sts: sts::Client,
    tagging: resourcegroupstagging::Client,
    own: Own,
    /// `DescribeCertificate` and what goes with it: 10 a second are allowed by default, shared with provisioning.
    certificate_pace: Pacer,
    /// The targets of streams: 50 a second are allowed, which no request raises.
    target_pace: Pacer,
    /// Firehose's control plane: 5 a second are allowed.
    firehose_pace: Pacer,
    /// `LookupEvents`: 2 a second are allowed.
    lookup_pace: Pacer,
}

impl Aws {
    /// Makes the clients. Nothing is called yet.
    pub fn new(shared: &SdkConfig, own: Own) -> Self {
        Self {
            cloudtrail: client!(cloudtrail, shared),
            cloudwatch: client!(cloudwatch, shared),
            ec2: client!(ec2, shared),
            eventbridge: client!(eventbridge, shared),
            firehose: client!(data_firehose, shared),
            flink: client!(kinesisanalytics, shared),
            iam: client!(identity, shared),
            iot: client!(iot_core, shared),
            kinesis: client!(data_streams, shared),
            kinesisvideo: client!(kinesisvideo, shared),
            kms: client!(kms, shared),
            scheduler: client!(scheduler, shared),
            sns: client!(sns, shared),
            sqs: client!(sqs, shared),
            sts: client!(sts, shared),
            tagging: client!(resourcegroupstagging, shared),
            own,
            certificate_pace: a_second(5),
            target_pace: a_second(20),
            firehose_pace: a_second(4),
            lookup_pace: a_second(1),
        }
    }

    /// The account's number and the partition of the credentials, such as `aws`.
    pub async fn account(&self) -> Result<(String, String), CallError> {
        let answer = self.sts.get_caller_identity().send().await;
        let identity = answer.map_err(|error| CallError::new("GetCallerIdentity", &error))?;
        let arn = identity.arn.unwrap_or_default();
        Ok((identity.account.unwrap_or_default(), arn.split(':').nth(1).unwrap_or("aws").to_owned()))
    }

    /// Reads one page of a source into the inventory; the token of the next page, or None at the end.
    ///
    /// A token is text that can be kept: a sweep may go on with it in another process, given the same inventory. That a
    /// listing is read to its end, or why not, is for [`close`] to note. After an error the source cannot be continued;
    /// what was read of it remains. What AWS lists and, when asked about, does not know is left out, and stands in
    /// `gone`.
    ///
    /// Sources that ask about each item ([`Source::Topics`], [`Source::Queues`], [`Source::Keys`],
    /// [`Source::CertificateDetails`], [`Source::StreamTargets`]) take the items from what the inventory holds already,
    /// so they come after those. `share` is for the last two only.
    pub async fn page(
        &self,
        source: Source,
        token: Option<String>,
        share: Share,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        // Boxed: the futures of some twenty services would all lie side by side.
        match source {
            Source::Authorization => Box::pin(self.authorization(token, into)).await,
            Source::AccessKeys => Box::pin(self.access_keys(into)).await.map(|()| None),
            Source::RoleAliases => Box::pin(self.role_aliases(token, into)).await,
            Source::IotPolicies => Box::pin(self.iot_policies(token, into)).await,
            Source::CaCertificates => Box::pin(self.ca_certificates(token, into)).await,
            Source::DomainConfigurations => Box::pin(self.domain_configurations(token, into)).await,
            Source::Streams => Box::pin(self.streams(token, into)).await,
            Source::Channels => Box::pin(self.channels(token, into)).await,
            Source::DataStreams => Box::pin(self.data_streams(token, into)).await,
            Source::DeliveryStreams => Box::pin(self.delivery_streams(token, into)).await,
            Source::FlinkApplications => Box::pin(self.flink_applications(token, into)).await,
            Source::Topics => Box::pin(self.topics(token, into)).await,
            Source::Queues => Box::pin(self.queues(into)).await.map(|()| None),
            Source::Trails => Box::pin(self.trails(into)).await.map(|()| None),
            Source::Alarms => Box::pin(self.alarms(token, into)).await,
            Source::OwnParts => Box::pin(self.own_parts(into)).await.map(|()| None),
            Source::Endpoints => Box::pin(self.endpoints(token, into)).await,
            Source::RecordedEvents => Box::pin(self.recorded_events(into)).await.map(|()| None),
            Source::Keys => Box::pin(self.keys(token, into)).await,
            Source::StreamTags => Box::pin(self.stream_tags(token, into)).await,
            Source::Things => Box::pin(self.things(token, into)).await,
            Source::Certificates => Box::pin(self.certificates(token, into)).await,
            Source::CertificateDetails => Box::pin(self.certificate_details(token, share, into)).await,
            Source::StreamTargets => Box::pin(self.stream_targets(token, share, into)).await,
        }
    }
}

fn a_second(calls: u32) -> Pacer {
    Pacer::shared(NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN), NonZeroU32::MIN)
}
