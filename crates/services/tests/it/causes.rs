//! Every service function that changes something, with the notices it causes or the reason for none.
//!
//! Each `async fn` that takes the context and is visible outside its file has a row in [`causes`] or in [`READS`].

mod building;
mod connections;
mod directory;
mod dues;
mod functions;
mod identity_providers;
mod reasons;
mod recorded;
mod training;
mod variants;

use crate::reads::READS;
use building::BUILDING;
use connections::CONNECTIONS;
use directory::DIRECTORY;
use domain::notices::Kind;
use dues::DUES;
use functions::{functions, sources};
use identity_providers::IDENTITY_PROVIDERS;
use reasons::{
    ASKED, AT_MACHINE, CONSOLE, COPY, DATA, DEMO, DESK, DONE, DRAW, ENDED, FIRMWARE, FIRST, GROUP, HOUSE, LINK,
    LIST, NOTE, OWN, PRESENT, PROFILE, SENT, SETTING, SHARED,
};
use std::collections::BTreeSet;
use training::TRAINING;
use variants::variant;

/// Recipients of a change's notices.
#[derive(Debug, Clone, Copy)]
enum Cause {
    /// These kinds, by notices that its file makes.
    Tells(&'static [Kind]),
    /// These kinds, by notices that the functions it calls make, in these files.
    TellsThrough(&'static [Kind], &'static [&'static str]),
    /// None, with the reason.
    None(&'static str),
}

/// Where the notices of a changed standing are made.
const STANDING: &[&str] = &["people.rs", "groups/standing.rs"];

/// Service functions that change something, by module path and name; those of training are in [`TRAINING`], those of dues in [`DUES`].
const CAUSES: &[(&str, Cause)] = &[
    ("abandoned::on_card_check", Cause::None(ENDED)),
    ("abandoned::end", Cause::None(ENDED)),
    ("abandoned::on_poll", Cause::None(ENDED)),
    ("abandoned::reported_free", Cause::None(ENDED)),
    ("access::attempts::forget_old", Cause::None(HOUSE)),
    ("access::check", Cause::None(AT_MACHINE)),
    ("accounts::links::accept", Cause::Tells(&[Kind::PasswordChanged])),
    ("accounts::links::accept_without_password", Cause::None(OWN)),
    (
        "accounts::links::apply",
        Cause::None("managers find applications in their inbox; there is no notice of one yet"),
    ),
    ("accounts::links::follow", Cause::None(OWN)),
    ("accounts::links::forgotten", Cause::None(LINK)),
    ("accounts::links::help_in", Cause::None(LINK)),
    ("accounts::links::invite", Cause::None(LINK)),
    ("accounts::links::invite_again", Cause::None(LINK)),
    ("accounts::links::sign_in_link", Cause::None(CONSOLE)),
    ("accounts::many::invite_many", Cause::None(LINK)),
    ("accounts::own::change_password", Cause::Tells(&[Kind::PasswordChanged])),
    ("accounts::own::end_session", Cause::None(OWN)),
    ("accounts::own::set_language", Cause::None(OWN)),
    ("accounts::own::sign_out", Cause::None(OWN)),
    ("accounts::own::sign_out_everywhere", Cause::None(OWN)),
    ("accounts::proof::prove_by_password", Cause::None(OWN)),
    ("accounts::second_factor::begin_totp", Cause::None(OWN)),
    ("accounts::second_factor::confirm_totp", Cause::Tells(&[Kind::SecondFactorChanged])),
    ("accounts::second_factor::remove_totp", Cause::Tells(&[Kind::SecondFactorChanged])),
    ("accounts::second_factor::show_second_factor", Cause::None(OWN)),
    (
        "accounts::second_factor::take_off_second_factor",
        Cause::Tells(&[Kind::SecondFactorChanged, Kind::SignInMethodChanged]),
    ),
    ("accounts::sign_in::sign_in", Cause::None(OWN)),
    ("announcements::move_to", Cause::Tells(&[Kind::Announced])),
    ("announcements::restore", Cause::Tells(&[Kind::Announced])),
    ("announcements::save", Cause::Tells(&[Kind::Announced])),
    ("announcements::run_due", Cause::Tells(&[Kind::Announced])),
    // It disappears for everybody, or notifies on restoration.
    ("announcements::withdraw", Cause::Tells(&[Kind::Announced])),
    ("announcements::write", Cause::Tells(&[Kind::Announced])),
    ("availability::add_away", Cause::None(SETTING)),
    ("availability::add_rule", Cause::None(SETTING)),
    ("availability::change_rule", Cause::None(SETTING)),
    ("availability::remove_away", Cause::None(SETTING)),
    ("availability::remove_rule", Cause::None(SETTING)),
    ("boards::logins::make", Cause::None(SETTING)),
    ("boards::logins::recognise", Cause::None(HOUSE)),
    ("boards::logins::revoke", Cause::None(SETTING)),
    (
        "boards::notice_silence",
        Cause::None("machines are switched off every evening: a silent board is no news, and shows on the floor"),
    ),
    ("boards::page::forget", Cause::None(SETTING)),
    ("bookings::book::ask", Cause::Tells(&[Kind::BookingAsked])),
    ("bookings::on_behalf::ask_for", Cause::Tells(&[Kind::BookingMade])),
    ("bookings::import::import", Cause::Tells(&[Kind::HandOverAccepted])),
    (
        "bookings::decide::decide",
        Cause::TellsThrough(
            &[Kind::BookingApproved, Kind::BookingRejected, Kind::BookingCancelled, Kind::HoldPlaced],
            &["bookings/decide.rs", "bookings/due.rs"],
        ),
    ),
    ("bookings::hand_over::accept", Cause::Tells(&[Kind::HandOverAccepted, Kind::BookingAsked])),
    ("bookings::hand_over::decline", Cause::Tells(&[Kind::HandOverDeclined])),
    ("bookings::hand_over::offer", Cause::Tells(&[Kind::HandOverOffered])),
    ("bookings::hand_over::withdraw", Cause::None("the page of the booking says so, and nobody has to act")),
    (
        "bookings::move_booking::move_to",
        Cause::TellsThrough(
            &[Kind::BookingAsked, Kind::BookingMoved, Kind::BookingOffered, Kind::TimeFreed],
            &["bookings/move_booking.rs", "waiting/line.rs"],
        ),
    ),
    (
        "bookings::move_booking::rebook",
        Cause::TellsThrough(
            &[Kind::BookingAsked, Kind::BookingMoved, Kind::BookingOffered, Kind::TimeFreed],
            &["bookings/move_booking.rs", "waiting/line.rs"],
        ),
    ),
    (
        "bookings::due::run_due",
        Cause::Tells(&[
            Kind::BookingReminder,
            Kind::BookingExpired,
            Kind::BookingReleased,
            Kind::BookingAtRisk,
            Kind::HoldPlaced,
        ]),
    ),
    (
        "bulk::act",
        Cause::TellsThrough(
            &[Kind::StatusChanged, Kind::Granted, Kind::Revoked],
            &["people.rs", "qualifications/mod.rs"],
        ),
    ),
    (
        "bulk::answer",
        Cause::TellsThrough(&[Kind::CheckoutAccepted, Kind::CheckoutRejected], &["checkouts/mod.rs"]),
    ),
    ("cards::claims::approve", Cause::TellsThrough(&[Kind::CardGiven], &["cards/mod.rs"])),
    ("cards::claims::claim", Cause::Tells(&[Kind::CardClaimed])),
    ("cards::claims::refuse", Cause::Tells(&[Kind::ClaimRefused])),
    (
        "cards::claims::take_back",
        Cause::None("a moment ago it was no card of theirs; the claim waits again and shows so"),
    ),
    ("cards::enrollment::cancel", Cause::None(DESK)),
    ("cards::enrollment::expect", Cause::None(DESK)),
    ("cards::enrollment::try_enroll", Cause::TellsThrough(&[Kind::CardGiven], &["cards/mod.rs"])),
    ("cards::give", Cause::Tells(&[Kind::CardGiven])),
    (
        "cards::mark",
        Cause::None(
            "mostly said by its owner; of what a manager says there is no notice yet, their account shows it",
        ),
    ),
    ("cards::unknown::give_unknown", Cause::TellsThrough(&[Kind::CardGiven], &["cards/mod.rs"])),
    ("cards::unknown::put_aside", Cause::None(DESK)),
    ("checklist::add_member", Cause::None(LINK)),
    ("checklist::dismiss", Cause::None(OWN)),
    (
        "checklist::let_use",
        Cause::TellsThrough(
            &[Kind::CardGiven, Kind::Granted, Kind::CheckoutCancelled],
            &["cards/mod.rs", "qualifications/mod.rs", "checkouts/due.rs"],
        ),
    ),
    ("checkouts::ask", Cause::Tells(&[Kind::CheckoutAsked])),
    (
        "checkouts::decide",
        Cause::TellsThrough(
            &[
                Kind::CheckoutAccepted,
                Kind::CheckoutRejected,
                Kind::CheckoutCancelled,
                Kind::CheckoutFailed,
                Kind::Granted,
                Kind::BookingOffered,
                Kind::TimeFreed,
            ],
            &["checkouts/mod.rs", "qualifications/mod.rs", "waiting/line.rs"],
        ),
    ),
    (
        "checkouts::move_to",
        Cause::TellsThrough(
            &[
                Kind::CheckoutMoved,
                Kind::CheckoutCancelled,
                Kind::CheckoutAsked,
                Kind::BookingOffered,
                Kind::TimeFreed,
            ],
            &["checkouts/mod.rs", "waiting/line.rs"],
        ),
    ),
    (
        "checkouts::walk_in::record",
        Cause::TellsThrough(
            &[Kind::CheckoutFailed, Kind::CheckoutCancelled, Kind::Granted],
            &["checkouts/mod.rs", "qualifications/mod.rs"],
        ),
    ),
    ("checkouts::steps::remove_photo", Cause::None(PRESENT)),
    ("checkouts::steps::say", Cause::None(PRESENT)),
    ("checkouts::steps::save_list", Cause::None(SETTING)),
    ("checkouts::steps::set_photo", Cause::None(PRESENT)),
    ("checkouts::steps::sign", Cause::None(PRESENT)),
    (
        "checkouts::due::run_due",
        Cause::TellsThrough(
            &[Kind::CheckoutReminder, Kind::CheckoutCancelled, Kind::BookingOffered, Kind::TimeFreed],
            &["checkouts/due.rs", "waiting/line.rs"],
        ),
    ),
    (
        "checkouts::undo::undo_pass",
        Cause::TellsThrough(&[Kind::Revoked, Kind::Granted], &["qualifications/mod.rs"]),
    ),
    ("checkouts::time_request::request_time", Cause::Tells(&[Kind::CheckoutWanted])),
    (
        "closures::close",
        Cause::TellsThrough(
            &[
                Kind::BookingCancelled,
                Kind::CheckoutCancelled,
                Kind::EventCancelled,
                Kind::BookingOffered,
                Kind::TimeFreed,
            ],
            &["bookings/displaced.rs", "checkouts/due.rs", "training_events/effects.rs", "waiting/line.rs"],
        ),
    ),
    ("closures::lift", Cause::TellsThrough(&[Kind::BookingOffered, Kind::TimeFreed], &["waiting/line.rs"])),
    ("corrections::correct", Cause::Tells(&[Kind::UseCorrected])),
    ("deliveries::retry", Cause::None(SETTING)),
    ("demo::doors::doors", Cause::None(DEMO)),
    ("demo::furnish", Cause::None(DEMO)),
    ("displays::for_demo", Cause::None(DEMO)),
    ("displays::make", Cause::None(SETTING)),
    ("displays::open", Cause::None(SETTING)),
    ("displays::recognise", Cause::None(HOUSE)),
    ("displays::renew", Cause::None(SETTING)),
    ("displays::revoke", Cause::None(SETTING)),
    ("down_time::check_clocks", Cause::None(HOUSE)),
    ("down_time::stood_still", Cause::None(HOUSE)),
    ("due::run", Cause::None(SHARED)),
    ("due::settle_each", Cause::None(SHARED)),
    ("equipment::add_machine", Cause::None(SETTING)),
    ("equipment::kinds::add_type", Cause::None(SETTING)),
    (
        "equipment::kinds::archive_type",
        Cause::TellsThrough(
            &[Kind::CheckoutCancelled, Kind::EventCancelled],
            &["checkouts/due.rs", "training_events/effects.rs"],
        ),
    ),
    ("equipment::kinds::save_type", Cause::None(SETTING)),
    (
        "equipment::machine::archive",
        Cause::TellsThrough(
            &[Kind::BookingCancelled, Kind::CheckoutCancelled, Kind::EventCancelled],
            &["bookings/displaced.rs", "checkouts/due.rs", "training_events/effects.rs"],
        ),
    ),
    ("equipment::machine::duplicate", Cause::None(SETTING)),
    ("equipment::machine::save", Cause::None(SETTING)),
    ("equipment::many::change_many", Cause::None(SETTING)),
    (
        "external_calendars::add",
        Cause::TellsThrough(
            &[Kind::BookingClash, Kind::CheckoutClash, Kind::CalendarClash, Kind::CalendarLeftOut],
            &["external_calendars/reading.rs"],
        ),
    ),
    (
        "external_calendars::read_now",
        Cause::TellsThrough(
            &[
                Kind::BookingOffered,
                Kind::TimeFreed,
                Kind::BookingClash,
                Kind::CheckoutClash,
                Kind::CalendarClash,
                Kind::CalendarLeftOut,
            ],
            &["waiting/line.rs", "external_calendars/reading.rs"],
        ),
    ),
    (
        "external_calendars::reading::run_due",
        Cause::TellsThrough(
            &[
                Kind::BookingOffered,
                Kind::TimeFreed,
                Kind::BookingClash,
                Kind::CheckoutClash,
                Kind::CalendarClash,
                Kind::CalendarLeftOut,
            ],
            &["waiting/line.rs", "external_calendars/reading.rs"],
        ),
    ),
    (
        "external_calendars::remove",
        Cause::TellsThrough(&[Kind::BookingOffered, Kind::TimeFreed], &["waiting/line.rs"]),
    ),
    ("external_calendars::rename", Cause::None(SETTING)),
    ("feeds::make", Cause::None(OWN)),
    ("feeds::read", Cause::None(HOUSE)),
    ("feeds::revoke", Cause::None(OWN)),
    ("firmware::cancel", Cause::None(FIRMWARE)),
    ("firmware::transfers::advance", Cause::None(FIRMWARE)),
    ("firmware::transfers::finish", Cause::None(SENT)),
    ("firmware::transfers::interrupted", Cause::None(SENT)),
    ("firmware::transfers::next", Cause::None(SENT)),
    ("firmware::keep", Cause::None(FIRMWARE)),
    ("firmware::remove", Cause::None(FIRMWARE)),
    ("firmware::start", Cause::None(FIRMWARE)),
    ("health::check", Cause::None(HOUSE)),
    ("holds::lift", Cause::Tells(&[Kind::HoldLifted])),
    ("holds::place", Cause::Tells(&[Kind::HoldPlaced])),
    ("hours::save_day", Cause::None(SETTING)),
    ("hours::save_week", Cause::None(SETTING)),
    ("imports::apply::apply", Cause::None(LIST)),
    ("imports::export::export", Cause::None(COPY)),
    ("imports::fabomatic::upload::apply", Cause::None(LIST)),
    ("imports::fabomatic::upload::keep", Cause::None(LIST)),
    ("imports::fabomatic::take_over", Cause::None(LIST)),
    ("imports::history::history", Cause::None(COPY)),
    ("imports::keep", Cause::None(LIST)),
    (
        "inbox::decide",
        Cause::TellsThrough(&[Kind::StatusChanged, Kind::CardGiven], &["inbox.rs", "people.rs", "cards/mod.rs"]),
    ),
    ("inbox::take_back", Cause::Tells(&[Kind::StatusChanged])),
    (
        "jobs::run",
        Cause::TellsThrough(
            &[Kind::JobFailed, Kind::MaintenanceDue, Kind::Expiring, Kind::Announced, Kind::Revoked],
            &["notices.rs", "announcements/mod.rs", "qualifications/mod.rs"],
        ),
    ),
    ("logbook::write_all", Cause::None(HOUSE)),
    ("mail::carry", Cause::None(HOUSE)),
    ("mail::deliver", Cause::None(HOUSE)),
    ("mail::send_code", Cause::None(HOUSE)),
    ("maintenance::notice_due", Cause::None(HOUSE)),
    ("maintenance::photos::add_photo", Cause::None(DONE)),
    ("maintenance::photos::remove_photo", Cause::None(DONE)),
    ("maintenance::plans::add", Cause::None(SETTING)),
    ("maintenance::plans::archive", Cause::None(SETTING)),
    ("maintenance::plans::save", Cause::None(SETTING)),
    ("maintenance::register::at_board", Cause::None(DONE)),
    ("maintenance::register::register", Cause::None(DONE)),
    ("notes::delete", Cause::None(NOTE)),
    ("notes::restore", Cause::None(NOTE)),
    ("notes::rewrite", Cause::None(NOTE)),
    ("notes::write", Cause::None(NOTE)),
    ("notice_settings::choose", Cause::None(OWN)),
    ("notice_settings::save", Cause::None(OWN)),
    ("notice_settings::trust_address", Cause::None(OWN)),
    ("notices::archive", Cause::None(OWN)),
    ("notices::follow", Cause::None(OWN)),
    ("notices::job_failed", Cause::Tells(&[Kind::JobFailed])),
    ("notices::open", Cause::None(OWN)),
    ("notices::read", Cause::None(OWN)),
    (
        "notices::remind",
        Cause::Tells(&[Kind::MaintenanceDue, Kind::Expiring, Kind::TrainingAgain, Kind::SettingKept]),
    ),
    ("notices::restore", Cause::None(OWN)),
    ("notices::write", Cause::None("whoever has it written says what it tells")),
    ("outages::run_due", Cause::Tells(&[Kind::BookingOutage])),
    (
        "outbox::invitations::answer",
        Cause::TellsThrough(&[Kind::EventInvited, Kind::EventPlaced], &["training_events/queue.rs"]),
    ),
    ("outbox::send_due", Cause::Tells(&[Kind::AddressBounced])),
    ("outbox::unsubscribe::follow", Cause::None(OWN)),
    ("people::admit", Cause::Tells(&[Kind::StatusChanged])),
    (
        "people::edit::add",
        Cause::None("whoever is added by hand cannot sign in yet: the link that they get tells them"),
    ),
    ("people::edit::edit", Cause::None(PROFILE)),
    ("people::leave", Cause::TellsThrough(&[Kind::StatusChanged, Kind::GroupWithoutAdmin], STANDING)),
    ("people::readmit", Cause::Tells(&[Kind::StatusChanged])),
    ("people::suspend", Cause::TellsThrough(&[Kind::StatusChanged, Kind::GroupWithoutAdmin], STANDING)),
    ("pictures::remove", Cause::None(PROFILE)),
    ("pictures::set", Cause::None(PROFILE)),
    ("places::add", Cause::None(SETTING)),
    ("places::archive", Cause::None(SETTING)),
    ("places::restore", Cause::None(SETTING)),
    ("places::restore_with_machines", Cause::None(SETTING)),
    ("places::save", Cause::None(SETTING)),
    ("privacy::erase", Cause::None("nobody is left who could be told")),
    ("privacy::erase_oneself", Cause::None(OWN)),
    ("privacy::export", Cause::None(DATA)),
    ("privacy::table", Cause::None(DATA)),
    ("problems::acknowledge", Cause::Tells(&[Kind::ProblemAcknowledged])),
    (
        "problems::blocks::block",
        Cause::TellsThrough(&[Kind::MachineBlocked, Kind::BookingOutage], &["problems/blocks.rs", "outages.rs"]),
    ),
    (
        "problems::blocks::lift",
        Cause::TellsThrough(&[Kind::MachineFree, Kind::BookingBack], &["problems/blocks.rs", "outages.rs"]),
    ),
    ("problems::photos::set_photo", Cause::None(DONE)),
    (
        "problems::report",
        Cause::TellsThrough(
            &[Kind::ProblemReported, Kind::MachineUnsafe, Kind::BookingOutage],
            &["problems/mod.rs", "outages.rs"],
        ),
    ),
    (
        "problems::resolve",
        Cause::TellsThrough(
            &[Kind::ProblemResolved, Kind::MachineFree, Kind::BookingBack],
            &["problems/mod.rs", "problems/blocks.rs", "outages.rs"],
        ),
    ),
    ("qualifications::ban", Cause::Tells(&[Kind::Banned])),
    (
        "qualifications::grant",
        Cause::TellsThrough(
            &[Kind::Granted, Kind::CheckoutCancelled],
            &["qualifications/mod.rs", "checkouts/due.rs"],
        ),
    ),
    ("qualifications::lapse::lapse", Cause::TellsThrough(&[Kind::Revoked], &["qualifications/mod.rs"])),
    ("qualifications::revoke", Cause::Tells(&[Kind::Revoked])),
    ("qualifications::unban", Cause::Tells(&[Kind::Unbanned])),
    ("repeats::begin", Cause::None(HOUSE)),
    ("repeats::end", Cause::None(HOUSE)),
    ("repeats::forget_old", Cause::None(HOUSE)),
    ("requests::due", Cause::None(ASKED)),
    ("requests::end_for_bookings", Cause::None(AT_MACHINE)),
    ("requests::start", Cause::None(ASKED)),
    ("requests::stop", Cause::None("whoever is on the machine sees it stop")),
    ("retention::due", Cause::None(HOUSE)),
    ("retention::run", Cause::None(HOUSE)),
    ("draws::add", Cause::None(DRAW)),
    ("draws::delete", Cause::None("nobody was notified of a draw that has not opened")),
    ("draws::due::run_due", Cause::Tells(&[Kind::DrawOpened, Kind::DrawClosed])),
    ("draws::renewal::renew", Cause::Tells(&[Kind::DrawRenewed])),
    ("draws::run::run", Cause::Tells(&[Kind::DrawResult])),
    ("draws::save", Cause::None(DRAW)),
    ("draws::wishes::add", Cause::None(DRAW)),
    ("draws::wishes::save", Cause::None(DRAW)),
    ("draws::wishes::withdraw", Cause::None(DRAW)),
    ("groups::joining::accept", Cause::Tells(&[Kind::GroupChanged])),
    ("floor_plans::add", Cause::None(SETTING)),
    ("floor_plans::delete", Cause::None(SETTING)),
    ("floor_plans::place", Cause::None(SETTING)),
    ("floor_plans::save", Cause::None(SETTING)),
    ("floor_plans::take_off", Cause::None(SETTING)),
    ("groups::add", Cause::Tells(&[Kind::GroupChanged])),
    ("groups::archive", Cause::None(GROUP)),
    ("groups::joining::ask", Cause::Tells(&[Kind::GroupAsked])),
    ("groups::change_role", Cause::None(GROUP)),
    ("groups::joining::decline", Cause::Tells(&[Kind::GroupChanged])),
    ("groups::joining::invite", Cause::Tells(&[Kind::GroupInvited])),
    ("groups::import::import", Cause::Tells(&[Kind::GroupChanged])),
    ("groups::joining::join", Cause::None(GROUP)),
    ("groups::put_in", Cause::Tells(&[Kind::GroupChanged])),
    ("groups::remove", Cause::Tells(&[Kind::GroupChanged])),
    ("groups::joining::renew_link", Cause::None(LINK)),
    (
        "groups::restore",
        Cause::TellsThrough(
            &[Kind::BookingMade, Kind::BookingAsked, Kind::SeriesChanged],
            &["bookings/restored.rs"],
        ),
    ),
    ("groups::joining::revoke_link", Cause::None(GROUP)),
    ("groups::save", Cause::None(GROUP)),
    ("groups::joining::withdraw", Cause::None(GROUP)),
    ("series::create::add", Cause::Tells(&[Kind::SeriesChanged])),
    ("series::change::change", Cause::TellsThrough(&[Kind::SeriesChanged], &["series/create.rs"])),
    ("series::change::skip", Cause::TellsThrough(&[Kind::SeriesChanged], &["series/create.rs"])),
    ("series::end::end", Cause::TellsThrough(&[Kind::SeriesChanged], &["series/create.rs"])),
    ("series::end::end_term", Cause::TellsThrough(&[Kind::SeriesChanged], &["series/create.rs"])),
    ("rooms::add", Cause::None(SETTING)),
    ("rooms::archive", Cause::None(SETTING)),
    ("rooms::restore", Cause::None(SETTING)),
    ("rooms::save", Cause::None(SETTING)),
    ("sessions::forget_run_out", Cause::None(HOUSE)),
    ("sessions::recognise", Cause::None(HOUSE)),
    ("settings::say", Cause::None(SETTING)),
    ("setup::begin", Cause::None(FIRST)),
    (
        "setup::create_administrator",
        Cause::Tells(&[Kind::PasswordChanged, Kind::SecondFactorChanged, Kind::SignInMethodChanged]),
    ),
    ("setup::offer", Cause::None(CONSOLE)),
    ("system::copy", Cause::None(COPY)),
    ("sessions::note_use", Cause::None(HOUSE)),
    ("tokens::make", Cause::None(OWN)),
    ("tokens::recognise", Cause::None(HOUSE)),
    ("tokens::revoke", Cause::None(OWN)),
    ("uploads::begin", Cause::None(HOUSE)),
    ("uses::observe::observe", Cause::None(ENDED)),
    ("uses::record", Cause::None(AT_MACHINE)),
    ("waiting::decline", Cause::TellsThrough(&[Kind::BookingOffered, Kind::TimeFreed], &["waiting/line.rs"])),
    ("waiting::join", Cause::None(OWN)),
    ("waiting::leave", Cause::TellsThrough(&[Kind::BookingOffered, Kind::TimeFreed], &["waiting/line.rs"])),
    ("waiting::line::run_due", Cause::Tells(&[Kind::BookingOffered, Kind::OfferLapsed, Kind::TimeFreed])),
    ("waiting::take", Cause::Tells(&[Kind::BookingAsked])),
];

/// All rows.
fn causes() -> impl Iterator<Item = &'static (&'static str, Cause)> {
    CAUSES
        .iter()
        .chain(TRAINING)
        .chain(DUES)
        .chain(BUILDING)
        .chain(CONNECTIONS)
        .chain(DIRECTORY)
        .chain(IDENTITY_PROVIDERS)
}

/// How a source begins a change of its own.
const WRITES: [&str; 7] =
    [".change(", ".change::<", ".begin(actor", ".begin::<", ".write(", ".write::<", "write(ctx, async"];

#[test]
fn every_service_function_has_cause_row() {
    let listed: Vec<&str> = causes().map(|(name, _)| *name).chain(READS.iter().copied()).collect();
    let names: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(names.len(), listed.len(), "each has one row");
    let functions = functions();
    let there: BTreeSet<&str> = functions.keys().map(String::as_str).collect();
    let missing: Vec<_> = there.difference(&names).collect();
    let gone: Vec<_> = names.difference(&there).collect();
    assert!(missing.is_empty(), "say in CAUSES whom these tell, or name them in READS: {missing:?}");
    assert!(gone.is_empty(), "there are no such functions any more: {gone:?}");
}

#[test]
fn read_functions_write_nothing() {
    let functions = functions();
    for name in READS {
        let found = WRITES.iter().find(|write| functions[*name].body.contains(**write));
        let changes = functions[*name].is_job || found.is_some();
        assert!(!changes, "{name} changes something: it needs a row in CAUSES ({found:?})");
    }
}

#[test]
fn every_notice_kind_has_cause() {
    let reported: BTreeSet<Kind> = causes()
        .flat_map(|(_, cause)| match cause {
            Cause::Tells(kinds) | Cause::TellsThrough(kinds, _) => *kinds,
            Cause::None(_) => &[],
        })
        .copied()
        .collect();
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !reported.contains(kind)).collect();
    assert!(missing.is_empty(), "nothing tells these: {missing:?}");
}

#[test]
fn listed_notices_are_created_in_listed_files() {
    let (sources, functions) = (sources(), functions());
    for (name, cause) in causes() {
        let own = functions.get(*name).map(|function| function.file.as_str());
        let (kinds, files): (&[Kind], Vec<&str>) = match cause {
            Cause::Tells(kinds) => (kinds, own.into_iter().collect()),
            Cause::TellsThrough(kinds, files) => (kinds, files.to_vec()),
            Cause::None(why) => {
                assert!(why.split_whitespace().count() > 3, "{name} gives no reason: {why}");
                continue;
            }
        };
        assert!(!kinds.is_empty() && !files.is_empty(), "{name} names no kind or no file");
        for kind in kinds {
            let made = files.iter().any(|file| sources[*file].contains(variant(*kind)));
            assert!(made, "{name}: no {} in {files:?}", variant(*kind));
        }
        for file in files {
            let used = kinds.iter().any(|kind| sources[file].contains(variant(*kind)));
            assert!(used, "{name}: {file} tells nothing of {kinds:?}");
        }
    }
}
