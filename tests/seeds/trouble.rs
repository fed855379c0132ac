//! The classes of trouble, each dealt out by the dice.

use fastrand::Rng;

use crate::cast::{Night, Others, Wishes};

/// A class of trouble: its name, and what it deals.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    deal: fn(&mut Rng, &mut Trouble),
}

/// What goes wrong in one story, and what a run has to be told to live with it.
#[derive(Default)]
pub(crate) struct Trouble {
    /// As they are written on the command line.
    pub(crate) faults: Vec<String>,
    /// For so long after a request was given up on, it may take effect, or its effect stay hidden.
    pub(crate) late: u64,
    /// Some requests take until the client gives up, which the emulator notices a moment later.
    pub(crate) stalls: bool,
    /// Grid refuses the credentials for a while.
    pub(crate) auth: bool,
    pub(crate) lists: Lists,
    pub(crate) wishes: Wishes,
}

/// What lists are like.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Lists {
    #[default]
    Good,
    /// One may be a reason to refuse; one that was read to its end has everybody.
    Odd,
    /// The same, and one that was read to its end may lack somebody.
    Gaps,
}

/// A run's `--timeout`, where requests stall.
pub(crate) const TIMEOUT: u64 = 400;

/// Room for a busy machine, on top of how late things are.
const ROOM: u64 = 400;

#[rustfmt::skip]
pub(crate) const CLASSES: &[Class] = &[
    Class { name: "calm", deal: |_, _| {} },
    Class { name: "reply-lost-before", deal: |dice, trouble| trouble.some(dice, "drop-before-commit") },
    Class { name: "reply-lost-after", deal: |dice, trouble| trouble.some(dice, "drop-after-commit") },
    Class { name: "error-before", deal: error_before },
    Class { name: "error-after", deal: error_after },
    Class { name: "late-commit", deal: late_commit },
    Class { name: "late-index", deal: late_index },
    Class { name: "lookup-fails", deal: lookup_fails },
    Class { name: "delete-answers", deal: delete_answers },
    Class { name: "stall", deal: stall },
    Class { name: "broken-body", deal: broken_body },
    Class { name: "wrong-customer", deal: |dice, trouble| trouble.some(dice, "wrong-customer") },
    Class { name: "outage", deal: outage },
    Class { name: "auth", deal: auth },
    Class { name: "slow-down", deal: slow_down },
    Class { name: "lists", deal: lists },
    Class { name: "cursors", deal: cursors },
    Class { name: "gaps-counted", deal: |_, trouble| gaps(trouble) },
    Class { name: "gaps-uncounted", deal: gaps_uncounted },
    Class { name: "list-and-count", deal: list_and_count },
    Class { name: "twins", deal: twins },
    Class { name: "rivals", deal: |_, trouble| trouble.wishes.others = Others::Rivals },
    Class { name: "refused", deal: refused },
    Class { name: "mixed", deal: mixed },
];

/// Troubles that only the killed know.
#[rustfmt::skip]
pub(crate) const KILLED: [Class; 2] = [
    Class { name: "all-late", deal: all_late },
    Class { name: "deletes-hang", deal: deletes_hang },
];

impl Trouble {
    pub(crate) fn of(class: &Class, dice: &mut Rng) -> Self {
        let mut trouble = Self::default();
        (class.deal)(dice, &mut trouble);
        // An edition whose server takes a second customer for a key: nobody but us prevents it. Mostly so
        // where a second one is easily made.
        let takes_twins = match trouble.wishes.others {
            Others::Rivals => false,
            _ if trouble.lists == Lists::Gaps => true,
            _ if trouble.late > 0 => dice.u8(..6) > 0,
            _ => dice.u8(..3) > 0,
        };
        if takes_twins {
            trouble.faults.push("duplicates-allowed".to_owned());
        }
        // How exactly a look-up matches is promised nowhere.
        if dice.bool() {
            trouble.faults.push("lookup-fuzzy".to_owned());
        }
        trouble
    }

    /// Milliseconds after which an empty answer counts.
    pub(crate) fn settle(&self) -> u64 {
        if self.late > 0 { self.late + ROOM } else { 150 }
    }

    /// Milliseconds for one request.
    pub(crate) fn timeout(&self) -> u64 {
        if self.stalls { TIMEOUT } else { 5_000 }
    }

    /// Some of the requests that the fault is for.
    fn some(&mut self, dice: &mut Rng, fault: &str) {
        self.some_for(dice, fault, "");
    }

    fn some_for(&mut self, dice: &mut Rng, fault: &str, duration: &str) {
        let when = match dice.u8(..3) {
            0 => format!("=#{}", dice.u8(1..=6)),
            1 => {
                let from = dice.u8(1..=20);
                format!("@{from}-{}", from + dice.u8(..6))
            }
            // Each costs a second.
            _ if fault.contains("429") => format!("=0.0{}", dice.u8(2..=8)),
            _ => format!("=0.{}", dice.u8(1..=5)),
        };
        self.faults.push(format!("{fault}{when}{duration}"));
    }

    /// Nobody contradicts a list that left somebody out.
    fn sometimes_uncounted(&mut self, dice: &mut Rng) {
        if dice.bool() {
            self.faults.push("total-count-absent".to_owned());
        }
    }

    fn one_of(&mut self, dice: &mut Rng, faults: &[&str]) {
        let fault = faults[dice.usize(..faults.len())];
        self.some(dice, fault);
    }

    fn later(&mut self, dice: &mut Rng) -> u64 {
        let late = dice.u64(30..=300);
        self.late += late;
        late
    }

    /// For longer than a run takes, or a pause before the next attempt.
    fn much_later(&mut self, dice: &mut Rng) -> u64 {
        self.late += 500;
        500 + self.later(dice)
    }
}

fn error_before(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.one_of(
        dice,
        &[
            "write/error-500-before",
            "write/error-502-html",
            "write/error-503",
            "error-500-before",
            "error-502-html",
        ],
    );
}

/// As a gateway's error has it, Grid may be at work still: what it makes shows only later.
fn error_after(dice: &mut Rng, trouble: &mut Trouble) {
    let faults = [
        "error-500-after-commit",
        "error-502-after-commit",
        "error-503-after-commit",
    ];
    let mostly = faults[dice.usize(..3)];
    trouble
        .faults
        .push(format!("{mostly}=0.{}", dice.u8(4..=9)));
    for fault in faults {
        trouble.some(dice, fault);
    }
    let late = trouble.much_later(dice);
    trouble.faults.push(format!("late-index:{late}ms"));
}

/// At once after the connection is gone, or after we gave up.
fn late_commit(dice: &mut Rng, trouble: &mut Trouble) {
    let late = trouble.later(dice);
    if dice.bool() {
        trouble.some_for(dice, "late-commit", &format!(":{late}ms"));
    } else {
        trouble.stalls = true;
        let late = TIMEOUT + late;
        trouble.some_for(dice, "stall-late-commit", &format!(":{late}ms"));
    }
}

/// Whatever is created takes effect when nobody waits for it any more.
fn all_late(dice: &mut Rng, trouble: &mut Trouble) {
    let late = trouble.much_later(dice);
    let from = dice.u8(1..=8);
    let fault = format!("create/late-commit@{from}-:{late}ms");
    trouble.faults.push(fault);
}

/// Whoever is killed meanwhile does not know whether anybody is gone.
fn deletes_hang(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.gone = true;
    let never = dice.u8(3..=7);
    trouble.faults.push(format!("delete/timeout=0.{never}"));
    trouble.faults.push("delete/stall-after-commit".to_owned());
}

/// Somebody is gone whom the next run has to know for ours, though Grid may not say whether he is there.
fn late_index(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.gone = true;
    if dice.u8(..4) > 0 {
        let fault = ["get/error-503", "get/html-200", "get/error-502-html"][dice.usize(..3)];
        trouble.faults.push(fault.to_owned());
    }
    let late = trouble.much_later(dice);
    trouble.faults.push(format!("late-index:{late}ms"));
    trouble.one_of(
        dice,
        &[
            "drop-after-commit",
            "error-500-after-commit",
            "error-502-after-commit",
            "error-503-after-commit",
        ],
    );
}

/// Now and then; or all of them, so that nothing is settled and nobody deleted while it lasts.
fn lookup_fails(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.gone = true;
    let all = [
        "lookup-500",
        "lookup/outage",
        "lookup/malformed-json",
        "lookup/html-200",
    ];
    if dice.bool() {
        trouble.faults.push(all[dice.usize(..all.len())].to_owned());
        trouble.some(dice, "drop-after-commit");
    } else {
        trouble.one_of(dice, &all);
        trouble.some(dice, "lookup-429");
        trouble.one_of(
            dice,
            &["drop-after-commit", "drop-before-commit", "write/error-503"],
        );
    }
}

/// Somebody on the way answers a delete; or Grid does, and says of whom it took away what it likes.
fn delete_answers(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.gone = true;
    trouble.faults.push("delete/html-200@1".to_owned());
    let faults = [
        "cut-body",
        "truncated-json",
        "error-502-html",
        "error-502-after-commit",
        "drop-after-commit",
    ];
    let (fault, until) = (faults[dice.usize(..5)], ["", "-"][dice.usize(..2)]);
    trouble.faults.push(format!("delete/{fault}@2{until}"));
    let said = ["deleted-get-404", "deleted-get-410", "delete-unstamped"];
    if let Some(fault) = said.get(dice.usize(..4)) {
        trouble.faults.push((*fault).to_owned());
    }
}

fn stall(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.stalls = true;
    match dice.u8(..3) {
        0 => trouble.some(dice, "stall-after-commit"),
        1 => trouble.some(dice, "write/timeout"),
        // Sixteen pieces: some come in time, some do not.
        _ => {
            let pause = dice.u8(2..=40);
            trouble.some_for(dice, "dribble", &format!(":{pause}ms"));
        }
    }
}

fn broken_body(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.one_of(
        dice,
        &[
            "truncated-json",
            "malformed-json",
            "cut-body",
            "create/truncated-json",
            "create/html-200",
            "create/cut-body",
            "wrong-content-type",
        ],
    );
}

fn outage(dice: &mut Rng, trouble: &mut Trouble) {
    let (from, length) = (dice.u8(1..=30), dice.u16(50..=900));
    trouble.faults.push(format!("outage@{from}:{length}ms"));
}

fn auth(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.auth = true;
    let from = dice.u8(1..=30);
    let fault = ["auth-revoked", "forbidden"][dice.usize(..2)];
    let until = match dice.u8(..3) {
        0 => String::new(),
        _ => (from + dice.u8(..20)).to_string(),
    };
    trouble.faults.push(format!("{fault}@{from}-{until}"));
    if dice.bool() {
        trouble.faults.push("unauthorized-html".to_owned());
    }
    if dice.bool() {
        trouble.some(dice, "drop-after-commit");
    }
}

fn slow_down(dice: &mut Rng, trouble: &mut Trouble) {
    match dice.u8(..3) {
        0 => trouble.some(dice, "error-429"),
        // Whole seconds are waited for: once is enough.
        1 => trouble
            .faults
            .push(format!("error-429-seconds@{}:1s", dice.u8(1..=20))),
        _ => trouble.faults.push(format!(
            "write/error-503-retry-after@{}:1s",
            dice.u8(1..=20)
        )),
    }
}

fn lists(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.lists = Lists::Odd;
    trouble.wishes.strangers = dice.usize(120..=330);
    trouble.one_of(
        dice,
        &[
            "page-repeated",
            "page-shifted",
            "total-count-off",
            "total-count-low",
            "total-count-absent",
            "missing-fields",
            "list/cut-body",
        ],
    );
    trouble.sometimes_uncounted(dice);
}

/// A list breaks off in the middle.
fn cursors(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.lists = Lists::Odd;
    trouble.wishes.strangers = dice.usize(120..=330);
    let expired = dice.u8(1..=2);
    trouble.faults.push(format!("cursor-expired=#{expired}"));
    let fault = ["cursor-stuck", "cursor-missing"][dice.usize(..2)];
    let (from, until) = (dice.u8(1..=3), ["", "-", "-"][dice.usize(..3)]);
    trouble.faults.push(format!("{fault}@{from}{until}"));
    trouble.sometimes_uncounted(dice);
}

/// A list leaves out a user's customer, of whom nobody knows yet: only the count tells, or that there is none.
fn gaps(trouble: &mut Trouble) {
    trouble.lists = Lists::Gaps;
    trouble.wishes.night = Night::None;
    trouble.wishes.strangers = 120;
    trouble.faults.push("page-skipped".to_owned());
}

fn gaps_uncounted(_: &mut Rng, trouble: &mut Trouble) {
    gaps(trouble);
    trouble.faults.push("total-count-absent".to_owned());
}

/// A list leaves out one customer, and so does its count: at the end of the first of two pages.
fn list_and_count(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.lists = Lists::Gaps;
    (trouble.wishes.gone, trouble.wishes.night) = (true, Night::KnewAll);
    trouble.wishes.strangers = dice.usize(103..=115);
    trouble.faults.push("page-skipped".to_owned());
    trouble.faults.push("total-count-low".to_owned());
}

/// A list leaves out one of two customers, and so does its count.
fn twins(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.gone = true;
    trouble.wishes.others = Others::Twins;
    trouble.faults.push("twin-unlisted".to_owned());
    if dice.bool() {
        let fault = ["lookup-500", "lookup/cut-body", "lookup/html-200"][dice.usize(..3)];
        trouble.faults.push(fault.to_owned());
    }
}

fn refused(dice: &mut Rng, trouble: &mut Trouble) {
    trouble.wishes.refused = true;
    trouble.faults.push("email-mx".to_owned());
    if dice.bool() {
        error_after(dice, trouble);
    }
}

fn mixed(dice: &mut Rng, trouble: &mut Trouble) {
    let harsh = [
        error_before,
        error_after,
        late_commit,
        late_index,
        lookup_fails,
        stall,
        broken_body,
        outage,
        auth,
        |dice: &mut Rng, trouble: &mut Trouble| trouble.some(dice, "wrong-customer"),
        |dice: &mut Rng, trouble: &mut Trouble| trouble.some(dice, "drop-after-commit"),
        |dice: &mut Rng, trouble: &mut Trouble| trouble.some(dice, "clock-offset"),
    ];
    for _ in 0..dice.u8(2..=4) {
        harsh[dice.usize(..harsh.len())](dice, trouble);
    }
}
