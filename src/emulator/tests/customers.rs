//! One customer by its id.

use super::peer::{faulty, jane, peer};

#[test]
fn an_id_is_taken_raw_or_encoded() {
    let peer = peer(|_| ());
    let id = peer.create(&jane("user-1"));
    for path in [
        format!("/customers/{id}"),
        format!("/customers/{}", id.replace(':', "%3A")),
    ] {
        let answer = peer.get(&path);
        assert_eq!(
            (answer.status, &answer.json()["id"]),
            (200, &id.as_str().into()),
            "{path}"
        );
    }
}

#[test]
fn an_unknown_id_is_not_found() {
    let peer = peer(|_| ());
    let answer = peer.get("/customers/Customer:019542f5-b3e7-1d02-0000-000000000001");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (404, "CUSTOMER_NOT_FOUND")
    );
    assert_eq!(peer.delete("/customers/Customer:nobody").status, 404);
}

#[test]
fn a_delete_is_soft_and_happens_once() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let before = peer.get(&path).json();
    let deleted = peer.delete(&path);
    assert_eq!(
        (deleted.status, &deleted.json()["isDeleted"]),
        (200, &true.into())
    );
    assert_eq!(deleted.json()["fullName"], "Jane Doe");
    assert!(deleted.json()["updatedAt"].as_str() > before["updatedAt"].as_str());
    let again = peer.delete(&path);
    assert_eq!(
        (again.status, again.code().as_str()),
        (410, "CUSTOMER_DELETED")
    );
    assert_eq!(peer.get(&path).json()["isDeleted"], true);
}

#[test]
fn what_a_deleted_customer_answers_can_be_chosen() {
    for (fault, status) in [("deleted-get-404", 404), ("deleted-get-410", 410)] {
        let peer = faulty(&[fault]);
        let path = format!("/customers/{}", peer.create(&jane("user-1")));
        assert_eq!(peer.get(&path).status, 200);
        peer.delete(&path);
        assert_eq!(peer.get(&path).status, status);
    }
}

#[test]
fn a_delete_may_leave_the_time_as_it_was() {
    let peer = faulty(&["delete-unstamped"]);
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let before = peer.get(&path).json();
    assert_eq!(peer.delete(&path).json()["updatedAt"], before["updatedAt"]);
}
