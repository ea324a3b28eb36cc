//! `hopetree stats`: followers now, and by day.

use std::collections::HashMap;

use chrono::Days;

use super::accounts::find;
use crate::accounts::MasterKey;
use crate::app::App;
use crate::clock::Timestamp;
use crate::messages;
use crate::subscribers::{self, DayCount};

#[derive(clap::Args)]
pub(super) struct Options {
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// How many days back, today included (Asia/Shanghai).
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
}

pub(super) async fn run(app: &App, options: &Options) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let account = find(app, &key, &options.account).await?;
    let today = app.clock.now().shanghai_date();
    let first = today - Days::new(u64::from(options.days) - 1);
    let db = app.db.reader();
    let since = Timestamp::start_of_shanghai_day(first);
    let counted = subscribers::store::by_day(db, account.id, since).await?;
    let by_date: HashMap<_, DayCount> = counted.into_iter().map(|day| (day.date, day)).collect();
    println!("account    {} ({})", account.slug, account.name);
    println!("followers  {}", subscribers::store::following(db, account.id).await?);
    for (source, count) in subscribers::store::sources(db, account.id).await? {
        println!("  came by  {source}: {count}");
    }
    println!("messages   {}", messages::store::count(db, account.id).await?);
    println!("\n{:<12}{:>6}{:>6}{:>6}", "date", "new", "lost", "net");
    for date in first.iter_days().take_while(|date| *date <= today) {
        let day = by_date.get(&date).copied().unwrap_or(DayCount { date, followed: 0, left: 0 });
        println!("{:<12}{:>6}{:>6}{:>+6}", date.to_string(), day.followed, day.left, day.net());
    }
    Ok(())
}
