//! `hopetree content …` and `hopetree menu …`: what accounts tell residents, as files.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;

use super::accounts::find;
use crate::accounts::{self, Account, MasterKey};
use crate::app::App;
use crate::content::{self, Others};
use crate::menus::{self, Definition};
use crate::notices;
use crate::wechat::Capability;

#[derive(Subcommand)]
pub(super) enum ContentCommand {
    /// Bring a folder of content into an account. It can be repeated; a bad file stops all of it.
    Import {
        #[arg(default_value = "content")]
        folder: PathBuf,
        #[arg(long, value_name = "SLUG")]
        account: String,
        /// Also remove what is in the account and not in the folder.
        #[arg(long)]
        prune: bool,
    },
    /// Write an account's content into a new folder, in the form that import takes.
    Export {
        folder: PathBuf,
        #[arg(long, value_name = "SLUG")]
        account: String,
    },
}

#[derive(Subcommand)]
pub(super) enum MenuCommand {
    /// Check a menu file and bring it into an account.
    Import {
        #[arg(default_value = "menus/hope-tree.toml")]
        file: PathBuf,
        #[arg(long, value_name = "SLUG")]
        account: String,
    },
    /// Write an account's menu into a file, or to the screen.
    Export {
        file: Option<PathBuf>,
        #[arg(long, value_name = "SLUG")]
        account: String,
    },
    /// Check a menu file without changing anything; with an account, also that its sections are there.
    Check {
        #[arg(default_value = "menus/hope-tree.toml")]
        file: PathBuf,
        #[arg(long, value_name = "SLUG")]
        account: Option<String>,
    },
    /// Put an account's menu into WeChat. Phones show it within five minutes.
    Push {
        #[arg(long, value_name = "SLUG")]
        account: String,
    },
}

pub(super) async fn run(app: &App, command: ContentCommand) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    match command {
        ContentCommand::Import { folder, account, prune } => {
            let account = find(app, &key, &account).await?;
            let others = if prune { Others::Remove } else { Others::Keep };
            let report = import(app, &account, &folder, others).await?;
            print!("{report}");
            if !report.changed_anything() {
                println!("nothing was changed");
            }
        }
        ContentCommand::Export { folder, account } => {
            let account = find(app, &key, &account).await?;
            let files = content::export(app.db.reader(), account.id, &folder).await?;
            println!("wrote {files} files into {}", folder.display());
        }
    }
    Ok(())
}

/// Brings a folder into an account, whole or not at all.
pub(super) async fn import(
    app: &App,
    account: &Account,
    folder: &Path,
    others: Others,
) -> anyhow::Result<content::Report> {
    let bundle = content::read_folder(folder).map_err(|faults| {
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("  {}/{fault}", folder.display())).collect();
        anyhow::anyhow!("nothing was imported, since these files have faults:\n{}", faults.join("\n"))
    })?;
    let transaction = app.db.begin_write().await?;
    let report = content::import(&transaction, account.id, bundle, others).await?;
    if report.changed_anything() {
        accounts::store::touch(&transaction, account.id).await?;
    }
    transaction.commit().await?;
    app.kv.tell_changed().await;
    notices::adopting::follow(app, account).await?;
    Ok(report)
}

pub(super) async fn run_menu(app: &App, command: MenuCommand) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    match command {
        MenuCommand::Import { file, account } => {
            let account = find(app, &key, &account).await?;
            import_menu(app, &account, &file).await?;
            println!("imported; `hopetree menu push --account {}` puts it into WeChat", account.slug);
        }
        MenuCommand::Export { file, account } => {
            let account = find(app, &key, &account).await?;
            let menu = present_menu(app, &account).await?;
            let sections = section_names(app, &account).await?;
            let sections: Vec<&str> = sections.iter().map(String::as_str).collect();
            let text = menus::to_toml(&menu, &sections);
            match file {
                Some(file) if file.exists() => bail!("{} is there already: name a new file", file.display()),
                Some(file) => {
                    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?
                }
                None => print!("{text}"),
            }
        }
        MenuCommand::Check { file, account } => {
            let sections = match account {
                Some(slug) => Some(section_names(app, &find(app, &key, &slug).await?).await?),
                None => None,
            };
            check_menu(&file, sections.as_deref())?;
        }
        MenuCommand::Push { account } => {
            let account = find(app, &key, &account).await?;
            push_menu(app, &account).await?;
            println!("WeChat has taken the menu; phones show it within five minutes");
        }
    }
    Ok(())
}

/// Checks a menu file, and says so when it is good. Without the names of sections, any may be used.
pub(super) fn check_menu(file: &Path, sections: Option<&[String]>) -> anyhow::Result<()> {
    let menu = read_menu(file, sections)?;
    let buttons: usize = menu.button.iter().map(|button| button.sub_button.len().max(1)).sum();
    println!("{} is a menu that WeChat takes: {buttons} buttons that do something", file.display());
    Ok(())
}

/// Brings a menu file into an account.
pub(super) async fn import_menu(app: &App, account: &Account, file: &Path) -> anyhow::Result<()> {
    let sections = section_names(app, account).await?;
    let menu = read_menu(file, Some(&sections))?;
    let transaction = app.db.begin_write().await?;
    let now = app.clock.now();
    let number =
        menus::publishing::keep(&transaction, account, &menu, "", menus::BY_COMMAND_LINE, now).await?;
    menus::publishing::adopt(&transaction, account, number, menus::BY_COMMAND_LINE, now).await?;
    transaction.commit().await?;
    app.kv.tell_changed().await;
    Ok(())
}

/// Puts an account's menu into WeChat.
pub(super) async fn push_menu(app: &App, account: &Account) -> anyhow::Result<()> {
    let menu = present_menu(app, account).await?;
    if !account.can(Capability::CustomMenu) {
        bail!(
            "WeChat grants no custom menu to {} ({}, not verified): residents get the numbered menu in the chat instead",
            account.slug,
            account.kind.as_str()
        );
    }
    menus::jobs::give(app, account, &menu)
        .await
        .map_err(|error| anyhow::anyhow!("{error}\n{}", error.advice()))?;
    let transaction = app.db.begin_write().await?;
    menus::store::mark_pushed(&transaction, account.id, app.clock.now()).await?;
    transaction.commit().await?;
    Ok(())
}

async fn present_menu(app: &App, account: &Account) -> anyhow::Result<Definition> {
    let menu = menus::store::find(app.db.reader(), account.id).await?;
    menu.map(|menu| menu.definition).with_context(|| {
        format!(
            "{0} has no menu yet: `hopetree menu import menus/hope-tree.toml --account {0}`",
            account.slug
        )
    })
}

async fn section_names(app: &App, account: &Account) -> anyhow::Result<Vec<String>> {
    let sections = content::store::sections(app.db.reader(), account.id).await?;
    Ok(sections.into_iter().map(|section| section.slug).collect())
}

fn read_menu(file: &Path, sections: Option<&[String]>) -> anyhow::Result<Definition> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let names: Option<Vec<&str>> = sections.map(|names| names.iter().map(String::as_str).collect());
    menus::from_toml(&text, names.as_deref()).map_err(|faults| {
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("  {}, {fault}", file.display())).collect();
        anyhow::anyhow!("this is no menu that WeChat takes:\n{}", faults.join("\n"))
    })
}
