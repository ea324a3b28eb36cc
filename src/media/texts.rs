//! What an office worker is told by the media library, in Chinese.

use super::{FILE_BYTES, FRAMES, PICTURE_BYTES, PIXELS_MILLIONS, Refusal, SIDE, Use};

/// What the menu is called among those that show something.
pub const MENU: &str = "公众号菜单";
/// What the API calls an item.
pub const ITEM: &str = "这个文件";
pub const NO_FORM: &str = "上传的内容不完整或格式不对，请重新上传。";
pub const NO_FILE: &str = "请选择要上传的文件。";
pub const SLOW: &str = "上传太慢，连接已中断。请检查网络后重新上传。";
pub const NO_TITLE: &str = "标题不能为空。";
/// So many of those that show something are named.
const NAMED: usize = 5;

pub fn long(most: usize) -> String {
    format!("最多 {most} 个字。")
}

/// Who shows what somebody wants to throw away.
pub fn in_use(uses: &[Use]) -> String {
    let named: Vec<String> =
        uses.iter().take(NAMED).map(|shown| format!("{}《{}》", place(&shown.kind), shown.title)).collect();
    let more = if uses.len() > NAMED { format!("等 {} 处", uses.len()) } else { String::new() };
    format!("{}{more}正在使用这个文件，删除后那里会显示不出来。", named.join("、"))
}

fn place(kind: &str) -> &'static str {
    match kind {
        "notice" => "公告",
        "article" => "文章",
        "section" => "栏目",
        "event" => "活动",
        "rule" | "greeting" => "自动回复",
        "menu" => "菜单",
        _ => "内容",
    }
}

/// What a picture is called that was fetched for a pasted article.
pub const PASTED: &str = "微信图片";

/// Why a picture that was to be fetched is not kept.
pub fn unfetched(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Source | Refusal::Unfetched => self::refusal(refusal),
        Refusal::TooLarge => {
            format!("这张图片取不到：超过 {} MB。请打开原文，把图片另存后缩小，再上传。", PICTURE_BYTES >> 20)
        }
        _ => "这张图片取不到：那里给的不是图片，或图片不能用。请打开原文，把图片另存到电脑，再上传。".into(),
    }
}

/// A file that came without a name.
pub const UNNAMED: &str = "未命名";

/// Why an upload was refused, and what to do about it.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => "文件是空的（0 字节），请重新选择。".into(),
        Refusal::TooLarge => format!(
            "文件太大：图片最大 {} MB，其他文件最大 {} MB。请压缩后再上传。",
            PICTURE_BYTES >> 20,
            FILE_BYTES >> 20
        ),
        Refusal::WrongExtension { extension, found } => {
            format!(
                "文件内容与扩展名不符：扩展名是 .{extension}，内容却是{found}。请核对文件，或改成正确的扩展名后再上传。"
            )
        }
        Refusal::UnknownType => {
            "不支持这种文件。可以上传：图片（JPG、PNG、GIF、WebP）、文档（PDF、Word、Excel、PPT、TXT、CSV）、\
             录音（MP3、M4A、AMR）。"
                .into()
        }
        Refusal::Archive => "不能上传压缩包，请解压后逐个上传。".into(),
        Refusal::Script => "不能上传网页或 SVG 文件，其中可能含有脚本。图片请另存为 PNG 后再上传。".into(),
        Refusal::Heic => "不支持 HEIC 图片。请在手机上把照片转成 JPG（或用微信发送后另存）再上传。".into(),
        Refusal::Video => "不能直接上传视频。请先传到腾讯视频等网站，再添加视频链接。".into(),
        Refusal::Macro => {
            "文件中含有宏，可能有危险，不能上传。请另存为不含宏的文件（.docx、.xlsx 或 .pptx）。".into()
        }
        Refusal::Encrypted => "文件有打开密码，居民无法查看。请去掉密码后再上传。".into(),
        Refusal::Bomb => "文件解压后过大或内容过多，不能上传。".into(),
        Refusal::Broken => "文件已损坏，无法打开。请检查后重新上传。".into(),
        Refusal::TooManyPixels => {
            format!(
                "图片尺寸太大：每边最多 {SIDE} 像素，总共最多 {PIXELS_MILLIONS} 百万像素。请缩小后再上传。"
            )
        }
        Refusal::LongAnimation => {
            format!(
                "动图太长或太大：最多 {FRAMES} 帧，处理后不超过 {} MB。请缩短或缩小后再上传。",
                PICTURE_BYTES >> 20
            )
        }
        Refusal::AnimatedWebp => "不支持会动的 WebP 图片。请转成 GIF 后再上传。".into(),
        Refusal::Quota { used_mb, quota_mb } => format!(
            "媒体库空间不足：已用 {used_mb} MB，共 {quota_mb} MB。请删除不用的文件（回收站中的文件 30 天后才释放空间），或请管理员扩容。"
        ),
        Refusal::Link => {
            "这个链接不能用。请填写腾讯视频、哔哩哔哩、优酷、央视网或微信视频号的 https 链接。".into()
        }
        Refusal::Source => "只能取微信公众号文章里的图片。其他地方的图片请先另存到电脑，再上传。".into(),
        Refusal::Unfetched => {
            "这张图片取不到，可能已被删除，或网络不通。请打开原文，把图片另存到电脑，再上传。".into()
        }
        Refusal::Busy => "正在处理的文件太多，请稍后再试。".into(),
    }
}
