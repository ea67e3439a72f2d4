//! What the function has seen: events, denied calls, the last event of all, parts of sweeps.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, PutRequest, WriteRequest};
use lambda::call::CallError;

use super::{Kind, Store, number, text};
use crate::event::Denial;
use crate::expectations::DENIALS_MOST;
use crate::inventory::{Denials, Moment, Pulse};

/// AWS takes so many keys in one reading, and so many items in one writing.
const READ: usize = 100;
const WRITE: usize = 25;

/// How long events and denials are remembered, in seconds: CloudTrail may deliver twice, but not days apart.
const REMEMBERED: i64 = 2 * 24 * 3_600;

/// One day, in seconds.
const DAY: i64 = 24 * 3_600;

impl Store {
    /// Which of these events were worked off before.
    pub async fn seen(&self, events: &[String]) -> Result<BTreeSet<String>, CallError> {
        let mut seen = BTreeSet::new();
        for ids in events.chunks(READ) {
            let keys: Vec<_> = ids.iter().map(|id| key(Kind::Event, id)).collect();
            let mut asked = Some(HashMap::from([(
                self.table.clone(),
                KeysAndAttributes::builder()
                    .set_keys(Some(keys))
                    .projection_expression("id")
                    .consistent_read(true)
                    .build()
                    .map_err(|error| CallError::unbuilt("BatchGetItem", &error))?,
            )]));
            // AWS may leave keys for another call.
            while let Some(items) = asked.take().filter(|asked| !asked.is_empty()) {
                let answer = self.dynamodb.batch_get_item().set_request_items(Some(items)).send().await;
                let answer = answer.map_err(|error| CallError::new("BatchGetItem", &error))?;
                let found = answer.responses.unwrap_or_default().into_values().flatten();
                seen.extend(found.filter_map(|mut item| match item.remove("id") {
                    Some(AttributeValue::S(id)) => Some(id),
                    _ => None,
                }));
                asked = answer.unprocessed_keys;
            }
        }
        Ok(seen)
    }

    /// Notes that these events were worked off.
    pub async fn note(&self, events: &[String], now: i64) -> Result<(), CallError> {
        for ids in events.chunks(WRITE) {
            let mut writes = Vec::with_capacity(ids.len());
            for id in ids {
                let mut item = key(Kind::Event, id);
                item.insert("expiresAt".to_owned(), number(now.saturating_add(REMEMBERED)));
                let put = PutRequest::builder().set_item(Some(item)).build();
                let put = put.map_err(|error| CallError::unbuilt("BatchWriteItem", &error))?;
                writes.push(WriteRequest::builder().put_request(put).build());
            }
            let mut left = Some(HashMap::from([(self.table.clone(), writes)]));
            while let Some(items) = left.take().filter(|left| !left.is_empty()) {
                let answer = self.dynamodb.batch_write_item().set_request_items(Some(items)).send().await;
                left = answer.map_err(|error| CallError::new("BatchWriteItem", &error))?.unprocessed_items;
            }
        }
        Ok(())
    }

    /// Counts a denied call, up to [`DENIALS_MOST`] of a caller in a day. The same event counts once, however often it comes.
    pub async fn deny(&self, denial: &Denial, now: i64) -> Result<(), CallError> {
        if !self.note_denial(denial, now, true).await? {
            self.note_denial(denial, now, false).await?;
        }
        Ok(())
    }

    /// Notes a denied call, counted or as the last one only. Answers false when no more are counted.
    async fn note_denial(&self, denial: &Denial, now: i64, counted: bool) -> Result<bool, CallError> {
        let actor = &denial.actor;
        let day = actor.at.day();
        let id = format!("{}|{}|{day}", denial.caller, denial.of);
        let last = "SET caller = :caller, denied = :of, lastCall = :call, eventId = :id, address = :address, \
                    firstAt = if_not_exists(firstAt, :at), lastAt = :at, expiresAt = :end";
        let call = self.dynamodb.update_item().table_name(&self.table).set_key(Some(key(Kind::Denials, &id)));
        let call = if counted {
            call.update_expression(format!("ADD events :event {last}"))
                .condition_expression("attribute_not_exists(events) OR size(events) < :most")
                .expression_attribute_values(":event", AttributeValue::Ss(vec![actor.event_id.clone()]))
                .expression_attribute_values(":most", number(DENIALS_MOST.into()))
        } else {
            call.update_expression(last)
        };
        let call = call
            .expression_attribute_values(":caller", text(&denial.caller))
            .expression_attribute_values(":of", text(denial.of))
            .expression_attribute_values(":call", text(&actor.call))
            .expression_attribute_values(":id", text(&actor.event_id))
            .expression_attribute_values(":address", text(&actor.address))
            .expression_attribute_values(":at", number(actor.at.0.as_second()))
            .expression_attribute_values(":end", number(now.saturating_add(REMEMBERED)));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(CallError::new("UpdateItem", &error)),
            },
        }
    }

    /// What was denied within the last day, by caller.
    pub async fn denials(&self, now: i64) -> Result<Vec<Denials>, CallError> {
        let mut found: Vec<Denials> = Vec::new();
        let mut pages = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("kind = :kind")
            .filter_expression("lastAt >= :since")
            .expression_attribute_values(":kind", text(Kind::Denials.as_str()))
            .expression_attribute_values(":since", number(now.saturating_sub(DAY)))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::new("Query", &error))?;
            for denials in page.items.unwrap_or_default().iter().filter_map(denials) {
                // A day ends at midnight; calls before and after it are one caller's all the same.
                match found.iter_mut().find(|one| (&one.caller, &one.of) == (&denials.caller, &denials.of)) {
                    Some(one) => {
                        one.count = one.count.saturating_add(denials.count);
                        one.first = one.first.min(denials.first);
                        if denials.last > one.last {
                            let (count, first) = (one.count, one.first);
                            *one = Denials { count, first, ..denials };
                        }
                    }
                    None => found.push(denials),
                }
            }
        }
        Ok(found)
    }

    /// When the function last saw an event.
    pub async fn pulse(&self, now: i64) -> Result<Pulse, CallError> {
        let answer = self
            .dynamodb
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(Kind::Pulse, "pulse")))
            .update_expression("SET since = if_not_exists(since, :now)")
            .expression_attribute_values(":now", number(now))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
            .send()
            .await
            .map_err(|error| CallError::new("UpdateItem", &error))?;
        let attributes = answer.attributes.unwrap_or_default();
        let since = seconds(&attributes, "since").unwrap_or(now);
        let last_event = seconds(&attributes, "lastEvent").map(Moment::from_seconds);
        Ok(Pulse { last_event, since: Moment::from_seconds(since) })
    }

    /// Notes an event of this moment, unless a newer one was seen.
    pub async fn beat(&self, at: Moment, now: i64) -> Result<(), CallError> {
        let at = at.0.as_second();
        let call = self
            .dynamodb
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(Kind::Pulse, "pulse")))
            .update_expression("SET lastEvent = :at, since = if_not_exists(since, :now)")
            .condition_expression("attribute_not_exists(lastEvent) OR lastEvent < :at")
            .expression_attribute_values(":at", number(at))
            .expression_attribute_values(":now", number(now));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(CallError::new("UpdateItem", &error)),
            },
        }
    }

    /// Asks to work on a part of a sweep; false when another message asked first.
    pub async fn take(&self, part: &str, message: &str, now: i64) -> Result<bool, CallError> {
        let mut item = key(Kind::Sweep, part);
        item.insert("message".to_owned(), text(message));
        item.insert("expiresAt".to_owned(), number(now.saturating_add(REMEMBERED)));
        let call = self
            .dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            // The same message comes again when its worker died.
            .condition_expression("attribute_not_exists(id) OR message = :message")
            .expression_attribute_values(":message", text(message));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(CallError::new("PutItem", &error)),
            },
        }
    }

    /// When the last sweep ended, in seconds since 1970, and what it could not check or had to remark, as one text.
    pub async fn last_sweep(&self) -> Result<Option<(i64, String)>, CallError> {
        let call = self.dynamodb.get_item().table_name(&self.table).set_key(Some(key(Kind::Sweep, "last")));
        let answer = call.send().await.map_err(|error| CallError::new("GetItem", &error))?;
        let item = answer.item.unwrap_or_default();
        let remarks = item.get("remarks").and_then(|remarks| remarks.as_s().ok()).cloned().unwrap_or_default();
        Ok(seconds(&item, "endedAt").map(|ended| (ended, remarks)))
    }

    /// Notes that a sweep ended.
    pub async fn sweep_ended(&self, now: i64, remarks: &str) -> Result<(), CallError> {
        let mut item = key(Kind::Sweep, "last");
        item.insert("endedAt".to_owned(), number(now));
        item.insert("remarks".to_owned(), text(remarks));
        let call = self.dynamodb.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map(|_| ()).map_err(|error| CallError::new("PutItem", &error))
    }
}

fn key(kind: Kind, id: &str) -> HashMap<String, AttributeValue> {
    [("kind".to_owned(), text(kind.as_str())), ("id".to_owned(), text(id))].into()
}

fn seconds(item: &HashMap<String, AttributeValue>, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn denials(item: &HashMap<String, AttributeValue>) -> Option<Denials> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Denials {
        caller: text("caller")?,
        of: text("denied")?,
        count: u32::try_from(item.get("events")?.as_ss().ok()?.len()).unwrap_or(u32::MAX),
        call: text("lastCall")?,
        event_id: text("eventId")?,
        source_address: text("address")?,
        first: Moment::from_seconds(seconds(item, "firstAt")?),
        last: Moment::from_seconds(seconds(item, "lastAt")?),
    })
}
