//! What is around the customers: config, links, webhooks, paths, tokens, the rate limit.

use std::time::Instant;

use serde_json::json;

use crate::emulator::{Counting, Credential, RateLimit, RetryAfter};

use super::peer::{faulty, jane, old_edition, peer};

#[test]
fn config_names_fields_as_its_edition_does() {
    let needed = |config: &serde_json::Value| {
        config["supportedCurrencies"][0]["providerRequiredCustomerFields"].clone()
    };
    let new = peer(|settings| settings.uma_domain = "pay.example".to_owned())
        .get("/config")
        .json();
    assert_eq!(
        (&new["umaDomain"], &new["isRegulatedFinancialInstitution"]),
        (&"pay.example".into(), &true.into())
    );
    assert_eq!(
        needed(&new),
        json!(["FULL_NAME", "BIRTH_DATE", "POSTAL_ADDRESS"])
    );
    assert_eq!(
        needed(&old_edition().get("/config").json()),
        json!(["FULL_NAME", "BIRTH_DATE", "ADDRESS"])
    );
    assert!(
        new["supportedCurrencies"][2]
            .get("providerRequiredCustomerFields")
            .is_none(),
        "left out when empty"
    );
}

#[test]
fn config_says_what_it_is_told_to_say_and_means_it() {
    let keys = json!({
        "umaDomain": "pay.example",
        "isRegulatedFinancialInstitution": false,
        "embeddedWalletConfig": {},
        "supportedCurrencies": [{ "currencyCode": "MXN" }],
        "webhookEndpoint": null,
    });
    let peer = peer(|settings| {
        settings.describe_platform(keys.as_object().expect("an object").clone());
    });
    let config = peer.get("/config").json();
    assert_eq!(config["supportedCurrencies"], keys["supportedCurrencies"]);
    assert!(config["embeddedWalletConfig"].is_object() && config["id"].is_string());
    assert!(
        config.get("webhookEndpoint").is_none(),
        "null takes it away"
    );
    let customer = peer.post("/customers", &jane("user-1")).json();
    assert_eq!(customer["kycStatus"], "UNVERIFIED");
    let uma = customer["umaAddress"].as_str().expect("a text");
    assert!(uma.ends_with("@pay.example"), "{uma}");
}

#[test]
fn in_the_old_edition_a_get_makes_the_customer() {
    let peer = old_edition();
    let answer =
        peer.get("/customers/kyc-link?platformCustomerId=user-1&redirectUri=https%3A%2F%2Fa.io");
    assert_eq!(
        (answer.status, &answer.json()["platformCustomerId"]),
        (200, &"user-1".into())
    );
    assert_eq!(peer.emulator.active_by_key()["user-1"], 1);
    peer.get("/customers/kyc-link?platformCustomerId=user-1");
    assert_eq!(peer.emulator.active_by_key()["user-1"], 1);
    assert_eq!(peer.get("/customers/kyc-link").status, 400);
}

#[test]
fn in_the_new_edition_that_path_is_a_customer_that_is_not_there() {
    let answer = peer(|_| ()).get("/customers/kyc-link?platformCustomerId=user-1");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (404, "CUSTOMER_NOT_FOUND")
    );
}

#[test]
fn each_link_is_fresh_unless_its_key_is_the_same() {
    let peer = peer(|_| ());
    let path = format!("/customers/{}/kyc-link", peer.create(&jane("user-1")));
    let link = |key: &str| {
        let answer = peer
            .try_send(
                "POST",
                &path,
                Some("{\"redirectUri\":\"https://a.io\"}"),
                key,
            )
            .expect("an answer");
        assert_eq!(answer.status, 201);
        answer.json()["kycUrl"].clone()
    };
    assert_ne!(link(""), link(""));
    assert_eq!(
        link("idempotency-key: k1\r\n"),
        link("idempotency-key: k1\r\n")
    );
    assert_ne!(
        link("idempotency-key: k1\r\n"),
        link("idempotency-key: k2\r\n")
    );
    assert_eq!(
        peer.post("/customers/Customer:nobody/kyc-link", &json!({}))
            .status,
        404
    );
}

#[test]
fn the_test_of_webhooks_moved() {
    assert_eq!(
        peer(|_| ())
            .post("/sandbox/webhooks/test", &json!({}))
            .json()["response_status"],
        200
    );
    assert_eq!(old_edition().post("/webhooks/test", &json!({})).status, 200);
    assert_eq!(peer(|_| ()).post("/webhooks/test", &json!({})).status, 404);
}

#[test]
fn other_paths_and_methods_are_refused_in_json() {
    let peer = peer(|_| ());
    assert_eq!(peer.get("/nothing").status, 404);
    let answer = peer.delete("/customers");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (405, "METHOD_NOT_ALLOWED")
    );
    assert_eq!(
        peer.post("/customers/bulk/csv", &json!({})).code(),
        "NOT_IMPLEMENTED"
    );
}

#[test]
fn or_in_html_as_seen_in_the_wild() {
    let peer = faulty(&["method-html", "unauthorized-html"]);
    assert!(
        peer.delete("/customers")
            .text
            .starts_with("<!DOCTYPE html>")
    );
    let stranger = peer.with_authorization("Basic user:secret");
    let answer = stranger.get("/config");
    assert_eq!(
        (answer.status, answer.headers["content-type"].as_str()),
        (401, "text/html; charset=utf-8")
    );
}

#[test]
fn tokens_may_be_named_and_some_may_only_read() {
    let tokens = || {
        let token = |id: &str, read_only| Credential {
            id: id.to_owned(),
            secret: "secret".to_owned(),
            read_only,
        };
        Some(vec![token("user", true), token("admin", false)])
    };
    let reader = peer(|settings| settings.credentials = tokens());
    assert_eq!(reader.get("/customers").status, 200);
    let answer = reader.post("/customers", &jane("user-1"));
    assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"));
    let admin = reader.with_authorization("Basic YWRtaW46c2VjcmV0");
    assert_eq!(admin.post("/customers", &jane("user-1")).status, 201);
    assert_eq!(
        admin
            .with_authorization("Bearer x")
            .get("/customers")
            .code(),
        "UNAUTHORIZED"
    );
}

#[test]
fn over_the_limit_the_answer_says_when_to_come_back() {
    for (form, check) in [
        (
            RetryAfter::Absent,
            (|value| value.is_none()) as fn(Option<&str>) -> bool,
        ),
        (RetryAfter::Seconds, |value| value == Some("10")),
        (RetryAfter::Date, |value| {
            value.is_some_and(|date| httpdate::parse_http_date(date).is_ok())
        }),
    ] {
        let limit = RateLimit {
            per_second: 0.1,
            burst: 2,
            counting: Counting::Bucket,
            retry_after: form,
        };
        let peer = peer(|settings| settings.rate_limit = Some(limit));
        assert_eq!(
            (peer.get("/config").status, peer.get("/config").status),
            (200, 200)
        );
        let answer = peer.get("/config");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (429, "RATE_LIMITED")
        );
        assert!(
            check(answer.headers.get("retry-after").map(String::as_str)),
            "{form:?}"
        );
    }
}

#[test]
fn latency_is_waited() {
    let latency = std::time::Duration::from_millis(60);
    let peer = peer(|settings| settings.latency = latency);
    let started = Instant::now();
    peer.get("/config");
    assert!(started.elapsed() >= latency);
}

#[test]
fn the_whole_server_may_live_at_another_time() {
    let peer = peer(|settings| settings.clock_offset = jiff::SignedDuration::from_hours(-2));
    let answer = peer.post("/customers", &jane("user-1"));
    let made: jiff::Timestamp = answer.json()["createdAt"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("RFC 3339");
    let behind = jiff::Timestamp::now().duration_since(made).as_secs();
    assert!((7_199..7_210).contains(&behind), "{behind}");
    let date = httpdate::parse_http_date(&answer.headers["date"]).expect("an HTTP date");
    let behind = std::time::SystemTime::now()
        .duration_since(date)
        .expect("in the past")
        .as_secs();
    assert!((7_199..7_210).contains(&behind), "{behind}");
}
