//! What the catalogue has: the services that a camera's policies and their neighbours speak of.

/// A service of the catalogue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// What stands before the colon of its actions.
    pub(super) prefix: &'static str,
    /// Its name, when the reference has a misleading one.
    pub(super) name: Option<&'static str>,
    /// The actions to take; all of them, when there is no choice.
    pub(super) only: Option<Choice>,
}

/// Some actions of a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// Every action with this in its name.
    pub(super) containing: &'static str,
    /// Further actions, by name.
    pub(super) also: &'static [&'static str],
}

/// An action that the reference lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addition {
    /// The prefix of its service.
    pub(super) service: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// AWS's word for what it lets do.
    pub(super) level: &'static str,
    /// The resource type that it takes.
    pub(super) resource: &'static str,
    /// The page of AWS that it is from.
    pub(super) page: &'static str,
}

/// The services, in any order.
pub(super) const SCOPE: &[Scope] = &[
    whole("budgets"),
    whole("cloudtrail"),
    whole("cloudwatch"),
    // Two pages of AWS share this prefix, and the reference has the name of the first, AWS Cloud Control API.
    Scope { name: Some("AWS CloudFormation"), ..whole("cloudformation") },
    whole("dynamodb"),
    // Of EC2 we ask whether video leaves a VPC by an endpoint, and who may change that. Its 780 actions would make a
    // third of the table, for nothing.
    Scope { only: Some(VPC_ENDPOINTS), ..whole("ec2") },
    whole("events"),
    whole("firehose"),
    whole("iam"),
    whole("iot"),
    // A device's job executions, which are a service of their own in IAM.
    whole("iotjobsdata"),
    whole("kinesis"),
    whole("kinesisanalytics"),
    whole("kinesisvideo"),
    whole("kms"),
    whole("lambda"),
    whole("logs"),
    whole("scheduler"),
    whole("securityhub"),
    whole("sns"),
    whole("sqs"),
    whole("sts"),
    whole("tag"),
];

const VPC_ENDPOINTS: Choice = Choice {
    containing: "VpcEndpoint",
    also: &[
        "AuthorizeSecurityGroupIngress",
        "DescribeNetworkInterfaces",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcs",
        "ModifySecurityGroupRules",
        "RevokeSecurityGroupIngress",
    ],
};

/// What the reference lacks, since it is about IAM policies, and these actions are of AWS IoT policies.
pub(super) const SUPPLEMENT: &[Addition] = &[
    // Its level is that of `sts:AssumeRole`.
    Addition {
        service: "iot",
        name: "AssumeRoleWithCertificate",
        level: "Write",
        resource: "rolealias",
        page: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html",
    },
    // Job executions as `iot:` actions. AWS's pages name them `iotjobsdata:` now, but for this one; older policies have
    // this spelling. `iot:DescribeJobExecution` is in the reference.
    job("GetPendingJobExecutions", "Read"),
    job("StartNextPendingJobExecution", "Write"),
    job("UpdateJobExecution", "Write"),
];

const fn whole(prefix: &'static str) -> Scope {
    Scope { prefix, name: None, only: None }
}

const fn job(name: &'static str, level: &'static str) -> Addition {
    let page = "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html";
    Addition { service: "iot", name, level, resource: "thing", page }
}
