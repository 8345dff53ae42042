//! Checkouts: conflicts, decisions, and effects.

mod bulk_answers;
mod candidates;
mod freed;
mod missed;
mod nights;
mod offered_times;
mod path;
mod standing;
mod time_request;
mod undo;
mod walk_in;

use crate::lab::{LASER, LASER_ID, Lab, NOON, bookings::notices_of, card};
use contract::{
    checkouts::{ModuleEvidence, QuizEvidence},
    inbox::Detail,
};
use domain::{
    actor::Actor,
    availability::{Days, HORIZON, Times},
    bookings::Resource,
    checkouts::{CheckoutAction, Obstacle, State},
    id::{AppointmentId, PersonId, TypeId},
    inbox::{Matter, Verdict},
    jobs::Job,
    notices::Kind,
    occupations::Span,
    time::{DAY, HOUR, MINUTE, Millis},
};
use services::{
    access::check,
    availability::{self, RuleForm},
    bookings,
    bulk::{self, BulkError},
    checkouts::{self, Ask, CheckoutsError, Decide, ValidationError},
    inbox, jobs, notices, people,
    qualifications::{self, Change},
    waiting,
};
use store::availability::NewRule;
use text::Lang;

const LASERS: TypeId = TypeId(3);
const BOB: PersonId = PersonId(2);
const DANA: PersonId = PersonId(5);

/// The lab with Carl (4), who wants to use the lasers, Dana (5), a second trainer, and Ken (11), who manages. Bob
/// trains. It is Friday, 15 January 2027, 08:00, and clocks show UTC. Bob offers Monday from five to seven, three
/// times of half an hour.
async fn offered() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Carl'), (5, 'Dana'), (11, 'Ken');
         INSERT INTO card (id, person_id, uid, state, given_at) VALUES (4, 4, '00000ca1', 'active', 0);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC')",
    )
    .await;
    for (person, kind, relation) in
        [(4, 1, "user"), (5, 1, "user"), (11, 1, "user"), (11, 1, "owner"), (2, 3, "trainer"), (5, 3, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    let lab = lab.reopen().await;
    offers(&lab, 2).await;
    lab
}

/// Runs SQL put together for this test.
async fn run(lab: &Lab, sql: String) {
    let mut conn = lab.raw().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
}

/// `trainer` offers Mondays from five to seven.
async fn offers(lab: &Lab, trainer: i64) {
    let actor = lab.signed_in(trainer).await;
    let days = Days::Weekly { weekday: 0, first: None, last: None };
    let rule = NewRule { days, times: Times::new(17 * 60, 19 * 60, 30, 15).unwrap(), kinds: Vec::new() };
    availability::add_rule(&lab.ctx, &actor, None, Ok(rule)).await.unwrap();
}

/// Minutes after midnight of the coming Monday.
fn monday(minutes: u32) -> Millis {
    NOON.before(HOUR * 8).after(DAY * 3 + MINUTE * minutes)
}

fn ask(trainer: PersonId, starts: Millis) -> Ask {
    Ask { kind: LASERS, trainer, starts: Some(starts) }
}

async fn request_checkout(lab: &Lab, actor: &Actor, trainer: PersonId, minutes: u32) -> AppointmentId {
    checkouts::ask(&lab.ctx, actor, ask(trainer, monday(minutes))).await.unwrap()
}

async fn decided(
    lab: &Lab,
    actor: &Actor,
    id: AppointmentId,
    action: CheckoutAction,
) -> Result<(), CheckoutsError> {
    checkouts::decide(&lab.ctx, actor, id, Decide::read(Some(action), "Keep the lid shut", "2", None))
        .await
        .map(drop)
}

async fn state(lab: &Lab, id: AppointmentId) -> State {
    let ken = lab.signed_in(11).await;
    checkouts::one(&lab.ctx, &ken, id).await.unwrap().state
}

/// The times that `actor` can choose.
async fn free(lab: &Lab, actor: &Actor) -> Vec<String> {
    let slots = checkouts::slots(&lab.ctx, actor, LASERS).await.unwrap();
    let visible = |slot: &contract::checkouts::SlotView| {
        let wall = slot.starts.wall();
        format!("{} {:02}:{:02} {}", wall.date, wall.hour, wall.minute, slot.trainer_name)
    };
    slots.days.iter().flat_map(|day| &day.slots).map(visible).collect()
}

fn first_monday(free: &[String]) -> Vec<&str> {
    free.iter().filter_map(|slot| slot.strip_prefix("2027-01-18 ")).collect()
}

// The whole path: a member requests, the trainer comes, and the card works.
#[tokio::test]
async fn passed_checkout_admits_member() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    assert_eq!(first_monday(&free(&lab, &carl).await), ["17:00 Bob", "17:45 Bob", "18:30 Bob"]);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60 + 45).await;
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutAsked]);
    assert!(
        matches!(decided(&lab, &bob, id, CheckoutAction::Pass).await, Err(CheckoutsError::NotNow)),
        "three days early"
    );
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    assert!(!check(&lab.ctx, LASER, &card("00000ca1")).await.unwrap().decision.is_yes());
    lab.pass(DAY * 3 + HOUR * 9 + MINUTE * 50);
    decided(&lab, &bob, id, CheckoutAction::Pass).await.unwrap();
    assert!(check(&lab.ctx, LASER, &card("00000ca1")).await.unwrap().decision.is_yes());
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutAccepted, Kind::Granted]);
    let cause = lab.text("SELECT cause FROM qualification ORDER BY id DESC LIMIT 1").await;
    assert_eq!(cause, "checkout");
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0, "its time is given back");
    let again = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60))).await;
    assert!(matches!(again, Err(CheckoutsError::Qualified)), "{again:?}");
}

// A1, A4
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_requests_for_one_slot_admit_one() {
    let lab = offered().await;
    lab.sql(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 100",
    )
    .await;
    let mut asking = tokio::task::JoinSet::new();
    for person in 100..150 {
        let (ctx, actor) = (lab.ctx.clone(), lab.signed_in(person).await);
        asking.spawn(async move { checkouts::ask(&ctx, &actor, ask(BOB, monday(17 * 60))).await });
    }
    let (got, refused): (Vec<_>, Vec<_>) = asking.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((got.len(), refused.len()), (1, 49));
    for why in refused {
        let Err(CheckoutsError::Conflict(taken)) = why else { panic!("{why:?}") };
        assert_eq!(taken.obstacle, Some(Obstacle::Trainer));
        let (from, to) = taken.by.unwrap();
        assert_eq!((from.at, to.at), (monday(17 * 60), monday(17 * 60 + 30)), "it names the time");
    }
    assert_eq!(lab.number("SELECT count(*) FROM appointment").await, 1);
    assert_eq!(
        lab.number("SELECT count(*) FROM occupation").await,
        3,
        "of the trainer, the member and the machine"
    );
}

// A4
#[tokio::test]
async fn overlapping_occupations_are_refused_by_storage() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let mut conn = lab.raw().await;
    let (starts, ends) = (monday(17 * 60).0, monday(17 * 60 + 30).0);
    for (from, to, fits) in [
        (starts, ends, false),
        (starts - 1, starts + 1, false),
        (ends - 1, ends + 1, false),
        (starts - 1, ends + 1, false),
        (starts + 1, ends - 1, false),
        (starts - 9, starts, true),
        (ends, ends + 9, true),
    ] {
        for column in ["person_id", "machine_id"] {
            let id_of = if column == "person_id" { 2 } else { 1 };
            let insert = format!(
                "INSERT INTO occupation ({column}, starts_at, ends_at, appointment_id) VALUES ({id_of}, {from}, {to}, {id})"
            );
            let made = sqlx::raw_sql(sqlx::AssertSqlSafe(insert)).execute(&mut conn).await;
            assert_eq!(made.is_ok(), fits, "{column} {} {}", from - starts, to - ends);
        }
    }
    let moved = sqlx::query("UPDATE occupation SET starts_at = starts_at + 1").execute(&mut conn).await;
    assert!(moved.is_err(), "what is moved is taken anew");
}

// A4
#[tokio::test]
async fn one_machine_is_not_promised_to_two_trainers() {
    let lab = offered().await;
    offers(&lab, 5).await;
    let (carl, zack) = (lab.signed_in(4).await, lab.signed_in(11).await);
    request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let refused = checkouts::ask(&lab.ctx, &zack, ask(DANA, monday(17 * 60))).await;
    let Err(CheckoutsError::Conflict(taken)) = refused else { panic!("{refused:?}") };
    assert_eq!(taken.obstacle, Some(Obstacle::Machine));
    assert_eq!(taken.by.unwrap().0.at, monday(17 * 60));
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser')").await;
    let id = checkouts::ask(&lab.ctx, &zack, ask(DANA, monday(17 * 60))).await.unwrap();
    let view = checkouts::one(&lab.ctx, &zack, id).await.unwrap();
    assert_eq!(view.machine_name.as_deref(), Some("Second laser"));
}

#[tokio::test]
async fn unoffered_times_are_refused() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    for (what, trainer, starts) in [
        ("off the grid", BOB, monday(17 * 60 + 5)),
        ("in the past", BOB, monday(17 * 60).before(DAY * 7)),
        ("beyond the horizon", BOB, monday(17 * 60).after(DAY * 7 * 4)),
        ("of somebody who offers none", DANA, monday(17 * 60)),
        ("of nobody", PersonId(99), monday(17 * 60)),
        ("of the end of time", BOB, Millis(i64::MAX)),
    ] {
        let refused = checkouts::ask(&lab.ctx, &carl, ask(trainer, starts)).await;
        let Err(CheckoutsError::Conflict(taken)) = refused else { panic!("{what}: {refused:?}") };
        assert_eq!(taken.obstacle, None, "{what}");
    }
    let bob = lab.signed_in(2).await;
    let own = checkouts::ask(&lab.ctx, &bob, ask(BOB, monday(17 * 60))).await;
    assert!(matches!(own, Err(CheckoutsError::Qualified)), "{own:?}");
    // Ken manages and may use nothing: times of his own are none for him.
    lab.sql("INSERT INTO availability_rule (person_id, weekday, from_min, to_min, length, buffer) VALUES (11, 0, 1020, 1140, 30, 15)")
        .await;
    let ken = lab.signed_in(11).await;
    let own = checkouts::ask(&lab.ctx, &ken, ask(PersonId(11), monday(17 * 60))).await;
    assert!(matches!(own, Err(CheckoutsError::Oneself)), "{own:?}");
    let lathe = checkouts::ask(&lab.ctx, &carl, Ask { kind: TypeId(99), ..ask(BOB, monday(17 * 60)) }).await;
    assert!(matches!(lathe, Err(CheckoutsError::UnknownType)), "{lathe:?}");
    assert_eq!(lab.number("SELECT count(*) FROM appointment").await, 0);
    let days = checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap().days;
    assert_eq!(days.len(), usize::try_from(HORIZON).unwrap() + 1);
}

// A3
#[tokio::test]
async fn second_decision_names_first_and_its_author() {
    let lab = offered().await;
    let (carl, bob, ken) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(11).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &ken, id, CheckoutAction::Reject).await.unwrap();
    for action in [CheckoutAction::Accept, CheckoutAction::Reject, CheckoutAction::Pass] {
        let Err(CheckoutsError::Decided(why)) = decided(&lab, &bob, id, action).await else {
            panic!("{action:?}")
        };
        assert_eq!((why.state, why.by.as_deref()), (State::Rejected, Some("Ken")));
    }
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutRejected]);
    let view = checkouts::one(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!(view.note.as_deref(), Some("Keep the lid shut"));
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &ken, id, CheckoutAction::Accept).await.unwrap();
    for action in [CheckoutAction::Accept, CheckoutAction::Reject] {
        let Err(CheckoutsError::Decided(why)) = decided(&lab, &bob, id, action).await else {
            panic!("{action:?}")
        };
        assert_eq!((why.state, why.by.as_deref()), (State::Accepted, Some("Ken")));
    }
}

#[tokio::test]
async fn appointment_is_hidden_from_others() {
    let lab = offered().await;
    let (carl, ada) = (lab.signed_in(4).await, lab.signed_in(1).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    assert!(matches!(checkouts::one(&lab.ctx, &ada, id).await, Err(CheckoutsError::Unknown)));
    assert!(matches!(decided(&lab, &ada, id, CheckoutAction::Cancel).await, Err(CheckoutsError::Unknown)));
    let moved = checkouts::move_to(&lab.ctx, &ada, id, BOB, Some(monday(18 * 60 + 30))).await;
    assert!(matches!(moved, Err(CheckoutsError::Unknown)), "{moved:?}");
    assert!(
        decided(&lab, &carl, id, CheckoutAction::Accept).await.is_err(),
        "a member does not answer for the trainer"
    );
    assert!(matches!(checkouts::day(&lab.ctx, &ada).await, Err(CheckoutsError::Forbidden(_))));
    assert_eq!(state(&lab, id).await, State::Pending);
}

#[tokio::test]
async fn move_releases_old_time_and_cancellation_frees_it() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    let again = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60 + 45))).await;
    assert!(matches!(again, Err(CheckoutsError::Open)), "{again:?}");
    checkouts::move_to(&lab.ctx, &carl, id, BOB, Some(monday(17 * 60 + 45))).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Pending, "the trainer answers anew");
    assert_eq!(first_monday(&free(&lab, &carl).await), ["17:00 Bob", "18:30 Bob"]);
    let nowhere = checkouts::move_to(&lab.ctx, &carl, id, BOB, Some(monday(12 * 60))).await;
    assert!(matches!(nowhere, Err(CheckoutsError::Conflict(_))), "{nowhere:?}");
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 3, "a refused move takes nothing away");
    decided(&lab, &carl, id, CheckoutAction::Cancel).await.unwrap();
    assert_eq!(first_monday(&free(&lab, &carl).await), ["17:00 Bob", "17:45 Bob", "18:30 Bob"]);
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutAsked, Kind::CheckoutMoved, Kind::CheckoutCancelled]);
}

#[tokio::test]
async fn trainer_is_notified_of_every_move() {
    let lab = offered().await;
    offers(&lab, 5).await;
    let carl = lab.signed_in(4).await;
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    for (trainer, minutes) in
        [(BOB, 17 * 60 + 45), (BOB, 17 * 60), (BOB, 17 * 60 + 45), (DANA, 17 * 60), (BOB, 17 * 60)]
    {
        checkouts::move_to(&lab.ctx, &carl, id, trainer, Some(monday(minutes))).await.unwrap();
    }
    checkouts::move_to(&lab.ctx, &carl, id, DANA, Some(monday(17 * 60))).await.unwrap();
    let [request, moved, cancelled] = [Kind::CheckoutAsked, Kind::CheckoutMoved, Kind::CheckoutCancelled];
    assert_eq!(notices_of(&lab, 2).await, [request, moved, moved, moved, cancelled, request, cancelled]);
    assert_eq!(notices_of(&lab, 5).await, [request, cancelled, request]);
}

#[tokio::test]
async fn failed_member_can_ask_again_after_retry_days() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.pass(DAY * 3 + HOUR * 9);
    decided(&lab, &bob, id, CheckoutAction::Fail).await.unwrap();
    let next = ask(BOB, monday(17 * 60).after(DAY * 7));
    let early = checkouts::ask(&lab.ctx, &carl, next).await;
    assert!(matches!(early, Err(CheckoutsError::Retry(..))), "{early:?}");
    lab.pass(DAY * 2);
    let id = checkouts::ask(&lab.ctx, &carl, next).await.unwrap();
    let evidence = checkouts::one(&lab.ctx, &bob, id).await.unwrap().evidence.unwrap();
    assert_eq!((evidence.failed, evidence.since_minutes), (1, Some(0)), "nothing since");
    assert_eq!(checkouts::one(&lab.ctx, &carl, id).await.unwrap().evidence, None, "for trainers alone");
}

#[tokio::test]
async fn walk_in_needs_no_appointment_and_settles_open_one() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let pass = || Decide::read(Some(CheckoutAction::Pass), "", "", None);
    for nobody in ["", "Carla", "99"] {
        let refused = checkouts::record(&lab.ctx, &bob, LASERS, nobody, pass()).await;
        let Err(CheckoutsError::Invalid(why)) = refused else { panic!("{nobody}: {refused:?}") };
        assert_eq!(why, [ValidationError::Person], "{nobody}");
    }
    assert!(matches!(
        checkouts::record(&lab.ctx, &bob, LASERS, "Bob", pass()).await,
        Err(CheckoutsError::Oneself)
    ));
    assert!(checkouts::record(&lab.ctx, &carl, LASERS, "Ada", pass()).await.is_err(), "a member");
    assert_eq!(checkouts::record(&lab.ctx, &bob, LASERS, "carl", pass()).await.unwrap(), id);
    assert_eq!(state(&lab, id).await, State::Passed);
    assert!(check(&lab.ctx, LASER, &card("00000ca1")).await.unwrap().decision.is_yes());
}

// A8
#[tokio::test]
async fn appointments_of_former_trainer_are_reassigned_or_cancelled() {
    let lab = offered().await;
    offers(&lab, 5).await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let (early, late) =
        (request_checkout(&lab, &carl, BOB, 17 * 60).await, request_checkout(&lab, &ken, BOB, 18 * 60 + 30).await);
    // Dana has something else at the second time.
    lab.sql(
        "INSERT INTO appointment (id, person_id, trainer_id, type_id, starts_at, ends_at, state, asked_at)
             VALUES (90, 1, 5, 4, 1, 2, 'accepted', 0);
         INSERT INTO occupation (person_id, starts_at, ends_at, appointment_id)
             SELECT 5, starts_at, ends_at, 90 FROM appointment WHERE id = 2",
    )
    .await;
    let revoke =
        Change::now(BOB, domain::qualifications::Subject::Type(LASERS), domain::qualifications::Relation::Trainer);
    qualifications::revoke(&lab.ctx, &ken, revoke).await.unwrap();
    let moved = checkouts::one(&lab.ctx, &carl, early).await.unwrap();
    assert_eq!((moved.trainer, moved.state), (DANA, State::Pending));
    assert_eq!(notices_of(&lab, 5).await, [Kind::CheckoutAsked]);
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutMoved]);
    assert_eq!(state(&lab, late).await, State::Cancelled);
}

// A8
#[tokio::test]
async fn appointments_of_suspended_member_are_cancelled() {
    let lab = offered().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    people::suspend(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Cancelled);
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutAsked, Kind::CheckoutCancelled]);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
}

// A23
#[tokio::test]
async fn reminder_is_sent_once_while_useful() {
    let lab = offered().await;
    let (carl, bob, ken) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(11).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let unanswered = request_checkout(&lab, &ken, BOB, 18 * 60 + 30).await;
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    let remind = || jobs::run(&lab.ctx, Job::Appointments);
    remind().await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutAccepted], "three days ahead");
    lab.pass(DAY * 2 + HOUR * 9);
    for _ in 0..2 {
        remind().await;
    }
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutAccepted, Kind::CheckoutReminder]);
    lab.pass(HOUR * 23);
    remind().await;
    assert_eq!(notices_of(&lab, 4).await[2..], [Kind::CheckoutReminder]);
    assert_eq!(state(&lab, unanswered).await, State::Pending);
    // The server was off for a week.
    lab.pass(DAY * 7);
    remind().await;
    assert_eq!(notices_of(&lab, 4).await.len(), 3);
    assert_eq!(state(&lab, unanswered).await, State::Cancelled);
    assert_eq!(notices_of(&lab, 11).await, [Kind::CheckoutCancelled]);
    assert_eq!(state(&lab, id).await, State::Accepted, "its result is still to be written");
}

#[tokio::test]
async fn trainers_offer_times_for_their_types_only() {
    let lab = offered().await;
    let (carl, bob, ken) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(11).await);
    let today = lab.ctx.today();
    let form = RuleForm {
        weekday: "2".into(),
        from: "17:00".into(),
        to: "18:00".into(),
        length: "30".into(),
        ..RuleForm::default()
    };
    let add = async |actor: &Actor, trainer, form: &RuleForm| {
        availability::add_rule(&lab.ctx, actor, trainer, form.read(today)).await
    };
    assert!(matches!(add(&carl, None, &form).await, Err(availability::AvailabilityError::NotATrainer)));
    let other = add(&carl, Some(BOB), &form).await;
    assert!(matches!(other, Err(availability::AvailabilityError::UnknownPerson)), "{other:?}");
    let lathe = RuleForm { kinds: vec![4], ..form.clone() };
    assert!(matches!(add(&bob, None, &lathe).await, Err(availability::AvailabilityError::Invalid(_))));
    let rule = add(&ken, Some(BOB), &form).await.unwrap();
    let stale = availability::change_rule(&lab.ctx, &bob, rule, 9, form.read(today)).await;
    assert!(matches!(stale, Err(availability::AvailabilityError::Changed)), "{stale:?}");
    let away = availability::read_away("2027-01-15", "2027-02-15", today);
    let away = availability::add_away(&lab.ctx, &bob, None, away).await.unwrap();
    assert!(free(&lab, &carl).await.is_empty(), "away");
    assert!(availability::remove_away(&lab.ctx, &carl, away).await.is_err(), "not theirs");
    availability::remove_away(&lab.ctx, &bob, away).await.unwrap();
    availability::remove_rule(&lab.ctx, &bob, rule).await.unwrap();
    assert_eq!(first_monday(&free(&lab, &carl).await).len(), 3);
}

#[test]
fn invalid_rule_reports_all_fields() {
    use availability::ValidationError;
    let today = domain::time::Date::from_iso("2027-01-15").unwrap();
    let input = |weekday: &str, from: &str, to: &str, length: &str, buffer: &str| RuleForm {
        weekday: weekday.into(),
        from: from.into(),
        to: to.into(),
        length: length.into(),
        buffer: buffer.into(),
        ..RuleForm::default()
    };
    assert!(input("0", "22:00", "00:00", "60", "").read(today).is_ok(), "until midnight");
    for (rule, faults) in [
        (input("", "17:00", "18:00", "30", "0"), vec![ValidationError::Date("date")]),
        (input("7", "17:00", "18:00", "30", "0"), vec![ValidationError::Days]),
        (input("0", "18:00", "18:00", "30", "0"), vec![ValidationError::Order]),
        (input("0", "17:00", "17:20", "30", "0"), vec![ValidationError::TooShort]),
        (input("0", "17:00", "18:00", "25", "0"), vec![ValidationError::Length]),
        (input("0", "17:00", "18:00", "30", "61"), vec![ValidationError::Buffer]),
        (
            input("x", "17", "25:00", "", "-1"),
            vec![
                ValidationError::Days,
                ValidationError::Time("to"),
                ValidationError::Length,
                ValidationError::Buffer,
            ],
        ),
        (
            RuleForm { date: "2027-01-14".into(), ..input("", "17:00", "18:00", "30", "") },
            vec![ValidationError::Date("date")],
        ),
        (
            RuleForm {
                first: "2027-03-01".into(),
                last: "2027-02-01".into(),
                ..input("0", "17:00", "18:00", "30", "")
            },
            vec![ValidationError::Last("last")],
        ),
    ] {
        assert_eq!(rule.read(today).unwrap_err(), faults, "{rule:?}");
    }
}

#[tokio::test]
async fn trainer_sees_training_evidence_and_member_does_not() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.sql(
        "INSERT INTO training_module (id, title, about, position) VALUES (1, 'Safety', '', 1), (2, 'Focus', '', 2);
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, has_quiz, published_at) VALUES
             (1, 1, 1, 'dQw4w9WgXcQ', 60000, 1, 0), (2, 2, 1, 'dQw4w9WgXcQ', 60000, 0, 0), (3, 1, 2, 'dQw4w9WgXcQ', 60000, 1, 1);
         INSERT INTO quiz_question (id, module_id, kind, ask, why, position) VALUES (1, 1, 'single', 'a', '', 1), (2, 1, 'single', 'b', '', 2);
         INSERT INTO training_requirement (type_id, module_id, threshold) VALUES (3, 1, 90), (3, 2, 90);
         INSERT INTO training_progress (person_id, edition_id, percent, seen_at, passed_at) VALUES (4, 1, 95, 0, 0), (4, 2, 40, 0, NULL);
         INSERT INTO quiz_try (id, person_id, edition_id, begun_at, handed_at, passed) VALUES
             (1, 4, 1, 0, 1, 0), (2, 4, 1, 2, 3, 1), (3, 4, 1, 4, NULL, NULL), (4, 2, 1, 0, 1, 1);
         INSERT INTO quiz_given (try_id, position, question_id, shown, given, is_right) VALUES
             (1, 1, 1, '[]', '[]', 0), (1, 2, 2, '[]', NULL, NULL), (2, 1, 1, '[]', '[]', 1), (2, 2, 2, '[]', '[]', 0),
             (3, 1, 1, '[]', '[]', 1), (4, 1, 1, '[]', '[]', 1)",
    )
    .await;
    let modules =
        |one: &contract::checkouts::Appointment| one.evidence.as_ref().map(|evidence| evidence.modules.clone());
    let seen = modules(&checkouts::one(&lab.ctx, &bob, id).await.unwrap()).unwrap();
    let quiz = Some(QuizEvidence { passed: true, best: Some(50), tries: 2 });
    assert_eq!(
        seen,
        [
            ModuleEvidence { title: "Safety".into(), percent: 95, watched: true, quiz },
            ModuleEvidence { title: "Focus".into(), percent: 40, watched: false, quiz: None },
        ],
        "an earlier edition counts, of their own tries those that were handed in"
    );
    let day = checkouts::day(&lab.ctx, &bob).await.unwrap();
    assert_eq!(day.waiting.iter().map(modules).collect::<Vec<_>>(), [Some(seen.clone())]);
    let theirs = checkouts::appointments(&lab.ctx, &bob, true).await.unwrap();
    assert_eq!(modules(&theirs[0]), Some(seen));
    assert_eq!(modules(&checkouts::one(&lab.ctx, &carl, id).await.unwrap()), None);
}
