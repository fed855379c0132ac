//! Where personal data must not be: on the terminal, in logs, in the state, in plans. Every cell and
//! both halves of the credentials hold a word that occurs nowhere else.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

mod addresses;
mod ends;
mod sources;

use crate::support::{Ended, Grid, Place, Run, Users};

/// In values and in the secret, in lower case; the header with the secret as well.
const WORDS: [&str; 6] = [
    "xyzzy",
    "dghllxrva2vuonh5enp5lxnly3jld",
    "1907-07-17",
    "19995550199",
    "999-55-0199",
    "90210-7",
];

/// What a story puts there itself, and the one file of ours that is for values.
const HOLD_VALUES: [&str; 5] = [
    "users.csv",
    "users.ndjson",
    "users.sqlite",
    "database-url",
    "rejects.csv",
];

fn canaries() -> Users {
    Users::none()
        .user(&[
            ("platformCustomerId", "usr_1"),
            ("customerType", "INDIVIDUAL"),
            ("email", "xyzzy@mail.fairwind-post.net"),
            ("phoneNumber", "+19995550199"),
            ("umaAddress", "$xyzzy@emulator.example"),
            ("fullName", "Xyzzy Vey"),
            ("birthDate", "1907-07-17"),
            ("address.line1", "1 Xyzzy Street"),
            ("address.line2", "Xyzzy"),
            ("address.city", "Xyzzyville"),
            ("address.postalCode", "90210-7"),
            ("address.country", "US"),
            ("idType", "SSN"),
            ("identifier", "999-55-0199"),
            ("secretNotes", "xyzzy"),
        ])
        .user(&[
            ("platformCustomerId", "biz_1"),
            ("customerType", "BUSINESS"),
            ("email", "office@xyzzy.net"),
            ("businessInfo.legalName", "Xyzzy AG"),
            ("businessInfo.country", "DE"),
            ("businessInfo.taxId", "XYZZY1"),
            ("businessInfo.incorporatedOn", "1907-07-17"),
        ])
}

/// The same, with a fault in many cells.
fn bad_canaries() -> Users {
    canaries()
        .with("usr_1", "email", "xyzzy at home")
        .with("usr_1", "phoneNumber", "call xyzzy")
        .with("usr_1", "birthDate", "xyzzy")
        .with("usr_1", "customerType", "xyzzy")
        .with("usr_1", "address.country", "xyzzy")
        .with("biz_1", "businessInfo.incorporatedOn", "xyzzy")
        .raw("xyzzy,too,few")
        .raw("usr_2,INDIVIDUAL,\"xyzzy\"xyzzy\",,,,,,,,,,,,,,,,,")
}

fn loudly(run: Run) -> Run {
    run.arg("-vvv")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .env("GRID_CLIENT_ID", "the-token")
        .env("GRID_CLIENT_SECRET", "xyzzy-secret")
}

#[track_caller]
fn assert_silent(place: &Place, ended: &Ended) {
    assert_no_word("stdout", ended.stdout.as_bytes());
    assert_no_word("stderr", ended.stderr.as_bytes());
    for path in files(place.folder()) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let may_hold = HOLD_VALUES.contains(&name);
        if !may_hold {
            assert_no_word(name, &fs::read(&path).expect("a file of ours"));
        }
    }
}

#[track_caller]
fn assert_no_word(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for word in WORDS {
        if let Some(at) = text.find(word) {
            let around: String = text[..at].chars().rev().take(200).collect();
            let before: String = around.chars().rev().collect();
            panic!("{place} holds `{word}`, after `{before}`");
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of ours");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Every way of telling what goes on.
fn every_output(run: impl Fn() -> Run, code: i32, place: &Place) {
    let json = loudly(run()).end();
    json.exits(code);
    assert_silent(place, &json);
    let words = loudly(run()).in_words().end();
    assert_silent(place, &words);
    let events = loudly(run()).in_words().arg("--events").end();
    assert_silent(place, &events);
    let log = loudly(run()).in_words().args("--log-format json").end();
    assert_silent(place, &log);
}

#[test]
fn a_run_that_succeeds_tells_no_value() {
    let grid = Grid::new().credential("the-token", "xyzzy-secret").start();
    let place = Place::on(&grid).users(&canaries());
    every_output(|| place.plan().args("-o the.plan"), 0, &place);
    assert!(place.has("the.plan") && place.has("state.sqlite"));
    every_output(|| place.sync(), 0, &place);
    let drifted = canaries()
        .with("usr_1", "address.city", "New Xyzzy")
        .without("biz_1");
    place.set_users(&drifted);
    every_output(|| place.plan().args("--delete -o the.plan"), 0, &place);
    every_output(|| place.run("status"), 0, &place);
}

#[test]
fn bad_rows_are_told_without_their_values() {
    let grid = Grid::new().credential("the-token", "xyzzy-secret").start();
    let place = Place::on(&grid).users(&bad_canaries());
    every_output(|| place.check(), 3, &place);
    assert!(
        place.read_text("rejects.csv").contains("xyzzy"),
        "the rejects are the original cells"
    );
    every_output(|| place.plan().args("-o the.plan"), 4, &place);
    every_output(|| place.sync().args("--max-rejects 10"), 3, &place);
}

#[test]
fn a_grid_that_says_no_or_nothing_makes_nobody_talk() {
    for fault in [
        "auth-revoked@2-",
        "create/error-500-before",
        "create/html-200=#1",
        "create/truncated-json=#1",
        "create/malformed-json=#1",
        "wrong-customer=#1",
    ] {
        let grid = Grid::new().fault(fault).start();
        let place = Place::on(&grid)
            .users(&canaries())
            .config("[grid]\nattempts = 1\n");
        let ended = loudly(place.sync()).end();
        assert_silent(&place, &ended);
        let events = loudly(place.sync()).in_words().arg("--events").end();
        assert_silent(&place, &events);
    }
}

#[test]
fn an_answer_that_repeats_what_was_sent_is_not_repeated() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "409 Conflict",
        "422 Unprocessable",
        "500 Internal Server Error",
        "502 Bad Gateway",
    ] {
        let place = Place::at(&an_echo(status))
            .users(&canaries())
            .config("[grid]\nattempts = 1\n");
        let ended = loudly(place.sync()).end();
        assert_ne!(ended.code(), Some(0), "{}", ended.told());
        assert_ne!(ended.code(), Some(1), "{}", ended.told());
        assert_silent(&place, &ended);
        let words = loudly(place.sync()).in_words().end();
        assert_silent(&place, &words);
        let again = loudly(place.sync()).args("--rejects rejects.csv --log-format json");
        assert_silent(&place, &again.in_words().end());
    }
}

/// A server that lists nobody, and answers every create with an error that holds the whole body in
/// every text that it has.
fn an_echo(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo(stream, status));
        }
    });
    format!("http://{address}/grid/2025-10-13")
}

/// One request and its answer. A client that hangs up ends it.
fn echo(stream: TcpStream, status: &str) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut line, mut length, mut reads) = (String::new(), 0, false);
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        reads |= line.starts_with("GET");
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent).ok()?;
    let sent = String::from_utf8_lossy(&sent);
    let (status, body) = if reads {
        (
            "200 OK",
            serde_json::json!({ "data": [], "hasMore": false, "totalCount": 0 }),
        )
    } else {
        (
            status,
            serde_json::json!({
                "status": 400, "code": sent, "message": sent, "reason": sent,
                "details": { "field": sent, "errors": [{ "field": sent, "message": sent }] },
            }),
        )
    };
    let is_page = status.starts_with("502");
    let (body, kind) = if is_page {
        (format!("<html><h1>{sent}</h1></html>"), "text/html")
    } else {
        (body.to_string(), "application/json")
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nX-Request-Id: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        "req-1907",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}
