//! The limit that was learned is kept for the next run.

use super::world::{World, done, time};
use crate::state::LearnedRate;

#[test]
fn a_learned_rate_is_there_when_the_file_is_opened_again_and_may_be_forgotten() {
    let world = World::new();
    assert_eq!(world.learned_rate(), None);
    let learned = |per_second| {
        Some(LearnedRate {
            per_second,
            at: time("2026-03-01T00:00:00Z"),
        })
    };
    done(world.learn_rate(learned(12.5)));
    done(world.learn_rate(learned(7.25)));
    let world = world.reopened();
    assert_eq!(world.learned_rate(), learned(7.25));
    done(world.learn_rate(None));
    assert_eq!(world.reopened().learned_rate(), None);
}
