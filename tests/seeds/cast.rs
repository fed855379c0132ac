//! Who is in the source and in Grid, by the dice, and what has to be true of them in the end.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use gridsync::emulator::Edition;
use serde_json::{Value, json};

use crate::support::Users;

/// The people of one story.
pub(crate) struct Cast {
    pub(crate) edition: Edition,
    /// The source of an earlier night, if there was one.
    pub(crate) before: Option<Users>,
    /// The source.
    pub(crate) users: Users,
    /// Customers that stand in Grid before anything runs, as lines of a seed.
    pub(crate) seed: String,
    /// Keys of rows that have to have exactly one customer in the end.
    pub(crate) good: BTreeSet<String>,
    /// Keys whose customers may be deleted: the earlier night made them, and their users are gone.
    pub(crate) gone: BTreeSet<String>,
    /// Active customers of every other key in the end: as many as there were.
    pub(crate) others: BTreeMap<String, usize>,
    /// The numbers of their bank accounts, where the edition has a step of its own for them.
    pub(crate) accounts: BTreeMap<String, String>,
    /// Persons among the good ones without a customer at first.
    fresh: Vec<String>,
    /// Keys that may have a customer in the end, or none: their users were there for some runs only.
    pub(crate) maybe: BTreeSet<String>,
    /// Whether some row is rejected or ambiguous, or refused by Grid: the run ends with 3, whatever happens.
    pub(crate) unclean: bool,
}

/// What the trouble needs of the people.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wishes {
    /// Customers in Grid that are nobody's: pages of them.
    pub(crate) strangers: usize,
    /// Some users whom Grid refuses.
    pub(crate) refused: bool,
    /// Somebody is gone whose customer may be deleted.
    pub(crate) gone: bool,
    pub(crate) night: Night,
    /// Who else makes customers.
    pub(crate) others: Others,
}

/// The night before.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Night {
    /// As the dice say.
    #[default]
    Any,
    /// There was none: nobody is known.
    None,
    /// It knew whoever of the users had a customer already.
    KnewAll,
}

/// Somebody else with the same Grid.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Others {
    #[default]
    Nobody,
    /// Makes a second customer for whom the next run is about to delete.
    Twins,
    /// Makes customers for users while a run is at it.
    Rivals,
}

impl Cast {
    pub(crate) fn new(dice: &mut Rng, wishes: Wishes) -> Self {
        let edition = match dice.u8(..4) {
            0 => Edition::Y2025M10,
            _ => Edition::Y2026M08,
        };
        let mut cast = Self {
            edition,
            before: None,
            users: header(edition),
            seed: String::new(),
            good: BTreeSet::new(),
            gone: BTreeSet::new(),
            others: BTreeMap::new(),
            accounts: BTreeMap::new(),
            fresh: Vec::new(),
            maybe: BTreeSet::new(),
            unclean: false,
        };
        let mut before = header(edition);
        let banked = edition == Edition::Y2026M08 && dice.bool();
        for number in 0..dice.usize(10..=60) {
            let bank = (banked && dice.u8(..3) > 0).then(|| format!("4000{number:06}"));
            before = cast.good_row(dice, number, bank.as_deref(), before, wishes.night);
        }
        if wishes.gone || wishes.night != Night::None && dice.bool() {
            for number in 0..dice.usize(usize::from(wishes.gone)..=4) {
                let key = format!("gone_{number}");
                before = person(before, edition, &key);
                cast.gone.insert(key);
            }
            before = cast.bad_rows(dice, before);
            cast.before = Some(before);
        } else {
            let there = cast.bad_rows(dice, header(edition));
            cast.seed += &there.ndjson();
        }
        let strangers = cast.strangers(dice, wishes.strangers);
        cast.seed = users_at_borders(&cast.seed, &strangers);
        if wishes.refused && edition == Edition::Y2026M08 {
            cast.refused_rows(dice);
        }
        cast
    }

    /// A row that is fine: its customer is missing, or there, or there and changed, or of the earlier night.
    fn good_row(
        &mut self,
        dice: &mut Rng,
        number: usize,
        bank: Option<&str>,
        before: Users,
        night: Night,
    ) -> Users {
        // Some keys are the beginnings of others.
        let key = format!("usr_{number}");
        let business = self.edition == Edition::Y2026M08 && dice.u8(..6) == 0;
        let add = |users: Users| {
            if business {
                users.and_business(&key)
            } else {
                person(users, self.edition, &key)
            }
        };
        let banked = |users: Users| match bank {
            Some(number) => with_account(users, &key, number),
            None => users,
        };
        self.users = banked(add(self.users.clone()));
        if let Some(number) = bank {
            self.accounts.insert(key.clone(), number.to_owned());
        }
        self.good.insert(key.clone());
        match dice.u8(..8) {
            way @ 0..=1 => {
                let mut there = add(header(self.edition));
                if way == 1 {
                    there = there.with(&key, "address.line1", "1 Elm Road");
                }
                self.seed += &there.ndjson();
                if night == Night::KnewAll {
                    return banked(add(before));
                }
            }
            2 | 3 => return banked(add(before)),
            _ if business => {}
            _ => self.fresh.push(key),
        }
        before
    }

    /// The source moves on between two runs: some users are gone, and some rows are not good any more.
    pub(crate) fn move_on(&mut self, dice: &mut Rng) {
        for _ in 0..dice.usize(1..=4).min(self.fresh.len()) {
            let key = self.fresh.swap_remove(dice.usize(..self.fresh.len()));
            let users = self.users.clone();
            if dice.bool() {
                self.users = users.without(&key);
                self.gone.insert(key.clone());
            } else {
                self.users = users.with(&key, "birthDate", "1984-02-30");
                self.unclean = true;
            }
            self.good.remove(&key);
            self.maybe.insert(key);
        }
    }

    /// Somebody else makes a second customer for some of the keys whose users are gone: neither is anybody's to
    /// delete from then on. Gives them as Grid takes them.
    pub(crate) fn twins(&mut self, dice: &mut Rng) -> Vec<Value> {
        let mut gone: Vec<String> = self.gone.iter().cloned().collect();
        dice.shuffle(&mut gone);
        gone.truncate(dice.usize(1..=2));
        let twin =
            |key: &String| json!({ "platformCustomerId": key, "customerType": "INDIVIDUAL" });
        let twins = gone.iter().map(twin).collect();
        for key in gone {
            self.gone.remove(&key);
            self.others.insert(key, 2);
        }
        twins
    }

    /// Customers that somebody else makes for users who have none yet.
    pub(crate) fn rivals(&self, dice: &mut Rng) -> Vec<Value> {
        let mut keys: Vec<&String> = self.fresh.iter().collect();
        dice.shuffle(&mut keys);
        keys.truncate(dice.usize(1..=3));
        keys.into_iter().map(|key| customer(key)).collect()
    }

    /// Rows that are rejected, some of which had a customer, and a key that two customers have.
    fn bad_rows(&mut self, dice: &mut Rng, mut before: Users) -> Users {
        for number in 0..dice.usize(..=3) {
            let key = format!("bad_{number}");
            let users = person(self.users.clone(), self.edition, &key);
            self.users = users.with(&key, "birthDate", "1984-02-30");
            if dice.bool() {
                before = person(before, self.edition, &key);
                self.others.insert(key, 1);
            }
            self.unclean = true;
        }
        if dice.u8(..4) == 0 {
            let one = header(self.edition).user(&[
                ("platformCustomerId", "two"),
                ("customerType", "INDIVIDUAL"),
            ]);
            self.seed += &one.ndjson().repeat(2);
            self.users = person(self.users.clone(), self.edition, "two");
            self.others.insert("two".to_owned(), 2);
            self.unclean = true;
        }
        before
    }

    /// Gives them as lines of a seed.
    fn strangers(&mut self, dice: &mut Rng, at_least: usize) -> String {
        let mut seed = String::new();
        let count = at_least + dice.usize(..=10);
        for number in 0..count {
            let key = self.strange_key(dice, number);
            let stranger = header(self.edition)
                .user(&[("platformCustomerId", &key), ("customerType", "INDIVIDUAL")]);
            seed += &stranger.ndjson();
            self.others.insert(key, 1);
        }
        seed
    }

    /// Some look like those of users: a key that begins with theirs, or that is theirs in capitals.
    fn strange_key(&self, dice: &mut Rng, number: usize) -> String {
        let users: Vec<&String> = self.good.iter().chain(&self.gone).collect();
        let user = users[dice.usize(..users.len())];
        match dice.u8(..8) {
            0 => format!("{user}_{number}"),
            1 if !self.others.contains_key(&user.to_uppercase()) => user.to_uppercase(),
            _ => format!("stranger_{number}"),
        }
    }

    fn refused_rows(&mut self, dice: &mut Rng) {
        for number in 0..dice.usize(1..=4) {
            let key = format!("refused_{number}");
            let users = person(self.users.clone(), self.edition, &key);
            self.users = users.with(&key, "email", "ada@lovelace.example");
            self.others.insert(key, 0);
            self.unclean = true;
        }
    }

    /// How many customers of a key there have to be in the end.
    pub(crate) fn wanted(&self, key: &str, deletes: bool, found: usize) -> usize {
        let is_deleted = deletes && self.gone.contains(key);
        if self.maybe.contains(key) && !is_deleted {
            return found.min(1);
        }
        if self.good.contains(key) || self.gone.contains(key) && !deletes {
            return 1;
        }
        self.others.get(key).copied().unwrap_or(0)
    }

    /// Of the keys that the story knows of.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &String> {
        let users = self.good.iter().chain(&self.gone).chain(&self.maybe);
        users.chain(self.others.keys())
    }
}

/// The bad rows of the earlier night were good then; so its header is all that differs.
fn header(edition: Edition) -> Users {
    match edition {
        Edition::Y2025M10 => Users::empty(),
        Edition::Y2026M08 => Users::none(),
    }
}

/// A seed in which customers of users stand where one page ends and the next begins, as far as there are so many,
/// and strangers elsewhere.
fn users_at_borders(users: &str, strangers: &str) -> String {
    let (mut users, mut strangers) = (users.lines(), strangers.lines());
    let mut seed = String::new();
    for at in 0.. {
        let is_border = at > 50 && at % 100 < 4;
        let line = if is_border {
            users.next().or_else(|| strangers.next())
        } else {
            strangers.next().or_else(|| users.next())
        };
        let Some(line) = line else {
            break;
        };
        seed += line;
        seed.push('\n');
    }
    seed
}

/// A customer as Grid takes it, with nothing but its key.
fn customer(key: &str) -> Value {
    json!({ "platformCustomerId": key, "customerType": "INDIVIDUAL" })
}

fn with_account(users: Users, key: &str, number: &str) -> Users {
    let cells = [
        ("accountType", "USD_ACCOUNT"),
        ("routingNumber", "021000021"),
        ("accountNumber", number),
    ];
    cells.into_iter().fold(users, |users, (name, value)| {
        let column = format!("externalAccount.accountInfo.{name}");
        users.with(key, &column, value)
    })
}

fn person(users: Users, edition: Edition, key: &str) -> Users {
    match edition {
        Edition::Y2026M08 => users.and(key),
        // Without an UMA address of their own, for which Grid would refuse a second customer.
        Edition::Y2025M10 => users.user(&[
            ("platformCustomerId", key),
            ("customerType", "INDIVIDUAL"),
            ("fullName", "Ada Vey"),
            ("birthDate", "1984-02-29"),
            ("nationality", "US"),
            ("address.line1", "90 Alder Street"),
            ("address.city", "Chicago"),
            ("address.postalCode", "60601"),
            ("address.country", "US"),
            ("bankAccountInfo.accountType", "US_ACCOUNT"),
            ("bankAccountInfo.accountNumber", "000123450"),
            ("bankAccountInfo.routingNumber", "000123456"),
            ("bankAccountInfo.accountCategory", "CHECKING"),
            ("bankAccountInfo.bankName", "First Larkspur Bank, N.A."),
        ]),
    }
}
