//! What residents write and send (§2).

use serde_json::json;

use super::{Context, Fields, Shown, Template};
use crate::sandbox::windows::Trigger;

pub(super) const TEMPLATES: [Template; 8] = [
    message("text", "文字消息", |_| vec![("Content", json!("你好"))]),
    message("image", "图片消息", |context| {
        vec![
            ("PicUrl", json!(format!("http://mmbiz.qpic.cn/mmbiz_jpg/sandbox{}/0", context.message_id))),
            ("MediaId", media("image", context)),
        ]
    }),
    message("voice", "语音消息", |context| {
        vec![
            ("MediaId", media("voice", context)),
            ("Format", json!("amr")),
            ("MediaId16K", media("voice16k", context)),
            // Switched on or not, it arrives empty nowadays (§2.3).
            ("Recognition", json!("")),
        ]
    }),
    message("video", "视频消息", film),
    message("shortvideo", "小视频消息", film),
    message("location", "位置消息", |_| {
        vec![
            ("Location_X", json!(31.3358)),
            ("Location_Y", json!(121.2896)),
            ("Scale", json!(16)),
            ("Label", json!("社区服务中心（示例）")),
        ]
    }),
    message("link", "链接消息", |_| {
        vec![
            ("Title", json!("一篇文章")),
            ("Description", json!("文章的摘要")),
            ("Url", json!("https://mp.weixin.qq.com/s/sandbox")),
        ]
    }),
    message("miniprogrampage", "小程序卡片", |context| {
        vec![
            ("Title", json!("小程序卡片")),
            ("AppId", json!("wx0123456789abcdef")),
            ("PagePath", json!("pages/index/index")),
            ("ThumbUrl", json!("http://mmbiz.qpic.cn/mmbiz_jpg/sandbox/0")),
            ("ThumbMediaId", media("thumb", context)),
        ]
    }),
];

const fn message(name: &'static str, title: &'static str, fields: fn(&Context<'_>) -> Fields) -> Template {
    Template { name, title, shown: Shown::AnswerToMessage, trigger: Some(Trigger::Message), fields }
}

fn film(context: &Context<'_>) -> Fields {
    vec![("MediaId", media("video", context)), ("ThumbMediaId", media("thumb", context))]
}

fn media(kind: &str, context: &Context<'_>) -> serde_json::Value {
    json!(format!("SANDBOX_{kind}_{}", context.message_id))
}
