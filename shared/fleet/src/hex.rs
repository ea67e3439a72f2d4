//! Bytes as people read them.

use std::fmt::Write as _;

/// The first `most` bytes as hexadecimal digits, two for each.
pub fn hex(bytes: &[u8], most: usize) -> String {
    let mut digits = String::with_capacity(most.saturating_mul(2));
    for byte in bytes.iter().take(most) {
        // A string takes all that is written.
        write!(digits, "{byte:02x}").unwrap_or_default();
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(hex(&[0, 0x0f, 0xff], 9), "000fff");
        assert_eq!(hex(&[1, 2, 3], 2), "0102");
    }
}
