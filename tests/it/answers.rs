//! What residents hear.

use hopetree::wechat::reply::MAX_TEXT_BYTES;

use crate::support::{Hopetree, Mode};

const TITLES: [&str; 10] = [
    "希望树",
    "社区概况",
    "社区地图",
    "联系我们",
    "政策告知",
    "生活小贴士",
    "共治共建",
    "综治联勤",
    "社区活动",
    "宣传公告",
];

#[tokio::test]
async fn a_new_follower_is_welcomed_with_the_ten_sections() {
    let app = Hopetree::start();
    let welcome = app.resident("A").follows().await.text();
    assert!(welcome.contains("欢迎关注希望社区") && welcome.contains("屏幕下方的菜单"), "{welcome}");
    for (number, title) in TITLES.iter().enumerate() {
        assert!(welcome.contains(&format!(">{} {title}</a>", number + 1)), "{title} is missing in {welcome}");
    }
    assert!(app.resident("B").follows_by("building_12").await.text().contains("欢迎"));
}

#[tokio::test]
async fn an_account_without_a_menu_has_a_numbered_one_whose_lines_can_be_tapped() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "subscription"]);
    let resident = app.resident("A");
    let welcome = resident.follows().await.text();
    assert!(!welcome.contains("屏幕下方的菜单"), "{welcome}");
    let line = "<a href=\"weixin://bizmsgmenu?msgmenucontent=";
    assert_eq!(welcome.matches(line).count(), 10, "{welcome}");
    let cards = resident.taps_line("联系我们", "contacts").await.cards();
    assert_eq!(cards[0].title, "联系我们");
}

#[tokio::test]
async fn a_tap_on_each_of_the_ten_gets_cards_that_open_its_pages() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let keys = [
        "hope-tree",
        "overview",
        "map",
        "contacts",
        "policies",
        "tips",
        "co-building",
        "safety",
        "events",
        "announcements",
    ];
    for (key, title) in keys.iter().zip(TITLES) {
        let cards = resident.taps(key).await.cards();
        assert_eq!(cards[0].title, title);
        assert!(cards.len() <= 8, "{} cards for {key}", cards.len());
        for card in cards {
            let path = card.url.strip_prefix("https://wx.example.cn").unwrap().to_owned();
            assert_eq!(app.get(&path).await.0, 200, "{path}");
            let picture = card.picture_url.strip_prefix("https://wx.example.cn").unwrap().to_owned();
            assert_eq!(
                app.http.get(format!("{}{picture}", app.url)).send().await.unwrap().status(),
                200,
                "{picture}"
            );
        }
    }
    assert!(resident.taps("no-such-key").await.text().contains("正在调整"));
}

#[tokio::test]
async fn a_section_is_found_by_number_name_and_alias() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    for text in ["1", "１", "一", "①", "希望树", " 希望树？"] {
        let cards = resident.says(text).await.cards();
        assert_eq!((cards.len(), cards[0].title.as_str()), (1, "希望树"), "{text}");
    }
    for text in ["10", "十", "宣传公告"] {
        assert_eq!(resident.says(text).await.cards()[0].title, "宣传公告", "{text}");
    }
    for text in ["菜单", "帮助", "?", "？", "Help", "你好"] {
        assert!(resident.says(text).await.text().contains("1 希望树"), "{text}");
    }
}

#[tokio::test]
async fn a_question_is_answered_by_a_rule_or_an_article() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    for question in ["停电", "家里停电了怎么办？", "停　电"] {
        let heard = resident.says(question).await;
        assert!(heard.body.contains("电") && !heard.body.contains("没有找到"), "{question}: {heard:?}");
    }
}

#[tokio::test]
async fn what_is_not_understood_gets_a_helpful_answer_without_the_residents_markup() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let echo = resident.says("<a href=\"https://evil.example\">zzzz</a>%_.*(").await.text();
    assert!(echo.contains("“zzzz%_.*(”") && !echo.contains("evil"), "{echo}");
    assert!(echo.contains("社区电话") && echo.contains("菜单"), "{echo}");
    for text in ["%", "_", ".*", "(", " ", "。"] {
        assert!(
            resident.says(text).await.text().contains("1 希望树"),
            "{text:?} asks for nothing, so the menu helps"
        );
    }
    for text in ["subscribe", "hope-tree", "😀", "𠀀𠀁", "/:rose"] {
        let heard = resident.says(text).await;
        assert!(heard.text().contains("没有找到"), "{text}: {heard:?}");
    }
}

#[tokio::test]
async fn a_location_gets_the_nearest_three_places() {
    let app = Hopetree::start();
    let text = app.resident("A").is_at(31.3350, 121.2750).await.text();
    for number in ["1. ", "2. ", "3. "] {
        assert!(text.contains(number), "{text}");
    }
    assert!(
        !text.contains("4. ")
            && text.contains("地址：")
            && text.contains("开放时间：")
            && text.contains("/s/map"),
        "{text}"
    );
    let distances: Vec<f64> = text
        .split("（约 ")
        .skip(1)
        .map(|rest| {
            let (number, unit) = rest.split_once(' ').unwrap();
            number.parse::<f64>().unwrap() * if unit.starts_with('米') { 1.0 } else { 1000.0 }
        })
        .collect();
    assert!(distances.len() == 3 && distances.is_sorted(), "{distances:?}");
}

#[tokio::test]
async fn who_is_far_away_is_told_so() {
    let app = Hopetree::start();
    let text = app.resident("A").is_at(39.9042, 116.4074).await.text();
    assert!(text.contains("离社区比较远") && text.contains("/s/map"), "{text}");
}

#[tokio::test]
async fn other_messages_are_told_what_to_do_next_and_silent_events_get_silence() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    let voice = "<MediaId>M</MediaId><Format>amr</Format><Recognition></Recognition>";
    let media = "<MediaId>M</MediaId><ThumbMediaId>T</ThumbMediaId>";
    for (kind, body, part) in [
        ("voice", voice, "语音"),
        ("image", "<PicUrl>http://mmbiz.qpic.cn/x</PicUrl><MediaId>M</MediaId>", "图片"),
        ("video", media, "视频"),
        ("shortvideo", media, "视频"),
        ("link", "<Title>t</Title><Description>d</Description><Url>https://example.cn/</Url>", "链接"),
    ] {
        let text = resident.sends(kind, body).await.text();
        assert!(text.contains(part), "{kind}: {text}");
    }
    assert!(resident.leaves().await.is_silence());
    for (event, body) in [
        ("VIEW", "<EventKey>https://example.cn/</EventKey>"),
        ("LOCATION", "<Latitude>31.3</Latitude><Longitude>121.2</Longitude><Precision>40</Precision>"),
        ("card_pass_check", "<CardId>x</CardId>"),
    ] {
        assert!(resident.does(event, body).await.is_silence(), "{event}");
    }
    assert!(resident.sends("something_new", "<A>1</A>").await.is_silence());
}

#[tokio::test]
async fn a_long_answer_is_cut_with_a_link_to_the_rest() {
    let app = Hopetree::start();
    let folder = tempfile::tempdir().unwrap();
    let long = "这是一段很长的说明。".repeat(120);
    let rule =
        format!("[[rule]]\nslug = \"long\"\nkeywords = [\"长文\"]\nmatch = \"exact\"\nreply = \"{long}\"\n");
    std::fs::write(folder.path().join("rules.toml"), rule).unwrap();
    app.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
    let resident = app.resident("A");
    let text =
        app.eventually(|| async { resident.says("长文").await.text() }, |text| text.contains("这是")).await;
    assert!(text.len() <= MAX_TEXT_BYTES && text.ends_with("查看全文</a>"), "{text}");
    let (status, page) = app.get("/h/hope/answers/long").await;
    assert_eq!(status, 200);
    assert!(page.contains(&long), "the page has the whole");
}

#[tokio::test]
async fn what_an_editor_changes_is_answered_without_a_restart() {
    let app = Hopetree::start();
    let resident = app.resident("A");
    assert!(resident.says("量子风筝").await.text().contains("没有找到"));
    let folder = tempfile::tempdir().unwrap();
    let rule = "[[rule]]\nslug = \"kite\"\nkeywords = [\"量子风筝\"]\nmatch = \"contains\"\nreply = \"暂时还没有。\"\n";
    std::fs::write(folder.path().join("rules.toml"), rule).unwrap();
    app.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
    let heard = || async { resident.says("哪里有量子风筝").await.text() };
    assert_eq!(app.eventually(heard, |text| !text.contains("没有找到")).await, "暂时还没有。");
}
