//! The table of faults: name, whom it is for, its duration, what it does.

use super::scope::Scope;

/// Every fault. The variants stand in the order of [`TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    DropBeforeCommit,
    DropAfterCommit,
    Timeout,
    StallAfterCommit,
    LateCommit,
    StallLateCommit,
    Outage,
    Error500Before,
    Error500AfterCommit,
    Error502AfterCommit,
    Error503AfterCommit,
    Error502Html,
    Error503,
    Error503RetryAfter,
    Error429,
    Error429Seconds,
    Error429Date,
    DailyVolume,
    AuthRevoked,
    Forbidden,
    UnauthorizedHtml,
    MethodHtml,
    ErrorReason,
    Html200,
    Dribble,
    CutBody,
    TruncatedJson,
    MalformedJson,
    WrongContentType,
    WrongCustomer,
    DuplicatesAllowed,
    EmailMx,
    Patch202,
    DeleteUnstamped,
    DeletedGet404,
    DeletedGet410,
    LateIndex,
    TwinUnlisted,
    PageRepeated,
    PageShifted,
    PageSkipped,
    CursorStuck,
    CursorMissing,
    CursorExpired,
    TotalCountOff,
    TotalCountLow,
    TotalCountAbsent,
    MissingFields,
    LookupFuzzy,
    Lookup429,
    Lookup500,
    ClockOffset,
}

/// One row of the table of faults, for help texts.
#[derive(Debug, Clone, Copy)]
pub struct FaultInfo {
    /// The name to ask for it by.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    /// Milliseconds when no duration is written; `None` where a duration has no meaning.
    pub(crate) millis: Option<i64>,
}

const fn row(kind: Kind, name: &'static str, scope: Scope, about: &'static str) -> FaultInfo {
    FaultInfo {
        name,
        about,
        kind,
        scope,
        millis: None,
    }
}

const fn timed(
    kind: Kind,
    name: &'static str,
    scope: Scope,
    millis: i64,
    about: &'static str,
) -> FaultInfo {
    FaultInfo {
        name,
        about,
        kind,
        scope,
        millis: Some(millis),
    }
}

/// Every fault, in the order of [`Kind`].
#[rustfmt::skip]
pub(crate) const TABLE: [FaultInfo; 52] = [
    row(Kind::DropBeforeCommit, "drop-before-commit", Scope::Write, "the connection is closed before the write takes effect"),
    row(Kind::DropAfterCommit, "drop-after-commit", Scope::Write, "the write takes effect, then the connection is closed without an answer"),
    row(Kind::Timeout, "timeout", Scope::Any, "no answer ever, and no effect"),
    row(Kind::StallAfterCommit, "stall-after-commit", Scope::Write, "the write takes effect, and no answer ever comes"),
    timed(Kind::LateCommit, "late-commit", Scope::Write, 500, "the connection is closed at once; the write takes effect later (500ms)"),
    timed(Kind::StallLateCommit, "stall-late-commit", Scope::Write, 500, "no answer ever comes; the write takes effect later (500ms)"),
    timed(Kind::Outage, "outage", Scope::Any, 0, "the connection is closed; with a duration, all requests of that time share the fate"),
    row(Kind::Error500Before, "error-500-before", Scope::Any, "500 INTERNAL_ERROR without effect"),
    row(Kind::Error500AfterCommit, "error-500-after-commit", Scope::Write, "the write takes effect, the answer is 500"),
    row(Kind::Error502AfterCommit, "error-502-after-commit", Scope::Write, "the write takes effect, the answer is 502 with a gateway's HTML page"),
    row(Kind::Error503AfterCommit, "error-503-after-commit", Scope::Write, "the write takes effect, the answer is 503 without Retry-After"),
    row(Kind::Error502Html, "error-502-html", Scope::Any, "502 with a gateway's HTML page, without effect"),
    row(Kind::Error503, "error-503", Scope::Any, "503 without Retry-After, without effect"),
    timed(Kind::Error503RetryAfter, "error-503-retry-after", Scope::Any, 1_000, "503 with Retry-After in whole seconds (1s)"),
    row(Kind::Error429, "error-429", Scope::Any, "429 RATE_LIMITED without Retry-After"),
    timed(Kind::Error429Seconds, "error-429-seconds", Scope::Any, 1_000, "429 RATE_LIMITED with Retry-After in whole seconds (1s)"),
    timed(Kind::Error429Date, "error-429-date", Scope::Any, 1_000, "429 RATE_LIMITED with Retry-After as an HTTP date (1s from now)"),
    row(Kind::DailyVolume, "daily-volume", Scope::Any, "429 DAILY_VOLUME_LIMIT_EXCEEDED, which a pause does not cure"),
    row(Kind::AuthRevoked, "auth-revoked", Scope::Any, "401 UNAUTHORIZED; auth-revoked@6- lets five requests through"),
    row(Kind::Forbidden, "forbidden", Scope::Any, "403 FORBIDDEN"),
    row(Kind::UnauthorizedHtml, "unauthorized-html", Scope::Any, "an answer 401 comes as an HTML page"),
    row(Kind::MethodHtml, "method-html", Scope::Any, "an answer 405 comes as an HTML page"),
    row(Kind::ErrorReason, "error-reason", Scope::Any, "error bodies are {code, reason}, without status and message"),
    row(Kind::Html200, "html-200", Scope::Any, "200 with the HTML page of a proxy, without effect"),
    timed(Kind::Dribble, "dribble", Scope::Any, 20, "the body comes in sixteen pieces, each after a pause (20ms)"),
    row(Kind::CutBody, "cut-body", Scope::Any, "the connection is closed in the middle of the body"),
    row(Kind::TruncatedJson, "truncated-json", Scope::Any, "the body ends in the middle of the JSON, though the HTTP message is whole"),
    row(Kind::MalformedJson, "malformed-json", Scope::Any, "the body is not JSON, though it says so"),
    row(Kind::WrongContentType, "wrong-content-type", Scope::Any, "the body is right, its Content-Type says text/plain"),
    row(Kind::WrongCustomer, "wrong-customer", Scope::Create, "the create takes effect, the 201 shows another customer"),
    row(Kind::DuplicatesAllowed, "duplicates-allowed", Scope::Create, "no 409 CONFLICT for a platformCustomerId that is in use, as before 2026-05-26"),
    row(Kind::EmailMx, "email-mx", Scope::Create, "400 for an e-mail whose domain cannot receive mail (example.com, .example, .test, .invalid)"),
    row(Kind::Patch202, "patch-202", Scope::Update, "202: a change of e-mail or phone waits for the customer's signature"),
    row(Kind::DeleteUnstamped, "delete-unstamped", Scope::Delete, "a delete leaves updatedAt as it was"),
    row(Kind::DeletedGet404, "deleted-get-404", Scope::Get, "404 for a deleted customer, in place of 200 with isDeleted"),
    row(Kind::DeletedGet410, "deleted-get-410", Scope::Get, "410 for a deleted customer, in place of 200 with isDeleted"),
    timed(Kind::LateIndex, "late-index", Scope::Create, 500, "a new customer is found by lists and lookups only later (500ms)"),
    row(Kind::TwinUnlisted, "twin-unlisted", Scope::List, "of active customers with one platformCustomerId only the first is listed and counted; lookups find all"),
    row(Kind::PageRepeated, "page-repeated", Scope::List, "the next page shows the same customers again"),
    row(Kind::PageShifted, "page-shifted", Scope::List, "the next page begins with the last customer of this one"),
    row(Kind::PageSkipped, "page-skipped", Scope::List, "the next page begins one customer too late"),
    row(Kind::CursorStuck, "cursor-stuck", Scope::Page, "nextCursor is the cursor that was sent"),
    row(Kind::CursorMissing, "cursor-missing", Scope::List, "hasMore is true, and nextCursor is absent"),
    row(Kind::CursorExpired, "cursor-expired", Scope::Page, "400 INVALID_INPUT for a cursor that was good"),
    row(Kind::TotalCountOff, "total-count-off", Scope::List, "totalCount is one too high"),
    row(Kind::TotalCountLow, "total-count-low", Scope::List, "totalCount is one too low"),
    row(Kind::TotalCountAbsent, "total-count-absent", Scope::List, "totalCount is absent"),
    row(Kind::MissingFields, "missing-fields", Scope::List, "customers come without umaAddress, nationality, email and phoneNumber"),
    row(Kind::LookupFuzzy, "lookup-fuzzy", Scope::Lookup, "the platformCustomerId filter matches beginnings, in either case"),
    row(Kind::Lookup429, "lookup-429", Scope::Lookup, "429 for a list filtered by platformCustomerId"),
    row(Kind::Lookup500, "lookup-500", Scope::Lookup, "500 for a list filtered by platformCustomerId"),
    timed(Kind::ClockOffset, "clock-offset", Scope::Any, 3_600_000, "Grid's clock is ahead (1h), or behind with a negative duration"),
];

impl Kind {
    pub(crate) fn info(self) -> &'static FaultInfo {
        static ROWS: [FaultInfo; 52] = TABLE;
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_kinds() {
        for (at, info) in TABLE.iter().enumerate() {
            assert_eq!(info.kind as usize, at, "{}", info.name);
            assert_eq!(info.kind.info().name, info.name);
        }
    }

    #[test]
    fn names_are_different_and_every_fault_is_explained() {
        for (at, info) in TABLE.iter().enumerate() {
            assert!(!info.about.is_empty());
            assert!(
                TABLE[..at].iter().all(|other| other.name != info.name),
                "{}",
                info.name
            );
        }
    }
}
