//! One run for one state file: an operating system lock that ends with the process.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::open::open_private;

/// Held for as long as a run may write.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// The lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run has it.
    #[error(
        "another run holds {path} ({holder}): wait for it to end, or stop it with SIGTERM and it will drain"
    )]
    Held {
        /// The lock file.
        path: PathBuf,
        /// What that run wrote of itself.
        holder: String,
    },
    /// The lock file cannot be made.
    #[error("cannot lock {path}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Lock {
    /// Takes the lock of a state file, or says who has it. `holder` is written for others to read.
    pub fn take(state: &Path, holder: &str) -> Result<Self, LockError> {
        let mut path = state.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let mut file = open_private(&path).map_err(|source| LockError::Io {
            path: path.clone(),
            source,
        })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = read_holder(&mut file);
                return Err(LockError::Held { path, holder });
            }
            Err(TryLockError::Error(source)) => return Err(LockError::Io { path, source }),
        }
        write_holder(&mut file, holder).map_err(|source| LockError::Io { path, source })?;
        Ok(Self { _file: file })
    }
}

fn read_holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "it has not said which".to_owned(),
    }
}

fn write_holder(file: &mut File, holder: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{holder}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_run_is_told_who_holds_the_lock_and_gets_it_afterwards() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = folder.path().join("state.sqlite");
        let first = Lock::take(&state, "process 1").expect("the first lock");
        let LockError::Held { holder, .. } = Lock::take(&state, "process 2").expect_err("held")
        else {
            panic!("expected Held");
        };
        assert_eq!(holder, "process 1");
        drop(first);
        Lock::take(&state, "process 2").expect("free again");
    }
}
