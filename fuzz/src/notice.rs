//! Any text as what rings the budget.

use budget::money::Money;
use budget::notice::{Claim, Expected, Kind, Notice, Reading, disagreement, read};
use serde_json::json;

use super::{Read, is_fit_to_show, text};

/// What the seeds are written for.
const EXPECTED: Expected<'_> = Expected {
    topic: "arn:aws:sns:eu-west-1:123456789012:kvs-warden-budget",
    account: "123456789012",
    budget: "fleet",
};

/// The bytes are the body of a message of the budget's queue, when that begins as JSON; what does not is the text that the
/// topic delivers.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let body = if text.starts_with('{') { text.clone() } else { delivered(EXPECTED.topic, &text) };
    let reading = read(&body, &EXPECTED);
    if !text.starts_with('{') {
        let elsewhere = read(&delivered("arn:aws:sns:eu-west-1:123456789012:other", &text), &EXPECTED);
        let is_refused = matches!(elsewhere, Reading::Refused { reason: "foreign-topic", .. });
        assert!(is_refused, "another topic rings: {elsewhere:?}");
    }
    match reading {
        Reading::Look(notice) => {
            is_sound(&notice);
            Ok(())
        }
        Reading::Refused { reason, why } => {
            assert!(["foreign-topic", "foreign-account", "other-budget", "subscription"].contains(&reason), "{reason}");
            is_fit_to_show(&why);
            Err(why)
        }
        Reading::Malformed(why) => {
            is_fit_to_show(&why);
            Err(why)
        }
    }
}

fn delivered(topic: &str, message: &str) -> String {
    json!({ "Type": "Notification", "MessageId": "1", "TopicArn": topic, "Message": message }).to_string()
}

fn is_sound(notice: &Notice) {
    is_fit_to_show(&notice.in_short());
    assert!(!notice.id.contains(char::is_control), "{:?}", notice.id);
    for said in &notice.said {
        let text = &said.text;
        // Each of the characters may be escaped.
        assert!(text.len() <= 1_500 && !text.contains(char::is_control), "`{}` says {text:?}", said.what);
    }
    notice.doubts.iter().for_each(|doubt| is_fit_to_show(doubt));
    if let Kind::Budget(claim) = &notice.kind {
        is_ours(claim);
        for sentence in disagreement(claim, "USD", Money::ZERO, Money::ZERO, None) {
            is_fit_to_show(&sentence);
        }
        let agreed = disagreement(claim, "USD", claim.limit, claim.amount, Some(claim.amount));
        assert!(claim.currency != "$" || agreed.is_empty(), "{agreed:?} of the same figures");
    }
}

fn is_ours(claim: &Claim) {
    assert_eq!(claim.budget, EXPECTED.budget, "a claim of another budget");
    assert!(claim.currency.len() <= 4, "the currency `{}`", claim.currency);
    let is_day = |date: &String| date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    assert!(claim.date.as_ref().is_none_or(is_day), "{:?}", claim.date);
    for amount in [claim.limit, claim.threshold, claim.amount] {
        assert!(amount.micros().is_multiple_of(10_000), "{amount} has more than cents");
    }
}
