//! Whether the cameras of a CA may join: it must be active, register automatically, last, and be allowed by the stack.
//! One such CA will do. Pure.

use jiff::Timestamp;

use super::{Answer, Need, State};
use crate::authority::{day, short};
use crate::aws::Ca;
use crate::stack::Stack;

/// How the active CAs stand, and those that the stack allows. A CA that is neither allowed nor could register a camera
/// is somebody else's, and not told of. Once one CA is all right, what is amiss with others is only a note.
pub(super) fn authorities(active: &[Ca], allowed: &Answer<Vec<String>>, stack: &Stack, now: Timestamp) -> Vec<Need> {
    let mut well = Vec::new();
    let mut stray = Vec::new();
    let mut amiss = Vec::new();
    for ca in active {
        let lasting = ca.until.is_none_or(|until| until > now);
        let ours = allowed.as_ref().map(|ids| ids.contains(&ca.id));
        match (lasting, ca.auto_registration, ours) {
            (true, true, Ok(true)) => well.push(ca),
            (true, true, Ok(false)) => stray.push(ca),
            (_, _, Ok(false)) => {}
            (true, true, Err(refusal)) => {
                let what = format!("CA {}, which the stack may not allow", short(&ca.id));
                amiss.push(Need { state: State::Unknown, what, remedy: Some(refusal.clone()) });
            }
            (true, false, _) => amiss.push(silent(ca)),
            (false, _, _) => amiss.push(expired(ca)),
        }
    }
    let unregistered = allowed.iter().flatten().filter(|id| active.iter().all(|ca| ca.id != **id));
    amiss.extend(unregistered.map(|id| unregistered_ca(id)));
    amiss.extend(strays(&stray, allowed, stack));
    if well.is_empty() && amiss.is_empty() {
        let what = "CA: none is active, with automatic registration, and allowed".to_owned();
        amiss.push(missing(what, "make one with `warden ca create`, which tells how to go on".to_owned()));
    }
    if !well.is_empty() {
        for need in &mut amiss {
            need.state = State::Note;
        }
    }
    well.into_iter().map(allowed_ca).chain(amiss).collect()
}

fn missing(what: String, remedy: String) -> Need {
    Need { state: State::Missing, what, remedy: Some(remedy) }
}

fn allowed_ca(ca: &Ca) -> Need {
    let until = ca.until.map(|until| format!(", until {}", day(until))).unwrap_or_default();
    Need { state: State::Ok, what: format!("CA {}, allowed{until}", short(&ca.id)), remedy: None }
}

fn silent(ca: &Ca) -> Need {
    let remedy = format!(
        "turn it on with `aws iot update-ca-certificate --certificate-id {} --new-auto-registration-status ENABLE`",
        ca.id
    );
    missing(format!("CA {} does not register automatically", short(&ca.id)), remedy)
}

fn expired(ca: &Ca) -> Need {
    let until = ca.until.map(|until| format!(" on {}", day(until))).unwrap_or_default();
    let remedy = "make a new one with `warden ca create --out DIR`, then `warden ca register --ca DIR/ca.pem`";
    missing(format!("CA {} expired{until}", short(&ca.id)), remedy.to_owned())
}

fn unregistered_ca(id: &str) -> Need {
    let what = format!("CA {} is in AllowedCaCertificateIds and not registered, or not active", short(id));
    missing(what, "register it with `warden ca register --ca ca.pem`".to_owned())
}

/// All of them share one remedy: each command names the whole list, so that of two the second would undo the first.
fn strays(strays: &[&Ca], allowed: &Answer<Vec<String>>, stack: &Stack) -> Vec<Need> {
    let ids: Vec<&str> =
        allowed.iter().flatten().map(String::as_str).chain(strays.iter().map(|ca| ca.id.as_str())).collect();
    let which =
        if strays.len() == 1 { "allow it, if its cameras may join" } else { "allow those whose cameras may join" };
    let remedy = format!("{which}: `{}`", stack.deploy(&ids));
    strays
        .iter()
        .map(|ca| {
            let what = format!("CA {} is registered and not in AllowedCaCertificateIds", short(&ca.id));
            missing(what, remedy.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn id(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    fn ca(digit: char) -> Ca {
        let until = Some("2036-11-19T12:00:00Z".parse().expect("a time"));
        Ca { id: id(digit), active: true, auto_registration: true, until }
    }

    fn judged(active: &[Ca], allowed: &Answer<Vec<String>>) -> Vec<String> {
        let stack = Stack::parse("yard").expect("a stack name");
        let needs = authorities(active, allowed, &stack, noon());
        assert!(needs.iter().all(|need| (need.state == State::Ok) == need.remedy.is_none()), "{needs:?}");
        needs.into_iter().map(|need| format!("{} {}", need.state, need.what)).collect()
    }

    #[test]
    fn a_ca_that_is_allowed_and_registers_is_all_right() {
        assert_eq!(judged(&[ca('a')], &Ok(vec![id('a')])), ["ok CA aaaaaaaa, allowed, until 2036-11-19"]);
    }

    #[test]
    fn a_ca_that_is_not_allowed_or_not_fit_is_missing() {
        let silent = Ca { auto_registration: false, ..ca('a') };
        let expired = Ca { until: Some(noon()), ..ca('a') };
        let none = "missing CA: none is active, with automatic registration, and allowed";
        let cases = [
            (vec![ca('a')], vec![], "missing CA aaaaaaaa is registered and not in AllowedCaCertificateIds"),
            (vec![silent.clone()], vec![id('a')], "missing CA aaaaaaaa does not register automatically"),
            (vec![expired.clone()], vec![id('a')], "missing CA aaaaaaaa expired on 2026-11-22"),
            (
                vec![],
                vec![id('a')],
                "missing CA aaaaaaaa is in AllowedCaCertificateIds and not registered, or not active",
            ),
            (vec![silent, expired], vec![], none),
            (vec![], vec![], none),
        ];
        for (active, allowed, line) in cases {
            assert_eq!(judged(&active, &Ok(allowed)), [line]);
        }
    }

    #[test]
    fn beside_a_ca_that_is_all_right_others_are_notes() {
        let lines = judged(&[ca('c'), ca('a')], &Ok(vec![id('a'), id('b')]));
        let expected = [
            "ok CA aaaaaaaa, allowed, until 2036-11-19",
            "note CA bbbbbbbb is in AllowedCaCertificateIds and not registered, or not active",
            "note CA cccccccc is registered and not in AllowedCaCertificateIds",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn to_allow_a_ca_takes_away_no_other() {
        let stack = Stack::parse("yard").expect("a stack name");
        let needs = authorities(&[ca('b'), ca('c')], &Ok(vec![id('a')]), &stack, noon());
        let whole = format!("AllowedCaCertificateIds={},{},{}`", id('a'), id('b'), id('c'));
        let remedies: Vec<bool> =
            needs.iter().filter_map(|need| Some(need.remedy.as_ref()?.ends_with(&whole))).collect();
        assert_eq!(remedies, [false, true, true]);
    }

    #[test]
    fn who_may_not_read_the_list_is_told_of_no_ca_that_it_is_all_right() {
        let refused = Err("cannot read the stack `yard`: AccessDenied".to_owned());
        assert_eq!(judged(&[ca('a')], &refused), ["unknown CA aaaaaaaa, which the stack may not allow"]);
        assert_eq!(judged(&[], &refused).len(), 1);
    }
}
