//! The chapter of the databases' story about word lists.

use hopetree::accounts::AccountId;
use hopetree::admin::PersonId;
use hopetree::checks::store::{self, Filter, Listed};
use hopetree::checks::{Level, Word};
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use sea_orm::SqlErr;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const LATER: Timestamp = Timestamp::from_seconds(1_767_225_700);
const PERSON: PersonId = PersonId(7);

fn word(word: &str, level: Level) -> Word {
    Word {
        word: word.into(),
        level,
        reason: "绝对化用语👨‍👩‍👧‍👦".into(),
        suggestion: Some("𠀀".into()),
        allowed: vec![format!("不{word}")],
    }
}

pub async fn word_lists_are_kept_apart(db: &Db) {
    let (here, there) = (AccountId(101), AccountId(102));
    let write = db.begin_write().await.unwrap();
    let first = store::add(&write, here, &word("最佳", Level::Error), PERSON, NOW).await.unwrap();
    store::add(&write, there, &word("最佳", Level::Hint), PERSON, NOW).await.unwrap();
    let many: Vec<Word> = (0..1_200).map(|number| word(&format!("100%_{number}"), Level::Hint)).collect();
    store::add_all(&write, here, &many, PERSON, NOW).await.unwrap();
    store::add_all(&write, here, &[], PERSON, NOW).await.unwrap();
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let twice = store::add(&write, here, &word("最佳", Level::Hint), PERSON, NOW).await.unwrap_err();
    assert!(matches!(twice.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))));
    write.rollback().await.unwrap();

    let reader = db.reader();
    assert_eq!(store::count(reader, here).await.unwrap(), 1_201);
    assert_eq!(store::all(reader, here).await.unwrap().len(), 1_201);
    let all = store::all(reader, there).await.unwrap();
    assert_eq!(all.iter().map(|listed| listed.word.clone()).collect::<Vec<_>>(), [word("最佳", Level::Hint)]);
    let words = |listed: Vec<Listed>| listed.into_iter().map(|listed| listed.word.word).collect::<Vec<_>>();
    let filter = |search, level| Filter { search, level };
    let found = store::list(reader, here, filter(Some("%_11"), None), 0, 3).await.unwrap();
    let last = found.last().unwrap().id;
    assert_eq!(words(found), ["100%_11", "100%_110", "100%_111"]);
    let found = store::list(reader, here, filter(Some("%_11"), None), last, 1).await.unwrap();
    assert_eq!(words(found), ["100%_112"]);
    assert!(store::list(reader, here, filter(Some("0\\%"), None), 0, 3).await.unwrap().is_empty());
    let found = store::list(reader, here, filter(None, Some(Level::Error)), 0, 3).await.unwrap();
    assert_eq!(words(found), ["最佳"]);
    assert!(store::find(reader, there, first.id).await.unwrap().is_none(), "another account's word");

    let write = db.begin_write().await.unwrap();
    let changed = word("最优", Level::Warning);
    let seen = (first.id, first.version);
    assert!(!store::change(&write, there, seen, &changed, PERSON, LATER).await.unwrap(), "another account's");
    assert!(store::change(&write, here, seen, &changed, PERSON, LATER).await.unwrap());
    assert!(
        !store::change(&write, here, seen, &changed, PERSON, LATER).await.unwrap(),
        "somebody was faster"
    );
    let kept = store::find(&write, here, first.id).await.unwrap().unwrap();
    assert_eq!((kept.word, kept.version, kept.changed_at), (changed, first.version + 1, LATER));
    assert!(!store::remove(&write, here, seen).await.unwrap(), "somebody was faster");
    assert!(!store::remove(&write, there, (first.id, first.version + 1)).await.unwrap());
    assert!(store::remove(&write, here, (first.id, first.version + 1)).await.unwrap());
    store::remove_account(&write, here).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(
        (store::count(reader, here).await.unwrap(), store::count(reader, there).await.unwrap()),
        (0, 1)
    );
}
