//! The process: start, configuration, health, and the tools beside it.

use std::process::Command;

use crate::support::{Hopetree, Mode, run};

#[test]
fn a_bad_configuration_names_every_problem_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hopetree.toml");
    std::fs::write(&file, "listen = \"nowhere\"\nsurprise = \"x\"\npublic_url = \"ftp://x\"\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hopetree"))
        .args(["serve", "--config", file.to_str().unwrap()])
        .env("HOPETREE_DATABASE_URL", "oracle://x")
        .env_remove("HOPETREE_LISTEN")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    for part in ["4 problem", "listen", "surprise", "public_url", "HOPETREE_DATABASE_URL"] {
        assert!(error.contains(part), "{part} is missing in {error}");
    }
}

#[tokio::test]
async fn health_and_readiness_are_told() {
    let app = Hopetree::start();
    assert_eq!(app.get("/healthz").await, (200, "ok".into()));
    let (status, body) = app.get("/readyz").await;
    assert!(status == 200 && body.contains("\"database\":\"ok\""), "{body}");
    assert_eq!(app.get("/sandbox/control/state").await.0, 404, "no sandbox in production");
}

#[tokio::test]
async fn what_happens_is_counted_for_prometheus() {
    let app = Hopetree::start();
    let app = Hopetree::serve_with(app.stop(), Mode::Secure, &[("HOPETREE_METRICS_LISTEN", "127.0.0.1:0")]);
    app.resident("A").says("停电").await;
    app.resident("A").app_post("/wx/hope").await;
    let metrics =
        app.http.get(format!("http://{}/metrics", app.metrics)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hopetree_pushes_recorded_total{account=\"hope\"} 2"), "{metrics}");
    assert!(metrics.contains("hopetree_push_answer_seconds_count 2"), "{metrics}");
    assert_eq!(app.get("/metrics").await.0, 404, "not for everybody");
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let app = Hopetree::start();
    let output = run(app.folder.path(), &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success(), "no platform answers there: {text}");
    assert!(text.contains("ok     database") && text.contains("FAULT  hope") && text.contains("→"), "{text}");

    std::fs::write(app.folder.path().join("master.key"), "f".repeat(64)).unwrap();
    let output = run(app.folder.path(), &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && text.contains("master key"), "{text}");
}

#[tokio::test]
async fn a_container_can_ask_whether_the_server_answers() {
    let app = Hopetree::start();
    let port = app.url.rsplit(':').next().unwrap().to_owned();
    let ask = |listen: String| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hopetree"));
        command.arg("healthcheck").env("HOPETREE_DATA_DIR", app.folder.path()).env("HOPETREE_LISTEN", listen);
        command.output().unwrap()
    };
    assert!(ask(format!("127.0.0.1:{port}")).status.success());
    assert!(ask(format!("0.0.0.0:{port}")).status.success(), "a server that listens everywhere");
    let nobody = ask("127.0.0.1:9".into());
    let error = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(!nobody.status.success() && error.contains("127.0.0.1:9"), "{error}");
}

/// As in `hopetree … | head`.
#[test]
fn a_command_whose_reader_has_seen_enough_ends_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_hopetree"))
        .args(["prune", "--dry-run"])
        .env("HOPETREE_DATA_DIR", folder.path())
        .env("HOPETREE_LOG", "warn")
        .stdout(writer)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{:?}: {said}", output.status);
}

#[test]
fn help_names_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(run(folder.path(), &["--help"]).stdout).unwrap();
    for command in [
        "demo",
        "serve",
        "sandbox",
        "account",
        "content",
        "menu",
        "stats",
        "doctor",
        "backup",
        "restore",
        "migrate",
        "prune",
        "erase",
        "healthcheck",
    ] {
        assert!(help.contains(command), "{command} is missing in {help}");
    }
}
