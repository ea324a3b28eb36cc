//! Who is not WeChat and knocks all the same.

use futures_util::future::join_all;

use crate::support::Hopetree;

#[tokio::test]
async fn a_stranger_who_hammers_fills_neither_the_log_nor_the_way_of_residents() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let forged = "signature=0&timestamp=1&nonce=2";
    for _ in 0..20 {
        let statuses = join_all((0..20).map(|_| resident.posts(forged, "<xml></xml>"))).await;
        assert!(statuses.iter().all(|(status, _)| *status == 403), "{statuses:?}");
    }
    assert!(resident.says("菜单").await.text().contains("社区概况"));
    let log = app.log();
    let lines = log.lines().filter(|line| line.contains("refused")).count();
    assert!((1..=2 * 25).contains(&lines), "{lines} lines in the log on 400 forged pushes:\n{log}");
}
