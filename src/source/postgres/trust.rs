//! What the URL asks of TLS. Pure: files are read by `tls`.

use tokio_postgres::config::SslMode;

/// The parameters, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    pub(super) mode: Option<String>,
    pub(super) roots: Option<String>,
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

/// What is looked at of a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Nothing,
    /// Who signed it.
    Signer,
    /// Who signed it, and that it is for the host.
    Name,
}

/// Who may have signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// Whom this machine trusts.
    System,
    /// Whom a file of certificates (PEM) names.
    File(String),
}

/// What is asked of TLS, made sense of.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    mode: SslMode,
    check: Check,
    pub(super) roots: Roots,
    /// Files with our own certificate and its key.
    pub(super) identity: Option<(String, String)>,
}

impl Trust {
    /// As libpq has it, but that what leaves this machine is verified unless the URL says otherwise.
    pub(super) fn of(wishes: &Wishes, is_local: bool) -> Result<Self, String> {
        let (mode, check) = mode(wishes, is_local)?;
        let roots = match wishes.roots.as_deref() {
            None | Some("system") => Roots::System,
            Some(path) => Roots::File(path.to_owned()),
        };
        match (check, &wishes.roots, &roots) {
            (Check::Nothing, Some(_), _) => {
                return Err("sslrootcert checks nothing with this sslmode: use verify-full".into());
            }
            (Check::Signer, _, Roots::System) => {
                return Err(
                    "sslmode=verify-ca does not check the host's name, so it needs sslrootcert=PATH \
                     with a certificate of your own: or use verify-full"
                        .into(),
                );
            }
            _ => {}
        }
        let identity = match (&wishes.certificate, &wishes.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            _ => return Err("sslcert and sslkey are given together, or not at all".into()),
        };
        Ok(Self {
            mode,
            check,
            roots,
            identity,
        })
    }

    pub(super) fn mode(&self) -> SslMode {
        self.mode
    }

    pub(super) fn check(&self) -> Check {
        self.check
    }
}

fn mode(wishes: &Wishes, is_local: bool) -> Result<(SslMode, Check), String> {
    let roots = wishes.roots.as_deref();
    Ok(match wishes.mode.as_deref() {
        None if is_local && roots.is_none() => (SslMode::Prefer, Check::Nothing),
        None | Some("verify-full") => (SslMode::Require, Check::Name),
        Some("verify-ca") => (SslMode::Require, Check::Signer),
        Some("require") if roots.is_some() => (SslMode::Require, Check::Signer),
        Some("require") => (SslMode::Require, Check::Nothing),
        // TLS is tried first for both: what is encrypted is never worse.
        Some("prefer" | "allow") => (SslMode::Prefer, Check::Nothing),
        Some("disable") => (SslMode::Disable, Check::Nothing),
        Some(_) => {
            return Err(
                "sslmode must be disable, allow, prefer, require, verify-ca or verify-full".into(),
            );
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(mode: Option<&str>, roots: Option<&str>, is_local: bool) -> Result<Check, String> {
        let wishes = Wishes {
            mode: mode.map(str::to_owned),
            roots: roots.map(str::to_owned),
            ..Wishes::default()
        };
        Trust::of(&wishes, is_local).map(|trust| trust.check())
    }

    #[test]
    fn each_mode_checks_what_its_name_says() {
        for (mode, roots, is_local, check) in [
            (None, None, false, Check::Name),
            (None, None, true, Check::Nothing),
            (None, Some("ca.pem"), true, Check::Name),
            (Some("prefer"), None, false, Check::Nothing),
            (Some("allow"), None, false, Check::Nothing),
            (Some("require"), None, false, Check::Nothing),
            (Some("require"), Some("ca.pem"), false, Check::Signer),
            (Some("verify-ca"), Some("ca.pem"), false, Check::Signer),
            (Some("verify-full"), Some("ca.pem"), false, Check::Name),
            (Some("verify-full"), Some("system"), false, Check::Name),
            (Some("verify-full"), None, true, Check::Name),
        ] {
            assert_eq!(
                trust(mode, roots, is_local),
                Ok(check),
                "{mode:?} {roots:?}"
            );
        }
    }

    #[test]
    fn what_would_check_less_than_it_seems_is_refused() {
        for (mode, roots) in [
            ("prefer", Some("ca.pem")),
            ("disable", Some("system")),
            ("require", Some("system")),
            ("verify-ca", None),
            ("verify-ca", Some("system")),
            ("verify_full", None),
        ] {
            assert!(trust(Some(mode), roots, false).is_err(), "{mode} {roots:?}");
        }
        let half = Wishes {
            key: Some("client.key".into()),
            ..Wishes::default()
        };
        assert!(Trust::of(&half, false).is_err());
    }
}
