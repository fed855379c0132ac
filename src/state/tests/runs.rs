//! Runs and the plans that they applied.

use super::world::{World, created, done, time};
use crate::model::Scope;
use crate::plan::testing::create;
use crate::plan::{Counts, Totals};
use crate::state::{PlanUse, Record, RunNumber, RunPhase};

const ENDED: &str = "2026-03-01T01:00:00Z";

fn plan(nonce: &str, source_rows: u64) -> PlanUse {
    PlanUse {
        nonce: nonce.into(),
        fingerprint: format!("fingerprint of {nonce}"),
        totals: Totals {
            source_rows,
            ..Totals::default()
        },
        look_first: true,
        at: time("2026-03-01T00:30:00Z"),
    }
}

impl World {
    fn applying(&self, name: &str, source_rows: u64) -> RunNumber {
        let run = self.begin_run(name);
        assert!(done(self.use_plan(run, plan(name, source_rows))));
        run
    }

    fn end(&self, run: RunNumber, exit_code: u8) {
        done(self.end_run(run, time(ENDED), exit_code, Some(Counts::default())));
    }

    fn interrupted(&self) -> Option<RunNumber> {
        done(self.interrupted_run()).map(|run| run.number)
    }

    fn rows_before(&self) -> Option<u64> {
        done(self.previous_rows("csv users.csv".into()))
    }
}

#[test]
fn a_plan_is_applied_once_whoever_tries_again() {
    let world = World::new();
    let first = world.applying("plan", 1);
    let world = world.reopened();
    let second = world.begin_run("second");
    assert!(!done(world.use_plan(second, plan("plan", 1))));
    assert!(!done(world.use_plan(first, plan("plan", 1))));
    assert!(done(world.plan_was_used("plan".into())));
    assert!(!done(world.plan_was_used("other".into())));
    assert_eq!(done(world.generation()), 1);
    let runs = done(world.recent_runs(9));
    let phases: Vec<_> = runs.iter().map(|run| run.phase).collect();
    assert_eq!(phases, [RunPhase::Planning, RunPhase::Applying]);
}

#[test]
fn a_run_is_told_as_it_was_recorded() {
    let world = World::new();
    let run = world.applying("run", 7);
    let counts = Counts {
        source_rows: 7,
        created: 7,
        ..Counts::default()
    };
    done(world.end_run(run, time(ENDED), 3, Some(counts)));
    let [record] = done(world.recent_runs(9)).try_into().expect("one run");
    assert_eq!(record.number, run);
    assert_eq!(record.facts.run_id, "run");
    assert_eq!(record.facts.started_at, time("2026-03-01T00:00:00Z"));
    assert_eq!(record.phase, RunPhase::Ended);
    assert_eq!(
        (record.ended_at.as_deref(), record.exit_code),
        (Some(ENDED), Some(3))
    );
    assert_eq!(
        record.plan_fingerprint.as_deref(),
        Some("fingerprint of run")
    );
    assert_eq!(record.totals.map(|totals| totals.source_rows), Some(7));
    assert_eq!(record.counts, Some(counts));
    assert!(record.look_first);
}

#[test]
fn only_a_run_whose_plan_was_approved_can_be_resumed() {
    let world = World::new();
    world.begin_run("only planned");
    assert_eq!(world.interrupted(), None);
    let run = world.applying("applying", 1);
    let world = world.reopened();
    assert_eq!(world.interrupted(), Some(run), "the process was killed");
    done(world.pause_run(run, 6, Counts::default()));
    assert_eq!(world.interrupted(), Some(run), "it was paused");
    world.end(run, 0);
    assert_eq!(world.interrupted(), None);
}

#[test]
fn a_new_plan_takes_the_place_of_earlier_ones_and_keeps_what_they_did() {
    let world = World::new();
    let old = world.applying("old", 3);
    let changes = ["a", "b", "c"].map(|key| create(key, 1)).to_vec();
    world.plan_changes_blocking(old, changes).expect("planned");
    world.record(old, "a", created("a", "Customer:a", &[]));
    let at = time(ENDED);
    world.record(old, "b", Record::InFlight { at });
    let new = world.applying("new", 3);
    world
        .plan_changes_blocking(new, vec![create("d", 1)])
        .expect("planned");
    done(world.supersede_runs(new));

    assert_eq!(world.interrupted(), Some(new));
    assert_eq!(world.change("a").0, "applied");
    assert_eq!(
        world.change("b").0,
        "in_flight",
        "an open outcome stays open"
    );
    assert_eq!(
        world.change("c"),
        ("deferred".into(), Some("SUPERSEDED".into()))
    );
    assert_eq!(world.change("d").0, "planned");
}

#[test]
fn the_rows_of_before_are_those_of_the_last_run_that_did_all_it_planned() {
    let world = World::new();
    assert_eq!(world.rows_before(), None);
    let run = world.applying("first", 100);
    assert_eq!(world.rows_before(), None, "it has not ended");
    world.end(run, 0);
    assert_eq!(world.rows_before(), Some(100));
    world.end(world.applying("some rows failed", 90), 3);
    assert_eq!(world.rows_before(), Some(90));
    for (name, exit_code) in [("failed", 1), ("paused", 6), ("refused", 4)] {
        world.end(world.applying(name, 5), exit_code);
    }
    world.end(world.begin_run("only planned"), 0);
    let killed = world.applying("killed", 6);
    done(world.supersede_runs(RunNumber(killed.0 + 1)));
    assert_eq!(world.rows_before(), Some(90));
    assert_eq!(done(world.previous_rows("csv others.csv".into())), None);
}

#[test]
fn the_last_success_is_the_last_one_that_ended_well() {
    let world = World::new();
    assert!(done(world.last_success(&Scope::EVERYBODY)).is_none());
    let good = world.applying("good", 1);
    world.end(good, 3);
    world.end(world.applying("bad", 1), 1);
    world.begin_run("under way");
    let last = done(world.last_success(&Scope::EVERYBODY)).expect("one");
    assert_eq!(last.number, good);
}

#[test]
fn the_newest_runs_come_first_and_no_more_than_asked_for() {
    let world = World::new();
    for name in ["one", "two", "three"] {
        world.begin_run(name);
    }
    let names: Vec<_> = done(world.recent_runs(2))
        .into_iter()
        .map(|run| run.facts.run_id)
        .collect();
    assert_eq!(names, ["three", "two"]);
}
