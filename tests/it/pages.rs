//! The residents' pages.

use std::time::Instant;

use crate::support::{Hopetree, Mode, run};

#[tokio::test]
async fn the_home_page_leads_to_all_ten_sections() {
    let app = Hopetree::start();
    let (status, home) = app.get("/h/hope/").await;
    assert_eq!(status, 200);
    for (slug, title) in [
        ("hope-tree", "希望树"),
        ("overview", "社区概况"),
        ("map", "社区地图"),
        ("contacts", "联系我们"),
        ("policies", "政策告知"),
        ("tips", "生活小贴士"),
        ("co-building", "共治共建"),
        ("safety", "综治联勤"),
        ("events", "社区活动"),
        ("announcements", "宣传公告"),
    ] {
        assert!(home.contains(&format!("/h/hope/s/{slug}")) && home.contains(title), "{title}");
        let (status, page) = app.get(&format!("/h/hope/s/{slug}")).await;
        assert!(status == 200 && page.contains(title) && !page.contains("<script"), "{slug}");
    }
    assert!(home.contains("property=\"og:title\"") && home.contains("og:image"), "{home}");
}

#[tokio::test]
async fn the_map_the_numbers_and_the_events_can_be_used() {
    let app = Hopetree::start();
    let (_, map) = app.get("/h/hope/s/map").await;
    assert!(map.contains("<svg") && map.contains("/h/hope/p/"), "{map}");
    let (_, contacts) = app.get("/h/hope/s/contacts").await;
    assert!(contacts.contains("href=\"tel:110\""), "{contacts}");
    let (_, events) = app.get("/h/hope/s/events").await;
    assert!(events.contains("/h/hope/e/"), "{events}");
    let slug = map.split("/h/hope/p/").nth(1).unwrap().split('"').next().unwrap();
    let (status, place) = app.get(&format!("/h/hope/p/{slug}")).await;
    assert!(status == 200 && place.contains("uri.amap.com"), "{place}");
}

#[tokio::test]
async fn the_large_type_stays_on_and_leads_nowhere_else() {
    let app = Hopetree::start();
    let go = |back: &'static str| {
        let request = app.http.get(format!("{}/h/hope/care?on=1&back={back}", app.url));
        async move { request.send().await.unwrap() }
    };
    let response = go("/h/hope/s/tips").await;
    assert_eq!(response.headers()["location"], "/h/hope/s/tips");
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page =
        app.http.get(format!("{}/h/hope/s/tips", app.url)).header("cookie", &cookie).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("标准版"));
    for back in ["https://evil.example/", "//evil.example/", "/h/other/", "/h/hope/%0d%0aset-cookie:x", ""] {
        assert_eq!(go(back).await.headers()["location"], "/h/hope/", "{back}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_in_chinese_with_a_way_home() {
    let app = Hopetree::start();
    for path in [
        "/h/hope/a/nothing",
        "/h/hope/s/nothing",
        "/h/hope/p/x",
        "/h/hope/e/x",
        "/h/hope/answers/x",
        "/h/hope/pictures/x.png",
        "/h/hope/x/y",
    ] {
        let (status, page) = app.get(path).await;
        assert!(
            status == 404 && page.contains("lang=\"zh-CN\"") && page.contains("/h/hope/"),
            "{path}: {page}"
        );
    }
    for path in ["/h/nobody/", "/nothing", "/h/hope/a/%00", "/h/hope/s/%E4%BD%A0", "/h/%F0%9F%98%80/"] {
        assert_eq!(app.get(path).await.0, 404, "{path}");
    }
    assert_eq!(app.get("/h/hope/s/tips?before=nonsense").await.0, 200);
}

#[tokio::test]
async fn expired_notices_are_marked_and_leave_the_lists_and_future_ones_wait() {
    let app = Hopetree::start();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, dates: &str| {
        let text = format!(
            "+++\ntitle = \"{name}标题\"\ndigest = \"摘要\"\npublished = 2026-01-01\n{dates}\nkeywords = [\"{name}关键词\"]\n+++\n正文\n"
        );
        std::fs::write(folder.path().join(format!("news/{name}.md")), text).unwrap();
    };
    std::fs::create_dir(folder.path().join("news")).unwrap();
    let section = "+++\ntitle = \"新闻\"\nnumber = 11\nboard = \"社区信息\"\nkind = \"articles\"\nsummary = \"说明\"\n+++\n";
    std::fs::write(folder.path().join("news/_section.md"), section).unwrap();
    write("past", "valid_until = 2020-01-01");
    write("now", "valid_until = 2099-01-01");
    write("later", "valid_from = 2098-01-01");
    app.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
    let (_, list) = app.get("/h/hope/s/news").await;
    assert!(list.contains("now标题") && !list.contains("past标题") && !list.contains("later标题"), "{list}");
    let (status, past) = app.get("/h/hope/a/past").await;
    assert!(status == 200 && past.contains("2020年1月1日"), "{past}");
    let resident = app.resident("A");
    let heard = || async { resident.says("now关键词").await };
    assert_eq!(app.eventually(heard, |heard| heard.body.contains("news")).await.cards()[0].title, "now标题");
    for question in ["past关键词", "later关键词"] {
        assert!(resident.says(question).await.text().contains("没有找到"), "{question}");
    }
}

#[tokio::test]
async fn what_editors_write_stays_text() {
    let app = Hopetree::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("news")).unwrap();
    let attack = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let section = format!(
        "+++\ntitle = \"<b>新</b>\"\nnumber = 11\nboard = \"社区\"\nkind = \"articles\"\nsummary = \"{attack}\"\n+++\n{attack}\n"
    );
    std::fs::write(folder.path().join("news/_section.md"), section).unwrap();
    let article = format!(
        "+++\ntitle = \"\\\"><script>\"\ndigest = \"{attack}\"\npublished = 2026-01-01\n+++\n{attack}\n\n[点](javascript:alert(1))\n"
    );
    std::fs::write(folder.path().join("news/attack.md"), article).unwrap();
    app.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
    for path in ["/h/hope/", "/h/hope/s/news", "/h/hope/a/attack"] {
        let (status, page) = app.get(path).await;
        assert_eq!(status, 200);
        for bad in ["<script", "<img src=x", "javascript:", "<b>新</b>"] {
            assert!(!page.contains(bad), "{bad} in {path}: {page}");
        }
    }
}

#[tokio::test]
async fn every_page_forbids_scripts_and_the_first_view_is_small() {
    let app = Hopetree::start();
    let response = app.http.get(format!("{}/h/hope/", app.url)).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    // An editor's colors stand in attributes; nothing else that is inline is taken.
    let rest = policy.replace("style-src-attr 'unsafe-inline'", "");
    assert!(rest.contains("default-src 'none'") && !rest.contains("unsafe"), "{policy}");
    let home = response.text().await.unwrap();
    let mut bytes = home.len();
    for path in home.split('"').filter(|part| part.starts_with("/assets/") || part.contains("/pictures/")) {
        let path = path.trim_start_matches("https://wx.example.cn").replace("&amp;", "&");
        // The picture for who shares the page is not part of the view.
        if !path.contains("/pictures/") || home.contains(&format!("src=\"{path}\"")) {
            bytes +=
                app.http.get(format!("{}{path}", app.url)).send().await.unwrap().bytes().await.unwrap().len();
        }
    }
    assert!(bytes < 100_000, "the first view has {bytes} bytes");
}

#[tokio::test]
async fn a_thousand_articles_are_paged_without_losing_one() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("many");
    std::fs::create_dir_all(content.join("news")).unwrap();
    let section = "+++\ntitle = \"新闻\"\nnumber = 1\nboard = \"社区信息\"\nkind = \"articles\"\nsummary = \"说明\"\n+++\n";
    std::fs::write(content.join("news/_section.md"), section).unwrap();
    for number in 0..1000 {
        let text = format!(
            "+++\ntitle = \"第{number}篇\"\ndigest = \"摘要\"\npublished = 2026-01-{:02}\n+++\n正文\n",
            number % 28 + 1
        );
        std::fs::write(content.join(format!("news/a{number}.md")), text).unwrap();
    }
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "service", "--verified"]);
    let other = run(
        app.folder.path(),
        &[
            "account",
            "add",
            "many",
            "--name",
            "多",
            "--app-id",
            "wx00000000000000ff",
            "--app-secret",
            "s",
            "--token",
            "abc",
            "--aes-key",
            "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8",
            "--mode",
            "plain",
            "--kind",
            "service",
        ],
    );
    assert!(other.status.success());
    let started = Instant::now();
    app.command(&["content", "import", content.to_str().unwrap(), "--account", "many"]);
    assert!(started.elapsed().as_secs() < 60, "the import took {:?}", started.elapsed());
    app.eventually(|| async { app.get("/h/many/").await.0 }, |status| *status == 200).await;
    let mut seen = std::collections::HashSet::new();
    let mut path = "/h/many/s/news".to_owned();
    for _ in 0..60 {
        let (status, page) = app.get(&path).await;
        assert_eq!(status, 200);
        for part in page.split("/h/many/a/").skip(1) {
            seen.insert(part.split('"').next().unwrap().to_owned());
        }
        let Some(next) = page.split("?before=").nth(1).filter(|_| page.contains("?before=")) else { break };
        path = format!("/h/many/s/news?before={}", next.split('"').next().unwrap());
    }
    assert_eq!(seen.len(), 1000);
}
