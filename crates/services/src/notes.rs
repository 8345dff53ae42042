//! What managers note about somebody, for each other: on nobody's page but a manager's, and in what somebody takes along
//! of themselves.
//!
//! **Invariant.** The words are a remark and go with the person; no record holds them. A note that somebody rewrote
//! meanwhile is not written over.

use crate::{Ctx, again::again, refusal};
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    id::{NoteId, PersonId},
    live::Hint,
    names,
    people::{NoteView, REMARK},
    problem::{Kind, Problem},
    versions::Saved,
};
use serde_json::json;
use store::{Done, SqliteConnection, StoreError, audit, notes, people};
use text::Lang;

/// Why nothing was noted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotesError {
    /// There is no such person.
    #[error("there is no such person")]
    UnknownPerson,
    /// There is no such note.
    #[error("there is no such note")]
    Unknown,
    /// Nothing was written.
    #[error("nothing was written")]
    Empty,
    /// Too much was written.
    #[error("too much was written")]
    Long,
    /// Somebody rewrote it meanwhile.
    #[error("somebody rewrote it meanwhile")]
    Stale(Box<Saved>),
    /// Not allowed.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotesError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        let at_field =
            |message: String| Problem::new("note.invalid", Kind::Invalid, lang.form_fix()).field("note", message);
        match self {
            Self::UnknownPerson => Problem::new("person.unknown", Kind::NotFound, lang.person_unknown()),
            Self::Unknown => Problem::new("note.unknown", Kind::NotFound, lang.note_unknown()),
            Self::Empty => at_field(lang.note_empty().to_owned()),
            Self::Long => at_field(lang.note_long(&REMARK.to_string())),
            Self::Stale(saved) => refusal::stale(saved, lang),
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

/// The notes about `person`; `None` for who may not read them.
pub(crate) async fn about(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    person: PersonId,
) -> Result<Option<Vec<NoteView>>, StoreError> {
    // Nobody reads what is noted about themselves here: they take it along with all the rest.
    if actor.person() == Some(person) || !actor.may(Permission::Notes, About::person(person)) {
        return Ok(None);
    }
    let notes = notes::about(conn, person).await?.into_iter().map(|note| shown(ctx, note));
    Ok(Some(notes.collect()))
}

fn shown(ctx: &Ctx, note: notes::Note) -> NoteView {
    NoteView {
        id: note.id,
        body: note.body,
        by: note.by,
        written: ctx.moment(note.written),
        edited: note.edited.map(|at| ctx.moment(at)),
        version: note.version,
    }
}

/// The notes about `person`, the newest first.
pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Vec<NoteView>, NotesError> {
    actor.require(Permission::Notes, About::person(person))?;
    let mut snapshot = ctx.store().snapshot().await?;
    people::one(&mut snapshot, person, ctx.now()).await?.ok_or(NotesError::UnknownPerson)?;
    about(ctx, &mut snapshot, actor, person).await?.ok_or(NotesError::Forbidden(Forbidden::NotAllowed))
}

/// One note.
pub async fn one(ctx: &Ctx, actor: &Actor, note: NoteId) -> Result<NoteView, NotesError> {
    actor.require(Permission::Notes, About::NOTHING)?;
    let found = notes::one(&mut *ctx.store().read().await?, note).await?.filter(|note| is_for(actor, note));
    found.map(|note| shown(ctx, note)).ok_or(NotesError::Unknown)
}

/// What is noted about oneself answers as if it did not exist.
fn is_for(actor: &Actor, note: &notes::Note) -> bool {
    actor.person() != Some(note.person)
}

fn read(typed: &str) -> Result<String, NotesError> {
    let body = names::remark(typed);
    if body.is_empty() {
        Err(NotesError::Empty)
    } else if body.chars().count() > REMARK {
        Err(NotesError::Long)
    } else {
        Ok(body)
    }
}

/// Notes something about `person`.
pub async fn write(ctx: &Ctx, actor: &Actor, person: PersonId, typed: &str) -> Result<NoteId, NotesError> {
    let about = About::person(person);
    actor.require(Permission::Notes, about)?;
    let (body, now, actor) = (read(typed)?, ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let (_, proof) = again::<NotesError>(tx, &actor, Permission::Notes, about, now).await?;
            let there = people::one(tx.conn(), person, now).await?.ok_or(NotesError::UnknownPerson)?;
            if there.erased_at.is_some() {
                return Err(NotesError::UnknownPerson);
            }
            let by = people::alias_of(tx, &proof, now).await?;
            let note = notes::write(tx, person, by, &body, now).await?;
            tx.after_commit(Hint::Person(person));
            let detail = json!({ "note": note });
            let entry = audit::entry(tx, &proof, now, "note.written", format!("person:{person}"), &detail).await?;
            Ok(Done::audited(note, entry))
        })
        .await
}

/// Puts other words in the place of version `version` of a note.
pub async fn rewrite(ctx: &Ctx, actor: &Actor, note: NoteId, typed: &str, version: i64) -> Result<(), NotesError> {
    let body = read(typed)?;
    change(ctx, actor, note, Some((body, version))).await
}

/// Deletes a note.
pub async fn delete(ctx: &Ctx, actor: &Actor, note: NoteId) -> Result<(), NotesError> {
    change(ctx, actor, note, None).await
}

async fn change(ctx: &Ctx, actor: &Actor, note: NoteId, becomes: Option<(String, i64)>) -> Result<(), NotesError> {
    actor.require(Permission::Notes, About::NOTHING)?;
    let (now, zone, actor) = (ctx.now(), ctx.space().zone, actor.clone());
    ctx.store()
        .write(async move |tx| {
            let (actor, proof) = again::<NotesError>(tx, &actor, Permission::Notes, About::NOTHING, now).await?;
            let there = notes::one(tx.conn(), note).await?.filter(|there| is_for(&actor, there));
            let there = there.ok_or(NotesError::Unknown)?;
            let person = there.person;
            let action = match becomes {
                Some((_, based_on)) if based_on != there.version => {
                    let saved = Saved::new(there.version, vec![("note", there.body)]);
                    let subject = format!("person:{person}");
                    return Err(NotesError::Stale(refusal::signed(tx.conn(), zone, &subject, saved).await?));
                }
                Some((body, _)) => {
                    notes::rewrite(tx, note, &body, now).await?;
                    "note.rewritten"
                }
                None => {
                    notes::delete(tx, note).await?;
                    "note.deleted"
                }
            };
            tx.after_commit(Hint::Person(person));
            let detail = json!({ "note": note });
            let entry = audit::entry(tx, &proof, now, action, format!("person:{person}"), &detail).await?;
            Ok(Done::audited((), entry))
        })
        .await
}
