//! What people call the values of Grid's closed lists.

use super::words::plain;

/// Words and phrases, as [`plain`] has them, for a value. Where several lists have the value, it is
/// the one of the field in question.
const SAME: &[(&str, &str)] = &[
    (
        "INFORMATION",
        "software|it|tech|technology|media|telecom|telecommunications|internet|saas|publishing|ict",
    ),
    (
        "PROFESSIONAL_SCIENTIFIC_AND_TECHNICAL_SERVICES",
        "consulting|consultancy|legal|law|accounting|engineering|design|advertising|marketing|professional|research|science",
    ),
    (
        "ACCOMMODATION_AND_FOOD_SERVICES",
        "hospitality|restaurant|restaurants|hotel|hotels|food|catering|gastronomy|tourism",
    ),
    (
        "AGRICULTURE_FORESTRY_FISHING_AND_HUNTING",
        "farming|farm|forestry|fishing|agribusiness",
    ),
    (
        "MINING_QUARRYING_AND_OIL_AND_GAS_EXTRACTION",
        "oil|gas|quarrying",
    ),
    ("UTILITIES", "energy|electricity|water|utility"),
    ("RETAIL_TRADE", "ecommerce|e commerce|shop|shops|store"),
    ("WHOLESALE_TRADE", "import|export|trading|distribution"),
    (
        "TRANSPORTATION_AND_WAREHOUSING",
        "logistics|shipping|freight|delivery|warehousing",
    ),
    (
        "FINANCE_AND_INSURANCE",
        "banking|bank|fintech|insurance|financial",
    ),
    (
        "REAL_ESTATE_AND_RENTAL_AND_LEASING",
        "property|realty|leasing",
    ),
    (
        "HEALTH_CARE_AND_SOCIAL_ASSISTANCE",
        "medical|healthcare|pharma|care|hospital",
    ),
    (
        "ARTS_ENTERTAINMENT_AND_RECREATION",
        "entertainment|gaming|sports|sport|art|culture|leisure",
    ),
    ("EDUCATIONAL_SERVICES", "school|training|university"),
    ("PUBLIC_ADMINISTRATION", "government|public|public sector"),
    ("OTHER_SERVICES", "services|personal services"),
    ("SALARY", "wages|wage|employment|job|employed"),
    (
        "SELF_EMPLOYMENT_INCOME",
        "self employed|self employment|freelance|freelancer|selfemployed",
    ),
    ("INVESTMENT_INCOME", "investment|investments|dividends"),
    ("PENSION", "retirement"),
    ("RENTAL_INCOME", "rent|rental|rents"),
    ("GIFT", "gifts|present"),
    ("INHERITANCE", "inherited|estate"),
    ("LOAN", "loans|credit"),
    ("LOANS", "loan|credit"),
    ("SAVINGS", "saving|own savings"),
    ("OPERATING_REVENUE", "revenue|sales|turnover|operations"),
    ("SALE_OF_ASSETS", "asset sale|sale of property"),
    ("NONE", "no|false|n|0|not pep"),
    (
        "LLC",
        "limited liability company|gmbh|ltd|limited|sarl|srl|l l c",
    ),
    ("CORPORATION", "corp|inc|ag|incorporated|plc|sa"),
    (
        "SOLE_PROPRIETORSHIP",
        "sole trader|sole proprietor|self employed|freelancer",
    ),
    ("PARTNERSHIP", "llp|lp|general partnership"),
    ("NON_PROFIT", "nonprofit|ngo|not for profit|association"),
    ("CHECKBOX", "check box|tick|ticked"),
    ("CLICK_TO_ACCEPT", "click|clickwrap|button"),
    ("CHECKING", "current|giro|chk"),
    ("US_ACCOUNT", "us|ach|usa"),
    ("SSN", "social security number|social security"),
    ("EIN", "employer identification number"),
    ("OTHER", "other|misc|miscellaneous|else"),
];

/// The accepted value that a text means, if it is clear.
pub(super) fn meant(accepted: &'static [&'static str], text: &str) -> Option<&'static str> {
    if let Some(value) = accepted.iter().copied().find(|value| *value == text) {
        return Some(value);
    }
    let text = plain(text);
    if text.is_empty() {
        return None;
    }
    let asked = text.replace(' ', "_").to_uppercase();
    let by_name =
        |holds: &dyn Fn(&str) -> bool| only(accepted.iter().copied().filter(|value| holds(value)));
    by_name(&|value| value == asked || plain(value) == text)
        .or_else(|| by_words(accepted, &text))
        .or_else(|| by_name(&|value| asked.len() >= 4 && value.starts_with(&asked)))
        .or_else(|| only(text.split(' ').filter_map(|word| by_words(accepted, word))))
}

fn by_words(accepted: &'static [&'static str], text: &str) -> Option<&'static str> {
    let same = SAME
        .iter()
        .filter(|(_, words)| words.split('|').any(|word| word == text));
    only(same.filter_map(|(value, _)| accepted.iter().copied().find(|known| known == value)))
}

/// The one that all are.
fn only(mut values: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
