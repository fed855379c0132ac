//! The one place that says what an answer, or the lack of one, means for the work.

use std::time::Duration;

use super::refusal::Form;

/// What a failed request means for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It never reached Grid: no connection was made. Nothing happened there.
    NotSent,
    /// Grid asked for patience and did nothing. The throttle has been slowed already.
    RateLimited {
        /// How long Grid asked to be left alone, if it said.
        retry_after: Option<Duration>,
    },
    /// A quota of the account is used up, and nothing was done. Patience of moments does not help: stop
    /// the run.
    UsedUp,
    /// The credentials are wrong or lack a permission. Stop the run.
    Auth,
    /// A customer with that key is active already, or so it seems: look it up, then decide. The same of a
    /// bank account; and of the delete of one, that it has to stay.
    Conflict,
    /// Another customer has that UMA address.
    UmaExists,
    /// No such customer, or deleted before. For a delete, an outcome as good as success.
    Gone,
    /// Grid understood and said no, or can never say yes. The same request fails again.
    Refused,
    /// Nobody knows whether it took effect. A write is settled by looking, never by sending again.
    Unknown,
}

impl Class {
    /// Whether every other request would fare the same: nothing more should leave.
    pub const fn ends_the_run(self) -> bool {
        matches!(self, Self::Auth | Self::UsedUp)
    }

    /// Whether the same read may succeed a little later.
    pub const fn is_transient(self) -> bool {
        match self {
            Self::NotSent | Self::RateLimited { .. } | Self::Unknown => true,
            Self::UsedUp
            | Self::Auth
            | Self::Conflict
            | Self::UmaExists
            | Self::Gone
            | Self::Refused => false,
        }
    }
}

/// What is known of an answer that is not 2xx.
#[derive(Clone, Copy)]
pub(super) struct Verdict<'a> {
    pub(super) status: u16,
    pub(super) code: Option<&'a str>,
    pub(super) form: Form,
    pub(super) retry_after: Option<Duration>,
}

/// The table of answers: the status decides, the code only where one status means two things.
/// Codes are an open set, so an unknown one never decides anything.
pub(super) fn of_answer(verdict: Verdict<'_>) -> Class {
    match (verdict.status, verdict.code) {
        (401 | 403, _) => Class::Auth,
        // A gateway's words, or a wrong base URL: they say nothing of a customer.
        (404, _) if verdict.form.is_foreign() => Class::Unknown,
        (404 | 410, _) => Class::Gone,
        (409, Some("UMA_ADDRESS_EXISTS")) => Class::UmaExists,
        (409, _) => Class::Conflict,
        // A quota for the day: it says nothing of this customer, and tomorrow is another day.
        (429, Some("DAILY_VOLUME_LIMIT_EXCEEDED")) => Class::UsedUp,
        (429, _) => Class::RateLimited {
            retry_after: verdict.retry_after,
        },
        // "Not implemented" is a fact about the server, not a moment of weakness.
        (501, _) => Class::Refused,
        // Timed out, failed dependency, too early, server error: it gave up in the middle.
        (408 | 424 | 425 | 500.., _) => Class::Unknown,
        // Redirects are never followed, and every other 4xx is final.
        (_, _) => Class::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(status: u16, code: &str) -> Class {
        let code = (!code.is_empty()).then_some(code);
        of_answer(Verdict {
            status,
            code,
            form: Form::Json,
            retry_after: None,
        })
    }

    #[test]
    fn every_status_has_one_meaning() {
        let limited = Class::RateLimited { retry_after: None };
        let table = [
            (301, "", Class::Refused),
            (307, "", Class::Refused),
            (400, "INVALID_INPUT", Class::Refused),
            (401, "UNAUTHORIZED", Class::Auth),
            (403, "", Class::Auth),
            (404, "USER_NOT_FOUND", Class::Gone),
            (404, "CUSTOMER_NOT_FOUND", Class::Gone),
            (404, "", Class::Gone),
            (405, "METHOD_NOT_ALLOWED", Class::Refused),
            (408, "", Class::Unknown),
            (409, "CONFLICT", Class::Conflict),
            (409, "UMA_ADDRESS_EXISTS", Class::UmaExists),
            (409, "SOMETHING_NEW", Class::Conflict),
            (409, "BENEFICIARY_TRUSTED", Class::Conflict),
            (409, "", Class::Conflict),
            (410, "CUSTOMER_DELETED", Class::Gone),
            (424, "", Class::Unknown),
            (425, "", Class::Unknown),
            (429, "RATE_LIMITED", limited),
            (429, "", limited),
            (429, "DAILY_VOLUME_LIMIT_EXCEEDED", Class::UsedUp),
            (500, "INTERNAL_ERROR", Class::Unknown),
            (501, "NOT_IMPLEMENTED", Class::Refused),
            (502, "", Class::Unknown),
            (503, "", Class::Unknown),
            (599, "", Class::Unknown),
        ];
        for (status, code, expected) in table {
            assert_eq!(class(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn a_web_page_that_says_404_does_not_speak_for_grid() {
        let verdict = Verdict {
            status: 404,
            code: None,
            form: Form::WebPage,
            retry_after: None,
        };
        assert_eq!(of_answer(verdict), Class::Unknown);
        let text = Verdict {
            form: Form::Other,
            ..verdict
        };
        assert_eq!(of_answer(text), Class::Unknown);
        let empty = Verdict {
            form: Form::Empty,
            ..verdict
        };
        assert_eq!(of_answer(empty), Class::Gone);
        assert_eq!(
            of_answer(Verdict {
                status: 410,
                ..verdict
            }),
            Class::Gone
        );
        assert_eq!(
            of_answer(Verdict {
                status: 401,
                ..verdict
            }),
            Class::Auth
        );
    }

    #[test]
    fn transient_is_what_may_pass() {
        assert!(class(503, "").is_transient());
        assert!(class(429, "").is_transient());
        assert!(Class::NotSent.is_transient());
        assert!(!class(400, "").is_transient());
        assert!(!class(401, "").is_transient());
        assert!(!class(429, "DAILY_VOLUME_LIMIT_EXCEEDED").is_transient());
    }
}
