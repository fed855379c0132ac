//! Countries as people write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::plain;

/// Names besides those of ISO 3166-1, as [`plain`] has them.
const NAMES: &[(&str, &str)] = &[
    (
        "US",
        "usa|u s a|u s|united states|the united states|america|estados unidos|vereinigte staaten|etats unis",
    ),
    (
        "GB",
        "uk|u k|united kingdom|great britain|britain|england|scotland|wales|northern ireland",
    ),
    ("AE", "uae|u a e|emirates"),
    ("BO", "bolivia"),
    ("BN", "brunei"),
    ("CV", "cape verde"),
    (
        "CD",
        "dr congo|drc|democratic republic of the congo|congo kinshasa",
    ),
    ("CG", "congo|republic of the congo|congo brazzaville"),
    ("CI", "ivory coast|cote divoire|cote d ivoire"),
    ("CZ", "czech republic"),
    ("SZ", "swaziland"),
    ("FK", "falkland islands|falklands"),
    ("VA", "vatican|vatican city"),
    ("IR", "iran"),
    ("KP", "north korea"),
    ("KR", "south korea|korea|republic of korea|korea south"),
    ("LA", "laos"),
    ("MO", "macau"),
    ("FM", "micronesia"),
    ("MD", "moldova"),
    ("MK", "macedonia"),
    ("MM", "burma"),
    (
        "NL",
        "netherlands|the netherlands|holland|nederland|niederlande",
    ),
    ("PS", "palestine"),
    ("RU", "russia"),
    ("SH", "saint helena|st helena"),
    ("KN", "st kitts and nevis"),
    ("LC", "st lucia"),
    ("VC", "st vincent and the grenadines|st vincent"),
    ("SY", "syria"),
    ("TW", "taiwan"),
    ("TZ", "tanzania"),
    ("TL", "east timor"),
    ("TR", "turkey"),
    ("VE", "venezuela"),
    ("VN", "vietnam"),
    ("VG", "british virgin islands"),
    ("VI", "us virgin islands|u s virgin islands"),
    ("BA", "bosnia"),
    ("BS", "the bahamas"),
    ("GM", "the gambia"),
    ("ST", "sao tome"),
    ("TT", "trinidad"),
    ("PH", "the philippines"),
    ("HK", "hongkong"),
    ("DE", "deutschland|allemagne|alemania"),
    ("AT", "osterreich"),
    ("CH", "schweiz|suisse|svizzera"),
    ("ES", "espana|spanien"),
    ("IT", "italia|italien"),
    ("FR", "frankreich|francia"),
    ("BR", "brasil|brasilien"),
    ("MX", "mejico|mexiko"),
    ("PL", "polska|polen"),
    ("SE", "sverige|schweden"),
    ("DK", "danmark|danemark"),
    ("NO", "norge"),
    ("FI", "suomi"),
    ("BE", "belgie|belgique|belgien"),
    ("IE", "republic of ireland|eire"),
    ("PT", "portugal"),
    ("JP", "nippon"),
    ("GR", "hellas"),
    ("HU", "magyarorszag"),
    ("CN", "prc|peoples republic of china|mainland china"),
];

/// Codes by name, by alpha-3 code, and by alpha-2 code in any case.
static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut codes = HashMap::new();
    for country in rust_iso3166::ALL {
        let name = country.name.split(" (").next().unwrap_or(country.name);
        for text in [country.name, name, country.alpha3, country.alpha2] {
            codes.entry(plain(text)).or_insert(country.alpha2);
        }
    }
    for (code, names) in NAMES {
        for name in names.split('|') {
            codes.insert(name.to_owned(), *code);
        }
    }
    codes
});

/// The code that a text means; a code means itself.
pub(super) fn country(text: &str) -> Option<&'static str> {
    CODES.get(&plain(text)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::is_country;

    #[test]
    fn a_country_is_known_by_any_of_its_names() {
        for (text, code) in [
            ("Germany", "DE"),
            ("DEU", "DE"),
            ("de", "DE"),
            ("Türkiye", "TR"),
            ("Turkey", "TR"),
            ("Korea, South", "KR"),
            ("Korea (Republic of)", "KR"),
            ("CÔTE D'IVOIRE", "CI"),
            ("U.S.A.", "US"),
            ("United States of America", "US"),
            ("Viet Nam", "VN"),
            ("Hong Kong", "HK"),
            ("Tanzania", "TZ"),
            ("Bolivia (Plurinational State of)", "BO"),
            ("México", "MX"),
            ("Czechia", "CZ"),
        ] {
            assert_eq!(country(text), Some(code), "{text}");
        }
        assert_eq!(country("Atlantis"), None);
        assert!(NAMES.iter().all(|(code, _)| is_country(code)));
    }
}
