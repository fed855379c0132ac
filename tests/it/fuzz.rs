//! Whatever comes in: arbitrary bytes, and samples that were damaged at random. Nothing panics, nothing takes
//! long, and no error tells a value. `PROPTEST_CASES=100000` looks for longer.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use gridsync::cli;
use gridsync::config::{self, Env};
use gridsync::engine::{Trial, try_rows, verify_plan};
use gridsync::exit::chain;
use gridsync::model::{Edition, MappingSpec, Row};
use gridsync::source::{CsvSettings, CsvSource, Input, NdjsonSettings, NdjsonSource, Source};
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{Grid, Place, Users, sample};

/// Stands in values, and in no name.
const CANARY: &str = "xyzzy";

/// So many cases, or as many as were asked for.
fn cases(usual: u32) -> ProptestConfig {
    let asked = env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(usual),
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..ProptestConfig::default()
    }
}

/// What a damaged disk, a bad export or a bad person does to a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Insert(usize, Vec<u8>),
    Delete(usize, usize),
    Repeat(usize, usize, usize),
    Cut(usize),
}

/// What matters to some parser or other.
const TELLING: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"#",
    b"'",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\x1f\x8b",
    b"-1e999",
    b"=",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<usize>();
    let bytes = prop_oneof![
        3 => proptest::sample::select(&TELLING[..]).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 1..6),
    ];
    prop_oneof![
        4 => (at(), 1..=255u8).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        4 => (at(), bytes).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        3 => (at(), 1..40usize).prop_map(|(at, length)| Damage::Delete(at, length)),
        1 => (at(), 1..60usize, 2..200usize).prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
        1 => at().prop_map(Damage::Cut),
    ]
}

fn damaged(good: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for damage in damages {
        let place = |at: usize| at % (bytes.len() + 1);
        match damage {
            Damage::Flip(at, bits) => {
                let at = place(*at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Damage::Insert(at, new) => {
                let at = place(*at);
                bytes.splice(at..at, new.iter().copied());
            }
            Damage::Delete(at, length) => {
                let at = place(*at);
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Damage::Repeat(at, length, times) => {
                let at = place(*at);
                let end = (at + length).min(bytes.len());
                let part = bytes[at..end].repeat(*times);
                bytes.splice(at..at, part);
            }
            Damage::Cut(at) => {
                let at = place(*at);
                bytes.truncate(at);
            }
        }
    }
    bytes
}

fn some_damage() -> impl Strategy<Value = Vec<Damage>> {
    vec(damage(), 1..6)
}

fn head_of(name: &str, lines: usize) -> Vec<u8> {
    let bytes = fs::read(sample(name)).expect("a sample");
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').take(lines);
    lines.flatten().copied().collect()
}

/// A folder for the cases, one after the other.
fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Reads to the end, and maps and validates each row.
fn read_through(source: &dyn Source, spec: &MappingSpec) -> Result<(), TestCaseError> {
    let mut told = Vec::new();
    let mut rows = Vec::new();
    match source.rows() {
        Err(error) => told.push(chain(&error)),
        Ok(mut pass) => {
            let mut row = Row::default();
            loop {
                match pass.next(&mut row) {
                    Ok(true) => rows.push(row.clone()),
                    Ok(false) => break,
                    Err(error) => {
                        told.push(chain(&error));
                        break;
                    }
                }
            }
            let today = "2026-08-01".parse().expect("a date");
            let header = pass.header();
            let trial = try_rows(spec, Edition::E2026_08, today, header, &rows);
            // A fault of the mapping names columns, and a file without a header has values there.
            if let Trial::Rows { .. } = trial {
                told.push(trial.as_json().to_string());
            }
        }
    }
    for text in told {
        prop_assert!(!text.contains(CANARY), "{text}");
    }
    Ok(())
}

fn csv(path: &Path) -> CsvSource {
    CsvSource::new(CsvSettings::new(Input::Path(path.to_owned())))
}

fn ndjson(path: &Path) -> NdjsonSource {
    NdjsonSource::new(NdjsonSettings::new(Input::Path(path.to_owned())))
}

static CSV: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let users = Users::some(12)
        .with("usr_00001", "fullName", "xyzzy \"Ada\", the xyzzy")
        .with("usr_00002", "address.line1", "xyzzy\nxyzzy")
        .with("usr_00003", "birthDate", "xyzzy")
        .with("usr_00004", "email", "xyzzy at home")
        .with("usr_00005", "address.country", "xyzzy");
    users.csv().into_bytes()
});

static NDJSON: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let users = Users::some(12)
        .with(
            "usr_00001",
            "fullName",
            "xyzzy \"Ada\", the xyzzy \u{1f600}",
        )
        .with("usr_00003", "birthDate", "xyzzy");
    users.ndjson().into_bytes()
});

static FAULTY: LazyLock<Vec<u8>> = LazyLock::new(|| head_of("users-faulty.csv", 40));

#[test]
fn any_bytes_are_a_csv_file_or_an_error() {
    let folder = folder();
    let path = folder.path().join("users.csv");
    proptest!(cases(300), |(bytes in vec(any::<u8>(), 0..3000))| {
        fs::write(&path, &bytes)?;
        read_through(&csv(&path), &MappingSpec::default())?;
    });
    proptest!(cases(300), |(text in "[a-z,;\"\r\n\t\u{feff}é]{0,400}")| {
        fs::write(&path, &text)?;
        read_through(&csv(&path), &MappingSpec::default())?;
    });
}

#[test]
fn a_damaged_csv_file_is_rows_or_an_error_without_a_value() {
    let folder = folder();
    let path = folder.path().join("users.csv");
    proptest!(cases(400), |(damages in some_damage(), faulty in any::<bool>())| {
        let good = if faulty { &*FAULTY } else { &*CSV };
        fs::write(&path, damaged(good, &damages))?;
        read_through(&csv(&path), &MappingSpec::default())?;
    });
}

/// Names that are nobody's are compared with those that are: a file of names must not take for ever.
#[test]
fn a_header_of_many_or_long_names_is_read_in_no_time() {
    let folder = folder();
    let wide = folder.path().join("wide.csv");
    let many: Vec<String> = (0..16_000).map(|nth| format!("some_name_{nth}")).collect();
    let long = "fullName ".repeat(500_000);
    let lines = folder.path().join("wide.ndjson");
    let members: Vec<String> = (0..4000)
        .map(|nth| format!("\"{nth}{}\":1", "x".repeat(250)))
        .collect();
    fs::write(&lines, format!("{{{}}}\n", members.join(","))).expect("ours");
    let begun = Instant::now();
    for header in [many.join(","), long] {
        fs::write(&wide, header).expect("ours");
        read_through(&csv(&wide), &MappingSpec::default()).expect("it is read");
    }
    read_through(&ndjson(&lines), &MappingSpec::default()).expect("it is read");
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_header_of_more_columns_than_any_table_has_is_refused() {
    let folder = folder();
    let path = folder.path().join("users.csv");
    let refused = |columns: usize| {
        fs::write(&path, vec![b','; columns - 1]).expect("ours");
        let error = csv(&path).rows().err();
        error.map(|error| chain(&error))
    };
    assert_eq!(refused(16_384), None);
    let told = refused(16_385).expect("it is refused");
    assert!(
        told.contains("line 1") && told.contains("16384 columns"),
        "{told}"
    );
}

#[test]
fn any_bytes_are_json_lines_or_an_error() {
    let folder = folder();
    let path = folder.path().join("users.ndjson");
    proptest!(cases(300), |(bytes in vec(any::<u8>(), 0..3000))| {
        fs::write(&path, &bytes)?;
        read_through(&ndjson(&path), &MappingSpec::default())?;
    });
    proptest!(cases(300), |(text in r#"([\[\]{}:,"\n ]|"[a-z.\\u]{0,8}"|-?[0-9.eE+]{1,9}|null|true){0,120}"#)| {
        fs::write(&path, &text)?;
        read_through(&ndjson(&path), &MappingSpec::default())?;
    });
}

#[test]
fn damaged_json_lines_are_rows_or_an_error_without_a_value() {
    let folder = folder();
    let path = folder.path().join("users.ndjson");
    proptest!(cases(400), |(damages in some_damage())| {
        fs::write(&path, damaged(&NDJSON, &damages))?;
        read_through(&ndjson(&path), &MappingSpec::default())?;
    });
}

#[test]
fn a_damaged_archive_is_rows_or_an_error() {
    let folder = folder();
    let path = folder.path().join("users.csv");
    let packed = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packer, &CSV).expect("memory takes it");
        packer.finish().expect("memory takes it")
    };
    proptest!(cases(200), |(damages in some_damage())| {
        fs::write(&path, damaged(&packed, &damages))?;
        read_through(&csv(&path), &MappingSpec::default())?;
    });
}

/// A configuration's text, and, if it is one, what it makes of a file's rows.
fn configured(folder: &Path, text: &[u8]) -> Result<(), TestCaseError> {
    let path = folder.join("gridsync.toml");
    fs::write(&path, text)?;
    let words = ["gridsync", "check", "--config"].map(Into::into);
    let words = words.into_iter().chain([path.into_os_string()]);
    let Ok(cli) = cli::parse(words) else {
        return Err(TestCaseError::fail("the command line is good"));
    };
    match config::resolve(&cli, &Env::default()) {
        Err(error) => {
            let told = chain(&error);
            prop_assert!(!told.contains(CANARY), "{told}");
            Ok(())
        }
        Ok(config) => {
            let told = format!("{:?}", config.source);
            prop_assert!(!told.contains(CANARY), "{told}");
            read_through(&csv(&sample("members.csv")), &config.fields)
        }
    }
}

#[test]
fn a_damaged_configuration_is_one_or_an_error_without_its_secrets() {
    let folder = folder();
    let good = fs::read(sample("gridsync.toml")).expect("a sample");
    proptest!(cases(150), |(damages in some_damage())| {
        configured(folder.path(), &damaged(&good, &damages))?;
    });
    proptest!(cases(300), |(text in r#"(\[(grid|fields|source|x)\]\n|[a-zA-Z."]{1,20} = ("[a-z%|:]{0,9}"|\{ (column|value|map|format|columns|join) = ("[a-z%]{0,5}"|\["a", "b"\]|\{ a = "b" \}) \}|[0-9]{1,30}|true|\[\])\n){0,12}"#)| {
        configured(folder.path(), text.as_bytes())?;
    });
    proptest!(cases(150), |(bytes in vec(any::<u8>(), 0..500))| {
        configured(folder.path(), &bytes)?;
    });
}

#[test]
fn a_secret_in_a_damaged_configuration_is_not_told() {
    let folder = folder();
    let good = "[source]\npostgres = \"postgres://ada:xyzzy@db.internal:5432/app\"\ntable = \"users\"\n\
                [grid]\nclient_secret = \"xyzzy\"\nrate = \"5/s\"\n";
    // Damage that leaves the key's name: a secret under another name is a text like any other.
    let inside = (8..good.len(), proptest::sample::select(&TELLING[..]));
    proptest!(cases(600), |((at, new) in inside)| {
        let mut bytes = good.as_bytes().to_vec();
        let word = |from: &str| { let at = good.find(from).expect("it is there"); at..at + from.len() };
        let spared = ["postgres =", "client_secret =", "xyzzy@", "\"xyzzy\""].map(word);
        if !spared.iter().any(|word| word.contains(&at)) {
            bytes.splice(at..at, new.iter().copied());
        }
        configured(folder.path(), &bytes)?;
    });
}

#[test]
fn a_damaged_plan_is_refused_or_means_the_same() {
    let grid = Grid::new().seed(Users::some(3).ndjson().as_bytes()).start();
    let users = Users::some(6)
        .with("usr_00002", "fullName", "Eve Other")
        .raw("too,few");
    let place = Place::on(&grid).users(&users);
    place.plan().args("-o the.plan --max-rejects 9").end();
    let good = place.read("the.plan");
    let path = place.path("the.plan");
    let meant = |(header, footer)| format!("{header:?} {footer:?}");
    let first = meant(verify_plan(&path).expect("it is good"));
    proptest!(cases(600), |(damages in some_damage())| {
        let bytes = damaged(&good, &damages);
        fs::write(&path, &bytes)?;
        if let Ok(read) = verify_plan(&path) {
            prop_assert_eq!(meant(read), first.clone());
            let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "").trim_end().to_owned();
            let (now, before) = (lines(&bytes), lines(&good));
            // What the digest does not hold is how the last line is spelt.
            let body = |text: &str| text.rsplit_once('\n').map(|(body, _)| body.to_owned());
            prop_assert_eq!(body(&now), body(&before));
        }
    });
    proptest!(cases(200), |(bytes in vec(any::<u8>(), 0..2000))| {
        fs::write(&path, &bytes)?;
        prop_assert!(verify_plan(&path).is_err());
    });
}

#[test]
fn a_plan_without_line_ends_is_refused_in_bounds() {
    let place = Place::at("http://127.0.0.1:1/grid");
    fs::write(place.path("the.plan"), vec![b'x'; 40_000_000]).expect("ours");
    let error = verify_plan(&place.path("the.plan")).expect_err("no plan");
    assert!(error.to_string().len() < 500, "{error}");
}

#[test]
fn a_damaged_state_file_is_refused_or_used() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(40));
    place.sync().end().exits(0);
    place.run("status").end().exits(0);
    let good = place.read("state.sqlite");
    let damage = prop_oneof![
        3 => vec((any::<usize>(), 1..=255u8).prop_map(|(at, bits)| Damage::Flip(at, bits)), 1..40),
        1 => some_damage(),
        1 => vec((0..120usize, 1..=255u8).prop_map(|(at, bits)| Damage::Flip(at, bits)), 1..3),
    ];
    proptest!(cases(12), |(damages in damage)| {
        for journal in ["state.sqlite-wal", "state.sqlite-shm"] {
            let _ = fs::remove_file(place.path(journal));
        }
        fs::write(place.path("state.sqlite"), damaged(&good, &damages))?;
        for run in [place.run("status"), place.plan()] {
            let end = run.end();
            prop_assert!(!end.told().contains("panicked"), "{}", end.told());
            prop_assert!(matches!(end.code(), Some(0 | 2 | 3 | 4 | 10)), "{:?} {}", end.code(), end.told());
        }
    });
}
