#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gridsync_fuzz::run("init", bytes));
