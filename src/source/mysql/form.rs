//! How a value of each type is written as text.

use mysql::Column;
use mysql::consts::{ColumnFlags, ColumnType};

/// The collation number that stands for bytes without a character set.
const BINARY: u16 = 63;

/// How the cells of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the server writes them.
    AsIs,
    Date,
    Moment,
    /// `TINYINT(1)`.
    Flag,
    /// `BIT(1)`.
    Bit,
    Float,
}

/// A type that has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoText {
    /// As it is declared: `BINARY(16)`.
    pub(super) kind: String,
    /// What to select in place of the column.
    pub(super) advice: String,
}

impl Form {
    pub(super) fn of(column: &Column) -> Result<Self, NoText> {
        use ColumnType as T;
        let length = column.column_length();
        let is_label = column
            .flags()
            .intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG);
        match column.column_type() {
            _ if is_label => Ok(Self::AsIs),
            T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => Ok(Self::Date),
            T::MYSQL_TYPE_DATETIME
            | T::MYSQL_TYPE_DATETIME2
            | T::MYSQL_TYPE_TIMESTAMP
            | T::MYSQL_TYPE_TIMESTAMP2 => Ok(Self::Moment),
            T::MYSQL_TYPE_TINY if length == 1 => Ok(Self::Flag),
            T::MYSQL_TYPE_FLOAT | T::MYSQL_TYPE_DOUBLE => Ok(Self::Float),
            T::MYSQL_TYPE_BIT if length == 1 => Ok(Self::Bit),
            T::MYSQL_TYPE_BIT | T::MYSQL_TYPE_GEOMETRY | T::MYSQL_TYPE_VECTOR => {
                Err(NoText::of(column))
            }
            // Nothing has no length: a literal NULL.
            T::MYSQL_TYPE_STRING
            | T::MYSQL_TYPE_VAR_STRING
            | T::MYSQL_TYPE_VARCHAR
            | T::MYSQL_TYPE_TINY_BLOB
            | T::MYSQL_TYPE_BLOB
            | T::MYSQL_TYPE_MEDIUM_BLOB
            | T::MYSQL_TYPE_LONG_BLOB
                if column.character_set() == BINARY && length > 0 =>
            {
                Err(NoText::of(column))
            }
            _ => Ok(Self::AsIs),
        }
    }

    /// The cell as text, if need be in `own`; `None` where a date means that there is none.
    pub(super) fn write<'c>(self, cell: &'c [u8], own: &'c mut Vec<u8>) -> Option<&'c [u8]> {
        match self {
            Self::AsIs => Some(cell),
            Self::Date => (cell != b"0000-00-00").then_some(cell),
            Self::Moment => moment(cell, own),
            Self::Flag => Some(match cell {
                b"0" => b"false",
                b"1" => b"true",
                other => other,
            }),
            Self::Bit => Some(if cell == [0] { b"false" } else { b"true" }),
            Self::Float => Some(float(cell, own)),
        }
    }
}

impl NoText {
    fn of(column: &Column) -> Self {
        use ColumnType as T;
        let length = column.column_length();
        let name = column.name_str();
        let text = format!("CONVERT({name} USING utf8mb4)");
        let (kind, advice) = match column.column_type() {
            T::MYSQL_TYPE_BIT => (
                format!("BIT({length})"),
                format!("CAST({name} AS UNSIGNED)"),
            ),
            T::MYSQL_TYPE_GEOMETRY => ("GEOMETRY".to_owned(), format!("ST_AsText({name})")),
            T::MYSQL_TYPE_VECTOR => ("VECTOR".to_owned(), format!("VECTOR_TO_STRING({name})")),
            T::MYSQL_TYPE_STRING if length == 16 => (
                "BINARY(16)".to_owned(),
                format!("BIN_TO_UUID({name})` (MySQL) or `HEX({name})"),
            ),
            T::MYSQL_TYPE_STRING => (format!("BINARY({length})"), format!("HEX({name})")),
            T::MYSQL_TYPE_VAR_STRING | T::MYSQL_TYPE_VARCHAR => (
                format!("VARBINARY({length})"),
                format!("HEX({name})` or `{text}"),
            ),
            _ => ("BLOB".to_owned(), text),
        };
        Self { kind, advice }
    }
}

/// `2024-05-06 07:08:09.100000` as `2024-05-06T07:08:09.1Z`.
fn moment<'c>(cell: &'c [u8], own: &'c mut Vec<u8>) -> Option<&'c [u8]> {
    const DAY: usize = "2024-05-06".len();
    if cell.starts_with(b"0000-00-00") {
        return None;
    }
    let (Some(day), Some([b' ', time @ ..])) = (cell.get(..DAY), cell.get(DAY..)) else {
        return Some(cell);
    };
    let time = if time.contains(&b'.') {
        let end = time.iter().rposition(|&byte| byte != b'0');
        let time = &time[..end.map_or(0, |end| end + 1)];
        time.strip_suffix(b".").unwrap_or(time)
    } else {
        time
    };
    own.clear();
    own.extend_from_slice(day);
    own.push(b'T');
    own.extend_from_slice(time);
    own.push(b'Z');
    Some(own)
}

/// The server writes `1e20` for large and small numbers.
fn float<'c>(cell: &'c [u8], own: &'c mut Vec<u8>) -> &'c [u8] {
    let number = str::from_utf8(cell).ok().filter(|text| text.contains('e'));
    let Some(number) = number.and_then(|text| text.parse::<f64>().ok()) else {
        return cell;
    };
    own.clear();
    own.extend_from_slice(number.to_string().as_bytes());
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, cell: &[u8]) -> Option<String> {
        let mut own = b"what stood there".to_vec();
        let text = form.write(cell, &mut own)?;
        Some(String::from_utf8(text.to_vec()).expect("text"))
    }

    #[test]
    fn moments_are_rfc_3339_in_utc() {
        for (cell, text) in [
            ("2024-05-06 07:08:09", "2024-05-06T07:08:09Z"),
            ("2024-05-06 07:08:00.000000", "2024-05-06T07:08:00Z"),
            ("2024-05-06 07:08:09.120000", "2024-05-06T07:08:09.12Z"),
            ("2024-05-06 07:08:10", "2024-05-06T07:08:10Z"),
        ] {
            assert_eq!(
                written(Form::Moment, cell.as_bytes()).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn a_zero_date_is_none() {
        assert_eq!(written(Form::Date, b"0000-00-00"), None);
        assert_eq!(written(Form::Moment, b"0000-00-00 00:00:00"), None);
        assert_eq!(
            written(Form::Date, b"2024-00-00").as_deref(),
            Some("2024-00-00"),
            "a part of a date is for the validation to name"
        );
    }

    #[test]
    fn flags_are_words_and_other_numbers_stay() {
        for (form, cell, text) in [
            (Form::Flag, &b"1"[..], "true"),
            (Form::Flag, b"0", "false"),
            (Form::Flag, b"2", "2"),
            (Form::Flag, b"-1", "-1"),
            (Form::Bit, b"\x01", "true"),
            (Form::Bit, b"\x00", "false"),
        ] {
            assert_eq!(written(form, cell).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_float_has_no_exponent() {
        for (cell, text) in [
            ("1e20", "100000000000000000000"),
            ("-2.5e-7", "-0.00000025"),
            ("0.1", "0.1"),
            ("12", "12"),
        ] {
            assert_eq!(written(Form::Float, cell.as_bytes()).as_deref(), Some(text));
        }
    }
}
