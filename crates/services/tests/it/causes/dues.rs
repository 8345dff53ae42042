//! Causes of notices: dues.

use super::{
    Cause,
    reasons::{HOUSE, SETTING},
};
use domain::notices::Kind;

/// Service functions of dues that change something.
pub(super) const DUES: &[(&str, Cause)] = &[
    (
        "dues::changes::choose",
        Cause::TellsThrough(
            &[Kind::DuesLate, Kind::DuesEnded, Kind::HoldPlaced, Kind::HoldLifted],
            &["dues/standing.rs"],
        ),
    ),
    ("dues::changes::extend", Cause::TellsThrough(&[Kind::HoldLifted], &["dues/standing.rs"])),
    (
        "dues::changes::link",
        Cause::TellsThrough(&[Kind::DuesLate, Kind::DuesEnded, Kind::HoldPlaced], &["dues/standing.rs"]),
    ),
    ("dues::changes::unlink", Cause::TellsThrough(&[Kind::HoldLifted], &["dues/standing.rs"])),
    ("dues::commands::add", Cause::None(SETTING)),
    ("dues::commands::cancel", Cause::None(SETTING)),
    ("dues::commands::remove", Cause::None(SETTING)),
    ("dues::commands::retry", Cause::Tells(&[Kind::DuesCommandFailed])),
    (
        "dues::comparison::check_now",
        Cause::TellsThrough(
            &[Kind::DuesLate, Kind::DuesEnded, Kind::HoldPlaced, Kind::HoldLifted],
            &["dues/standing.rs"],
        ),
    ),
    ("dues::events::receive", Cause::None(HOUSE)),
    ("dues::matching::link_matches", Cause::None(SETTING)),
    (
        "dues::run_due",
        Cause::TellsThrough(
            &[Kind::DuesLate, Kind::DuesEnded, Kind::HoldPlaced, Kind::HoldLifted, Kind::DuesCommandFailed],
            &["dues/standing.rs", "dues/commands.rs"],
        ),
    ),
    (
        "dues::standing::ask_now",
        Cause::Tells(&[Kind::DuesLate, Kind::DuesEnded, Kind::HoldPlaced, Kind::HoldLifted]),
    ),
];
