//! See [`fuzz::inventory`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::inventory::check(data)));
