//! A look at what a change touched.

use super::close::clear;
use super::{Aws, Share, close};
use crate::inventory::Inventory;
use crate::source::Source;
use crate::touched::Touched;

/// Of what a sweep reads in shares, so many.
const MOST: usize = 100;

impl Aws {
    /// Reads the present state of one thing and what hangs on it into the inventory.
    ///
    /// Listings get items and stay not asked for. A call that failed is why the listing misses something. What is not
    /// there stands in `gone`, by its ARN, and in no listing; the ARN of a role, user or group that is gone is the one
    /// without a path, that of a stream the one up to its name, since nobody knows the rest any more.
    pub async fn look(&self, touched: &Touched, into: &mut Inventory) {
        match touched {
            Touched::Role(name) => Box::pin(self.look_role(name, into)).await,
            Touched::User(name) => Box::pin(self.look_user(name, into)).await,
            Touched::Group(name) => Box::pin(self.look_group(name, into)).await,
            Touched::ManagedPolicy(arn) => Box::pin(self.look_managed_policy(arn, into)).await,
            Touched::IotPolicy(name) => Box::pin(self.look_iot_policy(name, into)).await,
            Touched::Certificate(id) => Box::pin(self.look_certificate(id, into)).await,
            Touched::Thing(name) => Box::pin(self.look_thing(name, into)).await,
            Touched::Stream(name) => Box::pin(self.look_stream(name, into)).await,
            Touched::Key(name) => Box::pin(self.look_key(name, into)).await,
            Touched::DataStream(name) => Box::pin(self.look_data_stream(name, into)).await,
            Touched::DeliveryStream(name) => Box::pin(self.look_delivery_stream(name, into)).await,
            Touched::FlinkApplication(name) => Box::pin(self.look_flink_application(name, into)).await,
            Touched::Topic(arn) => {
                Box::pin(self.look_topic(arn, into)).await;
                // What tells people must go on to do so.
                if self.is_own_topic(arn, &into.taken) {
                    self.look_at_all(Source::OwnParts, into).await;
                }
            }
            Touched::All(source) => self.look_at_all(*source, into).await,
        }
    }

    /// All pages of a source, in place of what was read of it before.
    async fn look_at_all(&self, source: Source, into: &mut Inventory) {
        let share = Share { day: into.taken.at.day(), most: MOST };
        clear(source, into);
        let mut next = None;
        loop {
            match self.page(source, next, share, into).await {
                Ok(Some(token)) => next = Some(token),
                Ok(None) => return close(source, Ok(()), into),
                Err(missing) => return close(source, Err(missing), into),
            }
        }
    }
}
