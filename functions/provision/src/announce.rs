//! Telling people, once for each certificate and reason, whichever worker sees it and however often.

use lambda::clock::now_ms;

use crate::alert::Alert;
use crate::aws::{Aws, Turn};
use crate::camera::HandBack;
use crate::settings::Settings;

/// How long an alert is remembered, in seconds: 90 days. A camera that still tries then is told of once more.
const KEEP: u64 = 90 * 24 * 3_600;

/// How long a worker has the turn to announce, in seconds: a function's whole timeout. A message that a dead worker had
/// comes again later than that.
const LEASE: u64 = 60;

/// Who announces, and by what name it takes its turn.
#[derive(Debug, Clone, Copy)]
pub struct Announcer<'a> {
    /// The clients.
    pub aws: &'a Aws,
    /// The table and the topic.
    pub settings: &'a Settings,
    /// One word for this try at this message.
    pub by: &'a str,
}

impl Announcer<'_> {
    /// Announces unless that was done. An alert that cannot go out is tried again with the whole item.
    ///
    /// Only a crash between the publishing and the note of it tells twice.
    pub async fn announce(&self, alert: &Alert) -> Result<(), HandBack> {
        let table = &self.settings.refusal_table;
        let turn = Turn { by: self.by, now_s: now_ms() / 1_000, lease_s: LEASE, keep_s: KEEP };
        if self.aws.take_turn(table, alert, turn).await? {
            self.aws.publish(&self.settings.alert_topic, alert).await?;
            self.aws.announced(table, &alert.certificate, alert.reason).await?;
        }
        Ok(())
    }
}
