//! A disk of its own for a data folder, small enough to be filled.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::missing;

/// A file system in memory; it is unmounted when dropped.
pub struct Disk {
    mount: TempDir,
}

impl Disk {
    /// One of so many megabytes; none where this process may not mount, which it says.
    pub fn of_megabytes(megabytes: u32) -> Option<Self> {
        let mount = tempfile::tempdir().expect("a temporary folder");
        let options = format!("size={megabytes}m,mode=0755");
        let is_mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(mount.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !is_mounted {
            missing("a disk of its own", "run the tests as root, who may mount one");
            return None;
        }
        Some(Self { mount })
    }

    pub fn path(&self) -> &Path {
        self.mount.path()
    }

    /// A new folder on it.
    pub fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.path()).expect("a folder on the disk")
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        // dd ends with an error when nothing is left, as it should.
        let output = Command::new("dd")
            .args(["if=/dev/zero", "bs=4096"])
            .arg(format!("of={}", self.ballast().display()))
            .output()
            .expect("dd can be run");
        assert!(!output.status.success(), "the disk was not filled");
    }

    /// Gives the room back.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("the ballast is there");
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a program that is just ending may still have a file open.
        Command::new("umount").arg("-l").arg(self.path()).output().ok();
    }
}
