use super::*;
use crate::audit::sentences;
use domain::{
    actor::Channel,
    audit::AuditActor,
    id::{MachineId, PersonId, TypeId},
    time::{HOUR, Millis},
};

/// Thursday 26 November 2026, 12:00 in Rome.
const NOON: Moment = Moment { at: Millis(1_795_690_800_000), offset: 60 };

fn entry(action: &str, detail: Vec<(&str, Value)>) -> Entry {
    Entry {
        seq: 1,
        at: NOON,
        by: AuditActor::Person { id: PersonId(7), name: "Ada".into() },
        door: Channel::Web,
        action: action.into(),
        subject: "person:7".into(),
        subject_name: None,
        detail: detail.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

fn string(name: &str) -> Value {
    Value::Word(name.into())
}

fn after(hours: u32) -> Moment {
    NOON.shifted_to(NOON.at.after(HOUR * hours))
}

fn printer() -> Value {
    Value::Appointment(Appointment {
        id: "918".into(),
        name: "3D printer Anna".into(),
        starts: NOON,
        ends: after(2),
    })
}

fn laser() -> Value {
    let subject = Subject::Machine(MachineId(3));
    Value::Equipment(Named { subject, kind: TypeId(3), name: "Laser 1".into(), built_in: None })
}

fn sentence(lang: Lang, action: &str, detail: Vec<(&str, Value)>) -> (String, Vec<String>) {
    let AuditLine { what, words } = lang.audit_line(&entry(action, detail), NOON);
    (what.unwrap_or_default(), words)
}

#[test]
fn decided_booking_names_its_time_and_action() {
    let cancelled = |late| vec![("booking", printer()), ("deed", string("cancel")), ("late", string(late))];
    assert_eq!(
        sentence(Lang::En, "booking.decided", cancelled("false")),
        ("cancelled 3D printer Anna, Thu 26 Nov 12:00–14:00".into(), vec![])
    );
    assert_eq!(
        sentence(Lang::It, "booking.decided", cancelled("true")),
        ("ha annullato 3D printer Anna, gio 26 nov 12:00–14:00".into(), vec!["in ritardo".into()])
    );
    let gone = vec![("booking", string("918")), ("deed", string("approve")), ("late", string("false"))];
    assert_eq!(sentence(Lang::En, "booking.decided", gone), ("approved a booking".into(), vec![]));
}

#[test]
fn moved_booking_entry_shows_the_time_at_that_moment() {
    let request = |state| {
        vec![
            ("booking", printer()),
            ("resource", laser()),
            ("starts", Value::Moment(after(1))),
            ("state", string(state)),
        ]
    };
    assert_eq!(
        sentence(Lang::En, "booking.asked", request("pending")),
        ("requested 3D printer Anna, Thu 26 Nov 13:00".into(), vec![])
    );
    assert_eq!(
        sentence(Lang::It, "booking.asked", request("approved")).0,
        "ha prenotato 3D printer Anna, gio 26 nov 13:00"
    );
    let moved = vec![
        ("before", Value::Moment(after(24))),
        ("booking", printer()),
        ("ends", Value::Moment(after(3))),
        ("starts", Value::Moment(after(1))),
    ];
    assert_eq!(
        sentence(Lang::En, "booking.moved", moved),
        ("moved 3D printer Anna, Thu 26 Nov 13:00–15:00".into(), vec!["before: Fri 27 Nov 12:00".into()])
    );
}

#[test]
fn deleted_subject_is_named_by_its_machine() {
    let joined = vec![("resource", laser()), ("starts", Value::Moment(NOON)), ("waiting", string("4"))];
    assert_eq!(
        sentence(Lang::En, "waiting.joined", joined),
        ("joined a waiting list: Laser 1, Thu 26 Nov 12:00".into(), vec![])
    );
    let closed =
        vec![("closure", string("3")), ("ends", Value::Moment(after(2))), ("starts", Value::Moment(NOON))];
    assert_eq!(
        sentence(Lang::It, "closure.made", closed),
        ("ha chiuso una macchina o una sala per un periodo".into(), vec!["gio 26 nov 12:00–14:00".into()])
    );
}

#[test]
fn particulars_are_worded_or_left_out() {
    let text = |name, code| Lang::It.audit_particular(name, code, NOON.wall().date);
    assert_eq!(text("relation", "user").as_deref(), Some("può usare"));
    assert_eq!(text("cause", "banned").as_deref(), Some("motivo: un’esclusione"));
    assert_eq!(text("day", "2026-11-30").as_deref(), Some("lunedì 30 novembre"));
    assert_eq!(text("last", "2026-11-30").as_deref(), Some("fino a lunedì 30 novembre"));
    assert_eq!(text("ended", "3").as_deref(), Some("dispositivi scollegati: 3"));
    for (name, code) in [("entries", "[3,4]"), ("reason", "moon"), ("weather", "wet"), ("replay", "false")] {
        assert_eq!(text(name, code), None, "{name} {code}");
    }
    for cause in domain::requests::Cause::ALL {
        assert!(text("cause", cause.as_str()).is_some(), "{cause:?}");
    }
    for purpose in domain::accounts::Purpose::ALL {
        assert!(text("purpose", purpose.as_str()).is_some(), "{purpose:?}");
    }
}

/// Every name of a detail in any entry.
const PARTICULARS: &[&str] = &[
    "added",
    "appointment",
    "at_once",
    "away",
    "before",
    "block",
    "board",
    "booking",
    "bookings",
    "buffer",
    "bytes",
    "calendars",
    "card",
    "cards",
    "cause",
    "changed",
    "claim",
    "closure",
    "count",
    "cut",
    "date",
    "day",
    "days",
    "decisions",
    "deed",
    "display",
    "edition",
    "ended",
    "ending",
    "ends",
    "entries",
    "failure",
    "feed",
    "firmware",
    "first",
    "from",
    "grants",
    "hash",
    "hold",
    "instead",
    "intervention",
    "interventions",
    "job",
    "kind",
    "language",
    "last",
    "late",
    "length",
    "like",
    "link",
    "links",
    "login",
    "machines",
    "mark",
    "module",
    "modules",
    "names",
    "note",
    "number",
    "on",
    "on_the_spot",
    "passkey",
    "photo",
    "picture",
    "plan",
    "plans",
    "problem",
    "provider",
    "profile",
    "purpose",
    "question",
    "reason",
    "redo_by",
    "relation",
    "released",
    "replay",
    "request",
    "requirement",
    "requirements",
    "resource",
    "risk",
    "rule",
    "screens",
    "seconds",
    "session",
    "setting",
    "severity",
    "show",
    "sign_ins",
    "signed",
    "signer",
    "starts",
    "state",
    "step",
    "steps",
    "suspended",
    "taken",
    "threshold",
    "through",
    "times",
    "to",
    "token",
    "tokens",
    "trainer",
    "type",
    "types",
    "unknown_card",
    "unknown_cards",
    "until",
    "up",
    "use",
    "uses",
    "waiting",
    "wish",
    "youtube",
    "",
];

#[test]
fn audit_lines_never_show_raw_values() {
    let values = [
        string("true"),
        string("false"),
        string("1795676400000"),
        string("machine:3"),
        string("room:2"),
        string("auto_stop no_such"),
        string("[3,4]"),
        string(r#"{"first_day":true,"machine":"machine:3"}"#),
        string("cancel"),
        string("2026-11-30"),
        Value::Moment(NOON),
        Value::Room("room:2".into(), "Hall".into()),
        laser(),
        printer(),
    ];
    for lang in Lang::ALL {
        for (action, ..) in sentences() {
            for name in PARTICULARS {
                for value in &values {
                    let line = lang.audit_line(&entry(action, vec![(name, value.clone())]), NOON);
                    let words = [line.what.into_iter().collect(), line.words].concat().join(" · ");
                    let digits = words.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
                    assert!(digits.is_none_or(|digits| digits < 13), "{action} {name}: {words}");
                    for raw in ["machine:", "room:", "true", "false", "_"] {
                        assert!(!words.contains(raw), "{action} {name} {value:?}: {words}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_booking_and_checkout_action_has_a_sentence() {
    let has = |code: &str, name: &str| ACTIONS.iter().any(|(known, action, ..)| *known == code && *action == name);
    for action in domain::bookings::BookingAction::ALL {
        // Moving has an entry of its own.
        assert!(action.as_str() == "move" || has("booking.decided", action.as_str()), "{action:?}");
    }
    for action in domain::checkouts::CheckoutAction::ALL {
        assert!(action.as_str() == "move" || has("checkout.decided", action.as_str()), "{action:?}");
    }
    for (code, ..) in ACTIONS {
        assert!(sentences().any(|(known, ..)| known == code), "{code}");
    }
}
