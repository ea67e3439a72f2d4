//! All checks, one file each, by group.

mod analytics;
mod certificates;
mod data_streams;
mod escalation;
mod iot_policies;
mod long_term_keys;
mod messaging;
mod network;
mod producers;
mod role_aliases;
mod streams;
mod transit;
mod viewers;
mod watch;

use crate::check::Check;

/// The checks of each group.
const GROUPS: &[&[&Check]] = &[
    producers::CHECKS,
    viewers::CHECKS,
    role_aliases::CHECKS,
    iot_policies::CHECKS,
    certificates::CHECKS,
    long_term_keys::CHECKS,
    streams::CHECKS,
    data_streams::CHECKS,
    analytics::CHECKS,
    transit::CHECKS,
    messaging::CHECKS,
    watch::CHECKS,
    network::CHECKS,
    escalation::CHECKS,
];

/// All checks, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Check> {
    GROUPS.iter().flat_map(|checks| checks.iter().copied())
}

/// The check of an id.
pub fn by_id(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::check::Group;

    /// The files under `checks/` with a group's folder before them, as ids.
    fn files() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
        let list =
            |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let groups = list(&folder).into_iter().filter(|path| path.is_dir());
        let files = groups.flat_map(|group| list(&group));
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect()
    }

    #[test]
    fn every_file_is_a_check_that_is_listed_once() {
        let ids: Vec<_> = all().map(|check| check.id.to_owned()).collect();
        assert_eq!(ids.iter().cloned().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice");
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), files());
    }

    #[test]
    fn the_texts_of_every_check_read_as_they_should() {
        for check in all() {
            let Check { id, title, why, remedy, reference, .. } = check;
            assert!(!title.ends_with('.') && title.chars().next().unwrap().is_uppercase(), "{id}: {title}");
            assert!(why.ends_with('.') && remedy.ends_with('.'), "{id}: {why} {remedy}");
            assert!(reference.starts_with("https://docs.aws.amazon.com/"), "{id}: {reference}");
            assert!(title.len() <= 100 && why.len() <= 600 && remedy.len() <= 600, "{id}");
        }
    }

    #[test]
    fn the_groups_stand_in_their_order() {
        let groups: Vec<_> = all().map(|check| check.group).collect();
        assert!(groups.is_sorted(), "{groups:?}");
        assert_eq!(groups.into_iter().collect::<BTreeSet<_>>().len(), Group::ALL.len());
    }
}
