//! Nobody records who puts and gets video, although that is expected.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::{Missing, Trail};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "no-video-data-events",
    group: Group::Watch,
    severity: Severity::Low,
    title: "No trail records who puts and gets video",
    why: "Calls such as `GetMedia` and `GetClip` are data events, which a trail records only when it is told to. \
          Without them nobody can tell afterwards who has seen what. They cost, so this is asked for only with \
          `videoDataEvents: true` in `audit.yaml`.",
    remedy: "Give a trail that logs an advanced event selector with `eventCategory` equal to `Data` and \
             `resources.type` equal to `AWS::KinesisVideo::Stream`, by `aws cloudtrail put-event-selectors`. Keep the \
             selector of its management events: the call replaces all of them.",
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
    frameworks: &["NIST.800-53.r5 AU-2", "NIST.800-53.r5 AU-12"],
    judge: Judge::Account(judge),
};

const STREAM: &str = "AWS::KinesisVideo::Stream";

fn judge(world: &World<'_>) -> Judged {
    if !world.expect.video_data_events {
        return Ok(None);
    }
    let trails = &world.inventory.trails;
    let (mut unknown, mut faults) = (None, Vec::new());
    for trail in &trails.items {
        match fault(world, trail) {
            Ok(None) => return Ok(None),
            Ok(Some(fault)) => faults.push(format!("trail `{}` {fault}", trail.name)),
            Err(missing) => unknown = Some(missing),
        }
    }
    // One that was not looked at might do.
    unknown.map_or(Ok(()), Err)?;
    trails.whole()?;
    let (account, region) = (world.account(), &world.inventory.taken.region);
    let problem =
        Problem::new(format!("no trail of account `{account}` records who puts and gets video in `{region}`"));
    Ok(Some(faults.into_iter().fold(problem, Problem::proven)))
}

/// Why a trail does not record who gets video in the region.
fn fault<'t>(world: &World<'_>, trail: &'t Trail) -> Result<Option<String>, &'t Missing> {
    if !trail.is_multi_region_trail && trail.home_region != world.inventory.taken.region {
        return Ok(Some(format!("records `{}` only", trail.home_region)));
    }
    // Either alone rules it out.
    let (logs, selection) = (trail.is_logging.get(), trail.selection.get());
    if logs == Ok(&false) {
        return Ok(Some("is switched off: `IsLogging` is false".to_owned()));
    }
    if !selection?.data_resource_types.iter().any(|kind| kind == STREAM) {
        return Ok(Some(format!("has no data events of `{STREAM}`")));
    }
    logs.map(|_logs| None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine, fine_as, problem_as};

    fn trail(kinds: &[&str]) -> Value {
        json!({
            "Name": "all", "IsMultiRegionTrail": true, "IsLogging": true,
            "Selection": { "ManagementWrites": true, "DataResourceTypes": kinds },
        })
    }

    fn expected() -> Value {
        json!({ "videoDataEvents": true })
    }

    #[test]
    fn a_trail_of_management_events_does_not_tell_who_watched() {
        let inventory = json!({ "trails": { "items": [trail(&["AWS::S3::Object"])] } });
        let problem = problem_as(&CHECK, inventory.clone(), expected());
        assert_eq!(problem.proofs[0].because, "trail `all` has no data events of `AWS::KinesisVideo::Stream`");
        // They cost: nobody is told who did not ask.
        fine(&CHECK, inventory);
    }

    #[test]
    fn a_trail_with_data_events_of_streams_is_fine() {
        fine_as(&CHECK, json!({ "trails": { "items": [trail(&[STREAM])] } }), expected());
    }

    #[test]
    fn a_trail_whose_selectors_were_not_read_may_be_the_one() {
        let mut unknown = trail(&[]);
        unknown["Selection"] = json!({ "couldNotCheck": denied("cloudtrail:GetEventSelectors") });
        let cannot = cannot_judge_as(&CHECK, json!({ "trails": { "items": [unknown] } }), expected());
        assert_eq!(cannot.permission.as_deref(), Some("cloudtrail:GetEventSelectors"));
    }
}
