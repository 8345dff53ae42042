//! Personal data: export, erasure, retention; pictures and notes.

use crate::Lang;
use domain::pictures::InvalidPicture;

impl Lang {
    /// Why a file is refused as a picture.
    #[must_use]
    pub const fn picture_invalid(self, invalid: InvalidPicture) -> &'static str {
        match invalid {
            InvalidPicture::Nothing => self.picture_nothing(),
            InvalidPicture::NoPicture => self.picture_none(),
            InvalidPicture::Cut => self.picture_cut(),
            InvalidPicture::Heic => self.picture_heic(),
            InvalidPicture::Heavy => self.picture_heavy(),
            InvalidPicture::Large => self.picture_large(),
        }
    }

    /// The content of an exported table.
    #[must_use]
    pub fn data_table(self, name: &str) -> &'static str {
        match name {
            "person" => self.data_person(),
            "profile" => self.data_profile(),
            "account" => self.data_account(),
            "session" => self.data_session(),
            "link" => self.data_link(),
            "passkey" => self.passkeys_title(),
            "identity_link" => self.data_identity_link(),
            "session_identity" => self.data_session_identity(),
            "directory_person" => self.data_directory_person(),
            "rule_grant" => self.data_rule_grant(),
            "api_token" => self.data_api_token(),
            "calendar_feed" => self.feeds_title(),
            "picture" => self.data_picture(),
            "card" => self.data_card(),
            "card_claim" => self.claims_title(),
            "actuator_wish" => self.data_actuator_wish(),
            "actuator_test" => self.data_actuator_test(),
            "document_signature" => self.data_document_signature(),
            "document" | "document_edition" => self.documents_title(),
            "dues" => self.data_dues(),
            "dues_command" => self.data_dues_command(),
            "dues_subscription" => self.data_dues_subscription(),
            "slack_link" => self.data_slack_link(),
            "visit" => self.data_visit(),
            "door_opening" => self.data_door_opening(),
            "push_subscription" => self.data_push_subscription(),
            "help_request" => self.data_help_request(),
            "hold" => self.data_hold(),
            "person_note" => self.data_person_note(),
            "problem_report" => self.data_problem_report(),
            "intervention" => self.data_intervention(),
            "remark" => self.data_remark(),
            "qualification" => self.data_qualification(),
            "use_session" => self.data_use_session(),
            "use_correction" => self.data_use_correction(),
            "last_use" => self.data_last_use(),
            "notice" => self.notices_title(),
            "notice_switch" => self.data_notice_switch(),
            "mail_times" => self.data_mail_times(),
            "bounced_address" => self.data_bounced_address(),
            "announcement" => self.announcements_title(),
            "follow" => self.data_follow(),
            "group_member" => self.groups_title(),
            "room_person" => self.rooms_permitted(),
            "series" => self.series_title(),
            "draw_wish" => self.draws_title(),
            "training_request" => self.privacy_training_requests(),
            "training_event" | "event_place" => self.privacy_training_events(),
            "group_request" => self.data_group_request(),
            "group_invitation" => self.data_group_invitation(),
            "availability_rule" => self.data_availability_rule(),
            "availability_away" => self.data_availability_away(),
            "appointment" => self.data_appointment(),
            "checkout_wish" => self.data_checkout_wish(),
            "booking" => self.data_booking(),
            "waiting" => self.data_waiting(),
            "training_progress" => self.data_training_progress(),
            "quiz_try" => self.data_quiz_try(),
            "attempt" => self.data_attempt(),
            "audit" => self.data_audit(),
            "machine_request" => self.data_machine_request(),
            _ => self.data_other(),
        }
    }
}

text! {
    privacy_training_requests() { en: "Training requests", it: "Richieste di formazione" }
    privacy_training_events() { en: "Training events", it: "Eventi formativi" }
    data_title() { en: "My data", it: "I miei dati" }
    data_title_of(name: &str) { en: "Data of {name}", it: "Dati di {name}" }
    data_lead() { en: "Everything stored about you, to view and download. Contains no passwords or card numbers.",
                  it: "Tutto ciò che è conservato su di te, da vedere e scaricare. Non contiene password né numeri di tessera." }
    data_lead_of() { en: "Everything stored about this person. Hand it over when they ask.",
                     it: "Tutto ciò che è conservato su questa persona. Consegnalo quando lo chiede." }
    data_all() { en: "Download everything (JSON)", it: "Scarica tutto (JSON)" }
    data_tables() { en: "Table by table", it: "Tabella per tabella" }
    data_rows(n: u32) { en: [one: "{n} row", other: "{n} rows"], it: [one: "{n} riga", other: "{n} righe"] }
    data_csv() { en: "Download as CSV", it: "Scarica come CSV" }
    data_no_such_table() { en: "Table not found.", it: "Tabella non trovata." }
    data_person() { en: "Membership", it: "Iscrizione" }
    data_profile() { en: "Profile", it: "Profilo" }
    data_account() { en: "Account", it: "Account" }
    data_session() { en: "Devices signed in", it: "Dispositivi collegati" }
    data_link() { en: "Sign-in links", it: "Link di accesso" }
    data_identity_link() { en: "Accounts at sign-in providers", it: "Account presso provider di accesso" }
    data_session_identity() { en: "Devices signed in by a sign-in provider", it: "Dispositivi collegati con un provider di accesso" }
    data_directory_person() { en: "Directory account", it: "Account della directory" }
    data_rule_grant() { en: "Given by rules about groups", it: "Assegnato da regole sui gruppi" }
    data_api_token() { en: "API tokens", it: "Token API" }
    data_picture() { en: "Picture", it: "Foto" }
    data_card() { en: "Cards", it: "Tessere" }
    data_actuator_wish() { en: "Actuators turned on", it: "Attuatori accesi" }
    data_actuator_test() { en: "Tests of actuators", it: "Prove di attuatori" }
    data_dues() { en: "Dues", it: "Quota" }
    data_dues_subscription() { en: "Subscriptions at a payment processor", it: "Abbonamenti presso il servizio di pagamento" }
    data_dues_command() { en: "Commands to a payment processor", it: "Comandi al servizio di pagamento" }
    data_slack_link() { en: "Slack account", it: "Account Slack" }
    data_visit() { en: "Stays in the building", it: "Presenze nell’edificio" }
    data_door_opening() { en: "Doors opened", it: "Porte aperte" }
    data_push_subscription() { en: "Devices with notifications", it: "Dispositivi con notifiche" }
    data_help_request() { en: "Requests for help at machines", it: "Richieste di aiuto alle macchine" }
    data_hold() { en: "Holds", it: "Blocchi accesso" }
    data_person_note() { en: "Managers’ notes", it: "Note dei responsabili" }
    data_problem_report() { en: "Problems reported and resolved", it: "Problemi segnalati e risolti" }
    data_intervention() { en: "Maintenance done", it: "Manutenzioni fatte" }
    data_remark() { en: "Written texts", it: "Testi scritti" }
    data_qualification() { en: "Qualifications", it: "Abilitazioni" }
    data_use_session() { en: "Uses of machines", it: "Utilizzi delle macchine" }
    data_use_correction() { en: "Corrections of uses", it: "Correzioni di utilizzi" }
    data_notice_switch() { en: "Notices switched on or off", it: "Avvisi attivati o disattivati" }
    data_mail_times() { en: "When e-mails may arrive", it: "Quando possono arrivare le e-mail" }
    data_bounced_address() { en: "Addresses that bounce", it: "Indirizzi che respingono le e-mail" }
    data_availability_rule() { en: "Slots offered for checkouts", it: "Orari offerti per le prove" }
    data_availability_away() { en: "Days away", it: "Giorni di assenza" }
    data_booking() { en: "Bookings", it: "Prenotazioni" }
    data_checkout_wish() { en: "Requests for another checkout time", it: "Richieste di un altro orario per le prove" }
    data_training_progress() { en: "Training watched", it: "Formazione guardata" }
    data_quiz_try() { en: "Quiz tries", it: "Tentativi dei quiz" }
    data_waiting() { en: "Waiting lists", it: "Liste d’attesa" }
    data_appointment() { en: "Checkouts", it: "Prove pratiche" }
    data_group_request() { en: "Groups you asked to join", it: "Gruppi in cui hai chiesto di entrare" }
    data_group_invitation() { en: "Invitations to groups", it: "Inviti in gruppi" }
    data_follow() { en: "Machines followed", it: "Macchine seguite" }
    data_last_use() { en: "Last uses", it: "Ultimi utilizzi" }
    data_attempt() { en: "Card taps", it: "Passaggi di tessera" }
    data_audit() { en: "Audit entries", it: "Voci del registro" }
    data_machine_request() { en: "Requests to machines", it: "Richieste alle macchine" }
    data_other() { en: "Other", it: "Altro" }
    me_data() { en: "My data", it: "I miei dati" }
    me_data_next() { en: "Download it, or delete your account", it: "Scaricali o elimina il tuo account" }
    person_data() { en: "Personal data", it: "Dati personali" }
    person_data_next() { en: "Download or delete", it: "Scarica o elimina" }

    erase_title() { en: "Erase", it: "Cancella" }
    erase_button(name: &str) { en: "Erase {name} for ever", it: "Cancella {name} per sempre" }
    erase_ask(name: &str) {
        en: "Erase {name}? Name, addresses, picture, cards, notes and everything written about them go immediately and can’t be restored. Hours and counts stay, without a name. Earlier backups still contain them.",
        it: "Cancellare {name}? Nome, recapiti, foto, tessere, note e tutto ciò che è stato scritto spariscono subito e non si possono recuperare. Ore e conteggi restano, senza nome. I backup precedenti li contengono ancora.",
    }
    erase_own_ask() {
        en: "Your name, addresses, picture, cards, password and everything written about you go immediately and can’t be restored. You are signed out, and your cards stop working.",
        it: "Nome, recapiti, foto, tessere, password e tutto ciò che è stato scritto su di te spariscono subito e non si possono recuperare. Esci dall’account e le tue tessere non funzionano più.",
    }
    erase_own() { en: "Delete my account", it: "Elimina il mio account" }
    erase_in_use() { en: "They are on a machine right now. Erase them when they are done.",
                     it: "In questo momento sta usando una macchina. Cancella quando ha finito." }
    erase_kept_out() { en: "Only active members without a hold or a ban can delete their account. Ask an administrator.",
                       it: "Solo i membri attivi senza blocchi accesso né esclusioni possono eliminare il proprio account. Chiedi a un amministratore." }
    erase_oneself() { en: "Sign in and delete your account in “My data”, with your password.",
                      it: "Accedi ed elimina il tuo account in «I miei dati», con la tua password." }
    erased_on(date: &str) { en: "Erased on {date}. Their history stays, without a name.",
                            it: (Il date => "Cancellato {date}. Lo storico resta, senza nome.") }

    picture_title() { en: "Picture", it: "Foto" }
    picture_choose() { en: "Choose a picture", it: "Scegli una foto" }
    picture_hint() { en: "JPEG, PNG or WebP. It is made smaller; location and camera data are removed.",
                     it: "JPEG, PNG o WebP. Viene rimpicciolita; posizione e dati della fotocamera si tolgono." }
    picture_send() { en: "Save picture", it: "Salva la foto" }
    picture_remove() { en: "Remove picture", it: "Rimuovi la foto" }
    picture_unknown() { en: "Picture not found", it: "Foto non trovata" }
    picture_nothing() { en: "Choose a picture first.", it: "Prima scegli una foto." }
    picture_none() { en: "This file is not a JPEG, PNG or WebP. Choose another one.",
                     it: "Questo file non è un JPEG, PNG o WebP. Scegline un altro." }
    picture_cut() { en: "Part of this picture is missing. Open it on your device to check it, then send it again.",
                    it: "A questa foto manca una parte. Aprila sul tuo dispositivo per controllarla, poi inviala di nuovo." }
    picture_heic() { en: "This picture is HEIC, which most browsers don’t show. Share it as JPEG, or take a new one: on an iPhone, Settings → Camera → Formats → Most Compatible.",
                     it: "Questa foto è HEIC, che la maggior parte dei browser non mostra. Condividila come JPEG, o fanne una nuova: su iPhone, Impostazioni → Fotocamera → Formati → Più compatibile." }
    picture_heavy() { en: "This picture is over 20 MB. Choose a smaller one.", it: "La foto supera i 20 MB: scegline una più piccola." }
    picture_large() { en: "This picture has too many pixels: at most 32 million, 16,384 on one side, and fewer in a progressive JPEG or a lossless WebP. Choose a smaller one.",
                      it: "La foto ha troppi pixel: al massimo 32 milioni, 16.384 su un lato, e meno in un JPEG progressivo o in un WebP senza perdita. Scegline una più piccola." }

    notes_title() { en: "Notes", it: "Note" }
    notes_lead() { en: "Only managers read them here. They are part of the person’s data, if they ask for it.",
                   it: "Qui le leggono solo i responsabili. Fanno parte dei dati della persona, se li chiede." }
    notes_none() { en: "No notes yet. Write down what the next manager should know.",
                   it: "Nessuna nota. Scrivi ciò che il prossimo responsabile deve sapere." }
    note_add() { en: "Add note", it: "Aggiungi nota" }
    note_label() { en: "New note", it: "Nuova nota" }
    note_edit() { en: "Edit note", it: "Modifica nota" }
    note_save() { en: "Save note", it: "Salva nota" }
    note_delete() { en: "Delete note", it: "Elimina nota" }
    note_deleted() { en: "The note is deleted.", it: "Nota eliminata." }
    note_back() { en: "The note is back.", it: "Nota ripristinata." }
    note_the() { en: "the note", it: "la nota" }
    note_rewritten() { en: "Someone has edited this note since. Read it again, then delete it if it should still go.",
                       it: "Nel frattempo questa nota è cambiata. Rileggila, poi eliminala se vuoi ancora farlo." }
    note_too_late() { en: "This can’t be undone any more. Write the note again.",
                      it: "Questa nota non si può più ripristinare. Scrivila di nuovo." }
    note_by(name: &str, when: &str) { en: "{name}, {when}", it: "{name}, {when}" }
    note_edited(when: &str) { en: "edited {when}", it: "modificata {when}" }
    note_former() { en: "Former member", it: "Ex membro" }
    note_empty() { en: "Write something.", it: "Scrivi qualcosa." }
    note_long(n: &str) { en: "Use {n} characters at most.", it: "Usa al massimo {n} caratteri." }
    note_unknown() { en: "This note no longer exists.", it: "Questa nota non esiste più." }

    retention_title() { en: "Retention", it: "Conservazione" }
    retention_lead() { en: "Data past its retention period is deleted automatically, once a day.",
                       it: "I dati oltre il periodo di conservazione si eliminano automaticamente, una volta al giorno." }
    retention_rules() { en: "Retention periods", it: "Periodi di conservazione" }
    retention_names_rule() { en: "Names and cards of uses: 1 year. Then only hours per month are kept.",
                             it: "Nomi e tessere degli utilizzi: 1 anno. Poi si conservano solo le ore al mese." }
    retention_record_rule(days: &str) { en: "Audit log: {days} days.",
                                        it: "Registro: {days} giorni." }
    retention_record_set() { en: "Change", it: "Modifica" }
    retention_entries() { en: "Audit entries", it: "Voci del registro" }
    retention_decisions_rule() { en: "Card taps: 90 days.", it: "Passaggi di tessera: 90 giorni." }
    retention_cards_rule() { en: "Unassigned cards: 30 days.", it: "Tessere non assegnate: 30 giorni." }
    retention_sign_ins_rule() { en: "Signed-in devices and links: until they expire.",
                                it: "Dispositivi collegati e link: fino alla scadenza." }
    retention_runs() { en: "Runs", it: "Esecuzioni" }
    retention_never() { en: "Not run yet.", it: "Ancora mai eseguita." }
    retention_now() { en: "Run now", it: "Esegui ora" }
    retention_interrupted(made: &str) {
        en: "The database failed before everything was deleted. Rows deleted: {made}. Run it again for the rest.",
        it: "Un errore dei dati ha fermato la pulizia. Eliminati finora: {made}. Ripetila per il resto.",
    }
    retention_done() { en: "Done.", it: "Fatto." }
    retention_when() { en: "When", it: "Quando" }
    retention_by() { en: "By", it: "Da" }
    retention_names() { en: "Names removed", it: "Nomi tolti" }
    retention_decisions() { en: "Card taps", it: "Passaggi di tessera" }
    retention_cards() { en: "Unassigned cards", it: "Tessere non assegnate" }
    retention_sign_ins() { en: "Sign-ins", it: "Accessi" }
    nav_retention() { en: "Retention", it: "Conservazione" }
    nav_retention_next() { en: "How long data is kept", it: "Per quanto si conservano i dati" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_tables_have_labels() {
        assert_eq!(Lang::It.data_table("card"), "Tessere");
        assert_eq!(Lang::En.data_table("weather"), "Other");
        assert_eq!(Lang::En.picture_invalid(InvalidPicture::Nothing), "Choose a picture first.");
    }
}
