//! Making one stream what it should be, in steps that may be cut off anywhere and begun again.
//!
//! What may be sent is decided by tags alone, so they are written first. What a camera was asked for is remembered beside
//! them, and asked again until it is.

use fleet::{MARK_TAG, Priority, THING_TAG, THROTTLE_TAG, Throttle};
use lambda::call::{CallError, Class};
use serde_json::{Value, json};

use crate::aws::{Asked, Aws, Shadow};
use crate::camera::{Mark, Marked, Standing, Stream, Target};
use crate::ladder::Reduced;
use crate::tags::{Said, Second, written};

/// By whom what is desired in a shadow is, when it is by us.
const BY: &str = "kvs-warden";

/// Why a stream is left to the next look.
const CHANGED: &str = "its tags were changed meanwhile";

/// What is to be done with a stream.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The mark that says what the stream should be, and why.
    pub mark: &'o Mark,
    /// What its camera is asked for when it is reduced: [`wish`].
    pub wish: &'o str,
    /// What was asked of a camera before.
    pub asked: Option<&'o Asked>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It stands so now.
    Made {
        /// What its tags say.
        standing: Standing,
        /// What is asked of a camera now.
        asked: Option<Asked>,
        /// Why its camera could not be asked, a sentence.
        trouble: Option<String>,
    },
    /// The stream is gone, which is no fault of anybody's.
    Gone,
    /// It is not as it was read, or may not be touched after all. The next look decides anew.
    Left {
        /// Why, a sentence.
        why: String,
        /// How it stands.
        standing: Standing,
    },
}

/// Makes a stream what it should be.
pub async fn apply(aws: &Aws, stream: &Stream, order: Order<'_>) -> Result<Done, CallError> {
    let to = order.mark.state.target();
    // What was listed may be some seconds old, and a critical stream is never touched: the stream itself is asked.
    let Some(tags) = aws.tags_of(&stream.arn).await? else { return Ok(Done::Gone) };
    let said = Said::of(&tags);
    let left = |why: &str| Ok(Done::Left { why: why.to_owned(), standing: said.standing.clone() });
    if let Some(why) = closed(&said, stream, to) {
        return left(why);
    }
    if said.standing != stream.standing {
        // Tags that are listed follow their stream after a while: it was done already.
        let done = said.standing.target() == to && !matches!(said.standing, Standing::ByHand(_));
        if done {
            return Ok(Done::Made { standing: said.standing, asked: order.asked.cloned(), trouble: None });
        }
        return left(CHANGED);
    }
    let thing = said.thing.as_deref();
    match to {
        Target::Normal => restore(aws, thing, &stream.arn, order).await,
        Target::Reduced => {
            let Some(thing) = thing else {
                return left(&format!("it has no tag `{THING_TAG}`: there is no camera to ask for less"));
            };
            let shadow = aws.shadow(thing).await?;
            if !is_ours(&shadow) {
                return left(&by_hand(thing));
            }
            throttle(aws, stream, order.mark, Throttle::Reduced).await?;
            let end = ask_from(aws, thing, Some(order.wish), shadow).await;
            Ok(made(Standing::Ours(order.mark.clone()), asked(thing, Some(order.wish), order.asked, end)))
        }
        Target::Stopped => {
            throttle(aws, stream, order.mark, Throttle::Stopped).await?;
            Ok(made(Standing::Ours(order.mark.clone()), (order.asked.cloned(), None)))
        }
    }
}

async fn throttle(aws: &Aws, stream: &Stream, mark: &Mark, throttle: Throttle) -> Result<(), CallError> {
    aws.tag(&stream.arn, &written(mark), Some(throttle.as_str())).await
}

/// Why a stream may not be brought there, by its own tags; None when it may.
fn closed(said: &Said, stream: &Stream, to: Target) -> Option<&'static str> {
    if said.held {
        return Some("an operator holds it now");
    }
    if to == Target::Normal {
        return None;
    }
    if !matches!(said.priority, Ok(Priority::Low | Priority::Standard)) {
        return Some("it counts as critical now");
    }
    (said.priority != stream.priority || said.thing != stream.thing).then_some(CHANGED)
}

/// The way back: the mark, then the tag that the camera's role is denied by, then what the camera is asked for, whether or
/// not that is on record. Nothing that is wrong with its shadow keeps a camera from sending again.
pub async fn restore(aws: &Aws, thing: Option<&str>, arn: &str, order: Order<'_>) -> Result<Done, CallError> {
    aws.tag(arn, &written(order.mark), None).await?;
    aws.untag(arn, THROTTLE_TAG).await?;
    let standing = Standing::Free(Some(order.mark.clone()));
    let Some(thing) = thing.or(order.asked.map(|asked| asked.thing.as_str())) else {
        return Ok(made(standing, (None, None)));
    };
    // What is not on record is, so that it is asked once more if that fails now.
    let unknown = Asked { thing: thing.to_owned(), wish: order.wish.to_owned() };
    let before = order.asked.unwrap_or(&unknown);
    let end = ask(aws, thing, None, Some(before)).await;
    Ok(made(standing, asked(thing, None, Some(before), end)))
}

fn made(standing: Standing, (asked, trouble): (Option<Asked>, Option<String>)) -> Done {
    Done::Made { standing, asked, trouble }
}

/// What a camera is asked for after this end of asking, and what is wrong with that.
fn asked(
    thing: &str,
    wanted: Option<&str>,
    before: Option<&Asked>,
    end: Result<Option<String>, CallError>,
) -> (Option<Asked>, Option<String>) {
    match (end, wanted) {
        (Ok(None), Some(wish)) => (Some(Asked { thing: thing.to_owned(), wish: wish.to_owned() }), None),
        // What somebody else desires there is theirs.
        (Ok(_), None) => (None, None),
        (Ok(by_hand), Some(_)) => (before.cloned(), by_hand),
        (Err(error), _) => (before.cloned(), Some(format!("its camera could not be asked: {error}"))),
    }
}

/// Has a camera asked for what is wanted of it now, which it was not when its stream became what it is. As before any change
/// the stream's own tags are read first, unless nothing is wanted any more.
pub async fn remind(
    aws: &Aws,
    stream: &Stream,
    wanted: Option<&str>,
    before: Option<&Asked>,
) -> Result<Done, CallError> {
    if wanted.is_some() {
        let Some(tags) = aws.tags_of(&stream.arn).await? else { return Ok(Done::Gone) };
        let said = Said::of(&tags);
        let changed = (said.standing != stream.standing).then_some(CHANGED);
        if let Some(why) = closed(&said, stream, Target::Reduced).or(changed) {
            return Ok(Done::Left { why: why.to_owned(), standing: said.standing });
        }
    }
    let thing = stream.thing.as_deref().or(before.map(|before| before.thing.as_str()));
    let Some(thing) = thing else { return Ok(Done::Gone) };
    let end = ask(aws, thing, wanted, before).await;
    Ok(made(stream.standing.clone(), asked(thing, wanted, before, end)))
}

/// Video came again: the mark is of no more use, unless it says something else by now.
pub async fn forget(aws: &Aws, arn: &str) -> Result<(), CallError> {
    let Some(tags) = aws.tags_of(arn).await? else { return Ok(()) };
    let said = Said::of(&tags);
    if said.held || !matches!(said.standing, Standing::Free(Some(_))) {
        return Ok(());
    }
    aws.untag(arn, MARK_TAG).await
}

/// What a camera is asked for until a moment, in seconds since 1970.
pub fn wish(reduced: Reduced, until: i64) -> String {
    json!({
        "maximumBitrateKbps": reduced.maximum_bitrate_kbps,
        "frameRate": reduced.frame_rate,
        "until": Second(until).to_string(),
        "by": BY,
    })
    .to_string()
}

/// What a camera should be asked for as its stream stands; None when what it was asked for is right.
pub fn to_ask<'w>(stream: &Stream, wish: Option<&'w str>, asked: Option<&Asked>) -> Option<Option<&'w str>> {
    let wanted = match &stream.standing {
        Standing::Ours(Mark { state: Marked::Reduced, .. }) if !stream.held => Some((stream.thing.as_deref()?, wish?)),
        // Who holds a stream that may send holds nothing that its camera is still asked for.
        Standing::Free(_) => None,
        Standing::Ours(_) | Standing::ByHand(_) => return None,
    };
    (wanted != asked.map(|asked| (&*asked.thing, &*asked.wish))).then_some(wanted.map(|(_, wish)| wish))
}

/// Has this desired in the camera's shadow, or nothing, and nothing any more in that of a camera that the stream had before.
/// Answers a sentence when somebody else desires something there.
async fn ask(
    aws: &Aws,
    thing: &str,
    wanted: Option<&str>,
    before: Option<&Asked>,
) -> Result<Option<String>, CallError> {
    if let Some(other) = before.map(|before| &before.thing).filter(|before| *before != thing) {
        let shadow = aws.shadow(other).await?;
        ask_from(aws, other, None, shadow).await?;
    }
    let shadow = aws.shadow(thing).await?;
    ask_from(aws, thing, wanted, shadow).await
}

/// Takes back what a camera is asked for. Answers what is wrong with that, as a clause.
pub async fn unask(aws: &Aws, thing: &str) -> Option<String> {
    asked(thing, None, None, ask(aws, thing, None, None).await).1
}

async fn ask_from(
    aws: &Aws,
    thing: &str,
    wanted: Option<&str>,
    mut shadow: Shadow,
) -> Result<Option<String>, CallError> {
    let wanted = wanted.map_or(Ok(Value::Null), serde_json::from_str);
    let wanted = wanted.map_err(|error| CallError::unbuilt("UpdateThingShadow", &error))?;
    // A camera that reports at the same moment changes the version, so once more.
    for attempt in [1, 2, 3] {
        if !is_ours(&shadow) {
            return Ok(Some(by_hand(thing)));
        }
        if shadow.desired == wanted {
            return Ok(None);
        }
        match aws.desire(thing, &wanted, shadow.version).await {
            Err(error) if error.code.contains("Conflict") && attempt < 3 => shadow = aws.shadow(thing).await?,
            end => return end.map(|()| None),
        }
    }
    Err(CallError {
        operation: "UpdateThingShadow",
        class: Class::Unavailable,
        code: "ConflictException".to_owned(),
        cause: "the shadow changes all the time".to_owned(),
    })
}

/// Whether what is desired was written by us, or nothing is.
fn is_ours(shadow: &Shadow) -> bool {
    shadow.desired.is_null() || shadow.desired.get("by").and_then(Value::as_str) == Some(BY)
}

fn by_hand(thing: &str) -> String {
    format!("the shadow `kvs-warden` of `{thing}` was edited by hand: remove `throttle` from what is desired there")
}

/// What the camera says of what it was asked for, as a clause.
pub fn reported(shadow: &Shadow) -> String {
    if !is_ours(shadow) {
        return "its shadow was edited by hand".to_owned();
    }
    if shadow.reported.is_null() {
        return "the camera reports nothing: does its software read the shadow `kvs-warden`?".to_owned();
    }
    format!("the camera reports {}", fleet::shown(&shadow.reported.to_string(), 200))
}

#[cfg(test)]
mod tests {
    use fleet::StorageTier;

    use super::*;
    use crate::camera::Traffic;

    const REDUCED: Reduced = Reduced { maximum_bitrate_kbps: 500, frame_rate: 5 };

    fn stream(standing: Standing) -> Stream {
        Stream {
            arn: "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/yard/1700000000000".to_owned(),
            name: "yard".to_owned(),
            thing: Some("yard".to_owned()),
            priority: Ok(Priority::Low),
            held: false,
            standing,
            traffic: None,
            retention_hours: 24,
            tier: StorageTier::Hot,
        }
    }

    fn mark(state: Marked) -> Mark {
        let (period, budget) = ("2026-11-01".to_owned(), "3fa9c1d2".to_owned());
        Mark { state, since: 1, period, budget, before: Traffic::ZERO, first: 1, stopped: None, leaving: false }
    }

    #[test]
    fn what_somebody_else_desires_is_known_by_its_missing_name() {
        let shadow = |desired: Value| Shadow { desired, ..Shadow::default() };
        let ours = serde_json::from_str(&wish(REDUCED, 9_000)).unwrap();
        assert!(is_ours(&shadow(Value::Null)) && is_ours(&shadow(ours)));
        for other in [json!({ "maximumBitrateKbps": 9 }), json!({ "by": "me" }), json!("slow"), json!({})] {
            assert!(!is_ours(&shadow(other.clone())), "{other}");
        }
    }

    #[test]
    fn a_camera_is_asked_until_it_was_asked_for_what_is_wanted_now() {
        let (now, next) = (wish(REDUCED, 9_000), wish(REDUCED, 99_000));
        let asked = |thing: &str| Asked { thing: thing.to_owned(), wish: now.clone() };
        let (yard, gate) = (asked("yard"), asked("gate"));
        let reduced = stream(Standing::Ours(mark(Marked::Reduced)));
        assert_eq!(to_ask(&reduced, Some(&now), None), Some(Some(now.as_str())));
        assert_eq!(to_ask(&reduced, Some(&now), Some(&yard)), None);
        assert_eq!(to_ask(&reduced, Some(&now), Some(&gate)), Some(Some(now.as_str())), "it has another camera now");
        // In the next period it is to go on for longer. Without figures nobody knows until when.
        assert_eq!(to_ask(&reduced, Some(&next), Some(&yard)), Some(Some(next.as_str())));
        assert_eq!(to_ask(&reduced, None, None), None);
        let free = stream(Standing::Free(Some(mark(Marked::Restored))));
        let held = Stream { held: true, thing: None, ..free.clone() };
        for free in [free, held] {
            assert_eq!((to_ask(&free, Some(&now), Some(&yard)), to_ask(&free, Some(&now), None)), (Some(None), None));
        }
        for left in [
            stream(Standing::Ours(mark(Marked::Stopped))),
            stream(Standing::ByHand("somebody did".to_owned())),
            Stream { held: true, ..reduced.clone() },
            Stream { thing: None, ..reduced },
        ] {
            assert_eq!(to_ask(&left, Some(&next), Some(&yard)), None, "{left:?}");
        }
    }
}
