//! Background work on menus: pushing one to WeChat, and publishing what was planned.

use std::time::Duration;

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};

use super::store::{self, PlanState, PushState};
use super::{Definition, Known, has_errors, problems, publishing, texts};
use crate::accounts::{Account, Context};
use crate::app::App;
use crate::jobs::Job;
use crate::platform::{self, ConditionalMenu};
use crate::wechat::errcode::{self, Remedy};

/// How often plans are looked at.
const PAUSE: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(5);
const AT_ONCE: u64 = 20;
/// A plan that is later than this waits for a person: what was right for a morning may be wrong in the evening.
const LATE_MILLIS: i64 = 30 * 60_000;
/// The queue tries as often; after that nobody tries again.
const ATTEMPTS: i64 = 8;

/// Gives WeChat the account's menu. Safe to repeat: it replaces what is there. A version that is no longer the latest
/// one asked for is passed over.
#[derive(Serialize, Deserialize)]
pub struct PushMenu {
    pub account: String,
    pub number: i64,
}

impl Job for PushMenu {
    const KIND: &'static str = "menus.push";
    type Context = Context;

    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Some(account) = context.directory.find(&self.account) else { return Ok(()) };
        let app = &context.app;
        let push = store::push(app.db.reader(), account.id).await?;
        let is_due = |push: &store::Push| push.number == self.number && push.state == PushState::Waiting;
        let Some(push) = push.filter(is_due) else { return Ok(()) };
        let Some(menu) = store::find(app.db.reader(), account.id).await? else { return Ok(()) };
        let Err(error) = give(app, &account, &menu.definition).await else {
            return note(app, &account, self.number, PushState::Taken, None).await;
        };
        let is_final = !may_succeed_later(&error) || push.attempts + 1 >= ATTEMPTS;
        let code = match &error {
            platform::Error::Refused { code, .. } | platform::Error::Busy { code } => Some(code.to_string()),
            platform::Error::Unreachable(_) | platform::Error::Garbled(_) => None,
        };
        let mut advice = error.advice();
        let state = if is_final { PushState::Failed } else { PushState::Waiting };
        if push.attempts + 1 >= ATTEMPTS {
            advice.push_str(texts::GIVEN_UP);
        }
        note(app, &account, self.number, state, Some((code, advice))).await?;
        if is_final {
            tracing::warn!(account = account.slug, %error, "WeChat does not take the menu");
            return Ok(());
        }
        Err(error.into())
    }
}

/// Puts a menu with its variants into WeChat.
///
/// # Errors
/// The platform's.
pub async fn give(app: &App, account: &Account, definition: &Definition) -> Result<(), platform::Error> {
    let unfit = |error: crate::wechat::menu::MenuError| platform::Error::Refused {
        code: error.errcode(),
        message: error.to_string(),
    };
    let menu = definition.menu().map_err(unfit)?;
    let conditionals = definition.conditionals().map_err(unfit)?;
    let conditionals: Vec<ConditionalMenu> = conditionals
        .into_iter()
        .map(|conditional| ConditionalMenu { menu: conditional.menu, rule: conditional.rule })
        .collect();
    app.platform.replace_menus(&account.caller(), &menu, &conditionals).await
}

async fn note(
    app: &App,
    account: &Account,
    number: i64,
    state: PushState,
    failure: Option<(Option<String>, String)>,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let transaction = app.db.begin_write().await?;
    store::end_push(&transaction, account.id, number, state, failure, now).await?;
    if state == PushState::Taken {
        store::mark_pushed(&transaction, account.id, now).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn may_succeed_later(error: &platform::Error) -> bool {
    match error {
        platform::Error::Refused { code, .. } => match errcode::explain(*code).remedy {
            Remedy::Retry | Remedy::RefreshToken | Remedy::Quota => true,
            Remedy::FixInput | Remedy::Configuration | Remedy::Recipient | Remedy::Harmless => false,
        },
        platform::Error::Busy { .. } | platform::Error::Unreachable(_) | platform::Error::Garbled(_) => true,
    }
}

/// Publishes what was planned when its time comes, once over all nodes, until shutdown.
pub async fn keep_plans(context: std::sync::Arc<Context>) {
    let app = &context.app;
    let mut failing = false;
    loop {
        let result = tokio::time::timeout(LIMIT, publish_due(&context)).await;
        let result = result.unwrap_or_else(|elapsed| Err(elapsed.into()));
        if let (Err(error), false) = (&result, failing) {
            tracing::warn!(
                error = crate::db::told_whole(error),
                "planned menus cannot be looked at; it is tried again"
            );
        }
        failing = result.is_err();
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => (),
        }
    }
}

async fn publish_due(context: &Context) -> anyhow::Result<()> {
    let app = &context.app;
    let now = app.clock.now();
    for plan in store::due_plans(app.db.reader(), now, AT_ONCE).await? {
        let accounts = context.directory.all();
        let Some(account) = accounts.iter().find(|account| account.id == plan.account) else { continue };
        let transaction = app.db.begin_write().await?;
        let state = if now.millis() - plan.publish_at.millis() > LATE_MILLIS {
            PlanState::Late
        } else if leads_nowhere(app, &transaction, account, plan.number).await? {
            PlanState::Faulty
        } else {
            PlanState::Done
        };
        // Whoever brings it out of waiting publishes it; another node then finds it done.
        if !store::decide_plan(&transaction, account.id, plan.id, PlanState::Waiting, state).await? {
            transaction.rollback().await?;
            continue;
        }
        if state == PlanState::Done {
            publishing::adopt(&transaction, account, plan.number, &plan.planned_by, now).await?;
            publishing::push(&transaction, account, plan.number, now).await?;
        }
        transaction.commit().await?;
        let (account, number) = (&account.slug, plan.number);
        match state {
            PlanState::Done => {
                app.kv.tell_changed().await;
                tracing::info!(account, number, "a planned menu was published");
            }
            PlanState::Faulty => {
                tracing::warn!(
                    account,
                    number,
                    "a planned menu leads to what is gone, and waits for a person"
                );
            }
            _ => tracing::warn!(account, number, "a planned menu is late and waits for a person"),
        }
    }
    Ok(())
}

/// Whether a version has faults by now: what it leads to may have gone since it was planned.
async fn leads_nowhere(
    app: &App,
    db: &DatabaseTransaction,
    account: &Account,
    number: i64,
) -> anyhow::Result<bool> {
    let Some(version) = store::version(db, account.id, number).await? else { return Ok(true) };
    let known = Known::of(db, &app.config.public_url, account, &version.definition).await?;
    Ok(has_errors(&problems(&version.definition, &known)))
}
