//! Documents, as pages send them.

use super::operations::{fields, run};
use contract::{
    documents::{
        CreateDocument, ListPersonDocuments, ListSigners, PersonDocuments, PublishDocument, PublishOutcome,
        ReadDocument, ShowDocument, SignDocument, SignaturesChange, Signers, Signing, TickPapers,
        WithdrawSignatures,
    },
    form::Fields,
};
use domain::{
    actor::Actor,
    id::{DocumentId, PersonId},
};
use services::{Ctx, documents::DocumentsError};

/// Creates a document of this kind for `space`, a type or a machine, without publishing it.
pub async fn create(ctx: &Ctx, actor: &Actor, kind: &str, on: &str, others: &[(&str, &str)]) -> DocumentId {
    let mut sent = vec![("title", "House rules"), ("kind", kind), ("on", on), ("text", "Clean **up**.")];
    sent.extend(others);
    run(ctx, actor, CreateDocument {}, fields(&sent)).await.unwrap().id
}

/// Publishes the saved text over the current version.
pub async fn publish(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    sent: &[(&str, &str)],
) -> Result<PublishOutcome, DocumentsError> {
    let version = run(ctx, actor, ReadDocument { id }, Fields::default()).await?.version;
    run(ctx, actor, PublishDocument { id, version }, fields(sent)).await
}

/// A published document that counts at once.
pub async fn in_force(ctx: &Ctx, actor: &Actor, kind: &str, on: &str, others: &[(&str, &str)]) -> DocumentId {
    let id = create(ctx, actor, kind, on, others).await;
    publish(ctx, actor, id, &[]).await.unwrap();
    id
}

pub async fn sign_as(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    version: i64,
    name: &str,
) -> Result<Signing, DocumentsError> {
    run(ctx, actor, SignDocument { id, version }, fields(&[("name", name), ("agreed", "yes")])).await
}

/// Signs the newest edition.
pub async fn sign(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<Signing, DocumentsError> {
    let newest = run(ctx, actor, ShowDocument { id }, Fields::default()).await?.newest;
    sign_as(ctx, actor, id, newest.into(), "Ada").await
}

pub async fn tick(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    people: &str,
) -> Result<SignaturesChange, DocumentsError> {
    run(ctx, actor, TickPapers { id }, fields(&[("people", people)])).await
}

pub async fn withdraw(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    people: &str,
) -> Result<SignaturesChange, DocumentsError> {
    run(ctx, actor, WithdrawSignatures { id }, fields(&[("people", people)])).await
}

pub async fn signers(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<Signers, DocumentsError> {
    run(ctx, actor, ListSigners { id }, Fields::default()).await
}

pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<PersonDocuments, DocumentsError> {
    run(ctx, actor, ListPersonDocuments { person }, Fields::default()).await
}
