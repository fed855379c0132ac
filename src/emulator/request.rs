//! A request as it arrived, taken apart.

use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Uri};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::fault::Class;

/// Where Grid's API begins.
pub(crate) const BASE_PATH: &str = "/grid/2025-10-13";

/// A request whose body has been read.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Without the query, as sent.
    pub(crate) path: String,
    /// The parts of the path below [`BASE_PATH`], decoded; `None` for a path elsewhere.
    pub(crate) parts: Option<Vec<String>>,
    /// Decoded names and values, in the order sent.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) is_json: bool,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn new(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let query = uri.query().unwrap_or_default().as_bytes();
        Self {
            path: uri.path().to_owned(),
            parts: parts(uri.path()),
            query: url::form_urlencoded::parse(query).into_owned().collect(),
            authorization: text(headers, AUTHORIZATION.as_str()),
            idempotency_key: text(headers, "idempotency-key"),
            is_json: text(headers, CONTENT_TYPE.as_str()).is_some_and(|value| is_json(&value)),
            method,
            body,
        }
    }

    /// The last value of a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The parts of the path as strings to match on.
    pub(crate) fn route(&self) -> Option<Vec<&str>> {
        self.parts
            .as_ref()
            .map(|parts| parts.iter().map(String::as_str).collect())
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        if !self.is_json {
            return Err(Refusal::unreadable("Content-Type must be application/json"));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::unreadable("The body must be a JSON object")),
            Err(_) => Err(Refusal::unreadable("The body is not valid JSON")),
        }
    }

    pub(crate) fn class(&self) -> Class {
        let route = self.route().unwrap_or_default();
        match (&self.method, route.as_slice()) {
            (&Method::POST, ["customers"]) => Class::Create,
            (&Method::GET, ["customers"]) => self.list_class(),
            (&Method::GET, ["customers", id]) if is_id(id) => Class::Get,
            (&Method::PATCH, ["customers", id]) if is_id(id) => Class::Update,
            (&Method::DELETE, ["customers", id]) if is_id(id) => Class::Delete,
            (&Method::POST, ["customers", "external-accounts"]) => Class::AccountCreate,
            (&Method::GET, ["customers", "external-accounts"]) => Class::AccountList,
            (&Method::DELETE, ["customers", "external-accounts", _]) => Class::AccountDelete,
            (&Method::GET | &Method::HEAD, _) => Class::OtherRead,
            _ => Class::OtherWrite,
        }
    }

    fn list_class(&self) -> Class {
        if self.parameter("platformCustomerId").is_some() {
            Class::Lookup
        } else if self.parameter("cursor").is_some() {
            Class::NextPage
        } else {
            Class::FirstPage
        }
    }
}

/// Whether a part of the path stands for a customer, and not for another collection.
fn is_id(part: &str) -> bool {
    !matches!(
        part,
        "external-accounts" | "internal-accounts" | "kyc-link" | "bulk"
    )
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn parts(path: &str) -> Option<Vec<String>> {
    let below = path.strip_prefix(BASE_PATH)?.strip_prefix('/')?;
    below.split('/').map(decoded).collect()
}

/// Undoes percent-encoding; `None` if that gives no UTF-8.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = hex_pair(after).filter(|_| first == b'%');
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8(bytes).ok()
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(bytes.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_be_raw_or_encoded() {
        for path in [
            "/grid/2025-10-13/customers/Customer:7",
            "/grid/2025-10-13/customers/Customer%3A7",
        ] {
            assert_eq!(parts(path).expect(path), ["customers", "Customer:7"]);
        }
        assert_eq!(parts("/other/customers"), None);
    }
}
