//! The one text form of each type, made of the text that the server writes.

use std::io::Write;

/// How the server's text becomes ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// `t` and `f` become `true` and `false`.
    Boolean,
    /// `2001-02-03 04:05:06`, taken as UTC, and the same with `+00`, become RFC 3339.
    Moment,
    /// `char(n)`: without the blanks that fill it up.
    Padded,
    /// Digits without an exponent; `real` has fewer of them than `double precision`.
    Float4,
    Float8,
    /// Items joined with `;`.
    List(Box<Form>),
}

impl Form {
    /// The form of a text, which is either the text itself or stands in `out`, which is empty.
    pub(super) fn shape<'a>(&self, text: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8] {
        match self {
            Self::Plain => return text,
            Self::Boolean => match text {
                b"t" => return b"true",
                b"f" => return b"false",
                text => return text,
            },
            Self::Padded => return text.trim_ascii_end(),
            Self::List(item) if **item == Self::Plain || text.starts_with(b"{") => return text,
            Self::List(item) => list(item, text, out),
            Self::Moment => return moment(text, out),
            Self::Float4 => return plain::<f32>(text, out),
            Self::Float8 => return plain::<f64>(text, out),
        }
        out
    }
}

fn list(item: &Form, text: &[u8], out: &mut Vec<u8>) {
    let mut scratch = Vec::new();
    for (nth, text) in text.split(|&byte| byte == b';').enumerate() {
        if nth > 0 {
            out.push(b';');
        }
        scratch.clear();
        out.extend_from_slice(item.shape(text, &mut scratch));
    }
}

/// What is no moment of our calendar (`infinity`, a year before the first) stays as it is, for the
/// validation to name.
fn moment<'a>(text: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(blank) = text.iter().position(|&byte| byte == b' ') else {
        return text;
    };
    let (date, time) = (&text[..blank], &text[blank + 1..]);
    let time = time.strip_suffix(b"+00").unwrap_or(time);
    let is_plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    if !time.iter().all(is_plain) {
        return text;
    }
    for part in [date, b"T", time, b"Z"] {
        out.extend_from_slice(part);
    }
    out
}

fn plain<'a, T>(text: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8]
where
    T: std::str::FromStr + std::fmt::Display,
{
    if !text.contains(&b'e') {
        return text;
    }
    let number = str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<T>().ok());
    match number {
        None => text,
        Some(number) => {
            write!(out, "{number}").expect("memory takes it");
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(form: &Form, text: &str) -> String {
        let mut out = Vec::new();
        let shaped = form.shape(text.as_bytes(), &mut out);
        String::from_utf8(shaped.to_vec()).expect("text")
    }

    #[test]
    fn a_moment_is_rfc_3339() {
        for (text, expected) in [
            ("2001-02-03 04:05:06", "2001-02-03T04:05:06Z"),
            ("2001-02-03 04:05:06.789+00", "2001-02-03T04:05:06.789Z"),
            ("infinity", "infinity"),
            ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"),
        ] {
            assert_eq!(shaped(&Form::Moment, text), expected);
        }
    }

    #[test]
    fn a_number_has_no_exponent() {
        for (form, text, expected) in [
            (Form::Float8, "1e+21", "1000000000000000000000"),
            (Form::Float8, "1.5e-07", "0.00000015"),
            (Form::Float8, "0.1", "0.1"),
            (Form::Float8, "NaN", "NaN"),
            (Form::Float4, "1.234567e+06", "1234567"),
        ] {
            assert_eq!(shaped(&form, text), expected);
        }
    }

    #[test]
    fn the_items_of_a_list_have_the_form_of_their_type() {
        let list = |item| Form::List(Box::new(item));
        assert_eq!(shaped(&list(Form::Boolean), "t;f"), "true;false");
        assert_eq!(shaped(&list(Form::Padded), "a  ;b "), "a;b");
        assert_eq!(shaped(&list(Form::Plain), "a;b"), "a;b");
        assert_eq!(shaped(&list(Form::Boolean), "{{t},{f}}"), "{{t},{f}}");
        assert_eq!(shaped(&list(Form::Boolean), ""), "");
    }
}
