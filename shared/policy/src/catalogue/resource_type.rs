//! A resource type.

/// A resource type that actions take.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name in its service, such as `stream`.
    pub name: &'static str,
    /// Its ARN as AWS prints it: `arn:${Partition}:kinesisvideo:${Region}:${Account}:stream/${StreamName}/${CreationTime}`.
    pub arn: &'static str,
    /// The condition keys that go with every action on it, sorted.
    pub conditions: &'static [&'static str],
}

impl ResourceType {
    pub(super) const fn new(name: &'static str, arn: &'static str, conditions: &'static [&'static str]) -> Self {
        Self { name, arn, conditions }
    }

    /// Its ARN as a pattern, with a `*` for what AWS leaves open: `arn:*:kinesisvideo:*:*:stream/*/*`. Such a part may
    /// have a `/` or `:` in it, as a role's path has.
    pub fn pattern(&self) -> String {
        let mut parts = self.arn.split("${");
        let mut pattern = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            pattern.push('*');
            pattern.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        }
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::super::services;
    use super::*;

    #[test]
    fn a_pattern_has_wildcards_for_what_is_open() {
        for (arn, pattern) in [
            (
                "arn:${Partition}:kinesisvideo:${Region}:${Account}:stream/${StreamName}/${CreationTime}",
                "arn:*:kinesisvideo:*:*:stream/*/*",
            ),
            ("arn:${Partition}:iam::aws:contextProvider/${A}-${B}", "arn:*:iam::aws:contextProvider/*-*"),
            ("*", "*"),
            ("", ""),
        ] {
            assert_eq!(ResourceType::new("", arn, &[]).pattern(), pattern);
        }
    }

    #[test]
    fn every_pattern_is_that_of_an_arn() {
        for resource in services().iter().flat_map(|service| service.resources) {
            let pattern = resource.pattern();
            assert!(pattern.starts_with("arn:*:") && pattern.split(':').count() >= 6, "{pattern}");
            assert!(!pattern.contains(['$', '{', '}']), "{pattern}");
        }
    }
}
