//! Random small worlds against a model that is too simple to be wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::world::{AT_ONCE, Mirrored, World, bad, customer, nobody, user, user_with_account};
use crate::engine::draft::{AccountPolicy, Policy};
use crate::model::Scope;
use crate::plan::{ChangeKind, DeleteRules, Totals};

const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const NEVER: &str = "f*";
const NAMES: [&str; 2] = ["Ada", "Bea"];

/// A row of the source.
#[derive(Clone, Debug)]
enum Row {
    Good(&'static str, &'static str, Option<u8>),
    Bad(&'static str),
    Nobody,
}

impl Row {
    fn text(&self) -> String {
        match self {
            Self::Good(key, name, None) => user(key, name),
            Self::Good(key, name, Some(account)) => user_with_account(key, name, *account),
            Self::Bad(key) => bad(key),
            Self::Nobody => nobody(),
        }
    }
}

fn any_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(KEYS.to_vec())
}

fn any_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES.to_vec())
}

fn any_account() -> impl Strategy<Value = Option<u8>> {
    prop::option::of(0_u8..2)
}

fn any_row() -> impl Strategy<Value = Row> {
    prop_oneof![
        6 => (any_key(), any_name(), any_account())
            .prop_map(|(key, name, account)| Row::Good(key, name, account)),
        2 => any_key().prop_map(Row::Bad),
        1 => Just(Row::Nobody),
    ]
}

fn any_rows() -> impl Strategy<Value = (Vec<Row>, Vec<Row>)> {
    prop::collection::vec(any_row(), 0..9)
        .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

fn any_customers() -> impl Strategy<Value = Vec<Mirrored>> {
    type One<'a> = (u32, (&'a str, &'a str, Option<&'a str>, Option<u8>));
    let one = (
        any_key(),
        any_name(),
        prop::option::of(any_name()),
        any_account(),
    );
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let customer = |(number, (key, name, sent, account)): One<'_>| Mirrored {
            sent: sent.map(Into::into),
            account: account.filter(|_| sent.is_some()),
            ..customer(key, &format!("Customer:{number}"), name)
        };
        (0..).zip(all).map(customer).collect()
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let accounts = [
        AccountPolicy::Off,
        AccountPolicy::Report,
        AccountPolicy::Replace,
    ];
    let accounts = prop::sample::select(accounts.to_vec());
    let scopes = [&[] as &[&str], &["a", "c", "f"], &["e*"]];
    let scopes = prop::sample::select(scopes.to_vec());
    (any::<[bool; 6]>(), accounts, scopes).prop_map(
        |([create, adopt, on, waits, report_drift, partial], accounts, only)| Policy {
            create,
            adopt,
            deletes: DeleteRules {
                on,
                min_absence: SignedDuration::from_hours(i64::from(waits)),
                never_delete: vec![NEVER.parse().expect("a pattern")],
                ..AT_ONCE
            },
            report_drift,
            partial,
            accounts,
            scope: Scope::new(
                only.iter()
                    .map(|text| text.parse().expect("a pattern"))
                    .collect(),
                [],
            ),
        },
    )
}

/// What a plan comes to, one key after the other.
#[derive(Default)]
struct Model {
    totals: Totals,
    changes: Vec<(ChangeKind, &'static str)>,
}

/// A good row: the name, and the bank account.
type User = (&'static str, Option<u8>);

/// A key's users, where their rows are good, and its customers.
type OfKey<'a> = (Vec<Option<User>>, Vec<&'a Mirrored>);

impl Model {
    fn of(rows: &[Row], customers: &[Mirrored], policy: &Policy) -> Self {
        let mut model = Self::default();
        let mut keys: BTreeMap<&'static str, OfKey<'_>> =
            KEYS.map(|key| (key, OfKey::default())).into();
        for row in rows {
            let (key, user) = match row {
                Row::Good(key, name, account) => (key, Some((*name, *account))),
                Row::Bad(key) => (key, None),
                Row::Nobody => {
                    model.totals.rejected_without_key += 1;
                    continue;
                }
            };
            keys.get_mut(key).expect("one of the keys").0.push(user);
        }
        for one in customers {
            let of_key = keys.get_mut(&*one.key).expect("one of the keys");
            of_key.1.push(one);
        }
        model.totals.source_rows = rows.len() as u64;
        model.totals.active_customers = customers.len() as u64;
        model.totals.rejected = model.totals.rejected_without_key;
        for (key, (users, customers)) in keys {
            model.key(key, &users, &customers, policy);
        }
        model
    }

    fn key(
        &mut self,
        key: &'static str,
        users: &[Option<User>],
        customers: &[&Mirrored],
        policy: &Policy,
    ) {
        let totals = &mut self.totals;
        match (users, customers) {
            ([], _) if policy.partial => {}
            _ if !policy.scope.takes_key(key) => {
                totals.out_of_scope += users.len() as u64;
                totals.customers_out_of_scope += customers.len() as u64;
            }
            ([], all) if key.starts_with('f') => {
                totals.orphans += all.len() as u64;
                totals.protected += all.len() as u64;
            }
            ([], [one]) if policy.deletes.on && one.sent.is_some() => {
                totals.orphans += 1;
                if policy.deletes.min_absence.is_zero() {
                    totals.delete += 1;
                    self.changes.push((ChangeKind::Delete, key));
                } else {
                    totals.waiting += 1;
                    totals.waiting_until = Some(Timestamp::UNIX_EPOCH + policy.deletes.min_absence);
                }
            }
            ([], all) => totals.orphans += all.len() as u64,
            ([None] | [_, _, ..], _) => totals.rejected += users.len() as u64,
            ([Some((_, account))], []) if policy.create => {
                totals.create += 1;
                let kind = if account.is_some() && policy.accounts != AccountPolicy::Off {
                    totals.create_with_account += 1;
                    ChangeKind::CreateWithAccount
                } else {
                    ChangeKind::Create
                };
                self.changes.push((kind, key));
            }
            ([Some(_)], []) => totals.withheld_creates += 1,
            ([Some(user)], [one]) => self.pair(key, *user, one, policy),
            ([Some(_)], [_, _, ..]) => totals.ambiguous += 1,
        }
    }

    /// Grid shows a name as it was sent to it here, so that the two differ where the names do,
    /// whoever moved; and it shows nothing of an account, so that only what was sent is known of it.
    fn pair(&mut self, key: &'static str, user: User, one: &Mirrored, policy: &Policy) {
        let totals = &mut self.totals;
        let (name, account) = user;
        let name_drifts = one.name != name && policy.report_drift;
        let step = match (policy.accounts, account, one.account) {
            (AccountPolicy::Off, ..) | (_, None, _) => None,
            (_, Some(_), None) => Some(ChangeKind::Attach),
            (AccountPolicy::Replace, Some(ours), Some(sent)) if ours != sent => {
                Some(ChangeKind::Replace)
            }
            (_, Some(_), Some(_)) => None,
        };
        let theirs = one.sent.is_none() && !policy.adopt;
        if let (Some(step), false) = (step, theirs) {
            match step {
                ChangeKind::Attach => totals.attach += 1,
                _ => totals.replace += 1,
            }
            totals.drifted += u64::from(name_drifts);
            totals.attach_drifted += u64::from(name_drifts);
            self.changes.push((step, key));
            return;
        }
        let account_drifts = policy.accounts != AccountPolicy::Off
            && policy.report_drift
            && one.account.is_some()
            && one.account != account;
        let drifts = name_drifts || account_drifts;
        totals.drifted += u64::from(drifts);
        if theirs {
            totals.unchanged += u64::from(!drifts);
            totals.not_adopted += 1;
            return;
        }
        match (drifts, &one.sent) {
            (true, None) => {
                totals.adopt_drifted += 1;
                self.changes.push((ChangeKind::AdoptDrifted, key));
            }
            (false, None) => {
                totals.adopt += 1;
                self.changes.push((ChangeKind::Adopt, key));
            }
            (true, Some(_)) => {}
            (false, Some(_)) => totals.unchanged += 1,
        }
    }
}

thread_local! {
    /// One state file for all cases: a full scan puts the customers of each in place of those before.
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

fn in_a_world<T>(play: impl FnOnce(World) -> (World, T)) -> T {
    let world = WORLD.take().unwrap_or_else(World::new);
    let (world, result) = play(world.customers(&[]));
    WORLD.set(Some(world));
    result
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn a_draft_is_what_the_model_says_in_any_order_of_rows(
        (rows, turned) in any_rows(), customers in any_customers(), policy in any_policy(),
    ) {
        let texts = |rows: &[Row]| rows.iter().map(Row::text).collect::<Vec<_>>();
        let (one, other) = in_a_world(|world| {
            let world = world.policy(policy.clone()).customers(&customers).users(&texts(&rows));
            let one = world.draft();
            let world = world.users(&texts(&turned));
            let other = world.draft();
            (world, (one, other))
        });
        let model = Model::of(&rows, &customers, &policy);
        prop_assert_eq!(one.drafted.totals, model.totals);
        prop_assert_eq!(one.changes(), model.changes);
        prop_assert!(one.drafted.totals.counts().planned_balance());
        let mut keys: Vec<_> = one.changes.iter().map(|change| &change.key).collect();
        keys.dedup();
        prop_assert_eq!(keys.len(), one.changes.len(), "a key is changed once: never deleted and created");
        prop_assert_eq!(one.drafted.fingerprint, other.drafted.fingerprint);
        prop_assert_eq!(one.drafted.totals, other.drafted.totals);
    }
}
