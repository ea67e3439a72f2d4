//! The least loss found by trying all there is: what the searches are held against.

/// By all sets of items; `None` when all together do not save the need.
pub(super) fn least_by_sets(values: &[(u64, u64)], need: u64) -> Option<u128> {
    let mut sums = vec![(0_u128, 0_u128)];
    for &(saving, loss) in values {
        let with: Vec<_> = sums.iter().map(|sum| (sum.0 + u128::from(saving), sum.1 + u128::from(loss))).collect();
        sums.extend(with);
    }
    sums.into_iter().filter(|sum| sum.0 >= need.into()).map(|sum| sum.1).min()
}

/// By the least loss for every saving up to a small need; `None` when all together do not save it.
pub(super) fn least_by_sums(values: &[(u64, u64)], need: u64) -> Option<u128> {
    let need = usize::try_from(need).unwrap();
    let mut least = vec![None; need + 1];
    least[0] = Some(0);
    for &(saving, loss) in values {
        for from in (0..=need).rev() {
            let to = need.min(from + usize::try_from(saving).unwrap());
            let with: Option<u128> = least[from].map(|before| before + u128::from(loss));
            least[to] = [least[to], with].into_iter().flatten().min();
        }
    }
    least[need]
}
