//! The outbox: what is mailed, when, in which words; failures; and unsubscribe links.

mod bounds;
mod lanes;

use crate::lab::{Lab, holds};
use contract::{
    deliveries::{DeliveryView, Which},
    form::{Fault, Fields},
    notice_settings::{KindFilter, NoticeSettingsBody, SaveNoticeSettings, TimesParams},
    notices::Unwanted,
};
use domain::{
    deliveries::{Hour, Reason, State, Trouble},
    id::{DeliveryId, HoldId, MachineId, PersonId, TypeId},
    notices::Kind,
    problems::Severity,
    qualifications::{Relation, Subject},
    time::{DAY, HOUR, MINUTE},
};
use services::{
    ServeError,
    deliveries::{self, DeliveriesError},
    inbox,
    mail::{self, Carrier, Catcher, Mail, MailError, Mailer, Post},
    notice_settings::{self, NoticeSettingsError},
    notices,
    outbox::{
        self, SendOutcome,
        unsubscribe::{self, Link, UnsubscribeError},
    },
    people,
    problems::{self, ReportProblem},
    qualifications::{self as ledger, Change},
    serve,
};
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};
use text::Lang;
use tokio_util::sync::CancellationToken;

const ADA: PersonId = PersonId(1);
const LASER: MachineId = MachineId(1);
const SITE: &str = "https://attic.example";

/// A mail server: what it accepts, and whom it refuses.
#[derive(Default)]
struct Smtp {
    taken: Mutex<Vec<Mail>>,
    /// Its answers by address; `*` is any.
    trouble: Mutex<HashMap<String, Trouble>>,
    requests: Mutex<u32>,
}

impl Smtp {
    fn refuses(&self, address: &str, trouble: Option<Trouble>) {
        let mut all = self.trouble.lock().unwrap();
        match trouble {
            Some(trouble) => all.insert(address.into(), trouble),
            None => all.remove(address),
        };
    }

    fn taken(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }

    fn request_count(&self) -> u32 {
        *self.requests.lock().unwrap()
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        *self.requests.lock().unwrap() += 1;
        let all = self.trouble.lock().unwrap();
        let answer = if let Some(trouble) = all.get(&mail.to).or_else(|| all.get("*")) {
            Err(MailError(*trouble))
        } else {
            self.taken.lock().unwrap().push(mail);
            Ok(())
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Bob manages; everybody has an address. It is 8 o'clock in the space.
async fn workshop() -> (Lab, Arc<Smtp>) {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab.sql("UPDATE profile SET email = lower(name) || '@example.org'").await;
    let smtp = Arc::<Smtp>::default();
    let post = Post { carrier: Carrier::Mailer(smtp.clone()), site: Some(SITE.into()), ..Post::default() };
    mail::arrange(&lab.ctx, post);
    (lab, smtp)
}

/// Has everything leave that is due.
async fn empty(lab: &Lab) {
    let stop = CancellationToken::new();
    while outbox::send_due(&lab.ctx, &stop).await.unwrap() == SendOutcome::Busy {}
}

async fn hold(lab: &Lab, person: PersonId) -> HoldId {
    let bob = lab.signed_in(2).await;
    holds::place(&lab.ctx, &bob, person, holds::unpaid()).await.unwrap()
}

async fn grant(lab: &Lab, person: PersonId, kind: i64) {
    let bob = lab.signed_in(2).await;
    let change = Change::now(person, Subject::Type(TypeId(kind)), Relation::Trainer);
    ledger::grant(&lab.ctx, &bob, change).await.unwrap();
}

async fn rows(lab: &Lab, which: Which) -> Vec<DeliveryView> {
    deliveries::list(&lab.ctx, &lab.signed_in(2).await, which, None, 50).await.unwrap().rows
}

/// Everybody has quiet hours from 22:00 to 7:00.
async fn quiet_at_night(lab: &Lab) {
    lab.sql(
        "INSERT INTO mail_times (person_id, digest_hour, quiet_from, quiet_to) SELECT id, 8, 1320, 420 FROM person",
    )
    .await;
}

#[tokio::test]
async fn actionable_notice_is_mailed_at_once_in_language_with_unsubscribe() {
    let (lab, smtp) = workshop().await;
    lab.sql("UPDATE profile SET language = 'it' WHERE person_id = 1").await;
    hold(&lab, ADA).await;
    empty(&lab).await;
    empty(&lab).await;
    let [mail] = smtp.taken().try_into().unwrap();
    assert_eq!(mail.to, "ada@example.org");
    assert!(mail.subject.starts_with("Il tuo accesso è bloccato"), "{}", mail.subject);
    assert!(mail.body.contains("Ciao Ada") && mail.body.contains(&format!("{SITE}/me\n")), "{}", mail.body);
    assert!(mail.html.unwrap().contains(&mail.subject));
    assert!(
        mail.unsubscribe.unwrap().starts_with(&format!("{SITE}/unsubscribe/one-click?who=1&what=hold.placed"))
    );
    let [sent] = rows(&lab, Which::Sent).await.try_into().unwrap();
    assert_eq!((sent.person, sent.kind, sent.state, sent.attempts), (ADA, Some(Kind::HoldPlaced), State::Sent, 1));
}

#[tokio::test]
async fn informational_notices_leave_in_daily_mail_without_read_ones() {
    let (lab, smtp) = workshop().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    grant(&lab, ADA, 4).await;
    grant(&lab, ADA, 3).await;
    let placed = hold(&lab, ADA).await;
    empty(&lab).await;
    holds::lift(&lab.ctx, &bob, placed).await.unwrap();
    let unread = notices::list(&lab.ctx, &ada, contract::notices::Which::Unread, None).await.unwrap().notices;
    lab.pass(MINUTE);
    notices::read(&lab.ctx, &ada, Some(unread[0].id)).await.unwrap();
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "the hold: it is not eight yet");
    lab.pass(DAY);
    empty(&lab).await;
    let mail = smtp.taken().remove(1);
    assert!(mail.subject.starts_with("2 notices"), "{}", mail.subject);
    assert!(mail.unsubscribe.unwrap().contains("what=daily"));
    let dropped: Vec<_> = rows(&lab, Which::Dropped).await.iter().map(|row| row.reason).collect();
    assert_eq!(dropped, [Some(Reason::Read)]);
}

// A23
#[tokio::test]
async fn week_of_downtime_causes_one_daily_mail() {
    let (lab, smtp) = workshop().await;
    grant(&lab, ADA, 4).await;
    empty(&lab).await;
    let lab = lab.reopen().await;
    mail::arrange(
        &lab.ctx,
        Post { carrier: Carrier::Mailer(smtp.clone()), site: Some(SITE.into()), ..Post::default() },
    );
    lab.pass(DAY * 7);
    empty(&lab).await;
    lab.pass(DAY);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1);
}

// A23
#[tokio::test]
async fn clock_set_back_a_day_neither_blocks_nor_repeats_daily_mail() {
    let (lab, smtp) = workshop().await;
    grant(&lab, ADA, 4).await;
    empty(&lab).await;
    lab.set_back(DAY * 3);
    empty(&lab).await;
    lab.pass(DAY);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "within a day by the new clock");
    lab.pass(DAY * 5);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn only_safety_is_mailed_in_quiet_hours() {
    let (lab, smtp) = workshop().await;
    quiet_at_night(&lab).await;
    lab.pass(HOUR * 14);
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert!(smtp.taken().is_empty(), "it is 22:00");
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "the suspension");
    lab.pass(HOUR * 9);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 2, "and the hold at seven");
}

#[tokio::test]
async fn daily_mail_waits_for_end_of_quiet_hours() {
    let (lab, smtp) = workshop().await;
    lab.sql("INSERT INTO mail_times (person_id, digest_hour, quiet_from, quiet_to) VALUES (1, 6, 1320, 420)")
        .await;
    grant(&lab, ADA, 4).await;
    empty(&lab).await;
    lab.pass(HOUR * 22);
    empty(&lab).await;
    assert!(smtp.taken().is_empty(), "it is six");
    lab.pass(HOUR);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn suspended_reader_is_not_mailed_hidden_content() {
    let (lab, smtp) = workshop().await;
    quiet_at_night(&lab).await;
    let bob = lab.signed_in(2).await;
    notices::follow(&lab.ctx, &lab.signed_in(1).await, LASER, true).await.unwrap();
    lab.pass(HOUR * 14);
    problems::block(&lab.ctx, &bob, LASER, "Lens", false).await.unwrap();
    empty(&lab).await;
    people::suspend(&lab.ctx, &bob, ADA).await.unwrap();
    lab.pass(HOUR * 10);
    empty(&lab).await;
    let subjects: Vec<_> = smtp.taken().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Your account is suspended"]);
    assert_eq!(rows(&lab, Which::Dropped).await[0].reason, Some(Reason::Hidden));
}

#[tokio::test]
async fn hold_ended_before_morning_is_not_mailed() {
    let (lab, smtp) = workshop().await;
    quiet_at_night(&lab).await;
    lab.pass(HOUR * 14);
    lab.sql(
        "INSERT INTO notice (person_id, kind, subject, body, told_at) VALUES (1, 'hold.placed', 'hold:9',
             '{\"hold_placed\":{\"hold\":9,\"reason\":\"unpaid\",\"until\":1800057600000}}', 1800050400000)",
    )
    .await;
    lab.pass(HOUR * 10);
    empty(&lab).await;
    assert!(smtp.taken().is_empty());
    assert_eq!(rows(&lab, Which::Dropped).await[0].reason, Some(Reason::Over));
}

#[tokio::test]
async fn safety_mail_precedes_older_ones() {
    let (lab, smtp) = workshop().await;
    hold(&lab, PersonId(3)).await;
    lab.pass(MINUTE);
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    empty(&lab).await;
    let to: Vec<_> = smtp.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["ada@example.org", "zoe@example.org"]);
}

#[tokio::test]
async fn temporary_refusal_is_retried_and_abandoned_after_a_day() {
    let (lab, smtp) = workshop().await;
    smtp.refuses("ada@example.org", Some(Trouble::Later));
    hold(&lab, ADA).await;
    let mut tries = Vec::new();
    for _ in 0..60 {
        empty(&lab).await;
        tries.push(smtp.request_count());
        lab.pass(HOUR);
    }
    assert_eq!(tries.last(), Some(&8), "{tries:?}");
    let [failed] = rows(&lab, Which::Failed).await.try_into().unwrap();
    assert_eq!((failed.state, failed.trouble, failed.attempts), (State::Failed, Some(Trouble::Later), 8));
    smtp.refuses("ada@example.org", None);
    let bob = lab.signed_in(2).await;
    assert_eq!(deliveries::retry(&lab.ctx, &bob, Some(failed.id)).await.unwrap(), 1);
    assert_eq!(deliveries::retry(&lab.ctx, &bob, Some(failed.id)).await.unwrap(), 0, "it waits already");
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1);
    let unknown = deliveries::retry(&lab.ctx, &bob, Some(DeliveryId(99))).await;
    assert!(matches!(unknown, Err(DeliveriesError::Unknown)), "{unknown:?}");
    let ada = lab.signed_in(1).await;
    assert!(deliveries::retry(&lab.ctx, &ada, None).await.is_err(), "a member");
    assert!(deliveries::list(&lab.ctx, &ada, Which::Open, None, 50).await.is_err(), "a member");
}

#[tokio::test]
async fn bounced_address_is_marked_and_owner_notified_in_app() {
    let (lab, smtp) = workshop().await;
    smtp.refuses("ada@example.org", Some(Trouble::Address));
    hold(&lab, ADA).await;
    hold(&lab, PersonId(3)).await;
    empty(&lab).await;
    assert_eq!(smtp.taken().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["zoe@example.org"]);
    let ada = lab.signed_in(1).await;
    let newest =
        notices::list(&lab.ctx, &ada, contract::notices::Which::Unread, None).await.unwrap().notices.remove(0);
    assert_eq!(newest.told.unwrap().notice.kind(), Kind::AddressBounced);
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    assert_eq!((page.address.as_deref(), page.bounced), (Some("ada@example.org"), true));
    holds::lift(&lab.ctx, &lab.signed_in(2).await, hold(&lab, ADA).await).await.unwrap();
    empty(&lab).await;
    assert_eq!(smtp.request_count(), 2, "nothing more is sent there");
    smtp.refuses("ada@example.org", None);
    notice_settings::trust_address(&lab.ctx, &ada).await.unwrap();
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 2);
}

#[tokio::test]
async fn mail_server_outage_consumes_few_attempts_and_all_mails_leave_afterwards() {
    let (lab, smtp) = workshop().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name, email) SELECT id, 'P' || id, 'p' || id || '@example.org' FROM person WHERE id >= 100;
         INSERT INTO notice (person_id, kind, subject, body, told_at)
             SELECT id, 'hold.lifted', 'hold:1', '{\"hold_lifted\":{\"hold\":1}}', 1800000000000 FROM person WHERE id >= 100;
         INSERT INTO notice (person_id, kind, subject, body, told_at)
             SELECT id, 'account.status', 'at:1', '{\"status_changed\":{\"to\":\"active\",\"at\":1}}', 1800000000000
               FROM person WHERE id >= 100;",
    )
    .await;
    smtp.refuses("*", Some(Trouble::Unreachable));
    for _ in 0..30 {
        empty(&lab).await;
        lab.pass(MINUTE);
    }
    assert!((5..=60).contains(&smtp.request_count()), "asked {} times in half an hour", smtp.request_count());
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE state = 'failed'").await, 0);
    smtp.refuses("*", None);
    lab.pass(HOUR);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 300);
    lab.pass(DAY);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 600, "and the daily mails");
    assert_eq!(rows(&lab, Which::Open).await.len(), 0);
}

#[tokio::test]
async fn former_member_is_mailed_only_their_departure() {
    let (lab, smtp) = workshop().await;
    quiet_at_night(&lab).await;
    lab.pass(HOUR * 14);
    let bob = lab.signed_in(2).await;
    hold(&lab, ADA).await;
    empty(&lab).await;
    people::leave(&lab.ctx, &bob, ADA).await.unwrap();
    lab.pass(DAY);
    empty(&lab).await;
    assert_eq!(
        smtp.taken().iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(),
        ["Your account is closed"]
    );
    assert_eq!(rows(&lab, Which::Dropped).await[0].reason, Some(Reason::Left));
}

#[tokio::test]
async fn content_reader_may_no_longer_see_is_not_mailed() {
    let (lab, smtp) = workshop().await;
    let ada = lab.signed_in(1).await;
    quiet_at_night(&lab).await;
    lab.pass(HOUR * 14);
    let report = ReportProblem::read(Some(Severity::Degraded), "It rattles");
    problems::report(&lab.ctx, &ada, LASER, report).await.unwrap();
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (2, 1, 'owner', 'revoked', 1, 'setup', 1), (2, 1, 'user', 'revoked', 1, 'setup', 1)",
    )
    .await;
    lab.pass(HOUR * 10);
    empty(&lab).await;
    assert!(smtp.taken().is_empty());
    assert_eq!(lab.text("SELECT reason FROM delivery").await, "hidden");
}

#[tokio::test]
async fn notices_without_mail_server_are_dropped() {
    let (lab, smtp) = workshop().await;
    mail::arrange(&lab.ctx, Post::default());
    hold(&lab, ADA).await;
    empty(&lab).await;
    mail::arrange(
        &lab.ctx,
        Post { carrier: Carrier::Mailer(smtp.clone()), site: Some(SITE.into()), ..Post::default() },
    );
    lab.pass(DAY);
    empty(&lab).await;
    assert!(smtp.taken().is_empty());
    assert_eq!(rows(&lab, Which::Dropped).await[0].reason, Some(Reason::NoMail));
}

// A16
#[tokio::test]
async fn resent_mail_has_same_id_and_is_shown_once() {
    let (lab, smtp) = workshop().await;
    hold(&lab, ADA).await;
    empty(&lab).await;
    // As if the process had been gone before it could note that the mail left.
    lab.sql("UPDATE delivery SET state = 'queued', settled_at = NULL, attempts = 0").await;
    let lab = lab.reopen().await;
    let catcher = Arc::<Catcher>::default();
    catcher.send(smtp.taken().remove(0)).await.unwrap();
    mail::arrange(
        &lab.ctx,
        Post { carrier: Carrier::Catcher(catcher.clone()), site: Some(SITE.into()), ..Post::default() },
    );
    empty(&lab).await;
    assert_eq!(catcher.mails().len(), 1, "the reader's program knows it by its name");
    assert_eq!(inbox::count(&lab.ctx, &lab.signed_in(1).await).await.unwrap()[0], 1);
}

#[tokio::test]
async fn unsubscribe_link_ends_only_its_kind() {
    let (lab, smtp) = workshop().await;
    let placed = hold(&lab, ADA).await;
    grant(&lab, ADA, 4).await;
    empty(&lab).await;
    let link = |mail: &Mail| {
        let query = mail.unsubscribe.clone().unwrap();
        let part = |name: &str| {
            let rest = query.split_once(&format!("{name}=")).unwrap().1;
            rest.split('&').next().unwrap().to_owned()
        };
        Link { person: PersonId(part("who").parse().unwrap()), what: part("what"), sign: part("sign") }
    };
    let of_kind = link(&smtp.taken()[0]);
    for forged in [
        Link { person: PersonId(2), ..of_kind.clone() },
        Link { what: "daily".into(), ..of_kind.clone() },
        Link { sign: String::new(), ..of_kind.clone() },
        Link { sign: "x".repeat(10_000), ..of_kind.clone() },
    ] {
        let refused = unsubscribe::follow(&lab.ctx, &forged).await;
        assert!(matches!(refused, Err(UnsubscribeError::Unknown)), "{refused:?}");
    }
    assert_eq!(unsubscribe::find(&lab.ctx, &of_kind).await.unwrap(), Unwanted::Kind(Kind::HoldPlaced));
    let ada = lab.signed_in(1).await;
    let wants = |page: &contract::notice_settings::NoticeSettingsView, kind| {
        page.kinds.iter().find(|one| one.kind == kind).map(|one| (one.app, one.mail)).unwrap()
    };
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    assert_eq!(wants(&page, Kind::HoldPlaced), (true, true), "looking changes nothing");
    for _ in 0..2 {
        unsubscribe::follow(&lab.ctx, &of_kind).await.unwrap();
    }
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    assert_eq!((wants(&page, Kind::HoldPlaced), wants(&page, Kind::Revoked)), ((true, false), (true, true)));
    holds::lift(&lab.ctx, &lab.signed_in(2).await, placed).await.unwrap();
    hold(&lab, ADA).await;
    lab.pass(DAY);
    empty(&lab).await;
    let daily = smtp.taken().into_iter().nth(1).unwrap();
    assert_eq!(smtp.taken().len(), 2, "the daily mail alone");
    unsubscribe::follow(&lab.ctx, &link(&daily)).await.unwrap();
    assert_eq!(notice_settings::page(&lab.ctx, &ada).await.unwrap().digest_hour, None);
    grant(&lab, ADA, 3).await;
    lab.pass(DAY);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 2);
}

#[tokio::test]
async fn preferences_apply_in_app_and_mail_except_safety() {
    let (lab, smtp) = workshop().await;
    let ada = lab.signed_in(1).await;
    let off = |kind| KindFilter { kind, app: false, mail: false, slack: None, push: None };
    let choose = |kinds| NoticeSettingsBody { kinds, times: None };
    notice_settings::choose(&lab.ctx, &ada, choose(vec![off(Kind::HoldPlaced)])).await.unwrap();
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert!(smtp.taken().is_empty());
    assert_eq!(inbox::count(&lab.ctx, &ada).await.unwrap()[0], 0);
    let archived = notices::list(&lab.ctx, &ada, contract::notices::Which::Archived, None).await.unwrap();
    assert_eq!(archived.notices.len(), 1, "it can be found");
    let on = KindFilter { kind: Kind::HoldPlaced, app: false, mail: true, slack: None, push: None };
    notice_settings::choose(&lab.ctx, &ada, choose(vec![on])).await.unwrap();
    hold(&lab, ADA).await;
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "by mail alone");
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    assert!(!page.kinds.iter().any(|one| one.kind == Kind::JobFailed), "no administrator");
}

#[tokio::test]
async fn changed_digest_hour_applies_to_waiting_notices() {
    let (lab, smtp) = workshop().await;
    grant(&lab, ADA, 4).await;
    empty(&lab).await;
    let times = Some(TimesParams { digest_hour: Hour::new(12), quiet: None });
    let ada = lab.signed_in(1).await;
    notice_settings::choose(&lab.ctx, &ada, NoticeSettingsBody { kinds: Vec::new(), times }).await.unwrap();
    empty(&lab).await;
    lab.pass(HOUR * 4);
    empty(&lab).await;
    assert_eq!(smtp.taken().len(), 1, "at twelve today");
}

#[tokio::test]
async fn preferences_form_is_parsed_or_reports_all_fields() {
    let (lab, _) = workshop().await;
    let ada = lab.signed_in(1).await;
    let save = async |digest: &str, from: &str, to: &str| {
        let fields = [
            ("shown[]", Kind::MachineBlocked.as_str()),
            ("shown[]", Kind::MachineUnsafe.as_str()),
            ("on[]", "mail:machine.blocked"),
            ("digest", digest),
            ("quiet_from", from),
            ("quiet_to", to),
        ];
        let sent = Fields::pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        serve(&lab.ctx, &ada, SaveNoticeSettings {}, &sent, Lang::En).await
    };
    save("7", "22:30", "06:00").await.unwrap();
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    let choice = |kind| page.kinds.iter().find(|one| one.kind == kind).map(|one| (one.app, one.mail));
    assert_eq!(choice(Kind::MachineBlocked), Some((false, true)));
    assert_eq!(choice(Kind::MachineUnsafe), Some((true, true)), "it is locked");
    assert_eq!(choice(Kind::HoldPlaced), Some((true, true)), "it is not on the page");
    let quiet = page.quiet.map(|quiet| (quiet.from.minute(), quiet.to.minute()));
    assert_eq!((page.digest_hour, quiet), (Hour::new(7), Some((1350, 360))));
    save("", "", "").await.unwrap();
    let page = notice_settings::page(&lab.ctx, &ada).await.unwrap();
    assert_eq!((page.digest_hour, page.quiet), (None, None));
    let [hour, from, to, quiet] = [
        ("digest", Fault::Hour),
        ("quiet_from", Fault::TimeOfDay),
        ("quiet_to", Fault::TimeOfDay),
        ("quiet_to", Fault::QuietHours),
    ];
    for (digest, starts, ends, expected) in [
        ("24", "", "", vec![hour]),
        ("-1", "25:00", "7:5", vec![hour, from, to]),
        ("8", "22:00", "", vec![quiet]),
        ("8", "22:00", "22:00", vec![quiet]),
        ("8", "22:60", "07:00", vec![from]),
    ] {
        let refused = save(digest, starts, ends).await;
        let Err(ServeError::Service(NoticeSettingsError::Invalid(faults))) = refused else {
            panic!("{refused:?}")
        };
        let faults: Vec<_> = faults.iter().map(|(field, fault)| (field.as_str(), *fault)).collect();
        assert_eq!(faults, expected, "{digest} {starts} {ends}");
    }
}
