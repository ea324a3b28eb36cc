//! A body as WeChat takes it: no classes and no sheet of styles, so that everything that an article needs to look like
//! one stands in its tags.

use super::pieces::{Piece, pieces, written};

/// The look of each tag. What an editor chose comes after it and so goes before it.
fn look(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "p" => "margin: 0 0 16px; font-size: 16px; line-height: 1.75; color: #333333",
        "h1" | "h2" => {
            "margin: 24px 0 12px; font-size: 20px; line-height: 1.5; font-weight: bold; color: #0b5a34"
        }
        "h3" => "margin: 20px 0 10px; font-size: 18px; line-height: 1.5; font-weight: bold; color: #333333",
        "h4" | "h5" | "h6" => {
            "margin: 16px 0 8px; font-size: 16px; line-height: 1.5; font-weight: bold; color: #333333"
        }
        "ul" | "ol" => {
            "margin: 0 0 16px; padding-left: 24px; font-size: 16px; line-height: 1.75; color: #333333"
        }
        "li" => "margin: 0 0 6px",
        "blockquote" => {
            "margin: 0 0 16px; padding: 10px 14px; border-left: 4px solid #0b5a34; background-color: #f5f7f6; color: #555555"
        }
        "table" => {
            "width: 100%; border-collapse: collapse; margin: 0 0 16px; font-size: 15px; line-height: 1.6; color: #333333"
        }
        "th" => {
            "border: 1px solid #c8d0cc; padding: 6px 8px; background-color: #eef3f0; font-weight: bold; text-align: left"
        }
        "td" => "border: 1px solid #c8d0cc; padding: 6px 8px",
        "img" => "max-width: 100%; height: auto; display: block; margin: 0 auto",
        "hr" => "border: 0; border-top: 1px solid #dddddd; margin: 20px 0",
        "pre" => {
            "margin: 0 0 16px; padding: 10px; background-color: #f6f6f6; white-space: pre-wrap; font-size: 14px"
        }
        "figcaption" => "margin: 6px 0 16px; text-align: center; font-size: 14px; color: #666666",
        _ => return None,
    })
}

/// A sanitized body with its looks in the tags. `picture` says where a picture of ours is to be fetched; WeChat keeps
/// no links but those to articles on its own site.
pub fn for_wechat(html: &str, picture: impl Fn(&str) -> String) -> String {
    let mut links = Vec::new();
    let shown = pieces(html).into_iter().flat_map(|piece| match piece {
        Piece::Start { name, attributes } if name == "a" => {
            let target = attributes.iter().find(|(name, _)| name == "href").map(|(_, target)| target.clone());
            let target = target.filter(|target| target.starts_with("https://mp.weixin.qq.com/"));
            links.push(target.is_some());
            target
                .map(|target| Piece::Start { name, attributes: vec![("href".into(), target)] })
                .into_iter()
                .collect()
        }
        Piece::End { name } if name == "a" => {
            if links.pop() == Some(true) {
                vec![Piece::End { name }]
            } else {
                Vec::new()
            }
        }
        Piece::Start { name, attributes } => dressed(name, attributes, &picture),
        // A wide table is moved sideways by itself.
        Piece::End { name } if name == "table" => {
            vec![Piece::End { name }, Piece::End { name: "section".into() }]
        }
        other => vec![other],
    });
    written(shown.collect::<Vec<_>>())
}

fn dressed(
    name: String,
    mut attributes: Vec<(String, String)>,
    picture: &impl Fn(&str) -> String,
) -> Vec<Piece> {
    for (attribute, value) in &mut attributes {
        if name == "img" && attribute == "src" {
            *value = picture(value);
        }
    }
    if let Some(look) = look(&name) {
        let own = attributes.iter().position(|(attribute, _)| attribute == "style");
        let own = own.map(|at| attributes.remove(at).1);
        let style = own.map_or_else(|| look.to_owned(), |own| format!("{look}; {own}"));
        attributes.push(("style".into(), style));
    }
    let tag = Piece::Start { name, attributes };
    match &tag {
        Piece::Start { name, .. } if name == "table" => {
            let scroll = vec![("style".to_owned(), "overflow-x: auto".to_owned())];
            vec![Piece::Start { name: "section".into(), attributes: scroll }, tag]
        }
        _ => vec![tag],
    }
}
