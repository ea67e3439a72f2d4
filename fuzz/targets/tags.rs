//! See [`fuzz::tags`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::tags::check(data)));
