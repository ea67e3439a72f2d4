//! See [`fuzz::ladder`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::ladder::check(data)));
