//! An answer before it is put on the wire.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// What is answered, and whether the world was changed on the way.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) committed: bool,
}

/// How a request ends.
#[derive(Debug)]
pub(crate) enum Ending {
    /// With an answer.
    Answer(Reply, Delivery),
    /// The connection is closed without one.
    Drop,
    /// Never; the connection stays open.
    Stall,
}

/// How the body of an answer is put on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// In pieces, with a pause before each.
    Dribble(Duration),
    /// Half of it; then the connection is closed.
    Cut,
}

pub(crate) const JSON: &str = "application/json";

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: JSON,
            body: body.into(),
            headers: Vec::new(),
            committed: false,
        }
    }

    pub(crate) fn value(status: u16, body: &Value) -> Self {
        Self::json(status, body.to_string())
    }

    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{status} {title}</title></head>\
             <body><center><h1>{status} {title}</h1></center><hr></body></html>\n"
        );
        Self {
            content_type: "text/html; charset=utf-8",
            ..Self::json(status, page)
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::json(status, Bytes::new())
    }

    /// The same answer, to a request that changed the world.
    pub(crate) fn committed(self) -> Self {
        Self {
            committed: true,
            ..self
        }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}
