//! The part of what is too much for one sweep that is looked at now.

use sha2::{Digest as _, Sha256};

/// Which part of what is too much for one sweep is looked at now.
///
/// Of so many things that all of them take several sweeps, each has its day by a hash of its name, so that every one has
/// its turn without anybody keeping a list. When their number grows past a multiple of `most`, days move once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Days since 1970 UTC.
    pub day: u64,
    /// About so many of a kind in one sweep. 0 counts as 1.
    pub most: usize,
}

impl Share {
    /// Whether one of `many`, by its hash, has its turn today.
    pub(super) fn has(self, hash: u64, many: usize) -> bool {
        let days = u64::try_from(many.div_ceil(self.most.max(1))).unwrap_or(u64::MAX).max(1);
        hash.checked_rem(days) == self.day.checked_rem(days)
    }
}

/// The hash of a certificate: its id is one already, so the first 32 bits of it.
pub(super) fn hash_of_certificate(id: &str) -> u64 {
    id.get(..8).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_else(|| hash_of_name(id))
}

/// The hash of a name: the first 64 bits of its SHA-256.
pub(super) fn hash_of_name(name: &str) -> u64 {
    Sha256::digest(name).first_chunk().copied().map(u64::from_be_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_enough_have_their_turn_every_day() {
        for day in 0..5 {
            assert!((0..100).all(|hash| Share { day, most: 100 }.has(hash, 100)));
        }
        assert!(Share { day: 3, most: 0 }.has(7, 0));
    }

    #[test]
    fn each_of_many_has_its_turn_once_in_as_many_days_as_it_takes() {
        let names: Vec<u64> = (0..1000).map(|number| hash_of_name(&format!("camera-{number}"))).collect();
        let turns = |day: u64| names.iter().filter(|hash| Share { day, most: 100 }.has(**hash, names.len())).count();
        let days: Vec<usize> = (20_000..20_010).map(turns).collect();
        assert_eq!(days.iter().sum::<usize>(), 1000);
        assert!(days.iter().all(|turns| (60..140).contains(turns)), "{days:?}");
        assert_eq!(turns(20_010), turns(20_000));
    }

    #[test]
    fn a_certificate_goes_by_the_beginning_of_its_id() {
        assert_eq!(hash_of_certificate("0000000aff"), 10);
        assert_eq!(hash_of_certificate("short"), hash_of_name("short"));
    }
}
