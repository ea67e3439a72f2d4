//! No trail records the changes of the region.

use std::collections::BTreeSet;

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Trail;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "no-change-trail",
    group: Group::Watch,
    severity: Severity::High,
    title: "No trail records the changes of the region",
    why: "EventBridge hears of a change only while a CloudTrail trail logs the write events of the region. Without \
          one, kvs-warden learns of changes from its sweeps alone, and nobody can tell afterwards who made them.",
    remedy: "Create a trail with `aws cloudtrail create-trail --name changes --s3-bucket-name <bucket> \
             --is-multi-region-trail --enable-log-file-validation`, start it with `aws cloudtrail start-logging --name \
             changes`, and let it record all management events that write, those of AWS KMS too.",
    reference: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-ct-api-tutorial.html",
    frameworks: &["NIST.800-53.r5 AU-2", "NIST.800-53.r5 AU-12", "CIS AWS 3.0 3.1", "FSBP CloudTrail.1"],
    judge: Judge::Account(judge),
};

/// The Data API of databases: nothing that footage rests on. AWS lets it be left out, as it does AWS KMS.
const NOT_MISSED: &str = "rdsdata.amazonaws.com";

fn judge(world: &World<'_>) -> Judged {
    let trails = &world.inventory.trails;
    let (mut faults, mut unknown) = (Vec::new(), None);
    // What every trail that records the changes leaves out: another one may record what one does not.
    let mut left_out: Option<BTreeSet<&str>> = None;
    for trail in &trails.items {
        match fault(world, trail) {
            Ok(Some(fault)) => faults.push(format!("trail `{}` {fault}", trail.name)),
            Ok(None) => {
                let selection = trail.selection.get()?;
                let sources = selection.excluded_sources.iter().map(String::as_str);
                let sources: BTreeSet<_> = sources.filter(|source| *source != NOT_MISSED).collect();
                if !sources.is_empty() {
                    faults.push(format!("trail `{}` leaves out {}", trail.name, some(&Vec::from_iter(&sources))));
                }
                left_out = Some(left_out.map_or(sources.clone(), |before| &before & &sources));
            }
            Err(cannot) => unknown = Some(cannot),
        }
    }
    if left_out.as_ref().is_some_and(BTreeSet::is_empty) {
        return Ok(None);
    }
    // One that was not looked at might do.
    unknown.map_or(Ok(()), Err)?;
    trails.whole()?;
    let region = &world.inventory.taken.region;
    let what = match left_out {
        Some(sources) => format!("by {} in `{region}`", some(&Vec::from_iter(sources))),
        None => format!("in `{region}`"),
    };
    let problem = Problem::new(format!("no trail of account `{}` records changes {what}", world.account()));
    Ok(Some(faults.into_iter().fold(problem, Problem::proven)))
}

/// Why a trail records no changes of the region.
fn fault(world: &World<'_>, trail: &Trail) -> Result<Option<String>, CannotJudge> {
    if !trail.is_multi_region_trail && trail.home_region != world.inventory.taken.region {
        return Ok(Some(format!("records `{}` only", trail.home_region)));
    }
    if !*trail.is_logging.get()? {
        return Ok(Some("is switched off: `IsLogging` is false".to_owned()));
    }
    let writes = trail.selection.get()?.management_writes;
    Ok((!writes).then(|| "records no management events that write".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn trails(trails: &Value) -> Value {
        json!({ "trails": { "items": trails } })
    }

    fn trail() -> Value {
        json!({
            "Name": "all", "HomeRegion": "eu-west-1", "IsMultiRegionTrail": true, "IsLogging": true,
            "Selection": { "ManagementWrites": true, "ExcludedSources": ["rdsdata.amazonaws.com"] },
        })
    }

    #[test]
    fn a_trail_that_was_stopped_records_nothing() {
        let mut stopped = trail();
        stopped["IsLogging"] = json!(false);
        let problem = problem(&CHECK, trails(&json!([stopped])));
        assert_eq!(problem.sentence, "no trail of account `123456789012` records changes in `us-east-1`");
        assert_eq!(problem.proofs[0].because, "trail `all` is switched off: `IsLogging` is false");
    }

    #[test]
    fn a_trail_of_all_regions_records_this_one() {
        fine(&CHECK, trails(&json!([trail()])));
    }

    #[test]
    fn two_trails_that_leave_out_different_sources_leave_out_nothing() {
        let (mut one, mut other) = (trail(), trail());
        one["Selection"]["ExcludedSources"] = json!(["kms.amazonaws.com"]);
        other["Selection"]["ExcludedSources"] = json!(["iam.amazonaws.com"]);
        fine(&CHECK, trails(&json!([one, other])));
        let problem = problem(&CHECK, trails(&json!([one])));
        assert!(problem.sentence.ends_with("records changes by `kms.amazonaws.com` in `us-east-1`"), "{problem:?}");
    }

    #[test]
    fn a_trail_whose_status_was_not_read_may_be_the_one() {
        let mut unknown = trail();
        unknown["IsLogging"] = json!({ "couldNotCheck": denied("cloudtrail:GetTrailStatus") });
        let cannot = cannot_judge(&CHECK, trails(&json!([unknown])));
        assert_eq!(cannot.permission.as_deref(), Some("cloudtrail:GetTrailStatus"));
        // Another that does settles it.
        fine(&CHECK, trails(&json!([unknown, trail()])));
    }

    #[test]
    fn without_the_list_of_trails_nothing_can_be_said() {
        let denied = denied("cloudtrail:DescribeTrails");
        let cannot = cannot_judge(&CHECK, json!({ "trails": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("cloudtrail:DescribeTrails"));
    }
}
