//! What is kept of a push: what was sent, and what came back at every attempt.

use serde::Serialize;
use serde_json::{Value, json};

use super::sign::Letter;

/// The longest part of an answer that is kept.
const MAX_KEPT_BYTES: usize = 16 * 1024;

/// A push and its attempts.
pub(in crate::sandbox) struct Record {
    pub(in crate::sandbox) id: u64,
    kind: String,
    resident: &'static str,
    /// The XML before it is sealed.
    inner: String,
    /// What every attempt sends; `None` until it is signed.
    letter: Option<Letter>,
    attempts: Vec<Attempt>,
}

/// One delivery.
#[derive(Debug, Serialize)]
pub(super) struct Attempt {
    /// When it began, in unix milliseconds.
    pub(super) at: i64,
    pub(super) status: Option<u16>,
    pub(super) answer: Option<String>,
    /// The answer, decrypted.
    pub(super) inner_answer: Option<String>,
    pub(super) elapsed_ms: u64,
    pub(super) outcome: Outcome,
    /// Why it was not understood.
    pub(super) problem: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// With a reply.
    Answered,
    /// With `success` or nothing.
    Acknowledged,
    /// Not within the time limit.
    Timeout,
    /// With another status than 200.
    Refused,
    /// No connection, or a broken one.
    Failed,
    /// With status 200, but nothing that the platform understands.
    NotUnderstood,
}

impl Record {
    pub(in crate::sandbox) fn new(id: u64, kind: String, resident: &'static str, inner: String) -> Self {
        Self { id, kind, resident, inner, letter: None, attempts: Vec::new() }
    }

    pub(super) fn sign(&mut self, letter: Letter) {
        self.letter = Some(letter);
    }

    pub(super) fn add(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
    }

    /// As the control tells it: every attempt with both directions.
    pub(in crate::sandbox) fn view(&self) -> Value {
        let letter = self.letter.as_ref();
        let attempts: Vec<Value> = self
            .attempts
            .iter()
            .map(|attempt| {
                let mut view = json!(attempt);
                view["url"] = json!(letter.map(|letter| &letter.url));
                view["body"] = json!(letter.map(|letter| &letter.body));
                view["inner"] = json!(self.inner);
                view
            })
            .collect();
        json!({"id": self.id, "kind": self.kind, "resident": self.resident, "attempts": attempts})
    }
}

impl Outcome {
    /// Whether the platform tries again (§4).
    pub(super) fn is_tried_again(self) -> bool {
        match self {
            Self::Timeout | Self::Refused | Self::Failed => true,
            Self::Answered | Self::Acknowledged | Self::NotUnderstood => false,
        }
    }
}

/// An answer as text, cut to what is kept.
pub(super) fn kept(answer: &[u8]) -> String {
    String::from_utf8_lossy(&answer[..answer.len().min(MAX_KEPT_BYTES)]).into_owned()
}
