//! What can go wrong on request: the faults, how they are written, and when each one strikes.

mod dice;
mod kind;
mod mischief;
mod parse;
mod plot;
mod scope;
mod spec;

pub(crate) use dice::Dice;
pub use kind::FaultInfo;
pub(crate) use kind::Kind;
pub(crate) use mischief::Mischief;
pub use parse::FaultError;
pub(crate) use plot::Plot;
pub(crate) use scope::Class;
pub use spec::Fault;
