//! What a device may do on what is not its own: other devices' topics, filters and shadows.

use policy::{Allowance, Effect, Known};

use super::{Device, because};
use crate::check::{CannotJudge, Proof};
use crate::identity::request;

/// What a device may do on what is not its own.
#[derive(Debug)]
pub(crate) struct Excess {
    /// The action.
    pub(crate) action: String,
    /// What shows it.
    pub(crate) proof: Proof,
}

/// Variables that are alike for many devices, or not of the device at all.
const SHARED: [&str; 8] = [
    "${iot:connection.thing.thingtypename",
    "${iot:domainname",
    "${iot:certificate.issuer.",
    "${iot:certificate.subject.country",
    "${iot:certificate.subject.organization",
    "${iot:certificate.subject.state",
    "${iot:certificate.subject.title",
    "${aws:",
];

impl Device {
    /// What of these actions, each by its full name, it may do on resources of a kind (`topic`, `topicfilter`, `thing`)
    /// that are neither its own nor fixed.
    ///
    /// Its own are those with a level that names the device and leaves nothing open: a variable of the thing or the
    /// certificate, or a client id that the policy spells out. Fixed are those without a wildcard, also one of MQTT.
    /// `shared` are the names of others that belong to nobody. When the device may connect with a client id of its
    /// choice, what `iot:ClientId` names is not its own.
    pub(crate) fn beyond_own(&self, actions: &[&str], kind: &str, shared: &[&str]) -> Result<Vec<Excess>, CannotJudge> {
        let mut all = self.beyond_own_as(&Self::itself(), actions, kind, shared, "")?;
        for (known, _) in self.other_names()? {
            all.extend(self.beyond_own_as(&known, actions, kind, shared, "iot:ClientId")?);
        }
        Ok(all)
    }

    fn beyond_own_as(
        &self,
        known: &Known,
        actions: &[&str],
        kind: &str,
        shared: &[&str],
        foreign: &str,
    ) -> Result<Vec<Excess>, CannotJudge> {
        let reach = self.reach(known);
        if actions.iter().all(|action| reach.allowing(action).next().is_none()) {
            return Ok(Vec::new());
        }
        let mut own: Vec<String> = shared.iter().map(|name| self.arn(&format!("{kind}/{name}"))).collect();
        let fixed = self.fixed(kind, foreign).into_iter();
        own.extend(fixed.filter(|arn| !arn.split('/').any(|level| matches!(level, "+" | "#"))));
        for level in self.own_levels(foreign) {
            let forms = ["", "*/"].into_iter().flat_map(|before| ["", "/*"].map(|after| (before, after)));
            // The name of a thing comes first in its ARN; in a topic it may stand anywhere.
            let forms = forms.filter(|(before, _)| before.is_empty() || kind != "thing");
            own.extend(forms.map(|(before, after)| self.arn(&format!("{kind}/{before}{level}{after}"))));
        }
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let allowance = Allowance::about(actions).and_then(|allowance| allowance.with(actions, &own));
        let allowance = allowance.map_err(|fault| CannotJudge::new(fault.to_string()))?;
        let beyond = reach.beyond(&allowance).into_iter();
        Ok(beyond
            .filter_map(|excess| {
                let request = Some(request(&excess.witness()?.request));
                Some(Excess { action: excess.action, proof: Proof { because: because(excess.grant), request } })
            })
            .collect())
    }

    /// The resources of a kind that statements allow without a wildcard, with variables but those of the foreign key.
    pub(super) fn fixed(&self, kind: &str, foreign: &str) -> Vec<String> {
        let of_kind = |arn: &String| arn.splitn(6, ':').nth(5).is_some_and(|it| it.starts_with(&format!("{kind}/")));
        let fixed = |arn: &String| arn.splitn(6, ':').nth(5).is_some_and(|name| !is_open(name));
        self.allowed().filter(of_kind).filter(fixed).filter(|arn| !has_variable(arn, foreign)).collect()
    }

    /// Levels of names that name this device and leave nothing open.
    fn own_levels(&self, foreign: &str) -> Vec<String> {
        let clients: Vec<String> = self
            .fixed("client", "iot:")
            .iter()
            .filter_map(|arn| arn.split('/').next_back().map(str::to_owned))
            .collect();
        let mut levels = vec!["${iot:Connection.Thing.ThingName}".to_owned()];
        for arn in self.allowed() {
            for level in arn.split('/').skip(1) {
                let lower = level.to_ascii_lowercase();
                let variable = lower.contains("${iot:") && !SHARED.iter().any(|shared| lower.contains(shared));
                let own = variable || clients.iter().any(|client| client == level);
                // Of the things of literal ARNs each is a choice of whoever wrote the policy.
                let own = own || (arn.contains(":thing/") && !lower.contains("${"));
                if own && !is_open(level) && !has_variable(level, foreign) && !levels.iter().any(|it| it == level) {
                    levels.push(level.to_owned());
                }
            }
        }
        levels
    }

    /// The resources of statements that allow, as they are written.
    fn allowed(&self) -> impl Iterator<Item = String> {
        let allows = self.statements().filter(|at| at.statement.effect == Effect::Allow);
        let plain = allows.filter_map(|at| at.statement.resources.as_ref()).filter(|resources| !resources.negated);
        plain.flat_map(|resources| &resources.patterns).map(|resource| resource.pattern().to_string())
    }
}

/// Whether a name has a wildcard.
fn is_open(name: &str) -> bool {
    name.contains(['*', '?'])
}

fn has_variable(text: &str, key: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !key.is_empty() && lower.contains(&format!("${{{}", key.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::expectations::Expectations;
    use crate::inventory::{Inventory, IotPolicy};
    use crate::testing::iot_policy;
    use crate::world::World;

    fn publishes(statements: Value) -> Vec<String> {
        let policy: IotPolicy = serde_json::from_value(iot_policy(statements)).unwrap();
        let (inventory, expect) = (Inventory::default(), Expectations::default());
        let device = Device::of(&World { inventory: &inventory, expect: &expect }, &policy).unwrap();
        let beyond = device.beyond_own(&["iot:Publish"], "topic", &[]).unwrap();
        let resource = |excess: Excess| excess.proof.request.unwrap()["resource"].as_str().unwrap().to_owned();
        beyond.into_iter().map(resource).collect()
    }

    fn publish(topic: &str) -> Value {
        json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": format!("arn:aws:iot:*:*:topic/{topic}") })
    }

    #[test]
    fn a_level_that_names_the_device_is_its_own() {
        for own in [
            "${iot:Connection.Thing.ThingName}",
            "cameras/${iot:Connection.Thing.ThingName}/*",
            "*/from-${iot:Connection.Thing.ThingName}/*",
            "${iot:Certificate.Subject.CommonName}/*",
            "${iot:CertificateId}/*",
        ] {
            assert_eq!(publishes(publish(own)), Vec::<String>::new(), "{own}");
        }
    }

    #[test]
    fn a_level_that_leaves_something_open_or_names_many_is_not() {
        for other in [
            "${iot:Connection.Thing.ThingName}*",
            "*-${iot:Connection.Thing.ThingName}/x",
            "${iot:Connection.Thing.ThingTypeName}/*",
            "${iot:Certificate.Issuer.CommonName}/*",
            "${iot:Certificate.Subject.Organization}/*",
        ] {
            assert_eq!(publishes(publish(other)).len(), 1, "{other}");
        }
    }

    #[test]
    fn what_is_asked_for_lies_in_the_account_and_region() {
        let [topic] = publishes(publish("cameras/*")).try_into().unwrap();
        assert!(topic.starts_with("arn:aws:iot:us-east-1:123456789012:topic/cameras/"), "{topic}");
    }
}
