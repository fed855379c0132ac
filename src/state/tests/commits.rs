//! Grouped commits: what was reported is on disk, and a group fails as one.

use std::sync::mpsc::{Sender, channel};

use tokio::task::JoinSet;

use super::world::{World, time, wait};
use crate::model::Key;
use crate::plan::testing::create;
use crate::state::{Record, RunNumber, State, StateError};

const MANY: u64 = 300;

fn key(number: u64) -> Key {
    Key::new(format!("{number:03}"))
}

fn in_flight() -> Record {
    Record::InFlight {
        at: time("2026-03-01T00:00:00Z"),
    }
}

fn world_of_many() -> (World, RunNumber) {
    let world = World::new();
    let changes: Vec<_> = (0..MANY)
        .map(|at| create(key(at).as_str(), at + 1))
        .collect();
    let run = world.run_with(&changes);
    (world, run)
}

fn departed(world: &World) -> u64 {
    world
        .beside()
        .query_row(
            "SELECT count(*) FROM change WHERE status = 'in_flight'",
            [],
            |row| row.get(0),
        )
        .expect("a count")
}

type Records = JoinSet<(u64, Result<(), StateError>)>;

fn submit(records: &mut Records, state: &State, run: RunNumber, number: u64, key: Key) {
    let state = state.clone();
    records.spawn(async move { (number, state.record(run, key, in_flight()).await) });
}

/// Holds the owner up, so that everything that is sent to it meanwhile becomes one group with it.
fn hold(records: &mut Records, state: &State) -> Sender<()> {
    let (go, gate) = channel::<()>();
    let state = state.clone();
    records.spawn(async move {
        let held = state.owner.call(move |_| {
            let _ = gate.recv();
            Ok(())
        });
        (u64::MAX, held.await)
    });
    go
}

/// Ends when every task has sent its work: they run in turn, on this thread.
async fn all_sent() {
    tokio::task::yield_now().await;
}

#[test]
fn many_records_at_once_are_all_on_disk_when_they_are_reported() {
    let (world, run) = world_of_many();
    wait(async {
        let mut records = JoinSet::new();
        for number in 0..MANY {
            submit(&mut records, &world, run, number, key(number));
        }
        while let Some(record) = records.join_next().await {
            record.expect("no task panics").1.expect("recorded");
        }
    });
    assert_eq!(departed(&world), MANY);
}

#[test]
fn nothing_is_reported_before_its_group_is_on_disk() {
    let (world, run) = world_of_many();
    wait(async {
        let mut records = JoinSet::new();
        let go = hold(&mut records, &world);
        for number in 0..9 {
            submit(&mut records, &world, run, number, key(number));
        }
        all_sent().await;
        assert!(records.try_join_next().is_none());
        assert_eq!(departed(&world), 0);
        go.send(()).expect("held");
        let first = records.join_next().await.expect("one of ten");
        first.expect("no task panics").1.expect("recorded");
        assert_eq!(departed(&world), 9, "one commit for all of them");
    });
}

#[test]
fn one_error_is_told_to_its_whole_group_and_nothing_of_it_is_on_disk() {
    let (world, run) = world_of_many();
    let mut results = wait(async {
        let mut records = JoinSet::new();
        let go = hold(&mut records, &world);
        for number in 0..3 {
            submit(&mut records, &world, run, number, key(number));
        }
        submit(&mut records, &world, run, 3, Key::new("never planned"));
        submit(&mut records, &world, run, 4, key(4));
        all_sent().await;
        go.send(()).expect("held");
        records.join_all().await
    });
    results.sort_unstable_by_key(|(number, _)| *number);
    let failed: Vec<u64> = results
        .iter()
        .filter(|(_, result)| matches!(result, Err(StateError::Damaged { .. })))
        .map(|(number, _)| *number)
        .collect();
    assert_eq!(failed, [0, 1, 2, 3, u64::MAX]);
    assert_eq!(departed(&world), 1, "the one after the error");
    assert_eq!(world.change("004").0, "in_flight");
}

#[test]
fn the_owner_works_on_after_an_error() {
    let (world, run) = world_of_many();
    let lost = wait(
        world
            .state()
            .record(run, Key::new("never planned"), in_flight()),
    );
    assert!(matches!(lost, Err(StateError::Damaged { .. })));
    world.record(run, "000", in_flight());
    assert_eq!(departed(&world), 1);
}
