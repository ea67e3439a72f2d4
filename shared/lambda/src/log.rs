//! JSON lines on standard output.
//!
//! Each line has a `timestamp` and a `level` at its top, which Lambda's JSON log format reads; without the level it
//! files errors as INFO. Messages are constant, data stands in fields.
//!
//! No secret goes out. Only our own crates log below INFO: the AWS SDK writes whole requests at TRACE, with their
//! signature and the session's token, and the runtime whole events. And what looks like a secret in a line that we write
//! ourselves, since somebody sent it to us, is left out.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>

use std::borrow::Cow;
use std::io::{self, Write};

use fleet::secret::secrets;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::secret::left_out;

/// The crates that may log as much as was asked for.
const OURS: [&str; 6] = ["audit", "budget", "fleet", "lambda", "policy", "provision"];

/// Starts logging. The level comes from `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets, and is INFO otherwise.
pub fn init() {
    let level = level(crate::settings::env("AWS_LAMBDA_LOG_LEVEL").as_deref());
    let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    let json = json.with_writer(|| WithoutSecrets(io::stdout()));
    let told = filter_fn(move |line| may_log(level, line.target(), *line.level())).with_max_level_hint(level);
    tracing_subscriber::registry().with(json).with(told).init();
}

/// Lambda's words for the level: TRACE, DEBUG, INFO, WARN, ERROR, FATAL.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn level(asked: Option<&str>) -> LevelFilter {
    match asked {
        Some(fatal) if fatal.eq_ignore_ascii_case("FATAL") => LevelFilter::ERROR,
        asked => asked.and_then(|text| text.parse::<Level>().ok()).unwrap_or(Level::INFO).into(),
    }
}

/// Whether a line of this level may be written by the crate that this target begins with.
fn may_log(asked: LevelFilter, target: &str, level: Level) -> bool {
    let ours = target.split("::").next().is_some_and(|name| OURS.contains(&name));
    level <= if ours { asked } else { asked.min(LevelFilter::INFO) }
}

/// Passes lines on, each as one write, and leaves secrets out of them.
#[derive(Debug)]
struct WithoutSecrets<W>(W);

impl<W: Write> Write for WithoutSecrets<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&told(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A line without secrets; it stays one of JSON.
fn told(line: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(line);
    if secrets(&text).is_empty() {
        return Cow::Borrowed(line);
    }
    let clean = serde_json::from_str(&text).map(|value| left_out(value).to_string()).unwrap_or_default();
    // A secret may also stand in a field's name, or be no JSON at all.
    let line = if clean.is_empty() || !secrets(&clean).is_empty() {
        serde_json::json!({ "level": "ERROR", "message": "a line was left out: a secret stands in it" }).to_string()
    } else {
        clean
    };
    Cow::Owned(format!("{line}\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_crates_log_more_than_info_whatever_is_asked_for() {
        let asked = level(Some("TRACE"));
        for ours in ["provision", "audit::work", "budget::look", "lambda::log"] {
            assert!(may_log(asked, ours, Level::TRACE), "{ours}");
        }
        for other in ["aws_smithy_runtime::client::orchestrator", "aws_sigv4", "hyper_util", "lambda_runtime", ""] {
            assert!(may_log(asked, other, Level::INFO), "{other}");
            assert!(!may_log(asked, other, Level::DEBUG), "{other}");
        }
    }

    #[test]
    fn the_level_is_one_of_lambda_s_and_info_otherwise() {
        for (asked, wanted) in [
            (None, LevelFilter::INFO),
            (Some("WARN"), LevelFilter::WARN),
            (Some("debug"), LevelFilter::DEBUG),
            (Some("FATAL"), LevelFilter::ERROR),
            (Some("aws_smithy_runtime=trace"), LevelFilter::INFO),
        ] {
            assert_eq!(level(asked), wanted, "{asked:?}");
        }
        assert!(!may_log(level(Some("ERROR")), "lambda_runtime", Level::WARN));
    }

    #[test]
    fn a_key_that_somebody_sent_is_left_out_of_the_line_which_stays_json() {
        let line = serde_json::json!({
            "level": "ERROR",
            "detail": { "body": ["-----BEGIN PRIVATE KEY-----\nMIGH0000\n-----END PRIVATE KEY-----\nas sent"] },
            "n": 3,
        });
        let mut out = Vec::new();
        WithoutSecrets(&mut out).write_all(format!("{line}\n").as_bytes()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"detail\":{\"body\":[\"-----BEGIN [a private key was left out]\\nas sent\"]},\"level\":\"ERROR\",\"n\":3}\n"
        );
        let untouched = b"{\"level\":\"INFO\",\"thing\":\"cam-1\"}\n";
        assert_eq!(told(untouched).as_ref(), untouched);
    }

    #[test]
    fn a_line_that_cannot_be_cleaned_is_left_out_as_a_whole() {
        for line in [r#"{"x-amz-security-token":"0000"}"#, "panicked: AWS4-HMAC-SHA256 0000"] {
            let told = String::from_utf8(told(line.as_bytes()).into_owned()).unwrap();
            assert!(told.contains("was left out") && !told.contains("0000"), "{told}");
        }
    }
}
