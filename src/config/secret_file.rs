//! Files that hold a secret: who else can read or change them.
//!
//! A file that belongs to whoever runs this can be made private with one command, so it has to be. What
//! somebody else mounts is as it is: containers give secrets as files of root's that all may read, on a
//! file system that nobody can write to, and systemd gives them in a folder of its own. No secret may be
//! where others can put another one in its place.

#![expect(
    clippy::disallowed_types,
    reason = "edge: reads files that hold secrets, and who may read them"
)]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::Env;

/// Where containers mount secrets.
const MOUNTED: &str = "/run/secrets";

/// A secret's file is not used.
#[derive(Debug)]
pub(super) enum Fault {
    /// It cannot be read.
    Unreadable(io::Error),
    /// Others can read or change it; its permission bits.
    OpenToOthers(u32),
}

/// The file's text, if it is private enough.
pub(super) fn read(path: &Path, env: &Env) -> Result<String, Fault> {
    let mut file = File::open(path).map_err(Fault::Unreadable)?;
    let metadata = file.metadata().map_err(Fault::Unreadable)?;
    if let Some(mode) = too_wide(&metadata, is_mounted(path, env)) {
        return Err(Fault::OpenToOthers(mode));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(Fault::Unreadable)?;
    Ok(text)
}

/// The same for a file in a home folder, where nothing is mounted.
pub(super) fn read_own(path: &Path) -> Result<String, Fault> {
    read(path, &Env::default())
}

fn is_mounted(path: &Path, env: &Env) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let folders = [
        Some(MOUNTED.into()),
        env.path("CREDENTIALS_DIRECTORY")
            .and_then(|path| real(&path)),
    ];
    real(path).is_some_and(|path| {
        let mut folders = folders.iter().flatten();
        folders.any(|folder| path.starts_with(folder))
    })
}

#[cfg(unix)]
fn too_wide(metadata: &fs::Metadata, mounted: bool) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    let who = Who {
        owner: metadata.uid(),
        runs: rustix::process::geteuid().as_raw(),
    };
    // A pipe, as in `<(pass show grid)`, is there for who opens it.
    (metadata.is_file() && !is_private(metadata.mode(), who, mounted))
        .then_some(metadata.mode() & 0o7777)
}

/// Elsewhere the folder's own access rules are what protects the file.
#[cfg(not(unix))]
fn too_wide(_: &fs::Metadata, _: bool) -> Option<u32> {
    None
}

/// User ids.
#[derive(Clone, Copy)]
struct Who {
    owner: u32,
    runs: u32,
}

fn is_private(mode: u32, who: Who, mounted: bool) -> bool {
    let others_change = mode & 0o022 != 0;
    let others_read = mode & 0o044 != 0;
    !others_change && (!others_read || mounted || who.owner != who.runs)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make files")]
mod tests {
    use super::*;

    const OWN: Who = Who {
        owner: 1000,
        runs: 1000,
    };
    const OF_ROOT: Who = Who {
        owner: 0,
        runs: 1000,
    };

    #[test]
    fn a_file_of_ones_own_is_for_oneself() {
        for mode in [0o600, 0o400, 0o700, 0o100_600] {
            assert!(is_private(mode, OWN, false), "{mode:o}");
        }
        for mode in [0o644, 0o640, 0o604, 0o444, 0o440] {
            assert!(!is_private(mode, OWN, false), "{mode:o}");
        }
    }

    #[test]
    fn what_is_mounted_is_as_it_is() {
        for mode in [0o444, 0o440, 0o644] {
            assert!(is_private(mode, OF_ROOT, false), "{mode:o}");
            assert!(is_private(mode, OWN, true), "{mode:o}");
        }
    }

    #[test]
    fn nobody_else_may_write_it_anywhere() {
        for mode in [0o620, 0o602, 0o666, 0o664] {
            for (who, mounted) in [(OWN, false), (OWN, true), (OF_ROOT, false), (OF_ROOT, true)] {
                assert!(!is_private(mode, who, mounted), "{mode:o}");
            }
        }
    }

    #[test]
    fn a_real_file_is_held_to_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("secret");
        fs::write(&path, "s3cret").expect("written");
        let change = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        };
        change(0o600);
        assert_eq!(read_own(&path).expect("private"), "s3cret");
        change(0o644);
        let fault = read_own(&path).expect_err("others can read it");
        assert!(matches!(fault, Fault::OpenToOthers(0o644)), "{fault:?}");
        let systemd = Env::default().with("CREDENTIALS_DIRECTORY", folder.path());
        assert_eq!(read(&path, &systemd).expect("as it is"), "s3cret");
        change(0o646);
        assert!(matches!(
            read(&path, &systemd),
            Err(Fault::OpenToOthers(0o646))
        ));
    }
}
