//! See [`fuzz::finding`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::finding::check(data)));
