//! Device certificates and things.

use std::collections::BTreeSet;

use super::Aws;
use super::answer::{PAGE, after, answer, moment, name_of, offset, present, seen, settle, token};
use super::share::{Share, hash_of_certificate, hash_of_name};
use crate::inventory::{Certificate, CertificateDetail, Inventory, Missing, Seen, Thing};

/// Certificates or things that hang on one that changed, and are looked at with it.
const MOST_NEIGHBOURS: usize = 50;

/// What has its turn: a certificate by id and ARN, or a thing by its place in the listing.
#[derive(Debug)]
enum Turn {
    Certificate(String, String),
    Thing(usize, String, String),
}

impl Aws {
    pub(super) async fn certificates(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.iot.list_certificates().page_size(250).set_marker(marker);
        let page = answer("iot:ListCertificates", call.send().await)?;
        let certificates = page.certificates.unwrap_or_default().into_iter();
        into.certificates.items.extend(certificates.map(|certificate| Certificate {
            certificate_id: certificate.certificate_id.unwrap_or_default(),
            certificate_arn: certificate.certificate_arn.unwrap_or_default(),
            status: certificate.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        }));
        Ok(token(page.next_marker))
    }

    pub(super) async fn things(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let call = self.iot.list_things().max_results(250).set_next_token(next);
        let page = answer("iot:ListThings", call.send().await)?;
        into.things.items.extend(page.things.unwrap_or_default().into_iter().map(|thing| Thing {
            thing_name: thing.thing_name.unwrap_or_default(),
            thing_arn: thing.thing_arn.unwrap_or_default(),
            thing_type_name: thing.thing_type_name,
            attributes: thing.attributes.unwrap_or_default().into_iter().collect(),
            principals: Seen::default(),
        }));
        Ok(token(page.next_token))
    }

    /// The share's certificates, then the share's things, 25 a page and 5 a second.
    pub(super) async fn certificate_details(
        &self,
        next: Option<String>,
        share: Share,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let at = offset(next.as_deref());
        let turns = turns(share, into);
        let many = turns.len();
        for turn in turns.into_iter().skip(at).take(PAGE) {
            match turn {
                Turn::Certificate(id, arn) => match self.certificate(&id).await? {
                    Some(detail) => into.certificate_details.items.push(detail),
                    None => {
                        into.gone.insert(arn);
                    }
                },
                Turn::Thing(place, name, arn) => match self.principals(&name).await.transpose() {
                    Some(principals) => {
                        if let Some(thing) = into.things.items.get_mut(place) {
                            thing.principals = seen(principals);
                        }
                    }
                    None => {
                        into.gone.insert(arn);
                    }
                },
            }
        }
        Ok(after(at, many))
    }

    /// A certificate, its things, and the other certificates of those.
    pub(super) async fn look_certificate(&self, id: &str, into: &mut Inventory) {
        let mut seen_ids = BTreeSet::from([id.to_owned()]);
        for name in self.look_certificate_alone(id, into).await.into_iter().take(MOST_NEIGHBOURS) {
            for other in certificate_ids(&self.look_thing_alone(&name, into).await) {
                if seen_ids.len() < MOST_NEIGHBOURS && seen_ids.insert(other.clone()) {
                    self.look_certificate_alone(&other, into).await;
                }
            }
        }
    }

    /// A thing, its certificates, and the stream of its name.
    pub(super) async fn look_thing(&self, name: &str, into: &mut Inventory) {
        let principals = self.look_thing_alone(name, into).await;
        for id in certificate_ids(&principals).take(MOST_NEIGHBOURS) {
            self.look_certificate_alone(&id, into).await;
        }
        self.look_stream_alone(name, into).await;
    }

    /// The names of the certificate's things.
    async fn look_certificate_alone(&self, id: &str, into: &mut Inventory) -> Vec<String> {
        let arn = into.taken.arn("iot", &format!("cert/{id}"));
        let looked = self.certificate(id).await;
        let listed = looked.clone().map(|detail| {
            detail.map(|detail| Certificate {
                certificate_id: detail.certificate_id,
                certificate_arn: detail.certificate_arn,
                status: detail.status,
            })
        });
        let things = match &looked {
            Ok(Some(detail)) => detail.things.get().ok().cloned().unwrap_or_default(),
            Ok(None) | Err(_) => Vec::new(),
        };
        settle(&mut into.certificates, (&mut into.gone, arn.clone()), |it| &it.certificate_arn, listed);
        settle(&mut into.certificate_details, (&mut into.gone, arn), |it| &it.certificate_arn, looked);
        things
    }

    /// The ARNs of the thing's principals.
    async fn look_thing_alone(&self, name: &str, into: &mut Inventory) -> Vec<String> {
        let arn = into.taken.arn("iot", &format!("thing/{name}"));
        let looked = self.thing(name).await;
        let principals = match &looked {
            Ok(Some(thing)) => thing.principals.get().ok().cloned().unwrap_or_default(),
            Ok(None) | Err(_) => Vec::new(),
        };
        settle(&mut into.things, (&mut into.gone, arn), |thing| &thing.thing_arn, looked);
        principals
    }

    /// None when it is not there. When it ends, and what it is attached to.
    async fn certificate(&self, id: &str) -> Result<Option<CertificateDetail>, Missing> {
        self.certificate_pace.place().await;
        let looked =
            present("iot:DescribeCertificate", self.iot.describe_certificate().certificate_id(id).send().await)?;
        let Some(described) = looked.and_then(|answer| answer.certificate_description) else { return Ok(None) };
        let arn = described.certificate_arn.unwrap_or_default();
        let things = self.iot.list_principal_things().principal(&arn).max_results(250).send().await;
        let things = match present("iot:ListPrincipalThings", things) {
            Ok(page) => Ok(page.and_then(|page| page.things).unwrap_or_default()),
            Err(missing) => Err(missing),
        };
        Ok(Some(CertificateDetail {
            certificate_id: id.to_owned(),
            certificate_arn: arn,
            status: described.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            not_after: described.validity.and_then(|validity| validity.not_after).map(moment),
            things: seen(things),
        }))
    }

    async fn thing(&self, name: &str) -> Result<Option<Thing>, Missing> {
        let looked = present("iot:DescribeThing", self.iot.describe_thing().thing_name(name).send().await)?;
        let Some(thing) = looked else { return Ok(None) };
        let Some(principals) = self.principals(name).await.transpose() else { return Ok(None) };
        Ok(Some(Thing {
            thing_name: name.to_owned(),
            thing_arn: thing.thing_arn.unwrap_or_default(),
            thing_type_name: thing.thing_type_name,
            attributes: thing.attributes.unwrap_or_default().into_iter().collect(),
            principals: seen(principals),
        }))
    }

    /// The ARNs of a thing's principals, as far as one page goes; None when there is no such thing.
    async fn principals(&self, name: &str) -> Result<Option<Vec<String>>, Missing> {
        self.certificate_pace.place().await;
        let call = self.iot.list_thing_principals().thing_name(name).max_results(250);
        let page = present("iot:ListThingPrincipals", call.send().await)?;
        Ok(page.map(|page| page.principals.unwrap_or_default()))
    }
}

/// What has its turn, in an order that does not change from page to page.
fn turns(share: Share, inventory: &Inventory) -> Vec<Turn> {
    let (certificates, things) = (&inventory.certificates.items, &inventory.things.items);
    let of_certificates = certificates
        .iter()
        .filter(|it| share.has(hash_of_certificate(&it.certificate_id), certificates.len()))
        .map(|it| Turn::Certificate(it.certificate_id.clone(), it.certificate_arn.clone()));
    let of_things = things
        .iter()
        .enumerate()
        .filter(|(_, it)| share.has(hash_of_name(&it.thing_name), things.len()))
        .map(|(place, it)| Turn::Thing(place, it.thing_name.clone(), it.thing_arn.clone()));
    of_certificates.chain(of_things).collect()
}

/// The ids of the certificates among principals.
fn certificate_ids(principals: &[String]) -> impl Iterator<Item = String> {
    principals.iter().filter(|arn| arn.contains(":cert/")).map(|arn| name_of(arn).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_and_things_have_their_turn_in_one_order() {
        let mut inventory = Inventory::default();
        for number in 0..4 {
            inventory
                .certificates
                .items
                .push(Certificate { certificate_id: format!("0000000{number}"), ..Certificate::default() });
        }
        inventory.things.items.push(Thing { thing_name: "gate".to_owned(), ..Thing::default() });
        let turns = turns(Share { day: 1, most: 2 }, &inventory);
        let [Turn::Certificate(one, _), Turn::Certificate(other, _), Turn::Thing(0, name, _)] = turns.as_slice() else {
            panic!("{turns:?}")
        };
        assert_eq!((one.as_str(), other.as_str(), name.as_str()), ("00000001", "00000003", "gate"));
    }

    #[test]
    fn principals_that_are_no_certificates_are_passed_over() {
        let principals =
            ["arn:aws:iot:eu-west-1:123456789012:cert/1f2e".to_owned(), "eu-west-1:1234-cognito".to_owned()];
        assert_eq!(certificate_ids(&principals).collect::<Vec<_>>(), ["1f2e"]);
    }
}
