//! One attempt: a POST, and what came back within the time limit.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Identity;
use super::record::{Attempt, Outcome, kept};
use super::sign::Letter;
use crate::clock::Clock;
use crate::sandbox::compose::Shown;
use crate::sandbox::understand::{Understood, understand};
use crate::wechat::{OpenId, Reply};

/// A longer answer is no reply.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Everything that an attempt needs.
pub(super) struct Call {
    pub(super) http: reqwest::Client,
    pub(super) clock: Clock,
    pub(super) limit: Duration,
    pub(super) letter: Letter,
    pub(super) identity: Arc<Identity>,
    pub(super) from: OpenId,
    pub(super) shown: Shown,
}

enum Received {
    Whole { status: u16, body: Vec<u8> },
    TooLong { status: u16 },
}

impl Call {
    /// Sends the push, and reads the answer as the platform would.
    pub(super) async fn send(self) -> (Attempt, Option<Reply>) {
        let at = self.clock.now().millis();
        let start = Instant::now();
        let received = tokio::time::timeout(self.limit, self.exchange()).await;
        let elapsed = start.elapsed();
        let mut attempt = attempt(at, elapsed, Outcome::Failed);
        let body = match received {
            Err(_) => {
                attempt.outcome = Outcome::Timeout;
                return (attempt, None);
            }
            Ok(Err(error)) => {
                attempt.problem = Some(root_cause(&error));
                return (attempt, None);
            }
            Ok(Ok(Received::TooLong { status })) => {
                attempt.status = Some(status);
                attempt.outcome = if status == 200 { Outcome::NotUnderstood } else { Outcome::Refused };
                attempt.problem = Some(format!("the answer is longer than {MAX_ANSWER_BYTES} bytes"));
                return (attempt, None);
            }
            Ok(Ok(Received::Whole { status, body })) => {
                attempt.status = Some(status);
                attempt.answer = Some(kept(&body));
                // Exactly 200: with 201 the platform tries again (§4).
                if status != 200 {
                    attempt.outcome = Outcome::Refused;
                    return (attempt, None);
                }
                body
            }
        };
        match understand(&body, &self.identity, &self.from, self.shown) {
            Understood::Acknowledged => {
                attempt.outcome = Outcome::Acknowledged;
                (attempt, None)
            }
            Understood::Answered { reply, xml } => {
                attempt.outcome = Outcome::Answered;
                attempt.inner_answer = Some(kept(xml.as_bytes()));
                (attempt, Some(reply))
            }
            Understood::Nonsense { reason, xml } => {
                attempt.outcome = Outcome::NotUnderstood;
                attempt.problem = Some(reason);
                attempt.inner_answer = xml.map(|xml| kept(xml.as_bytes()));
                (attempt, None)
            }
        }
    }

    /// An attempt that never arrives.
    pub(super) fn lose(self) -> (Attempt, Option<Reply>) {
        let mut attempt = attempt(self.clock.now().millis(), Duration::ZERO, Outcome::Failed);
        attempt.problem = Some("lost on the way".to_owned());
        (attempt, None)
    }

    async fn exchange(&self) -> Result<Received, reqwest::Error> {
        let request = self
            .http
            .post(&self.letter.url)
            .header("content-type", "text/xml")
            .header("accept", "*/*")
            .body(self.letter.body.clone());
        let mut response = request.send().await?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Ok(Received::TooLong { status });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received::Whole { status, body })
    }
}

fn attempt(at: i64, elapsed: Duration, outcome: Outcome) -> Attempt {
    Attempt {
        at,
        status: None,
        answer: None,
        inner_answer: None,
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        outcome,
        problem: None,
    }
}

/// The innermost reason, which says more than "error sending request".
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
