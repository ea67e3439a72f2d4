//! How lists are worded.

/// The first five, and how many more there are.
pub fn some<S: AsRef<str>>(all: &[S]) -> String {
    let shown: Vec<_> = all.iter().take(5).map(|one| format!("`{}`", one.as_ref())).collect();
    match all.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
