//! What residents do on the phone. Each request waits for the push that it caused, and answers with what the phone
//! then shows.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::{Refusal, Result, read};
use crate::sandbox::Sandbox;
use crate::sandbox::deeds::{Deed, Done, Whom};
use crate::sandbox::texts;

const MAX_TEXT_BYTES: usize = 4096;

type Target = Path<(String, String)>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Follow {
    scene: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum Sent {
    Text {
        content: String,
        menu_id: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default)]
        label: String,
    },
    Image {},
    Voice {},
    Video {},
    ShortVideo {},
    Link {
        title: String,
        #[serde(default)]
        description: String,
        url: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    /// Where in the menu: a top button, or a top button and one below it.
    button: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    scene: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MenuLink {
    content: String,
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    resident: String,
    kind: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

pub(super) async fn follow(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
    body: Bytes,
) -> Result<Json<Done>> {
    let follow: Follow = read(&body)?;
    sandbox.follow(Whom::parse(&app_id, &resident)?, follow.scene).await.map(Json)
}

pub(super) async fn leave(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
) -> Result<Json<Done>> {
    sandbox.leave(Whom::parse(&app_id, &resident)?).await.map(Json)
}

pub(super) async fn send(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
    body: Bytes,
) -> Result<Json<Done>> {
    let sent: Sent = read(&body)?;
    sandbox.write(Whom::parse(&app_id, &resident)?, sent.into_deed()?).await.map(Json)
}

pub(super) async fn tap(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
    body: Bytes,
) -> Result<Json<Done>> {
    let tap: Tap = read(&body)?;
    sandbox.tap(Whom::parse(&app_id, &resident)?, &tap.button).await.map(Json)
}

pub(super) async fn scan(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
    body: Bytes,
) -> Result<Json<Done>> {
    let scan: Scan = read(&body)?;
    sandbox.scan(Whom::parse(&app_id, &resident)?, scan.scene).await.map(Json)
}

pub(super) async fn menu_link(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Target,
    body: Bytes,
) -> Result<Json<Done>> {
    let link: MenuLink = read(&body)?;
    let sent = Sent::Text { content: link.content, menu_id: Some(link.id) };
    sandbox.write(Whom::parse(&app_id, &resident)?, sent.into_deed()?).await.map(Json)
}

pub(super) async fn push(
    State(sandbox): State<Sandbox>,
    Path(app_id): Path<String>,
    body: Bytes,
) -> Result<Json<Done>> {
    let push: Push = read(&body)?;
    let deed = Deed { kind: push.kind, fields: push.fields, entry: None };
    sandbox.act(Whom::parse(&app_id, &push.resident)?, vec![deed]).await.map(Json)
}

impl Sent {
    fn into_deed(self) -> Result<Deed> {
        let (kind, fields) = match self {
            Self::Text { content, menu_id } => {
                if content.trim().is_empty() || content.len() > MAX_TEXT_BYTES {
                    return Err(Refusal::invalid(texts::TEXT_TOO_LONG));
                }
                ("text", json!({"Content": content, "bizmsgmenuid": menu_id}))
            }
            Self::Location { latitude, longitude, label } => {
                if latitude.abs() > 90.0 || longitude.abs() > 180.0 {
                    return Err(Refusal::invalid(texts::NOT_A_PLACE));
                }
                let (latitude, longitude) = (format!("{latitude:.6}"), format!("{longitude:.6}"));
                ("location", json!({"Location_X": latitude, "Location_Y": longitude, "Label": label}))
            }
            Self::Image {} => ("image", json!({})),
            Self::Voice {} => ("voice", json!({})),
            Self::Video {} => ("video", json!({})),
            Self::ShortVideo {} => ("shortvideo", json!({})),
            Self::Link { title, description, url } => {
                ("link", json!({"Title": title, "Description": description, "Url": url}))
            }
        };
        Ok(Deed::new(kind, fields))
    }
}
