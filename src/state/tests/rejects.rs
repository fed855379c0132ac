//! Rows that a run left undone, and the runs that tried them again.

use super::world::{World, created, done, listed, time};
use crate::model::{Key, Scope};
use crate::plan::testing::{create, delete};
use crate::plan::{Counts, Totals};
use crate::state::{ChangeStatus, PlanUse, Record, RunFacts, RunNumber, Settled};

impl World {
    fn over(
        &self,
        run_id: &str,
        rejects_of: Option<RunNumber>,
        rows: u64,
        undone: u64,
    ) -> RunNumber {
        let run = done((**self).begin_run(RunFacts {
            run_id: run_id.into(),
            command: "sync".into(),
            started_at: time("2026-03-01T00:00:00Z"),
            source: "csv users.csv".into(),
            mapping: "mapping".into(),
            scope: Scope::EVERYBODY,
            rejects_of,
        }));
        let plan = PlanUse {
            nonce: run_id.into(),
            fingerprint: String::new(),
            totals: Totals {
                source_rows: rows,
                ..Totals::default()
            },
            look_first: false,
            at: time("2026-03-01T00:30:00Z"),
        };
        assert!(done(self.use_plan(run, plan)));
        let counts = Counts {
            source_rows: rows,
            rejected: undone,
            ..Counts::default()
        };
        done(self.end_run(run, time("2026-03-01T01:00:00Z"), 3, Some(counts)));
        run
    }

    fn found(&self, name: &str) -> Vec<RunNumber> {
        let found = done(self.runs_named(name.into()));
        found.iter().map(|run| run.number).collect()
    }
}

#[test]
fn a_run_over_rejects_is_no_whole_run() {
    let world = World::new();
    let whole = world.over("whole", None, 100, 4);
    world.over("again", Some(whole), 4, 1);
    assert_eq!(done(world.previous_rows("csv users.csv".into())), Some(100));
    let success = done(world.last_success(&Scope::EVERYBODY)).expect("one");
    assert_eq!(success.number, whole);
    let last = done(world.last_run_with_rejects()).expect("one");
    assert_eq!(last.number, whole);
    let good = world.over("good", None, 100, 0);
    assert_eq!(
        done(world.last_success(&Scope::EVERYBODY))
            .expect("one")
            .number,
        good
    );
    assert_eq!(
        done(world.last_run_with_rejects()).expect("one").number,
        whole
    );
    let again = done(world.run(RunNumber(2))).expect("recorded");
    assert_eq!(again.facts.rejects_of, Some(whole));
}

#[test]
fn a_run_is_found_by_how_its_id_begins_and_a_whole_id_is_one_runs() {
    let world = World::new();
    let runs = ["ab", "abc", "b%"].map(|id| world.over(id, None, 1, 1));
    assert_eq!(world.found("abc"), [runs[1]]);
    assert_eq!(world.found("ab"), [runs[0]]);
    assert_eq!(world.found("a"), [runs[1], runs[0]]);
    assert_eq!(world.found("b%"), [runs[2]]);
    assert!(world.found("%").is_empty() && world.found("x").is_empty());
}

#[test]
fn a_row_is_settled_once_however_often_it_is_said() {
    let world = World::new();
    let whole = world.over("whole", None, 100, 4);
    let other = world.over("other", None, 100, 4);
    world.over("again", Some(whole), 4, 2);
    for lines in [vec![3, 9], vec![9], vec![]] {
        world
            .settle_rejects_blocking(whole, lines)
            .expect("recorded");
    }
    let settled = done(world.settled(whole));
    let expected = Settled {
        runs: 1,
        of: Some(4),
        settled: 2,
    };
    assert_eq!((settled, settled.left()), (expected, Some(2)));
    assert_eq!(done(world.settled(other)).left(), Some(4));
    let counting = world.begin_run("never counted");
    assert_eq!(done(world.settled(counting)).left(), None);
}

#[test]
fn the_end_of_a_key_is_its_change_and_the_customers_that_it_has() {
    let world = World::new();
    world.full_scan(&[
        listed("gone", "Customer:9", &[]),
        listed("two", "Customer:1", &[]),
        listed("two", "Customer:2", &[]),
    ]);
    let run = world.run_with(&[
        create("done", 1),
        create("no", 2),
        delete("gone", "Customer:9"),
    ]);
    world.record(
        run,
        "done",
        Record::InFlight {
            at: time("2026-03-01T00:00:00Z"),
        },
    );
    world.record(run, "done", created("done", "Customer:3", &[]));
    let failed = Record::Failed {
        code: "INVALID_INPUT".into(),
        fields: vec!["email".into(), "address.city".into()],
    };
    world.record(run, "no", failed);
    let keys = ["done", "no", "gone", "two", "nobody"]
        .map(Key::new)
        .to_vec();
    let ends = world.ends_blocking(run, keys).expect("read");
    let customers: Vec<_> = ends.iter().map(|end| end.customers).collect();
    assert_eq!(customers, [1, 0, 1, 2, 0]);
    let status = |at: usize| ends[at].change.as_ref().map(|change| change.status);
    assert_eq!(status(0), Some(ChangeStatus::Applied));
    assert_eq!(status(1), Some(ChangeStatus::Failed));
    assert!(status(2).is_none(), "a delete is no row's");
    assert!(status(3).is_none() && status(4).is_none());
    let refused = ends[1].change.as_ref().expect("a change");
    assert_eq!(refused.code.as_deref(), Some("INVALID_INPUT"));
    assert_eq!(refused.fields, ["email", "address.city"]);
}
