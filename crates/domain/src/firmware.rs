//! Board firmware: stored images, and sending one to a board.
//!
//! `waiting → inviting → sending → done | failed | cancelled`. A board in use waits until its machine is idle. An
//! update that was under way when the server stopped has failed, because its result is unknown.
//!
//! **Invariant:** an image is sent only to an address that the board itself reported and that lies in a private
//! network ([`is_private`]) or in one that the server's configuration allows. Not here: the protocol.

use crate::string_enum::string_enum;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// Bytes of the largest image: the flash of existing boards.
pub const BYTES: usize = 4 * 1024 * 1024;
/// Limit of stored images.
pub const MAX_IMAGES: usize = 5;
/// Limit of characters of an image's name.
pub const NAME: usize = 60;
/// Limit of listed transfers, newest first.
pub const JOBS: usize = 50;
/// Limit of listed boards.
pub const BOARDS: usize = 1_000;

string_enum! {
    /// The state of a transfer.
    State {
        /// It has not begun.
        Waiting = "waiting",
        /// The board is being invited.
        Inviting = "inviting",
        /// The image is being sent.
        Sending = "sending",
        /// The board has it, and restarts with it.
        Done = "done",
        /// It did not work.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl State {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Inviting | Self::Sending)
    }
}

string_enum! {
    /// Why an image did not reach a board, or was not taken there.
    Failure {
        /// The board has not reported its address.
        NoAddress = "no-address",
        /// The address is outside the workshop's own networks.
        FarAddress = "far-address",
        NoAnswer = "no-answer",
        /// Something other than a board answers.
        Nonsense = "nonsense",
        /// The board requires a password, and none is configured.
        NeedsPassword = "needs-password",
        /// The password is not the board's.
        WrongPassword = "wrong-password",
        /// The board agreed, and did not connect back.
        NoConnection = "no-connection",
        /// The connection broke, or the board fell silent.
        Broken = "broken",
        /// The received data differs from what was sent.
        Damaged = "damaged",
        /// The board has no room for it.
        NoRoom = "no-room",
        /// The board cannot run it.
        Unfit = "unfit",
        /// Another error on the board.
        Board = "board",
        /// The image was deleted.
        NoImage = "no-image",
        /// No port is free for the board's connection.
        NoPort = "no-port",
        /// The server was restarted.
        Restarted = "restarted",
    }
}

string_enum! {
    /// Why a file is rejected as an image.
    InvalidImage {
        /// The file is empty.
        Nothing = "firmware.nothing",
        /// It is larger than any board takes.
        Large = "firmware.large",
        /// It is no image for boards.
        NoImage = "firmware.no-image",
        /// It ends too early, or its sum does not fit.
        Damaged = "firmware.damaged",
        /// It is the beginning of another kind of file: a boot loader, or a whole flash.
        NoProgram = "firmware.no-program",
        /// It is already stored.
        Kept = "firmware.kept",
        /// The limit of stored images is reached.
        Full = "firmware.full",
        /// Its name is too long.
        Name = "firmware.name",
    }
}

/// The description in an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageInfo {
    /// The processor it is for, by its number.
    pub chip: u16,
    /// The version that was built into it.
    pub version: String,
    /// The project that was.
    pub project: String,
}

/// The processors of the family, by their numbers.
const CHIPS: &[(u16, &str)] = &[
    (0, "ESP32"),
    (2, "ESP32-S2"),
    (5, "ESP32-C3"),
    (9, "ESP32-S3"),
    (12, "ESP32-C2"),
    (13, "ESP32-C6"),
    (16, "ESP32-H2"),
    (18, "ESP32-P4"),
    (20, "ESP32-C61"),
    (23, "ESP32-C5"),
];

/// The name of a processor; `None` if unknown.
#[must_use]
pub fn chip(number: u16) -> Option<&'static str> {
    CHIPS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

/// The update address of a board, from the address it reported, with its own or the default port. `None` for
/// anything else.
#[must_use]
pub fn target(message: &str, port: u16) -> Option<SocketAddr> {
    let message = message.trim();
    message
        .parse::<IpAddr>()
        .map(|ip| SocketAddr::new(ip, port))
        .or_else(|_| message.parse())
        .ok()
        .filter(is_somebody)
}

/// Whether there can be one board at an address, and it can be answered.
fn is_somebody(address: &SocketAddr) -> bool {
    let ip = address.ip().to_canonical();
    address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && ip != IpAddr::from([255, 255, 255, 255])
}

/// Whether an address is of a private network or of one link. This machine alone is no network.
#[must_use]
pub fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn board_target_is_address_with_optional_port() {
        let at = |message| target(message, 3232).map(|at| at.to_string());
        assert_eq!(at("192.168.1.7").as_deref(), Some("192.168.1.7:3232"));
        assert_eq!(at(" 10.0.0.7:4000 ").as_deref(), Some("10.0.0.7:4000"));
        assert_eq!(at("fd00::7").as_deref(), Some("[fd00::7]:3232"));
        for nowhere in
            ["", "board.example", "10.0.0.7/24", "0.0.0.0", "255.255.255.255", "224.0.0.1", "10.0.0.7:0", "10.0.0"]
        {
            assert_eq!(at(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn only_local_networks_are_private() {
        for near in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.9",
            "169.254.1.1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_private(near.parse().unwrap()), "{near}");
        }
        for far in [
            "127.0.0.1",
            "::1",
            "8.8.8.8",
            "172.32.0.1",
            "192.169.0.1",
            "100.64.0.1",
            "2001:db8::1",
            "::ffff:8.8.8.8",
            "1.1.1.1",
        ] {
            assert!(!is_private(far.parse().unwrap()), "{far}");
        }
    }

    #[test]
    fn finished_update_is_not_open() {
        let open: Vec<_> = State::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str()).collect();
        assert_eq!(open, ["waiting", "inviting", "sending"]);
    }
}
