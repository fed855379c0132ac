//! Which requests a fault is for.

/// What kind of request arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// `POST /customers`.
    Create,
    /// `PATCH /customers/{id}`.
    Update,
    /// `DELETE /customers/{id}`.
    Delete,
    /// `GET /customers/{id}`.
    Get,
    /// `GET /customers` without a `platformCustomerId`: the first page.
    FirstPage,
    /// The same with a cursor.
    NextPage,
    /// `GET /customers` with a `platformCustomerId`.
    Lookup,
    /// `POST /customers/external-accounts`.
    AccountCreate,
    /// `DELETE /customers/external-accounts/{id}`.
    AccountDelete,
    /// `GET /customers/external-accounts`.
    AccountList,
    /// Anything else that reads.
    OtherRead,
    /// Anything else that writes.
    OtherWrite,
}

/// A set of classes, as it is written before a fault's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Any,
    Read,
    Write,
    Create,
    Update,
    Delete,
    Get,
    List,
    Page,
    Lookup,
    Account,
    AccountList,
}

impl Scope {
    pub(crate) const ALL: [(Self, &'static str); 12] = [
        (Self::Any, "any"),
        (Self::Read, "read"),
        (Self::Write, "write"),
        (Self::Create, "create"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Get, "get"),
        (Self::List, "list"),
        (Self::Page, "page"),
        (Self::Lookup, "lookup"),
        (Self::Account, "account"),
        (Self::AccountList, "account-list"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(scope, _)| *scope == self);
        entry.expect("ALL lists every scope").1
    }

    pub(crate) fn covers(self, class: Class) -> bool {
        match self {
            Self::Any => true,
            Self::Read => !class.writes(),
            Self::Write => class.writes(),
            Self::Create => class == Class::Create,
            Self::Update => class == Class::Update,
            Self::Delete => class == Class::Delete,
            Self::Get => class == Class::Get,
            Self::List => matches!(class, Class::FirstPage | Class::NextPage),
            Self::Page => class == Class::NextPage,
            Self::Lookup => class == Class::Lookup,
            Self::Account => matches!(class, Class::AccountCreate | Class::AccountDelete),
            Self::AccountList => class == Class::AccountList,
        }
    }
}

impl Class {
    /// Whether a request of this class may change the world.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::Update
                | Self::Delete
                | Self::AccountCreate
                | Self::AccountDelete
                | Self::OtherWrite
        )
    }
}
