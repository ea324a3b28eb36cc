//! What is said of failed calls, in Simplified Chinese.

use crate::wechat::errcode;

pub(super) const BUSY: &str = "微信服务器繁忙，请过几分钟再试。";
pub(super) const UNREACHABLE: &str = "连不上微信服务器，请检查这台服务器能否访问外网，以及接口地址是否正确。";
pub(super) const GARBLED: &str = "微信的回答看不懂，请检查接口地址（api_base）是否正确。";

/// What a refusal means and what to do; `words` are the platform's own, where they help.
pub(super) fn refused(code: i64, words: Option<&str>) -> String {
    let explanation = errcode::explain(code);
    let words = words.map(|words| format!("（微信的原话：{words}）")).unwrap_or_default();
    format!("微信返回 {code}：{}{}{words}", explanation.meaning, explanation.what_to_do)
}
