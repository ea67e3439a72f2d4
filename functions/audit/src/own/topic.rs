//! The stack's topics: whether what is published to them is taken and reaches those who are to be told.

use policy::{Context, Document, Kind, Outcome, Policies, Policy, Principal, Request, evaluate};

use super::{Own, logical};
use crate::inventory::{DocumentText, Taken};

/// A topic, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Topic {
    /// Its policy.
    pub(crate) policy: DocumentText,
    /// The key that it is encrypted with, if any.
    pub(crate) key: Option<String>,
    /// Who is subscribed.
    pub(crate) subscriptions: Vec<Subscription>,
}

/// A subscription to a topic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subscription {
    /// Its ARN; `PendingConfirmation` until it is confirmed.
    pub(crate) arn: String,
    /// Such as `email`.
    pub(crate) protocol: String,
    /// Where to.
    pub(crate) endpoint: String,
    /// Its filter policy, as JSON.
    pub(crate) filter: Option<String>,
}

impl Subscription {
    /// Whether anything is sent there.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.arn.starts_with("arn:")
    }
}

/// The alias of the key of AWS's own, which services may not use for what they publish.
const OF_AWS: &str = "alias/aws/sns";

/// A topic must take what its publishers publish, and tell the address of the stack's parameter `AlertEmail` all of it. An
/// error says why that cannot be told.
///
/// Whether a customer's key lets CloudWatch in is not looked at.
pub(crate) fn faults(topic: &Topic, id: &str, own: &Own, taken: &Taken) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    // Throttles are for other systems, not for people.
    let mailed = !own.mail.is_empty() && id != logical::THROTTLE_TOPIC;
    if mailed && !topic.subscriptions.iter().any(|one| one.is_mail_to(&own.mail)) {
        faults.push("tells nobody at the address in `AlertEmail`: it has no confirmed subscription".to_owned());
    }
    let filtered = topic.subscriptions.iter().filter(|one| one.is_filtered());
    faults
        .extend(filtered.map(|one| format!("keeps something from its subscription `{}`, by a filter policy", one.arn)));
    let text = topic.policy.as_str();
    let document =
        Document::parse(Kind::Resource, text).map_err(|fault| format!("its policy cannot be read: {fault}"))?;
    let policy = Policy { name: String::new(), document };
    let arn = taken.arn("sns", own.topics.get(id).map_or("", String::as_str));
    let publishers = publishers(id, own, taken).into_iter();
    let shut_out = publishers.filter(|publisher| !publisher.may_publish(&policy, &arn, &taken.account));
    faults.extend(shut_out.map(|publisher| format!("does not let {} publish", publisher.called)));
    if id == logical::ALERT_TOPIC && topic.key.as_ref().is_some_and(|key| key.ends_with(OF_AWS)) {
        faults.push(format!("is encrypted with `{OF_AWS}`, which CloudWatch may not use"));
    }
    Ok(faults)
}

impl Subscription {
    fn is_mail_to(&self, address: &str) -> bool {
        self.is_confirmed() && self.protocol.starts_with("email") && self.endpoint.eq_ignore_ascii_case(address)
    }

    /// An empty filter policy lets everything through.
    fn is_filtered(&self) -> bool {
        let filter = self.filter.as_deref().map_or("", str::trim);
        self.is_confirmed() && !matches!(filter, "" | "{}")
    }
}

/// Who is to publish to a topic.
struct Publisher {
    called: String,
    principal: String,
    /// What it says of itself.
    context: Vec<(&'static str, String)>,
}

impl Publisher {
    fn role(id: &str, own: &Own, taken: &Taken) -> Option<Self> {
        let name = own.roles.get(id)?;
        let arn = taken.iam_arn(&format!("role/{name}"));
        let context = vec![("aws:PrincipalArn", arn.clone()), ("aws:PrincipalAccount", taken.account.clone())];
        Some(Self { called: format!("role `{name}`"), principal: arn, context })
    }

    /// CloudWatch, for one of the stack's alarms.
    fn alarm(name: &str, taken: &Taken) -> Self {
        let service = "cloudwatch.amazonaws.com".to_owned();
        let context = vec![
            ("aws:PrincipalIsAWSService", "true".to_owned()),
            ("aws:PrincipalServiceName", service.clone()),
            ("aws:SourceAccount", taken.account.clone()),
            ("aws:SourceArn", taken.arn("cloudwatch", &format!("alarm:{name}"))),
        ];
        Self { called: format!("CloudWatch for alarm `{name}`"), principal: service, context }
    }

    /// By the policy of the topic, as if nothing else kept it back. Who is no principal may not.
    fn may_publish(&self, policy: &Policy, topic: &str, account: &str) -> bool {
        let Ok(principal) = self.principal.parse::<Principal>() else { return false };
        // What a service does is allowed by the topic's policy only; a role's own policies are another check's matter.
        let own = r#"{"Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}}"#;
        let own = principal.account().and_then(|_| Document::parse(Kind::Identity, own).ok());
        let identity = own.map(|document| Policy { name: String::new(), document });
        let policies = Policies { resource: Some(policy.clone()), ..Policies::of_identity(identity) };
        let same = [("aws:SecureTransport", "true".to_owned()), ("aws:ResourceAccount", account.to_owned())];
        let context = Context::new(self.context.iter().cloned().chain(same));
        evaluate(&Request::new(principal, "sns:Publish", topic, context), &policies).outcome == Outcome::Allowed
    }
}

fn publishers(id: &str, own: &Own, taken: &Taken) -> Vec<Publisher> {
    match id {
        logical::ALERT_TOPIC => {
            let alarms = own.alarms.values().map(|name| Publisher::alarm(name, taken));
            alarms.chain(Publisher::role(logical::PROVISION_ROLE, own, taken)).collect()
        }
        logical::FINDING_TOPIC => Publisher::role(logical::AUDIT_ROLE, own, taken).into_iter().collect(),
        logical::BUDGET_REPORT_TOPIC | logical::THROTTLE_TOPIC => {
            Publisher::role(logical::BUDGET_ROLE, own, taken).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::own::{Names, template};

    const SUBSCRIPTION: &str = "arn:aws:sns:us-east-1:123456789012:alerts:1f2e";

    fn own() -> Own {
        let names = |names: &[(&str, &str)]| -> Names {
            names.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
        };
        Own {
            alarms: names(&[("SweepMissingAlarm", "sweep"), ("RefusalAlarm", "refusals")]),
            roles: names(&[("ProvisionRole", "provision"), ("AuditRole", "audit")]),
            topics: names(&[("AlertTopic", "alerts"), ("FindingTopic", "findings")]),
            mail: "ops@example.com".to_owned(),
            ..Own::default()
        }
    }

    /// As the template makes it.
    fn policy(of: &str) -> Value {
        let name = if of == "AlertTopic" { "alerts" } else { "findings" };
        let text = template::properties(&format!("{of}Policy"))["PolicyDocument"].to_string();
        let arn = Taken::default().arn("sns", name);
        let text = text.replace(&format!("\"{of}\""), &format!("\"{arn}\""));
        serde_json::from_str(&text.replace("\"AWS::AccountId\"", "\"123456789012\"")).unwrap()
    }

    fn topic(policy: &Value) -> Topic {
        let mail = Subscription {
            arn: SUBSCRIPTION.to_owned(),
            protocol: "email".to_owned(),
            endpoint: "Ops@example.com".to_owned(),
            filter: None,
        };
        Topic { policy: DocumentText::new(&policy.to_string()), key: None, subscriptions: vec![mail] }
    }

    fn alerts() -> Topic {
        topic(&policy("AlertTopic"))
    }

    fn told(topic: &Topic) -> Vec<String> {
        faults(topic, "AlertTopic", &own(), &Taken::default()).unwrap()
    }

    #[test]
    fn the_template_s_topics_have_no_faults() {
        assert_eq!(told(&alerts()), [""; 0]);
        let findings = topic(&policy("FindingTopic"));
        assert_eq!(faults(&findings, "FindingTopic", &own(), &Taken::default()).unwrap(), [""; 0]);
        let nobody = Topic { subscriptions: Vec::new(), ..alerts() };
        let without_mail = Own { mail: String::new(), ..own() };
        assert_eq!(faults(&nobody, "AlertTopic", &without_mail, &Taken::default()).unwrap(), [""; 0]);
    }

    #[test]
    fn mail_that_is_not_confirmed_or_not_there_is_told() {
        let fault = "tells nobody at the address in `AlertEmail`: it has no confirmed subscription";
        assert_eq!(told(&Topic { subscriptions: Vec::new(), ..alerts() }), [fault]);
        let changed = |change: fn(&mut Subscription)| {
            let mut topic = alerts();
            topic.subscriptions.iter_mut().for_each(change);
            told(&topic)
        };
        assert_eq!(changed(|one| one.arn = "PendingConfirmation".to_owned()), [fault]);
        assert_eq!(changed(|one| one.protocol = "sqs".to_owned()), [fault]);
        assert_eq!(changed(|one| one.endpoint = "eve@example.com".to_owned()), [fault]);
    }

    #[test]
    fn a_filter_that_keeps_something_back_is_told() {
        let filtered = |filter: &str| {
            let mut topic = alerts();
            topic.subscriptions[0].filter = Some(filter.to_owned());
            told(&topic)
        };
        let fault = format!("keeps something from its subscription `{SUBSCRIPTION}`, by a filter policy");
        assert_eq!(filtered(r#"{"never": ["sent"]}"#), [fault]);
        assert_eq!(filtered("{}"), [""; 0]);
        assert_eq!(filtered(""), [""; 0]);
    }

    #[test]
    fn a_policy_that_shuts_out_who_is_to_publish_is_told() {
        let changed = |change: fn(&mut Value)| {
            let mut policy = policy("AlertTopic");
            change(&mut policy["Statement"][0]);
            told(&topic(&policy))
        };
        let all = [
            "does not let CloudWatch for alarm `refusals` publish",
            "does not let CloudWatch for alarm `sweep` publish",
        ];
        assert_eq!(changed(|statement| statement["Action"] = json!("sns:Subscribe")), all);
        assert_eq!(changed(|statement| statement["Resource"] = json!("arn:aws:sns:us-east-1:123456789012:other")), all);
        let other = json!({ "StringEquals": { "aws:SourceAccount": "999999999999" } });
        let mut policy = policy("AlertTopic");
        policy["Statement"][0]["Condition"] = other;
        assert_eq!(told(&topic(&policy)), all);
        let only_one = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:sweep";
        policy["Statement"][0]["Condition"] = json!({ "ArnEquals": { "aws:SourceArn": only_one } });
        assert_eq!(told(&topic(&policy)), all[..1]);
    }

    #[test]
    fn a_policy_that_denies_our_own_role_is_told() {
        for (of, role) in [("AlertTopic", "provision"), ("FindingTopic", "audit")] {
            let mut policy = policy(of);
            let arn = format!("arn:aws:iam::123456789012:role/{role}");
            policy["Statement"].as_array_mut().unwrap().push(json!({ "Effect": "Deny", "Principal": { "AWS": arn },
                "Action": "sns:*", "Resource": "*" }));
            let told = faults(&topic(&policy), of, &own(), &Taken::default()).unwrap();
            assert_eq!(told, [format!("does not let role `{role}` publish")]);
        }
    }

    #[test]
    fn the_key_of_aws_shuts_cloudwatch_out() {
        let fault = "is encrypted with `alias/aws/sns`, which CloudWatch may not use";
        assert_eq!(told(&Topic { key: Some("alias/aws/sns".to_owned()), ..alerts() }), [fault]);
        assert_eq!(told(&Topic { key: Some("alias/ours".to_owned()), ..alerts() }), [""; 0]);
    }

    #[test]
    fn a_policy_that_cannot_be_read_is_not_taken_for_right() {
        let unread = Topic { policy: DocumentText::new("{"), ..alerts() };
        assert!(faults(&unread, "AlertTopic", &own(), &Taken::default()).is_err());
    }
}
