//! What people see.

use std::io::{IsTerminal as _, Write as _};

/// Writes a line. When nobody reads any more, it is lost and so is the reader.
pub(crate) fn line(text: &str) {
    writeln!(std::io::stdout().lock(), "{text}").unwrap_or_default();
}

/// Writes a heading, bold on a terminal.
pub(crate) fn heading(text: &str) {
    if std::io::stdout().is_terminal() {
        line(&format!("\n\u{1b}[1m{text}\u{1b}[0m"));
    } else {
        line(&format!("\n{text}"));
    }
}

/// Writes why we end, to standard error.
pub(crate) fn error(text: &str) {
    let mut error = std::io::stderr().lock();
    if error.is_terminal() {
        writeln!(error, "\u{1b}[1;31merror\u{1b}[0m: {text}")
    } else {
        writeln!(error, "error: {text}")
    }
    .unwrap_or_default();
}

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
