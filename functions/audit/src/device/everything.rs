//! What a device may do on every resource.

use super::Device;
use super::bounds::ACTIONS;
use crate::check::Proof;

/// So many of them may be left out of what is all of them nearly.
const NEARLY: usize = 2;

/// Names that have nothing in common: who may do something on each of them may do it on everything.
const ANY: [&str; 3] = ["any", "some-thing", "0"];

impl Device {
    /// Requests for an action on resources of a kind that have nothing in common, when its policies allow them all: the
    /// first of them.
    pub(crate) fn everywhere(&self, action: &str, kind: &str) -> Option<Proof> {
        let ask = |name: &str| {
            let resource = self.arn(&format!("{kind}/{name}"));
            if kind == "client" {
                let mut strangers = self.strangers().into_iter();
                return strangers.find_map(|known| self.asks(&known.with("iot:ClientId", name), action, &resource));
            }
            self.asks(&Self::itself(), action, &resource)
        };
        let mut proofs = ANY.iter().map(|name| ask(name));
        let first = proofs.next()??;
        proofs.all(|proof| proof.is_some()).then_some(first)
    }

    /// Requests that show that it may do nearly everything that a device can, on everything; none when it may not.
    pub(crate) fn does_everything(&self) -> Vec<Proof> {
        let (mut proofs, mut left_out) = (Vec::new(), 0_usize);
        for (action, kind) in ACTIONS {
            match self.everywhere(action, kind) {
                Some(proof) => proofs.push(proof),
                None => left_out = left_out.saturating_add(1),
            }
            if left_out > NEARLY {
                return Vec::new();
            }
        }
        proofs
    }
}
