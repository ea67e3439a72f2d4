//! What CloudWatch writes when an alarm changes its state.

use jiff::Timestamp;
use jiff::fmt::strtime;

use super::machine::{Written, account_of, text_of};
use super::{Kind, Said, Understood, shown};

const STATES: [&str; 3] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/// Reads an alarm, or says why it is none.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>
pub(super) fn read(written: &Written) -> Result<Understood, String> {
    let name = text_of(written.alarm_name.as_ref()).ok_or("The alarm's `AlarmName` is no text.")?;
    let state = text_of(written.new_state_value.as_ref()).ok_or("The alarm has no `NewStateValue`.")?;
    if !STATES.contains(&state) {
        return Err(format!("The alarm's state is `{}`: expected one of {}.", shown(state), STATES.join(", ")));
    }
    if text_of(written.alarm_arn.as_ref()).and_then(account_of).is_none() {
        return Err("The alarm has no `AlarmArn`, which says whose it is.".to_owned());
    }
    let changed = text_of(written.state_change_time.as_ref());
    let at = changed.and_then(moment);
    let mut doubts = Vec::new();
    if at.is_none() {
        let changed = shown(changed.unwrap_or_default());
        doubts.push(format!("The alarm's `StateChangeTime` is `{changed}`: expected a moment."));
    }
    let said = [("NewStateReason", text_of(written.new_state_reason.as_ref())), ("StateChangeTime", changed)];
    let said = said.into_iter().filter_map(|(what, text)| Some(Said::new(what, text?))).collect();
    Ok(Understood { kind: Kind::Alarm { name: shown(name), state: state.to_owned(), at }, said, doubts })
}

/// Takes `2022-09-25T18:50:37.811+0000`, which is no RFC 3339, and what is.
fn moment(text: &str) -> Option<i64> {
    let strict: Option<Timestamp> = text.parse().ok();
    let moment = strict.or_else(|| strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok());
    moment.map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_a_change_is_read_in_both_forms() {
        for (text, expected) in [
            ("2022-09-25T18:50:37.811+0000", Some(1_664_131_837)),
            ("2022-09-25T20:50:37+0200", Some(1_664_131_837)),
            ("2022-09-25T18:50:37.811Z", Some(1_664_131_837)),
            ("2022-09-25T18:50:37.811", None),
            ("2022-09-31T18:50:37.811+0000", None),
            ("Sunday 25 September, 2022 18:50:37 UTC", None),
            ("", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }
}
