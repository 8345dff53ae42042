//! The networks this machine is in, as the kernel lists them.
//!
//! Not here: loopback (`lo`), and networks behind a router.

use crate::config::Cidr;
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
};

/// Flag of a route through a gateway.
const GATEWAY: u16 = 2;

/// The networks of all interfaces; none if the kernel does not list them.
pub(super) fn own() -> Vec<Cidr> {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let (routes, addresses) = (read("/proc/net/route"), read("/proc/net/if_inet6"));
    routes.lines().filter_map(route).chain(addresses.lines().filter_map(address)).collect()
}

/// Whether the address is one of this machine's own: only such an address can be bound.
pub(super) fn is_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// A line of `/proc/net/route`: `eth0 0002A8C0 00000000 0001 0 0 0 00FFFFFF …`, numbers in memory byte order.
fn route(line: &str) -> Option<Cidr> {
    let mut words = line.split_whitespace();
    let mut number = |nth| u32::from_str_radix(words.nth(nth)?, 16).ok();
    let (destination, flags, mask) = (number(1)?, number(1)?, number(3)?);
    let mask = u32::from_be_bytes(mask.to_ne_bytes());
    if flags & u32::from(GATEWAY) != 0 || mask == 0 {
        return None;
    }
    let network = Ipv4Addr::from(destination.to_ne_bytes());
    Some(Cidr::new(IpAddr::V4(network), u8::try_from(mask.leading_ones()).ok()?))
}

/// A line of `/proc/net/if_inet6`: `fd00…02 04 40 00 82 eth0`, with the prefix length in the third place.
fn address(line: &str) -> Option<Cidr> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [address, _, bits, _, _, name] = words[..] else { return None };
    let address = Ipv6Addr::from(u128::from_str_radix(address, 16).ok()?);
    (name != "lo").then_some(Cidr::new(IpAddr::V6(address), u8::from_str_radix(bits, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_tables_yield_directly_attached_networks() {
        let routes = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                      eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                      eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n\
                      eth0\t0000000A\t0102A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0\n";
        let addresses = "fd000000000000000000000000000002 04 40 00 82     eth0\n\
                         00000000000000000000000000000001 01 80 10 80       lo\n";
        let own: Vec<_> = routes.lines().filter_map(route).chain(addresses.lines().filter_map(address)).collect();
        let is_own = |ip: &str| own.iter().any(|network| network.contains(ip.parse().unwrap()));
        assert!(is_this_machine(Ipv4Addr::LOCALHOST.into()) && !is_this_machine("192.0.2.7".parse().unwrap()));
        assert_eq!(own.len(), 2);
        assert!(is_own("192.168.2.77") && is_own("fd00::7"));
        assert!(!is_own("192.168.3.77") && !is_own("10.0.0.7") && !is_own("127.0.0.1") && !is_own("::1"));
    }
}
