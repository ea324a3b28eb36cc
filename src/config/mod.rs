//! What an operator sets: a TOML file, then `HOPETREE_*` variables on top. Read once, checked whole.

mod keeping;
mod media;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use self::keeping::Keeping;
pub use self::media::{MediaStorage, S3};

/// The settings of one process. No `Debug`: URLs may hold passwords.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which residents reach this server: scheme and host, without a trailing slash.
    pub public_url: String,
    /// Where everything that belongs to this installation is kept.
    pub data_dir: PathBuf,
    pub database_url: String,
    pub redis_url: Option<String>,
    pub master_key: MasterKeySource,
    /// Where Prometheus fetches `/metrics`; nowhere when not set.
    pub metrics_listen: Option<SocketAddr>,
    /// So large may the journal grow that takes pushes while the database is away.
    pub journal_max_bytes: u64,
    /// How long data is kept.
    pub keeping: Keeping,
    /// Where pictures and files are kept, and how many.
    pub media: MediaStorage,
    /// The collector that gets traces by OTLP over HTTP; none when not set.
    pub otlp_endpoint: Option<String>,
    /// Variables that begin as ours do and are none: probably mistyped.
    pub unknown_variables: Vec<String>,
    /// Which log lines are written, in the notation of `tracing-subscriber`.
    pub log: String,
}

/// Where the key comes from that seals the accounts' secrets.
#[derive(Clone)]
pub enum MasterKeySource {
    /// Given in the configuration itself: 64 hexadecimal digits.
    Given(String),
    /// A file that holds it.
    File(PathBuf),
    /// `master.key` in the data folder, made on first run.
    DataDir,
}

/// Everything that is wrong with a configuration, so that it can be mended in one go.
#[derive(Debug)]
pub struct Problems(Vec<String>);

impl Problems {
    /// What a command found wrong with its own options.
    pub fn new(problems: Vec<String>) -> Self {
        Self(problems)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} problem(s):", self.0.len())?;
        self.0.iter().try_for_each(|problem| writeln!(f, "  - {problem}"))
    }
}

impl std::error::Error for Problems {}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const DEFAULT_DATA_DIR: &str = "data";
const DEFAULT_LOG: &str = "info,sqlx=warn,sea_orm_migration=warn";
const DEFAULT_JOURNAL_MB: u64 = 256;
const VARIABLE_PREFIX: &str = "HOPETREE_";

/// Every setting: its name in the file; the variable is `HOPETREE_` and the same in capitals.
const SETTINGS: [&str; 23] = [
    "listen",
    "public_url",
    "data_dir",
    "database_url",
    "redis_url",
    "master_key",
    "master_key_file",
    "log",
    "metrics_listen",
    "journal_max_mb",
    "keep_messages_days",
    "keep_locations_days",
    "keep_gone_days",
    "keep_failed_jobs_days",
    "keep_audit_days",
    "otlp_endpoint",
    "media_quota_mb",
    "media_s3_endpoint",
    "media_s3_bucket",
    "media_s3_region",
    "media_s3_access_key",
    "media_s3_secret_key",
    "picture_sources",
];

impl Config {
    /// Reads the settings of this process: the file, if one is named, and the environment.
    ///
    /// # Errors
    /// All problems together: unknown names, values that cannot be used, settings that exclude each other.
    pub fn read(file: Option<&Path>) -> Result<Self, Problems> {
        let text = match file.map(|path| (path, std::fs::read_to_string(path))) {
            Some((path, Err(error))) => {
                return Err(Problems(vec![format!("cannot read {}: {error}", path.display())]));
            }
            Some((_, Ok(text))) => Some(text),
            None => None,
        };
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| name.starts_with(VARIABLE_PREFIX))?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        Values { uses_files: true, ..Values::default() }.take(text.as_deref(), variables)
    }

    /// The settings in a TOML text and a list of variables. The folder and file that they name are not looked at.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(
        text: Option<&str>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        Values::default().take(text, variables)
    }

    /// For a line on the screen: the settings without anything secret.
    pub fn describe(&self) -> String {
        format!(
            "listen {}, public URL {}, data in {}, database {}, {}",
            self.listen,
            self.public_url,
            self.data_dir.display(),
            without_password(&self.database_url),
            self.redis_url.as_deref().map_or_else(|| "no Redis".into(), without_password)
        )
    }
}

/// A URL as it may be shown: the password is replaced.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.into() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.into() };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:***@{host}")
}

/// The values found so far, each with where it was found, and what was wrong.
#[derive(Default)]
struct Values {
    found: Vec<(&'static str, String, String)>,
    unknown: Vec<String>,
    problems: Vec<String>,
    /// Whether the data folder is to be made and the key file to be opened.
    uses_files: bool,
}

impl Values {
    fn take(
        mut self,
        text: Option<&str>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, Problems> {
        if let Some(text) = text {
            self.take_file(text);
        }
        for (name, value) in variables {
            self.take_variable(&name, value);
        }
        self.finish()
    }

    fn take_file(&mut self, text: &str) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
                self.problems.push(format!("file, line {line}: {}", error.message()));
                return;
            }
        };
        for (key, value) in table {
            let Some(name) = SETTINGS.iter().find(|name| **name == key) else {
                self.problems
                    .push(format!("file: unknown setting `{key}`; known are {}", SETTINGS.join(", ")));
                continue;
            };
            match value {
                toml::Value::String(value) => self.put(name, format!("file: {key}"), value),
                _ => self.problems.push(format!("file: `{key}` must be text in quotes")),
            }
        }
    }

    fn take_variable(&mut self, variable: &str, value: String) {
        let key = variable.strip_prefix(VARIABLE_PREFIX).unwrap_or(variable).to_ascii_lowercase();
        // Variables of other tools may begin alike (a test's HOPETREE_BIN), so an unknown one is no error.
        let Some(name) = SETTINGS.iter().find(|name| **name == key) else {
            self.unknown.push(variable.into());
            return;
        };
        if !value.is_empty() {
            self.put(name, variable.into(), value);
        }
    }

    fn put(&mut self, name: &'static str, origin: String, value: String) {
        self.found.retain(|(known, _, _)| *known != name);
        self.found.push((name, origin, value));
    }

    fn get(&self, name: &str) -> Option<(&str, &str)> {
        let (_, origin, value) = self.found.iter().find(|(known, _, _)| *known == name)?;
        Some((origin, value))
    }

    fn finish(mut self) -> Result<Config, Problems> {
        let listen = self.checked("listen", DEFAULT_LISTEN, |value| {
            value.parse().ok().ok_or_else(|| "must be an address and port such as 127.0.0.1:8080".into())
        });
        let uses_files = self.uses_files;
        let data_dir = self.checked("data_dir", DEFAULT_DATA_DIR.into(), |value| {
            let path = PathBuf::from(value);
            if uses_files {
                make_private_folder(&path)
                    .map_err(|error| format!("cannot be made or used as a folder: {error}"))?;
            }
            Ok(path)
        });
        let public_url = self.checked("public_url", local_url(listen), public_url);
        let default_database = format!("sqlite://{}", data_dir.join("hopetree.db").display());
        let database_url = self.checked("database_url", default_database, |value| {
            one_of_schemes(value, &["sqlite", "postgres", "postgresql", "mysql"])
        });
        let redis_url =
            self.checked("redis_url", None, |value| one_of_schemes(value, &["redis", "rediss"]).map(Some));
        let log = self.checked("log", DEFAULT_LOG.into(), |value| {
            match value.parse::<tracing_subscriber::EnvFilter>() {
                Ok(_) => Ok(value.into()),
                Err(error) => {
                    Err(format!("is no log filter such as `info` or `info,hopetree=debug`: {error}"))
                }
            }
        });
        let metrics_listen = self.checked("metrics_listen", None, |value| {
            let address = value.parse().ok();
            address.map(Some).ok_or_else(|| "must be an address and port such as 127.0.0.1:9090".into())
        });
        let journal_max_mb = self.checked("journal_max_mb", DEFAULT_JOURNAL_MB, |value| {
            let megabytes = value.parse().ok().filter(|megabytes| (1..=65_536).contains(megabytes));
            megabytes.ok_or_else(|| "must be a number of megabytes from 1 to 65536".into())
        });
        let keeping = Keeping::take(&mut self);
        let media = MediaStorage::take(&mut self);
        let otlp_endpoint =
            self.checked("otlp_endpoint", None, |value| one_of_schemes(value, &["http", "https"]).map(Some));
        let master_key = self.master_key();
        if !self.problems.is_empty() {
            return Err(Problems(self.problems));
        }
        Ok(Config {
            listen,
            public_url,
            data_dir,
            database_url,
            redis_url,
            master_key,
            metrics_listen,
            journal_max_bytes: journal_max_mb << 20,
            keeping,
            media,
            otlp_endpoint,
            unknown_variables: self.unknown,
            log,
        })
    }

    fn master_key(&mut self) -> MasterKeySource {
        match (self.get("master_key"), self.get("master_key_file")) {
            (Some((first, _)), Some((second, _))) => {
                let problem = format!("{first} and {second} exclude each other: set one of them");
                self.problems.push(problem);
                MasterKeySource::DataDir
            }
            (Some((origin, value)), None) => {
                if value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return MasterKeySource::Given(value.into());
                }
                // The value is secret, so it is not repeated here.
                let problem =
                    format!("{origin} must be 64 hexadecimal digits, as `openssl rand -hex 32` prints");
                self.problems.push(problem);
                MasterKeySource::DataDir
            }
            (None, Some((origin, path))) => {
                let path = PathBuf::from(path);
                let problem = if self.uses_files { std::fs::File::open(&path).err() } else { None };
                let problem =
                    problem.map(|error| format!("{origin} = `{}` cannot be read: {error}", path.display()));
                self.problems.extend(problem);
                MasterKeySource::File(path)
            }
            (None, None) => MasterKeySource::DataDir,
        }
    }

    fn checked<T>(&mut self, name: &str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T {
        let Some((origin, value)) = self.get(name) else { return default };
        match parse(value) {
            Ok(parsed) => parsed,
            Err(remedy) => {
                let problem = format!("{origin} = `{}` {remedy}", without_password(value));
                self.problems.push(problem);
                default
            }
        }
    }
}

/// Makes a folder that only its owner may look into: it will hold what residents wrote. One that is there
/// already stays as it is.
pub fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The address under which a browser on this machine finds a listener.
pub fn local_url(listen: SocketAddr) -> String {
    match listen.ip() {
        ip if ip.is_unspecified() => format!("http://localhost:{}", listen.port()),
        _ => format!("http://{listen}"),
    }
}

fn public_url(value: &str) -> Result<String, String> {
    let remedy =
        "must be `https://` (or `http://`) and a host, without a path, such as https://wx.example.cn";
    let value = value.trim_end_matches('/');
    let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")).ok_or(remedy)?;
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(remedy.into());
    }
    Ok(value.into())
}

fn one_of_schemes(value: &str, schemes: &[&str]) -> Result<String, String> {
    match value.split_once(':') {
        Some((scheme, _)) if schemes.contains(&scheme) => Ok(value.into()),
        _ => Err(format!("must begin with {}", schemes.join(":, ") + ":")),
    }
}
