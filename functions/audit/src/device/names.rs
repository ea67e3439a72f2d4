//! The client ids that a device may connect with besides its thing's name.

use policy::{Allowance, Condition, Key, Known, Variable};

use super::{Device, because};
use crate::check::{CannotJudge, Proof};
use crate::identity::{SOME_CAMERA, request};

impl Device {
    /// What is known of it when it connects with a client id that is no thing of its certificate: it chooses the id,
    /// and AWS IoT then knows no thing of it. That `IsAttached` is `false` then, and not absent, AWS does not say.
    ///
    /// What the certificate says is nobody's choice: where a client id is compared with it, it is [`SOME_CAMERA`].
    pub(crate) fn strangers(&self) -> [Known; 2] {
        let conditions = || self.statements().flat_map(|at| &at.statement.conditions);
        let resources = self.statements().flat_map(|at| &at.statement.resources).flat_map(|all| &all.patterns);
        let variables = resources.flat_map(|resource| resource.pattern().variables()).map(Variable::key);
        let of_thing =
            variables.chain(conditions().flat_map(Condition::keys)).filter(|key| is(key, "iot:connection.thing."));
        let stranger = of_thing.fold(Known::default(), |known, key| known.without(key.as_str()));
        let compared = conditions().filter(|condition| condition.keys().any(|key| is(key, "iot:clientid")));
        let of_certificate = compared.flat_map(Condition::keys).filter(|key| is(key, "iot:certificate"));
        let stranger = of_certificate.fold(stranger, |known, key| known.with(key.as_str(), SOME_CAMERA));
        let stranger = stranger.without("iot:Connection.Thing.ThingName");
        let attached = "iot:Connection.Thing.IsAttached";
        [stranger.clone().with(attached, "false"), stranger.without(attached)]
    }

    /// The requests that it may make with client ids that are not its own, and what is known of it then.
    pub(crate) fn other_names(&self) -> Result<Vec<(Known, Proof)>, CannotJudge> {
        let (own, fixed) = (self.arn(&format!("client/{SOME_CAMERA}")), self.fixed("client", "iot:ClientId"));
        let own: Vec<&str> = fixed.iter().chain([&own]).map(String::as_str).collect();
        let allowance = Allowance::about(&["iot:Connect"]).and_then(|all| all.with(&["iot:Connect"], &own));
        let allowance = allowance.map_err(|fault| CannotJudge::new(fault.to_string()))?;
        let mut names = Vec::new();
        for known in self.strangers() {
            let reach = self.reach(&known);
            if reach.allowing("iot:Connect").next().is_none() {
                continue;
            }
            for excess in reach.beyond(&allowance) {
                let Some(witness) = excess.witness() else { continue };
                let Some((_, name)) = witness.request.resource().split_once(":client/") else { continue };
                let proof = Proof { because: because(excess.grant), request: Some(request(&witness.request)) };
                names.push((known.clone().with("iot:ClientId", name), proof));
            }
        }
        Ok(names)
    }
}

fn is(key: &Key, prefix: &str) -> bool {
    key.as_str().to_ascii_lowercase().starts_with(prefix)
}
