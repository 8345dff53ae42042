//! The module editor of managers: text, videos, publishing editions, ordering, archiving.
//!
//! **Invariants.** Title, description and questions take effect as saved; the video is that of the published
//! edition until the next is published. A video's length is read from its file or set by an administrator: never
//! by a manager or a viewer. Publishing an edition that must be completed again notifies those who completed an
//! earlier one.

use super::{TrainingError, ValidationError, questions::picture_src, requirements::required_of, video};
use crate::{
    Ctx, error, markdown,
    uploads::{Upload, UploadError},
};
use contract::{
    equipment::Shelved,
    training::{EditedQuestion, Edition, ModuleRow, Modules, Sheet},
};
use domain::{
    actor::{Actor, Permission, Target},
    id::ModuleId,
    live::ChangeEvent,
    names::{self, Remark, TooLong, Unnamed},
    notices::Notice,
    time::Date,
    training::{
        ABOUT, Length, YouTubeId,
        captions::{self, CAPTIONS, CaptionsFault},
        clock,
        quiz::QUESTIONS,
    },
    versions::Saved,
};
use serde_json::json;
use std::io::{self, Read};
use store::{
    Done, SqliteConnection, Unaudited,
    training::{self as rows, NewModule, Shows, quiz as tries},
};
use tokio::task::spawn_blocking;

#[derive(Debug, Clone)]
pub struct DescribeModule(pub(super) NewModule);

impl DescribeModule {
    /// Validates the fields of a form or a request, or returns all errors. `about` is Markdown, `request` the
    /// number of questions in one quiz: `None` is all.
    pub fn read(
        title: &str,
        about: &str,
        request: Result<Option<u32>, ValidationError>,
    ) -> Result<Self, Vec<ValidationError>> {
        let title = names::name(title).map_err(|fault| match fault {
            Unnamed::Empty => ValidationError::NoTitle,
            Unnamed::Long => ValidationError::LongTitle,
            Unnamed::Control => ValidationError::TitleControl,
        });
        let about = Remark::<ABOUT>::new(about).map_err(|TooLong| ValidationError::LongAbout);
        let about = about.map(|about| about.map_or_else(String::new, |about| about.as_str().to_owned()));
        let fits =
            |request: &u32| *request > 0 && usize::try_from(*request).is_ok_and(|request| request <= QUESTIONS);
        let request = match request {
            Ok(request) if request.as_ref().is_none_or(fits) => Ok(request),
            _ => Err(ValidationError::InUse),
        };
        match (title, about, request) {
            (Ok(title), Ok(about), Ok(request)) => Ok(Self(NewModule { title, about, asked: request })),
            (title, about, request) => {
                Err([title.err(), about.err(), request.err()].into_iter().flatten().collect())
            }
        }
    }

    pub fn from_form(title: &str, about: &str, request: &str) -> Result<Self, Vec<ValidationError>> {
        let request = match request.trim() {
            "" => Ok(None),
            input => input.parse().map(Some).map_err(|_| ValidationError::InUse),
        };
        Self::read(title, about, request)
    }
}

fn saved(module: &rows::Module) -> Saved {
    let NewModule { title, about, asked: request } = module.what.clone();
    let request = request.map_or_else(String::new, |request| request.to_string());
    Saved::new(module.version, vec![("title", title), ("about", about), ("asked", request)])
}

/// Every module, for editors.
pub async fn modules(ctx: &Ctx, actor: &Actor) -> Result<Modules, TrainingError> {
    actor.require(Permission::EditTraining, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let required = rows::requirements(&mut snapshot).await?;
    let modules = rows::modules(&mut snapshot).await?.into_iter().map(|module| ModuleRow {
        id: module.id,
        required: required.iter().filter(|it| it.module == module.id).map(|it| it.on_name.clone()).collect(),
        title: module.what.title,
        archived: module.archived,
        published: module.published.is_some(),
        draft: module.draft.is_some(),
        questions: module.questions,
    });
    Ok(Modules { modules: modules.collect() })
}

/// A module in its editor.
pub async fn sheet(ctx: &Ctx, actor: &Actor, id: ModuleId) -> Result<Sheet, TrainingError> {
    actor.require(Permission::EditTraining, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::module(&mut snapshot, id).await?.ok_or(TrainingError::Unknown)?;
    let editions = rows::editions(&mut snapshot, id).await?;
    let captions = editions.first().and_then(|newest| newest.captions.clone()).unwrap_or_default();
    let editions = editions.into_iter().map(|edition| Edition {
        id: edition.id,
        number: edition.number,
        video: video(&edition),
        bytes: edition.file.as_ref().map(|file| file.bytes),
        length: edition.length,
        captions: edition.captions.is_some(),
        published: edition.published.map(|at| ctx.moment(at)),
        redo_by: edition.redo_by.map(|at| ctx.moment(at)),
    });
    let editions = editions.collect();
    let questions = tries::questions(&mut snapshot, id).await?.into_iter().map(|question| EditedQuestion {
        id: question.id,
        kind: question.kind,
        picture: question.picture.map(|added| picture_src(question.id, added)),
        ask: question.ask,
        why: question.why,
        answers: question.answers.into_iter().map(|(_, words, right)| (words, right)).collect(),
        given: question.given,
        right: question.right,
    });
    let questions = questions.collect();
    let required = required_of(&mut snapshot, id).await?;
    let completed = rows::completed_before(&mut snapshot, id).await?.len();
    Ok(Sheet {
        now: ctx.moment_now(),
        id,
        archived: row.archived,
        saved: saved(&row),
        html: markdown::rendered(&row.what.about),
        editions,
        captions,
        questions,
        required,
        sets_length: actor.may(Permission::SetLength, Target::NONE),
        completed: completed.try_into().unwrap_or(u32::MAX),
    })
}

/// Adds a module, to be given a video and published.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    new: Result<DescribeModule, Vec<ValidationError>>,
) -> Result<ModuleId, TrainingError> {
    let form = async { new.map_err(TrainingError::Invalid) };
    ctx.change_with(actor, Permission::EditTraining, Target::NONE, form, async move |job, DescribeModule(new)| {
        free_title(job.tx.conn(), None, &new.title).await?;
        let id = rows::add(job.tx, &new).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited(id, "module.added", id, &json!({})).await
    })
    .await
}

/// Whether no other module than `own` has this title.
async fn free_title(conn: &mut SqliteConnection, own: Option<ModuleId>, title: &str) -> Result<(), TrainingError> {
    let all = rows::modules(conn).await?;
    if all.iter().any(|module| Some(module.id) != own && module.what.title == title) {
        return Err(TrainingError::Invalid(vec![ValidationError::TitleTaken]));
    }
    Ok(())
}

/// Saves it over `version`, or returns the newer one.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    id: ModuleId,
    version: i64,
    new: Result<DescribeModule, Vec<ValidationError>>,
) -> Result<(), TrainingError> {
    let zone = ctx.space().zone;
    // An outdated version is reported before invalid fields: the reader has to see the newer text first.
    ctx.change(actor, Permission::EditTraining, Target::NONE, async move |job| {
        let row = rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
        let before = saved(&row);
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, id, before).await?;
            return Err(TrainingError::Stale(signed));
        }
        let DescribeModule(new) = new.map_err(TrainingError::Invalid)?;
        let after = saved(&rows::Module { what: new.clone(), ..row });
        let changed = after.changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        free_title(job.tx.conn(), Some(id), &new.title).await?;
        rows::change(job.tx, id, &new).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited((), "module.changed", id, &json!({ "changed": changed.join(" ") })).await
    })
    .await
}

/// Archives a module: it is no longer required. Or restores it.
pub async fn archive(ctx: &Ctx, actor: &Actor, id: ModuleId, away: bool) -> Result<Shelved, TrainingError> {
    ctx.change(actor, Permission::EditTraining, Target::NONE, async move |job| {
        let row = rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
        let done = Shelved::new(id.0, row.what.title, away);
        if row.archived == away {
            return Ok(Done::unaudited(done, Unaudited::NothingChanged));
        }
        rows::archive(job.tx, id, away.then_some(job.now)).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let action = if away { "module.archived" } else { "module.restored" };
        job.audited(done, action, id, &json!({})).await
    })
    .await
}

/// Moves a module one place up, or down.
pub async fn arrange(ctx: &Ctx, actor: &Actor, id: ModuleId, up: bool) -> Result<(), TrainingError> {
    ctx.change(actor, Permission::EditTraining, Target::NONE, async move |job| {
        let all = rows::modules(job.tx.conn()).await?;
        let mut order: Vec<_> = all.iter().filter(|module| !module.archived).map(|module| module.id).collect();
        let at = order.iter().position(|known| *known == id).ok_or(TrainingError::Unknown)?;
        let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < order.len()) };
        let Some(to) = to else { return Ok(Done::unaudited((), Unaudited::NothingChanged)) };
        order.swap(at, to);
        rows::arrange(job.tx, &order).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited((), "module.moved", id, &json!({ "up": up })).await
    })
    .await
}

/// A change of the next edition's video.
#[derive(Debug, Clone)]
pub struct ShowVideo {
    /// `None` leaves it unchanged.
    youtube: Option<YouTubeId>,
    /// Set by an administrator; `None` leaves it unchanged.
    length: Option<Length>,
}

impl ShowVideo {
    /// The command in the fields of a form or a request, or all that is wrong with them. `youtube` is an id or an
    /// address there.
    pub fn read(
        youtube: &str,
        length: Result<Option<Length>, ValidationError>,
    ) -> Result<Self, Vec<ValidationError>> {
        let youtube = match youtube.trim() {
            "" => Ok(None),
            input => YouTubeId::parse(input).map(Some).ok_or(ValidationError::YouTube),
        };
        match (youtube, length) {
            (Ok(youtube), Ok(length)) => Ok(Self { youtube, length }),
            (youtube, length) => Err([youtube.err(), length.err()].into_iter().flatten().collect()),
        }
    }

    /// Validates the form, with a length as `21:24`.
    pub fn from_form(youtube: &str, length: &str) -> Result<Self, Vec<ValidationError>> {
        let length = match length.trim() {
            "" => Ok(None),
            input => Length::parse(input).map(Some).ok_or(ValidationError::Length),
        };
        Self::read(youtube, length)
    }
}

/// Sets the video of the next edition, or its length. A `YouTube` video of an earlier edition keeps its length; a
/// manager's new one waits for an administrator to set it.
pub async fn set_video(
    ctx: &Ctx,
    actor: &Actor,
    id: ModuleId,
    new: Result<ShowVideo, Vec<ValidationError>>,
) -> Result<(), TrainingError> {
    let about = Target::NONE;
    let form = async {
        let new = new.map_err(TrainingError::Invalid)?;
        if new.length.is_some() {
            actor.require(Permission::SetLength, about)?;
        }
        Ok(new)
    };
    ctx.change_with(
        actor,
        Permission::EditTraining,
        about,
        form,
        async move |job, ShowVideo { youtube, length }| {
            let sets_length = job.actor.require(Permission::SetLength, about);
            if length.is_some() {
                sets_length?;
            }
            rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
            let draft = rows::draft(job.tx, id).await?;
            let before = rows::edition(job.tx.conn(), draft).await?.ok_or(TrainingError::Unknown)?;
            let another =
                youtube.as_ref().map(YouTubeId::as_str).filter(|it| before.youtube.as_deref() != Some(*it));
            let known = match another {
                None => before.length,
                Some(youtube) => {
                    let editions = rows::editions(job.tx.conn(), id).await?;
                    let mut same = editions.iter().filter(|edition| edition.youtube.as_deref() == Some(youtube));
                    same.find_map(|edition| edition.length)
                }
            };
            let length = length.map(Length::ms).or(known);
            if another.is_some() && length.is_none() && sets_length.is_ok() {
                return Err(TrainingError::Invalid(vec![ValidationError::Length]));
            }
            let shows = Shows {
                youtube: youtube.as_ref().map(YouTubeId::as_str).or(before.youtube.as_deref()),
                file: before.file.as_ref().filter(|_| youtube.is_none()),
                length,
            };
            rows::show(job.tx, draft, &shows).await?;
            job.tx.after_commit(ChangeEvent::Space);
            let detail =
                json!({ "edition": before.number, "youtube": shows.youtube, "length": length.map(clock) });
            job.audited((), "module.video-set", id, &detail).await
        },
    )
    .await
}

/// The largest file of captions, in bytes, with the overhead of editors.
const CAPTIONS_FILE: u64 = 2 * CAPTIONS as u64;

/// Gives the next edition captions, as `WebVTT`.
pub async fn set_captions(ctx: &Ctx, actor: &Actor, id: ModuleId, input: &str) -> Result<(), TrainingError> {
    put_captions(ctx, actor, id, async { captions::read(input).map(Some).map_err(invalid_captions) }).await
}

/// As above, from a file.
pub async fn keep_captions(ctx: &Ctx, actor: &Actor, id: ModuleId, file: Upload) -> Result<(), TrainingError> {
    let captions = async {
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            file.take(CAPTIONS_FILE + 1).read_to_end(&mut bytes).map(|_| bytes)
        });
        let bytes = read.await.map_err(io::Error::other).and_then(|read| read).map_err(UploadError::from)?;
        if bytes.len() as u64 > CAPTIONS_FILE {
            return Err(invalid_captions(CaptionsFault::Large));
        }
        let text = String::from_utf8(bytes).map_err(|_| invalid_captions(CaptionsFault::NoText))?;
        captions::read(&text).map(Some).map_err(invalid_captions)
    };
    put_captions(ctx, actor, id, captions).await
}

/// Takes the captions of the next edition off.
pub async fn remove_captions(ctx: &Ctx, actor: &Actor, id: ModuleId) -> Result<(), TrainingError> {
    put_captions(ctx, actor, id, async { Ok(None) }).await
}

fn invalid_captions(fault: CaptionsFault) -> TrainingError {
    TrainingError::Invalid(vec![ValidationError::Captions(fault)])
}

async fn put_captions(
    ctx: &Ctx,
    actor: &Actor,
    id: ModuleId,
    captions: impl Future<Output = Result<Option<String>, TrainingError>>,
) -> Result<(), TrainingError> {
    ctx.change_with(actor, Permission::EditTraining, Target::NONE, captions, async move |job, captions| {
        let row = rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
        // Without a difference there is no new edition to publish.
        if let Some(newest) = row.draft.or(row.published) {
            let newest = rows::edition(job.tx.conn(), newest).await?.ok_or(TrainingError::Unknown)?;
            if newest.captions == captions {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            }
        }
        let draft = rows::draft(job.tx, id).await?;
        rows::caption(job.tx, draft, captions.as_deref()).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "on": captions.is_some() });
        job.audited((), "module.captioned", id, &detail).await
    })
    .await
}

/// Parses the day by which earlier editions expire: `2026-11-30`.
pub fn redo_day(input: &str) -> Result<Date, ValidationError> {
    Date::parse(input).ok().flatten().ok_or(ValidationError::RedoBy)
}

/// Publishes the next edition; with `redo_by`, it must be completed again by that day.
pub async fn publish(
    ctx: &Ctx,
    actor: &Actor,
    id: ModuleId,
    redo_by: Option<Result<Date, ValidationError>>,
) -> Result<(), TrainingError> {
    let (today, zone) = (ctx.today(), ctx.space().zone);
    let again = redo_by.is_some();
    let form = async {
        let day =
            redo_by.map(|day| day.ok().filter(|day| *day > today).ok_or(ValidationError::RedoBy)).transpose();
        day.map_err(|fault| TrainingError::Invalid(vec![fault]))
    };
    ctx.change_with(actor, Permission::EditTraining, Target::NONE, form, async move |job, redo_by| {
        let redo_by = redo_by.map(|day| zone.start_of(day));
        let row = rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
        if row.archived {
            return Err(TrainingError::Archived);
        }
        let draft = match row.draft {
            Some(draft) => draft,
            // The same once more, for people who should watch it again.
            None if again => rows::draft(job.tx, id).await?,
            None if row.published.is_some() => {
                rows::draft_for_quiz(job.tx, id).await?.ok_or(TrainingError::NothingNew)?
            }
            None => return Err(TrainingError::NoVideo),
        };
        let edition = rows::edition(job.tx.conn(), draft).await?.ok_or(TrainingError::Unknown)?;
        if video(&edition).is_none() {
            return Err(TrainingError::NoVideo);
        }
        if edition.length.is_none() {
            return Err(TrainingError::NoLength);
        }
        let before = if redo_by.is_some() { rows::completed_before(job.tx.conn(), id).await? } else { Vec::new() };
        rows::publish(job.tx, draft, job.now, redo_by).await?;
        if let Some(by) = redo_by {
            for person in before {
                job.notify(person, Notice::TrainingAgain { module: id, edition: draft, by, ahead: None }).await?;
            }
        }
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "edition": edition.number, "redo_by": redo_by });
        job.audited((), "module.published", id, &detail).await
    })
    .await
}
