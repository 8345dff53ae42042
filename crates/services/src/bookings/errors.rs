//! Why a booking is not made or changed, and the message for each reason.

use super::Want;
use crate::{computing::Crowded, error};
use contract::{bookings::RefusalNames, form::Faults};
use domain::{
    actor::Forbidden,
    bookings::{NOTE, Refusal, Request, State},
    occupations::Span,
    problem::{Kind, Problem},
    time::Millis,
    versions::Saved,
    zone::{Zone, to_rfc3339},
};
use macros::{FieldError, ServiceError};
use store::StoreError;
use text::Lang;

/// Limit of a closure's end in months from now: unpredictable ends are blocks, and mistyped dates are found.
pub(crate) const MONTHS_AHEAD: u32 = 26;

/// An invalid field of any form about bookings. Each form has errors of its own, so reading one cannot
/// report a field of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationError {
    Ask(AskError),
    Decide(DecideError),
    Trial(TrialError),
    HandOver(HandOverError),
    Holder(HolderError),
    Filter(FilterError),
}

/// Converts the errors of each form.
macro_rules! forms {
    ($($form:ident($error:ident)),+ $(,)?) => {
        $(impl From<$error> for ValidationError {
            fn from(error: $error) -> Self {
                Self::$form(error)
            }
        })+

        impl error::FieldError for ValidationError {
            fn add(&self, problem: Problem, lang: Lang) -> Problem {
                match self {
                    $(Self::$form(error) => error::FieldError::add(error, problem, lang),)+
                }
            }
        }
    };
}

forms! {
    Ask(AskError),
    Decide(DecideError),
    Trial(TrialError),
    HandOver(HandOverError),
    Holder(HolderError),
    Filter(FilterError),
}

/// An invalid field of a time to book, or to move a booking to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum AskError {
    /// Neither a machine nor a room.
    #[field("resource", booking_form_resource)]
    Resource,
    #[field("start", booking_form_time)]
    Start,
    /// The clocks skip it on that day.
    #[field("start", bookings_import_skipped)]
    Skipped,
    #[field("end", booking_form_time)]
    End,
    /// Not a person's id.
    #[field("person", access_person_form)]
    Person,
    /// Not a group's id, or not of one that can book.
    #[field("group", group_unknown)]
    Group,
    /// It names a person, too.
    #[field("group", booking_form_one_holder)]
    OneHolder,
    /// Not from 1 to 5.
    #[field("importance", booking_form_importance)]
    Importance,
}

/// An invalid field of an action on a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum DecideError {
    #[field("action", checkout_choose)]
    Action,
    /// A rejection without a reason.
    #[field("note", checkout_note_missing)]
    NoNote,
    /// More than [`NOTE`] characters.
    #[field("note", checkout_note_long(&NOTE.to_string()))]
    Note,
}

/// An invalid field of a dry run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum TrialError {
    /// No person has that name, or several have.
    #[field("who", checkout_person)]
    Called,
    #[field("who", rules_who_missing)]
    Unnamed,
    /// Neither a machine nor a room is chosen.
    #[field("what", rules_what_missing)]
    What,
    /// No day of the calendar.
    #[field("day", rules_day_missing)]
    Day,
    /// No time of the clock.
    #[field("start", rules_clock)]
    Begins,
    /// No time of the clock.
    #[field("end", rules_clock)]
    Ends,
    /// The clocks skip it on that day.
    #[field("start", bookings_import_skipped)]
    Skipped,
    /// The clocks skip it on that day.
    #[field("end", bookings_import_skipped)]
    EndSkipped,
    /// It ends when or before it begins.
    #[field("end", rules_end_first)]
    EndsFirst,
}

/// An invalid recipient of an offered booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum HandOverError {
    /// No person has that name, or two have.
    #[field("person", booking_hand_over_form)]
    Recipient,
    /// It is theirs already.
    #[field("person", booking_hand_over_oneself)]
    Oneself,
}

/// An invalid holder of a booking made on behalf of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum HolderError {
    /// No person to book for has that name, or several have.
    #[field("person", booking_for_form)]
    Holder,
}

/// An invalid field of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum FilterError {
    /// Neither a machine nor a room.
    #[field("resource", booking_form_resource)]
    Resource,
    /// Not a person's id.
    #[field("person", access_person_form)]
    Person,
    /// Not a group's id.
    #[field("group", group_unknown)]
    Group,
    #[field("from", booking_form_time)]
    From,
    /// No instant, or not after the first, or too long after it.
    #[field("to", booking_form_range)]
    To,
}

#[derive(Debug, Clone)]
pub struct Refused {
    /// All reasons, in their order.
    pub refusals: Vec<Refusal>,
    /// The nearest available times.
    pub alternatives: Vec<Span>,
    /// The search for alternatives, still to be run.
    pub(super) search: Option<(Want, Request)>,
    /// Names for the reasons.
    pub names: RefusalNames,
    /// The zone of the space.
    pub zone: Zone,
    /// When it was requested.
    pub now: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub state: State,
    /// The author's name, unless erased.
    pub by: Option<String>,
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum BookingsError {
    /// Unknown booking, or one hidden from the caller.
    #[problem("booking.unknown", NotFound, booking_unknown)]
    Unknown,
    /// Unknown or archived machine or room.
    #[problem("booking.no-resource", NotFound, booking_no_resource)]
    UnknownResource,
    /// Unknown person, or one whom the caller may not ask about.
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    /// The time is not available: it is taken, or the rules refuse it.
    #[problem(with = refused(_0, lang), codes = [(Kind::Conflict, "booking.taken"), (Kind::Invalid, "booking.refused")])]
    Refused(Box<Refused>),
    #[problem(with = decided(_0, lang), codes = [(Kind::Conflict, "booking.decided")])]
    Decided(Decided),
    /// The rules do not allow it to the recipient.
    #[problem("booking.cannot-take", Invalid, at("person", booking_cannot_take))]
    CannotTake,
    /// The caller is no admin of that group.
    #[problem("booking.not-group-admin", Forbidden, booking_group_admins(_0))]
    NotGroupAdmin(String),
    /// Bookings of groups are not handed over to persons.
    #[problem("booking.of-group", Conflict, booking_group_stays)]
    OfGroup,
    /// It is too early, or too late, for that.
    #[problem("booking.not-now", Conflict, booking_not_now)]
    NotNow,
    /// Too much is being computed.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// Fields do not fit.
    #[problem("booking.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// Fields of a form of the contract do not fit.
    #[problem("booking.invalid", Invalid, each)]
    InvalidForm(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl BookingsError {
    /// Some fields of a form are invalid.
    pub fn invalid<E: Into<ValidationError>>(errors: impl IntoIterator<Item = E>) -> Self {
        Self::Invalid(errors.into_iter().map(Into::into).collect())
    }
}

/// A taken time is a conflict and names the time; all other refusals are listed with it.
fn refused(refused: &Refused, lang: Lang) -> Problem {
    let Refused { refusals, alternatives, names, zone, now, .. } = refused;
    let (moment, now) = (|at| zone.moment(at), zone.moment(*now));
    let say = |refusal: &Refusal| lang.booking_refusal(*refusal, moment, now, names);
    let mut in_the_way = refusals.iter().filter(|refusal| matches!(refusal, Refusal::Taken(_)));
    let taken = in_the_way.next();
    let others: Vec<String> = in_the_way.map(say).collect();
    let (code, kind, mut detail) = match (taken, refusals.as_slice()) {
        // A closure lists all conflicts.
        (Some(taken), _) if !others.is_empty() => {
            let all: Vec<String> = std::iter::once(say(taken)).chain(others).collect();
            ("booking.taken", Kind::Conflict, all.join(" "))
        }
        (Some(taken), _) => ("booking.taken", Kind::Conflict, say(taken)),
        (None, [only]) => ("booking.refused", Kind::Invalid, say(only)),
        (None, _) => ("booking.refused", Kind::Invalid, lang.booking_refused().to_owned()),
    };
    let free: Vec<String> =
        alternatives.iter().map(|span| lang.booking_time(moment(span.starts), moment(span.ends), now)).collect();
    if !free.is_empty() {
        detail = format!("{detail} {}", lang.booking_instead(&free.join("; ")));
    }
    let problem = refusals.iter().fold(Problem::new(code, kind, detail), |problem, refusal| {
        let field = match refusal {
            Refusal::TooSoon { .. } | Refusal::OffGrid { .. } | Refusal::Closed | Refusal::Taken(_) => "start",
            Refusal::Order
            | Refusal::TooFar { .. }
            | Refusal::TooShort { .. }
            | Refusal::TooLong { .. }
            | Refusal::Lapses { .. } => "end",
            Refusal::MayNot(_) | Refusal::GroupsOnly | Refusal::NotBookable => "resource",
            Refusal::TooManyOpen { .. } | Refusal::TooManyHours { .. } | Refusal::Elsewhere { .. } => "person",
        };
        problem.field(field, say(refusal))
    });
    let written = |at| to_rfc3339(at).unwrap_or_default();
    alternatives.iter().fold(problem, |problem, span| {
        problem.field("alternatives", format!("{}/{}", written(span.starts), written(span.ends)))
    })
}

fn decided(decided: &Decided, lang: Lang) -> Problem {
    let state = lang.booking_state(decided.state);
    let detail = match &decided.by {
        Some(name) => lang.booking_decided_by(state, name),
        None => lang.booking_decided(state),
    };
    Problem::new("booking.decided", Kind::Conflict, detail)
}
