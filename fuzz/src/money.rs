//! Any text as an amount of money: a price, or what the Budgets API says.

use budget::money::Money;

use super::{Read, refused, text};

/// The bytes are the amount.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let amount = match Money::parse(&text) {
        Ok(amount) => amount,
        Err(fault) => return refused(&fault),
    };
    let json = serde_json::to_string(&amount).unwrap_or_default();
    assert_eq!(serde_json::from_str(&json).ok(), Some(amount), "{json} is read as something else");
    assert_eq!(Money::parse(json.trim_matches('"')), Ok(amount), "{json} is read as something else");
    let shown = Money::parse(&amount.to_string().replace(',', ""));
    assert!(shown.is_ok_and(|shown| shown.micros().abs_diff(amount.micros()) <= 5_000), "{json} is shown as {amount}");
    if text.starts_with('-') {
        assert_eq!(amount, Money::ZERO, "`{text}` is {amount}");
        return Ok(());
    }
    // Ten times, by the exponent.
    let plain = !text.contains(['e', 'E']);
    if let (true, Ok(tenfold)) = (plain, Money::parse(&format!("{text}E1"))) {
        assert!(tenfold.micros().abs_diff(amount.micros().saturating_mul(10)) <= 5, "{text}: ten times is {tenfold}");
    }
    Ok(())
}
