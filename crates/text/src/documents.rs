//! Documents: the page on which a member signs, the pages of managers, and why a request is refused.

use crate::{Lang, audit::Sentence, time::clock};
use domain::{
    documents::{DocumentKind, DocumentState, Gap},
    time::Moment,
};

text! {
    why_document_missing(title: &str) { en: "Not signed: “{title}”", it: "Non firmato: «{title}»" }
    why_document_outdated(title: &str) { en: "New version to sign: “{title}”", it: "Nuova versione da firmare: «{title}»" }
    why_document_lapsed(title: &str) { en: "Signature has lapsed: “{title}”", it: "Firma scaduta: «{title}»" }
    why_paper_missing(title: &str) { en: "Paper missing: “{title}”", it: "Modulo mancante: «{title}»" }
    why_paper_outdated(title: &str) { en: "New version of a paper missing: “{title}”", it: "Manca la nuova versione del modulo: «{title}»" }
    why_paper_lapsed(title: &str) { en: "Paper has lapsed: “{title}”", it: "Modulo scaduto: «{title}»" }
    way_sign() { en: "Read it and sign it.", it: "Leggilo e firmalo." }
    rule_signed() { en: "Documents are signed", it: "I documenti sono firmati" }

    notice_document(title: &str) { en: "Sign “{title}”", it: "Firma «{title}»" }
    notice_document_next(by: &str) { en: "Sign it by {by}: machines ask for it from then on.", it: "Firmalo entro {by}: da allora le macchine lo richiedono." }
    notice_document_now() { en: "Machines ask for it now. Read it and sign it on your phone.", it: "Le macchine lo richiedono già. Leggilo e firmalo dal telefono." }
    notice_paper(title: &str) { en: "Hand in “{title}”", it: "Consegna «{title}»" }
    notice_paper_next(by: &str) { en: "Give it to a manager by {by}: machines ask for it from then on.", it: "Dallo a un responsabile entro {by}: da allora le macchine lo richiedono." }
    notice_paper_now() { en: "Machines ask for it now. Give it to a manager.", it: "Le macchine lo richiedono già. Dallo a un responsabile." }
    notice_document_lapsing(title: &str) { en: "“{title}” has to be renewed", it: "«{title}» va rinnovato" }
    notice_document_lapsing_next(until: &str) { en: "It counts {until}. Renew it before then.", it: "Vale {until}. Rinnovalo prima." }

    document_read_and_sign() { en: "Read and sign", it: "Leggi e firma" }
    document_unknown() { en: "Document not found", it: "Documento non trovato" }
    document_is_archived() { en: "This document is archived. Restore it first.", it: "Questo documento è archiviato. Prima ripristinalo." }
    document_unpublished() { en: "This document isn’t published yet.", it: "Questo documento non è ancora pubblicato." }
    document_replaced() { en: "This text was replaced meanwhile. Read the new version, then sign it.", it: "Nel frattempo questo testo è stato sostituito. Leggi la nuova versione, poi firmala." }
    document_is_paper() { en: "Hand this one in on paper: a manager ticks it.", it: "Questo va consegnato su carta: lo registra un responsabile." }
    document_is_text() { en: "Only its signer can sign this text. Ask them to sign it on their phone.", it: "Questo testo lo firma solo l’interessato. Chiedi di firmarlo dal telefono." }
    document_empty() { en: "Write and save a text before you publish.", it: "Scrivi e salva un testo prima di pubblicare." }
    document_not_agreed() { en: "Tick that you have read it and agree.", it: "Spunta che l’hai letto e sei d’accordo." }
    document_nobody_chosen() { en: "Choose at least one person, at most 500.", it: "Scegli almeno una persona, al massimo 500." }

    document_version(n: &str) { en: "Version {n}", it: "Versione {n}" }
    document_published_on(day: &str) { en: "published {day}", it: "pubblicata {day}" }
    document_counts_from(day: &str) { en: "counts from {day}", it: (Da day => "vale {day}") }
    document_name() { en: "Your name", it: "Il tuo nome" }
    document_name_hint() { en: "Type your full name. It is your signature.", it: "Scrivi nome e cognome. È la tua firma." }
    document_agree() { en: "I have read this and agree to it", it: "L’ho letto e sono d’accordo" }
    document_sign() { en: "Sign", it: "Firma" }
    document_signed() { en: "Signed.", it: "Firmato." }
    document_signed_as(name: &str, when: &str) { en: "Signed as {name}, {when}", it: "Firmato come {name}, {when}" }
    document_signed_on(when: &str) { en: "signed {when}", it: "firmato {when}" }
    document_handed_in_on(when: &str) { en: "handed in {when}", it: "consegnato {when}" }
    document_handed_in(when: &str) { en: "Handed in, {when}", it: "Consegnato, {when}" }
    document_differs(name: &str) { en: "Your profile says {name}. A manager may ask you about it.", it: "Nel tuo profilo c’è {name}. Un responsabile potrebbe chiederti spiegazioni." }
    document_asks_now() { en: "Machines ask for your signature", it: "Le macchine richiedono la tua firma" }
    document_paper_now() { en: "Hand it to a manager", it: "Consegnalo a un responsabile" }
    document_paper_next() { en: "Print or ask for the form, sign it and hand it in. A manager ticks it here.", it: "Stampa o chiedi il modulo, firmalo e consegnalo. Un responsabile lo registra qui." }
    document_earlier(n: &str) { en: "This is version {n}, which was replaced.", it: "Questa è la versione {n}, poi sostituita." }
    document_newest() { en: "Read the current version", it: "Leggi la versione attuale" }
    document_asks_nobody() { en: "This document is archived. Nobody has to sign it.", it: "Questo documento è archiviato. Nessuno deve firmarlo." }

    documents_title() { en: "Documents", it: "Documenti" }
    documents_next() { en: "House rules, waivers, and who signed them", it: "Regolamenti, liberatorie e chi li ha firmati" }
    documents_sub() { en: "Texts that members sign, and papers that they hand in, before machines let them in.", it: "Testi che i membri firmano e moduli che consegnano prima di usare le macchine." }
    documents_none() { en: "No documents yet", it: "Ancora nessun documento" }
    documents_none_next() { en: "Create the first one below: house rules, a waiver, a form for parents.", it: "Crea il primo qui sotto: un regolamento, una liberatoria, un modulo per i genitori." }
    documents_new() { en: "New document", it: "Nuovo documento" }
    documents_create() { en: "Create document", it: "Crea il documento" }
    documents_created() { en: "Document created. Publish it when the text is ready.", it: "Documento creato. Pubblicalo quando il testo è pronto." }
    documents_own_none() { en: "Nothing to sign.", it: "Niente da firmare." }
    document_title() { en: "Title", it: "Titolo" }
    document_kind_label() { en: "Confirmed by", it: "Confermato con" }
    document_on() { en: "Asked for at", it: "Richiesto per" }
    document_everywhere() { en: "Every machine", it: "Ogni macchina" }
    document_lapse() { en: "Lapses after days (optional)", it: "Scade dopo giorni (facoltativo)" }
    document_lapse_hint() { en: "365 asks for a new signature every year. Leave blank if it never lapses.", it: "365 chiede una nuova firma ogni anno. Lascia vuoto se non scade mai." }
    document_lapses(days: u32) { en: [one: "lapses after {days} day", other: "lapses after {days} days"], it: [one: "scade dopo {days} giorno", other: "scade dopo {days} giorni"] }
    document_text() { en: "Text", it: "Testo" }
    document_text_hint() { en: "Markdown: **bold**, *italic*, - lists, [links](https://example.org).", it: "Markdown: **grassetto**, *corsivo*, - elenchi, [link](https://example.org)." }
    document_save() { en: "Save changes", it: "Salva le modifiche" }
    document_saved() { en: "Changes saved.", it: "Modifiche salvate." }
    document_count_signed(n: u32) { en: [one: "{n} signed", other: "{n} signed"], it: [one: "{n} firmato", other: "{n} firmati"] }
    document_count_missing(n: u32) { en: [one: "{n} missing", other: "{n} missing"], it: [one: "{n} mancante", other: "{n} mancanti"] }
    document_publish() { en: "Publish version", it: "Pubblica la versione" }
    document_publish_sub() { en: "Publishes the saved text. What was signed before stays readable.", it: "Pubblica il testo salvato. Ciò che è stato firmato resta leggibile." }
    document_not_at_doors() { en: "Doors don’t ask for it, so that people can come in to sign it or hand it in.", it: "Le porte non lo richiedono, così si può entrare per firmarlo o consegnarlo." }
    document_publish_counts(n: u32) { en: [one: "{n} person has to sign it.", other: "{n} people have to sign it."], it: [one: "Deve firmarlo {n} persona.", other: "Devono firmarlo {n} persone."] }
    document_publish_counts_minor(n: u32) { en: [one: "If the change is minor, {n} person.", other: "If the change is minor, {n} people."], it: [one: "Se la modifica è minore, {n} persona.", other: "Se la modifica è minore, {n} persone."] }
    document_from() { en: "Counts from (optional)", it: "Vale dal (facoltativo)" }
    document_from_hint() { en: "Leave blank to ask at once. Until that day machines don’t ask for it.", it: "Lascia vuoto per richiederlo subito. Fino a quel giorno le macchine non lo richiedono." }
    document_minor() { en: "Minor change: signatures of earlier versions still count", it: "Modifica minore: le firme precedenti valgono ancora" }
    document_unchanged() { en: "The saved text is the published version.", it: "Il testo salvato è la versione pubblicata." }
    document_was_published(n: &str) { en: "Version {n} is published.", it: "La versione {n} è pubblicata." }
    document_versions() { en: "Versions", it: "Versioni" }
    document_versions_none() { en: "Nothing is published yet.", it: "Non è ancora pubblicato nulla." }
    document_again() { en: "to be signed again", it: "da firmare di nuovo" }
    document_is_minor() { en: "minor change", it: "modifica minore" }
    document_preview() { en: "Preview of the saved text", it: "Anteprima del testo salvato" }
    document_edit_short() { en: "Edit", it: "Modifica" }
    document_edit() { en: "Edit document", it: "Modifica il documento" }
    document_archive() { en: "Archive", it: "Archivia" }
    document_restore() { en: "Restore", it: "Ripristina" }
    document_gone(title: &str) { en: "“{title}” archived", it: "«{title}» archiviato" }
    document_back(title: &str) { en: "“{title}” restored", it: "«{title}» ripristinato" }
    document_who() { en: "Who signed", it: "Chi ha firmato" }
    document_who_none() { en: "Nobody has to sign this document.", it: "Nessuno deve firmare questo documento." }
    document_who_none_next() { en: "People who are qualified on its machines show up here.", it: "Qui compaiono le persone abilitate alle sue macchine." }
    document_export() { en: "Download as CSV", it: "Scarica come CSV" }
    document_person() { en: "Person", it: "Persona" }
    document_status() { en: "Status", it: "Stato" }
    document_when() { en: "Signed", it: "Firmato" }
    document_choose(name: &str) { en: "Choose {name}", it: "Scegli {name}" }
    document_tick() { en: "Tick as handed in", it: "Segna come consegnato" }
    document_withdraw() { en: "Ask again", it: "Chiedi di nuovo" }
    document_untick() { en: "Untick", it: "Togli la spunta" }
    document_ticked(n: u32) { en: [one: "Paper of {n} person ticked", other: "Papers of {n} people ticked"], it: [one: "Modulo di {n} persona registrato", other: "Moduli di {n} persone registrati"] }
    document_withdrawn(n: u32) { en: [one: "{n} person is asked again", other: "{n} people are asked again"], it: [one: "Si richiede di nuovo a {n} persona", other: "Si richiede di nuovo a {n} persone"] }
    document_wrote(name: &str) { en: "wrote “{name}”", it: "ha scritto «{name}»" }
    document_until(until: &str) { en: "counts {until}", it: "vale {until}" }
    document_by(day: &str) { en: "sign by {day}", it: "da firmare entro {day}" }
    document_paper_by(day: &str) { en: "hand in by {day}", it: "da consegnare entro {day}" }
    document_to_sign(n: u32) { en: [one: "{n} document to sign", other: "{n} documents to sign"], it: [one: "{n} documento da firmare", other: "{n} documenti da firmare"] }
    data_document_signature() { en: "Signatures", it: "Firme" }
}

names! {
    /// How a document is confirmed.
    document_kind(kind: DocumentKind) {
        Text { en: "Signature on the phone", it: "Firma dal telefono" }
        Paper { en: "Paper, ticked by a manager", it: "Carta, registrata da un responsabile" }
    }
}

names! {
    /// The state of a document.
    document_state(state: DocumentState) {
        Draft { en: "Draft", it: "Bozza" }
        Announced { en: "Announced", it: "Annunciato" }
        InForce { en: "Active", it: "Attivo" }
        Archived { en: "Archived", it: "Archiviato" }
    }
}

names! {
    /// Why no signature counts.
    document_gap(gap: Gap) {
        Missing { en: "missing", it: "mancante" }
        Outdated { en: "outdated", it: "superata" }
        Lapsed { en: "lapsed", it: "scaduta" }
    }
}

/// Actions on documents in the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("document.created", "created a document", "ha creato un documento"),
    ("document.changed", "changed a document", "ha modificato un documento"),
    ("document.published", "published a version of a document", "ha pubblicato una versione di un documento"),
    ("document.archived", "archived a document", "ha archiviato un documento"),
    ("document.restored", "restored a document", "ha ripristinato un documento"),
    ("document.signed", "signed a document", "ha firmato un documento"),
    ("document.ticked", "ticked a paper", "ha registrato un modulo"),
    ("document.withdrawn", "withdrew a signature", "ha revocato una firma"),
];

impl Lang {
    /// Why a document stands in the way.
    pub(crate) fn why_unsigned(self, title: &str, kind: DocumentKind, gap: Gap) -> String {
        match (kind, gap) {
            (DocumentKind::Text, Gap::Missing) => self.why_document_missing(title),
            (DocumentKind::Text, Gap::Outdated) => self.why_document_outdated(title),
            (DocumentKind::Text, Gap::Lapsed) => self.why_document_lapsed(title),
            (DocumentKind::Paper, Gap::Missing) => self.why_paper_missing(title),
            (DocumentKind::Paper, Gap::Outdated) => self.why_paper_outdated(title),
            (DocumentKind::Paper, Gap::Lapsed) => self.why_paper_lapsed(title),
        }
    }

    /// The notice of a document to sign or hand in, by a date if that is in the future.
    pub(crate) fn document_to_confirm(
        self,
        kind: DocumentKind,
        title: &str,
        by: Option<&str>,
    ) -> (String, String) {
        match (kind, by) {
            (DocumentKind::Text, Some(by)) => (self.notice_document(title), self.notice_document_next(by)),
            (DocumentKind::Text, None) => (self.notice_document(title), self.notice_document_now().to_owned()),
            (DocumentKind::Paper, Some(by)) => (self.notice_paper(title), self.notice_paper_next(by)),
            (DocumentKind::Paper, None) => (self.notice_paper(title), self.notice_paper_now().to_owned()),
        }
    }

    /// When something was signed: the day, and the time if that was today.
    #[must_use]
    pub fn signed_when(self, at: Moment, now: Moment) -> String {
        let day = self.day(at, now);
        if at.wall().date == now.wall().date { format!("{day}, {}", clock(at)) } else { day }
    }
}
