//! Sends firmware to boards, one at a time, because they share the air.
//!
//! Invariant: an image goes only to an address that its board reported itself, in a network of this machine or an
//! allowed one, and never to this machine unless allowed: otherwise the server could be used to probe hosts behind
//! a firewall. Not here: who gets which image.

use super::{Delivery, Limits, deliver, networks};
use crate::config::{Cidr, Config, Ota};
use domain::firmware::{Failure, is_private, target};
use fabomatic::ota::PORT;
use services::{
    Ctx,
    firmware::{self, Transfer, Transfers},
};
use std::net::{IpAddr, SocketAddr};
use tokio_util::sync::CancellationToken;

/// Progress step in percent.
const STEP: usize = 5;

pub struct Worker {
    ctx: Ctx,
    ota: Ota,
    limits: Limits,
}

impl Worker {
    /// With the configured password, port and networks.
    #[must_use]
    pub fn new(ctx: Ctx, config: &Config, limits: Limits) -> Self {
        Self { ctx, ota: config.ota.clone(), limits }
    }

    /// Works until `stop`. The next start marks an interrupted transfer as failed.
    pub async fn run(self, stop: CancellationToken) {
        if let Err(error) = firmware::interrupted(&self.ctx).await {
            tracing::warn!(%error, "firmware that was under way could not be looked for");
        }
        let mut transfers = firmware::transfers(&self.ctx);
        while !stop.is_cancelled() {
            let next = firmware::next(&self.ctx).await;
            let working = async {
                match next {
                    Ok(Some(errand)) => self.carry(&errand, &mut transfers).await,
                    Ok(None) => transfers.wait().await,
                    Err(error) => {
                        tracing::warn!(%error, "firmware for boards could not be looked for");
                        transfers.wait().await;
                    }
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = working => {}
            }
        }
    }

    /// Sends an image to its board until done or cancelled.
    async fn carry(&self, errand: &Transfer, transfers: &mut Transfers) {
        let sending = self.send(errand);
        tokio::pin!(sending);
        let came = loop {
            tokio::select! {
                came = &mut sending => break came,
                () = transfers.wait() => {
                    if !firmware::is_wanted(&self.ctx, errand.job).await.unwrap_or(true) {
                        return;
                    }
                }
            }
        };
        match came {
            Ok(()) => tracing::info!(machine.id = errand.machine.0, "a board has new firmware"),
            Err(failure) => {
                tracing::warn!(machine.id = errand.machine.0, why = failure.as_str(), "a board got no firmware");
            }
        }
        if let Err(error) = firmware::finish(&self.ctx, errand.job, came).await {
            tracing::warn!(%error, "what came of firmware for a board could not be written down");
        }
    }

    async fn send(&self, errand: &Transfer) -> Result<(), Failure> {
        let Transfer { address, image, md5, .. } = errand;
        let delivery = Delivery {
            to: reachable(address, &self.ota.networks, &networks::own(), networks::is_this_machine)?,
            image,
            md5,
            password: self.ota.password.as_ref().map(|password| password.expose().as_str()),
            port: self.ota.port,
            limits: &self.limits,
        };
        let mut reported = None;
        let sent = |bytes: usize| {
            let percent = u8::try_from(bytes * 100 / image.len().max(1) / STEP * STEP).unwrap_or(100);
            let is_new = reported.replace(percent) != Some(percent);
            async move {
                if is_new && let Err(error) = firmware::advance(&self.ctx, errand, percent).await {
                    tracing::warn!(%error, "how far firmware is could not be written down");
                }
            }
        };
        deliver(delivery, sent).await
    }
}

/// The board's address as it reported it, if that is allowed or in a private network of this machine (`own`).
fn reachable(
    message: &str,
    allowed: &[Cidr],
    own: &[Cidr],
    is_this_machine: impl Fn(IpAddr) -> bool,
) -> Result<SocketAddr, Failure> {
    let to = target(message, PORT).ok_or(Failure::NoAddress)?;
    let is_in = |networks: &[Cidr]| networks.iter().any(|network| network.contains(to.ip()));
    let is_near = is_private(to.ip()) && is_in(own) && !is_this_machine(to.ip());
    if is_in(allowed) || is_near { Ok(to) } else { Err(Failure::FarAddress) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_outside_local_and_allowed_networks_is_refused() {
        let allowed = ["203.0.113.0/24".parse().unwrap()];
        let own = ["10.0.0.0/24", "198.51.100.0/24", "fe80::/64"].map(|network| network.parse().unwrap());
        let ours: IpAddr = "10.0.0.2".parse().unwrap();
        let reached = |message| reachable(message, &allowed, &own, |ip| ip == ours);
        assert_eq!(reached("10.0.0.7"), Ok("10.0.0.7:3232".parse().unwrap()));
        assert_eq!(reached("203.0.113.7:80"), Ok("203.0.113.7:80".parse().unwrap()));
        for message in [
            "203.0.114.7",
            "10.0.1.7",
            "10.0.0.2:4000",
            "192.168.1.7",
            "198.51.100.7",
            "127.0.0.1",
            "[::1]:80",
            "::ffff:127.0.0.1",
        ] {
            assert_eq!(reached(message), Err(Failure::FarAddress), "{message}");
        }
        for message in ["", "board.example", "https://10.0.0.7/"] {
            assert_eq!(reached(message), Err(Failure::NoAddress), "{message}");
        }
    }

    #[test]
    fn own_address_is_reached_only_if_allowed() {
        let (everything, loopback) = (["0.0.0.0/0".parse().unwrap()], ["127.0.0.0/8".parse().unwrap()]);
        assert_eq!(reachable("127.0.0.1", &[], &everything, |_| false), Err(Failure::FarAddress));
        assert_eq!(
            reachable("127.0.0.1:4000", &loopback, &[], networks::is_this_machine),
            Ok("127.0.0.1:4000".parse().unwrap())
        );
    }
}
