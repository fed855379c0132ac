//! How fast the program goes, by the emulator's own record: never faster than allowed, never more at
//! once, and as fast as a limit that nobody tells. What takes minutes to show (the usual recovery, small
//! rates, long pauses, chance for hours) is held in simulated time, in `src/grid/throttle/tests.rs`.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use gridsync::emulator::{Counting, RateLimit, RequestRecord, RetryAfter};

use crate::support::{Grid, Place, Users, key};

/// No window of this length that begins with a request holds more than this many.
fn busiest(records: &[RequestRecord], window: Duration) -> usize {
    let within = |first: &RequestRecord| {
        let until = first.at + window;
        let held = |record: &&RequestRecord| record.at >= first.at && record.at < until;
        records.iter().filter(held).count()
    };
    records.iter().map(within).max().unwrap_or_default()
}

/// The most requests that were received and not yet answered.
fn most_at_once(records: &[RequestRecord]) -> usize {
    let open = |record: &RequestRecord, at: Instant| {
        record.at <= at && record.answered_at.is_none_or(|answered| answered > at)
    };
    let at_once = |at| records.iter().filter(|record| open(record, at)).count();
    records
        .iter()
        .map(|record| at_once(record.at))
        .max()
        .unwrap_or_default()
}

/// What a stretch of requests came to.
struct Figures {
    requests: usize,
    refused: usize,
    /// Of the limit, from the first to the last.
    achieved: f64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            requests,
            refused,
            achieved,
        } = self;
        write!(
            f,
            "{requests} requests, {refused} refused, {achieved:.2} of the limit"
        )
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("a few thousand at most"))
}

fn figures(records: &[RequestRecord], per_second: f64) -> Figures {
    let refused = records
        .iter()
        .filter(|record| record.status == Some(429))
        .count();
    let time = match records {
        [first, .., last] => last.at - first.at,
        _ => Duration::ZERO,
    };
    let accepted = records.len() - refused;
    Figures {
        requests: records.len(),
        refused,
        achieved: count(accepted) / time.as_secs_f64() / per_second,
    }
}

const fn limit(per_second: f64, counting: Counting, retry_after: RetryAfter) -> RateLimit {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number"
    )]
    let burst = per_second as u32;
    RateLimit {
        per_second,
        burst,
        counting,
        retry_after,
    }
}

fn limited(limit: RateLimit) -> Grid {
    Grid::new()
        .settings(|settings| settings.rate_limit = Some(limit))
        .start()
}

/// A little less than a second, so that a request may come a tenth of one early on a busy machine
/// and is not taken for one too many.
const NINE_TENTHS: Duration = Duration::from_millis(900);

#[test]
fn no_second_holds_more_than_rate_and_burst() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(11));
    let paced = place.sync().args("--rate 5/s --burst 3 --concurrency 16");
    paced.end().exits(0);
    // Three at once, then one each 200 ms.
    let most = busiest(&grid.requests(), NINE_TENTHS);
    assert!(most <= 3 + 4, "{most}");
    assert!(most > 5, "the burst is used: {most}");
}

#[test]
fn no_second_holds_more_than_what_the_reserve_leaves() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(7));
    let paced = place.sync().args("--rate 10/s --burst 1 --reserve 60%");
    paced.end().exits(0);
    // One, then one each 250 ms.
    let most = busiest(&grid.requests(), NINE_TENTHS);
    assert!(most <= 1 + 3, "{most}");
}

/// Look-ups count too: half of the creates get no answer and are looked up.
#[test]
fn no_more_are_under_way_than_allowed() {
    let grid = Grid::new()
        .latency(Duration::from_millis(20))
        .fault("drop-after-commit=0.5")
        .start();
    let place = Place::on(&grid).users(&Users::some(60));
    place.sync().args("--concurrency 3").end().exits(0);
    assert_eq!(most_at_once(&grid.requests()), 3);
}

/// All wait, not only the one that was refused; and as long as the server said.
#[test]
fn a_429_stops_every_request_for_as_long_as_it_says() {
    for fault in [
        "create/error-429-seconds@20:2s",
        "create/error-429-date@20:2s",
    ] {
        let grid = Grid::new()
            .latency(Duration::from_millis(10))
            .fault(fault)
            .start();
        let place = Place::on(&grid).users(&Users::some(60));
        place
            .sync()
            .args("--concurrency 8 --rate 400/s")
            .end()
            .exits(0);
        let records = grid.requests();
        let refused = records.iter().position(|record| record.status == Some(429));
        let refused = refused.expect("the twentieth create");
        let told = records[refused].answered_at.expect("answered");
        // What was under way, or on its way, came in still.
        let pause = records.windows(2).map(|pair| pair[1].at - pair[0].at).max();
        assert!(
            pause >= Some(Duration::from_millis(1_900)),
            "{fault}: {pause:?}"
        );
        let slack = Duration::from_millis(200);
        let early = |record: &&RequestRecord| {
            record.at > told + slack && record.at < told + Duration::from_secs(1)
        };
        assert_eq!(records.iter().filter(early).count(), 0, "{fault}");
    }
}

/// The first run finds the limit; the second knows it.
fn find_and_remember(per_second: f64, counting: Counting, retry_after: RetryAfter) -> [Figures; 2] {
    let grid = limited(limit(per_second, counting, retry_after));
    let users = Users::some(160);
    let place = Place::on(&grid).users(&users);
    let sync = || place.sync().args("--rate 120/s --burst 5 --concurrency 4");
    sync().end().exits(0);
    let records = grid.requests();
    assert!(
        busiest(&records, Duration::from_secs(1)) <= 125,
        "a busy machine moves a few"
    );
    assert!(most_at_once(&records) <= 4);
    let found = figures(&records, per_second);

    let before = grid.request_count();
    let more = (1_000..1_150).fold(users, |users, number| users.and(&key(number)));
    place.set_users(&more);
    sync().end().exits(0);
    grid.assert_one_active_each(&more.keys());
    [found, figures(&grid.writes_since(before), per_second)]
}

#[test]
fn a_hidden_limit_is_found_and_the_next_run_begins_with_it() {
    let scenes = [
        (Counting::Bucket, RetryAfter::Seconds),
        (Counting::Bucket, RetryAfter::Absent),
        (Counting::Seconds, RetryAfter::Seconds),
        (Counting::Seconds, RetryAfter::Date),
    ];
    thread::scope(|scope| {
        let playing = scenes.map(|(counting, retry_after)| {
            scope.spawn(move || find_and_remember(30.0, counting, retry_after))
        });
        for (scene, played) in scenes.iter().zip(playing) {
            let [found, known] = played.join().expect("its own message tells");
            let told = format!("{scene:?}: at first {found}; then {known}");
            // Two or three refusals, each of all that is under way, and a pause or two of seconds.
            assert!(found.refused <= 12 && found.achieved > 0.4, "{told}");
            // So short a run may fall on the moment when the limit is tried again, and pauses for it.
            assert!(known.refused <= 4 && known.achieved > 0.4, "{told}");
            let tried = known.refused > 0 || known.achieved > 0.8;
            assert!(tried, "slow for no reason: {told}");
        }
    });
}

#[test]
fn a_limit_that_is_lowered_meanwhile_is_found_again() {
    let grid = limited(limit(100.0, Counting::Seconds, RetryAfter::Seconds));
    let users = Users::some(400);
    let place = Place::on(&grid).users(&users);
    let run = place.sync().args("--rate 90/s --concurrency 4").spawn();
    assert!(grid.wait_for_requests(120, Duration::from_secs(30)));
    grid.set_rate_limit(Some(limit(60.0, Counting::Seconds, RetryAfter::Seconds)));
    let changed = grid.request_count();
    run.end().exits(0);
    let after = figures(&grid.writes_since(changed), 60.0);
    assert!(after.refused <= 12, "{after}");
    assert!(after.achieved > 0.6, "{after}");
    grid.assert_one_active_each(&users.keys());
}

/// In seconds what takes minutes with the usual recovery. So short a one has its price: one request in fifty is
/// refused. That it is below one in a hundred in the long run is held in simulated time.
#[test]
fn a_limit_that_is_raised_and_lowered_in_the_middle_of_a_run_is_followed() {
    let phases = [(20.0, 110), (60.0, 380), (10.0, 80)];
    let bucket = |per_second| limit(per_second, Counting::Bucket, RetryAfter::Seconds);
    let grid = limited(bucket(20.0));
    let users = Users::some(570);
    let place = Place::on(&grid).users(&users);
    let place = place.config("[grid]\nrecovery = \"1s\"\n");
    let run = place
        .sync()
        .args("--rate 100/s --burst 5 --concurrency 4")
        .spawn();
    let mut ends = Vec::new();
    for [(_, requests), (next, _)] in [[phases[0], phases[1]], [phases[1], phases[2]]] {
        let end = ends.last().copied().unwrap_or_default() + requests;
        assert!(grid.wait_for_requests(end, Duration::from_mins(1)));
        ends.push(grid.request_count());
        grid.set_rate_limit(Some(bucket(next)));
    }
    run.end().exits(0);
    grid.assert_one_active_each(&users.keys());

    let all = grid.requests();
    assert!(busiest(&all, NINE_TENTHS) <= 100 + 5 && most_at_once(&all) <= 4);
    let whole = figures(&all, 1.0);
    ends.push(grid.request_count());
    let mut told = vec![format!("{} of {} refused", whole.refused, whole.requests)];
    let mut begin = 0;
    for ((per_second, _), end) in phases.into_iter().zip(ends) {
        let within = |record: &&RequestRecord| record.number > begin && record.number <= end;
        let records: Vec<_> = all.iter().filter(within).cloned().collect();
        let late = figures(&records[records.len() / 2..], per_second);
        told.push(format!("of {per_second}/s, in the later half: {late}"));
        // Measured: 0.93 and more. A pause more or less in so few seconds is a tenth of them.
        assert!(late.achieved >= 0.8, "{told:?}");
        begin = end;
    }
    assert!(
        count(whole.refused) < 0.05 * count(whole.requests),
        "{told:?}"
    );
}

/// Were each taken for a limit, the last requests would be a fifth of a second apart, and more.
#[test]
fn refusals_by_chance_do_not_bring_a_run_to_a_standstill() {
    let grid = Grid::new().fault("create/error-429=0.05").start();
    let users = Users::some(260);
    let place = Place::on(&grid).users(&users);
    let fast = "--rate 100/s --burst 5 --concurrency 4";
    place.sync().args(fast).end().exits(0);
    grid.assert_one_active_each(&users.keys());
    let writes = grid.writes();
    let last = &writes[writes.len() - 80..];
    let mut gaps: Vec<_> = last
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .collect();
    gaps.sort();
    let told = format!("{}, then one in {:?}", figures(&writes, 100.0), gaps[40]);
    assert!((5..30).contains(&figures(&writes, 100.0).refused), "{told}");
    assert!(gaps[40] < Duration::from_millis(100), "{told}");
}

/// Whoever says two hours is given them; and who waits may be told to stop.
#[test]
fn a_pause_of_two_hours_is_told_and_a_run_may_end_during_it() {
    let pausing = || {
        let grid = Grid::new().fault("create/error-429-seconds@5:2h").start();
        let place = Place::on(&grid).users(&Users::some(9));
        (grid, place)
    };
    let (grid, place) = pausing();
    let sync = || place.sync().in_words().args("--concurrency 1 --rate 50/s");
    let ended = sync().args("--max-duration 3s").end();
    ended
        .exits(6)
        .says("--max-duration")
        .says("paused for 1h 59m");
    assert_eq!(grid.active(), 4);
    grid.clear_faults();
    place.apply().end().exits(0);
    grid.assert_one_active_each(&Users::some(9).keys());

    let (grid, place) = pausing();
    let run = place.sync().args("--concurrency 1 --rate 50/s").spawn();
    assert!(grid.wait_for_requests(6, Duration::from_secs(30)));
    thread::sleep(Duration::from_millis(500));
    run.signal("TERM");
    run.end().exits(143);
    assert_eq!(grid.active(), 4);
}

/// Sixteen requests are under way when the limit strikes: a pause, told of once, not by each of them.
#[test]
fn a_pause_is_told_of_once_and_what_was_learned_is_shown() {
    let grid = Grid::new()
        .latency(Duration::from_millis(40))
        .fault("create/error-429-seconds@17-32:1s")
        .start();
    let place = Place::on(&grid).users(&Users::some(60));
    let fast = "--rate 1000/s --burst 100 --concurrency 16 --events";
    let ended = place.sync().in_words().args(fast).end();
    ended.exits(0);
    let told = ended.stdout.matches("\"event\":\"paused\"").count();
    assert_eq!(figures(&grid.requests(), 1.0).refused, 16);
    assert!((1..=2).contains(&told), "{told}");

    let status = place.run("status").end();
    let learned = &status.summary()["details"]["learned_rate"]["per_second"];
    assert!(learned.as_f64().is_some_and(|rate| rate > 1.0), "{learned}");
    place.run("status").in_words().end().says("Grid's limit");
}

#[test]
fn a_quota_of_the_day_ends_the_run_and_fails_nobody() {
    let grid = Grid::new().fault("create/daily-volume@11-").start();
    let place = Place::on(&grid).users(&Users::some(30));
    let ended = place.sync().args("--concurrency 4").end();
    ended.exits(6).says("DAILY_VOLUME_LIMIT_EXCEEDED");
    assert_eq!((ended.count("created"), ended.count("failed")), (10, 0));
    assert!(grid.writes().len() <= 10 + 4, "{}", grid.writes().len());
    grid.clear_faults();
    place.apply().end().exits(0);
    grid.assert_one_active_each(&Users::some(30).keys());
}

#[test]
fn a_reserve_that_leaves_nothing_is_refused_with_its_place() {
    let place = Place::at("http://127.0.0.1:1").users(&Users::some(1));
    let place = place.config("[grid]\nrate = \"5/s\"\nreserve = \"5/s\"\n");
    let ended = place.check().without("--rate").end();
    ended
        .exits(78)
        .says("grid.reserve")
        .says("leaves nothing of the rate 5/s");
    let ended = place.check().args("--reserve 100%").end();
    ended.exits(64).says("--reserve").says("below 100%");
}
