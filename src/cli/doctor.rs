//! `hopetree doctor`: examines the installation, and says of each fault what to do about it.

use std::path::Path;
use std::process::ExitCode;

use crate::accounts::{Account, MasterKey, store};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::wechat::{Capability, Mode};
use crate::{admin, jobs, menus};

/// WeChat and certificates tolerate little more.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;

const WRONG_KEY: &str = "give the master key with which the accounts were added (HOPETREE_MASTER_KEY, \
     HOPETREE_MASTER_KEY_FILE or master.key in the data folder)";

#[derive(Default)]
struct Findings {
    faults: u32,
}

impl Findings {
    fn good(&self, what: &str) {
        println!("ok     {what}");
    }

    fn hint(&self, what: &str, remedy: &str) {
        println!("hint   {what}\n       → {remedy}");
    }

    fn bad(&mut self, what: &str, remedy: &str) {
        self.faults += 1;
        println!("FAULT  {what}\n       → {remedy}");
    }
}

pub(super) async fn run(config_file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = Config::read(config_file)?;
    let mut findings = Findings::default();
    findings.good(&format!("configuration: {}", config.describe()));
    if !config.public_url.starts_with("https://") {
        findings.hint(
            &format!("residents reach this server at {}", config.public_url),
            "set HOPETREE_PUBLIC_URL to the address with https:// that your reverse proxy serves; WeChat only uses ports 80 and 443",
        );
    }
    let app = match App::start(config, Clock::System).await {
        Ok(app) => app,
        Err(error) => {
            findings.bad(
                &format!("{error:#}"),
                "check that the database server runs, that HOPETREE_DATABASE_URL is right, and that the data folder can be written",
            );
            return Ok(ExitCode::FAILURE);
        }
    };
    findings.good(&format!("database: {} answers and has this program's schema", app.db.kind()));
    for variable in &app.config.unknown_variables {
        findings.hint(
            &format!("{variable} is set and is no setting of Hope Tree"),
            "mistyped? README.md lists the settings",
        );
    }
    match jobs::store::counts(app.db.reader()).await {
        Ok((open, 0)) => findings.good(&format!("{open} jobs wait in the queue, none has been given up")),
        Ok((_, buried)) => findings.hint(
            &format!("{buried} jobs were given up after many tries"),
            "the log says why, at `a job failed`; what they were for is then done by hand",
        ),
        Err(error) => findings.bad(&error.to_string(), "check the database"),
    }
    match admin::store::other_owners(app.db.reader(), admin::PersonId(0)).await {
        Ok(0) => findings.hint(
            "nobody can sign in to the console and look after people",
            "add an owner: hopetree user add NAME --role owner, with the password on standard input; or hopetree user list, then enable or grant",
        ),
        Ok(count) => findings.good(&format!("{count} owners can sign in to the console")),
        Err(error) => findings.bad(&error.to_string(), "check the database"),
    }
    match app.kv.ping().await {
        Ok(()) => findings.good("key-value store answers"),
        Err(error) => {
            findings.bad(&error.to_string(), "check that Redis runs and that HOPETREE_REDIS_URL is right")
        }
    }
    let accounts = match MasterKey::obtain(&app.config.master_key, &app.config.data_dir) {
        Ok(key) => store::all(app.db.reader(), &key).await.map_err(anyhow::Error::from),
        Err(error) => Err(error.into()),
    };
    let accounts = accounts.map(|(accounts, unreadable)| {
        for (slug, error) in unreadable {
            findings.bad(&format!("{slug}: {error:#}"), WRONG_KEY);
        }
        accounts
    });
    match accounts {
        Ok(accounts) if accounts.is_empty() => {
            findings.hint("there is no account yet", "add one: hopetree account add SLUG --name …");
        }
        Ok(accounts) => {
            for account in &accounts {
                examine(&app, account, &mut findings).await;
            }
        }
        Err(error) => findings.bad(&format!("{error:#}"), WRONG_KEY),
    }
    println!("{}", if findings.faults == 0 { "all is well" } else { "there are faults: see above" });
    Ok(if findings.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(app: &App, account: &Account, findings: &mut Findings) {
    let slug = &account.slug;
    if account.mode == Mode::Plain {
        findings.hint(
            &format!("{slug}: mode plain: pushes are neither encrypted nor is their body signed"),
            "choose 安全模式 in WeChat's console, then: hopetree account update SLUG --mode secure",
        );
    }
    if account.original_id.is_none() {
        findings.hint(
            &format!("{slug}: the original id (原始ID) is not given"),
            "hopetree account update SLUG --original-id gh_…; pushes to another account are then refused",
        );
    }
    if account.can(Capability::CustomMenu)
        && menus::store::is_unpushed(app.db.reader(), account.id).await.unwrap_or(false)
    {
        findings.hint(
            &format!("{slug}: the menu was changed and WeChat has not got it yet"),
            &format!("hopetree menu push --account {slug}"),
        );
    }
    match app.platform.try_credentials(&account.caller()).await {
        Ok(()) => findings.good(&format!("{slug}: the platform at {} gives a token", account.api_base)),
        Err(error) => {
            findings.bad(&format!("{slug}: {error}"), &error.advice());
            return;
        }
    }
    match app.platform.clock_difference(&account.caller(), app.clock.now()).await {
        Ok(Some(seconds)) if seconds.abs() > CLOCK_TOLERANCE_SECONDS => findings.bad(
            &format!("{slug}: this machine's clock differs by {seconds} s from the platform's"),
            "set the clock, and let the system keep it (timedatectl set-ntp true)",
        ),
        Ok(Some(seconds)) => findings.good(&format!("{slug}: the clocks differ by {seconds} s")),
        Ok(None) => findings.hint(&format!("{slug}: the platform told no time"), "compare the clock by hand"),
        Err(error) => findings.bad(&format!("{slug}: {error}"), &error.advice()),
    }
    if account.can(Capability::Users) {
        match app.platform.follower_count(&account.caller()).await {
            Ok(count) => findings.good(&format!("{slug}: the platform counts {count} followers")),
            Err(error) => findings.bad(
                &format!("{slug}: {error}"),
                &format!("{} If the account is not verified (微信认证): hopetree account update {slug} --unverified", error.advice()),
            ),
        }
    }
}
