//! What stands, compared with what was told of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Ground;
use crate::Budget;
use crate::apply::reported;
use crate::aws::{Asked, Known, Measure};
use crate::camera::{Mark, Marked, Standing, Stream, Target};
use crate::effect::{self, Effect, last_hour};
use crate::plan::{Decision, Plan};
use crate::report::{Changed, Failed, Gap, MANY, Report};
use crate::tags::Second;
use crate::traffic::HOUR;

/// What is to be noted, and forgotten.
pub(super) struct Noted {
    /// What is told of streams by now.
    pub(super) told: Vec<(String, Option<Known>)>,
    /// The ARNs of streams whose mark is of no more use, once that is noted.
    pub(super) forget: Vec<String>,
}

impl Budget {
    /// Compares what stands with what was told, and fills in the report. Answers what is to be noted.
    pub(super) async fn compare(
        &self,
        ground: &Ground,
        plan: &Plan,
        known: &BTreeMap<String, Known>,
        asked: &BTreeMap<String, Option<Asked>>,
        report: &mut Report,
    ) -> Noted {
        let (mut told, mut forget) = (Vec::new(), Vec::new());
        let decisions = || ground.streams.iter().zip(&plan.decisions);
        if self.settings.dry_run {
            let would = decisions().filter(|(_, decision)| decision.from != decision.to);
            report.changed = would.map(|(stream, it)| changed(stream, it.from, it.to, Some(it))).collect();
            return Noted { told, forget };
        }
        let measured = self.last_hours(ground, known, report).await;
        for (stream, decision) in decisions() {
            let before = known.get(&stream.arn);
            let was = before.map_or(Target::Normal, |before| before.state);
            let asked =
                asked.get(&stream.arn).cloned().unwrap_or_else(|| before.and_then(|before| before.asked.clone()));
            let mark = match &stream.standing {
                Standing::Ours(mark) | Standing::Free(Some(mark)) => mark,
                Standing::Free(None) => {
                    if was != Target::Normal {
                        report.changed.push(changed(stream, was, Target::Normal, None));
                    }
                    // It may have ended before; nobody watches it any more.
                    let gap = before.and_then(|before| before.gap);
                    let to = Some(ground.now);
                    report.gaps.extend(gap.map(|from| Gap { stream: stream.name.clone(), from, to }));
                    // It is as it should be, but for what its camera may still be asked for.
                    let now = before.filter(|_| asked.is_some()).cloned();
                    let now =
                        now.map(|now| Known { state: Target::Normal, effect: Effect::Works, gap: None, asked, ..now });
                    if before != now.as_ref() {
                        told.push((stream.arn.clone(), now));
                    }
                    continue;
                }
                // What somebody did by hand is said among the remarks.
                Standing::ByHand(_) => continue,
            };
            let now = stream.standing.target();
            let mut gap = before.map_or(mark.stopped, |before| before.gap);
            if now == Target::Stopped {
                gap = gap.or(Some(mark.since));
            }
            if now != was {
                report.changed.push(changed(stream, was, now, Some(decision)));
                report.gaps.extend(gap.map(|from| Gap { stream: stream.name.clone(), from, to: None }));
            }
            let same =
                before.filter(|before| before.state == now && before.since == mark.since && before.asked == asked);
            let mut effect = same.map_or(Effect::Waiting, |before| before.effect);
            let worked = effect == Effect::Works;
            if let Some(bytes) = measured.get(&stream.name).filter(|_| !worked) {
                let seen = effect::effect(mark, *bytes, self.settings.ladder.reduced(), gap.is_some(), ground.now);
                if seen == Effect::Fails && effect != Effect::Fails {
                    report.failed.push(self.no_effect(stream, mark, *bytes, report.failed.len()).await);
                }
                effect = seen;
            }
            if effect == Effect::Fails {
                report.without_effect = report.without_effect.saturating_add(1);
            }
            if effect == Effect::Works && now != Target::Stopped {
                let to = Some(last_hour(ground.now).max(mark.since));
                report.gaps.extend(gap.take().map(|from| Gap { stream: stream.name.clone(), from, to }));
                if mark.state == Marked::Restored && !stream.held {
                    forget.push(stream.arn.clone());
                }
            }
            let (since, first) = (mark.since, mark.first);
            let now = Known { stream: stream.name.clone(), state: now, since, first, effect, gap, asked };
            if before != Some(&now) {
                told.push((stream.arn.clone(), Some(now)));
            }
        }
        let there: BTreeSet<&str> = ground.streams.iter().map(|stream| stream.arn.as_str()).collect();
        told.extend(known.keys().filter(|arn| !there.contains(arn.as_str())).map(|arn| (arn.clone(), None)));
        Noted { told, forget }
    }

    /// What came in within the last hour, of the streams of which it is not known yet whether their mark has its effect.
    async fn last_hours(
        &self,
        ground: &Ground,
        known: &BTreeMap<String, Known>,
        report: &mut Report,
    ) -> BTreeMap<String, u64> {
        let hour = last_hour(ground.now);
        let open = ground.streams.iter().filter(|stream| match &stream.standing {
            Standing::Ours(mark) | Standing::Free(Some(mark)) => {
                let told = known.get(&stream.arn).filter(|it| it.since == mark.since).map(|it| it.effect);
                hour >= mark.since && told != Some(Effect::Works)
            }
            Standing::Free(None) | Standing::ByHand(_) => false,
        });
        let names: Vec<&str> = open.map(|stream| stream.name.as_str()).collect();
        if names.is_empty() {
            return BTreeMap::new();
        }
        let until = hour.saturating_add(HOUR);
        match self.aws.hours(&names, Measure::Bytes, hour, until).await {
            Ok(hours) => names
                .iter()
                .map(|name| {
                    let sums = hours.get(*name).into_iter().flatten();
                    (
                        (*name).to_owned(),
                        sums.filter(|(at, _)| *at == hour).fold(0_u64, |sum, (_, more)| sum.saturating_add(*more)),
                    )
                })
                .collect(),
            Err(error) => {
                report.remarks.push(format!("What came in could not be measured: {error}."));
                BTreeMap::new()
            }
        }
    }

    async fn no_effect(&self, stream: &Stream, mark: &Mark, bytes: u64, others: usize) -> Failed {
        let because = match mark.state {
            Marked::Stopped => format!(
                "{bytes} bytes came in within the last hour, though its role may not send since {}: does the camera use \
                 another role?",
                Second(mark.since)
            ),
            Marked::Restored => format!(
                "it may send again since {}, and nothing came in within the last hour: start the camera's software anew",
                Second(mark.since)
            ),
            Marked::Reduced if bytes == 0 => {
                "it may send less since then, and nothing came in within the last hour: start the camera's software anew"
                    .to_owned()
            }
            Marked::Reduced => {
                let camera = match &stream.thing {
                    Some(_) if others >= MANY => "its shadow was not read".to_owned(),
                    Some(thing) => match self.aws.shadow(thing).await {
                        Ok(shadow) => reported(&shadow),
                        Err(error) => format!("its shadow could not be read: {error}"),
                    },
                    None => "it has no camera to ask".to_owned(),
                };
                format!("{bytes} bytes came in within the last hour, more than it was asked for; {camera}")
            }
        };
        Failed { stream: stream.name.clone(), to: stream.standing.target(), because }
    }
}

fn changed(stream: &Stream, from: Target, to: Target, decision: Option<&Decision>) -> Changed {
    let reason = decision.map_or_else(|| "its marks were removed by hand".to_owned(), |it| it.reason.to_string());
    Changed {
        stream: stream.name.clone(),
        arn: stream.arn.clone(),
        thing: stream.thing.clone(),
        priority: stream.priority.clone().ok(),
        from,
        to,
        reason,
        saving: decision.and_then(|decision| decision.saving).filter(|_| to != Target::Normal),
    }
}
