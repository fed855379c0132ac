//! External accounts.

use serde_json::{Value, json};

use super::peer::{Peer, jane, old_edition, peer};

const PATH: &str = "/customers/external-accounts";

fn usd(customer_id: &str, account: &str) -> Value {
    json!({
        "customerId": customer_id,
        "currency": "USD",
        "platformAccountId": account,
        "accountInfo": {
            "accountType": "USD_ACCOUNT",
            "accountNumber": "0012345",
            "routingNumber": "000123456",
            "beneficiary": { "beneficiaryType": "INDIVIDUAL", "fullName": "Jane Doe" },
        },
    })
}

fn with_customer() -> (Peer, String) {
    let peer = peer(|_| ());
    let id = peer.create(&jane("user-1"));
    (peer, id)
}

#[test]
fn an_account_is_made_shown_listed_and_deleted() {
    let (peer, customer) = with_customer();
    let made = peer.post(PATH, &usd(&customer, "acc-1"));
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!(
        (&made["status"], &made["accountInfo"]["routingNumber"]),
        (&"ACTIVE".into(), &"000123456".into())
    );
    let path = format!("{PATH}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(peer.get(&path).json(), made);
    assert_eq!(
        peer.get(&format!("{PATH}?customerId={customer}&currency=USD"))
            .json()["data"],
        json!([made])
    );
    assert_eq!(
        peer.get(&format!("{PATH}?currency=EUR")).json()["totalCount"],
        0
    );
    assert_eq!(peer.delete(&path).status, 204);
    assert_eq!(peer.delete(&path).status, 404);
}

#[test]
fn without_a_customer_the_account_is_the_platforms() {
    let (peer, _) = with_customer();
    let mut body = usd("", "acc-1");
    body.as_object_mut()
        .expect("an object")
        .remove("customerId");
    let made = peer.post(PATH, &body);
    assert_eq!((made.status, made.json().get("customerId")), (201, None));
}

#[test]
fn an_account_of_the_same_name_conflicts() {
    let (peer, customer) = with_customer();
    peer.post(PATH, &usd(&customer, "acc-1"));
    assert_eq!(peer.post(PATH, &usd(&customer, "acc-1")).status, 409);
    assert_eq!(peer.post(PATH, &usd(&customer, "acc-2")).status, 201);
}

#[test]
fn bad_accounts_are_refused_field_by_field() {
    let (peer, customer) = with_customer();
    let mut body = usd(&customer, "acc-1");
    body["accountInfo"] = json!({ "accountType": "USD_ACCOUNT", "routingNumber": "12" });
    assert_eq!(
        peer.post(PATH, &body).bad_fields(),
        [
            "accountInfo.accountNumber",
            "accountInfo.routingNumber",
            "accountInfo.beneficiary"
        ]
    );
    body["accountInfo"] = json!({ "accountType": "US_ACCOUNT" });
    assert_eq!(
        peer.post(PATH, &body).bad_fields(),
        ["accountInfo.accountType"],
        "the old name"
    );
    assert_eq!(
        peer.post(PATH, &usd("Customer:nobody", "acc-1")).status,
        400
    );
}

#[test]
fn one_owner_has_one_default() {
    let (peer, customer) = with_customer();
    for account in ["acc-1", "acc-2"] {
        let mut body = usd(&customer, account);
        body["defaultUmaDepositAccount"] = true.into();
        peer.post(PATH, &body);
    }
    let list = peer.get(PATH).json();
    let defaults = |at: usize| list["data"][at]["defaultUmaDepositAccount"].clone();
    assert_eq!((defaults(0), defaults(1)), (false.into(), true.into()));
}

#[test]
fn accounts_are_listed_in_pages() {
    let (peer, customer) = with_customer();
    for n in 0..3 {
        peer.post(PATH, &usd(&customer, &format!("acc-{n}")));
    }
    let first = peer.get(&format!("{PATH}?limit=2")).json();
    let cursor = first["nextCursor"].as_str().expect("more");
    let second = peer.get(&format!("{PATH}?limit=2&cursor={cursor}")).json();
    assert_eq!(
        (&second["data"][0]["platformAccountId"], &second["hasMore"]),
        (&"acc-2".into(), &false.into())
    );
}

#[test]
fn the_old_edition_knows_the_old_names() {
    let peer = old_edition();
    let customer = peer.create(&jane("user-1"));
    let body = json!({ "customerId": customer, "currency": "INR", "accountInfo": { "accountType": "UPI", "vpa": "a@b" } });
    assert_eq!(peer.post(PATH, &body).status, 201);
    let fbo = json!({ "currency": "USD", "accountInfo": { "accountType": "FBO", "currencyCode": "USD" } });
    assert_eq!(peer.post(PATH, &fbo).status, 400, "inline only");
}

#[test]
fn an_account_with_a_trusted_beneficiary_stays() {
    let (peer, customer) = with_customer();
    let made = peer.post(PATH, &usd(&customer, "acc-1")).json();
    let id = made["id"].as_str().expect("an id");
    peer.emulator.trust_account(id);
    let refused = peer.delete(&format!("{PATH}/{id}"));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (409, &"BENEFICIARY_TRUSTED".into())
    );
    assert_eq!(peer.emulator.accounts(), [made]);
}

#[test]
fn faults_strike_accounts_alone_where_that_is_asked_for() {
    let (peer, customer) = with_customer();
    let fault = |text: &str| vec![text.parse().expect("a fault")];
    peer.emulator
        .set_faults(fault("account/error-500-after-commit=#1"));
    assert!(!peer.create(&jane("user-2")).is_empty(), "not this one");
    assert_eq!(peer.post(PATH, &usd(&customer, "acc-1")).status, 500);
    assert_eq!(peer.post(PATH, &usd(&customer, "acc-1")).status, 409);
    peer.emulator.set_faults(fault("account-list/error-503"));
    assert_eq!(peer.get(PATH).status, 503);
    assert_eq!(peer.get("/customers").status, 200);
}

#[test]
fn a_list_may_lag_behind_a_new_account() {
    let (peer, customer) = with_customer();
    peer.emulator
        .set_faults(vec!["account/late-index:1m".parse().expect("a fault")]);
    assert_eq!(peer.post(PATH, &usd(&customer, "acc-1")).status, 201);
    assert_eq!(peer.get(PATH).json()["totalCount"], 0);
    assert_eq!(peer.emulator.accounts().len(), 1);
}

#[test]
fn the_record_says_whose_account_a_request_was_about() {
    let (peer, customer) = with_customer();
    peer.post(PATH, &usd(&customer, "acc-1"));
    peer.get(&format!("{PATH}?customerId={customer}"));
    let records = peer.emulator.requests();
    let of = |at: usize| records[records.len() - at].customer_id.as_deref();
    assert_eq!((of(2), of(1)), (Some(&*customer), Some(&*customer)));
}
