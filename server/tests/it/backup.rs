//! `toolgate backup` and `toolgate restore`: their results, their refusals, and their effects.

use crate::lab::{
    Lab, displays,
    operations::{fields, run},
};
use contract::{
    building_devices::AddBuildingDevice,
    draws::{AddDraw, ReadDraw, RunDraw},
    feeds::CreateCalendar,
    groups::{AddGroup, AddGroupMember, InviteToGroup, JoinGroup, RenewGroupLink},
    rooms::AddRoom,
    tokens::MakeToken,
};
use domain::{
    actor::{Actor, Channel},
    draws::State,
    id::{DrawId, PersonId},
    time::DAY,
    zone::to_rfc3339,
};
use services::{
    Ctx, accounts,
    building_devices::{self, DeviceComes},
    clock::{Clock, SystemClock},
    feeds, privacy,
    sessions::{self, Recognised},
    tokens,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn toolgate(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
    command.args(arguments).arg("--data").arg(data).output().unwrap()
}

fn back_up(data: &Path, to: &Path) -> Output {
    toolgate(&["backup", "--to", to.to_str().unwrap()], data)
}

fn restore(file: &Path, data: &Path) -> Output {
    toolgate(&["restore", file.to_str().unwrap()], data)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a successful command.
fn well(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

async fn number(file: &Path, sql: &'static str) -> i64 {
    let mut conn = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    number
}

async fn change(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// The statement of a trigger.
async fn trigger(file: &Path, name: &str) -> String {
    let mut conn = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    let sql = sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?").bind(name);
    let sql = sql.fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    sql
}

/// Every file of a folder with its bytes.
fn all_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

const MADE: &str = "SELECT count(*) FROM display";
const RECORDED: &str = "SELECT count(*) FROM audit WHERE action = 'display.made'";

#[tokio::test(flavor = "multi_thread")]
async fn backup_under_writes_is_consistent_and_restorable() {
    let mut lab = Lab::start().await;
    let data = lab.config.data.clone();
    let ctx = lab.running().ctx.clone();
    let writing = tokio::spawn(async move {
        for name in 0.. {
            if displays::make(&ctx, &Actor::TOOLGATE, &format!("wall {name}")).await.is_err() {
                return;
            }
        }
    });
    let mut before = -1;
    let copies = ["one", "two", "three"].map(|name| lab.folder().join(name));
    for copy in &copies {
        // Others write before, during and after it.
        while lab.number(MADE).await <= before {
            tokio::task::yield_now().await;
        }
        let (data, to) = (data.clone(), copy.clone());
        let made = tokio::task::spawn_blocking(move || back_up(&data, &to)).await.unwrap();
        let line = well(&made);
        assert!(line.starts_with(copy.to_str().unwrap()) && line.contains("B, made in "), "{line}");
        assert_eq!(fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
        before = number(copy, MADE).await;
        assert_eq!(number(copy, RECORDED).await, before, "what was done and its record are of one commit");
    }
    assert!(!writing.is_finished(), "nobody was held up for good");
    writing.abort();
    lab.stop().await;
    let later = lab.number(MADE).await;
    let (first, last) = (number(&copies[0], MADE).await, number(&copies[2], MADE).await);
    assert!(first < last && last <= later, "{first} {last} {later}");

    let line = well(&restore(&copies[0], &data));
    assert!(line.contains("It is whole") && line.contains("is kept as"), "{line}");
    assert_eq!(lab.number(MADE).await, first);
    let stored = line.split("is kept as ").nth(1).unwrap().trim().trim_end_matches('.');
    assert_eq!(number(Path::new(stored), MADE).await, later, "what was there is kept");
    well(&toolgate(&["verify"], &data));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'system.restored'").await, 1);
    lab.start_again().await;
    displays::make(&lab.running().ctx, &Actor::TOOLGATE, "after").await.unwrap();
    assert_eq!(lab.number(MADE).await, first + 1, "it goes on from there");
}

#[tokio::test]
async fn backup_overwrites_nothing_and_mistyped_path_creates_nothing() {
    let mut lab = Lab::start().await;
    let data = lab.config.data.clone();
    let there = lab.folder().join("letter");
    fs::write(&there, "dear all").unwrap();
    let refused = back_up(&data, &there);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("is there already"), "{}", text(&refused.stderr));
    assert_eq!(fs::read(&there).unwrap(), b"dear all");

    let nowhere = lab.folder().join("nothing");
    let refused = toolgate(&["backup"], &nowhere);
    assert!(text(&refused.stderr).contains("there is no space in"), "{}", text(&refused.stderr));
    let refused = restore(&lab.folder().join("no-file"), &nowhere);
    assert!(text(&refused.stderr).contains("there is no file"), "{}", text(&refused.stderr));
    assert!(!nowhere.exists(), "a slip makes no folder");
    let unwritable = lab.folder().join("no-folder").join("copy");
    assert!(text(&back_up(&data, &unwritable).stderr).contains("cannot be written"));

    // Without a name: dated, in a folder of its own; a named folder gets one as well.
    let line = well(&toolgate(&["backup"], &data));
    let own: Vec<_> = fs::read_dir(data.join("backups")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(own.len() == 1 && line.starts_with(own[0].to_str().unwrap()), "{line} {own:?}");
    let folder = lab.folder().join("disk");
    fs::create_dir(&folder).unwrap();
    well(&back_up(&data, &folder));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

    // And restored on a machine that has nothing.
    lab.stop().await;
    let line = well(&restore(&own[0], &nowhere));
    assert!(!line.contains("is kept as"), "{line}");
    assert_eq!(number(&nowhere.join("toolgate.sqlite"), "SELECT count(*) FROM machine").await, 2);
}

#[tokio::test]
async fn restore_under_running_server_is_refused() {
    let lab = Lab::start().await;
    let data = lab.config.data.clone();
    let copy = lab.folder().join("copy");
    well(&back_up(&data, &copy));
    let refused = restore(&copy, &data);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("another Toolgate runs"), "{}", text(&refused.stderr));
    displays::make(&lab.running().ctx, &Actor::TOOLGATE, "still").await.unwrap();
    assert_eq!(lab.number(MADE).await, 1, "it is the same file as before");
}

#[tokio::test]
async fn invalid_backup_is_named_and_changes_nothing() {
    let mut lab = Lab::start().await;
    let data = lab.config.data.clone();
    for name in ["one", "two", "three"] {
        displays::make(&lab.running().ctx, &Actor::TOOLGATE, name).await.unwrap();
    }
    lab.stop().await;
    let good = lab.folder().join("good");
    well(&back_up(&data, &good));
    let file = |name: &str| lab.folder().join(name);
    let like_good = |name: &str| {
        fs::copy(&good, file(name)).unwrap();
        file(name)
    };
    let whole = fs::read(&good).unwrap();
    fs::write(file("empty"), "").unwrap();
    fs::write(file("garbage"), "a letter, certainly longer than the head of a database".repeat(90)).unwrap();
    fs::write(file("half"), &whole[..whole.len() / 8192 * 4096]).unwrap();
    fs::write(file("cut"), &whole[..whole.len() - 100]).unwrap();
    fs::write(file("head"), &whole[..50]).unwrap();
    change(&file("foreign"), "CREATE TABLE letter (body TEXT)").await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (299901010000, 'tomorrow', true, x'00', 0)";
    change(&like_good("newer"), newer).await;
    change(&like_good("other"), "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 202611200900").await;
    let dangling =
        "INSERT INTO card (id, person_id, uid, state, given_at) VALUES (9, 99, '0000ffff', 'active', 0)";
    change(&like_good("dangling"), dangling).await;
    let stored = trigger(&good, "audit_no_update").await;
    let notices =
        format!("DROP TRIGGER audit_no_update; UPDATE audit SET subject = 'display:9' WHERE seq = 2; {stored}");
    change(&like_good("record"), &notices).await;
    let planted = "CREATE TRIGGER planted AFTER INSERT ON session BEGIN DELETE FROM hold; END";
    change(&like_good("planted"), planted).await;
    change(&like_good("defused"), "DROP TRIGGER audit_no_update").await;
    change(&like_good("view"), "CREATE VIEW names AS SELECT name FROM profile").await;
    change(&like_good("marked"), "PRAGMA application_id = 252006674").await;
    fs::create_dir(file("folder")).unwrap();

    let before = all_of(&data);
    for (name, says) in [
        ("empty", "it is empty"),
        ("garbage", "it is not a database"),
        ("head", "it is damaged"),
        ("half", "it is damaged"),
        ("cut", "it is damaged"),
        ("foreign", "a database of another program"),
        ("marked", "a database of another program"),
        ("newer", "written by a newer version of Toolgate (schema 299901010000)"),
        ("other", "does not follow (schema 202611200900)"),
        ("dangling", "rows of card refer to others that are missing"),
        ("record", "entry 2 does not follow"),
        ("planted", "its schema is not what Toolgate makes: the trigger planted is not ours"),
        ("defused", "its schema is not what Toolgate makes: the trigger audit_no_update is missing"),
        ("view", "its schema is not what Toolgate makes: the view names is not ours"),
        ("folder", "it is not a database"),
    ] {
        let refused = restore(&file(name), &data);
        let why = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{name}: {}", text(&refused.stdout));
        assert!(why.contains(says) && why.contains("nothing was changed"), "{name}: {why}");
        assert_eq!(all_of(&data).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{name}");
        assert!(all_of(&data) == before, "{name} changed a file");
    }
    well(&restore(&good, &data));
}

#[tokio::test]
async fn restore_erases_erased_people_again() {
    let mut lab = Lab::start().await;
    let data = lab.config.data.clone();
    let copy = lab.folder().join("copy");
    well(&back_up(&data, &copy));
    let has = |bytes: &[u8]| bytes.windows(12).any(|part| part == b"Ada Lovelace");
    assert!(has(&fs::read(&copy).unwrap()), "or this shows nothing");
    privacy::erase(&lab.running().ctx, &Actor::TOOLGATE, PersonId(1)).await.unwrap();
    lab.stop().await;
    let (file, list) = (data.join("toolgate.sqlite"), data.join("toolgate.erased"));
    assert_eq!(fs::metadata(&list).unwrap().permissions().mode() & 0o777, 0o600);
    let listed = fs::read(&list).unwrap();
    // The previous database may be lost, or the list; one of them is enough.
    for lost in [&file, &list] {
        fs::remove_file(lost).unwrap();
        let line = well(&restore(&copy, &data));
        assert!(line.contains("One person who was erased since was erased again"), "{line}");
        assert_eq!(lab.number("SELECT count(*) FROM profile WHERE person_id = 1").await, 0);
        assert_eq!(lab.number("SELECT count(*) FROM profile WHERE person_id = 2").await, 1, "nobody else");
        assert!(!has(&fs::read(&file).unwrap()), "in the bytes too");
        well(&toolgate(&["verify"], &data));
        fs::write(&list, &listed).unwrap();
    }
    // Another person has got their number since.
    fs::write(&list, "1 77\n2 7").unwrap();
    fs::remove_file(&file).unwrap();
    well(&restore(&copy, &data));
    assert_eq!(lab.number("SELECT count(*) FROM profile").await, 2);
}

// A17
#[tokio::test]
async fn restore_revokes_all_credentials() {
    let mut lab = Lab::start().await;
    let (data, copy) = (lab.config.data.clone(), lab.folder().join("copy"));
    let (here, ctx) = (IpAddr::from([127, 0, 0, 1]), lab.running().ctx.clone());
    let first = accounts::sign_in_link(&ctx, &Actor::TOOLGATE, PersonId(1)).await.unwrap();
    let session = accounts::follow(&ctx, here, "test", &first).await.unwrap().token;
    let Recognised::Somebody(ada) = sessions::recognise(&ctx, &session, Channel::Web).await else {
        panic!("signed in")
    };
    let sent = fields(&[("name", "hours"), ("scopes[]", "people:read"), ("lifetime", "unlimited")]);
    let program = run(&ctx, &ada.actor, MakeToken {}, sent).await.unwrap().token;
    let wall = displays::make(&ctx, &Actor::TOOLGATE, "wall").await.unwrap();
    let screen = displays::open(&ctx, here, &wall.link).await.unwrap();
    let feed = run(&ctx, &ada.actor, CreateCalendar {}, fields(&[("show", "mine")])).await.unwrap().link.0;
    let feed = feed.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
    let unused = accounts::sign_in_link(&ctx, &Actor::TOOLGATE, PersonId(2)).await.unwrap();
    let hall = displays::make(&ctx, &Actor::TOOLGATE, "hall").await.unwrap();
    let ways_in = async |ctx: &Ctx| {
        [
            matches!(sessions::recognise(ctx, &session, Channel::Web).await, Recognised::Somebody(_)),
            tokens::recognise(ctx, &program).await.unwrap().is_some(),
            displays::recognise(ctx, &screen, Channel::Web).await.unwrap().is_some(),
            feeds::read(ctx, &feed).await.unwrap().is_some(),
            accounts::link(ctx, here, &unused).await.is_ok(),
            accounts::link(ctx, here, &hall.link).await.is_ok(),
        ]
    };
    assert_eq!(ways_in(&ctx).await, [true; 6], "or this shows nothing");
    well(&back_up(&data, &copy));
    accounts::sign_out_everywhere(&ctx, &ada.actor).await.unwrap();
    displays::revoke(&ctx, &Actor::TOOLGATE, wall.id).await.unwrap();
    drop(ctx);
    lab.stop().await;

    let line = well(&restore(&copy, &data));
    let notices = "1 session, 1 token of a program, 1 address of a calendar, 2 links that were sent, 1 screen of a wall display, \
                   0 links to groups, 0 invitations to groups, 0 logins of devices.";
    assert!(line.contains(notices), "{line}");
    let remaining = "SELECT count(*) FROM audit WHERE action = 'system.restored' AND detail ->> '$.ended' = 1
                   AND detail ->> '$.tokens' = 1 AND detail ->> '$.calendars' = 1 AND detail ->> '$.links' = 2 AND detail ->> '$.screens' = 1";
    assert_eq!(lab.number(remaining).await, 1);
    well(&toolgate(&["verify"], &data));
    lab.start_again().await;
    let ctx = &lab.running().ctx;
    assert_eq!(ways_in(ctx).await, [false; 6]);
    // The displays still exist, and need new links; so do the people.
    let anew = displays::renew(ctx, &Actor::TOOLGATE, wall.id).await.unwrap();
    displays::open(ctx, here, &anew.link).await.unwrap();
    let anew = accounts::sign_in_link(ctx, &Actor::TOOLGATE, PersonId(1)).await.unwrap();
    accounts::follow(ctx, here, "test", &anew).await.unwrap();
}

async fn signed_in(ctx: &Ctx, person: i64) -> Actor {
    let link = accounts::sign_in_link(ctx, &Actor::TOOLGATE, PersonId(person)).await.unwrap();
    let session = accounts::follow(ctx, IpAddr::from([127, 0, 0, 1]), "test", &link).await.unwrap().token;
    match sessions::recognise(ctx, &session, Channel::Web).await {
        Recognised::Somebody(known) => known.actor,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn restore_revokes_group_links_invitations_and_device_logins() {
    let mut lab = Lab::start().await;
    let (data, copy) = (lab.config.data.clone(), lab.folder().join("copy"));
    lab.sql("UPDATE profile SET email = 'bob@lab.example' WHERE person_id = 2").await;
    let ctx = lab.running().ctx.clone();
    let ada = signed_in(&ctx, 1).await;
    let mut groups = Vec::new();
    for name in ["Choir", "Film club"] {
        let group = run(&ctx, &Actor::TOOLGATE, AddGroup {}, fields(&[("name", name)])).await.unwrap().group;
        let admin = fields(&[("person", "1"), ("role", "admin")]);
        run(&ctx, &Actor::TOOLGATE, AddGroupMember { group }, admin).await.unwrap();
        groups.push(group);
    }
    let (choir, film) = (groups[0], groups[1]);
    let link = run(&ctx, &ada, RenewGroupLink { id: choir }, fields(&[])).await.unwrap().link.0;
    let key = link.split_once("key=").unwrap().1.to_owned();
    let invited = fields(&[("email", "bob@lab.example"), ("role", "member")]);
    run(&ctx, &ada, InviteToGroup { group: film }, invited).await.unwrap();
    let device = fields(&[("name", "Plug"), ("dialect", "tasmota"), ("topic", "plug-hall")]);
    let login = run(&ctx, &Actor::TOOLGATE, AddBuildingDevice {}, device).await.unwrap();
    let comes =
        async |ctx: &Ctx| building_devices::recognise(ctx, &login.user, login.password.as_bytes()).await.unwrap();
    assert!(matches!(comes(&ctx).await, DeviceComes::With(..)), "or this shows nothing");
    well(&back_up(&data, &copy));
    drop(ctx);
    lab.stop().await;
    let printed = well(&restore(&copy, &data));
    assert!(printed.contains("1 link to a group, 1 invitation to a group, 1 login of a device."), "{printed}");
    well(&toolgate(&["verify"], &data));
    lab.start_again().await;
    let ctx = lab.running().ctx.clone();
    let bob = signed_in(&ctx, 2).await;
    for (group, key) in [(choir, key.as_str()), (film, "")] {
        let refused = run(&ctx, &bob, JoinGroup { group }, fields(&[("key", key)])).await;
        assert!(refused.is_err(), "{group} is joined");
    }
    assert_eq!(comes(&ctx).await, DeviceComes::Refused);
    assert!(building_devices::opening(&ctx).await.unwrap().is_empty(), "nor does one that is connected stay");
    let login = contract::building_devices::RenewDeviceLogin { id: login.id };
    let login = run(&ctx, &Actor::TOOLGATE, login, fields(&[])).await.unwrap();
    let comes = building_devices::recognise(&ctx, &login.user, login.password.as_bytes()).await.unwrap();
    assert!(matches!(comes, DeviceComes::With(..)), "{comes:?}");
}

/// A draw that opens in two days.
async fn plan_draw(ctx: &Ctx, name: &str) -> DrawId {
    let now = SystemClock.now();
    let at = |days: u32| to_rfc3339(now.after(DAY * days)).unwrap()[..16].to_owned();
    let day = |days: u32| at(days)[..10].to_owned();
    let (opens, closes, draws, first, last) = (at(2), at(7), at(8), day(30), day(60));
    let form = [
        ("name", name),
        ("opens", &opens),
        ("closes", &closes),
        ("draws", &draws),
        ("first", &first),
        ("last", &last),
        ("limit", "3"),
        ("entrants", "people"),
        ("rooms", "1"),
        ("days", ""),
    ];
    run(ctx, &Actor::TOOLGATE, AddDraw {}, fields(&form)).await.unwrap().draw
}

#[tokio::test]
async fn restored_open_draw_has_and_shows_another_commitment() {
    let mut lab = Lab::start().await;
    let (data, copy) = (lab.config.data.clone(), lab.folder().join("copy"));
    let ctx = lab.running().ctx.clone();
    run(&ctx, &Actor::TOOLGATE, AddRoom {}, fields(&[("name", "Studio"), ("capacity", "9")])).await.unwrap();
    let mut draws = Vec::new();
    for name in ["Open", "Planned", "Drawn"] {
        draws.push(plan_draw(&ctx, name).await);
    }
    let shift = "opens_at = opens_at - days, closes_at = closes_at - days, draws_at = draws_at - days";
    let later = format!(
        "UPDATE draw SET {} WHERE name = 'Open'; UPDATE draw SET {} WHERE name = 'Drawn'",
        shift.replace("days", "259200000"),
        shift.replace("days", "864000000")
    );
    change(&data.join("toolgate.sqlite"), &later).await;
    let [open, _, completed] = draws[..] else { panic!("three draws") };
    run(&ctx, &Actor::TOOLGATE, RunDraw { id: completed }, fields(&[])).await.unwrap();
    let view =
        async |ctx: &Ctx, id: DrawId| run(ctx, &Actor::TOOLGATE, ReadDraw { id }, fields(&[])).await.unwrap();
    let mut before = Vec::new();
    for draw in &draws {
        before.push(view(&ctx, *draw).await);
    }
    assert_eq!(before[0].state, State::Open);
    well(&back_up(&data, &copy));
    // Run since, so that its secret is published.
    change(&data.join("toolgate.sqlite"), &later.replace("'Drawn'", "'None'").replace("259200000", "864000000"))
        .await;
    run(&ctx, &Actor::TOOLGATE, RunDraw { id: open }, fields(&[])).await.unwrap();
    drop(ctx);
    lab.stop().await;

    let line = well(&restore(&copy, &data));
    assert!(line.contains("2 draws that have not run have new secrets"), "{line}");
    well(&toolgate(&["verify"], &data));
    lab.start_again().await;
    let ctx = lab.running().ctx.clone();
    for (draw, before) in draws.iter().zip(&before) {
        let after = view(&ctx, *draw).await;
        assert_eq!(after.state, before.state);
        if *draw == completed {
            assert_eq!((&after.commitment, after.renewed), (&before.commitment, None), "it keeps its proof");
        } else {
            assert_ne!(after.commitment, before.commitment, "{}", after.name);
            assert!(after.renewed.is_some_and(|at| at.at > before.published.at), "{}", after.name);
        }
    }
    let proof = services::draws::proof(&ctx, &Actor::TOOLGATE, completed).await.unwrap();
    assert_eq!(domain::draws::verify(&proof).unwrap().commitment.to_string(), before[2].commitment);
    let notified = "SELECT count(DISTINCT n.person_id) FROM notice n WHERE n.kind = 'draw.renewed'";
    assert_eq!(lab.number(notified).await, 2, "those who can enter wishes in the open one");
    // The new secret is here, and runs it.
    change(&data.join("toolgate.sqlite"), &later.replace("'Drawn'", "'None'").replace("259200000", "864000000"))
        .await;
    run(&ctx, &Actor::TOOLGATE, RunDraw { id: open }, fields(&[])).await.unwrap();
    let proof = services::draws::proof(&ctx, &Actor::TOOLGATE, open).await.unwrap();
    assert_eq!(domain::draws::verify(&proof).unwrap().commitment.to_string(), view(&ctx, open).await.commitment);
}
