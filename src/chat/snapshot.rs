//! What an account tells its residents, in memory, so that deciding needs no query.

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use arc_swap::ArcSwap;

use super::rules::{Counts, Greeting, Ready};
use super::words;
use crate::accounts::{Account, Directory};
use crate::app::App;
use crate::clock::Timestamp;
use crate::content::store::Headline;
use crate::content::{self, ContactPoint, DEFAULT, Event, Place, Section, WELCOME};
use crate::telemetry::metrics::Counter;

/// As many articles and events are kept in memory; older ones are found on the pages.
const HEADLINES: u64 = 2_000;
const EVENTS: u64 = 20;
/// A snapshot is read again after this time even if nothing was changed, since events pass by.
const LIFETIME_MILLIS: i64 = 3_600_000;

/// One account's settings and content at one moment.
pub(super) struct Snapshot {
    pub(super) account: Arc<Account>,
    /// The address of the account's pages, without a trailing slash.
    pub(super) pages: String,
    pub(super) sections: Vec<Named<Section>>,
    pub(super) headlines: Vec<Headline>,
    /// Every name of every headline at once, since there may be thousands; and whose each is.
    headline_names: AhoCorasick,
    headline_of_name: Vec<usize>,
    /// Those that may answer, in the order in which they are asked.
    pub(super) rules: Vec<Ready>,
    pub(super) welcome: Option<Greeting>,
    pub(super) not_found: Option<Greeting>,
    pub(super) places: Vec<Place>,
    pub(super) contacts: Vec<ContactPoint>,
    pub(super) events: Vec<Event>,
    /// Counts the pushes of the account that were recorded.
    pub(super) recorded: Counter,
    read_at: Timestamp,
}

/// Something with the words by which residents ask for it, as [`words::normalize`] leaves them.
pub(super) struct Named<T> {
    pub(super) item: T,
    pub(super) names: Vec<String>,
}

impl<T> Named<T> {
    fn new(item: T, names: impl IntoIterator<Item = String>) -> Self {
        let names = names.into_iter().map(|name| words::normalize(&name)).filter(|name| !name.is_empty());
        Self { names: names.collect(), item }
    }

    /// The length of the longest name that stands in a question, in bytes.
    pub(super) fn longest_in(&self, question: &str) -> Option<usize> {
        self.names.iter().filter(|name| question.contains(name.as_str())).map(String::len).max()
    }
}

impl Snapshot {
    pub(super) fn section(&self, slug: &str) -> Option<&Section> {
        self.sections.iter().map(|section| &section.item).find(|section| section.slug == slug)
    }

    /// Of the current headlines that are named in a question, the one with the longest name; of equals the
    /// first.
    pub(super) fn headline_named_in(&self, question: &str, now: Timestamp) -> Option<&Headline> {
        let mut best: Option<(usize, usize)> = None;
        for found in self.headline_names.find_overlapping_iter(question) {
            let owner = self.headline_of_name[found.pattern().as_usize()];
            let is_better = best.is_none_or(|(length, first)| {
                found.len() > length || (found.len() == length && owner < first)
            });
            if is_better && self.headlines[owner].is_current(now) {
                best = Some((found.len(), owner));
            }
        }
        best.map(|(_, owner)| &self.headlines[owner])
    }

    pub(super) async fn read(
        app: &App,
        account: Arc<Account>,
        public_url: &str,
        counts: &Counts,
    ) -> anyhow::Result<Self> {
        let (db, id, now) = (app.db.reader(), account.id, app.clock.now());
        let sections = content::store::sections(db, id).await?;
        let headlines = content::store::headlines(db, id, now, HEADLINES).await?;
        let rules = content::store::rules(db, id).await?;
        let mut greetings = content::store::greetings(db, id).await?;
        let mut greeting = |slug: &str| {
            let place = greetings.iter().position(|greeting| greeting.slug == slug && !greeting.disabled)?;
            Greeting::new(&greetings.swap_remove(place))
        };
        let (headline_names, headline_of_name) = names_of(&headlines)?;
        Ok(Self {
            headline_names,
            headline_of_name,
            pages: format!("{public_url}/h/{}", account.slug),
            sections: sections
                .into_iter()
                .map(|section| {
                    let names = content::words(&section.aliases).into_iter().chain([section.title.clone()]);
                    Named::new(section, names.collect::<Vec<_>>())
                })
                .collect(),
            headlines,
            rules: rules
                .into_iter()
                .filter(|rule| !rule.disabled)
                .map(|rule| Ready::new(rule, |rule| counts.of(id, rule)))
                .collect(),
            welcome: greeting(WELCOME),
            not_found: greeting(DEFAULT),
            places: content::store::places(db, id).await?,
            contacts: content::store::contacts(db, id).await?,
            events: content::store::upcoming_events(db, id, now, EVENTS).await?,
            recorded: app.metrics.recorded(&account.slug),
            read_at: now,
            account,
        })
    }

    fn is_stale(&self, account: &Account, now: Timestamp) -> bool {
        (self.account.id, self.account.revision) != (account.id, account.revision)
            || (now.millis() - self.read_at.millis()).abs() > LIFETIME_MILLIS
    }
}

/// An automaton of all names of headlines, and whose each name is.
fn names_of(headlines: &[Headline]) -> anyhow::Result<(AhoCorasick, Vec<usize>)> {
    let (mut names, mut owners) = (Vec::new(), Vec::new());
    for (owner, headline) in headlines.iter().enumerate() {
        for name in content::words(&headline.keywords).iter().chain([&headline.title]) {
            let name = words::normalize(name);
            if !name.is_empty() {
                names.push(name);
                owners.push(owner);
            }
        }
    }
    Ok((AhoCorasick::new(names)?, owners))
}

/// The snapshots of all accounts, by slug.
pub(super) struct Snapshots {
    public_url: String,
    counts: Counts,
    by_slug: ArcSwap<HashMap<String, Arc<Snapshot>>>,
}

impl Snapshots {
    pub(super) fn new(public_url: String) -> Self {
        Self { public_url, counts: Counts::default(), by_slug: ArcSwap::default() }
    }

    /// How often each rule answered since this was last asked.
    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    pub(super) fn find(&self, slug: &str) -> Option<Arc<Snapshot>> {
        self.by_slug.load().get(slug).cloned()
    }

    /// Reads again what has changed, and forgets accounts that are gone.
    pub(super) async fn refresh(&self, app: &App, directory: &Directory) -> anyhow::Result<()> {
        let present = self.by_slug.load_full();
        let now = app.clock.now();
        let mut fresh = HashMap::new();
        let mut changed = false;
        for account in directory.all() {
            let snapshot = match present.get(&account.slug) {
                Some(snapshot) if !snapshot.is_stale(&account, now) => Arc::clone(snapshot),
                _ => {
                    changed = true;
                    Arc::new(Snapshot::read(app, Arc::clone(&account), &self.public_url, &self.counts).await?)
                }
            };
            fresh.insert(account.slug.clone(), snapshot);
        }
        if changed || fresh.len() != present.len() {
            self.by_slug.store(Arc::new(fresh));
        }
        Ok(())
    }
}
