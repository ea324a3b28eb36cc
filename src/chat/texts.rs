//! Every sentence that the account says in the chat, in Simplified Chinese. Nothing else in `chat` holds one.

use crate::wechat::reply::{link, menu_link};

/// Said when our own program failed while deciding.
pub(super) const TROUBLE: &str = "抱歉，刚才没能处理好您的消息。请稍后再发一次；急事请直接拨打社区电话。";
pub(super) const VOICE: &str =
    "收到您的语音了。我暂时听不懂语音，请把要问的事打成文字发给我，或者回复“菜单”点选栏目。";
pub(super) const PICTURE: &str =
    "收到您的图片了，谢谢。请再用一两句话告诉我：是什么事、在什么地方。回复“菜单”可以查看全部栏目。";
pub(super) const VIDEO: &str =
    "收到您的视频了，谢谢。请再用一两句话告诉我：是什么事、在什么地方。回复“菜单”可以查看全部栏目。";
pub(super) const LINK: &str =
    "收到您分享的链接了。如果想咨询其中的内容，请用一句话把问题写给我；回复“菜单”可以查看全部栏目。";
pub(super) const UNSUPPORTED: &str =
    "这种消息我还看不了。请用文字告诉我您要问的事，或者回复“菜单”查看全部栏目。";
pub(super) const NO_PLACES: &str =
    "收到您的位置了。社区地图正在整理中，暂时查不到附近的服务点。回复“菜单”可以查看其他栏目。";
pub(super) const NEAREST: &str = "离您最近的服务点：";
const MORE: &str = "查看全文";
const WHOLE_MAP: &str = "查看社区地图";

/// Words that ask for the list of sections.
pub(super) const HELP: [&str; 19] = [
    "菜单",
    "主菜单",
    "返回菜单",
    "打开菜单",
    "看菜单",
    "首页",
    "帮助",
    "目录",
    "栏目",
    "功能",
    "使用说明",
    "怎么用",
    "help",
    "menu",
    "你好",
    "您好",
    "在吗",
    "hi",
    "hello",
];

/// The lines of the numbered menu, each of which can be tapped: number, title, name of the section.
pub(super) fn numbered_menu<'a>(sections: impl Iterator<Item = (i64, &'a str, &'a str)>) -> String {
    let mut lines = String::new();
    for (number, title, id) in sections {
        lines.push_str(&menu_link(&format!("{number} {title}"), title, id));
        lines.push('\n');
    }
    lines
}

/// `menu` is empty while the account has no sections.
pub(super) fn welcome(account: &str, menu: &str, has_custom_menu: bool) -> String {
    if menu.is_empty() {
        return format!(
            "您好，欢迎关注{account}！\n\n栏目正在准备中，请过几天再来看看。您也可以先把想问的事写给我们。"
        );
    }
    let way = if has_custom_menu { "可以点屏幕下方的菜单，也可以" } else { "可以" };
    format!(
        "您好，欢迎关注{account}！\n\n您{way}直接点下面的栏目，或者回复前面的数字：\n\n{menu}\n想问什么，直接打字发给我就行，例如“停电”。回复“菜单”可以再看一遍。"
    )
}

/// `menu` is empty while the account has no sections.
pub(super) fn menu(account: &str, menu: &str) -> String {
    if menu.is_empty() {
        return format!("{account}的栏目正在准备中，请过几天再来看看。");
    }
    format!(
        "{account}为您服务。请点下面的栏目，或者回复前面的数字：\n\n{menu}\n想问什么，直接打字发给我就行。"
    )
}

/// `question` has been stripped of markup and shortened.
pub(super) fn not_found(question: &str, menu_hint: &str, contacts_url: Option<&str>) -> String {
    let mut text = format!(
        "没有找到和“{question}”有关的内容。\n\n您可以换个说法再问一次，例如“停电”“垃圾分类”；或者{menu_hint}。"
    );
    if let Some(url) = contacts_url {
        text.push_str(&format!("\n\n急事请打电话：{}", link(url, "查看社区电话")));
    }
    text
}

/// How to get the list of sections: a line to tap.
pub(super) fn menu_hint() -> String {
    format!("回复{}查看全部栏目", menu_link("“菜单”", "菜单", "menu"))
}

pub(super) fn dead_key(menu: &str) -> String {
    format!("这个栏目正在调整，暂时没有内容。请先看看其他栏目：\n\n{menu}")
}

/// `result` has been stripped of markup and shortened.
pub(super) fn scanned(result: &str) -> String {
    format!("扫到的内容是：{result}\n\n如需帮助，请用文字告诉我您要办的事。")
}

/// The end of an answer that was too long: a link to the whole.
pub(super) fn more(url: &str) -> String {
    format!("……\n{}", link(url, MORE))
}

/// For somebody who is not in the community now.
pub(super) fn far_away(map_url: Option<&str>) -> String {
    let text = "收到您的位置了。您现在离社区比较远，附近没有社区的服务点。";
    match map_url {
        Some(url) => format!("{text}\n\n{}", whole_map(url)),
        None => text.into(),
    }
}

pub(super) fn whole_map(url: &str) -> String {
    link(url, WHOLE_MAP)
}

pub(super) fn distance(meters: f64) -> String {
    if meters < 1000.0 {
        format!("约 {:.0} 米", (meters / 10.0).round().max(1.0) * 10.0)
    } else {
        format!("约 {:.1} 公里", meters / 1000.0)
    }
}

/// One place of the nearest.
pub(super) fn place(
    number: usize,
    name: &str,
    distance: &str,
    address: &str,
    phone: Option<&str>,
    hours: Option<&str>,
) -> String {
    let mut text = format!("{number}. {name}（{distance}）\n地址：{address}");
    for (label, value) in [("电话", phone), ("开放时间", hours)] {
        if let Some(value) = value {
            text.push_str(&format!("\n{label}：{value}"));
        }
    }
    text
}

pub(super) fn number(name: &str, phone: &str) -> String {
    format!("{name}：{phone}")
}

/// The title of an event's card. `date` is a Shanghai date.
pub(super) fn event_title(date: chrono::NaiveDate, title: &str) -> String {
    use chrono::Datelike;
    let weekday = ["一", "二", "三", "四", "五", "六", "日"][date.weekday().num_days_from_monday() as usize];
    format!("{}月{}日（周{weekday}） {title}", date.month(), date.day())
}
