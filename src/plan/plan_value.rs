//! The plan: what would happen, why, and whether it may.
//!
//! The changes themselves are not in it, for there may be millions: they stream beside it, in key
//! order, into the state file or a plan file, and the plan's fingerprint vouches for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::change::{Change, Finding};
use super::counts::{Counts, PlannedCounts};
use super::guard::{Guard, Verdict};
use crate::model::Scope;

/// How many findings of each kind are kept for the report.
pub const SAMPLE_CAP: usize = 20;

/// Which Grid a plan, and a state file, is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The base URL, without a trailing slash.
    pub base_url: String,
    /// The API token's id. Not its secret.
    pub client_id: String,
    /// The edition.
    pub edition: String,
}

impl Target {
    /// A short name for the account at that address, fit for a file name.
    pub fn id(&self) -> String {
        let account = format!("{}\n{}", self.base_url, self.client_id);
        hex(&Sha256::digest(account)[..12])
    }
}

/// Where the mirror's knowledge comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanKind {
    /// Every active customer was listed.
    Full,
    /// What changed since the watermark was listed.
    Incremental,
    /// Nothing was listed: the mirror was taken as it is.
    None,
}

/// What is known of the scan that a plan rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanFacts {
    /// Its kind.
    pub kind: ScanKind,
    /// When it began, by Grid's clock; for no scan, when the last one did.
    pub at: Option<Timestamp>,
    /// Whether the number of customers agreed with Grid's own count.
    pub count_agrees: Option<bool>,
}

impl ScanFacts {
    /// Whether this is a complete read, so that an orphan may be deleted: every page to the last,
    /// and no count of Grid's own against it. Grid may leave the count out.
    pub fn is_proof(&self) -> bool {
        self.kind == ScanKind::Full && self.count_agrees != Some(false)
    }
}

/// What a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Made at random for each plan: a plan is applied once.
    pub nonce: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// For which Grid.
    pub target: Target,
    /// The state file's own id: fingerprints mean nothing to another.
    pub state_id: String,
    /// How many runs had written to Grid before: another one since makes the plan stale.
    pub generation: u64,
    /// From which source, in the operator's words.
    pub source: String,
    /// Hash over the mapping.
    pub mapping: String,
    /// From which scan.
    pub scan: ScanFacts,
    /// About whom.
    #[serde(default, skip_serializing_if = "Scope::is_everybody")]
    pub scope: Scope,
}

/// How many there are of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows of the source.
    pub source_rows: u64,
    /// Rows whose customer is as it should be.
    pub unchanged: u64,
    /// Customers to create.
    pub create: u64,
    /// Those of them to which a bank account is added.
    #[serde(default)]
    pub create_with_account: u64,
    /// Customers that exist and to which a bank account is added, unless Grid has it already.
    #[serde(default)]
    pub attach: u64,
    /// Customers whose bank account is deleted and added anew.
    #[serde(default)]
    pub replace: u64,
    /// Rows whose customer exists and agrees, at first contact.
    pub adopt: u64,
    /// Rows whose customer exists and differs, at first contact: adopted too, and drifted.
    pub adopt_drifted: u64,
    /// Customers to delete.
    pub delete: u64,
    /// Rows whose customer differs, first contact or not.
    pub drifted: u64,
    /// Drifted rows that are under `attach` or `replace` already: what else differs is left as it is.
    #[serde(default)]
    pub attach_drifted: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rejected rows whose key could not be read.
    pub rejected_without_key: u64,
    /// Rows that the plan is not about.
    #[serde(default)]
    pub out_of_scope: u64,
    /// Rows with two or more active customers.
    pub ambiguous: u64,
    /// Active customers without a user, those to be deleted included.
    pub orphans: u64,
    /// Orphans whose users were not absent for long enough yet.
    #[serde(default)]
    pub waiting: u64,
    /// When the first of them may be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_until: Option<Timestamp>,
    /// Orphans that `[changes] never_delete` protects.
    #[serde(default)]
    pub protected: u64,
    /// Rows whose customer is not this state's own and, with `[changes] adopt = false`, stays so: among
    /// the unchanged and the drifted.
    #[serde(default)]
    pub not_adopted: u64,
    /// Creates that `[changes] create = false` holds back.
    pub withheld_creates: u64,
    /// Active customers in the mirror.
    pub active_customers: u64,
    /// Those of them that the plan is not about.
    #[serde(default)]
    pub customers_out_of_scope: u64,
    /// Warnings of the validation.
    pub warnings: u64,
}

impl Totals {
    /// Orphans that nothing will become of: neither to be deleted, nor waiting, nor protected.
    pub const fn left_alone(&self) -> u64 {
        self.orphans
            .saturating_sub(self.delete + self.waiting + self.protected)
    }

    /// Changes that write to Grid: each is one customer, with one request or several.
    pub fn writes(&self) -> u64 {
        let Self {
            create,
            attach,
            replace,
            delete,
            ..
        } = *self;
        create + attach + replace + delete
    }

    /// All changes, those that are only recorded included.
    fn changes(&self) -> u64 {
        self.writes() + self.adopt + self.adopt_drifted
    }

    /// The same as the counts of a run that has applied nothing yet.
    pub fn counts(&self) -> Counts {
        let Self {
            source_rows,
            unchanged,
            create,
            create_with_account: _,
            attach,
            replace,
            adopt,
            adopt_drifted: _,
            delete,
            drifted,
            attach_drifted,
            rejected,
            rejected_without_key: _,
            out_of_scope,
            ambiguous,
            orphans,
            waiting,
            waiting_until: _,
            protected,
            not_adopted: _,
            withheld_creates,
            active_customers: _,
            customers_out_of_scope: _,
            warnings: _,
        } = *self;
        Counts {
            source_rows,
            unchanged,
            adopted: adopt,
            drifted: drifted - attach_drifted,
            rejected,
            out_of_scope,
            ambiguous,
            orphans,
            waiting,
            protected,
            deferred: withheld_creates,
            planned: PlannedCounts {
                create,
                update: attach + replace,
                delete,
            },
            ..Counts::default()
        }
    }
}

/// The first few of each kind, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Samples {
    /// Creates, those with a bank account included.
    pub creates: Vec<Change>,
    /// Customers that exist and get a bank account.
    pub attaches: Vec<Change>,
    /// Customers whose bank account is replaced, with the fields of it that differ.
    pub replaces: Vec<Finding>,
    /// Deletes.
    pub deletes: Vec<Change>,
    /// Drifted customers.
    pub drifted: Vec<Finding>,
    /// Orphans that are left alone.
    pub orphans: Vec<Finding>,
    /// Orphans that wait.
    pub waiting: Vec<Finding>,
    /// Orphans that are protected.
    pub protected: Vec<Finding>,
    /// Ambiguous keys.
    pub ambiguous: Vec<Finding>,
    /// Rejected rows.
    pub rejected: Vec<Finding>,
}

/// SHA-256 over the edition, and every change in key order: kind, key, customer id. Two plans with the
/// same fingerprint do the same to Grid, whatever source, position or state file they come from.
#[derive(Clone)]
pub struct PlanFingerprint(Sha256);

impl PlanFingerprint {
    /// Begins with what the plan is for.
    pub fn new(target: &Target) -> Self {
        let mut hash = Self(Sha256::new());
        hash.text(&target.edition);
        hash
    }

    /// Adds the next change.
    pub fn add(&mut self, change: &Change) {
        self.text(change.kind.as_str());
        self.text(change.key.as_str());
        self.text(change.customer_id.as_ref().map_or("", |id| id.as_str()));
    }

    /// The fingerprint as 64 hexadecimal digits.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        })
}

/// A plan, all but its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What it was made from.
    pub header: Header,
    /// How many there are of everything.
    pub totals: Totals,
    /// The first few of each kind.
    pub samples: Samples,
    /// What the guards said.
    pub guards: Vec<Guard>,
    /// What it would do, in one hash.
    pub fingerprint: String,
}

impl Plan {
    /// Whether applying it would send nothing and record nothing.
    pub fn is_empty(&self) -> bool {
        self.totals.changes() == 0
    }

    /// Changes that write to Grid.
    pub fn writes(&self) -> u64 {
        self.totals.writes()
    }

    /// The guards that said no.
    pub fn refusals(&self) -> impl Iterator<Item = &Guard> {
        self.guards
            .iter()
            .filter(|guard| guard.verdict == Verdict::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CustomerId, Key};
    use crate::plan::testing::{adopt, attach, create, delete, target};
    use crate::plan::{ChangeKind, GuardName};

    fn fingerprint(changes: &[Change]) -> String {
        let mut fingerprint = PlanFingerprint::new(&target());
        for change in changes {
            fingerprint.add(change);
        }
        fingerprint.finish()
    }

    #[test]
    fn where_a_row_stands_and_how_it_is_hashed_is_not_what_a_plan_does() {
        let moved = Change {
            fingerprint: None,
            ..create("a", 900)
        };
        assert_eq!(fingerprint(&[create("a", 1)]), fingerprint(&[moved]));
    }

    #[test]
    fn kind_key_and_customer_are_what_a_plan_does() {
        let change = adopt("a", "Customer:1", 1);
        let others = [
            Change {
                kind: ChangeKind::AdoptDrifted,
                ..change.clone()
            },
            Change {
                key: Key::new("b"),
                ..change.clone()
            },
            Change {
                customer_id: Some(CustomerId::new("Customer:2")),
                ..change.clone()
            },
            Change {
                customer_id: None,
                ..change.clone()
            },
            attach("a", "Customer:1", 1),
            Change {
                kind: ChangeKind::Replace,
                ..change.clone()
            },
            delete("a", "Customer:1"),
        ];
        let all: Vec<String> = std::iter::once(&change)
            .chain(&others)
            .map(|change| fingerprint(std::slice::from_ref(change)))
            .collect();
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!all[at + 1..].contains(one), "{at} is not told apart");
        }
    }

    #[test]
    fn changes_do_not_run_into_one_another() {
        let pair = |one, other| fingerprint(&[create(one, 1), create(other, 2)]);
        assert_ne!(pair("ab", "c"), pair("a", "bc"));
        assert_ne!(pair("a", "b"), pair("b", "a"));
        assert_ne!(fingerprint(&[]), fingerprint(&[create("a", 1)]));
        let with_account = Change {
            kind: ChangeKind::CreateWithAccount,
            ..create("a", 1)
        };
        assert_ne!(
            fingerprint(&[with_account]),
            fingerprint(&[create("a", 1)]),
            "the account is a part of what the plan does"
        );
    }

    #[test]
    fn only_a_full_scan_that_no_count_contradicts_proves_an_absence() {
        let is_proof = |kind, count_agrees| {
            let at = None;
            ScanFacts {
                kind,
                at,
                count_agrees,
            }
            .is_proof()
        };
        assert!(is_proof(ScanKind::Full, Some(true)));
        assert!(
            is_proof(ScanKind::Full, None),
            "Grid may leave the count out"
        );
        assert!(!is_proof(ScanKind::Full, Some(false)));
        for count_agrees in [None, Some(false), Some(true)] {
            assert!(!is_proof(ScanKind::Incremental, count_agrees));
            assert!(!is_proof(ScanKind::None, count_agrees));
        }
    }

    fn plan(totals: Totals, verdict: Verdict) -> Plan {
        Plan {
            header: super::super::file::tests::header(),
            totals,
            samples: Samples::default(),
            guards: vec![Guard {
                name: GuardName::Rejects,
                verdict,
                measured: 1,
                of: 1,
                allowed: 0,
                limit: "limits.rejects = 0".into(),
                go_on_with: None,
            }],
            fingerprint: String::new(),
        }
    }

    #[test]
    fn adopting_writes_nothing_to_grid_and_is_something_to_do() {
        let adopting = Totals {
            adopt: 1,
            ..Totals::default()
        };
        let adopting = plan(adopting, Verdict::Passed);
        assert_eq!((adopting.is_empty(), adopting.writes()), (false, 0));
        let writing = Totals {
            create: 2,
            create_with_account: 2,
            attach: 5,
            replace: 7,
            delete: 1,
            ..Totals::default()
        };
        let writing = plan(writing, Verdict::Passed);
        assert_eq!((writing.is_empty(), writing.writes()), (false, 15));
        for one in [
            Totals {
                attach: 1,
                ..Totals::default()
            },
            Totals {
                replace: 1,
                ..Totals::default()
            },
        ] {
            assert!(!plan(one, Verdict::Passed).is_empty());
        }
        let reporting = Totals {
            drifted: 1,
            orphans: 1,
            withheld_creates: 1,
            ..Totals::default()
        };
        assert!(plan(reporting, Verdict::Passed).is_empty());
    }

    #[test]
    fn only_a_refusal_refuses() {
        for (verdict, refusals) in [
            (Verdict::Passed, 0),
            (Verdict::Confirmed, 0),
            (Verdict::Warned, 0),
            (Verdict::Refused, 1),
        ] {
            assert_eq!(
                plan(Totals::default(), verdict).refusals().count(),
                refusals
            );
        }
    }
}
