//! What an operator asks for.

use std::collections::BTreeMap;

use lambda::call::CallError;

use super::Ground;
use crate::apply::{Done, Order, restore, unask};
use crate::aws::Known;
use crate::camera::{Standing, Stream, Target};
use crate::money::Money;
use crate::plan::{Plan, released};
use crate::{Budget, now_seconds};

/// How often a stream is let go that a look throttles at the same time.
const TRIES: usize = 3;

/// What came of releasing a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released {
    /// It may send again, and stays so.
    Held {
        /// What it was at.
        before: Target,
        /// Why its camera could not be told so, a sentence.
        trouble: Option<String>,
    },
    /// There is no stream of this name.
    NoStream,
    /// What stands on it is not ours to undo. The fragment says what.
    ByHand(String),
}

impl Budget {
    /// What a look would do now, or if other amounts were spent and expected. Nothing is changed.
    pub async fn preview(&self, spend: Option<Money>, forecast: Option<Money>) -> Result<(Ground, Plan), CallError> {
        let last = self.aws.last(&self.settings.table).await?;
        let mut ground = self.ground(&last).await?;
        if let Ok(figures) = &mut ground.figures {
            if let Some(spend) = spend {
                figures.actual = spend;
                // What AWS expects does not fit another spend, unless it is more than that.
                figures.forecast = figures.forecast.filter(|forecast| *forecast >= spend);
            }
            figures.forecast = forecast.or(figures.forecast);
            if spend.is_some() || forecast.is_some() {
                figures.updated = ground.now;
            }
        }
        let plan = self.planned(&mut ground).await?;
        Ok((ground, plan))
    }

    /// How all stands, and what was told of it.
    pub async fn status(&self) -> Result<(Ground, BTreeMap<String, Known>), CallError> {
        let ground = self.ground(&self.aws.last(&self.settings.table).await?).await?;
        Ok((ground, self.aws.known(&self.settings.table).await?))
    }

    /// Lets a stream send again, and keeps the budget's hands off it. Neither the budget nor its figures are asked.
    pub async fn release(&self, name: &str) -> Result<Released, CallError> {
        let Some(listed) = self.aws.streams().await?.into_iter().find(|stream| stream.name == name) else {
            return Ok(Released::NoStream);
        };
        // What is listed of its tags may be old.
        let Some(tags) = self.aws.tags_of(&listed.arn).await? else { return Ok(Released::NoStream) };
        let mut stream = self.stream(listed.clone(), &tags);
        if let Standing::ByHand(why) = stream.standing {
            return Ok(Released::ByHand(why));
        }
        let before = stream.standing.target();
        // First of all, so that a look leaves it alone from now on.
        self.aws.hold(&stream.arn, "released").await?;
        let mut trouble = None;
        for _ in 0..TRIES {
            trouble = self.free(&stream).await?;
            // One that was under way may have throttled it in between.
            let Some(tags) = self.aws.tags_of(&stream.arn).await? else { return Ok(Released::NoStream) };
            stream = self.stream(listed.clone(), &tags);
            if stream.standing.target() == Target::Normal {
                return Ok(Released::Held { before, trouble });
            }
        }
        Ok(Released::Held { before, trouble: trouble.or(Some("it was throttled again: try once more".to_owned())) })
    }

    /// Lets a stream send again, and its camera know. Answers what is wrong with the latter.
    async fn free(&self, stream: &Stream) -> Result<Option<String>, CallError> {
        let thing = stream.thing.as_deref();
        if stream.standing.target() == Target::Normal {
            return Ok(match thing {
                Some(thing) => unask(&self.aws, thing).await,
                None => None,
            });
        }
        let mark = released(stream, now_seconds());
        let order = Order { mark: &mark, wish: "null", asked: None };
        let Done::Made { trouble, .. } = restore(&self.aws, thing, &stream.arn, order).await? else { return Ok(None) };
        Ok(trouble)
    }
}
