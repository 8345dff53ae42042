//! Reading and signing a document, and recording papers.
//!
//! Invariant: a signature names the edition that its signer was shown; if a newer one is published by then, it is refused.

use super::{DocumentsError, PEOPLE};
use crate::{Ctx, change::Job, markdown, sessions::is_in_person};
use contract::{
    documents::{DocumentText, PeopleForm, SignatureForm, SignaturesChange, Signing, TextParams},
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden},
    documents::{DocumentKind, Signed, is_same_name},
    id::{DocumentId, PersonId},
    live::ChangeEvent,
    notices::Notice,
};
use serde_json::json;
use store::{
    Done, Unaudited,
    audit::{self, AuditEntry},
    documents::{self as rows, NewSignature, StoredDocument},
    people,
};

/// The newest edition.
pub(super) async fn newest(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<DocumentText, DocumentsError> {
    read(ctx, actor, id, None).await
}

/// This edition.
pub(super) async fn edition(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    edition: i64,
) -> Result<DocumentText, DocumentsError> {
    read(ctx, actor, id, Some(edition)).await
}

/// The newest edition, or the one that the page's address names.
pub(super) async fn show(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    TextParams { edition }: TextParams,
) -> Result<DocumentText, DocumentsError> {
    read(ctx, actor, id, edition).await
}

/// An edition, the newest by default, with the caller's signature of it.
async fn read(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    edition: Option<i64>,
) -> Result<DocumentText, DocumentsError> {
    let now = ctx.now();
    let me = actor.person().ok_or(Forbidden::SignIn)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, id).await?.ok_or(DocumentsError::Unknown)?;
    let newest = row.edition.ok_or(DocumentsError::Unknown)?;
    let editions = rows::editions(&mut snapshot, id).await?;
    let wanted = edition.unwrap_or_else(|| newest.into());
    let shown =
        editions.into_iter().find(|one| i64::from(one.edition) == wanted).ok_or(DocumentsError::Unknown)?;
    let own = rows::signatures(&mut snapshot, Some(id), Some(me)).await?;
    let own = own.into_iter().find(|one| one.edition == shown.edition && one.withdrawn.is_none());
    let asked = rows::signed(&mut snapshot, Some(id), Some(me)).await?.pop().map(|document| document.of(me));
    let profile = people::one(&mut snapshot, me, now).await?.and_then(|me| me.name).unwrap_or_default();
    let until = asked.as_ref().zip(own.as_ref()).and_then(|(asked, own)| {
        asked.lapses_at(domain::documents::Signature { edition: own.edition, signed: own.signed })
    });
    let counts_for_good = own.is_some() && until.is_none();
    Ok(DocumentText {
        document: id,
        title: row.what.title,
        kind: row.what.kind,
        edition: shown.edition,
        newest,
        html: markdown::rendered(&shown.body),
        published: ctx.moment(shown.published),
        from: ctx.moment(shown.from),
        archived: row.archived,
        gap: asked.as_ref().and_then(|asked| asked.gap(now)),
        may_sign: !row.archived
            && row.what.kind == DocumentKind::Text
            && shown.edition == newest
            && !counts_for_good,
        signed_as: own.as_ref().and_then(|own| own.name.clone()),
        signed: own.as_ref().map(|own| ctx.moment(own.signed)),
        until: until.map(|at| ctx.moment(at)),
        own_name: profile,
        now: ctx.moment(now),
    })
}

/// Signs the edition `version` for the caller. Signing again changes nothing, unless the signature lapses.
pub(super) async fn sign(
    job: &mut Job<'_>,
    id: DocumentId,
    version: i64,
    form: Result<SignatureForm, Faults>,
) -> Result<Done<Signing>, DocumentsError> {
    let me = job.actor.person().ok_or(Forbidden::SignIn)?;
    let row = published(job, id, DocumentKind::Text).await?;
    is_in_person(&job.actor)?;
    let edition = row.edition.ok_or(DocumentsError::Unknown)?;
    if version != i64::from(edition) {
        return Err(DocumentsError::Replaced);
    }
    let SignatureForm { name, agreed } = form?;
    if !agreed {
        return Err(Faults::one("agreed", Fault::NotAgreed).into());
    }
    let profile = people::one(job.tx.conn(), me, job.now).await?.and_then(|me| me.name).unwrap_or_default();
    let done = Signing { edition, differs: !is_same_name(name.as_str(), &profile) };
    if has_for_good(job, id, me, edition).await? {
        return Ok(Done::unaudited(done, Unaudited::NothingChanged));
    }
    let new = NewSignature { document: id, edition, person: me, name: Some(name.as_str()), by: None };
    rows::sign(job.tx, new, job.now).await?;
    changed(job, me);
    job.audited(done, "document.signed", id, &json!({ "edition": edition })).await
}

/// A published document of this kind that is not archived.
async fn published(
    job: &mut Job<'_>,
    id: DocumentId,
    kind: DocumentKind,
) -> Result<StoredDocument, DocumentsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(DocumentsError::Unknown)?;
    let is_text = kind == DocumentKind::Text;
    // To those who sign, a draft does not exist.
    if row.edition.is_none() && is_text {
        return Err(DocumentsError::Unknown);
    }
    if row.archived {
        return Err(DocumentsError::Archived);
    }
    if row.what.kind != kind {
        return Err(if is_text { DocumentsError::Paper } else { DocumentsError::Text });
    }
    if row.edition.is_none() {
        return Err(DocumentsError::Unpublished);
    }
    Ok(row)
}

/// Whether `person` has a signature of this edition that never lapses.
async fn has_for_good(
    job: &mut Job<'_>,
    id: DocumentId,
    person: PersonId,
    edition: u32,
) -> Result<bool, DocumentsError> {
    let asked = rows::signed(job.tx.conn(), Some(id), Some(person)).await?.pop();
    let asked = asked.map(|document| document.of(person));
    Ok(asked.is_some_and(|asked| {
        let current = asked.signatures.iter().filter(|signature| signature.edition == edition);
        current.clone().any(|signature| asked.lapses_at(*signature).is_none())
            // Twice in one millisecond is one signature.
            || current.clone().any(|signature| signature.signed == job.now)
    }))
}

fn changed(job: &mut Job<'_>, person: PersonId) {
    job.tx.after_commit(ChangeEvent::Person(person));
    job.tx.after_commit(ChangeEvent::Documents);
}

/// Records the papers of these people.
pub(super) async fn tick(
    job: &mut Job<'_>,
    id: DocumentId,
    form: PeopleForm,
) -> Result<Done<SignaturesChange>, DocumentsError> {
    let people = chosen(job, form).await?;
    let row = published(job, id, DocumentKind::Paper).await?;
    let edition = row.edition.ok_or(DocumentsError::Unpublished)?;
    let asked = rows::signed(job.tx.conn(), Some(id), None).await?.pop();
    let (by, now) = (job.by().await?, job.now);
    let mut ticked = Vec::new();
    let mut entries = Vec::new();
    for person in people {
        let asked = asked.as_ref().map(|document| document.of(person));
        let is_done = asked.is_some_and(|asked| {
            matches!(asked.signed(now), Signed::Yes { until: None })
                && asked.newest().is_some_and(|signature| signature.edition == edition)
        });
        if is_done {
            continue;
        }
        rows::sign(job.tx, NewSignature { document: id, edition, person, name: None, by }, now).await?;
        let detail = json!({ "document": id, "edition": edition });
        entries.push(audit::entry(job.tx, &job.proof, now, "document.ticked", person, &detail).await?);
        changed(job, person);
        ticked.push(person);
    }
    Ok(ended(job, entries, SignaturesChange { people: ticked, withdrawn: false }))
}

/// Withdraws the signatures of these people, who are notified, or the record of their papers.
pub(super) async fn withdraw(
    job: &mut Job<'_>,
    id: DocumentId,
    form: PeopleForm,
) -> Result<Done<SignaturesChange>, DocumentsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(DocumentsError::Unknown)?;
    // A paper is unticked by mistake more often than because it is needed again.
    let told = row.edition.filter(|_| row.what.kind == DocumentKind::Text && !row.archived);
    let people = chosen(job, form).await?;
    let (by, now) = (job.by().await?, job.now);
    let mut withdrawn = Vec::new();
    let mut entries = Vec::new();
    for person in people {
        if rows::withdraw(job.tx, id, person, now, by).await? == 0 {
            continue;
        }
        let detail = json!({ "document": id });
        entries.push(audit::entry(job.tx, &job.proof, now, "document.withdrawn", person, &detail).await?);
        if let Some(edition) = told {
            let kind = row.what.kind;
            let notice = Notice::DocumentToSign { document: id, kind, edition, by: now, withdrawn: Some(now) };
            job.notify(person, notice).await?;
        }
        changed(job, person);
        withdrawn.push(person);
    }
    Ok(ended(job, entries, SignaturesChange { people: withdrawn, withdrawn: true }))
}

/// Ends the change with an audit entry for each person.
fn ended(job: &mut Job<'_>, entries: Vec<AuditEntry>, done: SignaturesChange) -> Done<SignaturesChange> {
    let mut entries = entries.into_iter();
    let Some(first) = entries.next() else { return Done::unaudited(done, Unaudited::NothingChanged) };
    entries.for_each(|entry| job.tx.followed(entry));
    Done::audited(done, first)
}

/// The people of a form, who all exist; no new records are made about erased ones.
async fn chosen(job: &mut Job<'_>, form: PeopleForm) -> Result<Vec<PersonId>, DocumentsError> {
    let mut people = form.people.0;
    people.sort_unstable();
    people.dedup();
    if people.is_empty() || people.len() > PEOPLE {
        return Err(DocumentsError::NobodyChosen);
    }
    for person in &people {
        let found = people::one(job.tx.conn(), *person, job.now).await?;
        found.filter(|one| one.erased_at.is_none()).ok_or(DocumentsError::UnknownPerson)?;
    }
    Ok(people)
}
