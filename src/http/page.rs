//! Lists in pages: a limit, and a cursor that says where the next page begins.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::Error;
use super::texts;

const DEFAULT_LIMIT: u64 = 20;
const MOST: u64 = 100;

/// How a list is asked for. Flattening does not go with numbers in a query, so that filters stand in a type of their own,
/// taken beside this one.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where the page begins: the `next` of the page before.
    pub cursor: Option<String>,
    /// How many at most, 1 to 100; 20 when it is missing.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
}

impl PageQuery {
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST)
    }

    /// The place in the list where the page begins: as many numbers as the list is sorted by.
    ///
    /// # Errors
    /// 400 when it is no cursor of such a list.
    pub fn after<const N: usize>(&self) -> Result<Option<[i64; N]>, Error> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let read = || {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let text = std::str::from_utf8(&bytes).ok()?;
            let numbers: Vec<i64> =
                text.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
            <[i64; N]>::try_from(numbers).ok()
        };
        read().map(Some).ok_or_else(|| Error::Malformed(texts::BAD_CURSOR.into()))
    }
}

/// A part of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; missing when this is the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of rows that were asked for with one more than the limit, which tells whether there is a next page.
    pub fn from_rows<const N: usize>(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> [i64; N]) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|last| {
            let numbers: Vec<String> = key(last).iter().map(i64::to_string).collect();
            BASE64_URL_SAFE_NO_PAD.encode(numbers.join("."))
        });
        Self { items: rows, next }
    }

    /// The same page with its rows shown otherwise.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_place_after_the_last_row() {
        let page = Page::from_rows(vec![(5, 1), (4, 2), (3, 3)], 2, |row: &(i64, i64)| [row.0, -row.1]);
        assert_eq!(page.items.len(), 2);
        let query = PageQuery { cursor: page.next, limit: None };
        assert_eq!(query.after::<2>().unwrap(), Some([4, -2]));
        assert!(query.after::<1>().is_err(), "a cursor of another list");
        assert!(Page::from_rows(vec![1, 2], 2, |row| [*row]).next.is_none(), "the last page");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["", "!", "YQ", "MS4y"] {
            let query = PageQuery { cursor: Some(cursor.into()), limit: None };
            assert!(query.after::<1>().is_err(), "{cursor}");
        }
    }
}
