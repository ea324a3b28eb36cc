//! The command line: what each command takes, and where it is done.

mod account_settings;
mod accounts;
mod audit;
mod backup;
mod content;
mod demo;
mod demo_notices;
mod doctor;
mod healthcheck;
mod migrate;
mod prune;
mod sandbox;
mod serve;
mod stats;
mod users;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Problems};
use crate::telemetry::{self, Traces};

/// A self-hosted backend for WeChat official accounts of community governments (希望树).
#[derive(Parser)]
#[command(name = "hopetree", version)]
struct Cli {
    /// The configuration file (TOML). Variables HOPETREE_* stand above it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything at once, with sample content and a pretend WeChat to try it on.
    Demo(DemoOptions),
    /// Serve residents: the webhook and the pages.
    Serve,
    /// The pretend WeChat alone.
    Sandbox(Box<sandbox::Options>),
    /// Official accounts.
    #[command(subcommand)]
    Account(Box<accounts::Command>),
    /// What accounts tell residents, as files.
    #[command(subcommand)]
    Content(content::ContentCommand),
    /// The custom menu.
    #[command(subcommand)]
    Menu(content::MenuCommand),
    /// Who may sign in to the console.
    #[command(subcommand)]
    User(users::Command),
    /// The trail of who did what.
    #[command(subcommand)]
    Audit(audit::Command),
    /// The description of the API (OpenAPI), as JSON.
    Openapi,
    /// Followers now, and new, lost and net by day.
    Stats(stats::Options),
    /// Examine the installation: configuration, database, clock, and the platform for each account.
    Doctor,
    /// Write the whole database into one file, while residents are served.
    Backup(backup::BackupOptions),
    /// Fill an empty database, of any kind, with a backup.
    Restore(backup::RestoreOptions),
    /// Bring the database's schema up to date without serving.
    Migrate(migrate::Options),
    /// Remove what is older than it is to be kept. `serve` does so daily.
    Prune(prune::PruneOptions),
    /// Erase what an account keeps of a person.
    Erase(prune::EraseOptions),
    /// Ask the server on this machine whether it answers (for containers).
    Healthcheck,
}

#[derive(clap::Args)]
struct DemoOptions {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the demo keeps its data.
    #[arg(long, default_value = "data/demo")]
    data_dir: PathBuf,
}

/// Runs the command of this process; says how it ended: 0 well, 1 with an error, 2 for bad usage or configuration.
pub fn main() -> ExitCode {
    telemetry::end_when_nobody_reads();
    let cli = Cli::parse();
    // The HTTP clients and the database drivers share one provider of cryptography.
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(Box::pin(run(cli)));
    // A read of standard input that nobody will answer must not keep the process.
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<Problems>() {
            Some(problems) => {
                eprint!("error: {problems}");
                ExitCode::from(2)
            }
            None => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config_file = cli.config.as_deref();
    let command = match cli.command {
        Command::Demo(options) => {
            demo::run(options.listen, options.data_dir).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Sandbox(options) => {
            telemetry::start("info", None);
            sandbox::run(*options).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Openapi => {
            print!("{}", crate::router::document());
            return Ok(ExitCode::SUCCESS);
        }
        Command::Doctor => return doctor::run(config_file).await,
        Command::Healthcheck => return healthcheck::run(config_file),
        // Needs no installation, so it makes none.
        Command::Menu(content::MenuCommand::Check { file, account: None }) => {
            content::check_menu(&file, None)?;
            return Ok(ExitCode::SUCCESS);
        }
        other => other,
    };
    let config = Config::read(config_file)?;
    // Held to the end, where it sends what still waits.
    let traces = config.otlp_endpoint.as_deref().map(Traces::to).transpose()?;
    telemetry::start(&config.log, traces.as_ref());
    for variable in &config.unknown_variables {
        tracing::debug!(variable, "this variable is no setting of Hope Tree");
    }
    let command = match command {
        // These take the schema as they find it.
        Command::Backup(options) => return done(backup::run(&config, &options).await),
        Command::Restore(options) => return done(backup::run_restore(&config, &options).await),
        Command::Migrate(options) => return done(migrate::run(&config, &options).await),
        other => other,
    };
    let listen = config.listen;
    if matches!(command, Command::Serve) {
        let app = serve::open(config).await?;
        serve::run(app, serve::bind(listen).await?, None).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let app = App::start(config, Clock::System).await?;
    match command {
        Command::Account(command) => accounts::run(&app, *command).await?,
        Command::Content(command) => content::run(&app, command).await?,
        Command::Menu(command) => content::run_menu(&app, command).await?,
        Command::Prune(options) => prune::run(&app, &options).await?,
        Command::Erase(options) => prune::run_erase(&app, &options).await?,
        Command::User(command) => users::run(&app, command).await?,
        Command::Audit(command) => audit::run(&app, command).await?,
        Command::Stats(options) => stats::run(&app, &options).await?,
        Command::Demo(_)
        | Command::Sandbox(_)
        | Command::Openapi
        | Command::Doctor
        | Command::Healthcheck
        | Command::Serve => {}
        Command::Backup(_) | Command::Restore(_) | Command::Migrate(_) => (),
    }
    Ok(ExitCode::SUCCESS)
}

fn done(result: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    result.map(|()| ExitCode::SUCCESS)
}
