//! How the field of a column is read.

use std::collections::BTreeMap;

use super::assign::Assigned;
use super::choices::{Choices, choices, separator};
use super::column::Column;
use super::dates::{Dates, dates};
use super::fit::is_e164;
use super::names::Target;
use crate::model::field::{Kind, Rule, Slot};
use crate::model::{Edition, Entry, FieldRule, Origin};

type All = BTreeMap<Target, Assigned>;

/// The entries of all fields that a column fills, in the order of the table.
pub(super) fn entries(
    edition: Edition,
    columns: &[Column<'_>],
    assigned: &All,
) -> Vec<(Slot, Entry)> {
    let name = full_name(edition, columns, assigned);
    let replaces = name.as_ref().map(|(slot, _)| *slot);
    let mut entries: Vec<(Slot, Entry)> = assigned
        .iter()
        .filter_map(|(target, assigned)| match target {
            Target::Field(slot) if Some(*slot) != replaces => Some((*slot, assigned)),
            _ => None,
        })
        .map(|(slot, assigned)| (slot, entry(slot, columns, assigned)))
        .collect();
    entries.extend(name);
    entries.sort_by_key(|(slot, _)| *slot);
    entries
}

fn entry(slot: Slot, columns: &[Column<'_>], assigned: &Assigned) -> Entry {
    let column = &columns[assigned.column];
    let mut entry = Entry::new(slot.path(), FieldRule::column(column.name));
    read(slot, column, &mut entry);
    let others = assigned.others.iter().map(|&other| &columns[other]);
    entry
        .others
        .extend(others.map(|other| FieldRule::column(other.name)));
    if assigned.is_doubtful {
        let name = column.name;
        entry.undecided = None;
        entry.leave(match slot {
            Slot::KEY => {
                format!("`{name}` is blank in some rows or the same in two: a key may be neither")
            }
            _ => format!("`{name}` is called like it, and its values do not look like it"),
        });
    }
    if column.is_empty() {
        entry
            .notes
            .push(format!("`{}` has no value in the sample", column.name));
    }
    entry
}

/// How the values are turned into Grid's.
fn read(slot: Slot, column: &Column<'_>, entry: &mut Entry) {
    let field = slot.field();
    match field.kind {
        Kind::Date | Kind::DateTime if !column.is_empty() => read_dates(field.kind, column, entry),
        Kind::List => {
            let separator = separator(column).map(String::from);
            change(entry, |rule| rule.separator = separator);
        }
        _ => {}
    }
    if field.rule.is_closed() {
        read_choices(slot, column, entry);
    }
    if field.rule == Rule::Phone {
        read_phones(column, entry);
    }
}

fn change(entry: &mut Entry, change: impl FnOnce(&mut FieldRule)) {
    if let Some(rule) = &mut entry.rule {
        change(rule);
    }
}

fn read_dates(kind: Kind, column: &Column<'_>, entry: &mut Entry) {
    let name = column.name;
    let formatted = |format: &str| FieldRule {
        format: Some(format.to_owned()),
        ..FieldRule::column(name)
    };
    match dates(column, kind) {
        Dates::Plain => {}
        Dates::Written { format, others } => {
            entry.rule = Some(formatted(format));
            if others > 0 {
                let all = column.len();
                entry.notes.push(format!("{others} of {all} values are written otherwise, and will be rejected"));
            }
        }
        Dates::Ambiguous(formats) => {
            entry.leave(format!("`{name}` may have the day first or the month: no value tells"));
            let mut rules = formats.into_iter().map(formatted);
            entry.rule = rules.next();
            entry.others.extend(rules);
        }
        Dates::WithTime => entry.leave(format!(
            "`{name}` has a time besides the day: cut it off in the query or the export, as in CAST(born AS DATE)"
        )),
        Dates::NoOffset => entry.leave(format!(
            "`{name}` has moments without an offset: write it behind them (Z for UTC) in the query or the export"
        )),
        Dates::Unknown => entry.leave(format!(
            "`{name}` is written in no form that is known: say which in `format`, as in \"%d/%m/%Y\""
        )),
    }
}

fn read_choices(slot: Slot, column: &Column<'_>, entry: &mut Entry) {
    let Choices {
        map,
        unknown,
        hidden,
    } = choices(slot, column);
    change(entry, |rule| rule.map = map);
    let count = unknown.len() + hidden;
    if count > 0 {
        let values = if count == 1 {
            "value means"
        } else {
            "values mean"
        };
        let silent = match hidden {
            0 => "",
            _ => "; what stands in one row alone is not shown here, because it may be personal",
        };
        let name = column.name;
        let why = format!("it is not known what {count} {values} in `{name}`{silent}");
        entry.undecided.get_or_insert(why);
    }
    entry.unknown = unknown;
}

fn read_phones(column: &Column<'_>, entry: &mut Entry) {
    let others = column.values().filter(|text| !is_e164(text)).count();
    if others == 0 {
        return;
    }
    let all = column.len();
    let how = format!(
        "Grid takes numbers as +14155550123, and {others} of {all} in `{}` are not: mend them in the \
         query or the export, as in '+1' || regexp_replace(phone, '[^0-9]', '', 'g')",
        column.name
    );
    if others * 2 > all {
        entry.leave(how);
    } else {
        entry.notes.push(how);
    }
}

/// The rule for the full name, where it is better put together than taken.
fn full_name(edition: Edition, columns: &[Column<'_>], assigned: &All) -> Option<(Slot, Entry)> {
    let slot = Slot::parse("fullName").ok()?;
    slot.field().in_edition(edition).then_some(())?;
    let of = |target| assigned.get(&target);
    let whole = of(Target::Field(slot));
    let parts = [Target::FirstName, Target::MiddleName, Target::LastName];
    let (first, last) = (of(Target::FirstName), of(Target::LastName));
    let names: Vec<String> = parts
        .into_iter()
        .filter_map(of)
        .map(|part| columns[part.column].name.to_owned())
        .collect();
    let joined = FieldRule {
        origin: Origin::Columns {
            columns: names.clone(),
            join: " ".to_owned(),
        },
        ..FieldRule::column("")
    };
    let (Some(first), Some(last)) = (first, last) else {
        if whole.is_some() || names.is_empty() {
            return None;
        }
        let mut entry = Entry::new(slot.path(), FieldRule::column(names[0].as_str()));
        entry.leave(format!(
            "`{}` is half a name: Grid wants given and family name",
            names[0]
        ));
        return Some((slot, entry));
    };
    let parts_score = first.score.min(last.score);
    match whole {
        Some(whole) if whole.score > parts_score => {
            let mut entry = entry(slot, columns, whole);
            entry.others.push(joined);
            Some((slot, entry))
        }
        whole => {
            let mut entry = Entry::new(slot.path(), joined);
            let whole = whole.map(|whole| FieldRule::column(columns[whole.column].name));
            entry.others.extend(whole);
            Some((slot, entry))
        }
    }
}
