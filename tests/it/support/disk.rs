//! A disk of its own for a data folder: small enough to be filled, or one that can be made to hang.

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

/// A file system on a file, on which writing can be made to wait; it is unmounted when dropped.
pub struct FreezingDisk {
    mount: TempDir,
    _image: TempDir,
}

impl FreezingDisk {
    /// One of so many megabytes; none where this process may not mount, which it says.
    pub fn of_megabytes(megabytes: u64) -> Option<Self> {
        let (mount, image) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let file = image.path().join("disk");
        std::fs::File::create(&file).and_then(|file| file.set_len(megabytes << 20)).expect("a large file");
        let can = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        if !can(Command::new("mkfs.ext4").arg("-q").arg(&file))
            || !can(Command::new("mount").args(["-o", "loop"]).arg(&file).arg(mount.path()))
        {
            missing("a disk that hangs", "run the tests as root, who may mount one, with e2fsprogs");
            return None;
        }
        Some(Self { mount, _image: image })
    }

    /// A new folder on it.
    pub fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.mount.path()).expect("a folder on the disk")
    }

    /// From now on who writes waits, until what this gives is dropped. A process that waits cannot even be killed, so it
    /// must be dropped before.
    pub fn freeze(&self) -> Frozen<'_> {
        let frozen = Command::new("fsfreeze").arg("-f").arg(self.mount.path()).status();
        assert!(frozen.expect("fsfreeze can be run").success());
        Frozen(self.mount.path())
    }
}

/// A disk that hangs.
pub struct Frozen<'a>(&'a Path);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        Command::new("fsfreeze").arg("-u").arg(self.0).output().ok();
    }
}

impl Drop for FreezingDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.mount.path()).output().ok();
    }
}
