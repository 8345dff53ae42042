//! Dues: late members are held and let in once they paid, whatever the processor sends and however it behaves.

mod ended;
mod events;
mod lists;
mod matches;
mod other_account;
mod plans;
mod stripe;

use self::stripe::{Reaches, SECRET, Stripe, event};
use crate::lab::{
    LASER, Lab, ada,
    bookings::{notices_of, set},
    operations::{fields, run},
};
use contract::{
    dues::{
        AddToProcessor, AskProcessor, CancelDuesCommand, CheckProcessors, ExtendDues, LinkDues, ListDues,
        Payments, PersonDues, ReadDues, RemoveFromProcessor, RetryDuesCommand, UnlinkDues,
    },
    form::{Fault, Faults, Fields},
};
use domain::{
    access::{Decision, Reason},
    actor::Actor,
    dues::{CommandState, DuesStatus, Processor, Trouble},
    holds::HoldReason,
    id::PersonId,
    jobs::Job,
    notices::Kind,
    time::{DAY, HOUR, MINUTE, Millis},
};
use services::{
    access::check,
    dues::{DuesError, MessageOutcome, arrange, receive},
    jobs, privacy,
};
use std::sync::Arc;

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const CUSTOMER: &str = "cus_ada1";

/// The lab with Stripe, and Bob, a manager. It is Friday, 15 January 2027, 08:00, and clocks show UTC. Ada has paid until 31 January.
async fn open() -> (Lab, Arc<Stripe>) {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    set(&lab, "space.zone", "UTC").await;
    lab.sql("UPDATE profile SET email = 'ada@private.example' WHERE person_id = 1").await;
    let lab = lab.reopen().await;
    let stripe = Arc::new(Stripe::default());
    stripe.has(CUSTOMER, "active", month(&lab, 0));
    arrange(&lab.ctx, vec![Stripe::account()], Arc::new(Reaches(Arc::clone(&stripe))));
    (lab, stripe)
}

/// 1 January 2027, and as many times 31 days later: a period.
fn month(_: &Lab, later: u32) -> (Millis, Millis) {
    let from = crate::lab::NOON.before(DAY * 14 + HOUR * 8).after(DAY * 31 * later);
    (from, from.after(DAY * 31))
}

async fn linked(lab: &Lab) -> Actor {
    let bob = lab.signed_in(2).await;
    run(&lab.ctx, &bob, LinkDues { person: ADA }, fields(&[("reference", CUSTOMER)])).await.unwrap();
    bob
}

async fn tick(lab: &Lab) {
    jobs::run(&lab.ctx, Job::Dues).await;
}

async fn read(lab: &Lab) -> PersonDues {
    run(&lab.ctx, &lab.signed_in(2).await, ReadDues { person: ADA }, Fields::default()).await.unwrap()
}

async fn status(lab: &Lab) -> DuesStatus {
    read(lab).await.dues.unwrap().status
}

async fn payments(lab: &Lab) -> Payments {
    run(&lab.ctx, &lab.signed_in(2).await, ListDues {}, Fields::default()).await.unwrap()
}

async fn may_use(lab: &Lab) -> bool {
    check(&lab.ctx, LASER, &ada()).await.unwrap().decision.is_yes()
}

/// Sends an event about Ada.
async fn sends(lab: &Lab, id: &str) -> MessageOutcome {
    let (body, signature) = event(id, CUSTOMER, lab.now(), SECRET);
    receive(&lab.ctx, Processor::Stripe, &signature, body.as_bytes()).await.unwrap()
}

/// It becomes 1 February, from which Ada is late, and 11 February, when her grace is over.
async fn grace_passes(lab: &Lab) {
    lab.pass(DAY * 17);
    tick(lab).await;
    lab.pass(DAY * 10);
}

/// Ada did not pay for February, and her grace is over.
async fn overdue() -> (Lab, Arc<Stripe>, Actor) {
    let (lab, stripe) = open().await;
    let bob = linked(&lab).await;
    stripe.has(CUSTOMER, "past_due", month(&lab, 1));
    grace_passes(&lab).await;
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Overdue);
    (lab, stripe, bob)
}

#[tokio::test]
async fn late_member_is_warned_held_and_let_in_once_paid() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
    // 1 February: the payment fails.
    stripe.has(CUSTOMER, "past_due", month(&lab, 1));
    lab.pass(DAY * 17);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Grace, true));
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesLate]);
    // 8 February: two days are left.
    lab.pass(DAY * 7);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesLate, Kind::DuesLate], "reminded once");
    // 10 February is the last day, and the next day begins the hold.
    lab.pass(DAY * 2);
    tick(&lab).await;
    assert!(may_use(&lab).await);
    lab.pass(DAY);
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Overdue);
    let Decision::Deny(reasons) = check(&lab.ctx, LASER, &ada()).await.unwrap().decision else {
        panic!("allowed")
    };
    assert!(matches!(reasons[..], [Reason::OnHold { reason: HoldReason::Dues, until: None, .. }]), "{reasons:?}");
    assert_eq!(notices_of(&lab, 1).await[2..], [Kind::HoldPlaced]);
    assert_eq!(read(&lab).await.dues.unwrap().notices, 3);
    // She pays.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    assert_eq!(sends(&lab, "evt_1").await, MessageOutcome::Queued);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
    assert_eq!(notices_of(&lab, 1).await[3..], [Kind::HoldLifted]);
}

#[tokio::test]
async fn overdue_member_stays_held_when_the_period_moves_on_and_the_subscription_ends() {
    let (lab, stripe, bob) = overdue().await;
    // March begins, unpaid as well.
    stripe.has(CUSTOMER, "past_due", month(&lab, 2));
    lab.pass(DAY * 24);
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Overdue, false));
    assert!(payments(&lab).await.differences.is_empty(), "records agree");
    // The processor gives up.
    stripe.has(CUSTOMER, "canceled", month(&lab, 2));
    sends(&lab, "evt_2").await;
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, false));
    run(&lab.ctx, &bob, UnlinkDues { person: ADA }, Fields::default()).await.unwrap();
    assert!(may_use(&lab).await, "a manager decides otherwise");
}

#[tokio::test]
async fn hold_leaves_bookings_and_the_use_that_runs() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    lab.sql(
        "INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             VALUES (1, 1, 1803456000000, 1803459600000, 'approved', 0)",
    )
    .await;
    stripe.has(CUSTOMER, "past_due", month(&lab, 1));
    grace_passes(&lab).await;
    lab.starts(LASER, &ada()).await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Overdue, false));
    assert_eq!(lab.text("SELECT state FROM booking").await, "approved");
    assert_eq!(lab.number("SELECT count(*) FROM machine_request").await, 0, "nothing is stopped");
    assert_eq!(read(&lab).await.bookings, 1);
}

#[tokio::test]
async fn processor_that_is_down_changes_nobodys_access() {
    for broken in [0, 503, 500, 429, 401] {
        let (lab, stripe) = open().await;
        linked(&lab).await;
        stripe.breaks(Some(broken));
        for _ in 0..60 {
            lab.pass(DAY);
            tick(&lab).await;
        }
        assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true), "{broken}");
        assert_eq!(notices_of(&lab, 1).await, [], "{broken}");
        let page = payments(&lab).await;
        assert!(page.processors[0].failing.is_some() && page.processors[0].next.is_some(), "{broken}");
        assert!(!page.tries.is_empty());
        // It answers again, and she has not paid.
        stripe.breaks(None);
        stripe.has(CUSTOMER, "past_due", month(&lab, 1));
        lab.pass(MINUTE * 16);
        tick(&lab).await;
        assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Grace, true), "{broken}");
        assert_eq!(notices_of(&lab, 1).await, [Kind::DuesLate], "{broken}");
    }
}

#[tokio::test]
async fn processor_that_is_down_is_asked_every_quarter_of_an_hour() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    stripe.breaks(Some(503));
    lab.pass(DAY * 17);
    let before = stripe.request_count();
    for _ in 0..4 * 60 {
        tick(&lab).await;
        lab.pass(MINUTE / 4);
    }
    assert!((3..=5).contains(&(stripe.request_count() - before)), "{}", stripe.request_count() - before);
}

#[tokio::test]
async fn more_time_lifts_the_hold_at_once_and_ends() {
    let (lab, stripe, bob) = overdue().await;
    let extend = async |actor: &Actor, version: i64, day: &str| {
        run(&lab.ctx, actor, ExtendDues { person: ADA, version }, fields(&[("last_day", day)])).await
    };
    stripe.breaks(Some(503));
    assert!(matches!(extend(&bob, 0, "2027-02-20").await, Err(DuesError::Stale(_))));
    let far = extend(&bob, 1, "2028-06-01").await;
    assert!(
        matches!(&far, Err(DuesError::Invalid(Faults(faults))) if faults[0].1 == Fault::MoreTime(366)),
        "{far:?}"
    );
    extend(&bob, 1, "2027-02-20").await.unwrap();
    assert!(may_use(&lab).await, "also while the processor is down");
    assert_eq!(status(&lab).await, DuesStatus::Grace);
    stripe.breaks(None);
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Overdue, false), "21 February");
    // What was given for this delay does not count for the next.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    assert_eq!(read(&lab).await.dues.unwrap().more_time, None);
    assert!(matches!(extend(&bob, 2, "2027-03-20").await, Err(DuesError::NotLate)));
}

#[tokio::test]
async fn nobody_changes_their_own_dues() {
    let (lab, _) = open().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let link = async |actor: &Actor, person| {
        run(&lab.ctx, actor, LinkDues { person }, fields(&[("reference", CUSTOMER)])).await
    };
    assert!(matches!(link(&ada, ADA).await, Err(DuesError::Forbidden(_))));
    assert!(matches!(link(&bob, BOB).await, Err(DuesError::Oneself)));
    link(&bob, ADA).await.unwrap();
    assert!(matches!(link(&bob, ADA).await, Err(DuesError::Linked)));
    lab.grant(1, 1, "owner").await;
    let ada = lab.signed_in(1).await;
    let taken = link(&ada, BOB).await;
    assert!(
        matches!(&taken, Err(DuesError::Invalid(Faults(faults))) if faults[0].1 == Fault::DuesReferenceTaken),
        "{taken:?}"
    );
    let unlinked = run(&lab.ctx, &ada, UnlinkDues { person: ADA }, Fields::default()).await;
    assert!(matches!(unlinked, Err(DuesError::Oneself)));
}

#[tokio::test]
async fn hold_of_dues_is_placed_by_the_program_alone() {
    use crate::lab::holds::{place, sent};
    let (lab, _) = open().await;
    let bob = lab.signed_in(2).await;
    let placed = place(&lab.ctx, &bob, ADA, sent(Some(HoldReason::Dues), "", "")).await;
    assert!(matches!(placed, Err(services::holds::HoldsError::Invalid(_))), "{placed:?}");
}

#[tokio::test]
async fn hold_lifted_by_manager_is_not_placed_again() {
    let (lab, _, bob) = overdue().await;
    let hold = crate::lab::holds::of(&lab.ctx, &bob, ADA).await.unwrap().holds[0].id;
    crate::lab::holds::lift(&lab.ctx, &bob, hold).await.unwrap();
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    assert!(may_use(&lab).await);
}

#[tokio::test]
async fn unlinked_member_is_let_in() {
    let (lab, _, bob) = overdue().await;
    run(&lab.ctx, &bob, UnlinkDues { person: ADA }, Fields::default()).await.unwrap();
    assert!(may_use(&lab).await);
    assert!(read(&lab).await.dues.is_none());
}

#[tokio::test]
async fn added_member_is_made_once_whatever_happens_to_answers() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    stripe.breaks(Some(0));
    run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await.unwrap();
    let again = run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await;
    assert!(matches!(again, Err(DuesError::CommandWaits)));
    for _ in 0..3 {
        tick(&lab).await;
        lab.pass(MINUTE * 16);
    }
    let command = read(&lab).await.command.unwrap();
    assert_eq!(
        (command.state, command.tries, command.trouble),
        (CommandState::Waiting, 3, Some(Trouble::NoAnswer))
    );
    stripe.breaks(None);
    run(&lab.ctx, &bob, RetryDuesCommand { id: command.id }, Fields::default()).await.unwrap();
    let keys = stripe.keys();
    assert!(keys.len() == 4 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let dues = read(&lab).await;
    assert_eq!(dues.command.unwrap().state, CommandState::Done);
    let dues = dues.dues.unwrap();
    assert_eq!(
        (dues.reference.as_str(), dues.status),
        ("cus_made1", DuesStatus::Current),
        "the first day is paid"
    );
    lab.pass(DAY);
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Grace, "the first days are grace");
}

#[tokio::test]
async fn processor_that_forgot_the_key_makes_no_second_customer() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    // The customer is made, and then its subscription, but no answer arrives.
    stripe.loses_answers(true);
    run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await.unwrap();
    tick(&lab).await;
    assert_eq!(stripe.made(), (1, 0));
    stripe.loses_answers(false);
    lab.pass(HOUR * 25);
    stripe.forgets_keys();
    tick(&lab).await;
    assert_eq!(stripe.made(), (1, 1));
    let found = read(&lab).await;
    assert_eq!(found.command.unwrap().state, CommandState::Done);
    assert_eq!(found.dues.unwrap().reference.as_str(), "cus_made1");
}

#[tokio::test]
async fn late_try_subscribes_nobody_twice() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await.unwrap();
    tick(&lab).await;
    assert_eq!(stripe.made(), (1, 1));
    // As if the last answer had been lost.
    lab.sql("UPDATE dues_command SET state = 'waiting', next_at = queued_at, settled_at = NULL").await;
    lab.pass(HOUR * 25);
    stripe.forgets_keys();
    tick(&lab).await;
    assert_eq!((stripe.made(), read(&lab).await.command.unwrap().state), ((1, 1), CommandState::Done));
}

#[tokio::test]
async fn command_is_given_up_after_three_days_and_managers_are_notified() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    lab.grant(3, 1, "owner").await;
    lab.sql("UPDATE person SET status = 'active' WHERE id = 3").await;
    stripe.breaks(Some(503));
    run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await.unwrap();
    for _ in 0..80 {
        tick(&lab).await;
        lab.pass(HOUR);
    }
    let command = read(&lab).await.command.unwrap();
    assert_eq!((command.state, command.trouble), (CommandState::GaveUp, Some(Trouble::Unavailable)));
    assert_eq!(notices_of(&lab, 3).await, [Kind::DuesCommandFailed]);
    let retried = run(&lab.ctx, &bob, RetryDuesCommand { id: command.id }, Fields::default()).await;
    assert!(matches!(retried, Err(DuesError::Settled)));
}

#[tokio::test]
async fn refused_command_is_not_tried_again() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    stripe.breaks(Some(402));
    run(&lab.ctx, &bob, AddToProcessor { person: ADA }, Fields::default()).await.unwrap();
    tick(&lab).await;
    let asked = stripe.keys().len();
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!((read(&lab).await.command.unwrap().state, stripe.keys().len()), (CommandState::Refused, asked));
}

#[tokio::test]
async fn removed_member_ends_and_cancelled_command_is_not_sent() {
    let (lab, stripe) = open().await;
    let bob = linked(&lab).await;
    let queued = run(&lab.ctx, &bob, RemoveFromProcessor { person: ADA }, Fields::default()).await.unwrap();
    run(&lab.ctx, &bob, CancelDuesCommand { id: queued.command }, Fields::default()).await.unwrap();
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Current);
    run(&lab.ctx, &bob, RemoveFromProcessor { person: ADA }, Fields::default()).await.unwrap();
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, true), "grace begins");
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded]);
    let again = run(&lab.ctx, &bob, RemoveFromProcessor { person: ADA }, Fields::default()).await;
    assert!(matches!(again, Err(DuesError::Ended)));
    drop(stripe);
}

#[tokio::test]
async fn erased_member_is_removed_at_the_processor() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    let ida = lab.administrator().await;
    lab.sql("UPDATE person SET status = 'left', left_at = 1 WHERE id = 1").await;
    privacy::erase(&lab.ctx, &ida, ADA).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM dues").await, 0);
    tick(&lab).await;
    assert_eq!(lab.text("SELECT state FROM dues_command").await, "done");
    assert_eq!(lab.number("SELECT count(*) FROM dues_command WHERE reference IS NOT NULL").await, 0);
    drop(stripe);
}

#[tokio::test]
async fn given_up_removal_of_an_erased_member_is_listed_until_it_succeeds() {
    let (lab, stripe) = open().await;
    let bob = linked(&lab).await;
    let ida = lab.administrator().await;
    lab.sql("UPDATE person SET status = 'left', left_at = 1 WHERE id = 1").await;
    privacy::erase(&lab.ctx, &ida, ADA).await.unwrap();
    stripe.breaks(Some(503));
    for _ in 0..80 {
        tick(&lab).await;
        lab.pass(HOUR);
    }
    let references = "SELECT count(*) FROM dues_command WHERE reference = 'cus_ada1'";
    assert_eq!(lab.number(references).await, 1);
    lab.pass(DAY * 30);
    let listed = payments(&lab).await.commands;
    assert_eq!(listed.iter().map(|one| one.state).collect::<Vec<_>>(), [CommandState::GaveUp]);
    let id = listed[0].id;
    run(&lab.ctx, &bob, RetryDuesCommand { id }, Fields::default()).await.unwrap();
    let again = payments(&lab).await.commands;
    assert_eq!((again[0].state, again[0].tries), (CommandState::Waiting, 1), "for another three days");
    stripe.breaks(None);
    run(&lab.ctx, &bob, RetryDuesCommand { id }, Fields::default()).await.unwrap();
    assert_eq!(lab.text("SELECT state FROM dues_command").await, "done");
    assert_eq!(lab.number(references).await, 0);
    let late = run(&lab.ctx, &bob, RetryDuesCommand { id }, Fields::default()).await;
    assert!(matches!(late, Err(DuesError::Settled)), "{late:?}");
}

#[tokio::test]
async fn failed_removal_is_replaced_by_another_one_or_cancelled() {
    let (lab, stripe) = open().await;
    let bob = linked(&lab).await;
    stripe.breaks(Some(402));
    let remove = async || {
        let queued = run(&lab.ctx, &bob, RemoveFromProcessor { person: ADA }, Fields::default()).await;
        queued.unwrap().command
    };
    let states = "SELECT group_concat(state) FROM (SELECT state FROM dues_command ORDER BY id)";
    let references = "SELECT count(*) FROM dues_command WHERE reference IS NOT NULL";
    let first = remove().await;
    tick(&lab).await;
    assert_eq!((lab.text(states).await.as_str(), lab.number(references).await), ("refused", 1));
    let second = remove().await;
    assert_eq!((lab.text(states).await.as_str(), lab.number(references).await), ("cancelled,waiting", 1));
    let retried = run(&lab.ctx, &bob, RetryDuesCommand { id: first }, Fields::default()).await;
    assert!(matches!(retried, Err(DuesError::Settled)), "{retried:?}");
    lab.pass(HOUR);
    tick(&lab).await;
    run(&lab.ctx, &bob, CancelDuesCommand { id: second }, Fields::default()).await.unwrap();
    assert_eq!((lab.text(states).await.as_str(), lab.number(references).await), ("cancelled,cancelled", 0));
}

#[tokio::test]
async fn comparison_shows_worse_standing_and_applies_missed_payment() {
    let (lab, stripe, bob) = overdue().await;
    stripe.has("cus_stray", "active", month(&lab, 1));
    let check = async || run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await;
    check().await.unwrap();
    let page = payments(&lab).await;
    assert_eq!(page.differences.len(), 1);
    assert_eq!((page.differences[0].person, page.differences[0].there), (None, Some(DuesStatus::Current)));
    // Her payment was missed here: its event was lost.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    check().await.unwrap();
    assert_eq!(status(&lab).await, DuesStatus::Current);
    // Her subscription was ended there, and no event came.
    stripe.has(CUSTOMER, "canceled", month(&lab, 0));
    check().await.unwrap();
    assert_eq!(status(&lab).await, DuesStatus::Current, "a difference changes nothing");
    let page = payments(&lab).await;
    let hers = page.differences.iter().find(|one| one.person == Some(ADA)).unwrap();
    assert_eq!((hers.here, hers.there), (Some(DuesStatus::Current), Some(DuesStatus::Ended)));
    run(&lab.ctx, &bob, AskProcessor { person: ADA }, Fields::default()).await.unwrap();
    assert_eq!(status(&lab).await, DuesStatus::Ended, "the manager took it over");
    assert!(payments(&lab).await.differences.iter().all(|one| one.person.is_none()));
    stripe.forgets(CUSTOMER);
    let unknown = run(&lab.ctx, &bob, AskProcessor { person: ADA }, Fields::default()).await;
    assert!(matches!(unknown, Err(DuesError::UnknownThere)));
}

#[tokio::test]
async fn records_are_compared_once_each_night() {
    let (lab, _) = open().await;
    linked(&lab).await;
    let compared = async || lab.number("SELECT count(*) FROM audit WHERE action = 'dues.compared'").await;
    tick(&lab).await;
    assert_eq!(compared().await, 1, "for the first time");
    // Until 03:09 of the next day.
    for _ in 0..19 {
        lab.pass(HOUR);
        tick(&lab).await;
    }
    assert_eq!(compared().await, 1);
    lab.pass(MINUTE * 10);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(compared().await, 2);
}

#[tokio::test]
async fn member_sees_own_dues_with_shortened_reference() {
    let (lab, _) = open().await;
    linked(&lab).await;
    let ada = lab.signed_in(1).await;
    let own = run(&lab.ctx, &ada, ReadDues { person: ADA }, Fields::default()).await.unwrap();
    let dues = own.dues.unwrap();
    assert_eq!((dues.reference.as_str(), dues.customer_page), ("cus_ada1", None), "too short to hide anything");
    assert_eq!(dues.portal.as_deref(), Some("https://billing.example/login"));
    assert!(!own.may_change && own.command.is_none() && own.email.is_none());
    let other = run(&lab.ctx, &ada, ReadDues { person: BOB }, Fields::default()).await;
    assert!(matches!(other, Err(DuesError::UnknownPerson)));
    let list = run(&lab.ctx, &ada, ListDues {}, Fields::default()).await;
    assert!(matches!(list, Err(DuesError::Forbidden(_))));
}

#[tokio::test]
async fn counts_and_lines_agree_with_the_filter() {
    let (lab, _, bob) = overdue().await;
    let page = payments(&lab).await;
    assert_eq!((page.counts.overdue, page.counts.current, page.counts.without), (1, 0, 1));
    assert_eq!(page.dues.iter().map(|one| (one.person, one.notices)).collect::<Vec<_>>(), [(ADA, 2)]);
    let current = run(&lab.ctx, &bob, ListDues {}, fields(&[("status", "current")])).await.unwrap();
    assert!(current.dues.is_empty());
}

#[tokio::test]
async fn without_processor_nothing_is_asked_and_requests_say_so() {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let bob = lab.signed_in(2).await;
    tick(&lab).await;
    let linked = run(&lab.ctx, &bob, LinkDues { person: ADA }, fields(&[("reference", CUSTOMER)])).await;
    assert!(matches!(linked, Err(DuesError::NoProcessor)));
    assert!(matches!(
        run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await,
        Err(DuesError::NoProcessor)
    ));
    assert!(payments(&lab).await.processors.is_empty());
    assert_eq!(receive(&lab.ctx, Processor::Stripe, "", b"").await.unwrap(), MessageOutcome::NotSetUp);
}
