//! Dice that fall the same way each time: a number is made from the seed, the stream and the throw,
//! so that one fault's dice do not depend on how often another fault was asked.

/// The dice of one emulator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice {
    seed: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A fraction in `0.0..1.0` for the `throw`-th throw of a stream.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub(crate) fn fraction(self, stream: u64, throw: u64) -> f64 {
        let bits = self.number(stream, throw) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }

    /// A number for the `throw`-th throw of a stream.
    pub(crate) fn number(self, stream: u64, throw: u64) -> u64 {
        mix(mix(mix(self.seed).wrapping_add(stream)).wrapping_add(throw))
    }
}

/// The finaliser of splitmix64: every bit of the input moves every bit of the output.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way_and_another_does_not() {
        let throws = |seed| {
            (0..50)
                .map(|throw| Dice::new(seed).number(1, throw))
                .collect::<Vec<_>>()
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
    }

    #[test]
    fn fractions_are_spread_evenly() {
        let low = (0..10_000)
            .filter(|&throw| Dice::new(1).fraction(3, throw) < 0.2)
            .count();
        assert!((1_800..2_200).contains(&low), "{low} of 10,000 below 0.2");
    }
}
