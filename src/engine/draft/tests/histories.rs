//! Thousands of random histories: users come and go, exports come back short or empty or bad, scans flap,
//! runs are days apart or minutes, clocks are set back, runs are killed. Whatever happens, nobody is
//! deleted whom a read saw in between, and what a lying source can destroy stays within the budgets.
//!
//! The nights are played with the plan's own rules, and a part of them in lockstep with the real draft
//! and a real state file. `HISTORIES=1000000 cargo test --lib histories` plays so many.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::world::{ALL_ON, Draft, Mirrored as Shown, World, bad, customer, nobody, user};
use crate::engine::draft::Policy;
use crate::model::{CustomerId, Key, Limit, Position, Scope};
use crate::plan::{
    Confirmations, Decision, DeleteRules, FieldHashes, Fingerprint, Guard, GuardName, Limits,
    Measured, Mirrored, Orphan, OrphanFate, Owned, Staged, StagedFate, Stated, Tombstone, Verdict,
    decide, judge, uncounted,
};

const KEYS: usize = 44;
/// Customers that have no key; one that was never ours; one whose key two customers have.
const KEYLESS: usize = 0;
const STRANGER: usize = 1;
const TWINS: usize = 2;
/// From here on up to the users, keys are protected.
const PROTECTED: usize = 3;
const USERS: usize = 5;

const MIN_ABSENCE: SignedDuration = SignedDuration::from_hours(20);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What small sets are always allowed, and these have nothing else: in a run, a day, a week.
const ALLOWED: [usize; 3] = [10, 20, 30];

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_in(&mut self, end: u64) -> bool {
        self.below(end) == 0
    }
}

fn name(at: usize) -> String {
    match at {
        KEYLESS => String::new(),
        STRANGER => "stranger".into(),
        TWINS => "twins".into(),
        PROTECTED..USERS => format!("vip-{at}"),
        _ => format!("user-{at:02}"),
    }
}

/// What the source has of a key.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Row {
    None,
    Good,
    Bad,
    Twice,
}

/// One read of the source and of Grid.
struct Night {
    now: Timestamp,
    rows: Vec<Row>,
    nameless: u64,
    partial: bool,
    scope: Scope,
    scan_is_proof: bool,
    confirms: bool,
}

impl Night {
    fn is_about(&self, at: usize) -> bool {
        self.scope.takes_key(&name(at))
    }
}

/// What a plan would do, and whom its read missed or saw again.
#[derive(Debug, Default, PartialEq)]
struct Planned {
    creates: Vec<usize>,
    adopts: Vec<usize>,
    deletes: Vec<(usize, u32)>,
    absent: Vec<u32>,
    returned: Vec<u32>,
    waiting: u64,
    protected: u64,
    orphans: u64,
}

/// What the state file knows.
#[derive(Default)]
struct Known {
    /// The customers of each key, and whether they are ours.
    mirror: Vec<Vec<(u32, bool)>>,
    tombstones: BTreeMap<u32, Tombstone>,
    deleted_at: Vec<Timestamp>,
    in_flight: Option<(usize, u32, Timestamp)>,
    previous_rows: Option<u64>,
}

/// A platform, its Grid, and the tool between them.
struct History {
    /// Its number, so that one that breaks a law can be played alone.
    seed: u64,
    chance: Chance,
    now: Timestamp,
    present: Vec<bool>,
    grid: Vec<Vec<u32>>,
    next_id: u32,
    known: Known,
    /// Users whose rows a broken export drops, night after night.
    dropped: BTreeSet<usize>,
    /// For each customer, the reads that missed its user since one saw it: what the laws go by.
    missed: BTreeMap<u32, Vec<Timestamp>>,
    /// Deletes that nobody confirmed.
    unconfirmed: Vec<Timestamp>,
    tally: Tally,
}

/// That the histories are about something.
#[derive(Default, Debug)]
struct Tally {
    deletes: u64,
    wrong_deletes: u64,
    refused: BTreeMap<String, u64>,
    uncounted: u64,
    killed: u64,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let present = (0..KEYS)
            .map(|at| at >= PROTECTED && !chance.one_in(6))
            .collect();
        let mut history = Self {
            seed,
            chance,
            now: Timestamp::UNIX_EPOCH + WEEK,
            present,
            grid: vec![Vec::new(); KEYS],
            next_id: 0,
            known: Known {
                mirror: vec![Vec::new(); KEYS],
                ..Known::default()
            },
            dropped: BTreeSet::new(),
            missed: BTreeMap::new(),
            unconfirmed: Vec::new(),
            tally: Tally::default(),
        };
        for at in 0..KEYS {
            for _ in 0..if at == TWINS { 2 } else { 1 } {
                let id = history.make(at);
                history.known.mirror[at].push((id, at != STRANGER));
            }
        }
        history
    }

    fn make(&mut self, at: usize) -> u32 {
        self.next_id += 1;
        self.grid[at].push(self.next_id);
        self.next_id
    }

    /// Time passes: minutes, hours or days; now and then a clock is set back.
    fn pass_time(&mut self) {
        let hours = match self.chance.below(12) {
            0 => 0,
            1 | 2 => i64::try_from(self.chance.below(10)).expect("small"),
            3 => 19,
            4 => 20,
            5 => -i64::try_from(self.chance.below(30)).expect("small"),
            6 => 24 * 8,
            _ => 24,
        };
        self.now += SignedDuration::from_hours(hours);
        for at in PROTECTED..KEYS {
            if self.chance.one_in(24) {
                self.present[at] = !self.present[at];
            }
        }
        if self.chance.one_in(4) {
            let lost = self.chance.below(3) * 4;
            let any =
                |chance: &mut Chance| usize::try_from(chance.below(KEYS as u64)).expect("small");
            self.dropped = (0..lost).map(|_| any(&mut self.chance)).collect();
        }
    }

    /// What the source gives tonight.
    fn read(&mut self) -> Night {
        let kind = self.chance.below(16);
        let chance = &mut self.chance;
        let rows = (0..KEYS).map(|at| {
            let gone = !self.present[at] || self.dropped.contains(&at);
            match kind {
                0 => Row::None,
                1 if chance.one_in(3) => Row::None,
                _ if gone => Row::None,
                2 if chance.one_in(9) => Row::Bad,
                2 if chance.one_in(9) => Row::Twice,
                _ => Row::Good,
            }
        });
        let rows = rows.collect();
        Night {
            now: self.now,
            rows,
            nameless: u64::from(kind == 3),
            partial: kind == 4,
            scope: match kind {
                5 => only("user-1?"),
                6 => only("user-?2"),
                _ => Scope::EVERYBODY,
            },
            scan_is_proof: true,
            confirms: self.chance.one_in(12),
        }
    }

    /// Lists Grid: a list may flap, lack customers or be none at all.
    fn scan(&mut self, night: &mut Night) {
        let kind = self.chance.below(14);
        if kind == 0 {
            // `--no-scan`: the mirror as it is.
            night.scan_is_proof = false;
            return;
        }
        // A count that is not the list's tells of it; Grid may leave the count out.
        night.scan_is_proof = !matches!(kind, 1 | 2);
        for at in 0..KEYS {
            let known = std::mem::take(&mut self.known.mirror[at]);
            for id in self.grid[at].clone() {
                let lacks = matches!(kind, 2 | 3) && self.chance.one_in(8);
                let ours = known.iter().any(|(known, ours)| *known == id && *ours);
                if !lacks {
                    self.known.mirror[at].push((id, ours));
                }
            }
        }
        let listed: BTreeSet<u32> = self
            .known
            .mirror
            .iter()
            .flatten()
            .map(|(id, _)| *id)
            .collect();
        self.known.tombstones.retain(|id, _| listed.contains(id));
    }

    fn guards(&self, night: &Night, planned: &Planned) -> (Measured, Vec<Guard>) {
        let of = |about, wanted| {
            let of_key = |at: &usize| night.rows[*at] == wanted && night.is_about(*at) == about;
            (0..KEYS).filter(of_key).count() as u64
        };
        let rejected = of(true, Row::Bad) + 2 * of(true, Row::Twice) + night.nameless;
        let out_of_scope = of(false, Row::Good) + of(false, Row::Bad) + 2 * of(false, Row::Twice);
        let customers = |about| {
            let of_key = (0..KEYS).filter(|at| night.is_about(*at) == about);
            of_key.map(|at| self.known.mirror[at].len() as u64).sum()
        };
        let deleted = |within| {
            let recent = |at: &&Timestamp| night.now - within <= **at;
            let in_flight = self.known.in_flight.as_ref().map(|(_, _, at)| at);
            self.known
                .deleted_at
                .iter()
                .chain(in_flight)
                .filter(recent)
                .count() as u64
        };
        let measured = Measured {
            source_rows: of(true, Row::Good) + rejected + out_of_scope,
            out_of_scope,
            previous_rows: self.known.previous_rows,
            rejected,
            rejected_without_key: night.nameless,
            active_customers: customers(true) + customers(false),
            customers_out_of_scope: customers(false),
            deletes: planned.deletes.len() as u64,
            deleted_last_day: deleted(DAY),
            deleted_last_week: deleted(WEEK),
            replacements: 0,
            deletes_on: !night.partial,
            scan_is_proof: night.scan_is_proof,
            partial: night.partial,
        };
        let confirmed = Confirmations {
            deletes: night.confirms.then_some(measured.deletes),
            source_rows: night.confirms.then_some(measured.source_rows),
        };
        (measured, judge(&measured, &limits(), &confirmed))
    }

    /// A night of the tool, in its own order: settle, scan, read, plan, judge, record, apply.
    fn night(&mut self, lockstep: &mut Option<World>) {
        self.pass_time();
        self.settle();
        let mut night = self.read();
        self.scan(&mut night);
        let planned = plan(&night, &self.known);
        if let Some(world) = lockstep.take() {
            *lockstep = Some(self.assert_drafts_the_same(world, &night, &planned));
        }
        let (measured, guards) = self.guards(&night, &planned);
        if self.chance.one_in(15) {
            self.tally.killed += 1;
            return;
        }
        let counts = uncounted(&measured, &guards).is_none();
        self.record(&night, &planned, counts);
        if let Some(world) = lockstep {
            world.record_absent(counts.then_some(night.now));
        }
        let refused: Vec<_> = guards
            .iter()
            .filter(|guard| guard.verdict == Verdict::Refused)
            .collect();
        for guard in &refused {
            *self
                .tally
                .refused
                .entry(guard.name.to_string())
                .or_default() += 1;
        }
        if refused.is_empty() {
            let confirmed = guards
                .iter()
                .any(|guard| guard.name.limits_deletes() && guard.verdict == Verdict::Confirmed);
            self.apply(&night, planned, confirmed, measured.source_rows);
        }
    }

    fn record(&mut self, night: &Night, planned: &Planned, counts: bool) {
        for id in &planned.returned {
            self.known.tombstones.remove(id);
        }
        self.tally.uncounted += u64::from(!counts);
        for id in planned.absent.iter().filter(|_| counts) {
            let before = self.known.tombstones.get(id).copied();
            let tombstone = Tombstone::absent_again(before, night.now);
            self.known.tombstones.insert(*id, tombstone);
        }
        // The same for the laws, by who was there and not by what the plan says.
        for at in 0..KEYS {
            for (id, _) in &self.known.mirror[at] {
                let missed = self.missed.entry(*id).or_default();
                if night.rows[at] != Row::None {
                    missed.clear();
                } else if counts && night.is_about(at) {
                    missed.push(night.now);
                }
            }
        }
    }

    /// Creates and adopts, then deletes, until the run ends or is killed.
    fn apply(&mut self, night: &Night, planned: Planned, confirmed: bool, rows: u64) {
        for at in planned.creates.into_iter().chain(planned.adopts) {
            if self.grid[at].is_empty() {
                self.make(at);
            }
            self.known.mirror[at] = self.grid[at].iter().map(|id| (*id, true)).collect();
        }
        let mut before_the_kill = self.chance.below(40);
        for (at, id) in planned.deletes {
            if before_the_kill == 0 {
                // Killed while a request was under way, and nobody knows whether it came through.
                self.known.in_flight = Some((at, id, night.now));
                if self.chance.one_in(2) {
                    self.delete(night, at, id, confirmed);
                }
                self.tally.killed += 1;
                return;
            }
            before_the_kill -= 1;
            self.delete(night, at, id, confirmed);
            self.forget(at, id, night.now);
        }
        if !night.partial {
            self.known.previous_rows = Some(rows);
        }
    }

    fn forget(&mut self, at: usize, id: u32, deleted_at: Timestamp) {
        self.known.deleted_at.push(deleted_at);
        self.known.mirror[at].retain(|(known, _)| *known != id);
        self.known.tombstones.remove(&id);
    }

    /// An open delete is looked up before anything else is done.
    fn settle(&mut self) {
        if let Some((at, id, sent_at)) = self.known.in_flight.take()
            && !self.grid[at].contains(&id)
        {
            self.forget(at, id, sent_at);
        }
    }

    /// Grid deletes a customer: here the laws are held.
    fn delete(&mut self, night: &Night, at: usize, id: u32, confirmed: bool) {
        let who = format!(
            "history {}: {} (Customer:{id}) at {}",
            self.seed,
            name(at),
            night.now
        );
        assert_eq!(
            night.rows[at],
            Row::None,
            "its user is in the source: {who}"
        );
        assert!(
            night.scan_is_proof && night.nameless == 0 && !night.partial,
            "{who}"
        );
        assert!(night.is_about(at), "out of scope: {who}");
        // One twin of two may go where Grid's list left out the other, and the count, at each look.
        assert!(at >= USERS || at == TWINS, "never to be deleted: {who}");
        let reads = &self.missed[&id];
        let first = reads
            .iter()
            .filter(|read| night.now - MIN_ABSENCE >= **read);
        assert!(
            first.count() > 0,
            "no earlier read missed it, or one saw it since: {who}, {reads:?}"
        );
        assert!(reads.len() >= 2, "{who}");
        let ours = self.known.mirror[at].contains(&(id, true));
        assert!(ours && self.known.mirror[at].len() == 1, "{who}");
        self.grid[at].retain(|one| *one != id);
        self.tally.deletes += 1;
        self.tally.wrong_deletes += u64::from(self.present[at]);
        if !confirmed {
            self.unconfirmed.push(night.now);
        }
    }

    /// No day and no week holds more deletes than its budget, unless a person said the number.
    fn assert_within_budgets(&self) {
        for (within, allowed) in [(DAY, ALLOWED[1]), (WEEK, ALLOWED[2])] {
            for end in &self.unconfirmed {
                let window = |at: &&Timestamp| *end - within <= **at && **at <= *end;
                let deletes = self.unconfirmed.iter().filter(window).count();
                assert!(
                    deletes <= allowed,
                    "history {}: {deletes} deletes until {end}",
                    self.seed
                );
            }
        }
    }

    /// The real draft, of the same rows, mirror and tombstones.
    fn assert_drafts_the_same(&self, world: World, night: &Night, planned: &Planned) -> World {
        let shown = self.known.mirror.iter().enumerate().flat_map(|(at, all)| {
            all.iter().map(move |(id, ours)| {
                let shown = customer(&name(at), &format!("Customer:{id}"), "Ada");
                if *ours { shown.made_of("Ada") } else { shown }
            })
        });
        let shown: Vec<Shown> = shown.collect();
        let rows = night
            .rows
            .iter()
            .enumerate()
            .flat_map(|(at, row)| match row {
                Row::None => vec![],
                Row::Good => vec![user(&name(at), "Ada")],
                Row::Bad => vec![bad(&name(at))],
                Row::Twice => vec![user(&name(at), "Ada"); 2],
            });
        let mut rows: Vec<_> = rows.collect();
        rows.extend((0..night.nameless).map(|_| nobody()));
        let policy = Policy {
            deletes: rules(night),
            partial: night.partial,
            scope: night.scope.clone(),
            ..ALL_ON
        };
        let world = world.policy(policy).customers(&shown).users(&rows);
        assert_eq!(
            drafted(&world.draft()),
            expected(planned),
            "history {} at {}",
            self.seed,
            night.now
        );
        world
    }
}

/// What of a draft is compared: kinds and customers of the changes, and the numbers.
type Compared = (Vec<String>, [u64; 5]);

fn drafted(draft: &Draft) -> Compared {
    let id = |id: &Option<CustomerId>| id.as_ref().map_or("", |id| id.as_str()).to_owned();
    let changes = draft
        .changes
        .iter()
        .filter(|change| change.position.is_none());
    let deletes = changes.map(|change| id(&change.customer_id)).collect();
    let (totals, absences) = (draft.drafted.totals, draft.drafted.absences);
    let numbers = [
        totals.orphans,
        totals.waiting,
        totals.protected,
        absences.absent,
        absences.returned,
    ];
    (deletes, numbers)
}

fn expected(planned: &Planned) -> Compared {
    let deletes = planned.deletes.iter();
    let numbers = [
        planned.orphans,
        planned.waiting,
        planned.protected,
        planned.absent.len() as u64,
        planned.returned.len() as u64,
    ];
    (
        deletes.map(|(_, id)| format!("Customer:{id}")).collect(),
        numbers,
    )
}

fn rules(night: &Night) -> DeleteRules {
    DeleteRules {
        on: !night.partial,
        min_absence: MIN_ABSENCE,
        never_delete: vec!["vip-*".parse().expect("a pattern")],
        now: night.now,
    }
}

fn limits() -> Limits {
    let stated = |limit| Stated {
        limit,
        origin: "a history".into(),
    };
    Limits {
        deletes: stated(Limit::Count(0)),
        deletes_per_day: stated(Limit::Count(0)),
        deletes_per_week: stated(Limit::Count(0)),
        source_shrink: stated(Limit::Percent(25.0)),
        rejects: stated(Limit::Percent(50.0)),
    }
}

fn only(pattern: &str) -> Scope {
    Scope::new(vec![pattern.parse().expect("a pattern")], [])
}

fn staged(row: Row, in_scope: bool) -> Vec<Staged> {
    let good = Staged {
        position: Position::default(),
        fate: StagedFate::Valid {
            hashes: FieldHashes::default(),
            fingerprint: Fingerprint::from_raw(1),
        },
    };
    let mut staged = match row {
        Row::None => vec![],
        Row::Good => vec![good],
        Row::Bad => vec![Staged {
            fate: StagedFate::Rejected,
            ..good
        }],
        Row::Twice => vec![good.clone(), good],
    };
    for row in staged.iter_mut().filter(|_| !in_scope) {
        row.fate = StagedFate::OutOfScope;
    }
    staged
}

/// The plan by its own rules, without files.
fn plan(night: &Night, known: &Known) -> Planned {
    let (mut planned, rules) = (Planned::default(), rules(night));
    for at in 0..KEYS {
        let customers: Vec<_> = known.mirror[at]
            .iter()
            .map(|(id, ours)| Mirrored {
                customer_id: CustomerId::new(format!("Customer:{id}")),
                owned: ours.then_some(Owned::Created),
                sent: ours.then_some(Fingerprint::from_raw(1)),
                settled: true,
            })
            .collect();
        let users = staged(night.rows[at], night.is_about(at));
        if !users.is_empty() {
            let ids = known.mirror[at].iter().map(|(id, _)| *id);
            let seen = ids.filter(|id| known.tombstones.contains_key(id));
            planned.returned.extend(seen);
        }
        match decide(&users, &customers) {
            Decision::Create => planned.creates.push(at),
            Decision::Compare => planned.adopts.push(at),
            Decision::Orphans if !night.partial && night.is_about(at) => {
                orphans(&mut planned, &rules, at, known);
            }
            _ => {}
        }
    }
    planned
}

fn orphans(planned: &mut Planned, rules: &DeleteRules, at: usize, known: &Known) {
    let key = &Key::new(name(at));
    for (id, owned) in &known.mirror[at] {
        planned.orphans += 1;
        let orphan = Orphan {
            key,
            owned: *owned,
            alone: known.mirror[at].len() == 1,
            tombstone: known.tombstones.get(id),
        };
        match rules.fate(&orphan) {
            OrphanFate::LeftAlone => {}
            OrphanFate::Protected => planned.protected += 1,
            OrphanFate::Waiting { .. } => {
                planned.waiting += 1;
                planned.absent.push(*id);
            }
            OrphanFate::Deleted => {
                planned.deletes.push((at, *id));
                planned.absent.push(*id);
            }
        }
    }
}

fn play(seed: u64, lockstep: &mut Option<World>) -> Tally {
    let mut history = History::new(seed);
    for _ in 0..4 + history.chance.below(10) {
        history.night(lockstep);
    }
    history.assert_within_budgets();
    history.tally
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    tallies.fold(Tally::default(), |mut sum, tally| {
        sum.deletes += tally.deletes;
        sum.wrong_deletes += tally.wrong_deletes;
        sum.uncounted += tally.uncounted;
        sum.killed += tally.killed;
        for (name, times) in tally.refused {
            *sum.refused.entry(name).or_default() += times;
        }
        sum
    })
}

#[test]
fn in_ten_thousand_histories_nobody_is_deleted_whom_a_read_saw_and_no_budget_is_exceeded() {
    let histories = option_env!("HISTORIES").and_then(|number| number.parse().ok());
    let histories = histories.unwrap_or(10_000);
    let tally = sum((0..histories).map(|seed| play(seed, &mut None)));
    // They are about something: every guard on deletes had work, and a source that lies for days is believed.
    let busy = histories / 100;
    for name in [
        GuardName::Deletes,
        GuardName::DeletesPerDay,
        GuardName::DeletesPerWeek,
    ] {
        let refused = tally.refused.get(&name.to_string()).copied();
        assert!(refused.unwrap_or_default() > 0, "{name}: {tally:?}");
    }
    assert!(
        tally.deletes > busy && tally.wrong_deletes > busy,
        "{tally:?}"
    );
    assert!(tally.uncounted > busy && tally.killed > busy, "{tally:?}");
    assert!(tally.wrong_deletes < tally.deletes, "{tally:?}");
}

#[test]
fn the_real_draft_and_the_real_tombstones_decide_every_night_like_the_rules_alone() {
    let tally = sum((0..12).map(|seed| play(seed, &mut Some(World::new()))));
    assert!(tally.deletes > 0, "{tally:?}");
}
