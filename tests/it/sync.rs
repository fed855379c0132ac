//! What a sync does, run after run.

use std::fs;

use serde_json::{Value, json};

use gridsync::emulator::Edition;

use crate::support::{Grid, Place, Users, key, sample};

#[test]
fn the_first_sync_creates_everybody_and_the_second_writes_nothing() {
    let grid = Grid::started();
    let users = Users::some(30).and_business("biz_1");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 31, created 31, planned.create 31");
    grid.assert_one_active_each(&users.keys());

    let before = grid.request_count();
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 31, unchanged 31");
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn an_edited_row_is_drift_a_new_one_a_create_and_a_missing_one_an_orphan() {
    let grid = Grid::started();
    let users = Users::some(30);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);

    let changed = users
        .with(&key(7), "address.city", "Boston")
        .without(&key(9))
        .and("usr_new");
    place.set_users(&changed);
    let before = grid.request_count();
    let plan = place.plan().in_words().end();
    plan.exits(0)
        .says("usr_00007")
        .says("address.city")
        .says("usr_00009")
        .says("usr_new");
    assert!(!plan.stdout.contains("Boston"), "{}", plan.stdout);
    place
        .plan()
        .end()
        .exits(0)
        .counts("source_rows 30, unchanged 28, drifted 1, orphans 1, planned.create 1");
    assert_eq!(grid.writes_since(before).len(), 0, "planning cannot write");

    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 30, unchanged 28, created 1, drifted 1, orphans 1, planned.create 1");
    assert_eq!(
        grid.active_by_key().get(&key(9)),
        Some(&1),
        "deletes are off"
    );

    let before = grid.request_count();
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(0)
        .counts("source_rows 30, unchanged 29, deleted 1, drifted 1, orphans 1, planned.delete 1");
    let writes = grid.writes_since(before);
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(writes[0].method, "DELETE");
    grid.assert_one_active_each(&changed.keys());
}

#[test]
fn a_customer_that_grid_changed_is_drift_too_and_is_told_apart_by_its_fields() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(3));
    place.sync().end().exits(0);
    grid.patch(&grid.id_of(&key(2)), json!({ "birthDate": "1990-01-01" }));
    let plan = place.plan().in_words().end();
    plan.exits(0).says("usr_00002").says("birthDate");
    assert!(!plan.stdout.contains("usr_00001"), "{}", plan.stdout);
}

/// The next scan begins where the earlier of two clocks was.
#[test]
fn a_change_is_seen_though_a_clock_was_ahead_the_night_before() {
    for offset in ["clock-offset:72h", "clock-offset:-72h"] {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&Users::some(3));
        place.sync().end().exits(0);
        grid.faults(&[offset]);
        place.sync().end().exits(0);
        grid.faults(&[]);
        grid.patch(&grid.id_of(&key(2)), json!({ "birthDate": "1990-01-01" }));
        let plan = place.plan().in_words().end();
        plan.exits(0).says("changed customer").says("usr_00002");
    }
}

#[test]
fn what_grid_writes_in_its_own_way_is_not_drift() {
    let grid = Grid::started();
    let users = Users::some(2)
        .with(&key(1), "email", "Ada.Lovelace@Mail.Fairwind-Post.NET")
        .with(&key(2), "fullName", "  Ada   Vey ")
        .with(&key(2), "phoneNumber", "+14155550123");
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    for _ in 0..2 {
        place
            .sync()
            .arg("--full-scan")
            .end()
            .exits(0)
            .counts("source_rows 2, unchanged 2");
    }
}

#[test]
fn a_customer_that_was_deleted_in_grid_is_created_anew() {
    let grid = Grid::started();
    let users = Users::some(3);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    grid.mark_deleted(&grid.id_of(&key(2)));
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, unchanged 2, created 1, planned.create 1");
    grid.assert_one_active_each(&users.keys());
}

#[test]
fn customers_that_exist_already_are_adopted_and_then_known() {
    let users = Users::some(30);
    let grid = Grid::new().seed(users.ndjson().as_bytes()).start();
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 30, adopted 30");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 30, unchanged 30");
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn another_state_file_adopts_what_the_first_one_created() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(5));
    place.sync().end().exits(0);
    let before = grid.request_count();
    place
        .sync()
        .args("--state other.sqlite")
        .end()
        .exits(0)
        .counts("source_rows 5, adopted 5");
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn the_samples_show_creates_drift_ambiguity_and_orphans() {
    let seed = fs::read(sample("grid-seed.ndjson")).expect("a sample");
    let grid = Grid::new().seed(&seed).start();
    let place = Place::on(&grid);
    let sync = || place.sync().arg("--csv").arg(sample("users.csv"));
    sync().end().exits(3).counts(
        "source_rows 1000, created 900, adopted 85, drifted 12, ambiguous 3, orphans 10, planned.create 900",
    );
    let before = grid.request_count();
    sync()
        .end()
        .exits(3)
        .counts("source_rows 1000, unchanged 985, drifted 12, ambiguous 3, orphans 10");
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn creates_may_be_switched_off() {
    let grid = Grid::started();
    let place = Place::on(&grid)
        .users(&Users::some(3))
        .config("[changes]\ncreate = false\n");
    place
        .sync()
        .end()
        .exits(3)
        .counts("source_rows 3, deferred 3");
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn a_source_may_come_through_stdin_and_compressed() {
    let grid = Grid::started();
    let users = Users::some(4);
    let place = Place::on(&grid).users(&users);
    let file = fs::File::open(place.path("users.csv")).expect("just written");
    place
        .sync()
        .args("--csv -")
        .stdin(file)
        .end()
        .exits(0)
        .counts("source_rows 4, created 4, planned.create 4");
    let packed = zstd::encode_all(users.csv().as_bytes(), 1).expect("memory can be written to");
    place.write("users.csv.zst", packed);
    place
        .sync()
        .args("--csv users.csv.zst")
        .end()
        .exits(0)
        .counts("source_rows 4, unchanged 4");
}

/// What stands at a dotted name, owners counted from 0.
fn at<'a>(body: &'a Value, field: &str) -> &'a Value {
    let pointer = format!(
        "/{}",
        field.replace('[', ".").replace(']', "").replace('.', "/")
    );
    body.pointer(&pointer).unwrap_or(&Value::Null)
}

#[track_caller]
fn assert_sent(body: &Value, cells: &[(&str, &str)]) {
    for (field, value) in cells {
        let sent = at(body, field);
        let same = match sent {
            Value::String(text) => text == value,
            Value::Number(number) => number.to_string() == *value,
            Value::Array(list) => {
                let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                texts.join("|") == *value
            }
            _ => false,
        };
        assert!(same, "{field}: {value:?} was sent as {sent}");
    }
    assert_eq!(
        leaves(body),
        cells.len(),
        "more was sent than the row holds: {body}"
    );
}

/// Values in a body; a list of texts is one.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        Value::Array(items) if items.iter().any(Value::is_object) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn every_cell_of_the_new_edition_arrives_as_it_stands() {
    let person: &[(&str, &str)] = &[
        ("platformCustomerId", "person"),
        ("customerType", "INDIVIDUAL"),
        ("umaAddress", "$zo.e@emulator.example"),
        ("email", "zoe@mail.fairwind-post.net"),
        ("phoneNumber", "+14155550123"),
        ("region", "US"),
        ("currencies", "USD|MXN"),
        ("address.line1", "Große Gasse 97, \"Hinterhaus\""),
        ("address.line2", "2. Stock"),
        ("address.city", "Köln"),
        ("address.state", "NRW"),
        ("address.postalCode", "00123"),
        ("address.country", "DE"),
        ("endUserTermsConsent.acceptedAt", "2026-01-20T17:31:43Z"),
        ("endUserTermsConsent.ipAddress", "203.0.113.162"),
        ("endUserTermsConsent.termsVersion", "V1"),
        ("endUserTermsConsent.acceptanceMethod", "CHECKBOX"),
        ("fullName", "Zoë d’Arc-Ñandú"),
        ("birthDate", "1984-02-29"),
        ("nationality", "FR"),
        ("idType", "SSN"),
        ("identifier", "123-45-6789"),
        ("countryOfIssuance", "US"),
        ("sourceOfFundsCategories", "SALARY|OTHER"),
        ("sourceOfFundsOtherDescription", "A prize"),
        ("sourceOfWealthCategories", "GIFT|OTHER"),
        ("sourceOfWealthOtherDescription", "Another prize"),
        ("purposeOfAccount", "OTHER"),
        ("purposeOfAccountOtherDescription", "Sundry"),
        ("expectedMonthlyTransactionCount", "COUNT_UNDER_10"),
        ("expectedMonthlyTransactionVolume", "VOLUME_UNDER_10K"),
        ("annualIncomeRange", "UNDER_50K"),
        ("netWorthRange", "UNDER_100K"),
        ("pepStatus", "NONE"),
    ];
    let company: &[(&str, &str)] = &[
        ("platformCustomerId", "company"),
        ("customerType", "BUSINESS"),
        ("email", "office@mail.fairwind-post.net"),
        ("businessInfo.legalName", "Brightwater, Freight & Co. AG"),
        ("businessInfo.registrationNumber", "HRB 0042"),
        ("businessInfo.taxId", "DE125570114"),
        ("businessInfo.country", "DE"),
        ("businessInfo.incorporatedOn", "2008-05-11"),
        ("businessInfo.doingBusinessAs", "Brightwater"),
        ("businessInfo.entityType", "CORPORATION"),
        (
            "businessInfo.businessType",
            "TRANSPORTATION_AND_WAREHOUSING",
        ),
        ("businessInfo.naicsCode", "0484"),
        ("businessInfo.countriesOfOperation", "DE|FR"),
        ("businessInfo.purposeOfAccount", "OTHER"),
        ("businessInfo.purposeOfAccountOtherDescription", "Tolls"),
        ("businessInfo.sourceOfFunds", "Fares"),
        ("businessInfo.sourceOfFundsCategories", "OTHER"),
        ("businessInfo.sourceOfFundsOtherDescription", "Fares"),
        (
            "businessInfo.expectedMonthlyTransactionCount",
            "COUNT_10_TO_100",
        ),
        (
            "businessInfo.expectedMonthlyTransactionVolume",
            "VOLUME_10K_TO_100K",
        ),
        ("businessInfo.expectedRecipientJurisdictions", "FR"),
        ("businessInfo.expectedCounterpartyCountries", "FR|DK"),
        ("businessInfo.primaryContactFirstName", "Jürgen"),
        ("businessInfo.primaryContactLastName", "Ø"),
    ];
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::none().user(person).user(company));
    let lists = "separator = \"|\"\n";
    let list = |field: &str| format!("[fields.\"{field}\"]\ncolumn = \"{field}\"\n{lists}");
    let listed: String = person
        .iter()
        .chain(company)
        .filter(|(field, _)| {
            field.ends_with("Categories")
                || field.ends_with("countriesOfOperation")
                || field.ends_with("Jurisdictions")
                || field.ends_with("Countries")
                || *field == "currencies"
        })
        .map(|(field, _)| list(field))
        .collect();
    place.write("gridsync.toml", listed);
    place.sync().end().exits(0);
    assert_sent(&grid.stored_body("person").expect("created"), person);
    assert_sent(&grid.stored_body("company").expect("created"), company);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 2, unchanged 2");
}

#[test]
fn every_cell_of_the_old_edition_arrives_as_it_stands() {
    let person: &[(&str, &str)] = &[
        ("platformCustomerId", "person"),
        ("customerType", "INDIVIDUAL"),
        ("umaAddress", "$zo.e@emulator.example"),
        ("kycUrl", "https://kyc.fairwind-post.net/1"),
        ("address.line1", "90 Alder Street"),
        ("address.line2", "Apt. 3"),
        ("address.city", "Chicago"),
        ("address.state", "IL"),
        ("address.postalCode", "00123"),
        ("address.country", "US"),
        ("fullName", "Zoë d’Arc"),
        ("birthDate", "1984-02-29"),
        ("nationality", "FR"),
        ("bankAccountInfo.accountType", "US_ACCOUNT"),
        ("bankAccountInfo.accountNumber", "000123450"),
        ("bankAccountInfo.routingNumber", "000123456"),
        ("bankAccountInfo.accountCategory", "CHECKING"),
        ("bankAccountInfo.bankName", "First Larkspur Bank, N.A."),
        ("bankAccountInfo.currency", "USD"),
        ("bankAccountInfo.platformAccountId", "acct_1"),
    ];
    let company: &[(&str, &str)] = &[
        ("platformCustomerId", "company"),
        ("customerType", "BUSINESS"),
        ("businessInfo.legalName", "Brightwater Freight AG"),
        ("businessInfo.registrationNumber", "HRB 0042"),
        ("businessInfo.taxId", "DE125570114"),
        ("bankAccountInfo.accountType", "IBAN"),
        ("bankAccountInfo.iban", "DE89370400440532013000"),
        ("bankAccountInfo.bankName", "Bank"),
        ("bankAccountInfo.swiftBic", "COBADEFF"),
        ("beneficialOwners[0].fullName", "Ada Vey"),
        ("beneficialOwners[0].individualType", "OFFICER"),
        (
            "beneficialOwners[0].emailAddress",
            "ada@mail.fairwind-post.net",
        ),
        ("beneficialOwners[0].birthDate", "1984-02-29"),
        ("beneficialOwners[0].nationality", "DE"),
        ("beneficialOwners[0].percentageOwnership", "62.5"),
        ("beneficialOwners[0].title", "CEO"),
        ("beneficialOwners[0].address.line1", "Große Gasse 97"),
        ("beneficialOwners[0].address.postalCode", "04052"),
        ("beneficialOwners[0].address.country", "DE"),
        ("beneficialOwners[1].fullName", "Grace Vey"),
        ("beneficialOwners[1].individualType", "BENEFICIAL_OWNER"),
    ];
    let grid = Grid::new().edition(Edition::Y2025M10).start();
    let place = Place::on(&grid)
        .users(&Users::empty().user(person).user(company))
        .config("[grid]\nedition = \"2025-10\"\n");
    place.sync().end().exits(0);
    assert_sent(&grid.stored_body("person").expect("created"), person);
    assert_sent(&grid.stored_body("company").expect("created"), company);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 2, unchanged 2");
}

#[test]
fn the_samples_of_the_old_edition_and_of_foreign_headers_go_through() {
    for (config, csv, edition, rows) in [
        (
            "gridsync-2025-10.toml",
            "users-2025-10.csv",
            Edition::Y2025M10,
            60,
        ),
        ("gridsync.toml", "members.csv", Edition::Y2026M08, 1000),
    ] {
        let grid = Grid::new().edition(edition).start();
        let place = Place::on(&grid);
        let sync = || {
            let run = place.sync().without("--csv");
            run.arg("--config").arg(sample(config))
        };
        sync().end().exits(0).counts(&format!(
            "source_rows {rows}, created {rows}, planned.create {rows}"
        ));
        assert_eq!(grid.active(), rows, "{csv}");
        sync()
            .end()
            .exits(0)
            .counts(&format!("source_rows {rows}, unchanged {rows}"));
    }
}
