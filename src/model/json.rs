//! A user's values as Grid's JSON, and back. Only the shape: nothing is checked here.

use std::borrow::Cow;

use serde_json::{Map, Number, Value as Json};

use super::account::{Account, Whose};
use super::canonical::{canonical_date_time, canonical_number};
use super::field::{FIELDS, Field, Kind, MAX_INDEX, Slot};
use super::{CustomerId, Edition, Personal, Value, Values};

type Object = Map<String, Json>;

/// The body of `POST /customers`. Fields that the edition lacks and those of the external account
/// are left out, and owners close ranks: Grid's list has no gap where the source's columns have one.
pub fn to_body(values: &Values<'_>, edition: Edition) -> Json {
    let mut body = Object::new();
    let mut owners = Owners::default();
    for (slot, value) in values {
        let field = slot.field();
        if field.is_account() || !field.in_edition(edition) {
            continue;
        }
        let json = to_json(field, value.expose());
        match field.path.split_once("[].") {
            None => insert(&mut body, field.path, json),
            Some((list, path)) => insert(owners.entry(list, slot.index()), path, json),
        }
    }
    if let Some(list) = owners.list {
        body.insert(list.to_owned(), Json::Array(owners.entries));
    }
    Json::Object(body)
}

/// The body of `POST /customers/external-accounts`; `None` if the row has no account. The customer
/// must exist: Grid makes an account without a customer for the platform itself.
///
/// What the row leaves out is added where it follows from what it says: the currency from the
/// account type, the beneficiary from the customer.
pub fn to_account_body(values: &Values<'_>, customer_id: &CustomerId) -> Option<Json> {
    let account = Account::of(values)?;
    let mut body = Object::new();
    body.insert("customerId".to_owned(), customer_id.as_str().into());
    if let Some(currency) = account.currency() {
        body.insert("currency".to_owned(), currency.into());
    }
    if let Some(Whose::Customers(of) | Whose::Others(of)) = account.whose() {
        insert(
            &mut body,
            within(Slot::BENEFICIARY_TYPE),
            of.as_str().into(),
        );
    }
    for (slot, _, value) in account.derived() {
        insert(&mut body, within(slot), to_json(slot.field(), value));
    }
    for (slot, value) in account.values() {
        insert(
            &mut body,
            within(*slot),
            to_json(slot.field(), value.expose()),
        );
    }
    Some(Json::Object(body))
}

/// Every field of the table that an external account holds, sorted by slot; what is odd is passed
/// over, as in a customer.
pub fn from_account(account: &Json) -> Values<'static> {
    let fields = FIELDS.iter().filter(|field| field.is_account());
    let of_account = |field: &'static Field| {
        let slot = Slot::new(field, 0)?;
        entry(field, 0, account, within(slot))
    };
    let mut values: Values<'static> = fields.filter_map(of_account).collect();
    values.sort_unstable_by_key(|(slot, _)| *slot);
    values
}

/// The path within the account of a field of the account.
fn within(slot: Slot) -> &'static str {
    let path = slot.field().path;
    path.strip_prefix("externalAccount.").unwrap_or(path)
}

/// Every field of the table that a customer of this edition holds, sorted by slot. What is
/// unknown, null, blank or of another type than the table says is passed over: answers in the
/// wild are not what the schema promises.
pub fn from_customer(customer: &Json, edition: Edition) -> Values<'static> {
    let mut values = Values::new();
    let of_customer = |field: &&Field| field.in_edition(edition) && !field.is_account();
    for field in FIELDS.iter().filter(of_customer) {
        match field.path.split_once("[].") {
            None => values.extend(entry(field, 0, customer, field.path)),
            Some((list, path)) => {
                let owners = customer.get(list).and_then(Json::as_array);
                let indexed = (0..=MAX_INDEX).zip(owners.into_iter().flatten());
                values.extend(indexed.filter_map(|(i, owner)| entry(field, i, owner, path)));
            }
        }
    }
    values.sort_unstable_by_key(|(slot, _)| *slot);
    values
}

/// Renumbers owners so that no index is skipped, which is how Grid will number them. Values that
/// are compared with a customer's need it.
pub fn close_gaps(values: &mut Values<'_>) {
    if values.iter().all(|(slot, _)| slot.index() == 0) {
        return;
    }
    let (mut previous, mut next) = (None, 0_u8);
    for (slot, _) in values
        .iter_mut()
        .filter(|(slot, _)| slot.field().is_indexed())
    {
        if previous.is_some_and(|index| index != slot.index()) {
            next += 1;
        }
        previous = Some(slot.index());
        // The next index is never above the one it replaces.
        if let Some(closed) = Slot::new(slot.field(), next) {
            *slot = closed;
        }
    }
    values.sort_by_key(|(slot, _)| *slot);
}

/// The list of objects, as far as it is built. Slots come in ascending order, so an owner's
/// values come one after the other.
#[derive(Default)]
struct Owners {
    list: Option<&'static str>,
    index: u16,
    entries: Vec<Json>,
}

impl Owners {
    fn entry(&mut self, list: &'static str, index: u16) -> &mut Object {
        if self.list.is_none() || self.index != index {
            self.entries.push(Json::Object(Object::new()));
        }
        self.list = Some(list);
        self.index = index;
        match self.entries.last_mut() {
            Some(Json::Object(owner)) => owner,
            _ => unreachable!("only objects are ever pushed, one at least"),
        }
    }
}

fn insert(object: &mut Object, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((parent, rest)) => {
            let inner = object
                .entry(parent)
                .or_insert_with(|| Json::Object(Object::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

fn to_json(field: &Field, value: &Value<'_>) -> Json {
    match value {
        Value::List(items) => items.iter().map(|item| Json::from(item.as_ref())).collect(),
        Value::Text(text) if field.kind == Kind::Number => number(text),
        Value::Text(text) if field.kind == Kind::Flag => flag(text),
        Value::Text(text) => Json::from(text.as_ref()),
    }
}

/// A text that is no number stays a text: Grid then names what is wrong with it.
fn number(text: &str) -> Json {
    let whole = text.parse().ok().map(|whole: i64| Number::from(whole));
    whole
        .or_else(|| text.parse().ok().and_then(Number::from_f64))
        .map_or_else(|| Json::from(text), Json::Number)
}

/// A text that is neither stays a text, as above.
fn flag(text: &str) -> Json {
    text.parse().map_or_else(|_| Json::from(text), Json::Bool)
}

fn entry(
    field: &'static Field,
    index: u8,
    object: &Json,
    path: &str,
) -> Option<(Slot, Personal<Value<'static>>)> {
    let json = path
        .split('.')
        .try_fold(object, |json, name| json.get(name))?;
    let value = from_json(field.kind, json)?;
    Some((Slot::new(field, index)?, Personal::new(value)))
}

fn from_json(kind: Kind, json: &Json) -> Option<Value<'static>> {
    match kind {
        Kind::List => list(json),
        Kind::Number => canonical_number(json.as_f64()?).map(|text| Value::Text(text.into())),
        Kind::DateTime => text(json).map(|text| Value::Text(canonical_date_time(text))),
        Kind::Flag => Some(Value::Text(json.as_bool()?.to_string().into())),
        Kind::Text | Kind::Date => text(json).map(Value::Text),
    }
}

fn text(json: &Json) -> Option<Cow<'static, str>> {
    let text = json.as_str().filter(|text| !text.trim().is_empty())?;
    Some(Cow::Owned(text.to_owned()))
}

fn list(json: &Json) -> Option<Value<'static>> {
    let items: Vec<_> = json.as_array()?.iter().filter_map(text).collect();
    (!items.is_empty()).then_some(Value::List(items))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn slot(path: &str) -> Slot {
        Slot::parse(path).expect("a field of the table")
    }

    fn text(path: &str, value: &str) -> (Slot, Personal<Value<'static>>) {
        (
            slot(path),
            Personal::new(Value::Text(value.to_owned().into())),
        )
    }

    fn sorted(mut values: Values<'static>) -> Values<'static> {
        values.sort_by_key(|(slot, _)| *slot);
        values
    }

    #[test]
    fn fields_nest_and_owners_close_ranks() {
        let values = sorted(vec![
            text("platformCustomerId", "u-1"),
            text("address.country", "US"),
            text("beneficialOwners[1].fullName", "Ada"),
            text("beneficialOwners[1].percentageOwnership", "25.5"),
            text("beneficialOwners[4].address.line1", "1 Elm"),
            text("beneficialOwners[4].percentageOwnership", "50"),
        ]);
        let body = json!({
            "platformCustomerId": "u-1",
            "address": {"country": "US"},
            "beneficialOwners": [
                {"fullName": "Ada", "percentageOwnership": 25.5},
                {"address": {"line1": "1 Elm"}, "percentageOwnership": 50},
            ],
        });
        assert!(to_body(&values, Edition::E2025_10) == body);

        let mut closed = values;
        close_gaps(&mut closed);
        assert!(closed == from_customer(&body, Edition::E2025_10));
    }

    #[test]
    fn fields_of_the_other_edition_are_not_sent() {
        let values = vec![
            text("email", "a@b.dev"),
            text("bankAccountInfo.iban", "DE00"),
        ];
        assert!(to_body(&values, Edition::E2026_08) == json!({"email": "a@b.dev"}));
    }

    #[test]
    fn the_account_travels_alone() {
        let values = vec![
            text("platformCustomerId", "u-1"),
            text("externalAccount.accountInfo.accountType", "MXN_ACCOUNT"),
        ];
        let customer = to_body(&values, Edition::E2026_08);
        assert!(customer == json!({"platformCustomerId": "u-1"}));
        let echoed = json!({
            "platformCustomerId": "u-1",
            "externalAccount": {"accountInfo": {"accountType": "MXN_ACCOUNT"}},
        });
        assert!(from_customer(&echoed, Edition::E2026_08) == values[..1]);
        let customer_id = CustomerId::new("Customer:1");
        assert!(to_account_body(&values[..1].to_vec(), &customer_id).is_none());
    }

    #[test]
    fn what_the_table_does_not_expect_is_passed_over() {
        let customer = json!({
            "fullName": 7, "email": null, "umaAddress": " ", "currencies": "USD",
            "address": "1 Elm", "birthDate": {}, "unknown": "x", "kycStatus": "APPROVED",
            "beneficialOwners": [{"roles": []}],
            "endUserTermsConsent": {"acceptedAt": "2026-01-02T03:04:05.600+02:00"},
        });
        let found = from_customer(&customer, Edition::E2026_08);
        assert!(
            found
                == vec![text(
                    "endUserTermsConsent.acceptedAt",
                    "2026-01-02T01:04:05.6Z"
                )]
        );
        for json in [json!(null), json!([]), json!("x")] {
            assert!(from_customer(&json, Edition::E2026_08).is_empty());
        }
    }

    fn value_of(field: &Field) -> BoxedStrategy<Personal<Value<'static>>> {
        let word = "\\S{1,20}";
        let text = |text: String| Personal::new(Value::Text(text.into()));
        match field.kind {
            Kind::List => prop::collection::vec(word, 1..4)
                .prop_map(|items| items.into_iter().map(Cow::Owned).collect())
                .prop_map(|items| Personal::new(Value::List(items)))
                .boxed(),
            Kind::Number => any::<f64>()
                .prop_filter_map("finite", canonical_number)
                .prop_map(text)
                .boxed(),
            Kind::DateTime => (0_i64..4_000_000_000)
                .prop_map(move |second| {
                    let moment = jiff::Timestamp::from_second(second).expect("in range");
                    text(moment.to_string())
                })
                .boxed(),
            Kind::Flag => any::<bool>()
                .prop_map(move |flag| text(flag.to_string()))
                .boxed(),
            Kind::Text | Kind::Date => word.prop_map(text).boxed(),
        }
    }

    /// Each field of the edition with a value or without one; two owners.
    fn values_of(edition: Edition) -> impl Strategy<Value = Values<'static>> {
        let slots = FIELDS
            .iter()
            .filter(move |field| field.in_edition(edition) && !field.is_account());
        let entries: Vec<_> = slots
            .flat_map(|field| [Slot::new(field, 0), Slot::new(field, 1)])
            .flatten()
            .map(|slot| (Just(slot), prop::option::of(value_of(slot.field()))))
            .collect();
        entries.prop_map(|entries| {
            let present = entries
                .into_iter()
                .filter_map(|(slot, value)| Some((slot, value?)));
            let mut values = sorted(present.collect());
            close_gaps(&mut values);
            values
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(64)
        })]

        #[test]
        fn a_body_read_back_is_what_was_written(
            (edition, values) in prop::sample::select(Edition::ALL.to_vec())
                .prop_flat_map(|edition| (Just(edition), values_of(edition)))
        ) {
            let read = from_customer(&to_body(&values, edition), edition);
            prop_assert!(read == values);
        }
    }
}
