//! Who may come in: HTTP Basic, as Grid asks for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::Refusal;
use super::settings::Credential;

/// Lets a request in or not. Without a list every well-formed pair is good; a literal `id:secret`
/// that was not encoded, as an old page of Grid's documentation had it, is not.
pub(crate) fn admit(
    allowed: Option<&[Credential]>,
    header: Option<&str>,
    writes: bool,
) -> Result<(), Refusal> {
    let (id, secret) = header.and_then(pair).ok_or_else(Refusal::unauthorized)?;
    let Some(allowed) = allowed else {
        return Ok(());
    };
    let known = allowed
        .iter()
        .find(|token| token.id == id && token.secret == secret);
    let token = known.ok_or_else(Refusal::unauthorized)?;
    if writes && token.read_only {
        Err(Refusal::forbidden())
    } else {
        Ok(())
    }
}

fn pair(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    (!id.is_empty() && !secret.is_empty()).then(|| (id.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn any_pair_that_is_encoded_comes_in_when_none_is_named() {
        assert!(admit(None, Some(&header("id:secret")), true).is_ok());
        for bad in [
            "Basic id:secret",
            "Bearer aWQ6c2VjcmV0",
            "Basic",
            &header("id"),
            &header(":secret"),
        ] {
            assert_eq!(admit(None, Some(bad), false).expect_err(bad).status, 401);
        }
        assert_eq!(admit(None, None, false).expect_err("no header").status, 401);
    }

    #[test]
    fn a_token_without_the_permission_reads_and_does_not_write() {
        let allowed = [Credential {
            id: "viewer".into(),
            secret: "s".into(),
            read_only: true,
        }];
        assert!(admit(Some(&allowed), Some(&header("viewer:s")), false).is_ok());
        assert_eq!(
            admit(Some(&allowed), Some(&header("viewer:s")), true)
                .expect_err("write")
                .status,
            403
        );
        assert_eq!(
            admit(Some(&allowed), Some(&header("viewer:x")), false)
                .expect_err("secret")
                .status,
            401
        );
    }
}
