//! What residents and the account have said to each other, as the console shows it: a list, a chat, a search, and news of
//! both while they are looked at.
//!
//! Pushes write messages and nothing else. Behind their backs [`crate::messages::gathering`] puts each message to its
//! conversation, once a second on one node; so the list and the chat need no index on the table that pushes write to, and
//! are at most a second behind. They are personal data: only those see them who answer residents.

mod bubbles;
pub mod routes;
pub mod stream;
mod texts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::admin::PersonId;
use crate::app::App;
use crate::messages::gathering::{self, News};
use crate::subscribers;
use crate::subscribers::routes::Followers;

/// So many pages on one node are told of news.
const MOST_LISTENERS: usize = 500;
/// So many of one person: each open page is one.
const MOST_OF_A_PERSON: usize = 8;

/// What the handlers share on one node.
#[derive(Clone)]
pub struct Desk {
    news: News,
    pub followers: Followers,
    listeners: Arc<Mutex<HashMap<PersonId, usize>>>,
}

impl Desk {
    /// Starts what works behind the backs of the pushes; it ends with the app's shutdown.
    pub fn start(app: &App) -> Self {
        let news = News::default();
        app.tasks.spawn(gathering::keep(app.clone(), news.clone()));
        app.tasks.spawn(subscribers::days::keep(app.clone()));
        Self { news, followers: Followers::default(), listeners: Arc::default() }
    }

    /// A place among those who are told of news, if there is one.
    fn seat(&self, person: PersonId) -> Option<Seat> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if listeners.values().sum::<usize>() >= MOST_LISTENERS {
            return None;
        }
        let own = listeners.entry(person).or_default();
        if *own >= MOST_OF_A_PERSON {
            return None;
        }
        *own += 1;
        Some(Seat { person, listeners: Arc::clone(&self.listeners) })
    }
}

/// A place that is given back when it is dropped.
struct Seat {
    person: PersonId,
    listeners: Arc<Mutex<HashMap<PersonId, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = listeners.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                listeners.remove(&self.person);
            }
        }
    }
}
