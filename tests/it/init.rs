//! `init`: from a source to a configuration that somebody finishes, with the real program.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::support::{Database, Ended, Kind, Place, Users, sample, sqlite_of_samples};

/// Nothing listens there: `init` and `check` must not ask.
fn place() -> Place {
    Place::at("http://127.0.0.1:9/grid/2025-10-13")
}

fn init(place: &Place, words: &str) -> Ended {
    place.run("init").args(words).end()
}

/// The summary of `check` with the file as it is.
fn check(place: &Place) -> Ended {
    place
        .check()
        .without("--csv")
        .without("--base-url")
        .args("--config gridsync.toml --no-rejects")
        .end()
}

/// What is left to decide: each field, and the line of the file that is named for it.
fn undecided(place: &Place, ended: &Ended) -> Vec<(String, String)> {
    let file = place.read_text("gridsync.toml");
    let lines: Vec<&str> = file.lines().collect();
    let all = ended.summary()["details"]["undecided"]
        .as_array()
        .expect("a list")
        .clone();
    let one = |one: &Value| {
        let line = usize::try_from(one["line"].as_u64().expect("a line")).expect("a small number");
        (
            one["field"].as_str().expect("a field").to_owned(),
            lines[line - 1].to_owned(),
        )
    };
    all.iter().map(one).collect()
}

/// The file with one text in place of another, which it must have.
#[track_caller]
fn edit(place: &Place, from: &str, to: &str) {
    let text = place.read_text("gridsync.toml");
    assert!(text.contains(from), "no `{from}` in\n{text}");
    place.write("gridsync.toml", text.replace(from, to));
}

#[test]
fn grids_own_header_is_mapped_and_nothing_is_left_to_decide() {
    for (csv, edition) in [("users.csv", "2026-08"), ("users-2025-10.csv", "2025-10")] {
        let place = place();
        let ended = place
            .run("init")
            .arg(sample(csv))
            .args("--edition")
            .arg(edition)
            .end();
        ended.exits(0);
        assert_eq!(
            ended.summary()["details"]["undecided"],
            json!([]),
            "{}",
            ended.told()
        );
        assert_eq!(
            ended.next_command(),
            Some("gridsync check --config gridsync.toml")
        );
        check(&place).exits(0);
    }
}

#[test]
fn an_export_with_names_of_its_own_needs_three_decisions() {
    let place = place();
    let ended = place.run("init").arg(sample("members.csv")).end();
    ended.exits(0);
    assert_eq!(
        undecided(&place, &ended),
        [
            (
                "endUserTermsConsent.termsVersion",
                "# \"endUserTermsConsent.termsVersion\" = { value = \"V1\" }"
            ),
            (
                "endUserTermsConsent.acceptanceMethod",
                "# \"endUserTermsConsent.acceptanceMethod\" = { value = \"CHECKBOX\" }"
            ),
            ("address.country", "[fields.\"address.country\"]"),
        ]
        .map(|(field, line)| (field.to_owned(), line.to_owned()))
    );
    check(&place)
        .exits(3)
        .counts("source_rows 1000, rejected 74");
    edit(&place, "# \"endUserTermsConsent.", "\"endUserTermsConsent.");
    edit(
        &place,
        "column = \"country\"",
        "column = \"country\"\ndefault = \"US\"",
    );
    check(&place).exits(0).counts("source_rows 1000");
}

#[test]
fn no_value_of_a_row_goes_into_the_file_but_words_of_lists() {
    let place = place();
    place.run("init").arg(sample("members.csv")).end().exits(0);
    let written = place.read_text("gridsync.toml");
    let csv = fs::read_to_string(sample("members.csv")).expect("a sample");
    let first = csv.lines().nth(1).expect("a row").split(',');
    let values: Vec<&str> = first
        .filter(|cell| cell.len() > 4 && !cell.contains("Portugal"))
        .collect();
    assert!(values.len() > 6, "{values:?}");
    for cell in csv.lines().skip(1).flat_map(|line| line.split(',')) {
        let is_somebodys = cell.contains('@') || cell.starts_with('+') || cell.starts_with("M-");
        assert!(!is_somebodys || !written.contains(cell), "{cell}");
    }
    for value in values {
        assert!(!written.contains(value), "{value}");
    }
}

/// An export as somebody might have it.
const STRANGE: &str = "\
User ID;Account Type;Given Name;Surname;Company Name;Date Of Birth;E-Mail;Tel.;Addr1;PLZ;Ort;Land;VAT No;Notes
1001;private;Ada;Vey;;23/04/1985;ada@vey.dev;+4930123450;Hauptstr. 1;10115;Berlin;Deutschland;;likes tea
1002;firm;;;Vey GmbH;;office@vey.dev;+4930123451;Hauptstr. 2;10115;Berlin;Deutschland;DE125570114;
1003;private;Bob;Ray;;05/06/1975;bob@ray.dev;+4930123452;Hauptstr. 3;10115;Wien;Österreich;;
1004;private;Cid;Moe;;31/01/1990;cid@moe.dev;+4930123453;Hauptstr. 4;10115;Bern;Elbonia;;
1005;private;Dan;Poe;;01/12/1999;dan@poe.dev;+4930123454;Hauptstr. 5;10115;Bern;Elbonia;;
";

#[test]
fn the_file_reads_well() {
    let place = place();
    place.write("kunden.csv", STRANGE);
    let ended = place.run("init").in_words().args("kunden.csv").end();
    ended.exits(0);
    insta::assert_snapshot!(place.read_text("gridsync.toml"), @r###"
    # gridsync: a first configuration for kunden.csv, proposed from its header and 5 rows.
    #
    # Read it, decide what is marked "decide", and go on with
    #
    #     gridsync check --config gridsync.toml
    #
    # Of the rows, nothing stands here but words of closed lists that a map needs. Credentials never
    # stand here: they come from the environment or from files.

    [grid]
    edition = "2026-08"      # 2025-10 or 2026-08: both share one URL, so it must be said
    rate = "5/s"             # a ceiling; Grid publishes no limit, and 429 lowers it for a while

    [source]
    csv = "kunden.csv"
    delimiter = ";"

    # Grid field = column of the source, or a table that says more. `gridsync fields` lists the fields.
    # White space around a value is dropped; an empty cell is an absent value.
    [fields]
    platformCustomerId = "User ID"
    customerType = { column = "Account Type", map = { firm = "BUSINESS", private = "INDIVIDUAL" } }
    email = "E-Mail"
    phoneNumber = "Tel."

    "address.line1" = "Addr1"
    "address.city" = "Ort"
    "address.postalCode" = "PLZ"
    # decide: it is not known what 1 value means in `Land`
    # The map lacks "Elbonia".
    "address.country" = { column = "Land", map = { Deutschland = "DE", "Österreich" = "AT" } }

    fullName = { columns = ["Given Name", "Surname"], join = " " }
    birthDate = { column = "Date Of Birth", format = "%d/%m/%Y" }

    "businessInfo.legalName" = "Company Name"
    "businessInfo.taxId" = "VAT No"

    # Left to decide: take the comment sign from the lines that are right.
    #
    # decide: Grid requires it of every BUSINESS, and no column is known to have it
    # "businessInfo.country" = "COLUMN"
    #
    # decide: Grid requires it of every BUSINESS, and no column is known to have it
    # "businessInfo.incorporatedOn" = "COLUMN"

    # Columns that nothing takes: "Notes".

    [changes]
    create = true            # users without a customer are created
    update = "report"        # customers that differ from their user are named, not changed
    delete = false           # customers without a user are left alone

    [limits]                 # judged before the first write
    deletes = "1%"           # number or percent of the active customers; small sets are allowed 10
    source_shrink = "10%"    # how much smaller than last time the source may be
    rejects = "1%"           # how many rows may be invalid

    [state]
    path = "gridsync.sqlite" # relative to this file
    "###);
    insta::assert_snapshot!(ended.stdout, @r###"
    gridsync.toml: 12 fields mapped from 14 columns

    left to decide
      gridsync.toml:31  address.country              it is not known what 1 value means in `Land`
      gridsync.toml:42  businessInfo.country         Grid requires it of every BUSINESS, and no column is known to have it
      gridsync.toml:45  businessInfo.incorporatedOn  Grid requires it of every BUSINESS, and no column is known to have it

    of the first 5 rows, 2 are good
      address.country              NOT_IN_MAP  2 rows
      businessInfo.country         MISSING     1 row
      businessInfo.incorporatedOn  MISSING     1 row

    to go on  gridsync check --config gridsync.toml
    "###);
}

#[test]
fn a_file_that_exists_is_never_written_over() {
    let place = place().users(&Users::some(2)).config("# mine\n");
    init(&place, "users.csv")
        .exits(64)
        .says("gridsync.toml: exists already, and is not written over");
    assert_eq!(place.read_text("gridsync.toml"), "# mine\n");
    symlink("nowhere", place.path("link.toml")).expect("a link");
    init(&place, "users.csv --output link.toml").exits(64);
    assert!(!place.has("nowhere"), "not through a link either");
    init(&place, "users.csv --output other.toml").exits(0);
    assert!(
        place.has("other.toml"),
        "a broken file in the way of nothing is not read"
    );
}

#[test]
fn what_is_wrong_leaves_no_file_behind() {
    let place = place();
    place.write("empty.csv", "");
    place.write("book.xlsx", "PK\u{3}\u{4}");
    for (words, code, says) in [
        ("nowhere.csv", 65, "no such file"),
        (".", 65, "is a directory"),
        ("empty.csv", 65, "is empty"),
        ("book.xlsx", 65, "a zip archive or a workbook"),
        ("-", 64, "expected a file, which can be read again"),
        (
            "oracle://db/app",
            64,
            "expected a file, an address such as postgres://",
        ),
        ("env:NOT_SET", 64, "the variable NOT_SET is not set"),
        (
            "empty.csv --table users",
            64,
            "--table and --query go with a database only",
        ),
        (
            "postgres://db/app --table t --delimiter ;",
            64,
            "--delimiter goes with a CSV file only",
        ),
        ("empty.csv --output -", 64, "name a file with --output"),
    ] {
        init(&place, words).exits(code).says(says);
        assert!(!place.has("gridsync.toml"), "{words}");
    }
}

#[test]
fn a_day_that_may_be_a_month_is_decided_by_taking_a_comment_sign_away() {
    let place = place();
    place.write(
        "users.csv",
        "id,name,dob\n1,Ada Vey,03/04/1985\n2,Bob Ray,05/06/1990\n",
    );
    let ended = init(&place, "users.csv");
    ended.exits(0);
    let line = "# birthDate = { column = \"dob\", format = \"%d/%m/%Y\" }";
    assert_eq!(
        undecided(&place, &ended),
        [("birthDate".to_owned(), line.to_owned())]
    );
    check(&place).exits(0);
    edit(
        &place,
        "# birthDate = { column = \"dob\", format = \"%m/%d/%Y\" }",
        "birthDate = { column = \"dob\", format = \"%m/%d/%Y\" }",
    );
    check(&place).exits(0).counts("source_rows 2");
}

#[test]
fn a_source_without_anything_like_a_key_is_told_what_a_key_is() {
    let place = place();
    place.write("users.csv", "name,mail\nAda Vey,a@b.dev\nAda Vey,c@d.dev\n");
    let ended = place.run("init").in_words().args("users.csv").end();
    ended.exits(0);
    ended
        .says("no column is known to be the platform's own id of its users")
        .says("not ready to be checked");
    check(&place).exits(78).says("platformCustomerId");
}

#[test]
fn objects_in_json_lines_are_columns_with_dots() {
    let place = place();
    let line = |id: u32, born: &str| {
        json!({
            "id": id, "profile": { "first_name": "Ada", "last_name": "Vey", "dob": born },
            "address": { "street": "1 Road", "zip": "1010", "city": "Wien", "country": "Austria" },
            "emails": ["a@b.dev"], "tags": ["x;y", "z"],
        })
        .to_string()
    };
    place.write(
        "users.ndjson",
        [line(1, "1985-04-23"), line(2, "1990-01-31")].join("\n"),
    );
    init(&place, "users.ndjson").exits(0);
    let text = place.read_text("gridsync.toml");
    for part in [
        "ndjson = \"users.ndjson\"",
        "fullName = { columns = [\"profile.first_name\", \"profile.last_name\"], join = \" \" }",
        "birthDate = \"profile.dob\"",
        "\"address.country\" = { column = \"address.country\", map = { Austria = \"AT\" } }",
        "customerType = { value = \"INDIVIDUAL\" }",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    check(&place).exits(0).counts("source_rows 2");
}

#[test]
fn a_file_elsewhere_is_named_so_that_it_is_found() {
    let place = place().users(&Users::some(3));
    fs::create_dir(place.path("etc")).expect("a folder");
    init(&place, "users.csv --output etc/gridsync.toml").exits(0);
    let run = place.check().without("--csv").without("--base-url");
    run.args("--config etc/gridsync.toml")
        .end()
        .exits(0)
        .counts("source_rows 3");
}

#[test]
fn the_configuration_can_go_to_stdout_and_the_rest_to_stderr() {
    let place = place().users(&Users::some(3));
    let ended = place
        .run("init")
        .in_words()
        .args("users.csv --output -")
        .end();
    ended.exits(0);
    assert!(
        ended
            .stdout
            .starts_with("# gridsync: a first configuration"),
        "{}",
        ended.told()
    );
    assert!(
        ended.stderr.contains("fields mapped from"),
        "{}",
        ended.told()
    );
    place.write("gridsync.toml", &ended.stdout);
    check(&place).exits(0).counts("source_rows 3");
}

#[test]
fn an_sqlite_file_is_told_by_its_first_bytes_and_asked_for_its_tables() {
    let place = place();
    sqlite_of_samples(&place);
    fs::rename(place.path("app.sqlite"), place.path("users.csv")).expect("renamed");
    init(&place, "users.csv")
        .exits(64)
        .says("say what is read of the database: --table");
    init(&place, "users.csv --table users").exits(0);
    assert!(
        place
            .read_text("gridsync.toml")
            .contains("sqlite = \"users.csv\"\ntable = \"users\"\n")
    );
    let checked = check(&place);
    assert!(matches!(checked.code(), Some(0 | 3)), "{}", checked.told());
    assert_eq!(checked.count("source_rows"), 1000);
    init(&place, "users.csv --table user --output other.toml")
        .exits(65)
        .says("there is no table or view `user`");
}

#[test]
fn a_database_is_asked_for_its_tables_and_then_for_one_of_them() {
    for kind in Kind::SERVERS {
        let (place, database) = (place(), Database::of_samples(kind));
        let url = database.url();
        let run = |words: &str| {
            place
                .run("init")
                .args("env:DATABASE_URL")
                .env("DATABASE_URL", &url)
                .args(words)
                .end()
        };
        run("").exits(64).says("users");
        assert!(!place.has("gridsync.toml"));
        let ended = run("--table users");
        ended.exits(0);
        let text = place.read_text("gridsync.toml");
        let key = kind.setting();
        assert!(
            text.contains(&format!(
                "{key} = \"env:DATABASE_URL\"\ntable = \"users\"\n"
            )),
            "{text}"
        );
        let checked = place
            .check()
            .without("--csv")
            .without("--base-url")
            .args("--config gridsync.toml --no-rejects")
            .env("DATABASE_URL", &url)
            .end();
        assert!(matches!(checked.code(), Some(0 | 3)), "{}", checked.told());
        assert_eq!(checked.count("source_rows"), 1000);
        run("--table nobody --output other.toml")
            .exits(65)
            .says("nobody");
        let query = "SELECT * FROM users LIMIT 3";
        let queried = place
            .run("init")
            .args("env:DATABASE_URL --query")
            .arg(query);
        let queried = queried
            .env("DATABASE_URL", &url)
            .args("--output query.toml")
            .end();
        queried.exits(0);
        assert!(
            place
                .read_text("query.toml")
                .contains(&format!("query = \"{query}\"\n"))
        );
    }
}

#[test]
fn a_password_on_the_command_line_is_refused_with_the_way_to_do_it() {
    let place = place();
    for url in [
        "postgres://me:hunter2@db.internal/app",
        "mysql://me:hunter2@db.internal/app",
    ] {
        let ended = place.run("init").arg(url).args("--table users").end();
        ended.exits(64).says("env:DATABASE_URL");
        assert!(!ended.told().contains("hunter2"), "{}", ended.told());
    }
}

#[test]
fn a_server_that_does_not_answer_is_told_by_its_name() {
    let place = place();
    for url in [
        "postgres://me@127.0.0.1:9/app",
        "mysql://me@127.0.0.1:9/app",
    ] {
        let ended = place.run("init").arg(url).args("--table users").end();
        assert_ne!(ended.code(), Some(0), "{}", ended.told());
        ended.says("127.0.0.1:9").says("cannot connect");
        assert!(!place.has("gridsync.toml"));
    }
}
