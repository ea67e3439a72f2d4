//! See [`fuzz::memory`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::memory::check(data)));
