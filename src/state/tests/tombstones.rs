//! Who was absent since when, and what was deleted lately.

use super::world::{World, created, done, listed, since, time};
use crate::model::{CustomerId, Key};
use crate::plan::Tombstone;
use crate::plan::testing::{create, delete};
use crate::state::Record;

const FIRST: &str = "2026-03-01T02:00:00Z";
const LATER: &str = "2026-03-02T02:00:00.5Z";

impl World {
    fn absent(&self, customers: &[(&str, &str)], at: &str) {
        self.record_absent_blocking(pairs(customers), time(at))
            .expect("recorded");
    }

    fn tombstones(&self) -> Vec<Option<Tombstone>> {
        self.rows().into_iter().map(|row| row.tombstone).collect()
    }
}

fn pairs(customers: &[(&str, &str)]) -> Vec<(Key, CustomerId)> {
    let pair = |(key, id): &(&str, &str)| (Key::new(*key), CustomerId::new(*id));
    customers.iter().map(pair).collect()
}

fn twice() -> Tombstone {
    Tombstone {
        first_absent_at: time(FIRST),
        last_absent_at: time(LATER),
        reads: 2,
    }
}

#[test]
fn a_tombstone_keeps_its_first_time_and_counts_the_reads() {
    let world = World::new();
    world.full_scan(&[
        listed("a", "Customer:1", &[]),
        listed("b", "Customer:2", &[]),
    ]);
    world.absent(&[("a", "Customer:1")], FIRST);
    world.absent(&[("a", "Customer:1")], LATER);
    let world = world.reopened();
    assert_eq!(world.tombstones(), [Some(twice()), None]);
    let rule = Tombstone::absent_again(None, time(FIRST));
    assert_eq!(Tombstone::absent_again(Some(rule), time(LATER)), twice());
}

#[test]
fn who_is_seen_again_has_none() {
    let world = World::new();
    world.full_scan(&[listed("a", "Customer:1", &[])]);
    world.absent(&[("a", "Customer:1")], FIRST);
    let another = pairs(&[("a", "Customer:2"), ("b", "Customer:1")]);
    world.clear_absent_blocking(another).expect("cleared");
    assert!(world.tombstones()[0].is_some());
    let seen = pairs(&[("a", "Customer:1")]);
    world.clear_absent_blocking(seen).expect("cleared");
    assert_eq!(world.tombstones(), [None]);
}

#[test]
fn a_full_scan_drops_those_of_customers_that_it_did_not_see_and_an_incremental_one_does_not() {
    let world = World::new();
    let both = [
        listed("a", "Customer:1", &[]),
        listed("b", "Customer:2", &[]),
    ];
    world.full_scan(&both);
    world.absent(&[("a", "Customer:1"), ("b", "Customer:2")], FIRST);
    world.scan(since(), &[vec![]]);
    assert!(world.tombstones().iter().all(Option::is_some));
    world.full_scan(&both[1..]);
    world.full_scan(&both);
    let known: Vec<_> = world.tombstones().iter().map(Option::is_some).collect();
    assert_eq!(known, [false, true]);
}

#[test]
fn a_time_that_cannot_be_read_is_no_tombstone() {
    let world = World::new();
    world.full_scan(&[listed("a", "Customer:1", &[])]);
    world.absent(&[("a", "Customer:1")], FIRST);
    let damage = "UPDATE tombstone SET first_absent_at = 'long ago'";
    assert_eq!(world.beside().execute(damage, []).expect("damaged"), 1);
    assert_eq!(world.tombstones(), [None]);
}

#[test]
fn deletes_count_from_the_moment_their_request_left_whatever_is_known_of_it() {
    let world = World::new();
    let customers = ["a", "b", "c", "d", "e", "f"].map(|key| (key, format!("Customer:{key}")));
    let deletes = customers.iter().map(|(key, id)| delete(key, id));
    let run = world.run_with(&deletes.chain([create("z", 1)]).collect::<Vec<_>>());
    let sent = |key: &str, at: &str| world.record(run, key, Record::InFlight { at: time(at) });
    let deleted = |key: &str, by_us| Record::Deleted {
        customer_id: CustomerId::new(format!("Customer:{key}")),
        by_us,
    };
    let code = || "CODE".to_owned();
    // Long ago; done; done by somebody else; under way; unknown; refused; and a create.
    sent("a", "2026-02-28T02:00:00Z");
    world.record(run, "a", deleted("a", true));
    sent("b", LATER);
    world.record(run, "b", deleted("b", true));
    world.record(run, "c", deleted("c", false));
    sent("d", LATER);
    sent("e", LATER);
    world.record(run, "e", Record::Unknown { code: code() });
    sent("f", LATER);
    let refused = Record::Failed {
        code: code(),
        fields: vec![],
    };
    world.record(run, "f", refused);
    sent("z", LATER);
    world.record(run, "z", created("z", "Customer:z", &[]));
    let since = |text| done(world.deleted_since(time(text)));
    assert_eq!(since("2026-02-01T00:00:00Z"), 4);
    assert_eq!(since(FIRST), 3);
    // To the second: with as many digits as there are, text is not in the order of time.
    assert_eq!(since("2026-03-02T02:00:00Z"), 3);
    assert_eq!(since("2026-03-02T02:00:02Z"), 0);
}

#[test]
fn a_customer_that_we_deleted_leaves_no_tombstone() {
    let world = World::new();
    world.full_scan(&[listed("a", "Customer:1", &[])]);
    world.absent(&[("a", "Customer:1")], FIRST);
    let run = world.run_with(&[delete("a", "Customer:1")]);
    let deleted = Record::Deleted {
        customer_id: CustomerId::new("Customer:1"),
        by_us: true,
    };
    world.record(run, "a", deleted);
    let left = world
        .beside()
        .query_row("SELECT count(*) FROM tombstone", [], |row| row.get(0));
    assert_eq!(left, Ok(0));
}
