//! Who follows, how they came, and what is counted.

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::subscribers::{self, State, source};

use crate::support::{Hopetree, now};

const ACCOUNT: AccountId = AccountId(1);

async fn person(app: &Hopetree, openid: &str) -> subscribers::Subscriber {
    let db = app.db().await;
    let openid = app.resident(openid).openid().to_owned();
    subscribers::store::find(db.reader(), ACCOUNT, &openid).await.unwrap().expect("the person is known")
}

#[tokio::test]
async fn following_leaving_and_coming_back_keep_one_row_and_a_full_ledger() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    resident.follows_by("building_12").await;
    let new = person(&app, "A").await;
    assert_eq!(
        (new.state, new.source.as_str(), new.scene.as_deref()),
        (State::Following, source::SCENE, Some("building_12"))
    );

    resident.leaves().await;
    assert_eq!(person(&app, "A").await.state, State::Left);
    resident.follows().await;
    resident.says("停电").await;
    resident.taps("map").await;
    let back = person(&app, "A").await;
    assert_eq!((back.id, back.state), (new.id, State::Following));
    assert_eq!((back.follows, back.unfollows, back.messages, back.taps), (2, 1, 1, 1));
    assert_eq!(back.first_followed_at, new.first_followed_at);
    assert!(back.last_left_at.is_some() && back.last_interaction_at >= new.last_interaction_at);

    let db = app.db().await;
    let days = subscribers::store::by_day(db.reader(), ACCOUNT, Timestamp::from_millis(0)).await.unwrap();
    assert_eq!((days.len(), days[0].followed, days[0].left, days[0].net()), (1, 2, 1, 1));
}

#[tokio::test]
async fn who_followed_before_is_added_when_first_heard_from() {
    let app = Hopetree::start();
    assert_eq!(app.resident("old").says("停电").await.status, 200);
    let old = person(&app, "old").await;
    assert_eq!((old.state, old.source.as_str(), old.follows), (State::Following, source::SEEN, 0));
}

#[tokio::test]
async fn openids_that_differ_in_case_are_two_people() {
    let app = Hopetree::start();
    app.resident("abc").follows().await;
    app.resident("ABC").follows().await;
    assert!(app.command(&["stats", "--account", "hope"]).contains("followers  2"));
}

#[tokio::test]
async fn the_statistics_count_by_shanghai_days() {
    let app = Hopetree::start();
    // Five minutes before midnight in Shanghai, and five after.
    let midnight = (now() + 8 * 3600) / 86_400 * 86_400 - 8 * 3600;
    for (openid, at) in [("A", midnight - 300), ("B", midnight + 300), ("C", midnight + 300)] {
        let resident = app.resident(openid);
        let body = "<Event>subscribe</Event><EventKey></EventKey>";
        assert_eq!(resident.pushes(&resident.xml("event", at, body)).await.status, 200);
    }
    let resident = app.resident("C");
    resident.pushes(&resident.xml("event", midnight + 400, "<Event>unsubscribe</Event>")).await;
    let stats = app.command(&["stats", "--account", "hope", "--days", "2"]);
    let lines: Vec<Vec<&str>> = stats.lines().map(|line| line.split_whitespace().collect()).collect();
    let days = &lines[lines.len() - 2..];
    assert_eq!(days[0][1..], ["1", "0", "+1"], "{stats}");
    assert_eq!(days[1][1..], ["2", "1", "+1"], "{stats}");
    assert!(stats.contains("followers  2"), "{stats}");
}
