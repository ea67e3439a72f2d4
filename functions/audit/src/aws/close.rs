//! The end of a source: whether its listings are whole.

use std::collections::BTreeSet;

use crate::inventory::{Inventory, Listing, Missing, Seen};
use crate::source::Source;

/// Notes in the listings of a source that it was read to its end, or why it was not.
///
/// [`Source::CertificateDetails`] and [`Source::StreamTargets`] are read in shares: unless everything that is listed was
/// looked at, the rest is [`Missing::NextTime`]. What turned out to be gone meanwhile leaves the listing that named it.
pub fn close(source: Source, outcome: Result<(), Missing>, into: &mut Inventory) {
    let missing = match (source, outcome) {
        (_, Err(missing)) => Some(missing),
        (Source::CertificateDetails, Ok(())) => close_details(into),
        (Source::StreamTargets, Ok(())) => close_targets(into),
        (_, Ok(())) => None,
    };
    for listing in listings(source, into) {
        listing.end(missing.clone());
    }
}

/// Empties the listings of a source, which is to be read anew.
pub(super) fn clear(source: Source, into: &mut Inventory) {
    for listing in listings(source, into) {
        listing.clear();
    }
}

fn close_details(into: &mut Inventory) -> Option<Missing> {
    let Inventory { certificates, certificate_details, things, gone, .. } = into;
    certificates.items.retain(|certificate| !gone.contains(&certificate.certificate_arn));
    things.items.retain(|thing| !gone.contains(&thing.thing_arn));
    for thing in &mut things.items {
        if thing.principals == Seen::Missing(Missing::NotAsked) {
            thing.principals = Seen::Missing(Missing::NextTime);
        }
    }
    let looked_at: BTreeSet<&str> = certificate_details.items.iter().map(|it| it.certificate_arn.as_str()).collect();
    let listed = certificates.whole();
    let all = listed.is_ok_and(|all| all.iter().all(|it| looked_at.contains(it.certificate_arn.as_str())));
    (!all).then_some(Missing::NextTime)
}

fn close_targets(into: &mut Inventory) -> Option<Missing> {
    let Inventory { streams, stream_targets, gone, .. } = into;
    streams.items.retain(|stream| !gone.contains(&stream.stream_arn));
    let looked_at: BTreeSet<&str> = stream_targets.items.iter().map(|it| it.stream_arn.as_str()).collect();
    let all = streams.whole().is_ok_and(|all| all.iter().all(|it| looked_at.contains(it.stream_arn.as_str())));
    (!all).then_some(Missing::NextTime)
}

/// A listing of whatever there is.
trait AnyListing {
    fn end(&mut self, missing: Option<Missing>);
    fn clear(&mut self);
}

impl<T> AnyListing for Listing<T> {
    fn end(&mut self, missing: Option<Missing>) {
        self.missing = missing;
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What a source is read into.
fn listings(source: Source, into: &mut Inventory) -> Vec<&mut dyn AnyListing> {
    match source {
        Source::Authorization => {
            vec![&mut into.roles, &mut into.users, &mut into.groups, &mut into.managed_policies]
        }
        Source::AccessKeys => vec![&mut into.access_keys],
        Source::RoleAliases => vec![&mut into.role_aliases],
        Source::IotPolicies => vec![&mut into.iot_policies],
        Source::CaCertificates => vec![&mut into.ca_certificates],
        Source::DomainConfigurations => vec![&mut into.domain_configurations],
        Source::Streams => vec![&mut into.streams],
        Source::Channels => vec![&mut into.channels],
        Source::DataStreams => vec![&mut into.data_streams],
        Source::DeliveryStreams => vec![&mut into.delivery_streams],
        Source::FlinkApplications => vec![&mut into.flink_applications],
        Source::Topics => vec![&mut into.topics],
        Source::Queues => vec![&mut into.queues],
        Source::Trails => vec![&mut into.trails],
        Source::Alarms => vec![&mut into.alarms],
        Source::OwnParts => vec![&mut into.own_parts],
        Source::Endpoints => vec![&mut into.endpoints],
        Source::RecordedEvents => vec![&mut into.recorded_events],
        Source::Keys => vec![&mut into.keys],
        Source::StreamTags => vec![&mut into.stream_tags],
        Source::Things => vec![&mut into.things],
        Source::Certificates => vec![&mut into.certificates],
        Source::CertificateDetails => vec![&mut into.certificate_details],
        Source::StreamTargets => vec![&mut into.stream_targets],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Certificate, CertificateDetail, Thing};

    fn listed(ids: &[&str], looked_at: &[&str]) -> Inventory {
        let certificates =
            ids.iter().map(|id| Certificate { certificate_arn: (*id).to_owned(), ..Certificate::default() });
        let details = looked_at.iter().map(|id| CertificateDetail {
            certificate_id: String::new(),
            certificate_arn: (*id).to_owned(),
            status: String::new(),
            not_after: None,
            things: Seen::default(),
        });
        let mut inventory = Inventory { certificates: Listing::all(certificates.collect()), ..Inventory::default() };
        inventory.certificate_details.items = details.collect();
        inventory
    }

    #[test]
    fn all_listings_of_a_source_end_together() {
        let mut inventory = Inventory::default();
        close(Source::Authorization, Ok(()), &mut inventory);
        assert!(inventory.roles.whole().is_ok() && inventory.managed_policies.whole().is_ok());
        let denied = Missing::Denied { permission: "iam:GetAccountAuthorizationDetails".to_owned() };
        close(Source::Authorization, Err(denied.clone()), &mut inventory);
        assert_eq!((inventory.users.missing, inventory.groups.missing), (Some(denied.clone()), Some(denied)));
        assert!(!inventory.access_keys.asked());
    }

    #[test]
    fn a_share_is_whole_only_when_it_was_everything() {
        let mut part = listed(&["a", "b"], &["a"]);
        part.things.items.push(Thing::default());
        close(Source::CertificateDetails, Ok(()), &mut part);
        assert_eq!(part.certificate_details.missing, Some(Missing::NextTime));
        assert_eq!(part.things.items[0].principals, Seen::Missing(Missing::NextTime));
        let mut all = listed(&["a", "b"], &["b"]);
        all.gone.insert("a".to_owned());
        close(Source::CertificateDetails, Ok(()), &mut all);
        assert_eq!(all.certificate_details.missing, None);
        assert_eq!(all.certificates.items.len(), 1);
    }

    #[test]
    fn a_share_of_a_list_that_was_cut_short_is_not_everything() {
        let mut cut = listed(&["a"], &["a"]);
        cut.certificates.missing = Some(Missing::NextTime);
        close(Source::CertificateDetails, Ok(()), &mut cut);
        assert_eq!(cut.certificate_details.missing, Some(Missing::NextTime));
    }
}
