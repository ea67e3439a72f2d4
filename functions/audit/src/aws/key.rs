//! KMS keys that something in the inventory is encrypted with.

use std::collections::BTreeSet;

use super::Aws;
use super::answer::{PAGE, account_of, after, failed, offset, present, put, seen};
use crate::inventory::{DocumentText, Inventory, Key, Missing, Seen};

/// Keys that are looked at in one sweep.
const MOST_KEYS: usize = 500;

/// Streams may name a key by an alias: so many aliases are resolved to find them.
const MOST_ALIASES: usize = 50;

impl Aws {
    /// The keys that streams, topics, queues and data streams name, 25 a page; those of other accounts come last, since
    /// AWS may tell nothing of them.
    pub(super) async fn keys(&self, next: Option<String>, into: &mut Inventory) -> Result<Option<String>, Missing> {
        let at = offset(next.as_deref());
        let names = named(into);
        for (_foreign, name) in names.iter().take(MOST_KEYS).skip(at).take(PAGE) {
            self.look_key_by(name, into).await?;
        }
        match after(at, names.len()) {
            Some(_) if at.saturating_add(PAGE) >= MOST_KEYS => {
                Err(failed("kms:DescribeKey", "there are more than 500 keys, and no more are looked at"))
            }
            next => Ok(next),
        }
    }

    /// A key and the streams that it encrypts, by whatever name they call it.
    pub(super) async fn look_key(&self, name: &str, into: &mut Inventory) {
        let key = match self.look_key_by(name, into).await {
            Ok(Some(key)) => key,
            Ok(None) => return,
            Err(missing) => {
                into.keys.missing = Some(missing);
                return;
            }
        };
        // Aliases cannot be told apart before they are asked about.
        let mut aliases = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut direct = |named: &str| {
            if is_alias(named) && !is_of_aws(named) && named != name {
                aliases.insert(named.to_owned());
            }
            let is_it = named == name || named == key.arn || key.arn.ends_with(&format!(":key/{named}"));
            if is_it {
                names.insert(named.to_owned());
            }
            is_it
        };
        let listed = self.streams_with_key(&mut direct, into).await;
        let mut of_it = BTreeSet::new();
        for alias in aliases.into_iter().take(MOST_ALIASES) {
            match self.key(&alias, into).await {
                Ok(Some(other)) if other.arn == key.arn => {
                    of_it.insert(alias);
                }
                Ok(_) => {}
                Err(missing) => into.keys.missing = Some(missing),
            }
        }
        let listed = match (listed, of_it.is_empty()) {
            (Ok(()), false) => self.streams_with_key(|named| of_it.contains(named), into).await,
            (listed, _) => listed,
        };
        if let Err(missing) = listed {
            into.streams.missing = Some(missing);
        }
        for named in names.into_iter().chain(of_it) {
            put(&mut into.keys.items, Key { named, ..key.clone() }, |key| &key.named);
        }
    }

    /// A key of something that is looked at, unless it is known.
    pub(super) async fn look_key_once(&self, named: &str, into: &mut Inventory) {
        if !into.keys.items.iter().any(|key| key.named == named)
            && let Err(missing) = self.look_key_by(named, into).await
        {
            into.keys.missing = Some(missing);
        }
    }

    async fn look_key_by(&self, named: &str, into: &mut Inventory) -> Result<Option<Key>, Missing> {
        let key = self.key(named, into).await?;
        if let Some(key) = key.clone() {
            put(&mut into.keys.items, key, |key| &key.named);
        } else {
            into.keys.items.retain(|key| key.named != named);
            into.gone.insert(arn_of(named, into));
        }
        Ok(key)
    }

    /// A key by id, ARN or alias; None when it does not exist. AWS's own are not asked about.
    ///
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
    async fn key(&self, named: &str, inventory: &Inventory) -> Result<Option<Key>, Missing> {
        if is_of_aws(named) {
            return Ok(Some(Key {
                named: named.to_owned(),
                arn: arn_of(named, inventory),
                key_manager: "AWS".to_owned(),
                key_state: "Enabled".to_owned(),
                policy: Seen::default(),
            }));
        }
        let described = present("kms:DescribeKey", self.kms.describe_key().key_id(named).send().await)?;
        let Some(described) = described.and_then(|answer| answer.key_metadata) else { return Ok(None) };
        let arn = described.arn.unwrap_or_default();
        let manager = described.key_manager.map(|it| it.as_str().to_owned()).unwrap_or_default();
        let policy = match manager.as_str() {
            "CUSTOMER" => {
                let policy = self.kms.get_key_policy().key_id(&arn).policy_name("default").send().await;
                let policy = present("kms:GetKeyPolicy", policy);
                let text = policy.map(|answer| answer.and_then(|answer| answer.policy).unwrap_or_default());
                seen(text.map(|text| DocumentText::new(&text)))
            }
            _ => Seen::default(),
        };
        Ok(Some(Key {
            named: named.to_owned(),
            arn,
            key_manager: manager,
            key_state: described.key_state.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            policy,
        }))
    }
}

/// What is named as a key, with whether it is of another account; those come last.
fn named(inventory: &Inventory) -> BTreeSet<(bool, String)> {
    let streams = inventory.streams.items.iter().filter_map(|it| it.kms_key_id.as_ref());
    let topics = inventory.topics.items.iter().filter_map(|it| it.kms_master_key_id.as_ref());
    let queues = inventory.queues.items.iter().filter_map(|it| it.kms_master_key_id.as_ref());
    let data = inventory.data_streams.items.iter().filter_map(|it| it.key_id.as_ref());
    let names: BTreeSet<&String> = streams.chain(topics).chain(queues).chain(data).collect();
    let foreign = |name: &str| name.starts_with("arn:") && account_of(name) != inventory.taken.account;
    names.into_iter().filter(|name| !name.is_empty()).map(|name| (foreign(name), name.clone())).collect()
}

fn is_alias(named: &str) -> bool {
    named.starts_with("alias/") || named.contains(":alias/")
}

/// Whether it is an alias of a key that AWS manages.
fn is_of_aws(named: &str) -> bool {
    named.starts_with("alias/aws/") || named.contains(":alias/aws/")
}

fn arn_of(named: &str, inventory: &Inventory) -> String {
    match named {
        arn if arn.starts_with("arn:") => arn.to_owned(),
        alias if is_alias(alias) => inventory.taken.arn("kms", alias),
        id => inventory.taken.arn("kms", &format!("key/{id}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Stream, Topic};

    #[test]
    fn each_name_of_a_key_stands_once_and_those_of_others_last() {
        let foreign = "arn:aws:kms:us-east-1:999999999999:key/9";
        let mut inventory = Inventory::default();
        for key in [Some(foreign), Some("f2"), Some("f2"), Some(""), None] {
            let kms_key_id = key.map(str::to_owned);
            inventory.streams.items.push(Stream { kms_key_id, ..Stream::default() });
        }
        let kms_master_key_id = Some("alias/aws/sns".to_owned());
        inventory.topics.items.push(Topic { kms_master_key_id, ..Topic::default() });
        let names: Vec<String> = named(&inventory).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["alias/aws/sns", "f2", foreign]);
    }

    #[test]
    fn a_name_of_a_key_has_an_arn() {
        let inventory = Inventory::default();
        let here = "arn:aws:kms:us-east-1:123456789012";
        assert_eq!(arn_of("f2", &inventory), format!("{here}:key/f2"));
        assert_eq!(arn_of("alias/aws/sns", &inventory), format!("{here}:alias/aws/sns"));
        assert_eq!(arn_of("arn:x", &inventory), "arn:x");
        assert!(is_of_aws(&arn_of("alias/aws/sns", &inventory)) && !is_of_aws("alias/awsome"));
    }
}
