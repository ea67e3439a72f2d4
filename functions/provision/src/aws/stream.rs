//! Streams: made, looked at, tagged. Never changed otherwise, never deleted.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_kinesisvideo::operation::create_stream::CreateStreamError;
use aws_sdk_kinesisvideo::operation::describe_stream::DescribeStreamError;
use aws_sdk_kinesisvideo::operation::describe_stream_storage_configuration::DescribeStreamStorageConfigurationError;
use aws_sdk_kinesisvideo::operation::list_tags_for_stream::ListTagsForStreamError;
use aws_sdk_kinesisvideo::operation::tag_stream::TagStreamError;
use aws_sdk_kinesisvideo::types::{DefaultStorageTier, Status, StreamStorageConfiguration};
use fleet::StorageTier;
use lambda::call::CallError;

use super::Aws;
use crate::observed::{Fact, MadeWith, StreamStatus};
use crate::plan::Wanted;

impl Aws {
    /// Makes the stream with its tags: a stream without them is never seen.
    ///
    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html>
    pub(super) async fn create_stream(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let stream = &wanted.stream;
        let tags: HashMap<String, String> = stream.tags.clone().into_iter().collect();
        // HOT is what a stream gets when nothing is said.
        let storage = match stream.tier {
            StorageTier::Hot => None,
            StorageTier::Warm => {
                match StreamStorageConfiguration::builder().default_storage_tier(DefaultStorageTier::Warm).build() {
                    Ok(storage) => Some(storage),
                    Err(error) => return Err(CallError::unbuilt("CreateStream", &error)),
                }
            }
        };
        let call = self
            .kinesisvideo
            .create_stream()
            .stream_name(wanted.name.as_str())
            .media_type(stream.media_type.as_str())
            .data_retention_in_hours(i32::try_from(stream.retention.get()).unwrap_or(i32::MAX))
            .set_kms_key_id(stream.kms_key.clone())
            .set_stream_storage_configuration(storage)
            .set_tags(Some(tags));
        match call.send().await {
            Ok(_) => Ok(Fact::StreamIsNew),
            Err(error) => match error.as_service_error() {
                Some(CreateStreamError::ResourceInUseException(_)) => Ok(Fact::StreamExists),
                _ => Err(CallError::new("CreateStream", &error)),
            },
        }
    }

    pub(super) async fn describe_stream(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        match self.kinesisvideo.describe_stream().stream_name(wanted.name.as_str()).send().await {
            Ok(answer) => Ok(answer.stream_info.map_or(Fact::StreamGone, |info| {
                let status = match info.status {
                    Some(Status::Active) => StreamStatus::Active,
                    Some(other) => StreamStatus::Passing(other.as_str().to_owned()),
                    None => StreamStatus::Passing("without a status".to_owned()),
                };
                let retention_hours = info.data_retention_in_hours.unwrap_or_default();
                let kms_key = info.kms_key_id.unwrap_or_default();
                Fact::StreamIs(status, MadeWith { retention_hours, kms_key })
            })),
            Err(error) => match error.as_service_error() {
                Some(DescribeStreamError::ResourceNotFoundException(_)) => Ok(Fact::StreamGone),
                _ => Err(CallError::new("DescribeStream", &error)),
            },
        }
    }

    /// Reads all pages.
    pub(super) async fn list_tags(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let mut tags = BTreeMap::new();
        let mut next = None;
        loop {
            let call = self.kinesisvideo.list_tags_for_stream().stream_name(wanted.name.as_str()).set_next_token(next);
            match call.send().await {
                Ok(page) => {
                    tags.extend(page.tags.unwrap_or_default());
                    next = page.next_token.filter(|token| !token.is_empty());
                    if next.is_none() {
                        return Ok(Fact::TagsAre(tags));
                    }
                }
                Err(error) => {
                    return match error.as_service_error() {
                        Some(ListTagsForStreamError::ResourceNotFoundException(_)) => Ok(Fact::StreamGone),
                        _ => Err(CallError::new("ListTagsForStream", &error)),
                    };
                }
            }
        }
    }

    pub(super) async fn describe_storage(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let call = self.kinesisvideo.describe_stream_storage_configuration().stream_name(wanted.name.as_str());
        match call.send().await {
            Ok(answer) => {
                let tier = answer.stream_storage_configuration.map(|storage| storage.default_storage_tier);
                // A tier that this version does not know is no WARM that we asked for.
                let warm = tier == Some(DefaultStorageTier::Warm);
                Ok(Fact::TierIs(if warm { StorageTier::Warm } else { StorageTier::Hot }))
            }
            Err(error) => match error.as_service_error() {
                Some(DescribeStreamStorageConfigurationError::ResourceNotFoundException(_)) => Ok(Fact::StreamGone),
                _ => Err(CallError::new("DescribeStreamStorageConfiguration", &error)),
            },
        }
    }

    /// Adds tags to those that the stream has. Only names that it lacks are given.
    pub(super) async fn tag_stream(
        &self,
        wanted: &Wanted,
        missing: &BTreeMap<String, String>,
    ) -> Result<Fact, CallError> {
        let tags: HashMap<String, String> = missing.clone().into_iter().collect();
        match self.kinesisvideo.tag_stream().stream_name(wanted.name.as_str()).set_tags(Some(tags)).send().await {
            Ok(_) => Ok(Fact::Tagged(missing.clone())),
            Err(error) => match error.as_service_error() {
                Some(TagStreamError::ResourceNotFoundException(_)) => Ok(Fact::StreamGone),
                _ => Err(CallError::new("TagStream", &error)),
            },
        }
    }
}
