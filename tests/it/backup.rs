//! Backups: everything in one file, that every kind of database takes back.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use hopetree::db::backup::{self, Existing};
use hopetree::subscribers::{self, Contact};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseConnection, Value};

use super::databases::{fresh, server};
use crate::support::{Hopetree, run};

const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

#[tokio::test]
async fn a_backup_goes_through_every_kind_of_database_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let mut urls = vec![sqlite("first.db")];
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        if let Some(server) = server(variable) {
            urls.push(fresh(&server, maintenance).await);
        }
    }
    urls.push(sqlite("last.db"));
    let mut former: Option<(PathBuf, Vec<String>)> = None;
    for (number, url) in urls.iter().enumerate() {
        let db = Db::connect(url).await.unwrap();
        match &former {
            None => {
                db.migrate().await.unwrap();
                hold_what_is_difficult(db.reader()).await;
            }
            Some((file, _)) => {
                backup::restore(&db, file).await.unwrap();
            }
        }
        let file = folder.path().join(format!("{number}.backup"));
        let taken = backup::take(&db, &file, Existing::Keep, NOW).await.unwrap();
        assert!(taken.rows > 2_600, "{}", taken.rows);
        let mut lines = lines(&file);
        assert!(lines.len() as u64 > taken.rows + 2 * taken.tables);
        // Only the header tells which database it was.
        lines.remove(0);
        lines.sort();
        if let Some((_, before)) = &former {
            assert!(*before == lines, "{url} gave back something else");
        }
        goes_on_counting(&db).await;
        db.close().await.unwrap();
        former = Some((file, lines));
    }
}

async fn insert(db: &DatabaseConnection, table: &'static str, rows: Vec<Vec<(&'static str, Value)>>) {
    for rows in rows.chunks(200) {
        let mut insert = Query::insert();
        insert.into_table(table).columns(rows[0].iter().map(|(name, _)| *name));
        for row in rows {
            insert.values(row.iter().map(|(_, value)| Expr::from(value.clone()))).unwrap();
        }
        db.execute(&insert).await.unwrap();
    }
}

async fn hold_what_is_difficult(db: &DatabaseConnection) {
    let message = |number: i64, content: &str, at: i64| {
        vec![
            ("account_id", 1_i64.into()),
            ("identity", format!("m{number}").into()),
            ("openid", "oA".into()),
            ("kind", "text".into()),
            ("content", content.into()),
            ("sent_at", at.into()),
            ("received_at", at.into()),
            ("answer", "success".into()),
        ]
    };
    let long = format!("{}{FAMILY}\"\\\n\r\t\u{7f}\u{2028}", "长文".repeat(100_000));
    let mut messages = vec![
        message(-1, &long, i64::MIN),
        message(-2, "", i64::MAX),
        message(-3, "[1,2]\n{\"table_end\":{}}", 0),
    ];
    messages.extend((0..2_500).map(|number| message(number, FAMILY, number)));
    insert(db, "message", messages).await;
    let doubles = [0.1 + 0.2, -0.0, f64::MIN_POSITIVE, f64::from_bits(1), f64::MAX, -31.230_416_000_000_1];
    let place = |(number, latitude): (usize, f64)| {
        vec![
            ("account_id", 1_i64.into()),
            ("slug", format!("p{number}").into()),
            ("position", 0_i64.into()),
            ("name", FAMILY.into()),
            ("category", "x".into()),
            ("address", "'; drop table message; --".into()),
            ("phone", Value::String(None)),
            ("latitude", latitude.into()),
            ("longitude", (-latitude).into()),
        ]
    };
    insert(db, "place", doubles.into_iter().enumerate().map(place).collect()).await;
    let picture = |(number, bytes): (usize, Vec<u8>)| {
        vec![
            ("account_id", 1_i64.into()),
            ("name", format!("p{number}.png").into()),
            ("content_type", "image/png".into()),
            ("digest", "0".into()),
            ("bytes", bytes.into()),
        ]
    };
    let bytes = [Vec::new(), (0..=255).collect(), vec![0xff; 3 << 20]];
    insert(db, "picture", bytes.into_iter().enumerate().map(picture).collect()).await;
    let line = |number: i64| {
        vec![
            ("account_id", number.into()),
            ("openid", "oA".into()),
            ("change", "follow".into()),
            ("counts", (number % 2 == 0).into()),
            ("scene", if number == 0 { FAMILY.into() } else { Value::String(None) }),
            ("at", i64::MAX.into()),
        ]
    };
    insert(db, "follow_ledger", (0..100).map(line).collect()).await;
}

/// What is added after a restore gets an id that no other row has.
async fn goes_on_counting(db: &Db) {
    let write = db.begin_write().await.unwrap();
    let followed = Contact::Followed { scene: None };
    subscribers::store::note(&write, AccountId(1), &[("oNew", &followed, NOW)]).await.unwrap();
    write.rollback().await.unwrap();
}

pub fn lines(file: &Path) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn write_lines(file: &Path, lines: &[String]) {
    let mut gzip = GzEncoder::new(std::fs::File::create(file).unwrap(), Compression::fast());
    lines.iter().for_each(|line| writeln!(gzip, "{line}").unwrap());
    gzip.finish().unwrap();
}

#[tokio::test]
async fn a_backup_taken_while_residents_write_holds_all_that_was_answered_before_it() {
    let mut running = vec![Hopetree::start()];
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        running.push(Hopetree::start_on(&fresh(&server, maintenance).await));
    }
    for app in running {
        let crowd: Vec<_> = (0..400).map(|number| app.resident(&format!("R{number}"))).collect();
        let (early, late) = crowd.split_at(40);
        let heard = join_all(early.iter().map(|resident| resident.follows())).await;
        assert!(heard.iter().all(|heard| heard.status == 200));
        let file = app.folder.path().join("hope.backup");
        let db = app.db().await;
        // Everybody else follows while the backup is taken.
        let taking = backup::take(&db, &file, Existing::Keep, NOW);
        let (taken, heard) = tokio::join!(taking, join_all(late.iter().map(|resident| resident.follows())));
        taken.unwrap();
        assert!(heard.iter().all(|heard| heard.status == 200), "nobody waits for a backup");

        let other = tempfile::tempdir().unwrap();
        let restored = run(other.path(), &["restore", file.to_str().unwrap()]);
        assert!(restored.status.success(), "{restored:?}");
        let db = Db::connect(&format!("sqlite://{}/hopetree.db", other.path().display())).await.unwrap();
        let account = AccountId(1);
        for resident in early {
            let person = subscribers::store::find(db.reader(), account, resident.openid()).await.unwrap();
            assert!(person.is_some(), "{} was answered before the backup", resident.openid());
        }
        let orphans = "select count(*) from message m left join subscriber s on s.account_id = m.account_id and s.openid = m.openid where s.id is null";
        assert_eq!(number(db.reader(), orphans).await, 0, "a message and its follower are kept together");
        let unequal = "select (select count(*) from message) - (select count(*) from follow_ledger)";
        assert_eq!(number(db.reader(), unequal).await, 0, "and so is the ledger");
    }
}

async fn number(db: &DatabaseConnection, query: &str) -> i64 {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), query);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by(0).unwrap()
}

/// A folder with a backup of an installation that has an account and content.
fn backed_up() -> (tempfile::TempDir, PathBuf) {
    let app = Hopetree::start();
    let folder = app.stop();
    let file = folder.path().join("hope.backup");
    let taken = run(folder.path(), &["backup", file.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&taken.stdout);
    assert!(taken.status.success() && told.contains("read back") && told.contains("master.key"), "{taken:?}");
    (folder, file)
}

fn refusal(data_dir: &Path, arguments: &[&str]) -> String {
    let output = run(data_dir, arguments);
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_damaged_backup_is_refused_whole() {
    let (folder, file) = backed_up();
    let whole = std::fs::read(&file).unwrap();
    let target = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.backup");
    let try_bytes = |bytes: &[u8]| {
        std::fs::write(&bad, bytes).unwrap();
        let error = refusal(target.path(), &["restore", bad.to_str().unwrap()]);
        assert!(error.contains("damaged") || error.contains("no backup of Hope Tree"), "{error}");
    };
    try_bytes(b"");
    try_bytes(b"PK\x03\x04 something else");
    for place in [1, 20, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        try_bytes(&whole[..place]);
    }
    for place in [12, 60, whole.len() / 3, whole.len() / 2, whole.len() - 6] {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        try_bytes(&bytes);
    }
    // Good gzip, and yet not what was written: a row is missing, a row is changed, the end is missing.
    let lines = lines(&file);
    let row = lines.iter().position(|line| line.starts_with('[')).unwrap();
    let mut missing = lines.clone();
    missing.remove(row);
    let mut changed = lines.clone();
    changed[row] = changed[row].replacen("hope", "hype", 1);
    let endless = lines[..lines.len() - 1].to_vec();
    for lines in [missing, changed, endless] {
        write_lines(&bad, &lines);
        let error = refusal(target.path(), &["restore", "--check", bad.to_str().unwrap()]);
        assert!(error.contains("damaged"), "{error}");
        let error = refusal(target.path(), &["restore", bad.to_str().unwrap()]);
        assert!(error.contains("damaged"), "{error}");
    }
    // None of these left anything behind.
    let restored = run(target.path(), &["restore", file.to_str().unwrap()]);
    assert!(restored.status.success(), "{restored:?}");
}

#[tokio::test]
async fn a_backup_is_for_its_owner_only_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file) = backed_up();
    let path = file.to_str().unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = std::fs::read_to_string(folder.path().join("master.key")).unwrap();
    let text = lines(&file).join("\n");
    assert!(text.contains("wx1a2b3c4d5e6f7a8b") && !text.contains(key.trim()));
    for secret in ["shequ2026Token", "0123456789abcdef0123456789abcdef"] {
        assert!(!text.contains(secret));
    }
    assert!(refusal(folder.path(), &["backup", path]).contains("--force"));
    assert!(run(folder.path(), &["backup", path, "--force"]).status.success());
    let checked = run(folder.path(), &["restore", "--check", path]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("can be restored"), "{checked:?}");
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let left = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy().into_owned();
        name.contains("partial") || name.contains("check")
    };
    assert!(!names.iter().any(left), "{names:?}");

    let error = refusal(folder.path(), &["restore", path]);
    assert!(error.contains("holds data already") && error.contains("account"), "{error}");
    assert!(error.contains("HOPETREE_DATABASE_URL"), "{error}");

    let nowhere = tempfile::tempdir().unwrap();
    let error = refusal(nowhere.path(), &["backup", nowhere.path().join("x").to_str().unwrap()]);
    assert!(error.contains("there is no database"), "{error}");
    assert!(!nowhere.path().join("hopetree.db").exists());

    // The residents are served again from the backup alone, once the key is there.
    let other = tempfile::tempdir().unwrap();
    let restored = run(other.path(), &["restore", path]);
    assert!(String::from_utf8_lossy(&restored.stdout).contains("put the master key"), "{restored:?}");
    std::fs::copy(folder.path().join("master.key"), other.path().join("master.key")).unwrap();
    let app = Hopetree::serve(other, crate::support::Mode::Secure);
    assert!(app.resident("A").says("菜单").await.text().contains("社区概况"));
}

#[tokio::test]
async fn a_backup_of_an_older_program_is_brought_up_to_date_and_one_of_a_newer_is_refused() {
    let (folder, file) = backed_up();
    let lines = lines(&file);
    let other = folder.path().join("other.backup");
    let path = other.to_str().unwrap();
    let mut newer = lines.clone();
    newer[0] = newer[0].replace("\"m0007_retention\"", "\"m0007_retention\",\"m9999_future\"");
    let last = newer[0].matches("\"m9999_future\"").count();
    assert_eq!(last, 1);
    write_lines(&other, &newer);
    let target = tempfile::tempdir().unwrap();
    let error = refusal(target.path(), &["restore", path]);
    assert!(error.contains("m9999_future") && error.contains("newer"), "{error}");

    // One of a program that had the first steps only, and none of the tables that came later.
    let mut header: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    header["backup"]["steps"].as_array_mut().unwrap().truncate(3);
    let mut older = vec![header.to_string()];
    let early = ["account", "article", "contact", "event", "menu", "picture", "place", "rule", "section"];
    // What these tables have got since; such a table is taken over without its rows.
    let later = |table: &str| -> &[&str] {
        match table {
            "article" => &[
                "author",
                "cover",
                "attachments",
                "audience_note",
                "superseded_by",
                "more_sections",
                "format",
            ],
            "rule" => &["disabled", "patterns", "hours", "answers", "choice", "note", "version"],
            "section" => &["version"],
            _ => &[],
        }
    };
    let is_empty = |line: &&String| line.contains("\"table_end\"") && line.contains("\"rows\":0,");
    let empty_end = lines.iter().find(is_empty).expect("a table without rows");
    let (mut tables, mut rows, mut takes, mut has_rows) = (0, 0, false, false);
    for line in &lines[1..lines.len() - 1] {
        let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(name) = json["table"]["name"].as_str().map(str::to_owned) {
            takes = early.contains(&name.as_str());
            tables += u64::from(takes);
            has_rows = later(&name).is_empty();
            let columns = json["table"]["columns"].as_array_mut().unwrap();
            columns.retain(|column| !later(&name).contains(&column["name"].as_str().unwrap()));
            if takes {
                older.push(json.to_string());
            }
        } else if takes && has_rows {
            rows += json["table_end"]["rows"].as_u64().unwrap_or_default();
            older.push(line.clone());
        } else if takes && json["table_end"].is_object() {
            older.push(empty_end.clone());
        }
    }
    older.push(serde_json::json!({ "end": { "tables": tables, "rows": rows } }).to_string());
    write_lines(&other, &older);
    let restored = run(target.path(), &["restore", path]);
    assert!(restored.status.success(), "{restored:?}");
    let steps = run(target.path(), &["migrate", "--dry-run"]);
    assert!(String::from_utf8_lossy(&steps.stdout).contains("nothing to do"), "{steps:?}");
    let db = Db::connect(&format!("sqlite://{}/hopetree.db", target.path().display())).await.unwrap();
    assert_eq!(number(db.reader(), "select count(*) from account").await, 1);
    assert_eq!(number(db.reader(), "select count(*) from job").await, 0, "the table has been added");
}
