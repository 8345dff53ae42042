//! The address of an issuer: the name by which a provider signs.
//!
//! Invariant: it is compared byte by byte (OpenID Connect Core, 3.1.3.7), so it is stored as it was typed. Not here: whether its host
//! may be asked, which depends on the server's configuration.

use crate::outgoing::Address;
use std::net::IpAddr;

/// Characters of an issuer, at most.
pub const ISSUER: usize = 500;

/// A valid issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(String);

/// Why something is no issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidIssuer {
    /// Not a valid web address, or one with a user, a query or a fragment.
    Form,
    /// Not `https://`.
    Insecure,
    /// Its host is not of the public Internet, or its port is not a web server's.
    Private,
}

impl Issuer {
    /// Parses `https://…`; `http://` is for a provider on this machine.
    pub fn parse(input: &str) -> Result<Self, InvalidIssuer> {
        let text = input.trim();
        let is_web = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        if !is_web || text.contains(['?', '#']) || text.chars().count() > ISSUER || !text.is_ascii() {
            return Err(InvalidIssuer::Form);
        }
        // An address that is written otherwise than it is meant would never be equal to the one in a signature.
        let text = text.strip_suffix("/.well-known/openid-configuration").unwrap_or(text);
        let address = Address::parse(text).map_err(|_| InvalidIssuer::Form)?;
        if may_be_asked(&address) { Ok(Self(text.to_owned())) } else { Err(InvalidIssuer::Insecure) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Itself, if its host may be asked. `permits`: hosts at which anything is allowed.
    pub fn permitted(self, permits: &dyn Fn(&str) -> bool) -> Result<Self, InvalidIssuer> {
        let address = Address::parse(&self.0).map_err(|_| InvalidIssuer::Form)?;
        address.permitted(permits).map(|_| self).map_err(|_| InvalidIssuer::Private)
    }
}

/// Whether codes and secrets may be sent to this address: by TLS, or to this machine.
#[must_use]
pub fn may_be_asked(address: &Address) -> bool {
    address.is_secure() || address.literal().is_some_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_is_stored_as_typed() {
        for (input, kept) in [
            (" https://id.example.org ", "https://id.example.org"),
            ("https://id.example.org/", "https://id.example.org/"),
            ("https://id.example.org/realms/uni", "https://id.example.org/realms/uni"),
            ("https://id.example.org/.well-known/openid-configuration", "https://id.example.org"),
            ("http://127.0.0.1:4100", "http://127.0.0.1:4100"),
        ] {
            assert_eq!(Issuer::parse(input).map(|issuer| issuer.as_str().to_owned()).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn insecure_or_malformed_issuer_is_refused() {
        for (input, invalid) in [
            ("", InvalidIssuer::Form),
            ("id.example.org", InvalidIssuer::Form),
            ("webcal://id.example.org", InvalidIssuer::Form),
            ("https://ada@id.example.org", InvalidIssuer::Form),
            ("https://id.example.org?x=1", InvalidIssuer::Form),
            ("https://id.example.org#x", InvalidIssuer::Form),
            ("https://id.exämple.org", InvalidIssuer::Form),
            ("http://id.example.org", InvalidIssuer::Insecure),
            ("http://192.168.1.7", InvalidIssuer::Insecure),
        ] {
            assert_eq!(Issuer::parse(input), Err(invalid), "{input}");
        }
        let long = format!("https://id.example.org/{}", "x".repeat(ISSUER));
        assert_eq!(Issuer::parse(&long), Err(InvalidIssuer::Form));
    }

    #[test]
    fn private_host_needs_permission() {
        let issuer = Issuer::parse("https://id.intern.local").unwrap();
        assert_eq!(issuer.clone().permitted(&|_| false), Err(InvalidIssuer::Private));
        assert_eq!(issuer.clone().permitted(&|host| host == "id.intern.local"), Ok(issuer));
    }
}
