//! See [`fuzz::notice`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::notice::check(data)));
