//! Addresses as options spell them: a broker's URL, and a network of trusted proxies.

use super::{Login, Secret};
use std::{
    fmt::{self, Display},
    net::IpAddr,
    path::PathBuf,
    str::FromStr,
};
use url::Url;

/// Where an external broker is, and how to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    pub host: String,
    /// Port; by default 1883, or 8883 with TLS.
    pub port: u16,
    pub login: Option<Login>,
    pub tls: bool,
    /// Its own certificate authority, as a PEM file.
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write it like mqtt://user:password@host:1883, or mqtts:// for TLS")]
pub struct BadBrokerUrl;

impl BrokerAddress {
    /// A broker without TLS and login.
    #[must_use]
    pub fn plain(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, login: None, tls: false, ca: None }
    }
}

impl Display for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for BrokerAddress {
    type Err = BadBrokerUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| BadBrokerUrl)?;
        let tls = match url.scheme() {
            "mqtt" => false,
            "mqtts" => true,
            _ => return Err(BadBrokerUrl),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(BadBrokerUrl);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadBrokerUrl)?;
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| BadBrokerUrl)
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                Some(Login { user: decode(user)?, password: Secret::new(decode(password.unwrap_or_default())?) })
            }
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(if tls { 8883 } else { 1883 }),
            login,
            tls,
            ca: None,
        })
    }
}

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    bits: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a network like 10.0.0.0/8 or fd00::/8, or one address")]
pub struct BadCidr;

impl FromStr for Cidr {
    type Err = BadCidr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (network, bits) = text.split_once('/').unwrap_or((text, ""));
        let network: IpAddr = network.trim().parse().map_err(|_| BadCidr)?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        let bits = if bits.is_empty() { most } else { bits.trim().parse().map_err(|_| BadCidr)? };
        if bits <= most { Ok(Self { network, bits }) } else { Err(BadCidr) }
    }
}

impl Cidr {
    #[must_use]
    pub const fn new(network: IpAddr, bits: u8) -> Self {
        Self { network, bits }
    }

    /// Whether `address` lies in the network.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                u32::from(network) & mask == u32::from(address) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                u128::from(network) & mask == u128::from(address) & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broker_url_parses_into_host_port_and_login() {
        let plain: BrokerAddress = "mqtt://broker.example".parse().unwrap();
        assert_eq!(
            (plain.host.as_str(), plain.port, plain.tls, plain.login),
            ("broker.example", 1883, false, None)
        );
        let full: BrokerAddress = "mqtts://tool%40gate:p%3Aw@[::1]:8884/".parse().unwrap();
        assert_eq!((full.host.as_str(), full.port, full.tls), ("::1", 8884, true));
        let login = full.login.clone().unwrap();
        assert_eq!((login.user.as_str(), login.password.expose().as_str()), ("tool@gate", "p:w"));
        assert_eq!(full.to_string(), "mqtts://[::1]:8884", "what is printed holds no login");
        for wrong in
            ["broker:1883", "http://broker", "mqtt://", "mqtt://host/topic", "mqtt://host?x=1", "mqtt://h:65536"]
        {
            assert_eq!(wrong.parse::<BrokerAddress>(), Err(BadBrokerUrl), "{wrong}");
        }
    }

    #[test]
    fn cidr_contains_only_its_own_addresses() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("0.0.0.0/0", "8.8.8.8", "::1"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ] {
            let network: Cidr = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
        for wrong in ["10.0.0.0/33", "10.0.0/8", "fd00::/129", "", "any"] {
            assert_eq!(wrong.parse::<Cidr>(), Err(BadCidr), "{wrong}");
        }
    }
}
