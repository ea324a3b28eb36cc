//! The `hopetree` program; see [`hopetree`] for the map of the house.

fn main() -> std::process::ExitCode {
    hopetree::cli::main()
}
