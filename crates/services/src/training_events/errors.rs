//! Why a request about training events is refused, and the message for each reason.

use super::eligible::Ineligible;
use crate::qualifications::QualificationsError;
use contract::form::Faults;
use domain::{
    actor::Forbidden,
    id::EventPlaceId,
    problem::{Kind, Problem},
    time::Moment,
    versions::Saved,
};
use macros::ServiceError;
use store::StoreError;
use text::Lang;

/// A time that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenTime {
    /// The machine or room; `None`: the host.
    pub name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    /// When it was asked.
    pub now: Moment,
}

/// Why a request about training events is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum TrainingEventsError {
    /// It does not exist, or is not shown to the caller.
    #[problem("event.unknown", NotFound, event_unknown)]
    Unknown,
    #[problem("equipment.unknown", NotFound, equipment_unknown)]
    UnknownType,
    #[problem("event.begun", Conflict, event_begun)]
    Begun,
    #[problem("event.cancelled", Conflict, event_cancelled)]
    Cancelled,
    #[problem("event.completed", Conflict, event_completed)]
    Completed,
    /// Sign-up has closed.
    #[problem("event.closed", Conflict, event_closed)]
    Closed,
    /// A machine, a room or the host has something else then.
    #[problem(with = taken(_0, lang), codes = [(Kind::Conflict, "event.taken")])]
    Taken(Box<TakenTime>),
    /// The caller has something else then.
    #[problem(with = busy(_0, lang), codes = [(Kind::Conflict, "event.busy")])]
    Busy(Box<TakenTime>),
    /// They have a place at another session for the same.
    #[problem("event.elsewhere", Conflict, event_elsewhere)]
    Elsewhere,
    /// More places are held than it would have.
    #[problem("event.capacity", Invalid, at("capacity", event_capacity(&_0.to_string())))]
    Capacity(u16),
    /// They may not hold such an event.
    #[problem("event.host", Invalid, at("host", event_host))]
    Host,
    /// The host does not sign up.
    #[problem("event.own", Conflict, event_own)]
    Own,
    #[problem("event.qualified", Conflict, event_qualified)]
    Qualified,
    #[problem("event.banned", Conflict, event_banned)]
    Banned,
    /// These types are required first.
    #[problem("event.requires", Conflict, event_requires(&_0.join(", ")))]
    Requires(Vec<String>),
    /// The caller has neither a place nor a waiting entry.
    #[problem("event.no-place", Conflict, event_no_place)]
    NoPlace,
    #[problem("event.no-invitation", NotFound, event_no_invitation)]
    NoInvitation,
    /// The invitation is answered, or has expired.
    #[problem("event.answered", Conflict, event_answered)]
    Answered,
    /// Results are written from shortly before the beginning on.
    #[problem("event.early", Conflict, event_early)]
    Early,
    /// These people have no result.
    #[problem(with = incomplete(_0, lang), codes = [(Kind::Invalid, "event.results-incomplete")])]
    Incomplete(Vec<(EventPlaceId, String)>),
    /// There is a result of a place that is none of the event's.
    #[problem("event.results-unknown", Invalid, at("results", event_results_unknown))]
    UnknownPlace,
    /// The ledger refuses a grant.
    #[problem(with = refused(_0, _1, lang), codes = [(Kind::Forbidden, "event.refused")])]
    Refused(String, Box<QualificationsError>),
    /// No person has that name, or several have.
    #[problem("event.person", Invalid, at("person", checkout_person))]
    Person,
    #[problem("event.no-results", Conflict, event_no_results)]
    NoResults,
    /// Another person wrote them.
    #[problem("event.results-other", Conflict, event_results_other)]
    OtherResults,
    #[problem("event.undo-late", Conflict, event_undo_late)]
    UndoLate,
    /// A person who passed did something with it.
    #[problem("event.undo-used", Conflict, event_undo_used)]
    UndoUsed,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("event.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Ledger(#[from] QualificationsError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<Ineligible> for TrainingEventsError {
    fn from(why: Ineligible) -> Self {
        match why {
            Ineligible::NoMember => Self::Forbidden(Forbidden::NotAllowed),
            Ineligible::Banned => Self::Banned,
            Ineligible::Qualified => Self::Qualified,
            Ineligible::Requires(names) => Self::Requires(names),
        }
    }
}

fn incomplete(open: &[(EventPlaceId, String)], lang: Lang) -> Problem {
    let names: Vec<_> = open.iter().map(|(_, name)| name.as_str()).collect();
    let detail = lang.event_results_incomplete(&names.join(", "));
    let problem = Problem::new("event.results-incomplete", Kind::Invalid, detail);
    open.iter().fold(problem, |problem, (place, _)| {
        problem.field(&format!("results[={place}]"), lang.event_result_missing())
    })
}

fn time(taken: &TakenTime, lang: Lang) -> String {
    format!("{}–{}", lang.exact(taken.starts, taken.now), text::time::clock(taken.ends))
}

fn taken(taken: &TakenTime, lang: Lang) -> Problem {
    let time = time(taken, lang);
    let (field, message) = match &taken.name {
        Some(name) => ("resources", lang.event_taken(name, &time)),
        None => ("host", lang.event_host_taken(&time)),
    };
    Problem::new("event.taken", Kind::Conflict, message.clone()).field(field, message)
}

fn busy(taken: &TakenTime, lang: Lang) -> Problem {
    Problem::new("event.busy", Kind::Conflict, lang.event_busy(&time(taken, lang)))
}

fn refused(name: &str, why: &QualificationsError, lang: Lang) -> Problem {
    use crate::error::ServiceError as _;
    let reason = why.problem(lang).detail;
    Problem::new("event.refused", Kind::Forbidden, lang.event_refused(name, &reason))
}
