//! The conversation with residents: one push from WeChat in, one answer out. The hot path.
//!
//! A push is handled in this order; each step is one file:
//! [`webhook`] checks, opens and parses it; [`receive`] claims its identity, so that a repeat waits for the
//! first; [`decide`] finds the answer, from memory alone; [`writer`] commits push, answer and effects
//! together with all others that wait; only then does the answer leave. Nothing here calls the platform.

mod cards;
mod decide;
mod nearby;
mod receive;
mod record;
mod snapshot;
mod texts;
pub mod webhook;
mod words;
mod writer;

use std::sync::Arc;

use crate::accounts::Directory;
use crate::app::App;

use self::receive::Answers;
use self::snapshot::Snapshots;
use self::writer::Writer;

/// Everything that answering needs.
pub struct Chat {
    app: App,
    directory: Directory,
    snapshots: Snapshots,
    writer: Writer,
    answers: Answers,
}

impl Chat {
    /// Reads what the accounts tell residents and starts the writer. The writer ends when this
    /// value is gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(app: App, directory: Directory) -> anyhow::Result<Arc<Self>> {
        let snapshots = Snapshots::new(app.config.public_url.clone());
        snapshots.refresh(&app, &directory).await?;
        let writer = Writer::start(&app);
        Ok(Arc::new(Self { app, directory, snapshots, writer, answers: Answers::default() }))
    }

    /// Takes over what has changed in the database, through the console, the command line or another node.
    ///
    /// # Errors
    /// When the database does not answer; then everything stays as it was.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        self.directory.refresh(&self.app.db).await?;
        self.snapshots.refresh(&self.app, &self.directory).await
    }
}
