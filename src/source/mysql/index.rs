//! Which index of a table has its rows in the order of the key.

use mysql::Row;

use super::sql::Index;

/// One column of an index, as `SHOW INDEX` tells it.
struct Part {
    index: String,
    place: u64,
    column: String,
    /// It holds the whole value, ascending or not, and the server uses it.
    is_fit: bool,
}

/// The first index that begins with these columns. The server by itself prefers to sort the whole
/// table, which takes room on its disk and gives the first row last, wherever the key is not the
/// primary one.
pub(super) fn index_for(order: &[String], shown: &[Row]) -> Option<Index> {
    if order.is_empty() {
        return None;
    }
    let parts: Vec<Part> = shown.iter().filter_map(Part::of).collect();
    let begins_so = |index: &str| {
        order.iter().zip(1..).all(|(column, place)| {
            parts.iter().any(|part| {
                part.index == index
                    && part.place == place
                    && part.is_fit
                    && part.column.eq_ignore_ascii_case(column)
            })
        })
    };
    let found = parts.iter().find(|part| begins_so(&part.index))?;
    Some(Index::named(&found.index))
}

impl Part {
    /// `None` for a part that is an expression, and for what is told in a way that is not known.
    fn of(row: &Row) -> Option<Self> {
        let text = |name: &str| row.get_opt::<Option<String>, _>(name)?.ok()?;
        let says = |name: &str, word: &str| text(name).is_none_or(|said| said == word);
        Some(Self {
            index: text("Key_name")?,
            place: text("Seq_in_index")?.parse().ok()?,
            column: text("Column_name")?,
            is_fit: text("Sub_part").is_none()
                && says("Index_type", "BTREE")
                && says("Visible", "YES")
                && says("Ignored", "NO"),
        })
    }
}
