//! Dials a broker, for the server and for simulated boards.
//!
//! Invariant: always a clean session and no delay on the socket; over TLS only a verified broker. Not here:
//! reconnecting; server and boards do that differently.

use crate::config::BrokerAddress;
use rumqttc::{AsyncClient, EventLoop, MqttOptions, NetworkOptions, TlsConfiguration, Transport};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::Path, sync::Arc, time::Duration};

/// Keep-alive of client and broker; the firmware's constant and ours.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Why a connection cannot be attempted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// There is no certificate authority.
    #[error("no certificate authority can be read for the broker's TLS; name its file with --mqtt-ca")]
    NoAuthority,
}

/// Limits of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest packet accepted, in bytes; a larger one ends the connection.
    pub incoming: usize,
    /// The largest packet sent, in bytes.
    pub outgoing: usize,
    /// Messages that may be queued for sending.
    pub waiting: usize,
}

/// Prepares a connection, which is made when the event loop is first polled.
pub fn dial(address: &BrokerAddress, client: &str, limits: Limits) -> Result<(AsyncClient, EventLoop), DialError> {
    let mut options = MqttOptions::new(client, &address.host, address.port);
    options.set_keep_alive(KEEP_ALIVE).set_clean_session(true);
    options.set_max_packet_size(limits.incoming, limits.outgoing);
    if let Some(login) = &address.login {
        options.set_credentials(&login.user, login.password.expose());
    }
    if address.tls {
        options.set_transport(Transport::tls_with_config(tls(address.ca.as_deref())?));
    }
    let (client, mut events) = AsyncClient::new(options, limits.waiting);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    Ok((client, events))
}

/// Trusts the authorities in the file, or the system's. Not rumqttc's default, which panics without certificates.
fn tls(authority: Option<&Path>) -> Result<TlsConfiguration, DialError> {
    let certificates: Vec<CertificateDer<'static>> = match authority {
        Some(file) => {
            CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(|_| DialError::NoAuthority)?
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() {
        return Err(DialError::NoAuthority);
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConfiguration::Rustls(Arc::new(config)))
}
