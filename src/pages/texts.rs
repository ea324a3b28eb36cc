//! Every word that the pages themselves say, in Simplified Chinese; templates see the table as `t`.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use serde::Serialize;

use crate::admin::Role;

/// The words of the templates.
#[derive(Serialize)]
pub(super) struct Texts {
    site: &'static str,
    skip: &'static str,
    care_on: &'static str,
    care_off: &'static str,
    care_on_hint: &'static str,
    care_off_hint: &'static str,
    breadcrumb: &'static str,
    home: &'static str,
    back_home: &'static str,
    back_to: &'static str,
    welcome: &'static str,
    notices: &'static str,
    no_sections: &'static str,
    number_hint: &'static str,
    pinned: &'static str,
    expired: &'static str,
    call: &'static str,
    call_about: &'static str,
    nothing_yet: &'static str,
    articles: &'static str,
    older: &'static str,
    newest: &'static str,
    paging: &'static str,
    neighbors: &'static str,
    newer_article: &'static str,
    older_article: &'static str,
    published: &'static str,
    author: &'static str,
    concerns: &'static str,
    attachments: &'static str,
    superseded: &'static str,
    preview: &'static str,
    preview_hint: &'static str,
    source: &'static str,
    document_number: &'static str,
    validity: &'static str,
    map: &'static str,
    map_hint: &'static str,
    map_legend: &'static str,
    map_partial: &'static str,
    north: &'static str,
    no_places: &'static str,
    this_place: &'static str,
    map_of_place: &'static str,
    pub(super) nearby: &'static str,
    address: &'static str,
    phone: &'static str,
    hours: &'static str,
    note: &'static str,
    category: &'static str,
    navigate: &'static str,
    open_gaode: &'static str,
    open_tencent: &'static str,
    no_contacts: &'static str,
    no_events: &'static str,
    past_events: &'static str,
    event_time: &'static str,
    venue: &'static str,
    show_place: &'static str,
    organizer: &'static str,
    audience: &'static str,
    signup: &'static str,
    details: &'static str,
    answer_hint: &'static str,
    reopen: &'static str,
    landing_title: &'static str,
    landing_lead: &'static str,
    landing_phone: &'static str,
    landing_phone_hint: &'static str,
    landing_phone_open: &'static str,
    landing_accounts: &'static str,
    landing_accounts_hint: &'static str,
    landing_no_accounts: &'static str,
    landing_console: &'static str,
    landing_console_hint: &'static str,
    colon: &'static str,
}

pub(super) const TEXTS: Texts = Texts {
    site: "希望树",
    skip: "跳到正文",
    care_on: "大字版",
    care_off: "标准版",
    care_on_hint: "换成大字版",
    care_off_hint: "换回标准版",
    breadcrumb: "所在位置",
    home: "首页",
    back_home: "返回首页",
    back_to: "返回",
    welcome: "欢迎来到",
    notices: "最新通知",
    no_sections: "栏目正在准备，请过几天再来看看。",
    number_hint: "在公众号里回复栏目前面的数字，也能打开这个栏目。",
    pinned: "置顶",
    expired: "已过期",
    call: "拨打",
    call_about: "给这里打电话",
    nothing_yet: "这个栏目还没有内容，请过几天再来看看。",
    articles: "相关文章",
    older: "看更早的",
    newest: "回到最新的",
    paging: "翻页",
    neighbors: "前后文章",
    newer_article: "后一篇",
    older_article: "前一篇",
    published: "发布日期",
    author: "作者",
    concerns: "适用对象",
    attachments: "附件",
    superseded: "本文已有新的版本",
    preview: "预览",
    preview_hint: "这一页尚未发布，居民看不到。请勿转发。",
    source: "来源",
    document_number: "文号",
    validity: "有效期",
    map: "社区地图",
    map_hint: "点数字，看地址和电话。图中只标位置，不画道路。",
    map_legend: "全部地点",
    map_partial: "地点较多，图上只标出了一部分，其余请看下面的名单。",
    north: "北",
    no_places: "地图正在整理，暂时没有地点。",
    this_place: "您正在看的地点",
    map_of_place: "位置",
    nearby: "附近还有",
    address: "地址",
    phone: "电话",
    hours: "开放时间",
    note: "说明",
    category: "类别",
    navigate: "导航去这里",
    open_gaode: "用高德地图打开",
    open_tencent: "用腾讯地图打开",
    no_contacts: "电话正在整理，暂时没有内容。",
    no_events: "近期没有活动，有了新的活动会在这里通知大家。",
    past_events: "已经结束的活动",
    event_time: "时间",
    venue: "地点",
    show_place: "查看位置和导航",
    organizer: "主办",
    audience: "参加对象",
    signup: "报名",
    details: "活动内容",
    answer_hint: "这是公众号里那条回复的全文。还有疑问，可以回到公众号继续问，也可以打电话。",
    reopen: "请回到微信公众号，从菜单或者消息里重新打开。",
    landing_title: "希望树演示",
    landing_lead: "社区公众号的后台。这里的账号和内容都是示例，可以放心试用。",
    landing_phone: "像居民一样用一用",
    landing_phone_hint: "一部模拟的手机：可以关注公众号、点菜单、发消息。",
    landing_phone_open: "打开模拟手机",
    landing_accounts: "居民看到的网页",
    landing_accounts_hint: "每个公众号都有自己的页面，用手机或电脑都能打开。",
    landing_no_accounts: "还没有公众号。",
    landing_console: "管理后台",
    landing_console_hint: "这里不需要密码。选一个身份，能做的事各不相同。",
    colon: "：",
};

/// Titles and descriptions of pages that are no content of the account.
pub(super) const LANDING_TITLE: &str = "希望树演示";
/// What leads to the console as somebody of a role, and what such a person does.
pub(super) fn worker(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Editor => ("以编辑的身份登录控制台", "撰写公告，送去审核"),
        Role::Reviewer => ("以审核的身份登录控制台", "审读别人写的公告"),
        Role::Publisher => ("以发布的身份登录控制台", "三审公告，定时发布"),
        Role::Agent => ("以坐席的身份登录控制台", "查看居民的留言，回复居民"),
        Role::Admin => ("以管理员的身份登录控制台", "管理一个社区的菜单、自动回复和人员"),
        Role::Town => ("以镇级查看的身份登录控制台", "查看全镇各社区的情况，不做修改"),
        Role::Owner => ("以所有者的身份登录控制台", "管理全部公众号和人员"),
    }
}

pub(super) const LANDING_DESCRIPTION: &str = "在浏览器里的手机上试用社区公众号：关注、点菜单、提问、看网页。";
pub(super) const ANSWER_TITLE: &str = "完整答复";
pub(super) const NOT_FOUND_TITLE: &str = "没有找到这个页面";
pub(super) const INTERNAL_TITLE: &str = "页面暂时打不开";

pub(super) fn home_description(account: &str) -> String {
    format!("{account}的政策告知、生活小贴士、社区地图、联系电话和社区活动，都在这里。")
}

/// Title, explanation and what to do, of a page that is not there.
pub(super) const NOT_FOUND: [&str; 3] =
    ["没有找到这个页面", "它可能已经撤下，或者地址不完整。", "您可以回到首页找一找，急事请直接打电话。"];

/// Title, explanation and what to do, when our own program failed.
pub(super) const INTERNAL: [&str; 3] =
    ["页面暂时打不开", "这是我们的问题，不是您的手机有问题。", "请过几分钟再试一次，急事请直接打电话。"];

pub(super) fn account_kind(is_service: bool, is_verified: bool) -> String {
    let kind = if is_service { "服务号" } else { "订阅号" };
    let verified = if is_verified { "已认证" } else { "未认证" };
    format!("{kind}，{verified}")
}

/// `2026年11月2日`.
pub(super) fn date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// A day as people of `today` call it: `今天，12月5日，周六`.
pub(super) fn day_heading(day: NaiveDate, today: NaiveDate) -> String {
    let near = match (day - today).num_days() {
        0 => "今天，",
        1 => "明天，",
        2 => "后天，",
        _ => "",
    };
    format!("{near}{}，{}", day_of(day, today), weekday(day))
}

/// When something takes place, the days left out: `9:00–11:30`; with them when it ends on another day.
pub(super) fn hours(starts: NaiveDateTime, ends: NaiveDateTime) -> String {
    if starts.date() == ends.date() {
        return format!("{}–{}", clock(starts), clock(ends));
    }
    let end_day = day_of(ends.date(), starts.date());
    format!("{}月{}日{}至{end_day}{}", starts.month(), starts.day(), clock(starts), clock(ends))
}

/// When something takes place, in full: `2026年12月5日（周六）9:00–11:30`.
pub(super) fn span(starts: NaiveDateTime, ends: NaiveDateTime) -> String {
    let day = |at: NaiveDateTime| format!("{}（{}）", date(at.date()), weekday(at.date()));
    if starts.date() == ends.date() {
        return format!("{}{}–{}", day(starts), clock(starts), clock(ends));
    }
    format!("{}{}至{}{}", day(starts), clock(starts), day(ends), clock(ends))
}

pub(super) const UNDER_WAY: &str = "正在进行";
pub(super) const EVENT_OVER: &str = "已经结束";

/// How far off an event is, for its label.
pub(super) fn days_until(days: i64) -> String {
    match days {
        0 => "今天".into(),
        1 => "明天".into(),
        2 => "后天".into(),
        more => format!("还有{more}天"),
    }
}

/// `last_day` is the last on which it holds.
pub(super) fn expired_on(last_day: NaiveDate) -> String {
    format!("已于{}到期，内容仅供查阅，请以最新的通知为准。", date(last_day))
}

pub(super) fn in_force_from(first_day: NaiveDate) -> String {
    format!("从{}起生效，现在还没有生效。", date(first_day))
}

pub(super) fn validity(first_day: Option<NaiveDate>, last_day: Option<NaiveDate>) -> Option<String> {
    match (first_day, last_day) {
        (Some(first), Some(last)) => Some(format!("{}至{}", date(first), date(last))),
        (Some(first), None) => Some(format!("{}起", date(first))),
        (None, Some(last)) => Some(format!("到{}为止", date(last))),
        (None, None) => None,
    }
}

/// A round distance: `350米`, `1.8公里`.
pub(super) fn distance(meters: f64) -> String {
    if meters < 950.0 {
        format!("{:.0}米", ((meters / 10.0).round() * 10.0).max(10.0))
    } else if meters < 9_950.0 {
        let kilometers = format!("{:.1}", meters / 1000.0);
        format!("{}公里", kilometers.trim_end_matches(".0"))
    } else {
        format!("{:.0}公里", meters / 1000.0)
    }
}

/// Where a place is that the map has no room for. East and north in any common unit.
pub(super) fn beyond_the_map(meters: f64, east: f64, north: f64) -> String {
    format!("在图外{}，约{}", direction(east, north), distance(meters))
}

pub(super) fn about(distance: &str) -> String {
    format!("约{distance}")
}

fn direction(east: f64, north: f64) -> &'static str {
    const EIGHTHS: [&str; 8] = ["东面", "东北面", "北面", "西北面", "西面", "西南面", "南面", "东南面"];
    let eighth = (north.atan2(east).to_degrees() / 45.0).round() as i64;
    EIGHTHS[eighth.rem_euclid(8) as usize]
}

/// Without the year while that goes without saying.
fn day_of(day: NaiveDate, today: NaiveDate) -> String {
    if day.year() == today.year() { format!("{}月{}日", day.month(), day.day()) } else { date(day) }
}

fn weekday(date: NaiveDate) -> &'static str {
    const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    WEEKDAYS[date.weekday().num_days_from_monday() as usize]
}

fn clock(at: NaiveDateTime) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn an_event_of_one_day_names_the_day_once() {
        let (starts, ends) = (at("2026-12-05T09:00:00"), at("2026-12-05T11:30:00"));
        assert_eq!(span(starts, ends), "2026年12月5日（周六）9:00–11:30");
        assert_eq!(hours(starts, ends), "9:00–11:30");
    }

    #[test]
    fn an_event_into_the_new_year_names_both_years() {
        let (starts, ends) = (at("2026-12-31T22:00:00"), at("2027-01-01T01:05:00"));
        assert_eq!(span(starts, ends), "2026年12月31日（周四）22:00至2027年1月1日（周五）1:05");
        assert_eq!(hours(starts, ends), "12月31日22:00至2027年1月1日1:05");
    }

    #[test]
    fn a_day_is_named_as_people_name_it() {
        let today = at("2026-12-31T00:00:00").date();
        assert_eq!(day_heading(today, today), "今天，12月31日，周四");
        assert_eq!(day_heading(at("2027-01-01T00:00:00").date(), today), "明天，2027年1月1日，周五");
        assert_eq!(day_heading(at("2026-12-01T00:00:00").date(), today), "12月1日，周二");
    }

    #[test]
    fn distances_are_round() {
        assert_eq!(distance(3.0), "10米");
        assert_eq!(distance(347.0), "350米");
        assert_eq!(distance(1_840.0), "1.8公里");
        assert_eq!(distance(2_000.0), "2公里");
        assert_eq!(distance(12_400.0), "12公里");
    }

    #[test]
    fn directions_are_those_of_the_compass() {
        assert_eq!(beyond_the_map(1_800.0, -1.0, -1.0), "在图外西南面，约1.8公里");
        assert_eq!(direction(1.0, 0.1), "东面");
        assert_eq!(direction(-1.0, -0.1), "西面");
        assert_eq!(direction(0.0, 1.0), "北面");
    }
}
