//! `check --online`: the rules of the platform, asked of Grid by one request.

use std::time::Duration;

use gridsync::emulator::Edition;
use serde_json::{Value, json};

use crate::support::{Ended, Grid, Place, Users, sample};

/// A Grid that says this of the platform.
fn grid(platform: &Value) -> Grid {
    let keys = platform.as_object().expect("an object").clone();
    Grid::new()
        .settings(|settings| settings.describe_platform(keys))
        .start()
}

/// Checks these users online; what is told of each row, one line a fault or warning.
fn told(grid: &Grid, users: &Users) -> (Ended, Vec<String>) {
    let place = Place::on(grid).users(users);
    let ended = place.check().in_words().args("--online --events").end();
    let lines = ended.stdout.lines();
    let events = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON lines"));
    let told = events.flat_map(|event| of_row(&event)).collect();
    (ended, told)
}

fn of_row(event: &Value) -> Vec<String> {
    let line = |found: &Value, mark: &str| {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        format!("{}{mark} {}", text("code"), text("field"))
    };
    match event["event"].as_str() {
        Some("warned") => vec![line(event, "?")],
        Some("rejected") => {
            let faults = event["faults"].as_array().expect("a reject has faults");
            faults.iter().map(|fault| line(fault, "")).collect()
        }
        _ => Vec::new(),
    }
}

fn currency(code: &str, needs: &[&str]) -> Value {
    json!({ "currencyCode": code, "providerRequiredCustomerFields": needs })
}

/// A person with these fields besides.
fn with(fields: &[(&str, &str)]) -> Users {
    let own = [
        ("platformCustomerId", "usr_1"),
        ("customerType", "INDIVIDUAL"),
        ("fullName", "Ada Lovelace"),
        ("email", "ada@mail.fairwind-post.net"),
    ];
    Users::empty().user(&[&own, fields].concat())
}

#[test]
fn the_samples_pass_with_one_request_and_without_a_state_file() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let ended = place
        .check()
        .arg("--online")
        .arg("--csv")
        .arg(sample("users.csv"))
        .end();
    ended.exits(0).counts("source_rows 1000");
    let asked = grid.requests();
    let paths: Vec<_> = asked
        .iter()
        .map(|one| (one.method.as_str(), one.path.as_str()))
        .collect();
    assert_eq!(paths, [("GET", "/grid/2025-10-13/config")]);
    let summary = ended.summary();
    assert_eq!(summary["requests"], 1);
    assert_eq!(
        summary["details"],
        json!({
            "rules": "Grid's own, and the platform's",
            "uma_domain": "emulator.example",
            "regulated": true,
            "embedded_wallets": false,
            "currencies": {
                "USD": ["FULL_NAME", "BIRTH_DATE", "POSTAL_ADDRESS"],
                "EUR": ["FULL_NAME", "POSTAL_ADDRESS"],
                "BTC": [],
            },
        })
    );
    assert!(!place.has("state.sqlite"));
}

#[test]
fn what_a_provider_needs_is_a_fault_where_the_row_names_the_currency() {
    let grid = grid(&json!({
        "supportedCurrencies": [
            currency("USD", &["FULL_NAME", "BIRTH_DATE"]),
            currency("EUR", &["FULL_NAME", "NATIONALITY"]),
        ],
    }));
    let (ended, told_of) = told(&grid, &with(&[("currencies", "USD")]));
    ended.exits(3);
    assert_eq!(told_of, ["MISSING birthDate"]);

    let (ended, told_of) = told(&grid, &with(&[]));
    ended.exits(0);
    assert_eq!(
        told_of,
        ["PROVIDER_FIELD? birthDate", "PROVIDER_FIELD? nationality"]
    );

    let clabe = [
        ("accountType", "MXN_ACCOUNT"),
        ("clabeNumber", "032180000118359719"),
        ("currencies", "GBP"),
    ];
    let (ended, told_of) = told(&grid, &with(&clabe));
    ended.exits(3);
    assert_eq!(
        told_of,
        [
            "UNSUPPORTED_CURRENCY currencies",
            "UNSUPPORTED_CURRENCY externalAccount.currency"
        ]
    );
}

#[test]
fn without_the_flag_nobody_is_asked() {
    let grid = grid(&json!({ "supportedCurrencies": [currency("USD", &["NATIONALITY"])] }));
    let place = Place::on(&grid).users(&Users::some(2));
    place.check().end().exits(0);
    assert_eq!(grid.requests().len(), 0);
    let online = place.check().arg("--online").end();
    online.exits(3).counts("source_rows 2, rejected 2");
    assert!(place.read_text("rejects.csv").contains("nationality"));
    assert!(online.summary()["details"]["rejects_file"].is_string());
}

#[test]
fn a_platform_with_wallets_that_is_not_regulated_asks_for_more() {
    let grid = grid(&json!({
        "umaDomain": "pay.lumen-harbour.org",
        "isRegulatedFinancialInstitution": false,
        "embeddedWalletConfig": { "emailOtp": true },
        "supportedCurrencies": [currency("USD", &["SHOE_SIZE"])],
    }));
    let uma = [("email", ""), ("umaAddress", "$ada@emulator.example")];
    let (ended, told_of) = told(&grid, &with(&uma));
    ended
        .exits(3)
        .says("personal data of customers cannot be changed later")
        .says("`SHOE_SIZE`");
    let mut told_of = told_of;
    told_of.sort();
    assert_eq!(told_of, ["MISSING email", "OTHER_UMA_DOMAIN umaAddress"]);

    let (ended, told_of) = told(
        &grid,
        &with(&[("umaAddress", "$ada@pay.lumen-harbour.org")]),
    );
    ended.exits(0);
    assert_eq!(told_of, ["NO_CONSENT? endUserTermsConsent.acceptedAt"]);
}

#[test]
fn the_old_edition_is_asked_in_its_own_words() {
    let grid = Grid::new().edition(Edition::Y2025M10).start();
    let place = Place::on(&grid).config("[grid]\nedition = \"2025-10\"\n");
    place.set_users(&Users::empty().user(&[
        ("platformCustomerId", "usr_1"),
        ("customerType", "INDIVIDUAL"),
        ("fullName", "Ada Lovelace"),
        ("accountType", "UPI"),
        ("bankAccountInfo.vpa", "ada@bank"),
        ("bankAccountInfo.currency", "USD"),
    ]));
    let ended = place.check().in_words().args("--online --events").end();
    ended.exits(3);
    for field in [
        "birthDate",
        "address.line1",
        "address.postalCode",
        "address.country",
    ] {
        assert!(
            ended.stdout.contains(&format!("\"field\":\"{field}\"")),
            "{field}: {}",
            ended.stdout
        );
    }
}

#[test]
fn a_grid_that_does_not_answer_leaves_the_offline_check() {
    let offline = |ended: &Ended| {
        ended.says("without --online, check needs no Grid");
        let next = ended.next_command().expect("a way on");
        assert!(
            next.starts_with("gridsync check ") && !next.contains("--online"),
            "{next}"
        );
    };
    let place = |grid: &Grid| Place::on(grid).users(&Users::some(1));

    let grid = Grid::new().credential("another", "token").start();
    let refused = place(&grid).check().arg("--online").end();
    offline(refused.exits(12));

    let grid = Grid::new().fault("error-503").start();
    let down = place(&grid)
        .config("[grid]\nattempts = 2\n")
        .check()
        .arg("--online")
        .end();
    offline(down.exits(6));

    let nowhere = Place::at("http://127.0.0.1:9/grid/2025-10-13").users(&Users::some(1));
    let nowhere = nowhere.config("[grid]\nattempts = 1\n");
    offline(nowhere.check().arg("--online").end().exits(6));
    nowhere.check().end().exits(0);
}

#[test]
fn a_mapping_that_does_not_fit_and_absent_credentials_are_told_before_grid_is_asked() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    place.write("users.csv", "full_name\nAda\n");
    place.check().arg("--online").end().exits(78);
    let place = Place::on(&grid).users(&Users::some(1));
    place
        .check()
        .arg("--online")
        .env("GRID_CLIENT_ID", "half")
        .end()
        .exits(78);
    assert_eq!(grid.requests().len(), 0);
}

#[test]
fn a_signal_ends_the_wait_for_grid() {
    let grid = Grid::new().latency(Duration::from_mins(1)).start();
    let place = Place::on(&grid).users(&Users::some(1));
    let run = place.check().args("--online --timeout 60s").spawn();
    assert!(grid.wait_for_requests(1, Duration::from_secs(20)));
    run.signal("INT");
    run.end().exits(130);
}
