//! Places, contacts and events as sheets: the template, the way out, and the way in with the row of every fault.

use chrono::NaiveDateTime;

use super::editing::Editable;
use super::models::{contact, event, place};
use super::rules::{ContactDraft, EventDraft, PlaceDraft, Problem};
use super::texts;
use crate::clock::Timestamp;
use crate::sheets::{Column, Table};

/// Something wrong in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetFault {
    /// As Excel counts them.
    pub row: u32,
    /// The column's title.
    pub column: &'static str,
    pub message: String,
}

/// One column: the field that it holds, its title and width, and whether it must be there.
pub struct Field {
    name: &'static str,
    title: &'static str,
    width: u8,
    is_needed: bool,
}

const fn field(name: &'static str, title: &'static str, width: u8, is_needed: bool) -> Field {
    Field { name, title, width, is_needed }
}

/// A kind of row that goes into a sheet and comes out of one.
pub trait Tabular: Editable {
    /// What the sheet is called.
    const NAME: &'static str;
    const FIELDS: &'static [Field];
    /// An example for the template.
    const EXAMPLE: &'static [&'static str];

    /// In the order of the fields.
    fn cells(&self) -> Vec<String>;
    /// From cells in the order of the fields; what cannot be read is noted.
    fn draft(cells: &[String], problems: &mut Vec<(&'static str, Problem)>) -> Self::Draft;
}

const SLUG: Field = field("slug", "编号（请勿改动）", 18, false);

impl Tabular for place::Model {
    const NAME: &'static str = "地点";
    const FIELDS: &'static [Field] = &[
        field("name", "名称", 24, true),
        field("category", "类别", 16, true),
        field("address", "地址", 32, true),
        field("phone", "电话", 18, false),
        field("hours", "开放时间", 28, false),
        field("latitude", "纬度", 12, true),
        field("longitude", "经度", 12, true),
        field("note", "备注", 40, false),
        SLUG,
    ];
    const EXAMPLE: &'static [&'static str] = &[
        "社区卫生站（示例，请删除本行）",
        "卫生站",
        "示例路26号",
        "021-5555-0103",
        "周一至周六8:00–16:30",
        "31.33610",
        "121.28130",
        "量血压、测血糖、常用药配药。",
        "",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.category.clone(),
            self.address.clone(),
            self.phone.clone().unwrap_or_default(),
            self.hours.clone().unwrap_or_default(),
            self.latitude.to_string(),
            self.longitude.to_string(),
            self.note.clone().unwrap_or_default(),
            self.slug.clone(),
        ]
    }

    fn draft(cells: &[String], problems: &mut Vec<(&'static str, Problem)>) -> PlaceDraft {
        let [name, category, address, phone, hours, latitude, longitude, note, slug] = parts(cells);
        PlaceDraft {
            slug,
            name,
            category,
            address,
            phone: Some(phone),
            hours: Some(hours),
            latitude: degrees("latitude", &latitude, problems),
            longitude: degrees("longitude", &longitude, problems),
            note: Some(note),
        }
    }
}

impl Tabular for contact::Model {
    const NAME: &'static str = "电话";
    const FIELDS: &'static [Field] = &[
        field("name", "名称", 24, true),
        field("group", "分组", 16, true),
        field("phone", "电话", 20, true),
        field("hours", "服务时间", 28, false),
        field("note", "备注", 40, false),
        SLUG,
    ];
    const EXAMPLE: &'static [&'static str] =
        &["物业报修（示例，请删除本行）", "物业服务", "021-5555-0120", "24小时", "水管、电梯、门禁。", ""];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.category.clone(),
            self.phone.clone(),
            self.hours.clone().unwrap_or_default(),
            self.note.clone().unwrap_or_default(),
            self.slug.clone(),
        ]
    }

    fn draft(cells: &[String], _: &mut Vec<(&'static str, Problem)>) -> ContactDraft {
        let [name, group, phone, hours, note, slug] = parts(cells);
        ContactDraft { slug, name, group, phone, hours: Some(hours), note: Some(note) }
    }
}

impl Tabular for event::Model {
    const NAME: &'static str = "活动";
    const FIELDS: &'static [Field] = &[
        field("title", "标题", 28, true),
        field("starts", "开始时间", 18, true),
        field("ends", "结束时间", 18, true),
        field("venue", "举办地点", 24, true),
        field("place", "地图上的地点（编号）", 20, false),
        field("organizer", "主办单位", 20, false),
        field("audience", "参加对象", 24, false),
        field("signup", "报名方式", 32, false),
        field("body", "活动介绍", 60, false),
        SLUG,
    ];
    const EXAMPLE: &'static [&'static str] = &[
        "社区义诊（示例，请删除本行）",
        "2026-12-05 09:00",
        "2026-12-05 11:30",
        "党群服务中心一楼",
        "",
        "社区卫生站",
        "全体居民",
        "无需报名",
        "带上医保卡。",
        "",
    ];

    fn cells(&self) -> Vec<String> {
        let moment =
            |millis: i64| Timestamp::from_millis(millis).in_shanghai().format("%Y-%m-%d %H:%M").to_string();
        vec![
            self.title.clone(),
            moment(self.starts_at),
            moment(self.ends_at),
            self.venue.clone(),
            self.place.clone().unwrap_or_default(),
            self.organizer.clone().unwrap_or_default(),
            self.audience.clone().unwrap_or_default(),
            self.signup.clone().unwrap_or_default(),
            self.body_source.clone(),
            self.slug.clone(),
        ]
    }

    fn draft(cells: &[String], problems: &mut Vec<(&'static str, Problem)>) -> EventDraft {
        let [title, starts, ends, venue, place, organizer, audience, signup, body, slug] = parts(cells);
        let starts_at = moment("starts", &starts, problems);
        let ends_at = moment("ends", &ends, problems);
        EventDraft {
            slug,
            title,
            starts_at: starts_at.unwrap_or_default(),
            // What could not be read is not also said to lie before the start.
            ends_at: ends_at.or(starts_at).unwrap_or_default(),
            venue,
            place: Some(place),
            organizer: Some(organizer),
            audience: Some(audience),
            signup: Some(signup),
            body,
        }
    }
}

/// The columns of a sheet.
pub fn columns<T: Tabular>() -> Vec<Column> {
    T::FIELDS.iter().map(|field| Column { title: field.title, width: field.width }).collect()
}

/// The drafts in a sheet, each with its row. Columns are known by their titles, in any order.
///
/// # Errors
/// Everything that cannot be read.
pub fn drafts<T: Tabular>(table: &Table) -> Result<Vec<(u32, T::Draft)>, Vec<SheetFault>> {
    let place = |field: &Field| table.titles.iter().position(|title| title == field.title);
    let places: Vec<Option<usize>> = T::FIELDS.iter().map(place).collect();
    let missing: Vec<SheetFault> = T::FIELDS
        .iter()
        .zip(&places)
        .filter(|(field, place)| field.is_needed && place.is_none())
        .map(|(field, _)| SheetFault { row: 1, column: field.title, message: texts::NO_COLUMN.into() })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let (mut drafts, mut faults) = (Vec::new(), Vec::new());
    for (row, cells) in &table.rows {
        let ordered: Vec<String> = places
            .iter()
            .map(|place| place.and_then(|place| cells.get(place)).cloned().unwrap_or_default())
            .collect();
        let mut problems = Vec::new();
        drafts.push((*row, T::draft(&ordered, &mut problems)));
        faults.extend(problems.iter().map(|(name, problem)| fault::<T>(*row, name, problem)));
    }
    if faults.is_empty() { Ok(drafts) } else { Err(faults) }
}

/// What is wrong with a field of a row, for people.
pub fn fault<T: Tabular>(row: u32, name: &str, problem: &Problem) -> SheetFault {
    let field = T::FIELDS.iter().find(|field| field.name == name);
    SheetFault { row, column: field.map_or("", |field| field.title), message: texts::problem(problem) }
}

fn parts<const N: usize>(cells: &[String]) -> [String; N] {
    std::array::from_fn(|at| cells.get(at).cloned().unwrap_or_default())
}

fn degrees(name: &'static str, text: &str, problems: &mut Vec<(&'static str, Problem)>) -> f64 {
    match text.parse() {
        Ok(degrees) => degrees,
        Err(_) => {
            problems.push((name, if text.is_empty() { Problem::Empty } else { Problem::NoNumber }));
            0.0
        }
    }
}

/// A local time in one of the forms in which people type it.
fn moment(name: &'static str, text: &str, problems: &mut Vec<(&'static str, Problem)>) -> Option<i64> {
    let plain = text.replace(['/', '.'], "-").replace('：', ":").replace('T', " ");
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日%H:%M"];
    let found = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&plain, form).ok());
    if found.is_none() {
        problems.push((name, if text.is_empty() { Problem::Empty } else { Problem::NoMoment }));
    }
    found.map(|moment| Timestamp::from_shanghai(moment).millis())
}
