//! Grid's JSON as our types. Tolerant of what does not matter (unknown fields, unknown enum values,
//! absent optional ones), strict where a guess could do harm. Reports types, never content.

use serde_json::Value;

use crate::model::{
    AccountId, Customer, CustomerId, CustomerType, Edition, Key, Platform, PlatformCurrency, json,
};

use super::account::Account;
use super::call::LONGEST_ID;
use super::error::Unexpected;

/// The parts of a page that stand in its body.
pub(super) struct WirePage<T> {
    pub(super) items: Vec<T>,
    pub(super) has_more: bool,
    pub(super) next_cursor: Option<String>,
    pub(super) total_count: Option<u64>,
}

/// A list answer with customers in it.
pub(super) fn page(body: &Value, edition: Edition) -> Result<WirePage<Customer>, Unexpected> {
    page_of(body, |item| customer(item, edition))
}

/// A list answer with bank accounts in it.
pub(super) fn accounts(body: &Value) -> Result<WirePage<Account>, Unexpected> {
    page_of(body, account)
}

fn page_of<T>(
    body: &Value,
    item: impl Fn(&Value) -> Result<T, Unexpected>,
) -> Result<WirePage<T>, Unexpected> {
    let data = field(body, "data");
    let items = data
        .and_then(Value::as_array)
        .ok_or_else(|| unexpected("`data`", "a list", data))?;
    let has_more = field(body, "hasMore");
    Ok(WirePage {
        items: items.iter().map(item).collect::<Result<_, _>>()?,
        has_more: has_more
            .and_then(Value::as_bool)
            .ok_or_else(|| unexpected("`hasMore`", "true or false", has_more))?,
        next_cursor: text(body, "nextCursor", "`nextCursor`")?,
        total_count: field(body, "totalCount").and_then(Value::as_u64),
    })
}

/// One bank account, in a list or alone.
pub(super) fn account(body: &Value) -> Result<Account, Unexpected> {
    let account_id = id(body, "an account's `id`")?;
    let customer_id = text(body, "customerId", "an account's `customerId`")?.map(CustomerId::new);
    Ok(Account::new(AccountId::new(account_id), customer_id, body))
}

/// One customer, in a list or alone.
pub(super) fn customer(body: &Value, edition: Edition) -> Result<Customer, Unexpected> {
    let customer_id = id(body, "a customer's `id`")?;
    let loose = |name| body.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Customer {
        customer_id: CustomerId::new(customer_id),
        key: text(
            body,
            "platformCustomerId",
            "a customer's `platformCustomerId`",
        )?
        .map(Key::new),
        customer_type: loose("customerType").and_then(|kind| CustomerType::from_grid(&kind)),
        status: loose("kycStatus").or_else(|| loose("kybStatus")),
        is_deleted: is_deleted(body)?,
        created_at: loose("createdAt"),
        updated_at: loose("updatedAt"),
        values: json::from_customer(body, edition),
    })
}

/// The platform's configuration. A list that would be empty is left out; a name may come alone or
/// in an object, as those of counterparties do.
pub(super) fn platform(body: &Value) -> Result<Platform, Unexpected> {
    if !body.is_object() {
        return Err(unexpected("the answer", "an object", Some(body)));
    }
    let currencies = match field(body, "supportedCurrencies") {
        None => &[],
        Some(Value::Array(currencies)) => currencies.as_slice(),
        found => return Err(unexpected("`supportedCurrencies`", "a list", found)),
    };
    Ok(Platform {
        uma_domain: text(body, "umaDomain", "`umaDomain`")?,
        is_regulated: field(body, "isRegulatedFinancialInstitution").and_then(Value::as_bool),
        has_embedded_wallets: field(body, "embeddedWalletConfig").is_some(),
        currencies: currencies.iter().map(currency).collect::<Result<_, _>>()?,
    })
}

fn currency(body: &Value) -> Result<PlatformCurrency, Unexpected> {
    let what = "a currency's `currencyCode`";
    let Some(code) = text(body, "currencyCode", what)? else {
        return Err(unexpected(what, "a text", field(body, "currencyCode")));
    };
    let names = field(body, "providerRequiredCustomerFields").and_then(Value::as_array);
    let name = |item: &Value| {
        item.as_str()
            .or_else(|| item.get("name")?.as_str())
            .map(str::to_owned)
    };
    Ok(PlatformCurrency {
        code,
        customer_fields: names.into_iter().flatten().filter_map(name).collect(),
    })
}

/// Absent means active; anything but a truth value could mean either.
fn is_deleted(body: &Value) -> Result<bool, Unexpected> {
    match field(body, "isDeleted") {
        None => Ok(false),
        Some(Value::Bool(deleted)) => Ok(*deleted),
        found => Err(unexpected(
            "a customer's `isDeleted`",
            "true or false",
            found,
        )),
    }
}

/// An id that must be there, and that a path can hold.
fn id(body: &Value, what: &'static str) -> Result<String, Unexpected> {
    match text(body, "id", what)? {
        None => Err(unexpected(what, "a text", field(body, "id"))),
        Some(id) if id.len() > LONGEST_ID => Err(Unexpected {
            what,
            expected: "a text of at most 1,024 bytes",
            found: "longer",
        }),
        Some(id) => Ok(id),
    }
}

/// A text that may be absent, null or empty, but nothing else: these are ids and cursors.
fn text(body: &Value, name: &str, what: &'static str) -> Result<Option<String>, Unexpected> {
    match field(body, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        found => Err(unexpected(what, "a text", found)),
    }
}

/// A field that is there; null is as good as absent.
fn field<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

fn unexpected(what: &'static str, expected: &'static str, found: Option<&Value>) -> Unexpected {
    let found = match found {
        None | Some(Value::Null) => "absent",
        Some(Value::Bool(_)) => "a truth value",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(text)) if text.is_empty() => "empty",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    };
    Unexpected {
        what,
        expected,
        found,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::grid::refusal::Refusal;

    const EDITION: Edition = Edition::E2026_08;

    fn page_fault(body: &Value) -> String {
        page(body, EDITION).err().expect("a fault").to_string()
    }

    fn customer_fault(body: &Value) -> String {
        customer(body, EDITION).err().expect("a fault").to_string()
    }

    #[test]
    fn the_least_that_a_page_can_be() {
        let page = page(&json!({"data": [], "hasMore": false}), EDITION).expect("a page");
        assert!(page.items.is_empty() && !page.has_more);
        assert_eq!((page.next_cursor, page.total_count), (None, None));
    }

    #[test]
    fn what_is_unknown_absent_or_null_is_passed_over() {
        let body = json!({
            "data": [{
                "id": "Customer:1", "platformCustomerId": null, "customerType": "ROBOT",
                "kycStatus": "SOMETHING_NEW", "umaAddress": null, "isDeleted": null,
                "somethingNew": {"deep": [1, 2]}
            }],
            "hasMore": true, "nextCursor": "c", "totalCount": "many", "extra": 1
        });
        let page = page(&body, EDITION).expect("a page");
        let customer = &page.items[0];
        assert_eq!(customer.customer_id.as_str(), "Customer:1");
        assert_eq!(
            (customer.key.as_ref(), customer.customer_type),
            (None, None)
        );
        assert_eq!(customer.status.as_deref(), Some("SOMETHING_NEW"));
        assert!(!customer.is_deleted);
        assert_eq!(
            (page.next_cursor.as_deref(), page.total_count),
            (Some("c"), None)
        );
    }

    #[test]
    fn an_account_needs_an_id_and_says_whose_it_is() {
        let account_fault = |body: &Value| account(body).err().expect("a fault").to_string();
        assert_eq!(
            account_fault(&json!({"id": null})),
            "an account's `id` should be a text and is absent"
        );
        assert_eq!(
            account_fault(&json!({"id": "a", "customerId": 7})),
            "an account's `customerId` should be a text and is a number"
        );
        let body = json!({"data": [{"id": "a"}, {"id": "b", "customerId": "c"}], "hasMore": false});
        let page = accounts(&body).expect("a page");
        let whose = |at: usize| page.items[at].customer_id.as_ref().map(CustomerId::as_str);
        assert_eq!((whose(0), whose(1)), (None, Some("c")));
    }

    #[test]
    fn both_kinds_of_status_are_read() {
        let body = json!({"id": "c", "customerType": "BUSINESS", "kybStatus": "HOLD"});
        let customer = customer(&body, EDITION).expect("a customer");
        assert_eq!(customer.customer_type, Some(CustomerType::Business));
        assert_eq!(customer.status.as_deref(), Some("HOLD"));
    }

    #[test]
    fn a_platform_is_read_with_all_that_surrounds_it() {
        let body = json!({
            "id": "PlatformConfig:1", "umaDomain": "pay.example", "somethingNew": {"a": [1]},
            "isRegulatedFinancialInstitution": false, "embeddedWalletConfig": {},
            "supportedCurrencies": [
                {"currencyCode": "USD", "providerRequiredCustomerFields": ["FULL_NAME", "ADDRESS"]},
                {"currencyCode": "EUR", "minAmount": 1,
                 "providerRequiredCustomerFields": [{"name": "SOMETHING_NEW", "mandatory": true}, 7]},
                {"currencyCode": "BTC"},
            ],
        });
        let currency = |code: &str, fields: &[&str]| PlatformCurrency {
            code: code.to_owned(),
            customer_fields: fields.iter().map(ToString::to_string).collect(),
        };
        let expected = Platform {
            uma_domain: Some("pay.example".to_owned()),
            is_regulated: Some(false),
            has_embedded_wallets: true,
            currencies: vec![
                currency("USD", &["FULL_NAME", "ADDRESS"]),
                currency("EUR", &["SOMETHING_NEW"]),
                currency("BTC", &[]),
            ],
        };
        assert_eq!(platform(&body), Ok(expected));
        let bare = json!({"embeddedWalletConfig": null, "supportedCurrencies": null});
        assert_eq!(platform(&bare), Ok(Platform::default()));
    }

    #[test]
    fn a_platform_that_is_none_is_a_fault() {
        let fault = |body: &Value| platform(body).expect_err("a fault").to_string();
        assert_eq!(
            fault(&json!([])),
            "the answer should be an object and is a list"
        );
        assert_eq!(
            fault(&json!({"supportedCurrencies": "USD"})),
            "`supportedCurrencies` should be a list and is a text"
        );
        assert_eq!(
            fault(&json!({"supportedCurrencies": [{"code": "USD"}]})),
            "a currency's `currencyCode` should be a text and is absent"
        );
    }

    #[test]
    fn a_page_without_its_frame_is_a_fault() {
        assert_eq!(
            page_fault(&json!([])),
            "`data` should be a list and is absent"
        );
        assert_eq!(
            page_fault(&json!({"data": {}, "hasMore": false})),
            "`data` should be a list and is an object"
        );
        assert_eq!(
            page_fault(&json!({"data": []})),
            "`hasMore` should be true or false and is absent"
        );
        assert_eq!(
            page_fault(&json!({"data": [], "hasMore": "yes"})),
            "`hasMore` should be true or false and is a text"
        );
        assert_eq!(
            page_fault(&json!({"data": [], "hasMore": true, "nextCursor": 7})),
            "`nextCursor` should be a text and is a number"
        );
    }

    #[test]
    fn a_customer_whose_identity_is_unclear_is_a_fault() {
        assert_eq!(
            customer_fault(&json!({})),
            "a customer's `id` should be a text and is absent"
        );
        assert_eq!(
            customer_fault(&json!({"id": ""})),
            "a customer's `id` should be a text and is empty"
        );
        assert_eq!(
            customer_fault(&json!({"id": "c".repeat(1025)})),
            "a customer's `id` should be a text of at most 1,024 bytes and is longer"
        );
        assert_eq!(
            customer_fault(&json!({"id": "c", "platformCustomerId": 7})),
            "a customer's `platformCustomerId` should be a text and is a number"
        );
        assert_eq!(
            customer_fault(&json!({"id": "c", "isDeleted": "no"})),
            "a customer's `isDeleted` should be true or false and is a text"
        );
    }

    /// Any JSON, with the names that are looked for among its members' names.
    fn any_json() -> impl Strategy<Value = Value> {
        let names = [
            "data",
            "hasMore",
            "nextCursor",
            "totalCount",
            "id",
            "platformCustomerId",
            "customerType",
            "kycStatus",
            "isDeleted",
            "createdAt",
            "address",
            "line1",
            "fullName",
            "birthDate",
            "email",
            "beneficialOwners",
            "businessInfo",
            "legalName",
            "currencies",
            "externalAccount",
            "accountInfo",
            "supportedCurrencies",
            "currencyCode",
            "providerRequiredCustomerFields",
            "name",
            "umaDomain",
            "code",
            "message",
            "details",
            "errors",
            "field",
            "error",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            "[a-z\u{0}\u{1b}]{0,6}".prop_map(|text| Value::from(format!("canary{text}"))),
        ];
        leaf.prop_recursive(5, 120, 8, move |inner| {
            let name = prop_oneof![
                9 => proptest::sample::select(names.to_vec()).prop_map(str::to_owned),
                1 => "[a-z.]{0,5}",
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_json_is_what_it_should_be_or_a_fault_without_content(inner in any_json(), id in "[a-z]{1,3}") {
            let mut whole = inner.clone();
            if let Some(members) = whole.as_object_mut() {
                members.insert("id".to_owned(), Value::from(id));
            }
            let list = json!({ "data": [whole, inner], "hasMore": true });
            for body in [&inner, &whole, &list] {
                for edition in [Edition::E2026_08, Edition::E2025_10] {
                    let faults = [
                        page(body, edition).err(),
                        customer(body, edition).err(),
                        platform(body).err(),
                    ];
                    for fault in faults.into_iter().flatten() {
                        prop_assert!(!fault.to_string().contains("canary"), "{fault}");
                    }
                }
                let refusal = Refusal::read(body.to_string().as_bytes(), None);
                let told = format!("{:?} {:?}", refusal.code, refusal.message);
                prop_assert!(!told.contains(char::is_control), "{told}");
            }
        }
    }
}
