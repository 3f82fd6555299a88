//! The `hopspec` program.

fn main() -> std::process::ExitCode {
    hopspec::cli::main()
}
