//! What the editor shows, read together.

use sea_orm::ConnectionTrait;

use super::views::{DraftView, MenuDesk, PlanView, PublishedView, PushView, TargetView, Targets};
use crate::accounts::Account;
use crate::admin::Office;
use crate::content;
use crate::http::Result;
use crate::menus::{Definition, Known, changes, problems, store, texts};
use crate::wechat::Capability;

/// So many plans are shown, what is done among them.
const PLANS: u64 = 20;
/// Rules that a button may lead to are chosen from a list.
const RULES: usize = 1_000;

pub(super) async fn desk(office: &Office, account: &Account) -> Result<MenuDesk> {
    let db = office.app.db.reader();
    let published = store::find(db, account.id).await?;
    let number = store::version_in_force(db, account.id).await?;
    let draft = store::draft(db, account.id).await?;
    let draft = match (draft, &published) {
        (Some(draft), _) => DraftView {
            definition: draft.definition,
            version: draft.version,
            changed_by: Some(draft.changed_by),
            changed_at: Some(draft.changed_at.millis()),
        },
        (None, published) => DraftView {
            definition: published.as_ref().map(|published| published.definition.clone()).unwrap_or_default(),
            version: 0,
            changed_by: None,
            changed_at: None,
        },
    };
    let known = Known::of(db, &office.app.config.public_url, account, &draft.definition).await?;
    let nothing = Definition::default();
    let before = published.as_ref().map_or(&nothing, |published| &published.definition);
    let can_push = account.can(Capability::CustomMenu);
    let plans = store::plans(db, account.id, PLANS).await?;
    Ok(MenuDesk {
        can_push,
        notice: (!can_push).then(|| texts::NO_PERMISSION.to_owned()),
        changes: changes(before, &draft.definition, &known),
        problems: problems(&draft.definition, &known),
        targets: targets(account, db, &known).await?,
        draft,
        published: published.map(|published| PublishedView {
            definition: published.definition,
            number,
            changed_at: published.changed_at.millis(),
            pushed_at: published.pushed_at.map(crate::clock::Timestamp::millis),
        }),
        push: store::push(db, account.id).await?.map(PushView::from),
        plans: plans.into_iter().map(PlanView::from).collect(),
    })
}

async fn targets(account: &Account, db: &impl ConnectionTrait, known: &Known) -> Result<Targets> {
    let sections = content::store::sections(db, account.id).await?;
    let rules = content::store::rules(db, account.id).await?;
    let rules = rules.into_iter().filter(|rule| !rule.disabled).take(RULES);
    Ok(Targets {
        sections: sections
            .into_iter()
            .map(|section| TargetView { key: section.slug, title: section.title })
            .collect(),
        rules: rules
            .map(|rule| {
                let title = rule.note.clone().or_else(|| rule.words().into_iter().next());
                TargetView { title: title.unwrap_or_else(|| rule.slug.clone()), key: rule.slug }
            })
            .collect(),
        pages: known.pages.clone(),
    })
}
