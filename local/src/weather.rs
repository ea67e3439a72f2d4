//! Bad weather between the functions and AWS: calls that fail now and then, for as long as it lasts.

use anyhow::Result;
use serde_json::json;

use crate::Cloud;
use crate::faults::throttle;

impl Cloud {
    /// From now on one call in ten to these services is throttled, in the service's own words, and one in fifty to any
    /// service is reset before it has an effect. The fault proxy draws, and cannot be told to draw the same again.
    pub fn weather(&self, services: &[&str]) -> Result<()> {
        let mut rules = Vec::new();
        for service in services {
            let (name, code, status) = throttle(service)?;
            let error = json!({ "code": code, "status": status, "message": "made by the fault proxy" });
            rules.push(json!({ "service": name, "probability": 0.1, "error": error }));
        }
        // Only what was not throttled comes to this rule: a fiftieth of all is a forty-fifth of that.
        rules.push(json!({ "probability": 0.022_222, "reset": true }));
        self.fault(&json!(rules))
    }

    /// The weather is fine again, and no other fault is left either.
    pub fn mend_weather(&self) -> Result<()> {
        self.follow_no_rules()
    }
}
