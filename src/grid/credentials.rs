//! The API token, and the one header that carries it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::model::Secret;

/// A Grid API token: its id and its client secret, as the dashboard shows them. White space around
/// either is dropped when the header is made, because both tend to come out of files.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The token id.
    pub token_id: Secret,
    /// The client secret.
    pub client_secret: Secret,
}

/// Why credentials cannot be sent. Never holds any part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The token id is empty.
    #[error("the API token id is empty")]
    NoTokenId,
    /// The client secret is empty.
    #[error("the API client secret is empty")]
    NoClientSecret,
    /// HTTP Basic ends the user name at the first colon.
    #[error("the API token id contains `:`; id and secret are two values, not one")]
    ColonInTokenId,
}

impl Credentials {
    /// The `Authorization` header, marked sensitive so that no log of headers shows it.
    pub(super) fn header(&self) -> Result<HeaderValue, CredentialsError> {
        let token_id = self.token_id.expose().trim();
        let client_secret = self.client_secret.expose().trim();
        if token_id.is_empty() {
            return Err(CredentialsError::NoTokenId);
        }
        if client_secret.is_empty() {
            return Err(CredentialsError::NoClientSecret);
        }
        if token_id.contains(':') {
            return Err(CredentialsError::ColonInTokenId);
        }
        Ok(basic(token_id, client_secret))
    }
}

fn basic(token_id: &str, client_secret: &str) -> HeaderValue {
    let encoded = STANDARD.encode(format!("{token_id}:{client_secret}"));
    let mut header = HeaderValue::try_from(format!("Basic {encoded}"))
        .expect("base64 is made of characters that headers allow");
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token_id: &str, client_secret: &str) -> Credentials {
        Credentials {
            token_id: Secret::new(token_id),
            client_secret: Secret::new(client_secret),
        }
    }

    #[test]
    fn the_header_is_base64_of_the_trimmed_pair() {
        let header = credentials(" id\n", "\tse:cret \r\n")
            .header()
            .expect("valid");
        assert_eq!(header.to_str().expect("ASCII"), "Basic aWQ6c2U6Y3JldA==");
    }

    #[test]
    fn the_header_is_sensitive_and_nothing_prints_the_secret() {
        let credentials = credentials("canary-id", "canary-secret");
        let header = credentials.header().expect("valid");
        assert!(header.is_sensitive());
        assert!(!format!("{header:?} {credentials:?}").contains("canary"));
    }

    #[test]
    fn half_a_pair_is_refused() {
        let fault = |token_id, secret| credentials(token_id, secret).header().err();
        assert_eq!(fault(" ", "secret"), Some(CredentialsError::NoTokenId));
        assert_eq!(fault("id", "\n"), Some(CredentialsError::NoClientSecret));
        assert_eq!(
            fault("id:secret", "x"),
            Some(CredentialsError::ColonInTokenId)
        );
    }
}
