//! See `policy_fuzz::evaluate`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| policy_fuzz::evaluate::check(data));
