//! What a function wrote.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A function's log: JSON lines, of which those with `_aws` are metrics.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Log {
    path: PathBuf,
}

impl Log {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of it so far.
    pub fn text(&self) -> Result<String> {
        fs::read_to_string(&self.path).with_context(|| format!("cannot read `{}`", self.path.display()))
    }

    /// The lines so far that are of this shape, in their order.
    pub fn lines<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        Ok(self.text()?.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// The lines so far with this message.
    pub fn said(&self, message: &str) -> Result<Vec<Value>> {
        let mut lines = self.lines::<Value>()?;
        lines.retain(|line| line.get("message").and_then(Value::as_str) == Some(message));
        Ok(lines)
    }

    /// The sum of a metric so far, of those with this reason, or of those without any.
    pub fn metric(&self, name: &str, reason: Option<&str>) -> Result<u64> {
        let lines = self.lines::<Value>()?;
        let metrics = lines.iter().filter(|line| line.get("_aws").is_some());
        let ours = metrics.filter(|line| line.get("Reason").and_then(Value::as_str) == reason);
        Ok(ours.filter_map(|line| line.get(name)?.as_u64()).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_line_by_line() {
        let folder = std::env::temp_dir().join(format!("kvs-warden-log-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("log");
        let text = r#"{"level":"INFO","message":"swept","calls":3}
no JSON
{"_aws":{},"Retried":2}
{"_aws":{},"Retried":1,"Reason":"throttled"}
{"level":"WARN","message":"late"}
"#;
        fs::write(&path, text).unwrap();
        let log = Log { path };
        assert_eq!(log.lines::<Value>().unwrap().len(), 4);
        let said = log.said("swept").unwrap();
        assert_eq!((said.len(), said[0]["calls"].as_u64()), (1, Some(3)));
        assert_eq!(log.metric("Retried", None).unwrap(), 2);
        assert_eq!(log.metric("Retried", Some("throttled")).unwrap(), 1);
        fs::remove_dir_all(&folder).unwrap();
        let error = log.text().unwrap_err().to_string();
        assert!(error.starts_with("cannot read `"), "{error}");
    }
}
