//! The `hopetree` program; see [`hopetree`] for the map of the house.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    hopetree::cli::main()
}
