//! The search against servers with a hidden limit, in simulated time: hours of traffic, and the very
//! limiter that a client has.

use proptest::prelude::*;

use super::Reserve;
use super::pace::Pace;
mod chance;

use super::simulated::{Client, Counting, Figures, Server, Wish, busiest_second};

const COUNTINGS: [Counting; 3] = [Counting::Bucket, Counting::Seconds, Counting::Sliding];
const WISHES: [Wish; 3] = [Wish::Seconds, Wish::Date, Wish::Absent];
const BURST: u32 = 5;

fn pace(rate: f64, reserve: Reserve) -> Pace {
    Pace {
        rate,
        burst: BURST,
        reserve,
        ..Pace::UNLIMITED
    }
}

fn client(rate: f64, concurrency: usize) -> Client {
    Client::new(pace(rate, Reserve::NONE), concurrency, None, 1)
}

/// At least this much of the limit came through, and of a hundred requests at most one was refused.
#[track_caller]
fn kept(figures: Figures, part: f64, limit: f64, what: &str) {
    let achieved = figures.per_second / limit;
    assert!(achieved >= part, "{what}: {achieved:.3} of the limit");
    assert!(figures.refused_part() < 0.01, "{what}: {figures:?}");
}

#[test]
fn a_steady_limit_is_found_and_used() {
    let scenes = [
        (5.0, 5.0, 4),
        (5.0, 1.0, 4),
        (10.0, 5.0, 4),
        (50.0, 45.0, 4),
        (100.0, 10.0, 4),
        (100.0, 40.0, 4),
        (200.0, 80.0, 16),
        (1_000.0, 200.0, 64),
    ];
    for (rate, limit, concurrency) in scenes {
        for (counting, wish) in COUNTINGS.iter().flat_map(|&c| WISHES.map(|w| (c, w))) {
            let mut client = client(rate, concurrency);
            let seconds = (3_000.0_f64 / limit).max(240.0);
            client.run(&mut Server::new(counting, wish, limit), seconds);
            let what = format!("{rate}/s, limit {limit}/s, {counting:?}, Retry-After {wish:?}");
            // The limit must be found first, at the price of two or three pauses; and the pauses of a
            // date are up to a second longer than need be.
            let whole = if wish == Wish::Date { 0.8 } else { 0.88 };
            kept(client.between(0.0, seconds), whole, limit, &what);
            kept(client.between(60.0, seconds), 0.9, limit, &what);
        }
    }
}

#[test]
fn a_limit_that_was_lowered_is_found_within_seconds() {
    for (counting, wish) in COUNTINGS.iter().flat_map(|&c| WISHES.map(|w| (c, w))) {
        for (rate, before, after) in [
            (200.0, 100.0, 50.0),
            (200.0, 150.0, 15.0),
            (200.0, 60.0, 10.0),
            (20.0, 10.0, 5.0),
        ] {
            let mut client = client(rate, 8);
            let mut server = Server::new(counting, wish, before);
            client.run(&mut server, 120.0);
            server.per_second = after;
            client.run(&mut server, 300.0);
            let what = format!("{before}/s, then {after}/s, {counting:?}, {wish:?}");
            kept(client.between(0.0, 420.0), 0.0, after, &what);
            kept(client.between(150.0, 420.0), 0.9, after, &what);
        }
    }
}

/// The cubic is this far up after 2.5 periods. A period is 30 seconds, or 300 requests at small rates.
#[test]
fn a_limit_that_was_raised_is_found_within_two_and_a_half_periods() {
    for (counting, wish) in COUNTINGS.iter().flat_map(|&c| WISHES.map(|w| (c, w))) {
        for (rate, before, after, period) in [
            (200.0, 50.0, 100.0, 30.0),
            (200.0, 20.0, 60.0, 30.0),
            (40.0, 10.0, 20.0, 30.0),
            (10.0, 2.0, 4.0, 150.0),
        ] {
            let mut client = client(rate, 8);
            let mut server = Server::new(counting, wish, before);
            client.run(&mut server, 240.0);
            server.per_second = after;
            // In the middle of a period it begins with the next refusal, at once.
            let found = 240.0 + 3.5 * period;
            client.run(&mut server, found + 300.0 - 240.0);
            let what = format!("{before}/s, then {after}/s, {counting:?}, {wish:?}");
            kept(client.between(0.0, found + 300.0), 0.0, before, &what);
            let late = client.between(found, found + 300.0);
            kept(late, 0.9, after, &what);
        }
    }
}

#[test]
fn with_a_shorter_recovery_a_limit_that_was_raised_is_found_sooner() {
    let soon_after = |recovery: u64| {
        let recovery = std::time::Duration::from_secs(recovery);
        let pace = Pace {
            recovery,
            ..pace(150.0, Reserve::NONE)
        };
        let mut client = Client::new(pace, 16, None, 1);
        let mut server = Server::new(Counting::Bucket, Wish::Seconds, 20.0);
        client.run(&mut server, 120.0);
        server.per_second = 100.0;
        client.run(&mut server, 30.0);
        client.between(135.0, 150.0).per_second
    };
    let (short, long) = (soon_after(3), soon_after(30));
    assert!(short > 80.0 && long < 40.0, "{short}, {long}");
}

/// Many servers count by the minute: after 300 requests, `Retry-After: 30`.
#[test]
fn a_long_pause_is_paid_for_seldom() {
    let mut client = client(10.0, 4);
    let mut server = Server::new(Counting::Bucket, Wish::Seconds, 5.0);
    client.run(&mut server, 60.0);
    let pause = std::time::Duration::from_secs(30);
    for _ in 0..3 {
        client.limiter.refused(u64::MAX, Some(pause), 0.5);
        client.run(&mut server, 30.0);
    }
    client.run(&mut server, 3_600.0);
    let late = client.between(150.0, 3_750.0);
    kept(late, 0.9, 5.0, "after three long pauses");
}

#[test]
fn a_server_that_refused_everything_for_minutes_is_used_again_soon_after() {
    let mut client = client(50.0, 4);
    let mut server = Server::new(Counting::Seconds, Wish::Absent, 0.0);
    client.run(&mut server, 300.0);
    let tried = client.between(0.0, 300.0).requests;
    assert!((5..60).contains(&tried), "{tried} requests into the void");
    server.per_second = 1_000.0;
    client.run(&mut server, 600.0);
    let late = client.between(700.0, 900.0).per_second;
    assert!(late > 45.0, "{late}/s");
}

/// Whatever the first requests meet, they tell of no rate.
#[test]
fn a_few_refusals_at_the_very_beginning_do_not_make_a_fast_client_slow() {
    let mut client = client(100_000.0, 4);
    client.hand.advance(std::time::Duration::from_secs(1));
    let mut closed = Server::new(Counting::Seconds, Wish::Seconds, 0.0);
    client.run(&mut closed, 5.0);
    assert!(client.between(0.0, 6.0).refused >= 5);
    client.run(&mut Server::new(Counting::Bucket, Wish::Seconds, 1e6), 10.0);
    let late = client.between(8.0, 16.0).per_second;
    assert!(late > 70.0, "as fast as four at once can be: {late}/s");
}

/// Writes are refused, and the reads in between are not: that looks like a limit next to nothing.
#[test]
fn a_limit_that_was_taken_for_far_too_low_is_corrected_within_twenty_minutes() {
    let mut client = Client::new(pace(50.0, Reserve::NONE), 4, Some(0.1), 1);
    let mut server = Server::new(Counting::Bucket, Wish::Seconds, 20.0);
    client.run(&mut server, 1_800.0);
    kept(
        client.between(1_200.0, 1_800.0),
        0.9,
        20.0,
        "from the floor",
    );
}

#[test]
fn what_was_learned_is_where_the_next_run_begins_but_no_bound() {
    let pace = pace(200.0, Reserve::NONE);
    for counting in COUNTINGS {
        let mut first = client(200.0, 8);
        first.run(&mut Server::new(counting, Wish::Seconds, 50.0), 240.0);
        let learned = first.limiter.learned().expect("it was refused");
        assert!((45.0..60.0).contains(&learned), "{learned}");

        let mut again = Client::new(pace, 8, Some(learned), 2);
        again.run(&mut Server::new(counting, Wish::Seconds, 50.0), 20.0);
        let begun = again.between(0.0, 20.0);
        assert!(begun.refused <= 2, "{counting:?}: {begun:?}");
        assert!(begun.per_second >= 0.88 * 50.0, "{counting:?}: {begun:?}");

        let mut raised = Client::new(pace, 8, Some(learned), 3);
        raised.run(&mut Server::new(counting, Wish::Seconds, 150.0), 300.0);
        kept(raised.between(120.0, 300.0), 0.9, 150.0, "since raised");
    }
}

#[test]
fn a_limit_that_was_found_is_kept_for_the_next_run_within_a_minute() {
    for (rate, limit) in [(120.0, 30.0), (50.0, 20.0), (10.0, 5.0)] {
        for counting in [Counting::Bucket, Counting::Seconds] {
            let mut client = client(rate, 4);
            client.run(&mut Server::new(counting, Wish::Seconds, limit), 60.0);
            let learned = client.limiter.learned().expect("it was refused");
            let what = format!("{rate}/s, limit {limit}/s, {counting:?}: {learned}");
            assert!(client.limiter.is_settled(), "{what}");
            assert!((0.8..1.3).contains(&(learned / limit)), "{what}");
        }
    }
}

#[test]
fn where_the_rate_is_within_the_limit_it_is_kept_and_nothing_is_learned() {
    let mut client = client(50.0, 8);
    let mut server = Server::new(Counting::Seconds, Wish::Seconds, 60.0);
    client.run(&mut server, 100.0);
    assert_eq!(client.between(0.0, 100.0).refused, 0);
    assert!(client.between(0.0, 100.0).per_second >= 49.0);
    assert_eq!(client.limiter.learned(), None);

    // One refusal for another reason is forgotten once the rate is reached again.
    client.limiter.refused(u64::MAX, None, 0.5);
    assert!(client.limiter.learned().is_some());
    client.run(&mut server, 200.0);
    assert_eq!(client.limiter.learned(), None);
    assert!(client.between(200.0, 300.0).per_second >= 49.0);
}

#[test]
fn a_reserve_is_left_of_the_rate_while_no_limit_shows() {
    for (reserve, left) in [(Reserve::Share(0.2), 40.0), (Reserve::Rate(20.0), 30.0)] {
        let mut client = Client::new(pace(50.0, reserve), 8, None, 1);
        client.run(
            &mut Server::new(Counting::Bucket, Wish::Seconds, 1_000.0),
            100.0,
        );
        let most = busiest_second(&client.starts);
        assert!(most <= 45 && client.limiter.ceiling() <= left, "{most}");
        let achieved = client.between(1.0, 100.0).per_second;
        assert!((left - 1.0..left + 0.5).contains(&achieved), "{achieved}");
    }
}

#[test]
fn a_reserve_is_left_of_a_limit_that_was_found_and_seldom_tried() {
    // Of the room that a reserve leaves, a window that slides refuses a few all the same.
    for counting in [Counting::Bucket, Counting::Seconds] {
        for (reserve, left) in [(Reserve::Share(0.2), 80.0), (Reserve::Rate(10.0), 90.0)] {
            let mut client = Client::new(pace(200.0, reserve), 16, None, 1);
            let mut server = Server::new(counting, Wish::Seconds, 100.0);
            client.run(&mut server, 120.0);
            client.run(&mut server, 600.0);
            let settled = client.between(120.0, 720.0);
            let what = format!("{counting:?}, {reserve:?}: {settled:?}");
            assert!(settled.refused == 0, "{what}");
            assert!(settled.per_second <= left * 1.06, "{what}");
            assert!(settled.per_second >= left * 0.7, "{what}");
            // A raised limit is found all the same.
            server.per_second = 300.0;
            client.run(&mut server, 1_200.0);
            let raised = client.between(1_800.0, 1_920.0).per_second;
            assert!(raised > 0.9 * client.limiter.ceiling(), "{what}: {raised}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the limit does: never above the configured rate, never stuck, and no storm of
    /// refusals.
    #[test]
    fn any_history_of_limits_is_lived_through(
        rate in prop_oneof![1.0..10.0_f64, 10.0..300.0],
        share in prop_oneof![Just(0.0), 0.0..0.9_f64],
        learned in prop::option::of(0.01..400.0_f64),
        counting in prop::sample::select(COUNTINGS.to_vec()),
        wish in prop::sample::select(WISHES.to_vec()),
        history in prop::collection::vec((prop_oneof![Just(0.0), 0.5..20.0_f64, 20.0..400.0], 5.0..90.0_f64), 1..6),
        seed in any::<u64>(),
    ) {
        let pace = pace(rate, Reserve::Share(share));
        let mut client = Client::new(pace, 6, learned, seed);
        let mut server = Server::new(counting, wish, 10.0);
        let ceiling = rate * (1.0 - share);
        for (limit, seconds) in history {
            server.per_second = limit;
            client.run(&mut server, seconds);
            let in_force = client.limiter.in_force();
            prop_assert!(in_force <= ceiling && in_force >= ceiling.min(0.1), "{in_force}");
        }
        let busiest = u32::try_from(busiest_second(&client.starts)).expect("small");
        prop_assert!(f64::from(busiest) <= ceiling + f64::from(BURST), "{busiest}");

        // Once the server takes everything, work goes on, at the floor at the very least.
        server.per_second = 1e6;
        let before = client.starts.len();
        client.run(&mut server, 300.0);
        let started = u32::try_from(client.starts.len() - before).expect("small");
        let floor = ceiling.min(0.1) * (300.0 - 61.0) - 1.0;
        prop_assert!(f64::from(started) >= floor, "{started} < {floor}");
    }
}
