//! Boards: by machine for caretakers, and unassigned ones for those who see all.

use crate::lab::{LASER, LASER_ID, Lab, NOON, ada, bob, card, seconds};
use contract::boards::Boards;
use domain::{
    access::{Decision, Level},
    actor::{Actor, Channel, Forbidden},
    boards::{MachineNumber, ONLINE, TOGETHER, logins::OF_ONE},
    cards::CardUid,
    id::{BoardId, MachineId},
    live::ChangeEvent,
    machines::{AuthorisationMode, MachineState},
    time::MINUTE,
};
use proptest::prelude::*;
use services::{
    access,
    boards::{
        self, Alive, BoardsError, BoardsPageError,
        logins::{self, Comes, LoginsError},
    },
    machines,
};
use std::{collections::BTreeSet, fmt::Write, net::IpAddr};

/// The number of cards in an answer.
const MOST: usize = 7;

/// The lab with Ken (11), who manages, Olga (12), who owns the lasers, and Theo (13), who owns the lathes.
async fn cared_for() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (13, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (13, 'Theo')",
    )
    .await;
    for (person, kind, relation) in
        [(11, 1, "owner"), (12, 1, "user"), (12, 3, "owner"), (13, 1, "user"), (13, 4, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab
}

fn alive(lab: &Lab, number: MachineNumber, serial: &str, address: &str) {
    boards::heard(&lab.ctx, number);
    let (serial, address) = (serial.to_owned(), address.to_owned());
    boards::alive(&lab.ctx, number, Alive { serial, firmware: "esp32,1a2b".into(), address, heap: Some(201_340) });
}

async fn page(lab: &Lab, person: i64) -> Boards {
    boards::page(&lab.ctx, &lab.signed_in(person).await).await.unwrap()
}

/// The machines that `person` sees boards of.
async fn names(lab: &Lab, person: i64) -> Vec<String> {
    page(lab, person).await.machines.into_iter().map(|machine| machine.name).collect()
}

#[tokio::test]
async fn introduced_board_is_shown_online_for_ninety_seconds() {
    let lab = cared_for().await;
    alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    let lab = lab.reopen().await;
    lab.pass(ONLINE);
    let html = page(&lab, 11).await;
    let machine = &html.machines[0];
    assert_eq!((machine.machine, machine.number, machine.several), (LASER_ID, Some(11), false));
    assert_eq!((machine.online, machine.heard.map(|heard| heard.at)), (true, Some(NOON)));
    assert!(machine.state.is_free(), "{:?}", machine.state);
    let board = &machine.boards[0];
    let message = (board.serial.as_str(), board.firmware.as_str(), board.address.as_str(), board.heap);
    assert_eq!(message, ("a1b2c3d4e5f6", "esp32,1a2b", "10.0.0.7", Some(201_340)));
    lab.pass(seconds(1));
    let silent = page(&lab, 11).await.machines.remove(0);
    assert!(!silent.online && matches!(silent.state, MachineState::Offline { .. }), "{:?}", silent.state);
}

#[tokio::test]
async fn owner_sees_boards_of_own_machines_only() {
    let lab = cared_for().await;
    alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    let lab = lab.reopen().await;
    assert_eq!(names(&lab, 11).await, ["Laser"]);
    assert_eq!(names(&lab, 12).await, ["Laser"]);
    assert!(page(&lab, 11).await.whole.is_some() && page(&lab, 12).await.whole.is_none());
    assert_eq!(names(&lab, 13).await, Vec::<String>::new(), "no board spoke for his lathe yet");
    let refused = boards::page(&lab.ctx, &lab.signed_in(2).await).await;
    assert!(matches!(refused, Err(BoardsPageError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    let stranger = boards::page(&lab.ctx, &Actor::anybody(true, Channel::Web)).await;
    assert!(matches!(stranger, Err(BoardsPageError::Forbidden(Forbidden::SignIn))), "{stranger:?}");
    let whole = boards::whole(&lab.ctx, &lab.signed_in(12).await).await;
    assert!(matches!(whole, Err(BoardsPageError::Forbidden(_))), "{whole:?}");
}

#[tokio::test]
async fn two_boards_with_one_number_are_detected_while_both_speak() {
    let lab = cared_for().await;
    alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    lab.pass(TOGETHER + seconds(1));
    alive(&lab, LASER, "000000000002", "10.0.0.8");
    let lab = lab.reopen().await;
    assert!(!page(&lab, 11).await.machines[0].several, "a board was replaced by another");
    alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    let lab = lab.reopen().await;
    let machine = page(&lab, 11).await.machines.remove(0);
    assert!(machine.several, "{machine:?}");
    assert_eq!(machine.boards.len(), 2);
    lab.pass(TOGETHER + seconds(1));
    assert!(!page(&lab, 11).await.machines[0].several, "both are gone");
}

#[tokio::test]
async fn boards_without_serial_are_distinguished_by_alternation_not_by_new_address() {
    let lab = cared_for().await;
    let (mut lab, addresses) = (lab, ["10.0.0.7", "10.0.0.8", "10.0.0.8"]);
    for address in addresses {
        alive(&lab, LASER, "", address);
        lab = lab.reopen().await;
        lab.pass(MINUTE * 2);
    }
    assert!(!page(&lab, 11).await.machines[0].several, "it got another address");
    alive(&lab, LASER, "", "10.0.0.7");
    lab = lab.reopen().await;
    let machine = page(&lab, 11).await.machines.remove(0);
    assert!(!machine.several, "the other address is from long ago: {machine:?}");
    for address in ["10.0.0.8", "10.0.0.7"] {
        alive(&lab, LASER, "", address);
        lab = lab.reopen().await;
    }
    let machine = page(&lab, 11).await.machines.remove(0);
    assert_eq!(machine.boards[0].other.as_deref(), Some("10.0.0.8"));
    assert!(machine.several);
    lab.pass(TOGETHER + seconds(1));
    assert_eq!(page(&lab, 11).await.machines[0].boards[0].other, None);
}

#[tokio::test]
async fn unassigned_number_is_shown_until_machine_has_it() {
    let lab = cared_for().await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    alive(&lab, MachineNumber(42), "a1b2c3d4e5f6", "10.0.0.9");
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Space), "open pages look again");
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Space), "and again when it says what it is");
    let strays = page(&lab, 11).await.whole.unwrap().strays;
    assert_eq!(strays.len(), 1);
    assert_eq!((strays[0].number, strays[0].address.as_str()), (42, "10.0.0.9"));
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 42, 3, 'Laser 2')").await;
    assert_eq!(page(&lab, 11).await.whole.unwrap().strays, vec![]);
}

#[tokio::test]
async fn machine_added_for_recent_board_gets_it_at_next_refused_card() {
    let lab = cared_for().await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    boards::heard(&lab.ctx, MachineNumber(42));
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Space), "a stray");
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 42, 3, 'Laser 2')").await;
    lab.pass(seconds(5));
    boards::heard(&lab.ctx, MachineNumber(42));
    let checked = access::check(&lab.ctx, MachineNumber(42), &card("00c0ffee")).await.unwrap();
    assert!(matches!(checked.decision, Decision::Deny(_)), "{:?}", checked.decision);
    let lab = lab.reopen().await;
    let seen = machines::page(&lab.ctx, &lab.signed_in(11).await, MachineId(3)).await.unwrap();
    assert_eq!(seen.machine.state, MachineState::Free { since: None });
    assert_eq!(names(&lab, 11).await, ["Laser 2"]);
}

#[tokio::test]
async fn takeovers_and_unreadable_messages_are_shown_to_full_viewers() {
    let lab = cared_for().await;
    for _ in 0..3 {
        boards::rejected(&lab.ctx, "bad-uid", "machine/11", r#"{"uid":"…e0"}"#.into());
    }
    let lab = lab.reopen().await;
    let at = |last: u8| IpAddr::from([10, 0, 0, last]);
    boards::taken_over(&lab.ctx, "BOARD7", at(1), at(2));
    boards::taken_over(&lab.ctx, "BOARD7", at(2), at(1));
    let whole = boards::whole(&lab.ctx, &lab.signed_in(11).await).await.unwrap();
    let takeover = &whole.takeovers[0];
    assert_eq!((takeover.before.as_str(), takeover.after.as_str(), takeover.times), ("10.0.0.2", "10.0.0.1", 2));
    let rejected = &whole.rejected[0];
    assert_eq!((rejected.kind.as_str(), rejected.seen), ("bad-uid", 3));
    assert_eq!(rejected.example, r#"{"uid":"…e0"}"#);
}

#[tokio::test]
async fn silent_board_can_be_forgotten_with_audit_and_active_one_cannot() {
    let lab = cared_for().await;
    alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    let lab = lab.reopen().await;
    let (ken, olga, theo) = (lab.signed_in(11).await, lab.signed_in(12).await, lab.signed_in(13).await);
    let board = page(&lab, 12).await.machines[0].boards[0].clone();
    assert!(!board.may_forget);
    let speaks = boards::forget(&lab.ctx, &olga, board.id).await;
    assert!(matches!(speaks, Err(BoardsPageError::Speaks)), "{speaks:?}");
    lab.pass(TOGETHER + seconds(1));
    assert!(page(&lab, 12).await.machines[0].boards[0].may_forget);
    let not_his = boards::forget(&lab.ctx, &theo, board.id).await;
    assert!(matches!(not_his, Err(BoardsPageError::Forbidden(_))), "{not_his:?}");
    boards::forget(&lab.ctx, &olga, board.id).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM board").await, 0);
    let entry = lab.text("SELECT subject || ' ' || detail FROM audit WHERE action = 'board.forgotten'").await;
    assert_eq!(entry, format!(r#"machine:1 {{"board":{}}}"#, board.id));
    for gone in [board.id, BoardId(999)] {
        let unknown = boards::forget(&lab.ctx, &ken, gone).await;
        assert!(matches!(unknown, Err(BoardsPageError::Unknown)), "{unknown:?}");
    }
}

#[tokio::test]
async fn login_is_created_by_machine_editors_shown_once_and_audited() {
    let lab = cared_for().await;
    let (ken, olga, theo) = (lab.signed_in(11).await, lab.signed_in(12).await, lab.signed_in(13).await);
    let refused = logins::make(&lab.ctx, &theo, LASER_ID).await;
    assert!(matches!(refused, Err(LoginsError::Forbidden(_))), "{refused:?}");
    let made = logins::make(&lab.ctx, &olga, LASER_ID).await.unwrap();
    assert_eq!((made.number, made.user.starts_with("m11-"), made.password.len()), (11, true, 24));
    let other = logins::make(&lab.ctx, &ken, LASER_ID).await.unwrap();
    assert!(other.user != made.user && other.password != made.password);
    let view = logins::list(&lab.ctx, &olga).await.unwrap();
    assert_eq!((view.logins.len(), view.logins[0].by.as_deref()), (2, Some("Olga")));
    assert_eq!(view.machines, vec![(LASER_ID, "Laser".to_owned())], "she owns no lathe");
    assert_eq!(logins::list(&lab.ctx, &theo).await.unwrap().logins, vec![]);
    let none = logins::list(&lab.ctx, &lab.signed_in(2).await).await;
    assert!(matches!(none, Err(LoginsError::Forbidden(Forbidden::NotAllowed))), "{none:?}");
    for _ in 2..OF_ONE {
        logins::make(&lab.ctx, &ken, LASER_ID).await.unwrap();
    }
    let enough = logins::make(&lab.ctx, &ken, LASER_ID).await;
    assert!(matches!(enough, Err(LoginsError::Enough)), "{enough:?}");
    let his = logins::revoke(&lab.ctx, &theo, made.id).await;
    assert!(matches!(his, Err(LoginsError::Forbidden(_))), "{his:?}");
    logins::revoke(&lab.ctx, &olga, made.id).await.unwrap();
    let record = lab.text("SELECT group_concat(detail) FROM audit WHERE action LIKE 'board.login-%'").await;
    assert!(!record.contains(&made.password) && record.contains(r#"{"login":1}"#), "{record}");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'board.login-revoked'").await, 1);
}

#[tokio::test]
async fn login_is_recognized_until_revoked_and_stays_with_number() {
    let lab = cared_for().await;
    let ken = lab.signed_in(11).await;
    let made = logins::make(&lab.ctx, &ken, LASER_ID).await.unwrap();
    let comes = async |password: &str| logins::recognise(&lab.ctx, &made.user, password.as_bytes()).await.unwrap();
    assert_eq!(comes(&made.password).await, Comes::With(made.id, LASER));
    assert_eq!(comes("guess").await, Comes::Refused);
    let stranger = logins::recognise(&lab.ctx, "boards", made.password.as_bytes()).await.unwrap();
    assert_eq!(stranger, Comes::Stranger);
    for strayed in [
        "UPDATE machine SET number = 21 WHERE id = 1",
        "UPDATE machine SET number = 11, archived_at = 0 WHERE id = 1",
        "UPDATE machine SET number = NULL, archived_at = NULL WHERE id = 1",
    ] {
        assert_eq!(logins::opening(&lab.ctx).await.unwrap(), vec![made.id]);
        lab.sql(strayed).await;
        assert_eq!(comes(&made.password).await, Comes::Refused, "{strayed}");
        assert_eq!(logins::opening(&lab.ctx).await.unwrap(), vec![], "{strayed}");
        assert!(logins::list(&lab.ctx, &ken).await.unwrap().logins[0].strayed, "{strayed}");
        lab.sql("UPDATE machine SET number = 11, archived_at = NULL WHERE id = 1").await;
        assert_eq!(comes(&made.password).await, Comes::With(made.id, LASER), "it has that number again");
    }
    lab.sql("UPDATE machine SET number = NULL WHERE id = 1").await;
    let numberless = logins::make(&lab.ctx, &ken, LASER_ID).await;
    assert!(matches!(numberless, Err(LoginsError::Numberless)), "{numberless:?}");
    lab.sql("UPDATE machine SET number = 11, archived_at = 0 WHERE id = 1").await;
    let archived = logins::make(&lab.ctx, &ken, LASER_ID).await;
    assert!(matches!(archived, Err(LoginsError::UnknownMachine)), "{archived:?}");
    logins::revoke(&lab.ctx, &ken, made.id).await.unwrap();
    lab.sql("UPDATE machine SET archived_at = NULL WHERE id = 1").await;
    assert_eq!(comes(&made.password).await, Comes::Refused);
    assert_eq!(logins::opening(&lab.ctx).await.unwrap(), vec![]);
    let nowhere = logins::make(&lab.ctx, &ken, MachineId(99)).await;
    assert!(matches!(nowhere, Err(LoginsError::UnknownMachine)), "{nowhere:?}");
}

async fn remembered(lab: &Lab) -> Vec<(CardUid, Level)> {
    access::remembered(&lab.ctx, LASER, MOST).await.unwrap()
}

/// The card is used on the laser for a minute, `times` times.
async fn uses(lab: &Lab, uid: &CardUid, times: u32) {
    for _ in 0..times {
        lab.starts(LASER, uid).await;
        lab.pass(seconds(60));
        lab.stops(LASER, uid, 60).await;
        lab.pass(seconds(60));
    }
}

#[tokio::test]
async fn board_remembers_most_frequent_allowed_cards() {
    let lab = Lab::open().await;
    assert_eq!(remembered(&lab).await, []);
    for (uid, times) in [(bob(), 2), (ada(), 1), (card("00000203"), 3), (card("ffffffff"), 4)] {
        uses(&lab, &uid, times).await;
    }
    assert_eq!(
        remembered(&lab).await,
        [(ada(), Level::User)],
        "Bob is not qualified, Zoe suspended, a card nobody's"
    );
    lab.grant(2, 3, "trainer").await;
    assert_eq!(remembered(&lab).await, [(bob(), Level::Staff), (ada(), Level::User)], "the most frequent first");
    assert_eq!(access::remembered(&lab.ctx, LASER, 1).await.unwrap(), [(bob(), Level::Staff)]);
    uses(&lab, &ada(), 1).await;
    assert_eq!(remembered(&lab).await[0].0, ada(), "as often, and later");
    assert_eq!(lab.number("SELECT count(*) FROM attempt").await, 0, "nobody held a card to anything");
    let nowhere = access::remembered(&lab.ctx, MachineNumber(99), MOST).await;
    assert!(matches!(nowhere, Err(BoardsError::UnknownMachine)));
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    assert_eq!(remembered(&lab).await.len(), 2, "a block passes, and what a board remembers is for later");
}

#[tokio::test]
async fn board_remembers_one_active_card_per_person() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO card (id, person_id, uid, state, given_at) VALUES
             (21, 1, '0000ada2', 'active', 0), (22, 1, '0000ada3', 'active', 0)",
    )
    .await;
    let second = card("0000ada2");
    uses(&lab, &second, 2).await;
    uses(&lab, &ada(), 3).await;
    assert_eq!(remembered(&lab).await, [(ada(), Level::User)], "the one that is used most");
    for (change, reported) in [
        ("UPDATE card SET state = 'lost' WHERE id = 1", Some(second)),
        ("UPDATE card SET state = 'retired' WHERE id = 21", Some(card("0000ada3"))),
        ("UPDATE card SET state = 'lost' WHERE id = 22", None),
    ] {
        lab.sql(change).await;
        assert_eq!(remembered(&lab).await.into_iter().map(|(uid, _)| uid).next(), reported, "{change}");
    }
}

#[tokio::test]
async fn board_does_not_remember_cards_allowed_only_by_company() {
    let lab = Lab::open().await;
    uses(&lab, &ada(), 1).await;
    lab.grant(2, 3, "user").await;
    lab.sql(
        "UPDATE equipment_type SET risk = 'high' WHERE id = 3;
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('machine', 1, 'access.people-present', '2');
         INSERT INTO machine (id, number, type_id, name) VALUES (77, 77, 3, 'Other');
         INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional,
                                  other_card, twin_start, twin_stop, authorised)
              SELECT 77, id, 0, 0, 'live', 0, 0, 0, 0, 0, 1 FROM card WHERE person_id = 2 LIMIT 1",
    )
    .await;
    let now = access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    assert!(matches!(now.decision, Decision::Allow { .. }), "{:?}", now.decision);
    assert_eq!(remembered(&lab).await, []);
}

#[tokio::test]
async fn board_remembers_allowed_cards_despite_many_frequent_denied_ones() {
    let lab = Lab::open().await;
    let people: Vec<_> = (0..30).map(|n| if n == 29 { (0, 2, 0, 1) } else { (0, 0, 0, 1) }).collect();
    let on_it: Vec<_> = (0..29).flat_map(|n| [n, n]).chain([29]).collect();
    lab.sql(String::leak(populated(&people, &on_it))).await;
    assert_eq!(remembered(&lab).await.len(), 1);
}

#[tokio::test]
async fn board_does_not_remember_cards_allowed_only_beside_trainer() {
    let lab = Lab::open().await;
    lab.mode(AuthorisationMode::Supervised).await;
    lab.grant(1, 3, "trainer").await;
    uses(&lab, &bob(), 3).await;
    uses(&lab, &ada(), 1).await;
    access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    // Attempts are written in bulk; closing writes them.
    let lab = lab.reopen().await;
    let beside = access::check(&lab.ctx, LASER, &bob()).await.unwrap();
    assert!(matches!(beside.decision, Decision::Allow { .. }));
    assert_eq!(remembered(&lab).await, [(ada(), Level::Staff)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.div_ceil(20), max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// For any users and any state of them and their cards: every remembered card would be allowed at that level,
    /// and no answer exceeds the board's limit.
    #[test]
    fn every_remembered_card_would_be_allowed(
        people in prop::collection::vec((0..4_u8, 0..4_u8, 0..3_u8, 1..4_u8), 0..25),
        on_it in prop::collection::vec(0..25_usize, 0..120),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let lab = Lab::open().await;
            lab.sql(String::leak(populated(&people, &on_it))).await;
            let notices = remembered(&lab).await;
            prop_assert!(notices.len() <= MOST);
            let holders = notices.iter().map(|(uid, _)| &uid.as_str()[..6]).collect::<BTreeSet<_>>();
            prop_assert_eq!(holders.len(), notices.len(), "one of a person");
            for (uid, notices) in &notices {
                let decision = access::check(&lab.ctx, LASER, uid).await.unwrap().decision;
                prop_assert!(matches!(decision, Decision::Allow { level, .. } if level == *notices), "{:?}", decision);
            }
            prop_assert_eq!(&notices, &remembered(&lab).await, "the same again");
            Ok(())
        })?;
    }
}

/// People with a status, a standing, cards in some state; and who was on the laser, one after the other.
fn populated(people: &[(u8, u8, u8, u8)], on_it: &[usize]) -> String {
    let mut sql = String::new();
    for (n, (status, standing, state, cards)) in people.iter().enumerate() {
        let id = 100 + n;
        let status = ["active", "active", "suspended", "left"][usize::from(*status)];
        write!(
            sql,
            "INSERT INTO person (id, status, created_at) VALUES ({id}, '{status}', 0);
             INSERT INTO profile (person_id, name) VALUES ({id}, 'P{id}');
             INSERT INTO alias (id, person_id, month) VALUES ({id}, {id}, 202701);"
        )
        .unwrap();
        for kind in [1, 3].iter().take(usize::from(*standing)) {
            write!(
                sql,
                "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                      VALUES ({id}, {kind}, 'user', 'granted', 0, 'setup', 0);"
            )
            .unwrap();
        }
        for which in 0..*cards {
            let state = ["active", "lost", "retired"][usize::from((state + which) % 3)];
            write!(
                sql,
                "INSERT INTO card (id, person_id, uid, state, given_at)
                      VALUES ({id}{which}, {id}, '{id:06x}{which:02x}', '{state}', 0);"
            )
            .unwrap();
        }
    }
    for (at, person) in on_it.iter().enumerate().filter(|(_, person)| **person < people.len()) {
        let id = 100 + person;
        write!(
            sql,
            "INSERT INTO use_session (machine_id, alias_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                                      approximate, provisional, other_card, twin_start, twin_stop, authorised)
                  VALUES (1, {id}, {id}0, {at}, {at}, {at}, 'logged-out', 'live', 0, 0, 0, 0, 0, 1);"
        )
        .unwrap();
    }
    sql
}

/// Whether the board is left to refuse Ada's card by itself.
async fn left_to_board(lab: &Lab) -> bool {
    let checked = access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    assert!(matches!(checked.decision, Decision::Deny(_)), "the decision is the same whatever the board was told");
    checked.board_refuses.is_some()
}

#[tokio::test]
async fn board_refuses_locally_only_with_recent_list_on_sole_connection() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    let send_settings = |allowed: bool| boards::settings_sent(&lab.ctx, LASER, allowed, false);
    send_settings(false);
    assert!(!left_to_board(&lab).await, "at a broker that reports no connections");

    let introduces_itself = || alive(&lab, LASER, "a1b2c3d4e5f6", "10.0.0.7");
    boards::connected(&lab.ctx, LASER, true);
    send_settings(false);
    assert!(!left_to_board(&lab).await, "a program that never said what it is");
    alive(&lab, LASER, "", "10.0.0.7");
    send_settings(false);
    assert!(!left_to_board(&lab).await, "no serial number");
    boards::connected(&lab.ctx, LASER, false);
    introduces_itself();
    assert!(!left_to_board(&lab).await, "not told yet");
    send_settings(false);
    assert!(left_to_board(&lab).await, "whoever asks about a card has heard the answer before");

    let breaks: [(&str, &dyn Fn()); 5] = [
        ("told that it may be used", &|| send_settings(true)),
        ("connected anew", &|| boards::connected(&lab.ctx, LASER, false)),
        ("introduced on a new connection", &introduces_itself),
        ("out of reach", &|| boards::broker_lost(&lab.ctx)),
        ("not heard for long", &|| lab.pass(ONLINE + seconds(1))),
    ];
    for (what, happens) in breaks {
        happens();
        assert!(!left_to_board(&lab).await, "{what}");
        send_settings(false);
        if what == "connected anew" {
            // Settings sent before its introduction do not count.
            continue;
        }
        assert!(left_to_board(&lab).await, "{what}, then told");
    }
    introduces_itself();
    assert!(left_to_board(&lab).await, "every two minutes on the same connection");

    boards::connected(&lab.ctx, LASER, true);
    send_settings(false);
    assert!(!left_to_board(&lab).await, "two listen, and one may have been told");
    lab.pass(MINUTE * 2);
    boards::disconnected(&lab.ctx, LASER);
    introduces_itself();
    send_settings(false);
    assert!(!left_to_board(&lab).await, "what the other asked may still be under way");
    lab.pass(MINUTE + seconds(1));
    assert!(!left_to_board(&lab).await, "told nothing since it is alone");
    send_settings(false);
    assert!(left_to_board(&lab).await);
    boards::spoken_for(&lab.ctx, LASER);
    send_settings(false);
    assert!(!left_to_board(&lab).await, "somebody who does not listen asks in its name");
    lab.pass(MINUTE + seconds(1));
    send_settings(false);
    assert!(left_to_board(&lab).await);
    lab.sql("UPDATE machine_block SET at_once = 1").await;
    assert!(!left_to_board(&lab).await, "unsafe");
    lab.sql("UPDATE machine_block SET at_once = 0").await;
    let lab = lab.reopen().await;
    assert!(!left_to_board(&lab).await, "after a restart nothing was told yet");
}

#[tokio::test]
async fn recently_refused_but_allowed_card_is_remembered_first() {
    let lab = Lab::open().await;
    lab.grant(2, 3, "user").await;
    uses(&lab, &bob(), 3).await;
    assert_eq!(remembered(&lab).await, [(bob(), Level::User)]);
    lab.sql(
        "INSERT INTO attempt (id, machine_id, card_id, at, level, reasons) VALUES
             (1, 1, 1, 1800000000000, 0, 'machine.blocked'), (2, 1, 3, 1800000000000, 0, 'person.not-active')",
    )
    .await;
    assert_eq!(remembered(&lab).await, [(ada(), Level::User), (bob(), Level::User)], "Zoe is suspended");
    assert_eq!(access::remembered(&lab.ctx, LASER, 1).await.unwrap(), [(ada(), Level::User)]);
    lab.sql(
        "INSERT INTO attempt (id, machine_id, card_id, at, level, reasons) VALUES (3, 1, 1, 1800000000001, 1, '')",
    )
    .await;
    assert_eq!(remembered(&lab).await, [(bob(), Level::User)], "the board knows it is good");
}
