//! Any rows, any run size.

use proptest::prelude::*;

use super::{Judged, Run, Spill};
use crate::model::Position;
use crate::plan::{FieldHashes, Fingerprint, Staged, StagedFate};

fn push(spill: &mut Spill, key: &str, position: Position, judged: Judged<'_>) {
    let mut run = Run::default();
    run.push(key, position, judged);
    spill.take(&mut run).expect("taken");
}

fn spilled(keys: &[String], run_bytes: usize) -> Vec<(String, Vec<u64>)> {
    let mut spill = Spill::with_run_bytes(run_bytes);
    let hashes = FieldHashes::default();
    for (record, key) in (1..).zip(keys) {
        let position = Position {
            record,
            line: record + 1,
            byte: 0,
        };
        let judged = match record % 3 {
            0 => Judged::Rejected,
            1 => Judged::OutOfScope,
            _ => Judged::Valid(&hashes, Fingerprint::from_raw(record)),
        };
        push(&mut spill, key, position, judged);
    }
    let sorted = spill.finish().expect("sorted");
    let read = || {
        let mut groups = sorted.groups().expect("groups");
        let mut read = Vec::new();
        while let Some((key, rows)) = groups.next_group().expect("a group") {
            read.push((
                key.to_string(),
                rows.iter().map(|row| row.position.record).collect(),
            ));
        }
        read
    };
    assert_eq!(read(), read(), "a second reading gives the same");
    read()
}

fn grouped(keys: &[String]) -> Vec<(String, Vec<u64>)> {
    let mut groups = std::collections::BTreeMap::<String, Vec<u64>>::new();
    for (record, key) in (1..).zip(keys) {
        groups.entry(key.clone()).or_default().push(record);
    }
    groups.into_iter().collect()
}

proptest! {
    #[test]
    fn any_rows_come_back_in_key_order_whether_they_fit_into_memory_or_not(
        keys in prop::collection::vec("[a-c]{0,10}|\\PC{0,12}", 0..120),
        run_bytes in prop_oneof![Just(1_usize), Just(300), Just(4_000), Just(1 << 20)],
    ) {
        prop_assert_eq!(spilled(&keys, run_bytes), grouped(&keys));
    }
}

#[test]
fn a_row_keeps_its_position_fingerprint_and_fate() {
    let mut spill = Spill::with_run_bytes(1);
    let position = Position {
        record: 7,
        line: 9,
        byte: 1_234,
    };
    push(
        &mut spill,
        "a",
        position,
        Judged::Valid(&FieldHashes::default(), Fingerprint::from_raw(42)),
    );
    push(&mut spill, "b", position, Judged::Rejected);
    push(&mut spill, "c", position, Judged::OutOfScope);
    let mut groups = spill
        .finish()
        .and_then(|sorted| sorted.groups())
        .expect("groups");
    let (_, valid) = groups.next_group().expect("read").expect("a");
    let fate = StagedFate::Valid {
        hashes: FieldHashes::default(),
        fingerprint: Fingerprint::from_raw(42),
    };
    assert_eq!(valid, [Staged { position, fate }]);
    let (_, rejected) = groups.next_group().expect("read").expect("b");
    assert_eq!(
        rejected,
        [Staged {
            position,
            fate: StagedFate::Rejected
        }]
    );
    let (_, out) = groups.next_group().expect("read").expect("c");
    assert_eq!(
        out,
        [Staged {
            position,
            fate: StagedFate::OutOfScope
        }]
    );
}
