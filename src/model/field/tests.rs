use super::*;
use crate::model::Edition::{E2025_10, E2026_08};
use crate::model::{CustomerType, Edition};

#[test]
fn codes_ascend_and_stay_below_the_stride() {
    assert!(FIELDS.windows(2).all(|pair| pair[0].code < pair[1].code));
    assert!(FIELDS.iter().all(|field| (1..1000).contains(&field.code)));
    let of_account = FIELDS.iter().position(Field::is_account);
    assert!(
        of_account.is_some_and(|at| at <= 128),
        "presence is kept in 128 bits"
    );
    assert!(
        FIELDS
            .iter()
            .skip_while(|field| !field.is_account())
            .all(Field::is_account)
    );
    assert!(FIELDS.len() < 255, "a place in the table is kept in a byte");
}

/// A code that was given away once keeps its field for ever: this list only grows.
#[test]
fn codes_are_append_only() {
    let given: Vec<_> = include_str!("codes.txt").lines().collect();
    let table: Vec<_> = FIELDS
        .iter()
        .map(|field| format!("{} {}", field.code, field.path))
        .collect();
    assert_eq!(table, given);
}

#[test]
fn names_are_unique() {
    for edition in Edition::ALL {
        let names = FIELDS.iter().filter(|field| field.in_edition(edition));
        are_unique(names);
    }
}

fn are_unique(fields: impl Iterator<Item = &'static Field>) {
    let mut names: Vec<_> = fields
        .flat_map(|field| {
            [
                Some(field.path),
                field.flat.filter(|flat| *flat != field.path),
            ]
        })
        .flatten()
        .collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn every_path_leads_to_its_slot_and_back() {
    for field in FIELDS {
        for index in 0..=if field.is_indexed() { MAX_INDEX } else { 0 } {
            let slot = Slot::new(field, index).expect("the index is in range");
            assert_eq!(Slot::parse(&slot.path()), Ok(slot));
            assert_eq!(Slot::from_raw(slot.to_raw()), Some(slot));
            assert_eq!(slot.field(), field);
            assert_eq!(slot.index(), u16::from(index));
        }
        for edition in Edition::ALL
            .into_iter()
            .filter(|edition| field.in_edition(*edition))
        {
            if let Some(flat) = field.flat {
                assert_eq!(Slot::parse_in(flat, edition).map(Slot::field), Ok(field));
            }
        }
    }
    assert_eq!(Slot::KEY.path(), "platformCustomerId");
    assert_eq!(Slot::CUSTOMER_TYPE.path(), "customerType");
}

#[test]
fn conditions_name_fields_of_the_table() {
    for field in FIELDS {
        if let Required::With(path) | Required::WhenOther(path) = field.required {
            let other = Slot::parse(path).expect("a field of the table").field();
            assert_eq!(
                (other.who, other.edition),
                (field.who, field.edition),
                "{path}"
            );
        }
        if let Required::Account { needs, takes } = field.required {
            let kinds = Slot::parse("accountType")
                .expect("in the table")
                .field()
                .rule;
            assert!(needs.iter().chain(takes).all(|kind| kinds.lists(kind)));
        }
    }
}

#[test]
fn owners_may_be_indexed_either_way() {
    assert_eq!(
        Slot::parse("beneficialOwners.3.address.line1"),
        Slot::parse("beneficialOwners[3].address.line1")
    );
    for unclear in [
        "beneficialOwners.fullName",
        "beneficialOwners[].fullName",
        "beneficialOwners[32].fullName",
        "beneficialOwners",
    ] {
        let error = Slot::parse(unclear).expect_err("no index");
        assert!(
            matches!(error, UnknownField::Index { .. }),
            "{unclear}: {error}"
        );
    }
}

#[test]
fn unknown_fields_name_the_nearest() {
    for (wrong, meant) in [
        ("fulName", Some("fullName")),
        ("adress.line1", Some("address.line1")),
        ("businessInfo.legal_name", Some("businessInfo.legalName")),
        (
            "beneficialOwners[0].fullname",
            Some("beneficialOwners[].fullName"),
        ),
        ("kycStatus", None),
        ("", None),
    ] {
        let error = Slot::parse(wrong).expect_err("no field");
        assert!(matches!(error, UnknownField::Unknown { .. }), "{error}");
        assert_eq!(nearest(wrong), meant, "{wrong}");
        let told = error.to_string();
        assert_eq!(told.contains("did you mean"), meant.is_some(), "{told}");
    }
}

#[test]
fn stored_forms_of_unknown_fields_are_refused() {
    for raw in [0, 999, 1001, 32_400, u16::MAX] {
        assert_eq!(Slot::from_raw(raw), None, "{raw}");
    }
}

#[test]
fn headers_are_taken_by_their_exact_name() {
    let path = |header, edition: Edition| for_header(header, edition).map(Slot::path);
    assert_eq!(
        path("addressLine1", E2026_08).as_deref(),
        Some("address.line1")
    );
    assert_eq!(
        path("address.line1", E2025_10).as_deref(),
        Some("address.line1")
    );
    assert_eq!(path("email", E2026_08).as_deref(), Some("email"));
    assert_eq!(path("email", E2025_10), None);
    assert_eq!(path("Email", E2026_08), None);
}

#[test]
fn headers_that_are_almost_a_name_are_told_from_those_that_are_not() {
    for (header, meant) in [
        ("full_name", Some("fullName")),
        ("Platform Customer ID", Some("platformCustomerId")),
        ("EMAIL", Some("email")),
        ("adressLine1", Some("addressLine1")),
        ("postalcoed", Some("postalCode")),
        ("fullName", None),
        ("status", None),
        ("description", None),
        ("created_at", None),
        ("", None),
    ] {
        assert_eq!(near_header(header), meant, "{header}");
    }
}

#[test]
fn who_has_what() {
    let field = |path| Slot::parse(path).expect("a field").field();
    assert!(!field("fullName").is_for(CustomerType::Business));
    assert!(field("umaAddress").is_for(CustomerType::Business));
    assert!(!field("bankAccountInfo.iban").in_edition(E2026_08));
    assert_eq!(field("address.line1").parent(), "address.");
    assert_eq!(field("email").parent(), "");
}
