//! See [`fuzz::evaluate`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::evaluate::check(data)));
