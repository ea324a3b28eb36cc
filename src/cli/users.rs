//! `hopetree user …`: who may sign in to the console.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};
use clap::Subcommand;
use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

use super::accounts;
use crate::accounts::{AccountId, MasterKey, store as account_store};
use crate::admin::audit::{self, Entry, Who};
use crate::admin::store::{self, Account, Listing};
use crate::admin::{Role, check_strength, hash, is_name};
use crate::app::App;

const PAGE: u64 = 100;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add somebody; the password comes on standard input.
    Add {
        /// The name to sign in with.
        name: String,
        #[command(flatten)]
        role: RoleIn,
        /// The name that others see; else the name to sign in with.
        #[arg(long)]
        display_name: Option<String>,
    },
    /// Everybody with their roles.
    List,
    /// Set somebody's password, which comes on standard input. It ends their sessions, and the lock after wrong ones.
    Passwd {
        name: String,
        /// Also take the second factor away, for who has lost it.
        #[arg(long)]
        without_second_factor: bool,
        /// The person has to choose another one at the next sign-in.
        #[arg(long)]
        must_change: bool,
    },
    /// Let somebody sign in no more.
    Disable { name: String },
    /// Let somebody sign in again.
    Enable { name: String },
    /// Give somebody one more role.
    Grant {
        name: String,
        #[command(flatten)]
        role: RoleIn,
    },
    /// Take a role away.
    Revoke {
        name: String,
        #[command(flatten)]
        role: RoleIn,
    },
}

#[derive(clap::Args)]
pub(super) struct RoleIn {
    /// editor, reviewer, publisher, agent, admin (of one account), town, owner (of all).
    #[arg(long, value_parser = parse_role)]
    role: Role,
    /// The account in which the role holds; not for town and owner.
    #[arg(long, value_name = "SLUG")]
    account: Option<String>,
}

fn parse_role(text: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.map(Role::as_str).into();
    Role::parse(text).ok_or_else(|| format!("there is no such role; use one of {}", names.join(", ")))
}

impl RoleIn {
    async fn place(&self, app: &App) -> anyhow::Result<Option<AccountId>> {
        let role = self.role.as_str();
        match (&self.account, self.role.is_everywhere()) {
            (Some(_), true) => bail!("the role {role} holds in all accounts: leave out --account"),
            (None, false) => bail!("the role {role} holds in one account: name it with --account"),
            (None, true) => Ok(None),
            (Some(slug), false) => {
                let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
                Ok(Some(accounts::find(app, &key, slug).await?.id))
            }
        }
    }

    fn in_words(&self) -> String {
        match &self.account {
            Some(account) => format!("{}@{account}", self.role.as_str()),
            None => self.role.as_str().into(),
        }
    }
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, role, display_name } => add(app, &name, &role, display_name.as_deref()).await,
        Command::List => list(app).await,
        Command::Passwd { name, without_second_factor, must_change } => {
            let (write, person) = begin(app, &name).await?;
            write.rollback().await?;
            let password_hash = hash(&read_password(&name)?)?;
            let write = app.db.begin_write().await?;
            store::set_password(&write, person.id, &password_hash, must_change).await?;
            if without_second_factor {
                store::set_factor(&write, person.id, None).await?;
            }
            let after = Some(json!({ "second_factor_removed": without_second_factor }));
            finish(app, write, &person, "person.reset_password", None, after, true).await?;
            println!("{name} has a new password, and signs in anew");
            Ok(())
        }
        Command::Disable { name } => {
            let (write, person) = begin(app, &name).await?;
            warn_about_owners(&write, &person).await?;
            store::set_disabled(&write, person.id, true).await?;
            let after = Some(json!({ "disabled": true }));
            finish(app, write, &person, "person.disable", None, after, true).await?;
            println!("{name} does not sign in any more");
            Ok(())
        }
        Command::Enable { name } => {
            let (write, person) = begin(app, &name).await?;
            store::set_disabled(&write, person.id, false).await?;
            let after = Some(json!({ "disabled": false }));
            finish(app, write, &person, "person.enable", None, after, false).await?;
            println!("{name} may sign in");
            Ok(())
        }
        Command::Grant { name, role } => {
            let place = role.place(app).await?;
            let (write, person) = begin(app, &name).await?;
            if store::grants(&write, person.id).await?.0.contains(&(role.role, place)) {
                bail!("{name} is {} already", role.in_words());
            }
            store::grant(&write, person.id, role.role, place, app.clock.now()).await?;
            let after = Some(json!({ "granted": role.in_words() }));
            finish(app, write, &person, "person.grant", place, after, false).await?;
            println!("{name} is {}", role.in_words());
            Ok(())
        }
        Command::Revoke { name, role } => {
            let place = role.place(app).await?;
            let (write, person) = begin(app, &name).await?;
            if !store::grants(&write, person.id).await?.0.contains(&(role.role, place)) {
                bail!("{name} is not {}", role.in_words());
            }
            if role.role == Role::Owner {
                warn_about_owners(&write, &person).await?;
            }
            store::revoke(&write, person.id, role.role, place).await?;
            let after = Some(json!({ "revoked": role.in_words() }));
            finish(app, write, &person, "person.grant", place, after, false).await?;
            println!("{name} is not {} any more", role.in_words());
            Ok(())
        }
    }
}

async fn add(app: &App, name: &str, role: &RoleIn, display_name: Option<&str>) -> anyhow::Result<()> {
    let account = role.place(app).await?;
    if !is_name(name) {
        bail!("`{name}` is no name to sign in with: use 2 to 64 of a-z, 0-9, `-`, `_` and `.`");
    }
    let password_hash = hash(&read_password(name)?)?;
    let now = app.clock.now();
    let write = app.db.begin_write().await?;
    if store::find_by_name(&write, name).await?.is_some() {
        bail!("there is somebody called {name} already");
    }
    let shown = display_name.unwrap_or(name);
    let id = store::add(&write, name, shown, &password_hash, false, now).await?;
    store::grant(&write, id, role.role, account, now).await?;
    let person = store::find(&write, id).await?.context("the new person is not there")?;
    let after = Some(json!({ "roles": [role.in_words()] }));
    finish(app, write, &person, "person.add", account, after, false).await?;
    println!("{name} may sign in as {} at {}/console/", role.role.as_str(), app.config.public_url);
    Ok(())
}

async fn list(app: &App) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let (accounts, _) = account_store::all(app.db.reader(), &key).await?;
    let slug = |id: AccountId| {
        accounts.iter().find(|account| account.id == id).map_or("?", |account| account.slug.as_str())
    };
    let mut after = 0;
    loop {
        let people =
            store::list(app.db.reader(), Listing { after, limit: PAGE, ..Listing::default() }).await?;
        for person in &people {
            let grants = store::grants(app.db.reader(), person.id).await?;
            let roles = grants.0.iter().map(|(role, place)| match place {
                Some(id) => format!("{}@{}", role.as_str(), slug(*id)),
                None => role.as_str().to_owned(),
            });
            let roles: Vec<String> = roles.collect();
            let mut marks = Vec::new();
            if person.disabled {
                marks.push("disabled");
            }
            if person.locked_until.is_some_and(|until| until > app.clock.now().millis()) {
                marks.push("locked");
            }
            if person.must_change_password {
                marks.push("must change the password");
            }
            if person.totp_confirmed {
                marks.push("second factor");
            }
            println!("{:<24} {:<40} {}", person.name, roles.join(" "), marks.join(", "));
        }
        let Some(last) = people.last().filter(|_| people.len() as u64 == PAGE) else { return Ok(()) };
        after = last.id.0;
    }
}

/// The person of that name, whom nobody else changes before the transaction ends.
async fn begin(app: &App, name: &str) -> anyhow::Result<(DatabaseTransaction, Account)> {
    let write = app.db.begin_write().await?;
    let person = match is_name(name) {
        true => store::find_by_name(&write, name).await?,
        false => None,
    };
    match person {
        Some(person) => Ok((write, person)),
        None => bail!("there is nobody called {name}: `hopetree user list` tells who there is"),
    }
}

async fn warn_about_owners(write: &DatabaseTransaction, person: &Account) -> anyhow::Result<()> {
    let is_owner = store::grants(write, person.id).await?.is_owner();
    if is_owner && !person.disabled && store::other_owners(write, person.id).await? == 0 {
        eprintln!(
            "{} was the last owner: `hopetree user grant NAME --role owner` makes another",
            person.name
        );
    }
    Ok(())
}

/// Notes a change and commits it; with `ends_sessions`, the person signs in anew everywhere.
async fn finish(
    app: &App,
    write: DatabaseTransaction,
    person: &Account,
    action: &str,
    account: Option<AccountId>,
    after: Option<Value>,
    ends_sessions: bool,
) -> anyhow::Result<()> {
    store::count_change(&write, person.id, person.version).await?;
    let subject = Some(("person", person.id.0));
    let entry = Entry { account, action, subject, title: &person.name, before: None, after };
    audit::record(&write, &Who::command_line(), entry, app.clock.now()).await?;
    if ends_sessions {
        store::close_all(&write, person.id, None).await?;
    }
    write.commit().await?;
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
