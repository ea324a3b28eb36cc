//! Every query of the media library, told on every database.

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use hopetree::media::store::{self, Filter, NewItem};
use hopetree::media::{Item, Kind, MediaId};
use sea_orm::SqlErr;

const ACCOUNT: AccountId = AccountId(81);
const OTHER: AccountId = AccountId(82);
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";

fn new(number: u8, kind: Kind, name: &str) -> NewItem {
    NewItem {
        kind,
        hash: format!("{number:064x}"),
        source_hash: format!("{:064x}", u64::from(number) + 1_000),
        place: Some(format!("81/{number}")),
        name: name.into(),
        title: name.into(),
        extension: "jpg".into(),
        content_type: "image/jpeg".into(),
        size: 1_000,
        thumb_size: 10,
        width: Some(1_600),
        height: None,
        link: None,
        uploaded_by: 0,
    }
}

async fn add(db: &Db, account: AccountId, new: &NewItem) -> Item {
    let write = db.begin_write().await.unwrap();
    let item = store::insert(&write, account, new, NOW).await.unwrap();
    write.commit().await.unwrap();
    item
}

/// A chapter of the story that is told on every database.
pub async fn media_are_kept_found_and_thrown_away(db: &Db) {
    let photo = add(db, ACCOUNT, &new(1, Kind::Picture, "社区活动 Photo_100%.jpg")).await;
    let paper = add(db, ACCOUNT, &new(2, Kind::File, FAMILY)).await;
    let others = add(db, OTHER, &NewItem { place: Some("82/1".into()), ..new(1, Kind::Picture, "x") }).await;
    let write = db.begin_write().await.unwrap();
    let twice = store::insert(&write, ACCOUNT, &new(1, Kind::Picture, "again"), NOW).await.unwrap_err();
    assert!(matches!(twice.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{twice}");
    write.rollback().await.unwrap();

    let reader = db.reader();
    assert_eq!(store::find(reader, ACCOUNT, photo.id).await.unwrap(), Some(photo.clone()));
    assert_eq!(store::find(reader, ACCOUNT, others.id).await.unwrap(), None, "another account's");
    assert_eq!(store::by_hash(reader, ACCOUNT, &paper.hash).await.unwrap(), Some(paper.clone()));
    assert_eq!(store::by_hash(reader, OTHER, &paper.hash).await.unwrap(), None, "another account's");
    let source = new(1, Kind::Picture, "").source_hash;
    assert_eq!(store::by_source(reader, ACCOUNT, &source).await.unwrap().unwrap().id, photo.id);
    assert_eq!(store::by_source(reader, AccountId(83), &source).await.unwrap(), None);
    assert_eq!(store::used_bytes(reader, ACCOUNT).await.unwrap(), 2_020);
    assert_eq!(store::used_bytes(reader, AccountId(83)).await.unwrap(), 0);

    let found = async |filter: Filter, before: Option<MediaId>, limit: u64| -> Vec<MediaId> {
        let items = store::page(reader, ACCOUNT, &filter, before, limit).await.unwrap();
        items.iter().map(|item| item.id).collect()
    };
    let text = |text: &str| Filter { text: text.into(), ..Filter::default() };
    assert_eq!(found(Filter::default(), None, 9).await, [paper.id, photo.id]);
    assert_eq!(found(Filter::default(), None, 1).await, [paper.id]);
    assert_eq!(found(Filter::default(), Some(paper.id), 9).await, [photo.id]);
    assert_eq!(found(Filter { kind: Some(Kind::File), ..Filter::default() }, None, 9).await, [paper.id]);
    assert_eq!(found(Filter { lacks_alt: true, ..Filter::default() }, None, 9).await, [photo.id]);
    assert_eq!(found(text("活动 pHOTO_100%"), None, 9).await, [photo.id]);
    assert_eq!(found(text(FAMILY), None, 9).await, [paper.id]);
    assert!(found(text("100_"), None, 9).await.is_empty(), "a line below is no wild card");
    assert!(found(text("活动 没有"), None, 9).await.is_empty());

    let write = db.begin_write().await.unwrap();
    assert!(store::describe(&write, ACCOUNT, &photo, FAMILY, "树下的老人").await.unwrap());
    assert!(!store::describe(&write, ACCOUNT, &photo, "late", "late").await.unwrap(), "somebody was faster");
    assert!(!store::describe(&write, OTHER, &paper, "x", "x").await.unwrap(), "another account's");
    write.commit().await.unwrap();
    let described = store::find(reader, ACCOUNT, photo.id).await.unwrap().unwrap();
    assert_eq!(
        (described.title.as_str(), described.alt.as_str(), described.version),
        (FAMILY, "树下的老人", 2)
    );
    assert_eq!(found(text("老人"), None, 9).await, [photo.id]);

    let write = db.begin_write().await.unwrap();
    assert!(!store::set_deleted(&write, ACCOUNT, &photo, Some(NOW)).await.unwrap(), "it has changed");
    assert!(store::set_deleted(&write, ACCOUNT, &described, Some(NOW)).await.unwrap());
    assert!(store::set_deleted(&write, ACCOUNT, &paper, Some(NOW)).await.unwrap());
    write.commit().await.unwrap();
    let trash = Filter { is_trash: true, ..Filter::default() };
    assert_eq!(found(trash.clone(), None, 9).await, [paper.id, photo.id]);
    assert!(found(Filter::default(), None, 9).await.is_empty());
    assert_eq!(store::used_bytes(reader, ACCOUNT).await.unwrap(), 2_020, "the trash counts");
    let paper = store::find(reader, ACCOUNT, paper.id).await.unwrap().unwrap();
    let write = db.begin_write().await.unwrap();
    assert!(store::set_deleted(&write, ACCOUNT, &paper, None).await.unwrap());
    write.commit().await.unwrap();

    assert!(store::thrown_away_before(reader, NOW, 9).await.unwrap().is_empty());
    let later = NOW.plus_millis(1);
    let gone = store::thrown_away_before(reader, later, 9).await.unwrap();
    assert_eq!(gone.iter().map(|item| item.id).collect::<Vec<_>>(), [photo.id]);
    let write = db.begin_write().await.unwrap();
    store::remove_thrown_away(&write, later, &[photo.id, paper.id]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(found(Filter::default(), None, 9).await, [paper.id], "what was taken back stays");
    assert!(found(trash, None, 9).await.is_empty());
    let known = store::known_places(reader, &["81/1", "81/2", "82/1"]).await.unwrap();
    assert!(known.len() == 2 && !known.contains("81/1"), "{known:?}");

    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    write.commit().await.unwrap();
    assert!(found(Filter::default(), None, 9).await.is_empty());
    assert!(
        store::find(reader, OTHER, others.id).await.unwrap().is_some(),
        "the other account keeps its own"
    );
}
