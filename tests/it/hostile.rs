//! A server that means harm: it can neither exhaust the memory, nor hold the run for ever, nor write to
//! the operator's terminal, nor be given what is meant for another one.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Ended, Place, Run, Server, Users, read_request};

/// The most resident memory, in kB, whatever is answered.
const MOST_MEMORY: u64 = 150_000;

/// Three scans, each with one request of a second, on a machine that is busy.
const LONGEST: Duration = Duration::from_secs(20);

/// Once, so that the stories need not wait for what they expect to fail again.
const ONCE: &str = "[grid]\nattempts = 1\n";

fn place(server: &Server) -> Place {
    Place::at(&server.base_url())
        .users(&Users::some(2))
        .config(ONCE)
}

/// Runs to the end within bounds, and leaves nothing raw behind.
#[track_caller]
fn bounded(run: Run) -> Ended {
    let begun = Instant::now();
    let running = run.spawn();
    let status = format!("/proc/{}/status", running.id());
    let (over, ended) = mpsc::channel::<()>();
    let sampler = thread::spawn(move || {
        let mut peak = 0;
        while ended.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
            peak = high_water(&status).unwrap_or(0).max(peak);
        }
        peak
    });
    let end = running.end();
    drop(over);
    let (peak, took) = (sampler.join().expect("it only reads"), begun.elapsed());
    assert!(peak < MOST_MEMORY, "{peak} kB\n{:.2000}", end.told());
    assert!(took < LONGEST, "{took:?}\n{:.2000}", end.told());
    assert_plain(&end);
    end
}

fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// No character that a terminal would act on.
#[track_caller]
fn assert_plain(end: &Ended) {
    for text in [&end.stdout, &end.stderr] {
        let raw = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
        if let Some(at) = text.find(raw) {
            panic!("a raw {:?} in {:.2000}", text[at..].chars().next(), text);
        }
    }
}

fn page(customers: &[Value], next: Option<&str>) -> String {
    json!({ "data": customers, "hasMore": next.is_some(), "nextCursor": next }).to_string()
}

fn customer(id: &str, key: &str) -> Value {
    json!({ "id": id, "platformCustomerId": key, "customerType": "INDIVIDUAL", "kycStatus": "APPROVED" })
}

fn ok(body: String) -> (u16, String, String) {
    (200, String::new(), body)
}

/// Bytes for ever, or until the client hangs up.
fn flood(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let chunk = bytes.repeat(64 * 1024 / bytes.len());
    loop {
        stream.write_all(&chunk)?;
    }
}

/// A byte every now and then, for ever.
fn drip(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    // The client has nothing more to say: what ends the read is its time.
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    for byte in bytes.iter().cycle() {
        stream.write_all(&[*byte])?;
        if matches!(stream.read(&mut [0]), Ok(0)) {
            break;
        }
    }
    Ok(())
}

/// What one answer of this kind does to a plan.
#[track_caller]
fn plan_against(
    answer: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> Ended {
    let server = Server::new(move |_, stream| answer(stream));
    let end = bounded(place(&server).plan());
    end.exits(6);
    end
}

#[test]
fn a_body_without_end_is_cut_off() {
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        flood(stream, b" ")
    })
    .says("too large");
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")?;
        flood(stream, b" ")
    })
    .says("too large");
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        flood(stream, b"1\r\n \r\n")
    });
}

#[test]
fn a_refusal_without_end_is_a_refusal() {
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 500 X\r\n\r\n")?;
        flood(stream, b"<html>")
    })
    .says("answered 500");
}

#[test]
fn json_that_would_grow_in_memory_is_not_parsed() {
    for part in [r#"{"a":0},"#, "0,", "[],", "{},"] {
        plan_against(move |stream| {
            let parts = part.repeat(3_900_000 / part.len());
            let body = format!(r#"{{"hasMore":false,"data":[{parts}0]}}"#);
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        })
        .says("too large");
    }
}

#[test]
fn json_that_is_deep_is_no_answer() {
    for depth in [50_000, 100_000] {
        plan_against(move |stream| {
            let body = format!(r#"{{"data":{}"#, "[".repeat(depth));
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        });
    }
}

#[test]
fn a_header_of_ten_megabytes_is_no_answer() {
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")?;
        stream.write_all(&b"x".repeat(10_000_000))?;
        stream.write_all(b"\r\nContent-Length: 0\r\n\r\n")
    });
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        flood(stream, b"X-More: x\r\n")
    });
}

#[test]
fn an_answer_that_drips_is_given_up_in_time() {
    plan_against(|stream| {
        drip(
            stream,
            b"HTTP/1.1 200 OK\r\nX-Slow: xxxxxxxxxxxxxxxxxxxxxxxx",
        )
    })
    .says("in time");
    plan_against(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
        drip(stream, b" ")
    })
    .says("in time");
}

#[test]
fn a_storm_of_interim_answers_ends_in_time() {
    plan_against(|stream| flood(stream, b"HTTP/1.1 102 Processing\r\n\r\n"));
    plan_against(|stream| flood(stream, b"HTTP/1.1 100 Continue\r\n\r\n"));
}

#[test]
fn a_compressed_bomb_is_not_unpacked() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        packed.write_all(&zeros).expect("memory takes it");
    }
    let packed = packed.finish().expect("memory takes it");
    assert!(packed.len() < 4_000_000, "it is no bomb");
    let server = Server::new(move |_, stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            packed.len()
        )?;
        stream.write_all(&packed)
    });
    bounded(place(&server).plan()).exits(6);
    let head = server.asked()[0].head.to_ascii_lowercase();
    assert!(!head.contains("accept-encoding"), "{head}");
}

#[test]
fn an_answer_to_nothing_is_not_the_answer_to_the_next_request() {
    // One connection says twice what was asked once; the second answer is nobody's.
    let server = Server::on_connect(|stream, _| {
        read_request(stream)?;
        let good = page(&[], None);
        let other = page(&[customer("Customer:other", "usr_00001")], None);
        for body in [good, other] {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )?;
        }
        // Kept open: a client that trusts it would go on here.
        stream.read(&mut [0]).map(drop)
    });
    let end = bounded(place(&server).plan());
    end.exits(0);
    assert_eq!(end.count("planned.create"), 2, "{}", end.told());
}

#[test]
fn an_answer_before_the_request_is_none() {
    let server = Server::on_connect(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
        stream.read(&mut [0]).map(drop)
    });
    bounded(place(&server).plan()).exits(6);
}

#[test]
fn a_list_that_never_ends_is_refused() {
    let numbers = AtomicU32::new(0);
    let nobody = Server::json(move |_| {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        ok(page(&[], Some(&format!("c{number}"))))
    });
    bounded(place(&nobody).plan()).exits(4).says("nobody new");

    let numbers = AtomicU32::new(0);
    let the_same = Server::json(move |_| {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let customers = [customer("Customer:1", "usr_00001")];
        ok(page(&customers, Some(&format!("c{number}"))))
    });
    bounded(place(&the_same).plan()).exits(4).says("nobody new");

    let repeating = Server::json(|_| ok(page(&[], Some("again"))));
    bounded(place(&repeating).plan()).exits(4).says("cursor");

    let long = Server::json(|_| ok(page(&[], Some(&"c".repeat(1_000_000)))));
    bounded(place(&long).plan()).exits(4).says("longer");
}

#[test]
fn ids_and_codes_of_a_megabyte_are_not_taken() {
    let long = "x".repeat(1_000_000);
    let body = page(&[customer(&long, "usr_00001")], None);
    let server = Server::json(move |_| ok(body.clone()));
    let end = bounded(place(&server).plan());
    end.exits(6).says("a customer's `id`");
    assert!(end.told().len() < 20_000);

    let long = "X".repeat(60_000);
    let body = json!({ "code": long, "message": long, "details": { "field": long } }).to_string();
    let headers = format!("X-Request-Id: {}\r\n", "r".repeat(5000));
    let server = Server::json(move |_| (400, headers.clone(), body.clone()));
    let end = bounded(place(&server).plan().args("-vv"));
    end.says("answered 400");
    assert!(end.told().len() < 20_000);

    let body = page(&[customer("Customer:1", &"k".repeat(1_000_000))], None);
    let server = Server::json(move |_| ok(body.clone()));
    let end = bounded(place(&server).plan().in_words().args("-vv"));
    assert!(end.told().len() < 20_000, "{} bytes", end.told().len());
}

const ESCAPES: &str =
    "\u{1b}[2J\u{1b}]0;canary\u{7}\u{9b}1m\r\u{0}\u{8}\n\u{202e}x\u{1b}]8;;http://evil\u{1b}\\";

/// Everything that a run prints, in every form, and what it leaves behind for people to look at.
#[track_caller]
fn assert_plain_in_every_form(place: &Place, run: impl Fn() -> Run) {
    for args in ["", "-vvv", "-vvv --log-format json", "--events"] {
        let end = bounded(run().in_words().args(args).env("RUST_LOG", "trace"));
        assert!(!end.stderr.contains('\u{202e}'), "{}", end.told());
        assert!(!end.stdout.contains('\u{202e}'), "{}", end.told());
    }
    bounded(run());
    for name in ["the.plan", "rejects.csv"] {
        if place.has(name) {
            let text = place.read_text(name);
            let raw = text.find(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}']);
            assert!(raw.is_none(), "{name}: {text}");
        }
    }
}

#[test]
fn what_grid_lists_does_nothing_to_a_terminal() {
    let customers: Vec<Value> = [ESCAPES, "../../x", "a/b?c#d", "\n", "Customer:\u{0}"]
        .iter()
        .map(|text| {
            let mut customer = customer(text, &format!("k{text}"));
            customer["kycStatus"] = json!(ESCAPES);
            customer["createdAt"] = json!(ESCAPES);
            customer["updatedAt"] = json!(ESCAPES);
            customer
        })
        .chain([customer("C:1", "usr_00001"), customer("C:2", "usr_00001")])
        .chain([customer(ESCAPES, "usr_00002")])
        .collect();
    let server = Server::json(move |asked| {
        if asked.path().contains("cursor") {
            ok(page(&customers, None))
        } else {
            ok(page(&[], Some(ESCAPES)))
        }
    });
    let place = place(&server);
    assert_plain_in_every_form(&place, || place.plan().args("-o the.plan"));
    assert_plain_in_every_form(&place, || place.run("status"));
    for format in ["csv", "json"] {
        let end = place
            .run("export")
            .in_words()
            .args(&format!("--format {format}"))
            .end();
        assert!(
            format == "csv" || !end.stdout.contains('\u{1b}'),
            "{}",
            end.told()
        );
    }
}

#[test]
fn what_grid_refuses_with_does_nothing_to_a_terminal() {
    let server = Server::json(|asked| {
        if asked.method() == "GET" {
            return ok(page(&[], None));
        }
        let body = json!({
            "code": ESCAPES, "message": ESCAPES,
            "details": { "field": ESCAPES, "errors": [{ "field": ESCAPES, "message": ESCAPES }] },
        });
        (400, String::new(), body.to_string())
    });
    let place = place(&server);
    assert_plain_in_every_form(&place, || place.sync().args("--rejects rejects.csv"));
    let end = place.sync().end();
    assert!(!end.told().contains("canary"), "{}", end.told());
}

#[test]
fn an_id_out_of_an_answer_stays_one_segment_of_a_path() {
    let id = "../../admin?x=1#y\r\nX-Evil: 1\u{0}";
    let made: Mutex<Vec<Value>> = Mutex::default();
    let server = Server::json(move |asked| {
        let mut made = made.lock().expect("nobody panics with it");
        match asked.method() {
            "GET" if asked.path().contains("external-accounts") => ok(page(&[], None)),
            "GET" | "DELETE" if asked.path().contains("/customers/..%2F") => {
                let key = |customer: &&Value| customer["platformCustomerId"] == "usr_00002";
                ok(made.iter().find(key).expect("it was made").to_string())
            }
            "GET" => ok(page(&made, None)),
            "POST" => {
                let sent: Value = serde_json::from_str(&asked.body).expect("ours is JSON");
                let key = sent["platformCustomerId"].as_str().expect("a key");
                let mut body = sent.clone();
                body["id"] = json!(format!("{id}{key}"));
                made.push(body.clone());
                (201, String::new(), body.to_string())
            }
            _ => ok(String::new()),
        }
    });
    let place = place(&server);
    bounded(place.sync()).exits(0);
    place.set_users(&Users::some(1));
    bounded(place.sync().args("--delete --confirm-source-rows 1")).exits(0);
    let deletes: Vec<String> = server
        .asked()
        .iter()
        .filter(|asked| asked.method() == "DELETE")
        .map(|asked| asked.path().to_owned())
        .collect();
    let one = "/grid/2025-10-13/customers/..%2F..%2Fadmin%3Fx%3D1%23y%0D%0AX-Evil:%201%00usr_00002";
    assert_eq!(deletes, [one]);
}

#[test]
fn a_redirect_is_told_and_never_followed() {
    for status in [301, 302, 307, 308] {
        let elsewhere = Server::json(|_| ok(page(&[], None)));
        for scheme in ["http", "https"] {
            let location = format!("Location: {scheme}://{}/grid\r\n", elsewhere.address());
            let server = Server::json(move |_| (status, location.clone(), String::new()));
            let end = bounded(place(&server).plan());
            end.exits(1).says("never followed");
            assert_eq!(server.asked().len(), 1);
        }
        assert!(elsewhere.asked().is_empty(), "{status}: it was followed");
    }
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    for url in [
        "http://grid.invalid/grid",
        "http://10.0.0.1/",
        "http://127.0.0.1.grid.invalid/",
        "http://[::ffff:10.0.0.1]/",
    ] {
        let place = Place::at(url).users(&Users::some(1));
        let end = place.plan().env("GRID_CLIENT_ID", "id").end();
        assert!(matches!(end.code(), Some(64 | 78)), "{}", end.told());
        end.says("https");
    }
}

/// A host that no name server knows: without a proxy, there is no connection.
const FAR: &str = "https://grid.invalid/grid/2025-10-13";

/// A proxy that knows no way out, and what it was asked for.
fn a_proxy() -> Server {
    Server::json(|_| (502, String::new(), String::new()))
}

fn far(proxies: &[(&str, String)]) -> Ended {
    let place = Place::at(FAR).users(&Users::some(1)).config(ONCE);
    let run = place
        .plan()
        .args("-vvv")
        .env("RUST_LOG", "trace")
        .env("GRID_CLIENT_ID", "the-id")
        .env("GRID_CLIENT_SECRET", "xyzzy-grid");
    let run = proxies
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value));
    let end = bounded(run);
    end.exits(6).says("no connection");
    assert!(!end.told().contains("xyzzy"), "{}", end.told());
    end
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_nothing_else() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = a_proxy();
        let with_login = format!("http://me:xyzzy-proxy@{}", proxy.address());
        far(&[(variable, with_login)]);
        let asked = proxy.asked();
        assert_eq!(asked.len(), 1, "{variable}");
        assert!(
            asked[0].head.starts_with("CONNECT grid.invalid:443 "),
            "{variable}: {}",
            asked[0].head
        );
        let headers = asked[0].head.to_ascii_lowercase();
        assert!(headers.contains("proxy-authorization: basic "), "{headers}");
        assert!(!headers.contains("\nauthorization:"), "{headers}");
    }
}

#[test]
fn no_proxy_is_heeded_and_this_machine_is_never_behind_one() {
    let proxy = a_proxy();
    let url = format!("http://{}", proxy.address());
    let no_proxy = ("NO_PROXY", ".invalid".to_owned());
    far(&[("HTTPS_PROXY", url.clone()), no_proxy]);
    assert!(proxy.asked().is_empty());

    let here = Server::json(|_| ok(page(&[], None)));
    let end = place(&here)
        .plan()
        .env("HTTP_PROXY", &url)
        .env("http_proxy", &url)
        .env("ALL_PROXY", &url)
        .end();
    end.exits(0);
    assert!(proxy.asked().is_empty());
}

#[test]
fn every_kind_of_refusal_of_a_broken_base_url_is_short() {
    // What is printed of an address is safe as well.
    let mut url = String::from("https://grid.invalid/");
    write!(url, "\u{1b}[2J{}", "x".repeat(100)).expect("a string takes every write");
    let place = Place::at(&url).users(&Users::some(1)).config(ONCE);
    let end = place
        .plan()
        .in_words()
        .env("GRID_CLIENT_ID", "id")
        .env("GRID_CLIENT_SECRET", "secret")
        .end();
    assert_plain(&end);
}
