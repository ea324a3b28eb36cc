//! Official accounts on the command line.

use crate::support::{Hopetree, Mode, run};

const SECRETS: [&str; 3] =
    ["0123456789abcdef0123456789abcdef", "shequ2026Token", "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8"];

#[tokio::test]
async fn nothing_secret_is_ever_shown_or_stored_in_clear() {
    let app = Hopetree::start();
    app.resident("A").says("停电").await;
    let mut shown = app.command(&["account", "show", "hope"]) + &app.command(&["account", "list"]);
    let doctor = run(app.folder.path(), &["doctor"]);
    shown.push_str(&String::from_utf8_lossy(&doctor.stdout));
    shown.push_str(&String::from_utf8_lossy(&doctor.stderr));
    assert!(shown.contains("wx1a2b3c4d5e6f7a8b") && shown.contains("/wx/hope"), "{shown}");
    let folder = app.stop();
    let mut stored = Vec::new();
    for name in ["hopetree.db", "hopetree.db-wal"] {
        stored.extend(std::fs::read(folder.path().join(name)).unwrap_or_default());
    }
    assert!(!stored.is_empty());
    for secret in SECRETS {
        assert!(!shown.contains(secret), "a secret is shown: {shown}");
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a secret stands in the database in clear");
    }
}

#[test]
fn wrong_settings_are_all_named_and_no_secret_among_them() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &[
            "account",
            "add",
            "x",
            "--name",
            "x",
            "--app-id",
            "no",
            "--token",
            "Geheim!",
            "--aes-key",
            "kurz",
            "--mode",
            "fast",
            "--kind",
            "gift",
        ],
    );
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for flag in ["--app-id", "--app-secret is missing", "--token", "--aes-key", "--mode", "--kind"] {
        assert!(error.contains(flag), "{flag} is missing in {error}");
    }
    assert!(!error.contains("Geheim") && !error.contains("kurz"), "{error}");
}

#[tokio::test]
async fn an_account_is_added_changed_and_removed_while_the_server_runs() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "service", "--verified"]);
    let again = run(
        app.folder.path(),
        &[
            "account",
            "add",
            "hope",
            "--name",
            "x",
            "--app-id",
            "wx00000000000000ff",
            "--app-secret",
            "s",
            "--token",
            "abc",
            "--aes-key",
            SECRETS[2],
            "--mode",
            "plain",
            "--kind",
            "service",
        ],
    );
    assert!(String::from_utf8_lossy(&again.stderr).contains("already"));

    // A new key, while pushes sealed with the former are on their way.
    app.command(&[
        "account",
        "update",
        "hope",
        "--aes-key",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "--mode",
        "secure",
    ]);
    let app = Hopetree::serve(app.stop(), Mode::Secure);
    let resident = app.resident("A");
    let (query, body) = resident.delivery(&resident.xml("text", 1, "<Content>1</Content><MsgId>1</MsgId>"));
    assert_eq!(resident.posts(&query, body).await.0, 200);

    app.command(&["account", "remove", "hope", "--yes"]);
    let gone = app.eventually(|| async { app.get("/wx/hope").await.0 }, |status| *status == 404).await;
    assert_eq!(gone, 404);
    assert_eq!(app.get("/h/hope/").await.0, 404);
}

#[tokio::test]
async fn the_master_key_is_changed_by_sealing_every_secret_anew() {
    let app = Hopetree::start();
    let answer = app.resident("A").says("菜单").await;
    let folder = app.stop();
    let (key, former) = (folder.path().join("master.key"), folder.path().join("former.key"));
    std::fs::rename(&key, &former).unwrap();
    let arguments = ["account", "reseal", "--former-key-file", former.to_str().unwrap()];
    // A new key is made when there is none; without the former one it opens nothing.
    let refused = run(folder.path(), &["account", "reseal", "--former-key-file", key.to_str().unwrap()]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("master key"), "{refused:?}");
    for _ in 0..2 {
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 account(s)"), "{output:?}");
    }
    std::fs::remove_file(&former).unwrap();
    let app = Hopetree::serve(folder, Mode::Secure);
    assert_eq!(app.resident("A").says("菜单").await.text(), answer.text());
}

#[tokio::test]
async fn with_a_lost_master_key_an_account_gets_new_secrets_or_is_removed() {
    let app = Hopetree::start();
    app.resident("A").says("停电").await;
    let folder = app.stop();
    std::fs::remove_file(folder.path().join("master.key")).unwrap();
    let command = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (is_well, told) = command(&["account", "list"]);
    assert!(is_well && told.contains("cannot be read"), "{told}");
    // Some of the secrets are not enough: the others are lost.
    let secrets = ["--app-secret", SECRETS[0], "--token", SECRETS[1], "--aes-key", SECRETS[2]];
    let (is_well, told) = command(&[&["account", "update", "hope"], &secrets[..4]].concat());
    assert!(!is_well && told.contains("--aes-key") && told.contains("master key"), "{told}");
    assert!(!told.contains(SECRETS[0]), "{told}");
    let (is_well, told) = command(&[&["account", "update", "hope"], &secrets[..]].concat());
    assert!(is_well, "{told}");
    let (_, shown) = command(&["account", "show", "hope"]);
    assert!(shown.contains("希望社区") && shown.contains("gh_0123456789ab"), "the rest stays: {shown}");
    let app = Hopetree::serve(folder, Mode::Secure);
    assert!(app.resident("A").says("菜单").await.text().contains("社区概况"));

    let folder = app.stop();
    std::fs::remove_file(folder.path().join("master.key")).unwrap();
    let removed = run(folder.path(), &["account", "remove", "hope", "--yes"]);
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    let left = run(folder.path(), &["account", "list"]);
    assert!(left.status.success() && left.stdout.is_empty(), "{left:?}");
}
