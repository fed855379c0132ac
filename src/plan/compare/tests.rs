use proptest::prelude::*;

use super::*;
use crate::plan::testing::{hashes, slot};

const NAME: &str = "fullName";
const CITY: &str = "address.city";
const UMA: &str = "umaAddress";
/// Can be written and never read.
const TAX_ID: &str = "identifier";
/// Declared in answers and never filled.
const REGION: &str = "region";
const ALL: [&str; 5] = [NAME, CITY, UMA, TAX_ID, REGION];

type Fields<'a> = &'a [(&'static str, &'a str)];

/// One customer, through what happens to it.
#[derive(Clone)]
struct Customer(MirrorHashes);

impl Customer {
    /// Before first contact, as Grid lists it.
    fn found(shown: Fields<'_>) -> Self {
        Self(MirrorHashes::default()).listed(shown)
    }

    /// We sent this, and Grid answered that.
    fn created(sent: Fields<'_>, answered: Fields<'_>) -> Self {
        Self(MirrorHashes {
            sent: Some(hashes(sent)),
            answered: hashes(answered),
            actual: hashes(answered),
        })
    }

    fn listed(self, shown: Fields<'_>) -> Self {
        Self(self.0.relisted(&hashes(shown)))
    }

    /// Adopted by a user: what Grid shows is from now on what it answered.
    fn adopted(self, user: Fields<'_>) -> Self {
        let compared = compare(&hashes(user), &slots(), &self.0);
        Self(MirrorHashes {
            sent: Some(adoptable(&hashes(user), &compared)),
            answered: self.0.actual.clone(),
            actual: self.0.actual,
        })
    }

    #[track_caller]
    fn drifts(&self, user: Fields<'_>, expected: &[(&str, DriftCause)]) {
        let compared = compare(&hashes(user), &slots(), &self.0);
        let found: Vec<_> = compared
            .named()
            .into_iter()
            .map(|drift| (drift.field, drift.cause))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(field, cause)| ((*field).to_owned(), *cause))
            .collect();
        assert_eq!(found, expected);
    }
}

fn slots() -> Vec<Slot> {
    let mut slots = ALL.map(slot);
    slots.sort_unstable();
    slots.to_vec()
}

use DriftCause::{BothChanged, GridChanged, NeverSent, UserChanged};

#[test]
fn a_value_that_grid_writes_in_its_own_way_is_no_drift_for_ever() {
    let customer = Customer::created(&[(NAME, " Ada ")], &[(NAME, "Ada")]);
    customer.drifts(&[(NAME, " Ada ")], &[]);
    let customer = customer.listed(&[(NAME, "Ada")]).listed(&[(NAME, "Ada")]);
    customer.drifts(&[(NAME, " Ada ")], &[]);
}

#[test]
fn who_moved_is_told_apart() {
    let customer = Customer::created(&[(NAME, "ADA")], &[(NAME, "Ada")]);
    customer.drifts(&[(NAME, "Bea")], &[(NAME, UserChanged)]);
    let moved = customer.listed(&[(NAME, "Cleo")]);
    moved.drifts(&[(NAME, "ADA")], &[(NAME, GridChanged)]);
    moved.drifts(&[(NAME, "Bea")], &[(NAME, BothChanged)]);
    moved.drifts(&[(NAME, "Cleo")], &[]);
    let back = moved.listed(&[(NAME, "Ada")]);
    back.drifts(&[(NAME, "ADA")], &[]);
}

#[test]
fn a_user_who_loses_a_value_that_was_sent_changed() {
    let customer = Customer::created(&[(CITY, "Rome")], &[(CITY, "Rome")]);
    customer.drifts(&[], &[(CITY, UserChanged)]);
}

#[test]
fn a_field_that_the_user_has_now_and_grid_never_had_was_never_sent() {
    let customer = Customer::created(&[(NAME, "Ada")], &[(NAME, "Ada")]);
    customer.drifts(&[(NAME, "Ada"), (CITY, "Rome")], &[(CITY, NeverSent)]);
}

#[test]
fn a_list_that_leaves_fields_out_says_nothing_about_them() {
    let sent = [(NAME, "Ada"), (CITY, "Rome")];
    let customer = Customer::created(&sent, &[(NAME, "Ada")]);
    customer.drifts(&sent, &[]);
    let shown_later = customer.listed(&[(CITY, "ROME")]);
    shown_later.drifts(&sent, &[]);
    let moved = shown_later.listed(&[(NAME, "Ada"), (CITY, "Oslo")]);
    moved.drifts(&sent, &[(CITY, GridChanged)]);
    moved.listed(&[]).drifts(&sent, &[(CITY, GridChanged)]);
}

#[test]
fn at_first_contact_the_values_themselves_are_compared() {
    let customer = Customer::found(&[(NAME, "Ada"), (CITY, "Rome")]);
    customer.drifts(&[(NAME, "Ada"), (CITY, "Rome")], &[]);
    customer.drifts(&[(NAME, "Bea")], &[(NAME, NeverSent)]);
    let moved_before_contact = customer.listed(&[(NAME, "Bea")]);
    moved_before_contact.drifts(&[(NAME, "Bea")], &[]);
}

#[test]
fn what_grid_fills_by_itself_is_no_drift_and_the_uma_address_may_be_left_out() {
    Customer::found(&[(UMA, "$made@grid")]).drifts(&[], &[]);
    Customer::created(&[], &[(UMA, "$made@grid")]).drifts(&[], &[]);
    Customer::found(&[]).drifts(&[(UMA, "$ada@uma.dev")], &[]);
    Customer::found(&[(UMA, "$bea@uma.dev")]).drifts(&[(UMA, "$ada@uma.dev")], &[(UMA, NeverSent)]);
}

#[test]
fn what_grid_never_shows_is_compared_with_what_was_sent() {
    for field in [TAX_ID, REGION] {
        let customer = Customer::found(&[]);
        customer.drifts(&[(field, "1")], &[]);
        let adopted = customer.adopted(&[(field, "1")]);
        adopted.drifts(&[(field, "1")], &[]);
        adopted.drifts(&[(field, "2")], &[(field, UserChanged)]);
        adopted.drifts(&[], &[(field, UserChanged)]);
        Customer::created(&[], &[]).drifts(&[(field, "1")], &[(field, NeverSent)]);
    }
}

#[test]
fn a_field_that_is_not_mapped_any_more_is_none_of_our_business() {
    let customer = Customer::created(&[(CITY, "Rome"), (TAX_ID, "1")], &[(CITY, "Rome")]);
    let compared = compare(&hashes(&[]), &[slot(NAME)], &customer.listed(&[]).0);
    assert_eq!(compared.drift, []);
}

#[test]
fn a_difference_at_first_contact_stays_visible_until_it_is_gone() {
    let user = [(NAME, "Ada"), (CITY, "Rome")];
    let customer = Customer::found(&[(NAME, "Ada"), (CITY, "Oslo")]).adopted(&user);
    customer.drifts(&user, &[(CITY, NeverSent)]);
    let listed = customer.listed(&[(NAME, "Ada"), (CITY, "Oslo")]);
    listed.drifts(&user, &[(CITY, NeverSent)]);
    listed.drifts(&[(NAME, "Ada"), (CITY, "Oslo")], &[]);
    listed.listed(&[(CITY, "Rome")]).drifts(&user, &[]);
}

/// A value or none for each field, out of few, so that they meet.
fn any_fields() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let value = || prop::option::of(0..3_u8);
    ALL.map(|field| value().prop_map(move |value| Some((field, value?.to_string()))))
        .to_vec()
        .prop_map(|fields| fields.into_iter().flatten().collect())
}

fn any_hashes() -> impl Strategy<Value = FieldHashes> {
    any_fields().prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(path, text)| (*path, &**text)).collect();
        hashes(&fields)
    })
}

/// What Grid can show: nothing that is write-only or never filled.
fn any_shown() -> impl Strategy<Value = FieldHashes> {
    any_hashes()
        .prop_map(|hashes| hashes.retain(|slot| slot.field().returned == Returned::Compared))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn nothing_drifts_while_nobody_moves_whatever_grid_answers_and_leaves_out(
        user in any_hashes(), answered in any_shown(), left_out in prop::sample::subsequence(ALL.to_vec(), 0..=ALL.len()),
    ) {
        let mirror = MirrorHashes { sent: Some(user.clone()), answered: answered.clone(), actual: answered.clone() };
        let shown = answered.retain(|one| left_out.iter().all(|path| slot(path) != one));
        let mirror = mirror.relisted(&shown);
        prop_assert_eq!(compare(&user, &slots(), &mirror).drift, []);
    }

    #[test]
    fn adopting_hides_no_difference_and_makes_none(user in any_hashes(), shown in any_shown()) {
        let found = MirrorHashes::default().relisted(&shown);
        let before = compare(&user, &slots(), &found);
        let sent = adoptable(&user, &before);
        prop_assert_eq!(sent == user, before.drift.is_empty(), "only an agreeing user is settled");
        let adopted = MirrorHashes { sent: Some(sent), ..found };
        prop_assert_eq!(&compare(&user, &slots(), &adopted), &before);
        prop_assert_eq!(&compare(&user, &slots(), &adopted.relisted(&shown)), &before);
    }

    #[test]
    fn listing_twice_is_listing_once(
        sent in prop::option::of(any_hashes()), answered in any_shown(), first in any_shown(), second in any_shown(),
    ) {
        let mirror = MirrorHashes { sent, answered: answered.clone(), actual: answered }.relisted(&first).relisted(&second);
        prop_assert_eq!(mirror.clone().relisted(&second), mirror);
    }

    #[test]
    fn fields_are_compared_one_by_one(
        user in any_hashes(), sent in prop::option::of(any_hashes()), answered in any_shown(), actual in any_shown(),
        mapped in prop::sample::subsequence(ALL.to_vec(), 0..=ALL.len()),
    ) {
        let mirror = MirrorHashes { sent, answered, actual };
        let mapped: Vec<Slot> = mapped.into_iter().map(slot).collect();
        let mut all = compare(&user, &slots(), &mirror);
        all.drift.retain(|(slot, _)| mapped.contains(slot));
        let mut some = compare(&user, &mapped, &mirror);
        some.drift.sort_unstable();
        prop_assert_eq!(some, all);
    }
}

const ACCOUNT: &str = "externalAccount.accountInfo.iban";

#[test]
fn an_account_is_apart_from_its_customer() {
    let sent = hashes(&[(NAME, "Ada"), (ACCOUNT, "DE1")]);
    let mirror = MirrorHashes {
        sent: Some(sent),
        answered: hashes(&[(NAME, "Ada")]),
        actual: hashes(&[(NAME, "Ada")]),
    };
    let source = hashes(&[(NAME, "Bea"), (ACCOUNT, "DE2")]);
    let mapped: Vec<Slot> = slots().into_iter().chain([slot(ACCOUNT)]).collect();
    let (account, rest) = compare(&source, &mapped, &mirror).split_account();
    assert_eq!(account.drift, [(slot(ACCOUNT), DriftCause::UserChanged)]);
    assert_eq!(rest.drift, [(slot(NAME), DriftCause::UserChanged)]);
}

/// A customer shows nothing of its accounts, so adopting it says nothing of them.
#[test]
fn adopting_a_customer_says_nothing_of_its_account() {
    let mirror = MirrorHashes {
        actual: hashes(&[(NAME, "Ada")]),
        answered: hashes(&[(NAME, "Ada")]),
        sent: None,
    };
    let source = hashes(&[(NAME, "Ada"), (ACCOUNT, "DE1")]);
    let compared = compare(&source, &[slot(NAME), slot(ACCOUNT)], &mirror);
    assert_eq!(compared.drift, []);
    assert_eq!(adoptable(&source, &compared), hashes(&[(NAME, "Ada")]));
}
