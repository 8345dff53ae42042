//! Closed lists in the document: their codes and descriptions.
//!
//! Not here: the codes themselves, which the domain defines.

use domain::{
    actor::{Channel, Rank},
    bookings,
    cards::{CardAction, CardState, claims::ClaimOutcome},
    checkout_steps, checkouts, deliveries, firmware,
    history::{Group as HistoryGroup, Kind},
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

/// The same, or null.
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

/// The membership status of a person.
pub fn status() -> RefOr<Schema> {
    list("The person's membership status.", PersonStatus::ALL.iter().map(|name| name.as_str()))
}

/// The role of a person.
pub fn rank() -> RefOr<Schema> {
    list("The person's role in the workshop as a whole.", Rank::ALL.iter().map(|name| name.as_str()))
}

/// A change of membership.
pub fn step() -> RefOr<Schema> {
    list("The change of membership.", Step::ALL.iter().map(|name| name.as_str()))
}

/// The state of a card.
pub fn card() -> RefOr<Schema> {
    list("The card's state: whether it works.", CardState::ALL.iter().map(|name| name.as_str()))
}

/// A role on a type or machine.
pub fn relation() -> RefOr<Schema> {
    list("The role on it: user, trainer or owner.", Relation::ALL.iter().map(|name| name.as_str()))
}

/// The kind of a ledger entry.
pub fn entry() -> RefOr<Schema> {
    list("The kind of entry.", EntryKind::ALL.iter().map(|name| name.as_str()))
}

/// The cause of a ledger entry.
pub fn cause() -> RefOr<Schema> {
    list("The cause.", Cause::ALL.iter().map(|name| name.as_str()))
}

/// The kind of an event in a machine's history.
pub fn happening() -> RefOr<Schema> {
    list("What happened.", Kind::ALL.iter().map(|name| name.as_str()))
}

/// A filter for a machine's history.
pub fn happenings() -> RefOr<Schema> {
    list("Only events of this kind.", HistoryGroup::ALL.iter().map(|name| name.as_str()))
}

/// How a use ended.
pub fn ending() -> RefOr<Schema> {
    list_or_null(
        "For a use: how it ended; null otherwise, and while it is running.",
        Ending::ALL.iter().map(|name| name.as_str()),
    )
}

/// The level of a log entry.
pub fn weight() -> RefOr<Schema> {
    list("The log level.", Weight::ALL.iter().map(|name| name.as_str()))
}

/// The reason for a hold.
pub fn hold() -> RefOr<Schema> {
    list("The reason.", HoldReason::ALL.iter().map(|name| name.as_str()))
}

/// The channel of a request.
pub fn channel() -> RefOr<Schema> {
    list("The channel of the request.", Channel::ALL.iter().map(|name| name.as_str()))
}

/// The language of a person.
pub fn language() -> RefOr<Schema> {
    list_or_null(
        "The language for messages to them; defaults to the caller's.",
        Lang::ALL.into_iter().map(Lang::tag),
    )
}

/// Possible changes of membership.
pub fn steps() -> RefOr<Schema> {
    several("The changes of membership that the caller may make.", Step::ALL.iter().map(|name| name.as_str()))
}

/// The role to search for.
pub fn role() -> RefOr<Schema> {
    list("The person's role, beside member.", RoleGroup::ALL.iter().map(|name| name.as_str()))
}

/// The outcome of a claim.
pub fn claim_outcome() -> RefOr<Schema> {
    list("The outcome.", ClaimOutcome::ALL.iter().map(|name| name.as_str()))
}

/// A change of a card's state.
pub fn action() -> RefOr<Schema> {
    list("The change of the card's state.", CardAction::ALL.iter().map(|name| name.as_str()))
}

/// Possible changes of a card's state.
pub fn actions() -> RefOr<Schema> {
    several("The changes of state that the caller may make.", CardAction::ALL.iter().map(|name| name.as_str()))
}

/// The kind of an inbox item.
pub fn matter() -> RefOr<Schema> {
    list("The kind of item.", Matter::ALL.iter().map(|name| name.as_str()))
}

/// The severity of a problem.
pub fn severity() -> RefOr<Schema> {
    list(
        "The severity: the machine works, works badly, or must not be used.",
        Severity::ALL.iter().map(|name| name.as_str()),
    )
}

/// The state of a problem.
pub fn problem_state() -> RefOr<Schema> {
    list("The problem's state.", State::ALL.iter().map(|name| name.as_str()))
}

/// Who does maintenance.
pub fn doer() -> RefOr<Schema> {
    list("Who does it.", Doer::ALL.iter().map(|name| name.as_str()))
}

/// The urgency of maintenance.
pub fn urgency() -> RefOr<Schema> {
    list("The urgency.", Urgency::ALL.iter().map(|name| name.as_str()))
}

/// The state of a firmware transfer.
pub fn transfer_state() -> RefOr<Schema> {
    list("The state of the transfer.", firmware::State::ALL.iter().map(|name| name.as_str()))
}

/// Why a firmware transfer failed.
pub fn transfer_failure() -> RefOr<Schema> {
    list_or_null("Why it failed.", firmware::Failure::ALL.iter().map(|name| name.as_str()))
}

/// A decision about an inbox item.
pub fn verdict() -> RefOr<Schema> {
    list("The decision.", Verdict::ALL.iter().map(|name| name.as_str()))
}

/// Possible decisions about an inbox item.
pub fn verdicts() -> RefOr<Schema> {
    several("The decisions that can be made here.", Verdict::ALL.iter().map(|name| name.as_str()))
}

/// The columns of an import list.
pub fn columns() -> RefOr<Schema> {
    let words = Column::ALL.iter().map(|name| Some(name.as_str())).chain([None]);
    let one = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words));
    let about =
        "What each column is read as, in order; null to ignore it. Columns that are not listed are ignored.";
    ArrayBuilder::new().items(one).max_items(Some(COLUMNS)).description(Some(about)).into()
}

/// The kind of a notice, or null.
pub fn notice_kind() -> RefOr<Schema> {
    list_or_null(
        "The kind of notice; null if the caller may no longer see its subject.",
        notices::Kind::ALL.iter().map(|name| name.as_str()),
    )
}

/// The urgency of a notice, or null.
pub fn notice_urgency() -> RefOr<Schema> {
    list_or_null(
        "The urgency; null if the caller may no longer see its subject.",
        notices::Urgency::ALL.iter().map(|name| name.as_str()),
    )
}

/// The channel of a delivery.
pub fn delivery_channel() -> RefOr<Schema> {
    let away = deliveries::Channel::ALL.iter().filter(|channel| **channel != deliveries::Channel::App);
    list("The channel.", away.map(|channel| channel.as_str()))
}

/// The state of a delivery.
pub fn delivery_state() -> RefOr<Schema> {
    list("The state of the delivery.", deliveries::State::ALL.iter().map(|name| name.as_str()))
}

/// Why sending a mail failed.
pub fn delivery_trouble() -> RefOr<Schema> {
    list_or_null("Why the latest attempt failed.", deliveries::Trouble::ALL.iter().map(|name| name.as_str()))
}

/// Why a delivery was dropped.
pub fn delivery_reason() -> RefOr<Schema> {
    list_or_null("Why it was dropped.", deliveries::Reason::ALL.iter().map(|name| name.as_str()))
}

/// A filter for deliveries.
pub fn which_deliveries() -> RefOr<Schema> {
    list("Only these: `open` means waiting or failed.", ["open", "failed", "sent", "dropped"].into_iter())
}

/// A filter for notices.
pub fn which_notices() -> RefOr<Schema> {
    list("Only these: `all` means not archived.", ["unread", "all", "archived"].into_iter())
}

/// The state of an appointment.
pub fn checkout_state() -> RefOr<Schema> {
    list("The state.", checkouts::State::ALL.iter().map(|name| name.as_str()))
}

/// Possible actions on an appointment.
pub fn checkout_actions() -> RefOr<Schema> {
    several(
        "The actions that the caller can take now.",
        checkouts::CheckoutAction::ALL.iter().map(|name| name.as_str()),
    )
}

/// An action on an appointment. Moving it is a separate operation.
pub fn checkout_action() -> RefOr<Schema> {
    let actions =
        checkouts::CheckoutAction::ALL.iter().filter(|action| **action != checkouts::CheckoutAction::Move);
    list("The action to take.", actions.map(|name| name.as_str()))
}

/// The result of a checklist step.
pub fn checkout_mark() -> RefOr<Schema> {
    list_or_null("The result of the step.", checkout_steps::Mark::ALL.iter().map(|name| name.as_str()))
}

/// Who signs a checklist.
pub fn checkout_signer() -> RefOr<Schema> {
    list("The role of the signer.", checkout_steps::Signer::ALL.iter().map(|name| name.as_str()))
}

/// The state of a booking.
pub fn booking_state() -> RefOr<Schema> {
    list("The state.", bookings::State::ALL.iter().map(|name| name.as_str()))
}

/// The measure that is compared with opening hours.
pub fn measure() -> RefOr<Schema> {
    list("What the hours of the week measure.", reports::Measure::ALL.iter().map(|name| name.as_str()))
}

/// The period of readings.
pub fn period() -> RefOr<Schema> {
    list("The period of the readings.", domain::meters::Period::ALL.iter().map(|name| name.as_str()))
}

/// The lines of a report.
pub fn report_lines() -> RefOr<Schema> {
    list(
        "One line for each type, or also for each machine and room.",
        reports::GroupBy::ALL.iter().map(|name| name.as_str()),
    )
}

/// A table of a report.
pub fn report_part() -> RefOr<Schema> {
    list(
        "Only this table; defaults to all figures as one, with a line for each.",
        Part::ALL.iter().map(|name| name.as_str()),
    )
}

/// The lead time of a booking.
pub fn lead() -> RefOr<Schema> {
    list("The time from booking to start, in calendar days.", reports::Lead::ALL.iter().map(|name| name.as_str()))
}

/// A step of the training funnel.
pub fn training_step() -> RefOr<Schema> {
    list(
        "How far requests for training came; `invited` includes people who came without an invitation.",
        reports::TrainingStep::ALL.iter().map(|name| name.as_str()),
    )
}

/// The waiting time of a request.
pub fn waited() -> RefOr<Schema> {
    list("The time until the answer, if there was one.", reports::Waited::ALL.iter().map(|name| name.as_str()))
}

/// The state of a waiting list entry.
pub fn waiting_state() -> RefOr<Schema> {
    list("The state.", waiting::State::ALL.iter().map(|name| name.as_str()))
}

/// Possible actions on a booking.
pub fn booking_actions() -> RefOr<Schema> {
    several(
        "The actions that the caller can take now.",
        bookings::BookingAction::ALL.iter().map(|name| name.as_str()),
    )
}

/// Possible hand-over actions on a booking.
pub fn booking_hand_over() -> RefOr<Schema> {
    let all = bookings::HandOver::ALL.iter().map(|name| name.as_str());
    several("The hand-over actions that the caller can take.", all)
}

/// Why a time is not free.
pub fn booking_obstacle() -> RefOr<Schema> {
    list_or_null("Why it is not free; null if it is.", bookings::Obstacle::ALL.iter().map(|name| name.as_str()))
}

/// The scopes of a token, or null.
pub fn scopes() -> RefOr<Schema> {
    let one = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Scope::ALL.iter().map(|name| name.as_str())));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(one)
        .description(Some("The token's scopes; null for a session, which is not restricted."))
        .into()
}

/// The role of a person on a machine, or null.
pub fn relation_or_null() -> RefOr<Schema> {
    let about = "The person's highest role on it; null if they are only banned.";
    list_or_null(about, Relation::ALL.iter().map(|name| name.as_str()))
}

/// The kind of author of an audit entry.
pub fn who() -> RefOr<Schema> {
    list("Who did it.", ["person", "former", "board", "stranger", "toolgate"].into_iter())
}

/// The state of a start request.
pub fn starting() -> RefOr<Schema> {
    list("`under-way`: the request is being sent to the board.", ["under-way"].into_iter())
}

/// The state of a stop request.
pub fn stopping() -> RefOr<Schema> {
    let about = "`under-way`: the request is being sent to the board; `when-it-asks`: it is sent when the board next connects.";
    list(about, ["under-way", "when-it-asks"].into_iter())
}

/// The risk of a type.
pub fn risk() -> RefOr<Schema> {
    list("The risk level.", Risk::ALL.iter().map(|name| name.as_str()))
}

/// The authorization mode of a machine, or null.
pub fn mode_or_null() -> RefOr<Schema> {
    let about = "Who may use it: any member, qualified people, or also people accompanied by a trainer.";
    list_or_null(about, AuthorisationMode::ALL.iter().map(|name| name.as_str()))
}

/// What members see of a machine's user, or null.
pub fn shown_or_null() -> RefOr<Schema> {
    list_or_null("What members see of its user.", ShownNames::ALL.iter().map(|name| name.as_str()))
}

/// The level that a value comes from, or null.
pub fn reach_or_null() -> RefOr<Schema> {
    let about = "The level that the value comes from; null if the default applies.";
    list_or_null(about, Reach::ALL.iter().map(|name| name.as_str()))
}

/// The group of a setting.
pub fn group() -> RefOr<Schema> {
    list("The setting's group.", Group::ALL.iter().map(|name| name.as_str()))
}

/// The key of a setting.
pub fn setting() -> RefOr<Schema> {
    list(
        "The key of a setting.",
        Key::ALL.iter().filter(|key| key.reaches(Reach::Space)).map(|name| name.as_str()),
    )
}

/// The value of a setting.
fn value(about: &str, also: &[Type]) -> RefOr<Schema> {
    let kinds = [Type::String, Type::Integer, Type::Boolean].into_iter().chain(also.iter().cloned());
    let kinds = kinds.collect::<SchemaType>();
    ObjectBuilder::new().schema_type(kinds).description(Some(about)).examples(["qualified"]).into()
}

/// The value of a setting at a level.
pub fn own_value() -> RefOr<Schema> {
    value("The value at this level; null if there is none.", &[Type::Null])
}

/// The value of a setting that applies.
pub fn value_that_holds() -> RefOr<Schema> {
    value("The value that applies.", &[])
}

/// The default of a setting.
pub fn default_value() -> RefOr<Schema> {
    value("The default value.", &[])
}

/// The value that was previewed.
pub fn tried_value() -> RefOr<Schema> {
    value("The previewed value, as it would be saved; null if the setting would be cleared.", &[Type::Null])
}

/// The value to set.
pub fn explicit_value() -> RefOr<Schema> {
    value("The value: a number, a boolean or a code, depending on the setting.", &[])
}
