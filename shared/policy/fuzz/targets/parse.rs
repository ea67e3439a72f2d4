//! See `policy_fuzz::parse`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| policy_fuzz::parse::check(data));
