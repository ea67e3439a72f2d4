//! See [`fuzz::registry`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::registry::check(data)));
