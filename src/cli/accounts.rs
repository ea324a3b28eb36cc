//! `hopetree account …`: the official accounts.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use sea_orm::SqlErr;

use super::account_settings::{Fields, Former, checked};
use crate::accounts::{Account, MasterKey, Settings, Unopened, store};
use crate::app::App;
use crate::config::MasterKeySource;
use crate::wechat::Capability;
use crate::{checks, content, jobs, media, menus, messages, notices, subscribers};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add an account.
    Add {
        /// Its name in URLs: a-z, 0-9 and `-`.
        slug: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// List the accounts.
    List,
    /// Show an account's settings, without its secrets, and what to enter in WeChat's console.
    Show { slug: String },
    /// Change settings of an account; what is not named stays.
    Update {
        slug: String,
        #[command(flatten)]
        fields: Fields,
        /// The account is not verified (any more).
        #[arg(long, conflicts_with = "verified")]
        unverified: bool,
        /// End a rotation: pushes sealed with the AES key before the present one are refused from now on.
        #[arg(long)]
        forget_previous_key: bool,
    },
    /// Change the master key: seal all accounts' secrets with the configured one. Afterwards start all nodes with it.
    Reseal {
        /// The file with the key that sealed them so far.
        #[arg(long, value_name = "FILE")]
        former_key_file: PathBuf,
    },
    /// Remove an account with everything it told and heard. This cannot be undone.
    Remove {
        slug: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    match command {
        Command::Add { slug, fields } => {
            let settings = checked(Some(&slug), fields, Former::default())?;
            add(app, &key, &slug, &settings).await?;
            println!("added {slug}");
            show(app, &find(app, &key, &slug).await?);
        }
        Command::List => {
            let (accounts, unreadable) = store::all(app.db.reader(), &key).await?;
            for (slug, error) in unreadable {
                println!("{slug:<16} cannot be read: {error:#}");
            }
            for account in accounts {
                println!(
                    "{:<16} {}  {} {}{}  {}",
                    account.slug,
                    account.app_id,
                    account.kind.as_str(),
                    if account.verified { "verified " } else { "" },
                    account.mode.as_str(),
                    account.name
                );
            }
        }
        Command::Show { slug } => show(app, &find(app, &key, &slug).await?),
        Command::Update { slug, fields, unverified, forget_previous_key } => {
            update(app, &key, &slug, fields, unverified, forget_previous_key).await?;
            println!("updated {slug}");
        }
        Command::Reseal { former_key_file } => {
            let former = MasterKey::obtain(&MasterKeySource::File(former_key_file), &app.config.data_dir)?;
            let transaction = app.db.begin_write().await?;
            let count = store::reseal(&transaction, &former, &key).await?;
            let factors = crate::admin::reseal_factors(&transaction, &former, &key).await?;
            transaction.commit().await?;
            println!(
                "sealed the secrets of {count} account(s) and {factors} second factor(s) anew: start all nodes with the \
                 new master key now"
            );
        }
        Command::Remove { slug, yes } => {
            let account = find_unopened(app, &key, &slug).await?;
            if !yes
                && !confirmed(&format!(
                    "Remove {slug} ({}) with all its content, followers and messages?",
                    account.name
                ))?
            {
                bail!("nothing was removed");
            }
            remove(app, &account).await?;
            println!("removed {slug}");
        }
    }
    Ok(())
}

/// Adds an account; a clash is explained.
pub(super) async fn add(app: &App, key: &MasterKey, slug: &str, settings: &Settings) -> anyhow::Result<()> {
    let transaction = app.db.begin_write().await?;
    store::add(&transaction, key, slug, settings, app.clock.now()).await.map_err(explain_clash)?;
    transaction.commit().await?;
    app.kv.tell_changed().await;
    Ok(())
}

/// The account of that name, or an error that names those there are.
pub(super) async fn find(app: &App, key: &MasterKey, slug: &str) -> anyhow::Result<Account> {
    match store::find(app.db.reader(), key, slug).await? {
        Some(account) => Ok(account),
        None => nobody(app, key, slug).await,
    }
}

/// As [`find`], for what needs no secrets: they may be lost with the master key.
async fn find_unopened(app: &App, key: &MasterKey, slug: &str) -> anyhow::Result<Unopened> {
    match store::find_unopened(app.db.reader(), slug).await? {
        Some(account) => Ok(account),
        None => nobody(app, key, slug).await,
    }
}

async fn nobody<T>(app: &App, key: &MasterKey, slug: &str) -> anyhow::Result<T> {
    let (known, unreadable) = store::all(app.db.reader(), key).await?;
    let mut known: Vec<&str> = known.iter().map(|account| account.slug.as_str()).collect();
    known.extend(unreadable.iter().map(|(slug, _)| slug.as_str()));
    bail!(
        "there is no account `{slug}`; there are: {}",
        if known.is_empty() { "none".into() } else { known.join(", ") }
    )
}

async fn update(
    app: &App,
    key: &MasterKey,
    slug: &str,
    mut fields: Fields,
    unverified: bool,
    forget_previous_key: bool,
) -> anyhow::Result<()> {
    if fields.is_empty() && !unverified && !forget_previous_key {
        bail!("nothing to change was named; see `hopetree account update --help`");
    }
    let account = find_unopened(app, key, slug).await?;
    fields.verified |= account.verified && !unverified;
    let opened = if fields.has_all_secrets() {
        // None of the former ones is needed, so they may be lost.
        store::find(app.db.reader(), key, slug).await.ok().flatten()
    } else {
        let opened = store::find(app.db.reader(), key, slug).await;
        opened.context(
            "if the master key is lost, give all secrets anew, at once: --app-secret, --token and --aes-key",
        )?
    };
    let former = opened.as_ref().map_or_else(|| Former::from(&account), Former::from);
    let settings = checked(None, fields, former)?;
    let transaction = app.db.begin_write().await?;
    match &opened {
        Some(opened) => store::update(&transaction, key, opened, &settings).await,
        None => store::renew(&transaction, key, &account, &settings).await,
    }
    .map_err(explain_clash)?;
    if forget_previous_key {
        store::forget_previous_key(&transaction, account.id).await?;
    }
    transaction.commit().await?;
    app.kv.tell_changed().await;
    Ok(())
}

fn explain_clash(error: sea_orm::DbErr) -> anyhow::Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            anyhow::anyhow!(
                "another account has this name or this AppID already; see `hopetree account list`"
            )
        }
        _ => error.into(),
    }
}

async fn remove(app: &App, account: &Unopened) -> anyhow::Result<()> {
    let transaction = app.db.begin_write().await?;
    messages::store::remove_account(&transaction, account.id).await?;
    messages::erasures::store::remove_account(&transaction, account.id).await?;
    subscribers::store::remove_account(&transaction, account.id).await?;
    content::store::remove_account(&transaction, account.id).await?;
    checks::store::remove_account(&transaction, account.id).await?;
    notices::store::remove_account(&transaction, account.id).await?;
    menus::store::remove_account(&transaction, account.id).await?;
    media::store::remove_account(&transaction, account.id).await?;
    jobs::store::remove_account(&transaction, account.id.0).await?;
    crate::admin::store::remove_account(&transaction, account.id).await?;
    store::remove(&transaction, account.id).await?;
    transaction.commit().await?;
    app.kv.tell_changed().await;
    // The account is gone whatever the storage says; what stays there nobody can fetch.
    let removed = match media::Storage::open(&app.config) {
        Ok(storage) => storage.delete_account(account.id).await,
        Err(error) => Err(error),
    };
    if let Err(error) = removed {
        eprintln!("The account's pictures and files are still in the storage: {error:#}");
    }
    Ok(())
}

/// Asks on the terminal.
pub(super) fn confirmed(question: &str) -> anyhow::Result<bool> {
    use std::io::Write;
    print!("{question} Type `yes`: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

fn show(app: &App, account: &Account) {
    println!("slug          {}", account.slug);
    println!("name          {}", account.name);
    println!("AppID         {}", account.app_id);
    println!(
        "original id   {}",
        account.original_id.as_deref().unwrap_or("(not given: pushes are not checked for it)")
    );
    println!(
        "kind          {}{}",
        account.kind.as_str(),
        if account.verified { ", verified" } else { ", not verified" }
    );
    println!("mode          {}", account.mode.as_str());
    println!("API           {}", account.api_base);
    println!("secrets       AppSecret, Token and EncodingAESKey are set and not shown");
    println!(
        "server URL    {}/wx/{}   (服务器地址 in WeChat's console)",
        app.config.public_url, account.slug
    );
    println!("pages         {}/h/{}/", app.config.public_url, account.slug);
    let denied: Vec<String> = Capability::ALL
        .into_iter()
        .filter(|capability| !account.can(*capability))
        .map(|capability| format!("{capability:?}"))
        .collect();
    println!(
        "not granted   {}",
        if denied.is_empty() { "(WeChat grants everything)".into() } else { denied.join(", ") }
    );
}
