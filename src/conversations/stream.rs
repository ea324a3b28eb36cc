//! News of conversations while somebody looks at them: server-sent events, each naming the conversation that has changed.
//! What has changed in it the page asks for itself; so nothing personal is sent twice, and who missed some news has lost
//! nothing.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::{Desk, Seat, texts};
use crate::accounts::AccountId;
use crate::admin::permissions::{Agent, Endurance};
use crate::admin::{Ability, Office};
use crate::http::{Error, Problem, Result};
use crate::messages::store::Conversation;

/// Whoever is connected hears something at least so often; a proxy takes longer silence for the end. And so soon the end
/// of a session ends its stream.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A conversation in which something has happened.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    conversation: i64,
    /// The message that came last.
    last_id: i64,
}

struct Listening {
    account: AccountId,
    news: Receiver<Conversation>,
    office: Office,
    endurance: Endurance,
    next_beat: Instant,
    is_new: bool,
    _seat: Seat,
}

/// Tells which conversations have changed, as they do: events `changed`; `behind` when so much has happened that the list
/// is to be asked for anew; and `ended` when the session is over.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/conversations/stream", tag = "conversations", params(("account" = String, Path)),
    responses((status = 200, body = Changed, content_type = "text/event-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn stream(
    State(office): State<Office>,
    State(desk): State<Desk>,
    agent: Agent,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    let seat = desk.seat(agent.person.id);
    let seat = seat.ok_or_else(|| Error::TooMany(HEARTBEAT, texts::TOO_MANY.into()))?;
    let listening = Listening {
        account: agent.account_id(),
        news: desk.news.listen(),
        endurance: Endurance::of(&parts),
        office,
        next_beat: Instant::now() + HEARTBEAT,
        is_new: true,
        _seat: seat,
    };
    let events = stream::unfold(Some(listening), |listening: Option<Listening>| async move {
        let mut listening = listening?;
        let (event, is_over) = listening.next().await?;
        Some((Ok(event), (!is_over).then_some(listening)))
    });
    Ok(Sse::new(events))
}

impl Listening {
    /// What is to be told next, and whether it is the last; none when the process ends.
    async fn next(&mut self) -> Option<(Event, bool)> {
        if std::mem::take(&mut self.is_new) {
            // So that the page knows that it is heard from.
            return Some((Event::default().event("open").data("{}"), false));
        }
        loop {
            let told = tokio::select! {
                () = self.office.app.shutdown.cancelled() => return None,
                told = self.news.recv() => told,
                () = tokio::time::sleep_until(self.next_beat) => {
                    self.next_beat = Instant::now() + HEARTBEAT;
                    if self.endurance.is_over(&self.office, Ability::Converse, self.account).await {
                        return Some((Event::default().event("ended").data("{}"), true));
                    }
                    return Some((Event::default().comment("still here"), false));
                }
            };
            match told {
                Ok(conversation) if conversation.account_id == self.account => {
                    let changed = Changed { conversation: conversation.id, last_id: conversation.last_id };
                    let data = serde_json::to_string(&changed).unwrap_or_default();
                    return Some((Event::default().event("changed").data(data), false));
                }
                Ok(_) => (),
                Err(RecvError::Lagged(_)) => {
                    return Some((Event::default().event("behind").data("{}"), false));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
