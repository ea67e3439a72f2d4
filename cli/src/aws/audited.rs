//! What an audit reads, and the parts of the stack that it looks after.

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
        mut own: Own,
        share: usize,
        progress: impl Fn(Source),
    ) -> Result<(Inventory, u32)> {
        let who = Aws::new(&self.config, Own::default()).account().await;
        let (account, partition) = who.map_err(|error| anyhow!("learn whose credentials these are: {error}"))?;
        // CloudFormation knows roles by name.
        for role in [&mut own.role, &mut own.provision_role].into_iter().filter(|role| !role.is_empty()) {
            *role = format!("arn:{partition}:iam::{account}:role/{role}");
        }
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
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html>
    pub(crate) async fn own_parts(&self, stack: &Stack) -> Result<Option<Own>> {
        if self.deployed(stack).await? == Deployed::Absent {
            return Ok(None);
        }
        let mut own = Own { stack: stack.to_string(), ..Own::default() };
        let mut pages = self.stacks.list_stack_resources().stack_name(stack.to_string()).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed(format!("list the resources of `{stack}`"), &error))?;
            for resource in page.stack_resource_summaries.unwrap_or_default() {
                let logical = resource.logical_resource_id.unwrap_or_default();
                let (Some(kind), Some(id)) = (resource.resource_type, resource.physical_resource_id) else { continue };
                self.add(&mut own, &logical, &kind, id);
            }
        }
        Ok(Some(own))
    }

    fn add(&self, own: &mut Own, logical: &str, kind: &str, id: String) {
        match (kind, logical) {
            ("AWS::Events::Rule", _) => own.rules.push(id),
            ("AWS::Scheduler::Schedule", _) => own.schedule = id,
            ("AWS::Lambda::Function", "AuditFunction") => own.function = id,
            ("AWS::IAM::Role", "AuditRole") => own.role = id,
            ("AWS::IAM::Role", "ProvisionRole") => own.provision_role = id,
            ("AWS::DynamoDB::Table", "FindingTable") => own.table = id,
            ("AWS::S3::Bucket", "ReportBucket") => own.bucket = id,
            ("AWS::CloudWatch::Alarm", _) => own.alarms.push(id),
            ("AWS::SNS::Topic", _) => own.topics.push(id),
            ("AWS::SQS::Queue", _) => {
                // A queue's physical id is its URL, which ends in the account and the name.
                let mut parts = id.rsplit('/');
                if let (Some(name), Some(account)) = (parts.next(), parts.next()) {
                    let partition = partition(&self.place.region);
                    let arn = format!("arn:{partition}:sqs:{}:{account}:{name}", self.place.region);
                    if logical == "AuditQueue" {
                        own.queue.clone_from(&arn);
                    }
                    own.queues.push(arn);
                }
            }
            _ => {}
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn partition(region: &str) -> &'static str {
    match region.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", _] => "aws-cn",
        ["us", "gov"] => "aws-us-gov",
        _ => "aws",
    }
}
