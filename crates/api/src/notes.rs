//! Managers' notes about people.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::people::NoteView;
use domain::{
    actor::Permission,
    id::{NoteId, PersonId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{notes, requirements::PathTarget};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listNotes";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/notes", LIST, list)
            .may(&[(Permission::Notes, PathTarget::Person)])
            .about(
                Tag::People,
                "List notes about a person",
                "Lists the notes about a person, newest first. For managers and administrators. Notes about the caller are \
                 not listed; they are in the caller's data export.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::notes::NotesError>(&["person.unknown"]),
        Operation::post("/api/v1/people/{id}/notes", "writeNote", write)
            .may(&[(Permission::Notes, PathTarget::Person)])
            .about(
                Tag::People,
                "Add a note",
                "Adds a note for managers and administrators. It is deleted when the person is erased.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::At("/api/v1/notes"))
            .errors::<services::notes::NotesError>(&["person.unknown", "note.invalid"]),
        Operation::get("/api/v1/notes/{id}", "readNote", read)
            .about(Tag::People, "Get a note", "Returns the text and author of a note.")
            .needs(Scope::PeopleRead)
            .versioned()
            .errors::<services::notes::NotesError>(&["note.unknown"]),
        Operation::put("/api/v1/notes/{id}", "rewriteNote", rewrite)
            .may(&[(Permission::Notes, PathTarget::Space)])
            .about(Tag::People, "Update a note", "Replaces the text of a note.")
            .needs(Scope::PeopleWrite)
            .versioned()
            .errors::<services::notes::NotesError>(&["note.unknown", "note.invalid"]),
        Operation::delete("/api/v1/notes/{id}", "deleteNote", delete)
            .may(&[(Permission::Notes, PathTarget::Space)])
            .about(Tag::People, "Delete a note", "Deletes a note for everyone.")
            .needs(Scope::PeopleWrite)
            .versioned()
            .errors::<services::notes::NotesError>(&["note.unknown"]),
    ]
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteDetails {
    /// Its id.
    #[schema(example = 5)]
    id: i64,
    /// The text.
    #[schema(example = "Has the key to the yard.")]
    note: String,
    /// The author's name, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// When it was written.
    #[schema(format = DateTime)]
    written: String,
    /// When it was last edited.
    #[schema(format = DateTime)]
    edited: Option<String>,
    /// Its version, to be sent as `If-Match`.
    #[schema(example = 1)]
    version: i64,
}

fn to_view(note: NoteView) -> NoteDetails {
    NoteDetails {
        id: note.id.0,
        note: note.body,
        by: note.by,
        written: when(note.written),
        edited: note.edited.map(when),
        version: note.version,
    }
}

async fn list(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<NoteDetails>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = notes::of(&ctx, &actor, PersonId(id)).await?;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(to_view))
}

/// The content of a note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// The text.
    #[schema(min_length = 1, max_length = 1000, example = "Has the key to the yard.")]
    note: String,
}

async fn write(caller: Caller, Id(id): Id, Body(words): Body<NewNote>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let note = notes::write(&ctx, &actor, PersonId(id), &words.note).await?;
    Ok(Made::plain(note.0))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<NoteDetails>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let note = notes::one(&ctx, &actor, NoteId(id)).await?;
    let version = note.version;
    Ok(Versioned(to_view(note), version))
}

async fn rewrite(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(words): Body<NewNote>,
) -> Result<Versioned<NoteDetails>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    notes::rewrite(ctx, actor, NoteId(id), &words.note, seen).await?;
    read(caller, Id(id)).await
}

async fn delete(caller: Caller, Id(id): Id, Seen(seen): Seen) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    notes::delete(&ctx, &actor, NoteId(id), seen).await?;
    Ok(done())
}
