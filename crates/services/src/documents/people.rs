//! Who signed a document, who has to, and the documents of a person.

use super::DocumentsError;
use crate::{Ctx, document_scopes::scopes_of, people::person_head};
use contract::documents::{
    PersonDocument, PersonDocuments, PersonDocumentsPage, SignatureView, Signatures, SignerView, Signers,
};
use domain::{
    actor::{Actor, Permission, Target},
    documents::{AskedDocument, is_same_name},
    id::{DocumentId, PersonId},
    time::{Millis, Moment},
    zone::to_rfc3339,
};
use std::collections::BTreeMap;
use store::{documents as rows, people};

/// The people of whom a document is asked, by name.
pub(super) async fn signers(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<Signers, DocumentsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, id).await?.ok_or(DocumentsError::Unknown)?;
    let signed = rows::signed(&mut snapshot, Some(id), None).await?;
    let scope = scopes_of(&mut snapshot, &signed).await?.pop();
    let wrote: BTreeMap<_, _> = rows::signatures(&mut snapshot, Some(id), None)
        .await?
        .into_iter()
        .filter(|one| one.withdrawn.is_none())
        .filter_map(|one| Some(((one.person, one.edition, one.signed), one.name?)))
        .collect();
    let active = rows::active(&mut snapshot, None).await?;
    let asked = active.into_iter().filter(|one| scope.as_ref().is_some_and(|scope| scope.asks(&one.ledger, now)));
    let mut people: Vec<_> = asked
        .filter_map(|one| {
            let asked = signed.first()?.of(one.id);
            let newest = asked.newest();
            let name = newest.and_then(|newest| wrote.get(&(one.id, newest.edition, newest.signed)));
            Some(SignerView {
                person: one.id,
                edition: newest.map(|newest| newest.edition),
                signed: newest.map(|newest| ctx.moment(newest.signed)),
                differs: name.filter(|name| !is_same_name(name, &one.name)).cloned(),
                until: until(&asked).map(|at| ctx.moment(at)),
                missing: asked.to_sign(now).is_some(),
                gap: asked.gap(now),
                name: one.name,
            })
        })
        .collect();
    people.sort_by_key(|one| (one.name.to_lowercase(), one.person));
    Ok(Signers {
        now: ctx.moment(now),
        document: id,
        state: row.state(now),
        title: row.what.title,
        kind: row.what.kind,
        people,
        may_change: actor.may(Permission::ManageDocuments, Target::NONE),
    })
}

/// When the newest signature lapses.
fn until(asked: &AskedDocument) -> Option<Millis> {
    asked.newest().and_then(|newest| asked.lapses_at(newest))
}

/// All signatures of a document, newest first.
pub(super) async fn signatures(ctx: &Ctx, _: &Actor, id: DocumentId) -> Result<Signatures, DocumentsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    rows::one(&mut snapshot, id).await?.ok_or(DocumentsError::Unknown)?;
    let stored = rows::signatures(&mut snapshot, Some(id), None).await?;
    let views = stored.into_iter().map(|one| SignatureView {
        id: one.id,
        person: one.person,
        name: one.profile,
        edition: one.edition,
        signed_as: one.name,
        signed: ctx.moment(one.signed),
        by: one.by,
        withdrawn: one.withdrawn.map(|at| ctx.moment(at)),
    });
    Ok(Signatures { signatures: views.collect() })
}

/// All signatures of a document as a table.
pub async fn table(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<String, DocumentsError> {
    actor.require(Permission::SeeDocuments, Target::NONE)?;
    let heading = ["person", "name", "version", "signed_as", "signed_at", "recorded_by", "withdrawn_at"];
    let at = |moment: Moment| to_rfc3339(moment.at).unwrap_or_default();
    let cells = signatures(ctx, actor, id).await?.signatures.into_iter().map(|one| {
        vec![
            one.person.to_string(),
            one.name.unwrap_or_default(),
            one.edition.to_string(),
            one.signed_as.unwrap_or_default(),
            at(one.signed),
            one.by.unwrap_or_default(),
            one.withdrawn.map(at).unwrap_or_default(),
        ]
    });
    Ok(domain::privacy::csv(&heading.map(ToOwned::to_owned), &cells.collect::<Vec<_>>()))
}

/// The documents that are asked of a person, and those that they signed.
pub(super) async fn of_person(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
) -> Result<PersonDocuments, DocumentsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    people::one(&mut snapshot, person, now).await?.ok_or(DocumentsError::UnknownPerson)?;
    let active = rows::active(&mut snapshot, Some(person)).await?.pop();
    let all: BTreeMap<_, _> = rows::all(&mut snapshot).await?.into_iter().map(|row| (row.id, row)).collect();
    let signed = rows::signed(&mut snapshot, None, Some(person)).await?;
    let scopes = scopes_of(&mut snapshot, &signed).await?;
    let mut documents: Vec<_> = signed
        .iter()
        .zip(scopes)
        .filter_map(|(document, scope)| {
            let asked = document.of(person);
            let is_asked = active.as_ref().is_some_and(|one| scope.asks(&one.ledger, now));
            let newest = asked.newest();
            let row = all.get(&asked.document).filter(|_| is_asked || newest.is_some())?;
            Some(PersonDocument {
                document: row.id,
                title: row.what.title.clone(),
                kind: row.what.kind,
                on_name: row.on_name.clone(),
                edition: newest.map(|newest| newest.edition),
                signed: newest.map(|newest| ctx.moment(newest.signed)),
                until: until(&asked).map(|at| ctx.moment(at)),
                to_sign: asked.to_sign(now).filter(|_| is_asked).map(|at| ctx.moment(at)),
                gap: asked.gap(now).filter(|_| is_asked),
            })
        })
        .collect();
    documents.sort_by_key(|one| (one.title.to_lowercase(), one.document));
    let may_change = actor.may(Permission::ManageDocuments, Target::NONE);
    Ok(PersonDocuments { now: ctx.moment(now), person, documents, may_change })
}

/// The same, below the head of the person's page.
pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
) -> Result<PersonDocumentsPage, DocumentsError> {
    let documents = of_person(ctx, actor, person).await?;
    let now = ctx.now();
    let them = people::one(&mut *ctx.store().read().await?, person, now).await?;
    let them = them.ok_or(DocumentsError::UnknownPerson)?;
    Ok(PersonDocumentsPage { head: person_head(ctx, actor, &them, now), documents })
}
