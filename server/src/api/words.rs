//! Closed lists as the description names them: their words, and what they say.
//!
//! Deliberately absent: the words themselves, which the domain spells.

use domain::{
    actor::{Door, Rank},
    cards::CardState,
    holds::HoldReason,
    people::{PersonStatus, Step},
    qualifications::{Cause, EntryKind, Relation},
    tokens::Scope,
};
use text::Lang;
use utoipa::openapi::{
    RefOr,
    schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type},
};

fn list(about: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(Some(about)).into()
}

/// Where somebody stands.
pub fn status() -> RefOr<Schema> {
    list("Where they stand with the workshop.", PersonStatus::ALL.iter().map(|word| word.word()))
}

/// What somebody is.
pub fn rank() -> RefOr<Schema> {
    list("What they are in the workshop as a whole.", Rank::ALL.iter().map(|word| word.word()))
}

/// What is done to where somebody stands.
pub fn step() -> RefOr<Schema> {
    list("What is done to where they stand.", Step::ALL.iter().map(|word| word.word()))
}

/// Whether a card opens anything.
pub fn card() -> RefOr<Schema> {
    list("Whether it opens anything.", CardState::ALL.iter().map(|word| word.word()))
}

/// As what.
pub fn relation() -> RefOr<Schema> {
    list("As what: who may use it, train others on it, or owns it.", Relation::ALL.iter().map(|word| word.word()))
}

/// What an entry of the ledger says.
pub fn entry() -> RefOr<Schema> {
    list("What it says.", EntryKind::ALL.iter().map(|word| word.word()))
}

/// Why it was said.
pub fn cause() -> RefOr<Schema> {
    list("Why.", Cause::ALL.iter().map(|word| word.word()))
}

/// Why somebody is held.
pub fn hold() -> RefOr<Schema> {
    list("Why.", HoldReason::ALL.iter().map(|word| word.word()))
}

/// How somebody came in.
pub fn door() -> RefOr<Schema> {
    list("How they came in.", Door::ALL.iter().map(|word| word.word()))
}

/// In which language somebody reads.
pub fn language() -> RefOr<Schema> {
    list(
        "In which language they are written to; the asker's where it is left out.",
        Lang::ALL.into_iter().map(Lang::tag),
    )
}

/// What may be done to where somebody stands.
pub fn steps() -> RefOr<Schema> {
    let one =
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Step::ALL.iter().map(|word| word.word())));
    ArrayBuilder::new().items(one).description(Some("What the asker may do to where they stand.")).into()
}

/// What a token is for, if it is one.
pub fn scopes() -> RefOr<Schema> {
    let one = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Scope::ALL.iter().map(|word| word.word())));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(one)
        .description(Some("What the token may be used for; null for a session, which may be used for everything."))
        .into()
}
