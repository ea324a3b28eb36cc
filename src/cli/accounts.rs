//! `hopetree account …`: the official accounts.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use sea_orm::SqlErr;

use crate::accounts::{Account, MasterKey, Settings, Slug, store};
use crate::app::App;
use crate::config::MasterKeySource;
use crate::platform::WECHAT_API;
use crate::wechat::{AccountKind, AesKey, AppId, Capability, Mode, Token};
use crate::{checks, content, jobs, menus, messages, subscribers};

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

/// Kept as text until all are checked, so that no secret is repeated in a complaint.
#[derive(clap::Args)]
pub(super) struct Fields {
    /// The account's name as residents see it.
    #[arg(long)]
    name: Option<String>,
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    #[arg(long, value_name = "S")]
    app_secret: Option<String>,
    /// 3 to 32 letters and digits, the same as in WeChat's console.
    #[arg(long, value_name = "T")]
    token: Option<String>,
    /// EncodingAESKey: 43 letters and digits, the same as in WeChat's console.
    #[arg(long, value_name = "K")]
    aes_key: Option<String>,
    /// plain, compatible or secure, the same as in WeChat's console.
    #[arg(long)]
    mode: Option<String>,
    /// subscription (订阅号) or service (服务号).
    #[arg(long)]
    kind: Option<String>,
    /// The account has passed WeChat's verification (微信认证).
    #[arg(long)]
    verified: bool,
    /// 原始ID, `gh_…`: pushes to another are then refused.
    #[arg(long, value_name = "GH")]
    original_id: Option<String>,
    /// Where the platform's API is.
    #[arg(long, value_name = "URL")]
    api_base: Option<String>,
}

impl Fields {
    fn is_empty(&self) -> bool {
        let texts = [&self.name, &self.app_id, &self.app_secret, &self.token, &self.aes_key];
        let others = [&self.mode, &self.kind, &self.original_id, &self.api_base];
        !self.verified && texts.into_iter().chain(others).all(Option::is_none)
    }
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    match command {
        Command::Add { slug, fields } => {
            let settings = checked(Some(&slug), fields, None)?;
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
        Command::Update { slug, mut fields, unverified, forget_previous_key } => {
            let account = find(app, &key, &slug).await?;
            if fields.is_empty() && !unverified && !forget_previous_key {
                bail!("nothing to change was named; see `hopetree account update --help`");
            }
            fields.verified |= account.verified && !unverified;
            let settings = checked(None, fields, Some(&account))?;
            let transaction = app.db.begin_write().await?;
            store::update(&transaction, &key, &account, &settings).await.map_err(explain_clash)?;
            if forget_previous_key {
                store::forget_previous_key(&transaction, account.id).await?;
            }
            transaction.commit().await?;
            app.kv.tell_changed().await;
            println!("updated {slug}");
        }
        Command::Reseal { former_key_file } => {
            let former = MasterKey::obtain(&MasterKeySource::File(former_key_file), &app.config.data_dir)?;
            let transaction = app.db.begin_write().await?;
            let count = store::reseal(&transaction, &former, &key).await?;
            transaction.commit().await?;
            println!(
                "sealed the secrets of {count} account(s) anew: start all nodes with the new master key now"
            );
        }
        Command::Remove { slug, yes } => {
            let account = find(app, &key, &slug).await?;
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
    if let Some(account) = store::find(app.db.reader(), key, slug).await? {
        return Ok(account);
    }
    let (known, _) = store::all(app.db.reader(), key).await?;
    let known: Vec<&str> = known.iter().map(|account| account.slug.as_str()).collect();
    bail!(
        "there is no account `{slug}`; there are: {}",
        if known.is_empty() { "none".into() } else { known.join(", ") }
    )
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

async fn remove(app: &App, account: &Account) -> anyhow::Result<()> {
    let transaction = app.db.begin_write().await?;
    messages::store::remove_account(&transaction, account.id).await?;
    messages::erasures::store::remove_account(&transaction, account.id).await?;
    subscribers::store::remove_account(&transaction, account.id).await?;
    content::store::remove_account(&transaction, account.id).await?;
    checks::store::remove_account(&transaction, account.id).await?;
    menus::store::remove_account(&transaction, account.id).await?;
    jobs::store::remove_account(&transaction, account.id.0).await?;
    store::remove(&transaction, account.id).await?;
    transaction.commit().await?;
    app.kv.tell_changed().await;
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

/// All settings checked together; what is not given is taken from the account that is changed.
fn checked(slug: Option<&str>, fields: Fields, former: Option<&Account>) -> anyhow::Result<Settings> {
    let mut problems: Vec<String> = slug.and_then(|slug| Slug::parse(slug).err()).into_iter().collect();
    let mut given = |flag: &str, value: Option<String>, known: Option<String>| {
        value.or(known).unwrap_or_else(|| {
            problems.push(format!("{flag} is missing"));
            String::new()
        })
    };
    let name = given("--name", fields.name, former.map(|account| account.name.clone()));
    let app_id = given("--app-id", fields.app_id, former.map(|account| account.app_id.as_str().into()));
    let app_secret =
        given("--app-secret", fields.app_secret, former.map(|account| account.app_secret.clone()));
    let token = given("--token", fields.token, former.map(|account| account.token.expose().into()));
    let aes_key =
        given("--aes-key", fields.aes_key, former.map(|account| account.envelope.key().expose().into()));
    let mode = given("--mode", fields.mode, former.map(|account| account.mode.as_str().into()));
    let kind = given("--kind", fields.kind, former.map(|account| account.kind.as_str().into()));
    // An empty one takes the id away: then pushes are not checked for it.
    let original_id = fields.original_id.or_else(|| former.and_then(|account| account.original_id.clone()));
    let original_id = original_id.filter(|id| !id.is_empty());
    let api_base = fields
        .api_base
        .or_else(|| former.map(|account| account.api_base.clone()))
        .unwrap_or_else(|| WECHAT_API.into());
    let api_base = api_base.trim_end_matches('/').to_owned();
    let is_plain = |character: char| !character.is_control() && !matches!(character, '<' | '>');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    for (is_wrong, flag, what) in [
        (name.trim().is_empty() || name.chars().count() > 30, "--name", "must have 1 to 30 characters"),
        (!name.chars().all(is_plain), "--name", "must be on one line, without < and >"),
        (
            app_secret.is_empty()
                || app_secret.len() > 128
                || !app_secret.bytes().all(|byte| byte.is_ascii_graphic()),
            "--app-secret",
            "must be the AppSecret: letters and digits",
        ),
        (
            original_id.as_ref().is_some_and(|id| id.len() > 32 || !id.bytes().all(is_word)),
            "--original-id",
            "must be the 原始ID, `gh_` and 12 characters; an empty one takes it away",
        ),
        (
            !is_api_base(&api_base),
            "--api-base",
            "must be https:// with a host and perhaps a path (http:// only for this machine or a private network)",
        ),
    ] {
        let is_missing = problems.iter().any(|problem| problem.starts_with(&format!("{flag} is missing")));
        if is_wrong && !is_missing {
            problems.push(format!("{flag} {what}"));
        }
    }
    let app_id = AppId::parse(&app_id);
    let token = Token::parse(&token);
    let aes_key = AesKey::parse(&aes_key);
    let mode = mode.parse::<Mode>();
    let kind = kind.parse::<AccountKind>();
    for (is_wrong, flag, what) in [
        (app_id.is_err(), "--app-id", "must be the AppID: `wx` and 16 hexadecimal digits"),
        (token.is_err(), "--token", "must be 3 to 32 letters and digits"),
        (aes_key.is_err(), "--aes-key", "must be 43 letters and digits"),
        (mode.is_err(), "--mode", "must be plain, compatible or secure"),
        (kind.is_err(), "--kind", "must be subscription or service"),
    ] {
        let is_missing = problems.iter().any(|problem| problem.starts_with(&format!("{flag} ")));
        if is_wrong && !is_missing {
            problems.push(format!("{flag} {what}"));
        }
    }
    if !problems.is_empty() {
        bail!("the account's settings have problems:\n  - {}", problems.join("\n  - "));
    }
    Ok(Settings {
        name,
        app_id: app_id.context("--app-id")?,
        app_secret,
        token: token.context("--token")?,
        aes_key: aes_key.context("--aes-key")?,
        mode: mode.context("--mode")?,
        kind: kind.context("--kind")?,
        verified: fields.verified,
        original_id,
        api_base,
    })
}

/// Whether calls may go there: the AppSecret travels with them, so not in clear through the internet.
fn is_api_base(url: &str) -> bool {
    if url.len() > 255 || url.contains(['?', '#', '@', ' ']) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return !rest.is_empty();
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match name.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        // A name without a dot is one of a private network, such as a container's.
        Err(_) => !name.is_empty() && !name.contains('.'),
    }
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
