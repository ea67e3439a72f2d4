//! CloudTrail: what trails record, and what was recorded.

use std::collections::BTreeSet;

use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, LookupAttribute, LookupAttributeKey,
};

use super::Aws;
use super::answer::{answer, moment, seen, token, unbuilt};
use crate::event::is_change;
use crate::inventory::{EventSelection, Inventory, Missing, Moment, RecordedEvent, Trail};

/// Pages of 50 events that are read: CloudTrail allows two calls a second.
const PAGES: usize = 10;

impl Aws {
    /// One call for all trails that record this region, two for each of them.
    ///
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html>
    pub(super) async fn trails(&self, into: &mut Inventory) -> Result<(), Missing> {
        let call = self.cloudtrail.describe_trails().include_shadow_trails(true);
        let trails = answer("cloudtrail:DescribeTrails", call.send().await)?.trail_list.unwrap_or_default();
        for trail in trails {
            let arn = trail.trail_arn.unwrap_or_default();
            let status = self.cloudtrail.get_trail_status().name(&arn).send().await;
            let status = answer("cloudtrail:GetTrailStatus", status);
            let selectors = self.cloudtrail.get_event_selectors().trail_name(&arn).send().await;
            let selectors = answer("cloudtrail:GetEventSelectors", selectors);
            into.trails.items.push(Trail {
                name: trail.name.unwrap_or_default(),
                trail_arn: arn,
                home_region: trail.home_region.unwrap_or_default(),
                is_multi_region_trail: trail.is_multi_region_trail.unwrap_or_default(),
                log_file_validation_enabled: trail.log_file_validation_enabled.unwrap_or_default(),
                is_logging: seen(status.map(|status| status.is_logging.unwrap_or_default())),
                selection: seen(selectors.map(|selectors| {
                    let basic = selectors.event_selectors.unwrap_or_default();
                    selection(&basic, &selectors.advanced_event_selectors.unwrap_or_default())
                })),
            });
        }
        Ok(())
    }

    /// The newest changes of the last day, up to [`PAGES`] pages of them, of which those stay that a rule sends. IAM's are
    /// recorded in us-east-1. Reads, of which cameras make many, are left out by CloudTrail.
    ///
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
    pub(super) async fn recorded_events(&self, into: &mut Inventory) -> Result<(), Missing> {
        let writes = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::ReadOnly)
            .attribute_value("false")
            .build()
            .map_err(|error| unbuilt("cloudtrail:LookupEvents", &error))?;
        let since = DateTime::from_secs(into.taken.at.plus_hours(-24).0.as_second());
        let mut next = None;
        for _ in 0..PAGES {
            self.lookup_pace.place().await;
            let call = self.cloudtrail.lookup_events().lookup_attributes(writes.clone()).start_time(since);
            let page = call.max_results(50).set_next_token(next).send().await;
            let page = answer("cloudtrail:LookupEvents", page)?;
            // What no rule sends, or no message means anything, was not missed.
            let events = page.events.unwrap_or_default().into_iter();
            let quiet = self.quiet_roles(&into.taken);
            let changes =
                events.filter(|event| is_change(event.cloud_trail_event.as_deref().unwrap_or_default(), &quiet));
            into.recorded_events.items.extend(changes.map(|event| RecordedEvent {
                event_id: event.event_id.unwrap_or_default(),
                event_name: event.event_name.unwrap_or_default(),
                event_source: event.event_source.unwrap_or_default(),
                event_time: event.event_time.map_or(Moment::EPOCH, moment),
            }));
            next = token(page.next_token);
            if next.is_none() || !into.recorded_events.items.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// What a trail records. A trail without any selector records all management events.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html>
fn selection(basic: &[EventSelector], advanced: &[AdvancedEventSelector]) -> EventSelection {
    let mut left_out = match (basic, advanced) {
        ([], []) => vec![BTreeSet::new()],
        (basic, advanced) => {
            let by_basic = basic.iter().filter_map(left_out_by_basic);
            by_basic.chain(advanced.iter().filter_map(left_out_by_advanced)).collect()
        }
    };
    let first = left_out.pop();
    // What one selector leaves out, another may take in.
    let excluded = first.as_ref().map(|first| {
        first.iter().filter(|source| left_out.iter().all(|other| other.contains(*source))).cloned().collect()
    });
    let of_basic = basic.iter().flat_map(EventSelector::data_resources).filter_map(|data| data.r#type());
    let of_advanced = advanced.iter().filter(|selector| values(selector, "eventCategory").contains(&"Data"));
    let of_advanced = of_advanced.flat_map(|selector| values(selector, "resources.type"));
    let types: BTreeSet<&str> = of_basic.chain(of_advanced).collect();
    EventSelection {
        management_writes: first.is_some(),
        excluded_sources: excluded.unwrap_or_default(),
        data_resource_types: types.into_iter().map(str::to_owned).collect(),
    }
}

/// The event sources that a selector leaves out of the changes that it takes in; None when it takes in none.
fn left_out_by_basic(selector: &EventSelector) -> Option<BTreeSet<String>> {
    let management = selector.include_management_events.unwrap_or(true);
    let writes = selector.read_write_type.as_ref().is_none_or(|kind| kind.as_str() != "ReadOnly");
    (management && writes).then(|| selector.exclude_management_event_sources().iter().cloned().collect())
}

/// The same of an advanced one. One that is narrowed by anything else than the source leaves out more than can be said
/// by source, and counts as none.
fn left_out_by_advanced(selector: &AdvancedEventSelector) -> Option<BTreeSet<String>> {
    let mut left_out = BTreeSet::new();
    for field in selector.field_selectors() {
        let only_left_out = field.equals.is_none()
            && field.starts_with.is_none()
            && field.ends_with.is_none()
            && field.not_starts_with.is_none()
            && field.not_ends_with.is_none();
        let takes_writes = match field.field.as_str() {
            "eventCategory" => field.equals() == ["Management"],
            "readOnly" => field.equals().iter().any(|value| value == "false"),
            "eventSource" if only_left_out => {
                left_out.extend(field.not_equals().iter().cloned());
                true
            }
            _ => false,
        };
        if !takes_writes {
            return None;
        }
    }
    Some(left_out)
}

/// The values that a field of a selector must equal.
fn values<'s>(selector: &'s AdvancedEventSelector, field: &str) -> Vec<&'s str> {
    let fields = selector.field_selectors().iter().filter(|selector| selector.field == field);
    fields.flat_map(AdvancedFieldSelector::equals).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudtrail::types::{DataResource, ReadWriteType};

    use super::*;

    fn basic() -> aws_sdk_cloudtrail::types::builders::EventSelectorBuilder {
        EventSelector::builder().include_management_events(true).read_write_type(ReadWriteType::All)
    }

    fn field(name: &str) -> aws_sdk_cloudtrail::types::builders::AdvancedFieldSelectorBuilder {
        AdvancedFieldSelector::builder().field(name)
    }

    fn advanced(
        fields: impl IntoIterator<Item = aws_sdk_cloudtrail::types::builders::AdvancedFieldSelectorBuilder>,
    ) -> AdvancedEventSelector {
        let fields = fields.into_iter().map(|field| field.build().unwrap()).collect();
        AdvancedEventSelector::builder().set_field_selectors(Some(fields)).build().unwrap()
    }

    #[test]
    fn a_basic_selector_says_what_it_takes_in() {
        assert!(selection(&[basic().build()], &[]).management_writes);
        assert!(selection(&[], &[]).management_writes);
        for none in [basic().read_write_type(ReadWriteType::ReadOnly), basic().include_management_events(false)] {
            assert!(!selection(&[none.build()], &[]).management_writes);
        }
        let data = DataResource::builder().r#type("AWS::S3::Object").values("arn:aws:s3").build();
        let selected = selection(&[basic().data_resources(data).build()], &[]);
        assert_eq!(selected.data_resource_types, ["AWS::S3::Object"]);
    }

    #[test]
    fn a_source_is_left_out_only_when_every_selector_leaves_it_out() {
        let without = |source: &str| basic().exclude_management_event_sources(source).build();
        let kms = "kms.amazonaws.com";
        assert_eq!(selection(&[without(kms)], &[]).excluded_sources, [kms]);
        assert!(selection(&[without(kms), basic().build()], &[]).excluded_sources.is_empty());
        assert!(selection(&[without(kms), without("rdsdata.amazonaws.com")], &[]).excluded_sources.is_empty());
    }

    #[test]
    fn an_advanced_selector_of_management_events_takes_in_writes_unless_it_is_of_reads() {
        let management = || field("eventCategory").equals("Management");
        let without = advanced([management(), field("eventSource").not_equals("kms.amazonaws.com")]);
        let selected = selection(&[], &[without]);
        assert!(selected.management_writes);
        assert_eq!(selected.excluded_sources, ["kms.amazonaws.com"]);
        assert!(selection(&[], &[advanced([management(), field("readOnly").equals("false")])]).management_writes);
        for narrow in [field("readOnly").equals("true"), field("eventSource").equals("s3.amazonaws.com")] {
            assert!(!selection(&[], &[advanced([management(), narrow])]).management_writes);
        }
    }

    #[test]
    fn an_advanced_selector_of_data_events_names_their_resources_and_takes_in_no_changes() {
        let type_of = field("resources.type").equals("AWS::KinesisVideo::Stream");
        let selected = selection(&[], &[advanced([field("eventCategory").equals("Data"), type_of])]);
        assert!(!selected.management_writes);
        assert_eq!(selected.data_resource_types, ["AWS::KinesisVideo::Stream"]);
    }
}
