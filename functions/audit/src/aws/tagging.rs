//! The tags of all streams, from the Resource Groups Tagging API.

use super::Aws;
use super::answer::{answer, token};
use crate::inventory::{Inventory, Missing, ResourceTags, Tag};

impl Aws {
    /// 100 streams a page; those that never had a tag are in none.
    ///
    /// <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>
    pub(super) async fn stream_tags(
        &self,
        next: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.tagging.get_resources().resource_type_filters("kinesisvideo:stream").resources_per_page(100);
        let page = answer("tag:GetResources", call.set_pagination_token(next).send().await)?;
        into.stream_tags.items.extend(page.resource_tag_mapping_list.unwrap_or_default().into_iter().map(|resource| {
            let tags = resource.tags.unwrap_or_default().into_iter();
            ResourceTags {
                resource_arn: resource.resource_arn.unwrap_or_default(),
                tags: tags.map(|tag| Tag { key: tag.key, value: tag.value }).collect(),
            }
        }));
        Ok(token(page.pagination_token))
    }
}
