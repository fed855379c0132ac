//! The address of the API: https, or plain http on this machine.

use url::{Host, Url};

use super::raw::{Raw, Rejection};

/// Grid's address. The date in it is the same for both editions.
const GRID: &str = "https://api.lightspark.com/grid/2025-10-13";

const EXPECTED: Rejection =
    Rejection::expected("an address such as \"https://api.lightspark.com/grid/2025-10-13\"");

/// Grid itself.
pub(super) fn default() -> Url {
    Url::parse(GRID).expect("the address is well-formed")
}

/// Whether the address is on this machine, by its name or number alone.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Reads an address, without the slash at its end.
pub(super) fn base_url(raw: &Raw) -> Result<Url, Rejection> {
    let text = raw.text().ok_or(EXPECTED)?;
    if text.contains('@') {
        return Err(Rejection::reason(
            "no user name or password in the address: use GRID_CLIENT_ID and GRID_CLIENT_SECRET",
        ));
    }
    let url = Url::parse(text.trim().trim_end_matches('/')).map_err(|_| EXPECTED)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Rejection::expected("an address without `?` and `#`"));
    }
    check_scheme(url)
}

fn check_scheme(url: Url) -> Result<Url, Rejection> {
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(Rejection::expected(
            "https: plain http is accepted for this machine only (localhost, 127.0.0.1, [::1])",
        )),
        _ => Err(EXPECTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<String, Rejection> {
        base_url(&Raw::Typed(text.to_owned())).map(|url| url.to_string())
    }

    #[test]
    fn https_is_accepted_and_plain_http_on_this_machine_only() {
        assert_eq!(
            typed("https://example.com/grid/"),
            Ok("https://example.com/grid".into())
        );
        for host in ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"] {
            assert!(typed(&format!("http://{host}:8080/grid")).is_ok(), "{host}");
        }
        for host in [
            "example.com",
            "10.0.0.1",
            "localhost.example.com",
            "127.0.0.1.example.com",
        ] {
            assert!(typed(&format!("http://{host}/grid")).is_err(), "{host}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "api.lightspark.com",
            "ftp://example.com",
            "https://a.example/?q",
            "https://a.example/#f",
        ] {
            assert!(typed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_in_the_address_is_refused_unseen() {
        let Err(Rejection::Reason(reason)) = typed("https://me:hunter2@example.com") else {
            panic!("accepted");
        };
        assert!(!reason.contains("hunter2"));
    }
}
