//! See [`fuzz::pattern`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::pattern::check(data)));
