//! External accounts: `/customers/external-accounts`.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::emulator::error::Refusal;
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::shape::external_account_problems;
use crate::emulator::world::{World, locked};

use super::query;

/// All external accounts that are there, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    made: Vec<Value>,
    /// Accounts that lists do not show yet, by id, and when they will.
    hidden: HashMap<String, Instant>,
    /// Accounts whose beneficiary is trusted: they cannot be deleted.
    trusted: HashSet<String>,
}

/// Makes an account. Without a `customerId` it becomes the platform's own: the trap is Grid's.
pub(super) fn create(
    world: &World,
    request: &Request,
    mischief: &Mischief,
) -> Result<Reply, Refusal> {
    let body = request.object()?;
    let problems = external_account_problems(world.settings.edition, &body);
    if !problems.is_empty() {
        return Err(Refusal::bad_fields(world.settings.edition, &problems));
    }
    let owner = body.get("customerId").and_then(Value::as_str);
    if owner.is_some_and(|id| locked(&world.customers).find(id).is_none()) {
        return Err(Refusal::invalid_input("customerId is unknown"));
    }
    if names_a_stranger(&body) {
        return Err(Refusal::new(
            400,
            "INVALID_BANK_ACCOUNT",
            "The beneficiary's name does not match the account",
        ));
    }
    let mut accounts = locked(&world.accounts);
    if body
        .get("platformAccountId")
        .is_some_and(|id| accounts.has_platform_id(id))
    {
        return Err(Refusal::new(
            409,
            "CONFLICT",
            "An external account with this platformAccountId exists",
        ));
    }
    if body.get("defaultUmaDepositAccount") == Some(&Value::Bool(true)) {
        accounts.unset_default(body.get("customerId"));
    }
    let account = account(world, &body);
    if let Some(wait) = mischief.duration(Kind::LateIndex) {
        accounts.hide(&account, Instant::now() + wait);
    }
    accounts.made.push(account.clone());
    Ok(Reply::value(201, &account).committed())
}

/// Whether the account's number ends in 105: in Grid's sandbox, the bank finds another name.
fn names_a_stranger(body: &Map<String, Value>) -> bool {
    ["accountNumber", "clabeNumber", "iban", "pixKey"]
        .iter()
        .filter_map(|name| body["accountInfo"].get(name)?.as_str())
        .any(|number| number.ends_with("105"))
}

/// The account as Grid shows it.
fn account(world: &World, body: &Map<String, Value>) -> Value {
    let mut account = json!({
        "id": format!("ExternalAccount:{}", world.fresh_uuid()),
        "status": "ACTIVE",
        "beneficiaryVerificationStatus": "NOT_SUPPORTED",
    });
    let shown = [
        "customerId",
        "currency",
        "platformAccountId",
        "ownershipType",
        "defaultUmaDepositAccount",
        "accountInfo",
    ];
    for name in shown {
        if let Some(value) = body.get(name) {
            account[name] = value.clone();
        }
    }
    account
}

pub(super) fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let limit = query::limit(request)?;
    let start = match request.parameter("cursor") {
        None => 0,
        Some(cursor) => {
            place(cursor).ok_or_else(|| Refusal::invalid_input("The cursor is invalid"))?
        }
    };
    let mut accounts = locked(&world.accounts);
    accounts.reveal(Instant::now());
    let wanted = |account: &&Value| {
        accounts.is_listed(account)
            && ["customerId", "currency"].iter().all(|name| {
                request
                    .parameter(name)
                    .is_none_or(|value| account[*name] == value)
            })
    };
    let matching: Vec<&Value> = accounts.made.iter().filter(wanted).collect();
    let page: Vec<&Value> = matching.iter().skip(start).take(limit).copied().collect();
    let end = start + page.len();
    let mut body =
        json!({ "data": page, "hasMore": end < matching.len(), "totalCount": matching.len() });
    if end < matching.len() {
        body["nextCursor"] = format!("account-{end}").into();
    }
    Ok(Reply::value(200, &body))
}

/// Where a cursor goes on.
fn place(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("account-")?.parse().ok()
}

pub(super) fn show(world: &World, id: &str) -> Result<Reply, Refusal> {
    let accounts = locked(&world.accounts);
    let at = accounts.find(id).ok_or_else(no_account)?;
    Ok(Reply::value(200, &accounts.made[at]))
}

pub(super) fn delete(world: &World, id: &str) -> Result<Reply, Refusal> {
    let mut accounts = locked(&world.accounts);
    let at = accounts.find(id).ok_or_else(no_account)?;
    if accounts.trusted.contains(id) {
        return Err(Refusal::new(
            409,
            "BENEFICIARY_TRUSTED",
            "The beneficiary of this account is trusted",
        ));
    }
    accounts.made.remove(at);
    Ok(Reply::empty(204).committed())
}

fn no_account() -> Refusal {
    Refusal::new(404, "REFERENCE_NOT_FOUND", "External account not found")
}

impl Accounts {
    /// All of them, as Grid shows them.
    pub(crate) fn all(&self) -> Vec<Value> {
        self.made.clone()
    }

    /// Adds an account that nobody asked for over HTTP. What it lacks is made.
    pub(crate) fn insert(&mut self, world: &World, account: &Map<String, Value>) -> String {
        let made = self::account(world, account);
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        self.made.push(made);
        id
    }

    /// Marks the account's beneficiary as trusted.
    pub(crate) fn trust(&mut self, id: &str) {
        self.trusted.insert(id.to_owned());
    }

    fn hide(&mut self, account: &Value, until: Instant) {
        let id = account["id"].as_str().unwrap_or_default();
        self.hidden.insert(id.to_owned(), until);
    }

    fn reveal(&mut self, now: Instant) {
        self.hidden.retain(|_, until| *until > now);
    }

    fn is_listed(&self, account: &Value) -> bool {
        let id = account["id"].as_str().unwrap_or_default();
        !self.hidden.contains_key(id)
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.made.iter().position(|account| account["id"] == id)
    }

    fn has_platform_id(&self, id: &Value) -> bool {
        self.made
            .iter()
            .any(|account| account.get("platformAccountId") == Some(id))
    }

    /// One owner has one default; a new one silently takes the place of the old.
    fn unset_default(&mut self, owner: Option<&Value>) {
        let theirs = self
            .made
            .iter_mut()
            .filter(|account| account.get("customerId") == owner);
        for account in theirs {
            account["defaultUmaDepositAccount"] = false.into();
        }
    }
}
