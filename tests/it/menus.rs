//! The menu as a file.

use crate::support::{Hopetree, run};

#[test]
fn the_shipped_menu_is_one_that_wechat_takes() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["menu", "check", "menus/hope-tree.toml"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("10 buttons"), "{text}");
}

#[tokio::test]
async fn a_menu_comes_back_as_it_was_imported() {
    let app = Hopetree::start();
    app.command(&["menu", "import", "menus/hope-tree.toml", "--account", "hope"]);
    let file = app.folder.path().join("exported.toml");
    app.command(&["menu", "export", file.to_str().unwrap(), "--account", "hope"]);
    let first = app.command(&["menu", "export", "--account", "hope"]);
    assert_eq!(first, std::fs::read_to_string(&file).unwrap());
    assert!(first.contains("section = \"overview\""), "{first}");
    app.command(&["menu", "import", file.to_str().unwrap(), "--account", "hope"]);
    assert_eq!(app.command(&["menu", "export", "--account", "hope"]), first);
}

#[test]
fn a_bad_menu_is_refused_with_the_line_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    let long = "字".repeat(6);
    std::fs::write(&file, format!("[[button]]\nname = \"好\"\ntype = \"click\"\nkey = \"a\"\n\n[[button]]\nname = \"{long}\"\ntype = \"click\"\nkey = \"b\"\n")).unwrap();
    let output = run(folder.path(), &["menu", "check", file.to_str().unwrap()]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(error.contains("line 7") && error.contains("16"), "{error}");
}

#[tokio::test]
async fn an_account_without_the_permission_is_told_so_before_wechat_refuses() {
    let app = Hopetree::start_with(crate::support::Mode::Plain, &["--kind", "subscription"]);
    app.command(&["menu", "import", "menus/hope-tree.toml", "--account", "hope"]);
    let output = run(app.folder.path(), &["menu", "push", "--account", "hope"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("no custom menu"), "{error}");
}
