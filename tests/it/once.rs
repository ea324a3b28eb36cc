//! A repeat gets the very answer of the first, and what it does is done once.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use hopetree::accounts::AccountId;
use hopetree::{messages, subscribers};

use crate::support::{Hopetree, Mode, Resident};

const ACCOUNT: AccountId = AccountId(1);

#[tokio::test]
async fn a_repeated_push_gets_the_first_answer_also_after_a_restart() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let xml = resident.xml("text", 1_767_225_600, "<Content>菜单</Content><MsgId>7</MsgId>");
    let first = resident.pushes(&xml).await;
    assert_eq!(resident.pushes(&xml).await, first);

    // What the account tells changes in between; the answer that was given does not.
    app.command(&["account", "update", "hope", "--name", "新希望社区"]);
    let app = Hopetree::serve(app.stop(), Mode::Secure);
    let resident = app.resident("A");
    assert_eq!(resident.pushes(&xml).await, first);
    assert!(resident.says("菜单").await.text().contains("新希望社区"));

    let app = Hopetree::serve(app.kill(), Mode::Secure);
    assert_eq!(app.resident("A").pushes(&xml).await, first);
    let db = app.db().await;
    assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), 2);
    let person =
        subscribers::store::find(db.reader(), ACCOUNT, app.resident("A").openid()).await.unwrap().unwrap();
    assert_eq!(person.messages, 2);
}

#[tokio::test]
async fn deliveries_at_the_same_moment_have_one_effect_and_one_answer() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let body = "<Event>subscribe</Event><EventKey></EventKey>";
    let xml = resident.xml("event", 1_767_225_600, body);
    let answers = join_all((0..20).map(|_| resident.pushes(&xml))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(answers[0].text().contains("欢迎"));
    let db = app.db().await;
    assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), 1);
    let person = subscribers::store::find(db.reader(), ACCOUNT, resident.openid()).await.unwrap().unwrap();
    assert_eq!((person.follows, person.unfollows), (1, 0));
}

#[tokio::test]
async fn what_only_looks_alike_is_not_a_repeat() {
    let app = Hopetree::start();
    let (first, second) = (app.resident("A"), app.resident("B"));
    let at = 1_767_225_600;
    let click = |key: &str| format!("<Event>CLICK</Event><EventKey>{key}</EventKey>");
    first.pushes(&first.xml("event", at, &click("overview"))).await;
    first.pushes(&first.xml("event", at, &click("map"))).await;
    first.pushes(&first.xml("event", at, "<Event>VIEW</Event><EventKey>overview</EventKey>")).await;
    first.pushes(&first.xml("text", at, "<Content>1</Content><MsgId>9</MsgId>")).await;
    second.pushes(&second.xml("text", at, "<Content>1</Content><MsgId>9</MsgId>")).await;
    let db = app.db().await;
    assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), 5);
}

#[tokio::test]
async fn what_is_in_hand_at_the_end_is_answered_and_kept() {
    let app = Hopetree::start();
    let residents: Vec<_> = (0..50).map(|number| app.resident(&format!("R{number}"))).collect();
    let pushes = join_all(residents.iter().map(|resident| resident.says("停电")));
    let (answers, ()) = tokio::join!(pushes, async { app.signal("-TERM") });
    // Who came too late found nobody there (status 0); nobody was told that something went wrong.
    let answered = answers.iter().filter(|answer| answer.status == 200).count() as u64;
    assert!(answers.iter().all(|answer| matches!(answer.status, 0 | 200)), "{answers:?}");
    let db = app.db().await;
    assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), answered);
}

#[tokio::test]
async fn what_was_answered_before_a_power_cut_is_kept_once_and_answered_the_same() {
    let app = Hopetree::start();
    let residents: Vec<_> = (0..400).map(|number| app.resident(&format!("R{number}"))).collect();
    let answered = AtomicUsize::new(0);
    let push = async |resident: &Resident<'_>| {
        let xml = resident.xml("text", 1_767_225_600, "<Content>停电</Content><MsgId>7</MsgId>");
        let heard = resident.pushes(&xml).await;
        if heard.status == 200 {
            answered.fetch_add(1, Ordering::Relaxed);
        }
        (xml, heard)
    };
    let cut = async {
        while answered.load(Ordering::Relaxed) < 20 {
            tokio::task::yield_now().await;
        }
        app.signal("-KILL");
    };
    let (heard, ()) = tokio::join!(join_all(residents.iter().map(push)), cut);
    let kept: Vec<_> = heard.into_iter().enumerate().filter(|(_, (_, heard))| heard.status == 200).collect();
    assert!(kept.len() >= 20, "{} were answered before the cut", kept.len());

    let app = Hopetree::serve(app.kill(), Mode::Secure);
    let before = messages::store::count(app.db().await.reader(), ACCOUNT).await.unwrap();
    assert!(before >= kept.len() as u64, "{before} are kept of {}", kept.len());
    for (number, (xml, first)) in kept {
        assert_eq!(app.resident(&format!("R{number}")).pushes(&xml).await, first);
    }
    assert_eq!(messages::store::count(app.db().await.reader(), ACCOUNT).await.unwrap(), before);
}
