//! The lines `Budget Name: …` to `ACTUAL Amount: …` of AWS Budgets' text.

use super::{Alert, shown};

/// A name and what stands after it on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'t> {
    /// Which line, from 0.
    pub(super) line: usize,
    /// The name as it stands there, before the colon.
    pub(super) key: &'t str,
    /// What stands after the colon and a space.
    pub(super) value: &'t str,
}

/// All lines that begin with one field's name.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot<'t> {
    /// In the order of the text.
    pub(super) found: Vec<Field<'t>>,
}

/// What stands where in a text. Only the beginning of a line counts, in any case: a budget's name has no colon, so that
/// it cannot look like a field.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'t> {
    pub(super) name: Slot<'t>,
    pub(super) kind: Slot<'t>,
    pub(super) limit: Slot<'t>,
    pub(super) alert: Slot<'t>,
    pub(super) threshold: Slot<'t>,
    pub(super) amount: Slot<'t>,
}

/// The names of the fields as they are told of.
pub(super) const NAME: &str = "Budget Name";
pub(super) const KIND: &str = "Budget Type";
pub(super) const LIMIT: &str = "Budgeted Amount";
pub(super) const ALERT: &str = "Alert Type";
pub(super) const THRESHOLD: &str = "Alert Threshold";
pub(super) const AMOUNT: &str = "Amount";

/// Every field, once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'t> {
    pub(super) name: Field<'t>,
    pub(super) kind: Field<'t>,
    pub(super) limit: Field<'t>,
    pub(super) alert: Field<'t>,
    pub(super) threshold: Field<'t>,
    pub(super) amount: Field<'t>,
}

impl<'t> Fields<'t> {
    /// Finds the fields among the lines of a text.
    pub(super) fn find(lines: &[&'t str]) -> Self {
        let mut fields = Self::default();
        for (line, text) in lines.iter().enumerate() {
            let Some((key, value)) = text.split_once(':') else { continue };
            if let Some(slot) = fields.slot(key) {
                slot.found.push(Field { line, key, value: value.strip_prefix(' ').unwrap_or(value) });
            }
        }
        fields
    }

    fn slot(&mut self, key: &str) -> Option<&mut Slot<'t>> {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        match key {
            _ if is(NAME) => Some(&mut self.name),
            _ if is(KIND) => Some(&mut self.kind),
            _ if is(LIMIT) => Some(&mut self.limit),
            _ if is(ALERT) => Some(&mut self.alert),
            _ if is(THRESHOLD) => Some(&mut self.threshold),
            _ if alert_of(key).is_some() => Some(&mut self.amount),
            _ => None,
        }
    }

    /// Each with its name, in the order that AWS Budgets writes them.
    pub(super) fn all(&self) -> [(&'static str, &Slot<'t>); 6] {
        [
            (NAME, &self.name),
            (KIND, &self.kind),
            (LIMIT, &self.limit),
            (ALERT, &self.alert),
            (THRESHOLD, &self.threshold),
            (AMOUNT, &self.amount),
        ]
    }

    /// Whether there is none at all.
    pub(super) fn are_none(&self) -> bool {
        self.all().iter().all(|(_, slot)| slot.found.is_empty())
    }

    /// All of them, when each stands there once. What is missing or stands there again becomes a doubt.
    pub(super) fn block(&self, doubts: &mut Vec<String>) -> Option<Block<'t>> {
        for (key, slot) in self.all() {
            match slot.found.len() {
                0 => doubts.push(format!("The field `{key}` is missing.")),
                1 => {}
                times => doubts.push(format!("The field `{key}` stands there {times} times.")),
            }
        }
        Some(Block {
            name: self.name.once()?,
            kind: self.kind.once()?,
            limit: self.limit.once()?,
            alert: self.alert.once()?,
            threshold: self.threshold.once()?,
            amount: self.amount.once()?,
        })
    }
}

impl<'t> Slot<'t> {
    /// The field, when it stands there once.
    pub(super) fn once(&self) -> Option<Field<'t>> {
        match *self.found {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl Block<'_> {
    /// Whether the fields stand one below the other, after an empty line and before the link that ends the text.
    pub(super) fn are_placed(&self, lines: &[&str]) -> Result<(), String> {
        let Self { name, kind, limit, alert, threshold, amount } = self;
        let before = name.line.checked_sub(1).and_then(|at| lines.get(at));
        if before.is_none_or(|line| !line.is_empty()) {
            return Err(format!("Before `{NAME}` stands no empty line."));
        }
        // A name may go on over lines, but without a colon.
        let more = lines.get(name.line.saturating_add(1)..kind.line);
        if let Some(other) = more.and_then(|lines| lines.iter().find(|line| line.contains(':'))) {
            return Err(format!("Among the fields stands `{}`.", shown(other)));
        }
        let in_order = [kind, limit, alert, threshold, amount];
        let follow = in_order.windows(2).all(|pair| match pair {
            [one, next] => one.line.checked_add(1) == Some(next.line),
            _ => true,
        });
        if more.is_none() || !follow {
            return Err("The fields do not stand one below the other in their order.".to_owned());
        }
        let mut after = lines.get(amount.line.saturating_add(1)..).unwrap_or_default().iter();
        let is_empty = after.next().is_some_and(|line| line.is_empty());
        let is_link = after.next().is_some_and(|line| line.starts_with("[1] https://"));
        if is_empty && is_link && after.all(|line| line.is_empty()) {
            return Ok(());
        }
        Err("The text does not end with an empty line and the link `[1]` after the fields.".to_owned())
    }
}

/// The alert in a field's name: `ACTUAL Amount` or `FORECASTED Amount`.
pub(super) fn alert_of(key: &str) -> Option<Alert> {
    let (alert, rest) = key.split_once(' ')?;
    if rest.eq_ignore_ascii_case(AMOUNT) { Alert::parse(alert) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 10] = [
        "",
        "Budget Name: a $1 budget",
        "of #two",
        "Budget Type: Cost",
        "budgeted amount: $1.00",
        "Alert Type: ACTUAL",
        "Alert Threshold: > $0.80",
        "Actual Amount: $0.90",
        "",
        "[1] https://console.aws.amazon.com/billing/home#/budgets",
    ];

    fn placed(lines: &[&str]) -> Result<(), String> {
        let mut doubts = Vec::new();
        let block = Fields::find(lines).block(&mut doubts);
        block.ok_or_else(|| doubts.join(" "))?.are_placed(lines)
    }

    #[test]
    fn the_block_of_fields_is_found_and_in_its_place() {
        assert_eq!(placed(&LINES), Ok(()));
        assert_eq!(placed(&[&LINES[..], &["", ""]].concat()), Ok(()));
        let fields = Fields::find(&LINES);
        assert_eq!(fields.limit.once(), Some(Field { line: 4, key: "budgeted amount", value: "$1.00" }));
    }

    #[test]
    fn what_is_missing_again_or_elsewhere_is_told() {
        let without = |at: usize| [&LINES[..at], &LINES[at + 1..]].concat();
        let with = |at: usize, line: &'static str| [&LINES[..at], &[line], &LINES[at..]].concat();
        let swapped = |mut lines: [&'static str; 10]| {
            lines.swap(4, 6);
            lines.to_vec()
        };
        let lines = [
            without(0),
            without(1),
            without(5),
            without(8),
            without(9),
            with(4, "ALERT TYPE: FORECASTED"),
            with(7, "FORECASTED Amount: $7.00"),
            with(3, "Time Unit: MONTHLY"),
            with(5, "Time Unit: MONTHLY"),
            with(5, ""),
            with(10, "and more"),
            swapped(LINES),
            vec![],
        ];
        let told: Vec<_> = lines.iter().map(|lines| placed(lines).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn only_the_whole_name_at_the_beginning_of_a_line_is_a_field() {
        for line in [
            " Budget Name: x",
            "The Budget Name: x",
            "Budget Names: x",
            "Budget Name",
            "Amount: $1.00",
            "SOME Amount: $1.00",
            "ACTUAL  Amount: $1.00",
            "",
        ] {
            assert!(Fields::find(&[line]).are_none(), "{line}");
        }
    }
}
