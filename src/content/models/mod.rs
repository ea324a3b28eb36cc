//! The rows of the content tables. All `…_at`, `valid_…` are unix milliseconds.

pub(super) mod article;
pub(super) mod article_section;
pub(super) mod contact;
pub(super) mod event;
pub(super) mod greeting;
pub(super) mod picture;
pub(super) mod place;
pub(super) mod rule;
pub(super) mod section;

/// Reads a column that holds a list of words as JSON.
pub fn words(column: &str) -> Vec<String> {
    serde_json::from_str(column).unwrap_or_default()
}

/// A list of words as its column holds it.
pub(super) fn words_column(words: &[String]) -> String {
    serde_json::Value::from(words.to_vec()).to_string()
}

/// A list as its column holds it, as JSON.
fn json_column<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}
