//! Dues of members, as payment processors answer about them: the list, one person's, and commands to a processor.

use crate::people::PersonHead;
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    dues::{CommandKind, CommandState, DuesStatus, Processor, Reference, Trouble},
    holds::LastDay,
    id::{DuesCommandId, DuesDifferenceId, PersonId},
    names::Line,
    time::{Date, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag People;

    /// List dues
    ///
    /// Lists people by the status of their dues: those in grace, overdue, or ended in the last 31 days or not held yet, or those of
    /// one status. Those who are late the longest come first.
    GET "dues" => ListDues(form: DuesFilter) -> Payments,
        page "dues/list", scope PeopleRead,
        lists dues by |one: &DuesLine| -> (bool, Date, i64) { (one.status != DuesStatus::Overdue, one.paid_until, one.person.0) };

    /// List differences to payment processors
    ///
    /// Lists what the last nightly comparison found to differ. A difference changes nothing here until a manager takes the
    /// processor's status, with `askProcessor`, or links the reference, with `linkDues`.
    GET "dues/differences" => ListDuesDifferences() -> Payments,
        scope PeopleRead, lists differences by |one: &DifferenceView| -> i64 { one.id.0 };

    /// List commands to payment processors
    ///
    /// Lists the commands that wait, removals that failed until they are retried or cancelled, and those settled in the last week,
    /// newest first.
    GET "dues/commands" => ListDuesCommands() -> Payments,
        scope PeopleRead, lists commands by |one: &CommandView| -> std::cmp::Reverse<i64> { std::cmp::Reverse(one.id.0) };

    /// Ask payment processors now
    ///
    /// Asks every payment processor about everyone, and compares. Responds when that has been tried, or after 20 seconds: it then goes
    /// on, and differences appear when it is done.
    POST "dues/check" => CheckProcessors() -> (),
        page "dues/check", scope PeopleWrite, errors ["dues.no-processor"];

    /// Link people to customers by address
    ///
    /// Links the people whose e-mail address exactly one customer has whom nobody here is linked to, and returns how many these were.
    /// Whose address changed since the comparison is left out. They are among the differences with `matched`, which change nothing
    /// before: `checkProcessors` finds them, `listDuesDifferences` lists them. The processor is then asked about each, in the order of
    /// linking.
    POST "dues/link-matches" => LinkMatches() -> MatchesLinked,
        page "dues/link-matches", scope PeopleWrite, gives;

    /// Get a command to a payment processor
    ///
    /// Returns a command with its state, its tries and the time of the next one.
    GET "dues/commands/{id}" => ReadDuesCommand(id: DuesCommandId) -> CommandView,
        scope PeopleRead, errors ["dues-command.unknown"];

    /// Retry a command to a payment processor
    ///
    /// Sends a waiting command or a failed removal now. It carries the same key as before, so it is not done twice.
    POST "dues/commands/{id}/retry" => RetryDuesCommand(id: DuesCommandId) -> (),
        page "dues/retry", scope PeopleWrite,
        errors ["dues-command.unknown", "dues-command.settled", "dues.command-waits"];

    /// Cancel a command to a payment processor
    ///
    /// Cancels a waiting command or a failed removal.
    POST "dues/commands/{id}/cancel" => CancelDuesCommand(id: DuesCommandId) -> (),
        page "dues/cancel", scope PeopleWrite, errors ["dues-command.unknown", "dues-command.settled"];

    /// Get a person's dues
    ///
    /// Returns the status of a person's dues, the last paid day, and the last command about them. Everyone may read their own,
    /// with a shortened reference.
    GET "people/{id}/dues" => ReadDues(person: PersonId) -> PersonDues,
        page "dues/of", scope PeopleRead, versioned, errors ["person.unknown"];

    READ => ReadMembership(person: PersonId) -> Membership, page "dues/membership";

    /// Give a person more time
    ///
    /// Lets a member who is late, or whose membership ended, use machines until the end of a day, whatever the days of grace. A hold
    /// because of the dues is lifted at once.
    PATCH "people/{id}/dues" => ExtendDues(person: PersonId, version: i64, form: Result<MoreTime, Faults>) -> (),
        page "dues/extend", scope PeopleWrite,
        errors ["person.unknown", "dues.unlinked", "dues.oneself", "dues.not-late", "dues.invalid"];

    /// Link a person to a customer
    ///
    /// Links a person to a customer of a payment processor, which is then asked about them. With `matched`, only if the person still
    /// has the address by which the last comparison found them.
    POST "people/{id}/dues/link" => LinkDues(person: PersonId, form: NewLink) -> (),
        page "dues/link", scope PeopleWrite,
        errors ["person.unknown", "dues.linked", "dues.oneself", "dues.no-processor", "dues.no-match", "dues.invalid"];

    /// Unlink a person from their customer
    ///
    /// Removes the reference from a person. Nothing changes at the processor; a hold because of the dues is lifted.
    POST "people/{id}/dues/unlink" => UnlinkDues(person: PersonId) -> (),
        page "dues/unlink", scope PeopleWrite,
        errors ["person.unknown", "dues.unlinked", "dues.oneself"];

    /// Choose the subscription that is a person's dues
    ///
    /// Lets one of a person's subscriptions count as dues, and no other while it is collected. Without one, those count that the
    /// settings name. A choice that is over ends when another of those is collected; where the settings name none, a renewal at the
    /// same price takes its place. The processor is then asked about the person.
    POST "people/{id}/dues/choose" => ChooseSubscription(person: PersonId, form: SubscriptionChoice) -> (),
        page "dues/choose", scope PeopleWrite,
        errors ["person.unknown", "dues.unlinked", "dues.oneself", "dues.invalid"];

    /// Ask the payment processor about a person
    ///
    /// Asks the processor now and records its answer.
    POST "people/{id}/dues/ask" => AskProcessor(person: PersonId) -> (),
        page "dues/ask", scope PeopleWrite,
        errors ["person.unknown", "dues.unlinked", "dues.no-processor", "dues.no-answer", "dues.other-account", "dues.unknown-there"];

    /// Add a person at a payment processor
    ///
    /// Queues a command that creates a customer with the person's name and e-mail address. It is retried for up to three days.
    POST "people/{id}/dues/add" => AddToProcessor(person: PersonId, form: NewCustomer) -> CommandQueued,
        page "dues/add", scope PeopleWrite, makes At("/api/v1/dues/commands") as command,
        errors ["person.unknown", "dues.linked", "dues.oneself", "dues.no-processor", "dues.no-address", "dues.command-waits"];

    /// Remove a person at a payment processor
    ///
    /// Queues a command that ends the person's subscriptions. It is retried for up to three days. What is owed stays owed.
    POST "people/{id}/dues/remove" => RemoveFromProcessor(person: PersonId) -> CommandQueued,
        page "dues/remove", scope PeopleWrite, makes At("/api/v1/dues/commands") as command,
        errors ["person.unknown", "dues.unlinked", "dues.oneself", "dues.no-processor", "dues.ended", "dues.command-waits"];
}

/// Which dues to list.
#[derive(Debug, Clone, Copy, Form)]
pub struct DuesFilter {
    /// Only dues of this status; without it, those in grace, overdue, or ended in the last 31 days or not held yet.
    pub status: Option<DuesStatus>,
}

/// More time for a late member.
#[derive(Debug, Clone, Copy, Form)]
pub struct MoreTime {
    /// The last day on which they may use machines, in the space's time zone; must not be in the past, nor more than a year ahead.
    #[field(example = "2099-06-30")]
    pub last_day: LastDay,
}

/// A link to a customer.
#[derive(Debug, Clone, Form)]
pub struct NewLink {
    /// The processor's reference of the customer.
    #[field(example = "cus_3Vb7QwX1mN")]
    pub reference: Reference,
    /// Whether the person is linked only if they still have the customer's e-mail address.
    pub matched: bool,
}

/// The subscription that is a person's dues.
#[derive(Debug, Clone, Form)]
pub struct SubscriptionChoice {
    /// The processor's id of it; empty: those that the settings name.
    #[field(example = "sub_3Vb7QwX1mN")]
    pub subscription: Line<64>,
}

/// A customer to be created.
#[derive(Debug, Clone, Copy, Form)]
pub struct NewCustomer {
    /// Where; the first one that is set up if omitted.
    pub processor: Option<Processor>,
}

/// The result of queueing a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandQueued {
    pub command: DuesCommandId,
}

/// The result of linking people by address.
#[view]
pub struct MatchesLinked {
    /// How many people were linked.
    #[field(example = 214)]
    pub linked: u32,
    /// How many others with a customer's address are not linked: it changed since the comparison, several customers have it, the key of
    /// the processor is of another account, or an interruption left them out. The caller, whom another manager links, is not counted.
    #[field(example = 0)]
    pub left: u32,
}

/// A person's dues in the list.
#[view]
pub struct DuesLine {
    /// Their id.
    pub person: PersonId,
    /// Their name; empty once erased.
    #[field(example = "Tomás Herrera")]
    pub name: String,
    /// When their picture was added, if they have one, in milliseconds.
    pub picture: Option<i64>,
    /// The status of their dues.
    pub status: DuesStatus,
    /// The last paid day.
    pub paid_until: Date,
    /// The last day without a hold.
    pub last_day: Date,
    /// How many notices about the present delay they got.
    #[field(example = 2)]
    pub notices: u32,
    /// The version of their dues.
    #[field(example = 1)]
    pub version: i64,
}

/// A difference to a payment processor.
#[view]
pub struct DifferenceView {
    /// Its id.
    pub id: DuesDifferenceId,
    /// The processor.
    pub processor: Processor,
    /// The reference of the customer.
    #[field(example = "cus_3Vb7QwX1mN")]
    pub reference: Reference,
    /// Who has the reference here; null if nobody has.
    pub person: Option<PersonId>,
    /// Their name, while on record.
    pub name: Option<String>,
    /// The status here; null if nobody has the reference.
    pub here: Option<DuesStatus>,
    /// The status at the processor; null if it does not know the reference.
    pub there: Option<DuesStatus>,
    /// When it was first found.
    pub found: Moment,
    /// Who has the customer's e-mail address, if nobody has the reference; null once their address has changed.
    pub matched: Option<PersonId>,
    /// Their name, while on record.
    pub matched_name: Option<String>,
}

/// A command to a payment processor.
#[view]
pub struct CommandView {
    /// Its id.
    pub id: DuesCommandId,
    /// The person it is about.
    pub person: PersonId,
    /// Their name, while on record.
    pub name: Option<String>,
    /// The processor.
    pub processor: Processor,
    /// What it does.
    pub kind: CommandKind,
    /// Its state.
    pub state: CommandState,
    /// When it was queued.
    pub queued: Moment,
    /// The name of the person who queued it, while on record.
    pub by: Option<String>,
    /// How often it was tried.
    #[field(example = 1)]
    pub tries: u32,
    /// When it was last tried.
    pub tried: Option<Moment>,
    /// When it is tried next; null if it is settled.
    pub next: Option<Moment>,
    /// Why the last try failed.
    pub trouble: Option<Trouble>,
    /// When it was settled.
    pub settled: Option<Moment>,
}

/// A person's dues.
#[view]
pub struct PersonDues {
    /// The person.
    pub person: PersonId,
    /// The instant of this view.
    pub now: Moment,
    /// The version of the dues; 0 without.
    #[field(example = 1)]
    pub version: i64,
    /// The dues, if the person is linked to a customer.
    pub dues: Option<DuesView>,
    /// The last command about the person, for managers.
    pub command: Option<CommandView>,
    /// What became of the dues, newest first.
    pub history: Vec<DuesChange>,
    /// The subscriptions that the processor answered, those that are dues first.
    pub subscriptions: Vec<DuesSubscription>,
    /// Days without payment until a hold, from the day on which the delay is known here.
    #[field(example = 10)]
    pub grace: u16,
    /// How many bookings the person has ahead.
    #[field(example = 2)]
    pub bookings: u32,
    /// The processors that are set up here.
    pub processors: Vec<Processor>,
    /// What a processor would get to add the person, for managers: their e-mail address.
    pub email: Option<String>,
    /// The person's name, while on record.
    pub name: Option<String>,
    /// Whether the reader may change the dues.
    pub may_change: bool,
}

/// A subscription of a person at a payment processor.
#[view]
pub struct DuesSubscription {
    /// The processor's id of it; empty for payments that belong to none.
    #[field(example = "sub_3Vb7QwX1mN")]
    pub id: String,
    /// The name of what it collects.
    #[field(example = "Membership")]
    pub name: String,
    /// The last paid day, if the processor says so.
    pub paid_until: Option<Date>,
    /// Whether nothing will be collected any more.
    pub ended: bool,
    /// Whether it counts as dues; others are ignored.
    pub counts: bool,
    /// Whether a manager chose it.
    pub chosen: bool,
}

/// A person's dues below the head of their pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub head: PersonHead,
    pub dues: PersonDues,
}

/// The dues of a person who is linked to a customer.
#[view]
pub struct DuesView {
    /// The processor.
    pub processor: Processor,
    /// The reference of the customer; shortened for the person themselves.
    #[field(example = "cus_3Vb7QwX1mN")]
    pub reference: String,
    /// The page of the customer at the processor, for managers.
    pub customer_page: Option<String>,
    /// The page where members manage card and invoices, if it is set up.
    pub portal: Option<String>,
    /// The status.
    pub status: DuesStatus,
    /// Since when.
    pub since: Moment,
    /// The last paid day.
    pub paid_until: Date,
    /// Whether nothing will be collected any more.
    pub ending: bool,
    /// The last day without a hold.
    pub last_day: Date,
    /// The last day of the time that a manager gave.
    pub more_time: Option<Date>,
    /// Whether a hold because of the dues is in effect.
    pub on_hold: bool,
    /// When the person was linked.
    pub linked: Moment,
    /// When the processor last answered about the person.
    pub answered: Option<Moment>,
    /// When the processor was last compared with.
    pub compared: Option<Moment>,
    /// Since when the processor has not answered.
    pub failing_since: Option<Moment>,
    /// How many notices about the present delay the person got.
    #[field(example = 2)]
    pub notices: u32,
    /// When the last of them was.
    pub notified: Option<Moment>,
}

/// What became of dues.
#[view]
pub struct DuesChange {
    /// When.
    pub at: Moment,
    /// Its code, as in the audit log.
    #[field(example = "dues.changed")]
    pub action: String,
    /// The new status, if it changed.
    pub status: Option<DuesStatus>,
    /// The name of the person who did it, for managers.
    pub by: Option<String>,
}

#[cfg(feature = "server")]
impl HasVersion for PersonDues {
    fn version(&self) -> i64 {
        self.version
    }
}

/// How a payment processor does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessorView {
    pub processor: Processor,
    /// Its last event or answer.
    pub heard: Option<Moment>,
    pub compared: Option<Moment>,
    /// Since when it has not answered, and why.
    pub failing: Option<(Moment, Trouble)>,
    /// When it is asked next.
    pub next: Option<Moment>,
    /// Why the last comparison did not read the addresses of all customers, if it did not.
    pub unread: Option<Trouble>,
}

/// A request to a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryView {
    pub at: Moment,
    pub processor: Processor,
    pub request: TryKind,
    /// The status of the answer; `None`: there was none.
    pub status: Option<u16>,
    /// In milliseconds.
    pub took: u32,
}

/// What a processor was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TryKind {
    Standing,
    Event,
    Add,
    Remove,
    Compare,
}

/// A subscription of a member that is no dues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredView {
    pub person: PersonId,
    /// Their name, while on record.
    pub name: Option<String>,
    pub processor: Processor,
    /// The name of what it collects.
    pub plan: String,
}

/// How many people have dues of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuesCounts {
    pub current: u32,
    pub grace: u32,
    pub overdue: u32,
    /// This month.
    pub ended: u32,
    /// Active people without dues.
    pub without: u32,
}

/// The page of payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payments {
    pub now: Moment,
    /// The processors that are set up.
    pub processors: Vec<ProcessorView>,
    pub counts: DuesCounts,
    pub dues: Vec<DuesLine>,
    /// There are more than [`MOST_LINES`].
    pub more: bool,
    /// The first [`MOST_DIFFERENCES`] on the page; all of them for programs.
    pub differences: Vec<DifferenceView>,
    /// How many more differences there are.
    pub differences_left: u32,
    /// How many people but the reader can be linked by address at once.
    pub matches: u32,
    /// A comparison is under way.
    pub is_comparing: bool,
    /// Subscriptions that are collected and no dues.
    pub ignored: Vec<IgnoredView>,
    /// Waiting ones first.
    pub commands: Vec<CommandView>,
    /// The last requests to processors since the start, newest first.
    pub tries: Vec<TryView>,
    /// The first day without access of those who are in grace.
    pub next_hold: Option<Date>,
    pub may_change: bool,
}

/// People on the page.
pub const MOST_LINES: u32 = 500;
/// Differences on the page.
pub const MOST_DIFFERENCES: u32 = 200;
