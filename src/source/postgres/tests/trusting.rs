//! Which certificates are accepted.
//!
//! `pem/server.pem` is signed by `pem/ca.pem`; `pem/own.pem` signed itself and says of itself, as `openssl req
//! -x509` writes it, that it is an authority. Both are for `db.example.com`. Their keys are gone.

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use crate::source::postgres::tls::Verifier;
use crate::source::postgres::trust::{Trust, Wishes};

fn path(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/postgres/tests/pem");
    format!("{folder}/{name}.pem")
}

/// Whether `server` is accepted as `name` by who trusts `roots`.
fn is_accepted(mode: &str, roots: &str, server: &str, name: &'static str) -> bool {
    let wishes = Wishes {
        mode: Some(mode.to_owned()),
        roots: Some(path(roots)),
        ..Wishes::default()
    };
    let trust = Trust::of(&wishes, false).expect("it can be asked for");
    let verifier = Verifier::new(&trust).unwrap_or_else(|fault| panic!("{fault}"));
    let certificate = CertificateDer::from_pem_file(path(server)).expect("a certificate");
    let name = ServerName::try_from(name).expect("a name");
    let verified = verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now());
    verified.is_ok()
}

#[test]
fn a_name_counts_with_verify_full_and_the_signer_always() {
    for server in ["server", "own"] {
        let roots = if server == "own" { "own" } else { "ca" };
        let right = "db.example.com";
        assert!(is_accepted("verify-full", roots, server, right), "{server}");
        assert!(
            !is_accepted("verify-full", roots, server, "db.example.org"),
            "{server}"
        );
        assert!(
            is_accepted("verify-ca", roots, server, "db.example.org"),
            "{server}"
        );
        assert!(
            is_accepted("require", roots, server, "db.example.org"),
            "{server}"
        );
    }
    for mode in ["verify-full", "verify-ca", "require"] {
        assert!(
            !is_accepted(mode, "own", "server", "db.example.com"),
            "{mode}"
        );
        assert!(!is_accepted(mode, "ca", "own", "db.example.com"), "{mode}");
    }
}
