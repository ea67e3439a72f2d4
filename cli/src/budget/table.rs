//! The budget on a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use budget::aws::Known;
use budget::camera::{Standing, Stream, Target};
use budget::effect::Effect;
use budget::look::{Ground, NoFigures};
use budget::money::{Hundredths, Money};
use budget::plan::Plan;
use budget::tags::Second;

use crate::look::Look;

/// What the budget is at.
fn figures(ground: &Ground, out: &mut impl Write) -> io::Result<()> {
    match &ground.figures {
        Ok(figures) => {
            let share = |money: Money| Hundredths(money.share_of(figures.limit));
            let (forecast, ours) = figures.forecast_or_own();
            let whose = if ours { ", by our own reckoning" } else { "" };
            writeln!(
                out,
                "{}: {} of {} {} spent ({})",
                figures.name,
                figures.actual,
                figures.limit,
                figures.currency,
                share(figures.actual)
            )?;
            writeln!(out, "forecast {forecast} ({}){whose}, until {}", share(forecast), Second(figures.period.end))?;
        }
        Err(NoFigures::Gone) => writeln!(out, "There is no such budget: nothing gives way.")?,
        Err(NoFigures::Unfit(why)) => writeln!(out, "{why}.")?,
    }
    Ok(())
}

/// What would be done.
pub(super) fn plan(ground: &Ground, plan: &Plan, all: bool, look: Look, out: &mut impl Write) -> io::Result<()> {
    figures(ground, out)?;
    let rungs = if plan.rungs.is_empty() { "none".to_owned() } else { plan.rungs.join("; ") };
    writeln!(out, "rungs: {rungs}\n")?;
    let mut table = look.table();
    table.set_header(["STREAM", "PRIORITY", "NOW", "WOULD BE", "SAVES", "WHY"]);
    let mut rows = 0_usize;
    for (stream, decision) in ground.streams.iter().zip(&plan.decisions) {
        if all || decision.from != decision.to {
            rows = rows.saturating_add(1);
            table.add_row([
                stream.name.as_str(),
                priority(stream),
                decision.from.as_str(),
                decision.to.as_str(),
                &decision.saving.map_or_else(String::new, |saving| saving.to_string()),
                &decision.reason.to_string(),
            ]);
        }
    }
    if rows == 0 {
        writeln!(out, "No stream would change.")?;
    } else {
        writeln!(out, "{}", Look::text(&mut table))?;
    }
    let saving = plan.saving;
    let to = |target: Target| plan.decisions.iter().filter(|decision| decision.to == target).count();
    writeln!(out)?;
    writeln!(
        out,
        "{} normal, {} reduced, {} stopped; saves {saving} until the end of the period",
        to(Target::Normal),
        to(Target::Reduced),
        to(Target::Stopped)
    )?;
    for remark in plan.all_remarks() {
        writeln!(out, "- {remark}")?;
    }
    Ok(())
}

/// What has given way.
pub(super) fn status(
    ground: &Ground,
    known: &BTreeMap<String, Known>,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    figures(ground, out)?;
    for alert in ground.alerts.iter().flatten().filter(|alert| alert.alarm) {
        writeln!(out, "AWS says: {}", alert.what)?;
    }
    writeln!(out)?;
    let mut table = look.table();
    table.set_header(["STREAM", "PRIORITY", "STATE", "SINCE", "EFFECT"]);
    let mut rows = 0_usize;
    for stream in &ground.streams {
        let (state, since, effect) = match &stream.standing {
            Standing::Free(None) if stream.held => ("held", String::new(), "an operator's"),
            Standing::Free(None) => continue,
            Standing::ByHand(why) => ("by hand", String::new(), why.as_str()),
            Standing::Ours(mark) | Standing::Free(Some(mark)) => {
                let known = known.get(&stream.arn).filter(|known| known.since == mark.since);
                let effect = match known.map_or(Effect::Waiting, |known| known.effect) {
                    Effect::Waiting => "not known yet",
                    Effect::Works => "works",
                    Effect::Fails => "has none",
                };
                let effect = if stream.held { "held by an operator" } else { effect };
                (mark.state.as_str(), Second(mark.since).to_string(), effect)
            }
        };
        rows = rows.saturating_add(1);
        table.add_row([stream.name.as_str(), priority(stream), state, &since, effect]);
    }
    if rows == 0 {
        writeln!(out, "All {} streams are as they should be.", ground.streams.len())
    } else {
        writeln!(out, "{}", Look::text(&mut table))?;
        writeln!(out, "\n{} others are as they should be.", ground.streams.len().saturating_sub(rows))
    }
}

fn priority(stream: &Stream) -> &'static str {
    match (&stream.priority, &stream.thing) {
        (Ok(priority), _) => priority.as_str(),
        (Err(_), Some(_)) => "unreadable",
        (Err(_), None) => "",
    }
}
