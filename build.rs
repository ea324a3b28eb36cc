//! Says where the built front end is, or puts a placeholder in its place, so that `cargo build` alone works.

use std::path::{Path, PathBuf};
use std::{env, fs};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>界面尚未构建</title>\
<h1>界面尚未构建</h1><p>请安装 Node.js 20.19 以上版本，在项目目录执行 <code>make web</code>，然后重新构建程序。</p></html>";
const APPS: [&str; 2] = ["phone", "console"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder"));
    let built = root.join("web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=web/dist");
    // The demo's samples are embedded, too: a new file there must be seen.
    println!("cargo:rerun-if-changed=content");
    let is_built = APPS.iter().all(|app| built.join(app).join("index.html").exists());
    let dist = if is_built { built } else { placeholder() };
    println!("cargo:rustc-env=HOPETREE_WEB_DIST={}", dist.display());
}

fn placeholder() -> PathBuf {
    println!(
        "cargo:warning=web/dist is not built: the console, the sandbox's phone and the pages' styles are missing (make web)"
    );
    let folder = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("web-placeholder");
    fs::create_dir_all(folder.join("assets")).expect("OUT_DIR can be written");
    for app in APPS {
        fs::create_dir_all(folder.join(app)).expect("OUT_DIR can be written");
        fs::write(folder.join(app).join("index.html"), PLACEHOLDER).expect("OUT_DIR can be written");
    }
    folder
}
