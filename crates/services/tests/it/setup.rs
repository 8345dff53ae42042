//! The first administrator: ownership of a space without one.

use crate::lab::{LASER, Lab, ada as ada_card, bookings::notices_of};
use contract::equipment::TypeInput;
use domain::{
    accounts::Purpose,
    actor::{Actor, Channel, Rank},
    id::PersonId,
    notices::Kind,
    time::DAY,
};
use services::{
    access,
    accounts::{self, AccountsError, ValidationError},
    equipment::{self, AddMachine},
    sessions::{Recognised, recognise},
    setup::{self, Administrator, NewSpace, SetUp},
    token::Token,
};
use std::net::{IpAddr, Ipv4Addr};
use text::Lang;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PASSWORD: &str = "seven owls fix a lathe";

fn set_up(name: &str) -> SetUp {
    SetUp {
        space: "Talvera".into(),
        zone: "Europe/Rome".into(),
        lang: Lang::It,
        name: name.into(),
        email: format!("{name}@lab.example"),
        password: PASSWORD.into(),
    }
}

fn administrator(email: &str, recover: bool) -> Administrator {
    Administrator { name: "Eva".into(), email: email.into(), password: PASSWORD.into(), recover, space: None }
}

#[tokio::test]
async fn setup_link_creates_administrator_and_names_space() {
    let lab = Lab::empty().await;
    assert!(setup::needed(&lab.ctx).await.unwrap());
    let token = setup::offer(&lab.ctx).await.unwrap().unwrap();
    assert_eq!(accounts::link(&lab.ctx, HERE, &token).await.unwrap().purpose, Purpose::SetUp);
    let wrong = SetUp {
        space: " ".into(),
        zone: "Europe/Atlantis".into(),
        name: String::new(),
        email: "ada".into(),
        password: "short".into(),
        ..set_up("ada")
    };
    let Err(AccountsError::Invalid(faults)) = setup::begin(&lab.ctx, HERE, "", &token, wrong).await else {
        panic!("not refused")
    };
    assert_eq!(
        faults[..4],
        [ValidationError::SpaceName, ValidationError::Zone, ValidationError::Name, ValidationError::Email]
    );
    assert!(matches!(faults[4], ValidationError::Password(_)), "all of them at once: {faults:?}");

    let opened = setup::begin(&lab.ctx, HERE, "Firefox on Linux", &token, set_up("ada")).await.unwrap();
    let Recognised::Somebody(ada) = recognise(&lab.ctx, &opened.token, Channel::Web).await else {
        panic!("nobody")
    };
    assert_eq!((ada.name.as_str(), ada.rank, ada.language), ("ada", Rank::Administrator, Some(Lang::It)));
    let space = lab.ctx.space();
    assert_eq!((space.name.as_str(), space.zone.name(), space.language), ("Talvera", "Europe/Rome", Lang::It));
    assert!(!setup::needed(&lab.ctx).await.unwrap());
    assert!(setup::offer(&lab.ctx).await.unwrap().is_none());
    let again = setup::begin(&lab.ctx, HERE, "", &token, set_up("eve")).await;
    assert!(matches!(again, Err(AccountsError::Gone)));
    let grants = "SELECT count(*) FROM qualification WHERE relation = 'owner' AND cause = 'setup'";
    assert_eq!(lab.number(grants).await, 2);
}

/// The first administrator of an empty space, signed in.
async fn first_administrator(lab: &Lab) -> Actor {
    let token = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let opened = setup::begin(&lab.ctx, HERE, "", &token, set_up("ada")).await.unwrap();
    let Recognised::Somebody(ada) = recognise(&lab.ctx, &opened.token, Channel::Web).await else {
        panic!("nobody")
    };
    ada.actor
}

fn type_called(name: &str) -> TypeInput {
    TypeInput { name: name.into(), risk: "medium".into(), ..TypeInput::default() }
}

#[tokio::test]
async fn first_administrator_may_use_added_machines_during_setup() {
    let lab = Lab::empty().await;
    let ada = first_administrator(&lab).await;
    equipment::add_type(&lab.ctx, &ada, type_called("Lathe"), vec![]).await.unwrap();
    let laser = AddMachine {
        name: "Laser".into(),
        kind: "Laser cutter".into(),
        number: "11".into(),
        place: String::new(),
    };
    let laser = equipment::add_machine(&lab.ctx, &ada, laser).await.unwrap();
    lab.sql("INSERT INTO card (person_id, uid, state, given_at) VALUES (1, '0000ada1', 'active', 0)").await;
    let swiped = access::check(&lab.ctx, LASER, &ada_card()).await.unwrap();
    assert!(swiped.decision.is_yes(), "{:?}", swiped.decision);
    let question = access::Question { person: PersonId(1), machine: laser, at: None };
    assert!(access::ask(&lab.ctx, &ada, question).await.unwrap().trace.decision.is_yes(), "on the page too");
    let grants =
        "SELECT count(*) FROM qualification WHERE relation = 'trainer' AND cause = 'setup' AND person_id = 1";
    assert_eq!(lab.number(grants).await, 2, "of both types, and on record");
    let recorded = "SELECT count(*) FROM audit WHERE action = 'qualification.granted' AND subject = 'person:1'";
    assert_eq!(lab.number(recorded).await, 2);
}

#[tokio::test]
async fn only_first_administrator_qualifies_themselves_during_setup() {
    let lab = Lab::empty().await;
    let ada = first_administrator(&lab).await;
    equipment::add_type(&lab.ctx, &ada, type_called("Lathe"), vec![]).await.unwrap();
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (2, 'active', 0);
         INSERT INTO place (id, name) VALUES (1, 'Hall');
         INSERT INTO machine (id, number, type_id, name) VALUES (1, 11, 3, 'Lathe')",
    )
    .await;
    lab.grant(2, 1, "owner").await;
    let manager = lab.signed_in(2).await;
    equipment::add_type(&lab.ctx, &manager, type_called("Saw"), vec![]).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE type_id = 4").await, 0, "a manager");
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 2, 'owner', 'granted', 0, 'administrator', 0)",
    )
    .await;
    let second = lab.signed_in(2).await;
    equipment::add_type(&lab.ctx, &second, type_called("Mill"), vec![]).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE type_id = 5").await, 0, "made by another");
    lab.sql("INSERT INTO attempt (machine_id, at, level, reasons) VALUES (1, 0, 1, '')").await;
    equipment::add_type(&lab.ctx, &ada, type_called("Kiln"), vec![]).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE type_id = 6").await, 0, "the set-up is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_setups_create_one_administrator() {
    let lab = Lab::empty().await;
    let token = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let tries: Vec<_> = ["ada", "eve", "kim", "bob"]
        .into_iter()
        .map(|name| {
            let (ctx, token) = (lab.ctx.clone(), token.clone());
            tokio::spawn(async move { setup::begin(&ctx, HERE, "", &token, set_up(name)).await })
        })
        .collect();
    let mut won = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            Err(AccountsError::Gone) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM account").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM session").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM link").await, 0);
}

#[tokio::test]
async fn setup_link_is_renewed_at_start_and_lasts_a_day() {
    let lab = Lab::empty().await;
    let first = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let lab = lab.reopen().await;
    let second = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let replaced = setup::begin(&lab.ctx, HERE, "", &first, set_up("ada")).await;
    assert!(matches!(replaced, Err(AccountsError::Gone)));
    lab.pass(DAY);
    let late = setup::begin(&lab.ctx, HERE, "", &second, set_up("ada")).await;
    assert!(matches!(late, Err(AccountsError::Gone)));
    let forged = setup::begin(&lab.ctx, HERE, "", &Token::presented(&"A".repeat(43)), set_up("ada")).await;
    assert!(matches!(forged, Err(AccountsError::Gone)));
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 0);
}

#[tokio::test]
async fn command_line_creates_administrator_only_first_or_to_recover() {
    let lab = Lab::empty().await;
    let link = setup::offer(&lab.ctx).await.unwrap().unwrap();
    setup::create_administrator(&lab.ctx, administrator("eva@lab.example", false)).await.unwrap();
    let late = setup::begin(&lab.ctx, HERE, "", &link, set_up("ada")).await;
    assert!(matches!(late, Err(AccountsError::Gone)), "the link is of no use any more");
    let again = setup::create_administrator(&lab.ctx, administrator("kim@lab.example", false)).await;
    assert!(matches!(again, Err(AccountsError::Gone)), "{again:?}");

    let opened = accounts::sign_in(&lab.ctx, HERE, "", "eva@lab.example", PASSWORD).await.unwrap();
    lab.sql("UPDATE account SET totp_secret = zeroblob(20), totp_confirmed_at = 1").await;
    let password = "nine cats saw the moon".to_owned();
    let recover = Administrator { password: password.clone(), ..administrator("EVA@lab.example", true) };
    setup::create_administrator(&lab.ctx, recover).await.unwrap();
    assert!(matches!(recognise(&lab.ctx, &opened.token, Channel::Web).await, Recognised::Nobody));
    let opened = accounts::sign_in(&lab.ctx, HERE, "", "eva@lab.example", &password).await.unwrap();
    assert!(!opened.second_factor, "the lost phone is no hindrance any more");
    setup::create_administrator(&lab.ctx, administrator("kim@lab.example", true)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 2);
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 2").await;
    let suspended = setup::create_administrator(&lab.ctx, administrator("kim@lab.example", true)).await;
    let Err(AccountsError::Invalid(faults)) = suspended else { panic!("{suspended:?}") };
    assert_eq!(faults, [ValidationError::EmailKeptOut], "with a message of its own");
}

#[tokio::test]
async fn command_line_names_space_or_reports_all_errors() {
    let lab = Lab::empty().await;
    let space = |name: &str, zone: &str| Some(NewSpace { name: name.into(), zone: zone.into(), lang: Lang::It });
    let wrong = Administrator { space: space(" ", "Moon/Base"), ..administrator("eva", false) };
    let refused = setup::create_administrator(&lab.ctx, wrong).await;
    let Err(AccountsError::Invalid(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults, [ValidationError::SpaceName, ValidationError::Zone, ValidationError::Email]);
    assert_eq!(lab.number("SELECT count(*) FROM setting").await, 0);
    let right =
        Administrator { space: space("Talvera", "Europe/Rome"), ..administrator("eva@lab.example", false) };
    setup::create_administrator(&lab.ctx, right).await.unwrap();
    let called = lab.ctx.space();
    assert_eq!((called.name.as_str(), called.zone.name(), called.language), ("Talvera", "Europe/Rome", Lang::It));
    assert_eq!(lab.text("SELECT language FROM profile").await, "it");
}

#[tokio::test]
async fn recovered_administrator_is_permanent() {
    let lab = Lab::empty().await;
    setup::create_administrator(&lab.ctx, administrator("eva@lab.example", false)).await.unwrap();
    for undone in [
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 2, 'user', 'banned', 0, 'administrator', 0), (1, 2, 'user', 'banned', 1800000000000, 'administrator', 0)",
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
         VALUES (1, 2, 'owner', 'granted', 1800172800000, 1800173400000, 'administrator', 0)",
    ] {
        lab.sql(undone).await;
        setup::create_administrator(&lab.ctx, administrator("eva@lab.example", true)).await.unwrap();
        lab.pass(DAY);
        assert!(!setup::needed(&lab.ctx).await.unwrap(), "{undone}");
        lab.pass(DAY);
    }
}

#[tokio::test]
async fn recovery_removes_linked_accounts_and_its_password_works_where_passwords_are_off() {
    let lab = Lab::empty().await;
    setup::create_administrator(&lab.ctx, administrator("eva@lab.example", false)).await.unwrap();
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.passwords', 'no');
         INSERT INTO identity_provider (id, issuer, name, client_id, scopes, groups_claim, second_factor, second_factor_values,
                                        admission, signs_out, active, added_at)
              VALUES (1, 'https://id.example.org', 'University', 'toolgate', '', '', 'ignored', '', 'existing', 0, 1, 0);
         INSERT INTO identity_link (provider_id, subject, person_id, linked_at) VALUES (1, 'thief', 1, 0);
         INSERT INTO directory_person (person_id, entry, login, linked_at) VALUES (1, zeroblob(32), 'thief', 0);
         INSERT INTO slack_link (person_id, slack_user, name, linked_at) VALUES (1, 'U1', 'thief', 0)",
    )
    .await;
    let password = "nine cats saw the moon".to_owned();
    let recover = Administrator { password: password.clone(), ..administrator("eva@lab.example", true) };
    setup::create_administrator(&lab.ctx, recover).await.unwrap();
    let linked = "SELECT (SELECT count(*) FROM identity_link) + (SELECT count(*) FROM directory_person)
         + (SELECT count(*) FROM slack_link)";
    assert_eq!(lab.number(linked).await, 0);
    accounts::sign_in(&lab.ctx, HERE, "", "eva@lab.example", &password).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::PasswordChanged, Kind::SignInMethodChanged]);
}

#[tokio::test]
async fn each_zone_is_offered_once_with_its_time() {
    let lab = Lab::empty().await;
    let zones = setup::zones(&lab.ctx);
    let there = |name: &str| zones.iter().find(|(zone, _)| zone == name).map(|(_, now)| now.offset);
    assert_eq!((there("UTC"), there("Asia/Kolkata"), there("Asia/Calcutta")), (Some(0), Some(330), None));
    assert!(zones.iter().all(|(_, now)| now.at == lab.now()));
    // An old name is still understood where it is typed.
    let token = setup::offer(&lab.ctx).await.unwrap().unwrap();
    let input = SetUp { zone: "Asia/Calcutta".into(), ..set_up("ada") };
    setup::begin(&lab.ctx, HERE, "", &token, input).await.unwrap();
    assert_eq!(lab.ctx.space().zone.moment(lab.now()).offset, 330);
}
