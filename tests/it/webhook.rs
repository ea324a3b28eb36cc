//! Who is let in, and what everybody else gets.

use std::time::{Duration, Instant};

use hopetree::accounts::AccountId;
use hopetree::{messages, subscribers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Hopetree, Mode};

#[tokio::test]
async fn the_proof_of_ownership_returns_the_echo_as_text() {
    let app = Hopetree::start();
    let query = "timestamp=1767225600&nonce=1320562132&echostr=5838479218127813673";
    let genuine = format!("/wx/hope?signature=4285b89ec421fe1ca8f75a71824c3ff36964671f&{query}");
    let response = app.http.get(format!("{}{genuine}", app.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.text().await.unwrap(), "5838479218127813673");

    let forged = format!("/wx/hope?signature={}&{query}", "0".repeat(40));
    assert_eq!(app.get(&forged).await, (403, String::new()));
    assert_eq!(app.get(&format!("/wx/hope?{query}")).await, (403, String::new()));
    assert_eq!(app.get(&format!("{genuine}&signature=x")).await, (403, String::new()));
    assert_eq!(app.get("/wx/nobody?signature=x").await.0, 404);
}

#[tokio::test]
async fn every_mode_answers_in_its_own_form() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let app = Hopetree::start_with(mode, &["--kind", "service", "--verified"]);
        let resident = app.resident("A");
        let (query, body) =
            resident.delivery(&resident.xml("text", 1, "<Content>菜单</Content><MsgId>1</MsgId>"));
        let (status, answer) = resident.posts(&query, body).await;
        assert_eq!((status, answer.contains("<Encrypt>")), (200, mode != Mode::Plain), "{mode:?}");
        assert!(resident.says("菜单").await.text().contains("社区概况"), "{mode:?}");
        assert!(resident.leaves().await.is_silence(), "{mode:?}");
    }
}

#[tokio::test]
async fn what_is_not_authentic_is_forbidden() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let xml = resident.xml("text", 1, "<Content>停电</Content><MsgId>2</MsgId>");
    let (query, body) = resident.delivery(&xml);
    let without = |name: &str| {
        let kept: Vec<&str> =
            query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
        kept.join("&")
    };
    let mut tampered = body.clone().into_bytes();
    let middle = body.find("CDATA[").unwrap() + body[body.find("<Encrypt>").unwrap()..].len() / 2;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    let foreign = resident.delivery(&xml);
    let foreign = {
        let key = hopetree::wechat::AesKey::parse("EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8").unwrap();
        let app_id = hopetree::wechat::AppId::parse("wxffffffffffffffff").unwrap();
        let other = hopetree::wechat::envelope::Envelope::new(app_id, key, None);
        let encrypt = other.seal(&xml, [7; 16]);
        let timestamp = foreign.0.split("timestamp=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let signature = app.token().sign_sealed(&timestamp, "1320562132", &encrypt);
        let query = format!("{}&msg_signature={signature}", without("msg_signature"));
        (query, format!("<xml><Encrypt>{encrypt}</Encrypt></xml>"))
    };
    let cases: [(&str, String, Vec<u8>); 9] = [
        ("no signature", without("signature"), body.clone().into()),
        ("an empty signature", query.replacen("signature=", "signature=&x=", 1), body.clone().into()),
        ("a signature twice", format!("{query}&signature={}", "0".repeat(40)), body.clone().into()),
        ("no msg_signature", without("msg_signature"), body.clone().into()),
        ("another timestamp", query.replacen("timestamp=", "timestamp=1", 1), body.clone().into()),
        ("a tampered envelope", query.clone(), tampered),
        ("a foreign AppID", foreign.0, foreign.1.into()),
        ("a plain body", without("encrypt_type"), xml.clone().into()),
        ("a plain body said to be sealed", query.clone(), xml.clone().into()),
    ];
    for (what, query, body) in cases {
        let (status, answer) = resident.posts(&query, body).await;
        assert_eq!((status, answer.as_str()), (403, ""), "{what}");
    }
    assert_eq!(resident.posts(&query, body).await.0, 200, "the genuine one");
}

#[tokio::test]
async fn a_push_addressed_to_another_account_is_forbidden() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let xml = resident
        .xml("text", 1, "<Content>1</Content><MsgId>3</MsgId>")
        .replace("gh_0123456789ab", "gh_other");
    assert_eq!(resident.pushes(&xml).await.status, 403);
}

#[tokio::test]
async fn what_is_no_push_is_malformed() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "subscription"]);
    let resident = app.resident("A");
    let (query, good) = resident.delivery(&resident.xml("text", 1, "<Content>1</Content><MsgId>4</MsgId>"));
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let cases: [(&str, Vec<u8>); 9] = [
        ("JSON", br#"{"MsgType":"text"}"#.to_vec()),
        ("nothing", Vec::new()),
        ("a DOCTYPE", format!("<!DOCTYPE xml [<!ENTITY a \"b\">]>{good}").into()),
        ("an entity of its own", good.replace("<Content>1", "<Content>&a;").into()),
        ("cut off", good.as_bytes()[..good.len() - 10].to_vec()),
        ("nested too deep", deep.as_bytes()[..500_000].to_vec()),
        ("not UTF-8", [good.as_bytes(), b"\xff"].concat()),
        ("no sender", good.replace("FromUserName", "From").into()),
        ("no type", good.replace("MsgType", "Type").into()),
    ];
    for (what, body) in cases {
        let (status, answer) = resident.posts(&query, body).await;
        assert_eq!((status, answer.as_str()), (400, ""), "{what}");
    }
    assert_eq!(resident.posts(&query, vec![b'x'; (512 << 10) + 1]).await.0, 413);
    assert!(resident.says("1").await.status == 200, "the server is alive");
}

#[tokio::test]
async fn other_addresses_and_methods_are_told_so() {
    let app = Hopetree::start();
    assert_eq!(app.resident("A").app_post("/wx/nobody").await, 404);
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
        let response = app.http.request(method.clone(), format!("{}/wx/hope", app.url)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
    }
}

#[tokio::test]
async fn who_sends_slowly_or_stops_half_way_holds_up_nobody() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "service", "--verified"]);
    let address = app.url.trim_start_matches("http://").to_owned();
    let resident = app.resident("A");
    let (query, body) = resident.delivery(&resident.xml("text", 1, "<Content>1</Content><MsgId>5</MsgId>"));
    let head = format!("POST /wx/hope?{query} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut stuck = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body.as_bytes()[..20]).await.unwrap();
        stuck.push(stream);
    }
    let started = Instant::now();
    assert!(!app.resident("B").says("菜单").await.text().is_empty());
    assert!(started.elapsed() < Duration::from_secs(2), "others waited {:?}", started.elapsed());

    let mut answer = String::new();
    let first = stuck.first_mut().unwrap();
    tokio::time::timeout(Duration::from_secs(10), first.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn while_the_database_takes_nothing_pushes_are_answered_and_follow_into_it_in_their_order() {
    let app = Hopetree::start();
    let db = app.db().await;
    // Whoever holds the database's only place to write keeps everybody else from writing.
    let blocker = db.begin_write().await.unwrap();
    let resident = app.resident("A");
    let event = |name: &str, at: i64| resident.xml("event", at, &format!("<Event>{name}</Event>"));
    let pushes = [event("subscribe", 1), event("unsubscribe", 2), event("subscribe", 3)];
    let question = resident.xml("text", 4, "<Content>菜单</Content><MsgId>6</MsgId>");
    for push in &pushes {
        assert_eq!(resident.pushes(push).await.status, 200);
    }
    let answer = resident.pushes(&question).await;
    assert!(answer.text().contains("社区概况"));
    assert_eq!(resident.pushes(&question).await, answer);
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 0);
    // What was kept is known to the next process, too.
    let app = Hopetree::serve(app.kill(), Mode::Secure);
    let resident = app.resident("A");
    assert_eq!(resident.pushes(&question).await, answer);
    blocker.rollback().await.unwrap();

    let started = Instant::now();
    while messages::store::count(db.reader(), AccountId(1)).await.unwrap() < 4 {
        assert!(started.elapsed() < Duration::from_secs(20), "the journal was not brought into the database");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let person =
        subscribers::store::find(db.reader(), AccountId(1), resident.openid()).await.unwrap().unwrap();
    assert_eq!((person.follows, person.unfollows, person.messages), (2, 1, 1));
    assert_eq!(resident.pushes(&question).await, answer);
    assert_eq!(resident.says("你好").await.status, 200);
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 5);
}
