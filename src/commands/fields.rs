//! `fields`: the fields that a user can fill, from the table itself.

use serde_json::{Value, json};

use super::account_types;
use super::ending::Ending;
use super::session::Session;
use crate::cli::FieldsFormat;
use crate::config::FieldsOptions;
use crate::exit::Failure;
use crate::model::Edition;
use crate::model::field::{FIELDS, Field, Slot};
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
    let has_accounts = wanted.iter().any(|field| field.is_account());
    let mut details = json!({
        "edition": edition.as_str(),
        "fields": wanted.iter().map(|field| as_json(field)).collect::<Vec<_>>(),
    });
    if has_accounts {
        details["account_types"] = account_types::as_json();
    }
    ending.details = Some(details);
    let (mut text, accounts): (_, fn() -> String) = match options.format {
        FieldsFormat::Text => (as_text(&wanted, edition), account_types::as_text),
        FieldsFormat::Markdown => (as_markdown(&wanted), account_types::as_markdown),
    };
    if has_accounts {
        text.push('\n');
        text.push_str(&accounts());
    }
    session.print(&text)
}

fn who(field: &Field) -> &'static str {
    field.who.map_or("both", |kind| kind.as_str())
}

fn accepts(field: &Field) -> String {
    if field.path == Slot::ACCOUNT_TYPE.field().path {
        return "one of the account types below".to_owned();
    }
    let by_type = || account_types::accepts(field).map(Into::into);
    let always = field.rule.expected();
    always
        .or_else(by_type)
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
        "accepts": field.rule.expected().or_else(|| account_types::accepts(field).map(Into::into)),
        "about": field.about,
    })
}
