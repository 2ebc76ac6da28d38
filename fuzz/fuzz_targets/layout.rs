//! `cargo +nightly fuzz run layout`
#![no_main]

#[path = "../drivers/layout.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(
    // The reader catches panics of the crates that take workbooks apart; the fuzzer's own hook would end it there.
    // A panic that nobody catches still ends it.
    init: std::panic::set_hook(Box::new(|_| ())),
    |data: &[u8]| driver::drive(data)
);
