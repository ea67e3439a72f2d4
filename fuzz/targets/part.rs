//! See [`fuzz::part`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::part::check(data)));
