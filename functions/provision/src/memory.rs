//! What is remembered of cameras that work, so that messages which queued cost no look each. Pure.
//!
//! A message only asks for a look at a certificate. Whoever looked after the message was sent has answered it, whichever
//! message they looked for. That is all that is remembered: when a camera was last seen to work. What is sent later is
//! looked at afresh, and without the memory every message is: then only calls are spent.

use std::collections::HashMap;

use fleet::CertificateId;

use crate::batch::Item;
use crate::event::Claim;

/// How long a message has waited when it counts as queued, in milliseconds. Below that there is no storm, and a new camera
/// takes as few calls as it can.
const QUEUED_MS: u64 = 5_000;

/// By how much the clocks of SQS and of a worker may disagree, in milliseconds.
const SKEW_MS: u64 = 1_000;

/// How long it is remembered that a camera works, in seconds: four days, as long as a message lives in the queue. A test
/// holds the two together.
pub const KEEP_S: u64 = 4 * 24 * 3_600;

/// What is remembered of: a certificate, and the CA that an event claims for it. An event with another claim has to be
/// looked at, whatever was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The certificate.
    pub certificate: CertificateId,
    ca: CertificateId,
}

impl Subject {
    /// What a claim is about. The claim's other fields are checked against the settings before anything is remembered.
    pub fn of(claim: &Claim) -> Self {
        Self { certificate: claim.certificate.clone(), ca: claim.ca.clone() }
    }

    /// The second half of the key in the table, where refusals have their reason.
    pub fn reason(&self) -> String {
        format!("works/{}", self.ca)
    }
}

/// Whether all messages of an item had queued when work on the batch began, in milliseconds since 1970 UTC.
pub fn queued(item: &Item, began_ms: u64) -> bool {
    item.sent_ms.is_some_and(|sent| sent.saturating_add(QUEUED_MS) <= began_ms)
}

/// When cameras were seen to work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory(HashMap<Subject, u64>);

impl Memory {
    /// Of these subjects, each with when the work began that saw it work, in milliseconds since 1970 UTC.
    pub fn new(seen: impl IntoIterator<Item = (Subject, u64)>) -> Self {
        Self(seen.into_iter().collect())
    }

    /// Whether somebody saw the camera work after the last of the item's messages was sent.
    pub fn answers(&self, item: &Item) -> bool {
        let seen = self.0.get(&Subject::of(&item.registration.claim));
        seen.zip(item.sent_ms).is_some_and(|(seen, sent)| sent.saturating_add(SKEW_MS) <= *seen)
    }
}

#[cfg(test)]
mod tests {
    use fleet::AccountId;

    use super::*;
    use crate::event::Registration;

    fn item(certificate: char, ca: char, sent_ms: Option<u64>) -> Item {
        let id = |letter: char| CertificateId::parse(&letter.to_string().repeat(64)).unwrap();
        let account = AccountId::parse("123456789012").unwrap();
        let claim = Claim { certificate: id(certificate), ca: id(ca), topic_ca: None, account };
        Item { registration: Registration { claim, registered_ms: None }, messages: Vec::new(), sent_ms }
    }

    #[test]
    fn only_what_was_sent_before_the_look_is_answered_by_it() {
        let memory = Memory::new([(Subject::of(&item('a', 'c', None).registration.claim), 10_000)]);
        assert!(memory.answers(&item('a', 'c', Some(9_000))));
        assert!(!memory.answers(&item('a', 'c', Some(9_001))), "the clocks may disagree");
        assert!(!memory.answers(&item('a', 'c', Some(u64::MAX))));
        assert!(!memory.answers(&item('a', 'c', None)), "nobody knows when it was sent");
        assert!(!memory.answers(&item('b', 'c', Some(0))));
        assert!(!memory.answers(&item('a', 'd', Some(0))), "another claim was never looked at");
    }

    #[test]
    fn a_message_that_is_taken_at_once_has_not_queued() {
        assert!(!queued(&item('a', 'c', None), u64::MAX));
        assert!(!queued(&item('a', 'c', Some(1_000)), 5_999));
        assert!(queued(&item('a', 'c', Some(1_000)), 6_000));
        assert!(!queued(&item('a', 'c', Some(u64::MAX)), 0));
    }
}
