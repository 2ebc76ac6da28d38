//! `cargo +nightly fuzz run patch_cells`
#![no_main]

#[path = "../drivers/patch_cells.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driver::drive(data));
