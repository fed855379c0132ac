//! `fields`: the table of Grid's customer fields, from the table itself.

use serde_json::{Value, json};

use super::ending::Ending;
use super::session::Session;
use crate::cli::FieldsFormat;
use crate::config::FieldsOptions;
use crate::exit::Failure;
use crate::model::Edition;
use crate::model::field::{FIELDS, Field};
use crate::report::Table;

pub(super) fn fields(
    session: &Session<'_>,
    options: FieldsOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let edition = session.config.grid.edition.value;
    let wanted: Vec<&Field> = FIELDS
        .iter()
        .filter(|field| field.in_edition(edition))
        .filter(|field| options.customer_type.is_none_or(|kind| field.is_for(kind)))
        .collect();
    ending.details = Some(json!({
        "edition": edition.as_str(),
        "fields": wanted.iter().map(|field| as_json(field)).collect::<Vec<_>>(),
    }));
    session.print(&match options.format {
        FieldsFormat::Text => as_text(&wanted, edition),
        FieldsFormat::Markdown => as_markdown(&wanted),
    })
}

fn who(field: &Field) -> &'static str {
    field.who.map_or("both", |kind| kind.as_str())
}

fn accepts(field: &Field) -> String {
    field
        .rule
        .expected()
        .map_or_else(|| field.kind.as_str().to_owned(), Into::into)
}

fn as_text(fields: &[&Field], edition: Edition) -> String {
    let mut table = Table::with_header(["field", "who", "required", "bulk column", "accepts"]);
    for field in fields {
        table.row([
            field.path,
            who(field),
            &field.required.to_string(),
            field.flat.unwrap_or(""),
            &accepts(field),
        ]);
    }
    format!("Customer fields of edition {edition}\n\n{table}")
}

fn as_markdown(fields: &[&Field]) -> String {
    let head =
        "| field | who | required | bulk column | accepts | about |\n|---|---|---|---|---|---|\n";
    fields.iter().fold(head.to_owned(), |text, field| {
        let flat = field
            .flat
            .map_or_else(String::new, |name| format!("`{name}`"));
        let accepts = accepts(field).replace('|', "\\|");
        format!(
            "{text}| `{}` | {} | {} | {flat} | {accepts} | {} |\n",
            field.path,
            who(field),
            field.required,
            field.about
        )
    })
}

fn as_json(field: &Field) -> Value {
    json!({
        "field": field.path,
        "kind": field.kind.as_str(),
        "who": who(field),
        "required": field.required.to_string(),
        "bulk_column": field.flat,
        "accepts": field.rule.expected(),
        "about": field.about,
    })
}
