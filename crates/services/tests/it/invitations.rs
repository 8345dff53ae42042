//! Mails about checkouts and bookings update calendars: parsed by a third-party program, Debian's
//! `python3-icalendar`.

use crate::lab;
use crate::lab::{Lab, NOON};
use domain::{
    availability::{Days, Times},
    bookings::Resource,
    checkouts::CheckoutAction,
    id::{AppointmentId, BookingId, MachineId, PersonId, TypeId},
    occupations::Span,
    time::{DAY, HOUR, MINUTE, Millis},
};
use services::{
    availability, bookings,
    checkouts::{self, Ask, Decide},
    mail::Method,
    mail::{self, Carrier, Catcher, Mail, Post},
    outbox::{self, SendOutcome},
};
use std::{process::Command, sync::Arc};
use store::availability::NewRule;
use tokio_util::sync::CancellationToken;

const LASERS: TypeId = TypeId(3);
const BOB: PersonId = PersonId(2);
const DANA: PersonId = PersonId(5);
/// Monday, 18 January 2027, 17:00.
const FIVE: u32 = 17 * 60;

struct Workshop {
    lab: Lab,
    mails: Arc<Catcher>,
}

impl Workshop {
    /// Bob and Dana train on the lasers, in a place with an accent and a comma, and offer Mondays from five to
    /// seven; Carl (4) wants to learn, Ken (11) manages.
    async fn open() -> Self {
        let lab = Lab::open().await;
        lab.sql(
            "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (11, 'active', 0);
             INSERT INTO profile (person_id, name) VALUES (4, 'Carl \"Loop\" Ø'), (5, 'Dana'), (11, 'Ken');
             UPDATE profile SET email = 'person-' || person_id || '@private.example';
             INSERT INTO place (name) VALUES ('Città, secondo piano; in fondo al corridoio lungo lungo');
             UPDATE machine SET place_id = (SELECT max(id) FROM place);
             INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'Europe/Rome')",
        )
        .await;
        for (person, kind, relation) in
            [(4, 1, "user"), (5, 1, "user"), (11, 1, "user"), (11, 1, "owner"), (2, 3, "trainer"), (5, 3, "owner")]
        {
            lab.grant(person, kind, relation).await;
        }
        let lab = lab.reopen().await;
        let mails = Arc::<Catcher>::default();
        let post = Post {
            carrier: Carrier::Catcher(mails.clone()),
            site: Some("https://attic.example:8443".into()),
            sender: Some("hello@attic.example".into()),
        };
        mail::arrange(&lab.ctx, post);
        for trainer in [2, 5] {
            let days = Days::Weekly { weekday: 0, first: None, last: None };
            let rule = NewRule { days, times: Times::new(17 * 60, 19 * 60, 30, 15).unwrap(), kinds: Vec::new() };
            availability::add_rule(&lab.ctx, &lab.signed_in(trainer).await, None, Ok(rule)).await.unwrap();
        }
        Self { lab, mails }
    }

    async fn request_checkout(&self, trainer: PersonId, minutes: u32) -> AppointmentId {
        let carl = self.lab.signed_in(4).await;
        let ask = Ask { kind: LASERS, trainer, starts: Some(monday(minutes)) };
        checkouts::ask(&self.lab.ctx, &carl, ask).await.unwrap()
    }

    async fn decided(&self, person: i64, id: AppointmentId, action: CheckoutAction) {
        let actor = self.lab.signed_in(person).await;
        let decide = Decide::read(Some(action), "Monday is full", "", None);
        checkouts::decide(&self.lab.ctx, &actor, id, decide).await.unwrap();
    }

    /// The mails sent now, by recipient.
    async fn sent(&self) -> Vec<Mail> {
        let before = self.mails.mails().len();
        let stop = CancellationToken::new();
        while outbox::send_due(&self.lab.ctx, &stop).await.unwrap() == SendOutcome::Busy {}
        let mut mails = self.mails.mails();
        mails.truncate(mails.len() - before);
        mails.sort_by(|a, b| a.to.cmp(&b.to));
        mails
    }
}

fn monday(minutes: u32) -> Millis {
    // Clocks show an hour more than UTC.
    NOON.before(HOUR * 9).after(DAY * 3 + MINUTE * minutes)
}

/// The only entry of a mail, as a third-party calendar parser reads it.
fn read(mail: &Mail, say: &str) -> String {
    let program = format!(
        "import icalendar, sys\nc = icalendar.Calendar.from_ical(sys.argv[1])\n[e] = c.walk('VEVENT')\n\
         assert not c.errors and not e.errors\nprint({say})"
    );
    assert_eq!(mail.calendar.len(), 1);
    let output = Command::new("/usr/bin/python3").args(["-c", &program, &mail.calendar[0].text]).output().unwrap();
    assert!(output.status.success(), "python3-icalendar: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Checks that the uid has this subject and the random name of the space, which does not depend on its address.
fn assert_uid(mail: &Mail, of: &str) {
    let uid = read(mail, "e['UID']");
    let name = uid.strip_prefix(of).unwrap_or_default();
    assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uid}");
}

/// Method, status and sequence.
fn stands(mail: &Mail) -> String {
    read(mail, "c['METHOD'], e['STATUS'], e['SEQUENCE']")
}

#[tokio::test]
async fn appointment_is_one_entry_from_request_to_cancellation() {
    let workshop = Workshop::open().await;
    let id = workshop.request_checkout(BOB, FIVE).await;
    let [request] = workshop.sent().await.try_into().unwrap();
    assert_eq!(stands(&request), "REQUEST TENTATIVE 0");
    assert_uid(&request, &format!("appointment-{id}@"));
    assert_eq!(
        read(&request, "e['DTSTART'].dt.isoformat(), e['DTEND'].dt.isoformat()"),
        "2027-01-18T16:00:00+00:00 2027-01-18T16:30:00+00:00"
    );
    assert_eq!(read(&request, "e['DTSTAMP'].dt.tzinfo is not None"), "True");
    let place = "Città, secondo piano; in fondo al corridoio lungo lungo";
    assert!(read(&request, "e['LOCATION']").ends_with(place), "{}", request.calendar[0].text);
    assert_eq!(read(&request, "e['DESCRIPTION']"), "With Carl \"Loop\" Ø");
    assert_eq!(read(&request, "e['URL']"), format!("https://attic.example:8443/checkouts/{id}"));
    assert_eq!(read(&request, "e['ORGANIZER']"), "mailto:hello@attic.example");
    assert_eq!(read(&request, "e['ATTENDEE']"), "mailto:person-2@private.example", "one, and no list");

    workshop.decided(2, id, CheckoutAction::Accept).await;
    let [accepted] = workshop.sent().await.try_into().unwrap();
    assert_eq!(stands(&accepted), "REQUEST CONFIRMED 0");
    assert_eq!(read(&accepted, "e['ATTENDEE']"), "mailto:person-4@private.example");
    assert_eq!(read(&accepted, "e['ATTENDEE'].params['CN']"), "Carl 'Loop' Ø");
    assert!(!accepted.calendar[0].text.contains("person-2"), "nobody else's address");

    let carl = workshop.lab.signed_in(4).await;
    checkouts::move_to(&workshop.lab.ctx, &carl, id, DANA, Some(monday(FIVE + 45))).await.unwrap();
    let [bob, dana] = workshop.sent().await.try_into().unwrap();
    assert_eq!(stands(&bob), "CANCEL CANCELLED 1", "it is not his any more");
    assert!(!bob.calendar[0].text.contains("Dana"), "{}", bob.calendar[0].text);
    assert_eq!(stands(&dana), "REQUEST TENTATIVE 1");

    workshop.decided(4, id, CheckoutAction::Cancel).await;
    let [dana] = workshop.sent().await.try_into().unwrap();
    assert_eq!(stands(&dana), "CANCEL CANCELLED 2");
    assert_eq!(dana.calendar[0].method, Method::Cancel);
}

#[tokio::test]
async fn refused_request_leaves_calendar_and_reminder_does_not() {
    let workshop = Workshop::open().await;
    let refused = workshop.request_checkout(BOB, FIVE).await;
    workshop.decided(2, refused, CheckoutAction::Reject).await;
    let mails = workshop.sent().await;
    let [carl] = mails.as_slice() else { panic!("{}", mails.len()) };
    assert_eq!(carl.to, "person-4@private.example", "Bob answered it before its mail left");
    assert_eq!(stands(carl), "CANCEL CANCELLED 1");

    let id = workshop.request_checkout(BOB, FIVE).await;
    workshop.decided(2, id, CheckoutAction::Accept).await;
    workshop.sent().await;
    workshop.lab.pass(DAY * 2 + HOUR * 9);
    services::jobs::run(&workshop.lab.ctx, domain::jobs::Job::Appointments).await;
    let mails = workshop.sent().await;
    assert_eq!(mails.iter().map(stands).collect::<Vec<_>>(), ["REQUEST CONFIRMED 0"; 2]);
}

#[tokio::test]
async fn replaced_trainer_hands_entry_over() {
    let workshop = Workshop::open().await;
    let id = workshop.request_checkout(BOB, FIVE).await;
    workshop.decided(2, id, CheckoutAction::Accept).await;
    workshop.sent().await;
    let ken = workshop.lab.signed_in(11).await;
    let change = services::qualifications::Change::now(
        BOB,
        domain::qualifications::Subject::Type(LASERS),
        domain::qualifications::Relation::Trainer,
    );
    services::qualifications::revoke(&workshop.lab.ctx, &ken, change).await.unwrap();
    let mails = workshop.sent().await;
    let entries: Vec<_> = mails
        .iter()
        .filter(|mail| !mail.calendar.is_empty())
        .map(|mail| (mail.to.as_str(), stands(mail)))
        .collect();
    let entries: Vec<_> = entries.iter().map(|(to, stands)| (*to, stands.as_str())).collect();
    assert_eq!(
        entries,
        [
            ("person-2@private.example", "CANCEL CANCELLED 1"),
            ("person-4@private.example", "REQUEST TENTATIVE 1"),
            ("person-5@private.example", "REQUEST TENTATIVE 1"),
        ]
    );
}

/// Carl may use the lasers, and Dana answers requests for them.
async fn moderated() -> Workshop {
    let workshop = Workshop::open().await;
    for person in [2, 4] {
        workshop.lab.grant(person, 3, "user").await;
    }
    let moderated =
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.mode', 'moderated')";
    workshop.lab.sql(moderated).await;
    workshop
}

impl Workshop {
    async fn booked(&self, span: Span) -> BookingId {
        let ask = bookings::Ask { resource: Resource::Machine(MachineId(1)), span, group: None, importance: None };
        bookings::ask(&self.lab.ctx, &self.lab.signed_in(4).await, Ok(ask)).await.unwrap().0
    }

    async fn answered(&self, id: BookingId, action: domain::bookings::BookingAction) {
        let decide = bookings::Decide::read(Some(action), "The lens is out");
        bookings::decide(&self.lab.ctx, &self.lab.signed_in(5).await, id, decide).await.unwrap();
    }

    async fn version(&self, id: BookingId) -> i64 {
        bookings::one(&self.lab.ctx, &self.lab.signed_in(5).await, id).await.unwrap().version
    }
}

fn hour(minutes: u32) -> Span {
    Span { starts: monday(minutes), ends: monday(minutes + 60) }
}

#[tokio::test]
async fn booking_is_one_entry_from_approval_to_cancellation() {
    use domain::bookings::BookingAction;
    let workshop = moderated().await;
    let id = workshop.booked(hour(FIVE)).await;
    let [request] = workshop.sent().await.try_into().unwrap();
    assert_eq!(
        (request.to.as_str(), request.calendar.len()),
        ("person-5@private.example", 0),
        "Dana does not come to it"
    );
    workshop.answered(id, BookingAction::Approve).await;
    let [approved] = workshop.sent().await.try_into().unwrap();
    assert_eq!(stands(&approved), "REQUEST CONFIRMED 0");
    assert_uid(&approved, &format!("booking-{id}@"));
    assert_eq!(
        read(&approved, "e['DTSTART'].dt.isoformat(), e['DTEND'].dt.isoformat()"),
        "2027-01-18T16:00:00+00:00 2027-01-18T17:00:00+00:00"
    );
    assert_eq!(read(&approved, "e['SUMMARY']"), "Laser");
    assert_eq!(read(&approved, "e['LOCATION']"), "Città, secondo piano; in fondo al corridoio lungo lungo");
    assert_eq!(read(&approved, "e['URL']"), format!("https://attic.example:8443/bookings/{id}"));
    assert_eq!(
        read(&approved, "e['ATTENDEE'], e['ATTENDEE'].params['CN']"),
        "mailto:person-4@private.example Carl 'Loop' Ø"
    );

    let carl = workshop.lab.signed_in(4).await;
    let version = workshop.version(id).await;
    bookings::move_to(&workshop.lab.ctx, &carl, id, version, Ok(hour(FIVE + 60))).await.unwrap();
    workshop.answered(id, BookingAction::Approve).await;
    let mails = workshop.sent().await;
    let [moved] = mails.iter().filter(|mail| mail.to.contains("person-4")).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(stands(moved), "REQUEST CONFIRMED 1");
    workshop.answered(id, BookingAction::Cancel).await;
    let [cancelled] = workshop.sent().await.try_into().unwrap();
    assert_eq!(
        (stands(&cancelled).as_str(), cancelled.calendar[0].method),
        ("CANCEL CANCELLED 2", Method::Cancel)
    );

    let refused = workshop.booked(hour(FIVE)).await;
    workshop.answered(refused, BookingAction::Reject).await;
    let mails = workshop.sent().await;
    let [rejected] =
        mails.iter().filter(|mail| mail.to.contains("person-4")).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(stands(rejected), "CANCEL CANCELLED 1");
}

#[tokio::test]
async fn booking_moved_by_other_notifies_holder_and_updates_calendar() {
    use domain::bookings::{BookingAction, State};
    let workshop = moderated().await;
    let id = workshop.booked(hour(FIVE)).await;
    workshop.answered(id, BookingAction::Approve).await;
    workshop.sent().await;
    let (dana, bob) = (workshop.lab.signed_in(5).await, workshop.lab.signed_in(2).await);
    let version = workshop.version(id).await;
    let shorter = Span { ends: hour(FIVE).starts.after(MINUTE * 30), ..hour(FIVE) };
    let strange = bookings::move_to(&workshop.lab.ctx, &bob, id, version, Ok(shorter)).await;
    assert!(matches!(strange, Err(bookings::BookingsError::Unknown)), "{strange:?}");
    for (n, to) in [shorter, hour(FIVE + 60)].into_iter().enumerate() {
        let version = workshop.version(id).await;
        let is = bookings::move_to(&workshop.lab.ctx, &dana, id, version, Ok(to)).await.unwrap();
        assert_eq!(is, State::Approved, "who answers does not ask");
        let [moved] = workshop.sent().await.try_into().unwrap();
        assert_eq!(moved.to, "person-4@private.example");
        assert_eq!(stands(&moved), format!("REQUEST CONFIRMED {}", n + 1));
    }
    let notices = lab::bookings::notices_of(&workshop.lab, 4).await;
    assert_eq!(notices.iter().filter(|kind| **kind == domain::notices::Kind::BookingMoved).count(), 2);
    let carl = workshop.lab.signed_in(4).await;
    let version = workshop.version(id).await;
    bookings::move_to(&workshop.lab.ctx, &carl, id, version, Ok(shorter)).await.unwrap();
    assert_eq!(
        lab::bookings::notices_of(&workshop.lab, 4).await.len(),
        notices.len(),
        "not of what he does himself"
    );
}

#[tokio::test]
async fn handed_over_booking_moves_between_calendars() {
    let workshop = moderated().await;
    workshop.lab.sql("UPDATE setting SET value = 'automatic' WHERE key = 'booking.mode'").await;
    let id = workshop.booked(hour(FIVE)).await;
    let (carl, bob) = (workshop.lab.signed_in(4).await, workshop.lab.signed_in(2).await);
    let version = workshop.version(id).await;
    bookings::hand_over::offer(&workshop.lab.ctx, &carl, id, version, "Bob").await.unwrap();
    let [offered] = workshop.sent().await.try_into().unwrap();
    assert_eq!(
        (offered.to.as_str(), offered.calendar.len()),
        ("person-2@private.example", 0),
        "nothing to enter yet"
    );
    bookings::hand_over::accept(&workshop.lab.ctx, &bob, id, version + 1).await.unwrap();
    let mails = workshop.sent().await;
    let [to_bob, to_carl] = mails.as_slice() else { panic!("{}", mails.len()) };
    assert_eq!((stands(to_bob).as_str(), stands(to_carl).as_str()), ("REQUEST CONFIRMED 1", "CANCEL CANCELLED 1"));
    assert!(!to_carl.calendar[0].text.contains("Bob"), "{}", to_carl.calendar[0].text);
}
