//! `GET /customers`: pages, filters, bounds, and everything that can be wrong with a page.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::emulator::{Order, read_seed};

use super::peer::{Answer, Peer, acme, faulty, jane, peer};

fn keys(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let data = body["data"].as_array().expect("a list has data");
    data.iter()
        .map(|customer| {
            customer["platformCustomerId"]
                .as_str()
                .expect("a key")
                .to_owned()
        })
        .collect()
}

/// Follows cursors to the end, at most twenty pages: the keys in the order shown.
fn walk(peer: &Peer, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    for _ in 0..20 {
        let page = peer.get(&format!("/customers?{query}{cursor}"));
        all.extend(keys(&page));
        let body = page.json();
        let Some(next) = body["nextCursor"].as_str() else {
            assert_eq!(body["hasMore"], false);
            return all;
        };
        cursor = format!("&cursor={next}");
    }
    all
}

fn users(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("user-{n}")).collect()
}

#[test]
fn pages_follow_each_other_oldest_first() {
    let peer = peer(|_| ());
    peer.create_many(25);
    let first = peer.get("/customers");
    assert_eq!(keys(&first), users(0..20), "twenty when no limit is given");
    assert_eq!(
        (&first.json()["hasMore"], &first.json()["totalCount"]),
        (&true.into(), &25.into())
    );
    assert_eq!(walk(&peer, "limit=10"), users(0..25));
    let whole = peer.get("/customers?limit=100").json();
    assert_eq!(
        (&whole["hasMore"], whole.get("nextCursor")),
        (&false.into(), None)
    );
}

#[test]
fn the_order_can_be_newest_first() {
    let peer = peer(|settings| settings.order = Order::NewestFirst);
    peer.create_many(7);
    assert_eq!(walk(&peer, "limit=3"), users((0..7).rev()));
}

#[test]
fn a_page_that_is_exactly_full_is_the_last() {
    let peer = peer(|_| ());
    peer.create_many(4);
    let page = peer.get("/customers?limit=4").json();
    assert_eq!(
        (&page["hasMore"], page.get("nextCursor")),
        (&false.into(), None)
    );
}

#[test]
fn nothing_is_an_empty_list() {
    assert_eq!(
        peer(|_| ()).get("/customers").json(),
        json!({ "data": [], "hasMore": false, "totalCount": 0 })
    );
}

#[test]
fn a_lookup_is_exact() {
    let peer = peer(|_| ());
    for key in ["a b+c", "a b+cd", "A B+C"] {
        peer.create(&jane(key));
    }
    assert_eq!(
        keys(&peer.get("/customers?platformCustomerId=a%20b%2Bc")),
        ["a b+c"]
    );
    assert_eq!(
        keys(&peer.get("/customers?platformCustomerId=nobody")),
        [] as [&str; 0]
    );
}

#[test]
fn deleted_customers_show_when_asked_for() {
    let peer = peer(|_| ());
    peer.create_many(3);
    let id = peer.create(&jane("gone"));
    peer.delete(&format!("/customers/{id}"));
    assert_eq!(walk(&peer, "limit=2"), users(0..3));
    assert_eq!(walk(&peer, "limit=2&isIncludingDeleted=true").len(), 4);
    assert_eq!(
        peer.get("/customers?platformCustomerId=gone").json()["totalCount"],
        0
    );
    peer.create(&jane("gone"));
    let both = peer
        .get("/customers?platformCustomerId=gone&isIncludingDeleted=true")
        .json();
    assert_eq!(
        both["totalCount"], 2,
        "a new customer may have the key of a deleted one"
    );
}

#[test]
fn customers_are_filtered_by_type() {
    let peer = peer(|_| ());
    peer.create_many(3);
    peer.create(&acme("b-1"));
    peer.create(&acme("b-2"));
    assert_eq!(walk(&peer, "limit=1&customerType=BUSINESS"), ["b-1", "b-2"]);
    assert_eq!(
        peer.get("/customers?customerType=INDIVIDUAL&limit=1")
            .json()["totalCount"],
        3
    );
}

fn dated() -> Peer {
    let peer = peer(|_| ());
    for day in 1..=5 {
        let mut customer = jane(&format!("user-{day}"));
        customer["createdAt"] = format!("2025-10-0{day}T12:00:00Z").into();
        customer["updatedAt"] = format!("2025-10-{}T12:00:00.000005Z", 20 - day).into();
        peer.emulator.insert(customer).expect("a good customer");
    }
    peer
}

#[test]
fn all_four_bounds_are_inclusive() {
    let peer = dated();
    let after = "2025-10-02T12:00:00Z";
    assert_eq!(
        walk(&peer, &format!("createdAfter={after}&limit=2")),
        users(2..=5)
    );
    assert_eq!(walk(&peer, &format!("createdBefore={after}")), users(1..=2));
    assert_eq!(
        walk(
            &peer,
            &format!("createdAfter={after}&createdBefore={after}")
        ),
        users([2])
    );
    let updated = "2025-10-17T12:00:00.000005Z";
    assert_eq!(
        walk(&peer, &format!("updatedAfter={updated}&limit=1")),
        users([3, 2, 1]),
        "in order of change"
    );
    assert_eq!(
        walk(&peer, &format!("updatedBefore={updated}")),
        users([5, 4, 3])
    );
    assert_eq!(
        walk(
            &peer,
            &format!("updatedAfter={updated}&createdAfter={after}&limit=1")
        ),
        users([3, 2])
    );
    assert_eq!(
        peer.get(&format!("/customers?updatedAfter={updated}&limit=1"))
            .json()["totalCount"],
        3
    );
}

#[test]
fn what_changed_is_found_by_the_time_of_the_change() {
    let peer = dated();
    let first = peer.emulator.customers()[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert!(peer.emulator.mark_deleted(&first));
    let query = "updatedAfter=2026-01-01T00:00:00Z";
    assert_eq!(walk(&peer, query), [] as [&str; 0]);
    assert_eq!(
        walk(&peer, &format!("{query}&isIncludingDeleted=true")),
        users([1])
    );
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    let peer = peer(|_| ());
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "createdAfter=yesterday",
        "customerType=PERSON",
        "isIncludingDeleted=maybe",
        "cursor=nonsense",
    ] {
        let answer = peer.get(&format!("/customers?{query}"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "INVALID_INPUT"),
            "{query}"
        );
    }
}

#[test]
fn a_cursor_belongs_to_its_filters() {
    let peer = peer(|_| ());
    peer.create_many(3);
    let page = peer.get("/customers?limit=1").json();
    let cursor = page["nextCursor"].as_str().expect("more");
    assert_eq!(
        peer.get(&format!("/customers?limit=2&cursor={cursor}"))
            .status,
        200
    );
    assert_eq!(
        peer.get(&format!(
            "/customers?limit=1&isIncludingDeleted=true&cursor={cursor}"
        ))
        .status,
        400
    );
}

#[test]
fn customers_made_at_one_time_are_all_listed() {
    let peer = peer(|_| ());
    for n in 0..7 {
        let mut customer = jane(&format!("user-{n}"));
        customer["createdAt"] = "2025-10-03T12:00:00Z".into();
        peer.emulator.insert(customer).expect("a good customer");
    }
    assert_eq!(walk(&peer, "limit=2"), users(0..7));
}

#[test]
fn customers_made_while_paging_come_at_the_end() {
    let peer = peer(|_| ());
    peer.create_many(4);
    let cursor = peer.get("/customers?limit=2").json()["nextCursor"]
        .as_str()
        .expect("more")
        .to_owned();
    peer.create(&jane("user-4"));
    let rest = peer.get(&format!("/customers?limit=10&cursor={cursor}"));
    assert_eq!(keys(&rest), users(2..5));
    assert_eq!(rest.json()["totalCount"], 5);
}

#[test]
fn a_seed_may_hold_duplicates() {
    let line = jane("twice").to_string();
    let seed = read_seed(format!("{line}\n{line}\n").as_bytes()).expect("good lines");
    let emulator = crate::emulator::Emulator::start(crate::emulator::Settings::default(), seed)
        .expect("a port");
    assert_eq!(emulator.active_by_key()["twice"], 2);
    let customers = emulator.customers();
    assert!(customers[0]["createdAt"].as_str() < customers[1]["createdAt"].as_str());
}

#[test]
fn a_page_may_come_again() {
    let peer = faulty(&["page-repeated=#1"]);
    peer.create_many(5);
    assert_eq!(walk(&peer, "limit=2"), users([0, 1, 0, 1, 2, 3, 4]));
}

#[test]
fn a_page_may_begin_too_early_or_too_late() {
    let peer = faulty(&["page-shifted@1", "page-skipped@2"]);
    peer.create_many(7);
    assert_eq!(walk(&peer, "limit=2"), users([0, 1, 1, 2, 4, 5, 6]));
}

#[test]
fn a_cursor_may_stand_still() {
    let peer = faulty(&["cursor-stuck"]);
    peer.create_many(5);
    let cursor = peer.get("/customers?limit=2").json()["nextCursor"]
        .as_str()
        .expect("more")
        .to_owned();
    let stuck = peer
        .get(&format!("/customers?limit=2&cursor={cursor}"))
        .json();
    assert_eq!(stuck["nextCursor"], cursor.as_str());
}

#[test]
fn a_cursor_may_be_missing_or_expired() {
    let peer = faulty(&["cursor-missing@2", "cursor-expired=#1"]);
    peer.create_many(5);
    let cursor = peer.get("/customers?limit=2").json()["nextCursor"]
        .as_str()
        .expect("more")
        .to_owned();
    assert_eq!(
        peer.get(&format!("/customers?limit=2&cursor={cursor}"))
            .code(),
        "INVALID_INPUT"
    );
    assert_eq!(
        peer.get(&format!("/customers?limit=2&cursor={cursor}"))
            .status,
        200,
        "once"
    );
    peer.emulator
        .set_faults(vec!["cursor-missing".parse().expect("a fault")]);
    let page = peer.get("/customers?limit=2").json();
    assert_eq!(
        (&page["hasMore"], page.get("nextCursor")),
        (&true.into(), None)
    );
}

#[test]
fn the_count_may_be_off_or_absent() {
    let faults = [
        "total-count-off@1",
        "total-count-absent@2",
        "total-count-low@3",
    ];
    let peer = faulty(&faults);
    peer.create_many(2);
    assert_eq!(peer.get("/customers").json()["totalCount"], 3);
    assert_eq!(peer.get("/customers").json().get("totalCount"), None);
    assert_eq!(peer.get("/customers").json()["totalCount"], 1);
    assert_eq!(peer.get("/customers").json()["totalCount"], 2);
}

#[test]
fn fields_may_be_missing() {
    let peer = faulty(&["missing-fields"]);
    peer.create_many(1);
    let page = peer.get("/customers").json();
    assert_eq!(page["data"][0].get("umaAddress"), None);
    assert_eq!(page["data"][0]["fullName"], "Jane Doe");
}

#[test]
fn a_lookup_may_find_too_much() {
    let peer = faulty(&["lookup-fuzzy"]);
    for key in ["user-1", "USER-1", "user-10", "user-2"] {
        peer.create(&jane(key));
    }
    assert_eq!(
        keys(&peer.get("/customers?platformCustomerId=user-1")),
        ["user-1", "USER-1", "user-10"]
    );
}

#[test]
fn of_two_customers_with_one_key_lists_may_show_the_first() {
    let peer = faulty(&["twin-unlisted", "duplicates-allowed"]);
    for key in ["user-1", "user-2", "user-1", "user-3"] {
        peer.create(&jane(key));
    }
    assert_eq!(walk(&peer, "limit=1"), users(1..=3));
    assert_eq!(peer.get("/customers").json()["totalCount"], 3);
    assert_eq!(
        keys(&peer.get("/customers?updatedAfter=2020-01-01T00:00:00Z")),
        users(1..=3)
    );
    let lookup = keys(&peer.get("/customers?platformCustomerId=user-1"));
    assert_eq!(lookup, ["user-1", "user-1"]);
}

#[test]
fn a_new_customer_may_stay_hidden_from_lists() {
    let peer = faulty(&["late-index:1h"]);
    let id = peer.create(&jane("user-1"));
    let lookup = peer.get("/customers?platformCustomerId=user-1").json();
    assert_eq!(lookup["totalCount"], 0);
    assert_eq!(
        peer.get("/customers").json()["data"],
        Value::Array(Vec::new())
    );
    assert_eq!(peer.get(&format!("/customers/{id}")).status, 200);
    let again = peer.post("/customers", &jane("user-1"));
    assert_eq!(again.code(), "CONFLICT", "though nobody finds it");
}

#[test]
fn what_was_hidden_is_found_in_the_end() {
    let peer = faulty(&["late-index:20ms"]);
    peer.create(&jane("user-1"));
    let deadline = Instant::now() + Duration::from_secs(10);
    while peer.get("/customers").json()["totalCount"] == 0 {
        assert!(Instant::now() < deadline, "it is never found");
    }
    let lookup = peer.get("/customers?platformCustomerId=user-1").json();
    assert_eq!(lookup["totalCount"], 1);
}
