//! What the benchmarks share: the server on a core of its own, pushes that are signed and unique, and the load.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hopetree::wechat::envelope::Envelope;
use hopetree::wechat::{AesKey, AppId, Token};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const APP_ID: &str = "wx1a2b3c4d5e6f7a8b";
pub(crate) const TOKEN: &str = "shequ2026Token";
pub(crate) const AES_KEY: &str = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8";
pub(crate) const SENDERS: u64 = 10_000;
pub(crate) const CONNECTIONS: usize = 32;
const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";

static NEXT: AtomicU64 = AtomicU64::new(1);

/// `plain` or `secure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Secure,
}

impl Mode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Secure => "secure",
        }
    }
}

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::vars().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
}

/// How long to offer load; `BENCH_SECONDS` overrules.
pub(crate) fn length(default_seconds: u64) -> Duration {
    let given = variable("BENCH_SECONDS").and_then(|text| text.parse().ok());
    Duration::from_secs(given.unwrap_or(default_seconds))
}

/// The server that is measured; `HOPETREE_BIN` names another one.
pub(crate) fn program() -> PathBuf {
    let program: PathBuf =
        variable("HOPETREE_BIN").unwrap_or_else(|| "target/release/hopetree".into()).into();
    if !program.exists() {
        eprintln!("{} is not there: run `make build` first", program.display());
        std::process::exit(1);
    }
    program
}

/// Keeps the load off the server's core. Threads that are started later inherit it.
pub(crate) fn stay_on_the_load_core() {
    let own = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-pc", LOAD_CORE, &own]).stdout(Stdio::null()).status();
    if !pinned.is_ok_and(|status| status.success()) {
        eprintln!("taskset is missing or there is one core only: server and load share what there is");
    }
}

/// A command that runs on the server's core.
fn pinned(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER_CORE]).arg(program);
    command
}

/// A data folder with the account `hope` and the starter content.
pub(crate) struct Installation {
    pub(crate) folder: TempDir,
    program: PathBuf,
    database_url: Option<String>,
    /// Where the load itself finds the database, when that is another way than the server's.
    direct_url: Option<String>,
}

impl Installation {
    pub(crate) fn new(mode: Mode, database_url: Option<String>) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a temporary folder"), mode, database_url)
    }

    /// As [`Installation::new`], with its data in a folder that was chosen.
    pub(crate) fn in_folder(folder: TempDir, mode: Mode, database_url: Option<String>) -> Self {
        let installation = Self { folder, program: program(), database_url, direct_url: None };
        let mut add = vec!["account", "add", "hope", "--name", "希望社区", "--app-id", APP_ID];
        add.extend(["--app-secret", "s", "--token", TOKEN, "--aes-key", AES_KEY, "--mode", mode.as_str()]);
        add.extend(["--kind", "service", "--verified"]);
        installation.run(&add);
        installation.run(&["content", "import", "content", "--account", "hope"]);
        installation
    }

    /// Names another way to its database than the server's.
    pub(crate) fn whose_database_is_at(self, url: &str) -> Self {
        Self { direct_url: Some(url.into()), ..self }
    }

    /// The address of its database, to see what was stored.
    pub(crate) fn database(&self) -> String {
        let file = || format!("sqlite://{}", self.folder.path().join("hopetree.db").display());
        self.direct_url.clone().or_else(|| self.database_url.clone()).unwrap_or_else(file)
    }

    /// Runs a command on this installation to its end.
    pub(crate) fn run(&self, arguments: &[&str]) {
        let mut command = Command::new(&self.program);
        let output = self.environment(&mut command).args(arguments).output().expect("the program can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the server on its core, and says how long it took until it listened.
    pub(crate) fn serve(&self) -> (Server, Duration) {
        let started = Instant::now();
        let mut command = pinned(&self.program);
        let server = Server::start(self.environment(&mut command).arg("serve"));
        (server, started.elapsed())
    }

    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("HOPETREE_DATA_DIR", self.folder.path())
            .env("HOPETREE_LISTEN", "127.0.0.1:0")
            .env("HOPETREE_LOG", "warn,hopetree::cli=info");
        if let Some(url) = &self.database_url {
            command.env("HOPETREE_DATABASE_URL", url);
        }
        command
    }
}

/// A server process; it is killed when dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) process: Child,
}

impl Server {
    /// Starts what prints a JSON line with `listen` on standard error.
    fn start(command: &mut Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(process.stderr.take().expect("standard error is piped"))
            .lines()
            .map_while(Result::ok);
        let address = lines.find_map(|line| {
            let json: serde_json::Value = serde_json::from_str(&line).ok()?;
            Some(json["listen"].as_str()?.to_owned())
        });
        std::thread::spawn(move || lines.for_each(|line| eprintln!("server: {line}")));
        Self { address: address.expect("the server says where it listens"), process }
    }

    /// The bare axum server of this benchmark, on the same core.
    pub(crate) fn yardstick(mode: Mode) -> Self {
        let own = std::env::current_exe().expect("this program has a path");
        Self::start(pinned(&own).args(["--yardstick", mode.as_str()]))
    }

    pub(crate) fn resident_megabytes(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        let kilobytes: f64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        kilobytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The address of a new database on a Postgres server.
pub(crate) async fn fresh_postgres(server: &str) -> String {
    let admin = Database::connect(format!("{server}/postgres")).await.expect("Postgres answers");
    let name = format!("bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    admin.execute_unprepared(&format!("create database {name}")).await.expect("a database can be made");
    format!("{server}/{name}")
}

/// What came of a load: how many exchanges a second, and how long each took.
pub(crate) struct Outcome {
    pub(crate) rate: f64,
    times: Vec<Duration>,
}

impl Outcome {
    pub(crate) fn new(mut times: Vec<Duration>, length: Duration) -> Self {
        times.sort_unstable();
        Self { rate: times.len() as f64 / length.as_secs_f64(), times }
    }

    pub(crate) fn count(&self) -> u64 {
        self.times.len() as u64
    }

    /// The time that this share of the exchanges did not exceed.
    pub(crate) fn at(&self, share: f64) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last as f64 * share) as usize).copied().unwrap_or_default()
    }
}

/// Offers as much as 32 connections take, each sending its next push when it has the answer to the last.
pub(crate) async fn closed_loop(address: &str, mode: Mode, length: Duration) -> Outcome {
    let until = Instant::now() + length;
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let address = address.to_owned();
            #[expect(clippy::disallowed_methods, reason = "only this function waits for it")]
            tokio::spawn(async move { client(&address, mode, until).await })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a client ends well"));
    }
    Outcome::new(times, length)
}

async fn client(address: &str, mode: Mode, until: Instant) -> Vec<Duration> {
    let mut connection = Connection::open(address).await;
    let pushes = Pushes::new(mode);
    let mut times = Vec::new();
    while Instant::now() < until {
        let request = pushes.next();
        let started = Instant::now();
        let status = connection.exchange(request.as_bytes()).await;
        assert_eq!(status, 200);
        times.push(started.elapsed());
    }
    times
}

/// One connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server accepts");
        stream.set_nodelay(true).ok();
        Self { stream, buffer: vec![0; 64 << 10] }
    }

    /// Sends a request, reads the whole answer, and gives its status.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.expect("the request is sent");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.expect("the server answers");
            assert!(read > 0, "the server hung up");
            filled += read;
            let answer = &self.buffer[..filled];
            let Some(head) = find(answer, b"\r\n\r\n") else { continue };
            let name = b"content-length: ";
            let at = find(&answer[..head], name).expect("the answer has a length") + name.len();
            let length = number(&answer[at..]);
            if filled >= head + 4 + length {
                return number(&answer[b"HTTP/1.1 ".len()..]) as u16;
            }
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn number(text: &[u8]) -> usize {
    text.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))
}

/// Makes requests that are signed, sealed where the mode wants it, and unique over the whole process.
pub(crate) struct Pushes {
    mode: Mode,
    token: Token,
    envelope: Envelope,
    query: String,
}

impl Pushes {
    pub(crate) fn new(mode: Mode) -> Self {
        let token = Token::parse(TOKEN).expect("the token is one");
        let key = AesKey::parse(AES_KEY).expect("the key is one");
        let envelope = Envelope::new(AppId::parse(APP_ID).expect("the AppID is one"), key, None);
        let (timestamp, nonce) = (TIMESTAMP, NONCE);
        let signature = token.sign(timestamp, nonce);
        let query = format!("signature={signature}&timestamp={timestamp}&nonce={nonce}");
        Self { mode, token, envelope, query }
    }

    /// A text that a keyword rule answers, from one of 10,000 residents.
    pub(crate) fn next(&self) -> String {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut body = format!(
            "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[o{:0>27}]]></FromUserName>\
             <CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[停电了怎么办]]></Content>\
             <MsgId>{}</MsgId></xml>",
            // Residents do not write in the order of their openids.
            id.wrapping_mul(7_919) % SENDERS,
            // As long as WeChat's are.
            24_000_000_000_000_000 + id
        );
        let mut query = self.query.clone();
        if self.mode == Mode::Secure {
            let encrypt = self.envelope.seal(&body, *b"abcdefghij012345");
            let signature = self.token.sign_sealed(TIMESTAMP, NONCE, &encrypt);
            query.push_str(&format!("&encrypt_type=aes&msg_signature={signature}"));
            body = format!(
                "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
            );
        }
        format!(
            "POST /wx/hope?{query} HTTP/1.1\r\nhost: bench\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

const TIMESTAMP: &str = "1767225600";
const NONCE: &str = "1320562132";
