//! See `policy_fuzz::pattern`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| policy_fuzz::pattern::check(data));
