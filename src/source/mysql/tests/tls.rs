//! How a server's certificate is looked at. The server is one of ours that speaks no more than TLS;
//! its certificate is for `localhost`, and `root.pem` has the authority that signed it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::world::{refused, told};
use crate::model::{Query, Secret};
use crate::source::ServerSettings;

/// What a server with TLS says first.
const GREETING: &[u8] = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\x00\x8a\x2d\x02\0\x08\0\x15\
    \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native_password\0";

/// What a client that wants TLS answers: a packet of this many bytes.
const ANSWER: usize = 36;

fn config() -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("server.key"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.expect("a certificate")],
            key.expect("a key"),
        )
        .expect("they belong together")
}

/// Serves one call as far as the login, which is in TLS, and hangs up; the port.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        let (mut call, _) = listener.accept().expect("a call");
        let length = u8::try_from(GREETING.len()).expect("a short greeting");
        let greeting = [&[length, 0, 0, 0], GREETING].concat();
        call.write_all(&greeting).expect("it is heard");
        call.read_exact(&mut [0; ANSWER]).expect("it asks for TLS");
        let mut tls = ServerConnection::new(Arc::new(config())).expect("a good configuration");
        // Fails where the client does not like the certificate.
        drop(Stream::new(&mut tls, &mut call).read(&mut [0; 1]));
    });
    port
}

/// Why a pass does not begin there.
fn outcome(host: &str, parameters: &str) -> String {
    let url = format!("mysql://a:hunter2@{host}:{}/app?{parameters}", server());
    let settings = ServerSettings::new(Secret::new(url), Query::Table("users".to_owned()));
    told(&refused(settings))
}

/// It came as far as the login, which the server does not answer.
fn was_trusted(outcome: &str) -> bool {
    outcome.contains("cannot connect")
}

fn root() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source/mysql/tests/root.pem");
    format!("sslrootcert={}", root.display())
}

#[test]
fn nobody_knows_who_signed_it() {
    let outcome = outcome("localhost", "sslmode=verify-full");
    assert!(outcome.contains("not trusted (UnknownIssuer)"), "{outcome}");
    assert!(outcome.contains("sslrootcert="), "{outcome}");
}

#[test]
fn its_authority_is_named() {
    let outcome = outcome("localhost", &root());
    assert!(was_trusted(&outcome), "{outcome}");
}

#[test]
fn it_is_for_another_host() {
    let outcome = outcome("127.0.0.1", &root());
    assert!(
        outcome.contains("its certificate is for another host"),
        "{outcome}"
    );
}

#[test]
fn nobody_looks_at_it() {
    for mode in ["sslmode=require", "sslmode=prefer", ""] {
        let outcome = outcome("127.0.0.1", mode);
        assert!(was_trusted(&outcome), "{mode}: {outcome}");
    }
}
