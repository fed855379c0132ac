//! What is wrong, by the emulator's own record: its customers, and the requests that it received.

use std::collections::{BTreeMap, BTreeSet};

use gridsync::emulator::RequestRecord;
use serde_json::Value;

use crate::cast::Cast;
use crate::crash::{Journal, committed_creates};
use crate::order::is_delete;
use crate::support::{Ended, Grid, Place};
use crate::trouble::{Lists, Trouble};

/// Something that must never be.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) sin: Sin,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sin {
    /// Two customers where there should be one.
    Duplicate,
    /// A user without a customer.
    Loss,
    /// A customer is deleted that should not be.
    WrongDelete,
    /// The run ended with a code that does not stand for what happened.
    WrongExit,
    /// The numbers, the order of requests, or how many of them were under way.
    Other,
}

impl Sin {
    pub(crate) fn found(self, text: impl Into<String>) -> Finding {
        Finding {
            sin: self,
            text: text.into(),
        }
    }
}

/// What is no accident: Grid answers as it means to.
pub(crate) const LASTING: [&str; 4] = [
    "duplicates-allowed",
    "email-mx",
    "late-index",
    "lookup-fuzzy",
];

/// What is known of one run when it has ended.
pub(crate) struct Run<'a> {
    pub(crate) command: &'a str,
    pub(crate) ended: &'a Ended,
    /// The requests that the emulator received meanwhile.
    pub(crate) requests: &'a [RequestRecord],
    pub(crate) trouble: &'a Trouble,
    pub(crate) cast: &'a Cast,
    pub(crate) grid: &'a Grid,
    /// Whether it wrote, and from the last night's source: a code 0 says that nobody is missing.
    pub(crate) all_there: bool,
}

impl Run<'_> {
    /// Whether the code is the one that the table has for what happened, and the numbers add up.
    pub(crate) fn judged(&self) -> Vec<Finding> {
        let Some(code) = self.ended.code() else {
            return vec![Sin::WrongExit.found(format!("{}: it died of a signal", self.command))];
        };
        let mut findings = Vec::new();
        if let Some(why) = self.wrong_code(code) {
            let told = self.ended.told();
            let text = format!("{}: code {code}, but {why}\n{told}", self.command);
            findings.push(Sin::WrongExit.found(text));
        }
        if let Some(why) = self.unbalanced() {
            let told = self.ended.told();
            findings.push(Sin::Other.found(format!("{}: {why}\n{told}", self.command)));
        }
        findings.extend(self.untrue_counts());
        if code == 0 && self.all_there && self.count("source_rows") > 0 {
            let active = self.grid.active_by_key();
            let lost = self.cast.good.iter().find(|key| !active.contains_key(*key));
            findings.extend(lost.map(|key| Sin::Loss.found(format!("0, and {key} has nobody"))));
        }
        findings
    }

    fn wrong_code(&self, code: i32) -> Option<String> {
        let undone = self.undone();
        let denied = self
            .requests
            .iter()
            .any(|record| matches!(record.status, Some(401 | 403)));
        let failed = self.requests.iter().any(|record| {
            record.fault.is_some_and(|fault| !LASTING.contains(&fault))
                || !matches!(record.status, Some(200..=299 | 400..=499))
        });
        let why = match code {
            0 if undone > 0 => format!("{undone} rows are not done"),
            3 if undone == 0 => "every row is done".to_owned(),
            0 | 3 if denied && self.only_auth() => "Grid refused the credentials".to_owned(),
            6 if !failed => "Grid answered everything".to_owned(),
            12 if !denied => "Grid refused no credentials".to_owned(),
            4 if self.trouble.lists == Lists::Good => "no guard had a reason".to_owned(),
            4 if self.requests.iter().any(|record| record.method != "GET") => {
                "something was written".to_owned()
            }
            0 | 3 | 4 | 6 | 12 => return None,
            _ => "nothing that happened has this code".to_owned(),
        };
        Some(why)
    }

    /// What a whole run says that it did, Grid has seen.
    fn untrue_counts(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut found = |text: String| findings.push(Sin::Other.found(text));
        if self.command != "sync" {
            return findings;
        }
        let made = |record: &&RequestRecord| {
            record.method == "POST" && record.committed && record.path.ends_with("/customers")
        };
        let (created, made) = (
            self.count("created"),
            self.requests.iter().filter(made).count() as u64,
        );
        if created > made {
            found(format!("{created} created, and Grid made {made}"));
        }
        let known = created + self.count("failed") + self.count("unresolved");
        if self.told_in_time() && made > known {
            found(format!("Grid made {made}, and {known} are told of"));
        }
        let gone = self
            .requests
            .iter()
            .filter(|record| is_delete(record) && record.committed);
        let (gone, known) = (
            gone.count() as u64,
            self.count("deleted") + self.count("unresolved"),
        );
        if self.told_in_time() && gone > known {
            found(format!("Grid deleted {gone}, and {known} are told of"));
        }
        let said_no = |record: &&RequestRecord| {
            record.method != "GET" && matches!(record.status, Some(400 | 404..=428))
        };
        let (failed, said_no) = (
            self.count("failed"),
            self.requests.iter().filter(said_no).count() as u64,
        );
        // Of a key that several customers have, a look-up says no.
        let shared = self.cast.others.values().filter(|count| **count > 1);
        if failed > said_no + shared.count() as u64 {
            found(format!("{failed} failed, and Grid said no to {said_no}"));
        }
        // A list that a kill broke off goes on with its cursor.
        let listed = |record: &RequestRecord| {
            let names: Vec<&str> = record.query.iter().map(|(name, _)| name.as_str()).collect();
            let begins = names == ["limit"] && record.query[0].1 != "1";
            record.path.ends_with("/customers") && (begins || names == ["limit", "cursor"])
        };
        let deleted = self.requests.iter().position(is_delete);
        if deleted.is_some_and(|at| !self.requests[..at].iter().any(listed)) {
            found("somebody was deleted without a full list".to_owned());
        }
        findings
    }

    /// Whether whatever a run does has taken effect before the run ends, and a look shows it. Of a user with a bank
    /// account, the numbers tell what became of both.
    fn told_in_time(&self) -> bool {
        self.trouble.late == 0 && !self.trouble.stalls && self.cast.accounts.is_empty()
    }

    /// A 401 may be lost on the way where other things go wrong, too.
    fn only_auth(&self) -> bool {
        self.trouble.auth
            && !self.trouble.stalls
            && self.requests.iter().all(|record| {
                matches!(
                    record.fault,
                    None | Some(
                        "auth-revoked"
                            | "forbidden"
                            | "unauthorized-html"
                            | "duplicates-allowed"
                            | "lookup-fuzzy"
                    )
                )
            })
    }

    fn undone(&self) -> u64 {
        ["rejected", "ambiguous", "failed", "deferred", "unresolved"]
            .iter()
            .map(|name| self.count(name))
            .sum()
    }

    /// Promise 5, added up once more: for a run that applied, for one that only planned, or for one
    /// that came to neither.
    fn unbalanced(&self) -> Option<String> {
        if self.ended.summary()["balanced"] != true {
            return Some("it says itself that the numbers do not add up".to_owned());
        }
        let rows = self.count("source_rows") + self.count("planned/delete");
        let ends: u64 = [
            "unchanged",
            "created",
            "updated",
            "adopted",
            "drifted",
            "deleted",
        ]
        .iter()
        .map(|name| self.count(name))
        .sum();
        let applied = ends + self.undone();
        let planned: u64 = ["create", "update", "delete"]
            .iter()
            .map(|kind| self.count(&format!("planned/{kind}")))
            .sum();
        let planned = applied + planned;
        let neither = applied == self.count("rejected");
        (rows != applied && rows != planned && !neither)
            .then(|| format!("{rows} rows and deletes came to {applied} ends"))
    }

    fn count(&self, name: &str) -> u64 {
        let pointer = format!("/counts/{name}");
        let count = self.ended.summary().pointer(&pointer);
        count.and_then(Value::as_u64).unwrap_or(0)
    }
}

/// Whether everybody has the customers that they should have when all is over.
pub(crate) fn judge_end(grid: &Grid, cast: &Cast, deletes: bool) -> Vec<Finding> {
    let active = grid.active_by_key();
    let keys: BTreeSet<&String> = cast.keys().chain(active.keys()).collect();
    let mut findings = Vec::new();
    for key in keys {
        let found = active.get(key).copied().unwrap_or(0);
        let wanted = cast.wanted(key, deletes, found);
        let sin = match found.cmp(&wanted) {
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => Sin::Duplicate,
            std::cmp::Ordering::Less if was_deleted(grid, key) => Sin::WrongDelete,
            std::cmp::Ordering::Less => Sin::Loss,
        };
        findings.push(sin.found(format!("{key} has {found} customers, not {wanted}")));
    }
    findings
}

/// Whether everybody has the one bank account that the source has, and nobody another.
pub(crate) fn judge_accounts(grid: &Grid, cast: &Cast) -> Vec<Finding> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for account in grid.accounts() {
        let customer = account["customerId"].as_str().unwrap_or_default();
        let number = account["accountInfo"]["accountNumber"].clone();
        found.entry(customer.to_owned()).or_default().push(number);
    }
    let mut findings = Vec::new();
    for customer in grid.customers() {
        let key = customer["platformCustomerId"].as_str().unwrap_or_default();
        if customer["isDeleted"] == true || cast.maybe.contains(key) {
            continue;
        }
        let wanted: Vec<Value> = cast
            .accounts
            .get(key)
            .map(|number| number.as_str().into())
            .into_iter()
            .collect();
        let found = found
            .remove(customer["id"].as_str().unwrap_or_default())
            .unwrap_or_default();
        let sin = match found.len().cmp(&wanted.len()) {
            std::cmp::Ordering::Greater => Sin::Duplicate,
            std::cmp::Ordering::Less => Sin::Loss,
            std::cmp::Ordering::Equal if found != wanted => Sin::Other,
            std::cmp::Ordering::Equal => continue,
        };
        findings.push(sin.found(format!("{key} has the accounts {found:?}, not {wanted:?}")));
    }
    findings
}

/// Whether the state knows of all active customers, and of nobody else.
pub(crate) fn judge_mirror(grid: &Grid, place: &Place) -> Option<Finding> {
    let active = keys_and_ids(grid, |customer| customer["isDeleted"] != true);
    let known: BTreeSet<_> = Journal::of(place).mirror().into_iter().collect();
    let (key, _) = active.symmetric_difference(&known).next()?;
    Some(Sin::Loss.found(format!("the state does not know {key} as it is in Grid")))
}

/// When nothing is left to do, the journal has an end for everything, and whom we made is known for ours.
pub(crate) fn judge_journal(grid: &Grid, place: &Place, cast: &Cast) -> Vec<Finding> {
    let journal = Journal::of(place);
    let open = journal.open_keys().into_iter();
    let open = open.chain(journal.open_accounts());
    let open = open.map(|key| format!("{key} is left open in the journal"));
    let made = committed_creates(grid);
    let active = grid.active_by_key().into_iter();
    let ours = active.filter(|(key, customers)| {
        *customers == 1 && made.contains_key(key) && !cast.maybe.contains(key)
    });
    let strange = ours.filter(|(key, _)| {
        let sql = format!("SELECT count(*) FROM mirror WHERE key = '{key}' AND owned IS NULL");
        journal.try_count(&sql) != Some(0)
    });
    let strange = strange.map(|(key, _)| format!("the state does not know that we made {key}"));
    let findings = open.chain(strange).map(|text| Sin::Other.found(text));
    findings.collect()
}

/// Whether the state takes nobody for somebody else.
pub(crate) fn judge_ids(grid: &Grid, place: &Place) -> Option<Finding> {
    let all = keys_and_ids(grid, |_| true);
    let known = Journal::open(place)?.mirror().into_iter();
    let (key, id) = known.into_iter().find(|known| !all.contains(known))?;
    Some(Sin::Other.found(format!("the state takes {id} for {key}")))
}

fn keys_and_ids(grid: &Grid, which: impl Fn(&Value) -> bool) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let customers = grid.customers().into_iter().filter(which);
    customers
        .map(|customer| (text(&customer["platformCustomerId"]), text(&customer["id"])))
        .collect()
}

/// Nobody is deleted yet: no user was missing from two reads that lie far enough apart.
pub(crate) fn judge_patience(grid: &Grid) -> Vec<Finding> {
    let requests = grid.requests();
    let deleted = requests
        .iter()
        .find(|record| is_delete(record) && record.committed);
    let early = |record: &RequestRecord| format!("request {} deleted too early", record.number);
    let found = deleted.map(|record| Sin::WrongDelete.found(early(record)));
    found.into_iter().collect()
}

fn was_deleted(grid: &Grid, key: &str) -> bool {
    let deleted =
        |customer: &Value| customer["platformCustomerId"] == key && customer["isDeleted"] == true;
    grid.customers().iter().any(deleted)
}
