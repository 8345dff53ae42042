//! Retention: clears expired data once a day, and records that it did.
//!
//! **Invariant.** It queries everything due now, so it does not matter how often or how late it runs; a second run
//! finds nothing. Standings are never made anonymous: the ledger names the person until they are erased, and with
//! it when they last used each machine.
//!
//! Visits and openings of doors are deleted after 30 days, requests for help lose names and text then, leases, wishes and tests of actuators after 31 days. After a year, uses,
//! board facts, bookings, series, waiting-list places and checkouts lose their names; cards, remarks, photos and the notes of wishes go
//! with them. Hours stay, and reports count them without a person. The audit log is cut after a year unless the settings say otherwise.

use crate::{Ctx, access, checkouts, previews, sessions};
use contract::retention::{Cleared, RetentionPage, Run};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    actuators,
    audit::Subject,
    doors, help,
    retention::{BROADCASTS, DELIVERIES, NAMES, NOTICES, SHOWN, UNKNOWN_CARDS, is_due},
    time::DAY,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx, audit, broadcasts, deliveries, doors::visits, draws, groups, retention,
    slack, webhooks,
};
use text::Lang;

/// Rows that one job changes at most: the writer has others to serve.
const AT_ONCE: i64 = 5_000;

/// Why nothing, or not everything, was cleared or shown.
#[derive(Debug, Clone, ServiceError)]
pub enum RetentionError {
    /// A job failed; what those before it cleared is gone.
    #[problem("retention.interrupted", Unavailable, retention_interrupted(&made.to_string()))]
    Interrupted { made: u64, error: StoreError },
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Past runs and their results, and the preview of a run now, in words.
pub async fn page(ctx: &Ctx, actor: &Actor, lang: Lang) -> Result<RetentionPage, RetentionError> {
    actor.require(Permission::Retention, Target::NONE)?;
    let now = ctx.now();
    let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let mut snapshot = ctx.store().snapshot().await?;
    let runs = retention::runs(&mut snapshot, limit).await?;
    let runs = runs.into_iter().map(|run| Run { at: ctx.moment(run.at), by: run.by, cleared: run.cleared });
    let record_days = ctx.space().settings.audit_kept;
    let (decisions, cards, names) = (now.before(access::RETENTION), now.before(UNKNOWN_CARDS), now.before(NAMES));
    let entries = now.before(DAY * u32::from(record_days));
    let due = retention::due(&mut snapshot, now, decisions, cards, names, entries).await?;
    Ok(RetentionPage {
        now: ctx.moment(now),
        record_days,
        due: lang.preview(&previews::of_clearing(&due)),
        runs: runs.collect(),
    })
}

/// Runs the cleanup if it has not run today. Run by a timer.
pub async fn due(ctx: &Ctx) -> Result<Option<Cleared>, RetentionError> {
    let last = retention::last(&mut *ctx.store().read().await?).await?;
    if !is_due(last, ctx.now()) {
        return Ok(None);
    }
    run(ctx, &Actor::TOOLGATE).await.map(Some)
}

/// Clears due rows in many jobs; if one fails, the error says how many rows those before it cleared.
pub async fn run(ctx: &Ctx, actor: &Actor) -> Result<Cleared, RetentionError> {
    actor.require(Permission::Retention, Target::NONE)?;
    let mut made = 0;
    match clear(ctx, actor, &mut made).await {
        Err(RetentionError::Store(error)) => {
            tracing::error!(%error, made, "a cleanup was interrupted");
            Err(RetentionError::Interrupted { made, error })
        }
        ended => ended,
    }
}

async fn clear(ctx: &Ctx, actor: &Actor, made: &mut u64) -> Result<Cleared, RetentionError> {
    let mut counted = |gone: u64| {
        *made += gone;
        count(gone)
    };
    let decisions = counted(access::forget_old(ctx).await?);
    let sign_ins = counted(sessions::forget_run_out(ctx).await?);
    let unknown_cards = counted(forget_unknown_cards(ctx).await?);
    let entries = counted(cut_record(ctx, actor).await?);
    cut_cards(ctx).await?;
    forget_recorded(ctx).await?;
    forget_wishes(ctx).await?;
    forget_invitations(ctx).await?;
    forget_visits(ctx).await?;
    cut_help(ctx).await?;
    forget_leases(ctx).await?;
    let appointed = cut_appointed(ctx).await?;
    counted(appointed);
    ctx.change(actor, Permission::Retention, Target::NONE, async move |job| {
        let names = count(appointed + retention::cut_names(job.tx, job.now.before(NAMES)).await?);
        let cleared = Cleared { decisions, unknown_cards, sign_ins, names, entries };
        let by = job.by().await?;
        retention::ran(job.tx, job.now, by, &cleared).await?;
        let detail = json!({
            "decisions": decisions, "unknown_cards": unknown_cards, "sign_ins": sign_ins, "names": names,
            "cut": entries,
        });
        job.audited(cleared, "retention.ran", Subject::Space, &detail).await
    })
    .await
}

/// Deletes audit entries past their retention. Each deleted piece is recorded by an entry, from which the rest is
/// known to be complete.
async fn cut_record(ctx: &Ctx, actor: &Actor) -> Result<u64, RetentionError> {
    let now = ctx.now();
    let limit = now.before(DAY * u32::from(ctx.space().settings.audit_kept));
    let mut gone = 0;
    loop {
        let piece =
            ctx.change::<_, RetentionError, _>(actor, Permission::Retention, Target::NONE, async move |job| {
                let Some(cut) = audit::cut(job.tx, limit, AT_ONCE).await? else {
                    return Ok(Done::unaudited(0, Unaudited::NothingChanged));
                };
                job.audited(cut.entries, audit::CUT, Subject::Space, &cut.to_json()).await
            });
        let piece = piece.await?;
        gone += piece;
        if piece < AT_ONCE.unsigned_abs() {
            return Ok(gone);
        }
    }
}

/// Removes the cards from history that is about to lose its names: they would lead to the same people.
async fn cut_cards(ctx: &Ctx) -> Result<(), StoreError> {
    let limit = ctx.now().before(NAMES);
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let uses = retention::cut_cards_of_uses(tx, limit, AT_ONCE).await?;
            let facts = retention::cut_cards_of_facts(tx, limit, AT_ONCE).await?;
            Ok(Done::unaudited(uses.max(facts), Unaudited::RunOut))
        });
        if gone.await? < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Removes the names from old bookings, waiting entries, checkouts, training events and requests, and returns how many; then
/// from series, which would lead from a booking back to the person and are not counted beside their bookings.
async fn cut_appointed(ctx: &Ctx) -> Result<u64, StoreError> {
    let limit = ctx.now().before(NAMES);
    let mut gone = 0;
    loop {
        let piece = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let bookings = retention::cut_bookings(tx, limit, AT_ONCE).await?;
            let waiting = retention::cut_waiting(tx, limit, AT_ONCE).await?;
            let checkouts = retention::cut_checkouts(tx, limit, AT_ONCE).await?;
            let events = retention::cut_events(tx, limit, AT_ONCE).await?;
            let requests = retention::cut_requests(tx, limit, AT_ONCE).await?;
            let series = retention::cut_series(tx, limit, AT_ONCE).await?;
            draws::forget_notes(tx, limit, AT_ONCE).await?;
            Ok(Done::unaudited(([bookings, waiting, checkouts, events, requests], series), Unaudited::RunOut))
        });
        let (counted, series) = piece.await?;
        gone += counted.iter().sum::<u64>();
        if counted.iter().chain([&series]).all(|cut| *cut < AT_ONCE.unsigned_abs()) {
            return Ok(gone);
        }
    }
}

/// Deletes old notices and deliveries. What happened stays as long as its notices: while it lasts it is new to more people, but not
/// to webhooks and channels.
async fn forget_recorded(ctx: &Ctx) -> Result<(), StoreError> {
    let (notices, mails) = (ctx.now().before(NOTICES), ctx.now().before(DELIVERIES));
    let now = ctx.now();
    let told_before = now.before(BROADCASTS);
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let reported = deliveries::forget_notices(tx, notices, AT_ONCE).await?;
            let left = deliveries::forget(tx, mails, AT_ONCE).await?;
            let sent = broadcasts::forget_deliveries(tx, told_before, AT_ONCE).await?;
            let told = broadcasts::forget(tx, notices, AT_ONCE).await?;
            webhooks::forget_secrets(tx, now).await?;
            slack::forget_offers(tx, now).await?;
            let requests = webhooks::log::forget(tx, told_before, AT_ONCE).await?;
            let most = reported.max(left).max(sent).max(told).max(requests);
            Ok(Done::unaudited(most, Unaudited::RunOut))
        });
        if gone.await? < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Deletes expired requests for checkout times, with their text.
async fn forget_wishes(ctx: &Ctx) -> Result<(), StoreError> {
    let now = ctx.now();
    let forget = async move |tx: &mut WriteTx| {
        checkouts::forget_wishes(tx, now).await?;
        Ok::<_, StoreError>(Done::unaudited((), Unaudited::RunOut))
    };
    ctx.store().write(forget).await
}

async fn forget_invitations(ctx: &Ctx) -> Result<(), StoreError> {
    let now = ctx.now();
    let forget = async move |tx: &mut WriteTx| {
        groups::forget_expired(tx, now).await?;
        Ok::<_, StoreError>(Done::unaudited((), Unaudited::RunOut))
    };
    ctx.store().write(forget).await
}

/// Deletes old visits and openings of doors.
async fn forget_visits(ctx: &Ctx) -> Result<(), StoreError> {
    let limit = ctx.now().before(doors::RETENTION);
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let visits = visits::forget(tx, limit, AT_ONCE).await?;
            let openings = store::doors::forget(tx, limit, AT_ONCE).await?;
            Ok(Done::unaudited(visits.max(openings), Unaudited::RunOut))
        });
        if gone.await? < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Removes people and text from old requests for help.
async fn cut_help(ctx: &Ctx) -> Result<(), StoreError> {
    let limit = ctx.now().before(help::NAMES);
    loop {
        let cut = ctx.store().write::<_, StoreError, _>(async move |tx| {
            Ok(Done::unaudited(store::help::cut_names(tx, limit, AT_ONCE).await?, Unaudited::RunOut))
        });
        if cut.await? < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Deletes old leases, tests and wishes of actuators.
async fn forget_leases(ctx: &Ctx) -> Result<(), StoreError> {
    let limit = ctx.now().before(actuators::RETENTION);
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let leases = store::actuators::forget_leases(tx, limit, AT_ONCE).await?;
            let tests = store::actuators::forget_tests(tx, limit, AT_ONCE).await?;
            let wishes = store::actuators::forget_wishes(tx, limit, AT_ONCE).await?;
            Ok(Done::unaudited(leases.max(tests).max(wishes), Unaudited::RunOut))
        });
        if gone.await? < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

async fn forget_unknown_cards(ctx: &Ctx) -> Result<u64, StoreError> {
    let limit = ctx.now().before(UNKNOWN_CARDS);
    let mut forgotten = 0;
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let gone = retention::forget_unknown_cards(tx, limit, AT_ONCE).await?;
            Ok(Done::unaudited(gone, Unaudited::RunOut))
        });
        let gone = gone.await?;
        forgotten += gone;
        if gone < AT_ONCE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}

fn count(gone: u64) -> u32 {
    u32::try_from(gone).unwrap_or(u32::MAX)
}
