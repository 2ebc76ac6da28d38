//! The `whose` command.
fn main() {}
