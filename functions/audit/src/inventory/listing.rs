//! What was read, and why the rest was not.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// This look was not about it.
    NotAsked,
    /// It has its turn in another sweep: the account is larger than the calls of one.
    NextTime,
    /// AWS refuses: the permission that is missing, such as `iot:ListPolicies`.
    Denied {
        /// The IAM action.
        permission: String,
    },
    /// The call failed for another reason, after all retries: throttled, unavailable, or an answer that cannot be read.
    Failed {
        /// The IAM action that the call needs.
        call: String,
        /// What AWS said.
        because: String,
    },
    /// The saved folder has no such file.
    NotSaved {
        /// The file's name.
        file: String,
    },
}

/// A list as far as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
pub struct Listing<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Why there may be more; None when this is all that there is.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "couldNotCheck")]
    pub missing: Option<Missing>,
}

/// One value, or why it was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<T> {
    /// It was read.
    Is(T),
    /// It was not.
    Missing(Missing),
}

impl<T> Default for Listing<T> {
    /// Nothing was asked.
    fn default() -> Self {
        Self { items: Vec::new(), missing: Some(Missing::NotAsked) }
    }
}

impl<T> Listing<T> {
    /// All that there is.
    pub fn all(items: Vec<T>) -> Self {
        Self { items, missing: None }
    }

    /// Some of what there is.
    pub fn some(items: Vec<T>, missing: Missing) -> Self {
        Self { items, missing: Some(missing) }
    }

    /// The items, when this is all that there is.
    pub fn whole(&self) -> Result<&[T], &Missing> {
        self.missing.as_ref().map_or(Ok(&self.items), Err)
    }

    /// Whether anything was asked at all.
    pub fn asked(&self) -> bool {
        self.missing != Some(Missing::NotAsked)
    }
}

impl<T> Seen<T> {
    /// The value.
    pub fn get(&self) -> Result<&T, &Missing> {
        match self {
            Self::Is(value) => Ok(value),
            Self::Missing(missing) => Err(missing),
        }
    }
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self::Missing(Missing::NotAsked)
    }
}

/// As the value itself; what is missing, as `{"couldNotCheck": …}`.
impl<T: Serialize> Serialize for Seen<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Hole<'m> {
            could_not_check: &'m Missing,
        }
        match self {
            Self::Is(value) => value.serialize(serializer),
            Self::Missing(missing) => Hole { could_not_check: missing }.serialize(serializer),
        }
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Seen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value.get("couldNotCheck") {
            Some(missing) => Missing::deserialize(missing).map(Self::Missing),
            None => T::deserialize(value).map(Self::Is),
        }
        .map_err(serde::de::Error::custom)
    }
}

/// A clause after "cannot be judged:".
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("this look was not about it"),
            Self::NextTime => f.write_str("it has its turn in another sweep"),
            Self::Denied { permission } => write!(f, "permission `{permission}` is missing"),
            Self::Failed { call, because } => write!(f, "`{call}` failed: {because}"),
            Self::NotSaved { file } => write!(f, "the saved folder has no `{file}`"),
        }
    }
}
