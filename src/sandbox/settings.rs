//! The accounts of a sandbox as they are given to it, and those of the demonstration.

use sha1::{Digest, Sha1};

use crate::wechat::{AccountKind, Mode};

/// One official account, as its page in WeChat's console would show it. No `Debug`: it holds secrets.
#[derive(Clone)]
pub struct AccountSettings {
    /// The short name by which the product knows the account.
    pub slug: String,
    /// What residents see.
    pub name: String,
    pub app_id: String,
    pub app_secret: String,
    /// The token that signs pushes; not an access token.
    pub token: String,
    /// The EncodingAESKey: 43 letters and digits.
    pub aes_key: String,
    pub mode: Mode,
    pub kind: AccountKind,
    /// Whether 微信认证 is in force.
    pub verified: bool,
    /// The `gh_…` name, which stands in pushes.
    pub original_id: String,
    /// Where pushes go. Empty while the account has no server: then what a resident sends reaches nobody.
    pub push_url: String,
}

/// Settings that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the account `{0}` has no usable AppID")]
    AppId(String),
    #[error("the token of the account `{0}` is not 3 to 32 letters and digits")]
    Token(String),
    #[error("the EncodingAESKey of the account `{0}` is not 43 letters and digits")]
    AesKey(String),
    #[error("the account `{0}` has no AppSecret")]
    AppSecret(String),
    #[error("the account `{0}` has no usable original id")]
    OriginalId(String),
    #[error("the push address of the account `{0}` is no http or https address")]
    PushUrl(String),
    #[error("two accounts have the AppID or the slug of `{0}`")]
    Twice(String),
    #[error("the client for pushes cannot be made")]
    Client(#[source] reqwest::Error),
}

/// The four accounts of the demonstration, one of each kind, with the webhook of each below `base_url` (scheme, host
/// and port, without a slash at the end). Their secrets are no secrets: they open nothing but a sandbox.
pub fn demo_accounts(base_url: &str) -> Vec<AccountSettings> {
    use AccountKind::{Service, Subscription};
    use Mode::{Compatible, Plain, Secure};

    let account = |slug: &str, name: &str, number: u8, mode: Mode, kind: AccountKind, verified: bool| {
        let app_id = format!("wx20140117{number:08x}");
        AccountSettings {
            slug: slug.to_owned(),
            name: name.to_owned(),
            app_secret: format!("sandbox0secret0of0the0demo0{slug}"),
            token: format!("demoToken{slug}"),
            aes_key: format!("{:x<43}", format!("{slug}DemoEncodingAESKey0123456789")),
            mode,
            kind,
            verified,
            original_id: original_id_for(&app_id),
            push_url: format!("{base_url}/wx/{slug}"),
            app_id,
        }
    };
    vec![
        account("hope", "希望社区", 1, Secure, Service, true),
        account("baiyin", "白银社区", 2, Compatible, Subscription, true),
        account("yulan", "育兰社区", 3, Plain, Subscription, false),
        account("malu", "马陆社区", 4, Secure, Service, false),
    ]
}

/// A `gh_…` name for an AppID: always the same one, and of the platform's form.
pub fn original_id_for(app_id: &str) -> String {
    let hash = Sha1::digest(app_id.as_bytes());
    let hex: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("gh_{hex}")
}

#[cfg(test)]
mod tests {
    use super::{demo_accounts, original_id_for};
    use crate::sandbox::Sandbox;
    use crate::wechat::{AppId, Capability};

    #[test]
    fn the_demonstration_has_an_account_of_each_kind() {
        let accounts = demo_accounts("http://127.0.0.1:8080");
        let menus =
            accounts.iter().map(|account| Capability::CustomMenu.granted(account.kind, account.verified));
        assert_eq!(menus.collect::<Vec<_>>(), [true, true, false, false]);
        assert_eq!(accounts[0].push_url, "http://127.0.0.1:8080/wx/hope");
        assert!(accounts.iter().all(|account| AppId::parse(&account.app_id).unwrap().is_usual()));
        assert!(Sandbox::new(accounts).is_ok());
    }

    #[test]
    fn accounts_that_cannot_be_told_apart_are_refused() {
        let mut accounts = demo_accounts("http://127.0.0.1:8080");
        accounts[1].app_id = accounts[0].app_id.clone();
        let error = Sandbox::new(accounts).err().unwrap();
        assert_eq!(error.to_string(), "two accounts have the AppID or the slug of `baiyin`");
    }

    #[test]
    fn an_original_id_has_the_platforms_form() {
        assert_eq!(original_id_for("wx2014011700000001").len(), 15);
        assert!(original_id_for("wx2014011700000001").starts_with("gh_"));
        assert_ne!(original_id_for("wx2014011700000001"), original_id_for("wx2014011700000002"));
    }
}
