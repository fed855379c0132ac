//! Cells of the CSV files that we write, so that a spreadsheet shows them and runs none.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, also in the wide
//! forms of these signs, and some skip a tab or a line end before it (OWASP, "CSV Injection"). One
//! apostrophe in front makes it text. A program that splits at another character than the file was
//! written with (Excel takes `;` in half of Europe) sees cells begin inside of ours, so the same
//! is done behind every `,`, `;`, tab and line end of a cell.
//!
//! The rule looks at no meaning: a telephone number `+49…` and an amount `-5` get their apostrophe
//! too. It takes nothing away, so every cell comes back byte for byte, UTF-8 or not: [`unmarked`]
//! undoes [`marked`]. A file of somebody else's is never read so: its apostrophes are its own.

use std::borrow::Cow;

/// What makes the rest of a cell text.
const MARK: u8 = b'\'';

/// The signs that begin a formula, and their wide forms (U+FF1D, U+FF0B, U+FF0D, U+FF20).
const SIGNS: [&[u8]; 8] = [
    b"=",
    b"+",
    b"-",
    b"@",
    "\u{ff1d}".as_bytes(),
    "\u{ff0b}".as_bytes(),
    "\u{ff0d}".as_bytes(),
    "\u{ff20}".as_bytes(),
];

/// A cell as it is written: with one apostrophe more wherever a spreadsheet could see a formula
/// begin.
pub fn marked(cell: &[u8]) -> Cow<'_, [u8]> {
    rebuilt(cell, places(cell), |rest, out| {
        out.push(MARK);
        rest
    })
}

/// A cell as it was before [`marked`] wrote it. One that lost its apostrophe on the way (some
/// programs take it for their own and drop it) stays as it is.
pub fn unmarked(cell: &[u8]) -> Cow<'_, [u8]> {
    let marks = places(cell).filter(|&at| cell[at] == MARK);
    rebuilt(cell, marks, |rest, _| &rest[1..])
}

/// The cell, with something done to what stands at each of the places.
fn rebuilt<'a>(
    cell: &'a [u8],
    places: impl Iterator<Item = usize>,
    edit: impl Fn(&'a [u8], &mut Vec<u8>) -> &'a [u8],
) -> Cow<'a, [u8]> {
    let mut out = Vec::new();
    let mut rest = cell;
    for at in places {
        let behind = at - (cell.len() - rest.len());
        out.extend_from_slice(&rest[..behind]);
        rest = edit(&rest[behind..], &mut out);
    }
    if rest.len() == cell.len() && out.is_empty() {
        return Cow::Borrowed(cell);
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// Where a mark goes, or stands, ascending: at the beginning of every cell that a spreadsheet may
/// see in this one, if a formula begins there.
fn places(cell: &[u8]) -> impl Iterator<Item = usize> {
    let behind = |(at, byte): (usize, &u8)| b",;\t\r\n".contains(byte).then_some(at + 1);
    let inner = cell.iter().enumerate().filter_map(behind);
    std::iter::once(0)
        .chain(inner)
        .filter(|&at| begins_formula(&cell[at..], at == 0))
}

/// Blanks, quotes and marks may stand before the sign; at the very beginning, a tab or a line end is
/// as good as one.
fn begins_formula(text: &[u8], outermost: bool) -> bool {
    let skipped = text
        .iter()
        .take_while(|byte| b" \"'".contains(byte))
        .count();
    let sign = &text[skipped..];
    SIGNS.iter().any(|known| sign.starts_with(known))
        || outermost && matches!(sign.first(), Some(b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(cell: &str) -> String {
        String::from_utf8(marked(cell.as_bytes()).into_owned()).expect("marks are ASCII")
    }

    #[test]
    fn whatever_a_spreadsheet_would_run_gets_an_apostrophe() {
        for cell in [
            "=1+1",
            "+4915550001",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            " =1",
            "'=1",
            "\"=1\"",
        ] {
            assert!(written(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!(written("+4915550001"), "'+4915550001");
        assert_eq!(
            written("'=1"),
            "''=1",
            "an apostrophe of the cell's own is told apart"
        );
    }

    #[test]
    fn a_cell_that_another_delimiter_would_split_has_no_formula_inside() {
        assert_eq!(written("a;=1+1"), "a;'=1+1");
        assert_eq!(written("a,\"=1+1\""), "a,'\"=1+1\"");
        assert_eq!(written("a\t@b\n-c"), "a\t'@b\n'-c");
    }

    #[test]
    fn everything_else_is_written_as_it_is() {
        for cell in [
            "",
            "'",
            "Ada",
            "O'Brien",
            "'tis",
            "a=b",
            "1-2",
            "a@b.net",
            "12 Alder Street, Leeds",
            "a\r\nb",
            "a\n\nb",
            "Flat 5; rear",
        ] {
            assert!(
                matches!(marked(cell.as_bytes()), Cow::Borrowed(_)),
                "{cell:?}"
            );
            assert_eq!(written(cell), cell);
        }
    }

    #[test]
    fn an_apostrophe_before_no_formula_is_the_cells_own() {
        for cell in ["'tis", "'", "''", "a;'b"] {
            assert_eq!(unmarked(cell.as_bytes()), cell.as_bytes());
        }
        assert_eq!(
            unmarked(b"+49"),
            &b"+49"[..],
            "the mark was lost on the way"
        );
    }

    /// Bytes of which cells are made that matter, and any others.
    fn cell() -> impl Strategy<Value = Vec<u8>> {
        let telling = prop::sample::select(&b"=+-@'\"\t\r\n,; a\xef\xbc\x9d\x8b\xff"[..]);
        prop::collection::vec(prop_oneof![4 => telling, 1 => any::<u8>()], 0..24)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn every_cell_comes_back_byte_for_byte(cell in cell()) {
            let marked = marked(&cell).into_owned();
            prop_assert_eq!(&*unmarked(&marked), &cell[..]);
        }

        #[test]
        fn no_cell_of_any_usual_delimiter_begins_with_a_formula(cell in cell()) {
            let marked = marked(&cell).into_owned();
            for part in marked.split(|byte| b",;\t\r\n".contains(byte)) {
                let skipped = part.iter().take_while(|byte| b" \"".contains(byte)).count();
                let begins = SIGNS.iter().any(|sign| part[skipped..].starts_with(sign));
                prop_assert!(!begins, "{:?}", part);
            }
            prop_assert!(!matches!(marked.first(), Some(b'\t' | b'\r' | b'\n')));
        }
    }
}
