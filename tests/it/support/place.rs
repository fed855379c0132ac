//! A folder of one story: its source, its state, its configuration, a home without anything in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Grid, Run, Users};

/// A folder that goes with the story, and the Grid that its runs talk to.
pub(crate) struct Place {
    folder: TempDir,
    base_url: String,
}

impl Place {
    pub(crate) fn on(grid: &Grid) -> Self {
        Self::at(grid.base_url())
    }

    pub(crate) fn at(base_url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "tmp"] {
            fs::create_dir(folder.path().join(name)).expect("a folder in an empty one");
        }
        Self {
            folder,
            base_url: base_url.to_owned(),
        }
    }

    /// With these users in `users.csv`.
    pub(crate) fn users(self, users: &Users) -> Self {
        self.set_users(users);
        self
    }

    /// From now on these are the users.
    pub(crate) fn set_users(&self, users: &Users) {
        self.write("users.csv", users.csv());
    }

    /// With this `gridsync.toml`.
    pub(crate) fn config(self, toml: &str) -> Self {
        self.write("gridsync.toml", toml);
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file in a folder of our own");
        path
    }

    /// A file that nobody else can read.
    pub(crate) fn write_private(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.write(name, content);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a file of ours");
        path
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    pub(crate) fn read_text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("the file is UTF-8")
    }

    /// The permissions of a file.
    #[track_caller]
    pub(crate) fn mode(&self, name: &str) -> u32 {
        let metadata =
            fs::metadata(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        metadata.permissions().mode() & 0o777
    }

    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.path(name), mode).expect("a file of our own");
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Any command, on this place's source and state, as fast as may be.
    pub(crate) fn run(&self, command: &str) -> Run {
        Run::new(self, command)
    }

    pub(crate) fn sync(&self) -> Run {
        self.run("sync").arg("--yes")
    }

    pub(crate) fn plan(&self) -> Run {
        self.run("plan")
    }

    pub(crate) fn check(&self) -> Run {
        self.run("check")
    }

    pub(crate) fn apply(&self) -> Run {
        self.run("apply").arg("--yes")
    }
}

/// A file of the samples.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}
