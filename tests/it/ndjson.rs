//! Users as JSON objects, one a line.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Ended, Grid, Place, Run, Users, key};

/// A run on a file of JSON lines.
fn on(run: Run, file: &str) -> Run {
    run.without("--csv").args(&format!("--ndjson {file}"))
}

fn check(place: &Place, file: &str) -> Run {
    on(place.check(), file)
}

/// The codes of each reject, by its line.
fn rejects(ended: &Ended) -> Vec<(u64, Option<String>, Vec<String>)> {
    let events = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON lines"));
    let rejects = events.filter(|event| event["event"] == "rejected");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    rejects
        .map(|reject| {
            let faults = reject["faults"].as_array().expect("faults");
            let codes = faults.iter().filter_map(|fault| text(&fault["code"]));
            let line = reject["position"]["line"].as_u64().expect("a line");
            (line, text(&reject["key"]), codes.collect())
        })
        .collect()
}

#[test]
fn the_same_users_as_csv_and_as_ndjson_are_the_same_users() {
    let grid = Grid::started();
    let users = Users::some(20)
        .and_business("usr_b1")
        .and_business("usr_b2");
    let place = Place::on(&grid).users(&users);
    place.write("users.ndjson", users.ndjson());
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 22, created 22, planned.create 22");
    let again = on(place.sync(), "users.ndjson").end();
    again.exits(0).counts("source_rows 22, unchanged 22");
    grid.assert_one_active_each(&users.keys());
}

#[test]
fn a_migration_from_a_compressed_file_of_nested_objects() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let user = |number: usize| {
        json!({
            "user": { "id": key(number), "name": { "first": "Ada", "last": format!("Vey{}", "a".repeat(number)) } },
            "kind": "P",
            "born": "1984-02-29",
            "currencies": ["USD", "EUR"],
            "address": { "line1": "12 Alder Street", "city": "Chicago", "postalCode": "60601", "country": "US" },
            "verified": true,
            "notes": ["likes tea; and coffee", "calls"],
        })
        .to_string()
    };
    let lines: Vec<String> = (1..=12).map(user).collect();
    let archive = zstd::encode_all(lines.join("\n").as_bytes(), 0).expect("compressed");
    place.write("users.ndjson.zst", archive);
    let place = place.config(
        "[source]\nndjson = \"users.ndjson.zst\"\n[fields]\n\
         platformCustomerId = \"user.id\"\n\
         customerType = { column = \"kind\", map = { P = \"INDIVIDUAL\" } }\n\
         fullName = { columns = [\"user.name.first\", \"user.name.last\"], join = \" \" }\n\
         birthDate = \"born\"\n",
    );
    place
        .sync()
        .without("--csv")
        .end()
        .exits(0)
        .counts("source_rows 12, created 12, planned.create 12");
    let keys: Vec<String> = (1..=12).map(key).collect();
    grid.assert_one_active_each(&keys);
}

#[test]
fn stdin_is_read_as_often_as_it_takes() {
    let grid = Grid::started();
    let users = Users::some(6);
    let place = Place::on(&grid);
    let file = place.write("users.ndjson", users.ndjson());
    let stdin = fs::File::open(file).expect("the file");
    on(place.sync(), "-")
        .stdin(stdin)
        .end()
        .exits(0)
        .counts("source_rows 6, created 6, planned.create 6");
}

/// Good, and one of each kind of bad.
fn faulty() -> Vec<u8> {
    let good = Users::some(3).ndjson();
    let mut text = good.into_bytes();
    let person = |key: &str, more: &str| {
        format!(
            "{{\"platformCustomerId\":\"{key}\",\"customerType\":\"INDIVIDUAL\",\"fullName\":\"Ada Vey\"{more}}}\n"
        )
    };
    text.extend(b"{\"platformCustomerId\":\"usr_secret\",\n");
    text.extend(b"\n[\"usr_list\"]\n");
    text.extend(person("usr_twice", ",\"email\":\"a@b.dev\",\"email\":\"c@d.dev\"").bytes());
    text.extend(person("usr_which", ",\"platformCustomerId\":\"usr_other\"").bytes());
    text.extend(person("usr_list", ",\"currencies\":[\"USD;EUR\"]").bytes());
    text.extend(b"{\"platformCustomerId\":\"usr_latin\",\"customerType\":\"INDIVIDUAL\",\"fullName\":\"Jos\xe9 Vey\"}\n");
    text.extend(person("usr_unmapped", ",\"tags\":[\"a;b\"]").bytes());
    text
}

#[test]
fn each_bad_line_is_a_reject_with_its_place_and_what_can_be_read_of_it() {
    let place = Place::at("http://127.0.0.1:9/grid/2025-10-13");
    place.write("users.ndjson", faulty());
    let ended = check(&place, "users.ndjson")
        .in_words()
        .arg("--events")
        .end();
    ended.exits(3);
    let key = |text: &str| Some(text.to_owned());
    let codes = |code: &str| vec![code.to_owned()];
    assert_eq!(
        rejects(&ended),
        [
            (4, None, codes("ROW_NOT_OBJECT")),
            (6, None, codes("ROW_NOT_OBJECT")),
            (7, key("usr_twice"), codes("ROW_MEMBER_TWICE")),
            (8, None, codes("ROW_MEMBER_TWICE")),
            (9, key("usr_list"), codes("BAD_LIST")),
            (10, key("usr_latin"), codes("ROW_NOT_UTF8")),
        ]
    );
    for text in [&ended.stdout, &ended.stderr] {
        assert!(
            !text.contains("usr_secret") && !text.contains("c@d.dev"),
            "{text}"
        );
    }
}

#[test]
fn its_rejects_are_csv_that_is_rejected_again_until_it_is_mended() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    place.write("users.ndjson", faulty());
    let ended = check(&place, "users.ndjson").in_words().end();
    ended.exits(3).says("feed it back with --csv rejects.csv");
    let rejects = place.read("rejects.csv");
    let rejects = String::from_utf8_lossy(&rejects).into_owned();
    let line = |part: &str| {
        let found = rejects.lines().find(|line| line.contains(part));
        found
            .unwrap_or_else(|| panic!("no {part} in {rejects}"))
            .to_owned()
    };
    assert!(
        line("ROW_NOT_OBJECT").ends_with(",\"{\"\"platformCustomerId\"\":\"\"usr_secret\"\",\"")
    );
    assert!(line("usr_twice").ends_with(",the second of two members is missing"));
    assert!(line("BAD_LIST").ends_with(",a cell is JSON"));
    place
        .check()
        .args("--csv rejects.csv")
        .end()
        .exits(3)
        .counts("source_rows 6, rejected 6");
    let mended: Vec<&str> = rejects
        .lines()
        .filter(|line| line.contains("_error_code") || line.contains("usr_twice"))
        .map(|line| line.trim_end_matches(",the second of two members is missing"))
        .collect();
    place.write("mended.csv", mended.join("\n"));
    place
        .sync()
        .args("--csv mended.csv")
        .end()
        .exits(0)
        .counts("source_rows 1, created 1, planned.create 1");
    grid.assert_one_active_each(&["usr_twice".to_owned()]);
}

#[test]
fn a_user_whose_line_is_bad_is_not_absent() {
    let grid = Grid::started();
    let users = Users::some(30);
    let place = Place::on(&grid);
    place.write("users.ndjson", users.ndjson());
    on(place.sync(), "users.ndjson").end().exits(0);
    let line = |text: &str| text.replace(&format!("\"{}\"", key(7)), "oops");
    place.write("users.ndjson", line(&users.ndjson()));
    let ended = on(
        place.sync().args("--delete --max-rejects 5"),
        "users.ndjson",
    )
    .end();
    assert_eq!(ended.count("deleted"), 0, "{}", ended.told());
    grid.assert_one_active_each(&users.keys());
}

#[test]
fn a_file_that_is_cut_or_no_ndjson_is_refused_as_a_whole() {
    let place = Place::at("http://127.0.0.1:9/grid/2025-10-13");
    let whole = Users::some(3).ndjson();
    place.write("cut.ndjson", &whole[..whole.len() - 20]);
    check(&place, "cut.ndjson")
        .end()
        .exits(65)
        .says("the file ends in the middle of the JSON object");
    place.write("users.csv", Users::some(3).csv());
    check(&place, "users.csv")
        .end()
        .exits(65)
        .says("none of its 4 lines is a JSON object");
}
