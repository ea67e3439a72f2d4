//! See [`fuzz::audit_file`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(fuzz::audit_file::check(data)));
