//! Pictures of people, machines and rooms: accepted, re-encoded, served.
//!
//! **Invariants.** Only a JPEG encoded here is stored: anything else in the upload, such as locations, other files
//! or scripts, is left out. The format is judged by content and never by name, and nothing is read before it is
//! known to be small enough. Pictures of an archived machine or room are visible only to those who look after it.
//! Not here: HTTP.

mod decoding;

use crate::error::ServiceError;
use crate::{
    Ctx,
    change::{Begun, Job},
    directory::may_edit,
    uploads,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::PersonId,
    live::ChangeEvent,
    pictures::{BYTES, InvalidPicture, PLAN_SIDE, SIDE, SMALL, Subject},
    problem::{Kind, Problem},
};
use image::{DynamicImage, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};
use macros::ServiceError;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek},
};
use store::{Done, SqliteConnection, StoreError, Unaudited, floor_plans, machines, people, pictures, rooms};
use text::Lang;
use tokio::sync::Semaphore;

/// Pictures that are read at once: each takes the memory of all its pixels.
static READING: Semaphore = Semaphore::const_new(1);
/// In percent: more is not visible at this size.
const QUALITY: u8 = 85;

pub use store::pictures::Picture;

/// Why there is no picture, or it was not changed.
#[derive(Debug, Clone, ServiceError)]
pub enum PicturesError {
    /// No picture, unknown person or machine, or one hidden from the caller.
    #[problem("picture.unknown", NotFound, picture_unknown)]
    Unknown,
    /// It is not taken.
    #[problem(transparent)]
    Invalid(InvalidPicture),
    /// The person outranks the caller.
    #[problem("person.outranked", Forbidden, step_outranked)]
    Outranked,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError for InvalidPicture {
    fn problem(&self, lang: Lang) -> Problem {
        Problem::new(self.code(), Kind::Invalid, lang.form_fix()).field("picture", lang.picture_invalid(*self))
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        Self::ALL
            .iter()
            .filter(|invalid| invalid.code() == invalid.as_str())
            .map(|invalid| (Kind::Invalid, invalid.code()))
            .collect()
    }
}

/// The permissions to see and to change a picture.
struct Terms {
    see: Permission,
    edit: Permission,
    about: Target,
    /// The subject does not exist.
    missing: bool,
    /// The subject is archived: only its editors see the picture.
    away: bool,
}

impl Terms {
    async fn of(conn: &mut SqliteConnection, subject: Subject) -> Result<Self, StoreError> {
        let (see, edit, about, missing, away) = match subject {
            Subject::FloorPlan(id) => {
                let missing = !floor_plans::list(conn).await?.iter().any(|plan| plan.id == id);
                (Permission::SeeFloor, Permission::ChangeEquipment, Target::NONE, missing, false)
            }
            Subject::Room(id) => {
                let row = rooms::one(conn, id).await?;
                let (missing, away) = (row.is_none(), row.is_some_and(|row| row.archived.is_some()));
                (Permission::SeeBookings, Permission::ChangeEquipment, Target::NONE, missing, away)
            }
            Subject::Person(id) => {
                (Permission::SeePerson, Permission::EditProfile, Target::person(id), false, false)
            }
            Subject::Machine(id) => {
                let row = machines::one(conn, id).await?;
                let about = row.as_ref().map_or(Target::NONE, |row| Target::equipment(row.kind, Some(id)));
                let (missing, away) = (row.is_none(), row.is_some_and(|row| row.archived.is_some()));
                (Permission::SeeFloor, Permission::ChangeEquipment, about, missing, away)
            }
        };
        Ok(Self { see, edit, about, missing, away })
    }
}

/// The picture of `subject`; `small` for a list.
pub async fn get(ctx: &Ctx, actor: &Actor, subject: Subject, small: bool) -> Result<Picture, PicturesError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let Terms { see, edit, about, away, .. } = Terms::of(&mut snapshot, subject).await?;
    match actor.require(see, about) {
        Err(Forbidden::NotAllowed) => return Err(PicturesError::Unknown),
        proof => proof?,
    };
    if away && !actor.may(edit, about) {
        return Err(PicturesError::Unknown);
    }
    pictures::of(&mut snapshot, subject, small).await?.ok_or(PicturesError::Unknown)
}

/// The pictures of these people, by when each was added in milliseconds since 1970, as far as the actor may see
/// them.
pub(crate) async fn of_people(
    conn: &mut SqliteConnection,
    actor: &Actor,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, i64>, StoreError> {
    let seen = people.into_iter().filter(|&person| actor.may(Permission::SeePerson, Target::person(person)));
    let seen: BTreeSet<PersonId> = seen.collect();
    if seen.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = pictures::of_people(conn, &seen.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|(person, added)| (person, added.0)).collect())
}

/// Stores the picture of `subject`, replacing the previous one.
pub async fn set(
    ctx: &Ctx,
    actor: &Actor,
    subject: Subject,
    given: impl Read + Seek + Send + 'static,
) -> Result<(), PicturesError> {
    may_change(ctx, actor, subject).await?;
    let side = if matches!(subject, Subject::FloorPlan(_)) { PLAN_SIDE } else { SIDE };
    let (body, small) = scaled(given, side).await.map_err(PicturesError::Invalid)?;
    ctx.begin(actor, async move |begun| {
        let mut job = changing(begun, subject).await?;
        pictures::set(job.tx, subject, &body, &small, job.now).await.map_err(|error| match error {
            StoreError::Dangling => PicturesError::Unknown,
            error => error.into(),
        })?;
        job.tx.after_commit(hint(subject));
        job.audited((), "picture.set", subject, &json!({})).await
    })
    .await
}

/// Takes the picture of `subject` away.
pub async fn remove(ctx: &Ctx, actor: &Actor, subject: Subject) -> Result<(), PicturesError> {
    may_change(ctx, actor, subject).await?;
    ctx.begin(actor, async move |begun| {
        let mut job = changing(begun, subject).await?;
        if !pictures::remove(job.tx, subject).await? {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        job.tx.after_commit(hint(subject));
        job.audited((), "picture.removed", subject, &json!({})).await
    })
    .await
}

/// The job, if the actor may change the picture: the person must exist and the actor must be allowed to rename
/// them.
async fn changing(begun: Begun<'_>, subject: Subject) -> Result<Job<'_>, PicturesError> {
    let Terms { edit, about, missing, .. } = Terms::of(begun.tx.conn(), subject).await?;
    let job = begun.require(edit, about)?;
    if missing {
        return Err(PicturesError::Unknown);
    }
    if let Subject::Person(id) = subject {
        let there = people::one(job.tx.conn(), id, job.now).await?.ok_or(PicturesError::Unknown)?;
        if there.erased_at.is_some() {
            return Err(PicturesError::Unknown);
        }
        if !may_edit(&job.actor, &there, job.now) {
            return Err(PicturesError::Outranked);
        }
    }
    Ok(job)
}

/// Whether the caller may change the picture of `subject`; asked before the upload is read. Hidden people appear
/// as unknown.
pub async fn may_change(ctx: &Ctx, actor: &Actor, subject: Subject) -> Result<(), PicturesError> {
    let Terms { see, edit, about, .. } = Terms::of(&mut *ctx.store().read().await?, subject).await?;
    match actor.require(edit, about) {
        Err(Forbidden::NotAllowed) if !actor.may(see, about) => Err(PicturesError::Unknown),
        Err(why) => Err(why.into()),
        Ok(_) => Ok(()),
    }
}

const fn hint(subject: Subject) -> ChangeEvent {
    match subject {
        Subject::Person(id) => ChangeEvent::Person(id),
        Subject::Machine(id) => ChangeEvent::Machine(id),
        Subject::Room(_) | Subject::FloorPlan(_) => ChangeEvent::Bookings,
    }
}

/// The re-encoded picture, and a small one for lists.
pub(crate) async fn taken(given: impl Read + Seek + Send + 'static) -> Result<(Vec<u8>, Vec<u8>), InvalidPicture> {
    scaled(given, SIDE).await
}

/// The same with a longer side of at most `side` pixels.
async fn scaled(
    given: impl Read + Seek + Send + 'static,
    side: u32,
) -> Result<(Vec<u8>, Vec<u8>), InvalidPicture> {
    // Closed never; one at a time.
    let _reading = READING.acquire().await;
    // A file that makes the decoder panic is rejected.
    tokio::task::spawn_blocking(move || remake(given, side)).await.unwrap_or(Err(InvalidPicture::NoPicture))
}

/// Re-encodes a picture: scaled down, upright, on white, without metadata; and a small one for lists.
fn remake(mut given: impl Read + Seek, side: u32) -> Result<(Vec<u8>, Vec<u8>), InvalidPicture> {
    match uploads::length(&mut given) {
        Ok(0) => return Err(InvalidPicture::Nothing),
        Ok(length) if length > BYTES as u64 => return Err(InvalidPicture::Heavy),
        Ok(_) => {}
        Err(_) => return Err(InvalidPicture::NoPicture),
    }
    let (mut picture, orientation) = decoding::decode(given)?;
    // The smooth filter takes 16 bytes per pixel of each remaining line, so most of the scaling uses a coarse one.
    if picture.width().max(picture.height()) > 4 * side {
        picture = picture.thumbnail(2 * side, 2 * side);
    }
    if picture.width().max(picture.height()) > side {
        picture = picture.resize(side, side, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let small = picture.thumbnail(SMALL, SMALL);
    Ok((written(&picture)?, written(&small)?))
}

fn written(picture: &DynamicImage) -> Result<Vec<u8>, InvalidPicture> {
    let mut made = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut made, QUALITY);
    on_white(picture).write_with_encoder(encoder).map_err(|_| InvalidPicture::NoPicture)?;
    Ok(made)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0;
        Rgb([red, green, blue].map(|colour| over_white(colour, alpha)))
    })
}

fn over_white(colour: u8, alpha: u8) -> u8 {
    let (colour, alpha) = (u16::from(colour), u16::from(alpha));
    u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}
