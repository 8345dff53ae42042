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
    /// Its MD5, 32 hexadecimal digits: by that boards know it.
    pub md5: String,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    pub added: At,
    /// Who brought it, while they are known by name.
    pub by: Option<String>,
}

/// A board that an image can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board<At = Moment> {
    pub id: BoardId,
    pub machine: MachineId,
    pub machine_name: String,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    /// The firmware it said it has.
    pub firmware: String,
    /// When it last said so.
    pub seen: At,
    pub in_use: bool,
    /// An image waits for it, or is on its way.
    pub busy: bool,
}

/// Sending an image to a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job<At = Moment> {
    pub id: FirmwareJobId,
    pub image_name: String,
    /// The image, while it is kept.
    pub image: Option<FirmwareId>,
    pub board: BoardId,
    pub machine: MachineId,
    pub machine_name: String,
    pub state: State,
    /// How much of it is there, of 100.
    pub percent: u8,
    pub failure: Option<Failure>,
    /// It waits until nobody is on the machine.
    pub in_use: bool,
    pub queued: At,
    pub ended: Option<At>,
    /// Who wanted it, while they are known by name.
    pub by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwarePage {
    pub now: Moment,
    /// The images, the newest first.
    pub images: Vec<Image>,
    /// The boards, by what their machines are called.
    pub boards: Vec<Board>,
    /// The newest transfers first.
    pub jobs: Vec<Job>,
}
