//! A client of a few lines: one connection to a request, nothing retried, nothing hidden.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::emulator::{Edition, Emulator, Settings};

/// An emulator and a way to talk to it.
pub(super) struct Peer {
    pub(super) emulator: Emulator,
    authorization: String,
}

/// An answer that came whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HashMap<String, String>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    pub(super) fn code(&self) -> String {
        self.json()["code"]
            .as_str()
            .expect("an error has a code")
            .to_owned()
    }

    /// The fields that a 400 of `2026-08` names.
    pub(super) fn bad_fields(&self) -> Vec<String> {
        let errors = self.json()["details"]["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().expect("a field").to_owned())
            .collect()
    }
}

/// A peer of an emulator with these settings changed from the default.
pub(super) fn peer(change: impl FnOnce(&mut Settings)) -> Peer {
    let mut settings = Settings::default();
    change(&mut settings);
    let emulator = Emulator::start(settings, Vec::new()).expect("a free port");
    // dXNlcjpzZWNyZXQ= is user:secret.
    Peer {
        emulator,
        authorization: "Basic dXNlcjpzZWNyZXQ=".to_owned(),
    }
}

/// A peer of an emulator with these faults.
pub(super) fn faulty(faults: &[&str]) -> Peer {
    peer(|settings| {
        settings.faults = faults
            .iter()
            .map(|text| text.parse().expect(text))
            .collect();
    })
}

pub(super) fn old_edition() -> Peer {
    peer(|settings| settings.edition = Edition::Y2025M10)
}

/// The body of a create that is good in both editions.
pub(super) fn jane(key: &str) -> Value {
    json!({
        "platformCustomerId": key,
        "customerType": "INDIVIDUAL",
        "fullName": "Jane Doe",
        "birthDate": "1990-01-31",
        "nationality": "US",
        "address": { "line1": "1 Main Street", "postalCode": "98101", "country": "US" },
    })
}

/// The same of a business.
pub(super) fn acme(key: &str) -> Value {
    json!({
        "platformCustomerId": key,
        "customerType": "BUSINESS",
        "businessInfo": {
            "legalName": "Acme Ltd",
            "country": "US",
            "taxId": "12-3456789",
            "incorporatedOn": "2001-02-03",
        },
    })
}

impl Peer {
    pub(super) fn with_authorization(mut self, header: &str) -> Self {
        header.clone_into(&mut self.authorization);
        self
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.try_send("GET", path, None, "").expect("an answer")
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).expect("an answer")
    }

    pub(super) fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.try_send("POST", path, Some(&body.to_string()), "")
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.try_send("PATCH", path, Some(&body.to_string()), "")
            .expect("an answer")
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.try_send("DELETE", path, None, "").expect("an answer")
    }

    /// Makes a customer and gives its id.
    pub(super) fn create(&self, body: &Value) -> String {
        let answer = self.post("/customers", body);
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Makes `count` customers with the keys `user-0` and so on.
    pub(super) fn create_many(&self, count: usize) {
        for n in 0..count {
            self.create(&jane(&format!("user-{n}")));
        }
    }

    /// One request; `None` if no whole answer came before the connection was closed, or none within a second.
    pub(super) fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &str,
    ) -> Option<Answer> {
        let mut stream = self.open(method, path, body, headers);
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes);
        ended.ok().and_then(|_| answer(&bytes))
    }

    /// Sends a request and leaves the answer to be read.
    pub(super) fn open(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &str,
    ) -> TcpStream {
        let (_, rest) = self.emulator.base_url().split_once("//").expect("a URL");
        let (host, base) = rest.split_once('/').expect("a base path");
        let body = body.unwrap_or_default();
        let kind = if body.is_empty() {
            ""
        } else {
            "content-type: application/json\r\n"
        };
        let mut stream = TcpStream::connect(host).expect("the emulator listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(1)))
            .expect("a timeout above zero");
        let request = format!(
            "{method} /{base}{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {}\r\nconnection: close\r\n\
             {kind}{headers}content-length: {}\r\n\r\n{body}",
            self.authorization,
            body.len()
        );
        stream
            .write_all(request.as_bytes())
            .expect("the emulator reads");
        stream
    }
}

fn answer(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: HashMap<_, _> = pairs
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let promised = headers
        .get("content-length")
        .map_or(Some(0), |length| length.parse().ok())?;
    (body.len() == promised).then(|| Answer {
        status,
        headers,
        text: body.to_owned(),
    })
}
