//! What `check` says of good and bad rows, of the samples above all.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::{Ended, Grid, Place, Users, key, sample};

/// Nothing listens there: `check` must not ask.
const NOWHERE: &str = "http://127.0.0.1:9/grid/2025-10-13";

/// Checks one file; as events, so that every reject is told.
fn events(place: &Place, config: Option<&str>, csv: impl AsRef<Path>) -> Ended {
    let mut run = place.check().in_words().arg("--events");
    if let Some(config) = config {
        run = run.arg("--config").arg(sample(config));
    }
    run.arg("--csv").arg(csv.as_ref()).end()
}

/// Rows with at least one fault of a code.
fn rows_by_code(ended: &Ended) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for reject in rejects(ended) {
        let mut codes: Vec<&str> = faults(&reject)
            .filter_map(|fault| fault["code"].as_str())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *rows.entry(code.to_owned()).or_default() += 1;
        }
    }
    rows
}

fn rejects(ended: &Ended) -> Vec<Value> {
    let events = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON lines"));
    events
        .filter(|event| event["event"] == "rejected")
        .collect()
}

fn faults(reject: &Value) -> impl Iterator<Item = &Value> {
    reject["faults"]
        .as_array()
        .expect("a reject has faults")
        .iter()
}

fn table(text: &str) -> BTreeMap<String, usize> {
    let pairs = text
        .split(',')
        .map(|pair| pair.trim().split_once(' ').expect("code and number"));
    pairs
        .map(|(code, rows)| (code.to_owned(), rows.parse().expect("a number")))
        .collect()
}

#[test]
fn the_clean_samples_are_clean() {
    let place = Place::at(NOWHERE);
    for (config, csv, rows) in [
        (None, "users.csv", 1000),
        (Some("gridsync.toml"), "members.csv", 1000),
        (Some("gridsync-2025-10.toml"), "users-2025-10.csv", 60),
    ] {
        let mut run = place.check().arg("--csv").arg(sample(csv));
        if let Some(config) = config {
            run = run.arg("--config").arg(sample(config));
        }
        run.end().exits(0).counts(&format!("source_rows {rows}"));
    }
    assert!(!place.has("rejects.csv"), "nothing was rejected");
}

#[test]
fn the_faulty_sample_has_rows_of_every_code() {
    let place = Place::at(NOWHERE);
    let ended = events(&place, None, sample("users-faulty.csv"));
    ended.exits(3);
    assert_eq!(rejects(&ended).len(), 64);
    let expected = table(
        "BAD_COUNTRY 6, BAD_DATE 8, BAD_DATE_TIME 3, BAD_EMAIL 4, BAD_FORMAT 3, BAD_PHONE 4, BAD_UMA 4, \
         CONDITION 4, CONTROL_CHARACTER 4, DUPLICATE_KEY 4, MISSING 8, MISSING_KEY 2, NOT_ACCEPTED 7, \
         ROW_NOT_UTF8 3, ROW_RAGGED 2, TOO_LONG 3, WRONG_TYPE 3",
    );
    assert_eq!(rows_by_code(&ended), expected);
    place
        .check()
        .arg("--csv")
        .arg(sample("users-faulty.csv"))
        .end()
        .exits(3)
        .counts("source_rows 76, rejected 64");
}

#[test]
fn the_other_faulty_samples_have_the_codes_that_the_first_lacks() {
    let place = Place::at(NOWHERE);
    let old = events(
        &place,
        Some("gridsync-2025-10.toml"),
        sample("users-2025-10-faulty.csv"),
    );
    old.exits(3);
    assert_eq!(
        rows_by_code(&old),
        table(
            "BAD_COUNTRY 1, BAD_DATE 1, BAD_EMAIL 1, BAD_FORMAT 2, BAD_NUMBER 2, CONDITION 4, MISSING 1, \
             MISSING_KEY 1, NOT_ACCEPTED 2, TOO_LONG 1, TOO_SHORT 2, WRONG_TYPE 1"
        )
    );
    let foreign = events(&place, Some("gridsync.toml"), sample("members-faulty.csv"));
    foreign.exits(3);
    assert_eq!(
        rows_by_code(&foreign),
        table("BAD_DATE 3, BAD_EMAIL 1, MISSING 1, MISSING_KEY 1, NOT_IN_MAP 5")
    );
}

#[test]
fn every_reject_names_position_field_code_and_what_would_be_accepted_and_no_value() {
    let place = Place::at(NOWHERE);
    let users = Users::some(2).with(&key(2), "birthDate", "31/02/1999");
    place.set_users(&users);
    let ended = events(&place, None, "users.csv");
    ended.exits(3);
    let reject = &rejects(&ended)[0];
    assert_eq!(reject["key"], key(2).as_str());
    assert_eq!(reject["position"]["line"], 3);
    let fault = faults(reject).next().expect("one fault");
    assert_eq!(fault["code"], "BAD_DATE");
    assert_eq!(fault["field"], "birthDate");
    assert_eq!(fault["column"], "birthDate");
    assert!(
        fault["expected"]
            .as_str()
            .is_some_and(|text| text.contains("YYYY-MM-DD"))
    );
    assert!(!ended.stdout.contains("31/02/1999"), "{}", ended.stdout);
}

#[test]
fn all_faults_of_a_row_are_told_at_once() {
    let place = Place::at(NOWHERE);
    let users = Users::some(1)
        .with(&key(1), "birthDate", "1999-02-31")
        .with(&key(1), "email", "nobody")
        .with(&key(1), "address.country", "USA");
    place.set_users(&users);
    let ended = events(&place, None, "users.csv");
    assert_eq!(
        rows_by_code(&ended),
        table("BAD_COUNTRY 1, BAD_DATE 1, BAD_EMAIL 1")
    );
}

#[test]
fn the_rejects_file_fed_back_as_it_is_gives_the_same_rejects() {
    let place = Place::at(NOWHERE);
    let first = events(&place, None, sample("users-faulty.csv"));
    let mode = fs::metadata(place.path("rejects.csv"))
        .expect("written")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "it holds personal data");
    let again = events(&place, None, "rejects.csv");
    again.exits(3);
    assert_eq!(rows_by_code(&again), rows_by_code(&first));
    assert!(
        place.has("rejects-again.csv"),
        "the input is not written over"
    );
}

#[test]
fn a_mended_rejects_file_is_a_source() {
    let grid = Grid::started();
    let users = Users::some(4).with(&key(2), "birthDate", "31/12/1999");
    let place = Place::on(&grid).users(&users);
    place
        .check()
        .end()
        .exits(3)
        .counts("source_rows 4, rejected 1");
    let rejects = place.read_text("rejects.csv");
    assert!(
        rejects.contains("_error_code") && rejects.contains("BAD_DATE"),
        "{rejects}"
    );
    place.write("mended.csv", rejects.replace("31/12/1999", "1999-12-31"));
    place
        .sync()
        .args("--csv mended.csv")
        .end()
        .exits(0)
        .counts("source_rows 1, created 1, planned.create 1");
    grid.assert_one_active_each(&[key(2)]);
}

#[test]
fn a_key_that_occurs_twice_rejects_the_whole_group_with_every_position() {
    let grid = Grid::started();
    let users = Users::some(3).and(&key(2));
    let place = Place::on(&grid).users(&users);
    let ended = events(&place, None, "users.csv");
    assert_eq!(rows_by_code(&ended), table("DUPLICATE_KEY 2"));
    let said = rejects(&ended)[0].to_string();
    assert!(
        said.contains("line 3") && said.contains("line 5")
            || said.contains('3') && said.contains('5'),
        "{said}"
    );
    place
        .sync()
        .args("--max-rejects 2")
        .end()
        .exits(3)
        .counts("source_rows 4, created 2, rejected 2, planned.create 2");
    grid.assert_one_active_each(&[key(1), key(3)]);
}

#[test]
fn no_rejects_file_where_none_is_wanted() {
    let place = Place::at(NOWHERE).users(&Users::some(1).with(&key(1), "email", "no"));
    place.check().arg("--no-rejects").end().exits(3);
    assert!(!place.has("rejects.csv"));
}
