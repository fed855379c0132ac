//! Bytes as a plan file. Its digest is put right first, as whoever edits one on purpose would do it.

use std::fs;
use std::path::Path;

use crate::engine::{DraftOut, PlanWriter, read_changes, verify_plan};
use crate::exit::chain;
use crate::plan::{Change, Footer, Header, Line, Plan, PlanDigest, ReadPlan, Samples, read_line};

use super::input::{file, is_silent, place};

pub(super) fn run(bytes: &[u8]) {
    let path = file("the.plan", bytes);
    assert_eq!(read(&path), read(&path), "the same file says the same");
    let Some(sealed) = sealed(bytes) else {
        return;
    };
    fs::write(&path, &sealed).expect("the file can be written");
    let Some(meant) = read(&path) else {
        return;
    };
    let again = place("again.plan");
    write(&again, &meant);
    let first = fs::read(&again).expect("it is there");
    let written = read(&again).expect("what we write can be read");
    assert_eq!(written, meant, "a plan comes back as it went");
    write(&again, &written);
    assert_eq!(fs::read(&again).expect("it is there"), first);
}

/// What a plan says, its digest aside.
type Meant = (Header, Footer, Vec<Change>);

fn read(path: &Path) -> Option<Meant> {
    let (header, mut footer) = match verify_plan(path) {
        Ok(read) => read,
        Err(error) => {
            is_silent(&chain(&error));
            assert!(chain(&error).len() < 1000);
            return None;
        }
    };
    footer.digest.clear();
    let mut kept = Vec::new();
    read_changes(path, &mut kept).expect("it was verified");
    Some((header, footer, kept))
}

fn write(path: &Path, (header, footer, changes): &Meant) {
    let mut writer = PlanWriter::begin(path, header).expect("it can be written");
    for change in changes {
        writer.change(change.clone()).expect("it can be written");
    }
    let plan = Plan {
        header: header.clone(),
        totals: footer.totals,
        samples: Samples::default(),
        guards: footer.guards.clone(),
        fingerprint: footer.fingerprint.clone(),
    };
    writer.finish(&plan).expect("it can be written");
}

/// The lines with a last one that vouches for them.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(bytes).ok()?;
    let (body, last) = text.trim_end_matches('\n').rsplit_once('\n')?;
    let ReadPlan::End(mut footer) = read_line(last, 1).ok()? else {
        return None;
    };
    footer.digest.clear();
    let mut digest = PlanDigest::default();
    for line in body.split('\n') {
        digest.add(line.strip_suffix('\r').unwrap_or(line));
    }
    digest.add(&serde_json::to_string(&Line::End(&footer)).expect("it is JSON"));
    footer.digest = digest.finish();
    let last = serde_json::to_string(&Line::End(&footer)).expect("it is JSON");
    Some(format!("{body}\n{last}\n").into_bytes())
}
