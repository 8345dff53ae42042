//! The address of a directory: `ldaps://host`, or `ldap://host` with StartTLS.
//!
//! Invariant: without encryption only this machine is asked.

use std::{fmt, net::IpAddr};

/// Characters of an address, at most.
pub const ADDRESS: usize = 300;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte.
    Tls,
    /// By request, before anything else.
    StartTls,
    /// Not at all: this machine only.
    Nothing,
}

/// A validated address of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    pub encryption: Encryption,
    pub host: String,
    pub port: u16,
}

/// Why something is no address of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidServer {
    /// Not `ldaps://host` or `ldap://host`.
    Form,
    /// A path, a login or a query after the host.
    More,
    /// Not encrypted, and not on this machine.
    Plain,
}

impl ServerAddress {
    /// Parses `ldaps://host[:port]` or `ldap://host[:port]`. `plain://host` is the form in which an address of this machine
    /// without encryption is stored.
    pub fn parse(text: &str) -> Result<Self, InvalidServer> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(InvalidServer::Form)?;
        let (encryption, default) = match scheme.to_ascii_lowercase().as_str() {
            "ldaps" => (Encryption::Tls, 636),
            "ldap" => (Encryption::StartTls, 389),
            "plain" => (Encryption::Nothing, 389),
            _ => return Err(InvalidServer::Form),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@']) {
            return Err(InvalidServer::More);
        }
        let (host, port) = split(rest).ok_or(InvalidServer::Form)?;
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or(InvalidServer::Form)?,
            None => default,
        };
        let address = Self { encryption, host: host.to_ascii_lowercase(), port };
        if text.chars().count() > ADDRESS {
            Err(InvalidServer::Form)
        } else if encryption == Encryption::Nothing && !address.is_here() {
            Err(InvalidServer::Plain)
        } else {
            Ok(address)
        }
    }

    /// The host as a certificate names it: an IPv6 address without brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether it is an address of this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.host == "localhost" || self.name().parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, default) = match self.encryption {
            Encryption::Tls => ("ldaps", 636),
            Encryption::StartTls => ("ldap", 389),
            Encryption::Nothing => ("plain", 389),
        };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// Host and port; `None` if the host is neither a name nor an IP address.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        inside.parse::<std::net::Ipv6Addr>().ok()?;
        let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
        return Some((&text[..inside.len() + 2], port));
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    (host.len() <= 253 && host.split('.').all(label)).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_encrypted_unless_it_is_this_machine() {
        for (text, stored) in [
            ("ldaps://ldap.uni.example", "ldaps://ldap.uni.example"),
            (" LDAPS://LDAP.uni.example:636/ ", "ldaps://ldap.uni.example"),
            ("ldap://ldap.uni.example:3389", "ldap://ldap.uni.example:3389"),
            ("ldaps://[fd00::7]:1636", "ldaps://[fd00::7]:1636"),
            ("plain://127.0.0.1:3389", "plain://127.0.0.1:3389"),
            ("plain://[::1]", "plain://[::1]"),
            ("plain://localhost", "plain://localhost"),
        ] {
            let parsed = ServerAddress::parse(text).map(|address| address.to_string());
            assert_eq!(parsed.as_deref(), Ok(stored), "{text}");
        }
        for far in ["plain://ldap.uni.example", "plain://10.0.0.7", "plain://localhost.uni.example"] {
            assert_eq!(ServerAddress::parse(far), Err(InvalidServer::Plain), "{far}");
        }
    }

    #[test]
    fn address_has_a_host_and_nothing_else() {
        for form in [
            "",
            "ldap.uni.example",
            "https://ldap.uni.example",
            "ldaps://",
            "ldaps://a b",
            "ldaps://-a",
            "ldaps://a..b",
            "ldaps://a:0",
            "ldaps://a:x",
            "ldaps://a:70000",
            "ldaps://[::1",
            "ldaps://[x]",
            "ldaps://münchen.example",
            &format!("ldaps://{}", "a.".repeat(200)),
        ] {
            assert_eq!(ServerAddress::parse(form), Err(InvalidServer::Form), "{form}");
        }
        for more in ["ldaps://a/dc=lab", "ldaps://u:p@a", "ldaps://a?x", "ldaps://a#x"] {
            assert_eq!(ServerAddress::parse(more), Err(InvalidServer::More), "{more}");
        }
    }

    #[test]
    fn certificate_names_an_ip_address_without_brackets() {
        let address = ServerAddress::parse("ldaps://[::1]:636").map(|address| address.name().to_owned());
        assert_eq!(address.as_deref(), Ok("::1"));
    }
}
