//! Every fault that is not about one endpoint alone, seen from outside.

use std::io::Read as _;
use std::time::{Duration, Instant};

use crate::emulator::Fault;

use super::peer::{Peer, faulty, jane};

fn committed(peer: &Peer) -> bool {
    peer.emulator.active_by_key().contains_key("user-1")
}

fn create(peer: &Peer) -> Option<super::peer::Answer> {
    peer.try_post("/customers", &jane("user-1"))
}

#[test]
fn a_connection_may_drop_before_or_after_the_commit() {
    for (fault, lands) in [
        ("drop-before-commit", false),
        ("outage", false),
        ("drop-after-commit", true),
    ] {
        let peer = faulty(&[fault]);
        assert!(create(&peer).is_none(), "{fault}");
        assert_eq!(committed(&peer), lands, "{fault}");
        let record = &peer.emulator.requests()[0];
        assert_eq!(
            (record.status, record.committed, record.fault),
            (None, lands, Some(fault))
        );
    }
}

#[test]
fn an_answer_may_never_come() {
    for (fault, lands) in [
        ("timeout", false),
        ("stall-after-commit", true),
        ("stall-late-commit:1h", false),
    ] {
        let peer = faulty(&[fault]);
        assert!(create(&peer).is_none(), "{fault}");
        assert_eq!(committed(&peer), lands, "{fault}");
    }
}

#[test]
fn a_commit_may_land_late() {
    let slow = faulty(&["late-commit:1h"]);
    assert!(create(&slow).is_none());
    assert!(!committed(&slow), "not yet");

    for fault in ["late-commit:20ms", "stall-late-commit:20ms"] {
        let peer = faulty(&[fault]);
        assert!(create(&peer).is_none());
        let deadline = Instant::now() + Duration::from_secs(10);
        while !peer.emulator.requests()[0].committed {
            assert!(Instant::now() < deadline, "{fault} never landed");
            std::thread::yield_now();
        }
        assert!(committed(&peer));
    }
}

#[test]
fn errors_come_before_or_after_the_commit() {
    for (fault, status, lands) in [
        ("error-500-before", 500, false),
        ("error-500-after-commit", 500, true),
        ("error-502-after-commit", 502, true),
        ("error-503-after-commit", 503, true),
        ("error-502-html", 502, false),
        ("error-503", 503, false),
        ("error-503-retry-after", 503, false),
        ("error-429", 429, false),
        ("error-429-seconds", 429, false),
        ("error-429-date", 429, false),
        ("daily-volume", 429, false),
        ("auth-revoked", 401, false),
        ("forbidden", 403, false),
        ("html-200", 200, false),
    ] {
        let peer = faulty(&[fault]);
        let answer = create(&peer).expect(fault);
        assert_eq!(
            (answer.status, committed(&peer)),
            (status, lands),
            "{fault}"
        );
        let is_html = answer.headers["content-type"].starts_with("text/html");
        let says_html = fault.contains("html") || fault == "error-502-after-commit";
        assert_eq!(is_html, says_html, "{fault}");
        let waits = answer.headers.contains_key("retry-after");
        let says = [
            "error-503-retry-after",
            "error-429-seconds",
            "error-429-date",
        ]
        .contains(&fault);
        assert_eq!(waits, says, "{fault}");
    }
}

#[test]
fn retry_after_takes_the_duration_of_the_fault() {
    let answer = create(&faulty(&["error-429-seconds:7s"])).expect("an answer");
    assert_eq!(answer.headers["retry-after"], "7");
    let answer = create(&faulty(&["error-429-date:1h"])).expect("an answer");
    let at = httpdate::parse_http_date(&answer.headers["retry-after"]).expect("an HTTP date");
    let from = httpdate::parse_http_date(&answer.headers["date"]).expect("an HTTP date");
    assert!((3_598..=3_600).contains(&at.duration_since(from).expect("later").as_secs()));
}

#[test]
fn bodies_may_come_broken_after_the_commit() {
    for (fault, arrives) in [
        ("truncated-json", true),
        ("malformed-json", true),
        ("cut-body", false),
    ] {
        let peer = faulty(&[fault]);
        let answer = create(&peer);
        assert!(committed(&peer), "{fault}");
        assert_eq!(answer.is_some(), arrives, "{fault}");
        let parsed = answer.map(|answer| serde_json::from_str::<serde_json::Value>(&answer.text));
        assert!(parsed.is_none_or(|parsed| parsed.is_err()), "{fault}");
    }
}

#[test]
fn a_body_that_is_cut_comes_with_its_head() {
    let peer = faulty(&["cut-body"]);
    let mut bytes = Vec::new();
    // Behind it the connection is closed, or reset.
    let _ = peer
        .open("GET", "/customers", None, "")
        .read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.contains("\r\ncontent-length: 42\r\n"), "{text}");
    assert!(
        text.ends_with("\r\n\r\n{\"data\":[],\"hasMore\":"),
        "{text}"
    );
}

#[test]
fn a_body_may_dribble_and_is_whole_in_the_end() {
    let peer = faulty(&["dribble:5ms"]);
    let started = Instant::now();
    let answer = create(&peer).expect("an answer");
    assert_eq!(answer.json()["platformCustomerId"], "user-1");
    assert!(started.elapsed() >= Duration::from_millis(16 * 5));
}

#[test]
fn a_right_body_may_have_a_wrong_label() {
    let answer = create(&faulty(&["wrong-content-type"])).expect("an answer");
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert_eq!(answer.json()["platformCustomerId"], "user-1");
}

#[test]
fn error_bodies_may_have_a_reason_in_place_of_a_message() {
    let peer = faulty(&["error-reason"]);
    let body = peer.get("/customers/nobody").json();
    assert_eq!(
        body,
        serde_json::json!({ "code": "CUSTOMER_NOT_FOUND", "reason": "Customer not found" })
    );
}

#[test]
fn a_create_may_show_another_customer() {
    let peer = faulty(&["wrong-customer"]);
    let alone = create(&peer).expect("an answer").json();
    assert_eq!(alone["platformCustomerId"], "somebody-else");
    let second = peer.post("/customers", &jane("user-2")).json();
    assert_eq!(second["platformCustomerId"], "user-1");
    assert_eq!(peer.emulator.active_by_key().len(), 2);
}

#[test]
fn duplicates_may_be_allowed() {
    let peer = faulty(&["duplicates-allowed"]);
    peer.create(&jane("user-1"));
    peer.create(&jane("user-1"));
    assert_eq!(peer.emulator.active_by_key()["user-1"], 2);
}

#[test]
fn an_outage_takes_a_window_of_requests() {
    let peer = faulty(&["outage@2-3"]);
    let answered: Vec<bool> = (0..4)
        .map(|_| peer.try_send("GET", "/config", None, "").is_some())
        .collect();
    assert_eq!(answered, [true, false, false, true]);
}

#[test]
fn a_token_may_be_revoked_on_the_way() {
    let peer = faulty(&["auth-revoked@3-"]);
    let statuses: Vec<u16> = (0..4).map(|_| peer.get("/config").status).collect();
    assert_eq!(statuses, [200, 200, 401, 401]);
}

#[test]
fn lookups_may_fail_where_lists_do_not() {
    for (fault, status) in [("lookup-429", 429), ("lookup-500", 500)] {
        let peer = faulty(&[fault]);
        assert_eq!(
            peer.get("/customers?platformCustomerId=user-1").status,
            status
        );
        assert_eq!(peer.get("/customers").status, 200);
    }
}

#[test]
fn the_clock_may_jump() {
    let peer = faulty(&["clock-offset@2-:-1h"]);
    let dates: Vec<_> = (0..2)
        .map(|_| {
            httpdate::parse_http_date(&peer.get("/config").headers["date"]).expect("an HTTP date")
        })
        .collect();
    let back = dates[0]
        .duration_since(dates[1])
        .expect("earlier")
        .as_secs();
    assert!((3_595..=3_600).contains(&back), "{back}");
}

#[test]
fn the_same_seed_strikes_the_same_requests() {
    let run = || {
        let peer = faulty(&["create/error-503=0.5"]);
        (0..30)
            .map(|n| peer.post("/customers", &jane(&n.to_string())).status)
            .collect::<Vec<_>>()
    };
    let first = run();
    assert!(first.contains(&201) && first.contains(&503));
    assert_eq!(first, run());
}

#[test]
fn every_fault_leaves_an_emulator_that_still_serves() {
    for info in Fault::all() {
        let peer = faulty(&[&format!("{}=#1", info.name)]);
        peer.try_send("GET", "/customers", None, "");
        create(&peer);
        peer.emulator.clear_faults();
        assert_eq!(peer.get("/customers").status, 200, "{}", info.name);
    }
}
