//! `POST /customers`: what each edition takes, refuses, keeps and hides.

use serde_json::{Value, json};

use super::peer::{acme, faulty, jane, old_edition, peer};

fn with(mut body: Value, changes: &Value) -> Value {
    let object = body.as_object_mut().expect("an object");
    object.extend(changes.as_object().expect("changes are an object").clone());
    body
}

#[test]
fn a_new_customer_is_shown_whole_and_recognisably_made_here() {
    let peer = peer(|_| ());
    let answer = peer.post("/customers", &jane("user-1"));
    assert_eq!(answer.status, 201);
    assert_eq!(answer.headers["server"], "gridsync-emulator");
    assert!(answer.headers["date"].ends_with(" GMT"));
    let customer = answer.json();
    assert!(
        customer["id"]
            .as_str()
            .expect("an id")
            .starts_with("Customer:e3010000-")
    );
    assert_eq!(customer["platformCustomerId"], "user-1");
    assert_eq!(customer["kycStatus"], "APPROVED");
    assert_eq!(customer["isDeleted"], false);
    assert_eq!(customer["createdAt"], customer["updatedAt"]);
    assert_eq!(
        customer["createdAt"].as_str().expect("a time").len(),
        "2025-10-03T12:00:00.000001Z".len()
    );
    let uma = customer["umaAddress"].as_str().expect("made when absent");
    assert!(
        uma.starts_with('$') && uma.ends_with("@emulator.example"),
        "{uma}"
    );
}

#[test]
fn write_only_fields_are_taken_and_never_shown() {
    let peer = peer(|_| ());
    let body = with(
        jane("user-1"),
        &json!({
            "idType": "SSN", "identifier": "123-45-6789", "region": "US", "currencies": ["USD"], "shoeSize": 42,
        }),
    );
    let customer = peer.post("/customers", &body).json();
    for hidden in ["identifier", "region", "currencies", "shoeSize"] {
        assert!(customer.get(hidden).is_none(), "{hidden} is shown");
    }
    assert_eq!(customer["countryOfIssuance"], "US", "the default shows");
    assert_eq!(peer.emulator.stored_body("user-1"), Some(body));
}

#[test]
fn the_old_edition_takes_a_bank_account_and_hides_it() {
    let peer = old_edition();
    let account = json!({ "accountType": "US_ACCOUNT", "accountNumber": "0012", "routingNumber": "000123456",
        "accountCategory": "CHECKING" });
    let body = with(
        jane("user-1"),
        &json!({ "bankAccountInfo": account, "kycUrl": "https://kyc.example" }),
    );
    let customer = peer.post("/customers", &body).json();
    assert!(customer.get("bankAccountInfo").is_none() && customer.get("kycUrl").is_none());

    let bad = with(
        jane("user-2"),
        &json!({ "bankAccountInfo": { "accountType": "CLABE", "clabeNumber": "12" } }),
    );
    let answer = peer.post("/customers", &bad);
    let details = &answer.json()["details"];
    assert_eq!(answer.status, 400);
    assert_eq!(
        details["bankAccountInfo.clabeNumber"],
        "does not match the pattern"
    );
    assert_eq!(details["bankAccountInfo.bankName"], "is required");
}

#[test]
fn the_new_edition_ignores_the_bank_account_of_the_old() {
    let body = with(
        jane("user-1"),
        &json!({ "bankAccountInfo": { "accountType": "NONSENSE" } }),
    );
    assert_eq!(peer(|_| ()).post("/customers", &body).status, 201);
}

#[test]
fn every_bad_field_is_named_with_what_would_be_accepted() {
    let body = json!({
        "customerType": "BUSINESS", "email": "jane", "phoneNumber": "0123",
        "address": { "line1": null, "country": "US" },
        "businessInfo": { "legalName": "Acme", "country": "US", "incorporatedOn": "2023-02-30",
            "entityType": "GUILD", "naicsCode": "1", "sourceOfFundsCategories": ["GOLD"] },
    });
    let answer = peer(|_| ()).post("/customers", &body);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "INVALID_INPUT")
    );
    let mut fields = answer.bad_fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "address.line1",
            "address.postalCode",
            "businessInfo.entityType",
            "businessInfo.incorporatedOn",
            "businessInfo.naicsCode",
            "businessInfo.sourceOfFundsCategories[0]",
            "businessInfo.taxId",
            "email",
            "phoneNumber",
        ]
    );
    let body = answer.json();
    let phone = body["details"]["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .find(|e| e["field"] == "phoneNumber");
    assert_eq!(
        phone.expect("named above")["constraint"]["pattern"],
        r"^\+[1-9]\d{1,14}$"
    );
}

#[test]
fn the_editions_require_different_things() {
    let nameless = json!({ "customerType": "INDIVIDUAL" });
    assert_eq!(old_edition().post("/customers", &nameless).status, 400);
    let answer = peer(|_| ()).post("/customers", &nameless);
    assert_eq!(answer.status, 201, "the key is made when absent");
    assert!(answer.json()["platformCustomerId"].is_string());

    let old_business = json!({ "platformCustomerId": "b", "customerType": "BUSINESS",
        "businessInfo": { "legalName": "Acme" } });
    assert_eq!(old_edition().post("/customers", &old_business).status, 201);
    let answer = peer(|_| ()).post("/customers", &old_business);
    assert_eq!(
        answer.bad_fields(),
        [
            "businessInfo.country",
            "businessInfo.taxId",
            "businessInfo.incorporatedOn"
        ]
    );
}

#[test]
fn fields_that_depend_on_others_are_judged() {
    let peer = peer(|_| ());
    let body = with(
        jane("user-1"),
        &json!({
            "purposeOfAccount": "OTHER", "idType": "EIN", "countryOfIssuance": "MX",
        }),
    );
    let fields = peer.post("/customers", &body).bad_fields();
    assert_eq!(
        fields,
        [
            "purposeOfAccountOtherDescription",
            "idType",
            "countryOfIssuance"
        ]
    );
    let ssn = with(
        jane("user-1"),
        &json!({ "idType": "SSN", "identifier": "123456789" }),
    );
    assert_eq!(peer.post("/customers", &ssn).bad_fields(), ["identifier"]);
    let uma = with(
        jane("user-1"),
        &json!({ "umaAddress": "$jane@elsewhere.example" }),
    );
    assert_eq!(peer.post("/customers", &uma).code(), "INVALID_UMA_ADDRESS");
    let consent = json!({ "acceptedAt": "2026-01-01T00:00:00Z", "ipAddress": "127.0.0.1",
        "termsVersion": "latest", "acceptanceMethod": "CHECKBOX" });
    let terms = with(jane("user-1"), &json!({ "endUserTermsConsent": consent }));
    assert_eq!(
        peer.post("/customers", &terms).code(),
        "END_USER_TERMS_VERSION_NOT_FOUND"
    );
    assert_eq!(
        peer.emulator.customers(),
        [] as [Value; 0],
        "nothing was made on the way"
    );
}

#[test]
fn values_are_written_the_servers_own_way() {
    let body = with(
        jane("user-1"),
        &json!({ "fullName": "  Jane Doe ", "email": "Jane@Mail.Example.ORG" }),
    );
    let customer = peer(|_| ()).post("/customers", &body).json();
    assert_eq!(customer["fullName"], "Jane Doe");
    assert_eq!(customer["email"], "jane@mail.example.org");
}

#[test]
fn a_key_in_use_conflicts_until_its_customer_is_deleted() {
    let peer = peer(|_| ());
    let id = peer.create(&jane("user-1"));
    let answer = peer.post("/customers", &jane("user-1"));
    assert_eq!((answer.status, answer.code().as_str()), (409, "CONFLICT"));
    assert_eq!(peer.delete(&format!("/customers/{id}")).status, 200);
    assert_ne!(peer.create(&jane("user-1")), id);
}

#[test]
fn a_uma_address_in_use_is_another_conflict() {
    let peer = peer(|_| ());
    let uma = json!({ "umaAddress": "$jane@emulator.example" });
    peer.create(&with(jane("user-1"), &uma));
    let answer = peer.post("/customers", &with(jane("user-2"), &uma));
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "UMA_ADDRESS_EXISTS")
    );
}

#[test]
fn the_end_of_the_name_decides_the_status_in_the_sandbox() {
    let peer = peer(|_| ());
    for (name, status) in [
        ("Test 001", "PENDING"),
        ("Test 002", "REJECTED"),
        ("Test 003", "UNVERIFIED"),
        ("Jürgen Ñandú", "APPROVED"),
        ("Ünü", "APPROVED"),
    ] {
        let body = with(jane(name), &json!({ "fullName": name }));
        assert_eq!(
            peer.post("/customers", &body).json()["kycStatus"],
            status,
            "{name}"
        );
    }
    let business = peer.post("/customers", &acme("b")).json();
    assert_eq!(business["kybStatus"], "UNVERIFIED");
    assert!(business.get("kycStatus").is_none());
}

#[test]
fn an_unregulated_platforms_customers_are_born_unverified() {
    let peer = peer(|settings| settings.regulated = false);
    assert_eq!(
        peer.post("/customers", &jane("user-1")).json()["kycStatus"],
        "UNVERIFIED"
    );
}

#[test]
fn what_is_not_json_is_unreadable() {
    let peer = peer(|_| ());
    for body in ["{", "[]", "\"jane\""] {
        let answer = peer
            .try_send("POST", "/customers", Some(body), "")
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "INVALID_REQUEST_FORMAT"),
            "{body}"
        );
    }
}

#[test]
fn mail_domains_are_looked_up_when_asked_for() {
    let peer = faulty(&["email-mx"]);
    let at = |domain: &str| with(jane(domain), &json!({ "email": format!("jane@{domain}") }));
    assert_eq!(
        peer.post("/customers", &at("example.com")).code(),
        "INVALID_INPUT"
    );
    assert_eq!(peer.post("/customers", &at("mail.example")).status, 400);
    assert_eq!(peer.post("/customers", &at("lightspark.com")).status, 201);
}
