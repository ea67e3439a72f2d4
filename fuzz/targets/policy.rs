//! See [`fuzz::policy`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::policy::check(data)));
