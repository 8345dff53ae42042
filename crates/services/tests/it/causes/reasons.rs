//! Reasons for no notice.

pub(super) const OWN: &str = "the doer's own account: they see it happen";
pub(super) const LINK: &str = "the link itself reaches whom it is for";
pub(super) const CONSOLE: &str = "done at the server's console, and in the record";
pub(super) const FIRST: &str = "there is nobody else in the space yet";
pub(super) const DEMO: &str = "a demonstration: its people are invented";
pub(super) const ASKED: &str = "whoever asked for it sees on the page of the machine what becomes of it";
pub(super) const HOUSE: &str = "the program's own housekeeping: nothing changes for anybody";
pub(super) const AT_MACHINE: &str = "whoever is at the machine sees it on its display";
pub(super) const ENDED: &str =
    "a use that nobody logged off is closed: the history shows it, and nobody has to act";
pub(super) const SETTING: &str =
    "how the workshop is set up: the pages show it, and the record says who changed it";
pub(super) const EVENT: &str = "the page of the event shows it, and nobody has to act";
pub(super) const GROUP: &str = "the pages of the group and its members show it, and nobody has to act";
pub(super) const DRAW: &str = "its pages show it, and people are notified when it opens, closes and has run";
pub(super) const PRESENT: &str = "member and trainer stand at the machine; how it ended is told";
pub(super) const DESK: &str = "at the desk, between the one who gives the card and the one who gets it";
pub(super) const SENT: &str = "the firmware page says how it ended; there is no notice of a failure yet";
pub(super) const FIRMWARE: &str = "whoever sends firmware watches how it goes on the page where they started it";
pub(super) const LIST: &str =
    "a list takes over what everybody in it knows: hundreds would be told old news at once";
pub(super) const COPY: &str = "a copy for managers: it changes nothing, and the record says who took it";
pub(super) const DATA: &str = "the record says that a manager took it; there is no notice of that yet";
pub(super) const DRAFT: &str =
    "nothing of a module is news before it is published, and what is published is found where it is required";
pub(super) const DOCUMENT: &str =
    "what is published notifies those who have to sign, and a timer those who have to since";
pub(super) const SHARED: &str = "a shared part: the functions that call it have rows of their own";
pub(super) const DONE: &str = "the machine's page shows it, and nobody has to act";
pub(super) const NOTE: &str = "notes are among managers";
pub(super) const PROFILE: &str =
    "mostly done by its owner; of what a manager changes there is no notice yet, the page shows it";
pub(super) const SWITCHED: &str = "pages of the building show it at once, and it ends by itself";
