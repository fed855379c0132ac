//! Types that hold what must never be printed.
//!
//! Neither type implements `Display` or `Serialize`, and `Debug` writes a placeholder, so a log
//! line or an error text cannot carry the content by accident: reading it takes a call by name.

use std::fmt;

/// A value out of a user's row, or out of a customer that Grid answered.
///
/// It cannot be shown:
///
/// ```compile_fail,E0277
/// println!("{}", gridsync::model::Personal::new("Ada Vey"));
/// ```
///
/// nor told by a log line:
///
/// ```compile_fail,E0277
/// tracing::info!(name = %gridsync::model::Personal::new("Ada Vey"));
/// ```
///
/// nor stored:
///
/// ```compile_fail,E0277
/// serde_json::to_string(&gridsync::model::Personal::new("Ada Vey"));
/// ```
///
/// nor joined to a text unseen:
///
/// ```compile_fail,E0308
/// let told = String::from("hello ") + gridsync::model::Personal::new("Ada Vey");
/// ```
///
/// Its `Debug` has a placeholder:
///
/// ```
/// let name = gridsync::model::Personal::new("Ada Vey");
/// assert_eq!(format!("{name:?}"), "[personal]");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Hides the value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the few places that compare or send it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

/// A credential. It cannot be shown:
///
/// ```compile_fail,E0277
/// println!("{}", gridsync::model::Secret::new("s3cret"));
/// ```
///
/// nor told by a log line:
///
/// ```compile_fail,E0277
/// tracing::info!(secret = %gridsync::model::Secret::new("s3cret"));
/// ```
///
/// nor stored:
///
/// ```compile_fail,E0277
/// serde_json::to_string(&gridsync::model::Secret::new("s3cret"));
/// ```
///
/// Its `Debug` has a placeholder:
///
/// ```
/// let secret = gridsync::model::Secret::new("s3cret");
/// assert_eq!(format!("{secret:?}"), "[secret]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
