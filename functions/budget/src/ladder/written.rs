//! A ladder as people write it, in YAML.

use fleet::{Throttle, shown};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{Location, Spanned};

use super::fault::{Fault, LadderError, VALUE_MOST, form, place};
use super::{Ladder, Reduced, Rung, Unmanaged, rules};
use crate::budget::Of;

/// The most that a rung may be at: ten times the limit.
const AT_MOST: u32 = 100_000;
/// The most kilobits per second that a stream takes in: 12.5 MB/s.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html>
const KBPS_MOST: u32 = 100_000;
/// The most pictures per second that a camera is asked for.
const FRAMES_MOST: u32 = 120;
/// The most hours that a stream stays as it is: a week.
const HOURS_MOST: u32 = 168;

/// A value with the place that it is written at. Scalars are read as the text that they are: what they mean is judged here,
/// in words that say more than the parser's.
type Text = Spanned<String>;

/// A key without a value counts as a list without rungs, not as left out: nobody who took all rungs away means the default.
type WrittenRungs = Spanned<Option<Vec<Spanned<WrittenRung>>>>;

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<WrittenRungs>, D::Error> {
    Spanned::deserialize(deserializer).map(Some)
}

/// The ladder before its values are judged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "keys with values, such as `hysteresis: 5`")]
struct Written {
    reduced: Option<WrittenReduced>,
    #[serde(default, deserialize_with = "given")]
    rungs: Option<WrittenRungs>,
    hysteresis: Option<Text>,
    minimum_hours: Option<Text>,
    unmanaged: Option<Text>,
    critical: Option<Spanned<IgnoredAny>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "keys with values, such as `frameRate: 5`")]
struct WrittenReduced {
    maximum_bitrate_kbps: Option<Text>,
    frame_rate: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "a rung, such as `{ at: 80, of: actual, low: reduced }`"
)]
struct WrittenRung {
    at: Option<Text>,
    of: Option<Text>,
    low: Option<Text>,
    standard: Option<Text>,
    as_needed: Option<Text>,
    critical: Option<Spanned<IgnoredAny>>,
}

/// Reads the text of a ladder.
pub(super) fn read(text: &str) -> Result<Ladder, LadderError> {
    let options = serde_saphyr::options! { with_snippet: false };
    let written: Option<Written> = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| LadderError { faults: vec![form(&error)] })?;
    let Some(written) = written else {
        let text = "it is empty: expected at least one key, such as `rungs`; leave it out as a whole for the default";
        return Err(LadderError { faults: vec![Fault { place: None, text: text.to_owned() }] });
    };
    let mut judge = Judge::default();
    let ladder = judge.ladder(written);
    let mut faults = judge.faults;
    faults.sort_by_key(|fault| fault.place.unwrap_or((u64::MAX, u64::MAX)));
    if faults.is_empty() { Ok(ladder) } else { Err(LadderError { faults }) }
}

/// Judges values, and keeps what is wrong with them. For a wrong one the default goes on, so that all that is wrong is told.
#[derive(Default)]
struct Judge {
    faults: Vec<Fault>,
}

impl Judge {
    fn wrong(&mut self, at: Location, text: impl Into<String>) {
        self.faults.push(Fault { place: place(at), text: text.into() });
    }

    fn ladder(&mut self, written: Written) -> Ladder {
        let Written { reduced, rungs, hysteresis, minimum_hours, unmanaged, critical } = written;
        self.critical(critical);
        let default = Ladder::default();
        let reduced = reduced.map_or(default.reduced, |reduced| self.reduced(reduced, default.reduced));
        let points = "percentage points from 0 to below 1000, with at most two decimals, such as `5`";
        let hysteresis = self.value("hysteresis", hysteresis, points, |text| hundredths(text).filter(|h| *h < AT_MOST));
        let hours = "a whole number of hours from 0 to 168, a week";
        let minimum_hours = self.value("minimumHours", minimum_hours, hours, |text| whole(text, 0, HOURS_MOST));
        let unmanaged = self.value("unmanaged", unmanaged, "`leave` or `throttle`", |text| match text {
            "leave" => Some(Unmanaged::Leave),
            "throttle" => Some(Unmanaged::Throttle),
            _ => None,
        });
        let hysteresis = hysteresis.unwrap_or(default.hysteresis);
        let rungs = if let Some(rungs) = rungs {
            self.rungs(rungs, hysteresis)
        } else {
            self.together(&default.rungs, &[], hysteresis);
            default.rungs
        };
        Ladder {
            reduced,
            rungs,
            hysteresis,
            minimum_hours: minimum_hours.unwrap_or(default.minimum_hours),
            unmanaged: unmanaged.unwrap_or(default.unmanaged),
        }
    }

    fn reduced(&mut self, written: WrittenReduced, default: Reduced) -> Reduced {
        let WrittenReduced { maximum_bitrate_kbps, frame_rate } = written;
        let bits = "whole thousands of bits per second from 1 to 100000";
        let bits = self.value("maximumBitrateKbps", maximum_bitrate_kbps, bits, |text| whole(text, 1, KBPS_MOST));
        let frames = "whole pictures per second from 1 to 120";
        let frames = self.value("frameRate", frame_rate, frames, |text| whole(text, 1, FRAMES_MOST));
        Reduced {
            maximum_bitrate_kbps: bits.unwrap_or(default.maximum_bitrate_kbps),
            frame_rate: frames.unwrap_or(default.frame_rate),
        }
    }

    fn rungs(&mut self, written: WrittenRungs, hysteresis: u32) -> Vec<Rung> {
        let all = written.value.unwrap_or_default();
        if all.is_empty() {
            let text = "`rungs` is empty: expected at least one rung; leave `rungs` out for those of the default";
            self.wrong(written.referenced, text);
        }
        let mut rungs = Vec::new();
        let mut places = Vec::new();
        for Spanned { value, referenced, .. } in all {
            if let Some(rung) = self.rung(value, referenced) {
                rungs.push(rung);
                places.push(referenced);
            }
        }
        self.together(&rungs, &places, hysteresis);
        rungs
    }

    fn together(&mut self, rungs: &[Rung], places: &[Location], hysteresis: u32) {
        for (rung, text) in rules::faults(rungs, hysteresis) {
            self.wrong(places.get(rung).copied().unwrap_or(Location::UNKNOWN), text);
        }
    }

    fn rung(&mut self, written: WrittenRung, here: Location) -> Option<Rung> {
        let WrittenRung { at, of, low, standard, as_needed, critical } = written;
        self.critical(critical);
        if at.is_none() {
            self.wrong(here, "a rung without `at`: expected a percent of the limit, such as `at: 80`");
        }
        if of.is_none() {
            self.wrong(here, "a rung without `of`: expected `of: actual` or `of: forecast`");
        }
        if low.is_none() && standard.is_none() {
            self.wrong(
                here,
                "a rung that asks for nothing: expected `low`, `standard` or both, such as `low: reduced`",
            );
        }
        let percent = "a percent of the limit above 0 and up to 1000, with at most two decimals, such as `80`";
        let at = self.value("at", at, percent, |text| hundredths(text).filter(|at| (1..=AT_MOST).contains(at)));
        let of = self.value("of", of, "`actual` or `forecast`", |text| match text {
            "actual" => Some(Of::Actual),
            "forecast" => Some(Of::Forecast),
            _ => None,
        });
        let mut throttle = |key: &str, text: Option<Text>| {
            self.value(key, text, "`reduced` or `stopped`", |text| Throttle::parse(text).ok())
        };
        let (low, standard) = (throttle("low", low), throttle("standard", standard));
        let as_needed = self.value("asNeeded", as_needed, "`true` or `false`", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        });
        let rung = Rung { at: at?, of: of?, as_needed: as_needed.unwrap_or_default(), low, standard };
        // What was wrong in it was told.
        (low.is_some() || standard.is_some()).then_some(rung)
    }

    fn critical(&mut self, written: Option<Spanned<IgnoredAny>>) {
        if let Some(written) = written {
            let text = "`critical` is not a key: critical streams are never throttled; remove `critical`";
            self.wrong(written.referenced, text);
        }
    }

    fn value<T>(
        &mut self,
        key: &str,
        written: Option<Text>,
        rule: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Spanned { value, referenced, .. } = written?;
        let read = read(value.trim());
        if read.is_none() {
            self.wrong(referenced, format!("`{key}` is `{}`: expected {rule}", shown(&value, VALUE_MOST)));
        }
        read
    }
}

/// A number with at most two decimals, in hundredths.
fn hundredths(text: &str) -> Option<u32> {
    let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(units) || !digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let decimals = format!("{decimals:0<2}").parse::<u32>().ok()?;
    units.parse::<u32>().ok()?.checked_mul(100)?.checked_add(decimals)
}

/// A whole number of plain digits within bounds.
fn whole(text: &str, least: u32, most: u32) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (least..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Decimal;
    use super::*;

    fn faults(text: &str) -> String {
        Ladder::parse(text).unwrap_err().to_string()
    }

    fn rung(text: &str) -> Result<Rung, String> {
        let ladder = Ladder::parse(&format!("rungs: [{{ {text} }}]\nhysteresis: 0"));
        ladder.map(|ladder| ladder.rungs()[0]).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_left_out_is_as_in_the_default() {
        let default = Ladder::default();
        assert_eq!(Ladder::parse("{}").unwrap(), default);
        let ladder = Ladder::parse("reduced: { frameRate: 3 }\nhysteresis: 2.5\n").unwrap();
        assert_eq!(ladder.reduced(), Reduced { frame_rate: 3, ..default.reduced() });
        assert_eq!((ladder.hysteresis(), ladder.rungs()), (250, default.rungs()));
        assert_eq!(Ladder::parse("unmanaged: throttle").unwrap().unmanaged(), Unmanaged::Throttle);
    }

    #[test]
    fn a_share_is_a_number_or_text_with_up_to_two_decimals() {
        for (text, at) in
            [("80", 8_000), ("'80'", 8_000), ("80.5", 8_050), ("80.25", 8_025), ("0.01", 1), ("1000", 100_000)]
        {
            assert_eq!(rung(&format!("at: {text}, of: actual, low: stopped")).unwrap().at, at, "{text}");
        }
        for text in [
            "0", "0.00", "-1", "1000.01", "80.255", "80%", "8e1", "+80", ".5", "5.", "0x50", "eighty", "''", "1_0",
            ".inf",
        ] {
            let told = rung(&format!("at: {text}, of: actual, low: stopped")).unwrap_err();
            assert!(told.contains(": expected a percent of the limit above 0 and up to 1000"), "{text}: {told}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_with_its_place() {
        let text = "reduced: { maximumBitrateKbps: 0, frameRate: fast }
rungs:
  - { at: 0, of: spend, low: paused }
  - { of: actual }
  - { at: 90, low: reduced }
  - { at: 95, of: actual, low: stopped, critical: reduced }
  - { at: 99, of: actual, standard: normal, asNeeded: perhaps }
hysteresis: -1
minimumHours: 1.5
unmanaged: stop
critical: {}
";
        insta::assert_snapshot!(faults(text).replace("; line", "\nline"));
    }

    #[test]
    fn rungs_that_do_not_fit_together_are_told_with_both_names() {
        let cases = [
            "{ at: 80, of: actual, low: reduced, asNeeded: true }",
            "{ at: 80, of: actual, low: reduced }, { at: '80.0', of: actual, standard: reduced }",
            "{ at: 90, of: actual, low: reduced }, { at: 80, of: actual, low: stopped }",
            "{ at: 80, of: actual, low: stopped }, { at: 90, of: actual, low: reduced, standard: stopped }",
            "{ at: 80, of: actual, low: reduced, standard: reduced }, { at: 90, of: actual, standard: reduced }",
            "{ at: 4, of: actual, low: reduced }",
        ];
        let told: Vec<_> = cases.into_iter().map(|rungs| faults(&format!("rungs: [{rungs}]"))).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn rungs_of_different_kinds_do_not_stand_in_each_other_s_way() {
        let rungs = [
            "{ at: 80, of: actual, low: stopped }, { at: 90, of: forecast, low: reduced }",
            "{ at: 80, of: forecast, low: stopped }, { at: 80, of: forecast, low: stopped, asNeeded: true }",
            "{ at: 80, of: actual, low: reduced }, { at: 90, of: actual, standard: reduced }",
            "{ at: 80, of: actual, low: reduced }, { at: 90, of: actual, low: reduced, standard: reduced }",
        ];
        for rungs in rungs {
            assert!(Ladder::parse(&format!("rungs: [{rungs}]")).is_ok(), "{rungs}");
        }
    }

    #[test]
    fn a_hysteresis_that_no_rung_of_the_default_could_be_left_by_is_refused() {
        assert!(
            faults("hysteresis: 80")
                .contains("`at` is `80` and `hysteresis` is `80`: expected `hysteresis` to be less")
        );
        assert!(Ladder::parse("hysteresis: 79.99").is_ok());
    }

    #[test]
    fn a_wrong_form_is_told_with_its_place() {
        let cases = [
            "",
            "# later\n",
            "rungs: []\n",
            "hysteresis: 3\nrungs:\n#  - { at: 80, of: actual, low: reduced }\n",
            "rung: []\n",
            "rungs:\n  - { at: 80, off: actual }\n",
            "rungs: all\n",
            "rungs: [all]\n",
            "rungs: { at: 80 }\n",
            "reduced: 500\n",
            "reduced: { bitrate: 500 }\n",
            "hysteresis: [5]\n",
            "hysteresis: 5\nhysteresis: 6\n",
            "rungs:\n  - { at: 80, at: 90, of: actual, low: reduced }\n",
            "rungs: {\n",
            "- 1\n",
            "half\n",
            "a: 1\n---\nb: 2\n",
        ];
        let told: Vec<_> =
            cases.into_iter().map(|text| format!("{}\n=> {}\n", text.trim_end(), faults(text))).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(rungs|at|of|low|actual|80|asNeeded|critical|hysteresis|[-:{}\\[\\]&*!, \n'\"a0.])*") {
            drop(Ladder::parse(&text));
        }

        #[test]
        fn hundredths_read_back_as_they_are_written(value: u32) {
            prop_assert_eq!(hundredths(&Decimal(value).to_string()), Some(value));
        }
    }
}
