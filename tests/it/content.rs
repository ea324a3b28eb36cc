//! Content as files: in, out, and refused as a whole when anything is wrong.

use std::path::Path;

use crate::support::{Hopetree, project, run};

#[tokio::test]
async fn an_import_can_be_repeated_and_says_what_it_changed() {
    let app = Hopetree::start();
    let again = app.command(&["content", "import", "content", "--account", "hope"]);
    assert!(again.contains("nothing was changed") && again.contains("0 added, 0 changed"), "{again}");

    let folder = tempfile::tempdir().unwrap();
    copy(&project().join("content"), folder.path());
    let file = folder.path().join("overview/_section.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("aliases = [", "aliases = [\"改名\", ")).unwrap();
    let changed = app.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
    assert!(changed.contains("sections  0 added, 1 changed, 9 unchanged"), "{changed}");
}

#[tokio::test]
async fn what_is_exported_is_taken_back_unchanged() {
    let app = Hopetree::start();
    let folder = app.folder.path().join("out");
    let out = folder.to_str().unwrap();
    app.command(&["content", "export", out, "--account", "hope"]);
    let report = app.command(&["content", "import", out, "--account", "hope"]);
    assert!(report.contains("nothing was changed"), "{report}");
    let again = run(app.folder.path(), &["content", "export", out, "--account", "hope"]);
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && error.contains("not empty"), "{error}");
}

#[tokio::test]
async fn a_bad_file_is_named_with_its_line_and_nothing_is_imported() {
    let app = Hopetree::start();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let section = "+++\ntitle = \"新栏目\"\nnumber = 11\nboard = \"社区信息\"\nkind = \"articles\"\nsummary = \"说明\"\n+++\n";
    write("news/_section.md", section);
    write("news/good.md", "+++\ntitle = \"好\"\ndigest = \"好\"\npublished = 2026-11-01\n+++\n正文\n");
    write(
        "news/bad.md",
        "+++\ntitle = \"坏\"\ndigest = \"坏\"\npublished = 2026-13-01\nsurprise = 1\n+++\n正文\n",
    );
    write(
        "news/long.md",
        &format!(
            "+++\ndigest = \"长\"\npublished = 2026-11-01\ntitle = \"{}\"\n+++\n正文\n",
            "长".repeat(65)
        ),
    );
    write(
        "places.toml",
        "[[place]]\nslug = \"a\"\nname = \"a\"\ncategory = \"c\"\naddress = \"d\"\nlatitude = 310.0\nlongitude = 121.0\n",
    );
    write(
        "rules.toml",
        "[[rule]]\nslug = \"r\"\nkeywords = [\"k\"]\nmatch = \"exact\"\nsection = \"nowhere\"\n",
    );
    let import = || {
        let folder = folder.path().to_str().unwrap();
        let output = run(app.folder.path(), &["content", "import", folder, "--account", "hope"]);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let error = import();
    for part in ["nothing was imported", "news/bad.md:4", "news/long.md:4", "places.toml:6"] {
        assert!(error.contains(part), "{part} is missing in {error}");
    }
    // What only refers to nothing is looked at when all else is right.
    for name in ["news/bad.md", "news/long.md", "places.toml"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    let error = import();
    assert!(error.contains("rules.toml:5") && error.contains("nowhere"), "{error}");
    assert_eq!(app.get("/h/hope/s/news").await.0, 404);
}

#[tokio::test]
async fn what_is_no_longer_in_the_files_goes_when_asked_to() {
    let app = Hopetree::start();
    let folder = tempfile::tempdir().unwrap();
    copy(&project().join("content"), folder.path());
    std::fs::rename(folder.path().join("tips"), folder.path().join("hints")).unwrap();
    let folder = folder.path().to_str().unwrap();
    let clash = run(app.folder.path(), &["content", "import", folder, "--account", "hope"]);
    let error = String::from_utf8_lossy(&clash.stderr).into_owned();
    assert!(!clash.status.success() && error.contains("number 6") && error.contains("--prune"), "{error}");
    assert_eq!(app.get("/h/hope/s/tips").await.0, 200, "nothing was changed");
    let report = app.command(&["content", "import", folder, "--account", "hope", "--prune"]);
    assert!(report.contains("1 not in the files and removed"), "{report}");
    let gone = app.eventually(|| async { app.get("/h/hope/s/tips").await.0 }, |status| *status == 404).await;
    assert_eq!((gone, app.get("/h/hope/s/hints").await.0), (404, 200));
}

#[test]
fn the_starter_content_is_whole() {
    let bundle = hopetree::content::read_folder(&project().join("content"))
        .unwrap_or_else(|faults| panic!("{faults:#?}"));
    let mut numbers: Vec<i64> = bundle.sections.iter().map(|section| section.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    assert!(bundle.articles.len() >= 30, "{} articles", bundle.articles.len());
    assert!(bundle.places.len() >= 12 && bundle.contacts.len() >= 5 && bundle.events.len() >= 3);
    let lines = |text: &str| text.lines().any(|line| line.starts_with(['。', '，']));
    assert!(
        !bundle.articles.iter().any(|article| lines(&article.body_source)),
        "a line begins with 。 or ，"
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
