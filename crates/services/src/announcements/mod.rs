//! Announcements: managers inform everyone, or those qualified on a type, for a time.
//!
//! **Invariants.** Each recipient is notified once, when the announcement begins, in the job that begins it; its
//! author is not. Readers always see the current text; a withdrawn announcement shows none. Not here:
//! mail.
//!
//! `domain::announcements::Audience::reaches` alone decides who sees one. A timed job starts and ends them: one
//! statement notifies the whole audience, and one event makes all open pages refetch.

use crate::{Ctx, corrections, error, markdown, notices};
use contract::{
    announcements::{Announced, Announcement, AnnouncementRow, Announcements, Drafted, Edited},
    equipment::Shelved,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    announcements::{Audience, InvalidPeriod, Lasting, State, TEXT},
    id::{AnnouncementId, PersonId, TypeId},
    live::ChangeEvent,
    names::{self, Remark, TooLong, Unnamed},
    notices::Notice,
    people::PersonStatus,
    time::Millis,
    versions::Saved,
    zone::{Zone, from_rfc3339},
};
use macros::{FieldError, ServiceError};
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
    /// Fields of the form do not fit.
    #[problem("announcement.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// An invalid field of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// It has no title.
    #[field("title", announcement_no_title)]
    NoTitle,
    /// The title is longer than a name.
    #[field("title", announcement_long_title)]
    LongTitle,
    /// It contains control characters.
    #[field("title", name_invalid)]
    TitleControl,
    #[field("text", announcement_no_text)]
    NoText,
    /// More than [`TEXT`] characters.
    #[field("text", announcement_long_text(&TEXT.to_string()))]
    LongText,
    /// Unknown type, or one that cannot be qualified on.
    #[field("to", announcement_no_audience)]
    To,
    /// No day and time.
    #[field("from", announcement_no_time)]
    From,
    /// No day and time.
    #[field("until", announcement_no_time)]
    Until,
    /// It would end before it begins.
    #[field("until", announcement_empty)]
    Empty,
    /// It would be over already.
    #[field("until", announcement_over)]
    Over,
}

/// An announcement to be written.
#[derive(Debug, Clone)]
pub struct WriteAnnouncement(NewAnnouncement);

impl WriteAnnouncement {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        ctx: &Ctx,
        title: &str,
        text: &str,
        audience: Option<Audience>,
        from: Result<Option<Millis>, ValidationError>,
        until: Result<Option<Millis>, ValidationError>,
    ) -> Result<Self, Vec<ValidationError>> {
        let title = names::name(title).map_err(|fault| match fault {
            Unnamed::Empty => ValidationError::NoTitle,
            Unnamed::Long => ValidationError::LongTitle,
            Unnamed::Control => ValidationError::TitleControl,
        });
        let text = Remark::<TEXT>::new(text).map_err(|TooLong| ValidationError::LongText);
        let text = text.and_then(|text| text.ok_or(ValidationError::NoText));
        let audience = audience.ok_or(ValidationError::To);
        let lasting = match (from, until) {
            (Ok(from), Ok(until)) => Lasting::new(from, until, ctx.now()).map_err(|invalid| match invalid {
                InvalidPeriod::Empty => vec![ValidationError::Empty],
                InvalidPeriod::Over => vec![ValidationError::Over],
            }),
            (from, until) => Err(from.err().into_iter().chain(until.err()).collect()),
        };
        match (title, text, audience, lasting) {
            (Ok(title), Ok(text), Ok(audience), Ok(lasting)) => {
                Ok(Self(NewAnnouncement { title, text: text.as_str().to_owned(), audience, lasting }))
            }
            (title, text, audience, lasting) => {
                let faults = [title.err(), text.err(), audience.err()].into_iter().flatten();
                Err(faults.chain(lasting.err().unwrap_or_default()).collect())
            }
        }
    }
}

/// The form, as typed.
#[derive(Debug, Clone, Default)]
pub struct AnnouncementForm {
    pub title: String,
    pub text: String,
    /// The id of the type whose qualified it is for; empty is everybody.
    pub to: String,
    /// As [`moment`] parses it; empty is now.
    pub from: String,
    /// As above; empty is until withdrawal.
    pub until: String,
}

impl AnnouncementForm {
    /// The command, or all that is wrong with the fields.
    pub fn read(&self, ctx: &Ctx) -> Result<WriteAnnouncement, Vec<ValidationError>> {
        let audience = self.audience();
        let from = moment(ctx, &self.from, ValidationError::From);
        let until = moment(ctx, &self.until, ValidationError::Until);
        WriteAnnouncement::read(ctx, &self.title, &self.text, audience, from, until)
    }

    /// The audience; `None` if invalid.
    fn audience(&self) -> Option<Audience> {
        match self.to.trim() {
            "" => Some(Audience::Everybody),
            kind => kind.parse().ok().map(|kind| Audience::Qualified(TypeId(kind))),
        }
    }

    fn fields(self, version: i64) -> Saved {
        let Self { title, text, to, from, until } = self;
        Saved::new(version, vec![("title", title), ("text", text), ("to", to), ("from", from), ("until", until)])
    }
}

/// Parses an instant, `2026-11-20T14:05` by the clock of the space or RFC 3339; `None` if empty.
pub fn moment(ctx: &Ctx, input: &str, fault: ValidationError) -> Result<Option<Millis>, ValidationError> {
    match input.trim() {
        "" => Ok(None),
        input => {
            let read = from_rfc3339(input).or_else(|| corrections::instant(input, ctx.space().zone));
            read.map(Some).ok_or(fault)
        }
    }
}

/// The stored values, as the form sends them.
fn saved(announcement: &StoredAnnouncement, zone: Zone) -> Saved {
    let NewAnnouncement { title, text, audience, lasting } = &announcement.what;
    let local = |at| corrections::local(zone.moment(at));
    let input = AnnouncementForm {
        title: title.clone(),
        text: text.clone(),
        to: audience.of_type().map_or_else(String::new, |kind| kind.to_string()),
        from: local(lasting.from()),
        until: lasting.until().map_or_else(String::new, local),
    };
    input.fields(announcement.version)
}

/// All announcements for their editors, and the one `edited`.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    edited: Option<AnnouncementId>,
) -> Result<Announcements, AnnouncementsError> {
    actor.require(Permission::Announce, Target::NONE)?;
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
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    form: AnnouncementForm,
    version: i64,
) -> Result<Drafted, AnnouncementsError> {
    actor.require(Permission::Announce, Target::NONE)?;
    let text: String = names::remark(&form.text).chars().take(TEXT).collect();
    let readers = match form.audience() {
        Some(audience) => {
            let mut conn = ctx.store().read().await?;
            let readers = readers(&mut conn, audience, &[actor.person()], ctx.now()).await?;
            u32::try_from(readers.len()).ok()
        }
        None => None,
    };
    Ok(Drafted { html: markdown::rendered(&text), fields: form.fields(version), readers })
}

/// Announcements now visible to `actor`.
pub async fn showing(ctx: &Ctx, actor: &Actor) -> Result<Vec<Announced>, AnnouncementsError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    let row = rows::showing(&mut *ctx.store().read().await?, ctx.now()).await?;
    Ok(row.into_iter().filter(|row| row.what.audience.reaches(actor)).map(|row| to_view(ctx, row)).collect())
}

/// Announcements now visible to everybody: the wall has no particular reader.
pub async fn on_wall(ctx: &Ctx, actor: &Actor) -> Result<Vec<Announced>, AnnouncementsError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
    let row = rows::showing(&mut *ctx.store().read().await?, ctx.now()).await?;
    let public = row.into_iter().filter(|row| row.what.audience == Audience::Everybody);
    Ok(public.map(|row| to_view(ctx, row)).collect())
}

fn to_view(ctx: &Ctx, announcement: StoredAnnouncement) -> Announced {
    let NewAnnouncement { title, text, lasting, .. } = announcement.what;
    let html = markdown::rendered(&text);
    Announced { title, long: html.len() > LONG, html, until: lasting.until().map(|at| ctx.moment(at)) }
}

fn whole(ctx: &Ctx, actor: &Actor, announcement: StoredAnnouncement, now: Millis) -> Announcement {
    let state = announcement.state(now);
    let NewAnnouncement { title, text, audience, lasting } = announcement.what;
    Announcement {
        id: announcement.id,
        version: announcement.version,
        html: markdown::rendered(&text),
        title,
        text,
        to: audience.of_type(),
        from: ctx.moment(lasting.from()),
        until: lasting.until().map(|at| ctx.moment(at)),
        state,
        by: announcement.by.filter(|_| actor.may(Permission::Announce, Target::NONE)),
    }
}

/// Announcements now visible to `actor`, or those in another `state`, for editors.
pub async fn read_all(ctx: &Ctx, actor: &Actor, state: State) -> Result<Vec<Announcement>, AnnouncementsError> {
    let requested = if state == State::Showing { Permission::SeeWall } else { Permission::Announce };
    actor.require(requested, Target::NONE)?;
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let announcement = match state {
        State::Showing => rows::showing(&mut conn, now).await?,
        _ => rows::all(&mut conn, u32::MAX).await?,
    };
    let requested = |announcement: &StoredAnnouncement| {
        announcement.state(now) == state && announcement.what.audience.reaches(actor)
    };
    Ok(announcement
        .into_iter()
        .filter(requested)
        .map(|announcement| whole(ctx, actor, announcement, now))
        .collect())
}

/// An announcement visible to `actor`; invisible ones are for editors only.
pub async fn read(ctx: &Ctx, actor: &Actor, id: AnnouncementId) -> Result<Announcement, AnnouncementsError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
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
pub async fn write(
    ctx: &Ctx,
    actor: &Actor,
    new: Result<WriteAnnouncement, Vec<ValidationError>>,
) -> Result<AnnouncementId, AnnouncementsError> {
    let form = async { new.map_err(AnnouncementsError::Invalid) };
    ctx.change_with(actor, Permission::Announce, Target::NONE, form, async move |job, WriteAnnouncement(new)| {
        fits(job.tx.conn(), new.audience, None).await?;
        let by = job.by().await?;
        let id = rows::add(job.tx, &new, job.now, by).await?;
        begin(job.tx, id, job.proof.by(), job.now).await?;
        job.tx.after_commit(ChangeEvent::Announcements);
        job.audited(id, "announcement.written", id, &json!({})).await
    })
    .await
}

/// Saves an announcement over `version`, or returns the newer one. Notifies readers whom only the new version
/// addresses.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    id: AnnouncementId,
    version: i64,
    new: Result<WriteAnnouncement, Vec<ValidationError>>,
) -> Result<(), AnnouncementsError> {
    let zone = ctx.space().zone;
    // An outdated version is reported before invalid fields: the reader has to see the newer text first.
    ctx.change(actor, Permission::Announce, Target::NONE, async move |job| {
        let row = rows::one(job.tx.conn(), id).await?.ok_or(AnnouncementsError::Unknown)?;
        let before = saved(&row, zone);
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, id, before).await?;
            return Err(AnnouncementsError::Stale(signed));
        }
        if row.withdrawn {
            return Err(AnnouncementsError::Withdrawn);
        }
        let WriteAnnouncement(new) = new.map_err(AnnouncementsError::Invalid)?;
        fits(job.tx.conn(), new.audience, Some(row.what.audience)).await?;
        let after = saved(&StoredAnnouncement { what: new.clone(), ..row }, zone);
        let changed = after.changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::change(job.tx, id, &new).await?;
        begin(job.tx, id, job.proof.by(), job.now).await?;
        job.tx.after_commit(ChangeEvent::Announcements);
        let detail = json!({ "changed": changed.join(" ") });
        job.audited((), "announcement.changed", id, &detail).await
    })
    .await
}

/// Withdraws it: nobody sees it from now on. Or undoes that: it continues on its schedule.
pub async fn withdraw(
    ctx: &Ctx,
    actor: &Actor,
    id: AnnouncementId,
    away: bool,
) -> Result<Shelved, AnnouncementsError> {
    ctx.change(actor, Permission::Announce, Target::NONE, async move |job| {
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
    })
    .await
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
            is_there.then_some(()).ok_or_else(|| AnnouncementsError::Invalid(vec![ValidationError::To]))
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
