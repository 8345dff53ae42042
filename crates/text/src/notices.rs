//! Notices in the app and in mail, and their page.

use crate::Lang;
use contract::notices::NoticeContent;
use domain::{
    bookings::UNUSED_WARNING,
    holds::HoldReason,
    notices::{BookingNews, CheckoutNews, HandOverNews, Instead, Notice, WaitingNews},
    people::PersonStatus,
    qualifications::{BuiltIn, Relation, SPACE, SYSTEM, Subject},
    time::Moment,
};

text! {
    notices_title() { en: "Notices", it: "Avvisi" }
    notices_show() { en: "Show", it: "Mostra" }
    notices_which_unread() { en: "Unread", it: "Da leggere" }
    notices_which_all() { en: "All", it: "Tutti" }
    notices_which_archived() { en: "Archive", it: "Archivio" }
    notices_unread() { en: "Unread", it: "Da leggere" }
    notices_count(n: u32) { en: [one: "{n} unread", other: "{n} unread"], it: [one: "{n} da leggere", other: "{n} da leggere"] }
    notices_none_here() { en: "Nothing more on this page", it: "Nient’altro in questa pagina" }
    notices_none_unread() { en: "You’re all caught up", it: "Hai letto tutto" }
    notices_none_unread_next() { en: "New notices show up here.", it: "I nuovi avvisi compaiono qui." }
    notices_none() { en: "No notices yet", it: "Ancora nessun avviso" }
    notices_none_next() { en: "You’ll see here what concerns you: a new qualification, a problem on a machine you look after.",
                          it: "Qui trovi ciò che ti riguarda: una nuova abilitazione, un problema su una macchina di cui ti occupi." }
    notices_none_archived() { en: "The archive is empty", it: "L’archivio è vuoto" }
    notices_none_archived_next() { en: "Notices you archive are kept here.", it: "Gli avvisi archiviati restano qui." }
    notices_read_all() { en: "Mark all as read", it: "Segna tutti come letti" }
    notices_archive_read() { en: "Archive read notices", it: "Archivia gli avvisi letti" }
    notice_archive() { en: "Archive", it: "Archivia" }
    notice_restore() { en: "Restore", it: "Ripristina" }
    notices_archived(n: u32) { en: [one: "{n} notice archived", other: "{n} notices archived"], it: [one: "{n} avviso archiviato", other: "{n} avvisi archiviati"] }
    notices_restored(n: u32) { en: [one: "{n} notice restored", other: "{n} notices restored"], it: [one: "{n} avviso ripristinato", other: "{n} avvisi ripristinati"] }
    notices_older() { en: "Older", it: "Più vecchi" }
    notices_newest() { en: "Newest", it: "Più recenti" }
    notice_unknown() { en: "Notice not found.", it: "Avviso non trovato." }
    notice_too_many(most: &str) { en: "Choose at most {most} notices at once.", it: "Scegli al massimo {most} avvisi per volta." }
    follow() { en: "Follow this machine", it: "Segui questa macchina" }
    follow_next() { en: "We’ll let you know when it’s out of service and when it’s back.", it: "Ti avvisiamo quando è fuori servizio e quando torna." }
    unfollow() { en: "Stop following", it: "Non seguire più" }
    unfollow_next() { en: "You follow this machine.", it: "Segui questa macchina." }
    notice_hidden() { en: "You can no longer see this", it: "Non puoi più vedere questo avviso" }
    notice_hidden_next() { en: "It was about something you no longer have access to.", it: "Riguardava qualcosa a cui non hai più accesso." }

    notice_granted_use(name: &str) { en: "You are now qualified for {name}", it: "Ora hai l’abilitazione per {name}" }
    notice_granted_trainer(name: &str) { en: "You are now a trainer for {name}", it: "Ora sei istruttore di {name}" }
    notice_granted_owner(name: &str) { en: "You now look after {name}", it: "Ora ti occupi di {name}" }
    notice_granted_role(role: &str) { en: "You have a new role: {role}", it: "Hai un nuovo ruolo: {role}" }
    notice_granted_next() { en: "It is valid from now on.", it: "Vale da subito." }
    notice_revoked_use(name: &str) { en: "Your qualification for {name} was revoked", it: "La tua abilitazione per {name} è stata revocata" }
    notice_revoked_trainer(name: &str) { en: "You are no longer a trainer for {name}", it: "Non sei più istruttore di {name}" }
    notice_revoked_owner(name: &str) { en: "You no longer look after {name}", it: "Non ti occupi più di {name}" }
    notice_revoked_role(role: &str) { en: "You no longer have this role: {role}", it: "Non hai più questo ruolo: {role}" }
    notice_revoked_next() { en: "If you think this is a mistake, talk to a manager.", it: "Se pensi sia un errore, parlane con un responsabile." }
    notice_banned(name: &str) { en: "You are banned from {name}", it: "Sei escluso da {name}" }
    notice_banned_next() { en: "Talk to a manager about it.", it: "Parlane con un responsabile." }
    notice_unbanned(name: &str) { en: "Your ban from {name} was lifted", it: "La tua esclusione da {name} è stata tolta" }
    notice_unbanned_next() { en: "You need to be qualified again before you can use it.", it: "Per usarlo serve una nuova abilitazione." }
    notice_expiring(name: &str) { en: "Your qualification for {name} ends soon", it: "La tua abilitazione per {name} sta per scadere" }
    notice_expiring_next(until: &str) { en: "Valid {until}. Ask a trainer to renew it.", it: "Vale {until}. Chiedi il rinnovo a un istruttore." }
    notice_hold(reason: &str) { en: "You are on hold: {reason}", it: "Il tuo accesso è bloccato: {reason}" }
    notice_hold_next() { en: "You can’t use any machine. Talk to a manager.", it: "Non puoi usare nessuna macchina. Parlane con un responsabile." }
    notice_hold_until(until: &str) { en: "You can’t use any machine {until}.", it: "Non puoi usare nessuna macchina {until}." }
    notice_hold_lifted() { en: "Your hold was lifted", it: "Il tuo blocco accesso è stato tolto" }
    notice_hold_lifted_next() { en: "You can use machines again, unless something else is missing.", it: "Puoi di nuovo usare le macchine, se non manca altro." }
    notice_active() { en: "Your account is active", it: "Il tuo account è attivo" }
    notice_active_next() { en: "Each machine’s page says whether you can use it.", it: "La pagina di ogni macchina dice se puoi usarla." }
    notice_suspended() { en: "Your account is suspended", it: "Il tuo account è sospeso" }
    notice_left() { en: "Your account is closed", it: "Il tuo account è chiuso" }
    notice_applicant() { en: "Your application is under review again", it: "La tua richiesta è di nuovo in esame" }
    notice_applicant_next() { en: "You’ll hear from us.", it: "Ti faremo sapere." }
    notice_password() { en: "Your password was changed", it: "La tua password è stata cambiata" }
    notice_factor_on() { en: "Your second factor was turned on", it: "Il secondo fattore è attivo" }
    notice_factor_off() { en: "Your second factor was turned off", it: "Il secondo fattore è disattivato" }
    notice_not_you() { en: "If this wasn’t you, tell a manager right away.", it: "Se non sei stato tu, avvisa subito un responsabile." }
    notice_bounced() { en: "E-mails to you are bouncing", it: "Le e-mail che ti inviamo non arrivano" }
    notice_bounced_next() { en: "We won’t e-mail you again until your address is corrected.", it: "Non ti inviamo più e-mail finché l’indirizzo non viene corretto." }
    notice_claim() { en: "A card claim is awaiting approval", it: "C’è una tessera da approvare" }
    notice_claim_next() { en: "Approve or decline it in the inbox.", it: "Approvala o rifiutala in «Da sbrigare»." }
    notice_card() { en: "You have a new card", it: "Hai una nuova tessera" }
    notice_card_next() { en: "It works on the machines you may use.", it: "Funziona sulle macchine che puoi usare." }
    notice_refused() { en: "Your card claim was declined", it: "La tua richiesta per una tessera è stata rifiutata" }
    notice_reported(name: &str) { en: "Problem with {name}", it: "Problema con {name}" }
    notice_reported_next(severity: &str) { en: "Severity: {severity}.", it: "Gravità: {severity}." }
    notice_unsafe(name: &str) { en: "{name} is unsafe", it: "{name} non è sicura" }
    notice_unsafe_next() { en: "It is blocked until the problem is resolved. Keep away from it.", it: "È bloccata finché il problema non è risolto. Non avvicinarti." }
    notice_acknowledged(name: &str) { en: "Your report on {name} is being looked at", it: "La tua segnalazione su {name} è stata presa in carico" }
    notice_acknowledged_next() { en: "Someone is working on it.", it: "Qualcuno se ne sta occupando." }
    notice_resolved(name: &str) { en: "Your report on {name} is resolved", it: "La tua segnalazione su {name} è risolta" }
    notice_resolved_next() { en: "Thank you for telling us.", it: "Grazie della segnalazione." }
    notice_blocked(name: &str) { en: "{name} is out of service", it: "{name} è fuori servizio" }
    notice_blocked_next() { en: "We’ll let you know when it’s back.", it: "Ti avviseremo quando torna disponibile." }
    notice_free(name: &str) { en: "The block on {name} was lifted", it: "Il blocco su {name} è stato tolto" }
    notice_free_next() { en: "Its page says whether you can use it now.", it: "La sua pagina dice se ora puoi usarla." }
    notice_due(name: &str) { en: "Maintenance is due on {name}", it: "Manutenzione da fare su {name}" }
    notice_due_next() { en: "Open its plan to see what has to be done.", it: "Apri il piano per vedere che cosa fare." }
    notice_corrected(name: &str) { en: "Your use of {name} was corrected", it: "Il tuo utilizzo di {name} è stato corretto" }
    notice_corrected_next() { en: "See what changed in the history.", it: "Guarda che cosa è cambiato nello storico." }
    notice_again() { en: "Training to complete", it: "Formazione da completare" }
    notice_again_next(until: &str) { en: "It is new, or has a new version. Without it you may use your machines {until}.", it: "È nuova o ha una nuova versione. Senza, puoi usare le tue macchine {until}." }
    notice_announced_all() { en: "To everyone.", it: "A tutti." }
    notice_announced_to(name: &str) { en: "To everyone qualified on {name}.", it: "A chi ha l’abilitazione per {name}." }
    notice_checkout_asked(name: &str) { en: "A checkout is requested: {name}", it: "Richiesta una prova: {name}" }
    notice_checkout_wanted(name: &str) { en: "No checkout slot suits a member: {name}", it: "Nessun orario va bene a un membro: {name}" }
    notice_checkout_wanted_next() { en: "See who and when in My checkouts, then add a time.",
                                    it: "In Le mie prove vedi chi è e quando può venire. Aggiungi un orario." }
    notice_checkout_moved(name: &str) { en: "A checkout was rescheduled: {name}", it: "Una prova è stata spostata: {name}" }
    notice_checkout_accepted(name: &str) { en: "Your checkout is confirmed: {name}", it: "La tua prova è confermata: {name}" }
    notice_checkout_rejected(name: &str) { en: "Your checkout request was declined: {name}", it: "La richiesta di prova è stata rifiutata: {name}" }
    notice_checkout_cancelled(name: &str) { en: "A checkout was cancelled: {name}", it: "Una prova è stata annullata: {name}" }
    notice_checkout_failed(name: &str) { en: "Not yet: checkout on {name}", it: "Non ancora: prova su {name}" }
    notice_checkout_missed(name: &str) { en: "You missed your checkout: {name}", it: "Non ti sei presentato alla prova: {name}" }
    notice_checkout_reminder(name: &str) { en: "Checkout soon: {name}", it: "Prova tra poco: {name}" }
    notice_booking_asked(name: &str) { en: "A booking is requested: {name}", it: "Richiesta una prenotazione: {name}" }
    notice_booking_approved(name: &str) { en: "Your booking is approved: {name}", it: "La tua prenotazione è approvata: {name}" }
    notice_booking_made(name: &str) { en: "A slot was booked for you: {name}", it: "È stato prenotato un orario per te: {name}" }
    notice_booking_rejected(name: &str) { en: "Your booking request was declined: {name}", it: "La richiesta di prenotazione è stata rifiutata: {name}" }
    notice_booking_expired(name: &str) { en: "Nobody answered your booking request: {name}", it: "Nessuno ha risposto alla richiesta di prenotazione: {name}" }
    notice_booking_cancelled(name: &str) { en: "Your booking was cancelled: {name}", it: "La tua prenotazione è stata annullata: {name}" }
    notice_booking_moved(name: &str) { en: "Your booking was changed: {name}", it: "La tua prenotazione è stata modificata: {name}" }
    notice_booking_reminder(name: &str) { en: "Your booking begins soon: {name}", it: "La tua prenotazione inizia tra poco: {name}" }
    notice_booking_released(name: &str) { en: "You missed your booking: {name}", it: "Non ti sei presentato: {name}" }
    notice_booking_clash(name: &str) { en: "An event overlaps your booking: {name}", it: "Un evento si sovrappone alla tua prenotazione: {name}" }
    notice_checkout_clash(name: &str) { en: "An event overlaps a checkout: {name}", it: "Un evento si sovrappone a una prova: {name}" }
    notice_clash_next(when: &str) { en: "{when}. An external calendar has an event then. Your booking or checkout still stands; ask a manager if unsure.",
                                    it: "{when}. Un calendario esterno ha un evento in quell’orario. Il tuo impegno resta valido; in caso di dubbio chiedi a un responsabile." }
    notice_calendar_clash(name: &str) { en: "An external calendar overlaps bookings: {name}", it: "Un calendario esterno si sovrappone a prenotazioni: {name}" }
    notice_calendar_clash_next(when: &str) { en: "The first is {when}. Bookings stay, and their holders were notified.",
                                             it: "La prima è {when}. Le prenotazioni restano; chi le ha è stato avvisato." }
    notice_calendar_left_out(name: &str) { en: "Events of your external calendar were left out: {name}", it: "Eventi tralasciati del tuo calendario esterno: {name}" }
    notice_calendar_left_out_next() { en: "The calendar’s entry says which and why. Their times can be booked by others.",
                                      it: "La voce del calendario dice quali e perché. I loro orari si possono prenotare." }
    notice_booking_answer(when: &str) { en: "{when}. Approve or decline it within a day.", it: "{when}. Approvala o rifiutala entro un giorno." }
    notice_booking_given(when: &str) { en: "It was {when}. The rest of the slot is free for others.", it: "Era {when}. Il tempo che resta è libero per altri." }
    notice_booking_given_back(name: &str) { en: "Your booking was released: {name}", it: "La tua prenotazione è stata liberata: {name}" }
    notice_booking_given_back_next(when: &str) { en: "It was {when}. It does not count as missed. The rest of the slot is free for others.", it: "Era {when}. Non conta come prenotazione non rispettata. Il tempo che resta è libero per altri." }
    notice_booking_unused(name: &str) { en: "Checked in, but not started: {name}", it: "Check-in fatto, ma non hai iniziato: {name}" }
    notice_booking_unused_next(when: &str, minutes: &str) { en: "{when}. Tap your card on the machine within {minutes} minutes, or you lose the slot.", it: "{when}. Passa la tessera alla macchina entro {minutes} minuti, o perdi l’orario." }
    notice_booking_occupied(name: &str) { en: "Still in use by someone else: {name}", it: "Ancora in uso da un’altra persona: {name}" }
    notice_booking_occupied_next(when: &str) { en: "Your booking: {when}. Check in here, and it stays yours. Ask them to log out, or a manager to stop the machine.", it: "La tua prenotazione: {when}. Fai il check-in qui e resta tua. Chiedi a chi la usa di uscire, o a un responsabile di fermare la macchina." }
    notice_hand_over(name: &str) { en: "A booking is offered to you: {name}", it: "Ti offrono una prenotazione: {name}" }
    notice_hand_over_next(when: &str) { en: "{when}. Take it or decline it.", it: "{when}. Prendila o rifiutala." }
    notice_handed_over_to(who: &str) { en: "{who} took over your booking", it: "{who} ha preso la tua prenotazione" }
    notice_handed_over_to_next(name: &str, when: &str) { en: "{name}, {when}.", it: "{name}, {when}." }
    notice_handed_over(name: &str) { en: "Someone took over your booking: {name}", it: "Qualcuno ha preso la tua prenotazione: {name}" }
    notice_handed_over_next(when: &str) { en: "It was {when}.", it: "Era {when}." }
    notice_taken_over(name: &str) { en: "You took a booking: {name}", it: "Hai preso una prenotazione: {name}" }
    notice_not_taken_over(name: &str) { en: "Hand-over not accepted: {name}", it: "La tua prenotazione non è stata presa: {name}" }
    notice_not_taken_over_next(when: &str) { en: "It is still yours: {when}. Offer it to someone else or cancel it.", it: "È ancora tua: {when}. Offrila a un’altra persona o annullala." }
    notice_outage(name: &str) { en: "Out of service during your booking: {name}", it: "Fuori servizio durante la tua prenotazione: {name}" }
    notice_outage_same(when: &str) { en: "{when}. Another machine is free then: move your booking there.", it: "{when}. Un’altra macchina è libera in quell’orario: sposta lì la prenotazione." }
    notice_outage_other(when: &str) { en: "{when}. Other machines are free at other times: move your booking.", it: "{when}. Altre macchine sono libere in altri orari: sposta la prenotazione." }
    notice_outage_nothing(when: &str) { en: "{when}. No other machine is free. We’ll let you know when it works again.", it: "{when}. Nessun’altra macchina è libera. Ti avviseremo quando tornerà a funzionare." }
    notice_outage_over(name: &str) { en: "Back in service: {name}", it: "Di nuovo in servizio: {name}" }
    notice_outage_over_next(when: &str) { en: "Your booking is still valid: {when}.", it: "La tua prenotazione resta valida: {when}." }
    notice_offered(name: &str) { en: "Your turn: {name}", it: "Tocca a te: {name}" }
    notice_offered_next(when: &str, until: &str) { en: "{when}. Held for you {until}: book it or decline it.", it: "{when}. Riservato a te {until}: prenota o rinuncia." }
    notice_offer_lapsed(name: &str) { en: "Your offer ended: {name}", it: "L’offerta è scaduta: {name}" }
    notice_offer_lapsed_next(when: &str) { en: "It was {when}. If it is still free, you can book it.", it: "Era {when}. Se è ancora libero, puoi prenotarlo." }
    notice_freed(name: &str) { en: "Free slot: {name}", it: "Orario libero: {name}" }
    notice_freed_next(when: &str) { en: "{when}.", it: "Ora libero: {when}." }
    notice_checkout_when(when: &str) { en: "{when}.", it: "{when}." }
    notice_checkout_answer(when: &str) { en: "{when}. Accept or decline it.", it: "{when}. Accettala o rifiutala." }
    notice_checkout_other(when: &str) { en: "It was {when}. Choose another time.", it: "Era {when}. Scegli un altro orario." }
    notice_note(next: &str, note: &str) { en: "{next} Note: “{note}”", it: "{next} Nota: «{note}»" }
    notice_checkout_was(when: &str) { en: "It was {when}.", it: "Era {when}." }
    notice_checkout_practise() { en: "Open it to see what to practise.", it: "Aprila per vedere che cosa esercitare." }
    notice_job(job: &str) { en: "A job failed: {job}", it: "Un’attività non è riuscita: {job}" }
    notice_setting_kept() { en: "An update changes a default setting", it: "Un aggiornamento cambia un’impostazione predefinita" }
    notice_bookings_free() { en: "Others can use a machine that is booked", it: "Una macchina prenotata si può usare lo stesso" }
    notice_bookings_free_next() { en: "In new workshops only the person who booked can use it. Yours hasn’t changed; turn this on in the booking rules.",
                         it: "Nei nuovi laboratori durante una prenotazione la usa solo chi ha prenotato. Nel tuo non è cambiato nulla: puoi attivarlo nelle regole di prenotazione." }
    notice_job_next() { en: "The system page shows when it last worked; the reason is in the log.", it: "La pagina del sistema mostra quando ha funzionato; il motivo è nel log." }
}

/// The text of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    /// The event; also the subject of a mail.
    pub title: String,
    /// The consequence, or what to do.
    pub next: String,
}

impl Lang {
    fn notice_of_bounced_address(self) -> (String, String) {
        (self.notice_bounced().to_owned(), self.notice_bounced_next().to_owned())
    }

    fn hold_placed(self, reason: HoldReason, until: Option<&str>) -> (String, String) {
        let next = match (reason, until) {
            (HoldReason::Dues, _) => self.notice_dues_hold_next().to_owned(),
            (_, Some(until)) => self.notice_hold_until(until),
            (_, None) => self.notice_hold_next().to_owned(),
        };
        (self.notice_hold(&crate::time::lowered(self.hold_because(reason))), next)
    }

    /// The text of a notice, the same for app, mail and API.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "an arm for each kind")]
    pub fn notice(self, content: &NoticeContent, now: Moment) -> Sentences {
        let name = content.about.as_deref().unwrap_or_default();
        // A notice about another person's names them.
        let whose = content.who.as_deref().map_or_else(|| name.to_owned(), |who| format!("{name}, {who}"));
        let until = content.until.map(|until| self.until(until, now));
        let (title, next) = match &content.notice {
            Notice::Granted { on, relation, .. } => {
                let next = until
                    .map_or_else(|| self.notice_granted_next().to_owned(), |until| crate::time::sentence(&until));
                (self.granted(*on, *relation, name), next)
            }
            Notice::Revoked { on, relation, .. } => {
                (self.taken_away(*on, *relation, name), self.notice_revoked_next().to_owned())
            }
            Notice::Banned { .. } => {
                let next = until
                    .map_or_else(|| self.notice_banned_next().to_owned(), |until| crate::time::sentence(&until));
                (self.notice_banned(name), next)
            }
            Notice::Unbanned { .. } => (self.notice_unbanned(name), self.notice_unbanned_next().to_owned()),
            Notice::Expiring { .. } => {
                (self.notice_expiring(name), self.notice_expiring_next(&until.unwrap_or_default()))
            }
            Notice::HoldPlaced { reason, .. } => self.hold_placed(*reason, until.as_deref()),
            Notice::HoldLifted { .. } => {
                (self.notice_hold_lifted().to_owned(), self.notice_hold_lifted_next().to_owned())
            }
            Notice::StatusChanged { to, .. } => {
                let (title, next) = self.status_changed(*to);
                (title.to_owned(), next.to_owned())
            }
            Notice::PasswordChanged { .. } => {
                (self.notice_password().to_owned(), self.notice_not_you().to_owned())
            }
            Notice::SecondFactorChanged { on, .. } => {
                let title = if *on { self.notice_factor_on() } else { self.notice_factor_off() };
                (title.to_owned(), self.notice_not_you().to_owned())
            }
            Notice::SignInMethodChanged { change, .. } => {
                (self.sign_in_method_changed(*change).to_owned(), self.notice_not_you().to_owned())
            }
            Notice::AddressBounced { .. } => self.notice_of_bounced_address(),
            Notice::CardClaimed { .. } => (self.notice_claim().to_owned(), self.notice_claim_next().to_owned()),
            Notice::Group { news, .. } => self.group_news(*news, name),
            Notice::GroupRestored { lost, .. } => {
                (self.notice_group_back(name), self.notice_group_back_next(*lost))
            }
            Notice::Series { news, .. } => self.series_news(*news, name),
            Notice::Draw { news, .. } => self.draw_news(*news, name),
            Notice::Event { news, .. } => self.event_news(*news, name, content, now),
            Notice::CardGiven { .. } => (self.notice_card().to_owned(), self.notice_card_next().to_owned()),
            Notice::ClaimRefused { .. } => {
                (self.notice_refused().to_owned(), self.notice_banned_next().to_owned())
            }
            Notice::Reported { severity: domain::problems::Severity::Unsafe, .. } => {
                (self.notice_unsafe(name), self.notice_unsafe_next().to_owned())
            }
            Notice::Reported { severity, .. } => {
                let severity = crate::time::lowered(self.problem_severity(*severity));
                (self.notice_reported(name), self.notice_reported_next(&severity))
            }
            Notice::Acknowledged { .. }
            | Notice::Resolved { .. }
            | Notice::Blocked { .. }
            | Notice::Free { .. }
            | Notice::MaintenanceDue { .. } => self.machine_news(&content.notice, name),
            Notice::UseCorrected { .. } => (self.notice_corrected(name), self.notice_corrected_next().to_owned()),
            Notice::HelpAsked { .. } | Notice::HelpAnswered { .. } => {
                self.help_news(&content.notice, name, content.who.as_deref())
            }
            Notice::DocumentToSign { kind, by, .. } => {
                let title = content.title.as_deref().unwrap_or_default();
                let by = content.until.filter(|_| *by > now.at).map(|by| self.date(by, now));
                self.document_to_confirm(*kind, title, by.as_deref())
            }
            Notice::DocumentLapsing { .. } => {
                let title = content.title.as_deref().unwrap_or_default();
                (
                    self.notice_document_lapsing(title),
                    self.notice_document_lapsing_next(&until.unwrap_or_default()),
                )
            }
            Notice::TrainingAgain { .. } => {
                (self.notice_again().to_owned(), self.notice_again_next(&until.unwrap_or_default()))
            }
            Notice::Announced { .. } => {
                let to = content.about.as_deref();
                let to = to
                    .map_or_else(|| self.notice_announced_all().to_owned(), |name| self.notice_announced_to(name));
                (content.title.clone().unwrap_or_default(), to)
            }
            Notice::Checkout { news, .. } => {
                let when = content.starts.map(|starts| self.exact(starts, now)).unwrap_or_default();
                self.checkout_news(*news, &whose, &when)
            }
            Notice::CheckoutWanted { .. } => {
                (self.notice_checkout_wanted(&whose), self.notice_checkout_wanted_next().to_owned())
            }
            Notice::Booking { news, .. } => {
                let when = content.starts.map(|starts| self.exact(starts, now)).unwrap_or_default();
                self.booking_news(*news, &whose, &when)
            }
            Notice::Outage { .. }
            | Notice::OutageOver { .. }
            | Notice::HandOver { .. }
            | Notice::Waiting { .. }
            | Notice::CalendarClash { .. }
            | Notice::CalendarLeftOut { .. }
            | Notice::TimeFreed { .. } => self.time_news(content, name, now),
            Notice::Dues { news, last_day, .. } => self.dues_news(*news, *last_day, now.wall().date),
            Notice::DuesCommandFailed { .. }
            | Notice::WebhookPaused { .. }
            | Notice::DirectorySync { .. }
            | Notice::JobFailed { .. }
            | Notice::ActuatorSilent { .. }
            | Notice::ActuatorFailed { .. }
            | Notice::MeterBeyond { .. }
            | Notice::Unswiped { .. }
            | Notice::SlackPaused { .. }
            | Notice::BookingsStayFree => self.workshop_news(&content.notice, name),
        };
        Sentences { title, next: self.with_note(next, content) }
    }

    /// Notices to those who run the workshop.
    fn workshop_news(self, notice: &Notice, name: &str) -> (String, String) {
        match notice {
            Notice::DuesCommandFailed { .. } => {
                (self.notice_dues_command().to_owned(), self.notice_dues_command_next().to_owned())
            }
            Notice::WebhookPaused { is_gone: true, .. } => {
                (self.notice_webhook_paused().to_owned(), self.notice_webhook_gone_next().to_owned())
            }
            Notice::WebhookPaused { is_gone: false, .. } => {
                (self.notice_webhook_paused().to_owned(), self.notice_webhook_paused_next().to_owned())
            }
            Notice::DirectorySync { waits: true, .. } => {
                (self.notice_directory_waits().to_owned(), self.notice_directory_waits_next().to_owned())
            }
            Notice::DirectorySync { waits: false, .. } => {
                (self.notice_directory_failed().to_owned(), self.notice_directory_failed_next().to_owned())
            }
            Notice::JobFailed { job, .. } => {
                (self.notice_job(self.system_job(*job)), self.notice_job_next().to_owned())
            }
            Notice::ActuatorSilent { .. } => {
                (self.notice_actuator_silent().to_owned(), self.notice_actuator_silent_next().to_owned())
            }
            Notice::ActuatorFailed { stays_on: true, .. } => {
                (self.notice_actuator_on().to_owned(), self.notice_actuator_on_next().to_owned())
            }
            Notice::ActuatorFailed { stays_on: false, .. } => {
                (self.notice_actuator_refused().to_owned(), self.notice_actuator_refused_next().to_owned())
            }
            Notice::MeterBeyond { measure, .. } => {
                (self.notice_meter(self.measure(*measure)), self.notice_meter_next().to_owned())
            }
            Notice::Unswiped { .. } => (self.notice_unswiped(name), self.notice_unswiped_next().to_owned()),
            Notice::SlackPaused { .. } => {
                (self.notice_slack_paused().to_owned(), self.notice_slack_paused_next().to_owned())
            }
            _ => (self.notice_bookings_free().to_owned(), self.notice_bookings_free_next().to_owned()),
        }
    }

    /// Appends the note to the recipient, if any.
    fn with_note(self, next: String, content: &NoticeContent) -> String {
        match &content.note {
            Some(note) => self.notice_note(&next, note),
            None => next,
        }
    }

    /// News about the state of the machine `name`: a reported problem, blocked, free, or due for maintenance.
    fn machine_news(self, notice: &Notice, name: &str) -> (String, String) {
        match notice {
            Notice::Acknowledged { .. } => {
                (self.notice_acknowledged(name), self.notice_acknowledged_next().to_owned())
            }
            Notice::Resolved { .. } => (self.notice_resolved(name), self.notice_resolved_next().to_owned()),
            Notice::Blocked { .. } => (self.notice_blocked(name), self.notice_blocked_next().to_owned()),
            Notice::Free { .. } => (self.notice_free(name), self.notice_free_next().to_owned()),
            _ => (self.notice_due(name), self.notice_due_next().to_owned()),
        }
    }

    /// News about a time: its machine is out of service or works again, it is offered, or it is free.
    fn time_news(self, content: &NoticeContent, name: &str, now: Moment) -> (String, String) {
        let when = content.starts.map(|starts| self.exact(starts, now)).unwrap_or_default();
        let at = crate::time::capitalised(&when);
        match &content.notice {
            Notice::Outage { instead, .. } => {
                let next = match instead {
                    Instead::SameTime => self.notice_outage_same(&at),
                    Instead::OtherTime => self.notice_outage_other(&at),
                    Instead::Nothing => self.notice_outage_nothing(&at),
                };
                (self.notice_outage(name), next)
            }
            Notice::OutageOver { .. } => (self.notice_outage_over(name), self.notice_outage_over_next(&when)),
            Notice::Waiting { news: WaitingNews::Offered, .. } => {
                let until = content.until.map(|until| self.until(until, now)).unwrap_or_default();
                (self.notice_offered(name), self.notice_offered_next(&at, &until))
            }
            Notice::HandOver { news, .. } => match news {
                HandOverNews::Offered => (self.notice_hand_over(name), self.notice_hand_over_next(&at)),
                HandOverNews::Accepted => match &content.who {
                    Some(who) => (self.notice_handed_over_to(who), self.notice_handed_over_to_next(name, &when)),
                    None => (self.notice_handed_over(name), self.notice_handed_over_next(&when)),
                },
                HandOverNews::Taken => (self.notice_taken_over(name), self.notice_checkout_when(&at)),
                HandOverNews::Declined => {
                    (self.notice_not_taken_over(name), self.notice_not_taken_over_next(&when))
                }
            },
            Notice::CalendarClash { .. } => {
                (self.notice_calendar_clash(name), self.notice_calendar_clash_next(&when))
            }
            Notice::CalendarLeftOut { .. } => {
                (self.notice_calendar_left_out(name), self.notice_calendar_left_out_next().to_owned())
            }
            Notice::Waiting { .. } => (self.notice_offer_lapsed(name), self.notice_offer_lapsed_next(&when)),
            _ => {
                let time =
                    content.starts.zip(content.until).map(|(starts, ends)| self.booking_time(starts, ends, now));
                let time = crate::time::capitalised(&time.unwrap_or_default());
                (self.notice_freed(name), self.notice_freed_next(&time))
            }
        }
    }

    fn booking_news(self, news: BookingNews, name: &str, when: &str) -> (String, String) {
        let at = crate::time::capitalised(when);
        match news {
            BookingNews::Asked => (self.notice_booking_asked(name), self.notice_booking_answer(&at)),
            BookingNews::Approved => (self.notice_booking_approved(name), self.notice_checkout_when(&at)),
            BookingNews::Made => (self.notice_booking_made(name), self.notice_checkout_when(&at)),
            BookingNews::Rejected => (self.notice_booking_rejected(name), self.notice_checkout_other(when)),
            BookingNews::Expired => (self.notice_booking_expired(name), self.notice_checkout_other(when)),
            BookingNews::Cancelled => (self.notice_booking_cancelled(name), self.notice_checkout_other(when)),
            BookingNews::Moved => (self.notice_booking_moved(name), self.notice_checkout_when(&at)),
            BookingNews::Tomorrow => (self.notice_booking_reminder(name), self.notice_checkout_when(&at)),
            BookingNews::Released => (self.notice_booking_released(name), self.notice_booking_given(when)),
            BookingNews::GivenBack => {
                (self.notice_booking_given_back(name), self.notice_booking_given_back_next(when))
            }
            BookingNews::Unused => {
                let minutes = (UNUSED_WARNING.as_secs() / 60).to_string();
                (self.notice_booking_unused(name), self.notice_booking_unused_next(&at, &minutes))
            }
            BookingNews::Occupied => (self.notice_booking_occupied(name), self.notice_booking_occupied_next(when)),
            BookingNews::Overlapped => (self.notice_booking_clash(name), self.notice_clash_next(&at)),
        }
    }

    fn checkout_news(self, news: CheckoutNews, name: &str, when: &str) -> (String, String) {
        let at = crate::time::capitalised(when);
        match news {
            CheckoutNews::Asked => (self.notice_checkout_asked(name), self.notice_checkout_answer(&at)),
            CheckoutNews::Moved => (self.notice_checkout_moved(name), self.notice_checkout_when(&at)),
            CheckoutNews::Accepted => (self.notice_checkout_accepted(name), self.notice_checkout_when(&at)),
            CheckoutNews::Rejected => (self.notice_checkout_rejected(name), self.notice_checkout_other(when)),
            CheckoutNews::Cancelled => (self.notice_checkout_cancelled(name), self.notice_checkout_was(when)),
            CheckoutNews::Failed => {
                (self.notice_checkout_failed(name), self.notice_checkout_practise().to_owned())
            }
            CheckoutNews::Missed => (self.notice_checkout_missed(name), self.notice_checkout_other(when)),
            CheckoutNews::Tomorrow | CheckoutNews::Soon => {
                (self.notice_checkout_reminder(name), self.notice_checkout_when(&at))
            }
            CheckoutNews::Overlapped => (self.notice_checkout_clash(name), self.notice_clash_next(&at)),
        }
    }

    /// The placeholder for a notice whose reader may no longer see its subject.
    #[must_use]
    pub fn hidden_notice(self) -> Sentences {
        Sentences { title: self.notice_hidden().to_owned(), next: self.notice_hidden_next().to_owned() }
    }

    fn granted(self, on: Subject, relation: Relation, name: &str) -> String {
        match (built_in(on), relation) {
            (None, Relation::User) => self.notice_granted_use(name),
            (None, Relation::Trainer) => self.notice_granted_trainer(name),
            (None, Relation::Owner) => self.notice_granted_owner(name),
            (role, relation) => self.notice_granted_role(self.relation(role, relation)),
        }
    }

    fn taken_away(self, on: Subject, relation: Relation, name: &str) -> String {
        match (built_in(on), relation) {
            (None, Relation::User) => self.notice_revoked_use(name),
            (None, Relation::Trainer) => self.notice_revoked_trainer(name),
            (None, Relation::Owner) => self.notice_revoked_owner(name),
            (role, relation) => self.notice_revoked_role(self.relation(role, relation)),
        }
    }

    const fn status_changed(self, to: PersonStatus) -> (&'static str, &'static str) {
        match to {
            PersonStatus::Active => (self.notice_active(), self.notice_active_next()),
            PersonStatus::Suspended => (self.notice_suspended(), self.notice_hold_next()),
            PersonStatus::Left => (self.notice_left(), self.notice_revoked_next()),
            PersonStatus::Applicant => (self.notice_applicant(), self.notice_applicant_next()),
        }
    }
}

fn built_in(on: Subject) -> Option<BuiltIn> {
    match on {
        SPACE => Some(BuiltIn::Space),
        SYSTEM => Some(BuiltIn::System),
        Subject::Type(_) | Subject::Machine(_) => None,
    }
}

#[cfg(test)]
mod tests;
