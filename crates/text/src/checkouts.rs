//! Checkouts: requesting one, and a trainer's overview.

use crate::Lang;
use contract::checkouts::{Evidence, ModuleEvidence};
use domain::checkouts::{CheckoutAction, Obstacle, State, Stays, UNDO};
use std::time::Duration;

text! {
    checkout_slots_title() { en: "Choose a checkout time", it: "Scegli l’orario della prova" }
    checkout_slots_sub(kind: &str) { en: "{kind} · in person with a trainer", it: "{kind} · di persona con un istruttore" }
    checkout_trainer() { en: "Trainer", it: "Istruttore" }
    checkout_anyone() { en: "Anyone", it: "Chiunque" }
    checkout_free_until(day: &str) { en: "Free slots until {day}", it: (A day => "Orari liberi fino {day}") }
    checkout_choice_gone() { en: "The chosen slot was just taken. Choose another one.", it: "L’orario scelto è appena stato preso. Scegline un altro." }
    checkout_just_taken() { en: "Just taken", it: "Appena preso" }
    tomorrow() { en: "tomorrow", it: "domani" }
    in_some_days(n: u32) { en: [one: "in {n} day", other: "in {n} days"], it: [one: "tra {n} giorno", other: "tra {n} giorni"] }
    checkout_request() { en: "Request this time", it: "Richiedi questo orario" }
    checkout_move() { en: "Move to this time", it: "Sposta a questo orario" }
    checkout_move_head() { en: "Reschedule", it: "Sposta" }
    checkout_no_times() { en: "no slots", it: "nessun orario" }
    checkout_none_next() { en: "New slots show up here. Or ask a trainer in the workshop: they can do your checkout on the spot.",
                           it: "I nuovi orari compaiono qui. Oppure chiedi a un istruttore: può farti fare la prova sul posto." }
    checkout_with(trainer: &str) { en: "With {trainer}", it: "Con {trainer}" }
    checkout_by_trainer() { en: "A trainer confirms the time. We’ll let you know here and by e-mail.", it: "Un istruttore conferma l’orario. Ti avvisiamo qui e per e-mail." }
    checkout_already() { en: "You may already use this.", it: "Puoi già usarlo." }
    checkout_banned() { en: "They are banned. A manager or an owner of the type can lift the ban.", it: "C’è un’esclusione. Può toglierla un responsabile o un proprietario del tipo." }
    checkout_no_member() { en: "They are not an active member now.", it: "In questo momento non è un membro attivo." }
    checkout_not_yours() { en: "Only the member removes this signature.", it: "Solo il membro può togliere questa firma." }
    checkout_open_list() { en: "Open the checklist", it: "Apri la lista" }
    checkout_first(types: &str) { en: "You need this first: {types}.", it: "Prima ti serve: {types}." }
    checkout_again(at: &str) { en: "You can try again from {at}.", it: (Da at => "Puoi riprovare {at}.") }
    checkout_practise() { en: "What to practise", it: "Che cosa esercitare" }
    checkout_last() { en: "Last time", it: "L’ultima volta" }
    checkout_to_slots() { en: "Choose another time", it: "Scegli un altro orario" }
    checkout_mine() { en: "Your checkout", it: "La tua prova" }
    checkout_open_mine() { en: "Open", it: "Apri" }

    nav_checkouts_next() { en: "Today’s appointments and requests", it: "Appuntamenti e richieste di oggi" }
    checkouts_title() { en: "My checkouts", it: "Le mie prove" }
    checkouts_today() { en: "Today", it: "Oggi" }
    checkouts_today_none() { en: "No checkouts today", it: "Nessuna prova oggi" }
    checkouts_today_none_next() { en: "Members pick from the slots you offer.", it: "I membri scelgono tra gli orari che offri." }
    checkouts_waiting() { en: "Waiting for your answer", it: "In attesa della tua risposta" }
    checkouts_coming() { en: "Coming up", it: "Prossimamente" }
    checkouts_unfinished() { en: "Without a result", it: "Senza esito" }
    checkouts_availability() { en: "Availability", it: "Disponibilità" }
    checkouts_spot() { en: "Record a checkout", it: "Registra una prova" }
    checkouts_spot_next() { en: "For one that wasn’t booked.", it: "Per una prova non prenotata." }
    checkouts_spot_listed() { en: "This type has a checklist. Begin the checkout to go through it and pass.", it: "Questo tipo ha una lista di controllo. Inizia la prova per seguirla e superarla." }
    checkouts_spot_list() { en: "See checklist", it: "Vedi la lista" }
    checkouts_person() { en: "Member", it: "Membro" }
    checkouts_person_hint() { en: "Full name or e-mail address", it: "Nome completo o indirizzo e-mail" }
    checkouts_kind() { en: "Type", it: "Tipo" }
    checkouts_record() { en: "Record checkout", it: "Registra la prova" }
    checkouts_result() { en: "Result", it: "Esito" }
    checkouts_practice_since(length: &str) { en: "{length} since the last try", it: "{length} dall’ultimo tentativo" }
    checkouts_practice_none_since() { en: "none since the last try", it: "niente dall’ultimo tentativo" }
    checkouts_practice(hours: &str) { en: "{hours} of practice", it: "{hours} di pratica" }
    checkouts_no_practice() { en: "no practice yet", it: "non ha ancora fatto pratica" }
    checkouts_tries(n: u32) { en: [one: "{n} earlier try", other: "{n} earlier tries"], it: [one: "{n} tentativo precedente", other: "{n} tentativi precedenti"] }
    checkouts_videos(n: u32, done: &str) { en: [one: "{done} of {n} video", other: "{done} of {n} videos"], it: [one: "{done} video su {n}", other: "{done} video su {n}"] }
    checkouts_quiz(percent: &str) { en: "quiz {percent}%", it: "quiz {percent} %" }
    checkouts_quizzes(percent: &str) { en: "quizzes {percent}%", it: "quiz {percent} %" }
    checkouts_quizzes_taken(n: u32, taken: &str) { en: [one: "no quiz yet", other: "{taken} of {n} quizzes"], it: [one: "ancora nessun quiz", other: "{taken} quiz su {n}"] }
    checkouts_quiz_tries(n: u32) { en: [one: "{n} try", other: "{n} tries"], it: [one: "{n} tentativo", other: "{n} tentativi"] }
    checkouts_now() { en: "now", it: "ora" }
    checkouts_appointments(n: u32) { en: [one: "{n} appointment", other: "{n} appointments"], it: [one: "{n} appuntamento", other: "{n} appuntamenti"] }
    checkouts_free_times(n: u32) { en: [one: "{n} free slot", other: "{n} free slots"], it: [one: "{n} orario libero", other: "{n} orari liberi"] }
    checkouts_free_time() { en: "Free", it: "Libero" }
    checkouts_chosen() { en: "Chosen checkout", it: "Prova scelta" }
    checkouts_col_person() { en: "Person, type", it: "Persona, tipo" }
    checkouts_col_videos() { en: "Videos", it: "Video" }
    checkouts_col_quiz() { en: "Quiz", it: "Quiz" }
    checkouts_col_practice() { en: "Practice", it: "Ore d’uso" }
    checkouts_all_watched() { en: "all watched", it: "tutti visti" }
    checkouts_none_taken() { en: "not taken", it: "non fatto" }
    checkouts_no_quiz() { en: "none", it: "nessuno" }
    checkouts_score(percent: &str) { en: "{percent}%", it: "{percent} %" }
    checkouts_candidates_ready() { en: "Ready for a checkout", it: "Pronti per la prova" }
    checkouts_candidates_nearly() { en: "Nearly ready", it: "Quasi pronti" }
    checkouts_key_list() { en: "checklist", it: "lista" }
    checkouts_former() { en: "Former member", it: "Ex membro" }

    checkout_entry(kind: &str) { en: "Checkout: {kind}", it: "Prova: {kind}" }
    checkout_title() { en: "Checkout", it: "Prova" }
    checkout_note() { en: "Note", it: "Nota" }
    checkout_note_why() { en: "Why not", it: "Perché no" }
    checkout_note_practise() { en: "What to practise", it: "Che cosa esercitare" }
    checkout_retry_label() { en: "Try again after, days", it: "Riprovare dopo, giorni" }
    checkout_accept() { en: "Accept", it: "Accetta" }
    checkout_reject() { en: "Decline", it: "Rifiuta" }
    checkout_cancel() { en: "Cancel checkout", it: "Annulla la prova" }
    checkout_pass() { en: "Pass", it: "Superata" }
    checkout_pass_next(kind: &str) { en: "Pass qualifies them for {kind} right away.", it: "Con «Superata» può usare subito {kind}." }
    checkout_untrained(n: u32, done: &str) { en: [one: "Training not finished: {done} of {n} module. They can’t use the machine before.", other: "Training not finished: {done} of {n} modules. They can’t use the machine before."],
                                             it: [one: "Formazione non completata: {done} moduli su {n}. Prima non può usare la macchina.", other: "Formazione non completata: {done} moduli su {n}. Prima non può usare la macchina."] }
    checkout_fail() { en: "Not yet", it: "Non ancora" }
    checkout_no_show() { en: "Didn’t show up", it: "Non si è presentato" }

    checkout_pending() { en: "Waiting for an answer", it: "In attesa di risposta" }
    checkout_accepted() { en: "Accepted", it: "Accettata" }
    checkout_rejected() { en: "Declined", it: "Rifiutata" }
    checkout_passed() { en: "Passed", it: "Superata" }
    checkout_failed() { en: "Not yet", it: "Non ancora" }
    checkout_cancelled() { en: "Cancelled", it: "Annullata" }
    checkout_missed() { en: "Didn’t show up", it: "Non presentato" }

    checkout_obstacle_closed() { en: "The workshop is closed then", it: "Il laboratorio è chiuso a quell’ora" }
    checkout_obstacle_trainer() { en: "The trainer has another appointment", it: "L’istruttore ha un altro appuntamento" }
    checkout_obstacle_member() { en: "You have another appointment", it: "Hai un altro appuntamento" }
    checkout_obstacle_blocked() { en: "The machine is blocked", it: "La macchina è bloccata" }
    checkout_obstacle_machine() { en: "The machine is taken", it: "La macchina è occupata" }
    checkout_obstacle_none() { en: "No trainer available", it: "Nessun istruttore disponibile" }

    checkout_none_of_these() { en: "None of these?", it: "Nessuno va bene?" }
    checkout_none_of_these_next() { en: "Say when you can come; trainers offer a time", it: "Di’ quando puoi venire: gli istruttori offrono un orario" }
    checkout_ask_for_time() { en: "Ask for a time", it: "Chiedi un orario" }
    checkout_when_label() { en: "When you can come", it: "Quando puoi venire" }
    checkout_when_hint() { en: "For example: weekdays after 18:00", it: "Per esempio: nei giorni feriali dopo le 18:00" }
    checkout_wish_send() { en: "Notify trainers", it: "Avvisa gli istruttori" }
    checkout_wished() { en: "Trainers notified", it: "Gli istruttori sono stati avvisati" }
    checkout_wished_next(when: &str) { en: "You asked for another time: {when}. New slots show up here.",
                                       it: "Hai chiesto un altro orario: {when}. I nuovi orari compaiono qui." }
    checkout_wished_today() { en: "The trainers were notified today. You can ask again tomorrow.", it: "Gli istruttori sono stati avvisati oggi. Puoi chiedere di nuovo domani." }
    checkouts_candidates() { en: "Candidates", it: "Candidati" }
    checkouts_candidates_count(ready: u32, nearly: &str) { en: [one: "{ready} ready, {nearly} nearly", other: "{ready} ready, {nearly} nearly"], it: [one: "{ready} pronto, {nearly} quasi", other: "{ready} pronti, {nearly} quasi"] }
    checkouts_candidate_missing(titles: &str) { en: "Missing: {titles}", it: "Manca: {titles}" }
    checkouts_candidate_check() { en: "Record checkout", it: "Esamina" }
    checkouts_wishes() { en: "Looking for a time", it: "Cercano un orario" }
    checkouts_wish_offer() { en: "Offer a time", it: "Offri un orario" }
    checkout_none_until(day: &str) { en: "No free slots until {day}", it: (A day => "Nessun orario libero fino {day}") }
    checkout_none_ask() { en: "Ask the trainers for one. They get your message and can offer a time.",
                          it: "Chiedine uno agli istruttori: ricevono il tuo messaggio e possono offrire un orario." }
    checkout_was_passed(name: &str, kind: &str) { en: "{name} passed: {kind}.", it: "{name} ha superato la prova: {kind}." }
    checkout_was_undone(name: &str) { en: "Undone. The checkout of {name} has no result again.", it: "Annullato. La prova di {name} è di nuovo senza esito." }
    checkout_undo() { en: "Undo pass", it: "Annulla l’esito" }
    checkout_undo_until(at: &str, name: &str) { en: "Passed by mistake? You can undo it until {at}, as long as {name} hasn’t used or booked it.",
                                    it: "Superata per errore? Puoi annullare fino alle {at}, finché {name} non l’ha usato né prenotato." }
    checkout_stays_not_passed() { en: "This checkout was not passed.", it: "Questa prova non è stata superata." }
    checkout_stays_other() { en: "Someone else passed them. Revoke the qualification on their page instead.",
                             it: "L’esito è di un’altra persona. Revoca piuttosto l’abilitazione sulla pagina del membro." }
    checkout_stays_late(minutes: &str) { en: "A pass can be undone for {minutes} minutes. Revoke the qualification on their page instead.",
                                         it: "L’esito si può annullare per {minutes} minuti. Revoca piuttosto l’abilitazione sulla pagina del membro." }
    checkout_stays_used() { en: "They have used or booked it since. Revoke the qualification on their page instead.",
                            it: "Nel frattempo l’ha usato o prenotato. Revoca piuttosto l’abilitazione sulla pagina del membro." }

    checkout_unknown() { en: "Checkout not found.", it: "Prova non trovata." }
    checkout_not_offered() { en: "This slot isn’t offered. Choose one of the slots shown.", it: "Questo orario non è offerto. Scegline uno tra quelli mostrati." }
    checkout_taken(why: &str) { en: "{why}. Choose another time.", it: "{why}. Scegli un altro orario." }
    checkout_taken_by(why: &str, time: &str) { en: "{why}: {time}. Choose another time.", it: "{why}: {time}. Scegli un altro orario." }
    checkout_decided(state: &str) { en: "This was decided before: {state}.", it: "È già stato deciso: {state}." }
    checkout_decided_by(state: &str, name: &str) { en: "{name} decided before you: {state}.", it: "{name} ha già deciso: {state}." }
    checkout_not_now() { en: "That can’t be done at this time.", it: "In questo momento non si può fare." }
    checkout_open() { en: "You have already asked for this checkout. Reschedule or cancel it instead.", it: "Hai già richiesto questa prova. Spostala o annullala." }
    checkout_qualified() { en: "You may already use this.", it: "Puoi già usarlo." }
    checkout_requires(types: &str) { en: "You need this first: {types}.", it: "Prima ti serve: {types}." }
    checkout_training(n: u32) { en: [one: "{n} training module is left. Finish it in Learn first.", other: "{n} training modules are left. Finish them in Learn first."],
                                it: [one: "Resta {n} modulo di formazione. Completalo prima in Impara.", other: "Restano {n} moduli di formazione. Completali prima in Impara."] }
    checkout_book() { en: "Request a checkout", it: "Richiedi la prova" }
    checkout_retry(at: &str) { en: "You can try again from {at}.", it: (Da at => "Puoi riprovare {at}.") }
    checkout_oneself() { en: "You can’t do your own checkout. Ask another trainer.", it: "Non puoi esaminarti da solo. Chiedi a un altro istruttore." }
    checkout_choose() { en: "Choose what to do.", it: "Scegli che cosa fare." }
    checkout_note_missing() { en: "Say why in a few words.", it: "Spiega il motivo in poche parole." }
    checkout_note_long(most: &str) { en: "Write at most {most} characters.", it: "Scrivi al massimo {most} caratteri." }
    checkout_retry_days(most: &str) { en: "Enter a number of days from 0 to {most}.", it: "Scrivi un numero di giorni da 0 a {most}." }
    checkout_person() { en: "No member has this name, or more than one does. Enter the full name or the e-mail address.", it: "Nessun membro, o più di uno, si chiama così. Scrivi il nome completo o l’indirizzo e-mail." }

    availability_title() { en: "Availability", it: "Disponibilità" }
    availability_sub() { en: "Slots you offer for checkouts", it: "Gli orari che offri per le prove" }
    availability_rules() { en: "Every week", it: "Ogni settimana" }
    availability_none() { en: "No times yet", it: "Ancora nessun orario" }
    availability_none_next() { en: "Add the hours in which members can book a checkout with you.", it: "Aggiungi le ore in cui i membri possono prenotare una prova con te." }
    availability_add() { en: "Add times", it: "Aggiungi orari" }
    availability_save() { en: "Save changes", it: "Salva le modifiche" }
    availability_remove() { en: "Remove", it: "Rimuovi" }
    availability_day() { en: "Day", it: "Giorno" }
    availability_one_date() { en: "One date", it: "Una data" }
    availability_the_date() { en: "Date", it: "Data" }
    availability_the_date_hint() { en: "Only with “One date”", it: "Solo con «Una data»" }
    availability_from() { en: "From", it: "Dalle" }
    availability_to() { en: "To", it: "Alle" }
    availability_length_label() { en: "Length, minutes", it: "Durata, minuti" }
    availability_buffer_label() { en: "Buffer after, minutes", it: "Pausa dopo, minuti" }
    availability_first() { en: "First day", it: "Primo giorno" }
    availability_last_label() { en: "Last day", it: "Ultimo giorno" }
    availability_last_hint() { en: "Leave it empty for no end.", it: "Lascia vuoto se non finisce." }
    availability_for() { en: "For", it: "Per" }
    availability_for_all() { en: "all your types", it: "tutti i tuoi tipi" }
    availability_makes(n: u32, length: u16) { en: [one: "{n} slot of {length} min", other: "{n} slots of {length} min"], it: [one: "{n} orario di {length} min", other: "{n} orari di {length} min"] }
    availability_buffered(minutes: u16) { en: "{minutes} min buffer", it: "{minutes} min di pausa" }
    availability_since(day: &str) { en: "from {day}", it: (Da day => "{day}") }
    availability_until(day: &str) { en: "until {day}", it: (A day => "fino {day}") }
    availability_week() { en: "Your week", it: "La tua settimana" }
    availability_previous() { en: "Previous week", it: "Settimana precedente" }
    availability_this_week() { en: "This week", it: "Questa settimana" }
    availability_next() { en: "Next week", it: "Settimana successiva" }
    availability_add_on(day: &str) { en: "Add times: {day}", it: "Aggiungi orari: {day}" }
    availability_exceptions() { en: "Exceptions", it: "Eccezioni" }
    availability_extra() { en: "Extra", it: "In più" }
    availability_away_short() { en: "Away", it: "Assente" }
    availability_closed() { en: "Closed", it: "Chiuso" }
    availability_busy() { en: "Busy", it: "Occupato" }
    availability_none_left() { en: "all taken", it: "tutti occupati" }
    availability_legend_rule() { en: "every week", it: "ogni settimana" }
    availability_legend_once() { en: "extra, this date only", it: "in più, solo in questa data" }
    availability_legend_taken() { en: "booked checkout", it: "prova fissata" }
    availability_legend_asked() { en: "needs your answer", it: "da confermare" }
    availability_legend_lost() { en: "not available: you’re busy or it’s closed", it: "non disponibile: sei impegnato o è chiuso" }
    availability_last_one(at: &str) { en: "The last one begins at {at}.", it: "L’ultimo inizia alle {at}." }
    availability_unused(minutes: &str) { en: "{minutes} min at the end stay unused.", it: "{minutes} min alla fine restano inutilizzati." }
    availability_once() { en: "This week only", it: "Solo questa settimana" }
    availability_draws() { en: "New blocks repeat", it: "I nuovi blocchi si ripetono" }
    availability_draw_hint() { en: "Drag on a day to add times", it: "Trascina su un giorno per aggiungere orari" }
    availability_key_move() { en: "move 15 min", it: "sposta di 15 min" }
    availability_key_resize() { en: "resize", it: "cambia la durata" }
    availability_key_remove() { en: "remove", it: "rimuovi" }
    availability_every(day: &str) { en: "Every {day}", it: "Ogni {day}" }
    availability_drawn_new(what: &str) { en: "New: {what}", it: "Nuovo: {what}" }
    availability_drawn_changed(what: &str) { en: "Changed: {what}", it: "Modificato: {what}" }
    availability_stays() { en: "Booked checkouts stay as they are", it: "Le prove fissate restano come sono" }
    availability_discard() { en: "Discard", it: "Annulla" }
    availability_away() { en: "Away", it: "Assenze" }
    availability_away_add() { en: "Add days away", it: "Aggiungi un’assenza" }
    availability_away_none() { en: "No days away.", it: "Nessuna assenza." }
    availability_preview() { en: "Slots members get", it: "Orari per i membri" }
    availability_count(n: u32) { en: [one: "{n} slot", other: "{n} slots"], it: [one: "{n} orario", other: "{n} orari"] }
    availability_taken(n: u32) { en: [one: "{n} taken", other: "{n} taken"], it: [one: "{n} occupato", other: "{n} occupati"] }
    availability_was_saved() { en: "Your times are saved.", it: "Gli orari sono salvati." }
    availability_was_removed() { en: "Removed. Booked checkouts stay.", it: "Rimosso. Le prove già prenotate restano." }
    availability_unknown() { en: "This entry is gone.", it: "Questa voce non esiste più." }
    availability_not_a_trainer() { en: "Only trainers and owners of a type offer slots.", it: "Solo istruttori e proprietari di un tipo offrono orari." }
    availability_changed() { en: "Someone has changed these times since. Reload the page.", it: "Nel frattempo questi orari sono cambiati. Ricarica la pagina." }
    availability_too_many(most: &str) { en: "You have {most} entries already. Remove one first.", it: "Hai già {most} voci. Rimuovine una prima." }
    availability_choose_days() { en: "Choose a day of the week, or “One date” and a date.", it: "Scegli un giorno della settimana, oppure «Una data» e la data." }
    availability_date() { en: "Choose a day from today on, like 2026-11-30.", it: "Scegli un giorno da oggi in poi, come 2026-11-30." }
    availability_time() { en: "Enter a time like 17:00.", it: "Scrivi un’ora come 17:00." }
    availability_order() { en: "The end must be after the start.", it: "La fine deve essere dopo l’inizio." }
    availability_length() { en: "Choose 15, 30, 45 or 60 minutes.", it: "Scegli 15, 30, 45 o 60 minuti." }
    availability_buffer(most: &str) { en: "Enter 0 to {most} minutes.", it: "Scrivi da 0 a {most} minuti." }
    availability_too_short() { en: "Not even one slot of this length fits.", it: "Non ci sta nemmeno un orario di questa durata." }
    availability_last() { en: "The last day must not be before the first.", it: "L’ultimo giorno non può precedere il primo." }
    availability_kinds() { en: "Choose the types you do checkouts for.", it: "Scegli tipi per cui fai le prove." }
}

impl Lang {
    /// Why a passed result cannot be undone.
    #[must_use]
    pub fn checkout_stays(self, why: Stays) -> String {
        match why {
            Stays::NotPassed => self.checkout_stays_not_passed().to_owned(),
            Stays::Other => self.checkout_stays_other().to_owned(),
            Stays::Late => self.checkout_stays_late(&(UNDO.as_secs() / 60).to_string()),
            Stays::Used => self.checkout_stays_used().to_owned(),
        }
    }

    /// A person's training in short: `3 of 3 videos · quiz 92%`. `None` if none is required.
    #[must_use]
    pub fn checkout_trained(self, modules: &[ModuleEvidence]) -> Option<String> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        if modules.is_empty() {
            return None;
        }
        let watched = modules.iter().filter(|module| module.watched).count();
        let videos = self.checkouts_videos(count(modules.len()), &watched.to_string());
        let quizzes: Vec<_> = modules.iter().filter_map(|module| module.quiz).collect();
        let mut scores: Vec<_> = quizzes.iter().filter_map(|quiz| quiz.best).collect();
        scores.sort_unstable();
        let quiz = match (scores.as_slice(), quizzes.len()) {
            (_, 0) => return Some(videos),
            (taken, all) if taken.len() < all => {
                self.checkouts_quizzes_taken(count(all), &taken.len().to_string())
            }
            ([only], _) => self.checkouts_quiz(&only.to_string()),
            ([least, .., most], _) if least != most => self.checkouts_quizzes(&format!("{least}–{most}")),
            (taken, _) => self.checkouts_quizzes(&taken.first().map(ToString::to_string).unwrap_or_default()),
        };
        Some(format!("{videos} · {quiz}"))
    }

    /// A person's practice, and since the last attempt: `3 h of practice · 1 h since the last try`.
    #[must_use]
    pub fn checkout_practice(self, evidence: &Evidence) -> String {
        let length = |minutes: u32| self.length(Duration::from_secs(u64::from(minutes) * 60));
        let used = self.checkout_used(evidence.used_minutes);
        if evidence.used_minutes == 0 {
            return used;
        }
        let since = evidence.since_minutes.map(|minutes| match minutes {
            0 => self.checkouts_practice_none_since().to_owned(),
            minutes => self.checkouts_practice_since(&length(minutes)),
        });
        [Some(used), since].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// The same without the last attempt: `3 h of practice`.
    #[must_use]
    pub fn checkout_used(self, minutes: u32) -> String {
        match minutes {
            0 => self.checkouts_no_practice().to_owned(),
            minutes => self.checkouts_practice(&self.length(Duration::from_secs(u64::from(minutes) * 60))),
        }
    }

    /// The same for one module: `100% watched · quiz 92% · 2 tries`.
    #[must_use]
    pub fn checkout_module(self, module: &ModuleEvidence) -> String {
        let mut message = vec![self.learn_percent(&module.percent.to_string())];
        if let Some(quiz) = module.quiz {
            message.push(match quiz.best {
                Some(best) => self.checkouts_quiz(&best.to_string()),
                None => self.checkouts_quizzes_taken(1, "0"),
            });
            if quiz.tries > 0 {
                message.push(self.checkouts_quiz_tries(quiz.tries));
            }
        }
        message.join(" · ")
    }

    /// State of an appointment.
    #[must_use]
    pub const fn checkout_state(self, state: State) -> &'static str {
        match state {
            State::Pending => self.checkout_pending(),
            State::Accepted => self.checkout_accepted(),
            State::Rejected => self.checkout_rejected(),
            State::Passed => self.checkout_passed(),
            State::Failed => self.checkout_failed(),
            State::Cancelled => self.checkout_cancelled(),
            State::NoShow => self.checkout_missed(),
        }
    }

    /// Why a time is unavailable.
    #[must_use]
    pub const fn checkout_obstacle(self, obstacle: Obstacle) -> &'static str {
        match obstacle {
            Obstacle::Closed => self.checkout_obstacle_closed(),
            Obstacle::Trainer => self.checkout_obstacle_trainer(),
            Obstacle::Member => self.checkout_obstacle_member(),
            Obstacle::Blocked => self.checkout_obstacle_blocked(),
            Obstacle::Machine => self.checkout_obstacle_machine(),
        }
    }

    /// An action, as a button.
    #[must_use]
    pub const fn checkout_action(self, action: CheckoutAction) -> &'static str {
        match action {
            CheckoutAction::Accept => self.checkout_accept(),
            CheckoutAction::Reject => self.checkout_reject(),
            CheckoutAction::Move => self.checkout_move_head(),
            CheckoutAction::Cancel => self.checkout_cancel(),
            CheckoutAction::Pass => self.checkout_pass(),
            CheckoutAction::Fail => self.checkout_fail(),
            CheckoutAction::NoShow => self.checkout_no_show(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::checkouts::QuizEvidence;

    fn module(watched: bool, quiz: Option<QuizEvidence>) -> ModuleEvidence {
        ModuleEvidence { title: "Safety".into(), percent: 95, watched, quiz }
    }

    fn quiz(best: Option<u8>) -> QuizEvidence {
        QuizEvidence { passed: best > Some(80), best, tries: 2 }
    }

    #[test]
    fn training_evidence_fits_half_a_line() {
        let message = |modules: &[ModuleEvidence]| Lang::En.checkout_trained(modules);
        let (seen, best) = (module(true, None), |best| module(true, Some(quiz(Some(best)))));
        assert_eq!(message(&[]), None);
        assert_eq!(message(std::slice::from_ref(&seen)).as_deref(), Some("1 of 1 video"));
        assert_eq!(message(&[seen.clone(), seen.clone(), best(92)]).as_deref(), Some("3 of 3 videos · quiz 92%"));
        assert_eq!(message(&[best(92), best(80)]).as_deref(), Some("2 of 2 videos · quizzes 80–92%"));
        assert_eq!(message(&[best(92), best(92)]).as_deref(), Some("2 of 2 videos · quizzes 92%"));
        let untaken = module(false, Some(quiz(None)));
        assert_eq!(message(&[best(92), untaken.clone()]).as_deref(), Some("1 of 2 videos · 1 of 2 quizzes"));
        assert_eq!(message(std::slice::from_ref(&untaken)).as_deref(), Some("0 of 1 video · no quiz yet"));
        assert_eq!(Lang::En.checkout_module(&best(92)), "95% watched · quiz 92% · 2 tries");
    }
}
