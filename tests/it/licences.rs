//! Whatever is built into gridsync may be shipped with it: each dependency's licence is one of a short list.
//! What tests/fuzz needs besides is in a lock file of its own, and is shipped to nobody.

use std::process::Command;

use serde_json::Value;

/// Permissive licences: their notices must be kept, and nothing else is asked of who ships the program.
#[rustfmt::skip]
const ALLOWED: &[&str] = &[
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CDLA-Permissive-2.0", "ISC", "MIT",
    "Unicode-3.0", "Unlicense", "Zlib",
];

/// Packages that tell their licence in a file and not to cargo, and what stands there: read by a person,
/// in this version.
#[rustfmt::skip]
const READ: &[(&str, &str, &str)] = &[
    ("webpki", "0.22.4", "ISC AND BSD-3-Clause"), // named by the errors of `mysql`; verifies nothing here
];

/// The licence of a package, if anybody knows it.
fn licence(package: &Value) -> Option<&str> {
    let read = READ
        .iter()
        .find(|(name, version, _)| package["name"] == *name && package["version"] == *version);
    package["license"]
        .as_str()
        .or(read.map(|(_, _, licence)| *licence))
}

/// Whether an SPDX expression can be met with allowed licences alone. `/` is an old way to write OR.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = any(&mut words);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>) -> bool {
    let mut met = all(words);
    while words.next_if_eq(&"OR").is_some() {
        met |= all(words);
    }
    met
}

fn all(words: &mut Words<'_>) -> bool {
    let mut met = one(words);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words);
    }
    met
}

/// One licence, or a group. An exception (`WITH`) only takes away from what a licence asks.
fn one(words: &mut Words<'_>) -> bool {
    let Some(word) = words.next() else {
        return false;
    };
    if word == "(" {
        let met = any(words);
        return words.next() == Some(")") && met;
    }
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    ALLOWED.contains(&word)
}

/// What cargo knows of the packages that this machine's build is made of. All of them are here already,
/// or this test would not run: nothing is fetched.
fn packages() -> Vec<Value> {
    let host = cargo(&["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.expect("cargo names its host");
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ]);
    let mut metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("cargo lists packages, not {other}"),
    }
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, for it runs this test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {}: {errors}",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

#[test]
fn every_dependency_may_be_shipped() {
    let packages = packages();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| !licence(package).is_some_and(is_allowed))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn an_expression_is_met_by_what_is_allowed() {
    for met in [
        "MIT",
        "MIT OR GPL-3.0-only",
        "Unlicense/MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
    ] {
        assert!(is_allowed(met), "{met}");
    }
    for unmet in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT OR GPL-3.0-only) AND LGPL-2.1-or-later",
        "MIT Apache-2.0",
        "(MIT",
    ] {
        assert!(!is_allowed(unmet), "{unmet}");
    }
}
