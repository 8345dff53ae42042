//! The rows of training: modules, requests and events.

use super::{
    Cause,
    reasons::{DRAFT, EVENT, OWN, SETTING},
};
use domain::notices::Kind;

/// Service functions that change something about training, by module path and name.
pub(super) const TRAINING: &[(&str, Cause)] = &[
    ("training::editor::add", Cause::None(DRAFT)),
    (
        "training::editor::archive",
        Cause::None("it is required no more, or people see it again where it is: nobody has to act"),
    ),
    ("training::editor::arrange", Cause::None(SETTING)),
    ("training::editor::publish", Cause::Tells(&[Kind::TrainingAgain])),
    ("training::editor::save", Cause::None(DRAFT)),
    ("training::editor::keep_captions", Cause::None(DRAFT)),
    ("training::editor::remove_captions", Cause::None(DRAFT)),
    ("training::editor::set_captions", Cause::None(DRAFT)),
    ("training::editor::set_video", Cause::None(DRAFT)),
    ("training::exchange::import", Cause::None(DRAFT)),
    ("training::exchange::import_pasted", Cause::None(DRAFT)),
    ("training::questions::add_question", Cause::None(DRAFT)),
    ("training::questions::change_question", Cause::None(DRAFT)),
    ("training::questions::remove_picture", Cause::None(DRAFT)),
    ("training::questions::remove_question", Cause::None(DRAFT)),
    ("training::questions::set_picture", Cause::None(DRAFT)),
    ("training::quiz::answer", Cause::None(OWN)),
    ("training::quiz::begin", Cause::None(OWN)),
    ("training::quiz::hand_in", Cause::None(OWN)),
    ("training::requirements::release", Cause::None(SETTING)),
    ("training::requirements::require", Cause::None(SETTING)),
    ("training::videos::keep", Cause::None(DRAFT)),
    ("training::watching::report", Cause::None(OWN)),
    ("training::watching::report_module", Cause::None(OWN)),
    (
        "training_events::announce::announce",
        Cause::TellsThrough(
            &[Kind::EventHosted, Kind::EventInvited],
            &["training_events/announce.rs", "training_events/queue.rs"],
        ),
    ),
    (
        "training_events::announce::cancel",
        Cause::TellsThrough(
            &[Kind::EventCancelled, Kind::EventInvited],
            &["training_events/effects.rs", "training_events/queue.rs"],
        ),
    ),
    (
        "training_events::announce::change",
        Cause::TellsThrough(
            &[Kind::EventMoved, Kind::EventHosted, Kind::EventInvited, Kind::EventPlaced],
            &["training_events/announce.rs", "training_events/queue.rs"],
        ),
    ),
    (
        "training_events::due::run_due",
        Cause::TellsThrough(
            &[
                Kind::EventCancelled,
                Kind::EventLapsed,
                Kind::EventInvited,
                Kind::EventPlaced,
                Kind::EventReminder,
                Kind::EventResult,
                Kind::EventResultsDue,
            ],
            &["training_events/due.rs", "training_events/effects.rs", "training_events/queue.rs"],
        ),
    ),
    ("training_events::places::accept", Cause::None(EVENT)),
    (
        "training_events::places::decline",
        Cause::TellsThrough(&[Kind::EventInvited, Kind::EventPlaced], &["training_events/queue.rs"]),
    ),
    (
        "training_events::places::leave",
        Cause::TellsThrough(&[Kind::EventInvited, Kind::EventPlaced], &["training_events/queue.rs"]),
    ),
    ("training_events::places::sign_up", Cause::None(EVENT)),
    (
        "training_events::places::walk_in",
        // And the person themself, whose place at a later date ends: `EventNews::Dropped`.
        Cause::TellsThrough(&[Kind::EventInvited, Kind::EventPlaced], &["training_events/queue.rs"]),
    ),
    ("training_events::results::undo", Cause::None("the pages of the event and of the person show it")),
    ("training_events::results::write", Cause::TellsThrough(&[Kind::Granted], &["qualifications/mod.rs"])),
    ("training_requests::ask", Cause::TellsThrough(&[Kind::EventInvited], &["training_events/queue.rs"])),
    ("training_requests::lift", Cause::None("they see that they may ask again when they ask")),
    ("training_requests::withdraw", Cause::TellsThrough(&[Kind::EventInvited], &["training_events/queue.rs"])),
];
