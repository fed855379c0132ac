//! What can go wrong on request: the faults, how they are written, and when each one strikes.
//!
//! A fault is written `[SCOPE/]NAME[=CHANCE|=#COUNT][@FROM[-[TO]]][:DURATION]`:
//!
//! | written | strikes |
//! |---|---|
//! | `drop-after-commit` | every request that the fault is for |
//! | `drop-after-commit=0.2` | one in five of them, by the dice of the seed |
//! | `drop-after-commit=#3` | the first three of them |
//! | `drop-after-commit@5` | the fifth of them |
//! | `outage@5-20`, `auth-revoked@6-` | the fifth to the twentieth; the sixth and all after it |
//! | `late-commit:2s` | every one, with two seconds in place of the fault's own duration |
//! | `create/error-503=#3` | the first three creates, where the fault alone would take any request |

mod dice;
#[expect(
    clippy::module_inception,
    reason = "the module is named after its one subject"
)]
mod fault;
mod kind;
mod mischief;
mod parse;
mod plot;
mod scope;

pub(crate) use dice::Dice;
pub use fault::Fault;
pub use kind::FaultInfo;
pub(crate) use kind::Kind;
pub(crate) use mischief::Mischief;
pub use parse::FaultError;
pub(crate) use plot::Plot;
pub(crate) use scope::Class;
