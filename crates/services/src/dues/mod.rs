//! Dues: whether members have paid, as their payment processor answers; late members are held, and let in once they paid.
//!
//! **Invariants.** Stored are the processor's reference of the customer, the status, and the last paid day: no card, amount or bank
//! account. An event of a processor is a reason to ask it, and is never applied as it says. A status gets worse only by an answer,
//! so a processor that is down changes nobody's access. Nobody changes their own dues.
//!
//! Not here: HTTP and keys, which are the server's ([`arrange`]), and the rules of status and retry (`domain::dues`).
//!
//! [`standing`] asks and applies answers, [`commands`] adds and removes customers, [`events`] receives what processors send,
//! [`comparison`] compares at night, [`matching`] links people to customers by address, [`own_account`] recognises the key of another account, and [`pages`] shows all of it.

mod changes;
mod commands;
mod comparison;
mod events;
mod matching;
mod own_account;
mod pages;
pub mod processors;
mod standing;

pub(crate) use commands::erased;
pub use events::{MessageOutcome, receive, refused};
pub(crate) use pages::connections;
pub use processors::Account;

use crate::{Ctx, serve::bind, shared::Shared};
use contract::{
    dues::{
        AddToProcessor, AskProcessor, CancelDuesCommand, CheckProcessors, ChooseSubscription, ExtendDues,
        LinkDues, LinkMatches, ListDues, ListDuesCommands, ListDuesDifferences, ReadDues, ReadDuesCommand,
        ReadMembership, RemoveFromProcessor, RetryDuesCommand, TryKind, UnlinkDues,
    },
    form::Faults,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    dues::{DuesStatus, Processor, Terms, Trouble},
    time::{Date, Millis},
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use processors::{Client, Request, Response, Transport};
use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering::Relaxed},
    },
    time::Duration,
};
use store::{
    StoreError,
    dues::{DuesRow, processors::State},
};

/// How long a processor that does not answer is left alone.
const PAUSE: Duration = Duration::from_mins(15);
/// The same for commands, which have times of their own.
const COMMAND_PAUSE: Duration = Duration::from_mins(3);
/// Requests to processors that are remembered.
const TRIES: usize = 20;

/// Why a request about dues is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum DuesError {
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    #[problem("dues.unlinked", Conflict, dues_unknown)]
    Unlinked,
    #[problem("dues.linked", Conflict, dues_linked_already)]
    Linked,
    #[problem("dues.oneself", Forbidden, dues_not_oneself)]
    Oneself,
    /// The server has no key of a processor.
    #[problem("dues.no-processor", Conflict, dues_not_set_up)]
    NoProcessor,
    #[problem("dues.no-answer", Conflict, dues_no_answer)]
    NoAnswer,
    /// The processor has no such customer.
    #[problem("dues.unknown-there", Conflict, dues_unknown_there)]
    UnknownThere,
    /// The processor has none of the customers who are linked here.
    #[problem("dues.other-account", Conflict, dues_other_account)]
    OtherAccount,
    /// The person does not have the customer's address any more.
    #[problem("dues.no-match", Conflict, dues_no_match)]
    NoMatch,
    #[problem("dues.no-address", Conflict, dues_no_address)]
    NoAddress,
    #[problem("dues.command-waits", Conflict, dues_command_waits)]
    CommandWaits,
    #[problem("dues.ended", Conflict, dues_ended_already)]
    Ended,
    #[problem("dues.not-late", Conflict, dues_nothing_late)]
    NotLate,
    #[problem("dues-command.unknown", NotFound, dues_command_unknown)]
    UnknownCommand,
    #[problem("dues-command.settled", Conflict, dues_command_settled)]
    Settled,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("dues.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error DuesError;
    ListDues {} with form, may SeePeople => pages::list;
    ListDuesDifferences {}, may SeePeople => pages::differences;
    ListDuesCommands {}, may SeePeople => pages::all;
    ReadDuesCommand { id }, may SeePeople => pages::command;
    ReadDues { person }, may SeePerson about person(person), else UnknownPerson => pages::of;
    ReadMembership { person }, may SeePerson about person(person), else UnknownPerson => pages::membership;
    CheckProcessors {}, may ManageDues => comparison::check_now;
    RetryDuesCommand { id }, may ManageDues => commands::retry;
    CancelDuesCommand { id }, may ManageDues, in job => commands::cancel;
    ExtendDues { person, version } with form, may ManageDues about person(person), in job => changes::extend;
    LinkDues { person } with form, may ManageDues about person(person) => changes::link;
    LinkMatches {}, may ManageDues => matching::link_matches;
    UnlinkDues { person }, may ManageDues about person(person), in job => changes::unlink;
    ChooseSubscription { person } with form, may ManageDues about person(person) => changes::choose;
    AskProcessor { person }, may ManageDues about person(person) => standing::ask_now;
    AddToProcessor { person } with form, may ManageDues about person(person) => commands::add;
    RemoveFromProcessor { person }, may ManageDues about person(person) => commands::remove;
}

/// Sets the accounts at processors, and what sends requests to them.
pub fn arrange(ctx: &Ctx, accounts: Vec<Account>, transport: Arc<dyn Transport>) {
    *ctx.memory::<Memory>().set_up.lock() = Some(Arc::new(SetUp { accounts, transport }));
}

#[derive(Default)]
struct Memory {
    set_up: Shared<Option<Arc<SetUp>>>,
    tries: Shared<VecDeque<Try>>,
    /// Comparisons under way.
    comparing: AtomicU16,
}

struct SetUp {
    accounts: Vec<Account>,
    transport: Arc<dyn Transport>,
}

/// A request to a processor since the start.
#[derive(Debug, Clone, Copy)]
struct Try {
    at: Millis,
    processor: Processor,
    request: TryKind,
    status: Option<u16>,
    took: Duration,
}

/// The accounts, if there are any.
fn set_up(ctx: &Ctx) -> Option<Arc<SetUp>> {
    ctx.memory::<Memory>().set_up.lock().clone().filter(|set_up| !set_up.accounts.is_empty())
}

impl SetUp {
    fn account(&self, processor: Processor) -> Option<&Account> {
        self.accounts.iter().find(|account| account.processor == processor)
    }
}

/// The processors that are set up.
fn processors_of(ctx: &Ctx) -> Vec<Processor> {
    set_up(ctx).map_or_else(Vec::new, |set_up| set_up.accounts.iter().map(|account| account.processor).collect())
}

/// Sends requests, and remembers the status of the last answer.
struct ObservedTransport {
    inner: Arc<dyn Transport>,
    /// 0 without an answer.
    status: AtomicU16,
}

impl Transport for ObservedTransport {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            self.status.store(answer.as_ref().map_or(0, |answer| answer.status), Relaxed);
            answer
        })
    }
}

/// A request to a processor under way.
struct Asking {
    set_up: Arc<SetUp>,
    transport: ObservedTransport,
    processor: Processor,
    request: TryKind,
    at: Millis,
    began: Millis,
    zone: Zone,
}

impl Asking {
    /// [`Trouble::NotSetUp`] without an account at `processor`.
    fn begin(ctx: &Ctx, processor: Processor, request: TryKind) -> Result<Self, Trouble> {
        let set_up = set_up(ctx).ok_or(Trouble::NotSetUp)?;
        set_up.account(processor).ok_or(Trouble::NotSetUp)?;
        let transport = ObservedTransport { inner: Arc::clone(&set_up.transport), status: AtomicU16::new(0) };
        let (at, began, zone) = (ctx.now(), ctx.steady(), ctx.space().zone);
        Ok(Self { set_up, transport, processor, request, at, began, zone })
    }

    fn client(&self) -> Result<Client<'_>, Trouble> {
        let account = self.set_up.account(self.processor).ok_or(Trouble::NotSetUp)?;
        Ok(Client { account, transport: &self.transport, zone: self.zone })
    }

    /// Remembers how it went.
    fn end<T>(self, ctx: &Ctx, answer: Result<T, Trouble>) -> Result<T, Trouble> {
        let Self { processor, request, at, began, .. } = self;
        let status = Some(self.transport.status.load(Relaxed)).filter(|status| *status > 0);
        let took = ctx.steady().since(began);
        let mut tries = ctx.memory::<Memory>().tries.lock();
        tries.push_front(Try { at, processor, request, status, took });
        tries.truncate(TRIES);
        drop(tries);
        if let Err(trouble) = &answer {
            // Neither whom it was about nor the answer.
            let (processor, trouble) = (processor.as_str(), trouble.as_str());
            tracing::warn!(processor, trouble, "a payment processor did not do what it was asked");
        }
        answer
    }
}

/// Asks a processor, and remembers how that went: `request!(ctx, processor, Standing, standing(&customer))`.
macro_rules! request {
    ($ctx:expr, $processor:expr, $kind:ident, $method:ident($($argument:expr),*)) => {
        match $crate::dues::Asking::begin($ctx, $processor, ::contract::dues::TryKind::$kind) {
            Ok(asking) => {
                let answer = match asking.client() {
                    Ok(client) => client.$method($($argument),*).await,
                    Err(trouble) => Err(trouble),
                };
                asking.end($ctx, answer)
            }
            Err(trouble) => Err(trouble),
        }
    };
}

use request;

/// The proof for what the program does by itself.
fn own_proof() -> Result<Proof, StoreError> {
    Actor::TOOLGATE.require(Permission::ManageDues, Target::NONE).map_err(|_| StoreError::Panicked)
}

/// The day, and the terms of the space, in one job.
#[derive(Debug, Clone, Copy)]
struct Today {
    now: Millis,
    date: Date,
    zone: Zone,
    grace: u16,
}

impl Today {
    fn of(ctx: &Ctx) -> Self {
        let (now, space) = (ctx.now(), ctx.space());
        Self { now, date: space.zone.moment(now).wall().date, zone: space.zone, grace: space.settings.dues_grace }
    }

    /// The terms of a member. A delay of which nothing is recorded yet is known from today on.
    fn terms(&self, row: &DuesRow) -> Terms {
        Terms { grace: self.grace, known: row.known.unwrap_or(self.date), more_time: row.more_time }
    }

    /// The status by the stored standing.
    fn status(&self, row: &DuesRow) -> DuesStatus {
        domain::dues::status(row.standing, self.terms(row), self.date)
    }
}

/// Whether a processor is left alone at `now` for a while, because it did not answer.
fn rests(state: Option<&State>, now: Millis, pause: Duration) -> bool {
    state.is_some_and(|state| {
        state.failing_since.is_some() && state.tried.is_some_and(|tried| tried.near(now, pause))
    })
}

/// Handles due commands, events and questions of each processor, and the nightly comparison; and reminds members whose grace
/// ends soon. Run by a timer; returns how much was done.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let Some(set_up) = set_up(ctx) else { return Ok(0) };
    let mut done = 0;
    for account in &set_up.accounts {
        let processor = account.processor;
        // Again for each step, because one may have found out that it does not answer.
        let rests_for = async |pause| -> Result<bool, StoreError> {
            let states = store::dues::processors::states(&mut *ctx.store().read().await?).await?;
            Ok(rests(states.iter().find(|state| state.processor == processor), ctx.now(), pause))
        };
        if !rests_for(COMMAND_PAUSE).await? {
            done += commands::send_due(ctx, processor).await?;
        }
        if rests_for(PAUSE).await? {
            continue;
        }
        done += events::look_up(ctx, processor).await?;
        if !rests_for(PAUSE).await? {
            done += standing::ask_due(ctx, processor).await?;
        }
        if !rests_for(PAUSE).await? {
            done += usize::from(comparison::compare_if_due(ctx, processor).await?);
        }
    }
    Ok(done + standing::remind(ctx).await?)
}

/// When a processor that does not answer is asked next.
fn next_question(state: &State) -> Option<Millis> {
    state.failing_since.and(state.tried).map(|tried| tried.after(PAUSE))
}
