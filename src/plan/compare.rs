//! One user against one customer, field by field, without a single value.
//!
//! Three sets of hashes tell three questions apart: what we last *sent*, what Grid *answered* to
//! it, and what Grid shows now (*actual*). A value that Grid writes in its own way differs between
//! sent and answered, and is no drift; a later difference between answered and actual is.

use serde::{Deserialize, Serialize};

use super::fingerprint::FieldHashes;
use crate::model::field::{Returned, Slot};

/// Why a field is said to drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftCause {
    /// The user's value is another than the one we last sent.
    UserChanged,
    /// The customer's value is another than the one Grid answered to us.
    GridChanged,
    /// Both of the above.
    BothChanged,
    /// The values differ, and we never sent this field: first contact.
    NeverSent,
}

/// One field in which a user and its customer differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Grid's path of the field.
    pub field: String,
    /// Who moved.
    pub cause: DriftCause,
}

/// What the mirror knows of one customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorHashes {
    /// What we last sent; `None` before first contact.
    pub sent: Option<FieldHashes>,
    /// What Grid answered to that.
    pub answered: FieldHashes,
    /// What Grid shows now.
    pub actual: FieldHashes,
}

impl MirrorHashes {
    /// After Grid listed the customer again. What it leaves out is as it was; what it shows for
    /// the first time was not there to be answered, so it is no change; and a customer that we
    /// never sent anything to has no answer to hold it against.
    #[must_use]
    pub fn relisted(self, shown: &FieldHashes) -> Self {
        let actual = self.actual.merged(shown);
        let answered = match self.sent {
            None => actual.clone(),
            Some(_) => shown.clone().merged(&self.answered),
        };
        Self {
            sent: self.sent,
            answered,
            actual,
        }
    }
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Every field that differs, ascending.
    pub drift: Vec<(Slot, DriftCause)>,
}

impl Compared {
    /// The differences by name, for plans and people.
    pub fn named(&self) -> Vec<Drift> {
        let named = |(slot, cause): &(Slot, DriftCause)| Drift {
            field: slot.path().into(),
            cause: *cause,
        };
        self.drift.iter().map(named).collect()
    }
}

impl Compared {
    /// What differs in the bank account, and what differs besides.
    #[must_use]
    pub fn split_account(self) -> (Self, Self) {
        let (account, rest) = self
            .drift
            .into_iter()
            .partition(|(slot, _)| slot.field().is_account());
        (Self { drift: account }, Self { drift: rest })
    }
}

/// Compares the fields that the user has or that we sent before, as far as `mapped` has them: a
/// field that is no longer mapped is none of our business.
pub fn compare(source: &FieldHashes, mapped: &[Slot], mirror: &MirrorHashes) -> Compared {
    let drift = mapped
        .iter()
        .filter_map(|&slot| Some((slot, field_drift(slot, source.get(slot), mirror)?)))
        .collect();
    Compared { drift }
}

/// The part of the source's hashes that may be recorded as sent when a customer is adopted: all
/// but what differs, so that a difference stays visible for as long as it lasts, and all but the
/// bank account, of which a customer shows nothing.
pub fn adoptable(source: &FieldHashes, compared: &Compared) -> FieldHashes {
    source
        .without_account()
        .retain(|slot| compared.drift.iter().all(|(drifted, _)| *drifted != slot))
}

fn field_drift(slot: Slot, source: Option<u64>, mirror: &MirrorHashes) -> Option<DriftCause> {
    let sent = mirror.sent.as_ref().and_then(|sent| sent.get(slot));
    match slot.field().returned {
        Returned::Compared => shown_drift(slot, source, sent, mirror),
        _ => unseen_drift(source, sent, mirror.sent.is_some()),
    }
}

/// For a field that Grid shows.
fn shown_drift(
    slot: Slot,
    source: Option<u64>,
    sent: Option<u64>,
    mirror: &MirrorHashes,
) -> Option<DriftCause> {
    let actual = mirror.actual.get(slot);
    if source == actual {
        return None;
    }
    let Some(sent) = sent else {
        // Grid fills what nobody sent (a UMA address); and a list may leave a field out.
        let differs = source.is_some() && (actual.is_some() || !slot.field().may_be_left_out());
        return differs.then_some(DriftCause::NeverSent);
    };
    let user = source != Some(sent);
    let grid = matches!((mirror.answered.get(slot), actual), (Some(was), Some(is)) if was != is);
    match (user, grid) {
        (true, true) => Some(DriftCause::BothChanged),
        (true, false) => Some(DriftCause::UserChanged),
        (false, true) => Some(DriftCause::GridChanged),
        (false, false) => None,
    }
}

/// For a field that Grid never shows: only what we sent can be compared.
fn unseen_drift(source: Option<u64>, sent: Option<u64>, contacted: bool) -> Option<DriftCause> {
    match sent {
        _ if source == sent => None,
        Some(_) => Some(DriftCause::UserChanged),
        None => contacted.then_some(DriftCause::NeverSent),
    }
}

#[cfg(test)]
mod tests;
