//! Topics and queues in scope.

use std::collections::BTreeSet;

use aws_sdk_sns::config::Region;
use aws_sdk_sns::types::Subscription as Listed;
use aws_sdk_sqs::types::QueueAttributeName;

use super::Aws;
use super::answer::{PAGE, account_of, after, answer, failed, name_of, offset, present, put, seen, settle, token};
use crate::inventory::{DocumentText, Inventory, Missing, Queue, StreamTargets, Subscription, Taken, Topic};

/// Pages of subscriptions, 100 a page.
const MOST_PAGES: usize = 10;

impl Aws {
    /// The stack's topics, those of budgets, and those that streams notify, as far as the inventory knows them; 25 a
    /// page. Topics of other accounts tell nothing of themselves and are passed over.
    pub(super) async fn topics(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let at = offset(next.as_deref());
        let targets = &into.stream_targets.items;
        let notified = targets.iter().filter_map(|it| it.notifications.get().ok().and_then(Option::as_ref));
        let own = self.own.topics.values().map(|name| into.taken.arn("sns", name));
        let others = self.own.budget_topics.iter().chain(notified).cloned();
        let arns: BTreeSet<String> = own.chain(others).filter(|arn| account_of(arn) == into.taken.account).collect();
        for arn in arns.iter().skip(at).take(PAGE) {
            match self.topic(arn, &into.taken).await? {
                Some(topic) => into.topics.items.push(topic),
                None => {
                    into.gone.insert(arn.clone());
                }
            }
        }
        Ok(after(at, arns.len()))
    }

    /// A topic and its key.
    pub(super) async fn look_topic(&self, arn: &str, into: &mut Inventory) {
        let looked = self.topic(arn, &into.taken).await;
        if let Ok(Some(Topic { kms_master_key_id: Some(named), .. })) = &looked {
            self.look_key_once(named, into).await;
        }
        settle(&mut into.topics, (&mut into.gone, arn.to_owned()), |topic| &topic.topic_arn, looked);
    }

    /// The topic that a stream notifies, unless it is known.
    pub(super) async fn notified_topic(&self, targets: &StreamTargets, into: &mut Inventory) {
        if let Ok(Some(arn)) = targets.notifications.get()
            && account_of(arn) == into.taken.account
            && !into.topics.items.iter().any(|topic| topic.topic_arn == *arn)
            && !into.gone.contains(arn)
        {
            self.look_topic(arn, into).await;
        }
    }

    async fn topic(&self, arn: &str, taken: &Taken) -> Result<Option<Topic>, Missing> {
        let sns = self.sns_of(arn);
        let Some(answer) = present("sns:GetTopicAttributes", sns.get_topic_attributes().topic_arn(arn).send().await)?
        else {
            return Ok(None);
        };
        let mut attributes = answer.attributes.unwrap_or_default();
        Ok(Some(Topic {
            topic_arn: arn.to_owned(),
            policy: DocumentText::new(&attributes.remove("Policy").unwrap_or_default()),
            kms_master_key_id: attributes.remove("KmsMasterKeyId").filter(|named| !named.is_empty()),
            subscriptions: seen(subscriptions(&sns, arn).await.map(|all| all.into_iter().map(plain).collect())),
            own: self.is_own_topic(arn, taken),
            of_budgets: self.own.budget_topics.iter().any(|topic| topic == arn),
        }))
    }

    /// Whether a topic is one of the stack's.
    pub(super) fn is_own_topic(&self, arn: &str, taken: &Taken) -> bool {
        self.own.topics.values().any(|name| taken.arn("sns", name) == arn)
    }

    /// A client for the topic's region: SNS answers for topics of its own region only.
    fn sns_of(&self, arn: &str) -> aws_sdk_sns::Client {
        let region = arn.split(':').nth(3).unwrap_or_default();
        let here = self.sns.config().region().is_none_or(|here| here.as_ref() == region);
        if here || region.is_empty() {
            return self.sns.clone();
        }
        let there = self.sns.config().to_builder().region(Region::new(region.to_owned()));
        aws_sdk_sns::Client::from_conf(there.build())
    }

    /// The stack's queues.
    pub(super) async fn queues(&self, into: &mut Inventory) -> Result<(), Missing> {
        for name in self.own.queues.values() {
            let arn = into.taken.arn("sqs", name);
            match self.queue(&arn).await? {
                Some(queue) => put(&mut into.queues.items, queue, |queue| &queue.queue_arn),
                None => {
                    into.gone.insert(arn);
                }
            }
        }
        Ok(())
    }

    async fn queue(&self, arn: &str) -> Result<Option<Queue>, Missing> {
        let call = self.sqs.get_queue_url().queue_name(name_of(arn)).queue_owner_aws_account_id(account_of(arn));
        let Some(found) = present("sqs:GetQueueUrl", call.send().await)? else { return Ok(None) };
        let call = self.sqs.get_queue_attributes().set_queue_url(found.queue_url);
        let call = call.attribute_names(QueueAttributeName::All);
        let Some(answer) = present("sqs:GetQueueAttributes", call.send().await)? else { return Ok(None) };
        let attributes = answer.attributes.unwrap_or_default();
        let filled = |name: QueueAttributeName| attributes.get(&name).filter(|value| !value.is_empty());
        Ok(Some(Queue {
            queue_arn: arn.to_owned(),
            policy: filled(QueueAttributeName::Policy).map(|text| DocumentText::new(text)),
            kms_master_key_id: filled(QueueAttributeName::KmsMasterKeyId).cloned(),
            sqs_managed_sse_enabled: filled(QueueAttributeName::SqsManagedSseEnabled).is_some_and(|on| on == "true"),
        }))
    }
}

/// As checks of topics look at it.
fn plain(subscription: Listed) -> Subscription {
    Subscription {
        protocol: subscription.protocol.unwrap_or_default(),
        endpoint: subscription.endpoint.unwrap_or_default(),
    }
}

/// All subscriptions to a topic, as they are listed.
pub(super) async fn subscriptions(sns: &aws_sdk_sns::Client, arn: &str) -> Result<Vec<Listed>, Missing> {
    let mut subscriptions = Vec::new();
    let mut next = None;
    for _page in 0..MOST_PAGES {
        let call = sns.list_subscriptions_by_topic().topic_arn(arn).set_next_token(next);
        let page = answer("sns:ListSubscriptionsByTopic", call.send().await)?;
        subscriptions.extend(page.subscriptions.unwrap_or_default());
        next = token(page.next_token);
        if next.is_none() {
            return Ok(subscriptions);
        }
    }
    Err(failed("sns:ListSubscriptionsByTopic", "the topic has more than 1,000 subscriptions"))
}
