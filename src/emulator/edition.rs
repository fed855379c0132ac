//! Which of the two published editions of the API is spoken.

/// The edition of the API. Both have the same URL; only the bodies and some paths differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edition {
    /// As published in October 2025: bank account inline, `GET /customers/kyc-link`.
    Y2025M10,
    /// As published in August 2026: external accounts, `POST /customers/{id}/kyc-link`.
    #[default]
    Y2026M08,
}
