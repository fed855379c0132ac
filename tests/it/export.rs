//! The list of customers and their ids, for other programs.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Grid, Place, Run, Users, key};

const HEADER: &str =
    "platform_customer_id,customer_id,customer_type,status,created_at,updated_at,owned";

/// Two customers that Grid had before, one of which is a user's; and three users.
const SEED: &[u8] =
    br#"{"platformCustomerId":"usr_00001","customerType":"INDIVIDUAL","fullName":"Ada Vey"}
{"platformCustomerId":"theirs","customerType":"BUSINESS","businessInfo":{"legalName":"Vey AG"}}
"#;

fn synced(grid: &Grid) -> Place {
    let place = Place::on(grid).users(&Users::some(3));
    place.sync().end();
    place
}

fn list(place: &Place) -> Run {
    place.run("export").in_words()
}

fn objects(ndjson: &str) -> Vec<Value> {
    let lines = ndjson.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .expect("a JSON object a line")
}

#[test]
fn every_active_customer_is_listed_with_its_id_its_status_and_whose_it_is() {
    let grid = Grid::new().seed(SEED).start();
    let place = synced(&grid);
    let ended = list(&place).end();
    ended.exits(0).says("Grid was last scanned at ");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines[0], HEADER);
    assert_eq!(lines.len(), 1 + grid.active(), "{}", ended.told());
    let customers = objects(&list(&place).args("--format ndjson").end().stdout);
    for customer in &customers {
        let key = customer["platform_customer_id"].as_str().expect("a key");
        assert_eq!(customer["customer_id"], *grid.id_of(key));
        for time in ["created_at", "updated_at"] {
            let time = customer[time].as_str().expect("a time");
            assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        }
    }
    let told =
        |column: &str| -> Vec<_> { customers.iter().map(|one| one[column].clone()).collect() };
    let business = "BUSINESS";
    assert_eq!(
        told("platform_customer_id"),
        ["theirs", &key(1), &key(2), &key(3)]
    );
    assert_eq!(told("customer_type")[0], business);
    assert_eq!(told("status")[0], "UNVERIFIED");
    assert_eq!(told("status")[3], "APPROVED");
    assert_eq!(told("owned")[0], Value::Null);
    assert_eq!(told("owned")[3], "created");
}

#[test]
fn the_formats_say_the_same_and_a_file_tells_its_own_by_its_ending() {
    let grid = Grid::new().seed(SEED).start();
    let place = synced(&grid);
    for name in ["list.csv", "list.json", "list.ndjson"] {
        let ended = place.run("export").arg("--output").arg(name).end();
        ended.exits(0);
        let details = &ended.summary()["details"];
        assert_eq!(details["customers"], 4);
        assert_eq!(details["file"], name);
        assert_eq!(place.mode(name), 0o600);
    }
    let ndjson = objects(&place.read_text("list.ndjson"));
    let json: Vec<Value> = serde_json::from_slice(&place.read("list.json")).expect("JSON");
    assert_eq!(json, ndjson);
    let of_csv: Vec<String> = place
        .read_text("list.csv")
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    let of_json: Vec<String> = json
        .iter()
        .map(|one| {
            let cell = |name| one[name].as_str().unwrap_or_default();
            HEADER.split(',').map(cell).collect::<Vec<_>>().join(",")
        })
        .collect();
    assert_eq!(of_csv, of_json);
}

#[test]
fn ambiguous_keys_have_all_their_customers_and_filters_take_what_they_say() {
    let twice =
        br#"{"platformCustomerId":"twice","customerType":"INDIVIDUAL","kycStatus":"REJECTED"}
{"platformCustomerId":"twice","customerType":"INDIVIDUAL"}
"#;
    let grid = Grid::new()
        .seed(twice)
        .settings(|settings| settings.edition = gridsync::emulator::Edition::Y2025M10)
        .start();
    let place = Place::on(&grid).users(&Users::some(2));
    let place = place.config("[grid]\nedition = \"2025-10\"\n");
    place.sync().end();
    let keys = |run: Run| -> Vec<String> {
        let customers = objects(&run.args("--format ndjson").end().stdout);
        let key = |one: &Value| {
            one["platform_customer_id"]
                .as_str()
                .expect("a key")
                .to_owned()
        };
        customers.iter().map(key).collect()
    };
    assert_eq!(
        keys(list(&place)),
        ["twice".to_owned(), "twice".into(), key(1), key(2)]
    );
    assert_eq!(keys(list(&place).arg("--owned")), [key(1), key(2)]);
    assert_eq!(keys(list(&place).args("--status rejected")), ["twice"]);
    assert_eq!(
        keys(list(&place).args("--status REJECTED --status APPROVED")).len(),
        4
    );
}

#[test]
fn a_scan_comes_first_when_it_is_asked_for() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    list(&place).end().exits(10).says("there is no state file");
    Place::on(&grid)
        .users(&Users::some(2))
        .sync()
        .end()
        .exits(0);
    let scan = || list(&place).args("--scan --base-url").arg(grid.base_url());
    let ended = scan().end();
    ended.exits(0);
    assert_eq!(ended.stdout.lines().count(), 3, "{}", ended.told());
    assert!(
        grid.writes().iter().all(|write| write.method == "POST"),
        "the sync's alone"
    );
    grid.faults(&["auth-revoked"]);
    scan().end().exits(12);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(3000));
    place.sync().end().exits(0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gridsync"))
        .args(["export", "--state"])
        .arg(place.path("state.sqlite"))
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(File::create(place.path("stderr")).expect("a new file"))
        .spawn()
        .expect("the program was built for this test");
    let mut first = String::new();
    let mut reader = BufReader::with_capacity(64, child.stdout.take().expect("it is piped"));
    reader.read_line(&mut first).expect("a header");
    drop(reader);
    assert_eq!(first.trim(), HEADER);
    let status = child.wait().expect("it ends");
    let stderr = place.read_text("stderr");
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn a_file_that_cannot_be_written_whole_is_not_there_at_all() {
    let grid = Grid::started();
    let place = synced(&grid);
    place.write("before.csv", "as it was");
    std::fs::create_dir(place.path("folder.csv")).expect("a folder");
    let ended = place.run("export").args("--output folder.csv").end();
    ended.exits(1).says("cannot write folder.csv");
    let ended = place.run("export").args("--output nowhere/list.csv").end();
    ended.exits(1).says("cannot write nowhere/list.csv");
    let left = std::fs::read_dir(place.folder()).expect("a folder");
    let names: Vec<_> = left
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    let temporary = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(".export");
    assert!(!names.iter().any(temporary), "{names:?}");
    place
        .run("export")
        .args("--output before.csv")
        .end()
        .exits(0);
    assert!(place.read_text("before.csv").starts_with(HEADER));
}

#[test]
fn stdout_is_either_the_list_or_the_summary() {
    let grid = Grid::started();
    let place = synced(&grid);
    place
        .run("export")
        .end()
        .exits(64)
        .says("name a file for the list with --output");
}

#[test]
fn a_state_from_before_types_and_times_learns_them_with_the_next_scan() {
    let grid = Grid::started();
    let place = synced(&grid);
    let before = list(&place).end().stdout;
    let state = rusqlite::Connection::open(place.path("state.sqlite")).expect("the state");
    state
        .execute_batch(
            "UPDATE mirror SET customer_type = NULL, created_at = NULL; UPDATE checkpoint SET watermark = NULL",
        )
        .expect("as the migration leaves it");
    drop(state);
    assert!(!list(&place).end().stdout.contains("INDIVIDUAL"));
    place.sync().end().exits(0);
    assert_eq!(list(&place).end().stdout, before);
}
