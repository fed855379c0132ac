//! What `check --online` asks of Grid: the rules of the platform, by one request.

use serde_json::{Map, Value, json};

use super::ending::Ending;
use super::next_command::another_about_them;
use super::session::Session;
use crate::engine::EngineError;
use crate::exit::Failure;
use crate::model::Platform;
use crate::validate::PlatformRules;

/// The rules of the platform. The ending says that they are Grid's, and which.
pub(super) async fn ask(
    session: &Session<'_>,
    ending: &mut Ending,
) -> Result<PlatformRules, Failure> {
    let client = session.stateless()?;
    let answer = session
        .stop
        .unless(async { client.reader().platform().await });
    let answer = answer.await.ok_or(EngineError::Stopped)?;
    ending.count_requests(client.throttle().state());
    let platform = answer.map_err(|source| {
        ending.next_command = Some(another_about_them(session.args, &["check"]));
        EngineError::Grid {
            doing: "asked for the platform's rules (without --online, check needs no Grid)",
            source,
        }
    })?;
    ending.details = Some(told(&platform));
    let rules = PlatformRules::new(&platform, session.config.grid.edition.value);
    for notice in rules.notices() {
        session.notice(notice.clone());
    }
    Ok(rules)
}

/// What was learnt: of each currency, what its provider needs of customers.
fn told(platform: &Platform) -> Value {
    let Platform {
        uma_domain,
        is_regulated,
        has_embedded_wallets,
        currencies,
    } = platform;
    let currencies: Map<_, _> = currencies
        .iter()
        .map(|currency| (currency.code.clone(), json!(currency.customer_fields)))
        .collect();
    json!({
        "rules": "Grid's own, and the platform's",
        "uma_domain": uma_domain,
        "regulated": is_regulated,
        "embedded_wallets": has_embedded_wallets,
        "currencies": currencies,
    })
}
