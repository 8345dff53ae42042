//! Documents: managers write and publish them, members sign them, and machines ask for them.
//!
//! **Invariants.** A published edition never changes. A signature is of the edition that its signer was shown, and only of the
//! newest one: publishing and signing are both write jobs, so none falls between. Not here: whether an unsigned document bars
//! a person from a machine, which the access decision says; nobody is exempt.

mod people;
mod reminders;
mod signing;

pub use people::table;
pub(crate) use reminders::remind;

use crate::{
    Ctx,
    change::Job,
    document_scopes::{scopes, scopes_of},
    error, markdown,
    serve::bind,
};
use contract::{
    documents::{
        Archival, ArchiveDocument, CreateDocument, DocumentCreated, DocumentDetails, DocumentEditor, DocumentForm,
        DocumentView, Documents, EditDocument, EditionView, ListDocuments, ListPersonDocuments, ListSignatures,
        ListSigners, MoveDocument, NewDocumentForm, Publication, PublishDocument, PublishOutcome, ReadDocument,
        ReadDocumentText, ReadEdition, ReadPersonDocuments, RestoreDocument, SaveDocument, ShowDocument,
        SignDocument, TickPapers, WithdrawSignatures,
    },
    equipment::Shelved,
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bounded::BoundedInteger,
    id::{DocumentId, PersonId},
    live::ChangeEvent,
    notices::Notice,
    qualifications::Subject,
    settings::At,
    time::Millis,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    documents::{self as rows, NewDocument, NewEdition, StoredDocument},
    qualifications,
};

/// People about whom something can be recorded at once.
const PEOPLE: usize = 500;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum DocumentsError {
    /// Unknown document, or one hidden from the caller.
    #[problem("document.unknown", NotFound, document_unknown)]
    Unknown,
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    #[problem("document.archived", Conflict, document_is_archived)]
    Archived,
    #[problem("document.unpublished", Conflict, document_unpublished)]
    Unpublished,
    /// Another edition was published since the signer read this one.
    #[problem("document.replaced", Conflict, document_replaced)]
    Replaced,
    /// It is handed in on paper.
    #[problem("document.paper", Conflict, document_is_paper)]
    Paper,
    /// Its signers sign it themselves.
    #[problem("document.text", Conflict, document_is_text)]
    Text,
    /// There is no text to publish.
    #[problem("document.empty", Conflict, document_empty)]
    Empty,
    /// Nobody is chosen, or too many are.
    #[problem("document.invalid", Invalid, at("people", document_nobody_chosen))]
    NobodyChosen,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("document.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error DocumentsError;
    ListDocuments {}, may SeeDocuments => list;
    CreateDocument {} with form, may ManageDocuments, in job => create;
    ReadDocument { id }, may SeeDocuments => read;
    EditDocument { id }, may ManageDocuments => edit;
    SaveDocument { id, version } with form, may ManageDocuments, in job => save;
    PublishDocument { id, version } with form, may ManageDocuments, in job => publish;
    MoveDocument { id } with form, may ManageDocuments, in job => move_to;
    ArchiveDocument { id }, may ManageDocuments, in job => archive;
    RestoreDocument { id }, may ManageDocuments, in job => restore;
    ReadDocumentText { id }, may SignDocuments => signing::newest;
    ReadEdition { id, edition }, may SignDocuments => signing::edition;
    ShowDocument { id } with form, may SignDocuments => signing::show;
    SignDocument { id, version } with form, may SignDocuments, in job => signing::sign;
    TickPapers { id } with form, may ManageDocuments, in job => signing::tick;
    WithdrawSignatures { id } with form, may ManageDocuments, in job => signing::withdraw;
    ListSigners { id }, may SeeDocuments => people::signers;
    ListSignatures { id }, may SeeDocuments => people::signatures;
    ListPersonDocuments { person }, may SeePerson about person(person), else UnknownPerson => people::of_person;
    ReadPersonDocuments { person }, may SeePerson about person(person), else UnknownPerson => people::page;
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What a document can be asked for, with names; the space is not among them.
async fn subjects(conn: &mut SqliteConnection) -> Result<Vec<(String, String)>, StoreError> {
    let all = qualifications::equipment(conn, None).await?;
    let usable = all.into_iter().filter(|one| !one.archived && one.built_in.is_none());
    let named = usable.map(|one| {
        let at = match one.subject {
            Subject::Type(kind) => At::Type(kind),
            Subject::Machine(machine) => At::Machine(machine),
        };
        (at.to_string(), one.name)
    });
    Ok(named.collect())
}

/// All documents with their counts.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Documents, DocumentsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let signed = rows::signed(&mut snapshot, None, None).await?;
    let scopes = scopes_of(&mut snapshot, &signed).await?;
    let people = rows::active(&mut snapshot, None).await?;
    let counts = |id: DocumentId| {
        let Some((document, scope)) =
            signed.iter().zip(&scopes).find(|(document, _)| document.asked.document == id)
        else {
            return (0, 0);
        };
        let asked: Vec<_> = people.iter().filter(|one| scope.asks(&one.ledger, now)).collect();
        let missing = asked.iter().filter(|one| document.of(one.id).to_sign(now).is_some()).count();
        (count(asked.len() - missing), count(missing))
    };
    let mut documents: Vec<_> = rows::all(&mut snapshot)
        .await?
        .into_iter()
        .map(|row| {
            let (signed, missing) = counts(row.id);
            DocumentView {
                id: row.id,
                version: row.version,
                state: row.state(now),
                kind: row.what.kind,
                on: row.what.at.to_string(),
                on_name: row.on_name,
                edition: row.edition,
                published: row.published.map(|at| ctx.moment(at)),
                lapse: row.what.lapse.map(u32::from),
                title: row.what.title,
                signed,
                missing,
            }
        })
        .collect();
    documents.sort_by_key(|document| (document.title.to_lowercase(), document.id));
    let subjects = subjects(&mut snapshot).await?;
    let may_change = actor.may(Permission::ManageDocuments, Target::NONE);
    Ok(Documents { now: ctx.moment(now), documents, subjects, may_change })
}

/// A document with its editions, and how many people its next one concerns.
async fn read(ctx: &Ctx, _: &Actor, id: DocumentId) -> Result<DocumentDetails, DocumentsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, id).await?.ok_or(DocumentsError::Unknown)?;
    details(ctx, &mut snapshot, row).await
}

async fn details(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    row: StoredDocument,
) -> Result<DocumentDetails, DocumentsError> {
    let now = ctx.now();
    let editions = rows::editions(conn, row.id).await?.into_iter().map(|edition| EditionView {
        edition: edition.edition,
        html: markdown::rendered(&edition.body),
        published: ctx.moment(edition.published),
        by: edition.by,
        sign_again: edition.sign_again,
        from: ctx.moment(edition.from),
    });
    let editions = editions.collect();
    let (to_sign, to_sign_minor) = concerned(conn, &row, now).await?;
    Ok(DocumentDetails {
        id: row.id,
        version: row.version,
        state: row.state(now),
        title: row.what.title,
        kind: row.what.kind,
        on: row.what.at.to_string(),
        lapse: row.what.lapse.map(u32::from),
        draft: row.what.draft,
        editions,
        to_sign: count(to_sign.len()),
        to_sign_minor: count(to_sign_minor.len()),
    })
}

/// The people of whom a document is asked, and those of them who have not signed it.
async fn concerned(
    conn: &mut SqliteConnection,
    row: &StoredDocument,
    now: Millis,
) -> Result<(Vec<PersonId>, Vec<PersonId>), StoreError> {
    let scope = scopes(conn, [(row.what.at, row.of_type)]).await?;
    let people = rows::active(conn, None).await?;
    let asked = people.into_iter().filter(|one| scope.iter().any(|scope| scope.asks(&one.ledger, now)));
    let asked: Vec<_> = asked.map(|one| one.id).collect();
    let missing = match rows::signed(conn, Some(row.id), None).await?.pop() {
        Some(document) => {
            asked.iter().copied().filter(|person| document.of(*person).to_sign(now).is_some()).collect()
        }
        None => asked.clone(),
    };
    Ok((asked, missing))
}

/// A document in its forms.
async fn edit(ctx: &Ctx, _: &Actor, id: DocumentId) -> Result<DocumentEditor, DocumentsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, id).await?.ok_or(DocumentsError::Unknown)?;
    let (saved, html) = (saved(&row), markdown::rendered(&row.what.draft));
    let published = rows::editions(&mut snapshot, id).await?.into_iter().next();
    let is_changed = published.is_none_or(|edition| edition.body != row.what.draft);
    let document = details(ctx, &mut snapshot, row).await?;
    let subjects = subjects(&mut snapshot).await?;
    Ok(DocumentEditor { now: ctx.moment(ctx.now()), document, saved, html, is_changed, subjects })
}

/// The stored values, as the form sends them.
fn saved(row: &StoredDocument) -> Saved {
    let NewDocument { title, at, lapse, draft, .. } = &row.what;
    let lapse = lapse.map_or_else(String::new, |days| days.to_string());
    let fields = vec![("title", title.clone()), ("on", at.to_string()), ("lapse", lapse), ("text", draft.clone())];
    Saved::new(row.version, fields)
}

/// Creates a document, which asks nothing yet.
async fn create(job: &mut Job<'_>, form: NewDocumentForm) -> Result<Done<DocumentCreated>, DocumentsError> {
    let NewDocumentForm { title, kind, on, lapse, text } = form;
    fits(job.tx.conn(), on, None).await?;
    let new = NewDocument {
        title: title.into(),
        kind,
        at: on,
        lapse: lapse.map(BoundedInteger::get),
        draft: text.map_or_else(String::new, |text| text.as_str().to_owned()),
    };
    let by = job.by().await?;
    let id = rows::add(job.tx, &new, job.now, by).await?;
    job.tx.after_commit(ChangeEvent::Documents);
    job.audited(DocumentCreated { id }, "document.created", id, &json!({})).await
}

/// Saves a document over `version`, or returns the newer one.
async fn save(
    job: &mut Job<'_>,
    id: DocumentId,
    version: i64,
    form: Result<DocumentForm, Faults>,
) -> Result<Done<()>, DocumentsError> {
    let row = current(job, id, version).await?;
    let DocumentForm { title, on, lapse, text } = form?;
    fits(job.tx.conn(), on, Some(row.what.at)).await?;
    let new = NewDocument {
        title: title.into(),
        kind: row.what.kind,
        at: on,
        lapse: lapse.map(BoundedInteger::get),
        draft: text.map_or_else(String::new, |text| text.as_str().to_owned()),
    };
    let before = saved(&row);
    let after = saved(&StoredDocument { what: new.clone(), ..row });
    let changed = after.changed_since(&before);
    if changed.is_empty() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    rows::change(job.tx, id, &new).await?;
    job.tx.after_commit(ChangeEvent::Documents);
    job.audited((), "document.changed", id, &json!({ "changed": changed.join(" ") })).await
}

/// The document, if `version` is its current one and it is not archived. An outdated version is reported before invalid
/// fields: the reader has to see the newer text first.
async fn current(job: &mut Job<'_>, id: DocumentId, version: i64) -> Result<StoredDocument, DocumentsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(DocumentsError::Unknown)?;
    if !domain::versions::is_current(row.version, version) {
        let signed = error::signed(job.tx.conn(), job.zone, id, saved(&row)).await?;
        return Err(DocumentsError::Stale(signed));
    }
    if row.archived {
        return Err(DocumentsError::Archived);
    }
    Ok(row)
}

/// Publishes the saved text as the next edition, and notifies everybody who has to sign it.
async fn publish(
    job: &mut Job<'_>,
    id: DocumentId,
    version: i64,
    form: Result<Publication, Faults>,
) -> Result<Done<PublishOutcome>, DocumentsError> {
    let row = current(job, id, version).await?;
    let Publication { from, minor } = form?;
    let from = match from {
        Some(day) if day < job.zone.moment(job.now).wall().date => {
            return Err(Faults::one("from", Fault::DayPast).into());
        }
        Some(day) => job.zone.start_of(day).max(job.now),
        None => job.now,
    };
    let body = &row.what.draft;
    if body.is_empty() {
        return Err(DocumentsError::Empty);
    }
    let edition = row.edition.unwrap_or(0) + 1;
    let sign_again = edition == 1 || !minor;
    let by = job.by().await?;
    rows::publish(job.tx, &NewEdition { document: id, edition, body, sign_again, from }, job.now, by).await?;
    let (_, missing) = concerned(job.tx.conn(), &row, job.now).await?;
    let asked = rows::signed(job.tx.conn(), Some(id), None).await?.pop();
    if let Some(edition) = asked.and_then(|document| document.asked.newest_edition()) {
        let kind = row.what.kind;
        let notice = Notice::DocumentToSign { document: id, kind, edition, by: from, withdrawn: None };
        store::notices::tell_all(job.tx, &missing, &notice, job.now).await?;
    }
    job.tx.after_commit(ChangeEvent::Documents);
    let published = PublishOutcome { edition, to_sign: count(missing.len()) };
    let detail = json!({ "edition": edition, "sign_again": sign_again, "from": from });
    job.audited(published, "document.published", id, &detail).await
}

/// Archives or restores it, as its page asks.
async fn move_to(
    job: &mut Job<'_>,
    id: DocumentId,
    Archival { back }: Archival,
) -> Result<Done<Shelved>, DocumentsError> {
    set_archived(job, id, !back).await
}

/// Archives it: nobody is asked for it from now on.
async fn archive(job: &mut Job<'_>, id: DocumentId) -> Result<Done<Shelved>, DocumentsError> {
    set_archived(job, id, true).await
}

/// Undoes that.
async fn restore(job: &mut Job<'_>, id: DocumentId) -> Result<Done<Shelved>, DocumentsError> {
    set_archived(job, id, false).await
}

async fn set_archived(job: &mut Job<'_>, id: DocumentId, away: bool) -> Result<Done<Shelved>, DocumentsError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(DocumentsError::Unknown)?;
    let done = Shelved::new(id.0, row.what.title, away);
    if row.archived == away {
        return Ok(Done::unaudited(done, Unaudited::NothingChanged));
    }
    rows::archive(job.tx, id, away.then_some(job.now)).await?;
    job.tx.after_commit(ChangeEvent::Documents);
    let action = if away { "document.archived" } else { "document.restored" };
    job.audited(done, action, id, &json!({})).await
}

/// Fails if the type or machine does not exist or is archived, unless the document was for it `before`.
async fn fits(conn: &mut SqliteConnection, on: At, before: Option<At>) -> Result<(), DocumentsError> {
    let subject = match on {
        At::Space => return Ok(()),
        At::Type(kind) => Subject::Type(kind),
        At::Machine(machine) => Subject::Machine(machine),
    };
    if before == Some(on) {
        return Ok(());
    }
    let found = qualifications::equipment(conn, Some(subject)).await?;
    let is_there = found.iter().any(|one| !one.archived && one.built_in.is_none());
    is_there.then_some(()).ok_or_else(|| Faults::one("on", Fault::Choice).into())
}
