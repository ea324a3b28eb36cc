//! Followers as a sheet: read part by part and written row by row, so that a hundred thousand take no more memory than a
//! hundred.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;
use sea_orm::DatabaseConnection;
use tokio::sync::mpsc;

use super::store::{self, Filter, Labels};
use super::{Subscriber, masked, texts};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::sheets::{Column, Writer};

/// More rows are not written.
pub(super) const MOST_ROWS: u64 = 100_000;
const PART: u64 = 500;

/// The newest followers that a filter lets through, as a file, and how many there are in it.
pub(super) async fn export(
    db: &DatabaseConnection,
    account: AccountId,
    filter: &Filter,
    folder: PathBuf,
) -> anyhow::Result<(Vec<u8>, u64)> {
    let (rows, mut waiting) = mpsc::channel::<Vec<String>>(256);
    let writing = tokio::task::spawn_blocking(move || {
        let columns = texts::TITLES.map(|(title, width)| Column { title, width });
        let mut writer = Writer::new(texts::SHEET, &columns, &folder)?;
        while let Some(row) = waiting.blocking_recv() {
            writer.add(row.iter().map(String::as_str))?;
        }
        writer.finish()
    });
    let tags = store::tags(db, account).await?;
    let tags: HashMap<i64, String> = tags.into_iter().map(|tag| (tag.id, tag.name)).collect();
    let (mut before, mut count) = (None, 0);
    while count < MOST_ROWS {
        let listed = store::list(db, account, filter, before, PART.min(MOST_ROWS - count)).await?;
        let ids: Vec<i64> = listed.rows.iter().map(|row| row.id).collect();
        let labels = store::labels(db, account, &ids).await?;
        for person in &listed.rows {
            let sent = rows.send(row(person, labels.get(&person.id), &tags)).await;
            // Then it has failed, and says why below.
            if sent.is_err() {
                break;
            }
            count += 1;
        }
        before = listed.next;
        if before.is_none() || rows.is_closed() {
            break;
        }
    }
    drop(rows);
    let bytes = writing.await.context("writing a sheet")?.context("write a sheet")?;
    Ok((bytes, count))
}

fn row(person: &Subscriber, labels: Option<&Labels>, tags: &HashMap<i64, String>) -> Vec<String> {
    let moment = |millis: Option<i64>| {
        let millis = millis.map(Timestamp::from_millis);
        millis.map_or(String::new(), |at| at.in_shanghai().format("%Y-%m-%d %H:%M").to_string())
    };
    let tags: Vec<&str> = labels
        .iter()
        .flat_map(|labels| &labels.tags)
        .filter_map(|tag| tags.get(tag).map(String::as_str))
        .collect();
    vec![
        masked(&person.openid),
        labels.map(|labels| labels.remark.clone()).unwrap_or_default(),
        tags.join("、"),
        texts::state(person.state).into(),
        texts::source_name(&person.source),
        person.scene.clone().unwrap_or_default(),
        moment(person.first_followed_at),
        moment(person.last_followed_at),
        moment(person.last_left_at),
        moment(Some(person.last_interaction_at)),
        person.messages.to_string(),
    ]
}
