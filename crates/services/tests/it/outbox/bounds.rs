//! Limits on mails that one person causes for another, and their order.

use super::*;
use crate::lab;
use domain::bookings::{BookingAction, Resource};
use services::{
    bookings::{
        self, Decide,
        hand_over::{offer, withdraw},
    },
    mail::Method,
    problems::ProblemsError,
};

const LASER_1: Resource = Resource::Machine(LASER);

/// Members who book, with addresses: Ken manages, Olga owns the lasers.
async fn booking_lab() -> (Lab, Arc<Smtp>) {
    let lab = lab::bookings::open().await;
    lab.sql("UPDATE profile SET email = lower(substr(name, 1, 3)) || '@example.org'").await;
    let smtp = Arc::<Smtp>::default();
    arrange(&lab, smtp.clone());
    (lab, smtp)
}

fn arrange(lab: &Lab, mailer: Arc<dyn Mailer>) {
    let post = Post { carrier: Carrier::Mailer(mailer), site: Some(SITE.into()), ..Post::default() };
    mail::arrange(&lab.ctx, post);
}

fn to<'a>(mails: &'a [Mail], address: &str) -> Vec<&'a Mail> {
    mails.iter().filter(|mail| mail.to == address).collect()
}

fn bad(severity: Severity) -> Result<ReportProblem, Vec<problems::ValidationError>> {
    ReportProblem::read(Some(severity), "It smokes")
}

#[tokio::test]
async fn forty_unsafe_reports_cause_one_mail_and_rate_limit() {
    let (lab, smtp) = workshop().await;
    let ada = lab.signed_in(1).await;
    let mut refused = 0;
    for _ in 0..40 {
        match problems::report(&lab.ctx, &ada, LASER, bad(Severity::Unsafe)).await {
            Err(ProblemsError::TooOften(wait)) => refused += u32::from(wait > 0),
            other => {
                other.unwrap();
            }
        }
        empty(&lab).await;
        lab.pass(std::time::Duration::from_millis(100));
    }
    assert_eq!(refused, 20);
    assert_eq!(smtp.taken().len(), 1, "it is unsafe already");
    let bob = lab.signed_in(2).await;
    let open = problems::at(&lab.ctx, &bob, LASER).await.unwrap().reports;
    assert_eq!(open.len(), 20, "each is kept");
    for report in open {
        problems::resolve(&lab.ctx, &bob, report.id, report.version, "Aired").await.unwrap();
    }
    lab.pass(HOUR);
    problems::report(&lab.ctx, &ada, LASER, bad(Severity::Unsafe)).await.unwrap();
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 2, "once it was mended it is news again");
}

#[tokio::test]
async fn twelve_unsafe_machines_cause_five_mails_and_one_summary() {
    let (lab, smtp) = workshop().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 117)
         INSERT INTO machine (id, number, type_id, name) SELECT i, i, 3, 'Laser ' || i FROM n",
    )
    .await;
    let ada = lab.signed_in(1).await;
    for machine in 100..112 {
        problems::report(&lab.ctx, &ada, MachineId(machine), bad(Severity::Unsafe)).await.unwrap();
    }
    empty(&lab).await;
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 5);
    lab.pass(MINUTE);
    empty(&lab).await;
    let rest = smtp.taken().pop().unwrap();
    assert_eq!((smtp.taken().len(), rest.subject.as_str()), (6, "Laser 105 is unsafe – and 6 more"));
    assert!(rest.body.contains("7 events") && rest.body.contains("Laser 111 is unsafe"), "{}", rest.body);
    for machine in 112..118 {
        problems::report(&lab.ctx, &ada, MachineId(machine), bad(Severity::Unsafe)).await.unwrap();
        lab.pass(MINUTE);
        empty(&lab).await;
    }
    assert_eq!(smtp.taken().len(), 6, "no more within the hour");
    lab.pass(HOUR);
    empty(&lab).await;
    let rest = smtp.taken().pop().unwrap();
    assert_eq!((smtp.taken().len(), rest.subject.as_str()), (7, "Laser 112 is unsafe – and 5 more"));
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE settled_at IS NULL AND due_at < 1.9e12").await, 0);
}

#[tokio::test]
async fn sixty_withdrawn_offers_cause_at_most_five_mails() {
    let (lab, smtp) = booking_lab().await;
    let ada = lab.signed_in(1).await;
    let id = lab::bookings::booked(&lab, &ada, LASER_1, lab::bookings::span(180, 60)).await;
    for looked in [false, true] {
        for _ in 0..60 {
            let version = bookings::one(&lab.ctx, &ada, id).await.unwrap().version;
            offer(&lab.ctx, &ada, id, version, "Carl Blu").await.unwrap();
            if looked {
                empty(&lab).await;
            }
            withdraw(&lab.ctx, &ada, id).await.unwrap();
            lab.pass(std::time::Duration::from_millis(10));
        }
        empty(&lab).await;
        assert_eq!(smtp.taken().len(), if looked { 5 } else { 0 });
    }
    lab.pass(MINUTE);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 5, "there is nothing to offer any more");
}

#[tokio::test]
async fn forty_cancelled_requests_cause_at_most_five_mails_each() {
    let (lab, smtp) = booking_lab().await;
    lab::bookings::set(&lab, "booking.mode", "moderated").await;
    let ada = lab.signed_in(1).await;
    for looked in [false, true] {
        for _ in 0..40 {
            let id = lab::bookings::booked(&lab, &ada, LASER_1, lab::bookings::span(180, 60)).await;
            if looked {
                empty(&lab).await;
            }
            lab::bookings::action(&lab, &ada, id, BookingAction::Cancel).await.unwrap();
            lab.pass(std::time::Duration::from_millis(10));
        }
        empty(&lab).await;
        lab.pass(MINUTE);
        empty(&lab).await;
        let mails = smtp.taken();
        assert_eq!(to(&mails, "olg@example.org").len(), if looked { 5 } else { 0 });
        assert_eq!(to(&mails, "olg@example.org").len(), mails.len(), "she is nearest");
    }
    let id = lab::bookings::booked(&lab, &ada, LASER_1, lab::bookings::span(180, 60)).await;
    lab.pass(HOUR);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 6, "one that stands is told of");
    bookings::decide(&lab.ctx, &lab.signed_in(11).await, id, Decide::read(Some(BookingAction::Approve), ""))
        .await
        .unwrap();
}

#[tokio::test]
async fn change_reverted_before_sending_is_not_mailed() {
    let (lab, smtp) = workshop().await;
    let bob = lab.signed_in(2).await;
    let ada = lab.signed_in(1).await;
    notices::follow(&lab.ctx, &ada, LASER, true).await.unwrap();
    for _ in 0..3 {
        let block = problems::block(&lab.ctx, &bob, LASER, "Lens", false).await.unwrap();
        problems::lift(&lab.ctx, &bob, block).await.unwrap();
        holds::lift(&lab.ctx, &bob, hold(&lab, ADA).await).await.unwrap();
        people::suspend(&lab.ctx, &bob, ADA).await.unwrap();
        people::readmit(&lab.ctx, &bob, ADA).await.unwrap();
        lab.pass(std::time::Duration::from_secs(1));
    }
    let report = problems::report(&lab.ctx, &ada, LASER, bad(Severity::Degraded)).await.unwrap();
    problems::resolve(&lab.ctx, &bob, report, 1, "Cleaned").await.unwrap();
    empty(&lab).await;
    lab.pass(DAY);
    empty(&lab).await;
    let mails = smtp.taken();
    assert!(mails.iter().all(|mail| mail.to == "ada@example.org"), "nothing is wrong with the laser");
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects[..3], ["Your account is active"; 3], "{subjects:?}");
    assert_eq!(subjects[3..], ["Your report on Laser is resolved"]);
}

/// Takes its time, and counts concurrent mails.
#[derive(Default)]
struct Slow {
    taken: Mutex<Vec<Mail>>,
    hands: Mutex<HashMap<String, u32>>,
    most: Mutex<u32>,
}

impl Mailer for Slow {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        Box::pin(async move {
            let (to, turns) = (mail.to.clone(), 20 - self.taken.lock().unwrap().len().min(19));
            {
                let mut hands = self.hands.lock().unwrap();
                let held = hands.entry(to.clone()).or_default();
                *held += 1;
                let mut most = self.most.lock().unwrap();
                *most = (*most).max(*held);
            }
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            *self.hands.lock().unwrap().get_mut(&to).unwrap() -= 1;
            self.taken.lock().unwrap().push(mail);
            Ok(())
        })
    }
}

#[tokio::test]
async fn mails_of_one_person_leave_in_order() {
    let (lab, _) = workshop().await;
    let slow = Arc::<Slow>::default();
    arrange(&lab, slow.clone());
    lab.sql(
        "INSERT INTO notice (person_id, kind, subject, body, told_at)
             SELECT p.id, 'account.password', 'at:' || n.value, '{\"password_changed\":{\"at\":' || n.value || '}}', 1800000000000
               FROM person p, (SELECT 1 AS value UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) n WHERE p.id < 3",
    )
    .await;
    hold(&lab, ADA).await;
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    empty(&lab).await;
    let mails = slow.taken.lock().unwrap().clone();
    assert_eq!((mails.len(), *slow.most.lock().unwrap()), (10, 1));
    let hers = to(&mails, "ada@example.org");
    let subjects: Vec<_> = hers.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(
        subjects[3..],
        ["Your password was changed", "Your account is suspended", "You are on hold: payment missing"]
    );
    let names: Vec<_> = hers[..5].iter().map(|mail| mail.id.clone().unwrap()).collect();
    assert!(names.is_sorted_by_key(|name| name.split('.').nth(1).unwrap().parse::<u32>().unwrap()), "{names:?}");
}

#[tokio::test]
async fn later_mails_wait_for_retry_except_safety() {
    let (lab, smtp) = workshop().await;
    smtp.refuses("ada@example.org", Some(Trouble::Later));
    hold(&lab, ADA).await;
    empty(&lab).await;
    smtp.refuses("ada@example.org", None);
    lab.sql(
        "INSERT INTO hold (id, person_id, reason, placed_at) VALUES (77, 1, 'no-shows', 1800000000000);
         INSERT INTO notice (person_id, kind, subject, body, told_at) VALUES (1, 'hold.placed', 'hold:77',
             '{\"hold_placed\":{\"hold\":77,\"reason\":\"no-shows\",\"until\":null}}', 1800000000001)",
    )
    .await;
    lab.pass(std::time::Duration::from_secs(2));
    empty(&lab).await;
    assert!(smtp.taken().is_empty(), "the second hold waits for the first");
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "the suspension");
    lab.pass(MINUTE * 2);
    empty(&lab).await;
    let names: Vec<_> = smtp.taken().into_iter().map(|mail| mail.id.unwrap()).collect();
    assert!(names[1..].is_sorted() && names.len() == 3, "{names:?}");
}

#[tokio::test]
async fn booking_mails_form_thread_and_calendar_follows() {
    let (lab, smtp) = booking_lab().await;
    lab::bookings::set(&lab, "booking.mode", "moderated").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = lab::bookings::booked(&lab, &carl, LASER_1, lab::bookings::span(180, 60)).await;
    empty(&lab).await;
    lab.pass(MINUTE);
    lab::bookings::action(&lab, &ken, id, BookingAction::Approve).await.unwrap();
    empty(&lab).await;
    lab.pass(MINUTE);
    let version = bookings::one(&lab.ctx, &ken, id).await.unwrap().version;
    bookings::move_to(&lab.ctx, &ken, id, version, Ok(lab::bookings::span(300, 60))).await.unwrap();
    empty(&lab).await;
    lab.pass(MINUTE);
    lab::bookings::action(&lab, &ken, id, BookingAction::Cancel).await.unwrap();
    empty(&lab).await;
    let mails = smtp.taken();
    let his = to(&mails, "car@example.org");
    let subjects: Vec<_> = his.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "Your booking is approved: Laser",
            "Your booking was changed: Laser",
            "Your booking was cancelled: Laser"
        ]
    );
    let mut before: Vec<String> = Vec::new();
    for (mail, method) in his.iter().zip([Method::Request, Method::Request, Method::Cancel]) {
        let [entry] = mail.calendar.as_slice() else { panic!("{} entries", mail.calendar.len()) };
        assert_eq!((entry.method, entry.file), (method, "booking.ics"), "{}", mail.subject);
        assert!(!entry.text.contains("PARTSTAT"), "{}", entry.text);
        assert_eq!(mail.thread[1..], before, "{}", mail.subject);
        assert_eq!(mail.thread[0], his[0].thread[0]);
        before.extend(mail.id.clone());
    }
    assert_ne!(to(&mails, "olg@example.org")[0].thread[0], his[0].thread[0], "each reader has their own");
}

#[tokio::test]
async fn cancelled_unsent_approval_sends_no_calendar_cancellation() {
    let (lab, smtp) = booking_lab().await;
    lab::bookings::set(&lab, "booking.mode", "moderated").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = lab::bookings::booked(&lab, &carl, LASER_1, lab::bookings::span(180, 60)).await;
    lab::bookings::action(&lab, &ken, id, BookingAction::Approve).await.unwrap();
    lab::bookings::action(&lab, &ken, id, BookingAction::Cancel).await.unwrap();
    empty(&lab).await;
    let [mail] = smtp.taken().try_into().unwrap();
    assert_eq!(
        (mail.subject.as_str(), mail.calendar[0].method),
        ("Your booking was cancelled: Laser", Method::Cancel)
    );
}
