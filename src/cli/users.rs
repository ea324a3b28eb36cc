//! `hopetree user …`: who may sign in to the console.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};
use clap::Subcommand;

use super::accounts;
use crate::accounts::MasterKey;
use crate::admin::audit::{self, Entry, Who};
use crate::admin::{Role, check_strength, hash, store};
use crate::app::App;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add somebody; the password comes on standard input.
    Add {
        /// The name to sign in with.
        name: String,
        /// editor, reviewer, publisher, agent, admin (of one account), town, owner (of all).
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// The account in which the role holds; not for town and owner.
        #[arg(long)]
        account: Option<String>,
        /// The name that others see; else the name to sign in with.
        #[arg(long)]
        display_name: Option<String>,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.map(Role::as_str).into();
    Role::parse(text).ok_or_else(|| format!("there is no such role; use one of {}", names.join(", ")))
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, role, account, display_name } => {
            let account = match (&account, role.is_everywhere()) {
                (Some(_), true) => {
                    bail!("the role {} holds in all accounts: leave out --account", role.as_str())
                }
                (None, false) => {
                    bail!("the role {} holds in one account: name it with --account", role.as_str())
                }
                (None, true) => None,
                (Some(slug), false) => {
                    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
                    Some(accounts::find(app, &key, slug).await?.id)
                }
            };
            check_name(&name)?;
            let password = read_password(&name)?;
            let password_hash = hash(&password)?;
            let now = app.clock.now();
            let write = app.db.begin_write().await?;
            if store::find_by_name(&write, &name).await?.is_some() {
                bail!("there is somebody called {name} already");
            }
            let shown = display_name.as_deref().unwrap_or(&name);
            let id = store::add(&write, &name, shown, &password_hash, false, now).await?;
            store::grant(&write, id, role, account, now).await?;
            let entry = Entry {
                account,
                action: "person.add",
                subject: Some(("person", id.0)),
                title: &name,
                after: Some(serde_json::json!({ "role": role })),
                ..Entry::default()
            };
            audit::record(&write, &Who::command_line(), entry, now).await?;
            write.commit().await?;
            println!("{name} may sign in as {} at {}/console/", role.as_str(), app.config.public_url);
        }
    }
    Ok(())
}

/// A name to sign in with: what can be typed on any keyboard and has one spelling.
fn check_name(name: &str) -> anyhow::Result<()> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if !(2..=64).contains(&name.len()) || !name.bytes().all(allowed) {
        bail!("`{name}` is no name to sign in with: use 2 to 64 of a-z, 0-9, `-`, `_` and `.`");
    }
    Ok(())
}

/// The first line of standard input, if it may be a password.
fn read_password(name: &str) -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("type the password for {name} (it is shown) and press Enter:");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password on standard input: `echo … | hopetree user add {name} …`");
    }
    if let Err(fault) = check_strength(password, name) {
        bail!("this password is refused: {}", crate::admin::password_fault(fault));
    }
    Ok(password.to_owned())
}
