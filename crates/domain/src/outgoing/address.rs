//! Addresses of servers that people name: which may be requested, as far as the address itself shows.
//!
//! Invariant: an address may hold a secret, so it has no `Debug` that shows it. Not here: resolving its
//! host, which is judged where the connection is made.

use super::networks::is_public;
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// Ports of web servers. Others belong to servers that may misread a request.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// Characters of an address, at most.
pub const ADDRESS: usize = 2_000;

/// A validated address.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why something is no address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidAddress {
    /// Not a valid web address.
    Form,
    /// It has a user or a password.
    Login,
    /// Not a web server's port.
    Port,
    /// It is not of the public Internet.
    Private,
}

impl Address {
    /// Parses `https://…`, `http://…`, or `webcal://…` as https.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.chars().count() > ADDRESS {
            return Err(InvalidAddress::Form);
        }
        let secure = |rest: &str| format!("https://{rest}");
        let text = match text.split_once("://") {
            Some((scheme, rest)) if ["webcal", "webcals"].contains(&scheme.to_ascii_lowercase().as_str()) => {
                secure(rest)
            }
            Some(_) => text.to_owned(),
            None => return Err(InvalidAddress::Form),
        };
        Self::of(Url::parse(&text).map_err(|_| InvalidAddress::Form)?)
    }

    fn of(mut url: Url) -> Result<Self, InvalidAddress> {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidAddress::Form);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Login);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Itself, if its host and port may be asked. `permits`: hosts at which anything is allowed.
    pub fn permitted(self, permits: &dyn Fn(&str) -> bool) -> Result<Self, InvalidAddress> {
        if permits(self.host()) {
            return Ok(self);
        }
        if !PORTS.contains(&self.port()) {
            return Err(InvalidAddress::Port);
        }
        let is_private = self.literal().map_or_else(|| is_local(self.host()), |address| !is_public(address));
        if is_private { Err(InvalidAddress::Private) } else { Ok(self) }
    }

    /// The target of a redirect from here, which never leaves TLS.
    pub fn redirected(&self, to: &str, permits: &dyn Fn(&str) -> bool) -> Result<Self, InvalidAddress> {
        let url = self.0.join(to).map_err(|_| InvalidAddress::Form)?;
        if self.is_secure() && url.scheme() != "https" {
            return Err(InvalidAddress::Form);
        }
        Self::of(url)?.permitted(permits)
    }

    /// The whole address, for storage and for those who may see it.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it uses TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The name of the host, or its address, as the URL has it.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Its IP address, if it has no host name.
    pub fn literal(&self) -> Option<IpAddr> {
        self.0.host().and_then(literal)
    }

    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// Host and port as in a request: without the default port.
    pub fn authority(&self) -> String {
        self.0.port().map_or_else(|| self.host().to_owned(), |port| format!("{}:{port}", self.host()))
    }

    pub fn target(&self) -> String {
        self.0.query().map_or_else(|| self.0.path().to_owned(), |query| format!("{}?{query}", self.0.path()))
    }
}

fn literal(host: Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

/// Whether a host name is local to this machine or network (RFC 6761, RFC 6762, RFC 8375).
fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    !host.contains('.')
        || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| host.ends_with(end))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere(_: &str) -> bool {
        false
    }

    fn parse(input: &str, permits: &dyn Fn(&str) -> bool) -> Result<Address, InvalidAddress> {
        Address::parse(input)?.permitted(permits)
    }

    #[test]
    fn address_must_be_public_web_server() {
        for (input, read) in [
            (" https://uni.example/room 3.ics#now ", "https://uni.example/room%203.ics"),
            ("webcal://uni.example/x?key=a", "https://uni.example/x?key=a"),
            ("WEBCALS://uni.example/x", "https://uni.example/x"),
            ("http://uni.example:8080/x", "http://uni.example:8080/x"),
            ("https://[2606:2800:220:1::1]/x", "https://[2606:2800:220:1::1]/x"),
        ] {
            assert_eq!(parse(input, &nowhere).unwrap().expose(), read);
        }
        for (input, invalid) in [
            ("uni.example/x", InvalidAddress::Form),
            ("ftp://uni.example/x", InvalidAddress::Form),
            ("file:///etc/passwd", InvalidAddress::Form),
            ("https://", InvalidAddress::Form),
            ("", InvalidAddress::Form),
            ("https://me:secret@uni.example/x", InvalidAddress::Login),
            ("https://uni.example:22/x", InvalidAddress::Port),
            ("http://uni.example:25/x", InvalidAddress::Port),
            ("http://127.0.0.1/x", InvalidAddress::Private),
            ("http://localhost/x", InvalidAddress::Private),
            ("http://LOCALHOST./x", InvalidAddress::Private),
            ("https://wiki.localhost/x", InvalidAddress::Private),
            ("https://printer.local/x", InvalidAddress::Private),
            ("https://intranet/x", InvalidAddress::Private),
            // Other notations of it.
            ("http://2130706433/x", InvalidAddress::Private),
            ("http://0x7f.1/x", InvalidAddress::Private),
            ("http://[::1]/x", InvalidAddress::Private),
            ("http://[::ffff:10.0.0.1]/x", InvalidAddress::Private),
            ("http://169.254.169.254/latest/meta-data", InvalidAddress::Private),
        ] {
            assert_eq!(parse(input, &nowhere), Err(invalid), "{input}");
        }
        assert_eq!(
            parse(&format!("https://uni.example/{}", "x".repeat(ADDRESS)), &nowhere),
            Err(InvalidAddress::Form)
        );
    }

    #[test]
    fn permitted_host_may_be_private_with_any_port() {
        let permits = |host: &str| host == "timetable.internal" || host == "10.1.2.3";
        for fits in ["http://timetable.internal:9000/x", "http://10.1.2.3:81/x"] {
            assert!(parse(fits, &permits).is_ok(), "{fits}");
        }
        assert_eq!(parse("http://10.1.2.4/x", &permits), Err(InvalidAddress::Private));
    }

    #[test]
    fn redirect_is_validated_and_never_leaves_tls() {
        let from = parse("https://uni.example/a/b", &nowhere).unwrap();
        assert_eq!(from.redirected("../c", &nowhere).unwrap().expose(), "https://uni.example/c");
        assert_eq!(from.redirected("//cdn.example/c", &nowhere).unwrap().host(), "cdn.example");
        for (to, invalid) in [
            ("http://uni.example/c", InvalidAddress::Form),
            ("https://me@uni.example/c", InvalidAddress::Login),
            ("gopher://uni.example/c", InvalidAddress::Form),
            ("https://127.0.0.1/c", InvalidAddress::Private),
            ("https://uni.example:6379/c", InvalidAddress::Port),
        ] {
            assert_eq!(from.redirected(to, &nowhere), Err(invalid), "{to}");
        }
        assert!(!format!("{from:?}").contains("uni"));
    }
}
