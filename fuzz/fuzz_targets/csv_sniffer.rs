//! `cargo +nightly fuzz run csv_sniffer`
#![no_main]

#[path = "../drivers/csv_sniffer.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driver::drive(data));
