//! External accounts: `/customers/external-accounts`.

use serde_json::{Map, Value, json};

use crate::emulator::error::Refusal;
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::shape::external_account_problems;
use crate::emulator::world::{World, locked};

use super::query;

/// All external accounts that are there, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    accounts: Vec<Value>,
}

/// Makes an account. Without a `customerId` it becomes the platform's own: the trap is Grid's.
pub(super) fn create(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let body = request.object()?;
    let problems = external_account_problems(world.settings.edition, &body);
    if !problems.is_empty() {
        return Err(Refusal::bad_fields(world.settings.edition, &problems));
    }
    let owner = body.get("customerId").and_then(Value::as_str);
    if owner.is_some_and(|id| locked(&world.customers).find(id).is_none()) {
        return Err(Refusal::invalid_input("customerId is unknown"));
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
    accounts.accounts.push(account.clone());
    Ok(Reply::value(201, &account).committed())
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
    let accounts = locked(&world.accounts);
    let wanted = |account: &&Value| {
        ["customerId", "currency"].iter().all(|name| {
            request
                .parameter(name)
                .is_none_or(|value| account[*name] == value)
        })
    };
    let matching: Vec<&Value> = accounts.accounts.iter().filter(wanted).collect();
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
    Ok(Reply::value(200, &accounts.accounts[at]))
}

pub(super) fn delete(world: &World, id: &str) -> Result<Reply, Refusal> {
    let mut accounts = locked(&world.accounts);
    let at = accounts.find(id).ok_or_else(no_account)?;
    accounts.accounts.remove(at);
    Ok(Reply::empty(204).committed())
}

fn no_account() -> Refusal {
    Refusal::new(404, "REFERENCE_NOT_FOUND", "External account not found")
}

impl Accounts {
    fn find(&self, id: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account["id"] == id)
    }

    fn has_platform_id(&self, id: &Value) -> bool {
        self.accounts
            .iter()
            .any(|account| account.get("platformAccountId") == Some(id))
    }

    /// One owner has one default; a new one silently takes the place of the old.
    fn unset_default(&mut self, owner: Option<&Value>) {
        let theirs = self
            .accounts
            .iter_mut()
            .filter(|account| account.get("customerId") == owner);
        for account in theirs {
            account["defaultUmaDepositAccount"] = false.into();
        }
    }
}
