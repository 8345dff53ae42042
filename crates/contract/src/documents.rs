//! Documents that people sign, or hand in on paper, before they use machines.
//!
//! Not here: whether an unsigned document stands in the way at a machine, which is an access decision ([`crate::access`]).

use crate::{equipment::Shelved, form::IdList, people::PersonHead};
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    bounded::BoundedInteger,
    documents::{DocumentKind, DocumentState, Gap, LAPSE, TEXT},
    id::{DocumentId, PersonId},
    names::{Name, Remark},
    settings::At,
    time::{Date, Moment},
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use {domain::time::Millis, std::cmp::Reverse};

operations! {
    tag People;

    /// List documents
    ///
    /// Lists all documents by title, with how many people signed each and how many have to.
    GET "documents" => ListDocuments() -> Documents,
        page "documents/list", scope PeopleRead,
        lists documents by |document: &DocumentView| -> (String, i64) { (document.title.to_lowercase(), document.id.0) };

    /// Create a document
    ///
    /// Creates a document. It asks nothing of anybody before it is published.
    POST "documents" => CreateDocument(form: NewDocumentForm) -> DocumentCreated,
        page "documents/create", then "/documents?done=created", scope PeopleWrite, makes Below as id,
        errors ["document.invalid"];

    /// Get a document
    ///
    /// Returns a document with the text that is not published yet, and all its editions.
    GET "documents/{id}" => ReadDocument(id: DocumentId) -> DocumentDetails,
        scope PeopleRead, versioned, errors ["document.unknown"];

    /// Update a document
    ///
    /// Replaces the title, what it is asked for, when signatures lapse, and the text of the next edition. What is
    /// published stays as it is.
    PUT "documents/{id}" =>
        SaveDocument(id: DocumentId, version: i64, form: Result<DocumentForm, Faults>) -> (),
        page "documents/save", scope PeopleWrite, errors ["document.unknown", "document.archived", "document.invalid"];

    /// Publish a document
    ///
    /// Publishes the saved text as the next edition. Everyone who has to sign it is notified. Unless the change is minor,
    /// signatures of earlier editions end on the day from which it counts.
    POST "documents/{id}/publish" =>
        PublishDocument(id: DocumentId, version: i64, form: Result<Publication, Faults>) -> PublishOutcome,
        page "documents/publish", scope PeopleWrite, gives,
        errors ["document.unknown", "document.archived", "document.empty", "document.invalid"];

    /// Archives or restores a document.
    CHANGE => MoveDocument(id: DocumentId, form: Archival) -> Shelved, page "documents/archive";

    /// Archive a document
    ///
    /// Asks nobody for it any more. Signatures stay on record. Idempotent: repeating it changes nothing.
    POST "documents/{id}/archive" => ArchiveDocument(id: DocumentId) -> Shelved,
        scope PeopleWrite, errors ["document.unknown"];

    /// Restore a document
    ///
    /// Asks for an archived document again. Signatures count as before.
    POST "documents/{id}/restore" => RestoreDocument(id: DocumentId) -> Shelved,
        scope PeopleWrite, errors ["document.unknown"];

    /// Read the text of a document
    ///
    /// Returns the newest published edition of a document, with the caller's own signature.
    GET "documents/{id}/text" => ReadDocumentText(id: DocumentId) -> DocumentText,
        scope PeopleRead, versioned, errors ["document.unknown"];

    /// Read an edition of a document
    ///
    /// Returns a published edition, which never changes, with the caller's own signature of it.
    GET "documents/{id}/editions/{edition}" => ReadEdition(id: DocumentId, edition: i64) -> DocumentText,
        scope PeopleRead, errors ["document.unknown"];

    /// An edition for its signer.
    READ => ShowDocument(id: DocumentId, form: TextParams) -> DocumentText, page "documents/text";

    /// Sign a document
    ///
    /// Signs an edition in the caller's name. It has to be the newest one: if another was published meanwhile, that one has to
    /// be read first. It takes the session of a person: programs sign nothing.
    POST "documents/{id}/sign" =>
        SignDocument(id: DocumentId, version: i64, form: Result<SignatureForm, Faults>) -> Signing,
        page "documents/sign", scope PeopleWrite, gives,
        errors ["document.unknown", "document.archived", "document.replaced", "document.paper", "document.invalid"];

    /// List who has to sign a document
    ///
    /// Lists the people of whom a document is asked, by name, and whether each has signed it.
    GET "documents/{id}/people" => ListSigners(id: DocumentId) -> Signers,
        page "documents/people", scope PeopleRead, errors ["document.unknown"],
        lists people by |signer: &SignerView| -> (String, i64) { (signer.name.to_lowercase(), signer.person.0) };

    /// List the signatures of a document
    ///
    /// Lists all signatures of a document, also withdrawn ones and those of earlier editions, newest first.
    GET "documents/{id}/signatures" => ListSignatures(id: DocumentId) -> Signatures,
        scope PeopleRead, errors ["document.unknown"],
        lists signatures by |one: &SignatureView| -> Reverse<(Millis, i64)> { Reverse((one.signed.at, one.id)) };

    /// Tick a paper
    ///
    /// Records that people handed in a document on paper. People for whom it is recorded already are left out.
    POST "documents/{id}/papers" => TickPapers(id: DocumentId, form: PeopleForm) -> SignaturesChange,
        page "documents/tick", scope PeopleWrite, gives, once,
        errors ["document.unknown", "document.archived", "document.unpublished", "document.text", "document.invalid",
            "person.unknown"];

    /// Withdraw signatures
    ///
    /// Withdraws all signatures of a document by these people, or the record of their papers. They are asked for it again.
    POST "documents/{id}/withdraw" => WithdrawSignatures(id: DocumentId, form: PeopleForm) -> SignaturesChange,
        page "documents/withdraw", scope PeopleWrite, gives, once,
        errors ["document.unknown", "document.invalid", "person.unknown"];

    /// List a person's documents
    ///
    /// Lists the documents that are asked of a person, and those that they signed, by title. Everyone may list their own.
    GET "people/{id}/documents" => ListPersonDocuments(person: PersonId) -> PersonDocuments,
        page "documents/of", scope PeopleRead, errors ["person.unknown"],
        lists documents by |one: &PersonDocument| -> (String, i64) { (one.title.to_lowercase(), one.document.0) };

    /// A person's documents, below the head of their page.
    READ => ReadPersonDocuments(person: PersonId) -> PersonDocumentsPage, page "documents/person";

    /// A document in its forms.
    READ => EditDocument(id: DocumentId) -> DocumentEditor, page "documents/edit";
}

/// A new document.
#[derive(Debug, Clone, Form)]
pub struct NewDocumentForm {
    /// The title.
    #[field(example = "House rules")]
    pub title: Name,
    /// Whether people sign a text or hand in a paper.
    #[field(example = "text")]
    pub kind: DocumentKind,
    /// What it is asked for: `space` for every machine but doors, a type such as `type:3`, or a machine such as `machine:7`.
    #[field(example = "space")]
    pub on: At,
    /// After how many days a signature lapses; if omitted, it never does.
    #[field(example = 365)]
    pub lapse: Option<BoundedInteger<1, LAPSE>>,
    /// The text in Markdown; of a paper, what has to be handed in.
    #[field(example = "Clean up before you leave.")]
    pub text: Option<Remark<TEXT>>,
}

/// The fields of a document.
#[derive(Debug, Clone, Form)]
pub struct DocumentForm {
    /// The title.
    #[field(example = "House rules")]
    pub title: Name,
    /// What it is asked for: `space` for every machine but doors, a type such as `type:3`, or a machine such as `machine:7`.
    #[field(example = "space")]
    pub on: At,
    /// After how many days a signature lapses; if omitted, it never does.
    #[field(example = 365)]
    pub lapse: Option<BoundedInteger<1, LAPSE>>,
    /// The text of the next edition in Markdown.
    #[field(example = "Clean up before you leave.")]
    pub text: Option<Remark<TEXT>>,
}

/// How an edition is published.
#[derive(Debug, Clone, Copy, Form)]
pub struct Publication {
    /// The first day on which it counts, in the space's time zone; at once if omitted.
    #[field(example = "2099-06-30")]
    pub from: Option<Date>,
    /// Whether the change is minor: people who signed an earlier edition need not sign again.
    pub minor: bool,
}

/// The direction of an archival.
#[derive(Debug, Clone, Copy, Form)]
pub struct Archival {
    /// Whether it is undone.
    pub back: bool,
}

/// Which edition to read.
#[derive(Debug, Clone, Copy, Form)]
pub struct TextParams {
    /// Its number; the newest if omitted.
    pub edition: Option<i64>,
}

/// A signature.
#[derive(Debug, Clone, Form)]
pub struct SignatureForm {
    /// The signer's name, as they write it.
    #[field(example = "Ada Lovelace")]
    pub name: Name,
    /// Whether they have read the text and agree to it; must be true.
    pub agreed: bool,
}

/// People about whom something is recorded.
#[derive(Debug, Clone, Form)]
pub struct PeopleForm {
    /// Their ids.
    #[field(example = [7, 12])]
    pub people: IdList<PersonId>,
}

/// A document.
#[view]
pub struct DocumentView {
    /// Its id.
    #[field(example = 4)]
    pub id: DocumentId,
    /// Its version.
    #[field(example = 3)]
    pub version: i64,
    /// The title.
    #[field(example = "House rules")]
    pub title: String,
    /// Whether people sign a text or hand in a paper.
    pub kind: DocumentKind,
    /// What it is asked for.
    #[field(example = "type:3")]
    pub on: String,
    /// The name of that type or machine; null for the space.
    pub on_name: Option<String>,
    /// The state.
    pub state: DocumentState,
    /// The number of the newest edition, if one is published.
    #[field(example = 2)]
    pub edition: Option<u32>,
    /// When that was published.
    pub published: Option<Moment>,
    /// After how many days a signature lapses, if it does.
    pub lapse: Option<u32>,
    /// How many people of whom it is asked have signed it.
    #[field(example = 41)]
    pub signed: u32,
    /// How many still have to.
    #[field(example = 1)]
    pub missing: u32,
}

/// All documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    pub now: Moment,
    pub documents: Vec<DocumentView>,
    /// What a document can be asked for, with names; the space is not among them.
    pub subjects: Vec<(String, String)>,
    pub may_change: bool,
}

/// The result of creating one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCreated {
    pub id: DocumentId,
}

/// A published edition.
#[view]
pub struct EditionView {
    /// Its number.
    #[field(example = 2)]
    pub edition: u32,
    /// The text as sanitized HTML.
    pub html: String,
    /// When it was published.
    pub published: Moment,
    /// The name of the person who published it, while on record.
    pub by: Option<String>,
    /// Whether signatures of earlier editions end with it.
    pub sign_again: bool,
    /// From when machines ask for it.
    pub from: Moment,
}

/// A document with its texts.
#[view]
pub struct DocumentDetails {
    /// Its id.
    #[field(example = 4)]
    pub id: DocumentId,
    /// Its version.
    #[field(example = 3)]
    pub version: i64,
    /// The title.
    #[field(example = "House rules")]
    pub title: String,
    /// Whether people sign a text or hand in a paper.
    pub kind: DocumentKind,
    /// What it is asked for.
    #[field(example = "space")]
    pub on: String,
    /// After how many days a signature lapses, if it does.
    pub lapse: Option<u32>,
    /// The state.
    pub state: DocumentState,
    /// The text of the next edition in Markdown.
    pub draft: String,
    /// Published editions, newest first.
    pub editions: Vec<EditionView>,
    /// How many people would have to sign the next edition.
    #[field(example = 42)]
    pub to_sign: u32,
    /// How many of them if its change is minor.
    #[field(example = 1)]
    pub to_sign_minor: u32,
}

#[cfg(feature = "server")]
impl HasVersion for DocumentDetails {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A document in its forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEditor {
    pub now: Moment,
    pub document: DocumentDetails,
    pub saved: Saved,
    /// The draft as sanitised HTML.
    pub html: String,
    /// The draft differs from the newest edition.
    pub is_changed: bool,
    /// What a document can be asked for, with names; the space is not among them.
    pub subjects: Vec<(String, String)>,
}

/// The result of publishing.
#[view]
pub struct PublishOutcome {
    /// The number of the edition.
    #[field(example = 2)]
    pub edition: u32,
    /// How many people have to sign it.
    #[field(example = 42)]
    pub to_sign: u32,
}

/// A document as its signer reads it.
#[view]
pub struct DocumentText {
    /// Its id.
    #[field(example = 4)]
    pub document: DocumentId,
    /// The title.
    #[field(example = "House rules")]
    pub title: String,
    /// Whether people sign a text or hand in a paper.
    pub kind: DocumentKind,
    /// The number of this edition.
    #[field(example = 2)]
    pub edition: u32,
    /// The number of the newest edition.
    #[field(example = 2)]
    pub newest: u32,
    /// The text as sanitized HTML.
    pub html: String,
    /// When it was published.
    pub published: Moment,
    /// From when machines ask for it.
    pub from: Moment,
    /// Whether it is archived, and asked of nobody.
    pub archived: bool,
    /// Why the caller has to sign the newest edition, if they have to already.
    pub gap: Option<Gap>,
    /// Whether the caller can sign it: it is the newest, and no signature of theirs counts for good.
    pub may_sign: bool,
    /// The name under which the caller signed this edition.
    pub signed_as: Option<String>,
    /// When the caller signed this edition.
    pub signed: Option<Moment>,
    /// When that lapses.
    pub until: Option<Moment>,
    /// The caller's name in their profile.
    #[field(example = "Ada Lovelace")]
    pub own_name: String,
    /// The instant of this answer.
    pub now: Moment,
}

#[cfg(feature = "server")]
impl HasVersion for DocumentText {
    fn version(&self) -> i64 {
        self.edition.into()
    }
}

/// The result of signing.
#[view]
pub struct Signing {
    /// The number of the edition.
    #[field(example = 2)]
    pub edition: u32,
    /// Whether the name differs from that in the signer's profile, so that managers will ask.
    pub differs: bool,
}

/// A person of whom a document is asked, or who signed it.
#[view]
pub struct SignerView {
    /// Their id.
    #[field(example = 7)]
    pub person: PersonId,
    /// Their name.
    #[field(example = "Ada Lovelace")]
    pub name: String,
    /// The newest edition that they signed.
    pub edition: Option<u32>,
    /// When they signed it.
    pub signed: Option<Moment>,
    /// The name under which they signed it, if it differs from that in their profile.
    pub differs: Option<String>,
    /// When that lapses.
    pub until: Option<Moment>,
    /// Whether they have to sign it, now or by a date.
    pub missing: bool,
    /// Why no signature counts.
    pub gap: Option<Gap>,
}

/// The people of whom a document is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signers {
    pub now: Moment,
    pub document: DocumentId,
    pub title: String,
    pub kind: DocumentKind,
    pub state: DocumentState,
    pub people: Vec<SignerView>,
    pub may_change: bool,
}

/// A signature of a document.
#[view]
pub struct SignatureView {
    /// Its id.
    #[field(example = 9)]
    pub id: i64,
    /// The id of the signer.
    #[field(example = 7)]
    pub person: PersonId,
    /// The name in the signer's profile; null once erased.
    pub name: Option<String>,
    /// The number of the edition.
    #[field(example = 2)]
    pub edition: u32,
    /// The name that the signer wrote; null for a paper, or once erased.
    pub signed_as: Option<String>,
    /// When it was signed, or recorded.
    pub signed: Moment,
    /// The name of the manager who recorded a paper, while on record.
    pub by: Option<String>,
    /// When it was withdrawn.
    pub withdrawn: Option<Moment>,
}

/// The signatures of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatures {
    pub signatures: Vec<SignatureView>,
}

/// The result of ticking or withdrawing.
#[view]
pub struct SignaturesChange {
    /// The people about whom something was recorded.
    pub people: Vec<PersonId>,
    /// Whether their signatures or papers were withdrawn.
    pub withdrawn: bool,
}

/// A document of a person.
#[view]
pub struct PersonDocument {
    /// Its id.
    #[field(example = 4)]
    pub document: DocumentId,
    /// The title.
    #[field(example = "House rules")]
    pub title: String,
    /// Whether people sign a text or hand in a paper.
    pub kind: DocumentKind,
    /// The name of its type or machine; null for the space.
    pub on_name: Option<String>,
    /// The newest edition that they signed.
    pub edition: Option<u32>,
    /// When they signed it.
    pub signed: Option<Moment>,
    /// When that lapses.
    pub until: Option<Moment>,
    /// When they have to have signed it; null if they need not.
    pub to_sign: Option<Moment>,
    /// Why no signature counts, if machines ask for one.
    pub gap: Option<Gap>,
}

/// The documents of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDocuments {
    pub now: Moment,
    pub person: PersonId,
    pub documents: Vec<PersonDocument>,
    /// The reader may tick papers and withdraw signatures.
    pub may_change: bool,
}

/// The page of a person's documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDocumentsPage {
    pub head: PersonHead,
    pub documents: PersonDocuments,
}
