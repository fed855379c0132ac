//! How an emulator behaves.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::edition::Edition;
use super::fault::Fault;

/// The settings of one emulator. The default misbehaves in nothing and limits nothing.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The edition that is spoken. Default `2026-08`.
    pub edition: Edition,
    /// Decides every throw of the dice, and the ids. Default 1.
    pub seed: u64,
    /// What goes wrong. Default nothing.
    pub faults: Vec<Fault>,
    /// Default none.
    pub rate_limit: Option<RateLimit>,
    /// Added to each request, half before it takes effect and half after. Default none.
    pub latency: Duration,
    /// Up to this much more, by the dice. Default none.
    pub latency_jitter: Duration,
    /// Whether the platform is a regulated institution: customers are born `APPROVED`, and personal
    /// data may be changed by `PATCH`. Default true.
    pub regulated: bool,
    /// The domain of generated UMA addresses, and the only one that is taken in `2026-08`. Default `emulator.example`.
    pub uma_domain: String,
    /// Keys that take the place of those that `GET /config` would answer; null takes one away.
    /// [`Settings::describe_platform`] fills it. Default none.
    pub platform: Map<String, Value>,
    /// The tokens that are let in. Default: any that is well formed.
    pub credentials: Option<Vec<Credential>>,
    /// How far Grid's clock is ahead of this machine's; negative is behind. Default zero.
    pub clock_offset: SignedDuration,
    /// The order of lists. Default oldest first.
    pub order: Order,
    /// Whether the bodies of creates are kept as they were sent, for `Emulator::stored_body`.
    /// Takes about as much memory again as the customers. Default true.
    pub keep_bodies: bool,
    /// How many of the latest requests are remembered. Default 200,000.
    pub remembered_requests: usize,
}

/// A limit. Over it the answer is 429 `RATE_LIMITED`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimit {
    /// Requests per second, above zero.
    pub per_second: f64,
    /// Size of the bucket, at least 1; has no meaning where seconds are counted.
    pub burst: u32,
    /// How requests are counted.
    pub counting: Counting,
    /// What the 429 says about when to come back.
    pub retry_after: RetryAfter,
}

/// How a limit counts requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counting {
    /// A token bucket: `burst` requests at once, then `per_second`.
    #[default]
    Bucket,
    /// At most `per_second`, rounded down but at least 1, in each second of the emulator's life.
    Seconds,
}

/// The form of the `Retry-After` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryAfter {
    /// No header.
    Absent,
    /// Whole seconds, rounded up.
    #[default]
    Seconds,
    /// An HTTP date by the emulator's clock, rounded up to the second.
    Date,
}

/// A token that is let in.
#[derive(Clone)]
pub struct Credential {
    /// The token's id.
    pub id: String,
    /// The client secret.
    pub secret: String,
    /// A token without the MANAGE permission: its writes are answered 403 `FORBIDDEN`.
    pub read_only: bool,
}

/// The order of lists. Grid documents none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By time, the oldest first.
    #[default]
    OldestFirst,
    /// By time, the newest first.
    NewestFirst,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            edition: Edition::default(),
            seed: 1,
            faults: Vec::new(),
            rate_limit: None,
            latency: Duration::ZERO,
            latency_jitter: Duration::ZERO,
            regulated: true,
            uma_domain: "emulator.example".to_owned(),
            platform: Map::new(),
            credentials: None,
            clock_offset: SignedDuration::ZERO,
            order: Order::default(),
            keep_bodies: true,
            remembered_requests: 200_000,
        }
    }
}

impl Settings {
    /// Lets `GET /config` answer these keys instead of its own. What the platform says of its UMA
    /// domain and of being regulated is true of everything else, too.
    pub fn describe_platform(&mut self, keys: Map<String, Value>) {
        if let Some(domain) = keys.get("umaDomain").and_then(Value::as_str) {
            domain.clone_into(&mut self.uma_domain);
        }
        let regulated = keys.get("isRegulatedFinancialInstitution");
        if let Some(regulated) = regulated.and_then(Value::as_bool) {
            self.regulated = regulated;
        }
        self.platform = keys;
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}
