use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::document;
use crate::model::{Edition, Entry, FieldRule, MappingSpec, Origin};

fn source() -> DraftSource {
    DraftSource {
        label: "users.csv".to_owned(),
        keys: vec![("csv", "users.csv".to_owned())],
    }
}

fn proposal(entries: Vec<Entry>) -> Proposal {
    Proposal {
        edition: Edition::E2026_08,
        entries,
        unused: Vec::new(),
        rows: 7,
    }
}

fn mapped(field: &str, column: &str, map: &[(&str, &str)]) -> Entry {
    let pair = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
    let rule = FieldRule {
        map: map.iter().map(pair).collect(),
        ..FieldRule::column(column)
    };
    Entry::new(field, rule)
}

/// What a file with this text configures.
fn spec(text: &str) -> MappingSpec {
    let document = document::parse(Path::new("gridsync.toml"), text);
    assert_eq!(document.problems, [], "{text}");
    document.mapping.spec
}

/// The `[fields]` of a draft: the part that differs from one to the next.
fn fields(entries: Vec<Entry>, unused: &[&str]) -> String {
    let mut proposal = proposal(entries);
    proposal.unused = unused.iter().map(ToString::to_string).collect();
    let Draft { text, .. } = draft(&source(), &proposal, "gridsync check");
    spec(&text);
    let (_, text) = text.split_once("[fields]\n").expect("a section");
    let (text, _) = text.split_once("\n[changes]").expect("a section");
    text.to_owned()
}

#[test]
fn rules_that_hold_come_first_and_what_waits_is_a_comment() {
    let mut format = FieldRule::column("dob");
    format.format = Some("%d/%m/%Y".to_owned());
    let mut date = Entry::new("birthDate", format.clone());
    date.leave("`dob` may have the day first or the month: no value tells");
    format.format = Some("%m/%d/%Y".to_owned());
    date.others.push(format);
    let mut key = Entry::new("platformCustomerId", FieldRule::column("user id"));
    key.others.push(FieldRule::column("id"));
    let mut kind = mapped("customerType", "kind", &[("P", "INDIVIDUAL")]);
    kind.unknown.push("vip".to_owned());
    kind.undecided = Some("it is not known what 1 value means in `kind`".to_owned());
    let entries = vec![
        key,
        kind,
        Entry::new("address.line1", FieldRule::column("street")),
        date,
        Entry::open("businessInfo.taxId", "Grid requires it of every BUSINESS"),
    ];
    insta::assert_snapshot!(fields(entries, &["notes", "a \"b\""]), @r#"
    platformCustomerId = "user id"
    # or: platformCustomerId = "id"
    # decide: it is not known what 1 value means in `kind`
    # The map lacks "vip".
    customerType = { column = "kind", map = { P = "INDIVIDUAL" } }

    "address.line1" = "street"

    # Left to decide: take the comment sign from the lines that are right.
    #
    # decide: `dob` may have the day first or the month: no value tells
    # birthDate = { column = "dob", format = "%d/%m/%Y" }
    # birthDate = { column = "dob", format = "%m/%d/%Y" }
    #
    # decide: Grid requires it of every BUSINESS
    # "businessInfo.taxId" = "COLUMN"

    # Columns that nothing takes: "notes", "a \"b\"".
    "#);
}

#[test]
fn a_long_map_is_a_table_at_the_end_also_as_a_comment() {
    let words = [("a", "AT"), ("b", "BE"), ("c", "CH"), ("d", "DE")];
    let mut holds = mapped("address.country", "land", &words);
    holds.unknown.push("Atlantis".to_owned());
    let mut waits = mapped("nationality", "nat", &[&words[..], &[("e", "EE")]].concat());
    waits.leave("who knows");
    let entries = vec![
        holds,
        waits,
        Entry::new("fullName", FieldRule::column("name")),
    ];
    insta::assert_snapshot!(fields(entries, &[]), @r#"
    fullName = "name"

    [fields."address.country"]
    column = "land"

    [fields."address.country".map]
    a = "AT"
    b = "BE"
    c = "CH"
    d = "DE"
    # "Atlantis" = ""

    # decide: who knows
    # [fields.nationality]
    # column = "nat"
    # [fields.nationality.map]
    # a = "AT"
    # b = "BE"
    # c = "CH"
    # d = "DE"
    # e = "EE"
    "#);
}

#[test]
fn each_decision_is_told_with_the_line_to_edit() {
    let mut waits = Entry::new("email", FieldRule::column("mail"));
    waits.leave("why");
    let entries = vec![waits, Entry::open("nationality", "why not")];
    let Draft { text, undecided } = draft(&source(), &proposal(entries), "gridsync check");
    let lines: Vec<&str> = text.lines().collect();
    let told: Vec<_> = undecided
        .iter()
        .map(|one| (one.field.as_str(), lines[one.line - 1]))
        .collect();
    assert_eq!(
        told,
        [
            ("email", "# email = \"mail\""),
            ("nationality", "# nationality = \"COLUMN\"")
        ]
    );
}

/// Any text, with what TOML has a meaning for.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,8}",
        "\\PC{1,10}",
        "[\"'\\\\\n\r\t#=\\[\\]\u{0}\u{7f}a ]{1,8}"
    ]
}

fn rule() -> impl Strategy<Value = FieldRule> {
    let origin = prop_oneof![
        text().prop_map(Origin::Column),
        text().prop_map(Origin::Constant),
        (proptest::collection::vec(text(), 2..4), text())
            .prop_map(|(columns, join)| Origin::Columns { columns, join }),
    ];
    let map = proptest::collection::btree_map(text(), text(), 0..7);
    (origin, map, any::<bool>(), proptest::option::of(text())).prop_map(
        |(origin, map, trim, separator)| match origin {
            Origin::Constant(_) => FieldRule {
                origin,
                ..FieldRule::column("")
            },
            origin => FieldRule {
                origin,
                map,
                trim,
                default: None,
                format: None,
                separator,
            },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_holds_is_read_back_and_what_waits_is_not(
        rules in proptest::collection::btree_map("[a-z]{1,5}(\\.[a-z]{1,5})?", (rule(), any::<bool>()), 0..8),
        unknown in proptest::collection::vec(text(), 0..3),
        columns in proptest::collection::vec(text(), 0..4),
    ) {
        let entries = rules.iter().map(|(field, (rule, holds))| {
            let mut entry = Entry::new(field.as_str(), rule.clone());
            entry.unknown.clone_from(&unknown);
            entry.notes.extend(unknown.iter().cloned());
            if !holds {
                entry.leave(unknown.concat());
                entry.others.push(rule.clone());
            }
            entry
        });
        let mut proposal = proposal(entries.collect());
        proposal.unused = columns;
        let draft = draft(&source(), &proposal, "gridsync check");
        let expected: BTreeMap<String, FieldRule> = rules
            .into_iter()
            .filter(|(_, (_, holds))| *holds)
            .map(|(field, (rule, _))| (field, rule))
            .collect();
        // A field may be a group of another's name in this test, which no field of Grid is.
        let is_group = |field: &String| expected.keys().any(|other| other.starts_with(&format!("{field}.")));
        prop_assume!(!expected.keys().any(is_group));
        prop_assert_eq!(spec(&draft.text).rules, expected);
    }
}
