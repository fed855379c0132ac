//! Refusals that come by chance, whatever the rate.

use super::super::simulated::{Client, Counting, Server, Wish};
use super::pace;
use crate::grid::throttle::Reserve;

const HOUR: f64 = 3_600.0;

/// What a client reaches that never slows down: it waits a second for each refusal, and goes on.
fn attainable(rate: f64, share: f64) -> f64 {
    rate * (1.0 - share) / (1.0 + rate * share)
}

fn seeded(rate: f64, seed: u64) -> Client {
    Client::new(pace(rate, Reserve::NONE), 8, None, seed)
}

/// A gateway that refuses this part of all requests, and nothing else.
fn gateway(wish: Wish, share: f64, seed: u64) -> Server {
    Server::by_chance(Counting::Bucket, wish, 1e6, share, seed)
}

#[test]
fn refusals_by_chance_cost_their_pauses_and_little_more() {
    for (rate, share) in [(5.0, 0.02), (50.0, 0.02), (5.0, 0.1), (50.0, 0.05)] {
        for seed in 0..4 {
            let wish = [Wish::Seconds, Wish::Absent][usize::from(seed % 2 == 1)];
            let mut client = seeded(rate, seed);
            client.run(&mut gateway(wish, share, seed), HOUR);
            let reached = client.between(0.0, HOUR).per_second / attainable(rate, share);
            let what = format!("{rate}/s, {share} refused, {wish:?}, seed {seed}");
            assert!(reached >= 0.8, "{what}: {reached:.2} of the attainable");
        }
    }
}

#[test]
fn after_chance_has_stopped_the_rate_is_soon_the_configured_one() {
    for (rate, share) in [(5.0, 0.02), (50.0, 0.02), (50.0, 0.1)] {
        for seed in 0..4 {
            let mut client = seeded(rate, seed);
            let mut server = gateway(Wish::Seconds, share, seed);
            client.run(&mut server, HOUR / 2.0);
            server.share = 0.0;
            client.run(&mut server, 900.0);
            let late = client.between(HOUR / 2.0 + 300.0, HOUR / 2.0 + 900.0);
            assert!(late.per_second >= 0.95 * rate, "{rate}, {share}: {late:?}");
            assert_eq!(client.limiter.learned(), None);
        }
    }
}

/// Chance took the limit's part, and the limit must be found again.
#[test]
fn a_limit_that_takes_the_place_of_chance_is_kept() {
    for counting in [Counting::Bucket, Counting::Seconds] {
        for seed in 0..4 {
            let mut client = seeded(50.0, seed);
            let mut server = Server::by_chance(counting, Wish::Seconds, 1e6, 0.05, seed);
            client.run(&mut server, HOUR / 2.0);
            (server.share, server.per_second) = (0.0, 20.0);
            client.run(&mut server, HOUR / 2.0);
            let what = format!("{counting:?}, seed {seed}");
            super::kept(client.between(HOUR / 2.0 + 600.0, HOUR), 0.9, 20.0, &what);
        }
    }
}

/// The hard case, and the weak one: a refusal does not tell which of the two it comes from.
#[test]
fn a_limit_together_with_chance_is_neither_a_standstill_nor_a_storm() {
    for (rate, limit, share) in [(50.0, 20.0, 0.005), (50.0, 20.0, 0.02), (5.0, 3.0, 0.01)] {
        let (mut reached, mut refused) = (Vec::new(), Vec::new());
        for seed in 0..12 {
            let counting = [Counting::Bucket, Counting::Seconds][usize::from(seed % 2 == 1)];
            let mut client = seeded(rate, seed);
            let mut server = Server::by_chance(counting, Wish::Seconds, limit, share, seed);
            client.run(&mut server, HOUR);
            let figures = client.between(600.0, HOUR);
            reached.push(figures.per_second / attainable(limit, share));
            refused.push(figures.refused_part() - share);
        }
        let mean = |of: &[f64]| of.iter().sum::<f64>() / 12.0;
        let least = reached.iter().copied().fold(f64::INFINITY, f64::min);
        let what = format!("{rate}/s, limit {limit}/s, {share}: {reached:.2?}, {refused:.3?}");
        assert!(mean(&reached) >= 0.75 && least >= 0.25, "{what}");
        // In excess of what comes by chance.
        assert!(mean(&refused) < 0.04, "{what}");
    }
}

/// A run may end at any moment: what it then keeps is neither where chance drove it, nor a trial.
#[test]
fn what_is_kept_for_the_next_run_does_not_come_from_chance() {
    for rate in [5.0, 50.0] {
        let half = 0.5 * attainable(rate, 0.02);
        let (mut kept, mut low) = (0, 0);
        for seed in 0..10 {
            let mut client = seeded(rate, seed);
            let mut server = gateway(Wish::Seconds, 0.02, seed);
            for _ in 0..1_800 {
                client.run(&mut server, 1.0);
                if client.limiter.is_settled() {
                    let learned = client.limiter.learned().unwrap_or(rate);
                    kept += 1;
                    low += u32::from(learned < half);
                }
            }
        }
        assert!(kept > 10_000, "{rate}/s: hardly ever settled: {kept}");
        // Once in so many trials chance looks like a limit.
        assert!(low * 100 < kept, "{rate}/s: {low} of {kept}");
    }
}
