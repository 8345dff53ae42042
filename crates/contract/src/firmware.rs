use domain::{
    firmware::{Failure, ImageInfo, State},
    id::{BoardId, FirmwareId, FirmwareJobId, MachineId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image<At = Moment> {
    pub id: FirmwareId,
    pub name: String,
    pub about: ImageInfo,
    /// Its bytes.
    pub size: u32,
    /// Its MD5, 32 hexadecimal digits, which boards check.
    pub md5: String,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    pub added: At,
    /// Who uploaded it, if known.
    pub by: Option<String>,
}

/// A board that can be sent an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board<At = Moment> {
    pub id: BoardId,
    pub machine: MachineId,
    pub machine_name: String,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    /// The firmware it reported.
    pub firmware: String,
    /// When it last reported that.
    pub seen: At,
    pub in_use: bool,
    /// A transfer to it waits or runs.
    pub busy: bool,
}

/// A transfer of an image to a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job<At = Moment> {
    pub id: FirmwareJobId,
    pub image_name: String,
    /// The image; `None` once deleted.
    pub image: Option<FirmwareId>,
    pub board: BoardId,
    pub machine: MachineId,
    pub machine_name: String,
    pub state: State,
    /// Progress in percent.
    pub percent: u8,
    pub failure: Option<Failure>,
    /// It waits until the machine is not in use.
    pub in_use: bool,
    pub queued: At,
    pub ended: Option<At>,
    /// Who started it, if known.
    pub by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwarePage {
    pub now: Moment,
    /// The images, newest first.
    pub images: Vec<Image>,
    /// The boards, by machine name.
    pub boards: Vec<Board>,
    /// The transfers, newest first.
    pub jobs: Vec<Job>,
}
