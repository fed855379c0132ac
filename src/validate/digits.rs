//! Check digits. They only warn: Grid's own examples fail them.

/// Whether nine digits are an ABA routing number.
pub(super) fn is_routing(text: &str) -> bool {
    is_multiple_of_ten(text)
}

/// Whether eighteen digits are a CLABE. Its check digit falls on a weight of 1, so that the rule
/// is the one of the routing number.
pub(super) fn is_clabe(text: &str) -> bool {
    is_multiple_of_ten(text)
}

/// Weights 3, 7, 1 in turn.
fn is_multiple_of_ten(digits: &str) -> bool {
    weighted(digits, [3, 7, 1].into_iter().cycle()).is_multiple_of(10)
}

/// Whether the text is an IBAN of a registered country with the right length and check digits.
pub(super) fn is_iban(text: &str) -> bool {
    text.parse::<iban::Iban>().is_ok()
}

/// Whether the text is a Brazilian person's number, dots and hyphen allowed.
pub(super) fn is_cpf(text: &str) -> bool {
    let number = bare(text);
    number.len() == 11
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && modulo_11(&number, 9, (2..=10).rev())
        && modulo_11(&number, 10, (2..=11).rev())
}

/// Whether the text is a Brazilian company's number, letters allowed since 2026 but for the two
/// check digits.
pub(super) fn is_cnpj(text: &str) -> bool {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let number = bare(text);
    number.len() == 14
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && modulo_11(&number, 12, WEIGHTS[1..].iter().copied())
        && modulo_11(&number, 13, WEIGHTS.iter().copied())
}

/// Whether the character at `place` is the check digit, modulo 11, of those before it.
fn modulo_11(number: &str, place: usize, weights: impl Iterator<Item = u32>) -> bool {
    let digit = match weighted(&number[..place], weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    u32::from(number.as_bytes()[place]) == u32::from(b'0') + digit
}

/// The sum of the characters, counted from `0`, each with its weight.
fn weighted(text: &str, weights: impl Iterator<Item = u32>) -> u32 {
    let values = text
        .bytes()
        .map(|byte| u32::from(byte.saturating_sub(b'0')));
    values
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum()
}

fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '.' | '-' | '/' | ' '))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replaces the last character, so that a good number goes bad.
    fn broken(number: &str) -> String {
        let (head, last) = number.split_at(number.len() - 1);
        format!("{head}{}", if last == "0" { "1" } else { "0" })
    }

    #[test]
    fn good_numbers_pass_and_a_changed_digit_does_not() {
        type Check = fn(&str) -> bool;
        let cases: [(Check, &[&str]); 5] = [
            (is_routing, &["021000021", "011401533", "091000019"]),
            (is_clabe, &["032180000118359719", "002010077777777771"]),
            (
                is_iban,
                &["DE89370400440532013000", "GB82WEST12345698765432"],
            ),
            (is_cpf, &["529.982.247-25", "52998224725"]),
            (is_cnpj, &["11.222.333/0001-81", "12.ABC.345/01DE-35"]),
        ];
        for (is_right, numbers) in cases {
            for number in numbers {
                assert!(is_right(number), "{number}");
                assert!(!is_right(&broken(number)), "{number}");
            }
        }
    }

    #[test]
    fn anything_else_is_no_number_and_no_panic() {
        for text in ["", "x", "ééééééééééé", "ÄÖÜÄÖÜÄ", "....", "12345678901é"] {
            assert!(!is_cpf(text) && !is_cnpj(text) && !is_iban(text), "{text}");
        }
    }
}
