//! Closed lists as the description names them: their words, and what they say.
//!
//! Deliberately absent: the words themselves, which the domain spells.

use domain::{
    actor::{Channel, Rank},
    announcements, bookings,
    cards::{CardDeed, CardState, claims::ClaimOutcome},
    checkout_steps, checkouts, deliveries, external_calendars, firmware,
    history::{Group as Matters, Kind},
    holds::HoldReason,
    imports::{COLUMNS, Column},
    inbox::{Matter, Verdict},
    machines::{AuthorisationMode, Risk},
    maintenance::{Doer, Urgency},
    notices,
    people::{PersonStatus, RoleGroup, Step},
    problems::{Severity, State},
    qualifications::{Cause, EntryKind, Relation},
    reports,
    settings::{Group, Key, Scope as Reach, ShownNames},
    system::Weight,
    tokens::Scope,
    uses::Ending,
    waiting,
};
use services::reports::Part;
use text::Lang;
use utoipa::openapi::{
    RefOr,
    schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type},
};

fn list(about: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(Some(about)).into()
}

/// The same, or null: nothing.
fn list_or_null(about: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words.map(Some).chain([None])))
        .description(Some(about))
        .into()
}

fn several(about: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let one = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    ArrayBuilder::new().items(one).description(Some(about)).into()
}

/// Where somebody stands.
pub fn status() -> RefOr<Schema> {
    list("The person's membership status.", PersonStatus::ALL.iter().map(|word| word.as_str()))
}

/// What somebody is.
pub fn rank() -> RefOr<Schema> {
    list("The person's role in the workshop as a whole.", Rank::ALL.iter().map(|word| word.as_str()))
}

/// What is done to where somebody stands.
pub fn step() -> RefOr<Schema> {
    list("The change of membership.", Step::ALL.iter().map(|word| word.as_str()))
}

/// Whether a card opens anything.
pub fn card() -> RefOr<Schema> {
    list("The card's state: whether it works.", CardState::ALL.iter().map(|word| word.as_str()))
}

/// As what.
pub fn relation() -> RefOr<Schema> {
    list("The role on it: user, trainer or owner.", Relation::ALL.iter().map(|word| word.as_str()))
}

/// What an entry of the ledger says.
pub fn entry() -> RefOr<Schema> {
    list("The kind of entry.", EntryKind::ALL.iter().map(|word| word.as_str()))
}

/// Why it was said.
pub fn cause() -> RefOr<Schema> {
    list("Why.", Cause::ALL.iter().map(|word| word.as_str()))
}

/// What a line of a machine's history tells.
pub fn happening() -> RefOr<Schema> {
    list("What happened.", Kind::ALL.iter().map(|word| word.as_str()))
}

/// Lines of a machine's history that are asked for together.
pub fn happenings() -> RefOr<Schema> {
    list("Only events of this kind.", Matters::ALL.iter().map(|word| word.as_str()))
}

/// How a use ended.
pub fn ending() -> RefOr<Schema> {
    list_or_null(
        "For a use: how it ended; null otherwise, and while it is running.",
        Ending::ALL.iter().map(|word| word.as_str()),
    )
}

/// How much a line of the log matters.
pub fn weight() -> RefOr<Schema> {
    list("The log level.", Weight::ALL.iter().map(|word| word.as_str()))
}

/// Why somebody is held.
pub fn hold() -> RefOr<Schema> {
    list("Why.", HoldReason::ALL.iter().map(|word| word.as_str()))
}

/// How somebody came in.
pub fn door() -> RefOr<Schema> {
    list("The channel of the request.", Channel::ALL.iter().map(|word| word.as_str()))
}

/// In which language somebody reads.
pub fn language() -> RefOr<Schema> {
    list_or_null(
        "The language for messages to them; defaults to the caller's.",
        Lang::ALL.into_iter().map(Lang::tag),
    )
}

/// What may be done to where somebody stands.
pub fn steps() -> RefOr<Schema> {
    several("The changes of membership that the caller may make.", Step::ALL.iter().map(|word| word.as_str()))
}

/// As what somebody is looked for.
pub fn role() -> RefOr<Schema> {
    list("The person's role, beside member.", RoleGroup::ALL.iter().map(|word| word.as_str()))
}

/// What became of a claim.
pub fn claim_outcome() -> RefOr<Schema> {
    list("The outcome.", ClaimOutcome::ALL.iter().map(|word| word.as_str()))
}

/// What is said of a card.
pub fn deed() -> RefOr<Schema> {
    list("The change of the card's state.", CardDeed::ALL.iter().map(|word| word.as_str()))
}

/// What may be said of a card.
pub fn deeds() -> RefOr<Schema> {
    several("The changes of state that the caller may make.", CardDeed::ALL.iter().map(|word| word.as_str()))
}

/// What an item of the inbox is about.
pub fn matter() -> RefOr<Schema> {
    list("The kind of item.", Matter::ALL.iter().map(|word| word.as_str()))
}

/// How bad a problem is.
pub fn severity() -> RefOr<Schema> {
    list(
        "The severity: the machine works, works badly, or must not be used.",
        Severity::ALL.iter().map(|word| word.as_str()),
    )
}

/// What became of a problem.
pub fn problem_state() -> RefOr<Schema> {
    list("The problem's state.", State::ALL.iter().map(|word| word.as_str()))
}

/// Who does maintenance.
pub fn doer() -> RefOr<Schema> {
    list("Who does it.", Doer::ALL.iter().map(|word| word.as_str()))
}

/// How urgent maintenance is.
pub fn urgency() -> RefOr<Schema> {
    list("The urgency.", Urgency::ALL.iter().map(|word| word.as_str()))
}

/// How far sending an image to a board is.
pub fn transfer_state() -> RefOr<Schema> {
    list("The state of the transfer.", firmware::State::ALL.iter().map(|word| word.as_str()))
}

/// Why an image did not reach a board.
pub fn transfer_failure() -> RefOr<Schema> {
    list_or_null("Why it failed.", firmware::Failure::ALL.iter().map(|word| word.as_str()))
}

/// What is said about an item of the inbox.
pub fn verdict() -> RefOr<Schema> {
    list("The decision.", Verdict::ALL.iter().map(|word| word.as_str()))
}

/// What may be said about an item of the inbox.
pub fn verdicts() -> RefOr<Schema> {
    several("The decisions that can be made here.", Verdict::ALL.iter().map(|word| word.as_str()))
}

/// What the columns of a list say.
pub fn columns() -> RefOr<Schema> {
    let words = Column::ALL.iter().map(|word| Some(word.as_str())).chain([None]);
    let one = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words));
    let about =
        "What each column is read as, in order; null to ignore it. Columns that are not listed are ignored.";
    ArrayBuilder::new().items(one).max_items(Some(COLUMNS)).description(Some(about)).into()
}

/// What a notice is about.
pub fn notice_kind() -> RefOr<Schema> {
    list_or_null(
        "The kind of notice; null if the caller may no longer see its subject.",
        notices::Kind::ALL.iter().map(|word| word.as_str()),
    )
}

/// How urgent a notice is.
pub fn notice_urgency() -> RefOr<Schema> {
    list_or_null(
        "The urgency; null if the caller may no longer see its subject.",
        notices::Urgency::ALL.iter().map(|word| word.as_str()),
    )
}

/// A kind of notice.
pub fn kind_of_notice() -> RefOr<Schema> {
    list("The kind of notice.", notices::Kind::ALL.iter().map(|word| word.as_str()))
}

/// How urgent a kind of notice is.
pub fn urgency_of_notice() -> RefOr<Schema> {
    list("The urgency.", notices::Urgency::ALL.iter().map(|word| word.as_str()))
}

/// Where a delivery goes.
pub fn delivery_channel() -> RefOr<Schema> {
    list("The channel.", ["mail"].into_iter())
}

/// How far a delivery is.
pub fn delivery_state() -> RefOr<Schema> {
    list("The state of the delivery.", deliveries::State::ALL.iter().map(|word| word.as_str()))
}

/// Why a mail did not leave.
pub fn delivery_trouble() -> RefOr<Schema> {
    list_or_null("Why the latest attempt failed.", deliveries::Trouble::ALL.iter().map(|word| word.as_str()))
}

/// Why nothing was sent.
pub fn delivery_reason() -> RefOr<Schema> {
    list_or_null("Why it was dropped.", deliveries::Reason::ALL.iter().map(|word| word.as_str()))
}

/// Which deliveries.
pub fn which_deliveries() -> RefOr<Schema> {
    list("Only these: `open` means waiting or failed.", ["open", "failed", "sent", "dropped"].into_iter())
}

/// Which notices.
pub fn which_notices() -> RefOr<Schema> {
    list("Only these: `all` means not archived.", ["unread", "all", "archived"].into_iter())
}

/// Where an announcement is in its life.
pub fn announcement_state() -> RefOr<Schema> {
    list("The state.", announcements::State::ALL.iter().map(|word| word.as_str()))
}

/// Where an appointment is in its life.
pub fn checkout_state() -> RefOr<Schema> {
    list("The state.", checkouts::State::ALL.iter().map(|word| word.as_str()))
}

/// What can be done about an appointment.
pub fn checkout_deeds() -> RefOr<Schema> {
    several(
        "The actions that the caller can take now.",
        checkouts::CheckoutAction::ALL.iter().map(|word| word.as_str()),
    )
}

/// What somebody does about an appointment; moving it is an operation of its own.
pub fn checkout_deed() -> RefOr<Schema> {
    let deeds = checkouts::CheckoutAction::ALL.iter().filter(|deed| **deed != checkouts::CheckoutAction::Move);
    list("The action to take.", deeds.map(|word| word.as_str()))
}

/// What a trainer says about a step.
pub fn checkout_mark() -> RefOr<Schema> {
    list_or_null("The result of the step.", checkout_steps::Mark::ALL.iter().map(|word| word.as_str()))
}

/// Who signs a checklist.
pub fn checkout_signer() -> RefOr<Schema> {
    list("The role of the signer.", checkout_steps::Signer::ALL.iter().map(|word| word.as_str()))
}

/// Where a booking is in its life.
pub fn booking_state() -> RefOr<Schema> {
    list("The state.", bookings::State::ALL.iter().map(|word| word.as_str()))
}

/// What is compared with opening hours.
pub fn measure() -> RefOr<Schema> {
    list("What the hours of the week measure.", reports::Measure::ALL.iter().map(|word| word.as_str()))
}

/// Of what a report has a line.
pub fn report_lines() -> RefOr<Schema> {
    list(
        "One line for each type, or also for each machine and room.",
        reports::By::ALL.iter().map(|word| word.as_str()),
    )
}

/// Which table of a report.
pub fn report_part() -> RefOr<Schema> {
    list("Only this table; defaults to all.", Part::ALL.iter().map(|word| word.as_str()))
}

/// How long before.
pub fn lead() -> RefOr<Schema> {
    list("The time from booking to start, in calendar days.", reports::Lead::ALL.iter().map(|word| word.as_str()))
}

/// How long until the answer.
pub fn waited() -> RefOr<Schema> {
    list("The time until the answer, if there was one.", reports::Waited::ALL.iter().map(|word| word.as_str()))
}

/// Where somebody is who waits for a time.
pub fn waiting_state() -> RefOr<Schema> {
    list("The state.", waiting::State::ALL.iter().map(|word| word.as_str()))
}

/// What can be done about a booking.
pub fn booking_deeds() -> RefOr<Schema> {
    several(
        "The actions that the caller can take now.",
        bookings::BookingAction::ALL.iter().map(|word| word.as_str()),
    )
}

/// What can be done about handing a booking over.
pub fn booking_hand_over() -> RefOr<Schema> {
    let all = bookings::HandOver::ALL.iter().map(|word| word.as_str());
    several("The hand-over actions that the caller can take.", all)
}

/// What takes the time of a machine or a room.
pub fn booking_cause() -> RefOr<Schema> {
    list("What occupies the time.", bookings::Cause::ALL.iter().map(|word| word.as_str()))
}

/// Why an external calendar was not read.
pub fn calendar_failure() -> RefOr<Schema> {
    list_or_null(
        "Why the latest reading failed; null if it succeeded.",
        external_calendars::Failure::ALL.iter().map(|word| word.as_str()),
    )
}

/// Why an event of an external calendar was left out.
pub fn left_out() -> RefOr<Schema> {
    list("Why it was skipped.", external_calendars::Skipped::ALL.iter().map(|word| word.as_str()))
}

/// Why a time is not free.
pub fn booking_obstacle() -> RefOr<Schema> {
    list_or_null("Why it is not free; null if it is.", bookings::Obstacle::ALL.iter().map(|word| word.as_str()))
}

/// What a token is for, if it is one.
pub fn scopes() -> RefOr<Schema> {
    let one = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Scope::ALL.iter().map(|word| word.as_str())));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(one)
        .description(Some("The token's scopes; null for a session, which is not restricted."))
        .into()
}

/// The relation of a person to a machine, or null.
pub fn relation_or_null() -> RefOr<Schema> {
    let about = "The person's highest role on it; null if they are only banned.";
    list_or_null(about, Relation::ALL.iter().map(|word| word.as_str()))
}

/// Who did something that the record keeps.
pub fn who() -> RefOr<Schema> {
    list("Who did it.", ["person", "former", "board", "stranger", "toolgate"].into_iter())
}

/// How far a start is.
pub fn starting() -> RefOr<Schema> {
    list("`under-way`: the request is being sent to the board.", ["under-way"].into_iter())
}

/// How far a stop is.
pub fn stopping() -> RefOr<Schema> {
    let about = "`under-way`: the request is being sent to the board; `when-it-asks`: it is sent when the board next connects.";
    list(about, ["under-way", "when-it-asks"].into_iter())
}

/// How much harm something can do.
pub fn risk() -> RefOr<Schema> {
    list("The risk of the machine.", Risk::ALL.iter().map(|word| word.as_str()))
}

/// Who may use a machine, where that is said.
pub fn mode_or_null() -> RefOr<Schema> {
    let about = "Who may use it: any member, qualified people, or also people accompanied by a trainer.";
    list_or_null(about, AuthorisationMode::ALL.iter().map(|word| word.as_str()))
}

/// What members see of who uses a machine, where that is said.
pub fn shown_or_null() -> RefOr<Schema> {
    list_or_null("What members see of its user.", ShownNames::ALL.iter().map(|word| word.as_str()))
}

/// Where something is said, if anywhere.
pub fn reach_or_null() -> RefOr<Schema> {
    let about = "The level that the value comes from; null if the default applies.";
    list_or_null(about, Reach::ALL.iter().map(|word| word.as_str()))
}

/// What a setting belongs to.
pub fn group() -> RefOr<Schema> {
    list("The setting's group.", Group::ALL.iter().map(|word| word.as_str()))
}

/// Which setting.
pub fn setting() -> RefOr<Schema> {
    list("Which.", Key::ALL.iter().filter(|key| key.reaches(Reach::Space)).map(|word| word.as_str()))
}

/// A value of a setting.
fn value(about: &str, also: &[Type]) -> RefOr<Schema> {
    let kinds = [Type::String, Type::Integer, Type::Boolean].into_iter().chain(also.iter().cloned());
    let kinds = kinds.collect::<SchemaType>();
    ObjectBuilder::new().schema_type(kinds).description(Some(about)).examples(["qualified"]).into()
}

/// What is said there for a setting.
pub fn own_value() -> RefOr<Schema> {
    value("The value at this level; null if there is none.", &[Type::Null])
}

/// What holds for a setting.
pub fn value_that_holds() -> RefOr<Schema> {
    value("The value that applies.", &[])
}

/// What holds for a setting where nobody says anything.
pub fn default_value() -> RefOr<Schema> {
    value("The default value.", &[])
}

/// What is tried out.
pub fn tried_value() -> RefOr<Schema> {
    value("The previewed value, as it would be saved; null if the setting would be cleared.", &[Type::Null])
}

/// What is to be said.
pub fn said_value() -> RefOr<Schema> {
    value("The value: a number, a boolean or a code, depending on the setting.", &[])
}

/// Where the machines of a place go.
pub fn place_or_null() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
        .description(Some(
            "The id of the place to move its machines to; null for none. It can be omitted if there are no machines.",
        ))
        .examples([3])
        .into()
}
