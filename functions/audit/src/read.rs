//! Reading: everything page by page, or what a change touched.

use std::collections::BTreeSet;

use lambda::clock::now_ms;
use tokio::time::Instant;

use crate::aws::{Aws, Share, close};
use crate::event::Change;
use crate::inventory::{Inventory, Missing, Moment, Taken};
use crate::source::Source;
use crate::sweep::without_turn;
use crate::touched::Touched;

/// Whose account is read, and how much at once.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The account's number.
    pub account: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// Such as `aws` or `aws-cn`.
    pub partition: String,
    /// AWS calls that a sweep may take before parts of it take turns; None reads all at once.
    pub calls: Option<u32>,
    /// Certificates, and streams' targets, that are looked at one by one.
    pub share: usize,
}

/// Where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What is read next.
    pub source: Source,
    /// AWS's token of the next page.
    pub token: Option<String>,
}

impl Scope {
    /// An inventory of this account in which nothing was read yet.
    pub fn begin(&self) -> Inventory {
        let taken = Taken {
            account: self.account.clone(),
            region: self.region.clone(),
            partition: self.partition.clone(),
            at: now(),
        };
        Inventory { taken, ..Inventory::default() }
    }

    /// Reads on from `from` until the end, or until a moment; then it answers where to go on. At least one page is read.
    ///
    /// A source that cannot be read is noted as such, and reading goes on with the next.
    pub async fn read(
        &self,
        aws: &Aws,
        inventory: &mut Inventory,
        from: Stopped,
        until: Instant,
        progress: impl Fn(Source, &Inventory),
    ) -> Option<Stopped> {
        let day = inventory.taken.at.day();
        let Stopped { source, mut token } = from;
        let mut next = Some(source);
        while let Some(source) = next {
            let later = self.without_turn(inventory);
            if later.contains(&source) {
                close(source, Err(Missing::NextTime), inventory);
            } else {
                // Where turns are taken, a turn comes every second day: the shares go on from turn to turn.
                let turn = if later.is_empty() { day } else { day / 2 };
                let share = Share { day: turn, most: self.share };
                loop {
                    match aws.page(source, token.take(), share, inventory).await {
                        Ok(None) => {
                            close(source, Ok(()), inventory);
                            break;
                        }
                        Ok(more) => token = more,
                        Err(missing) => {
                            close(source, Err(missing), inventory);
                            break;
                        }
                    }
                    if Instant::now() >= until {
                        return Some(Stopped { source, token });
                    }
                }
                progress(source, inventory);
            }
            next = source.next();
            if let Some(source) = next.filter(|_| Instant::now() >= until) {
                return Some(Stopped { source, token: None });
            }
        }
        None
    }

    /// The sources that have no turn on the inventory's day. Known once the streams were counted, which comes before all of these.
    pub fn without_turn(&self, inventory: &Inventory) -> Vec<Source> {
        let day = inventory.taken.at.day();
        let streams = u64::try_from(inventory.streams.items.len()).unwrap_or(u64::MAX);
        self.calls.map_or_else(Vec::new, |calls| without_turn(streams, calls.into(), day))
    }

    /// Reads what these changes touched, and what hangs on it.
    pub async fn look(&self, aws: &Aws, changes: &[Change]) -> Inventory {
        let mut inventory = self.begin();
        let mut touched: BTreeSet<Touched> = changes.iter().flat_map(|change| change.touched.clone()).collect();
        // Who may do what to cameras and to the audit is asked of the cameras' roles and of the audit's parts.
        if touched.iter().any(Touched::is_of_iam) {
            for source in [Source::RoleAliases, Source::OwnParts, Source::Trails, Source::Endpoints] {
                touched.insert(Touched::All(source));
            }
        }
        for touched in &touched {
            aws.look(touched, &mut inventory).await;
        }
        inventory.sort();
        inventory
    }
}

impl Touched {
    fn is_of_iam(&self) -> bool {
        match self {
            Self::Role(_) | Self::User(_) | Self::Group(_) | Self::ManagedPolicy(_) => true,
            Self::IotPolicy(_)
            | Self::Certificate(_)
            | Self::Thing(_)
            | Self::Stream(_)
            | Self::Key(_)
            | Self::DataStream(_)
            | Self::DeliveryStream(_)
            | Self::FlinkApplication(_)
            | Self::Topic(_) => false,
            Self::All(source) => *source == Source::Authorization,
        }
    }
}

/// Now, to the thousandth of a second: what happens twice in a second must still be told apart by Security Hub.
pub fn now() -> Moment {
    Moment::from_milliseconds(i64::try_from(now_ms()).unwrap_or(i64::MAX))
}

/// Now, in seconds since 1970.
pub fn now_seconds() -> i64 {
    i64::try_from(now_ms() / 1_000).unwrap_or(i64::MAX)
}
