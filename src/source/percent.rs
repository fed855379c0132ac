//! What a URL writes in percent.

/// The text with its `%XX` read as bytes: `None` where no two hexadecimal digits follow a `%`, and
/// where the bytes are not UTF-8.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex_digit(rest.next()?)? * 16 + hex_digit(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hexadecimal_digits_are_one_byte() {
        assert_eq!(decoded("").as_deref(), Some(""));
        assert_eq!(
            decoded("s%40fe%2Fw%c3%B6rd+").as_deref(),
            Some("s@fe/wörd+")
        );
    }

    #[test]
    fn anything_else_behind_a_percent_sign_is_no_text() {
        for text in ["5%", "5%4", "5%zz", "5%+f", "5% f", "%ff", "%é"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
