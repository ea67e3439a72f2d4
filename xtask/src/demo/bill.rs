//! What each case cost in AWS calls.

use std::cmp::Reverse;

use local::Call;

/// How many operations a short bill names.
const NAMED: usize = 5;

/// A row of the bill: what for, how many calls, which.
pub(super) type Cost = [String; 3];

/// The bill of one case.
pub(super) fn cost(what: &str, calls: &[Call]) -> Cost {
    [what.to_owned(), calls.len().to_string(), listed(&counted(calls))]
}

/// The bill of a case of many operations: only those that were called most are named.
pub(super) fn cost_in_short(what: &str, calls: &[Call]) -> Cost {
    let mut most = counted(calls);
    most.sort_by_key(|(_, count)| Reverse(*count));
    let others = most.split_off(most.len().min(NAMED)).len();
    let named = listed(&most);
    let named = if others > 0 { format!("{named}, and {others} other operations") } else { named };
    [what.to_owned(), calls.len().to_string(), named]
}

/// The bill of what was called beyond the calls that `cameras` new cameras take, of which each takes `usual`.
pub(super) fn cost_beyond(what: &str, calls: &[Call], usual: &[Call], cameras: usize) -> Cost {
    let usual = counted(usual);
    let mut beyond = counted(calls);
    for (operation, count) in &mut beyond {
        let each = usual.iter().find(|(usual, _)| usual == operation).map_or(0, |(_, count)| *count);
        *count = count.saturating_sub(each.saturating_mul(cameras));
    }
    beyond.retain(|(_, count)| *count > 0);
    let all = beyond.iter().map(|(_, count)| count).sum::<usize>();
    [what.to_owned(), all.to_string(), listed(&beyond)]
}

/// Each operation, in the order of its first call, and how often it was called.
fn counted(calls: &[Call]) -> Vec<(&str, usize)> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        match counted.iter_mut().find(|(operation, _)| *operation == call.operation) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counted.push((&call.operation, 1)),
        }
    }
    counted
}

fn listed(counted: &[(&str, usize)]) -> String {
    let times = |(operation, count): &(&str, usize)| match count {
        1 => (*operation).to_owned(),
        _ => format!("{count} × {operation}"),
    };
    counted.iter().map(times).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(operations: &[&str]) -> Vec<Call> {
        let call = |operation: &&str| Call {
            n: 1,
            caller: "x".to_owned(),
            service: "iot".to_owned(),
            operation: (*operation).to_owned(),
            status: 200,
            error: None,
            target: None,
        };
        operations.iter().map(call).collect()
    }

    #[test]
    fn a_case_lists_its_calls_once_each() {
        assert_eq!(cost("x", &calls(&["A", "B", "A"])), ["x", "3", "2 × A, B"]);
        assert_eq!(cost("x", &[]), ["x", "0", ""]);
    }

    #[test]
    fn a_short_bill_names_what_was_called_most() {
        assert_eq!(cost_in_short("x", &calls(&["A", "B", "B"])), ["x", "3", "2 × B, A"]);
        let many = calls(&["A", "B", "C", "D", "E", "F", "G", "G"]);
        assert_eq!(cost_in_short("x", &many), ["x", "8", "2 × G, A, B, C, D, and 2 other operations"]);
    }

    #[test]
    fn only_what_goes_beyond_the_usual_is_on_the_bill() {
        let usual = calls(&["A", "B"]);
        assert_eq!(cost_beyond("x", &calls(&["A", "B", "A", "B"]), &usual, 2), ["x", "0", ""]);
        assert_eq!(cost_beyond("x", &calls(&["A", "A", "A", "B", "B", "C"]), &usual, 2), ["x", "2", "A, C"]);
    }
}
