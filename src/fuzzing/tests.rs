use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::targets::TARGETS;

/// The files in a folder of `tests/fuzz`, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz")
        .join(folder);
    let entries = fs::read_dir(folder).expect("it is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.sort();
    paths
}

fn stems(folder: &str) -> BTreeSet<String> {
    let paths = files(folder);
    let stems = paths.iter().filter_map(|path| path.file_stem());
    stems.filter_map(OsStr::to_str).map(str::to_owned).collect()
}

/// A finding is a panic, as it is for the fuzzer.
#[test]
fn every_target_passes_its_seeds() {
    for (name, run) in TARGETS {
        let seeds = files(&format!("seeds/{name}"));
        assert!(seeds.len() >= 2, "{name} has too few seeds");
        for seed in seeds {
            run(&fs::read(seed).expect("a seed can be read"));
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_seeds() {
    let names: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert_eq!(stems("bin"), names);
    assert_eq!(stems("seeds"), names);
    let manifest = include_str!("../../tests/fuzz/Cargo.toml");
    for name in names {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"bin/{name}.rs\"")));
    }
}
