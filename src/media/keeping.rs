//! From an upload to an item of the library.

use std::sync::Arc;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use sea_orm::{DbErr, SqlErr};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::fetching::FETCHES;
use super::pictures::{self, Picture};
use super::store::{self, NewItem};
use super::{
    FILE_BYTES, FileType, Item, Kind, PICTURE_BYTES, Refusal, Storage, detect, links, names, thumb_place,
};
use crate::accounts::AccountId;
use crate::admin::PersonId;
use crate::admin::audit::{self, Entry, Who};
use crate::admin::permissions::Member;
use crate::app::App;

/// So many uploads are worked on at once: a picture takes a processor and up to 400 MB while it is made anew.
const WORKERS: usize = 2;
/// So many uploads are taken in at once: each is in memory.
const UPLOADS: usize = 8;
/// Whoever waits longer for a worker is asked to come back.
pub(super) const WAIT: Duration = Duration::from_secs(30);
/// No upload takes longer to be looked at; one that did would not be waited for.
const WORK: Duration = Duration::from_secs(60);

/// The library, cheap to clone.
#[derive(Clone)]
pub struct Media {
    pub(super) app: App,
    pub(super) storage: Storage,
    workers: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    pub(super) fetches: Arc<Semaphore>,
}

/// Who uploads something.
#[derive(Clone, Debug)]
pub struct By {
    /// None for the program itself.
    pub person: Option<PersonId>,
    /// For the audit trail.
    pub who: Who,
}

impl By {
    /// Somebody at work in the console.
    pub fn member(member: &Member) -> Self {
        Self { person: Some(member.person.id), who: member.who() }
    }

    /// An operator at the command line.
    pub fn command_line() -> Self {
        Self { person: None, who: Who::command_line() }
    }
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    New(Item),
    /// The account had it already; it was taken out of the trash if it was there.
    Known(Item),
}

impl Kept {
    pub fn item(&self) -> &Item {
        match self {
            Self::New(item) | Self::Known(item) => item,
        }
    }

    pub fn into_item(self) -> Item {
        match self {
            Self::New(item) | Self::Known(item) => item,
        }
    }
}

/// Why an upload was not kept.
#[derive(Debug)]
pub enum Fault {
    /// For whoever uploaded it.
    Refused(Refusal),
    /// For whoever runs the server.
    Failed(anyhow::Error),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// An upload that was looked at: what will be kept of it.
struct Prepared {
    file_type: FileType,
    bytes: Vec<u8>,
    picture: Option<(Vec<u8>, u32, u32)>,
}

impl Media {
    /// # Errors
    /// As [`Storage::open`].
    pub fn open(app: &App) -> anyhow::Result<Self> {
        let storage = Storage::open(&app.config)?;
        Ok(Self {
            app: app.clone(),
            storage,
            workers: Arc::new(Semaphore::new(WORKERS)),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            fetches: Arc::new(Semaphore::new(FETCHES)),
        })
    }

    /// A place among those who upload something now, until it is dropped.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when there was none for a while.
    pub(super) async fn place_to_upload(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let waited = timeout(WAIT, Arc::clone(&self.uploads).acquire_owned()).await;
        Ok(waited.map_err(|_elapsed| Refusal::Busy)?.map_err(anyhow::Error::from)?)
    }

    /// Keeps an upload. Its name is only what it is called; what it is, the bytes say.
    ///
    /// # Errors
    /// [`Fault::Refused`] when it may not be kept, for the person to read.
    pub async fn keep(&self, account: AccountId, by: &By, name: &str, bytes: Vec<u8>) -> Result<Kept, Fault> {
        match bytes.len() {
            0 => return Err(Refusal::Empty.into()),
            1..=FILE_BYTES => (),
            _ => return Err(Refusal::TooLarge.into()),
        }
        let name = names::file_name(name);
        let source_hash = hash_of(&bytes);
        if let Some(item) = store::by_source(self.app.db.reader(), account, &source_hash).await? {
            return Ok(Kept::Known(self.taken_back(account, by, item).await?));
        }
        self.check_quota(store::used_bytes(self.app.db.reader(), account).await?, 0)?;
        let prepared = self.prepare(name.clone(), bytes).await?;
        let hash = hash_of(&prepared.bytes);
        let place = format!("{}/{hash}-{:08x}", account.0, rand::random::<u32>());
        let size = prepared.bytes.len() as i64;
        let (thumb, width, height) = match prepared.picture {
            Some((thumb, width, height)) => (Some(thumb), Some(width.into()), Some(height.into())),
            None => (None, None, None),
        };
        let new = NewItem {
            kind: prepared.file_type.kind(),
            hash,
            source_hash,
            place: Some(place.clone()),
            title: names::stem_of(&name).into(),
            name,
            extension: prepared.file_type.extension().into(),
            content_type: prepared.file_type.content_type().into(),
            size,
            thumb_size: thumb.as_ref().map_or(0, |thumb| thumb.len() as i64),
            width,
            height,
            link: None,
            uploaded_by: by.person.map_or(0, |person| person.0),
        };
        if let Some(thumb) = thumb {
            self.storage.put(&thumb_place(&place), thumb).await?;
        }
        self.storage.put(&place, prepared.bytes).await?;
        let kept = self.enter(account, by, &new).await;
        if !matches!(&kept, Ok(Kept::New(_))) {
            // Nobody will ask for them. What cannot be removed now is swept up later.
            self.discard(&place).await;
        }
        kept
    }

    /// Keeps a link to a video.
    ///
    /// # Errors
    /// [`Fault::Refused`] when it leads to none of those who are known to show videos.
    pub async fn keep_link(
        &self,
        account: AccountId,
        by: &By,
        title: &str,
        link: &str,
    ) -> Result<Kept, Fault> {
        let link = links::video(link)?;
        let title = names::one_line(title, super::TITLE).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| link.chars().take(super::TITLE).collect());
        let hash = hash_of(link.as_bytes());
        let new = NewItem {
            kind: Kind::VideoLink,
            source_hash: hash.clone(),
            hash,
            place: None,
            name: title.clone(),
            title,
            extension: String::new(),
            content_type: String::new(),
            size: 0,
            thumb_size: 0,
            width: None,
            height: None,
            link: Some(link),
            uploaded_by: by.person.map_or(0, |person| person.0),
        };
        self.enter(account, by, &new).await
    }

    /// Writes the row. Whoever has uploaded the same at the same moment was first.
    async fn enter(&self, account: AccountId, by: &By, new: &NewItem) -> Result<Kept, Fault> {
        let transaction = self.app.db.begin_write().await?;
        self.check_quota(store::used_bytes(&transaction, account).await?, new.size + new.thumb_size)?;
        match store::insert(&transaction, account, new, self.app.clock.now()).await {
            Ok(item) => {
                let entry = Entry { after: Some(told(&item)), ..entry_of(account, "media.upload", &item) };
                audit::record(&transaction, &by.who, entry, item.uploaded_at).await?;
                transaction.commit().await?;
                Ok(Kept::New(item))
            }
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                transaction.rollback().await?;
                let known = store::by_hash(self.app.db.reader(), account, &new.hash).await?;
                let known = known.ok_or_else(|| anyhow::Error::from(error))?;
                Ok(Kept::Known(self.taken_back(account, by, known).await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The item, out of the trash if it was there.
    async fn taken_back(&self, account: AccountId, by: &By, item: Item) -> Result<Item, Fault> {
        if item.deleted_at.is_none() {
            return Ok(item);
        }
        let transaction = self.app.db.begin_write().await?;
        if store::set_deleted(&transaction, account, &item, None).await? {
            let entry = entry_of(account, "media.restore", &item);
            audit::record(&transaction, &by.who, entry, self.app.clock.now()).await?;
        }
        transaction.commit().await?;
        let found = store::find(self.app.db.reader(), account, item.id).await?;
        Ok(found.unwrap_or(item))
    }

    fn check_quota(&self, used: i64, more: i64) -> Result<(), Refusal> {
        let quota = self.app.config.media.quota_bytes;
        let used = used.unsigned_abs();
        // One that is full takes nothing more, however small.
        if used + more.unsigned_abs() > quota || used >= quota {
            return Err(Refusal::Quota { used_mb: used >> 20, quota_mb: quota >> 20 });
        }
        Ok(())
    }

    async fn prepare(&self, name: String, bytes: Vec<u8>) -> Result<Prepared, Fault> {
        let waited = timeout(WAIT, Arc::clone(&self.workers).acquire_owned()).await;
        let worker = waited.map_err(|_elapsed| Refusal::Busy)?.map_err(anyhow::Error::from)?;
        let work = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, also when nobody waits for it any more.
            let _worker = worker;
            prepared(&name, bytes)
        });
        match timeout(WORK, work).await {
            Ok(Ok(prepared)) => Ok(prepared?),
            Ok(Err(error)) => {
                // What a decoder did not expect is broken, as far as the person is concerned.
                tracing::error!(%error, "an upload could not be looked at");
                Err(Refusal::Broken.into())
            }
            Err(_) => {
                tracing::warn!("an upload took too long to be looked at");
                Err(Refusal::Bomb.into())
            }
        }
    }

    async fn discard(&self, place: &str) {
        for place in [place.to_owned(), thumb_place(place)] {
            if let Err(error) = self.storage.delete(&place).await {
                tracing::warn!(error = format!("{error:#}"), "what is not needed could not be removed yet");
            }
        }
    }
}

fn prepared(name: &str, bytes: Vec<u8>) -> Result<Prepared, Refusal> {
    let file_type = detect(name, &bytes)?;
    match file_type.kind() {
        Kind::Picture if bytes.len() > PICTURE_BYTES => Err(Refusal::TooLarge),
        Kind::Picture => {
            let Picture { file_type, bytes, thumb, width, height } = pictures::remake(file_type, &bytes)?;
            Ok(Prepared { file_type, bytes, picture: Some((thumb, width, height)) })
        }
        Kind::File | Kind::Audio | Kind::VideoLink => Ok(Prepared { file_type, bytes, picture: None }),
    }
}

/// What the audit trail says of an item.
pub(super) fn entry_of<'a>(account: AccountId, action: &'a str, item: &'a Item) -> Entry<'a> {
    Entry {
        account: Some(account),
        action,
        subject: Some(("media", item.id.0)),
        title: &item.name,
        ..Entry::default()
    }
}

/// An item as the audit trail keeps it.
pub(super) fn told(item: &Item) -> serde_json::Value {
    json!({ "title": item.title, "alt": item.alt, "kind": item.kind.as_str(), "hash": item.hash, "link": item.link })
}

fn hash_of(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
