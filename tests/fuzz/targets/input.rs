//! What targets make of their bytes.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Stands in values and secrets, and in no name.
pub(super) const CANARY: &str = "xyzzy";

/// Takes the first byte off, for choices: a seed begins with a digit, of which `0` chooses the first of
/// two, four, eight or sixteen.
pub(super) fn choice(bytes: &mut &[u8]) -> Option<usize> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(usize::from(*first))
}

/// Whether a text holds the canary.
pub(super) fn has_canary(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    text.windows(CANARY.len())
        .any(|part| part == CANARY.as_bytes())
}

/// What is told must not hold the canary.
#[track_caller]
pub(super) fn is_silent(told: &str) {
    assert!(!has_canary(told), "tells a value: {told}");
}

/// A folder of this thread, in memory where there is such a place.
pub(super) fn place(name: &str) -> PathBuf {
    thread_local! {
        static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| {
            let memory = Path::new("/dev/shm");
            let made = if memory.is_dir() {
                tempfile::tempdir_in(memory)
            } else {
                tempfile::tempdir()
            };
            made.expect("a temporary folder can be made")
        });
        folder.path().join(name)
    })
}

/// A file with this content.
pub(super) fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = place(name);
    fs::write(&path, content).expect("the file can be written");
    path
}
