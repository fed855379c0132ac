//! Whether the quotes of a record pair up as its writer meant them.
//!
//! The `csv` crate always finds some reading. A quote that was not meant as one opens a cell that
//! runs on, over line ends, to the next quote or the end of the file, and takes the rows between
//! with it. The next quote gives it away: it was meant to open a cell, so text follows it, where
//! only the end of a cell may.

const QUOTE: u8 = b'"';

/// What the quotes of one record say. Offsets count from the record's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Every quoted cell ends where a cell may end, or on the line it began on.
    Sound,
    /// The quote there is never closed.
    Unclosed { opened: usize },
    /// The quoted cell runs over a line end and closes in the middle of text.
    Stray { opened: usize, closed: usize },
}

/// Follows the quotes through a record's text, by the rules of the `csv` crate.
pub(super) fn inspect(record: &[u8], delimiter: u8) -> Quotes {
    let mut cell = 0;
    loop {
        let opened = cell;
        let mut rest = cell;
        if record.get(opened) == Some(&QUOTE) {
            let Some(closed) = closing(record, opened + 1) else {
                return Quotes::Unclosed { opened };
            };
            let runs_on = record[opened..closed].contains(&b'\n');
            if runs_on && !may_end_cell(record.get(closed + 1), delimiter) {
                return Quotes::Stray { opened, closed };
            }
            rest = closed + 1;
        }
        match record[rest..].iter().position(|&byte| byte == delimiter) {
            Some(end) => cell = rest + end + 1,
            None => return Quotes::Sound,
        }
    }
}

/// The quote that closes the cell whose content begins there; doubled quotes are content.
fn closing(record: &[u8], content: usize) -> Option<usize> {
    let mut at = content;
    loop {
        at += record[at..].iter().position(|&byte| byte == QUOTE)?;
        if record.get(at + 1) != Some(&QUOTE) {
            return Some(at);
        }
        at += 2;
    }
}

fn may_end_cell(next: Option<&u8>, delimiter: u8) -> bool {
    next.is_none_or(|&byte| byte == delimiter || byte == b'\r' || byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_pair_up_are_sound() {
        for record in [
            "",
            "a,b",
            "\"a\",b",
            "a,\"b\n\"",
            "\"a \"\"b\"\"\nc\",d\r\n",
            "5\" pipe,\"\"",
            "\"a\"b,c",
        ] {
            assert_eq!(inspect(record.as_bytes(), b','), Quotes::Sound, "{record}");
        }
    }

    #[test]
    fn the_quote_that_is_never_closed_is_found_behind_those_that_are() {
        assert_eq!(
            inspect(b"1,\"a,\"\"b\",\"c\n2,d", b','),
            Quotes::Unclosed { opened: 10 }
        );
        assert_eq!(inspect(b"\"", b','), Quotes::Unclosed { opened: 0 });
    }

    #[test]
    fn a_cell_over_two_lines_that_closes_before_text_is_stray() {
        assert_eq!(
            inspect(b"1;\"John;x\n2;\"Ann\";y\n", b';'),
            Quotes::Stray {
                opened: 2,
                closed: 12
            }
        );
    }
}
