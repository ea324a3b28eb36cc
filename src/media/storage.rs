//! Where the bytes are: the folder `media` in the data folder, or a bucket of what speaks S3.

use std::ops::RangeBounds;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::body::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use opendal::services::{Fs, S3 as S3Service};
use opendal::{ErrorKind, HttpTransporter, OperationContext, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::time::timeout;

use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::config::{Config, S3};

/// A disk or a bucket that takes longer does not answer.
const LIMIT: Duration = Duration::from_secs(30);
/// Who lists a bucket gets pages of a thousand; this is for one.
const LIST_LIMIT: Duration = Duration::from_secs(60);
/// So much is in memory of each file that somebody is fetching.
const CHUNK: usize = 256 << 10;
const FOLDER: &str = "media";
/// Where files are written before they get their names, so that no half of one is ever found.
const UNFINISHED: &str = ".unfinished";
/// Clouds that know a bucket by the name of the host alone. Others (MinIO, Ceph) know it by the path.
const BY_HOST: [&str; 5] =
    ["amazonaws.com", "aliyuncs.com", "myqcloud.com", "myhuaweicloud.com", "volces.com"];

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Storage {
    operator: Operator,
    /// Of the folder; none for a bucket.
    folder: Option<PathBuf>,
}

impl Storage {
    /// Opens what the configuration names. A bucket is not called yet.
    ///
    /// # Errors
    /// When the folder cannot be made, or the settings of the bucket cannot be used.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        match &config.media.s3 {
            Some(s3) => Ok(Self { operator: bucket(s3)?, folder: None }),
            None => {
                let folder = config.data_dir.join(FOLDER);
                let unfinished = folder.join(UNFINISHED);
                crate::config::make_private_folder(&unfinished)
                    .with_context(|| format!("cannot make the folder {}", unfinished.display()))?;
                let (root, unfinished) = (folder.to_string_lossy(), unfinished.to_string_lossy());
                let operator = Operator::new(Fs::default().root(&root).atomic_write_dir(&unfinished))
                    .with_context(|| format!("cannot use the folder {root}"))?;
                Ok(Self { operator, folder: Some(folder) })
            }
        }
    }

    /// Writes bytes; when this returns, they are on the disk. What was there is replaced.
    ///
    /// # Errors
    /// When the storage does not take them, or not in time.
    pub async fn put(&self, place: &str, bytes: impl Into<Bytes>) -> anyhow::Result<()> {
        let bytes: Bytes = bytes.into();
        bounded(self.operator.write(place, bytes)).await.with_context(|| format!("cannot store {place}"))?;
        self.keep_names(place).await.with_context(|| format!("cannot keep the name of {place}"))
    }

    /// The bytes, or some of them, in pieces; none when nothing is there.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time.
    pub async fn get<R: RangeBounds<u64>>(
        &self,
        place: &str,
        part: R,
    ) -> anyhow::Result<Option<impl Stream<Item = anyhow::Result<Bytes>> + Send + use<R>>> {
        let opened = async {
            let reader = match self.folder {
                Some(_) => self.operator.reader_with(place).chunk(CHUNK).await?,
                // A bucket sends one answer in pieces anyway; each chunk would be a request.
                None => self.operator.reader(place).await?,
            };
            let mut pieces = reader.into_bytes_stream(part).await?;
            // Whether it is there shows at its first piece.
            let first = pieces.next().await;
            Ok((first, pieces))
        };
        let (first, pieces) = match bounded_any(opened).await {
            Ok(opened) => opened,
            Err(Failure::Storage(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(failure) => return Err(failure.into_error()).with_context(|| format!("cannot read {place}")),
        };
        match &first {
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Some(Err(error)) => return Err(anyhow!("cannot read {place}: {error}")),
            Some(Ok(_)) | None => (),
        }
        let first = futures_util::stream::iter(first);
        let rest = futures_util::stream::unfold(Some(pieces), |pieces| async {
            let mut pieces = pieces?;
            match timeout(LIMIT, pieces.next()).await {
                Ok(piece) => piece.map(|piece| (piece, Some(pieces))),
                Err(_) => Some((Err(std::io::ErrorKind::TimedOut.into()), None)),
            }
        });
        Ok(Some(first.chain(rest).map_err(anyhow::Error::from)))
    }

    /// Whether something is there.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time.
    pub async fn exists(&self, place: &str) -> anyhow::Result<bool> {
        bounded(self.operator.exists(place)).await
    }

    /// Removes bytes; it is no error when there are none.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time.
    pub async fn delete(&self, place: &str) -> anyhow::Result<()> {
        bounded(self.operator.delete(place)).await.with_context(|| format!("cannot remove {place}"))
    }

    /// Removes everything of an account.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time; what was removed until then stays removed.
    pub async fn delete_account(&self, account: AccountId) -> anyhow::Result<()> {
        let mut entries =
            bounded(self.operator.lister_with(&format!("{}/", account.0)).recursive(true).into_future())
                .await?;
        while let Some(entry) = within_list(entries.try_next()).await? {
            if entry.metadata().is_file() {
                self.delete(entry.path()).await?;
            }
        }
        Ok(())
    }

    /// Everything that is stored, in pages.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time.
    pub async fn list(&self) -> anyhow::Result<impl Stream<Item = anyhow::Result<String>> + Send + use<>> {
        let entries = bounded(self.operator.lister_with("").recursive(true).into_future()).await?;
        Ok(futures_util::stream::unfold(Some(entries), |entries| async {
            let mut entries = entries?;
            loop {
                match within_list(entries.try_next()).await {
                    Ok(Some(entry)) if !entry.metadata().is_file() => (),
                    Ok(Some(entry)) if entry.path().starts_with(UNFINISHED) => (),
                    Ok(Some(entry)) => return Some((Ok(entry.path().to_owned()), Some(entries))),
                    Ok(None) => return None,
                    Err(error) => return Some((Err(error), None)),
                }
            }
        }))
    }

    /// Since when something is there; none when it is not, or the storage does not say.
    ///
    /// # Errors
    /// When the storage does not answer, or not in time.
    pub async fn since(&self, place: &str) -> anyhow::Result<Option<Timestamp>> {
        if !self.exists(place).await? {
            return Ok(None);
        }
        let about = bounded(self.operator.stat(place)).await?;
        Ok(about.last_modified().map(|moment| Timestamp::from_seconds(moment.into_inner().as_second())))
    }

    /// A file is on the disk, but after a power cut it has a name only if its folder is, too.
    async fn keep_names(&self, place: &str) -> std::io::Result<()> {
        let Some(root) = &self.folder else { return Ok(()) };
        for folder in [root.join(place).parent(), Some(root.as_path())].into_iter().flatten() {
            tokio::fs::File::open(folder).await?.sync_all().await?;
        }
        Ok(())
    }
}

fn bucket(s3: &S3) -> anyhow::Result<Operator> {
    let host = s3.endpoint.split_once("://").map_or(s3.endpoint.as_str(), |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let mut service = S3Service::default()
        .endpoint(&s3.endpoint)
        .bucket(&s3.bucket)
        .region(&s3.region)
        .access_key_id(&s3.access_key)
        .secret_access_key(&s3.secret_key)
        // What is not in our configuration does not count: not the variables and files of other tools.
        .disable_config_load();
    if BY_HOST.iter().any(|cloud| host.ends_with(cloud)) {
        service = service.enable_virtual_host_style();
    }
    let operator = Operator::new(service).context("cannot use the settings media_s3_…")?;
    let transport = HttpTransporter::new(ReqwestTransport::default());
    Ok(operator.with_context(OperationContext::new().with_http_transport(transport)))
}

enum Failure {
    Storage(opendal::Error),
    Slow,
}

impl Failure {
    fn into_error(self) -> anyhow::Error {
        match self {
            Self::Storage(error) => error.into(),
            Self::Slow => anyhow!("the storage did not answer within {} s", LIMIT.as_secs()),
        }
    }
}

async fn bounded_any<T>(work: impl Future<Output = Result<T, opendal::Error>>) -> Result<T, Failure> {
    match timeout(LIMIT, work).await {
        Ok(done) => done.map_err(Failure::Storage),
        Err(_) => Err(Failure::Slow),
    }
}

async fn bounded<T>(work: impl Future<Output = Result<T, opendal::Error>>) -> anyhow::Result<T> {
    bounded_any(work).await.map_err(Failure::into_error)
}

async fn within_list<T>(work: impl Future<Output = Result<T, opendal::Error>>) -> anyhow::Result<T> {
    timeout(LIST_LIMIT, work).await.context("the storage did not go on with its list")?.map_err(Into::into)
}
