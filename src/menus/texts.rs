//! Every sentence on menus, for office workers, in Simplified Chinese.

pub(super) const NO_COLUMN: &str = "菜单还是空的，请至少添加一列。";
pub(super) const ACTION_AND_CHILDREN: &str =
    "这一列下面有子菜单，自己不能再有动作：请删去动作，或者删去子菜单。";
pub(super) const THIRD_LEVEL: &str = "子菜单下面不能再有子菜单：微信的菜单最多两级。";
pub(super) const NO_ACTION: &str = "还没有选择点了以后做什么。";
pub(super) const UNKNOWN_TYPE: &str = "微信不支持这种按钮，请换一种。";
pub(super) const SUPERSEDED: &str = "微信已用“打开已发布的文章”代替这种按钮，建议更换。";
pub(super) const NOT_AN_APP_ID: &str = "这不是小程序的 AppID：应以 wx 开头，共 18 位。";
pub(super) const MUST_BE_LINKED: &str = "小程序必须先在公众平台与本公众号关联，否则微信会拒绝这个菜单。";
pub(super) const NOT_A_URL: &str = "这不是网址：应以 https:// 或 http:// 开头，中间没有空格。";
pub(super) const DEAD_LINK: &str = "这个网址指向本公众号的一个页面，但页面不存在，居民会看到“没有找到”。";
pub(super) const PRIVATE_ADDRESS: &str = "这个网址只在办公室内网能打开，居民的手机打不开。";
pub(super) const WITHOUT_TLS: &str = "这个网址没有加密（http），有的手机会提示不安全，建议改用 https。";
pub(super) const VARIANT_WITHOUT_NAME: &str = "请给这份菜单起个名字，例如“老年居民”。";
pub(super) const VARIANT_NAME_TOO_LONG: &str = "名字最多 20 个字。";
pub(super) const VARIANT_WITHOUT_AUDIENCE: &str = "请选择给谁看：至少选一个标签，或者一种手机。";
pub(super) const NO_SUCH_TAG: &str = "没有这个标签。";
pub(super) const NOT_BOUNDED: &str = "菜单太大：最多 3 列、每列 5 项、10 份分众菜单，每一格最多 2048 个字。";
pub(super) const HAS_ERRORS: &str = "菜单还有问题，改好以后才能发布。";
pub(super) const NOTHING_CHANGED: &str = "草稿和已发布的菜单完全一样，不需要发布。";
pub(super) const IN_THE_PAST: &str = "发布时间已经过去了，请选一个以后的时间。";
pub(super) const TOO_FAR: &str = "发布时间最远是一年以后。";
pub(super) const TOO_MANY_PLANS: &str = "最多同时安排 10 次定时发布，请先取消几次。";
pub(super) const NOT_WAITING: &str = "这次定时发布已经完成或者取消了。";
pub(super) const NOTHING_PUBLISHED: &str = "还没有发布过菜单。";
pub(super) const NOTE_TOO_LONG: &str = "说明最多 100 个字。";
pub(super) const NO_PERMISSION: &str = "这个公众号没有微信认证，微信不提供自定义菜单。居民会在聊天里看到带数字的文字菜单，回复数字或点文字就能打开栏目；这里的菜单会一直保存，认证以后点“再推送一次”就能用上。";
pub(super) const GIVEN_UP: &str = "多次尝试都没有成功，已停止自动重试。";
/// The names of records, for `Error::NotFound`.
pub(super) const VERSION: &str = "这个版本";
pub(super) const PLAN: &str = "这次定时发布";
pub(super) const SECTION: &str = "这个栏目";
pub(super) const STALE: &str = "草稿刚刚被别人修改过，请刷新后再改。";
pub(super) const ALREADY_IN_FORCE: &str = "现在用的就是这一版，不需要恢复。";
pub(super) const BY_COMMAND_LINE: &str = "命令行";

pub(super) fn rolled_back(number: i64) -> String {
    format!("恢复到第 {number} 版")
}

pub(super) fn version_title(number: i64) -> String {
    format!("第 {number} 版")
}

pub(super) fn section_in_use(articles: u64, rules: usize, in_menu: bool) -> String {
    let mut uses = Vec::new();
    if in_menu {
        uses.push("菜单里有按钮指向它".to_owned());
    }
    if articles > 0 {
        uses.push(format!("其中有 {articles} 篇文章"));
    }
    if rules > 0 {
        uses.push(format!("有 {rules} 条答复规则指向它"));
    }
    format!("这个栏目还在使用：{}。请先处理好再删除。", uses.join("，"))
}

pub(super) fn too_many_columns(count: usize) -> String {
    format!("现在有 {count} 列，微信最多 3 列。")
}

pub(super) fn too_many_rows(count: usize) -> String {
    format!("这一列有 {count} 项，微信最多 5 项。")
}

pub(super) fn too_many_hosts(count: usize) -> String {
    format!("分众菜单一共指向 {count} 个网站，微信最多允许 3 个。")
}

pub(super) fn name_is_cut(characters: usize) -> String {
    format!("名称较长，手机上大约只显示前 {characters} 个字。")
}

pub(super) fn missing(field: &str) -> String {
    match field {
        "key" => "还没有选择点了以后由哪个栏目或规则回答。".into(),
        other => format!("请填写{}。", field_name(other)),
    }
}

pub(super) fn too_long(field: &str, bytes: usize, limit: usize) -> String {
    let name = field_name(field);
    format!("{name}太长：现在是 {bytes} 字节，最多 {limit} 字节（一个汉字占 3 字节）。")
}

pub(super) fn control_character(field: &str) -> String {
    format!("{}含有换行或其他看不见的字符，请删去。", field_name(field))
}

pub(super) fn dead_key(key: &str) -> String {
    format!("“{key}”既不是栏目也不是答复规则，居民点了只会看到“栏目正在调整”。")
}

pub(super) fn key_of_a_disabled_rule(key: &str) -> String {
    format!("答复规则“{key}”已停用，居民点了只会看到“栏目正在调整”。")
}

fn field_name(field: &str) -> &'static str {
    match field {
        "name" => "名称",
        "key" => "关键字",
        "url" => "网址",
        "media_id" => "微信素材编号",
        "article_id" => "文章编号",
        "appid" => "小程序的 AppID",
        "pagepath" => "小程序的页面",
        _ => "这一格",
    }
}

/// What a button does, in few words. `target` is what it leads to.
pub(super) fn action(kind: &str, target: &str) -> String {
    match kind {
        "click" => format!("回复“{target}”"),
        "view" => format!("打开 {target}"),
        "scancode_push" => "扫一扫".into(),
        "scancode_waitmsg" => "扫一扫并等待回复".into(),
        "pic_sysphoto" => "拍照".into(),
        "pic_photo_or_album" => "拍照或从相册选图".into(),
        "pic_weixin" => "从微信相册选图".into(),
        "location_select" => "发送位置".into(),
        "media_id" => format!("发送素材 {target}"),
        "view_limited" => format!("打开图文素材 {target}"),
        "article_id" => format!("发送文章 {target}"),
        "article_view_limited" => format!("打开文章 {target}"),
        "miniprogram" => format!("打开小程序 {target}"),
        _ => "还没有动作".into(),
    }
}

pub(super) fn column(column: usize) -> String {
    format!("第{}列", column + 1)
}

pub(super) fn row(column: usize, row: usize) -> String {
    format!("第{}列第{}项", column + 1, row + 1)
}

pub(super) fn for_variant(name: &str, change: &str) -> String {
    format!("分众菜单“{name}”：{change}")
}

pub(super) fn variant_added(name: &str) -> String {
    format!("新增分众菜单“{name}”")
}

pub(super) fn variant_removed(name: &str) -> String {
    format!("删去分众菜单“{name}”")
}

pub(super) fn variant_audience(name: &str) -> String {
    format!("分众菜单“{name}”：给谁看有变化")
}

pub(super) const VARIANT_ORDER: &str = "分众菜单的先后次序有变化";

pub(super) fn added(place: &str, name: &str, what: &str) -> String {
    format!("{place}：新增“{name}”（{what}）")
}

pub(super) fn removed(place: &str, name: &str) -> String {
    format!("{place}：删去“{name}”")
}

pub(super) fn moved(from: &str, to: &str, name: &str) -> String {
    format!("“{name}”从{from}移到{to}")
}

pub(super) fn renamed(place: &str, before: &str, after: &str) -> String {
    format!("{place}：名称由“{before}”改为“{after}”")
}

pub(super) fn acts_otherwise(place: &str, name: &str, before: &str, after: &str) -> String {
    format!("{place}：“{name}”原来{before}，改为{after}")
}

pub(super) fn with_children(count: usize) -> String {
    format!("{count} 个子菜单")
}
