//! What an audit reads, and the parts of the stack that it looks after.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow};
use audit::aws::Aws;
use audit::inventory::Inventory;
use audit::own::Own;
use audit::read::{Scope, Stopped};
use audit::source::Source;
use lambda::aws::counting_calls;
use tokio::time::{Duration, Instant};

use super::{Cloud, Deployed};
use crate::stack::Stack;

/// Long enough for any account.
const FOREVER: Duration = Duration::from_hours(24);

impl Cloud {
    /// Reads everything that the checks look at, and tells how many AWS calls that took.
    pub(crate) async fn inventory(
        &self,
        own: Own,
        share: usize,
        progress: impl Fn(Source),
    ) -> Result<(Inventory, u32)> {
        let who = Aws::new(&self.config, Own::default()).account().await;
        let (account, partition) = who.map_err(|error| anyhow!("learn whose credentials these are: {error}"))?;
        let aws = Aws::new(&self.config, own);
        let scope = Scope { account, region: self.place.region.clone(), partition, calls: None, share };
        let mut inventory = scope.begin();
        let from = Stopped { source: Source::Authorization, token: None };
        let until = Instant::now().checked_add(FOREVER).context("tell the time")?;
        let read = scope.read(&aws, &mut inventory, from, until, |source, _| progress(source));
        let (_, calls) = counting_calls(read).await;
        inventory.sort();
        Ok((inventory, calls))
    }

    /// The parts of the deployed stack that somebody could switch off; None when there is no such stack.
    ///
    /// The template's names of its parts are taken from it, and what its parameters say of them.
    ///
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html>
    pub(crate) async fn own_parts(&self, stack: &Stack) -> Result<Option<Own>> {
        if self.deployed(stack).await? == Deployed::Absent {
            return Ok(None);
        }
        let mut parameters = self.parameters(stack).await?;
        let mut parameter = |name: &str| parameters.remove(name).unwrap_or_default();
        let (sweep_schedule, mail) = (parameter("SweepSchedule"), parameter("AlertEmail"));
        let of_budgets = parameter("BudgetTopicArns");
        let budget_topics =
            of_budgets.split(',').map(str::trim).filter(|arn| !arn.is_empty()).map(str::to_owned).collect();
        let mut own = Own { stack: stack.to_string(), sweep_schedule, mail, budget_topics, ..Own::default() };
        let mut pages = self.stacks.list_stack_resources().stack_name(stack.to_string()).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed(format!("list the resources of `{stack}`"), &error))?;
            for resource in page.stack_resource_summaries.unwrap_or_default() {
                let logical = resource.logical_resource_id.unwrap_or_default();
                let (Some(kind), Some(id)) = (resource.resource_type, resource.physical_resource_id) else { continue };
                add(&mut own, logical, &kind, id);
            }
        }
        Ok(Some(own))
    }

    /// What the parameters of the stack are set to.
    async fn parameters(&self, stack: &Stack) -> Result<BTreeMap<String, String>> {
        let answer = self.stacks.describe_stacks().stack_name(stack.to_string()).send().await;
        let answer = answer.map_err(|error| self.place.failed(format!("read the stack `{stack}`"), &error))?;
        let parameters = answer.stacks.into_iter().flatten().flat_map(|stack| stack.parameters.unwrap_or_default());
        Ok(parameters.filter_map(|parameter| Some((parameter.parameter_key?, parameter.parameter_value?))).collect())
    }
}

fn add(own: &mut Own, logical: String, kind: &str, id: String) {
    // A queue's physical id is its URL, a topic's its ARN.
    let name = id.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
    let into = match (kind, logical.as_str()) {
        ("AWS::Events::Rule", _) => &mut own.rules,
        // What cameras run as is none of our own.
        ("AWS::IAM::Role", role) if role != "CameraRole" => &mut own.roles,
        ("AWS::CloudWatch::Alarm", _) => &mut own.alarms,
        // What AWS Budgets publishes to is looked at as any other such topic.
        ("AWS::SNS::Topic", "BudgetTopic") => return own.budget_topics.push(id),
        ("AWS::SNS::Topic", _) => &mut own.topics,
        ("AWS::SQS::Queue", _) => &mut own.queues,
        ("AWS::Scheduler::Schedule", "SweepSchedulePlan") => return own.schedule = id,
        ("AWS::Lambda::Function", "AuditFunction") => return own.function = id,
        ("AWS::DynamoDB::Table", "FindingTable") => return own.table = id,
        ("AWS::S3::Bucket", "ReportBucket") => return own.bucket = id,
        _ => return,
    };
    into.insert(logical, name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_by_their_names() {
        let mut own = Own::default();
        for (kind, logical, id) in [
            ("AWS::SQS::Queue", "AuditQueue", "https://sqs.eu-west-1.amazonaws.com/123456789012/yard-AuditQueue-1"),
            ("AWS::SNS::Topic", "AlertTopic", "arn:aws:sns:eu-west-1:123456789012:yard-AlertTopic-1"),
            ("AWS::SNS::Topic", "BudgetTopic", "arn:aws:sns:eu-west-1:123456789012:yard-BudgetTopic-1"),
            ("AWS::Scheduler::Schedule", "SweepSchedulePlan", "yard-SweepSchedulePlan-1"),
            ("AWS::Scheduler::Schedule", "BudgetSchedule", "yard-BudgetSchedule-1"),
            ("AWS::IAM::Role", "AuditRole", "yard-AuditRole-1"),
            ("AWS::IAM::Role", "CameraRole", "yard-CameraRole-1"),
            ("AWS::Lambda::Function", "ProvisionFunction", "yard-provision"),
            ("AWS::S3::Bucket", "ReportBucket", "yard-reportbucket-1"),
        ] {
            add(&mut own, logical.to_owned(), kind, id.to_owned());
        }
        assert_eq!(
            (own.queues["AuditQueue"].as_str(), own.topics["AlertTopic"].as_str()),
            ("yard-AuditQueue-1", "yard-AlertTopic-1")
        );
        assert_eq!((own.roles.len(), own.roles["AuditRole"].as_str()), (1, "yard-AuditRole-1"));
        assert_eq!(own.budget_topics, ["arn:aws:sns:eu-west-1:123456789012:yard-BudgetTopic-1"]);
        assert_eq!((own.schedule.as_str(), own.topics.len()), ("yard-SweepSchedulePlan-1", 1));
        assert_eq!((own.function.as_str(), own.bucket.as_str()), ("", "yard-reportbucket-1"));
    }
}
