//! A large community: how soon the server is ready with 100,000 followers and 10,000 notices, and what memory it takes
//! idle and under load. `BENCH=scale make bench`.
//!
//! `BENCH_SECONDS` changes how long the load lasts, `HOPETREE_BIN` names the server.

use std::path::Path;
use std::time::Duration;

use crate::support::{self, Installation, Mode};
use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use hopetree::subscribers::{self, Contact};
use tempfile::TempDir;

const FOLLOWERS: u64 = 100_000;
const NOTICES: usize = 10_000;
const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(5);
const FOLLOWED: Timestamp = Timestamp::from_seconds(1_767_225_600);

pub(crate) async fn measure() {
    let installation = Installation::new(Mode::Secure, None);
    let content = notices(Path::new("content"));
    let folder = content.path().to_str().expect("a plain path");
    installation.run(&["content", "import", folder, "--account", "hope"]);
    let path = installation.folder.path().join("hopetree.db");
    let db = Db::connect(&format!("sqlite://{}", path.display())).await.expect("the database opens");
    follow(&db).await;
    db.close().await.expect("the database closes");
    println!("scale: {FOLLOWERS} followers, {NOTICES} notices");

    let mut starts: Vec<Duration> = (0..STARTS).map(|_| installation.serve().1).collect();
    starts.sort_unstable();
    let (server, _) = installation.serve();
    println!(
        "scale: ready after {:?} (median of {STARTS}), {:.0} MB resident",
        starts[STARTS / 2],
        server.resident_megabytes()
    );
    tokio::time::sleep(IDLE).await;
    println!("scale: {:.0} MB resident after {IDLE:?} of idling", server.resident_megabytes());
    let outcome = support::closed_loop(&server.address, Mode::Secure, support::length(10)).await;
    println!(
        "scale: {:.0} pushes/s, p50 {:?}, p99 {:?}, {:.0} MB resident under load",
        outcome.rate,
        outcome.at(0.5),
        outcome.at(0.99),
        server.resident_megabytes()
    );
}

/// The starter content, and so many notices more, each as long as one of its own.
fn notices(starter: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copied =
        std::process::Command::new("cp").arg("-r").arg(starter.join(".")).arg(folder.path()).status();
    assert!(copied.is_ok_and(|status| status.success()), "the starter content can be copied");
    let announcements = folder.path().join("announcements");
    let own = std::fs::read_dir(&announcements).expect("the folder is there").flatten();
    let bodies: Vec<String> = own
        .filter(|entry| entry.file_name() != "_section.md")
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("a notice can be read");
            text.splitn(3, "+++\n").nth(2).expect("it has front matter").to_owned()
        })
        .collect();
    for number in 0..NOTICES {
        let text = format!(
            "+++\ntitle = \"{}号楼第{number}次设施检修通知\"\ndigest = \"检修期间请绕行，给您带来不便，敬请谅解。\"\n\
             published = 2026-01-01\nsource = \"希望社区\"\nkeywords = [\"{number}号检修\"]\n+++\n{}",
            number % 60,
            bodies[number % bodies.len()]
        );
        std::fs::write(announcements.join(format!("repair-{number}.md")), text)
            .expect("a notice can be written");
    }
    folder
}

async fn follow(db: &Db) {
    let transaction = db.begin_write().await.expect("nobody else writes");
    let contact = Contact::Followed { scene: None };
    // Other people than those whose pushes the load brings.
    let openids: Vec<String> = (0..FOLLOWERS).map(|number| format!("oF{number:0>26}")).collect();
    for some in openids.chunks(500) {
        let some: Vec<_> = some.iter().map(|openid| (openid.as_str(), &contact, FOLLOWED)).collect();
        subscribers::store::note(&transaction, AccountId(1), &some).await.expect("followers can be added");
    }
    transaction.commit().await.expect("they are kept");
}
