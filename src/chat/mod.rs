//! The conversation with residents: one push from WeChat in, one answer out. The hot path.
//!
//! A push is handled in this order; each step is one file:
//! [`webhook`] checks, opens and parses it; [`receive`] claims its identity ([`answers`]), so that a repeat waits for
//! the first, on all nodes when there is a Redis ([`claims`]); [`decide`] finds the answer, from memory alone;
//! [`writer`] commits push, answer and effects together with all others that wait ([`group`]); only then does the
//! answer leave. Nothing here calls the platform.
//!
//! While the database is [`away`], the writer puts pushes into the [`journal`] instead, and [`returning`] brings them
//! into the database, in their order, when it is back. What it will never take is kept in [`rejected`].

mod answers;
mod away;
pub mod bench;
mod cards;
mod claims;
mod counting;
mod decide;
mod group;
mod journal;
mod nearby;
mod receive;
mod record;
mod refusals;
mod rejected;
mod returning;
mod rules;
mod saying;
mod snapshot;
mod texts;
pub mod webhook;
mod words;
mod writer;

use std::sync::Arc;

use anyhow::Context;

pub use self::counting::keep_counts;

use self::answers::Answers;
use self::away::Away;
pub use self::away::Standing;
use self::claims::Claims;
use self::refusals::Refusals;
use self::snapshot::Snapshots;
use self::writer::Writer;
use crate::accounts::Directory;
use crate::app::App;
use crate::messages;

/// Of what is in the database, so many of the last half minute are known from the beginning: should the database go
/// away, their repeats still get the same answer (§4).
const REPEATED: u64 = 2_000;
const REPEATED_MILLIS: i64 = 30_000;

/// Everything that answering needs.
pub struct Chat {
    app: App,
    directory: Directory,
    snapshots: Snapshots,
    writer: Writer,
    away: Arc<Away>,
    answers: Answers,
    claims: Claims,
    refusals: Refusals,
}

impl Chat {
    /// Reads what the accounts tell residents and starts the writer. The writer ends when this
    /// value is gone.
    ///
    /// # Errors
    /// When the database does not answer, or the folder for the journal cannot be used.
    pub async fn start(app: App, directory: Directory) -> anyhow::Result<Arc<Self>> {
        let snapshots = Snapshots::new(app.config.public_url.clone());
        snapshots.refresh(&app, &directory).await?;
        let folder = app.config.data_dir.join("journal");
        let opened = Away::open(folder.clone(), app.config.journal_max_bytes, app.metrics.clone()).await;
        let (away, left) =
            opened.with_context(|| format!("cannot use the journal in {}", folder.display()))?;
        let answers = Answers::default();
        for recording in left {
            let message = recording.message;
            answers.remember(recording.account, &message.identity, message.answer);
        }
        let since = app.clock.now().plus_millis(-REPEATED_MILLIS);
        for (account, identity, answer, received_at) in
            messages::store::latest(app.db.reader(), REPEATED).await?
        {
            if received_at >= since.millis() {
                answers.remember(account, &identity, answer.into());
            }
        }
        let claims = Claims::start(&app);
        let writer = Writer::start(&app, Arc::clone(&away), claims.clone())?;
        app.tasks.spawn(returning::forget_erased(app.clone(), Arc::clone(&away)));
        let journal = Arc::clone(&away);
        app.tasks.spawn(async move {
            if let Err(error) = journal.reserve().await {
                tracing::warn!(%error, "no room could be set aside for the journal: free some on the disk");
            }
        });
        Ok(Arc::new(Self {
            app,
            directory,
            snapshots,
            writer,
            away,
            answers,
            claims,
            refusals: Refusals::default(),
        }))
    }

    /// Takes over what has changed in the database, through the console, the command line or another node.
    ///
    /// # Errors
    /// When the database does not answer; then everything stays as it was.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        self.directory.refresh(&self.app.db).await?;
        self.snapshots.refresh(&self.app, &self.directory).await
    }

    /// How the database stands as pushes see it, and how many wait in the journal. Nothing is asked for it.
    pub fn journal(&self) -> (Standing, u64) {
        (self.away.standing(), self.away.waiting())
    }
}
