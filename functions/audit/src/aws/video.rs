//! Kinesis Video Streams: streams, their targets, channels.

use std::collections::BTreeSet;

use aws_sdk_kinesisvideo::types::{ConfigurationStatus, StreamInfo};

use super::Aws;
use super::answer::{PAGE, after, answer, moment, offset, present, put, seen, settle, token};
use super::share::{Share, hash_of_name};
use crate::inventory::{Channel, Inventory, Missing, ResourceTags, Stream, StreamTargets, Tag};

impl Aws {
    /// 10,000 streams a page, with key and retention.
    ///
    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_ListStreams.html>
    pub(super) async fn streams(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let (streams, next) = self.page_of_streams(next).await?;
        into.streams.items.extend(streams);
        Ok(next)
    }

    async fn page_of_streams(&self, next: Option<String>) -> Result<(Vec<Stream>, Option<String>), Missing> {
        let call = self.kinesisvideo.list_streams().max_results(10_000).set_next_token(next);
        let page = answer("kinesisvideo:ListStreams", call.send().await)?;
        Ok((page.stream_info_list.unwrap_or_default().into_iter().map(stream).collect(), token(page.next_token)))
    }

    pub(super) async fn channels(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let call = self.kinesisvideo.list_signaling_channels().max_results(10_000).set_next_token(next);
        let page = answer("kinesisvideo:ListSignalingChannels", call.send().await)?;
        into.channels.items.extend(page.channel_info_list.unwrap_or_default().into_iter().map(|channel| Channel {
            channel_name: channel.channel_name.unwrap_or_default(),
            channel_arn: channel.channel_arn.unwrap_or_default(),
        }));
        Ok(token(page.next_token))
    }

    /// The share's streams, 25 a page and 20 a second. Topics that they notify come into scope.
    pub(super) async fn stream_targets(
        &self,
        next: Option<String>,
        share: Share,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let at = offset(next.as_deref());
        let streams = &into.streams.items;
        let turns: Vec<String> = streams
            .iter()
            .filter(|stream| share.has(hash_of_name(&stream.stream_name), streams.len()))
            .map(|stream| stream.stream_arn.clone())
            .collect();
        for arn in turns.iter().skip(at).take(PAGE) {
            let targets = self.targets(arn).await;
            self.notified_topic(&targets, into).await;
            into.stream_targets.items.push(targets);
        }
        Ok(after(at, turns.len()))
    }

    /// A stream with tags, targets, key and the topic that it notifies.
    pub(super) async fn look_stream(&self, name: &str, into: &mut Inventory) {
        let Some(stream) = self.look_stream_alone(name, into).await else { return };
        match self.tags(&stream).await {
            Ok(tags) => put(&mut into.stream_tags.items, tags, |tags| &tags.resource_arn),
            Err(missing) => into.stream_tags.missing = Some(missing),
        }
        let targets = self.targets(&stream.stream_arn).await;
        self.notified_topic(&targets, into).await;
        put(&mut into.stream_targets.items, targets, |targets| &targets.stream_arn);
        if let Some(named) = &stream.kms_key_id {
            self.look_key_once(named, into).await;
        }
    }

    /// The stream itself. The time in the ARN of one that is not there nobody knows: the ARN up to the name is gone.
    pub(super) async fn look_stream_alone(&self, name: &str, into: &mut Inventory) -> Option<Stream> {
        let described = self.kinesisvideo.describe_stream().stream_name(name).send().await;
        let looked = present("kinesisvideo:DescribeStream", described);
        let looked = looked.map(|answer| answer.and_then(|answer| answer.stream_info).map(stream));
        let found = looked.as_ref().ok().and_then(Clone::clone);
        if matches!(looked, Ok(None)) {
            let Inventory { streams, gone, .. } = into;
            gone.extend(streams.items.extract_if(.., |stream| stream.stream_name == name).map(|it| it.stream_arn));
        }
        let gone = into.taken.arn("kinesisvideo", &format!("stream/{name}"));
        settle(&mut into.streams, (&mut into.gone, gone), |stream| &stream.stream_arn, looked);
        found
    }

    /// The streams whose key has a name that `matches`. Each name is asked about, in the order of AWS's list.
    pub(super) async fn streams_with_key(
        &self,
        mut matches: impl FnMut(&str) -> bool,
        into: &mut Inventory,
    ) -> Result<(), Missing> {
        // One key may be that of a hundred thousand streams.
        let mut known: BTreeSet<String> = into.streams.items.iter().map(|stream| stream.stream_arn.clone()).collect();
        let mut next = None;
        loop {
            let (page, after) = self.page_of_streams(next).await?;
            for stream in page {
                if stream.kms_key_id.as_deref().is_some_and(&mut matches) && known.insert(stream.stream_arn.clone()) {
                    into.streams.items.push(stream);
                }
            }
            next = after;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    async fn tags(&self, stream: &Stream) -> Result<ResourceTags, Missing> {
        let mut tags = Vec::new();
        let mut next = None;
        loop {
            let call = self.kinesisvideo.list_tags_for_stream().stream_name(&stream.stream_name).set_next_token(next);
            let page = answer("kinesisvideo:ListTagsForStream", call.send().await)?;
            tags.extend(page.tags.unwrap_or_default().into_iter().map(|(key, value)| Tag { key, value }));
            next = token(page.next_token);
            if next.is_none() {
                tags.sort_by(|one, other| one.key.cmp(&other.key));
                return Ok(ResourceTags { resource_arn: stream.stream_arn.clone(), tags });
            }
        }
    }

    /// Where a stream sends images and notifications. What is not configured, or is switched off, goes nowhere; so does
    /// everything of a stream that is not there.
    ///
    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_DescribeNotificationConfiguration.html>
    async fn targets(&self, arn: &str) -> StreamTargets {
        self.target_pace.place().await;
        let (images, notifications) = tokio::join!(
            self.kinesisvideo.describe_image_generation_configuration().stream_arn(arn).send(),
            self.kinesisvideo.describe_notification_configuration().stream_arn(arn).send(),
        );
        let images = present("kinesisvideo:DescribeImageGenerationConfiguration", images).map(|answer| {
            let on = answer.and_then(|answer| answer.image_generation_configuration);
            let on = on.filter(|to| to.status == ConfigurationStatus::Enabled);
            on.and_then(|to| to.destination_config).map(|to| to.uri)
        });
        let notifications = present("kinesisvideo:DescribeNotificationConfiguration", notifications).map(|answer| {
            let on = answer.and_then(|answer| answer.notification_configuration);
            let on = on.filter(|to| to.status == ConfigurationStatus::Enabled);
            on.and_then(|to| to.destination_config).map(|to| to.uri)
        });
        StreamTargets { stream_arn: arn.to_owned(), images: seen(images), notifications: seen(notifications) }
    }
}

fn stream(info: StreamInfo) -> Stream {
    Stream {
        stream_name: info.stream_name.unwrap_or_default(),
        stream_arn: info.stream_arn.unwrap_or_default(),
        kms_key_id: info.kms_key_id,
        status: info.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        creation_time: info.creation_time.map(moment),
        data_retention_in_hours: info.data_retention_in_hours.unwrap_or_default().into(),
    }
}
