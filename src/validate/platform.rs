//! What one platform asks of its customers beyond what Grid asks of all.
//!
//! A currency's provider wants to know certain fields. They are required of a row that uses the
//! currency: in `currencies`, or in its account. A row that names no currency may come to use any:
//! what every currency of the platform wants is required of it too, and what only some want is a
//! warning.

use super::checker::RowValues;
use super::presence::needed;
use super::provider::slots_of;
use super::value::Problem;
use crate::model::account::Account;
use crate::model::field::Slot;
use crate::model::{CustomerType, Edition, FaultCode, Platform, Value, Warning, WarningCode};

/// Longer lists of currencies are not spelled out in a fault.
const SHORT_LIST: usize = 20;

/// The rules of one platform in one edition.
#[derive(Clone, Debug)]
pub struct PlatformRules {
    edition: Edition,
    currencies: Vec<Currency>,
    uma_domain: Option<String>,
    is_unregulated: bool,
    has_embedded_wallets: bool,
    notices: Vec<String>,
}

#[derive(Clone, Debug)]
struct Currency {
    code: String,
    /// By customer type, as in [`CustomerType::ALL`].
    needs: [Vec<Slot>; 2],
}

/// Where faults go.
type Add<'a> = dyn FnMut(Slot, Problem) + 'a;

impl PlatformRules {
    /// Reads what Grid says. Names of fields that are not known are told by [`Self::notices`].
    pub fn new(platform: &Platform, edition: Edition) -> Self {
        let currencies = platform.currencies.iter().map(|currency| Currency {
            code: currency.code.clone(),
            needs: CustomerType::ALL.map(|of| {
                let names = currency.customer_fields.iter();
                let slots = names.filter_map(|name| slots_of(name, of)).flatten();
                let known = slots.filter(|slot| slot.field().in_edition(edition));
                known.copied().collect()
            }),
        });
        Self {
            edition,
            currencies: currencies.collect(),
            uma_domain: platform.uma_domain.clone(),
            is_unregulated: platform.is_regulated == Some(false),
            has_embedded_wallets: platform.has_embedded_wallets,
            notices: notices(platform, edition),
        }
    }

    /// What the operator should know once, whatever the rows are.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Judges one row, whose values were judged one by one.
    pub(super) fn check(
        &self,
        row: RowValues<'_>,
        of: Option<CustomerType>,
        account: Option<Account<'_>>,
        add: &mut Add<'_>,
        warnings: &mut Vec<Warning>,
    ) {
        self.check_domain(row, add);
        let used = Used::of(row, account);
        self.check_currencies(&used, add);
        if let Some(of) = of {
            self.check_needs(row, of, &used, add, warnings);
        }
        if self.edition == Edition::E2026_08 {
            self.check_email(row, add);
            self.suspect_consent(row, warnings);
        }
    }

    fn check_domain(&self, row: RowValues<'_>, add: &mut Add<'_>) {
        let (Some(wanted), Some(address)) = (&self.uma_domain, row.text(UMA)) else {
            return;
        };
        let domain = address.rsplit('@').next().unwrap_or_default();
        if !domain.eq_ignore_ascii_case(wanted) {
            let expected = format!("a UMA address at the platform's domain, {wanted}");
            add(UMA, Problem::new(FaultCode::OtherUmaDomain, expected));
        }
    }

    fn check_currencies(&self, used: &Used<'_>, add: &mut Add<'_>) {
        if self.currencies.is_empty() {
            return;
        }
        for &(slot, code) in &used.0 {
            if self.currencies.iter().all(|known| known.code != code) {
                let problem = Problem::new(FaultCode::UnsupportedCurrency, self.supported());
                add(slot, problem);
            }
        }
    }

    fn supported(&self) -> String {
        let codes: Vec<_> = self
            .currencies
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        match codes.len() {
            0..=SHORT_LIST => format!("a currency of the platform: {}", codes.join(", ")),
            count => format!("one of the platform's {count} currencies"),
        }
    }

    fn check_needs(
        &self,
        row: RowValues<'_>,
        of: CustomerType,
        used: &Used<'_>,
        add: &mut Add<'_>,
        warnings: &mut Vec<Warning>,
    ) {
        let concerned = |currency: &&Currency| used.0.is_empty() || used.has(&currency.code);
        let concerned: Vec<_> = self.currencies.iter().filter(concerned).collect();
        for slot in all_needs(&concerned, of) {
            if row.get(slot).is_some() {
                continue;
            }
            let wanting: Vec<_> = concerned
                .iter()
                .filter(|one| one.needs(of).contains(&slot))
                .collect();
            let is_certain = !used.0.is_empty() || wanting.len() == concerned.len();
            if is_certain {
                let codes: Vec<_> = wanting.iter().map(|one| one.code.as_str()).collect();
                let why = format!("the platform's provider of {} needs it", codes.join(", "));
                add(slot, needed(slot.field(), FaultCode::Missing, &why));
            } else {
                let code = WarningCode::ProviderField;
                warnings.push(Warning { code, slot });
            }
        }
    }

    fn check_email(&self, row: RowValues<'_>, add: &mut Add<'_>) {
        if self.has_embedded_wallets && row.get(EMAIL).is_none() {
            let why = "the platform has embedded wallets";
            add(EMAIL, needed(EMAIL.field(), FaultCode::Missing, why));
        }
    }

    fn suspect_consent(&self, row: RowValues<'_>, warnings: &mut Vec<Warning>) {
        if self.is_unregulated && row.get(CONSENT).is_none() {
            let (code, slot) = (WarningCode::NoConsent, CONSENT);
            warnings.push(Warning { code, slot });
        }
    }
}

impl Currency {
    fn needs(&self, of: CustomerType) -> &[Slot] {
        let [individual, business] = &self.needs;
        match of {
            CustomerType::Individual => individual,
            CustomerType::Business => business,
        }
    }
}

/// What any of the currencies needs, ascending, each once.
fn all_needs(currencies: &[&Currency], of: CustomerType) -> Vec<Slot> {
    let mut slots: Vec<_> = currencies
        .iter()
        .flat_map(|one| one.needs(of))
        .copied()
        .collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The currencies that a row says it will use, with the fields that say so.
struct Used<'v>(Vec<(Slot, &'v str)>);

impl<'v> Used<'v> {
    fn of(row: RowValues<'v>, account: Option<Account<'v>>) -> Self {
        let mut used = Vec::new();
        for slot in [CURRENCIES, OLD_CURRENCY, OLD_FBO_CURRENCY] {
            match row.get(slot) {
                Some(Value::Text(text)) => used.push((slot, text.as_ref())),
                Some(Value::List(items)) => {
                    used.extend(items.iter().map(|item| (slot, item.as_ref())));
                }
                None => {}
            }
        }
        let of_account = account.and_then(Account::currency);
        used.extend(of_account.map(|code| (Slot::ACCOUNT_CURRENCY, code)));
        Self(used)
    }

    fn has(&self, code: &str) -> bool {
        self.0.iter().any(|(_, used)| *used == code)
    }
}

const UMA: Slot = Slot::of_path("umaAddress");
const EMAIL: Slot = Slot::of_path("email");
const CONSENT: Slot = Slot::of_path("endUserTermsConsent.acceptedAt");
const CURRENCIES: Slot = Slot::of_path("currencies");
const OLD_CURRENCY: Slot = Slot::of_path("bankAccountInfo.currency");
const OLD_FBO_CURRENCY: Slot = Slot::of_path("bankAccountInfo.currencyCode");

fn notices(platform: &Platform, edition: Edition) -> Vec<String> {
    let mut notices = Vec::new();
    if platform.currencies.is_empty() {
        notices.push(
            "Grid names no currencies of this platform: neither currencies nor what their providers \
             need were checked"
                .to_owned(),
        );
    }
    let names = platform
        .currencies
        .iter()
        .flat_map(|one| &one.customer_fields);
    let mut names: Vec<_> = names.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        notices.extend(unchecked(name, edition));
    }
    if platform.is_regulated == Some(false) {
        notices.push(
            "this platform is not regulated: personal data of customers cannot be changed later, so \
             mend it before it is sent"
                .to_owned(),
        );
    }
    notices
}

/// Why rows are not held against a name, if they are not and should be.
fn unchecked(name: &str, edition: Edition) -> Option<String> {
    let lacks = |of| {
        let slots = slots_of(name, of).unwrap_or_default();
        slots.iter().any(|slot| !slot.field().in_edition(edition))
    };
    if slots_of(name, CustomerType::Individual).is_none() {
        Some(format!(
            "a provider needs `{name}` of customers, which this version does not know: it was not checked"
        ))
    } else if CustomerType::ALL.into_iter().any(lacks) {
        Some(format!(
            "a provider needs `{name}` of customers, for which edition {edition} has no field: it was not checked of all"
        ))
    } else {
        None
    }
}
