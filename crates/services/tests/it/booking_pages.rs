//! Pages of bookings: free times, a day, one's own, a week, and requests.

mod search;
mod tables;

use crate::lab::{
    LASER, LASER_ID, Lab, NOON, ada,
    bookings::{booked, span},
};
use contract::bookings::{BlockKind, DayView, Found, Rules};
use domain::{
    actor::{Actor, Channel, Forbidden},
    bookings::{BookingAction, Criterion, Obstacle, Resource, ResourceFilter, RulesAt, State, When},
    id::{BookingId, RoomId, TypeId},
    settings::{At, Group, Key},
    time::{Date, HOUR, MINUTE, Millis},
};
use services::{
    boards,
    bookings::{self, Ask, BookingsError, DayQuery, Decide, Search, Trial, Unsaved},
    error::ServiceError,
    machines, problems, requests,
    settings::SettingsError,
    waiting,
};
use text::Lang;

const LASER_RES: Resource = Resource::Machine(LASER_ID);
const FRIDAY: Date = Date { year: 2027, month: 1, day: 15 };

/// The lab with Carl Blu (4), who may use the lasers as Ada does, Olga (6), who owns the type, and Ken (11), who
/// manages. It is Friday, 15 January 2027, 08:00, and clocks show UTC.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (6, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Carl Blu'), (6, 'Olga'), (11, 'Ken');
         INSERT INTO setting (scope, scope_id, key, value) VALUES
             ('space', 0, 'space.zone', 'UTC'), ('space', 0, 'people.shown', 'first-name')",
    )
    .await;
    for (person, kind, relation) in
        [(4, 1, "user"), (4, 3, "user"), (6, 1, "user"), (6, 3, "owner"), (11, 1, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab.reopen().await
}

async fn found(lab: &Lab, actor: &Actor, minutes: u16, when: When) -> Found {
    let search = Search {
        wanted: Some(ResourceFilter::Type(TypeId(3))),
        minutes: Some(minutes),
        when: Some(when.into()),
        ..Search::default()
    };
    bookings::find(&lab.ctx, actor, Lang::En, search).await.unwrap()
}

async fn day(lab: &Lab, actor: &Actor, at: Option<Millis>, moving: Option<BookingId>) -> DayView {
    let query = DayQuery {
        resource: LASER_RES,
        date: Some(FRIDAY),
        minutes: Some(60),
        at,
        moving,
        whom: None,
        group: None,
    };
    bookings::day(&lab.ctx, actor, Lang::En, Some(query)).await.unwrap()
}

#[tokio::test]
async fn nearest_free_times_exclude_taken_ones() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let today = found(&lab, &ada_in, 60, When::Today).await;
    let starts: Vec<_> = today.resources[0].times.iter().map(|time| time.starts.at).collect();
    assert_eq!(starts, [NOON, span(120, 60).starts, span(180, 60).starts], "not at nine, which is Carl's");
    let soon = found(&lab, &ada_in, 60, When::Soon).await;
    let days: Vec<_> = soon.resources[0].times.iter().map(|time| time.starts.wall().date.day).collect();
    assert_eq!(days, [15, 16, 17], "the first of each day");
    let evening = found(&lab, &ada_in, 60, When::Evenings).await;
    assert!(evening.resources[0].times.iter().all(|time| time.starts.wall().hour >= 18), "{evening:?}");
    assert_eq!((today.quota.minutes, today.quota.most), (0, 8), "of Ada, who has nothing");
    assert_eq!(found(&lab, &carl, 60, When::Today).await.quota.minutes, 60);
}

#[tokio::test]
async fn without_opening_hours_today_starts_now_and_other_days_in_morning() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    let first = async |day| {
        let query = DayQuery {
            resource: LASER_RES,
            date: Some(Date { day, ..FRIDAY }),
            minutes: Some(60),
            at: None,
            moving: None,
            whom: None,
            group: None,
        };
        let view = bookings::day(&lab.ctx, &ada_in, Lang::En, Some(query)).await.unwrap();
        let first = view.starts.first().unwrap().wall().hour;
        (view.hours, first, view.chosen.unwrap().time.starts.wall().hour)
    };
    assert_eq!(first(16).await, ((0, 24), 0, 8), "midnight is free, and nobody wants it");
    let (_, first, chosen) = first(15).await;
    assert_eq!(chosen, first);
}

#[tokio::test]
async fn person_without_permission_sees_reason_and_no_times() {
    let lab = open().await;
    let olga = lab.signed_in(6).await;
    lab.sql("INSERT INTO hold (person_id, reason, placed_at) VALUES (4, 'unpaid', 0)").await;
    let carl = lab.signed_in(4).await;
    let for_carl = found(&lab, &carl, 60, When::Soon).await;
    assert_eq!(for_carl.resources[0].times.len(), 0);
    assert!(for_carl.resources[0].why.as_ref().is_some_and(|(_, why)| why.contains("hold")), "{for_carl:?}");
    let view = day(&lab, &carl, None, None).await;
    assert_eq!((view.starts.len(), view.chosen.is_none()), (0, true));
    assert!(view.why.is_some());
    assert_eq!(
        (for_carl.barred, view.barred),
        (for_carl.resources[0].bookable.resource.machine(), Some(LASER_ID))
    );
    let for_olga = found(&lab, &olga, 60, When::Soon).await;
    assert_eq!((&for_olga.resources[0].why, for_olga.barred), (&None, None));
}

#[tokio::test]
async fn day_shows_holder_names_according_to_setting() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 90)).await;
    let of = |view: &DayView, kind| view.blocks.iter().find(|block| block.kind == kind).cloned();
    let seen = of(&day(&lab, &ada_in, None, None).await, BlockKind::Not(Obstacle::Booking)).unwrap();
    assert_eq!((seen.from, seen.to), (36, 42), "nine to half past ten in quarters of an hour");
    assert_eq!((seen.who.as_deref(), seen.booking), (Some("Carl"), None));
    let own = of(&day(&lab, &carl, None, None).await, BlockKind::Mine).unwrap();
    assert_eq!(own.booking, Some(id));
    let full = day(&lab, &ada_in, None, None).await.week[4].full;
    assert_eq!(full, Some(9), "1.5 of the 16 hours that are left");
}

#[tokio::test]
async fn unavailable_time_lists_all_refusals_and_alternatives() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let chosen = day(&lab, &ada_in, Some(span(67, 60).starts), None).await.chosen.unwrap();
    let codes: Vec<_> = chosen.refusals.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["booking.off-grid", "booking.taken"]);
    assert!(chosen.refusals[1].1.contains("09:00–10:00"), "{chosen:?}");
    assert!(!chosen.instead.is_empty() && chosen.instead.iter().all(|time| time.starts.at != span(60, 60).starts));
}

#[tokio::test]
async fn time_of_booking_being_moved_is_free_for_holder_only() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let starts = |view: &DayView| view.starts.iter().any(|at| at.at == span(60, 60).starts);
    let theirs = day(&lab, &carl, None, Some(id)).await;
    assert!(starts(&theirs) && theirs.moving.is_some());
    assert_eq!(theirs.chosen.unwrap().time.starts.at, span(60, 60).starts, "where it is");
    let others = day(&lab, &ada_in, None, Some(id)).await;
    assert!(!starts(&others) && others.moving.is_none());
}

#[tokio::test]
async fn own_bookings_show_cancellation_deadline_and_extensions() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &ada_in, LASER_RES, span(180, 60)).await;
    booked(&lab, &carl, LASER_RES, span(270, 30)).await;
    let mine = bookings::mine(&lab.ctx, &ada_in).await.unwrap();
    assert_eq!((mine.bookings.len(), mine.quota.minutes), (1, 60), "Carl's is not among them");
    let one = &mine.bookings[0];
    assert_eq!(one.free_until.at, span(60, 0).starts, "two hours before");
    assert_eq!(one.opens.at, span(165, 0).starts);
    assert!(one.extend.is_empty(), "it has not begun");
    lab.pass(HOUR * 3);
    lab.starts(LASER, &ada()).await;
    let runs = bookings::opened(&lab.ctx, &ada_in, id).await.unwrap();
    assert_eq!(runs.booking.state, State::CheckedIn);
    let ends: Vec<_> = runs.extend.iter().map(|at| at.at).collect();
    assert_eq!(ends, [span(270, 0).starts], "half an hour more, then Carl comes");
    let seen = bookings::opened(&lab.ctx, &carl, id).await.unwrap();
    assert!(seen.booking.actions.is_empty() && seen.extend.is_empty(), "it is not Carl's");
}

#[tokio::test]
async fn machine_shows_next_booking_of_today_and_holder() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let next = async || {
        let floor = machines::floor(&lab.ctx, &ada_in).await.unwrap();
        let all = floor.places.into_iter().flat_map(|place| place.machines);
        all.filter(|machine| machine.id == LASER_ID).find_map(|machine| machine.next)
    };
    booked(&lab, &carl, LASER_RES, span(1_440, 60)).await;
    assert_eq!(next().await, None, "tomorrow is far away");
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let (at, who) = next().await.unwrap();
    assert_eq!((at.at, who.as_deref()), (span(60, 60).starts, Some("Carl")));
}

#[tokio::test]
async fn machine_with_imminent_booking_is_reserved_until_in_use() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let reserved = async |actor: &Actor| {
        let floor = machines::floor(&lab.ctx, actor).await.unwrap();
        let all = floor.places.into_iter().flat_map(|place| place.machines);
        let found = all.filter(|machine| machine.id == LASER_ID).find_map(|machine| machine.reserved);
        found.map(|(at, who)| (at.at, who))
    };
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 49);
    assert_eq!(reserved(&ada_in).await, None, "it can be used until then");
    let carls = Some((span(60, 60).starts, Some("Carl".to_owned())));
    for minutes in [1, 20] {
        lab.pass(MINUTE * minutes);
        assert_eq!(reserved(&ada_in).await, carls);
    }
    let stranger = Actor::anybody(true, Channel::Web);
    assert_eq!(reserved(&stranger).await, Some((span(60, 60).starts, None)), "nobody is named to strangers");
    lab.starts(LASER, &ada()).await;
    assert_eq!(reserved(&ada_in).await, None, "somebody is on it");
}

#[tokio::test]
async fn current_user_sees_start_and_auto_log_out_time() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let on = async |actor: &Actor| machines::floor(&lab.ctx, actor).await.unwrap().session;
    assert_eq!(on(&ada_in).await, None);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 42);
    let session = on(&ada_in).await.unwrap();
    assert_eq!((session.machine, session.since.at, session.ending), (LASER_ID, NOON, false));
    let notices = boards::settings(&lab.ctx, LASER).await.unwrap().auto_stop;
    assert!(notices > 0);
    assert_eq!(
        session.until.map(|at| at.at),
        Some(NOON.after(MINUTE * u32::from(notices))),
        "as its board was told"
    );
    assert_eq!(on(&carl).await, None, "it is not Carl's");
    requests::stop(&lab.ctx, &ada_in, LASER_ID).await.unwrap();
    assert!(on(&ada_in).await.unwrap().ending);
}

#[tokio::test]
async fn usable_machines_are_listed_with_time_until_next_booking() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let usable = async |actor: &Actor| {
        let floor = machines::floor(&lab.ctx, actor).await.unwrap();
        let all = floor.places.into_iter().flat_map(|place| place.machines);
        (all.filter(|machine| machine.usable).map(|machine| machine.id).collect::<Vec<_>>(), floor.until)
    };
    assert_eq!(usable(&ada_in).await, (vec![LASER_ID], None), "Ada is qualified on lasers alone");
    let stranger = Actor::anybody(true, Channel::Web);
    assert_eq!(usable(&stranger).await, (vec![], None));
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.need', 'respect')")
        .await;
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    assert_eq!(usable(&ada_in).await, (vec![LASER_ID], Some(span(60, 60).starts)), "until Carl has it");
    assert_eq!(usable(&carl).await.1, Some(span(45, 0).starts), "Carl can check in then");
    lab.pass(MINUTE * 60);
    assert_eq!(usable(&ada_in).await, (vec![], Some(span(60, 60).ends)));
    lab.pass(HOUR);
    boards::heard(&lab.ctx, LASER);
    lab.sql("UPDATE card SET state = 'lost' WHERE person_id = 1").await;
    let lab = lab.reopen().await;
    let floor = machines::floor(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert!(floor.places.iter().all(|place| place.machines.iter().all(|machine| !machine.usable)), "no card");
}

#[tokio::test]
async fn next_booking_and_checkout_are_shown_to_both_sides() {
    let lab = open().await;
    let (ada_in, carl, olga) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(6).await);
    let now = async |actor: &Actor| machines::floor(&lab.ctx, actor).await.unwrap();
    let id = booked(&lab, &ada_in, LASER_RES, span(2 * 1_440, 60)).await;
    assert_eq!(now(&ada_in).await.next.map(|next| (next.id, next.opens)), Some((id, false)));
    assert_eq!(now(&carl).await.next, None);
    lab.sql(
        "INSERT INTO appointment (id, person_id, trainer_id, type_id, starts_at, ends_at, state, asked_at) VALUES
             (1, 4, 6, 3, 1800086400000, 1800088200000, 'accepted', 0),
             (2, 4, 6, 4, 1800010000000, 1800011000000, 'cancelled', 0),
             (3, 1, 6, 4, 1801000000000, 1801001000000, 'pending', 0)",
    )
    .await;
    let seen = async |actor: &Actor| {
        now(actor).await.checkout.map(|next| (next.id.0, next.with.unwrap_or_default(), next.starts.at))
    };
    let starts = Millis(1_800_086_400_000);
    assert_eq!(seen(&carl).await, Some((1, "Olga".to_owned(), starts)));
    assert_eq!(seen(&olga).await, Some((1, "Carl Blu".to_owned(), starts)));
    assert_eq!(seen(&ada_in).await, None, "in eleven days");
}

#[tokio::test]
async fn machine_lists_bookings_of_the_day_and_check_in() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &ada_in, LASER_RES, span(60, 60)).await;
    booked(&lab, &carl, LASER_RES, span(180, 60)).await;
    booked(&lab, &carl, LASER_RES, span(1_440, 60)).await;
    let page = async |actor: &Actor| machines::page(&lab.ctx, actor, LASER_ID).await.unwrap();
    let seen: Vec<_> =
        page(&ada_in).await.booked.into_iter().map(|one| (one.start.at, one.mine, one.who)).collect();
    let carls = (span(180, 0).starts, false, Some("Carl".to_owned()));
    assert_eq!(seen, [(span(60, 0).starts, true, None), carls]);
    let stranger = page(&Actor::anybody(true, Channel::Web)).await;
    assert!(stranger.booked.is_empty() && stranger.mine.is_none());
    assert_eq!(page(&ada_in).await.mine.map(|mine| (mine.id, mine.opens)), Some((id, false)));
    lab.pass(MINUTE * 50);
    assert_eq!(page(&ada_in).await.mine.map(|mine| (mine.id, mine.opens)), Some((id, true)));
    assert!(!page(&carl).await.mine.unwrap().opens, "at eleven");
}

#[tokio::test]
async fn block_is_linked_for_those_who_may_lift_it() {
    let lab = open().await;
    let (ada_in, olga) = (lab.signed_in(1).await, lab.signed_in(6).await);
    let block = async |actor: &Actor| machines::page(&lab.ctx, actor, LASER_ID).await.unwrap().block;
    assert_eq!(block(&olga).await, None);
    let placed = problems::block(&lab.ctx, &olga, LASER_ID, "New tube", false).await.unwrap();
    assert_eq!((block(&olga).await, block(&ada_in).await), (Some(placed), None));
}

#[tokio::test]
async fn trial_shows_moderators_each_criterion() {
    let lab = open().await;
    let (ada_in, carl, ken) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let dry_run = async |actor: &Actor, who: &str, from: &str, to: &str| {
        bookings::evaluate_trial(&lab.ctx, actor, Lang::En, Some(trial(who, from, to))).await
    };
    let yes = dry_run(&ken, "carl blu", "11:00", "12:00").await.unwrap().unwrap();
    assert_eq!((yes.person.as_str(), yes.checks.len()), ("Carl Blu", Criterion::ALL.len()));
    assert!(yes.checks.iter().all(|check| check.fits), "{yes:?}");
    let no = dry_run(&ken, "Carl Blu", "09:07", "19:07").await.unwrap().unwrap();
    let against: Vec<_> =
        no.checks.iter().filter(|check| !check.fits).map(|check| check.message.as_str()).collect();
    assert_eq!(against.len(), 5, "too long, off the grid, too many hours, elsewhere, and taken: {against:?}");
    assert_eq!(bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, None).await.unwrap(), None, "nothing is tried");
    let curious = dry_run(&ada_in, "Carl Blu", "11:00", "12:00").await;
    assert!(matches!(curious, Err(BookingsError::Forbidden(_))), "{curious:?}");
    assert_eq!(bookings::mine(&lab.ctx, &carl).await.unwrap().bookings.len(), 1, "nothing was booked");
}

#[tokio::test]
async fn rules_show_value_of_each_level_and_rooms_follow_workshop() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO room (id, name, capacity) VALUES (1, 'Studio', 8), (2, 'Attic', 4);
         UPDATE room SET archived_at = 1 WHERE id = 2;
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.most', '180'),
             ('type', 3, 'booking.weekly', '6'), ('machine', 1, 'booking.least', '30')",
    )
    .await;
    let (ken, olga) = (lab.signed_in(11).await, lab.signed_in(6).await);
    let rules =
        async |actor: &Actor, at: &str| bookings::rules(&lab.ctx, actor, RulesAt::parse(at), Lang::En).await;
    let message = |rules: &Rules, key: Key| {
        let levels = rules.levels.iter().map(|level| {
            let known = level.rules.iter().find(|(known, ..)| *known == key);
            known.map(|(_, value, own)| (value.clone(), *own)).unwrap()
        });
        levels.collect::<Vec<_>>()
    };
    let words =
        |all: &[(&str, bool)]| all.iter().map(|(value, own)| ((*value).to_owned(), *own)).collect::<Vec<_>>();
    let machine = rules(&ken, "machine:1").await.unwrap();
    assert_eq!(message(&machine, Key::BookingMost), words(&[("180", true), ("180", false), ("180", false)]));
    assert_eq!(message(&machine, Key::BookingLeast), words(&[("15", false), ("15", false), ("30", true)]));
    let kind = rules(&olga, "type:3").await.unwrap();
    assert_eq!(message(&kind, Key::BookingWeekly)[..2], words(&[("8", false), ("6", true)]));
    assert_eq!(kind.levels[2].at, machine.at, "the machine that differs is beside its type");
    let room = rules(&ken, "room:1").await.unwrap();
    assert_eq!((room.levels.len(), room.levels[1].name.as_str()), (2, "Studio"));
    assert_eq!(message(&room, Key::BookingMost), words(&[("180", true), ("180", false)]), "as the workshop");
    assert!(room.rows.iter().all(|row| row.key.group() == Group::Bookings));
    for nowhere in ["room:2", "room:9", "type:9", "tree"] {
        let unknown = rules(&ken, nowhere).await;
        assert!(matches!(unknown, Err(SettingsError::Unknown)), "{nowhere}: {unknown:?}");
    }
    let theirs = rules(&olga, "room:1").await;
    assert!(matches!(theirs, Err(SettingsError::Forbidden(_))), "{theirs:?}");
    let in_room = Trial { resource: Some(Resource::Room(RoomId(1))), ..trial("Carl Blu", "11:00", "15:00") };
    let dry_run = bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, Some(in_room)).await.unwrap().unwrap();
    assert!(dry_run.checks.iter().any(|check| !check.fits), "longer than the workshop lets: {dry_run:?}");
    let against = async |who: &str| {
        let trial = Trial { resource: Some(Resource::Room(RoomId(1))), ..trial(who, "11:00", "12:00") };
        let dry_run = bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, Some(trial)).await.unwrap().unwrap();
        dry_run.checks.iter().filter(|check| !check.fits).count()
    };
    assert_eq!((against("Carl Blu").await, against("Zoe").await), (0, 1), "she is suspended");
}

/// Friday on the laser cutter.
fn trial<'a>(who: &'a str, from: &str, to: &str) -> Trial<'a> {
    let minute = |clock: &str| {
        let (hour, minute) = clock.split_once(':')?;
        Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
    };
    let (starts, ends) = (minute(from), minute(to));
    Trial { who, resource: Some(LASER_RES), date: Some(FRIDAY), starts, ends, unsaved: None }
}

#[tokio::test]
async fn unsaved_rule_is_tried_in_its_scope() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let against = async |at: At, value: &str| {
        let unsaved = Some(Unsaved { at, key: Key::BookingMost, value });
        let trial = Trial { unsaved, ..trial("Carl Blu", "11:00", "13:00") };
        let dry_run = bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, Some(trial)).await.unwrap().unwrap();
        dry_run.checks.into_iter().filter(|check| !check.fits).map(|check| check.message).collect::<Vec<_>>()
    };
    assert_eq!(against(At::Type(TypeId(3)), "60").await, ["Book 1 h at most."]);
    assert!(against(At::Type(TypeId(4)), "60").await.is_empty(), "of another type");
    assert!(against(At::Space, "none").await.is_empty(), "what does not fit is not said");
    let stored = bookings::rules(&lab.ctx, &ken, RulesAt::parse("type:3"), Lang::En).await.unwrap();
    assert!(stored.rows.iter().all(|row| row.own.is_none()), "nothing is saved by trying");
}

#[tokio::test]
async fn invalid_trial_reports_all_fields() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let wrong = async |trial: Trial<'_>| {
        let dry_run = bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, Some(trial)).await;
        let fields = dry_run.unwrap_err().problem(Lang::En).fields;
        fields.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(wrong(trial("Carl Blu", "18:00", "17:00")).await, ["end"]);
    assert_eq!(wrong(trial("Carl Blu", "18:00", "18:00")).await, ["end"], "no time at all");
    assert_eq!(wrong(trial(" ", "18:00", "17:00")).await, ["who", "end"], "nobody is named");
    assert_eq!(wrong(trial("Nobody Here", "soon", "")).await, ["who", "start", "end"]);
    let nothing = Trial { resource: None, date: None, ..trial("", "11:00", "10:00") };
    assert_eq!(wrong(nothing).await, ["who", "what", "day", "end"]);
    let late = trial("Carl Blu", "23:00", "00:00");
    let late = bookings::evaluate_trial(&lab.ctx, &ken, Lang::En, Some(late)).await.unwrap().unwrap();
    assert_eq!(late.time.ends.at, late.time.starts.at.after(HOUR), "midnight ends the day");
}

#[tokio::test]
async fn booking_import_is_idempotent_and_explains_skipped_lines() {
    let lab = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let table = "Resource;person;start;end\n\
                 machine:1;Carl Blu;2027-01-18 09:00;2027-01-18 19:00\n\
                 machine:1;Olga;2027-01-20 18:00;2027-01-20 18:00\n\
                 machine:1;Olga;2027-01-15T09:30:00Z;2027-01-15T10:30:00Z\n\
                 machine:1;Carl Blu;2027-01-15 09:00;2027-01-15 10:00\n\
                 machine:1;Zoe;2027-01-19 09:00;2027-01-19 10:00\n\
                 Spaceship;Olga;2027-01-19 09:00;2027-01-19 10:00\n\
                 machine:1;Olga;2027-01-19 10:00;2027-01-19 09:00\n\
                 machine:1;Olga;2027-01-14 09:00;2027-01-14 10:00\n\
                 machine:1;Olga;tomorrow;2027-01-14 10:00\n\
                 machine:1;Olga;2027-02-01 09:00;2027-02-08 09:01\n";
    let table = table.replace("machine:1", &LASER_RES.to_string());
    let import = async |dry| bookings::import(&lab.ctx, &ken, &table, dry, Lang::En).await.unwrap();
    let dry_run = import(true).await;
    assert_eq!((dry_run.done, dry_run.bookings, dry_run.kept), (false, 1, 1), "{dry_run:?}");
    let left: Vec<_> = dry_run.left.iter().map(|line| line.line).collect();
    assert_eq!(left, [3, 4, 6, 7, 8, 9, 10, 11], "{dry_run:?}");
    assert_eq!(bookings::mine(&lab.ctx, &carl).await.unwrap().bookings.len(), 1, "nothing was made");
    let did = import(false).await;
    assert_eq!((did.done, did.bookings), (true, 1));
    assert_eq!(bookings::mine(&lab.ctx, &carl).await.unwrap().bookings.len(), 2);
    let again = import(false).await;
    assert_eq!((again.bookings, again.kept), (0, 2), "the same table again makes nothing");
    let nothing = bookings::import(&lab.ctx, &ken, "resource,person\nx,y", true, Lang::En).await.unwrap();
    assert!(nothing.problem.is_some_and(|problem| problem.contains("start")));
    let unclosed = "resource,person,start,end\nx,y,z,z\nx,\"y,z,z\nx,y,z,z";
    let nothing = bookings::import(&lab.ctx, &ken, unclosed, true, Lang::En).await.unwrap();
    assert!(nothing.problem.is_some_and(|problem| problem.contains("line 3")));
    let curious = bookings::import(&lab.ctx, &carl, &table, true, Lang::En).await;
    assert!(matches!(curious, Err(BookingsError::Forbidden(_))), "{curious:?}");
}

#[tokio::test]
async fn running_booking_cannot_change_start() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &carl, LASER_RES, span(0, 30)).await;
    booked(&lab, &ada_in, LASER_RES, span(30, 60)).await;
    bookings::decide(&lab.ctx, &carl, id, Decide::read(Some(BookingAction::CheckIn), "")).await.unwrap();
    let view = day(&lab, &carl, Some(span(120, 60).starts), Some(id)).await;
    assert_eq!(view.starts.iter().map(|at| at.at).collect::<Vec<_>>(), [NOON]);
    let chosen = view.chosen.unwrap();
    assert_eq!((chosen.time.starts.at, chosen.refusals.len(), chosen.instead.len()), (NOON, 1, 0), "{chosen:?}");
    let seen = bookings::one(&lab.ctx, &carl, id).await.unwrap().version;
    let longer = bookings::move_to(&lab.ctx, &carl, id, seen, Ok(span(0, 60))).await;
    assert!(matches!(longer, Err(BookingsError::Refused(ref why)) if why.alternatives.is_empty()), "{longer:?}");
}

#[tokio::test]
async fn waiting_person_sees_position_and_offer_among_bookings() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let chosen = async |at| day(&lab, &ada_in, Some(at), None).await.chosen.unwrap();
    assert!(chosen(span(60, 60).starts).await.can_wait);
    assert!(!chosen(span(67, 60).starts).await.can_wait, "nor would that be on the grid");
    assert!(!chosen(span(120, 60).starts).await.can_wait, "it is free");
    let ask = Ask { resource: LASER_RES, span: span(60, 60), group: None, importance: None };
    waiting::join(&lab.ctx, &ada_in, Ok(ask)).await.unwrap();
    let seen = bookings::mine(&lab.ctx, &ada_in).await.unwrap().waiting;
    assert_eq!((seen.len(), seen[0].position, seen[0].until), (1, 1, None));
    assert!(bookings::mine(&lab.ctx, &carl).await.unwrap().waiting.is_empty());
    bookings::decide(&lab.ctx, &carl, id, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
    let seen = bookings::mine(&lab.ctx, &ada_in).await.unwrap().waiting;
    assert_eq!(seen[0].until.map(|until| until.at), Some(NOON.after(MINUTE * 15)));
}

#[tokio::test]
async fn requests_are_shown_to_moderators_with_context() {
    let lab = open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'booking.mode', 'moderated')")
        .await;
    let (ada_in, carl, olga) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(6).await);
    let first = booked(&lab, &ada_in, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 5);
    booked(&lab, &carl, LASER_RES, span(180, 60)).await;
    let refused = bookings::requests(&lab.ctx, &carl, Lang::En).await;
    assert!(matches!(refused, Err(BookingsError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    let waiting = bookings::requests(&lab.ctx, &olga, Lang::En).await.unwrap().requests;
    assert_eq!(
        waiting.iter().map(|request| request.booking.id).collect::<Vec<_>>()[0],
        first,
        "what expires first"
    );
    assert_eq!(waiting.len(), 2);
    let message: Vec<_> = waiting[0].checks.iter().map(|check| (check.fits, check.message.as_str())).collect();
    assert_eq!(message, [(false, "First booking here"), (true, "May use it, free then, and within the limits")]);
    assert!(waiting[0].day.iter().any(|block| block.booking == Some(first)));
    assert!(!waiting[0].conflicts && !waiting[0].instead.is_empty(), "{:?}", waiting[0].instead);
    lab.sql("INSERT INTO hold (person_id, reason, placed_at) VALUES (1, 'unpaid', 0)").await;
    let waiting = bookings::requests(&lab.ctx, &olga, Lang::En).await.unwrap().requests;
    assert!(
        !waiting[0].checks[0].fits && waiting[0].checks.iter().all(|check| !check.fits),
        "{:?}",
        waiting[0].checks
    );
    assert!(waiting[0].conflicts);
    bookings::decide(&lab.ctx, &olga, first, Decide::read(Some(BookingAction::Approve), "")).await.unwrap();
    assert_eq!(bookings::requests(&lab.ctx, &olga, Lang::En).await.unwrap().requests.len(), 1);
}

#[tokio::test]
async fn future_days_offer_daytime_and_today_offers_soonest() {
    let lab = open().await;
    // Seven in the morning, without opening hours.
    lab.set_back(HOUR);
    let ada_in = lab.signed_in(1).await;
    let soon = found(&lab, &ada_in, 60, When::Soon).await;
    let clocks: Vec<_> = soon.resources[0]
        .times
        .iter()
        .map(|time| time.starts.wall())
        .map(|wall| (wall.date.day, wall.hour))
        .collect();
    assert_eq!(clocks, [(15, 7), (16, 8), (17, 8)]);
}
