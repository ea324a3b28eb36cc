//! The lines of a backup file.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::db::schema::{Column, Kind, Table};

/// Counts up when a program that knows the former form could not read the new one.
pub(super) const FORMAT: u32 = 1;

/// Where a backup comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub format: u32,
    /// The version of the program that took it.
    pub program: String,
    /// The kind of database that it was taken of.
    pub database: String,
    /// When, in unix milliseconds.
    pub taken_at: i64,
    /// The steps that the schema had had.
    pub steps: Vec<String>,
}

/// Every line that is no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    Backup(Header),
    Table(Table),
    TableEnd(Tail),
    End { tables: u64, rows: u64 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tail {
    pub(super) rows: u64,
    pub(super) digest: String,
}

/// The number of some rows, and what is left when the SHA-256 of each is folded into one. The order of the rows does
/// not matter, because databases do not agree on the order of texts.
#[derive(Default)]
pub(super) struct Sum {
    rows: u64,
    digest: [u8; 32],
}

impl Sum {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        for (folded, byte) in self.digest.iter_mut().zip(digest(&SHA256, line).as_ref()) {
            *folded ^= byte;
        }
    }

    pub(super) fn tail(&self) -> Tail {
        let digest = self.digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Tail { rows: self.rows, digest }
    }
}

/// A row as it stands in the file, without the end of the line: always the same bytes for the same values.
pub(super) fn row_line(cells: &[Json]) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(cells)?)
}

/// What a database gave for a column.
pub(super) fn cell(row: &QueryResult, at: usize, column: &Column) -> anyhow::Result<Json> {
    let json = match column.kind {
        Kind::Integer => row.try_get_by::<Option<i64>, _>(at).map(Json::from),
        Kind::Bool => row.try_get_by::<Option<bool>, _>(at).map(Json::from),
        // As text: the shortest one that gives the same number back, which JSON's own numbers do not promise.
        Kind::Double => row
            .try_get_by::<Option<f64>, _>(at)
            .map(|number| Json::from(number.map(|number| number.to_string()))),
        Kind::Text => row.try_get_by::<Option<String>, _>(at).map(Json::from),
        Kind::Bytes => row
            .try_get_by::<Option<Vec<u8>>, _>(at)
            .map(|bytes| Json::from(bytes.map(|bytes| STANDARD.encode(bytes)))),
    };
    json.with_context(|| format!("the column `{}` cannot be read", column.name))
}

/// What a database takes for a column; none when the file has something else there.
pub(super) fn value(cell: Json, kind: Kind) -> Option<Value> {
    Some(match (kind, cell) {
        // A missing value has a kind, too: Postgres insists on it.
        (Kind::Integer, Json::Null) => Value::BigInt(None),
        (Kind::Bool, Json::Null) => Value::Bool(None),
        (Kind::Double, Json::Null) => Value::Double(None),
        (Kind::Text, Json::Null) => Value::String(None),
        (Kind::Bytes, Json::Null) => Value::Bytes(None),
        (Kind::Integer, Json::Number(number)) => Value::BigInt(Some(number.as_i64()?)),
        (Kind::Bool, Json::Bool(flag)) => Value::Bool(Some(flag)),
        (Kind::Double, Json::String(text)) => Value::Double(Some(text.parse().ok()?)),
        (Kind::Text, Json::String(text)) => Value::String(Some(text)),
        (Kind::Bytes, Json::String(text)) => Value::Bytes(Some(STANDARD.decode(text).ok()?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_rows_does_not_depend_on_their_order_and_does_on_every_byte() {
        let sum = |rows: &[&str]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row.as_bytes()));
            sum.tail()
        };
        assert_eq!(sum(&["[1]", "[2]"]), sum(&["[2]", "[1]"]));
        assert_ne!(sum(&["[1]", "[2]"]), sum(&["[1]", "[3]"]));
        assert_ne!(sum(&["[1]"]), sum(&["[1]", "[2]"]));
    }

    #[test]
    fn what_does_not_fit_its_column_is_refused() {
        for (kind, cell) in [
            (Kind::Integer, Json::from("1")),
            (Kind::Integer, Json::from(1.5)),
            (Kind::Bool, Json::from(1)),
            (Kind::Double, Json::from("one")),
            (Kind::Text, Json::from(1)),
            (Kind::Bytes, Json::from("%")),
        ] {
            assert_eq!(value(cell.clone(), kind), None, "{kind:?} {cell}");
        }
        let smallest = f64::from_bits(1);
        assert_eq!(
            value(Json::from(smallest.to_string()), Kind::Double),
            Some(Value::Double(Some(smallest)))
        );
    }
}
