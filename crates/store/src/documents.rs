//! Documents: rows of `document`, their editions, and signatures.
//!
//! Not here: what an access decision reads of them ([`crate::access`]), which takes [`DocumentItem`] from here.

use domain::{
    documents::{AskedDocument, AskedEdition, DocumentKind, DocumentState, Signature, state},
    id::{AliasId, DocumentId, MachineId, PersonId, TypeId},
    qualifications::Ledger,
    settings::At,
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{
    StoreError, WriteTx,
    json::{self, List},
    personal_data::{Erasing, Table},
    qualifications::{self, LedgerItem},
};

/// What managers write of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    pub title: String,
    pub kind: DocumentKind,
    pub at: At,
    /// Days after which a signature lapses.
    pub lapse: Option<u16>,
    /// The next edition in Markdown.
    pub draft: String,
}

#[derive(Debug, Clone)]
pub struct StoredDocument {
    pub id: DocumentId,
    pub version: i64,
    pub what: NewDocument,
    /// Name of its type or machine.
    pub on_name: Option<String>,
    /// Its type, or that of its machine.
    pub of_type: Option<TypeId>,
    pub archived: bool,
    /// The newest edition, if one is published.
    pub edition: Option<u32>,
    /// When that was published.
    pub published: Option<Millis>,
    /// When machines begin to ask for the first edition.
    pub from: Option<Millis>,
}

impl StoredDocument {
    /// Its state at `at`.
    #[must_use]
    pub fn state(&self, at: Millis) -> DocumentState {
        state(self.archived, self.from, at)
    }
}

struct Row {
    id: DocumentId,
    version: i64,
    title: String,
    kind: DocumentKind,
    type_id: Option<TypeId>,
    machine: Option<MachineId>,
    lapse: Option<u16>,
    draft: String,
    on_name: Option<String>,
    of_type: Option<TypeId>,
    archived: bool,
    edition: Option<u32>,
    published: Option<Millis>,
    from: Option<Millis>,
}

impl From<Row> for StoredDocument {
    fn from(row: Row) -> Self {
        let at = at_of(row.type_id, row.machine);
        let what = NewDocument { title: row.title, kind: row.kind, at, lapse: row.lapse, draft: row.draft };
        let Row { id, version, on_name, of_type, archived, edition, published, from, .. } = row;
        Self { id, version, what, on_name, of_type, archived, edition, published, from }
    }
}

fn at_of(kind: Option<TypeId>, machine: Option<MachineId>) -> At {
    match (kind, machine) {
        (_, Some(machine)) => At::Machine(machine),
        (Some(kind), None) => At::Type(kind),
        (None, None) => At::Space,
    }
}

const fn sides(at: At) -> (Option<TypeId>, Option<MachineId>) {
    match at {
        At::Space => (None, None),
        At::Type(kind) => (Some(kind), None),
        At::Machine(machine) => (None, Some(machine)),
    }
}

/// Documents with their newest edition.
macro_rules! documents {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            "SELECT d.id AS \"id!: DocumentId\", d.version AS \"version!\", d.title AS \"title!\", d.kind AS \"kind!: DocumentKind\",
                    d.type_id AS \"type_id?: TypeId\", d.machine_id AS \"machine?: MachineId\",
                    d.lapse_days AS \"lapse?: u16\", d.draft AS \"draft!\",
                    coalesce(t.name, m.name) AS \"on_name?: String\", coalesce(t.id, m.type_id) AS \"of_type?: TypeId\",
                    d.archived_at IS NOT NULL AS \"archived!: bool\", e.edition AS \"edition?: u32\",
                    e.published_at AS \"published?: Millis\",
                    (SELECT f.from_at FROM document_edition f WHERE f.document_id = d.id AND f.edition = 1) AS \"from?: Millis\"
               FROM document d
               LEFT JOIN equipment_type t ON t.id = d.type_id
               LEFT JOIN machine m ON m.id = d.machine_id
               LEFT JOIN document_edition e ON e.document_id = d.id
                    AND e.edition = (SELECT max(n.edition) FROM document_edition n WHERE n.document_id = d.id)
              WHERE " + $where
            $(, $argument)*
        )
    };
}

/// All documents by title.
pub async fn all(conn: &mut SqliteConnection) -> Result<Vec<StoredDocument>, StoreError> {
    let rows = documents!("1 ORDER BY lower(d.title), d.id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(StoredDocument::from).collect())
}

pub async fn one(conn: &mut SqliteConnection, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
    Ok(documents!("d.id = ?", id).fetch_optional(conn).await?.map(StoredDocument::from))
}

/// The titles of these documents.
pub async fn titles(
    conn: &mut SqliteConnection,
    documents: &[DocumentId],
) -> Result<Vec<(DocumentId, String)>, StoreError> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let documents = json::ids(documents.iter().map(|id| id.0));
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: DocumentId", title FROM document WHERE id IN (SELECT value FROM json_each(?))"#,
        documents,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.title)).collect())
}

pub async fn add(
    tx: &mut WriteTx,
    new: &NewDocument,
    at: Millis,
    by: Option<AliasId>,
) -> Result<DocumentId, StoreError> {
    let (kind, machine) = sides(new.at);
    let made = sqlx::query!(
        "INSERT INTO document (title, kind, type_id, machine_id, lapse_days, draft, made_at, made_by)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new.title,
        new.kind,
        kind,
        machine,
        new.lapse,
        new.draft,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(DocumentId(made.last_insert_rowid()))
}

/// Changes a document and increments its version.
pub async fn change(tx: &mut WriteTx, id: DocumentId, to: &NewDocument) -> Result<(), StoreError> {
    let (kind, machine) = sides(to.at);
    sqlx::query!(
        "UPDATE document SET title = ?, kind = ?, type_id = ?, machine_id = ?, lapse_days = ?, draft = ?, version = version + 1
          WHERE id = ?",
        to.title,
        to.kind,
        kind,
        machine,
        to.lapse,
        to.draft,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Archives or restores a document, and increments its version.
pub async fn archive(tx: &mut WriteTx, id: DocumentId, at: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE document SET archived_at = ?, version = version + 1 WHERE id = ?", at, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An edition to publish.
#[derive(Debug, Clone)]
pub struct NewEdition<'a> {
    pub document: DocumentId,
    pub edition: u32,
    /// Markdown.
    pub body: &'a str,
    /// Signatures of earlier editions end when it comes into force.
    pub sign_again: bool,
    pub from: Millis,
}

/// Publishes an edition, and increments the document's version.
pub async fn publish(
    tx: &mut WriteTx,
    new: &NewEdition<'_>,
    at: Millis,
    by: Option<AliasId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO document_edition (document_id, edition, published_at, published_by, sign_again, from_at, body)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        new.document,
        new.edition,
        at,
        by,
        new.sign_again,
        new.from,
        new.body,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("UPDATE document SET version = version + 1 WHERE id = ?", new.document)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A published edition.
#[derive(Debug, Clone)]
pub struct StoredEdition {
    pub edition: u32,
    /// Markdown.
    pub body: String,
    pub published: Millis,
    /// The publisher's name, if known.
    pub by: Option<String>,
    pub sign_again: bool,
    pub from: Millis,
}

/// All editions of a document, newest first.
pub async fn editions(
    conn: &mut SqliteConnection,
    document: DocumentId,
) -> Result<Vec<StoredEdition>, StoreError> {
    let rows = sqlx::query_as!(
        StoredEdition,
        r#"SELECT e.edition AS "edition!: u32", e.body, e.published_at AS "published!: Millis", p.name AS "by?",
                  e.sign_again AS "sign_again!: bool", e.from_at AS "from!: Millis"
             FROM document_edition e
             LEFT JOIN alias a ON a.id = e.published_by
             LEFT JOIN profile p ON p.person_id = a.person_id
            WHERE e.document_id = ? ORDER BY e.edition DESC"#,
        document,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A signature to record.
#[derive(Debug, Clone, Copy)]
pub struct NewSignature<'a> {
    pub document: DocumentId,
    pub edition: u32,
    pub person: PersonId,
    /// As typed; `None` for a paper.
    pub name: Option<&'a str>,
    /// The manager who ticked a paper.
    pub by: Option<AliasId>,
}

pub async fn sign(tx: &mut WriteTx, new: NewSignature<'_>, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO document_signature (document_id, edition, person_id, name, signed_at, recorded_by)
              VALUES (?, ?, ?, ?, ?, ?)",
        new.document,
        new.edition,
        new.person,
        new.name,
        at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Withdraws the signatures of a document by `person`; returns how many there were.
pub async fn withdraw(
    tx: &mut WriteTx,
    document: DocumentId,
    person: PersonId,
    at: Millis,
    by: Option<AliasId>,
) -> Result<u64, StoreError> {
    let changed = sqlx::query!(
        "UPDATE document_signature SET withdrawn_at = ?, withdrawn_by = ?
          WHERE person_id = ? AND document_id = ? AND withdrawn_at IS NULL",
        at,
        by,
        person,
        document,
    )
    .execute(tx.conn())
    .await?;
    Ok(changed.rows_affected())
}

/// A stored signature.
#[derive(Debug, Clone)]
pub struct StoredSignature {
    pub id: i64,
    pub document: DocumentId,
    pub edition: u32,
    pub person: PersonId,
    /// The signer's name in their profile, unless erased.
    pub profile: Option<String>,
    /// As typed; `None` for a paper, or once erased.
    pub name: Option<String>,
    pub signed: Millis,
    /// The name of the manager who ticked a paper, if known.
    pub by: Option<String>,
    pub withdrawn: Option<Millis>,
}

/// The signatures of a document, or of a person, newest first.
pub async fn signatures(
    conn: &mut SqliteConnection,
    document: Option<DocumentId>,
    person: Option<PersonId>,
) -> Result<Vec<StoredSignature>, StoreError> {
    let rows = sqlx::query_as!(
        StoredSignature,
        r#"SELECT s.id AS "id!", s.document_id AS "document!: DocumentId", s.edition AS "edition!: u32",
                  s.person_id AS "person!: PersonId", p.name AS "profile?", s.name AS "name?",
                  s.signed_at AS "signed!: Millis", m.name AS "by?", s.withdrawn_at AS "withdrawn?: Millis"
             FROM document_signature s
             LEFT JOIN profile p ON p.person_id = s.person_id
             LEFT JOIN alias a ON a.id = s.recorded_by
             LEFT JOIN profile m ON m.person_id = a.person_id
            WHERE (?1 IS NULL OR s.document_id = ?1) AND (?2 IS NULL OR s.person_id = ?2)
            ORDER BY s.id DESC"#,
        document,
        person,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A document in a statement's list, with a person's signatures.
#[derive(Debug, Deserialize)]
pub(crate) struct DocumentItem {
    document: DocumentId,
    kind: DocumentKind,
    /// It is asked for at every machine that is no door.
    #[serde(deserialize_with = "json::flag")]
    pub(crate) everywhere: bool,
    lapse: Option<u16>,
    editions: Vec<EditionItem>,
    signatures: Vec<SignatureItem>,
}

#[derive(Debug, Deserialize)]
struct EditionItem {
    edition: u32,
    from: Millis,
}

#[derive(Debug, Deserialize)]
struct SignatureItem {
    edition: u32,
    signed: Millis,
}

impl From<DocumentItem> for AskedDocument {
    fn from(item: DocumentItem) -> Self {
        let DocumentItem { document, kind, lapse, editions, signatures, .. } = item;
        let editions = editions.into_iter().map(|EditionItem { edition, from }| AskedEdition { edition, from });
        let signatures =
            signatures.into_iter().map(|SignatureItem { edition, signed }| Signature { edition, signed });
        Self { document, kind, editions: editions.collect(), lapse, signatures: signatures.collect() }
    }
}

/// A published document, asked of nobody in particular, and the signatures of it by person.
#[derive(Debug, Clone)]
pub struct SignedDocument {
    pub asked: AskedDocument,
    pub at: At,
    /// Its type, or that of its machine.
    pub of_type: Option<TypeId>,
    pub signatures: BTreeMap<PersonId, Vec<Signature>>,
}

impl SignedDocument {
    /// As it is asked of `person`.
    #[must_use]
    pub fn of(&self, person: PersonId) -> AskedDocument {
        let signatures = self.signatures.get(&person).cloned().unwrap_or_default();
        AskedDocument { signatures, ..self.asked.clone() }
    }
}

/// Published documents that are not archived, with their signatures; of one document or person if given.
pub async fn signed(
    conn: &mut SqliteConnection,
    document: Option<DocumentId>,
    person: Option<PersonId>,
) -> Result<Vec<SignedDocument>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.id AS "id!: DocumentId", d.kind AS "kind!: DocumentKind", d.type_id AS "type_id?: TypeId",
                  d.machine_id AS "machine?: MachineId", coalesce(d.type_id, m.type_id) AS "of_type?: TypeId",
                  d.lapse_days AS "lapse?: u16",
                  (SELECT json_group_array(json_array(e.edition, e.from_at)) FROM document_edition e
                    WHERE e.document_id = d.id AND e.sign_again = 1) AS "editions!: List<EditionItem>",
                  (SELECT json_group_array(json_array(s.person_id, s.edition, s.signed))
                     FROM (SELECT person_id, edition, max(signed_at) AS signed FROM document_signature
                            WHERE document_id = d.id AND withdrawn_at IS NULL AND (?2 IS NULL OR person_id = ?2)
                            GROUP BY person_id, edition) s) AS "signatures!: List<(PersonId, u32, Millis)>"
             FROM document d LEFT JOIN machine m ON m.id = d.machine_id
            WHERE d.archived_at IS NULL AND (?1 IS NULL OR d.id = ?1)
              AND EXISTS (SELECT 1 FROM document_edition e WHERE e.document_id = d.id)
            ORDER BY lower(d.title), d.id"#,
        document,
        person,
    )
    .fetch_all(conn)
    .await?;
    let documents = rows.into_iter().map(|row| {
        let editions =
            row.editions.0.into_iter().map(|EditionItem { edition, from }| AskedEdition { edition, from });
        let mut signatures = BTreeMap::<PersonId, Vec<Signature>>::new();
        for (person, edition, signed) in row.signatures.0 {
            signatures.entry(person).or_default().push(Signature { edition, signed });
        }
        let asked = AskedDocument {
            document: row.id,
            kind: row.kind,
            editions: editions.collect(),
            lapse: row.lapse,
            signatures: Vec::new(),
        };
        SignedDocument { asked, at: at_of(row.type_id, row.machine), of_type: row.of_type, signatures }
    });
    Ok(documents.collect())
}

/// A person whom documents may be asked of.
#[derive(Debug, Clone)]
pub struct ActivePerson {
    pub id: PersonId,
    pub name: String,
    pub ledger: Ledger,
}

/// Active people with their ledgers, by name; only `person` if given.
pub async fn active(
    conn: &mut SqliteConnection,
    person: Option<PersonId>,
) -> Result<Vec<ActivePerson>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name!",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                      q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: List<LedgerItem>"
             FROM person p JOIN profile f ON f.person_id = p.id
            WHERE p.status = 'active' AND (?1 IS NULL OR p.id = ?1)
            ORDER BY lower(f.name), p.id"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    let people = rows
        .into_iter()
        .map(|row| Ok(ActivePerson { id: row.id, name: row.name, ledger: qualifications::ledger(row.ledger.0)? }));
    Ok(people.collect::<Result<_, sqlx::Error>>()?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "document_signature",
        &["person_id", "name", "recorded_by", "withdrawn_by"],
        Erasing::Emptied("name"),
        "SELECT json_object('document', d.title, 'version', s.edition, 'signed_as', s.name, 'signed@', s.signed_at, \
         'text', e.body, 'withdrawn@', s.withdrawn_at) FROM document_signature s JOIN document d ON d.id = \
         s.document_id JOIN document_edition e ON e.document_id = s.document_id AND e.edition = s.edition WHERE \
         s.person_id = ?1",
    ),
    // Their content is the workshop's.
    Table::taken(
        "document",
        &["made_by", "draft"],
        Erasing::Stays,
        "SELECT json_object('title', title, 'made@', made_at) FROM document WHERE made_by IN mine",
    ),
    Table::taken(
        "document_edition",
        &["published_by", "body"],
        Erasing::Stays,
        "SELECT json_object('title', d.title, 'version', e.edition, 'published@', e.published_at) FROM \
         document_edition e JOIN document d ON d.id = e.document_id WHERE e.published_by IN mine",
    ),
];
