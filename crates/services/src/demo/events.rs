//! Training events of the invented workshop, from six weeks ago to four weeks ahead, and the queues for them.
//!
//! **Invariants.** The first event is that to which the visitor is invited. A coming event takes time that is free: if it is
//! not on one day, the next such day is tried. Everybody in the queue of a coming event with free places has one, or an
//! invitation, so that timers invite nobody. Not here: the rules of events; only the storage checks the rows.

use super::{Built, cast};
use domain::{
    bookings::Resource,
    id::{PersonId, TrainingEventId},
    occupations::{Occupied, Purpose, Span},
    qualifications::{Cause, EntryKind, Subject},
    time::{DAY, Date, HOUR, MINUTE, Millis},
    training_events::{
        Aim, CancelCause, EventPolicy, EventTerms, Outcome, PlaceState, Preference, RequestState, Windows,
    },
    zone::Zone,
};
use store::{
    StoreError, WriteTx, occupations, people,
    qualifications::{self, NewEntry},
    remarks,
    training::required_modules,
    training_events::{self as rows, NewEvent, NewPlace},
    training_requests::{self as requests, NewRequest},
};

const PRINTER: usize = 1;
const SAW: usize = 2;
const LATHE: usize = 4;
const SEWING: usize = 5;

const MARTA: usize = super::ADMINISTRATOR;
const JONAS: usize = 1;
const AMARA: usize = 2;
const LI: usize = 3;
const PRIYA: usize = 4;

/// A request for training.
struct QueuedRequest {
    person: usize,
    kind: usize,
    aim: Aim,
    /// Days since.
    asked: u32,
    windows: &'static str,
    /// At other times too, which the note names.
    other: bool,
    note: &'static str,
}

const MORNING: &str = "07:00–12:30";
const EVENING: &str = "18:30–22:00";
const AFTERNOON_OR_EVENING: &str = "13:00–18:00, 18:30–22:00";
const ALL_DAY: &str = "07:00–12:30, 13:00–18:00, 18:30–22:00";
const MORNING_OR_EVENING: &str = "07:00–12:30, 18:30–22:00";

const fn queued(person: usize, kind: usize, asked: u32, windows: &'static str) -> QueuedRequest {
    QueuedRequest { person, kind, aim: Aim::Use, asked, windows, other: false, note: "" }
}

/// In the order of asking.
const QUEUES: [QueuedRequest; 27] = [
    queued(23, SAW, 48, EVENING),
    queued(26, SAW, 45, EVENING),
    queued(5, SAW, 41, AFTERNOON_OR_EVENING),
    queued(16, LATHE, 38, MORNING),
    queued(22, LATHE, 36, MORNING_OR_EVENING),
    queued(34, LATHE, 33, MORNING),
    queued(15, LATHE, 32, ALL_DAY),
    queued(27, SAW, 28, EVENING),
    QueuedRequest { note: "After 19:00 on Thursdays.", ..queued(32, SAW, 22, EVENING) },
    QueuedRequest { aim: Aim::Train, ..queued(17, LATHE, 21, EVENING) },
    QueuedRequest {
        aim: Aim::Train,
        note: "I help on open evenings already.",
        ..queued(28, SAW, 21, AFTERNOON_OR_EVENING)
    },
    queued(37, LATHE, 20, AFTERNOON_OR_EVENING),
    queued(30, SAW, 20, MORNING_OR_EVENING),
    queued(12, LATHE, 18, EVENING),
    QueuedRequest { aim: Aim::Train, ..queued(20, LATHE, 16, EVENING) },
    queued(9, LATHE, 16, MORNING_OR_EVENING),
    queued(33, SAW, 15, AFTERNOON_OR_EVENING),
    queued(cast::MEMBER, LATHE, 14, EVENING),
    QueuedRequest { note: "Away until the end of next week.", ..queued(35, SAW, 12, MORNING) },
    queued(25, cast::LASER, 12, EVENING),
    queued(10, cast::MILL, 10, EVENING),
    QueuedRequest { other: true, note: "And on Sundays, all day.", ..queued(36, SAW, 9, MORNING) },
    QueuedRequest { aim: Aim::Train, ..queued(13, SAW, 9, EVENING) },
    QueuedRequest { note: "I bring the drawings of a chair.", ..queued(11, cast::MILL, 7, AFTERNOON_OR_EVENING) },
    queued(22, cast::MILL, 5, EVENING),
    queued(20, SAW, 3, EVENING),
    queued(31, cast::MILL, 2, ALL_DAY),
];
/// A person who has withdrawn their request, and days since.
const WITHDRAWN: (usize, u32) = (25, 6);

/// How a person joined an event, with hours since.
#[derive(Clone, Copy)]
enum Answer {
    /// They signed up, and have a place.
    SignedUp(u32),
    /// They signed up when all places were held.
    Waits(u32),
    /// They were invited and have not answered.
    Invited(u32),
    /// They were invited, and accepted later.
    Accepted(u32, u32),
}

type Seat = (usize, Answer);

/// How an event went on.
enum Stage {
    /// It is still ahead, with these modules to complete before, by their numbers among those of the mills.
    Ahead(&'static [usize]),
    /// Too few had come together by its deadline, which was hours ago.
    TooFew(u32),
    /// It is over, and its results are to be written.
    Due,
    /// Its results are written, with what to practise.
    Done(&'static [(usize, Outcome, &'static str)]),
}

struct Session {
    title: &'static str,
    kind: usize,
    aim: Aim,
    host: usize,
    machine: usize,
    /// On the first such weekday (Monday is 0), or any day, from so many days ahead.
    day: (i64, Option<u8>),
    /// Beginnings in minutes of the day, the preferred one first, and the length.
    times: (&'static [u16], u16),
    /// Places, and fewest people.
    size: (u16, u16),
    /// Days before the beginning at which sign-up closes.
    closes: u32,
    /// Hours since it was announced.
    made: u32,
    fee: &'static str,
    bring: &'static str,
    about: &'static str,
    public: bool,
    seats: &'static [Seat],
    stage: Stage,
}

const MONDAY: Option<u8> = Some(0);
const TUESDAY: Option<u8> = Some(1);
const WEDNESDAY: Option<u8> = Some(2);
const THURSDAY: Option<u8> = Some(3);
const FRIDAY: Option<u8> = Some(4);
const SATURDAY: Option<u8> = Some(5);

const AT_HALF_PAST_SIX: &[u16] = &[18 * 60 + 30];
const AT_TEN: &[u16] = &[10 * 60];

/// An evening of two hours for six people who want to use a type, of which nothing else is set.
const EVENING_FOR_SIX: Session = Session {
    title: "",
    kind: LATHE,
    aim: Aim::Use,
    host: AMARA,
    machine: 7,
    day: (6, MONDAY),
    times: (AT_HALF_PAST_SIX, 120),
    size: (6, 3),
    closes: 2,
    made: 24 * 15,
    fee: "",
    bring: "",
    about: "",
    public: true,
    seats: &[],
    stage: Stage::Ahead(&[]),
};

const LATHE_STEPS: Session = Session {
    title: "Lathe, first steps",
    fee: "€ 6 for material, paid at the desk",
    bring: "Closed shoes, hair tied back\nGlasses against chips, if you have your own",
    about: "Face, turn and part off a bar of aluminium on your own. Passing opens the lathes for you the same evening; there is no further checkout.",
    ..EVENING_FOR_SIX
};
const SAW_STEPS: Session = Session {
    title: "Panel saw, first steps",
    kind: SAW,
    host: JONAS,
    machine: 5,
    fee: "€ 4 for boards",
    bring: "Closed shoes, no gloves\nA board that you want to cut",
    about: "Square, rip and crosscut boards up to 40 mm on your own. Passing opens both saws for you.",
    ..EVENING_FOR_SIX
};

/// The first is the visitor's invitation.
const SESSIONS: [Session; 11] = [
    Session {
        made: 6,
        seats: &[
            (37, Answer::Accepted(6, 5)),
            (12, Answer::Accepted(6, 4)),
            (9, Answer::Accepted(6, 2)),
            (cast::MEMBER, Answer::Invited(6)),
        ],
        stage: Stage::Ahead(&[0, 2]),
        ..LATHE_STEPS
    },
    Session {
        title: "Laser cutter, first steps",
        kind: cast::LASER,
        host: LI,
        machine: 1,
        day: (0, None),
        times: (&[18 * 60 + 30, 18 * 60, 20 * 60, 17 * 60, 10 * 60], 120),
        closes: 1,
        made: 24 * 12,
        fee: "€ 4 for material",
        bring: "A drawing, as SVG or DXF\nTwo sheets of plywood, 3 mm",
        about: "From a drawing to a part: focus, power, speed, and which materials are never cut.",
        seats: &[
            (19, Answer::SignedUp(24 * 9)),
            (34, Answer::SignedUp(24 * 8)),
            (26, Answer::SignedUp(24 * 6)),
            (cast::MEMBER, Answer::SignedUp(24 * 4)),
        ],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "Resin printing, safely",
        kind: PRINTER,
        machine: 3,
        day: (9, SATURDAY),
        times: (AT_TEN, 120),
        fee: "€ 8 for resin",
        bring: "Gloves, and old clothes\nA model, as STL",
        about: "Pour, print, wash and cure without a drop on your skin.",
        seats: &[
            (10, Answer::SignedUp(24 * 14)),
            (15, Answer::SignedUp(24 * 14 - 5)),
            (28, Answer::SignedUp(24 * 13)),
            (13, Answer::SignedUp(24 * 11)),
            (18, Answer::SignedUp(24 * 10)),
            (30, Answer::SignedUp(24 * 9)),
            (21, Answer::Waits(24 * 4)),
            (36, Answer::Waits(20)),
        ],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "Embroidery, first patches",
        kind: SEWING,
        host: JONAS,
        machine: 10,
        day: (11, FRIDAY),
        fee: "€ 5 for yarn",
        bring: "A plain fabric that does not stretch",
        about: "Hoop the fabric, load a pattern, change the yarn, and untangle what tangles.",
        seats: &[(14, Answer::SignedUp(24 * 3)), (32, Answer::SignedUp(30))],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "Train the trainer: lathes",
        aim: Aim::Train,
        host: PRIYA,
        day: (8, WEDNESDAY),
        times: (AT_HALF_PAST_SIX, 150),
        size: (2, 0),
        made: 30,
        about: "How to lead a first evening: the order of the steps, where to stand, and when to press the button yourself.",
        public: false,
        seats: &[(17, Answer::Accepted(30, 21)), (20, Answer::Invited(30))],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "Laser cutter, keys and care",
        kind: cast::LASER,
        aim: Aim::Own,
        host: MARTA,
        machine: 0,
        day: (15, THURSDAY),
        times: (AT_HALF_PAST_SIX, 90),
        size: (2, 0),
        about: "For those who will look after it: mirrors, filters, the log, and who has a key.",
        public: false,
        seats: &[(24, Answer::SignedUp(24 * 5))],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "CNC router, chips and coolant",
        kind: cast::MILL,
        aim: Aim::Maintain,
        host: LI,
        machine: 6,
        day: (17, TUESDAY),
        times: (AT_HALF_PAST_SIX, 90),
        size: (3, 0),
        bring: "Clothes that may get oily",
        about: "Clean the bed, change the coolant, and look at the spindle.",
        seats: &[(27, Answer::SignedUp(24 * 7)), (33, Answer::SignedUp(24 * 2))],
        ..EVENING_FOR_SIX
    },
    Session {
        title: "Zips and hems",
        kind: SEWING,
        host: JONAS,
        machine: 9,
        day: (5, WEDNESDAY),
        bring: "Trousers that are too long",
        about: "A zip that runs, and a hem that stays.",
        seats: &[(29, Answer::SignedUp(24 * 12)), (9, Answer::SignedUp(24 * 5))],
        stage: Stage::TooFew(4),
        ..EVENING_FOR_SIX
    },
    Session {
        size: (4, 0),
        closes: 1,
        made: 24 * 36,
        seats: &[
            (18, Answer::SignedUp(24 * 35)),
            (21, Answer::SignedUp(24 * 34)),
            (24, Answer::SignedUp(24 * 31)),
            (29, Answer::SignedUp(24 * 30)),
        ],
        stage: Stage::Due,
        ..SAW_STEPS
    },
    Session {
        day: (-22, TUESDAY),
        size: (5, 3),
        made: 24 * 34,
        seats: &[
            (23, Answer::Accepted(24 * 34, 24 * 33)),
            (26, Answer::Accepted(24 * 34, 24 * 33 - 9)),
            (5, Answer::Accepted(24 * 34, 24 * 32)),
            (35, Answer::SignedUp(24 * 32)),
            (27, Answer::Accepted(24 * 28 - 5, 24 * 28 - 8)),
        ],
        stage: Stage::Done(&[
            (5, Outcome::Passed, ""),
            (23, Outcome::Passed, ""),
            (26, Outcome::Passed, ""),
            (27, Outcome::Failed, "Guard height, and how to push short pieces."),
            (35, Outcome::NoShow, ""),
        ]),
        ..SAW_STEPS
    },
    Session {
        day: (-14, SATURDAY),
        times: (AT_TEN, 120),
        made: 24 * 27,
        seats: &[
            (16, Answer::Accepted(24 * 27, 24 * 26)),
            (22, Answer::Accepted(24 * 27, 24 * 25)),
            (34, Answer::Accepted(24 * 27, 24 * 27 - 2)),
            (15, Answer::Accepted(24 * 27, 24 * 26 - 4)),
            (31, Answer::SignedUp(24 * 19)),
        ],
        stage: Stage::Done(&[
            (15, Outcome::Passed, ""),
            (16, Outcome::Passed, ""),
            (22, Outcome::Passed, ""),
            (34, Outcome::Passed, ""),
            (31, Outcome::Failed, "Stop the spindle before you measure."),
        ]),
        ..LATHE_STEPS
    },
];

/// Days within which a free time is found.
const HORIZON: i64 = 60;

/// Requests first, then events with their places.
pub(super) async fn announce(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let Ok(zone) = cast::ZONE.parse::<Zone>() else { return Ok(()) };
    for request in &QUEUES {
        ask(tx, built, request, now).await?;
    }
    for session in &SESSIONS {
        hold(tx, built, session, (zone, now)).await?;
    }
    Ok(())
}

async fn ask(tx: &mut WriteTx, built: &Built, request: &QueuedRequest, now: Millis) -> Result<(), StoreError> {
    let (person, at) = (built.people[request.person].0, now.before(DAY * request.asked));
    let remark = if request.note.is_empty() {
        None
    } else {
        let by = people::alias(tx, person, at).await?;
        Some(remarks::write(tx, Some(person), Some(by), request.note, at).await?)
    };
    let windows = Windows::parse(request.windows).map(|windows| windows.as_slice().to_vec()).unwrap_or_default();
    let can = Preference { windows, other: request.other };
    let new = NewRequest { person, kind: built.kinds[request.kind], aim: request.aim, can, remark, at };
    let id = requests::add(tx, &new).await?;
    let (who, days) = WITHDRAWN;
    if request.person == who {
        requests::close(tx, id, RequestState::Withdrawn, now.before(DAY * days)).await?;
    }
    Ok(())
}

/// Announces an event, with its places and everything that happened to it since.
async fn hold(
    tx: &mut WriteTx,
    built: &Built,
    session: &Session,
    (zone, now): (Zone, Millis),
) -> Result<(), StoreError> {
    let Some(span) = time(tx, built, session, (zone, now)).await? else { return Ok(()) };
    let (host, made) = (built.people[session.host].0, now.before(HOUR * session.made));
    let deadline = match session.stage {
        Stage::TooFew(hours) => now.before(HOUR * hours),
        _ => span.starts.before(DAY * session.closes),
    };
    let (capacity, minimum) = session.size;
    let terms = EventTerms { span, capacity, minimum, deadline };
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let new = NewEvent {
        kind: built.kinds[session.kind],
        aim: session.aim,
        title: session.title.into(),
        host,
        terms,
        fee: text(session.fee),
        bring: text(session.bring),
        about: text(session.about),
        public: session.public,
        first: None,
        at: made,
        by: Some(people::alias(tx, host, made).await?),
    };
    let event = rows::add(tx, &new).await?;
    let machine = built.machines[session.machine];
    rows::set_resources(tx, event, &[Resource::Machine(machine)]).await?;
    for &(person, answer) in session.seats {
        seat(tx, &new, event, (built.people[person].0, answer), now).await?;
    }
    match session.stage {
        Stage::Ahead(modules) => {
            let all = required_modules(tx.conn(), built.kinds[cast::MILL]).await?;
            let modules: Vec<_> = modules.iter().filter_map(|&at| all.get(at).copied()).collect();
            rows::set_modules(tx, event, &modules).await?;
            let coming = session.seats.iter().filter(|(_, answer)| comes(*answer));
            let persons = coming.map(|&(person, _)| built.people[person].0).chain([host]);
            for whose in persons.map(Occupied::Person).chain([Occupied::Machine(machine)]) {
                occupations::take(tx, whose, span, Purpose::Event(event)).await?;
            }
        }
        Stage::TooFew(_) => {
            rows::cancel(tx, event, CancelCause::TooFew, None, deadline).await?;
            for &(person, _) in session.seats {
                if let Some(place) = rows::place_of(tx.conn(), event, built.people[person].0).await? {
                    rows::set_state(tx, place.id, PlaceState::Cancelled, deadline).await?;
                }
            }
        }
        Stage::Due => {}
        Stage::Done(results) => complete(tx, built, (event, &new), results).await?,
    }
    Ok(())
}

const fn comes(answer: Answer) -> bool {
    matches!(answer, Answer::SignedUp(_) | Answer::Accepted(..))
}

/// The time of an event: one ahead is when everybody concerned is free, and one that is due has ended lately.
async fn time(
    tx: &mut WriteTx,
    built: &Built,
    session: &Session,
    (zone, now): (Zone, Millis),
) -> Result<Option<Span>, StoreError> {
    let today = zone.moment(now).wall().date.days();
    let (starts, minutes) = session.times;
    let at = |days: i64, minute: u16| {
        let starts = zone.instant(Date::from_days(today + days), minute);
        Span { starts, ends: starts.after(MINUTE * u32::from(minutes)) }
    };
    if matches!(session.stage, Stage::Due) {
        // Its host has checked people out since.
        let lately = [at(0, starts[0]), at(0, AT_TEN[0])];
        let over = lately.into_iter().find(|span| span.ends <= now.before(MINUTE * 135));
        return Ok(Some(over.unwrap_or_else(|| at(-1, starts[0]))));
    }
    let is_ahead = matches!(session.stage, Stage::Ahead(_));
    let waits = |answer: &Answer| matches!(answer, Answer::Waits(_));
    let persons = session.seats.iter().filter(|(_, answer)| !waits(answer)).map(|(person, _)| *person);
    let persons: Vec<PersonId> = persons.chain([session.host]).map(|person| built.people[person].0).collect();
    let machine = Resource::Machine(built.machines[session.machine]);
    let (first, weekday) = session.day;
    for days in first..first + HORIZON {
        let date = Date::from_days(today + days);
        if weekday.is_some_and(|weekday| weekday != date.weekday()) {
            continue;
        }
        for &minute in starts {
            let span = at(days, minute);
            if !is_ahead || (now.after(HOUR * 3) < span.starts && is_free(tx, &persons, machine, span).await?) {
                return Ok(Some(span));
            }
        }
    }
    Ok(None)
}

async fn is_free(
    tx: &mut WriteTx,
    persons: &[PersonId],
    machine: Resource,
    span: Span,
) -> Result<bool, StoreError> {
    for &person in persons {
        if !rows::occupied(tx.conn(), (Some(person), Some(machine)), span, None).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a person a place, an invitation, or an entry on the waiting list.
async fn seat(
    tx: &mut WriteTx,
    of: &NewEvent,
    event: TrainingEventId,
    (person, answer): (PersonId, Answer),
    now: Millis,
) -> Result<(), StoreError> {
    let (state, hours) = match answer {
        Answer::SignedUp(hours) => (PlaceState::Accepted, hours),
        Answer::Waits(hours) => (PlaceState::Waiting, hours),
        Answer::Invited(hours) | Answer::Accepted(hours, _) => (PlaceState::Sent, hours),
    };
    let at = now.before(HOUR * hours);
    let answer_by = match state {
        PlaceState::Sent => of.terms.answer_by(at, EventPolicy::default().answer_days),
        _ => None,
    };
    let theirs = requests::of_person(tx.conn(), person).await?;
    let request = theirs.into_iter().find(|(_, kind, aim, _)| (*kind, *aim) == (of.kind, of.aim));
    // Those who signed up by themselves had not asked.
    let request = request.map(|(id, ..)| id).filter(|_| state != PlaceState::Accepted);
    let new = NewPlace { event, person, request, state, at, answer_by, walk_in: false };
    let place = rows::add_place(tx, &new).await?;
    if let Answer::Accepted(_, hours) = answer {
        rows::set_state(tx, place, PlaceState::Accepted, now.before(HOUR * hours)).await?;
    }
    Ok(())
}

/// Writes results as the host did soon after the end, with the ledger.
async fn complete(
    tx: &mut WriteTx,
    built: &Built,
    (event, of): (TrainingEventId, &NewEvent),
    results: &[(usize, Outcome, &str)],
) -> Result<(), StoreError> {
    let at = of.terms.span.ends.after(MINUTE * 20);
    let by = Some(people::alias(tx, of.host, at).await?);
    for &(index, outcome, note) in results {
        let person = built.people[index].0;
        let Some(place) = rows::place_of(tx.conn(), event, person).await? else { continue };
        let remark = match note {
            "" => None,
            note => Some(remarks::write(tx, Some(person), by, note, at).await?),
        };
        rows::result(tx, place.id, (outcome, outcome == Outcome::NoShow), remark).await?;
        if let (Outcome::Passed, Some(relation)) = (outcome, of.aim.relation()) {
            let new = NewEntry {
                person,
                subject: Subject::Type(of.kind),
                relation,
                kind: EntryKind::Granted,
                from: at,
                until: None,
                cause: Cause::TrainingEvent,
                by,
                remark: None,
                recorded_at: at,
            };
            qualifications::add(tx, &new).await?;
            if let Some(request) = place.request {
                requests::close(tx, request, RequestState::Fulfilled, at).await?;
            }
        }
    }
    rows::complete(tx, event, at, by).await
}
