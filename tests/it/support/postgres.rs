//! A Postgres server of a story's own, which it may stop.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::missing;

/// Runs from a temporary folder; it is stopped when dropped.
pub struct Postgres {
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// A running, empty server; none where Postgres is not installed, which it says.
    pub fn start() -> Option<Self> {
        let Some(initdb) = program("initdb") else {
            missing("Postgres", "install it (Debian: apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let postgres = Self { folder, port };
        if is_root() {
            // Postgres refuses to run as root, and must get through to its data.
            succeed(Command::new("chown").arg("postgres").arg(postgres.folder.path()));
        }
        let init = format!(
            "{} -D {} -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync",
            initdb.display(),
            postgres.data()
        );
        succeed(&mut as_postgres(&init));
        postgres.start_again();
        Some(postgres)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it at once, as a crash does.
    pub fn stop(&self) {
        succeed(&mut as_postgres(&format!("{} -D {} -m immediate -w stop", pg_ctl(), self.data())));
    }

    pub fn start_again(&self) {
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -k {}", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        let start = format!("{} -D {} -o '{options}' -l {} -w start", pg_ctl(), self.data(), log.display());
        succeed(&mut as_postgres(&start));
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        as_postgres(&format!("{} -D {} -m immediate -w stop", pg_ctl(), self.data())).output().ok();
    }
}

fn pg_ctl() -> String {
    program("pg_ctl").expect("it comes with initdb").display().to_string()
}

/// The newest one on Debian, else what is on the PATH.
fn program(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.sort();
    let path = std::env::vars_os()
        .find(|(variable, _)| variable == "PATH")
        .map(|(_, path)| path)
        .unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name));
    found.into_iter().rev().chain(on_path).find(|program| program.exists())
}

fn as_postgres(command: &str) -> Command {
    let mut shell = if is_root() { Command::new("su") } else { Command::new("sh") };
    if is_root() {
        shell.args(["postgres", "-s", "/bin/sh"]);
    }
    shell.args(["-c", command]).current_dir(Path::new("/"));
    shell
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

/// Its output goes to a file: the server that pg_ctl starts would keep a pipe open for ever.
#[track_caller]
fn succeed(command: &mut Command) {
    let said = tempfile::tempfile().expect("a temporary file");
    let copy = || said.try_clone().expect("the file can be shared");
    let status = command.stdout(copy()).stderr(copy()).status().expect("the command can be run");
    assert!(status.success(), "{command:?} failed: {}", read(said));
}

fn read(mut file: std::fs::File) -> String {
    use std::io::{Read, Seek};
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).expect("what was said can be read");
    text
}
