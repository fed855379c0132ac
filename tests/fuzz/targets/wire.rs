//! Bodies that say yes: pages, customers, bank accounts, the platform.

use std::error::Error;

use crate::exit::chain;
use crate::fuzzing::grid;
use crate::grid::Step;
use crate::model::account::likeness;
use crate::model::json::{from_customer, to_body};
use crate::model::{Customer, CustomerId, CustomerType, Edition, Key, Position, User};
use crate::plan::{FieldHashes, HashKey};

use super::input::is_silent;

const KEY: HashKey = HashKey::new([7; 16]);

pub(super) fn run(bytes: &[u8]) {
    for edition in Edition::ALL {
        if let Some((customers, step)) = ok(grid::page(bytes, edition)) {
            for customer in &customers {
                sound(customer, edition);
            }
            if let Step::Next(cursor) = step {
                assert!(!cursor.is_empty() && cursor.len() <= 8 * 1024);
            }
        }
        if let Some(customer) = ok(grid::customer(bytes, edition)) {
            sound(&customer, edition);
        }
    }
    if let Some(accounts) = ok(grid::accounts(bytes)) {
        accounts.iter().for_each(mirrors);
    }
    if let Some(account) = ok(grid::account(bytes)) {
        mirrors(&account);
    }
    if let Some(platform) = ok(grid::platform(bytes)) {
        assert!(
            platform
                .currencies
                .iter()
                .all(|currency| !currency.code.is_empty())
        );
    }
    if let Ok(json) = serde_json::from_slice(bytes) {
        let is_same = |other| likeness(&json, other) == likeness(&json, other);
        assert!(is_same(&json));
    }
}

/// What was read; an error tells nothing of it.
fn ok<T>(read: Result<T, crate::grid::Error>) -> Option<T> {
    read.inspect_err(|error| {
        is_silent(&chain(error));
        is_silent(&format!("{error:?} {:?}", error.source()));
    })
    .ok()
}

/// It has an id that a path can hold; and shown again as it was read, nothing of it has drifted.
fn sound(customer: &Customer, edition: Edition) {
    assert!((1..=1024).contains(&customer.customer_id.as_str().len()));
    assert!(
        customer
            .key
            .as_ref()
            .is_none_or(|key| !key.as_str().is_empty())
    );
    let ascend = customer.values.windows(2).all(|pair| pair[0].0 < pair[1].0);
    assert!(ascend, "fields in order, each once");
    let again = from_customer(&to_body(&customer.values, edition), edition);
    assert!(
        FieldHashes::of(&KEY, &again) == FieldHashes::of(&KEY, &customer.values),
        "would drift"
    );
}

/// An account that is made of what Grid shows of one has the same fields.
fn mirrors(account: &crate::grid::Account) {
    let user = User {
        key: Key::new("k"),
        customer_type: CustomerType::Individual,
        position: Position::default(),
        values: account.values(),
    };
    if let Some(draft) = crate::grid::AccountDraft::new(&user) {
        let body = draft.of(&CustomerId::new("c"));
        assert_eq!(body.likeness(account), body.likeness(account));
    }
}
