//! TLS as it was asked for.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::trust::{Check, Roots, Trust};
use crate::source::DatabaseFault;

/// What makes connections as the URL asks for.
pub(super) fn connector(trust: &Trust) -> Result<MakeRustlsConnect, DatabaseFault> {
    let verifier = Verifier::new(trust)?;
    let provider = Arc::clone(&verifier.provider);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match &trust.identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates("sslcert", certificate)?;
            let private = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| unread("sslkey", key, "a private key in PEM", error))?;
            config
                .with_client_auth_cert(chain, private)
                .map_err(|_| DatabaseFault::Url("sslkey is not the key of sslcert".into()))?
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn judge(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Judge, DatabaseFault> {
    let Roots::File(path) = &trust.roots else {
        if trust.check() == Check::Nothing {
            return Ok(Judge::Nobody);
        }
        let system = rustls_platform_verifier::Verifier::new(Arc::clone(provider));
        let system = system.map_err(|error| {
            DatabaseFault::Url(format!(
                "this machine's own certificates cannot be used ({error}): name the server's \
                 authority with sslrootcert=PATH"
            ))
        })?;
        return Ok(Judge::System(Arc::new(system)));
    };
    let trusted = certificates("sslrootcert", path)?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.iter().cloned());
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let chain = chain
        .build()
        .map_err(|_| not_pem("sslrootcert", path, "certificates in PEM"))?;
    Ok(Judge::File {
        chain,
        trusted,
        names: trust.check() == Check::Name,
    })
}

fn certificates(
    parameter: &'static str,
    path: &str,
) -> Result<Vec<CertificateDer<'static>>, DatabaseFault> {
    let expected = "certificates in PEM";
    let unread = |error| unread(parameter, path, expected, error);
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(unread)?
        .collect();
    let found = found.map_err(unread)?;
    if found.is_empty() {
        return Err(not_pem(parameter, path, expected));
    }
    Ok(found)
}

fn unread(
    parameter: &'static str,
    path: &str,
    expected: &'static str,
    error: PemError,
) -> DatabaseFault {
    let cause: Option<io::Error> = match error {
        PemError::Io(cause) => Some(cause),
        _ => None,
    };
    DatabaseFault::UrlFile {
        parameter,
        path: path.to_owned(),
        expected,
        cause,
    }
}

fn not_pem(parameter: &'static str, path: &str, expected: &'static str) -> DatabaseFault {
    unread(parameter, path, expected, PemError::NoItemsFound)
}

/// Who looks at a server's certificate.
#[derive(Debug)]
enum Judge {
    /// The connection is encrypted; to whom, nobody knows.
    Nobody,
    /// Whoever looks at them for all programs of this machine.
    System(Arc<dyn ServerCertVerifier>),
    File {
        chain: Arc<WebPkiServerVerifier>,
        /// A server's own certificate may stand in the file: what signed itself is trusted as it
        /// is, also where it says of itself that it is an authority.
        trusted: Vec<CertificateDer<'static>>,
        names: bool,
    },
}

#[derive(Debug)]
pub(super) struct Verifier {
    judge: Judge,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(super) fn new(trust: &Trust) -> Result<Self, DatabaseFault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Ok(Self {
            judge: judge(trust, &provider)?,
            provider,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by = |judge: &dyn ServerCertVerifier| {
            judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        match &self.judge {
            Judge::Nobody => Ok(ServerCertVerified::assertion()),
            Judge::System(system) => by(&**system),
            Judge::File { trusted, names, .. } if trusted.contains(end_entity) => {
                if *names {
                    verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            Judge::File { chain, names, .. } => match by(&**chain) {
                // The name is looked at last: the chain is good.
                Err(Error::InvalidCertificate(
                    CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. },
                )) if !names => Ok(ServerCertVerified::assertion()),
                judged => judged,
            },
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
