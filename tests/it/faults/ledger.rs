//! What residents sent and heard in a story, to be compared with what is stored in the end.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hopetree::accounts::AccountId;
use hopetree::db::Db;
use hopetree::wechat::{Event, Inbound, Kind};
use hopetree::{messages, subscribers};

use crate::support::{Heard, Hopetree};

const ACCOUNT: AccountId = AccountId(1);
/// WeChat hangs up after this.
const PATIENCE: Duration = Duration::from_secs(5);
/// So long may the program take to bring everything to its place after a fault.
const HEALING: Duration = Duration::from_secs(30);
const RESIDENTS: u64 = 37;
/// As many as one question to the store may name.
const PAGE: usize = 200;
/// So many are repeated at the end.
const REPEATED: usize = 60;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// One push and what came back; status 0 is no answer.
pub struct Exchange {
    pub resident: String,
    pub xml: String,
    pub heard: Heard,
}

#[derive(Default)]
pub struct Ledger {
    exchanges: Vec<Exchange>,
}

impl Ledger {
    /// So many pushes at the same time, from residents who write, tap, and follow; gives what they heard.
    pub async fn push(&mut self, app: &Hopetree, count: usize) -> Vec<Heard> {
        let pushes = (0..count).map(|_| push_something(app));
        let exchanges = join_all(pushes).await;
        let heard = exchanges.iter().map(|exchange| exchange.heard.clone()).collect();
        self.exchanges.extend(exchanges);
        heard
    }

    /// As [`Ledger::push`], and every one of them must be answered.
    #[track_caller]
    pub fn answered(&mut self, app: &Hopetree, count: usize) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let heard = self.push(app, count).await;
            let unanswered: Vec<&Heard> = heard.iter().filter(|heard| heard.status != 200).collect();
            assert!(
                unanswered.is_empty(),
                "{place}: {} of {count} unanswered: {:?}\n{}",
                unanswered.len(),
                unanswered.first(),
                app.log()
            );
        }
    }

    /// What happened elsewhere.
    pub fn note(&mut self, exchanges: impl IntoIterator<Item = Exchange>) {
        self.exchanges.extend(exchanges);
    }

    pub fn acknowledged(&self) -> impl DoubleEndedIterator<Item = &Exchange> {
        self.exchanges.iter().filter(|exchange| exchange.heard.status == 200)
    }

    /// Repeats what was acknowledged last: the same answers.
    pub async fn repeats_are_the_same(&self, app: &Hopetree) {
        for first in self.acknowledged().rev().take(REPEATED) {
            let again = deliver(app, &first.resident, &first.xml).await;
            assert_eq!(again, first.heard, "a repeat got another answer than the first");
        }
    }

    /// Waits until everything that was acknowledged is stored, and then compares all of it: each once, with the
    /// answer that was given; followers counted once; nothing else; and the same answers to repeats.
    pub async fn is_kept(&self, app: &Hopetree, db: &Db) {
        let until = Instant::now() + HEALING;
        let stored = loop {
            let (stored, missing) = self.stored(db).await;
            match missing {
                0 => break stored,
                _ if Instant::now() < until => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => panic!(
                    "{missing} of {} acknowledged pushes are lost\n{}",
                    self.acknowledged().count(),
                    app.log()
                ),
            }
        };
        let count = messages::store::count(db.reader(), ACCOUNT).await.expect("messages can be counted");
        assert_eq!(count, stored.len() as u64, "stored once each, and nothing that was not sent");

        let mut expected: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for exchange in &self.exchanges {
            let push = Inbound::parse(&exchange.xml).expect("the story sent it");
            let Some(answer) = stored.get(&push.identity()) else { continue };
            if exchange.heard.status == 200 {
                assert_eq!(
                    *answer, exchange.heard.body,
                    "the answer that is stored is the one that was given"
                );
            }
            let counts = expected.entry(push.from.as_str().to_owned()).or_default();
            match push.kind {
                Kind::Message { .. } => counts.0 += 1,
                Kind::Event(Event::Subscribe { .. }) => counts.1 += 1,
                Kind::Event(_) | Kind::Other { .. } => (),
            }
        }
        for (openid, (wrote, followed)) in expected {
            let person =
                subscribers::store::find(db.reader(), ACCOUNT, &openid).await.expect("followers can be read");
            let person = person.expect("who pushed is known");
            assert_eq!((person.messages, person.follows), (wrote, followed), "counted once each");
        }

        self.repeats_are_the_same(app).await;
        let after = messages::store::count(db.reader(), ACCOUNT).await.expect("messages can be counted");
        assert_eq!(after, count, "a repeat is not stored again");
        assert!(!app.log().contains("o000000"), "an openid stands in the log:\n{}", app.log());
    }

    /// The stored answers of what was sent, by identity, and how many acknowledged ones are missing.
    async fn stored(&self, db: &Db) -> (HashMap<String, String>, usize) {
        let identity =
            |exchange: &Exchange| Inbound::parse(&exchange.xml).expect("the story sent it").identity();
        let identities: Vec<String> = self.exchanges.iter().map(identity).collect();
        let mut stored = HashMap::new();
        for page in identities.chunks(PAGE) {
            let page: Vec<&str> = page.iter().map(String::as_str).collect();
            stored.extend(
                messages::store::answers(db.reader(), ACCOUNT, &page).await.expect("answers can be read"),
            );
        }
        let missing =
            self.acknowledged().filter(|exchange| !stored.contains_key(&identity(exchange))).count();
        (stored, missing)
    }
}

/// A push that no other is like.
pub fn something(app: &Hopetree) -> (String, String) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let at = 1_767_225_600;
    let text = |words: &str| format!("<Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId>");
    let event = |name: &str, key: &str| {
        format!(
            "<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey><MsgID>{number}</MsgID>"
        )
    };
    let (name, kind, body) = match number % 8 {
        0 => (format!("N{number}"), "event", event("subscribe", "qrscene_building_12")),
        1 => (format!("R{}", number % RESIDENTS), "event", event("CLICK", "overview")),
        2 => (format!("R{}", number % RESIDENTS), "text", text(&format!("没有人知道的事 {number}"))),
        _ => (format!("R{}", number % RESIDENTS), "text", text("停电了怎么办")),
    };
    let xml = app.resident(&name).xml(kind, at + number as i64, &body);
    (name, xml)
}

async fn push_something(app: &Hopetree) -> Exchange {
    let (resident, xml) = something(app);
    let heard = deliver(app, &resident, &xml).await;
    Exchange { resident, xml, heard }
}

/// A delivery as WeChat makes it, which waits 5 s for an answer.
pub async fn deliver(app: &Hopetree, resident: &str, xml: &str) -> Heard {
    let resident = app.resident(resident);
    let heard = tokio::time::timeout(PATIENCE, resident.pushes(xml)).await;
    heard.unwrap_or_else(|_| silence())
}

/// What WeChat hears of a server that says nothing.
pub fn silence() -> Heard {
    Heard { status: 0, body: "no answer within 5 s".into() }
}
