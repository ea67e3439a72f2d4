//! See [`fuzz::credential_report`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::credential_report::check(data)));
