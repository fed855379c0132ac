//! What stands where.

use super::DraftSource;
use super::page::Page;
use super::rule::{basic, inline, key, pairs, parts};
use crate::model::{Entry, Proposal};

/// A map with more words than this is a table of its own.
const LONG_MAP: usize = 4;

/// A file that is not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it will hold.
    pub text: String,
    /// What is left to decide, from top to bottom.
    pub undecided: Vec<Undecided>,
}

/// Something that somebody has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The line to edit, from 1.
    pub line: usize,
    /// The field's path.
    pub field: String,
    /// Why, in words.
    pub why: String,
}

pub(super) fn write(page: &mut Page, source: &DraftSource, proposal: &Proposal, command: &str) {
    head(page, source, proposal, command);
    page.gap();
    page.line("[source]");
    for (name, value) in &source.keys {
        page.line(&format!("{name} = {}", basic(value)));
    }
    page.gap();
    page.lines(
        "# Grid field = column of the source, or a table that says more. `gridsync fields` lists the fields.\n\
         # White space around a value is dropped; an empty cell is an absent value.\n\
         [fields]",
    );
    let (long, short): (Vec<_>, Vec<_>) = proposal.entries.iter().partition(|entry| is_long(entry));
    active(page, &short);
    open(page, &short);
    unused(page, &proposal.unused);
    for entry in long {
        table(page, entry);
    }
    page.gap();
    page.lines(TAIL);
}

const TAIL: &str = "\
[changes]
create = true            # users without a customer are created
update = \"report\"        # customers that differ from their user are named, not changed
delete = false           # customers without a user are left alone

[limits]                 # judged before the first write
deletes = \"1%\"           # number or percent of the active customers; small sets are allowed 10
source_shrink = \"10%\"    # how much smaller than last time the source may be
rejects = \"1%\"           # how many rows may be invalid

[state]
path = \"gridsync.sqlite\" # relative to this file";

fn head(page: &mut Page, source: &DraftSource, proposal: &Proposal, command: &str) {
    let rows = match proposal.rows {
        0 => "its header alone".to_owned(),
        1 => "its header and its only row".to_owned(),
        rows => format!("its header and {rows} rows"),
    };
    page.comment(&format!(
        "gridsync: a first configuration for {}, proposed from {rows}.",
        source.label
    ));
    page.line("#");
    page.comment("Read it, decide what is marked \"decide\", and go on with");
    page.line("#");
    page.line(&format!("#     {command}"));
    page.line("#");
    page.comment(
        "Of the rows, nothing stands here but words of closed lists that a map needs. Credentials never \
         stand here: they come from the environment or from files.",
    );
    page.gap();
    page.line("[grid]");
    page.line(&format!(
        "edition = {}      # 2025-10 or 2026-08: both share one URL, so it must be said",
        basic(proposal.edition.as_str())
    ));
    page.line("rate = \"5/s\"             # a ceiling; Grid publishes no limit, and 429 lowers it for a while");
}

fn is_long(entry: &Entry) -> bool {
    let map = entry.rule.as_ref().map_or(0, |rule| rule.map.len());
    map + entry.unknown.len() > LONG_MAP
}

/// The rules that hold, by the object that they are of.
fn active(page: &mut Page, entries: &[&Entry]) {
    let mut object = None;
    for entry in entries.iter().filter(|entry| entry.is_active) {
        let Some(rule) = &entry.rule else { continue };
        let of = entry.field.rsplit_once('.').map(|(object, _)| object);
        if object.replace(of).is_some_and(|before| before != of) {
            page.gap();
        }
        notes(page, entry);
        if let Some(why) = &entry.undecided {
            page.comment(&format!("decide: {why}"));
            unknown(page, entry);
            page.decide(&entry.field, why);
        }
        page.line(&inline(&entry.field, rule));
        others(page, entry, "or: ");
    }
}

/// The rules that wait for somebody.
fn open(page: &mut Page, entries: &[&Entry]) {
    let mut waiting = entries.iter().filter(|entry| !entry.is_active).peekable();
    if waiting.peek().is_none() {
        return;
    }
    page.gap();
    page.comment("Left to decide: take the comment sign from the lines that are right.");
    for entry in waiting {
        page.line("#");
        notes(page, entry);
        if let Some(why) = &entry.undecided {
            page.comment(&format!("decide: {why}"));
            unknown(page, entry);
            page.decide(&entry.field, why);
        }
        match &entry.rule {
            Some(rule) => page.line(&format!("# {}", inline(&entry.field, rule))),
            None if entry.others.is_empty() => {
                page.line(&format!("# {} = \"COLUMN\"", key(&entry.field)));
            }
            None => {}
        }
        others(page, entry, "");
    }
}

fn notes(page: &mut Page, entry: &Entry) {
    for note in &entry.notes {
        page.comment(note);
    }
}

/// The words that a short map lacks.
fn unknown(page: &mut Page, entry: &Entry) {
    if !entry.unknown.is_empty() {
        let words: Vec<_> = entry.unknown.iter().map(|word| basic(word)).collect();
        page.comment(&format!("The map lacks {}.", words.join(", ")));
    }
}

fn others(page: &mut Page, entry: &Entry, prefix: &str) {
    for other in &entry.others {
        page.line(&format!("# {prefix}{}", inline(&entry.field, other)));
    }
}

fn unused(page: &mut Page, columns: &[String]) {
    if columns.is_empty() {
        return;
    }
    page.gap();
    let names: Vec<_> = columns.iter().map(|name| basic(name)).collect();
    page.comment(&format!(
        "Columns that nothing takes: {}.",
        names.join(", ")
    ));
}

/// A rule with a long map, as tables.
fn table(page: &mut Page, entry: &Entry) {
    let Some(rule) = &entry.rule else { return };
    let sign = if entry.is_active { "" } else { "# " };
    page.gap();
    notes(page, entry);
    if let Some(why) = &entry.undecided {
        page.comment(&format!("decide: {why}"));
        page.decide(&entry.field, why);
    }
    let name = key(&entry.field);
    page.line(&format!("{sign}[fields.{name}]"));
    for (part, value) in parts(rule) {
        page.line(&format!("{sign}{part} = {value}"));
    }
    for other in &entry.others {
        page.comment(&format!("or: {}", inline(&entry.field, other)));
    }
    if sign.is_empty() {
        page.gap();
    }
    page.line(&format!("{sign}[fields.{name}.map]"));
    for pair in pairs(rule) {
        page.line(&format!("{sign}{pair}"));
    }
    for word in &entry.unknown {
        page.line(&format!("# {} = \"\"", basic(word)));
    }
}
