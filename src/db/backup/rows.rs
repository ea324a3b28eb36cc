//! Reading all rows of a table, page by page, so that the largest table takes no more memory than a small one.

use anyhow::Context;
use sea_orm::sea_query::{Alias, Condition, Expr, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, Value};
use serde_json::Value as Json;

use super::format::{cell, row_line, value};
use crate::db::schema::Table;

/// A first page is small, because the rows may be large (pictures).
const FIRST_PAGE: u64 = 8;
const LARGEST_PAGE: u64 = 1_000;
/// About so much is read at once.
const PAGE_BYTES: u64 = 4 << 20;

/// Gives the line of every row, in the order of the primary key.
pub(super) async fn each_row(
    db: &impl ConnectionTrait,
    table: &Table,
    mut take: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let key = table.key();
    let mut after: Option<Vec<Value>> = None;
    let mut limit = FIRST_PAGE;
    loop {
        let query = page(table, &key, after.as_deref(), limit);
        let rows = db.query_all(&query).await;
        let rows = rows.with_context(|| format!("cannot read the table `{}`", table.name))?;
        let mut bytes = 0;
        for row in &rows {
            let cells = table.columns.iter().enumerate().map(|(at, column)| cell(row, at, column));
            let cells: Vec<Json> = cells
                .collect::<anyhow::Result<_>>()
                .with_context(|| format!("cannot read a row of `{}`", table.name))?;
            let line = row_line(&cells)?;
            bytes += line.len() as u64;
            take(&line)?;
            after = key.iter().map(|at| value(cells[*at].clone(), table.columns[*at].kind)).collect();
        }
        let count = rows.len() as u64;
        if count < limit {
            return Ok(());
        }
        let fitting = PAGE_BYTES * count / bytes.max(1);
        limit = fitting.clamp(1, (limit * 4).min(LARGEST_PAGE));
    }
}

/// So many rows whose key comes after another one. `(a, b) > (1, 2)` is spelled out, because MySQL uses no index for
/// that form.
fn page(table: &Table, key: &[usize], after: Option<&[Value]>, limit: u64) -> SelectStatement {
    use sea_orm::sea_query::ExprTrait;
    let name = |at: usize| Alias::new(table.columns[at].name.as_str());
    let mut query = Query::select();
    query.columns((0..table.columns.len()).map(name)).from(Alias::new(table.name.as_str())).limit(limit);
    for at in key {
        query.order_by(name(*at), Order::Asc);
    }
    if let Some(after) = after {
        let mut later = Condition::any();
        for (place, at) in key.iter().enumerate() {
            let equal = key.iter().zip(after).take(place);
            let equal = equal
                .fold(Condition::all(), |all, (at, value)| all.add(Expr::col(name(*at)).eq(value.clone())));
            later = later.add(equal.add(Expr::col(name(*at)).gt(after[place].clone())));
        }
        query.cond_where(later);
    }
    query
}
