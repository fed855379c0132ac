//! What is left for others who send with the same token.

/// A part of a limit that is not used: a share of it, or so many requests per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reserve {
    /// 0 is none; below 1.
    Share(f64),
    /// Requests per second.
    Rate(f64),
}

impl Reserve {
    /// Nothing is left.
    pub const NONE: Self = Self::Share(0.0);

    /// What may be used of a limit, in requests per second; zero or less where all of it is reserved.
    pub(super) fn left_of(self, limit: f64) -> f64 {
        match self {
            Self::Share(share) => limit * (1.0 - share),
            Self::Rate(rate) => limit - rate,
        }
    }
}
