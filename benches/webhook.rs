//! How many pushes a second the built server answers, and how fast: load from this process over 32 connections,
//! every push unique, signed (and sealed), recorded before it is answered. `make bench`.
//!
//! `HOPETREE_BIN` names the server to measure (default: `target/release/hopetree`), `BENCH_SECONDS` how long.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hopetree::wechat::envelope::Envelope;
use hopetree::wechat::{AesKey, AppId, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const SENDERS: u64 = 10_000;
const APP_ID: &str = "wx1a2b3c4d5e6f7a8b";
const TOKEN: &str = "shequ2026Token";
const AES_KEY: &str = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8";

static NEXT: AtomicU64 = AtomicU64::new(1);

fn main() {
    // `cargo test` builds and starts benchmarks, too; only `cargo bench` passes this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let variable = |name: &str| std::env::vars().find(|(key, _)| key == name).map(|(_, value)| value);
    let binary = variable("HOPETREE_BIN").unwrap_or_else(|| "target/release/hopetree".into());
    let seconds = variable("BENCH_SECONDS").and_then(|text| text.parse().ok()).unwrap_or(10);
    if !Path::new(&binary).exists() {
        eprintln!("{binary} is not there: run `make build` first");
        std::process::exit(1);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    for mode in ["plain", "secure"] {
        runtime.as_ref().expect("a runtime").block_on(measure(&binary, mode, Duration::from_secs(seconds)));
    }
}

async fn measure(binary: &str, mode: &str, length: Duration) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let output = command(binary, folder.path()).args(arguments).output().expect("the server can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&[
        "account",
        "add",
        "hope",
        "--name",
        "希望社区",
        "--app-id",
        APP_ID,
        "--app-secret",
        "s",
        "--token",
        TOKEN,
        "--aes-key",
        AES_KEY,
        "--mode",
        mode,
        "--kind",
        "service",
        "--verified",
    ]);
    run(&["content", "import", "content", "--account", "hope"]);
    let started = Instant::now();
    let mut server = command(binary, folder.path())
        .arg("serve")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let address = listening(&mut server);
    println!("{mode}: ready after {:?}, {} KB resident", started.elapsed(), resident_kilobytes(&server));
    let until = Instant::now() + length;
    let clients = (0..CONNECTIONS).map(|_| {
        let (address, sealed) = (address.clone(), mode == "secure");
        #[expect(
            clippy::disallowed_methods,
            reason = "a load generator has nothing to wait for it but this function"
        )]
        tokio::spawn(async move { client(&address, sealed, until).await })
    });
    let mut times = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        times.extend(client.await.expect("a client ends well"));
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{mode}: {:.0} pushes/s over {CONNECTIONS} connections, p50 {:?}, p99 {:?}, max {:?}, {} KB resident",
        times.len() as f64 / length.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
        resident_kilobytes(&server)
    );
    server.kill().ok();
    server.wait().ok();
}

fn command(binary: &str, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env("HOPETREE_DATA_DIR", folder)
        .env("HOPETREE_LISTEN", "127.0.0.1:0")
        .env("HOPETREE_LOG", "warn,hopetree::cli=info");
    command
}

fn listening(server: &mut Child) -> String {
    let mut lines = BufReader::new(server.stderr.take().expect("standard error is piped")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let json: serde_json::Value = serde_json::from_str(&line).ok()?;
        Some(json["listen"].as_str()?.to_owned())
    });
    std::thread::spawn(move || lines.count());
    address.expect("the server says where it listens")
}

fn resident_kilobytes(server: &Child) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or("?").to_owned()
}

/// One connection that pushes until the time is over; gives the time of each exchange.
async fn client(address: &str, sealed: bool, until: Instant) -> Vec<Duration> {
    let token = Token::parse(TOKEN).expect("the token is one");
    let key = AesKey::parse(AES_KEY).expect("the key is one");
    let envelope = Envelope::new(AppId::parse(APP_ID).expect("the AppID is one"), key, None);
    let mut stream = TcpStream::connect(address).await.expect("the server accepts");
    stream.set_nodelay(true).ok();
    let mut times = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    while Instant::now() < until {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let request = request(&token, &envelope, sealed, id);
        let started = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        read_answer(&mut stream, &mut buffer).await;
        times.push(started.elapsed());
    }
    times
}

fn request(token: &Token, envelope: &Envelope, sealed: bool, id: u64) -> String {
    let xml = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[o{:0>27}]]></FromUserName>\
         <CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[停电了怎么办]]></Content>\
         <MsgId>{id}</MsgId></xml>",
        id % SENDERS
    );
    let (timestamp, nonce) = ("1767225600", "1320562132");
    let signature = token.sign(timestamp, nonce);
    let mut query = format!("signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let mut body = xml;
    if sealed {
        let encrypt = envelope.seal(&body, *b"abcdefghij012345");
        query.push_str(&format!(
            "&encrypt_type=aes&msg_signature={}",
            token.sign_sealed(timestamp, nonce, &encrypt)
        ));
        body = format!(
            "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        );
    }
    format!(
        "POST /wx/hope?{query} HTTP/1.1\r\nhost: bench\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("the server answers");
        assert!(read > 0, "the server hung up");
        filled += read;
        let Some(head) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{text}");
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok())
            .expect("the answer has a length");
        if filled >= head + 4 + length {
            return;
        }
    }
}
