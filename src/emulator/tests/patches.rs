//! `PATCH /customers/{id}`.

use serde_json::json;

use super::peer::{acme, faulty, jane, old_edition, peer};

#[test]
fn fields_change_and_the_time_with_them() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let before = peer.get(&path).json();
    let changed = peer.patch(
        &path,
        &json!({ "customerType": "INDIVIDUAL", "fullName": "Jane Roe" }),
    );
    assert_eq!(
        (changed.status, &changed.json()["fullName"]),
        (200, &"Jane Roe".into())
    );
    assert_eq!(changed.json()["birthDate"], before["birthDate"]);
    assert!(changed.json()["updatedAt"].as_str() > before["updatedAt"].as_str());
    assert_eq!(changed.json()["createdAt"], before["createdAt"]);
}

#[test]
fn the_type_is_required_and_frozen_and_the_key_cannot_change() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    assert_eq!(
        peer.patch(&path, &json!({ "fullName": "Jane Roe" }))
            .bad_fields(),
        ["customerType"]
    );
    assert_eq!(
        peer.patch(&path, &json!({ "customerType": "BUSINESS" }))
            .bad_fields(),
        ["customerType"]
    );
    let renamed = peer.patch(
        &path,
        &json!({ "customerType": "INDIVIDUAL", "platformCustomerId": "other" }),
    );
    assert_eq!(renamed.json()["platformCustomerId"], "user-1");
}

#[test]
fn an_address_is_sent_and_replaced_whole() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let partial = json!({ "customerType": "INDIVIDUAL", "address": { "city": "Berlin" } });
    assert_eq!(
        peer.patch(&path, &partial).bad_fields(),
        ["address.line1", "address.postalCode", "address.country"]
    );
    let address = json!({ "line1": "Allee 1", "postalCode": "10115", "country": "DE" });
    let whole = peer.patch(
        &path,
        &json!({ "customerType": "INDIVIDUAL", "address": address }),
    );
    assert_eq!(whole.json()["address"], address);
}

#[test]
fn business_info_changes_field_by_field() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&acme("b")));
    let body =
        json!({ "customerType": "BUSINESS", "businessInfo": { "doingBusinessAs": " Acme " } });
    let info = &peer.patch(&path, &body).json()["businessInfo"];
    assert_eq!(
        (&info["doingBusinessAs"], &info["legalName"]),
        (&"Acme".into(), &"Acme Ltd".into())
    );
}

#[test]
fn e_mail_and_phone_take_two_calls() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let both =
        json!({ "customerType": "INDIVIDUAL", "email": "j@a.io", "phoneNumber": "+14155550123" });
    assert_eq!(peer.patch(&path, &both).status, 400);
    for one in [
        json!({ "email": "J@A.io" }),
        json!({ "phoneNumber": "+14155550123" }),
    ] {
        let mut body = one;
        body["customerType"] = "INDIVIDUAL".into();
        assert_eq!(peer.patch(&path, &body).status, 200);
    }
    assert_eq!(peer.get(&path).json()["email"], "j@a.io");
}

#[test]
fn a_null_clears_nothing() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let answer = peer.patch(
        &path,
        &json!({ "customerType": "INDIVIDUAL", "nationality": null }),
    );
    assert_eq!(answer.bad_fields(), ["nationality"]);
}

#[test]
fn an_unregulated_platform_cannot_change_personal_data() {
    let peer = peer(|settings| settings.regulated = false);
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let name = json!({ "customerType": "INDIVIDUAL", "fullName": "Jane Roe" });
    assert_eq!(peer.patch(&path, &name).bad_fields(), ["fullName"]);
    let email = json!({ "customerType": "INDIVIDUAL", "email": "j@a.io" });
    assert_eq!(peer.patch(&path, &email).status, 200);
}

#[test]
fn the_old_edition_takes_a_bank_account_and_the_new_ignores_it() {
    let body = json!({ "customerType": "INDIVIDUAL", "bankAccountInfo": { "accountType": "UPI" } });
    for (peer, status) in [(old_edition(), 400), (peer(|_| ()), 200)] {
        let path = format!("/customers/{}", peer.create(&jane("user-1")));
        assert_eq!(peer.patch(&path, &body).status, status);
    }
}

#[test]
fn a_uma_address_moves_only_where_it_is_free() {
    let peer = peer(|_| ());
    peer.create(&{
        let mut body = jane("user-1");
        body["umaAddress"] = "$jane@emulator.example".into();
        body
    });
    let path = format!("/customers/{}", peer.create(&jane("user-2")));
    let taken = json!({ "customerType": "INDIVIDUAL", "umaAddress": "$jane@emulator.example" });
    assert_eq!(peer.patch(&path, &taken).code(), "UMA_ADDRESS_EXISTS");
    let free = json!({ "customerType": "INDIVIDUAL", "umaAddress": "$roe@emulator.example" });
    assert_eq!(
        peer.patch(&path, &free).json()["umaAddress"],
        "$roe@emulator.example"
    );
    assert_eq!(
        peer.get("/customers?umaAddress=%24roe@emulator.example")
            .json()["totalCount"],
        1
    );
}

#[test]
fn nobody_is_changed_who_is_not_there() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let body = json!({ "customerType": "INDIVIDUAL" });
    assert_eq!(peer.patch("/customers/Customer:nobody", &body).status, 404);
    peer.delete(&path);
    assert_eq!(peer.patch(&path, &body).status, 404);
}

#[test]
fn a_change_of_contact_may_wait_for_a_signature() {
    let peer = faulty(&["patch-202"]);
    let path = format!("/customers/{}", peer.create(&jane("user-1")));
    let answer = peer.patch(
        &path,
        &json!({ "customerType": "INDIVIDUAL", "email": "j@a.io" }),
    );
    assert_eq!(answer.status, 202);
    for field in ["payloadToSign", "requestId", "expiresAt"] {
        assert!(answer.json()[field].is_string(), "{field}");
    }
    assert!(
        peer.get(&path).json().get("email").is_none(),
        "nothing changed yet"
    );
}
