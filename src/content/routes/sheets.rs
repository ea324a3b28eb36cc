//! Sheets in and out.

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{Shown, publish, refused};
use crate::admin::Office;
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::Member;
use crate::content::tables::{self, SheetFault, Tabular};
use crate::content::{editing, store, texts};
use crate::http::{Error, Result};
use crate::sheets::{self, Table};

/// So many faults are told; whoever has mended those asks again.
const MOST_FAULTS: usize = 200;

/// How a sheet is brought in.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Whether it is only looked at: nothing is changed.
    #[serde(default)]
    pub dry_run: bool,
}

/// A fault in a sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaultView {
    /// As Excel counts them.
    row: u32,
    column: String,
    message: String,
    /// All of it in one line.
    line: String,
}

impl From<SheetFault> for FaultView {
    fn from(fault: SheetFault) -> Self {
        let line = texts::sheet_fault(fault.row, fault.column, &fault.message);
        Self { row: fault.row, column: fault.column.into(), message: fault.message, line }
    }
}

/// What bringing a sheet in did, or would do.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct SheetReport {
    /// Whether anything was written. Not when a single row has a fault.
    pub done: bool,
    pub rows: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// The first 200.
    pub faults: Vec<FaultView>,
    pub fault_count: usize,
}

impl SheetReport {
    fn of_faults(rows: usize, faults: Vec<SheetFault>) -> Self {
        let fault_count = faults.len();
        let faults = faults.into_iter().take(MOST_FAULTS).map(FaultView::from).collect();
        Self { rows, faults, fault_count, ..Self::default() }
    }
}

/// Brings a sheet in, whole or not at all.
pub(super) async fn bring<E: Shown + Tabular>(
    office: &Office,
    member: &Member,
    body: Body,
    query: &ImportQuery,
) -> Result<SheetReport> {
    let table = table(body).await?;
    let rows = table.rows.len();
    if rows == 0 {
        return Err(Error::field("file", texts::NO_ROWS));
    }
    let drafts = match tables::drafts::<E>(&table) {
        Ok(drafts) => drafts,
        Err(faults) => return Ok(SheetReport::of_faults(rows, faults)),
    };
    let (numbers, drafts): (Vec<u32>, Vec<E::Draft>) = drafts.into_iter().unzip();
    let write = office.app.db.begin_write().await?;
    let brought = editing::bring::<E>(&write, member.account_id(), drafts).await.map_err(refused::<E>)?;
    let brought = match brought {
        Ok(brought) => brought,
        Err(faults) => {
            let told =
                faults.iter().map(|(at, name, problem)| tables::fault::<E>(numbers[*at], name, problem));
            return Ok(SheetReport::of_faults(rows, told.collect()));
        }
    };
    let editing::Brought { added, changed, unchanged } = brought;
    let done = !query.dry_run && added + changed > 0;
    if done {
        let entry = Entry {
            account: Some(member.account_id()),
            action: &format!("{}.import", E::KIND),
            after: Some(json!({ "rows": rows, "added": added, "changed": changed })),
            ..Entry::default()
        };
        audit::record(&write, &member.who(), entry, office.app.clock.now()).await?;
        publish(office, member, write).await?;
    } else {
        write.rollback().await?;
    }
    Ok(SheetReport { done, rows, added, changed, unchanged, ..SheetReport::default() })
}

/// The rows of an account as a file; that it was taken is noted.
pub(super) async fn export<E: Shown + Tabular>(office: &Office, member: &Member) -> Result<Response> {
    let account = member.account_id();
    let mut rows: Vec<E> = store::all(office.app.db.reader(), account).await?;
    rows.sort_by_key(|row| (row.position(), row.id()));
    let count = rows.len();
    let bytes = written::<E>(office, rows.iter().map(Tabular::cells).collect()).await?;
    let write = office.app.db.begin_write().await?;
    let entry = Entry {
        account: Some(account),
        action: &format!("{}.export", E::KIND),
        after: Some(json!({ "rows": count })),
        ..Entry::default()
    };
    audit::record(&write, &member.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(file(E::KIND, bytes))
}

/// An empty sheet with the titles and one example.
pub(super) async fn template<E: Shown + Tabular>(office: &Office) -> Result<Response> {
    let example = E::EXAMPLE.iter().map(|cell| (*cell).to_owned()).collect();
    let bytes = written::<E>(office, vec![example]).await?;
    Ok(file(&format!("{}-template", E::KIND), bytes))
}

async fn written<E: Tabular>(office: &Office, rows: Vec<Vec<String>>) -> Result<Vec<u8>> {
    let folder = office.app.config.data_dir.clone();
    let work = move || {
        let mut writer = sheets::Writer::new(E::NAME, &tables::columns::<E>(), &folder)?;
        for row in &rows {
            writer.add(row.iter().map(String::as_str))?;
        }
        writer.finish()
    };
    let written = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    Ok(written.map_err(anyhow::Error::from)?)
}

fn file(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, sheets::CONTENT_TYPE.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

async fn table(body: Body) -> Result<Table> {
    let too_large = || Error::TooLarge(texts::unreadable(sheets::Unreadable::TooLarge));
    let bytes = to_bytes(body, sheets::MOST_BYTES).await.ok().ok_or_else(too_large)?;
    if bytes.is_empty() {
        return Err(Error::field("file", texts::NO_FILE));
    }
    let read = tokio::task::spawn_blocking(move || sheets::read(&bytes)).await;
    let read = read.map_err(anyhow::Error::from)?;
    read.map_err(|reason| Error::field("file", texts::unreadable(reason)))
}
