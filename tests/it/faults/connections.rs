//! Too many connections, too slow ones, and more pushes than can be taken in.

use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Ledger;
use super::ledger::{Exchange, something};
use crate::support::{Heard, Hopetree, Mode, missing};

const IDLE: usize = 10_000;
const SLOW: usize = 1_000;
const STORM: usize = 2_000;
const STORM_LENGTH: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_server_without_file_descriptors_answers_again_when_it_has_some() {
    let app = Hopetree::serve_after("ulimit -n 64", Hopetree::start().stop(), Mode::Secure, &[]);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 5).await;
    let address = address(&app);
    let mut held = Vec::new();
    for _ in 0..150 {
        held.push(TcpStream::connect(&address).await.expect("the kernel's queue takes it"));
    }
    // Over connections that are open already, all goes on; what is acknowledged now must be kept like all else.
    ledger.push(&app, 5).await;
    let wants = "a connection could not be accepted";
    assert!(
        app.eventually(async || app.log(), |log| log.contains(wants)).await.contains(wants),
        "it was not short of any"
    );
    drop(held);
    // One or the other may come over a connection that was just being closed to make room; WeChat repeats it.
    ledger.push(&app, 30).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

#[tokio::test]
async fn ten_thousand_idle_connections_keep_nobody_from_being_answered() {
    if !may_open(IDLE + 2_000) {
        return missing("12,000 file descriptors", "raise the limit of the shell: ulimit -n 20000");
    }
    let app = Hopetree::start();
    let address = address(&app);
    let mut idle = Vec::with_capacity(IDLE);
    while idle.len() < IDLE {
        // More at once than the kernel's queue takes would wait a second each.
        let some = join_all((0..100).map(|_| TcpStream::connect(&address))).await;
        idle.extend(some.into_iter().map(|stream| stream.expect("the server accepts")));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut ledger = Ledger::default();
    for _ in 0..3 {
        ledger.answered(&app, 30).await;
    }
    drop(idle);
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

#[tokio::test]
async fn a_thousand_slow_senders_keep_nobody_from_being_answered() {
    let app = Hopetree::start();
    let address = address(&app);
    let slow = (0..SLOW).map(async |number| {
        let (resident, xml) = something(&app);
        let request = request(&app, &resident, &xml);
        let body = request.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
        let mut stream = TcpStream::connect(&address).await.expect("the server accepts");
        // One half of them dawdles in the head, the other in the body.
        let begin = if number % 2 == 0 { 0 } else { body };
        stream.write_all(&request[..begin]).await.ok();
        for byte in request[begin..].chunks(1) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if stream.write_all(byte).await.is_err() {
                return;
            }
        }
    });
    let mut ledger = Ledger::default();
    let quick = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        for _ in 0..6 {
            ledger.answered(&app, 30).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    tokio::select! {
        _ = join_all(slow) => panic!("the slow ones were quicker"),
        () = quick => (),
    }
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

/// Many times what it can take: each of two thousand connections pushes as soon as it has heard.
#[tokio::test]
async fn of_a_storm_what_is_acknowledged_is_kept_and_the_rest_is_told_to_come_again() {
    if !may_open(STORM + 2_000) {
        return missing("4,000 file descriptors", "raise the limit of the shell: ulimit -n 20000");
    }
    let app = Hopetree::start();
    let until = Instant::now() + STORM_LENGTH;
    let address = address(&app);
    let streams = join_all((0..STORM).map(|_| storming(&app, &address, until))).await;
    let mut times = Vec::new();
    let mut ledger = Ledger::default();
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for (exchange, took) in streams.into_iter().flatten() {
        *statuses.entry(exchange.heard.status).or_default() += 1;
        if exchange.heard.status == 200 {
            times.push(took);
        }
        ledger.note([exchange]);
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "storm: {statuses:?} (0: hung up); of those answered p50 {:?}, p99 {:?}, max {:?}",
        at(50),
        at(99),
        at(100)
    );
    let unknown: Vec<_> = statuses.keys().filter(|status| ![0, 200, 500, 503].contains(*status)).collect();
    assert!(unknown.is_empty(), "{statuses:?}");
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

async fn storming(app: &Hopetree, address: &str, until: Instant) -> Vec<(Exchange, Duration)> {
    let mut exchanges = Vec::new();
    let mut connection = None;
    while Instant::now() < until {
        let (resident, xml) = something(app);
        let started = Instant::now();
        let request = request(app, &resident, &xml);
        let heard =
            tokio::time::timeout(Duration::from_secs(5), exchange(&mut connection, address, &request)).await;
        let (status, body) = match heard {
            Ok(Ok(heard)) => heard,
            Ok(Err(_)) | Err(_) => {
                connection = None;
                (0, String::new())
            }
        };
        let body = app.resident(&resident).opened(body);
        exchanges.push((Exchange { resident, xml, heard: Heard { status, body } }, started.elapsed()));
    }
    exchanges
}

/// One request over a connection that is kept; a new one when there is none.
async fn exchange(
    connection: &mut Option<TcpStream>,
    address: &str,
    request: &[u8],
) -> std::io::Result<(u16, String)> {
    let stream = match connection {
        Some(stream) => stream,
        None => connection.insert(TcpStream::connect(address).await?),
    };
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    let ended = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(ended());
        }
        let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let end = head + 4 + length.unwrap_or(0);
        if answer.len() < end {
            continue;
        }
        let status =
            text.split_whitespace().nth(1).and_then(|status| status.parse().ok()).ok_or_else(ended)?;
        let body = String::from_utf8_lossy(&answer[head + 4..end]).into_owned();
        if text.contains("connection: close") {
            *connection = None;
        }
        return Ok((status, body));
    }
}

fn request(app: &Hopetree, resident: &str, xml: &str) -> Vec<u8> {
    let (query, body) = app.resident(resident).delivery(xml);
    let head =
        format!("POST /wx/hope?{query} HTTP/1.1\r\nhost: wx\r\ncontent-length: {}\r\n\r\n", body.len());
    (head + &body).into_bytes()
}

fn address(app: &Hopetree) -> String {
    app.url.trim_start_matches("http://").to_owned()
}

/// Raises this process's limit of file descriptors as far as it may, which the servers that it starts inherit.
fn may_open(files: usize) -> bool {
    let limit = |which: &str| {
        let output = Command::new("sh").args(["-c", &format!("ulimit {which}")]).output();
        let output = output.expect("a shell can be run");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let nofile = format!("--nofile={}:", limit("-Hn"));
    let raise = Command::new("prlimit").args(["--pid", &std::process::id().to_string(), &nofile]).output();
    raise.is_ok() && limit("-n").parse::<usize>().map_or(true, |soft| soft >= files)
}
