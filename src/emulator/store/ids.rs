//! Ids and UMA addresses of customers. Those that the emulator makes begin with `e3010000`, so that nobody takes them for Grid's,
//! and do not tell the order in which they were made.

use crate::emulator::fault::Dice;

const PREFIX: &str = "e3010000";
const UMA_PREFIX: &str = "e3";
const MASK: u64 = (1 << 48) - 1;
/// Odd, so that multiplying by it modulo 2^48 can be undone.
const FACTOR: u64 = 0x9e37_79b9_7f4b;
const INVERSE: u64 = inverse(FACTOR);

/// Makes the ids of one emulator, all different.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    /// From the seed: two emulators with different seeds make different ids.
    middle: String,
    uma_domain: String,
}

impl Ids {
    pub(crate) fn new(seed: u64, uma_domain: &str) -> Self {
        let bits = Dice::new(seed).number(u64::MAX, 0);
        let middle = format!(
            "{:04x}-4{:03x}-8{:03x}",
            bits & 0xffff,
            (bits >> 16) & 0xfff,
            (bits >> 28) & 0xfff
        );
        Self {
            middle,
            uma_domain: uma_domain.to_owned(),
        }
    }

    /// The `number`-th UUID. Numbers go up to 2^48.
    pub(crate) fn uuid(&self, number: u64) -> String {
        format!("{PREFIX}-{}-{:012x}", self.middle, scrambled(number))
    }

    /// The UMA address of the `number`-th customer, if it brings none.
    pub(crate) fn uma(&self, number: u64) -> String {
        format!(
            "${UMA_PREFIX}{:012x}@{}",
            scrambled(number),
            self.uma_domain
        )
    }

    /// The number that a UMA address of this emulator was made from.
    pub(crate) fn uma_number(&self, uma: &str) -> Option<u64> {
        let (user, _) = uma.split_once('@')?;
        let tail = user.strip_prefix('$')?.strip_prefix(UMA_PREFIX)?;
        let number = unscrambled(u64::from_str_radix(tail, 16).ok()?);
        (self.uma(number) == uma).then_some(number)
    }

    /// The number that a UUID of this emulator was made from.
    pub(crate) fn number(&self, uuid: &str) -> Option<u64> {
        let rest = uuid.strip_prefix(PREFIX)?.strip_prefix('-')?;
        let tail = rest.strip_prefix(self.middle.as_str())?.strip_prefix('-')?;
        let number = unscrambled(u64::from_str_radix(tail, 16).ok()?);
        (self.uuid(number) == uuid).then_some(number)
    }
}

fn scrambled(number: u64) -> u64 {
    number.wrapping_mul(FACTOR) & MASK
}

fn unscrambled(number: u64) -> u64 {
    number.wrapping_mul(INVERSE) & MASK
}

/// The number that undoes a multiplication by an odd `factor`, by Newton's method: each round doubles the good bits.
const fn inverse(factor: u64) -> u64 {
    let mut inverse = factor;
    let mut round = 0;
    while round < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(factor.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_numbers() {
        let ids = Ids::new(7, "e.example");
        for number in [0, 1, 2, 999_999, 1 << 40] {
            let uuid = ids.uuid(number);
            assert_eq!(uuid.len(), 36, "{uuid}");
            assert!(uuid.starts_with("e3010000-"), "{uuid}");
            assert_eq!(ids.number(&uuid), Some(number));
            assert_eq!(ids.uma_number(&ids.uma(number)), Some(number));
        }
        assert_eq!(ids.number("019542f5-b3e7-1d02-0000-000000000001"), None);
        assert_eq!(Ids::new(8, "e.example").number(&ids.uuid(1)), None);
    }
}
