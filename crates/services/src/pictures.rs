//! Pictures of people and machines: taken in, made anew, shown.
//!
//! **Invariants.** What is kept is a JPEG that was made here: whatever else was in what somebody gave – places, other
//! files, script – is not in it. What it is says its content and never its name, and nothing is read before it is known to
//! be small enough. Of a machine that is put away, only those who care for it see what it looked like. Deliberately
//! absent: HTTP.

use crate::{
    Ctx,
    again::again,
    people::{PeopleError, may_edit},
    refusal,
};
use domain::{
    actor::{About, Actor, Forbidden, Permission, Proof},
    live::Hint,
    pictures::{BYTES, LONGEST, PIXELS, SIDE, SMALL, Subject, Unfit},
    problem::{Kind, Problem},
    time::Millis,
};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};
use serde_json::json;
use std::io::Cursor;
use store::{Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit, machines, people, pictures};
use text::Lang;
use tokio::sync::Semaphore;

/// Pictures that are read at once: each takes the memory of all its pixels.
static READING: Semaphore = Semaphore::const_new(1);
/// Bytes that reading one may take.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Of 100: more is not seen at this size.
const QUALITY: u8 = 85;

pub use store::pictures::Picture;

/// Why there is no picture, or it stays as it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PicturesError {
    /// There is none, or no such person or machine, or none that the asker may know of.
    #[error("there is none")]
    Unknown,
    /// It is not taken.
    #[error("it is not taken: {0:?}")]
    Unfit(Unfit),
    /// Whom it shows is more than the asker is.
    #[error("they are more than the asker")]
    Outranked,
    /// Not allowed.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PicturesError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Unknown => Problem::new("picture.unknown", Kind::NotFound, lang.picture_unknown()),
            Self::Unfit(unfit) => Problem::new(unfit.word(), Kind::Invalid, lang.form_fix())
                .field("picture", lang.picture_unfit(*unfit)),
            Self::Outranked => PeopleError::Outranked.problem(lang),
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

/// What it takes to see a picture, and to change it.
struct Terms {
    see: Permission,
    edit: Permission,
    about: About,
    /// What it would show is not there.
    missing: bool,
    /// What it shows is put away: it is seen by whoever may change it.
    away: bool,
}

impl Terms {
    async fn of(conn: &mut SqliteConnection, subject: Subject) -> Result<Self, StoreError> {
        let (see, edit, about, missing, away) = match subject {
            Subject::Person(id) => {
                (Permission::SeePerson, Permission::EditProfile, About::person(id), false, false)
            }
            Subject::Machine(id) => {
                let kept = machines::one(conn, id).await?;
                let about = kept.as_ref().map_or(About::NOTHING, |kept| About::equipment(kept.kind, Some(id)));
                let (missing, away) = (kept.is_none(), kept.is_some_and(|kept| kept.archived.is_some()));
                (Permission::SeeFloor, Permission::ChangeEquipment, about, missing, away)
            }
        };
        Ok(Self { see, edit, about, missing, away })
    }
}

fn name(subject: Subject) -> String {
    match subject {
        Subject::Person(id) => format!("person:{id}"),
        Subject::Machine(id) => format!("machine:{id}"),
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

/// Keeps what somebody gave as the picture of `subject`, in the place of the one before.
pub async fn set(
    ctx: &Ctx,
    actor: &Actor,
    subject: Subject,
    given: impl AsRef<[u8]> + Send + 'static,
) -> Result<(), PicturesError> {
    may_change(ctx, actor, subject).await?;
    let (body, small) = taken(given).await.map_err(PicturesError::Unfit)?;
    let (now, actor) = (ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let proof = again_of(tx, &actor, subject, now).await?;
            pictures::set(tx, subject, &body, &small, now).await.map_err(|error| match error {
                StoreError::Dangling => PicturesError::Unknown,
                error => error.into(),
            })?;
            tx.after_commit(hint(subject));
            let entry = audit::entry(tx, &proof, now, "picture.set", name(subject), &json!({})).await?;
            Ok(Done::audited((), entry))
        })
        .await
}

/// Takes the picture of `subject` away.
pub async fn remove(ctx: &Ctx, actor: &Actor, subject: Subject) -> Result<(), PicturesError> {
    may_change(ctx, actor, subject).await?;
    let (now, actor) = (ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let proof = again_of(tx, &actor, subject, now).await?;
            if !pictures::remove(tx, subject).await? {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            }
            tx.after_commit(hint(subject));
            let entry = audit::entry(tx, &proof, now, "picture.removed", name(subject), &json!({})).await?;
            Ok(Done::audited((), entry))
        })
        .await
}

/// The proof that the actor may still change the picture: of somebody who is there, and whose name they might change too.
async fn again_of(tx: &mut WriteTx, actor: &Actor, subject: Subject, now: Millis) -> Result<Proof, PicturesError> {
    let Terms { edit, about, missing, .. } = Terms::of(tx.conn(), subject).await?;
    let (actor, proof) = again::<PicturesError>(tx, actor, edit, about, now).await?;
    if missing {
        return Err(PicturesError::Unknown);
    }
    if let Subject::Person(id) = subject {
        let there = people::one(tx.conn(), id, now).await?.ok_or(PicturesError::Unknown)?;
        if there.erased_at.is_some() {
            return Err(PicturesError::Unknown);
        }
        if !may_edit(&actor, &there, now) {
            return Err(PicturesError::Outranked);
        }
    }
    Ok(proof)
}

/// Whether the asker may change the picture of `subject`, as far as that is known before one is there; asked before any of
/// it is read. Whom they may not see answers as one who does not exist.
pub async fn may_change(ctx: &Ctx, actor: &Actor, subject: Subject) -> Result<(), PicturesError> {
    let Terms { see, edit, about, .. } = Terms::of(&mut *ctx.store().read().await?, subject).await?;
    match actor.require(edit, about) {
        Err(Forbidden::NotAllowed) if !actor.may(see, about) => Err(PicturesError::Unknown),
        Err(why) => Err(why.into()),
        Ok(_) => Ok(()),
    }
}

const fn hint(subject: Subject) -> Hint {
    match subject {
        Subject::Person(id) => Hint::Person(id),
        Subject::Machine(id) => Hint::Machine(id),
    }
}

/// What is kept of what somebody gave: the picture, and a small one for lists.
pub(crate) async fn taken(given: impl AsRef<[u8]> + Send + 'static) -> Result<(Vec<u8>, Vec<u8>), Unfit> {
    if given.as_ref().is_empty() {
        return Err(Unfit::Nothing);
    }
    if given.as_ref().len() > BYTES {
        return Err(Unfit::Heavy);
    }
    // Closed never; one at a time.
    let _reading = READING.acquire().await;
    // What makes the reader panic is no picture.
    tokio::task::spawn_blocking(move || remake(given.as_ref())).await.unwrap_or(Err(Unfit::NoPicture))
}

/// The same picture, no larger than it is shown, upright, on white, and without anything that is not seen; and a small
/// one for lists.
fn remake(given: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Unfit> {
    let format = image::guess_format(given).map_err(|_| Unfit::NoPicture)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Unfit::NoPicture);
    }
    let reader = ImageReader::with_format(Cursor::new(given), format);
    let mut decoder = reader.into_decoder().map_err(|error| unread(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || width.max(height) > LONGEST {
        return Err(Unfit::Large);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    decoder.set_limits(limits).map_err(|error| unread(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| unread(&error))?;
    if width > SIDE || height > SIDE {
        picture = picture.resize(SIDE, SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let small = picture.thumbnail(SMALL, SMALL);
    Ok((written(&picture)?, written(&small)?))
}

const fn unread(error: &ImageError) -> Unfit {
    if matches!(error, ImageError::Limits(_)) { Unfit::Large } else { Unfit::NoPicture }
}

fn written(picture: &DynamicImage) -> Result<Vec<u8>, Unfit> {
    let mut made = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut made, QUALITY);
    on_white(picture).write_with_encoder(encoder).map_err(|_| Unfit::NoPicture)?;
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
