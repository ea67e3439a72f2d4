//! Any texts as the settings of the functions.

use super::{Read, text};

/// The bytes are lines: the function, then a variable in each, its name, `=` and its value. The first of a name counts.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let variable = |name: &str| {
        let mut lines = text.lines().skip(1).filter_map(|line| line.split_once('='));
        lines.find_map(|(one, value)| (one == name && !value.is_empty()).then(|| value.to_owned()))
    };
    let faults = match text.lines().next().unwrap_or_default() {
        "audit" => audit::Settings::from_env(variable).map(|settings| of_audit(&settings)),
        "budget" => budget::Settings::from_env(variable).map(|settings| of_budget(&settings)),
        _ => provision::Settings::from_env(variable).map(|settings| of_provision(&settings)),
    };
    faults.map_err(|faults| {
        let faults = faults.to_string();
        assert!(faults.contains("environment variable `"), "no variable is named: {faults}");
        assert!(!faults.contains(char::is_control), "a control character in {faults:?}");
        // Lambda takes variables of 4 KB in all, so that values are shown as they are.
        let most = text.len().saturating_mul(16).saturating_add(4_096);
        assert!(faults.len() <= most, "{} bytes said of {}", faults.len(), text.len());
        faults
    })
}

fn of_audit(settings: &audit::Settings) {
    assert!((100..=1_000_000).contains(&settings.sweep_calls), "{}", settings.sweep_calls);
    assert!(settings.sweep_share <= 10_000, "{}", settings.sweep_share);
    assert!(settings.sweep_reading.as_secs() <= 780, "{:?}", settings.sweep_reading);
    assert_eq!((&settings.own.table, &settings.own.bucket), (&settings.table, &settings.bucket), "two names for one");
}

fn of_budget(settings: &budget::Settings) {
    assert!(settings.tag_calls_per_second.get() <= 50, "{}", settings.tag_calls_per_second);
    assert!(settings.currency.len() == 3, "{}", settings.currency);
    let id = &settings.budget_id;
    assert!(id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
}

fn of_provision(settings: &provision::Settings) {
    assert!(settings.workers <= settings.certificate_calls_per_second, "more workers than calls");
    assert!((1..=45).contains(&settings.stream_active_timeout.as_secs()), "{:?}", settings.stream_active_timeout);
    assert!(settings.stream.tags.len() <= 48, "{} tags", settings.stream.tags.len());
    for (name, value) in &settings.stream.tags {
        let is_ours = name.starts_with("kvs-warden:") || name.starts_with("aws:");
        assert!(!is_ours && (1..=128).contains(&name.chars().count()), "the tag `{name}`");
        assert!(value.chars().count() <= 256, "`{name}` is `{value}`");
    }
}
