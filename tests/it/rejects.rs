//! The rows that a run left undone: written to a file, mended in a spreadsheet, tried again for that
//! run, until none is left.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use serde_json::Value;

use crate::crash::{At, Trap, assert_each_created_once, follow};
use crate::support::{Ended, Grid, Place, Run, Sheet, Users, key, sample};

/// A run with the flags of any other, over the rejects of one.
fn again(place: &Place, run: &str) -> Run {
    place.sync().arg("--rejects-of").arg(run).arg("rejects.csv")
}

#[track_caller]
fn run_id(ended: &Ended) -> String {
    let id = ended.summary()["run_id"].as_str().expect("a run has an id");
    id.to_owned()
}

#[track_caller]
fn detail<'a>(ended: &'a Ended, name: &str) -> &'a Value {
    &ended.summary()["details"][name]
}

/// Row by row: code, then line.
fn codes(sheet: &Sheet) -> Vec<(String, String)> {
    let codes = sheet.cells("_error_code");
    codes.into_iter().zip(sheet.cells("_line")).collect()
}

fn users_with_bad_dates(count: usize, bad: &[usize]) -> Users {
    bad.iter().fold(Users::some(count), |users, number| {
        users.with(&key(*number), "birthDate", "31/12/1999")
    })
}

fn mend_dates(place: &Place, keys: &[String]) {
    let mut sheet = Sheet::open(place, "rejects.csv");
    for key in keys {
        let row = sheet.row_where("platformCustomerId", key);
        sheet.set(row, "birthDate", "1999-12-31");
    }
    sheet.save(place, "rejects.csv");
}

/// A clerk's way with a bad row: key and line stay, all else is typed anew.
fn type_anew(sheet: &mut Sheet, row: usize) {
    let line = sheet.cell(row, "_line");
    let own = ["_error_code", "_error", "_line"];
    let cells = sheet.header.clone();
    sheet.rows[row].truncate(cells.len());
    for column in cells
        .iter()
        .filter(|column| !own.contains(&column.as_str()))
    {
        let value = match column.as_str() {
            "platformCustomerId" => format!("mended-{line}"),
            "customerType" => "INDIVIDUAL".to_owned(),
            "fullName" => "Ada Vey".to_owned(),
            "birthDate" => "1984-02-29".to_owned(),
            "email" => format!("mended.{line}@mail.fairwind-post.net"),
            "address.line1" => "12 Alder Street".to_owned(),
            "address.city" => "Chicago".to_owned(),
            "address.postalCode" => "60601".to_owned(),
            "address.country" => "US".to_owned(),
            _ => String::new(),
        };
        sheet.set(row, column, &value);
    }
}

#[test]
fn the_faulty_users_are_mended_in_two_rounds_and_the_file_goes() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let source = sample("users-faulty.csv");
    let whole = |run: Run| run.arg("--csv").arg(&source);
    let first = whole(place.sync().args("--rejects rejects.csv --max-rejects 64")).end();
    first
        .exits(3)
        .counts("source_rows 76, created 12, rejected 64, planned.create 12");
    let run = run_id(&first);
    assert_eq!(detail(&first, "rejects_in_file"), 64);
    let next = first.next_command().expect("a command that goes on");
    assert!(
        next.starts_with(&format!("gridsync sync --rejects-of {run} rejects.csv --")),
        "{next}"
    );
    first.says(next);

    let mut sheet = Sheet::open(&place, "rejects.csv");
    let lines = sheet.cells("_line");
    (0..64)
        .step_by(2)
        .for_each(|row| type_anew(&mut sheet, row));
    sheet.save(&place, "rejects.csv");
    let second = whole(again(&place, &run)).end();
    second.exits(3);
    let created = second.count("created");
    let left = second.count("rejected");
    // One row of a key that occurred twice makes the other one good as well.
    assert_eq!((created, left), (33, 31), "{}", second.told());
    assert_eq!(detail(&second, "rejects_of"), run.as_str());
    assert_eq!(detail(&second, "rejects_settled"), created);
    assert_eq!(detail(&second, "rejects_left"), left);
    assert_eq!(
        second
            .next_command()
            .map(|next| next.contains("--rejects-of")),
        Some(true)
    );

    let mut sheet = Sheet::open(&place, "rejects.csv");
    let odd: Vec<String> = lines.into_iter().skip(1).step_by(2).collect();
    let kept = sheet.cells("_line");
    assert!(
        kept.iter().all(|line| odd.contains(line)),
        "the lines are those of the first source"
    );
    (0..31).for_each(|row| type_anew(&mut sheet, row));
    sheet.save(&place, "rejects.csv");
    let third = whole(again(&place, "last")).end();
    third
        .exits(0)
        .counts("source_rows 31, created 31, planned.create 31")
        .says("the file was removed");
    assert_eq!(detail(&third, "rejects_left"), 0);
    assert!(!place.has("rejects.csv"));
    assert_eq!(grid.active(), 76);
    assert!(grid.writes().iter().all(|write| write.method == "POST"));

    let status = place.run("status").end();
    let runs = status.summary()["details"]["runs"]
        .as_array()
        .expect("runs")
        .clone();
    assert_eq!(runs[2]["rejects_settled"], 64);
    assert_eq!(runs[2]["rejects_left"], 0);
    assert_eq!(runs[0]["rejects_of"], run.as_str());
    place
        .run("status")
        .in_words()
        .end()
        .says(&format!("64 of 64 of run {run} are settled, 0 left"));
}

#[test]
fn the_faulty_members_are_mended_cell_by_cell_under_the_same_mapping() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let whole = |run: Run| {
        let run = run.arg("--config").arg(sample("gridsync.toml"));
        run.arg("--csv").arg(sample("members-faulty.csv"))
    };
    whole(place.sync().args("--rejects rejects.csv --max-rejects 9"))
        .end()
        .exits(3)
        .counts("source_rows 12, created 3, rejected 9, planned.create 3");
    let mend = |fixes: &[(&str, &str, &str)]| {
        let mut sheet = Sheet::open(&place, "rejects.csv");
        for (member, column, value) in fixes {
            let row = sheet.row_where("member_no", member);
            sheet.set(row, column, value);
        }
        sheet.save(&place, "rejects.csv");
    };
    mend(&[
        ("not-in-map-1", "citizenship", "Netherlands"),
        ("not-in-map-2", "sector", "transport"),
        ("not-in-map-3", "sources_of_funds", "salary"),
        ("bad-date-1", "dob", "28/02/1990"),
        ("many-1", "dob", "31/12/1990"),
    ]);
    whole(again(&place, "last"))
        .end()
        .exits(3)
        .counts("source_rows 9, created 4, rejected 5, planned.create 4");
    mend(&[
        ("not-in-map-4", "kind", "P"),
        ("bad-date-2", "founded", "03.02.2001"),
        ("missing-1", "vat_id", "ESB12345678"),
        ("", "member_no", "marcus-1"),
        ("many-1", "citizenship", "India"),
        ("many-1", "e_mail", "priya@mail.fairwind-post.net"),
    ]);
    whole(again(&place, "last"))
        .end()
        .exits(0)
        .counts("source_rows 5, created 5, planned.create 5");
    assert!(!place.has("rejects.csv"));
    let daan = grid.id_of("not-in-map-1");
    let customers = grid.customers();
    let daan = customers
        .iter()
        .find(|customer| customer["id"] == daan.as_str());
    assert_eq!(daan.expect("created")["phoneNumber"], "+31555017023");
}

#[test]
fn formulas_and_telephone_numbers_come_through_the_spreadsheet_byte_for_byte() {
    let grid = Grid::started();
    let users = users_with_bad_dates(3, &[1, 2])
        .with(&key(1), "fullName", "=1+1 Vey")
        .with(&key(1), "phoneNumber", "+4915550001")
        .with(&key(2), "fullName", "'=Ada \"Vey\";+1")
        .with(&key(2), "address.city", "-");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .args("--rejects rejects.csv --max-rejects 2")
        .end()
        .exits(3);
    let sheet = Sheet::open(&place, "rejects.csv");
    assert_eq!(sheet.cell(0, "fullName"), "'=1+1 Vey");
    assert_eq!(sheet.cell(0, "phoneNumber"), "'+4915550001");
    assert_eq!(sheet.cell(1, "fullName"), "''=Ada \"Vey\";'+1");
    mend_dates(&place, &[key(1)]);
    again(&place, "last").end().exits(3);
    mend_dates(&place, &[key(2)]);
    again(&place, "last").end().exits(0);
    let customers = grid.customers();
    let of = |number| {
        let found = customers
            .iter()
            .find(|one| one["platformCustomerId"] == key(number));
        found.expect("created")
    };
    assert_eq!(of(1)["fullName"], "=1+1 Vey");
    assert_eq!(of(1)["phoneNumber"], "+4915550001");
    assert_eq!(of(2)["fullName"], "'=Ada \"Vey\";+1");
    assert_eq!(of(2)["address"]["city"], "-");
}

#[test]
fn rejects_that_are_fed_back_as_any_source_have_the_very_values_too() {
    let grid = Grid::started();
    let users = users_with_bad_dates(1, &[1]).with(&key(1), "phoneNumber", "+4915550001");
    let place = Place::on(&grid).users(&users);
    place.check().end().exits(3);
    mend_dates(&place, &[key(1)]);
    place.sync().args("--csv rejects.csv").end().exits(0);
    assert_eq!(grid.customers()[0]["phoneNumber"], "+4915550001");
    assert!(place.has("rejects.csv"), "a source is never touched");
}

#[test]
fn nobody_is_deleted_whatever_the_configuration_says() {
    let grid = Grid::started();
    let place = Place::on(&grid)
        .config("[changes]\ndelete = true\n[limits]\ndeletes = \"100%\"\n")
        .users(&users_with_bad_dates(30, &[7, 8]));
    place
        .sync()
        .args("--rejects rejects.csv --max-rejects 2")
        .end()
        .exits(3)
        .counts("source_rows 30, created 28, rejected 2, planned.create 28");
    mend_dates(&place, &[key(7)]);
    let ended = again(&place, "last")
        .args("--full-scan")
        .env("GRIDSYNC_DELETE", "true")
        .end();
    ended
        .exits(3)
        .counts("source_rows 2, created 1, rejected 1, planned.create 1");
    assert_eq!(ended.guard("partial_source")["verdict"], "passed");
    assert_eq!(grid.active(), 29);

    let before = grid.request_count();
    for flags in [
        "--delete",
        "--confirm-deletes 28",
        "--max-rejects 9",
        "--rejects other.csv",
    ] {
        again(&place, "last").args(flags).end().exits(64);
    }
    assert_eq!(grid.request_count(), before);
}

#[test]
fn the_size_of_the_file_is_no_measure_for_the_next_whole_run() {
    let grid = Grid::started();
    let place = Place::on(&grid)
        .config("[changes]\ndelete = true\n")
        .users(&users_with_bad_dates(40, &[1, 2, 3]));
    place
        .sync()
        .args("--rejects rejects.csv --max-rejects 3")
        .end()
        .exits(3);
    mend_dates(&place, &[key(1), key(2), key(3)]);
    again(&place, "last").end().exits(0);
    let mended = |users: Users, number| users.with(&key(number), "birthDate", "1999-12-31");
    place.set_users(&[1, 2, 3].into_iter().fold(Users::some(40), mended));
    let whole = place.sync().end();
    whole.exits(0).counts("source_rows 40, unchanged 40");
    assert_eq!(whole.guard("shrunken_source")["of"], 40);
}

#[test]
fn a_file_without_a_good_row_is_rejected_again_and_refused_by_no_guard() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(4, &[1, 2, 3, 4]));
    let refused = place.sync().args("--rejects rejects.csv").end();
    refused.exits(4).counts("source_rows 4, rejected 4");
    let before = place.read("rejects.csv");
    let ended = again(&place, &run_id(&refused)).end();
    ended.exits(3).counts("source_rows 4, rejected 4");
    assert_eq!(place.read("rejects.csv"), before);
    assert_eq!(detail(&ended, "rejects_left"), 4);
    let mode = fs::metadata(place.path("rejects.csv"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(grid.writes().is_empty());
}

#[test]
fn what_grid_refuses_is_in_the_file_with_its_code_and_fields_and_no_message() {
    let grid = Grid::new().fault("email-mx").start();
    let users = Users::some(4)
        .with(&key(2), "email", "ada.lovelace@nowhere.test")
        .with(&key(3), "idType", "NON_US_TAX_ID")
        .with(&key(3), "identifier", "123456789");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .args("--rejects rejects.csv")
        .end()
        .exits(3)
        .counts("source_rows 4, created 2, failed 2, planned.create 4");
    let mut sheet = Sheet::open(&place, "rejects.csv");
    let refused = ["3", "4"].map(|line| ("INVALID_INPUT".to_owned(), line.to_owned()));
    assert_eq!(codes(&sheet), refused);
    let errors = ["Grid refused this user", "Grid refused idType"];
    assert_eq!(sheet.cells("_error"), errors);

    let refused_again = again(&place, "last").end();
    refused_again
        .exits(3)
        .counts("source_rows 2, failed 2, planned.create 2");
    assert_eq!(detail(&refused_again, "rejects_left"), 2);
    assert_eq!(Sheet::open(&place, "rejects.csv").cells("_error"), errors);
    sheet.set(0, "email", "ada@mail.fairwind-post.net");
    sheet.set(1, "idType", "");
    sheet.set(1, "identifier", "");
    sheet.save(&place, "rejects.csv");
    again(&place, "last").end().exits(0);
    grid.assert_one_active_each(&users.keys());
}

/// Six rejects of eight users, and five of them mended.
fn five_mended() -> (Grid, Place) {
    let bad: Vec<usize> = (1..=6).collect();
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(8, &bad));
    let flags = "--rejects rejects.csv --max-rejects 6";
    place.sync().args(flags).end().exits(3);
    mend_dates(&place, &Users::some(5).keys());
    (grid, place)
}

#[test]
fn killed_at_every_request_no_row_is_lost_and_none_is_created_twice() {
    let try_again = |place: &Place| again(place, "last").args("--concurrency 1");
    let requests = {
        let (grid, place) = five_mended();
        let before = grid.request_count();
        try_again(&place).end().exits(3);
        grid.request_count() - before
    };
    for number in 1..=requests {
        for at in [At::Received, At::Done] {
            let (grid, place) = five_mended();
            let before = place.read("rejects.csv");
            let trap = Trap::set(&grid, at(grid.request_count() + number));
            trap.catch(try_again(&place).spawn());
            assert_eq!(place.read("rejects.csv"), before, "{number}");

            let ended = try_again(&place).end();
            ended.exits(3);
            assert_eq!(detail(&ended, "rejects_settled"), 5, "{number}");
            assert_eq!(detail(&ended, "rejects_left"), 1);
            let left = Sheet::open(&place, "rejects.csv");
            assert_eq!(left.cells("platformCustomerId"), [key(6)]);
            assert_each_created_once(&grid, &Users::some(8).without(&key(6)).keys());
        }
    }
}

#[test]
fn what_a_killed_writer_left_beside_the_file_goes_and_nothing_else_does() {
    let (_grid, place) = five_mended();
    for name in [
        "rejects.Ab12xY.partial.csv",
        "rejects.old.partial.csv",
        "rejects.2.csv",
    ] {
        place.write(name, "personal");
    }
    again(&place, "last").end().exits(3);
    assert!(!place.has("rejects.Ab12xY.partial.csv"));
    assert!(place.has("rejects.old.partial.csv") && place.has("rejects.2.csv"));
}

#[test]
fn a_copy_that_is_tried_once_more_counts_nothing_twice() {
    let (grid, place) = five_mended();
    let copy = place.read("rejects.csv");
    again(&place, "last").end().exits(3);
    place.write("rejects.csv", copy);
    let ended = again(&place, "last").end();
    ended
        .exits(3)
        .counts("source_rows 6, unchanged 5, rejected 1");
    assert_eq!(detail(&ended, "rejects_settled"), 5);
    assert_eq!(detail(&ended, "rejects_left"), 1);
    assert_eq!(grid.active(), 7);
}

#[test]
fn a_row_that_was_added_by_hand_is_done_and_counts_for_no_run() {
    let (grid, place) = five_mended();
    let mut sheet = Sheet::open(&place, "rejects.csv");
    let mut added = sheet.rows[0].clone();
    added[sheet.column("platformCustomerId")] = b"added".to_vec();
    added[sheet.column("_line")] = Vec::new();
    sheet.rows.push(added);
    sheet.save(&place, "rejects.csv");
    let ended = again(&place, "last").end();
    ended
        .exits(3)
        .counts("source_rows 7, created 6, rejected 1, planned.create 6");
    assert_eq!(detail(&ended, "rejects_settled"), 5);
    assert_eq!(grid.active(), 8);
}

#[test]
fn a_run_that_pauses_leaves_the_rest_in_the_file_and_names_the_same_command() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(6, &[1, 2, 3, 4, 5, 6]));
    let refused = place.sync().args("--rejects rejects.csv").end();
    refused.exits(4);
    let keys: Vec<String> = (1..=6).map(key).collect();
    mend_dates(&place, &keys);
    // The scan goes through, and a create.
    grid.faults(&["auth-revoked@4-"]);
    let stopped = again(&place, &run_id(&refused))
        .args("--concurrency 1")
        .end();
    stopped.exits(12);
    let sheet = Sheet::open(&place, "rejects.csv");
    let created = usize::try_from(stopped.count("created")).expect("a few");
    assert!((1..6).contains(&created), "{}", stopped.told());
    assert_eq!(sheet.cells("_error_code"), vec!["NOT_TRIED"; 6 - created]);
    let customers = grid.customers();
    let is_created = |key: &String| {
        customers
            .iter()
            .any(|one| one["platformCustomerId"] == **key)
    };
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| !is_created(key))
        .cloned()
        .collect();
    assert_eq!(sheet.cells("platformCustomerId"), missing);
    grid.clear_faults();

    place.apply().end().exits(5).says("--rejects-of");
    let next = stopped.next_command().expect("a command that goes on");
    assert!(next.contains("--rejects-of"), "{next}");
    let next = next.trim_end_matches(" --json");
    let output = follow(&place, next);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_each_created_once(&grid, &keys);
    assert!(!place.has("rejects.csv"));
}

#[test]
fn a_row_that_is_edited_while_the_run_goes_on_stays() {
    // At the end of the scan, and when a create is sent: the first is deferred, the others are done as
    // they were.
    for (request, created) in [(2, 1), (3, 2), (4, 2)] {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&users_with_bad_dates(2, &[1, 2]));
        place.sync().args("--rejects rejects.csv").end().exits(4);
        mend_dates(&place, &[key(1), key(2)]);
        let path = place.path("rejects.csv");
        let edited = place.read_text("rejects.csv").replace("Chicago", "Boston");
        let edited = edited.replacen("Boston", "Chicago", 1);
        let save = move || fs::write(path, edited).expect("a file in a folder of our own");
        grid.on_request(grid.request_count() + request, Box::new(save));
        let ended = again(&place, "last").args("--concurrency 1").end();
        ended.exits(3);
        assert_eq!(ended.count("created"), created, "{}", ended.told());
        assert_eq!(detail(&ended, "rejects_left"), 1);
        let sheet = Sheet::open(&place, "rejects.csv");
        let changed = ("ROW_CHANGED".to_owned(), "3".to_owned());
        assert_eq!(codes(&sheet), [changed], "{request}");
        assert_eq!(sheet.cells("address.city"), ["Boston"]);
        assert_each_created_once(
            &grid,
            &Users::some(usize::try_from(created).expect("a few")).keys(),
        );
    }
}

#[test]
fn a_key_that_grid_has_is_adopted_and_one_that_occurs_twice_is_not_sent() {
    let grid = Grid::new().seed(Users::some(1).ndjson().as_bytes()).start();
    let place = Place::on(&grid).users(&users_with_bad_dates(4, &[1, 2, 3]));
    place
        .sync()
        .args("--rejects rejects.csv --max-rejects 3")
        .end()
        .exits(3);
    let mut sheet = Sheet::open(&place, "rejects.csv");
    for row in 0..3 {
        sheet.set(row, "birthDate", "1984-02-29");
    }
    sheet.set(2, "platformCustomerId", &key(2));
    sheet.save(&place, "rejects.csv");
    again(&place, "last")
        .end()
        .exits(3)
        .counts("source_rows 3, adopted 1, rejected 2");
    let mut sheet = Sheet::open(&place, "rejects.csv");
    let twice = ["3", "4"].map(|line| ("DUPLICATE_KEY".to_owned(), line.to_owned()));
    assert_eq!(codes(&sheet), twice);
    sheet.set(1, "platformCustomerId", &key(3));
    sheet.save(&place, "rejects.csv");
    again(&place, "last").end().exits(0);
    grid.assert_one_active_each(&Users::some(4).keys());
}

#[test]
fn a_key_with_two_customers_stays_in_the_file() {
    let twice = [Users::some(2).ndjson(), Users::some(1).ndjson()].concat();
    let grid = Grid::new().seed(twice.as_bytes()).start();
    let place = Place::on(&grid).users(&Users::some(3));
    let first = place.sync().args("--rejects rejects.csv").end();
    first
        .exits(3)
        .counts("source_rows 3, created 1, adopted 1, ambiguous 1, planned.create 1");
    let ambiguous = [("AMBIGUOUS".to_owned(), "2".to_owned())];
    assert_eq!(codes(&Sheet::open(&place, "rejects.csv")), ambiguous);
    again(&place, "last")
        .end()
        .exits(3)
        .counts("source_rows 1, ambiguous 1");
    assert_eq!(codes(&Sheet::open(&place, "rejects.csv")), ambiguous);
}

#[test]
fn the_rejects_of_a_database_are_tried_again_from_a_file() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let database = Connection::open(place.path("app.sqlite")).expect("a new database");
    let csv = users_with_bad_dates(3, &[2])
        .with(&key(2), "phoneNumber", "+4915550001")
        .csv();
    let mut lines = csv.lines();
    let quoted = |line: &str, quote: &str| {
        let cells: Vec<String> = line
            .split(',')
            .map(|cell| format!("{quote}{cell}{quote}"))
            .collect();
        cells.join(", ")
    };
    let columns = quoted(lines.next().expect("a header"), "\"");
    let mut script = format!("CREATE TABLE users ({columns});");
    for line in lines {
        let values = quoted(line, "'");
        write!(script, "INSERT INTO users VALUES ({values});").expect("a string");
    }
    script += "UPDATE users SET \"businessInfo.country\" = NULL;";
    database.execute_batch(&script).expect("filled");
    drop(database);
    let of_database = |run: Run| {
        run.without("--csv")
            .args("--sqlite app.sqlite --table users")
    };
    of_database(place.sync().args("--rejects rejects.csv --max-rejects 1"))
        .end()
        .exits(3)
        .counts("source_rows 3, created 2, rejected 1, planned.create 2");
    assert_eq!(Sheet::open(&place, "rejects.csv").cells("_line"), ["2"]);
    mend_dates(&place, &[key(2)]);
    let ended = of_database(again(&place, "last")).end();
    ended
        .exits(0)
        .counts("source_rows 1, created 1, planned.create 1");
    assert_eq!(detail(&ended, "rejects_left"), 0);
    grid.assert_one_active_each(&Users::some(3).keys());
}

#[test]
fn the_rejects_of_json_are_tried_again_from_a_table() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let users = users_with_bad_dates(3, &[2]).with(&key(2), "phoneNumber", "+4915550001");
    place.write("users.ndjson", users.ndjson());
    let of_json = |run: Run| run.without("--csv").args("--ndjson users.ndjson");
    of_json(place.sync().args("--rejects rejects.csv --max-rejects 1"))
        .end()
        .exits(3)
        .counts("source_rows 3, created 2, rejected 1, planned.create 2");
    assert_eq!(Sheet::open(&place, "rejects.csv").cells("_line"), ["2"]);
    mend_dates(&place, &[key(2)]);
    let ended = of_json(again(&place, "last")).end();
    ended
        .exits(0)
        .counts("source_rows 1, created 1, planned.create 1");
    assert_eq!(detail(&ended, "rejects_left"), 0);
    grid.assert_one_active_each(&users.keys());
    let customers = grid.customers();
    let mended = customers
        .iter()
        .find(|one| one["platformCustomerId"] == key(2));
    assert_eq!(mended.expect("created")["phoneNumber"], "+4915550001");
}

#[test]
fn a_spreadsheet_of_another_country_may_save_the_file() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(4, &[1, 2, 3, 4]));
    place.sync().args("--rejects rejects.csv").end().exits(4);
    mend_dates(&place, &[key(1), key(2)]);
    Sheet::open(&place, "rejects.csv").saved_with(&place, "rejects.csv", b';');
    again(&place, "last")
        .end()
        .exits(3)
        .counts("source_rows 4, created 2, rejected 2, planned.create 2");
    let mut sheet = Sheet::with_delimiter(place.path("rejects.csv"), b';');
    assert_eq!(
        sheet.cells("_line"),
        ["4", "5"],
        "and is written as it was saved"
    );
    sheet.set(0, "birthDate", "1999-12-31");
    sheet.set(1, "birthDate", "1999-12-31");
    sheet.saved_with(&place, "rejects.csv", b'\t');
    again(&place, "last").end().exits(0);
}

#[test]
fn rejects_are_of_a_run_of_this_source_in_a_file_of_ours() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(2, &[1]));
    place.plan().end().exits(4);
    place.sync().args("--rejects rejects.csv").end().exits(4);
    let before = (grid.request_count(), place.read("rejects.csv"));
    again(&place, "0000")
        .end()
        .exits(64)
        .says("no run of this state file");
    again(&place, "0")
        .end()
        .exits(64)
        .says("several runs")
        .exits(64);
    again(&place, "last")
        .args("--csv others.csv")
        .end()
        .exits(64)
        .says("read `csv users.csv`");
    let sync = || place.sync().args("--rejects-of last");
    sync().arg("users.csv").end().exits(65).says("_error_code");
    sync()
        .arg("nowhere.csv")
        .end()
        .exits(65)
        .says("no such file");
    sync().arg("/dev/null").end().exits(65).says("plain file");
    sync().end().exits(64);
    place.sync().arg("rejects.csv").end().exits(64);
    assert_eq!((grid.request_count(), place.read("rejects.csv")), before);
    let empty = Place::on(&grid).users(&Users::some(1));
    empty.write("rejects.csv", &before.1);
    again(&empty, "last").end().exits(10);
}

#[test]
fn the_file_cannot_be_the_source_and_is_found_unwritable_before_the_run() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(2));
    place
        .sync()
        .args("--rejects users.csv")
        .end()
        .exits(1)
        .says("is the source itself");
    place
        .sync()
        .args("--rejects no/such/folder.csv")
        .end()
        .exits(1)
        .says("cannot be created");
    assert_eq!(grid.request_count(), 0);
    assert!(!place.has("rejects.csv"));
    place
        .sync()
        .env("GRIDSYNC_REJECTS", "rejects.csv")
        .end()
        .exits(0);
    assert!(!place.has("rejects.csv"), "nothing was left undone");
}

#[test]
fn nothing_is_written_unasked() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users_with_bad_dates(2, &[1]));
    place.plan().end().exits(4);
    place.sync().args("--max-rejects 1").end().exits(3);
    assert!(!place.has("rejects.csv"));
    let plan = place
        .plan()
        .args("--max-rejects 1 --rejects rejects.csv")
        .end();
    plan.exits(3);
    assert_eq!(Sheet::open(&place, "rejects.csv").cells("_line"), ["2"]);
    let before = place.read("rejects.csv");
    mend_dates(&place, &[key(1)]);
    let mended = place.read("rejects.csv");
    assert_ne!(mended, before);
    again(&place, "last")
        .args("--dry-run")
        .end()
        .exits(0)
        .counts("source_rows 1, planned.create 1");
    assert_eq!(
        place.read("rejects.csv"),
        mended,
        "a dry run leaves it alone"
    );
}

#[test]
fn a_paused_run_writes_what_it_came_to_and_the_rest_when_it_is_resumed() {
    let grid = Grid::new().fault("email-mx").start();
    let users = (2..=6).fold(users_with_bad_dates(6, &[1]), |users, number| {
        users.with(&key(number), "email", "ada@nowhere.test")
    });
    let place = Place::on(&grid).users(&users);
    grid.faults(&["email-mx", "auth-revoked@4-"]);
    let flags = "--rejects rejects.csv --max-rejects 1 --concurrency 1";
    let stopped = place.sync().args(flags).end();
    stopped.exits(12);
    // Which creates were first is nobody's to say; those that nobody came to are not told of.
    let told = Sheet::open(&place, "rejects.csv").cells("_line");
    assert_eq!(told[0], "2");
    let lines = ["2", "3", "4", "5", "6", "7"];
    assert!(
        told.iter().all(|line| lines.contains(&line.as_str())),
        "{told:?}"
    );
    assert!((2..lines.len()).contains(&told.len()), "{told:?}");
    grid.faults(&["email-mx"]);
    let next = stopped.next_command().expect("a command that goes on");
    assert!(
        next.contains("apply") && next.contains("--rejects rejects.csv"),
        "{next}"
    );
    follow(&place, next);
    let sheet = Sheet::open(&place, "rejects.csv");
    assert_eq!(sheet.cells("_line"), lines);
    let codes = sheet.cells("_error_code");
    assert_eq!(codes[0], "BAD_DATE");
    assert!(
        codes[1..].iter().all(|code| code == "INVALID_INPUT"),
        "{codes:?}"
    );
}
