//! The operator's names of tables and columns, as SQL has them.

/// The parts of a name with its schema, without quotes: `app."Users"` is `app` and `Users`.
pub(in crate::source) fn parts(name: &str, quote: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for c in name.trim().chars() {
        inside ^= c == quote;
        match parts.last_mut() {
            Some(part) if c != '.' || inside => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.iter().map(|part| bare(part.trim(), quote)).collect()
}

fn bare(part: &str, quote: char) -> String {
    let within = part
        .strip_prefix(quote)
        .and_then(|part| part.strip_suffix(quote));
    match within {
        Some(within) if !within.is_empty() => {
            within.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => part.to_owned(),
    }
}

/// A name in quotes.
pub(in crate::source) fn quoted(name: &str, quote: char) -> String {
    format!(
        "{quote}{}{quote}",
        name.replace(quote, &format!("{quote}{quote}"))
    )
}

/// A name with its schema, each part in quotes.
pub(in crate::source) fn table(name: &str, quote: char) -> String {
    let parts: Vec<_> = parts(name, quote)
        .iter()
        .map(|part| quoted(part, quote))
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_quoted_part_by_part_and_once() {
        assert_eq!(table("users", '"'), r#""users""#);
        assert_eq!(table(" app . Users ", '"'), r#""app"."Users""#);
        assert_eq!(table(r#"app."the.users""#, '"'), r#""app"."the.users""#);
        assert_eq!(table(r#"a"b; DROP"#, '"'), r#""a""b; DROP""#);
        assert_eq!(table("app.`of ``old`", '`'), "`app`.`of ``old`");
    }
}
