//! The steps of a checkout: a trainer's marks, and the list of a type.

use crate::Lang;
use domain::checkout_steps::{InvalidOutline, STEP, STEPS};

text! {
    checkout_tally(seen: &str, all: &str) { en: "{seen} of {all}", it: "{seen} su {all}" }
    checkout_tally_label(seen: &str, all: &str) { en: "{seen} of {all} steps ticked", it: "{seen} passi su {all} spuntati" }
    checkout_required_open(n: u32) { en: [one: "{n} required open", other: "{n} required open"], it: [one: "{n} obbligatorio aperto", other: "{n} obbligatori aperti"] }
    checkout_required_seen() { en: "all required seen", it: "visti tutti gli obbligatori" }
    checkout_started(minutes: &str) { en: "started {minutes} min ago", it: "iniziata {minutes} min fa" }
    checkout_how_to_tick() { en: "Tap the circle when you have seen it done, the arrows to keep a step for practice.",
                             it: "Tocca il cerchio quando l’hai visto fare, le frecce per lasciare un passo da esercitare." }
    checkout_steps_first() { en: "First", it: "Per cominciare" }
    checkout_required() { en: "Required", it: "Obbligatorio" }
    checkout_practise_step() { en: "Practise", it: "Da esercitare" }
    checkout_seen_step() { en: "Seen", it: "Visto" }
    checkout_note_or_photo() { en: "Note or photo", it: "Nota o foto" }
    checkout_step_note() { en: "Note on this step", it: "Nota su questo passo" }
    checkout_step_note_save() { en: "Save note", it: "Salva la nota" }
    checkout_step_photo(step: &str) { en: "Photo: {step}", it: "Foto: {step}" }
    checkout_photo_add() { en: "Add photo", it: "Aggiungi la foto" }
    checkout_photo_remove() { en: "Remove photo", it: "Rimuovi la foto" }
    checkout_step_done() { en: "Done", it: "Fatto" }
    checkout_signatures() { en: "Signatures", it: "Firme" }
    checkout_sign(name: &str) { en: "Tap to sign: {name}", it: "Tocca per firmare: {name}" }
    checkout_signed_trainer(when: &str) { en: "Trainer, {when}", it: "Istruttore, {when}" }
    checkout_signed_member(when: &str) { en: "Member, {when}", it: "Membro, {when}" }
    checkout_signed_here(when: &str) { en: "Member, {when}, on the trainer’s device", it: "Membro, {when}, sul dispositivo dell’istruttore" }
    checkout_sign_trainer_next() { en: "I have seen every ticked step done.", it: "Ho visto fare ogni passo spuntato." }
    checkout_sign_member_next() { en: "I was shown this and know the emergency stop.", it: "Mi è stato mostrato tutto e conosco l’arresto di emergenza." }
    checkout_sign_member_where() { en: "On this device, or on their own page of this checkout", it: "Su questo dispositivo o sulla propria pagina della prova" }
    checkout_unsign() { en: "Tap to remove", it: "Tocca per togliere" }
    checkout_not_yet_title() { en: "Not yet: what to practise", it: "Non ancora: che cosa esercitare" }
    checkout_try_again() { en: "Try again", it: "Riprovare" }
    checkout_any_time() { en: "Any time", it: "Subito" }
    checkout_in_3_days() { en: "In 3 days", it: "Tra 3 giorni" }
    checkout_in_1_week() { en: "In 1 week", it: "Tra 1 settimana" }
    checkout_back() { en: "Back", it: "Indietro" }
    checkout_save_and_tell() { en: "Save and notify", it: "Salva e avvisa" }
    checkout_open_steps(n: u32, steps: &str) { en: [one: "{n} required step is open: {steps}", other: "{n} required steps are open: {steps}"],
                                               it: [one: "{n} passo obbligatorio è aperto: {steps}", other: "{n} passi obbligatori sono aperti: {steps}"] }
    checkout_sign_first() { en: "Sign as the trainer to pass.", it: "Firma come istruttore per concludere." }
    checkout_to_practise() { en: "Steps to practise", it: "Passi da esercitare" }
    checkout_all_steps(n: u32) { en: [one: "{n} step", other: "All {n} steps"], it: [one: "{n} passo", other: "Tutti i passi: {n}"] }
    checkout_begin() { en: "Start now", it: "Inizia ora" }

    checkout_steps_open(steps: &str) { en: "These required steps are open: {steps}.", it: "Questi passi obbligatori sono aperti: {steps}." }
    checkout_unsigned() { en: "Sign the checklist as the trainer first.", it: "Prima firma la lista come istruttore." }
    checkout_unknown_step() { en: "This step isn’t in the checklist any more. Reload the page.", it: "Questo passo non è più nella lista. Ricarica la pagina." }
    checkout_list_changed() { en: "Someone has saved another checklist since. Copy your text, and reload the page.",
                              it: "Nel frattempo la lista è stata modificata. Copia il tuo testo e ricarica la pagina." }
    checkout_list_many(most: &str) { en: "Enter at most {most} steps.", it: "Scrivi al massimo {most} passi." }
    checkout_list_long(line: &str, most: &str) { en: "Line {line} is too long. Enter at most {most} characters.", it: "La riga {line} è troppo lunga. Scrivi al massimo {most} caratteri." }
    checkout_list_bare(line: &str) { en: "Line {line} is a heading without a step below it.", it: "La riga {line} è un titolo senza passi sotto." }

    checkout_list_title() { en: "Checkout checklist", it: "Lista della prova" }
    checkout_list_sub() { en: "What a trainer wants to see before someone passes", it: "Che cosa vuole vedere un istruttore prima di promuovere" }
    checkout_list_text() { en: "Steps", it: "Passi" }
    checkout_list_hint() { en: "One step a line. # begins a heading, ! a required step.", it: "Un passo per riga. # inizia un titolo, ! un passo obbligatorio." }
    checkout_list_save() { en: "Save checklist", it: "Salva la lista" }
    checkout_list_saved() { en: "The checklist is saved.", it: "La lista è salvata." }
    checkout_list_begun(n: u32) { en: [one: "{n} checkout under way keeps the list it began with.", other: "{n} checkouts under way keep the list they began with."],
                                  it: [one: "{n} prova in corso mantiene la lista con cui è iniziata.", other: "{n} prove in corso mantengono la lista con cui sono iniziate."] }
    checkout_list_preview() { en: "As trainers see it", it: "Come la vedono gli istruttori" }
    checkout_list_none() { en: "No checklist yet", it: "Ancora nessuna lista" }
    checkout_list_none_next() { en: "Without one, trainers use their own judgement.", it: "Senza lista, gli istruttori decidono a propria discrezione." }
}

impl Lang {
    /// Why a text is no list of steps.
    #[must_use]
    pub fn checkout_list_fault(self, fault: InvalidOutline) -> String {
        match fault {
            InvalidOutline::Many => self.checkout_list_many(&STEPS.to_string()),
            InvalidOutline::Long(line) => self.checkout_list_long(&line.to_string(), &STEP.to_string()),
            InvalidOutline::Bare(line) => self.checkout_list_bare(&line.to_string()),
        }
    }
}
