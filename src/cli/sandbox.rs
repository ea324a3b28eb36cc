//! `hopetree sandbox`: the pretend WeChat alone.

use std::net::SocketAddr;

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use crate::sandbox::{AccountSettings, Sandbox, demo_accounts};
use crate::wechat::{AccountKind, Mode};
use crate::{config, http, router};

#[derive(clap::Args)]
pub(super) struct Options {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// One account with these settings instead of the demo's four.
    #[arg(long, value_name = "ID", requires = "app_secret", requires = "token", requires = "aes_key")]
    app_id: Option<String>,
    #[arg(long, value_name = "S", requires = "app_id")]
    app_secret: Option<String>,
    #[arg(long, value_name = "T", requires = "app_id")]
    token: Option<String>,
    #[arg(long, value_name = "K", requires = "app_id")]
    aes_key: Option<String>,
    /// plain, compatible or secure.
    #[arg(long, default_value = "secure")]
    mode: String,
    /// subscription or service.
    #[arg(long, default_value = "service")]
    kind: String,
    #[arg(long)]
    verified: bool,
    /// 原始ID; pushes are addressed to it.
    #[arg(long, value_name = "GH", default_value = "gh_0123456789ab")]
    original_id: String,
    /// The account's server URL: where pushes go.
    #[arg(long, value_name = "URL")]
    push_url: Option<String>,
}

pub(super) async fn run(options: Options) -> anyhow::Result<()> {
    let listen = options.listen;
    let sandbox = Sandbox::new(accounts(options)?)?;
    let listener = super::serve::bind(listen).await?;
    let url = config::local_url(listener.local_addr()?);
    println!("The pretend WeChat's phone: {url}/sandbox/");
    println!("Its API, as --api-base of an account: {url}/sandbox");
    let shutdown = CancellationToken::new();
    super::serve::cancel_on_signal(shutdown.clone())?;
    http::serve(listener, router::sandbox_alone(sandbox.clone()), shutdown).await;
    sandbox.shutdown().await;
    Ok(())
}

fn accounts(options: Options) -> anyhow::Result<Vec<AccountSettings>> {
    const PRODUCT: &str = "http://127.0.0.1:8080";
    let (Some(app_id), Some(app_secret), Some(token), Some(aes_key)) =
        (options.app_id, options.app_secret, options.token, options.aes_key)
    else {
        if options.push_url.is_some() {
            bail!(
                "--push-url belongs to an account of your own: name it with --app-id, --app-secret, --token, --aes-key"
            );
        }
        return Ok(demo_accounts(PRODUCT));
    };
    let Some(push_url) = options.push_url else {
        bail!("--push-url is missing: the server URL of the account, such as {PRODUCT}/wx/SLUG");
    };
    Ok(vec![AccountSettings {
        slug: "account".into(),
        name: "测试账号".into(),
        app_id,
        app_secret,
        token,
        aes_key,
        mode: options.mode.parse::<Mode>()?,
        kind: options.kind.parse::<AccountKind>()?,
        verified: options.verified,
        original_id: options.original_id,
        push_url,
    }])
}
