//! The `whose` command: everything is in the library and in `whose::cli`.

fn main() -> std::process::ExitCode {
    whose::cli::main()
}
