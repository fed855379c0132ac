//! What the fields need together: what is required, what goes only with something else, and who
//! may have it at all.

use super::column::Column;
use super::types::Types;
use crate::model::field::{FIELDS, Field, Required, Slot, for_header};
use crate::model::{CustomerType, Edition, Entry, FieldRule, Origin};

type Entries = Vec<(Slot, Entry)>;

/// The entries in the order of the table, with what is missing named.
pub(super) fn complete(
    edition: Edition,
    columns: &[Column<'_>],
    found: &mut Entries,
) -> Vec<Entry> {
    key(columns, found);
    let types = customer_types(columns, found);
    drop_wrong_types(&types, columns, found);
    own_names(edition, columns, found);
    required(edition, &types, found);
    pairs(found);
    accounts(found);
    objects(columns, found);
    found.sort_by_key(|(slot, _)| *slot);
    found.iter().map(|(_, entry)| entry.clone()).collect()
}

fn has(found: &Entries, slot: Slot) -> bool {
    found.iter().any(|(known, _)| *known == slot)
}

fn add(found: &mut Entries, slot: Slot, entry: Entry) {
    if !has(found, slot) {
        found.push((slot, entry));
    }
}

fn key(columns: &[Column<'_>], found: &mut Entries) {
    if has(found, Slot::KEY) {
        return;
    }
    let why = "no column is known to be the platform's own id of its users: it must have a value \
               in every row, no two the same, that never changes";
    let mut entry = Entry::open(Slot::KEY.path(), why);
    let is_id = |column: &&Column<'_>| {
        column.is_unique()
            && column.rows() > 1
            && column.values().all(|text| !text.contains(['@', ' ']))
    };
    let ids = columns.iter().filter(is_id).take(5);
    entry.others = ids.map(|column| FieldRule::column(column.name)).collect();
    add(found, Slot::KEY, entry);
}

/// Which types there are, and each row's, where a column tells.
struct RowTypes {
    rows: Vec<Option<CustomerType>>,
    has: [bool; 2],
}

impl RowTypes {
    fn has(&self, kind: CustomerType) -> bool {
        self.has[usize::from(kind == CustomerType::Business)]
    }
}

fn customer_types(columns: &[Column<'_>], found: &mut Entries) -> RowTypes {
    let with_type = found.iter().find(|(slot, _)| *slot == Slot::CUSTOMER_TYPE);
    if let Some((_, entry)) = with_type {
        let rows = read_by(entry, columns).map(types_of).unwrap_or_default();
        let has = |kind| rows.contains(&Some(kind));
        return RowTypes {
            has: [has(CustomerType::Individual), has(CustomerType::Business)],
            rows,
        };
    }
    let business = found
        .iter()
        .filter(|(slot, _)| is_of(*slot, CustomerType::Business));
    let is_mixed = business.count() > 1
        || found
            .iter()
            .any(|(slot, _)| slot.path() == "businessInfo.legalName");
    let people = FieldRule {
        origin: Origin::Constant(CustomerType::Individual.to_string()),
        ..FieldRule::column("")
    };
    let companies = FieldRule {
        origin: Origin::Constant(CustomerType::Business.to_string()),
        ..FieldRule::column("")
    };
    let mut entry = Entry::new(Slot::CUSTOMER_TYPE.path(), people);
    if is_mixed {
        entry.leave(
            "no column tells people from companies, and there are columns of companies: have the \
             query or the export say it, or take one of these if all are the same",
        );
        entry.others.push(companies);
    } else {
        entry
            .notes
            .push("no column tells the type, and none is of companies".to_owned());
    }
    found.push((Slot::CUSTOMER_TYPE, entry));
    RowTypes {
        rows: Vec::new(),
        has: [true, is_mixed],
    }
}

fn types_of(column: &Column<'_>) -> Vec<Option<CustomerType>> {
    let types = Types::of(column);
    column.cells().map(|cell| types.get(cell?)).collect()
}

fn is_of(slot: Slot, kind: CustomerType) -> bool {
    slot.field().who == Some(kind)
}

/// The one column that an entry reads.
fn read_by<'c, 'r>(entry: &Entry, columns: &'c [Column<'r>]) -> Option<&'c Column<'r>> {
    match &entry.rule.as_ref()?.origin {
        Origin::Column(name) => columns.iter().find(|column| column.name == name),
        Origin::Columns { .. } | Origin::Constant(_) => None,
    }
}

/// All columns that an entry reads.
fn all_read_by<'c, 'r>(entry: &Entry, columns: &'c [Column<'r>]) -> Vec<&'c Column<'r>> {
    let names: Vec<&str> = match entry.rule.as_ref().map(|rule| &rule.origin) {
        Some(Origin::Column(name)) => vec![name],
        Some(Origin::Columns { columns, .. }) => columns.iter().map(String::as_str).collect(),
        Some(Origin::Constant(_)) | None => Vec::new(),
    };
    columns
        .iter()
        .filter(|column| names.contains(&column.name))
        .collect()
}

/// What only the other type may have is a fault of the row, so such columns are not mapped blindly.
fn drop_wrong_types(types: &RowTypes, columns: &[Column<'_>], found: &mut Entries) {
    if !types.has(CustomerType::Business) && types.rows.is_empty() {
        found.retain(|(slot, _)| !is_of(*slot, CustomerType::Business));
        return;
    }
    for (slot, entry) in found {
        let Some(of) = slot.field().who else { continue };
        let read = all_read_by(entry, columns);
        let is_wrong = |row: &usize| {
            types.rows[*row].is_some_and(|kind| kind != of)
                && read.iter().any(|column| column.is_filled(*row))
        };
        let wrong = (0..types.rows.len()).filter(is_wrong).count();
        if wrong == 0 {
            continue;
        }
        let other = match of {
            CustomerType::Individual => "companies",
            CustomerType::Business => "people",
        };
        let why = format!(
            "{wrong} rows of {other} have a value here, and Grid takes none of them: leave it blank there \
             in the query or the export"
        );
        entry.leave(why);
    }
}

/// A column that bears a field's name is read as that field, whatever else it is mapped to.
fn own_names(edition: Edition, columns: &[Column<'_>], found: &mut Entries) {
    for column in columns {
        let Some(slot) = for_header(column.name, edition) else {
            continue;
        };
        let name = column.name;
        let is_read = |entry: &Entry| {
            all_read_by(entry, columns)
                .iter()
                .any(|one| one.name == name)
        };
        let elsewhere = found
            .iter()
            .any(|(other, entry)| *other != slot && is_read(entry));
        if elsewhere && !has(found, slot) {
            let path = slot.path();
            let why = format!(
                "column `{name}` seems to be something else, and is read as this because of its name: \
                 rename it in the query or the export, or map `{path}` from where it stands"
            );
            add(found, slot, Entry::open(path, why));
        }
    }
}

/// What Grid requires and nothing fills.
fn required(edition: Edition, types: &RowTypes, found: &mut Entries) {
    let is_needed = |field: &&Field| {
        let is_required = match field.required {
            Required::Always => true,
            Required::In(only) => only == edition,
            _ => false,
        };
        is_required && field.in_edition(edition) && field.who.is_none_or(|of| types.has(of))
    };
    for field in FIELDS.iter().filter(is_needed) {
        if let Some(slot) = Slot::new(field, 0) {
            let who = field
                .who
                .map_or_else(|| "every customer".to_owned(), |of| format!("every {of}"));
            let why = format!("Grid requires it of {who}, and no column is known to have it");
            add(found, slot, Entry::open(slot.path(), why));
        }
    }
}

/// Fields that go only together.
fn pairs(found: &mut Entries) {
    let lonely: Vec<(usize, &'static str)> = (0..found.len())
        .filter_map(|at| match found[at].0.field().required {
            Required::With(other) => Some((at, other)),
            _ => None,
        })
        .filter(|(_, other)| !found.iter().any(|(slot, _)| slot.path() == *other))
        .collect();
    for (at, other) in lonely {
        let path = found[at].0.path();
        found[at].1.leave(format!(
            "`{path}` goes only with `{other}`, which no column has"
        ));
        let Ok(slot) = Slot::parse(other) else {
            continue;
        };
        let mut entry = Entry::open(other, format!("goes only with `{path}`, in the same rows"));
        if other == "idType" {
            entry.others.push(FieldRule {
                origin: Origin::Constant("SSN".to_owned()),
                ..FieldRule::column("")
            });
        }
        add(found, slot, entry);
    }
}

/// An account of its own needs its type, and each type other fields.
fn accounts(found: &mut Entries) {
    const TYPE: &str = "externalAccount.accountInfo.accountType";
    let is_account = |slot: &Slot| slot.field().path.starts_with("externalAccount.");
    let has_type = found
        .iter()
        .any(|(slot, entry)| slot.path() == TYPE && entry.is_active);
    if has_type || !found.iter().any(|(slot, _)| is_account(slot)) {
        return;
    }
    for (_, entry) in found.iter_mut().filter(|(slot, _)| is_account(slot)) {
        entry.is_active = false;
        entry.notes.push(format!("goes only with `{TYPE}`"));
    }
    if let Ok(slot) = Slot::parse(TYPE) {
        let why = "an account goes only with its type, and no column is known to tell it; what each type \
                   needs, `gridsync fields` says";
        add(found, slot, Entry::open(TYPE, why));
    }
}

/// Objects of which a part is required once there is another: all of it, or nothing.
fn objects(columns: &[Column<'_>], found: &mut Entries) {
    let mut objects: Vec<(u16, &'static str)> = found
        .iter()
        .map(|(slot, _)| (slot.index(), slot.field().parent()))
        .filter(|(_, parent)| !parent.is_empty())
        .collect();
    objects.sort_unstable();
    objects.dedup();
    for (index, parent) in objects {
        object(index, parent, columns, found);
    }
}

fn object(index: u16, parent: &str, columns: &[Column<'_>], found: &mut Entries) {
    let is_member = |slot: &Slot| slot.index() == index && slot.field().path.starts_with(parent);
    let needed = FIELDS
        .iter()
        .filter(|field| field.parent() == parent && field.required == Required::WithParent);
    let needed: Vec<Slot> = needed
        .filter_map(|field| Slot::new(field, u8::try_from(index).ok()?))
        .collect();
    let holds = |found: &Entries, wanted: Slot| {
        found
            .iter()
            .any(|(slot, entry)| *slot == wanted && entry.is_active)
    };
    let lacking: Vec<Slot> = needed
        .iter()
        .copied()
        .filter(|slot| !holds(found, *slot))
        .collect();
    if lacking.is_empty() {
        return note_gaps(&needed, is_member, columns, found);
    }
    let names: Vec<String> = lacking
        .iter()
        .map(|slot| format!("`{}`", slot.path()))
        .collect();
    for (slot, entry) in found.iter_mut().filter(|(slot, _)| is_member(slot)) {
        let is_lacking = lacking.contains(slot);
        entry.is_active = false;
        if entry.undecided.is_none() && !is_lacking {
            entry
                .notes
                .push(format!("goes only with {}", names.join(", ")));
        }
    }
    for slot in lacking {
        let object = parent.trim_end_matches('.');
        let why = format!(
            "the other fields of `{object}` go only with it, and no column is known to have it"
        );
        let mut entry = Entry::open(slot.path(), why);
        entry.others = usual(slot);
        add(found, slot, entry);
    }
}

/// What such a field often is, for all rows.
fn usual(slot: Slot) -> Vec<FieldRule> {
    let text = match slot.field().path {
        "endUserTermsConsent.termsVersion" => "V1",
        "endUserTermsConsent.acceptanceMethod" => "CHECKBOX",
        _ => return Vec::new(),
    };
    vec![FieldRule {
        origin: Origin::Constant(text.to_owned()),
        ..FieldRule::column("")
    }]
}

/// Says of a part that is required in how many rows it is missing, and others are there.
fn note_gaps(
    needed: &[Slot],
    is_member: impl Fn(&Slot) -> bool,
    columns: &[Column<'_>],
    found: &mut Entries,
) {
    let read: Vec<&Column<'_>> = found
        .iter()
        .filter(|(slot, _)| is_member(slot))
        .flat_map(|(_, entry)| all_read_by(entry, columns))
        .collect();
    for (_, entry) in found.iter_mut().filter(|(slot, _)| needed.contains(slot)) {
        let Some(column) = read_by(entry, columns) else {
            continue;
        };
        let gaps = column.lacks_beside(&read);
        if gaps > 0 {
            let (rows, name) = (column.rows(), column.name);
            let why = format!(
                "{gaps} of {rows} rows have no `{name}`, and others of its object: they will be \
                 rejected, unless a `default` is added that says what is meant"
            );
            entry.undecided.get_or_insert(why);
        }
    }
}

/// Columns that no entry reads, those of its comments neither.
pub(super) fn unused(columns: &[Column<'_>], entries: &[Entry]) -> Vec<String> {
    let is_used = |column: &&Column<'_>| {
        let reads = |rule: &FieldRule| match &rule.origin {
            Origin::Column(name) => name == column.name,
            Origin::Columns { columns, .. } => columns.iter().any(|name| name == column.name),
            Origin::Constant(_) => false,
        };
        entries
            .iter()
            .any(|entry| entry.rule.iter().chain(&entry.others).any(reads))
    };
    let unused = columns.iter().filter(|column| !is_used(column));
    unused.map(|column| column.name.to_owned()).collect()
}
