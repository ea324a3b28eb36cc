//! A notice looked through by machine, with what its account knows: the numbers that it gives out, and its word list.

use sea_orm::ConnectionTrait;

use crate::accounts::AccountId;
use crate::checks::{self, Draft, Findings, Segmenter, Surroundings, WordList};
use crate::clock::Timestamp;
use crate::content::{self, html};
use crate::notices::Content;

/// Looks a content through, on a thread for work that takes its time.
///
/// # Errors
/// When the database fails.
pub async fn look_through(
    db: &impl ConnectionTrait,
    segmenter: &Segmenter,
    account: AccountId,
    content: Content,
    now: Timestamp,
) -> anyhow::Result<Findings> {
    let listed = checks::store::all(db, account).await?;
    let contacts = content::store::contacts(db, account).await?;
    let places = content::store::places(db, account).await?;
    let segmenter = segmenter.clone();
    let look = move || {
        let words = WordList::new(listed.into_iter().map(|listed| listed.word).collect());
        let of_places = places.iter().filter_map(|place| place.phone.as_deref());
        let numbers: Vec<&str> =
            contacts.iter().map(|contact| contact.phone.as_str()).chain(of_places).collect();
        let attachments: Vec<&str> = content.attachments.iter().map(|file| file.name.as_str()).collect();
        let draft = Draft {
            title: &content.title,
            digest: &content.digest,
            author: content.author.as_deref().unwrap_or_default(),
            source: content.source.as_deref().unwrap_or_default(),
            body: &content.body_html,
            has_cover: content.cover.is_some() || content.picture.is_some(),
            attachments: &attachments,
            links: &[],
            valid_from: content.valid_from.map(Timestamp::from_millis),
            valid_until: content.valid_until.map(Timestamp::from_millis),
        };
        let around = Surroundings {
            now,
            contacts: &numbers,
            is_own_picture: html::is_own_picture,
            lost_picture: html::MISSING_PICTURE,
            words: &words,
        };
        checks::check(&draft, &around, &segmenter)
    };
    Ok(tokio::task::spawn_blocking(look).await?)
}
