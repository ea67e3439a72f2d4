//! What is known of a request besides who, what and on which: the condition keys and their values.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The name of a condition key, such as `aws:SourceIp`. Case does not count when names are compared; it is shown as it
/// was written.
#[derive(Clone)]
pub struct Key {
    written: Box<str>,
    /// In lower case, when that is not how it is written.
    lower: Option<Box<str>>,
}

impl Key {
    /// Names a key. Any text is a name: that AWS has such a key is not checked.
    pub fn new(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        Self { lower: (lower != name).then(|| lower.into()), written: name.into() }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The key of which this is one of several values: `iot:Certificate.Subject.Country` of `….Country.1`.
    pub(crate) fn numbered(&self) -> Option<(Self, usize)> {
        let (attribute, number) = self.written.rsplit_once('.').filter(|_| self.is_of_certificate())?;
        Some((Self::new(attribute), number.parse().ok()?))
    }

    /// Whether it is an attribute of a device certificate, of which there may be several.
    pub(crate) fn is_of_certificate(&self) -> bool {
        self.lower().starts_with("iot:certificate.")
    }

    pub(crate) fn lower(&self) -> &str {
        self.lower.as_ref().unwrap_or(&self.written)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.lower() == other.lower()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.lower().cmp(other.lower())
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lower().hash(state);
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.written)
    }
}

/// The condition keys of a request. A key has one value or several; a key without values counts as absent, as AWS
/// counts a null data set. Nothing is added by itself: whoever asks for `aws:PrincipalArn` has to put it in.
///
/// ```
/// use policy::{Context, Key};
///
/// let context = Context::new([("aws:SourceIp", vec!["203.0.113.7"]), ("aws:TagKeys", vec!["site", "owner"])]);
/// assert_eq!(context.get(&Key::new("AWS:SOURCEIP")), Some(["203.0.113.7".to_owned()].as_slice()));
/// assert_eq!(context.get(&Key::new("aws:SourceVpc")), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Sorted by key, each key once.
    values: Vec<(Key, Vec<String>)>,
}

impl Context {
    /// A context without keys.
    pub const EMPTY: &'static Self = &Self { values: Vec::new() };

    /// A context of these keys. Of a key that is given twice (case does not count) the last values stand.
    pub fn new<K: AsRef<str>, V: Values>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut context = Self::default();
        for (key, values) in values {
            context.set(Key::new(key.as_ref()), values.into_values());
        }
        context
    }

    /// Gives a key these values instead of what it had; none make it absent.
    pub fn set(&mut self, key: Key, values: Vec<String>) {
        let found = self.values.binary_search_by(|(other, _)| other.cmp(&key));
        match (found, values.is_empty()) {
            (Ok(at), true) => drop(self.values.remove(at)),
            (Ok(at), false) => {
                if let Some((_, old)) = self.values.get_mut(at) {
                    *old = values;
                }
            }
            (Err(_), true) => {}
            (Err(at), false) => self.values.insert(at, (key, values)),
        }
    }

    /// The values of a key, at least one; None when the request does not have the key.
    pub fn get(&self, key: &Key) -> Option<&[String]> {
        let at = self.values.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        self.values.get(at).map(|(_, values)| values.as_slice())
    }

    /// The keys in alphabetical order, each with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &[String])> {
        self.values.iter().map(|(key, values)| (key, values.as_slice()))
    }
}

/// What a context key can be given as: one value or several.
pub trait Values {
    /// The values as a list.
    fn into_values(self) -> Vec<String>;
}

impl Values for &str {
    fn into_values(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Values for String {
    fn into_values(self) -> Vec<String> {
        vec![self]
    }
}

impl<T: Into<String>> Values for Vec<T> {
    fn into_values(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_values_of_a_key_stand_and_none_make_it_absent() {
        let mut context = Context::new([("b", "1"), ("a", "2"), ("B", "3")]);
        assert_eq!(context.get(&Key::new("b")), Some(["3".to_owned()].as_slice()));
        context.set(Key::new("B"), Vec::new());
        assert_eq!(context.get(&Key::new("b")), None);
        assert_eq!(context.iter().count(), 1);
    }
}
