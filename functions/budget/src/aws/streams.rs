//! The streams and their tags.

use std::collections::BTreeMap;

use fleet::{HOLD_TAG, MARK_TAG, THROTTLE_TAG};
use lambda::call::CallError;

use super::Aws;
use crate::tags::Tags;

/// A stream as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its ARN, which has the moment of its making in it.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// How long it keeps its video.
    pub retention_hours: u32,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

impl Aws {
    /// All streams, 10,000 a call.
    pub async fn streams(&self) -> Result<Vec<Listed>, CallError> {
        let mut streams = Vec::new();
        let mut pages = self.kinesisvideo.list_streams().max_results(10_000).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("ListStreams", &error))?;
            streams.extend(page.stream_info_list.unwrap_or_default().into_iter().filter_map(|stream| {
                Some(Listed {
                    arn: stream.stream_arn?,
                    name: stream.stream_name?,
                    retention_hours: stream
                        .data_retention_in_hours
                        .and_then(|hours| u32::try_from(hours).ok())
                        .unwrap_or_default(),
                    created: stream.creation_time.map_or(0, |time| time.secs()),
                })
            }));
        }
        Ok(streams)
    }

    /// The tags of all streams that have any, by ARN; 100 a call. They may be some seconds old.
    ///
    /// <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>
    pub async fn tags(&self) -> Result<BTreeMap<String, Tags>, CallError> {
        let mut found = BTreeMap::new();
        let call = self.tagging.get_resources().resource_type_filters("kinesisvideo:stream").resources_per_page(100);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("GetResources", &error))?;
            for resource in page.resource_tag_mapping_list.unwrap_or_default() {
                let tags = resource.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
                found.extend(resource.resource_arn.map(|arn| (arn, tags)));
            }
        }
        Ok(found)
    }

    /// A stream's tags as they are this moment. None when the stream is gone.
    pub async fn tags_of(&self, arn: &str) -> Result<Option<Tags>, CallError> {
        let mut tags = Tags::new();
        let mut next = None;
        loop {
            self.list_tags_pace.place().await;
            let page = self.kinesisvideo.list_tags_for_stream().stream_arn(arn).set_next_token(next).send().await;
            match page {
                Ok(page) => {
                    tags.extend(page.tags.unwrap_or_default());
                    next = page.next_token;
                    if next.is_none() {
                        return Ok(Some(tags));
                    }
                }
                Err(error) => {
                    let error = CallError::new("ListTagsForStream", &error);
                    return if error.is_absent() { Ok(None) } else { Err(error) };
                }
            }
        }
    }

    /// Writes the mark and, when given, the throttle, at once.
    pub async fn tag(&self, arn: &str, mark: &str, throttle: Option<&str>) -> Result<(), CallError> {
        self.tag_pace.place().await;
        let call = self.kinesisvideo.tag_stream().stream_arn(arn).tags(MARK_TAG, mark);
        let call = throttle.into_iter().fold(call, |call, throttle| call.tags(THROTTLE_TAG, throttle));
        call.send().await.map(|_| ()).map_err(|error| CallError::new("TagStream", &error))
    }

    /// Freezes a stream as it is.
    pub async fn hold(&self, arn: &str, why: &str) -> Result<(), CallError> {
        self.tag_pace.place().await;
        let call = self.kinesisvideo.tag_stream().stream_arn(arn).tags(HOLD_TAG, why);
        call.send().await.map(|_| ()).map_err(|error| CallError::new("TagStream", &error))
    }

    /// Takes a tag away. One that is not there is as good.
    pub async fn untag(&self, arn: &str, key: &str) -> Result<(), CallError> {
        self.untag_pace.place().await;
        let call = self.kinesisvideo.untag_stream().stream_arn(arn).tag_key_list(key);
        call.send().await.map(|_| ()).map_err(|error| CallError::new("UntagStream", &error))
    }
}
