//! Any texts as a stream's tags.

use std::collections::BTreeMap;

use budget::camera::Standing;
use budget::tags::{Said, Tags, written};
use fleet::{HOLD_TAG, MARK_TAG, PRIORITY_TAG, THING_TAG, THROTTLE_TAG};

use super::{Read, is_fit_to_show, text};

/// Each line of the bytes is a tag: its name, `=` and its value. The first of the name counts.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let mut tags = Tags::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        tags.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    let said = Said::of(&tags);
    assert_eq!(said.held, tags.contains_key(HOLD_TAG), "held or not");
    assert_eq!(said.thing.as_ref(), tags.get(THING_TAG), "another thing");
    match &said.priority {
        Ok(priority) => assert_eq!(tags.get(PRIORITY_TAG).map(String::as_str), Some(priority.as_str())),
        Err(why) => is_fit_to_show(why),
    }
    let (throttle, mark) = (tags.get(THROTTLE_TAG), tags.get(MARK_TAG));
    if let Some(ours) = said.standing.mark() {
        // Half back, the mark says that it is restored.
        let ours = if ours.leaving { mark.cloned() } else { Some(written(ours)) };
        assert_eq!(ours.as_ref(), mark, "a mark that we would write otherwise is taken for ours");
    }
    match &said.standing {
        Standing::Free(None) => assert_eq!((throttle, mark), (None, None), "taken for free"),
        Standing::Free(Some(_)) => assert_eq!(throttle, None, "taken for free"),
        Standing::Ours(mark) => {
            assert_eq!(throttle.map(String::as_str), Some(mark.state.as_str()), "a throttle that is not its mark's");
        }
        Standing::ByHand(why) => {
            is_fit_to_show(why);
            return Err(why.clone());
        }
    }
    let alone: BTreeMap<_, _> = tags.into_iter().filter(|(name, _)| name.starts_with("kvs-warden:")).collect();
    assert_eq!(Said::of(&alone), said, "a tag of somebody else's decides");
    Ok(())
}
