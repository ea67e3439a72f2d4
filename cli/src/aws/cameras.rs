//! The fleet as AWS shows it, in as few calls as its size allows.

use std::collections::BTreeMap;

use anyhow::Result;
use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter};
use fleet::{CERTIFICATE_ATTRIBUTE, PRIORITY_TAG, REGISTERED_ATTRIBUTE, THING_TAG, THROTTLE_TAG};

use super::Cloud;
use crate::status::camera::{Fleet, StreamTags, Thing};

impl Cloud {
    /// Reads the whole fleet: a call for 250 things, for 250 certificates, for 10,000 streams and for 100 tagged
    /// streams. `read` hears how many entries each page brought.
    pub(crate) async fn fleet(&self, thing_type: &str, read: &impl Fn(usize)) -> Result<Fleet> {
        let (things, certificates, streams, tags) = tokio::try_join!(
            self.things(thing_type, read),
            self.certificates(read),
            self.streams(read),
            self.stream_tags(read),
        )?;
        Ok(Fleet { things, certificates, streams, tags })
    }

    async fn things(&self, thing_type: &str, read: &impl Fn(usize)) -> Result<BTreeMap<String, Thing>> {
        let mut things = BTreeMap::new();
        let mut pages = self.iot.list_things().thing_type_name(thing_type).max_results(250).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("list the things", &error))?.things.unwrap_or_default();
            read(page.len());
            for thing in page {
                let mut attributes = thing.attributes.unwrap_or_default();
                let certificate = attributes.remove(CERTIFICATE_ATTRIBUTE);
                let registered = attributes.remove(REGISTERED_ATTRIBUTE);
                things.extend(thing.thing_name.map(|name| (name, Thing { certificate, registered })));
            }
        }
        Ok(things)
    }

    async fn certificates(&self, read: &impl Fn(usize)) -> Result<BTreeMap<String, String>> {
        let mut certificates = BTreeMap::new();
        let mut pages = self.iot.list_certificates().page_size(250).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("list the certificates", &error))?;
            let page = page.certificates.unwrap_or_default();
            read(page.len());
            certificates
                .extend(page.into_iter().filter_map(|c| Some((c.certificate_id?, c.status?.as_str().to_owned()))));
        }
        Ok(certificates)
    }

    async fn streams(&self, read: &impl Fn(usize)) -> Result<BTreeMap<String, String>> {
        let mut streams = BTreeMap::new();
        let mut pages = self.streams.list_streams().max_results(10_000).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("list the streams", &error))?;
            let page = page.stream_info_list.unwrap_or_default();
            read(page.len());
            streams.extend(page.into_iter().filter_map(|s| Some((s.stream_name?, s.status?.as_str().to_owned()))));
        }
        Ok(streams)
    }

    async fn stream_tags(&self, read: &impl Fn(usize)) -> Result<BTreeMap<String, StreamTags>> {
        let mut tags = BTreeMap::new();
        let mut pages = self
            .tags
            .get_resources()
            .resource_type_filters("kinesisvideo:stream")
            .tag_filters(TagFilter::builder().key(THING_TAG).build())
            .resources_per_page(100)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("read the streams' tags", &error))?;
            let page = page.resource_tag_mapping_list.unwrap_or_default();
            read(page.len());
            tags.extend(page.into_iter().filter_map(tagged));
        }
        Ok(tags)
    }
}

/// The stream's name and our tags on it.
fn tagged(resource: ResourceTagMapping) -> Option<(String, StreamTags)> {
    let name = stream_name(resource.resource_arn.as_deref()?)?.to_owned();
    let mut tags = StreamTags::default();
    for tag in resource.tags.unwrap_or_default() {
        match tag.key.as_str() {
            THING_TAG => tags.thing = Some(tag.value),
            PRIORITY_TAG => tags.priority = Some(tag.value),
            THROTTLE_TAG => tags.throttle = Some(tag.value),
            _ => {}
        }
    }
    Some((name, tags))
}

/// The name in `arn:aws:kinesisvideo:<region>:<account>:stream/<name>/<creation time>`.
fn stream_name(arn: &str) -> Option<&str> {
    let (_, resource) = arn.split_once(":stream/")?;
    resource.split('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streams_arn_holds_its_name() {
        let arn = "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/cam-1/1577248409400";
        assert_eq!(stream_name(arn), Some("cam-1"));
        for other in ["", "arn:aws:kinesisvideo:eu-west-1:123456789012:channel/x/1", "a:stream/", "cam-1"] {
            assert_eq!(stream_name(other), None, "{other}");
        }
    }
}
