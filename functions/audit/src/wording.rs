//! How lists are worded.

/// The first five as names, and how many more there are.
pub fn some<S: AsRef<str>>(all: &[S]) -> String {
    few(all, |one| format!("`{}`", one.as_ref()))
}

/// The first five, each said so, and how many more there are.
pub fn few<T>(all: &[T], say: impl Fn(&T) -> String) -> String {
    let shown: Vec<_> = all.iter().take(5).map(say).collect();
    match all.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
