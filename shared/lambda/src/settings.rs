//! Settings from environment variables: read once, every fault named at once.

use std::fmt;

use fleet::secret::without_secrets;

/// The process's environment, for `main` to pass on. An empty variable counts as not set.
#[expect(clippy::disallowed_methods, reason = "the one lookup that `main` passes")]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// All that is wrong with the settings. What looks like a secret in them is left out.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    faults: Vec<String>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_secrets(&self.faults.join("; ")))
    }
}

/// `main` shows its error by `Debug`: the text then stays a sentence.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads settings and gathers the faults.
pub struct Reader<L> {
    lookup: L,
    faults: Vec<String>,
}

impl<L> fmt::Debug for Reader<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// Reads through `lookup`, which answers `None` for a variable that is not set.
    pub fn new(lookup: L) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// A variable that must be set. After a fault the value is `None` and [`Reader::finish`] fails.
    pub fn required<T, E: fmt::Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let Some(text) = (self.lookup)(name) else {
            self.faults.push(format!("environment variable `{name}` is not set"));
            return None;
        };
        self.parsed(name, &text, parse)
    }

    /// A variable that may be missing.
    pub fn optional<T, E: fmt::Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = (self.lookup)(name)?;
        self.parsed(name, &text, parse)
    }

    /// Ends the reading: the settings, or every fault.
    ///
    /// `build` is called only when there was no fault; it gets `None` only for what is optional.
    pub fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, SettingsError> {
        if self.faults.is_empty() {
            return build().ok_or_else(|| SettingsError { faults: vec!["a required setting is missing".to_owned()] });
        }
        Err(SettingsError { faults: self.faults })
    }

    fn parsed<T, E: fmt::Display>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                // A value of several lines must not end the line of the log.
                let fault = fault.to_string().replace(char::is_control, "\u{fffd}");
                self.faults.push(format!("environment variable `{name}` is {fault}"));
                None
            }
        }
    }
}

/// `true` or `false`.
pub fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{text}`: expected true or false")),
    }
}

/// A whole number within bounds, both included.
pub fn whole(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("`{text}`: expected a whole number from {least} to {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named_at_once() {
        let mut reader = Reader::new(|name: &str| (name == "A").then(|| "1e3".to_owned()));
        let a = reader.required("A", |text| text.parse::<u32>().map_err(|_error| format!("`{text}`: expected digits")));
        let b = reader.required("B", str::parse::<u32>);
        let error = reader.finish(|| Some((a?, b?))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment variable `A` is `1e3`: expected digits; environment variable `B` is not set"
        );
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn a_key_in_a_setting_is_not_repeated() {
        let mut reader = Reader::new(|_: &str| Some("-----BEGIN PRIVATE KEY-----\nMIGH\n".to_owned()));
        let fault = reader.required("A", truth);
        let error = reader.finish(|| fault).unwrap_err();
        assert_eq!(error.to_string(), "environment variable `A` is `-----BEGIN [a private key was left out]");
    }
}
