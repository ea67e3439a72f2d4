//! What is known of every request of a principal.

use std::borrow::Cow;

use crate::condition::Condition;
use crate::context::{Context, Key, Values};
use crate::pattern::Pattern;
use crate::principal::{Caller, Principal};

/// Condition keys of which it is known what they are in every request: their values, or that they are absent. Of all
/// other keys nothing is assumed.
///
/// ```
/// use policy::Known;
///
/// // A session that AWS IoT's credentials provider gave to the device of the thing `gate-north`.
/// let camera = Known::default().with("credentials-iot:ThingName", "gate-north").without("aws:SourceVpce");
/// # let _ = camera;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    present: Context,
    absent: Vec<Key>,
}

impl Known {
    /// With these values of a key; without the key when there are none.
    #[must_use]
    pub fn with(mut self, key: &str, values: impl Values) -> Self {
        let values = values.into_values();
        if values.is_empty() {
            return self.without(key);
        }
        let key = Key::new(key);
        self.absent.retain(|absent| *absent != key);
        self.present.set(key, values);
        self
    }

    /// Without a key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        let key = Key::new(key);
        self.present.set(key.clone(), Vec::new());
        self.absent.push(key);
        self
    }

    /// The keys that are present.
    pub fn context(&self) -> &Context {
        &self.present
    }

    pub(super) fn is_known(&self, key: &Key) -> bool {
        let plain = |key: &Key| self.absent.contains(key) || self.present.get(key).is_some();
        match key.numbered() {
            Some((attribute, _)) => plain(&attribute) || self.present.get(key).is_some(),
            None => plain(key),
        }
    }

    /// With what a principal implies, unless something else is known: `aws:PrincipalAccount`,
    /// `aws:PrincipalIsAWSService`, and `aws:PrincipalArn`, but for a session, which does not tell its role's path.
    pub(super) fn implied_by(&self, principal: &Principal) -> Self {
        let mut known = self.clone();
        let mut imply = |name: &str, value: &str| {
            if !known.is_known(&Key::new(name)) {
                known.present.set(Key::new(name), vec![value.to_owned()]);
            }
        };
        if let Some(account) = principal.account() {
            imply("aws:PrincipalAccount", account);
            imply("aws:PrincipalIsAWSService", "false");
        }
        if matches!(principal.caller(), Caller::User { .. } | Caller::Role { .. } | Caller::Root { .. }) {
            imply("aws:PrincipalArn", principal.as_str());
        }
        known
    }

    /// Whether a condition holds in every request or in none; None when that depends on what is not known.
    pub(super) fn decides(&self, condition: &Condition) -> Option<bool> {
        condition.keys().all(|key| self.is_known(key)).then(|| condition.holds(&self.present))
    }

    /// A pattern with what is known in place of its variables. None when one of them is known to have no value: the
    /// pattern then matches nothing.
    pub(super) fn bind<'p>(&self, pattern: &'p Pattern) -> Option<Cow<'p, Pattern>> {
        let mut variables = pattern.variables().peekable();
        if variables.peek().is_none() {
            return Some(Cow::Borrowed(pattern));
        }
        pattern.bind(&self.present, &self.absent).map(Cow::Owned)
    }
}
