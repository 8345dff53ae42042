//! Notices: people are notified once of things that concern them; they read and archive notices, and follow
//! machines.
//!
//! **Invariants.** A notice is written in the job that writes the fact, so neither exists without the other.
//! Nobody is notified of their own actions, unless it is about their safety; of what follows from them they are notified
//! like anybody else. Notices about things that a person may no longer see are hidden from them. Not here: sentences, and
//! mail.

use crate::{Ctx, change::Job};
use contract::notices::{NoticeContent, NoticeView, Notices, Which};
use domain::{
    actor::{Actor, Channel, Forbidden, Permission, Principal, Proof, Rank, Target, Who},
    announcements,
    id::{GroupId, MachineId, NoticeId, PersonId, SessionId, TypeId},
    jobs,
    maintenance::{Urgency as Upkeep, progress},
    notices::{Audience, Notice, Urgency},
    people::PersonStatus,
    qualifications::{Ledger, Relation},
    time::{DAY, Millis},
    training::path::{REMINDERS, reminder},
};
use macros::ServiceError;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, broadcasts, inbox, machines, maintenance,
    notices::{self as rows, Place, Row},
    system, training,
};

/// Notices on one page.
pub const PAGE: u32 = 25;
/// Days before the end of a qualification at which its holder is notified.
pub(crate) const EXPIRING: u32 = 14;
/// Notices on the page of a group.
const OF_GROUP: u32 = 5;
/// Limit of notices archived or restored in one call: four pages.
pub const AT_ONCE: usize = 100;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum NoticesError {
    /// They have no notice with this id.
    #[problem("notice.unknown", NotFound, notice_unknown)]
    Unknown,
    /// More than [`AT_ONCE`] were chosen.
    #[problem("notice.too-many", Invalid, notice_too_many(&AT_ONCE.to_string()))]
    TooMany,
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// They are not signed in.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl Job<'_> {
    pub async fn notify(&mut self, person: PersonId, notice: Notice) -> Result<(), StoreError> {
        notify(self.tx, &self.proof, person, notice, self.now).await
    }

    /// Tells channels what happened in the space, regardless of who is notified of it.
    pub async fn broadcast(&mut self, notice: Notice) -> Result<(), StoreError> {
        broadcasts::record(self.tx, self.proof.by(), &notice, self.now).await
    }

    /// Notifies everybody concerned by the kind of `notice`.
    pub async fn notify_staff(&mut self, notice: Notice) -> Result<(), StoreError> {
        notify_staff(self.tx, &self.proof, notice, self.now).await
    }
}

/// Notifies everybody concerned by the kind of `notice`, in the job of `proof`.
pub(crate) async fn notify_staff(
    tx: &mut WriteTx,
    proof: &Proof,
    notice: Notice,
    now: Millis,
) -> Result<(), StoreError> {
    // Channels hear of it even if it concerns nobody but its author.
    broadcasts::record(tx, proof.by(), &notice, now).await?;
    let people = concerned(tx.conn(), notice, now).await?;
    keep(tx, proof, &people, notice, now).await
}

/// Notifies `person`, in the job of `proof`.
pub(crate) async fn notify(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    notice: Notice,
    now: Millis,
) -> Result<(), StoreError> {
    keep(tx, proof, &[person], notice, now).await
}

/// Notifies `person` of what follows from the act of `proof`, whose kind of notice could also be about the act itself: they are
/// notified even if they acted themselves.
pub(crate) async fn notify_affected(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    notice: Notice,
    now: Millis,
) -> Result<(), StoreError> {
    rows::record(tx, proof.by(), person, &notice, now).await?;
    Ok(())
}

async fn keep(
    tx: &mut WriteTx,
    proof: &Proof,
    people: &[PersonId],
    notice: Notice,
    now: Millis,
) -> Result<(), StoreError> {
    let concerns_author = notice.kind().urgency() == Urgency::Safety || notice.is_consequence();
    let own_action = proof.by().filter(|_| !concerns_author);
    for &person in people.iter().filter(|person| Some(**person) != own_action) {
        rows::record(tx, proof.by(), person, &notice, now).await?;
    }
    Ok(())
}

/// The recipients of a notice that is not about one person alone.
async fn concerned(conn: &mut SqliteConnection, notice: Notice, now: Millis) -> Result<Vec<PersonId>, StoreError> {
    let machine = notice.machine();
    let kind = match machine {
        Some(machine) => machines::one(conn, machine).await?.map(|row| row.kind),
        None => notice.of_type(),
    };
    let mut people = match notice.kind().audience() {
        // Announcements notify their own audience in one job.
        Audience::Themselves | Audience::Announced => Vec::new(),
        Audience::Responsible(permission) => responsible(conn, permission, kind, machine, now).await?,
        Audience::Followers => following(conn, machine).await?,
        Audience::FollowersAnd(permission) => {
            let mut people = responsible(conn, permission, kind, machine, now).await?;
            people.extend(following(conn, machine).await?);
            people
        }
    };
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

async fn following(conn: &mut SqliteConnection, machine: Option<MachineId>) -> Result<Vec<PersonId>, StoreError> {
    match machine {
        Some(machine) => rows::followers(conn, machine).await,
        None => Ok(Vec::new()),
    }
}

/// The nearest people with `permission`: trainers and owners of the machine or type, else managers, else
/// administrators. Inactive roles count: a notice gives no access.
pub(crate) async fn responsible(
    conn: &mut SqliteConnection,
    permission: Permission,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
    now: Millis,
) -> Result<Vec<PersonId>, StoreError> {
    let about = Target { person: None, kind, machine };
    let able: Vec<_> = rows::candidates(conn, kind, machine)
        .await?
        .into_iter()
        .map(|(id, ledger)| as_actor(id, PersonStatus::Active, ledger, now))
        .filter(|actor| actor.may(permission, about))
        .collect();
    let given = |known: &Principal| {
        kind.is_some_and(|kind| {
            known.is(Relation::Trainer, kind, machine) || known.is(Relation::Owner, kind, machine)
        })
    };
    let tiers: [&dyn Fn(&Principal) -> bool; 3] =
        [&given, &|known| known.rank() == Rank::Manager, &|known| known.rank() == Rank::Administrator];
    let tier = |is: &dyn Fn(&Principal) -> bool| -> Vec<PersonId> {
        able.iter().filter_map(Actor::known).filter(|known| is(known)).map(|known| known.id).collect()
    };
    Ok(tiers.into_iter().map(tier).find(|people| !people.is_empty()).unwrap_or_default())
}

/// A person as an actor with all their roles active.
pub(crate) fn as_actor(id: PersonId, status: PersonStatus, ledger: Ledger, at: Millis) -> Actor {
    let known = Principal { id, session: SessionId(0), status, ledger, at, roles_asleep: false, public: false };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Command }
}

/// Notifies maintainers of due maintenance, and people of ending qualifications: once for each date. Run by a
/// timer; returns the number of notices.
pub(crate) async fn remind(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let news = async {
        let mut snapshot = ctx.store().snapshot().await?;
        let mut news = Vec::new();
        for notice in due(&mut snapshot, now).await? {
            news.extend(concerned(&mut snapshot, notice, now).await?.into_iter().map(|person| (person, notice)));
        }
        news.extend(ending(&mut snapshot, now).await?);
        news.extend(to_be_redone(&mut snapshot, now).await?);
        not_notified(&mut snapshot, news).await
    }
    .await?;
    Ok(write(ctx, news, now).await? + tell_changes(ctx, now).await?)
}

/// Notifies administrators once that their space keeps the old behaviour where a newer version changed a
/// default.
async fn tell_changes(ctx: &Ctx, now: Millis) -> Result<usize, StoreError> {
    if !system::are_changes_untold(&mut *ctx.store().read().await?).await? {
        return Ok(0);
    }
    ctx.store()
        .write(async move |tx| {
            let mut message = 0;
            if system::take_untold_change(tx, "booking-need").await? {
                let notice = Notice::BookingsStayFree;
                for person in concerned(tx.conn(), notice, now).await? {
                    message += usize::from(rows::record(tx, None, person, &notice, now).await?);
                }
            }
            Ok(Done::unaudited(message, Unaudited::Reminded))
        })
        .await
}

/// Notices among these that were not written before: mostly none, so the writer is left alone.
pub(crate) async fn not_notified(
    conn: &mut SqliteConnection,
    news: Vec<(PersonId, Notice)>,
) -> Result<Vec<(PersonId, Notice)>, StoreError> {
    let mut not_notified = Vec::new();
    for (person, notice) in news {
        if !rows::is_recorded(conn, person, &notice).await? {
            not_notified.push((person, notice));
        }
    }
    Ok(not_notified)
}

/// Writes the notices of a timer run; returns how many were new.
pub(crate) async fn write(ctx: &Ctx, news: Vec<(PersonId, Notice)>, now: Millis) -> Result<usize, StoreError> {
    if news.is_empty() {
        return Ok(0);
    }
    ctx.store()
        .write(async move |tx| {
            let mut message = 0;
            for (person, notice) in &news {
                message += usize::from(rows::record(tx, None, *person, notice, now).await?);
            }
            Ok(Done::unaudited(message, Unaudited::Reminded))
        })
        .await
}

/// Due maintenance of active machines.
async fn due(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Notice>, StoreError> {
    let far = maintenance::counted(conn, None).await?;
    // The warning threshold does not matter here.
    let is_due = |at: &maintenance::At| progress(at.every, at.since, at.used, 0, now).urgency == Upkeep::Due;
    let due = far.into_iter().filter(is_due);
    Ok(due.map(|at| Notice::MaintenanceDue { plan: at.plan, machine: at.machine, since: at.since.at }).collect())
}

/// Training that qualified people must soon repeat.
async fn to_be_redone(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<(PersonId, Notice)>, StoreError> {
    let furthest = REMINDERS.into_iter().max().unwrap_or_default();
    let until = now.after(DAY * u32::from(furthest));
    let late = training::late(conn, now, until).await?;
    let new = training::new_to(conn, now, until, None).await?;
    let notices = late.into_iter().chain(new).filter_map(|one| {
        let ahead = reminder(one.by, one.published, now).filter(|_| one.qualified(now))?;
        let (module, edition, by) = (one.module, one.edition, one.by);
        Some((one.person, Notice::TrainingAgain { module, edition, by, ahead: Some(ahead) }))
    });
    let mut notices: Vec<_> = notices.collect();
    // A module is often required on several machines.
    notices.dedup();
    Ok(notices)
}

/// Qualifications that end within [`EXPIRING`] days.
async fn ending(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<(PersonId, Notice)>, StoreError> {
    let soon = now.after(DAY * EXPIRING);
    let mut ending = Vec::new();
    for (person, _, ledger) in inbox::with_ending_grants(conn, now, soon, u16::MAX).await? {
        let mut known = Vec::new();
        for on in ledger.0.iter().map(|entry| entry.subject).filter(|on| on.is_learned()) {
            if known.contains(&on) {
                continue;
            }
            known.push(on);
            let Some(relation) = ledger.highest(&[on], now) else { continue };
            if let Some(until) = ledger.holds_until(relation, &[on], now).filter(|&until| until < soon) {
                ending.push((person, Notice::Expiring { on, relation, until }));
            }
        }
    }
    Ok(ending)
}

/// Notifies administrators that `job` failed, once a day. If that fails too, the log has both.
pub(crate) async fn job_failed(ctx: &Ctx, job: jobs::Job) {
    let now = ctx.now();
    let notice = Notice::JobFailed { job, day: ctx.today() };
    let message = async {
        let mut conn = ctx.store().read().await?;
        let people = concerned(&mut conn, notice, now).await?;
        let news = not_notified(&mut conn, people.into_iter().map(|person| (person, notice)).collect()).await?;
        drop(conn);
        write(ctx, news, now).await
    };
    if let Err(error) = message.await {
        tracing::warn!(%error, "nobody was told that a job failed");
    }
}

/// The caller's notices after `after`, newest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    after: Option<NoticeId>,
) -> Result<Notices, NoticesError> {
    let after = after.map(|id| Place { read: false, id });
    found(ctx, actor, which, false, after, PAGE).await
}

/// Like `list`, unread ones first, at most `most`; `after` is the last one of the previous page and whether it was
/// read.
pub async fn unread_first(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    after: Option<(bool, NoticeId)>,
    most: u32,
) -> Result<Notices, NoticesError> {
    let after = after.map(|(read, id)| Place { read, id });
    found(ctx, actor, which, true, after, most).await
}

async fn found(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    unread_first: bool,
    after: Option<Place>,
    most: u32,
) -> Result<Notices, NoticesError> {
    let me = oneself(actor)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let mut found = rows::of_person(&mut snapshot, me, which, unread_first, after, most.saturating_add(1)).await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().map(|row| row.id).filter(|_| more);
    let unread = rows::unread(&mut snapshot, me).await?;
    let notices = found.into_iter().map(|row| to_view(ctx, actor, row)).collect();
    Ok(Notices { now: ctx.moment(ctx.now()), which, notices, unread, next })
}

/// The newest notices of `person` about `group` and its bookings.
pub(crate) async fn about_group(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    (person, group): (PersonId, GroupId),
) -> Result<Vec<NoticeView>, StoreError> {
    let found = rows::about_group(conn, person, group, OF_GROUP).await?;
    Ok(found.into_iter().map(|row| to_view(ctx, actor, row)).collect())
}

pub(crate) fn oneself(actor: &Actor) -> Result<PersonId, Forbidden> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    actor.person().ok_or(Forbidden::NotAllowed)
}

fn to_view(ctx: &Ctx, actor: &Actor, row: Row) -> NoticeView {
    let Row { id, body, told: message, read, archived, about, kind, title, who, note } = row;
    // One that another build wrote is like one that may not be seen.
    let notice = serde_json::from_str::<Notice>(&body).ok();
    let notice = notice.filter(|notice| sees(actor, notice, kind, title.as_deref()));
    let told_of = notice.map(|notice| {
        let moment = |at: Option<Millis>| at.map(|at| ctx.moment(at));
        NoticeContent {
            notice,
            about,
            title,
            who,
            note,
            starts: moment(notice.starts()),
            until: moment(notice.until()),
        }
    });
    NoticeView { id, told: told_of, at: ctx.moment(message), read, archived }
}

/// Whether `actor` may still see the subject of `notice`; `kind` is the type of its machine, if active, or of its
/// announcement, and `title` that of the announcement, unless it was withdrawn.
pub(crate) fn sees(actor: &Actor, notice: &Notice, kind: Option<TypeId>, title: Option<&str>) -> bool {
    let about = Target { person: None, kind, machine: notice.machine() };
    let is_there = kind.is_some() || (notice.machine().is_none() && notice.of_type().is_none());
    is_there
        && match notice.kind().seen_with() {
            Some(permission) => actor.may(permission, about),
            None if notice.announcement().is_some() => {
                title.is_some() && announcements::Audience::from(kind).reaches(actor)
            }
            None => true,
        }
}

/// Marks `only` this notice of the caller, or all of them, as read.
pub async fn read(ctx: &Ctx, actor: &Actor, only: Option<NoticeId>) -> Result<(), NoticesError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    ctx.store()
        .write(async move |tx| {
            theirs(tx.conn(), me, only).await?;
            rows::read(tx, me, only, now).await?;
            Ok(Done::unaudited((), Unaudited::OwnNotices))
        })
        .await
}

/// Marks a notice of the caller as read; returns the page it leads to.
pub async fn open(ctx: &Ctx, actor: &Actor, id: NoticeId) -> Result<String, NoticesError> {
    read(ctx, actor, Some(id)).await?;
    let me = oneself(actor)?;
    let row = rows::one(&mut *ctx.store().read().await?, me, id).await?.ok_or(NoticesError::Unknown)?;
    let notice = to_view(ctx, actor, row).told;
    Ok(notice.map_or_else(|| "/notices?show=all".to_owned(), |notice| notice.notice.link()))
}

/// Archives `only` this notice of the caller, or all read ones. Returns which, so that it can be undone; archiving
/// one again changes nothing.
pub async fn archive(ctx: &Ctx, actor: &Actor, only: Option<NoticeId>) -> Result<Vec<NoticeId>, NoticesError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    ctx.store()
        .write(async move |tx| {
            theirs(tx.conn(), me, only).await?;
            let gone = rows::archive(tx, me, only, now).await?;
            Ok(Done::unaudited(gone, Unaudited::OwnNotices))
        })
        .await
}

/// Fails where a notice is named that is not theirs.
async fn theirs(conn: &mut SqliteConnection, me: PersonId, only: Option<NoticeId>) -> Result<(), NoticesError> {
    match only {
        Some(id) if !rows::is_theirs(conn, me, id).await? => Err(NoticesError::Unknown),
        _ => Ok(()),
    }
}

/// Restores notices of the caller from the archive; returns how many.
pub async fn restore(ctx: &Ctx, actor: &Actor, which: Vec<NoticeId>) -> Result<u32, NoticesError> {
    let me = oneself(actor)?;
    if which.len() > AT_ONCE {
        return Err(NoticesError::TooMany);
    }
    ctx.store()
        .write(async move |tx| {
            let back = rows::restore(tx, me, &which).await?;
            Ok(Done::unaudited(back, Unaudited::OwnNotices))
        })
        .await
}

/// Follows or unfollows `machine` for the caller.
pub async fn follow(ctx: &Ctx, actor: &Actor, machine: MachineId, on: bool) -> Result<(), NoticesError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    actor.require(Permission::SeeFloor, Target::NONE)?;
    ctx.store()
        .write(async move |tx| {
            let remaining =
                machines::one(tx.conn(), machine).await?.filter(|remaining| remaining.archived.is_none());
            remaining.ok_or(NoticesError::UnknownMachine)?;
            let changed = rows::follow(tx, me, machine, on, now).await?;
            let reason = if changed { Unaudited::OwnNotices } else { Unaudited::NothingChanged };
            Ok(Done::unaudited((), reason))
        })
        .await
}

/// Whether the caller follows `machine`.
pub async fn follows(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<bool, NoticesError> {
    let me = oneself(actor)?;
    Ok(rows::follows(&mut *ctx.store().read().await?, me, machine).await?)
}
