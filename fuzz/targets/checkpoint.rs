//! See [`fuzz::checkpoint`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::checkpoint::check(data)));
