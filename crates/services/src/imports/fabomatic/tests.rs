//! Changes made here while a Fab-O-Matic is imported.

use super::*;
use crate::{Config, open};
use domain::time::{HOUR, MINUTE};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use takeover::{ForeignCard, ForeignIntervention, ForeignMachine, ForeignPlan, ForeignUse, ForeignUser};

const BEGUN: Millis = Millis(1_300_000_000_000);

/// A laser (7) that a person (3) used for half an hour, `uses` times, every hour.
fn lab(uses: u32) -> Arc<Foreign> {
    let one = |id: u32| {
        let start = BEGUN.after(HOUR * id);
        let end = start.after(MINUTE * 30);
        ForeignUse { id: id.into(), user: 3, machine: 7, start, last_sign: end, end: Some(end), replay: false }
    };
    let (hour, at) = (3_600_000, BEGUN.after(HOUR * 2));
    Arc::new(Foreign {
        machines: vec![ForeignMachine { id: 7, name: "Laser".into(), kind: None, hours: 0, blocked: false }],
        users: vec![ForeignUser {
            id: 3,
            name: "Carla".into(),
            surname: String::new(),
            role: None,
            card: ForeignCard::None,
            disabled: false,
            deleted: false,
            email: String::new(),
            has_password: false,
        }],
        uses: (0..uses).map(one).collect(),
        plans: vec![ForeignPlan {
            id: 1,
            machine: 7,
            every: hour,
            description: "Oil".into(),
            ..ForeignPlan::default()
        }],
        interventions: vec![ForeignIntervention { id: 1, plan: 1, machine: 7, user: 3, at, replay: false }],
        ..Foreign::default()
    })
}

async fn opened(folder: &Path) -> Ctx {
    open(Config::new(folder.join("toolgate.sqlite"))).await.unwrap()
}

/// Adds a machine with this number.
async fn add(ctx: &Ctx, number: u16) {
    let written = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let kind = equipment::add_type(tx, "Other", Risk::Medium).await?;
        let number = Some(domain::boards::MachineNumber(number));
        machines::add(tx, &NewMachine { number, kind, place: None, name: "Other".into(), manual: None }).await?;
        Ok(Done::unaudited((), Unaudited::NothingChanged))
    });
    written.await.unwrap();
}

async fn begins(ctx: &Ctx, foreign: &Arc<Foreign>, plan: &Arc<Plan>) -> Option<Begun> {
    let (foreign, plan, now) = (foreign.clone(), plan.clone(), ctx.now());
    let begun = ctx.change(&Actor::TOOLGATE, Permission::TakeOver, Target::NONE, async move |job| {
        begin(job, &foreign, &plan, now).await
    });
    begun.await.unwrap()
}

#[tokio::test]
async fn plan_outdated_by_later_change_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let (ctx, foreign) = (opened(dir.path()).await, lab(3));
    let plan = Arc::new(planned(&ctx, &Actor::TOOLGATE, &foreign, ctx.now()).await.unwrap().0);
    add(&ctx, 7).await;
    assert!(begins(&ctx, &foreign, &plan).await.is_none(), "the laser is there by now");
    assert!(rows::known(&mut ctx.store().read().await.unwrap()).await.unwrap().taken.is_empty());
    let report = take_over(&ctx, &Actor::TOOLGATE, foreign.clone(), None).await.unwrap();
    assert_eq!((report.count(TakeoverCount::SameMachines), report.count(TakeoverCount::Uses)), (1, 3));
    let again = take_over(&ctx, &Actor::TOOLGATE, foreign, None).await.unwrap();
    assert_eq!((again.count(TakeoverCount::Uses), again.count(TakeoverCount::KnownUses)), (0, 3));
    ctx.close().await;
}

#[tokio::test]
async fn interrupted_import_names_uses_made_and_is_continued() {
    let dir = tempfile::tempdir().unwrap();
    let (ctx, foreign) = (opened(dir.path()).await, lab(1_500));
    let mut conn = SqliteConnectOptions::new().filename(ctx.store().path()).connect().await.unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON use_session WHEN (SELECT count(*) FROM use_session) >= 1000
                BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::raw_sql(full).execute(&mut conn).await.unwrap();
    let stopped = take_over(&ctx, &Actor::TOOLGATE, foreign.clone(), None).await.unwrap_err();
    assert!(matches!(stopped, TakeOverError::Interrupted { made: 1_000, planned: 1_500, .. }), "{stopped:?}");
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let report = take_over(&ctx, &Actor::TOOLGATE, foreign, None).await.unwrap();
    assert_eq!((report.count(TakeoverCount::Uses), report.count(TakeoverCount::KnownUses)), (500, 1_000));
    ctx.close().await;
}

#[tokio::test]
async fn use_overlapping_newer_use_is_not_counted_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (ctx, foreign) = (opened(dir.path()).await, lab(4));
    let plan = Arc::new(planned(&ctx, &Actor::TOOLGATE, &foreign, ctx.now()).await.unwrap().0);
    let begun = begins(&ctx, &foreign, &plan).await.unwrap();
    let all: Vec<_> = plan.uses.iter().filter_map(|one| past(one, &begun.ids, &begun.cards)).collect();
    let [first, second, third, fourth] = *all else { panic!("{all:?}") };
    // Uses received during planning: an ended one, followed by an open one.
    let here = PastUse { theirs: 90, start: first.start.after(MINUTE * 20), end: second.start, ..first };
    assert_eq!(uses(&ctx, begun.proof, vec![here], ctx.now()).await.unwrap(), 0);
    let running = PastUse { theirs: 91, start: fourth.start.after(MINUTE), ..fourth };
    assert_eq!(uses(&ctx, begun.proof, vec![running], ctx.now()).await.unwrap(), 0);
    let file = SqliteConnectOptions::new().filename(ctx.store().path());
    let mut conn = file.connect().await.unwrap();
    let goes_on = "UPDATE use_session SET ended_at = NULL, ending = NULL WHERE started_at = ?";
    sqlx::query(goes_on).bind(running.start.0).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(uses(&ctx, begun.proof, all, ctx.now()).await.unwrap(), 2);
    let taken = rows::taken_uses(&mut ctx.store().read().await.unwrap()).await.unwrap();
    let mut taken: Vec<_> = taken.into_iter().map(|one| one.theirs).collect();
    taken.sort_unstable();
    assert_eq!(taken, [second.theirs, third.theirs, 90, 91]);
    ctx.close().await;
}

#[tokio::test]
async fn hours_changed_since_planning_are_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let (ctx, foreign) = (opened(dir.path()).await, lab(4));
    let plan = Arc::new(planned(&ctx, &Actor::TOOLGATE, &foreign, ctx.now()).await.unwrap().0);
    let Begun { proof, ids, cards } = begins(&ctx, &foreign, &plan).await.unwrap();
    let past = plan.uses.iter().filter_map(|one| past(one, &ids, &cards)).collect();
    let moment = (MachineId(ids[&(Thing::Machine, 7)]), BEGUN);
    let before = rows::totals(&mut ctx.store().read().await.unwrap(), [moment].into_iter()).await.unwrap();
    uses(&ctx, proof, past, ctx.now()).await.unwrap();
    let now = ctx.now();
    let written = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let mut job = Job { proof, now, by: None, ids };
        job.maintenance(tx, &plan, &before).await?;
        Ok(Done::unaudited((), Unaudited::NothingChanged))
    });
    written.await.unwrap();
    let mut conn = SqliteConnectOptions::new().filename(ctx.store().path()).connect().await.unwrap();
    let used: i64 = sqlx::query_scalar("SELECT used_ms FROM intervention").fetch_one(&mut conn).await.unwrap();
    assert_eq!(used, 3_600_000, "two uses of half an hour");
    conn.close().await.unwrap();
    ctx.close().await;
}
