//! Grid's error answers: `{status, code, message, details?}`.

use serde_json::{Value, json};

use super::edition::Edition;
use super::reply::Reply;

/// A request that is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
}

/// One bad field of a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    /// Dotted path, as `address.line1` or `beneficialOwners[0].fullName`.
    pub(crate) field: String,
    pub(crate) message: String,
    /// What would be accepted: `format`, `pattern`, `enum`, `minLength`, `maxLength`.
    pub(crate) constraint: Option<Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: None,
        }
    }

    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_INPUT", message)
    }

    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_REQUEST_FORMAT", message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "UNAUTHORIZED", "Invalid credentials")
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            403,
            "FORBIDDEN",
            "The token lacks the permission for this request",
        )
    }

    pub(crate) fn no_customer() -> Self {
        // The specification says USER_NOT_FOUND; this is what the server was seen to answer.
        Self::new(404, "CUSTOMER_NOT_FOUND", "Customer not found")
    }

    pub(crate) fn deleted_customer() -> Self {
        Self::new(410, "CUSTOMER_DELETED", "Customer has been deleted")
    }

    pub(crate) fn no_route() -> Self {
        Self::new(404, "REFERENCE_NOT_FOUND", "There is nothing at this path")
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(405, "METHOD_NOT_ALLOWED", "Method not allowed")
    }

    pub(crate) fn conflict() -> Self {
        Self::new(
            409,
            "CONFLICT",
            "An active customer with this platformCustomerId already exists",
        )
    }

    pub(crate) fn uma_taken() -> Self {
        Self::new(409, "UMA_ADDRESS_EXISTS", "UMA address already exists")
    }

    pub(crate) fn rate_limited() -> Self {
        Self::new(429, "RATE_LIMITED", "Too many requests")
    }

    pub(crate) fn daily_volume() -> Self {
        Self::new(
            429,
            "DAILY_VOLUME_LIMIT_EXCEEDED",
            "The volume for today is used up",
        )
    }

    pub(crate) fn internal() -> Self {
        Self::new(500, "INTERNAL_ERROR", "Internal server error")
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(503, "GRID_SWITCH_ERROR", "Service unavailable")
    }

    /// All bad fields of a body: a list in `2026-08`, free-form details in `2025-10`.
    pub(crate) fn bad_fields(edition: Edition, problems: &[Problem]) -> Self {
        let mut refusal = Self::invalid_input("The request body is invalid");
        refusal.details = Some(match edition {
            Edition::Y2026M08 => {
                json!({ "errors": problems.iter().map(listed).collect::<Vec<_>>() })
            }
            Edition::Y2025M10 => problems
                .iter()
                .map(|problem| (problem.field.clone(), json!(problem.message)))
                .collect(),
        });
        refusal
    }
}

fn listed(problem: &Problem) -> Value {
    let mut entry = json!({ "field": problem.field, "message": problem.message });
    if let Some(constraint) = &problem.constraint {
        entry["constraint"] = constraint.clone();
    }
    entry
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let mut body =
            json!({ "status": refusal.status, "code": refusal.code, "message": refusal.message });
        if let Some(details) = refusal.details {
            body["details"] = details;
        }
        Self::value(refusal.status, &body)
    }
}
