//! `hopetree prune` and `hopetree erase`: what is no longer kept.

use anyhow::{Context, bail};

use super::accounts::{confirmed, find};
use crate::accounts::MasterKey;
use crate::app::App;
use crate::retention::{self, Doing, Pruned};
use crate::wechat::OpenId;

const JOURNALS: &str = "What waits of this person in the journal of a node is left out when it comes in; what is kept in \
     journal/rejected.jsonl is removed by each node that runs within a minute, and by others at their start.";

#[derive(clap::Args)]
pub(super) struct PruneOptions {
    /// Only say what would be removed.
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
pub(super) struct EraseOptions {
    /// The person, as `FromUserName` names them; upper and lower case differ.
    openid: String,
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(app: &App, options: &PruneOptions) -> anyhow::Result<()> {
    let (doing, done) = match options.dry_run {
        true => (Doing::Count, "would be removed"),
        false => (Doing::Remove, "removed"),
    };
    let pruned = retention::prune(app, doing).await.context("not everything that is too old was removed")?;
    for Pruned { what, days, count } in pruned {
        match days {
            Some(days) => println!("{what:<40} kept {days:>5} days  {count:>9} {done}"),
            None => println!("{what:<40} kept for ever"),
        }
    }
    Ok(())
}

pub(super) async fn run_erase(app: &App, options: &EraseOptions) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let account = find(app, &key, &options.account).await?;
    let openid = OpenId::parse(&options.openid)?;
    let question = format!("Erase everything that {} ({}) keeps of this person?", account.slug, account.name);
    if !options.yes && !confirmed(&question)? {
        bail!("nothing was erased");
    }
    let erased = retention::erase(app, account.id, &openid).await;
    let erased = erased.context("not everything was erased: repeat the command")?;
    if !erased.anything() {
        bail!(
            "{} keeps nothing of this openid in the database: check it, upper and lower case differ, and it is another \
             one in each account. {JOURNALS}",
            account.slug
        );
    }
    println!("messages with their answers     {} removed", erased.messages);
    println!("the person as a follower        {}", if erased.was_known { "removed" } else { "was not kept" });
    println!("lines in the ledger of follows  {} stay without the name", erased.lines);
    println!("background work                 {} removed", erased.jobs);
    println!("{JOURNALS}");
    println!(
        "Backups keep what they hold until they are thrown away. Who still follows is known again when they write or \
         leave."
    );
    Ok(())
}
