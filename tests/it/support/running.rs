//! A Hope Tree of one's own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use hopetree::db::Db;
use hopetree::wechat::envelope::Envelope;
use hopetree::wechat::{AesKey, AppId, Token};
use tempfile::TempDir;

use super::{Resident, project};

pub const APP_ID: &str = "wx1a2b3c4d5e6f7a8b";
pub const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const TOKEN: &str = "shequ2026Token";
pub const AES_KEY: &str = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8";
pub const ORIGINAL_ID: &str = "gh_0123456789ab";
/// The settings of a verified service account.
pub const VERIFIED: &[&str] = &["--kind", "service", "--verified"];
const START_LIMIT: Duration = Duration::from_secs(30);

/// In which form pushes come; the account `hope` is in this mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Plain,
    Compatible,
    Secure,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Compatible => "compatible",
            Self::Secure => "secure",
        }
    }
}

/// Runs a command to its end, in a data folder.
#[track_caller]
pub fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    command(data_dir, arguments).output().expect("the program can be run")
}

fn command(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hopetree"));
    command
        .args(arguments)
        .current_dir(project())
        .env_remove("HOPETREE_DATABASE_URL")
        .env("HOPETREE_DATA_DIR", data_dir)
        .env("HOPETREE_LISTEN", "127.0.0.1:0")
        .env("HOPETREE_PUBLIC_URL", "https://wx.example.cn")
        .stdin(Stdio::null());
    command
}

/// A running server with one account, `hope`; it is killed when dropped.
pub struct Hopetree {
    pub url: String,
    pub mode: Mode,
    pub folder: TempDir,
    pub http: reqwest::Client,
    pub database_url: String,
    /// Where `/metrics` is; empty when it is nowhere.
    pub metrics: String,
    /// The variables that it was started with.
    settings: Vec<(String, String)>,
    log: Arc<Mutex<String>>,
    child: Child,
}

impl Hopetree {
    /// A verified service account with the starter content.
    pub fn start() -> Self {
        Self::start_with(Mode::Secure, VERIFIED)
    }

    /// As [`Hopetree::start`], in another mode and with other settings of the account.
    pub fn start_with(mode: Mode, settings: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), mode, settings)
    }

    /// As [`Hopetree::start_with`], with its data in a folder that the story chose.
    pub fn start_in(folder: TempDir, mode: Mode, settings: &[&str]) -> Self {
        let mut add = vec!["account", "add", "hope", "--name", "希望社区", "--app-id", APP_ID];
        add.extend(["--app-secret", APP_SECRET, "--token", TOKEN, "--aes-key", AES_KEY]);
        add.extend(["--mode", mode.as_str(), "--original-id", ORIGINAL_ID]);
        // No platform answers there; what needs one names the sandbox.
        if !settings.contains(&"--api-base") {
            add.extend(["--api-base", "http://127.0.0.1:9"]);
        }
        add.extend(settings);
        succeed(folder.path(), &add);
        succeed(folder.path(), &["content", "import", "content", "--account", "hope"]);
        Self::serve(folder, mode)
    }

    /// As [`Hopetree::start`], with its data in another database than the folder's.
    pub fn start_on(database_url: &str) -> Self {
        let database = [("HOPETREE_DATABASE_URL", database_url)];
        Self::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &database)
    }

    /// As [`Hopetree::start`], in another mode, with another platform and more variables, which its commands get, too.
    pub fn start_with_settings(mode: Mode, api_base: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut add = vec!["account", "add", "hope", "--name", "希望社区", "--app-id", APP_ID];
        add.extend(["--app-secret", APP_SECRET, "--token", TOKEN, "--aes-key", AES_KEY]);
        add.extend(["--mode", mode.as_str(), "--api-base", api_base]);
        add.extend(VERIFIED);
        for arguments in [&add[..], &["content", "import", "content", "--account", "hope"]] {
            let output = command(folder.path(), arguments).envs(variables.iter().copied()).output();
            let output = output.expect("the program can be run");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        Self::serve_with(folder, mode, variables)
    }

    /// Another node of the same installation, with a folder of its own.
    pub fn another_node(&self) -> Self {
        let key = self.folder.path().join("master.key");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = command(folder.path(), &["serve"]);
        let settings = self.settings.iter().filter(|(name, _)| name != "HOPETREE_DATA_DIR");
        command.envs(settings.cloned()).env("HOPETREE_MASTER_KEY_FILE", key);
        Self::spawn(command, folder, self.mode)
    }

    /// Serves what a folder holds already.
    pub fn serve(folder: TempDir, mode: Mode) -> Self {
        Self::serve_with(folder, mode, &[])
    }

    /// As [`Hopetree::serve`], with more variables.
    pub fn serve_with(folder: TempDir, mode: Mode, variables: &[(&str, &str)]) -> Self {
        let mut command = command(folder.path(), &["serve"]);
        command.envs(variables.iter().copied());
        Self::spawn(command, folder, mode)
    }

    /// As [`Hopetree::serve_with`], after a line of shell that sets limits for the process.
    pub fn serve_after(shell: &str, folder: TempDir, mode: Mode, variables: &[(&str, &str)]) -> Self {
        let plain = command(folder.path(), &["serve"]);
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("{shell}; exec \"$0\" serve"), env!("CARGO_BIN_EXE_hopetree")]);
        limited.current_dir(project()).stdin(Stdio::null());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        limited.envs(variables.iter().copied());
        Self::spawn(limited, folder, mode)
    }

    fn spawn(mut command: Command, folder: TempDir, mode: Mode) -> Self {
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        let settings: Vec<(String, String)> =
            command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?)))).collect();
        let given = settings.iter().find(|(name, _)| name == "HOPETREE_DATABASE_URL");
        let database_url = given.map_or_else(
            || format!("sqlite://{}", folder.path().join("hopetree.db").display()),
            |(_, url)| url.clone(),
        );
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program can be started");
        let lines = BufReader::new(child.stderr.take().expect("standard error is piped")).lines();
        let (found, address) = mpsc::channel();
        let mut metrics = String::new();
        let log = Arc::new(Mutex::new(String::new()));
        // The thread goes on reading, so that the program never waits for somebody to read its log.
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in lines.map_while(Result::ok) {
                    let json: Option<serde_json::Value> = serde_json::from_str(&line).ok();
                    if let Some(address) = json.as_ref().and_then(|json| json["address"].as_str()) {
                        address.clone_into(&mut metrics);
                    }
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    log.push_str(&line);
                    log.push('\n');
                    drop(log);
                    if let Some(listen) = json.as_ref().and_then(|json| json["listen"].as_str()) {
                        found.send((listen.to_owned(), metrics.clone())).ok();
                    }
                }
            }
        });
        let read = || log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (address, metrics) = match address.recv_timeout(START_LIMIT) {
            Ok(address) => address,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the server ended at its start:\n{}", read()),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("the server did not say where it listens:\n{}", read())
            }
        };
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self {
            url: format!("http://{address}"),
            mode,
            folder,
            http: http.build().expect("an HTTP client"),
            database_url,
            metrics,
            settings,
            log,
            child,
        }
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the server as a service manager does, and gives back its folder.
    pub fn stop(mut self) -> TempDir {
        self.signal("-TERM");
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                assert!(status.success(), "the server ended with {status}");
                return self.take_folder();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not end after SIGTERM");
    }

    /// Ends the server at once, as a power cut does.
    pub fn kill(mut self) -> TempDir {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
        self.take_folder()
    }

    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill can be run").success());
    }

    fn take_folder(&mut self) -> TempDir {
        std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a temporary folder"))
    }

    /// Runs a command beside the server, on the same data, and gives its output; it must succeed.
    #[track_caller]
    pub fn command(&self, arguments: &[&str]) -> String {
        let mut command = command(self.folder.path(), arguments);
        succeeds(command.envs(self.settings.iter().cloned()))
    }

    /// A command beside the server, on the same data, not yet run.
    pub fn prepared(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.folder.path(), arguments);
        command.envs(self.settings.iter().cloned());
        command
    }

    /// The database, to see what was really stored.
    pub async fn db(&self) -> Db {
        Db::connect(&self.database_url).await.expect("the database opens")
    }

    pub fn resident(&self, openid: &str) -> Resident<'_> {
        Resident::new(self, openid)
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.http.get(format!("{}{path}", self.url)).send().await.expect("the server answers");
        (response.status().as_u16(), response.text().await.expect("the answer is text"))
    }

    /// Asks again and again, for 5 s at most, until the answer is as wanted; gives the last one.
    pub async fn eventually<T, F: Future<Output = T>>(
        &self,
        ask: impl Fn() -> F,
        is_wanted: impl Fn(&T) -> bool,
    ) -> T {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let answer = ask().await;
            if is_wanted(&answer) || Instant::now() > until {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn token(&self) -> Token {
        Token::parse(TOKEN).expect("the token is one")
    }

    pub fn envelope(&self) -> Envelope {
        let key = AesKey::parse(AES_KEY).expect("the key is one");
        Envelope::new(AppId::parse(APP_ID).expect("the AppID is one"), key, None)
    }
}

impl Drop for Hopetree {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[track_caller]
fn succeed(data_dir: &Path, arguments: &[&str]) -> String {
    succeeds(&mut command(data_dir, arguments))
}

#[track_caller]
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("the program can be run");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}\n{err}");
    out.into_owned()
}
