//! Announcements: managers inform everyone, or those qualified on a type, for a time.
//!
//! **Invariants.** Each recipient is notified once, when the announcement begins, in the job that begins it; its
//! author is not. Readers always see the current text; a withdrawn announcement shows none. Not here:
//! mail.
//!
//! `domain::announcements::Audience::reaches` alone decides who sees one. A timed job starts and ends them: one
//! statement notifies the whole audience, and one event makes all open pages refetch.

use crate::{Ctx, change::Job, corrections, error, markdown, notices, serve::bind};
use contract::{
    announcements::{
        AnnouncementBanner, AnnouncementForm, AnnouncementList, AnnouncementRow, AnnouncementView,
        AnnouncementWritten, Announcements, AnnouncementsParams, Drafted, EditAnnouncements, Edited, Editing,
        ListAnnouncements, MoveAnnouncement, ReadAnnouncement, RestoreAnnouncement, SaveAnnouncement,
        WithdrawAnnouncement, Withdrawal, WriteAnnouncement,
    },
    equipment::Shelved,
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    announcements::{Audience, Lasting, State, TEXT},
    id::{AnnouncementId, PersonId},
    live::ChangeEvent,
    names,
    notices::Notice,
    people::PersonStatus,
    time::Millis,
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    announcements::{self as rows, NewAnnouncement, StoredAnnouncement},
    equipment,
};

/// Those that managers see on one page, the newest.
pub const PAGE: u32 = 100;
/// Longer texts, in bytes, are folded away next to other content.
const LONG: usize = 600;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum AnnouncementsError {
    /// Unknown announcement, or one hidden from the caller.
    #[problem("announcement.unknown", NotFound, announcement_unknown)]
    Unknown,
    /// It was withdrawn: take it back first.
    #[problem("announcement.withdrawn", Conflict, announcement_is_withdrawn)]
    Withdrawn,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("announcement.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error AnnouncementsError;
    EditAnnouncements {} with form, may Announce => list;
    ListAnnouncements {} with form, may SeeWall => read_all;
    WriteAnnouncement {} with form, may Announce, in job => write;
    ReadAnnouncement { id }, may SeeWall => read;
    SaveAnnouncement { id, version } with form, may Announce, in job => save;
    MoveAnnouncement { id } with form, may Announce, in job => move_to;
    WithdrawAnnouncement { id }, may Announce, in job => withdraw;
    RestoreAnnouncement { id }, may Announce, in job => restore;
}

/// The announcement in a form, as it is stored.
fn stored(form: AnnouncementForm, now: Millis) -> Result<NewAnnouncement, Faults> {
    let AnnouncementForm { title, text, to, from, until } = form;
    let lasting = Lasting::new(from, until, now);
    let lasting = lasting.map_err(|invalid| Faults::one("until", Fault::Period(invalid)))?;
    Ok(NewAnnouncement { title: title.into(), text: text.as_str().to_owned(), audience: to, lasting })
}

/// The fields of a form as typed, which a preview sends back.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub title: String,
    pub text: String,
    /// The id of the type whose qualified it is for; empty is everybody.
    pub to: String,
    pub from: String,
    pub until: String,
}

impl Draft {
    fn fields(self, version: i64) -> Saved {
        let Self { title, text, to, from, until } = self;
        Saved::new(version, vec![("title", title), ("text", text), ("to", to), ("from", from), ("until", until)])
    }
}

/// The stored values, as the form sends them.
fn saved(announcement: &StoredAnnouncement, zone: Zone) -> Saved {
    let NewAnnouncement { title, text, audience, lasting } = &announcement.what;
    let local = |at| corrections::local(zone.moment(at));
    let input = Draft {
        title: title.clone(),
        text: text.clone(),
        to: audience.of_type().map_or_else(String::new, |kind| kind.to_string()),
        from: local(lasting.from()),
        until: lasting.until().map_or_else(String::new, local),
    };
    input.fields(announcement.version)
}

/// All announcements for their editors, and the one `edited`.
async fn list(ctx: &Ctx, _: &Actor, Editing { edited }: Editing) -> Result<Announcements, AnnouncementsError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let edited = match edited {
        Some(id) => rows::one(&mut snapshot, id).await?,
        None => None,
    };
    let mut all = rows::all(&mut snapshot, PAGE).await?;
    all.sort_by_key(|row| row.state(now));
    let announcements = all.into_iter().map(|row| AnnouncementRow {
        id: row.id,
        state: row.state(now),
        to: row.to,
        from: ctx.moment(row.what.lasting.from()),
        until: row.what.lasting.until().map(|at| ctx.moment(at)),
        by: row.by,
        title: row.what.title,
    });
    let announcements = announcements.collect();
    let types = equipment::stored_types(&mut snapshot, None).await?;
    let types = types.into_iter().filter(|kind| kind.archived.is_none()).map(|kind| (kind.id, kind.name));
    let edited = edited.map(|row| Edited { id: row.id, state: row.state(now), saved: saved(&row, zone) });
    Ok(Announcements { now: ctx.moment(now), announcements, types: types.collect(), edited })
}

/// Renders the typed text over `version` and counts its readers. Errors are reported on saving; of an overlong
/// text the beginning is rendered.
pub async fn preview(ctx: &Ctx, actor: &Actor, draft: Draft, version: i64) -> Result<Drafted, AnnouncementsError> {
    actor.require(Permission::Announce, Target::NONE)?;
    let text: String = names::remark(&draft.text).chars().take(TEXT).collect();
    let readers = match Audience::parse(&draft.to) {
        Some(audience) => {
            let mut conn = ctx.store().read().await?;
            let readers = readers(&mut conn, audience, &[actor.person()], ctx.now()).await?;
            u32::try_from(readers.len()).ok()
        }
        None => None,
    };
    Ok(Drafted { html: markdown::rendered(&text), fields: draft.fields(version), readers })
}

/// Announcements now visible to `actor`.
pub async fn showing(ctx: &Ctx, actor: &Actor) -> Result<Vec<AnnouncementBanner>, AnnouncementsError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    let row = rows::showing(&mut *ctx.store().read().await?, ctx.now()).await?;
    Ok(row.into_iter().filter(|row| row.what.audience.reaches(actor)).map(|row| to_view(ctx, row)).collect())
}

/// Announcements now visible to everybody: the wall has no particular reader.
pub async fn on_wall(ctx: &Ctx, actor: &Actor) -> Result<Vec<AnnouncementBanner>, AnnouncementsError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
    let row = rows::showing(&mut *ctx.store().read().await?, ctx.now()).await?;
    let public = row.into_iter().filter(|row| row.what.audience == Audience::Everybody);
    Ok(public.map(|row| to_view(ctx, row)).collect())
}

fn to_view(ctx: &Ctx, announcement: StoredAnnouncement) -> AnnouncementBanner {
    let NewAnnouncement { title, text, lasting, .. } = announcement.what;
    let html = markdown::rendered(&text);
    AnnouncementBanner { title, long: html.len() > LONG, html, until: lasting.until().map(|at| ctx.moment(at)) }
}

fn whole(ctx: &Ctx, actor: &Actor, announcement: StoredAnnouncement, now: Millis) -> AnnouncementView {
    let state = announcement.state(now);
    let NewAnnouncement { title, text, audience, lasting } = announcement.what;
    AnnouncementView {
        id: announcement.id,
        version: announcement.version,
        html: markdown::rendered(&text),
        title,
        text,
        r#type: audience.of_type(),
        from: ctx.moment(lasting.from()),
        until: lasting.until().map(|at| ctx.moment(at)),
        state,
        by: announcement.by.filter(|_| actor.may(Permission::Announce, Target::NONE)),
    }
}

/// Announcements now visible to `actor`, or those in another `state`, for editors.
async fn read_all(
    ctx: &Ctx,
    actor: &Actor,
    AnnouncementsParams { state }: AnnouncementsParams,
) -> Result<AnnouncementList, AnnouncementsError> {
    let state = state.unwrap_or(State::Showing);
    if state != State::Showing {
        actor.require(Permission::Announce, Target::NONE)?;
    }
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let announcements = match state {
        State::Showing => rows::showing(&mut conn, now).await?,
        _ => rows::all(&mut conn, u32::MAX).await?,
    };
    let requested = |announcement: &StoredAnnouncement| {
        announcement.state(now) == state && announcement.what.audience.reaches(actor)
    };
    let announcements = announcements.into_iter().filter(requested);
    let announcements = announcements.map(|announcement| whole(ctx, actor, announcement, now));
    Ok(AnnouncementList { announcements: announcements.collect() })
}

/// An announcement visible to `actor`; invisible ones are for editors only.
async fn read(ctx: &Ctx, actor: &Actor, id: AnnouncementId) -> Result<AnnouncementView, AnnouncementsError> {
    let now = ctx.now();
    let announcement = rows::one(&mut *ctx.store().read().await?, id).await?;
    let reaches = |announcement: &StoredAnnouncement| {
        let is_shown = announcement.state(now) == State::Showing && announcement.what.audience.reaches(actor);
        is_shown || actor.may(Permission::Announce, Target::NONE)
    };
    announcement
        .filter(reaches)
        .map(|announcement| whole(ctx, actor, announcement, now))
        .ok_or(AnnouncementsError::Unknown)
}

/// Creates an announcement; one that starts now notifies its readers at once.
async fn write(
    job: &mut Job<'_>,
    form: AnnouncementForm,
) -> Result<Done<AnnouncementWritten>, AnnouncementsError> {
    let new = stored(form, job.now)?;
    fits(job.tx.conn(), new.audience, None).await?;
    let by = job.by().await?;
    let id = rows::add(job.tx, &new, job.now, by).await?;
    begin(job.tx, id, job.proof.by(), job.now).await?;
    job.tx.after_commit(ChangeEvent::Announcements);
    job.audited(AnnouncementWritten { id }, "announcement.written", id, &json!({})).await
}

/// Saves an announcement over `version`, or returns the newer one. Notifies readers whom only the new version
/// addresses.
async fn save(
    job: &mut Job<'_>,
    id: AnnouncementId,
    version: i64,
    form: Result<AnnouncementForm, Faults>,
) -> Result<Done<()>, AnnouncementsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(AnnouncementsError::Unknown)?;
    let before = saved(&row, job.zone);
    // An outdated version is reported before invalid fields: the reader has to see the newer text first.
    if !domain::versions::is_current(row.version, version) {
        let signed = error::signed(job.tx.conn(), job.zone, id, before).await?;
        return Err(AnnouncementsError::Stale(signed));
    }
    if row.withdrawn {
        return Err(AnnouncementsError::Withdrawn);
    }
    let new = stored(form?, job.now)?;
    fits(job.tx.conn(), new.audience, Some(row.what.audience)).await?;
    let after = saved(&StoredAnnouncement { what: new.clone(), ..row }, job.zone);
    let changed = after.changed_since(&before);
    if changed.is_empty() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    rows::change(job.tx, id, &new).await?;
    begin(job.tx, id, job.proof.by(), job.now).await?;
    job.tx.after_commit(ChangeEvent::Announcements);
    let detail = json!({ "changed": changed.join(" ") });
    job.audited((), "announcement.changed", id, &detail).await
}

/// Withdraws or restores it, as its page asks.
async fn move_to(
    job: &mut Job<'_>,
    id: AnnouncementId,
    Withdrawal { back }: Withdrawal,
) -> Result<Done<Shelved>, AnnouncementsError> {
    set_withdrawn(job, id, !back).await
}

/// Withdraws it: nobody sees it from now on.
async fn withdraw(job: &mut Job<'_>, id: AnnouncementId) -> Result<Done<Shelved>, AnnouncementsError> {
    set_withdrawn(job, id, true).await
}

/// Undoes that: it continues on its schedule.
async fn restore(job: &mut Job<'_>, id: AnnouncementId) -> Result<Done<Shelved>, AnnouncementsError> {
    set_withdrawn(job, id, false).await
}

async fn set_withdrawn(
    job: &mut Job<'_>,
    id: AnnouncementId,
    away: bool,
) -> Result<Done<Shelved>, AnnouncementsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(AnnouncementsError::Unknown)?;
    let done = Shelved::new(id.0, row.what.title.clone(), away);
    if row.withdrawn == away {
        return Ok(Done::unaudited(done, Unaudited::NothingChanged));
    }
    rows::withdraw(job.tx, id, away.then_some(job.now)).await?;
    begin(job.tx, id, job.proof.by(), job.now).await?;
    job.tx.after_commit(ChangeEvent::Announcements);
    let action = if away { "announcement.withdrawn" } else { "announcement.restored" };
    job.audited(done, action, id, &json!({})).await
}

/// Fails if the type cannot be qualified on or is archived, unless the announcement was for it `before`.
async fn fits(
    conn: &mut SqliteConnection,
    audience: Audience,
    before: Option<Audience>,
) -> Result<(), AnnouncementsError> {
    match audience {
        Audience::Qualified(kind) if before != Some(audience) => {
            let found = equipment::stored_types(conn, Some(kind)).await?;
            let is_there = found.iter().any(|kind| kind.archived.is_none());
            is_there.then_some(()).ok_or_else(|| Faults::one("to", Fault::Audience).into())
        }
        Audience::Everybody | Audience::Qualified(_) => Ok(()),
    }
}

/// Notifies the audience of an announcement that is now visible, except its author and the person who publishes
/// it.
async fn begin(tx: &mut WriteTx, id: AnnouncementId, by: Option<PersonId>, now: Millis) -> Result<(), StoreError> {
    let row = rows::one(tx.conn(), id).await?.filter(|row| !row.begun && row.state(now) == State::Showing);
    let Some(row) = row else { return Ok(()) };
    let people = readers(tx.conn(), row.what.audience, &[by, row.writer], now).await?;
    store::notices::tell_all(tx, &people, &Notice::Announced { announcement: id }, now).await?;
    rows::begun(tx, id, now).await
}

/// The people to notify of an announcement for `audience`, except its authors.
async fn readers(
    conn: &mut SqliteConnection,
    audience: Audience,
    own: &[Option<PersonId>],
    now: Millis,
) -> Result<Vec<PersonId>, StoreError> {
    let candidates = rows::candidates(conn, audience.of_type()).await?;
    let people = candidates
        .into_iter()
        .filter(|(person, _)| !own.contains(&Some(*person)))
        .map(|(person, ledger)| (person, notices::as_actor(person, PersonStatus::Active, ledger, now)))
        .filter_map(|(person, actor)| audience.includes(&actor).then_some(person));
    Ok(people.collect())
}

/// Publishes announcements that are due, and announces the end of others to open pages. Run by a timer; returns
/// how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    // Usually nothing is due, and the writer is left alone.
    if rows::due(&mut *ctx.store().read().await?, now).await?.is_empty() {
        return Ok(0);
    }
    ctx.store()
        .write(async move |tx| {
            let due = rows::due(tx.conn(), now).await?;
            for row in &due {
                match row.state(now) {
                    State::Showing => begin(tx, row.id, None, now).await?,
                    _ => rows::ended(tx, row.id, now).await?,
                }
            }
            if due.is_empty() {
                return Ok(Done::unaudited(0, Unaudited::NothingChanged));
            }
            tx.after_commit(ChangeEvent::Announcements);
            Ok(Done::unaudited(due.len(), Unaudited::Reminded))
        })
        .await
}
