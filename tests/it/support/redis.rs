//! A Redis server of a story's own, which it may stop and hang.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::missing;

const START_LIMIT: Duration = Duration::from_secs(20);

/// It is killed when dropped, and keeps nothing over a restart.
pub struct Redis {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Redis {
    /// A running, empty server; none where Redis is not installed, which it says.
    pub fn start() -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            missing("Redis", "install it (Debian: apt-get install redis-server)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let child = spawn(&folder, port);
        Some(Self { folder, port, child })
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once, with everything that it holds.
    pub fn stop(&mut self) {
        self.child.kill().expect("Redis can be killed");
        self.child.wait().expect("Redis ends");
    }

    pub fn start_again(&mut self) {
        self.child = spawn(&self.folder, self.port);
    }

    /// From now on it accepts and never answers.
    pub fn hang(&self) {
        self.signal("-STOP");
    }

    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// Gives it a command.
    pub fn command(&self, words: &[&str]) {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("Redis answers");
        let mut answer = [0; 5];
        let line = format!("{}\r\n", words.join(" "));
        connection.write_all(line.as_bytes()).expect("Redis takes a command");
        connection.read_exact(&mut answer).expect("Redis answers a command");
        assert_eq!(&answer[..3], b"+OK", "{words:?}");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill can be run").success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(folder: &TempDir, port: u16) -> Child {
    let child = Command::new("redis-server")
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
        ])
        .arg(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("Redis can be started");
    let started = Instant::now();
    while !answers(port) {
        assert!(started.elapsed() < START_LIMIT, "Redis does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn answers(port: u16) -> bool {
    let Ok(mut connection) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = [0; 5];
    connection.write_all(b"PING\r\n").and_then(|()| connection.read_exact(&mut answer)).is_ok()
        && answer == *b"+PONG"
}
