//! Statements and names that the operator writes.

use crate::fuzzing::source::{name_parts, table, wrapped};
use crate::model::Query;
use crate::model::write_back::{Dialect, Parameter, Statement, StatementError};

use super::input::choice;

const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite];

pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    named(text, ['"', '`'][choice % 2]);
    let query = wrapped(&Query::Sql(text.to_owned()));
    assert!(query.starts_with("(\n") && query.ends_with("\n)"));
    for dialect in DIALECTS {
        parsed(text, dialect);
    }
}

/// With its parameters under their own names, a statement is what was written, but for the semicolons
/// at its end; and it is the same statement when it is read again.
fn parsed(text: &str, dialect: Dialect) {
    let statement = match Statement::parse(text, dialect) {
        Ok(statement) => statement,
        Err(StatementError::Unknown(name) | StatementError::Placeholder(name)) => {
            return assert!(text.contains(&name));
        }
        Err(_) => return,
    };
    let spelt = statement.sql(|parameter| match parameter {
        Parameter::Key => ":key",
        Parameter::CustomerId => ":customer_id",
    });
    let without = |text: &str| text.replace(';', "");
    assert_eq!(without(&spelt), without(text), "{dialect:?}");
    assert_eq!(
        Statement::parse(&spelt, dialect),
        Ok(statement.clone()),
        "{dialect:?}"
    );
    assert!(statement.parameters().count() >= 2);
    assert!(
        statement
            .verb()
            .bytes()
            .all(|byte| byte.is_ascii_uppercase())
    );
}

/// What stands in quotes ends only where its quote stands once.
fn named(name: &str, quote: char) {
    let parts = name_parts(name, quote);
    assert!(!parts.is_empty());
    let quoted = table(name, quote);
    assert_eq!(unquoted(&quoted, quote).as_ref(), Some(&parts), "{quoted}");
}

/// By the rule of the databases: a quote, text in which it is doubled, a quote; parts joined by dots.
fn unquoted(text: &str, quote: char) -> Option<Vec<String>> {
    let (mut parts, mut rest) = (Vec::new(), text.chars().peekable());
    loop {
        if rest.next()? != quote {
            return None;
        }
        let mut part = String::new();
        loop {
            match rest.next()? {
                char if char != quote => part.push(char),
                _ if rest.next_if_eq(&quote).is_some() => part.push(quote),
                _ => break,
            }
        }
        parts.push(part);
        match rest.next() {
            None => return Some(parts),
            Some('.') => {}
            Some(_) => return None,
        }
    }
}
