//! Wall displays: links, their lifetime, and visibility of names.

use crate::lab;
use crate::lab::{
    LASER, LASER_ID, Lab, NOON, ada,
    displays::{self, DisplaysError},
};
use contract::displays::Sign;
use domain::{
    accounts::Purpose,
    actor::{Actor, Channel, Forbidden, Principal, Who},
    displays::Screen,
    id::{DisplayId, EntryId, MachineId, PersonId, SessionId},
    live::ChangeEvent,
    people::PersonStatus,
    problem::Kind,
    qualifications::{Entry, EntryKind, Ledger, Relation, SPACE},
    time::{DAY, HOUR, MINUTE, Millis},
};
use services::error::ServiceError;
use services::{
    accounts::{self, AccountsError},
    entrance_sign::{self, EntranceSignError},
    live_access,
    machines::{self, MachinesError},
    setup,
    token::Token,
};
use std::net::{IpAddr, Ipv4Addr};
use text::Lang;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn person(relation: Relation) -> Actor {
    let (id, subject, kind) = (EntryId(1), SPACE, EntryKind::Granted);
    let ledger = Ledger(vec![Entry { id, subject, relation, kind, from: Millis(0), until: None }]);
    let known = Principal {
        id: PersonId(2),
        session: SessionId(1),
        status: PersonStatus::Active,
        ledger,
        at: NOON,
        roles_asleep: false,
        public: true,
    };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
}

fn manager() -> Actor {
    person(Relation::Owner)
}

fn member() -> Actor {
    person(Relation::User)
}

/// Bob manages the space.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab
}

/// The screen of a display's first link.
const SCREEN: Screen = Screen { display: DisplayId(1), opening: 1 };
const STRANGER: Actor = Actor::anybody(true, Channel::Web);

#[tokio::test]
async fn display_link_works_until_revoked() {
    let lab = managed().await;
    let made = displays::make(&lab.ctx, &manager(), "  Entrance ").await.unwrap();
    let listed = displays::list(&lab.ctx, &manager()).await.unwrap().displays;
    assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].seen), (1, "Entrance", None));
    assert_eq!(listed[0].by.as_deref(), Some("Bob"));

    let token = displays::open(&lab.ctx, HERE, &made.link).await.unwrap();
    let display = displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().unwrap();
    assert_eq!(display.who, Who::Display(SCREEN));
    assert!(machines::wall(&lab.ctx, &display).await.is_ok());
    assert!(live_access::still_allowed(&lab.ctx, &display).await.unwrap());
    let seen = displays::list(&lab.ctx, &manager()).await.unwrap().displays[0].seen.unwrap().at;
    assert_eq!(seen, NOON);
    lab.pass(MINUTE);
    displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().unwrap();
    assert_eq!(lab.number("SELECT seen_at FROM display").await, NOON.0, "not with every request");
    lab.pass(DAY);
    displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().unwrap();
    assert_eq!(lab.number("SELECT seen_at FROM display").await, NOON.after(MINUTE + DAY).0);

    // A restart changes nothing.
    let lab = lab.reopen().await;
    assert!(displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().is_some());

    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    displays::revoke(&lab.ctx, &manager(), made.id).await.unwrap();
    let notices = tokio::time::timeout(lab::seconds(10), coming.recv()).await.expect("the wall learns it at once");
    assert_eq!(notices.unwrap().hint, Some(ChangeEvent::Space));
    assert!(!live_access::still_allowed(&lab.ctx, &display).await.unwrap());
    assert!(displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().is_none());
    assert!(displays::list(&lab.ctx, &manager()).await.unwrap().displays.is_empty());
    let again = displays::revoke(&lab.ctx, &manager(), made.id).await;
    assert!(matches!(again, Err(DisplaysError::Unknown)), "{again:?}");
    assert_eq!(
        lab.text("SELECT group_concat(action, ' ') FROM audit").await,
        "display.made display.opened display.revoked"
    );
}

#[tokio::test]
async fn display_link_is_exchanged_once_within_a_day() {
    let lab = managed().await;
    let made = displays::make(&lab.ctx, &manager(), "Entrance").await.unwrap();
    let who = |token: Token| {
        let ctx = lab.ctx.clone();
        async move { displays::recognise(&ctx, &token, Channel::Web).await.unwrap().map(|actor| actor.who) }
    };
    assert_eq!(who(made.link.clone()).await, None, "the link is no key");
    let link = accounts::link(&lab.ctx, HERE, &made.link).await.unwrap();
    assert_eq!((link.purpose, link.name.as_deref()), (Purpose::Screen, Some("Entrance")));
    assert!(accounts::follow(&lab.ctx, HERE, "x", &made.link).await.is_err(), "and signs nobody in");
    let first = displays::open(&lab.ctx, HERE, &made.link).await.unwrap();
    assert!(matches!(displays::open(&lab.ctx, HERE, &made.link).await, Err(AccountsError::Gone)));

    // Another link: the previous screen keeps working until the link is used; an unused earlier one is invalid.
    let unused = displays::renew(&lab.ctx, &manager(), made.id).await.unwrap();
    let renewed = displays::renew(&lab.ctx, &manager(), made.id).await.unwrap();
    assert_eq!(who(first.clone()).await, Some(Who::Display(SCREEN)));
    assert!(matches!(displays::open(&lab.ctx, HERE, &unused.link).await, Err(AccountsError::Gone)));
    let second = displays::open(&lab.ctx, HERE, &renewed.link).await.unwrap();
    assert_eq!((who(first).await, who(second).await), (None, Some(Who::Display(Screen { opening: 2, ..SCREEN }))));
    let old = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    assert!(!live_access::still_allowed(&lab.ctx, &old).await.unwrap());

    let late = displays::renew(&lab.ctx, &manager(), made.id).await.unwrap();
    lab.pass(DAY);
    assert!(matches!(displays::open(&lab.ctx, HERE, &late.link).await, Err(AccountsError::Gone)));
    let last = displays::renew(&lab.ctx, &manager(), made.id).await.unwrap();
    displays::revoke(&lab.ctx, &manager(), made.id).await.unwrap();
    assert!(matches!(displays::open(&lab.ctx, HERE, &last.link).await, Err(AccountsError::Gone)));
    assert!(matches!(displays::renew(&lab.ctx, &manager(), made.id).await, Err(DisplaysError::Unknown)));
}

#[tokio::test]
async fn setup_link_and_display_links_are_independent() {
    let lab = Lab::open().await;
    let first = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let made = displays::make(&lab.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    let newer = setup::offer(&lab.ctx).await.unwrap().unwrap();
    assert!(accounts::link(&lab.ctx, HERE, &first).await.is_err());
    displays::open(&lab.ctx, HERE, &made.link).await.unwrap();
    assert!(accounts::link(&lab.ctx, HERE, &newer).await.is_ok());
}

// A6
#[tokio::test]
async fn display_token_is_stored_as_hash_only() {
    let lab = managed().await;
    let made = displays::make(&lab.ctx, &manager(), "Entrance").await.unwrap();
    let stored = lab.text("SELECT group_concat(name || hex(link.hash)) FROM display JOIN link").await;
    let message = lab.text("SELECT group_concat(subject || detail) FROM audit").await;
    for text in [stored, message, format!("{made:?}")] {
        assert!(!text.contains(made.link.expose()), "{text}");
    }
}

#[tokio::test]
async fn forged_display_token_is_rejected() {
    let lab = managed().await;
    displays::make(&lab.ctx, &manager(), "Entrance").await.unwrap();
    let long = "A".repeat(100_000);
    for forged in ["", "x", &"A".repeat(43), &long, "../../x", "' OR 1=1 --"] {
        let token = Token::presented(forged);
        assert!(displays::recognise(&lab.ctx, &token, Channel::Web).await.unwrap().is_none());
    }
}

// A7
#[tokio::test]
async fn only_managers_create_displays() {
    let lab = managed().await;
    for (actor, why) in [(member(), Forbidden::NotAllowed), (STRANGER, Forbidden::SignIn)] {
        let made = displays::make(&lab.ctx, &actor, "x").await.unwrap_err();
        let listed = displays::list(&lab.ctx, &actor).await.unwrap_err();
        let revoked = displays::revoke(&lab.ctx, &actor, DisplayId(1)).await.unwrap_err();
        for refused in [made, listed, revoked] {
            assert!(matches!(refused, DisplaysError::Forbidden(got) if got == why), "{refused:?}");
        }
    }
    for name in ["", "   ", &"x".repeat(201)] {
        let problem = displays::make(&lab.ctx, &manager(), name).await.unwrap_err().problem(Lang::En);
        assert_eq!((problem.kind, problem.at("name").is_some()), (Kind::Invalid, true));
    }
    displays::make(&lab.ctx, &manager(), &"è".repeat(200)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM audit").await, 1);
}

#[tokio::test]
async fn wall_is_visible_to_displays_and_members() {
    let lab = Lab::open().await;
    let display = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    assert!(machines::wall(&lab.ctx, &display).await.is_ok());
    assert!(machines::wall(&lab.ctx, &member()).await.is_ok());
    let refused = machines::wall(&lab.ctx, &STRANGER).await;
    assert!(matches!(refused, Err(MachinesError::Forbidden(Forbidden::SignIn))), "{refused:?}");
}

/// Who is seen on the laser: on Now, on its page, on the wall.
async fn seen(lab: &Lab, actor: &Actor) -> [Option<String>; 3] {
    let user = |floor: contract::machines::Floor| {
        let mut machines = floor.places.into_iter().flat_map(|place| place.machines);
        machines.find(|machine| machine.id == LASER_ID).unwrap().user
    };
    [
        user(machines::floor(&lab.ctx, actor).await.unwrap()),
        machines::page(&lab.ctx, actor, LASER_ID).await.unwrap().machine.user,
        machines::wall(&lab.ctx, actor).await.ok().and_then(user),
    ]
}

// A6
#[tokio::test]
async fn current_user_name_follows_setting_and_is_hidden_from_strangers() {
    let mut lab = Lab::open().await;
    lab.sql("UPDATE profile SET name = 'Ada Lovelace' WHERE person_id = 1").await;
    lab.starts(LASER, &ada()).await;
    let display = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    for (set, visible) in [
        (None, None),
        (Some("INSERT INTO setting VALUES ('space', 0, 'people.shown', 'first-name', 1)"), Some("Ada")),
        (Some("UPDATE setting SET value = 'name' WHERE key = 'people.shown'"), Some("Ada Lovelace")),
        (Some("UPDATE setting SET value = 'nobody' WHERE key = 'people.shown'"), None),
    ] {
        if let Some(sql) = set {
            lab.sql(sql).await;
            // Settings are read when the file is opened.
            lab = lab.reopen().await;
        }
        let visible = visible.map(ToOwned::to_owned);
        for actor in [&member(), &display] {
            assert_eq!(seen(&lab, actor).await, [visible.clone(), visible.clone(), visible.clone()], "{set:?}");
        }
        let applicant = {
            let Actor { who: Who::Person(mut known), channel } = member() else { unreachable!() };
            known.status = PersonStatus::Applicant;
            Actor { who: Who::Person(known), channel }
        };
        for actor in [&STRANGER, &applicant] {
            assert_eq!(seen(&lab, actor).await, [None, None, None], "{set:?}");
        }
    }
    let lathe = machines::page(&lab.ctx, &member(), MachineId(2)).await.unwrap();
    assert_eq!(lathe.machine.user, None, "nobody is on it");
}

// A6
#[tokio::test]
async fn wall_shows_later_bookings_with_names_by_setting() {
    let lab = Lab::open().await;
    // It is eight by the clocks: an hour later, a request, one that runs, tomorrow, and a checkout in three hours.
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (1, 1, 1800003600000, 1800007200000, 'approved', 0), (2, 1, 1800003600000, 1800007200000, 'pending', 0),
             (2, 1, 1799999000000, 1800003600000, 'checked-in', 0), (1, 1, 1800086400000, 1800090000000, 'approved', 0);
         INSERT INTO appointment (person_id, trainer_id, type_id, machine_id, starts_at, ends_at, state, asked_at) VALUES
             (1, 2, 4, 2, 1800010800000, 1800012600000, 'accepted', 0), (1, 2, 3, 1, 1800014400000, 1800016200000, 'pending', 0)",
    )
    .await;
    let lab = lab.reopen().await;
    let display = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    let message = async |lab: &Lab| {
        let all = displays::today(&lab.ctx, &display).await.unwrap().into_iter();
        all.map(|one| (one.starts.wall().hour, one.name, one.who, one.is_checkout)).collect::<Vec<_>>()
    };
    let visible = |who: Option<&str>| {
        [(9, "Laser".to_owned(), who.map(Into::into), false), (11, "Lathe".to_owned(), None, true)]
    };
    assert_eq!(message(&lab).await, visible(None), "nobody is named unless the space says so");
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'people.shown', 'first-name')")
        .await;
    assert_eq!(message(&lab).await, visible(Some("Ada")));
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('machine', 1, 'people.shown', 'nobody')")
        .await;
    assert_eq!(message(&lab).await, visible(None), "the machine itself says otherwise");
    let refused = displays::today(&lab.ctx, &STRANGER).await;
    assert!(matches!(refused, Err(DisplaysError::Forbidden(Forbidden::SignIn))), "{refused:?}");
}

// A6
#[tokio::test]
async fn entrance_sign_shows_opening_hours_and_next_events_without_names() {
    let lab = Lab::open().await;
    // It is Friday, eight by the clocks, and open until six; tomorrow from ten to twelve. In an hour Ada has booked the laser, for
    // tomorrow the lathe.
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC'), ('space', 0, 'people.shown', 'name');
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 420, 1080), ('space', 0, 5, 600, 720);
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (1, 1, 1800003600000, 1800007200000, 'approved', 0), (2, 1, 1800086400000, 1800090000000, 'approved', 0);",
    )
    .await;
    let lab = lab.reopen().await;
    let display = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    let wall = displays::today(&lab.ctx, &display).await.unwrap();
    assert!(wall[0].who.is_some(), "inside, the wall names her: {wall:?}");
    let sign = entrance_sign::read(&lab.ctx, &display).await.unwrap();
    assert_eq!((sign.open, sign.until.unwrap().at), (Some(true), NOON.after(HOUR * 10)));
    let next = |sign: &Sign| -> Vec<_> {
        sign.next.iter().map(|one| (one.starts.wall().hour, one.name.clone(), one.who.clone())).collect()
    };
    assert_eq!(next(&sign), [(9, "Laser".to_owned(), None)], "of today alone, and nobody is named");
    let days: Vec<_> = sign.days.iter().map(|day| (day.date.weekday(), day.hours.clone())).collect();
    assert_eq!(days, [(5, vec![(600, 720)]), (6, vec![]), (0, vec![])]);
    assert_eq!((sign.people, sign.temperature, sign.events), (None, None, 0));

    lab.pass(HOUR * 11);
    let sign = entrance_sign::read(&lab.ctx, &display).await.unwrap();
    assert_eq!((sign.open, sign.until.unwrap().at), (Some(false), NOON.after(HOUR * 26)));
    assert_eq!(next(&sign), [(8, "Lathe".to_owned(), None)], "tomorrow, once today is over");

    let refused = entrance_sign::read(&lab.ctx, &STRANGER).await;
    assert!(matches!(refused, Err(EntranceSignError::Forbidden(Forbidden::SignIn))), "{refused:?}");
}

#[tokio::test]
async fn entrance_sign_counts_free_machines_and_public_events() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO training_event (type_id, aim, title, host_id, starts_at, ends_at, capacity, minimum, deadline_at, public, state,
                                     made_at, changed_at) VALUES
             (3, 'user', 'First steps', 2, 1800172800000, 1800176400000, 6, 0, 1800000000000, 1, 'announced', 0, 0),
             (3, 'user', 'For the staff', 2, 1800090000000, 1800093600000, 6, 0, 1800000000000, 0, 'announced', 0, 0),
             (3, 'user', 'In a month', 2, 1802600000000, 1802603600000, 6, 0, 1800000000000, 1, 'announced', 0, 0);",
    )
    .await;
    let display = Actor { who: Who::Display(SCREEN), channel: Channel::Web };
    let sign = entrance_sign::read(&lab.ctx, &display).await.unwrap();
    assert_eq!((sign.events, sign.next_event.map(|at| at.at)), (1, Some(Millis(1_800_172_800_000))));
    assert_eq!((sign.open, sign.until, sign.days.len()), (None, None, 0), "without opening hours");
    assert!(sign.next.iter().all(|one| one.name != "For the staff"), "{:?}", sign.next);
    let floor = machines::wall(&lab.ctx, &display).await.unwrap();
    let free =
        floor.places.iter().flat_map(|place| &place.machines).filter(|machine| machine.state.is_free()).count();
    assert_eq!(sign.free, u32::try_from(free).unwrap());
}
