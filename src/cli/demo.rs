//! `hopetree demo`: everything at once, with sample content and a pretend WeChat to try it on.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rust_embed::RustEmbed;

use super::{accounts, content, demo_notices, serve};
use crate::accounts::{MasterKey, Settings, store};
use crate::admin::routes::demo::add_people;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, local_url};
use crate::content::Others;
use crate::sandbox::{AccountSettings, Sandbox, demo_accounts};
use crate::wechat::{AesKey, AppId, Capability, Token};
use crate::{http, telemetry, worker};

#[derive(RustEmbed)]
#[folder = "content/"]
struct SampleContent;

const CONTENT: &str = "content";
const MENU: &str = "hope-tree.toml";
const MENU_TRIES: u32 = 20;
/// Where the demo's people work.
const WORKPLACE: &str = "hope";

pub(super) async fn run(listen: SocketAddr, data_dir: PathBuf) -> anyhow::Result<()> {
    let listener = serve::bind(listen).await?;
    let url = local_url(listener.local_addr()?);
    let config = Config::parse(
        None,
        [
            ("HOPETREE_LISTEN", listener.local_addr()?.to_string()),
            ("HOPETREE_DATA_DIR", data_dir.display().to_string()),
            ("HOPETREE_PUBLIC_URL", url.clone()),
            ("HOPETREE_LOG", "warn,hopetree=info".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )?;
    telemetry::start(&config.log, None);
    let app = App::start(config, Clock::System).await?;
    let settings = demo_accounts(&url);
    prepare_accounts(&app, &settings, &url).await?;
    prepare_people(&app).await?;
    let sandbox = Sandbox::new(settings)?;
    let (router, chat, directory) = serve::prepare(&app, Some(sandbox.clone())).await?;
    worker::start(&app, directory.clone(), chat);
    serve::cancel_on_signal(app.shutdown.clone())?;
    app.tasks.spawn(push_menus(app.clone(), directory, url.clone()));
    http::serve(listener, router, app.shutdown.clone()).await;
    sandbox.shutdown().await;
    serve::finish(app).await
}

/// Adds the demo's accounts with the sample content, or brings them up to the sandbox's settings, whose
/// address may have changed since the last start.
async fn prepare_accounts(app: &App, settings: &[AccountSettings], url: &str) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let root = samples(&app.config.data_dir)?;
    for demo in settings {
        let wanted = Settings {
            name: demo.name.clone(),
            app_id: AppId::parse(&demo.app_id)?,
            app_secret: demo.app_secret.clone(),
            token: Token::parse(&demo.token)?,
            aes_key: AesKey::parse(&demo.aes_key)?,
            mode: demo.mode,
            kind: demo.kind,
            verified: demo.verified,
            original_id: Some(demo.original_id.clone()),
            api_base: format!("{url}/sandbox"),
        };
        match store::find(app.db.reader(), &key, &demo.slug).await? {
            Some(account) => {
                let transaction = app.db.begin_write().await?;
                store::update(&transaction, &key, &account, &wanted).await?;
                transaction.commit().await?;
            }
            None => {
                accounts::add(app, &key, &demo.slug, &wanted).await?;
                let account = accounts::find(app, &key, &demo.slug).await?;
                content::import(app, &account, &root.join(CONTENT), Others::Keep).await?;
                content::import_menu(app, &account, &root.join(MENU)).await?;
            }
        }
    }
    Ok(())
}

/// Adds the people as whom a visitor may sign in, at work in the demo's first account, with notices on their desk.
async fn prepare_people(app: &App) -> anyhow::Result<()> {
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let account = accounts::find(app, &key, WORKPLACE).await?;
    add_people(app, account.id).await?;
    demo_notices::put_on_desk(app, account.id).await
}

/// The sample content and menu, written from the program into the demo's data folder, whence they are imported
/// as an operator imports them.
fn samples(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let folder = data_dir.join("samples");
    let write = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    for name in SampleContent::iter() {
        let file = SampleContent::get(&name).context("a sample is missing")?;
        write(&format!("{CONTENT}/{name}"), &file.data)?;
    }
    write(MENU, include_bytes!("../../menus/hope-tree.toml"))?;
    Ok(folder)
}

/// Puts the menus into the sandbox as into WeChat, over HTTP, once the server answers; then says that all is
/// ready.
async fn push_menus(app: App, directory: crate::accounts::Directory, url: String) {
    for account in directory.all().iter().filter(|account| account.can(Capability::CustomMenu)) {
        for attempt in 1..=MENU_TRIES {
            match content::push_menu(&app, account).await {
                Ok(()) => break,
                Err(error) if attempt == MENU_TRIES => {
                    tracing::error!(
                        account = account.slug,
                        error = format!("{error:#}"),
                        "the menu was not pushed"
                    );
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
    println!("希望树 is ready: open {url}/ in a browser. Ctrl-C ends it.");
}
