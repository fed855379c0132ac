//! What is written back, and what waits for it.

use super::world::{World, created, deleted, listed, since, time};
use crate::model::{CustomerId, Key};
use crate::plan::testing::create;
use crate::state::{State, WriteBackNumber};

const ADA: &[(&str, &str)] = &[("fullName", "Ada")];

/// A state that created a customer for each key.
fn world(keys: &[&str]) -> World {
    let world = World::new();
    let changes: Vec<_> = (1..)
        .zip(keys)
        .map(|(record, key)| create(key, record))
        .collect();
    let run = world.run_with(&changes);
    for key in keys {
        world.record(run, key, created(key, &format!("Customer:{key}"), ADA));
    }
    world
}

fn place(state: &State) -> WriteBackNumber {
    state
        .write_back_blocking("here".into())
        .expect("a number for the place")
}

fn waiting(state: &State) -> Vec<String> {
    let pairs = state
        .waiting_blocking(place(state), None, 100)
        .expect("the state can be read");
    let count = state
        .count_waiting_blocking(place(state))
        .expect("the state can be read");
    assert_eq!(count, pairs.len() as u64);
    pairs.into_iter().map(|(key, _)| key.to_string()).collect()
}

fn write(state: &State, key: &str, customer_id: &str) {
    let pair = (Key::new(key), CustomerId::new(customer_id));
    state
        .record_written_back_blocking(place(state), vec![pair], time("2026-03-01T00:00:00Z"))
        .expect("recorded");
}

#[test]
fn what_was_written_waits_no_more_in_another_process_either() {
    let world = world(&["a", "b", "c"]);
    write(&world, "b", "Customer:b");
    let world = world.reopened();
    assert_eq!(waiting(&world), ["a", "c"]);
    let next = world.waiting_blocking(place(&world), Some(Key::new("a")), 1);
    assert_eq!(next.expect("read")[0].0.as_str(), "c");
}

#[test]
fn another_place_has_nothing_yet_and_one_that_is_forgotten_neither() {
    let world = world(&["a"]);
    write(&world, "a", "Customer:a");
    let other = world.write_back_blocking("elsewhere".into()).expect("new");
    assert_ne!(other, place(&world));
    assert_eq!(world.count_waiting_blocking(other).expect("read"), 1);
    assert_eq!(waiting(&world), [""; 0]);
    world
        .forget_written_back_blocking(place(&world))
        .expect("forgotten");
    assert_eq!(waiting(&world), ["a"]);
}

#[test]
fn a_customer_that_is_another_one_now_is_written_again() {
    let world = world(&["a", "b"]);
    write(&world, "a", "Customer:of old");
    write(&world, "b", "Customer:b");
    assert_eq!(waiting(&world), ["a"]);
}

#[test]
fn customers_that_are_not_ours_ambiguous_gone_or_without_a_key_are_not_written() {
    let world = world(&["ours", "twice", "gone"]);
    let page = vec![
        listed("theirs", "Customer:1", ADA),
        listed("twice", "Customer:2", ADA),
        listed("", "Customer:3", ADA),
        deleted("gone", "Customer:gone"),
    ];
    world.scan(since(), &[page]);
    assert_eq!(waiting(&world), ["ours"]);
}
