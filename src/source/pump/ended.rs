//! Why a driver stopped before the end.

use crate::source::{DatabaseFault, SourceError, SourceName};

/// Why a driver stopped before the end: the database, or the other end of the pump.
pub(in crate::source) enum Ended {
    Fault(DatabaseFault),
    Error(SourceError),
}

impl Ended {
    /// As an error of that source.
    pub(in crate::source) fn at(self, name: &SourceName) -> SourceError {
        match self {
            Self::Fault(fault) => SourceError::database(name, fault),
            Self::Error(error) => error,
        }
    }
}

impl From<DatabaseFault> for Ended {
    fn from(fault: DatabaseFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<SourceError> for Ended {
    fn from(error: SourceError) -> Self {
        Self::Error(error)
    }
}
