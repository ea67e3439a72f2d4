//! The table of findings: what stands, what was resolved, and what of it was told.
//!
//! Every change is written under the condition that the finding stands as it was seen, so of two workers that find the
//! same only one is told that it was first, and only that one announces it.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use lambda::call::CallError;

use super::{Kind, Store, number, text};
use crate::finding::{Finding, State};

/// A transaction holds so many writes at most.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const WRITES: usize = 100;

/// How often a transaction is tried again that others were in the way of.
const TRIES: u32 = 5;

/// How long a resolved finding is kept, in seconds: a year.
const KEPT: i64 = 365 * 24 * 3_600;

/// The condition under which a finding stands, and under which one does that was announced.
const STANDS: &str = "attribute_exists(id) AND #state <> :resolved";
const STANDS_TOLD: &str = "attribute_exists(id) AND #state <> :resolved AND told = :yes";

/// A finding as the table has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The finding.
    pub finding: Finding,
    /// Whether it was announced as it stands.
    pub told: bool,
    /// When it was written, in seconds since 1970.
    pub written: i64,
}

/// A change of the table.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A finding that was not there, or was resolved.
    New {
        /// The finding.
        finding: Finding,
        /// Whether there is nothing to announce.
        told: bool,
    },
    /// A finding that stands, as it stands now. One that somebody resolved meanwhile stays resolved.
    Still {
        /// The finding.
        finding: Finding,
        /// Whether there is nothing to announce.
        told: bool,
    },
    /// A finding that stood and is right now.
    Resolved {
        /// The finding.
        finding: Finding,
    },
    /// A finding whose announcement went out: one that stands is noted so, one that was resolved goes to the archive.
    Told {
        /// The finding.
        finding: Finding,
    },
    /// One that nobody announced in time: it is this worker's now.
    Claimed {
        /// As it was read.
        kept: Kept,
    },
}

impl Store {
    /// All findings that stand, and those whose end was not told yet.
    pub async fn findings(&self) -> Result<Vec<Kept>, CallError> {
        let mut found = Vec::new();
        let mut pages = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("kind = :kind")
            .expression_attribute_values(":kind", text(Kind::Finding.as_str()))
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("Query", &error))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(read));
        }
        Ok(found)
    }

    /// What was resolved since a moment, in seconds since 1970.
    pub async fn resolved_since(&self, seconds: i64) -> Result<Vec<Finding>, CallError> {
        let mut found = Vec::new();
        let mut pages = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("kind = :kind")
            .filter_expression("written >= :since")
            .expression_attribute_values(":kind", text(Kind::Resolved.as_str()))
            .expression_attribute_values(":since", number(seconds))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("Query", &error))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(read).map(|kept| kept.finding));
        }
        Ok(found)
    }

    /// Writes changes, and answers for each whether it was made: one is not when somebody else was faster.
    pub async fn write(&self, entries: &[Entry], now: i64) -> Result<Vec<bool>, CallError> {
        let mut made = vec![true; entries.len()];
        for (chunk, made) in entries.chunks(WRITES / 2).zip(made.chunks_mut(WRITES / 2)) {
            self.write_chunk(chunk, made, now).await?;
        }
        Ok(made)
    }

    /// One transaction, again without those that AWS says no longer fit.
    async fn write_chunk(&self, entries: &[Entry], made: &mut [bool], now: i64) -> Result<(), CallError> {
        let mut tries = 0_u32;
        loop {
            // A change may be two writes; each stands with the place of its entry.
            let mut places = Vec::new();
            let mut writes = Vec::new();
            for (place, (entry, made)) in entries.iter().zip(made.iter()).enumerate() {
                if *made {
                    for write in self.writes(entry, now)? {
                        places.push(place);
                        writes.push(write);
                    }
                }
            }
            if writes.is_empty() {
                return Ok(());
            }
            let Err(error) = self.dynamodb.transact_write_items().set_transact_items(Some(writes)).send().await else {
                return Ok(());
            };
            let outdated = outdated(&error);
            // The SDK does not try again what another transaction was in the way of.
            if outdated.is_empty() && in_the_way(&error) && tries < TRIES {
                tries = tries.saturating_add(1);
                tokio::time::sleep(Duration::from_millis(100_u64.saturating_mul(2_u64.saturating_pow(tries)))).await;
                continue;
            }
            if outdated.is_empty() {
                return Err(CallError::new("TransactWriteItems", &error));
            }
            for place in outdated.into_iter().filter_map(|at| places.get(at)) {
                if let Some(made) = made.get_mut(*place) {
                    *made = false;
                }
            }
        }
    }

    fn writes(&self, entry: &Entry, now: i64) -> Result<Vec<TransactWriteItem>, CallError> {
        let unbuilt = |error| CallError::unbuilt("TransactWriteItems", &error);
        let put = |finding: &Finding, told: bool, condition: &str| {
            let put = Put::builder().table_name(&self.table).set_item(Some(item(Kind::Finding, finding, told, now)?));
            let put = put.condition_expression(condition).expression_attribute_names("#state", "state");
            let put = put.expression_attribute_values(":resolved", text("resolved"));
            let yes = condition.contains(":yes").then_some(AttributeValue::Bool(true));
            let put = yes.into_iter().fold(put, |put, yes| put.expression_attribute_values(":yes", yes));
            let put = put.build().map_err(unbuilt)?;
            Ok::<_, CallError>(TransactWriteItem::builder().put(put).build())
        };
        Ok(match entry {
            Entry::New { finding, told } => {
                vec![put(finding, *told, "attribute_not_exists(id) OR #state = :resolved")?]
            }
            // Of two that bring back what was suppressed, one is first.
            Entry::Still { finding, told: false } => vec![put(finding, false, STANDS_TOLD)?],
            Entry::Still { finding, told: true } => vec![put(finding, true, STANDS)?],
            Entry::Resolved { finding } => vec![put(finding, false, STANDS)?],
            Entry::Told { finding } if finding.state == State::Resolved => {
                let delete = Delete::builder().table_name(&self.table).set_key(Some(key(finding)));
                let delete = delete.condition_expression("#state = :resolved");
                let delete = delete.expression_attribute_names("#state", "state");
                let delete =
                    delete.expression_attribute_values(":resolved", text("resolved")).build().map_err(unbuilt)?;
                let mut archived = item(Kind::Resolved, finding, true, now)?;
                // The same problem may be resolved more than once.
                archived.insert("id".to_owned(), text(format!("{}/{now}", finding.id)));
                archived.insert("expiresAt".to_owned(), number(now.saturating_add(KEPT)));
                let archive =
                    Put::builder().table_name(&self.table).set_item(Some(archived)).build().map_err(unbuilt)?;
                let delete = TransactWriteItem::builder().delete(delete).build();
                vec![delete, TransactWriteItem::builder().put(archive).build()]
            }
            Entry::Told { finding } => {
                let told = Update::builder().table_name(&self.table).set_key(Some(key(finding)));
                let told = told.update_expression("SET told = :yes").condition_expression(STANDS);
                let told = told.expression_attribute_names("#state", "state");
                let told = told.expression_attribute_values(":yes", AttributeValue::Bool(true));
                let told = told.expression_attribute_values(":resolved", text("resolved")).build().map_err(unbuilt)?;
                vec![TransactWriteItem::builder().update(told).build()]
            }
            Entry::Claimed { kept } => {
                let claim = Update::builder().table_name(&self.table).set_key(Some(key(&kept.finding)));
                let claim = claim
                    .update_expression("SET written = :now")
                    .condition_expression("told = :no AND written = :then");
                let claim = claim.expression_attribute_values(":now", number(now));
                let claim = claim.expression_attribute_values(":then", number(kept.written));
                let claim =
                    claim.expression_attribute_values(":no", AttributeValue::Bool(false)).build().map_err(unbuilt)?;
                vec![TransactWriteItem::builder().update(claim).build()]
            }
        })
    }
}

/// The places of the writes whose condition did not hold.
fn outdated<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<usize> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return Vec::new();
    };
    let reasons = cancelled.cancellation_reasons().iter().enumerate();
    reasons.filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed")).map(|(at, _)| at).collect()
}

/// Whether the transaction was cancelled only since others wrote at the same time, or more than the table takes.
fn in_the_way<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return false;
    };
    let passing = ["None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    let codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None"));
    codes.collect::<Vec<_>>().iter().all(|code| passing.contains(code))
}

fn key(finding: &Finding) -> HashMap<String, AttributeValue> {
    [("kind".to_owned(), text(Kind::Finding.as_str())), ("id".to_owned(), text(finding.id.as_str()))].into()
}

fn item(kind: Kind, finding: &Finding, told: bool, now: i64) -> Result<HashMap<String, AttributeValue>, CallError> {
    let body = serde_json::to_string(finding).map_err(|error| CallError::unbuilt("TransactWriteItems", &error))?;
    let state = if finding.state == State::Resolved { "resolved" } else { "stands" };
    let attributes = [
        ("kind", text(kind.as_str())),
        ("id", text(finding.id.as_str())),
        ("body", text(body)),
        ("state", text(state)),
        ("told", AttributeValue::Bool(told)),
        ("written", number(now)),
        // For people who look into the table.
        ("check", text(&finding.check)),
        ("severity", text(finding.severity().as_str())),
        ("resource", text(&finding.resource)),
    ];
    Ok(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// What an item says. One that is none of ours is left alone, and told of in the log.
fn read(item: &HashMap<String, AttributeValue>) -> Option<Kept> {
    let body = item.get("body").and_then(|body| body.as_s().ok());
    let Some(finding) = body.and_then(|body| serde_json::from_str(body).ok()) else {
        tracing::warn!(id = ?item.get("id"), "an item of the table is no finding");
        return None;
    };
    let told = item.get("told").and_then(|told| told.as_bool().ok().copied()).unwrap_or_default();
    let written = item.get("written").and_then(|written| written.as_n().ok()?.parse().ok()).unwrap_or_default();
    Some(Kept { finding, told, written })
}
