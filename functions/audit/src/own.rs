//! The parts of kvs-warden itself that the audit looks after.

use serde::{Deserialize, Serialize};

/// What was deployed: by the function's settings, or by the stack that `warden` asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Own {
    /// The stack's name.
    pub stack: String,
    /// The names of the rules that send events to the audit's queue, on the default bus.
    pub rules: Vec<String>,
    /// The name of the schedule of the sweep.
    pub schedule: String,
    /// The name of the audit function.
    pub function: String,
    /// The ARN of its role.
    pub role: String,
    /// The ARN of the role that provisions cameras, whose events the rules leave out.
    pub provision_role: String,
    /// The ARN of the audit's queue.
    pub queue: String,
    /// The name of the table of findings.
    pub table: String,
    /// The bucket of reports and of `audit.yaml`.
    pub bucket: String,
    /// The names of the stack's alarms.
    pub alarms: Vec<String>,
    /// The ARNs of the stack's topics.
    pub topics: Vec<String>,
    /// The ARNs of the stack's queues.
    pub queues: Vec<String>,
    /// The ARNs of topics that AWS Budgets publishes to.
    pub budget_topics: Vec<String>,
}
