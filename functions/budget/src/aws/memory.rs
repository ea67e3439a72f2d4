//! The table: who looks now, and what was told. Nothing that undoing a throttle needs is in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, ReturnValue, WriteRequest};
use futures_util::StreamExt as _;
use lambda::call::CallError;
use serde::{Deserialize, Serialize};

use super::Aws;
use crate::camera::Target;
use crate::effect::Effect;
use crate::money::Money;

/// So many writings are under way at once.
const AT_ONCE: usize = 8;

/// AWS takes so many items in one writing.
const WRITE: usize = 25;

/// What was last told of a stream, and asked of its camera. There is no item for a stream that is as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The stream's name.
    pub stream: String,
    /// What it was told to be.
    pub state: Target,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// Since when it is not normal, or was not.
    pub first: i64,
    /// Whether it is as it should be.
    pub effect: Effect,
    /// Since when video is missing, while none has come again.
    pub gap: Option<i64>,
    /// What was asked of a camera and not yet taken back.
    pub asked: Option<Asked>,
}

/// What a camera was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its thing.
    pub thing: String,
    /// What was written into its shadow.
    pub wish: String,
}

/// What the last look came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Last {
    /// What it came to, when nothing was left to do: from the same it need not be measured anew.
    pub settled: Option<Settled>,
    /// What it remarked, which rungs it was on, and what could not be done.
    pub said: BTreeSet<String>,
    /// The period of the last figures that were of their period: its first day.
    pub period: String,
    /// What was spent by them.
    pub actual: Money,
    /// When they were first seen, in seconds since 1970.
    pub seen: i64,
}

/// What a look came to that left nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// All that it went by but the time, in short.
    pub by: String,
    /// When the time alone may call for something else, in seconds since 1970.
    pub until: Option<i64>,
    /// The rungs that were reached.
    pub rungs: Vec<String>,
    /// What the plan remarked.
    pub remarks: Vec<String>,
    /// What was missing, and for which rung.
    pub short: (Money, String),
    /// What all that gives way saves.
    pub saving: Money,
}

/// The right to look, for some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// It is ours.
    Ours,
    /// Somebody else has it, and knows now that it has to look once more.
    Others,
}

impl Aws {
    /// Takes the right to look until a moment; who dies loses it then. Whoever has it is asked to look once more.
    pub async fn take(&self, table: &str, holder: &str, now: i64, until: i64) -> Result<Lease, CallError> {
        loop {
            if self.put_lease(table, holder, now, until).await? {
                return Ok(Lease::Ours);
            }
            if self.ask_again(table, now).await? {
                return Ok(Lease::Others);
            }
            // It was given back in between.
        }
    }

    async fn put_lease(&self, table: &str, holder: &str, now: i64, until: i64) -> Result<bool, CallError> {
        let call = self.dynamodb.put_item().table_name(table).set_item(Some(key("lease", "look")));
        let call = call.item("holder", text(holder)).item("until", number(until));
        let call = call
            .condition_expression("attribute_not_exists(kind) OR holder = :holder OR #until <= :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":holder", text(holder))
            .expression_attribute_values(":now", number(now));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(CallError::new("PutItem", &error)),
            },
        }
    }

    async fn ask_again(&self, table: &str, now: i64) -> Result<bool, CallError> {
        let call = self.dynamodb.update_item().table_name(table).set_key(Some(key("lease", "look")));
        let call = call
            .update_expression("SET again = :again")
            .condition_expression("#until > :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":again", AttributeValue::Bool(true))
            .expression_attribute_values(":now", number(now));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(CallError::new("UpdateItem", &error)),
            },
        }
    }

    /// Gives the right back. Answers whether somebody asked to look once more. What somebody else has by now is left alone.
    pub async fn give_back(&self, table: &str, holder: &str) -> Result<bool, CallError> {
        let call = self.dynamodb.delete_item().table_name(table).set_key(Some(key("lease", "look")));
        let call = call.condition_expression("holder = :holder").expression_attribute_values(":holder", text(holder));
        match call.return_values(ReturnValue::AllOld).send().await {
            Ok(answer) => Ok(answer.attributes.is_some_and(|old| old.contains_key("again"))),
            Err(error) => match error.as_service_error() {
                // It is lost, or a try before has deleted it: then nobody knows what was asked.
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(true),
                _ => Err(CallError::new("DeleteItem", &error)),
            },
        }
    }

    /// What was told of each stream, by ARN.
    pub async fn known(&self, table: &str) -> Result<BTreeMap<String, Known>, CallError> {
        let mut known = BTreeMap::new();
        let call = self.dynamodb.query().table_name(table).key_condition_expression("kind = :kind");
        let call = call.expression_attribute_values(":kind", text("told")).consistent_read(true);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("Query", &error))?;
            for item in page.items.unwrap_or_default() {
                let arn = item.get("id").and_then(|id| id.as_s().ok()).cloned();
                // What cannot be read is told anew.
                let told = item.get("body").and_then(|body| serde_json::from_str(body.as_s().ok()?).ok());
                known.extend(arn.zip(told));
            }
        }
        Ok(known)
    }

    /// Notes what was told of streams; None where there is nothing more to know.
    pub async fn note(&self, table: &str, told: &[(String, Option<Known>)]) -> Result<(), CallError> {
        let mut ends = futures_util::stream::iter(told.chunks(WRITE).map(|some| self.note_some(table, some)))
            .buffer_unordered(AT_ONCE);
        while let Some(end) = ends.next().await {
            end?;
        }
        Ok(())
    }

    async fn note_some(&self, table: &str, told: &[(String, Option<Known>)]) -> Result<(), CallError> {
        let mut writes = Vec::with_capacity(told.len());
        for (arn, known) in told {
            let mut item = key("told", arn);
            let write = WriteRequest::builder();
            let write = if let Some(known) = known {
                let body =
                    serde_json::to_string(known).map_err(|error| CallError::unbuilt("BatchWriteItem", &error))?;
                item.insert("body".to_owned(), text(body));
                let put = PutRequest::builder().set_item(Some(item)).build();
                write.put_request(put.map_err(|error| CallError::unbuilt("BatchWriteItem", &error))?)
            } else {
                let delete = DeleteRequest::builder().set_key(Some(item)).build();
                write.delete_request(delete.map_err(|error| CallError::unbuilt("BatchWriteItem", &error))?)
            };
            writes.push(write.build());
        }
        let mut left = Some(HashMap::from([(table.to_owned(), writes)]));
        while let Some(items) = left.take().filter(|left| !left.is_empty()) {
            let answer = self.dynamodb.batch_write_item().set_request_items(Some(items)).send().await;
            left = answer.map_err(|error| CallError::new("BatchWriteItem", &error))?.unprocessed_items;
        }
        Ok(())
    }

    /// What the last look came to.
    pub async fn last(&self, table: &str) -> Result<Last, CallError> {
        let call = self.dynamodb.get_item().table_name(table).set_key(Some(key("look", "last"))).consistent_read(true);
        let answer = call.send().await.map_err(|error| CallError::new("GetItem", &error))?;
        let body = answer.item.and_then(|mut item| item.remove("body"));
        Ok(body.and_then(|body| serde_json::from_str(body.as_s().ok()?).ok()).unwrap_or_default())
    }

    /// Notes what this look came to.
    pub async fn note_last(&self, table: &str, last: &Last) -> Result<(), CallError> {
        let body = serde_json::to_string(last).map_err(|error| CallError::unbuilt("PutItem", &error))?;
        let call = self.dynamodb.put_item().table_name(table).set_item(Some(key("look", "last")));
        let sent = call.item("body", text(body)).send().await;
        sent.map(|_| ()).map_err(|error| CallError::new("PutItem", &error))
    }
}

fn key(kind: &str, id: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("kind".to_owned(), text(kind)), ("id".to_owned(), text(id))])
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
