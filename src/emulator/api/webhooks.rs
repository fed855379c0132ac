//! The test of webhooks. Nothing is delivered: the answer is what a delivery to a good endpoint would give.

use serde_json::json;

use crate::emulator::reply::Reply;

/// Where webhooks would go.
pub(super) const ENDPOINT: &str = "https://platform.example/webhooks/grid";

pub(super) fn test() -> Reply {
    Reply::value(
        200,
        &json!({ "url": ENDPOINT, "response_status": 200, "response_body": "OK" }),
    )
}
