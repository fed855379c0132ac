//! Bank accounts of edition 2026-08: each user's account is added to the user's customer, once, whatever
//! happens on the way; one that changed is reported, and replaced only when that is asked for.

use std::collections::BTreeMap;

use gridsync::emulator::RequestRecord;
use serde_json::{Value, json};

use crate::crash::{At, Journal, LONG, Trap, assert_each_created_once};
use crate::support::{Ended, Grid, Place, Sheet, Users, key, sample};

const NUMBER: &str = "externalAccount.accountInfo.accountNumber";
const PLATFORM_ID: &str = "externalAccount.platformAccountId";
const REPLACE: &str = "[changes]\naccounts = \"replace\"\n";
const OFF: &str = "[changes]\naccounts = \"off\"\n";

/// The number of the `number`-th user's account.
fn number_of(number: usize) -> String {
    format!("4000{number:06}")
}

/// The user's account has this number from now on, or is added with it.
fn banked(users: Users, key: &str, number: &str) -> Users {
    users
        .with(
            key,
            "externalAccount.accountInfo.accountType",
            "USD_ACCOUNT",
        )
        .with(
            key,
            "externalAccount.accountInfo.routingNumber",
            "021000021",
        )
        .with(key, NUMBER, number)
}

/// So many users, each with an account, which the platform gave no id.
fn all_banked(count: usize) -> Users {
    (1..=count).fold(Users::some(count), |users, number| {
        banked(users, &key(number), &number_of(number))
    })
}

/// The same, and each account has an id.
fn all_named(count: usize) -> Users {
    (1..=count).fold(all_banked(count), |users, number| {
        users.with(&key(number), PLATFORM_ID, &format!("acc-{number}"))
    })
}

/// The numbers of all accounts in Grid, by the keys of the customers that have them.
fn numbers(grid: &Grid) -> BTreeMap<String, Vec<String>> {
    let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let customers = grid.customers();
    for account in grid.accounts() {
        let owner = |customer: &&Value| customer["id"] == account["customerId"];
        let customer = customers.iter().find(owner);
        let key = &customer.expect("an account has a customer")["platformCustomerId"];
        let number = &account["accountInfo"]["accountNumber"];
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        numbers.entry(text(key)).or_default().push(text(number));
    }
    numbers
}

/// Each of the first `count` users has its account, and no other.
#[track_caller]
fn assert_one_account_each(grid: &Grid, count: usize) {
    let wanted = (1..=count).map(|number| (key(number), vec![number_of(number)]));
    assert_eq!(numbers(grid), wanted.collect());
}

fn is_account(record: &RequestRecord) -> bool {
    record.path.contains("/external-accounts")
}

/// Method and status of the requests about accounts, from the `since`-th request on.
fn account_requests(grid: &Grid, since: u64) -> Vec<(String, Option<u16>)> {
    let requests = grid.requests().into_iter();
    requests
        .filter(|record| record.number > since && is_account(record))
        .map(|record| (record.method, record.status))
        .collect()
}

/// Between two `POST`s for the account of one customer there was always an answered list.
#[track_caller]
fn assert_listed_before_every_second_post(grid: &Grid) {
    let mut posted: BTreeMap<String, u64> = BTreeMap::new();
    for record in grid.requests().into_iter().filter(is_account) {
        let Some(customer) = record.customer_id.clone() else {
            assert_eq!(
                record.method, "DELETE",
                "{record:?} is about nobody's account"
            );
            continue;
        };
        match (record.method.as_str(), record.status) {
            ("POST", _) => {
                let before = posted.insert(customer, record.number);
                assert_eq!(before, None, "{record:?} came without a look");
            }
            ("GET", Some(200)) => drop(posted.remove(&customer)),
            _ => {}
        }
    }
}

#[track_caller]
fn everybody_is_there(ended: &Ended, count: usize) {
    ended.exits(0);
    let there = ["created", "adopted", "updated", "unchanged"].map(|name| ended.count(name));
    assert_eq!(there.iter().sum::<u64>(), count as u64, "{}", ended.told());
}

#[test]
fn a_first_migration_adds_each_account_to_its_customer() {
    let users = all_banked(8).and("plain");
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users);
    place
        .plan()
        .in_words()
        .end()
        .exits(0)
        .says("create     9  8 with a bank account");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 9, created 9, planned.create 9");
    assert_one_account_each(&grid, 8);
    assert_each_created_once(&grid, &users.keys());
    let posts = vec![("POST".to_owned(), Some(201)); 8];
    assert_eq!(
        account_requests(&grid, 0),
        posts,
        "a new customer's are not listed"
    );

    let before = grid.request_count();
    let again = place.sync().end();
    again.exits(0).counts("source_rows 9, unchanged 9");
    assert_eq!(account_requests(&grid, before), []);
}

#[test]
fn an_account_is_sent_with_what_follows_from_its_row() {
    let grid = Grid::started();
    Place::on(&grid).users(&all_named(1)).sync().end().exits(0);
    let account = &grid.accounts()[0];
    assert_eq!(account["customerId"], grid.id_of(&key(1)).as_str());
    assert_eq!(account["currency"], "USD");
    assert_eq!(account["platformAccountId"], "acc-1");
    let beneficiary = &account["accountInfo"]["beneficiary"];
    assert_eq!(beneficiary["beneficiaryType"], "INDIVIDUAL");
    assert_eq!(beneficiary["fullName"], grid.customers()[0]["fullName"]);
    let body = grid.stored_body(&key(1)).expect("the customer was created");
    assert_eq!(body.get("externalAccount"), None);
}

/// Faults that strike requests about accounts, and how the run ends. Without an id of the platform's,
/// Grid would take a second account.
#[test]
fn whatever_goes_wrong_every_user_gets_one_account() {
    let created = "source_rows 10, created 10, planned.create 10";
    for fault in [
        "account/drop-before-commit=#3",
        "account/drop-after-commit=#3",
        "account/stall-after-commit=#1",
        "account/error-500-before=#3",
        "account/error-500-after-commit=#3",
        "account/error-503=#2",
        "account/error-429-seconds=#2",
        "account/late-commit=#3:100ms",
        "account/truncated-json=#3",
        "account/malformed-json=#2",
        "account/html-200=#2",
        "account/cut-body=#2",
    ] {
        for users in [all_banked(10), all_named(10)] {
            let grid = Grid::new().fault(fault).start();
            let place = Place::on(&grid).users(&users);
            place.sync().end().exits(0).counts(created);
            assert_one_account_each(&grid, 10);
            assert_listed_before_every_second_post(&grid);
            assert_each_created_once(&grid, &users.keys());
            place
                .sync()
                .end()
                .exits(0)
                .counts("source_rows 10, unchanged 10");
        }
    }
}

#[test]
fn an_account_that_lands_late_and_is_listed_later_still_is_waited_for() {
    let grid = Grid::new()
        .fault("account/late-commit=#4:200ms")
        .fault("account/late-index=#4:500ms")
        .start();
    let place = Place::on(&grid).users(&all_banked(6));
    let ended = place.sync().args("--settle 1500ms").end();
    ended
        .exits(0)
        .counts("source_rows 6, created 6, planned.create 6");
    assert_one_account_each(&grid, 6);
    let posts = account_requests(&grid, 0);
    let posts = posts.iter().filter(|(method, _)| method == "POST").count();
    assert_eq!(posts, 6, "none was sent again");
}

/// The next run knows which requests were under way, and waits for them.
#[test]
fn an_account_that_lands_after_its_run_was_killed_is_waited_for() {
    let grid = Grid::new().fault("account/late-commit:700ms").start();
    let place = Place::on(&grid).users(&all_banked(3));
    let patient = "--concurrency 4 --settle 2s";
    let run = place.sync().args(patient).spawn();
    // The list, three customers, three accounts.
    assert!(grid.wait_for_requests(7, LONG));
    run.kill();
    assert_eq!(grid.accounts().len(), 0, "nothing has landed yet");
    grid.clear_faults();
    everybody_is_there(&place.sync().args(patient).end(), 3);
    assert_one_account_each(&grid, 3);
    let posts = account_requests(&grid, 0).into_iter();
    let posts = posts.filter(|(method, _)| method == "POST").count();
    assert_eq!(posts, 3, "an account was sent again");
}

#[test]
fn killed_at_every_request_nobody_has_two_accounts_or_none() {
    const USERS: usize = 4;
    for (users, flags) in [
        (all_banked(USERS), "--concurrency 1"),
        (all_named(USERS), "--concurrency 1"),
        (all_banked(USERS), "--concurrency 4"),
    ] {
        let requests = {
            let grid = Grid::started();
            let place = Place::on(&grid).users(&users);
            place.sync().args(flags).end().exits(0);
            grid.request_count()
        };
        assert_eq!(requests, 1 + 2 * USERS as u64);
        for at in (1..=requests).flat_map(|number| [At::Received(number), At::Done(number)]) {
            let grid = Grid::started();
            let place = Place::on(&grid).users(&users);
            Trap::set(&grid, at).catch(place.sync().args(flags).spawn());
            everybody_is_there(&place.sync().args(flags).end(), USERS);
            assert_one_account_each(&grid, USERS);
            assert_each_created_once(&grid, &users.keys());
            assert_listed_before_every_second_post(&grid);
            let journal = Journal::of(&place);
            assert!(journal.open_keys().is_empty() && journal.open_accounts().is_empty());
            let quiet = place.sync().end();
            assert_eq!(quiet.count("updated") + quiet.count("created"), 0, "{at:?}");
            assert_one_account_each(&grid, USERS);
        }
    }
}

/// The same run goes on, and counts each user as what became of it.
#[test]
fn a_run_that_was_killed_between_customer_and_account_goes_on_with_the_account() {
    let users = all_banked(4);
    for at in (2..=9).flat_map(|number| [At::Received(number), At::Done(number)]) {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&users);
        Trap::set(&grid, at).catch(place.sync().args("--concurrency 1").spawn());
        let resumed = place.apply().args("--concurrency 1").end();
        resumed
            .exits(0)
            .counts("source_rows 4, created 4, planned.create 4");
        assert_one_account_each(&grid, 4);
        assert_each_created_once(&grid, &users.keys());
        assert_listed_before_every_second_post(&grid);
    }
}

/// The customer is known and kept, and the row is in one place: failed.
#[test]
fn a_refused_account_fails_its_row_and_keeps_its_customer() {
    let grid = Grid::started();
    let users = banked(all_banked(3), &key(2), "4000000105");
    let place = Place::on(&grid).users(&users);
    let ended = place.sync().in_words().arg("--events").end();
    ended.exits(3);
    let outcome = ended.stdout.lines().find(|line| {
        line.contains("\"event\":\"outcome\"") && line.contains("\"outcome\":\"failed\"")
    });
    let outcome: Value = serde_json::from_str(outcome.expect("one failed")).expect("JSON");
    assert_eq!(outcome["kind"], "attach");
    assert_eq!(outcome["code"], "INVALID_BANK_ACCOUNT");
    assert_eq!(outcome["customer_id"], grid.id_of(&key(2)).as_str());

    let again = place.sync().end();
    again
        .exits(3)
        .counts("source_rows 3, unchanged 2, failed 1, planned.update 1");
    assert!(!numbers(&grid).contains_key(&key(2)));

    place.set_users(&all_banked(3));
    let before = grid.request_count();
    let fixed = place.sync().end();
    fixed
        .exits(0)
        .counts("source_rows 3, unchanged 2, updated 1, planned.update 1");
    let writes = grid.writes_since(before);
    assert!(
        matches!(&writes[..], [one] if is_account(one) && one.method == "POST"),
        "{writes:?}"
    );
    assert_one_account_each(&grid, 3);
    assert_each_created_once(&grid, &users.keys());
}

#[test]
fn the_summary_names_refused_accounts_as_what_they_are() {
    let grid = Grid::started();
    let users = banked(all_banked(3), &key(2), "4000000105");
    let place = Place::on(&grid).users(&users);
    let ended = place.sync().in_words().end();
    ended
        .exits(3)
        .says("failed bank accounts INVALID_BANK_ACCOUNT ×1")
        .says("3 rows = 2 created + 1 failed");
}

/// The row comes back in the file of rejects, and tried again it costs one request for the account.
#[test]
fn a_refused_account_is_in_the_file_of_rejects_and_tried_again_alone() {
    let grid = Grid::started();
    let users = banked(all_banked(3), &key(2), "4000000105");
    let place = Place::on(&grid).users(&users);
    let ended = place.sync().args("--rejects rejects.csv").end();
    ended.exits(3);
    let mut sheet = Sheet::open(&place, "rejects.csv");
    assert_eq!(sheet.cells("platformCustomerId"), [key(2)]);
    assert_eq!(sheet.cells("_error_code"), ["INVALID_BANK_ACCOUNT"]);
    assert_eq!(sheet.cells("_error"), ["Grid refused this bank account"]);
    sheet.set(0, NUMBER, &number_of(2));
    sheet.save(&place, "rejects.csv");
    let run = ended.summary()["run_id"].as_str().expect("a run has an id");
    let before = grid.request_count();
    let again = place.sync().arg("--rejects-of").arg(run).arg("rejects.csv");
    again
        .end()
        .exits(0)
        .counts("source_rows 1, updated 1, planned.update 1");
    let writes = grid.writes_since(before);
    assert!(
        matches!(&writes[..], [one] if is_account(one)),
        "{writes:?}"
    );
    assert_one_account_each(&grid, 3);
    assert!(!place.has("rejects.csv"));
}

/// One id of the platform's on two accounts is one too many for Grid.
#[test]
fn an_account_that_another_customer_has_is_refused_and_not_tried_for_ever() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_named(2).with(&key(2), PLATFORM_ID, "acc-1"));
    place
        .sync()
        .args("--concurrency 1")
        .end()
        .exits(3)
        .counts("source_rows 2, created 1, failed 1, planned.create 2");
    assert_eq!(numbers(&grid).len(), 1);
}

/// A user of a customer that was there before us.
fn stranger(grid: &Grid, users: &Users) -> String {
    let seed: Value = serde_json::from_str(users.ndjson().lines().next().expect("a user"))
        .expect("a line of a seed");
    grid.insert(seed).expect("a good customer")
}

fn their_account(customer_id: &str, platform_id: Option<&str>, number: &str) -> Value {
    let mut account = json!({
        "customerId": customer_id,
        "currency": "USD",
        "accountInfo": {
            "accountType": "USD_ACCOUNT",
            "routingNumber": "021000021",
            "accountNumber": number,
            "beneficiary": { "beneficiaryType": "INDIVIDUAL", "fullName": "A. Lovelace" },
        },
    });
    if let Some(id) = platform_id {
        account["platformAccountId"] = id.into();
    }
    account
}

#[test]
fn an_adopted_customer_keeps_the_account_that_it_has() {
    let platform_ids = [
        (None, None),
        (Some("acc-1"), Some("acc-1")),
        (None, Some("acc-1")),
    ];
    for (theirs, ours) in platform_ids {
        let grid = Grid::started();
        let mut users = all_banked(1);
        let customer_id = stranger(&grid, &Users::some(1));
        grid.insert_account(&their_account(&customer_id, theirs, &number_of(1)));
        if let Some(ours) = ours {
            users = users.with(&key(1), PLATFORM_ID, ours);
        }
        let place = Place::on(&grid).users(&users);
        place
            .sync()
            .end()
            .exits(0)
            .counts("source_rows 1, adopted 1, planned.update 1");
        assert_eq!(grid.writes().len(), 0, "there is nothing to send");
        let again = place.sync().end();
        again.exits(0).counts("source_rows 1, unchanged 1");
    }
}

/// Nobody listed it, so its create finds it; what it has is looked at before anything is added.
#[test]
fn a_customer_that_only_its_create_finds_keeps_its_account_too() {
    let grid = Grid::started();
    let customer_id = stranger(&grid, &Users::some(1));
    grid.insert_account(&their_account(&customer_id, None, &number_of(1)));
    let place = Place::on(&grid).users(&all_banked(1));
    place
        .sync()
        .arg("--no-scan")
        .end()
        .exits(0)
        .counts("source_rows 1, adopted 1, planned.create 1");
    let listed = place.sync().end();
    listed
        .exits(0)
        .counts("source_rows 1, adopted 1, planned.update 1");
    let again = place.sync().end();
    again.exits(0).counts("source_rows 1, unchanged 1");
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn an_adopted_customer_without_the_account_gets_it() {
    let grid = Grid::started();
    let customer_id = stranger(&grid, &Users::some(1));
    grid.insert_account(&their_account(&customer_id, None, "77"));
    let place = Place::on(&grid).users(&all_banked(1));
    let plan = place.plan().in_words().end();
    plan.exits(0)
        .says("attach     1  exist: a bank account is added");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 1, updated 1, planned.update 1");
    let numbers = numbers(&grid);
    assert_eq!(numbers[&key(1)], ["77".to_owned(), number_of(1)]);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 1, unchanged 1");
}

/// The platform's own id says that it is the account; that its number is another is not glossed over.
#[test]
fn an_account_that_is_found_with_other_details_is_reported_from_then_on() {
    let grid = Grid::started();
    let customer_id = stranger(&grid, &Users::some(1));
    grid.insert_account(&their_account(&customer_id, Some("acc-1"), "77"));
    let place = Place::on(&grid).users(&all_named(1));
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 1, adopted 1, planned.update 1");
    for _ in 0..2 {
        let later = place.sync().end();
        later.exits(0).counts("source_rows 1, drifted 1");
    }
    place.plan().in_words().end().exits(0).says(NUMBER);
    assert_eq!(grid.writes().len(), 0);
}

/// Three users, and the second one's account is another on the next day.
fn a_changed_account(config: &str) -> (Grid, Place, u64) {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_named(3)).config(config);
    place.sync().end().exits(0);
    place.set_users(&all_named(3).with(&key(2), NUMBER, "9990"));
    let before = grid.request_count();
    (grid, place, before)
}

#[test]
fn a_changed_account_is_reported_and_left_alone() {
    let (grid, place, before) = a_changed_account("");
    let plan = place.plan().in_words().end();
    plan.exits(0)
        .says("externalAccount.accountInfo.accountNumber (changed in the source)");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, unchanged 2, drifted 1");
    assert!(grid.writes_since(before).is_empty());
}

#[test]
fn a_changed_account_is_replaced_when_that_is_asked_for() {
    let (grid, place, before) = a_changed_account(REPLACE);
    let plan = place.plan().in_words().end();
    plan.exits(0)
        .says("replace    1  exist: the bank account is DELETED and another one added")
        .says("externalAccount.accountInfo.accountNumber (changed in the source)");
    let unasked = place.run("sync").end();
    unasked.exits(4).says("need --yes");
    assert!(grid.writes_since(before).is_empty());

    let asked = grid.request_count();
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, unchanged 2, updated 1, planned.update 1");
    assert_eq!(numbers(&grid)[&key(2)], ["9990"]);
    assert_eq!(grid.accounts().len(), 3);
    let requests = [("DELETE", 204), ("GET", 200), ("POST", 201)];
    let requests = requests.map(|(method, status)| (method.to_owned(), Some(status)));
    assert_eq!(account_requests(&grid, asked), requests);
    let again = place.sync().end();
    again.exits(0).counts("source_rows 3, unchanged 3");
}

#[test]
fn killed_in_the_middle_of_a_replacement_there_is_one_account_in_the_end() {
    let requests = {
        let (grid, place, before) = a_changed_account(REPLACE);
        place.sync().args("--concurrency 1").end().exits(0);
        grid.request_count() - before
    };
    for resume in [false, true] {
        for at in (1..=requests).flat_map(|number| [At::Received, At::Done].map(|at| (at, number)))
        {
            let (grid, place, before) = a_changed_account(REPLACE);
            let at = at.0(before + at.1);
            Trap::set(&grid, at).catch(place.sync().args("--concurrency 1").spawn());
            let applying = Journal::of(&place)
                .try_count("SELECT count(*) FROM run WHERE phase = 'applying'")
                .is_some_and(|runs| runs > 0);
            let run = if resume && applying {
                place.apply().end()
            } else {
                place.sync().end()
            };
            everybody_is_there(&run, 3);
            assert_eq!(numbers(&grid)[&key(2)], ["9990"], "{at:?}");
            assert_eq!(grid.accounts().len(), 3, "{at:?}");
            let quiet = place.sync().end();
            quiet.exits(0);
            assert_eq!(grid.accounts().len(), 3, "{at:?}");
            let settled = place.sync().end();
            settled.exits(0).counts("source_rows 3, unchanged 3");
        }
    }
}

#[test]
fn a_replacement_whose_answers_are_lost_is_still_one() {
    for fault in [
        "account/drop-after-commit=#2",
        "account/error-500-after-commit=#2",
        "account/late-commit@2:100ms",
        "account/error-429=#2",
    ] {
        let (grid, place, _) = a_changed_account(REPLACE);
        grid.faults(&[fault]);
        let counts = "source_rows 3, unchanged 2, updated 1, planned.update 1";
        place.sync().end().exits(0).counts(counts);
        assert_eq!(numbers(&grid)[&key(2)], ["9990"], "{fault}");
        assert_eq!(grid.accounts().len(), 3, "{fault}");
    }
}

#[test]
fn an_account_that_cannot_be_deleted_stays_and_is_named() {
    let (grid, place, _) = a_changed_account(REPLACE);
    let of_second = |account: &&Value| account["platformAccountId"] == "acc-2";
    let accounts = grid.accounts();
    let account = accounts.iter().find(of_second).expect("it was added");
    grid.trust_account(account["id"].as_str().expect("an id"));
    let ended = place.sync().end();
    ended
        .exits(3)
        .counts("source_rows 3, unchanged 2, failed 1, planned.update 1");
    assert_one_account_each(&grid, 3);
    let words = place.sync().in_words().end();
    words
        .exits(3)
        .says("failed replacements of bank accounts BENEFICIARY_TRUSTED ×1");
    place.write("gridsync.toml", "");
    let reported = place.sync().end();
    reported
        .exits(0)
        .counts("source_rows 3, unchanged 2, drifted 1");
}

/// The account is gone, and the other one refused: the user is without one until the row is right.
#[test]
fn a_replacement_that_is_refused_half_way_is_taken_up_by_the_next_run() {
    let (grid, place, _) = a_changed_account(REPLACE);
    place.set_users(&all_named(3).with(&key(2), NUMBER, "4000000105"));
    let counts = "source_rows 3, unchanged 2, failed 1, planned.update 1";
    place.sync().end().exits(3).counts(counts);
    assert_eq!(grid.accounts().len(), 2);
    place.set_users(&all_named(3));
    let counts = "source_rows 3, unchanged 2, updated 1, planned.update 1";
    place.sync().end().exits(0).counts(counts);
    assert_eq!(grid.accounts().len(), 3);
}

#[test]
fn too_many_replacements_are_refused_before_the_first() {
    let (grid, place, _) = a_changed_account(REPLACE);
    let many = (1..=12).fold(all_banked(12), |users, number| {
        users.with(&key(number), PLATFORM_ID, &format!("acc-{number}"))
    });
    place.set_users(&many.clone().with(&key(2), NUMBER, &number_of(2)));
    place.sync().end().exits(0);
    let moved = (1..=12).fold(many, |users, number| {
        users.with(&key(number), NUMBER, &format!("555{number}"))
    });
    place.set_users(&moved);
    let before = grid.request_count();
    let refused = place.sync().end();
    refused.exits(4);
    assert_eq!(refused.guard("deletes")["measured"], 12);
    assert!(grid.writes_since(before).is_empty());
    place
        .sync()
        .args("--confirm-deletes 12")
        .end()
        .exits(0)
        .counts("source_rows 12, updated 12, planned.update 12");
}

#[test]
fn a_row_whose_account_changed_after_the_plan_is_left_for_the_next_run() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_banked(3));
    place.plan().args("-o plan").end().exits(0);
    let plan = place.read_text("plan");
    assert!(plan.contains("create_with_account") && !plan.contains(&number_of(2)));
    place.set_users(&all_banked(3).with(&key(2), NUMBER, "9990"));
    let applied = place.apply().arg("plan").end();
    applied
        .exits(3)
        .counts("source_rows 3, created 2, deferred 1, planned.create 3");
    place.sync().end().exits(0);
    assert_eq!(numbers(&grid)[&key(2)], ["9990"]);
}

/// What a saved plan does about accounts is what it says, whatever is configured when it is applied.
#[test]
fn a_plan_that_was_made_without_accounts_adds_none() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_banked(2)).config(OFF);
    place.plan().args("-o plan").end().exits(0);
    place.write("gridsync.toml", "");
    place.apply().arg("plan").end().exits(0);
    assert_eq!((grid.active(), grid.accounts().len()), (2, 0));
}

#[test]
fn accounts_that_are_off_are_not_sent_and_come_when_they_are_turned_on() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_banked(3)).config(OFF);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, created 3, planned.create 3");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, unchanged 3");
    assert_eq!(account_requests(&grid, 0), []);
    place.write("gridsync.toml", "");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 3, updated 3, planned.update 3");
    assert_one_account_each(&grid, 3);
}

/// Nothing leaves after a 401; what was left is known, and done by the same run.
#[test]
fn an_account_that_was_not_sent_is_left_with_its_customer_counted_once() {
    let grid = Grid::new().fault("account/auth-revoked").start();
    let place = Place::on(&grid).users(&all_banked(3));
    let stopped = place.sync().args("--concurrency 1").end();
    stopped.exits(12);
    assert_eq!(
        (stopped.count("created"), stopped.count("deferred")),
        (0, 3)
    );
    grid.clear_faults();
    place
        .apply()
        .end()
        .exits(0)
        .counts("source_rows 3, created 3, planned.create 3");
    assert_one_account_each(&grid, 3);
    assert_each_created_once(&grid, &all_banked(3).keys());
}

#[test]
fn an_account_that_nobody_knows_of_is_unresolved_until_it_is_found() {
    let grid = Grid::new()
        .fault("account/drop-after-commit=#1")
        .fault("account-list/error-503")
        .start();
    let place = Place::on(&grid)
        .users(&all_banked(3))
        .config("[grid]\nattempts = 2\n");
    let lost = place.sync().args("--concurrency 1").end();
    lost.exits(3)
        .counts("source_rows 3, created 2, unresolved 1, planned.create 3");
    // Whose account was sent first is nobody's to say.
    let told = place.run("status").end();
    let unresolved = &told.summary()["details"]["unresolved"];
    let whose = (1..=3).map(key).find(|key| *unresolved == json!([key]));
    let whose = whose.unwrap_or_else(|| panic!("{unresolved}"));
    let status = place.run("status").in_words().end();
    status.exits(0).says(&format!("unresolved      1: {whose}"));
    grid.clear_faults();
    let found = place.sync().end();
    found.exits(0).counts("source_rows 3, unchanged 3");
    assert_one_account_each(&grid, 3);
    assert_listed_before_every_second_post(&grid);
}

#[test]
fn no_account_is_known_to_the_state_file() {
    let grid = Grid::new()
        .fault("account/error-500-after-commit=#2")
        .start();
    let place = Place::on(&grid).users(&all_named(3));
    let ended = place.sync().args("-vv").end();
    ended.exits(0);
    let state = String::from_utf8_lossy(&place.read("state.sqlite")).into_owned();
    for secret in [number_of(1), "acc-1".to_owned(), "021000021".to_owned()] {
        assert!(!state.contains(&secret), "{secret} is in the state file");
        assert!(!ended.told().contains(&secret), "{secret} was printed");
    }
}

/// Accounts of many types, two thirds of them of types that no other user has.
#[test]
fn the_payouts_of_the_samples_arrive_as_they_stand() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let sync = || {
        let sync = place.sync().without("--csv").arg("--config");
        sync.arg(sample("payouts.toml")).end()
    };
    sync()
        .exits(0)
        .counts("source_rows 40, created 40, planned.create 40");
    assert_eq!(grid.accounts().len(), 35);
    sync().exits(0).counts("source_rows 40, unchanged 40");
}

#[test]
fn a_rehearsal_counts_the_requests_for_accounts() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all_banked(5));
    let rehearsed = place.run("rehearse").without("--base-url").end();
    rehearsed.exits(0);
    assert_eq!(rehearsed.count("created"), 5);
    assert_eq!(rehearsed.summary()["requests"], 1 + 2 * 5);
}
