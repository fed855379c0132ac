//! What tests can see and do from outside the protocol.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use crate::emulator::{Emulator, ServeError, Settings, World, run};

use super::peer::{jane, peer};

#[test]
fn requests_are_remembered_without_what_is_personal() {
    let peer = peer(|_| ());
    peer.create(&jane("user-1"));
    peer.get("/customers?platformCustomerId=user-2&umaAddress=%24jane@a.io");
    let records = peer.emulator.requests();
    assert_eq!(peer.emulator.request_count(), 2);
    assert_eq!(
        (
            records[0].number,
            records[0].method.as_str(),
            records[0].status
        ),
        (1, "POST", Some(201))
    );
    assert_eq!(records[0].platform_customer_id.as_deref(), Some("user-1"));
    assert!(records[0].committed && !records[1].committed);
    assert_eq!(records[1].platform_customer_id.as_deref(), Some("user-2"));
    assert_eq!(
        records[1].query[1],
        ("umaAddress".to_owned(), String::new())
    );
}

#[test]
fn only_the_latest_requests_are_remembered() {
    let peer = peer(|settings| settings.remembered_requests = 2);
    for _ in 0..5 {
        peer.get("/config");
    }
    let numbers: Vec<u64> = peer
        .emulator
        .requests()
        .iter()
        .map(|record| record.number)
        .collect();
    assert_eq!(numbers, [4, 5]);
    assert!(
        peer.emulator
            .requests()
            .iter()
            .all(|record| record.status == Some(200))
    );
}

#[test]
fn a_test_can_wait_for_requests() {
    let peer = peer(|_| ());
    assert!(
        !peer
            .emulator
            .wait_for_requests(1, Duration::from_millis(10))
    );
    std::thread::scope(|scope| {
        scope.spawn(|| peer.get("/config"));
        assert!(peer.emulator.wait_for_requests(1, Duration::from_secs(10)));
    });
}

#[test]
fn hooks_run_before_and_after_a_request_takes_effect() {
    let peer = peer(|_| ());
    let (send, seen) = mpsc::channel();
    let after = send.clone();
    // The emulator is asked by its customer's number of requests: hooks run on its own thread, while it waits.
    peer.emulator.on_request(
        2,
        Box::new(move || send.send("before").expect("the test listens")),
    );
    peer.emulator.after_request(
        2,
        Box::new(move || after.send("after").expect("the test listens")),
    );
    peer.create(&jane("user-1"));
    assert!(seen.try_recv().is_err(), "the first request is not meant");
    let stream = peer.open("POST", "/customers", Some(&jane("user-2").to_string()), "");
    assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("before"));
    assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("after"));
    drop(stream);
    assert_eq!(peer.emulator.active_by_key().len(), 2);
}

#[test]
fn a_hook_before_sees_the_world_without_the_request() {
    let peer = peer(|_| ());
    let (send, seen) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    peer.emulator.on_request(
        1,
        Box::new(move || {
            send.send(()).expect("the test listens");
            let _ = wait.recv_timeout(Duration::from_secs(10));
        }),
    );
    std::thread::scope(|scope| {
        scope.spawn(|| peer.create(&jane("user-1")));
        seen.recv_timeout(Duration::from_secs(10))
            .expect("the hook runs");
        assert!(peer.emulator.customers().is_empty());
        go.send(()).expect("the hook waits");
    });
    assert_eq!(peer.emulator.customers().len(), 1);
}

#[test]
fn the_world_can_change_behind_the_clients_back() {
    let peer = peer(|_| ());
    let id = peer
        .emulator
        .insert(jane("user-1"))
        .expect("a good customer");
    assert_eq!(
        peer.get(&format!("/customers/{id}")).json()["fullName"],
        "Jane Doe"
    );
    assert!(
        peer.emulator
            .patch(&id, json!({ "fullName": "Jane Roe", "birthDate": null }))
    );
    let changed = peer.get(&format!("/customers/{id}")).json();
    assert_eq!(
        (&changed["fullName"], changed.get("birthDate")),
        (&"Jane Roe".into(), None)
    );
    assert!(changed["updatedAt"].as_str() > changed["createdAt"].as_str());
    assert!(peer.emulator.mark_deleted(&id) && !peer.emulator.mark_deleted(&id));
    assert!(!peer.emulator.patch("Customer:nobody", json!({})));
    assert!(peer.emulator.insert(json!([])).is_err());
    assert_eq!(peer.emulator.stored_body("user-1"), None);
}

#[test]
fn an_emulator_that_is_dropped_is_gone() {
    let emulator = Emulator::start(Settings::default(), Vec::new()).expect("a free port");
    let (_, rest) = emulator.base_url().split_once("//").expect("a URL");
    let host = rest.split('/').next().expect("a host").to_owned();
    drop(emulator);
    assert!(std::net::TcpStream::connect(host).is_err());
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
    let world = std::sync::Arc::new(World::new(Settings::default(), Vec::new()));
    let refused = run(listener, world, std::future::pending()).await;
    assert!(matches!(refused, Err(ServeError::NotLoopback { .. })));
}
