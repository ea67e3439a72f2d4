//! All that rings at once, in every order, while cameras come and go.

use std::time::Duration;

use budget::camera::{Standing, Target};
use local::storm::{Table, dice, is_full};
use serde_json::Value;

use crate::fleet::{ACCOUNT, Fleet};

const NORMAL: [Target; 3] = [Target::Normal; 3];
/// At 1,100 of 1,000 USD: low, standard, critical.
const OVER: [Target; 3] = [Target::Stopped, Target::Reduced, Target::Normal];

/// What rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bell {
    /// AWS Budgets tells that so many percent of the budget are spent.
    Notice(u32),
    /// The schedule's turn.
    Tick,
}

const BELLS: [Bell; 6] = [Bell::Notice(80), Bell::Notice(100), Bell::Notice(110), Bell::Tick, Bell::Tick, Bell::Tick];
/// What AWS has worked out by the first, the second and the last notice, whatever they claim.
const SPENT: [&str; 3] = ["800", "1000", "1100"];

/// Every order of these, of which some are alike.
fn orders(left: &[Bell]) -> Vec<Vec<Bell>> {
    if left.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (n, first) in left.iter().enumerate() {
        if left[..n].contains(first) {
            continue;
        }
        let rest: Vec<Bell> = left[..n].iter().chain(&left[n + 1..]).copied().collect();
        all.extend(orders(&rest).into_iter().map(|order| [vec![*first], order].concat()));
    }
    all
}

impl Fleet {
    /// AWS Budgets publishes this.
    async fn notice(&self, percent: u32) {
        let (name, at) = (self.budget(), percent * 10);
        let text = format!(
            "AWS Budget Notification November 26, 2026\nAWS Account {ACCOUNT}\n\nDear AWS Customer,\n\nYou requested that we \
             alert you when the ACTUAL Cost associated with your {name} budget is greater than ${at}.00 for the current \
             month. The ACTUAL Cost associated with this budget is ${at}.01. You can find additional details below and by \
             accessing the AWS Budgets dashboard [1].\n\nBudget Name: {name}\nBudget Type: Cost\nBudgeted Amount: \
             $1,000.00\nAlert Type: ACTUAL\nAlert Threshold: > ${at}.00\nACTUAL Amount: ${at}.01\n\n[1] \
             https://console.aws.amazon.com/costmanagement/home#/budgets\n"
        );
        let subject = format!("AWS Budgets: {name} has exceeded your alert threshold");
        let call = self.sns.publish().topic_arn(self.cloud.output("BudgetTopicArn").unwrap());
        call.subject(subject).message(text).send().await.unwrap();
    }

    async fn delete(&self, stream: &str) {
        let arn = self.kinesisvideo.describe_stream().stream_name(stream).send().await.unwrap();
        let arn = arn.stream_info.unwrap().stream_arn.unwrap();
        self.kinesisvideo.delete_stream().stream_arn(arn).send().await.unwrap();
    }

    /// How many of these streams are marked half, or otherwise than by us.
    async fn half(&self, streams: &[&str]) -> usize {
        let mut half = 0;
        for stream in streams {
            half += usize::from(matches!(self.standing(stream).await, Standing::ByHand(_)));
        }
        half
    }
}

#[tokio::test]
async fn notices_and_ticks_in_every_order_end_alike_while_streams_come_and_go() {
    let (mut dice, seed) = dice().unwrap();
    let mut all = orders(&BELLS);
    assert_eq!(all.len(), 120);
    dice.shuffle(&mut all);
    if !is_full() {
        all.truncate(12);
    }
    let fleet = Fleet::start().await;
    let critical = fleet.tags("critical-1").await;
    fleet.camera("goes-0", "low").await;
    let (mut over, mut still, mut whole, mut untouched) = (0, 0, 0, 0);
    let (mut late, mut asked, mut back) = (0, 0, 0);
    for (round, order) in all.iter().enumerate() {
        let (goes, comes) = (format!("goes-{round}"), format!("goes-{}", round + 1));
        let (coming, going) = (dice.usize(..order.len()), dice.usize(..order.len()));
        let mut spent = SPENT.into_iter();
        for (n, bell) in order.iter().enumerate() {
            match bell {
                Bell::Notice(percent) => {
                    let spent = spent.next().unwrap();
                    fleet.spend_silently(spent, spent);
                    fleet.notice(*percent).await;
                }
                Bell::Tick => {
                    let tick = fleet.control.tick("BudgetSchedule").unwrap();
                    assert!(tick.fired && tick.delivered, "{tick:?}");
                }
            }
            // Somewhere in the course of a look.
            tokio::time::sleep(Duration::from_millis(dice.u64(..120))).await;
            if n == coming {
                fleet.camera(&comes, "low").await;
            }
            if n == going {
                fleet.delete(&goes).await;
            }
        }
        fleet.control.settle().unwrap();
        let streams = ["low-1", "standard-1", "critical-1", comes.as_str()];
        over += usize::from(fleet.three().await == OVER);
        whole += usize::from(fleet.half(&streams).await == 0);
        untouched += usize::from(fleet.tags("critical-1").await == critical);
        // Whoever came after the last look had listed the streams has its turn at the next.
        fleet.tick();
        late += usize::from(fleet.standing(&comes).await.target() == Target::Stopped);
        still += usize::from(fleet.three().await == OVER);
        asked += usize::from(fleet.desired("standard-1").await["maximumBitrateKbps"] == 500);
        fleet.control.age(35 * 86_400).unwrap();
        fleet.new_period("1");
        fleet.tick();
        let all_normal = fleet.three().await == NORMAL && fleet.standing(&comes).await.target() == Target::Normal;
        back += usize::from(all_normal && fleet.desired("standard-1").await == Value::Null);
    }
    let rounds = all.len();
    let title = format!(
        "The notices of 80 %, 100 % and 110 % and three ticks ring within a second, in {rounds} of their 120 orders \
         (three ticks are alike), while AWS works out 80 %, 100 % and 110 % one after the other, a stream is made and \
         another deleted (seed {seed})."
    );
    let mut table = Table::new("3-budget", &title);
    table.exactly("orders that end as they should: low stopped, standard reduced", &rounds, &over);
    table.exactly("of them that are the same one look later", &rounds, &still);
    table.exactly("of them without a stream that is marked half", &rounds, &whole);
    table.exactly("of them with the critical stream's tags untouched", &rounds, &untouched);
    table.exactly("of them in which the reduced camera was asked for less", &rounds, &asked);
    table.exactly("streams that came meanwhile and are stopped one look later", &rounds, &late);
    table.exactly("orders after which all comes back in the new period", &rounds, &back);
    table.exactly("dead letters", &0, &fleet.dead_letters().len());
    table.figure("looks", &fleet.metric("Looks"));
    table.tell().unwrap();
}
