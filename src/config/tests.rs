//! Settings from files and variables, and what is said of wrong ones.

use super::*;

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse(Some(text), variables)
}

#[test]
fn variables_stand_above_the_file() {
    let config = parse("listen = \"0.0.0.0:80\"", &[("HOPETREE_LISTEN", "127.0.0.1:9000")]).ok().unwrap();
    assert_eq!(config.listen, "127.0.0.1:9000".parse().unwrap());
    assert_eq!(config.public_url, "http://127.0.0.1:9000");
    assert_eq!(config.database_url, "sqlite://data/hopetree.db");
}

#[test]
fn every_problem_is_named_at_once_and_no_secret_among_them() {
    let text = "listen = \"nowhere\"\nport = \"80\"\nlog = 3\nmaster_key = \"hunter2\"";
    let variables =
        [("HOPETREE_PUBLIC_URL", "wx.example.cn/path"), ("HOPETREE_DATABASE_URL", "oracle://me:secret@db/x")];
    let problems = parse(text, &variables).err().unwrap().to_string();
    for name in ["listen", "`port`", "`log`", "master_key", "HOPETREE_PUBLIC_URL", "HOPETREE_DATABASE_URL"] {
        assert!(problems.contains(name), "{name} is missing in {problems}");
    }
    assert!(!problems.contains("hunter2") && !problems.contains("secret@"), "{problems}");
}

#[test]
fn the_example_file_tells_the_defaults() {
    let example = parse(include_str!("../../deploy/hopetree.example.toml"), &[]).ok().unwrap();
    let default = parse("", &[]).ok().unwrap();
    assert_eq!(example.describe(), default.describe());
    assert_eq!(example.log, default.log);
    assert_eq!(example.keeping, default.keeping);
    assert_eq!(example.media.quota_bytes, default.media.quota_bytes);
    assert_eq!(example.media.picture_sources, default.media.picture_sources);
    // What has no default stands there as a comment.
    let text = include_str!("../../deploy/hopetree.example.toml");
    for name in SETTINGS.iter().filter(|name| **name != "master_key") {
        assert!(
            text.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = "))),
            "{name}"
        );
    }
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let problems = parse("listen = \"127.0.0.1:80\"\nlog = = 3\n", &[]).err().unwrap().to_string();
    assert!(problems.contains("line 2"), "{problems}");
}

#[test]
fn data_is_kept_for_days_or_for_ever_and_never_too_short() {
    let keeping = |value: &str| {
        parse(&format!("keep_messages_days = \"{value}\""), &[]).map(|config| config.keeping.messages)
    };
    assert_eq!(keeping("365").ok(), Some(Some(365)));
    assert_eq!(keeping("forever").ok(), Some(None));
    assert_eq!(keeping("0").ok(), Some(None));
    for wrong in ["179", "-1", "3 years", "40000"] {
        let problem = keeping(wrong).err().unwrap().to_string();
        assert!(problem.contains("keep_messages_days") && problem.contains("180"), "{problem}");
    }
}

#[test]
fn media_are_kept_in_s3_only_when_all_of_it_is_set_and_its_secret_is_never_shown() {
    assert!(parse("", &[]).ok().unwrap().media.s3.is_none());
    let some = [
        ("HOPETREE_MEDIA_S3_ENDPOINT", "https://cos.ap-shanghai.myqcloud.com"),
        ("HOPETREE_MEDIA_S3_SECRET_KEY", "hunter2"),
    ];
    let problems = parse("", &some).err().unwrap().to_string();
    assert!(problems.contains("media_s3_bucket") && problems.contains("media_s3_access_key"), "{problems}");
    assert!(!problems.contains("hunter2"), "{problems}");
    let rest = [("HOPETREE_MEDIA_S3_BUCKET", "hopetree"), ("HOPETREE_MEDIA_S3_ACCESS_KEY", "AKID")];
    let s3 = parse("", &[some, rest].concat()).ok().unwrap().media.s3.unwrap();
    assert_eq!((s3.bucket.as_str(), s3.region.as_str()), ("hopetree", "us-east-1"));
    assert!(parse("media_quota_mb = \"0\"", &[]).is_err());
}
