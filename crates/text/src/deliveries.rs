//! Mails about notices, notice settings, and deliveries.

use crate::Lang;
use domain::{
    deliveries::{Reason, State, Trouble},
    notices::{Kind, KindGroup},
};

text! {
    mail_open() { en: "Open in Toolgate", it: "Apri in Toolgate" }
    mail_digest_subject(n: u32, space: &str) {
        en: [one: "{n} notice from {space}", other: "{n} notices from {space}"],
        it: [one: "{n} avviso da {space}", other: "{n} avvisi da {space}"]
    }
    mail_digest_lead(n: u32) { en: [one: "This happened since your last daily e-mail:", other: "{n} events since your last daily e-mail:"],
                               it: [one: "Ecco che cosa è successo dall’ultima e-mail giornaliera:", other: "Ecco {n} novità dall’ultima e-mail giornaliera:"] }
    mail_digest_more(n: u32) { en: [one: "One more is waiting in the app.", other: "{n} more are waiting in the app."],
                               it: [one: "Un altro ti aspetta nell’app.", other: "Altri {n} ti aspettano nell’app."] }
    notice_and_more(n: u32, title: &str) { en: [one: "{title} – and one more", other: "{title} – and {n} more"],
                                           it: [one: "{title} – e un altro", other: "{title} – e altri {n}"] }
    mail_many_lead(n: u32) { en: [one: "This happened:", other: "{n} events of the same kind happened in a short time:"],
                             it: [one: "È successo questo:", other: "{n} novità dello stesso tipo in poco tempo:"] }
    mail_hello(name: &str) { en: "Hello {name},", it: "Ciao {name}," }
    mail_why(space: &str) { en: "You get this e-mail because you have an account at {space}.", it: "Ricevi questa e-mail perché hai un account a {space}." }
    mail_settings() { en: "Choose what you get", it: "Scegli che cosa ricevere" }
    mail_unsubscribe() { en: "Stop these e-mails", it: "Non ricevere più queste e-mail" }
    mail_always() { en: "E-mails about safety and about your account can’t be turned off.", it: "Le e-mail sulla sicurezza e sul tuo account non si possono disattivare." }

    notice_settings_title() { en: "What you’re notified about", it: "Che cosa ricevi" }
    notice_settings_link() { en: "Settings", it: "Impostazioni" }
    notice_settings_lead() { en: "Choose what shows up in the app and what you get by e-mail. Safety notices are always on.",
                             it: "Scegli che cosa compare nell’app e che cosa ricevi per e-mail. Gli avvisi di sicurezza arrivano sempre." }
    notice_settings_kind() { en: "Notice", it: "Avviso" }
    notice_settings_app() { en: "App", it: "App" }
    notice_settings_mail() { en: "E-mail", it: "E-mail" }
    notice_settings_app_for(kind: &str) { en: "{kind}: in the app", it: "{kind}: nell’app" }
    notice_settings_mail_for(kind: &str) { en: "{kind}: by e-mail", it: "{kind}: per e-mail" }
    notice_settings_locked() { en: "Always on", it: "Sempre attivo" }
    notice_settings_daily() { en: "daily", it: "giornaliera" }
    notice_settings_times() { en: "When e-mails may arrive", it: "Quando possono arrivare le e-mail" }
    notice_settings_digest() { en: "Daily e-mail", it: "E-mail giornaliera" }
    notice_settings_digest_hint() { en: "Less urgent notices come in one e-mail a day.", it: "Gli avvisi meno urgenti arrivano in un’unica e-mail al giorno." }
    notice_settings_no_digest() { en: "No daily e-mail", it: "Nessuna e-mail giornaliera" }
    notice_settings_quiet_from() { en: "Quiet from", it: "Silenzio dalle" }
    notice_settings_quiet_to() { en: "Quiet until", it: "Silenzio fino alle" }
    notice_settings_never_quiet() { en: "No quiet hours", it: "Nessun orario di silenzio" }
    notice_settings_quiet_hint() { en: "E-mails wait until quiet hours are over; those about safety always arrive.", it: "Le e-mail aspettano la fine del silenzio; quelle di sicurezza arrivano sempre." }
    notice_settings_quiet_form() { en: "Choose two different times for the quiet hours, or neither.", it: "Scegli due orari diversi per il silenzio, oppure nessuno." }
    notice_settings_hour_form() { en: "Choose a full hour from 0 to 23.", it: "Scegli un’ora intera da 0 a 23." }
    notice_settings_minute_form() { en: "Enter the time like 22:00.", it: "Scrivi l’ora come 22:00." }
    notice_settings_locked_form(kind: &str) { en: "{kind} is about safety and can’t be turned off.", it: "{kind} riguarda la sicurezza e non si può disattivare." }
    notice_settings_all_app(group: &str) { en: "{group}: all in the app", it: "{group}: tutti nell’app" }
    notice_settings_all_mail(group: &str) { en: "{group}: all by e-mail", it: "{group}: tutti per e-mail" }
    notice_settings_unsaved() { en: "Unsaved changes", it: "Modifiche non salvate" }
    notice_group_bookings() { en: "My bookings", it: "Le mie prenotazioni" }
    notice_group_training() { en: "Checkouts and training", it: "Prove e formazione" }
    notice_group_followed() { en: "Machines I follow", it: "Macchine che seguo" }
    notice_group_account() { en: "My account and reports", it: "Il mio account e le mie segnalazioni" }
    notice_group_work() { en: "For trainers and owners", it: "Per istruttori e proprietari" }
    notice_group_workshop() { en: "The workshop", it: "Il laboratorio" }
    notice_settings_saved() { en: "Saved", it: "Salvato" }
    notice_settings_address(email: &str) { en: "E-mails go to {email}.", it: "Le e-mail vanno a {email}." }
    notice_settings_no_address() { en: "You have no e-mail address here. Ask a manager to add one.", it: "Qui non c’è il tuo indirizzo e-mail. Chiedi a un responsabile di aggiungerlo." }
    notice_settings_no_mail() { en: "This workshop doesn’t send e-mails: everything is in the app.", it: "Questo laboratorio non invia e-mail: trovi tutto nell’app." }
    notice_settings_bounced(email: &str) { en: "E-mails to {email} are bouncing", it: "Le e-mail a {email} non arrivano" }
    notice_settings_bounced_next() { en: "Nothing more is sent there. If the address is right, try again; if not, ask a manager to change it.",
                                     it: "Non inviamo più nulla a questo indirizzo. Se è giusto, riprova; altrimenti chiedi a un responsabile di correggerlo." }
    notice_settings_try_again() { en: "Try again", it: "Riprova" }
    notice_settings_trusted() { en: "The next e-mail will be sent there again.", it: "La prossima e-mail verrà inviata di nuovo a questo indirizzo." }
    notice_settings_followed() { en: "Machines you follow", it: "Macchine che segui" }
    notice_settings_no_followed() { en: "None yet. Follow a machine on its page to hear when it is out of service.", it: "Ancora nessuna. Segui una macchina dalla sua pagina per sapere quando è fuori servizio." }

    unsubscribe_title() { en: "Stop these e-mails?", it: "Non vuoi più ricevere queste e-mail?" }
    unsubscribe_kind(kind: &str) { en: "You’ll get no more e-mails of this kind: {kind}. You’ll still see them in the app.",
                                   it: "Non riceverai più e-mail di questo tipo: {kind}. Nell’app continuerai a vedere gli avvisi." }
    unsubscribe_digest() { en: "You’ll get no more daily e-mails. You’ll still see the notices in the app.", it: "Non riceverai più l’e-mail giornaliera. Nell’app continuerai a vedere gli avvisi." }
    unsubscribe_button() { en: "Stop these e-mails", it: "Non inviarmele più" }
    unsubscribe_done() { en: "You’ll get no more of these e-mails", it: "Non riceverai più queste e-mail" }
    unsubscribe_done_next() { en: "You can turn them on again in your settings.", it: "Puoi riattivarle nelle tue impostazioni." }
    unsubscribe_unknown() { en: "This link doesn’t work. Open it again from the e-mail, or sign in and use your settings.", it: "Questo link non funziona. Aprilo di nuovo dall’e-mail, oppure accedi e usa le impostazioni." }

    deliveries_title() { en: "Sent e-mails", it: "E-mail inviate" }
    nav_deliveries_next() { en: "E-mails that are waiting or failed", it: "E-mail in attesa o non riuscite" }
    deliveries_lead() { en: "Notice e-mails: queued, sent and failed.", it: "E-mail degli avvisi: in coda, inviate e non recapitate." }
    deliveries_open() { en: "Queued", it: "In coda" }
    deliveries_failed() { en: "Failed", it: "Non riuscite" }
    deliveries_sent() { en: "Sent", it: "Inviate" }
    deliveries_dropped() { en: "Not sent", it: "Non inviate" }
    deliveries_waiting() { en: "Waiting", it: "In attesa" }
    deliveries_daily() { en: "To be sent together", it: "Da inviare insieme" }
    deliveries_sent_today() { en: "Sent in 24 hours", it: "Inviate in 24 ore" }
    deliveries_none_open() { en: "Nothing is waiting", it: "Nessuna e-mail in attesa" }
    deliveries_none_open_next() { en: "All e-mails have been sent.", it: "Tutte le e-mail sono state inviate." }
    deliveries_none() { en: "Nothing here", it: "Niente qui" }
    deliveries_none_next() { en: "E-mails are listed here for 90 days.", it: "Le e-mail restano in elenco per 90 giorni." }
    deliveries_caught() { en: "E-mails are caught on this computer; none leaves it", it: "Le e-mail restano su questo computer; nessuna parte" }
    deliveries_caught_read() { en: "Read them here", it: "Leggile qui" }
    deliveries_no_mail() { en: "No e-mails can be sent from here", it: "Da qui non si possono inviare e-mail" }
    deliveries_no_mail_next() { en: "Start Toolgate with --smtp-url, --mail-from and --public-url. Until then notices appear in the app only.",
                                it: "Avvia Toolgate con --smtp-url, --mail-from e --public-url. Fino ad allora gli avvisi compaiono solo nell’app." }
    deliveries_retry() { en: "Try again", it: "Riprova" }
    deliveries_retry_for(name: &str) { en: "Try again: {name}", it: "Riprova: {name}" }
    deliveries_retry_all() { en: "Try all failed again", it: "Riprova tutte le non riuscite" }
    deliveries_retried(n: u32) { en: [one: "{n} e-mail will be sent again", other: "{n} e-mails will be sent again"], it: [one: "{n} e-mail verrà inviata di nuovo", other: "{n} e-mail verranno inviate di nuovo"] }
    deliveries_next(when: &str) { en: "next try {when}", it: "prossimo tentativo {when}" }
    deliveries_attempts(n: u32) { en: [one: "{n} attempt", other: "{n} attempts"], it: [one: "{n} tentativo", other: "{n} tentativi"] }
    deliveries_erased() { en: "Erased member", it: "Membro cancellato" }
    deliveries_other() { en: "Another notice", it: "Un altro avviso" }
    delivery_bounced() { en: "E-mails to this address are bouncing. Correct the address on the person’s page, then try again.", it: "Le e-mail a questo indirizzo non arrivano. Correggilo nella pagina della persona, poi riprova." }
    kind_job() { en: "A job of Toolgate fails", it: "Un’attività di Toolgate non riesce" }
    kind_checkout_clash() { en: "An event of an external calendar overlaps a checkout", it: "Un evento di un calendario esterno si sovrappone a una prova" }
    kind_booking_clash() { en: "An event of an external calendar overlaps your booking", it: "Un evento di un calendario esterno si sovrappone alla tua prenotazione" }
    kind_calendar_clash() { en: "An external calendar overlaps bookings", it: "Un calendario esterno si sovrappone a prenotazioni" }
    kind_calendar_left_out() { en: "Events of a calendar you added are left out", it: "Eventi di un calendario che hai aggiunto vengono tralasciati" }
    delivery_unknown() { en: "E-mail not found.", it: "E-mail non trovata." }
}

impl Lang {
    /// Name of a group of kinds.
    #[must_use]
    pub const fn notice_group(self, group: KindGroup) -> &'static str {
        match group {
            KindGroup::Bookings => self.notice_group_bookings(),
            KindGroup::Training => self.notice_group_training(),
            KindGroup::Followed => self.notice_group_followed(),
            KindGroup::Account => self.notice_group_account(),
            KindGroup::Work => self.notice_group_work(),
            KindGroup::Workshop => self.notice_group_workshop(),
        }
    }

    /// Name of a kind of notice in the settings.
    #[expect(clippy::too_many_lines, reason = "a line for each kind")]
    #[must_use]
    pub const fn notice_kind(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::En, Kind::Granted) => "You get a qualification",
            (Self::It, Kind::Granted) => "Ricevi un’abilitazione",
            (Self::En, Kind::Revoked) => "You lose a qualification",
            (Self::It, Kind::Revoked) => "Perdi un’abilitazione",
            (Self::En, Kind::Banned) => "You are banned from machines",
            (Self::It, Kind::Banned) => "Vieni escluso da una macchina",
            (Self::En, Kind::Unbanned) => "A ban is lifted",
            (Self::It, Kind::Unbanned) => "Un’esclusione viene tolta",
            (Self::En, Kind::Expiring) => "A qualification ends soon",
            (Self::It, Kind::Expiring) => "Un’abilitazione sta per scadere",
            (Self::En, Kind::HoldPlaced) => "You are put on hold",
            (Self::It, Kind::HoldPlaced) => "Il tuo accesso viene bloccato",
            (Self::En, Kind::HoldLifted) => "A hold is lifted",
            (Self::It, Kind::HoldLifted) => "Un blocco accesso viene tolto",
            (Self::En, Kind::DuesLate) => "Your dues are not paid",
            (Self::It, Kind::DuesLate) => "La tua quota non è pagata",
            (Self::En, Kind::DuesEnded) => "Your paid membership ends",
            (Self::It, Kind::DuesEnded) => "La tua iscrizione a pagamento termina",
            (Self::En, Kind::WebhookPaused) => "A webhook is paused after failures",
            (Self::It, Kind::WebhookPaused) => "Un webhook viene messo in pausa dopo errori ripetuti",
            (Self::En, Kind::DuesCommandFailed) => "A payment processor refuses a command",
            (Self::It, Kind::DuesCommandFailed) => "Un servizio di pagamento rifiuta un comando",
            (Self::En, Kind::DirectorySync) => "A directory sync fails or waits for you",
            (Self::It, Kind::DirectorySync) => "Una sincronizzazione con la directory fallisce o ti aspetta",
            (Self::En, Kind::StatusChanged) => "Your membership changes",
            (Self::It, Kind::StatusChanged) => "La tua iscrizione cambia",
            (Self::En, Kind::PasswordChanged) => "Your password changes",
            (Self::It, Kind::PasswordChanged) => "La tua password cambia",
            (Self::En, Kind::SecondFactorChanged) => "Your second factor changes",
            (Self::It, Kind::SecondFactorChanged) => "Il secondo fattore cambia",
            (Self::En, Kind::SignInMethodChanged) => "A way to sign in to your account changes",
            (Self::It, Kind::SignInMethodChanged) => "Un modo di accedere al tuo account cambia",
            (Self::En, Kind::AddressBounced) => "E-mails to you are bouncing",
            (Self::It, Kind::AddressBounced) => "Le e-mail che ti inviamo non arrivano",
            (Self::En, Kind::CardClaimed) => "Someone claims a card",
            (Self::It, Kind::CardClaimed) => "Qualcuno chiede di associare una tessera",
            (Self::En, Kind::GroupInvited) => "You are invited to a group",
            (Self::It, Kind::GroupInvited) => "Ricevi un invito in un gruppo",
            (Self::En, Kind::SeriesChanged) => "A series of yours or your group is booked or changed",
            (Self::It, Kind::SeriesChanged) => "Una serie tua o del tuo gruppo viene prenotata o modificata",
            (Self::En, Kind::GroupAsked) => "Someone asks to join a group you administer",
            (Self::It, Kind::GroupAsked) => "Qualcuno chiede di entrare in un gruppo che amministri",
            (Self::En, Kind::GroupChanged) => "You join or leave a group, or it is restored without some bookings",
            (Self::It, Kind::GroupChanged) => "Entri in un gruppo o ne esci, o torna senza alcune prenotazioni",
            (Self::En, Kind::GroupWithoutAdmin) => "A group has no admin any more",
            (Self::It, Kind::GroupWithoutAdmin) => "Un gruppo resta senza amministratore",
            (Self::En, Kind::DrawOpened) => "A draw opens for wishes",
            (Self::It, Kind::DrawOpened) => "Un’estrazione apre alle preferenze",
            (Self::En, Kind::DrawClosed) => "A draw closes",
            (Self::It, Kind::DrawClosed) => "Un’estrazione chiude",
            (Self::En, Kind::DrawResult) => "A draw is run",
            (Self::It, Kind::DrawResult) => "Un’estrazione viene eseguita",
            (Self::En, Kind::DrawRenewed) => "A draw gets a new secret",
            (Self::It, Kind::DrawRenewed) => "Un’estrazione riceve un nuovo segreto",
            (Self::En, Kind::EventInvited) => "A place at a training event is held for you",
            (Self::It, Kind::EventInvited) => "Ti viene riservato un posto a un evento formativo",
            (Self::En, Kind::EventLapsed) => "An invitation to a training event ends",
            (Self::It, Kind::EventLapsed) => "Un invito a un evento formativo scade",
            (Self::En, Kind::EventPlaced) => "You get a place at a training event from its waiting list",
            (Self::It, Kind::EventPlaced) => "Ottieni un posto a un evento formativo dalla lista d’attesa",
            (Self::En, Kind::EventMoved) => "A training event gets another time or place",
            (Self::It, Kind::EventMoved) => "Un evento formativo cambia orario o luogo",
            (Self::En, Kind::EventCancelled) => "A training event or your place at it is cancelled",
            (Self::It, Kind::EventCancelled) => "Un evento formativo o il tuo posto viene annullato",
            (Self::En, Kind::EventResult) => "You need to practise after a training event, or missed it",
            (Self::It, Kind::EventResult) => "Dopo un evento formativo ti serve pratica, o non ti sei presentato",
            (Self::En, Kind::EventReminder) => "A training event begins soon",
            (Self::It, Kind::EventReminder) => "Un evento formativo sta per iniziare",
            (Self::En, Kind::EventResultsDue) => "A training event that you host ended without results",
            (Self::It, Kind::EventResultsDue) => "Un evento formativo che conduci è finito senza esiti",
            (Self::En, Kind::EventHosted) => "You become the host of a training event",
            (Self::It, Kind::EventHosted) => "Passa a te la conduzione di un evento formativo",
            (Self::En, Kind::CardGiven) => "You get a card",
            (Self::It, Kind::CardGiven) => "Ricevi una tessera",
            (Self::En, Kind::ClaimRefused) => "Your card claim is declined",
            (Self::It, Kind::ClaimRefused) => "La tua richiesta di tessera è rifiutata",
            (Self::En, Kind::ProblemReported) => "A problem is reported on a machine you look after or follow",
            (Self::It, Kind::ProblemReported) => "Un problema su una macchina di cui ti occupi o che segui",
            (Self::En, Kind::MachineUnsafe) => "A machine you look after or follow is unsafe",
            (Self::It, Kind::MachineUnsafe) => "Una macchina di cui ti occupi o che segui non è sicura",
            (Self::En, Kind::ProblemAcknowledged) => "Your report is being looked at",
            (Self::It, Kind::ProblemAcknowledged) => "La tua segnalazione è presa in carico",
            (Self::En, Kind::ProblemResolved) => "Your report is resolved",
            (Self::It, Kind::ProblemResolved) => "La tua segnalazione è risolta",
            (Self::En, Kind::MachineBlocked) => "A machine you follow is out of service",
            (Self::It, Kind::MachineBlocked) => "Una macchina che segui è fuori servizio",
            (Self::En, Kind::MachineFree) => "A machine you follow is back in service",
            (Self::It, Kind::MachineFree) => "Una macchina che segui è di nuovo in servizio",
            (Self::En, Kind::MaintenanceDue) => "Maintenance is due on a machine you maintain or follow",
            (Self::It, Kind::MaintenanceDue) => {
                "C’è manutenzione da fare su una macchina di cui ti occupi o che segui"
            }
            (Self::En, Kind::UseCorrected) => "A use of yours is corrected",
            (Self::It, Kind::UseCorrected) => "Un tuo utilizzo viene corretto",
            (Self::En, Kind::CheckoutAsked) => "A member asks you for a checkout",
            (Self::It, Kind::CheckoutAsked) => "Un membro ti chiede una prova",
            (Self::En, Kind::CheckoutWanted) => "No slot that you offer suits a member",
            (Self::It, Kind::CheckoutWanted) => "Nessun tuo orario va bene a un membro",
            (Self::En, Kind::CheckoutMoved) => "A checkout is rescheduled",
            (Self::It, Kind::CheckoutMoved) => "Una prova viene spostata",
            (Self::En, Kind::CheckoutAccepted) => "Your checkout is confirmed",
            (Self::It, Kind::CheckoutAccepted) => "La tua prova è confermata",
            (Self::En, Kind::CheckoutRejected) => "Your checkout request is declined",
            (Self::It, Kind::CheckoutRejected) => "La tua richiesta di prova è rifiutata",
            (Self::En, Kind::CheckoutCancelled) => "A checkout is cancelled or missed",
            (Self::It, Kind::CheckoutCancelled) => "Una prova è annullata o qualcuno non si presenta",
            (Self::En, Kind::CheckoutFailed) => "You need to practise before the next checkout",
            (Self::It, Kind::CheckoutFailed) => "Ti serve pratica prima della prossima prova",
            (Self::En, Kind::CheckoutReminder) => "A checkout begins soon",
            (Self::It, Kind::CheckoutReminder) => "Una prova sta per iniziare",
            (Self::En, Kind::BookingAsked) => "A member asks for a booking",
            (Self::It, Kind::BookingAsked) => "Un membro chiede una prenotazione",
            (Self::En, Kind::BookingApproved) => "Your booking is approved",
            (Self::It, Kind::BookingApproved) => "La tua prenotazione è approvata",
            (Self::En, Kind::BookingMade) => "A manager or owner books a slot for you",
            (Self::It, Kind::BookingMade) => "Un responsabile o un proprietario prenota per te",
            (Self::En, Kind::BookingRejected) => "Your booking request is declined",
            (Self::It, Kind::BookingRejected) => "La tua richiesta di prenotazione è rifiutata",
            (Self::En, Kind::BookingExpired) => "Nobody answers your booking request",
            (Self::It, Kind::BookingExpired) => "Nessuno risponde alla tua richiesta di prenotazione",
            (Self::En, Kind::BookingCancelled) => "Your booking is cancelled",
            (Self::It, Kind::BookingCancelled) => "La tua prenotazione è annullata",
            (Self::En, Kind::BookingMoved) => "Someone changes your booking",
            (Self::It, Kind::BookingMoved) => "Qualcuno modifica la tua prenotazione",
            (Self::En, Kind::BookingReminder) => "Your booking begins soon",
            (Self::It, Kind::BookingReminder) => "La tua prenotazione sta per iniziare",
            (Self::En, Kind::BookingReleased) => "You missed a booking",
            (Self::It, Kind::BookingReleased) => "Non ti sei presentato a una prenotazione",
            (Self::En, Kind::BookingAtRisk) => "You checked in, but haven’t started",
            (Self::It, Kind::BookingAtRisk) => "Hai fatto il check-in, ma non hai iniziato",
            (Self::En, Kind::BookingOutage) => "A machine you booked is out of service",
            (Self::It, Kind::BookingOutage) => "Una macchina che hai prenotato è fuori servizio",
            (Self::En, Kind::HandOverOffered) => "Someone offers you their booking",
            (Self::It, Kind::HandOverOffered) => "Qualcuno ti offre la sua prenotazione",
            (Self::En, Kind::HandOverAccepted) => "Someone takes over your booking",
            (Self::It, Kind::HandOverAccepted) => "Qualcuno prende la tua prenotazione",
            (Self::En, Kind::HandOverDeclined) => "A booking you offered was declined",
            (Self::It, Kind::HandOverDeclined) => "Una prenotazione che hai offerto è stata rifiutata",
            (Self::En, Kind::BookingBack) => "A machine you booked is back in service",
            (Self::It, Kind::BookingBack) => "Una macchina che hai prenotato è di nuovo in servizio",
            (Self::En, Kind::BookingOffered) => "A slot you’re waiting for is offered to you",
            (Self::It, Kind::BookingOffered) => "Ti viene offerto un orario che aspetti",
            (Self::En, Kind::OfferLapsed) => "An offer to you ends",
            (Self::It, Kind::OfferLapsed) => "Un’offerta per te scade",
            (Self::En, Kind::TimeFreed) => "A slot on a machine you follow becomes free",
            (Self::It, Kind::TimeFreed) => "Si libera un orario di una macchina che segui",
            (Self::En, Kind::Announced) => "The workshop announces something",
            (Self::It, Kind::Announced) => "Il laboratorio pubblica un annuncio",
            (Self::En, Kind::DocumentToSign) => "A document must be signed",
            (Self::It, Kind::DocumentToSign) => "Un documento va firmato",
            (Self::En, Kind::DocumentLapsing) => "A signature lapses soon",
            (Self::It, Kind::DocumentLapsing) => "Una firma sta per scadere",
            (Self::En, Kind::TrainingAgain) => "Training must be completed, or completed again",
            (Self::It, Kind::TrainingAgain) => "Una formazione va completata o rifatta",
            (_, kind) => self.other_kind(kind),
        }
    }

    /// The same for kinds without a qualification, machine or time; a test checks that each has a name of its own.
    const fn other_kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::ActuatorSilent => self.kind_actuator_silent(),
            Kind::ActuatorFailed => self.kind_actuator_failed(),
            Kind::MeterBeyond => self.kind_meter(),
            Kind::MachineUnswiped => self.kind_unswiped(),
            Kind::HelpAsked => self.kind_help_asked(),
            Kind::HelpAnswered => self.kind_help_answered(),
            Kind::SettingKept => self.notice_setting_kept(),
            Kind::SlackPaused => self.kind_slack_paused(),
            Kind::CheckoutClash => self.kind_checkout_clash(),
            Kind::BookingClash => self.kind_booking_clash(),
            Kind::CalendarClash => self.kind_calendar_clash(),
            Kind::CalendarLeftOut => self.kind_calendar_left_out(),
            _ => self.kind_job(),
        }
    }

    /// State of a delivery.
    #[must_use]
    pub const fn delivery_state(self, state: State) -> &'static str {
        match state {
            State::Queued => self.deliveries_waiting(),
            State::Gathered => self.deliveries_daily(),
            State::Sent => self.deliveries_sent(),
            State::Failed => self.deliveries_failed(),
            State::Dropped => self.deliveries_dropped(),
        }
    }

    /// Why a mail was not sent.
    #[must_use]
    pub const fn delivery_trouble(self, trouble: Trouble) -> &'static str {
        match (self, trouble) {
            (Self::En, Trouble::Unreachable) => "the mail server can’t be reached",
            (Self::It, Trouble::Unreachable) => "il server di posta non è raggiungibile",
            (Self::En, Trouble::Silent) => "the mail server doesn’t answer",
            (Self::It, Trouble::Silent) => "il server di posta non risponde",
            (Self::En, Trouble::Certificate) => "the mail server’s certificate or encryption isn’t valid",
            (Self::It, Trouble::Certificate) => "il certificato o la cifratura del server di posta non è valida",
            (Self::En, Trouble::Login) => "the mail server rejected the login: check user and password",
            (Self::It, Trouble::Login) => "il server di posta rifiuta l’accesso: controlla utente e password",
            (Self::En, Trouble::Later) => "the mail server asks to try again later",
            (Self::It, Trouble::Later) => "il server di posta chiede di riprovare più tardi",
            (Self::En, Trouble::Refused) => "the mail server refused the e-mail",
            (Self::It, Trouble::Refused) => "il server di posta ha rifiutato l’e-mail",
            (Self::En, Trouble::Address) => "there is no such address",
            (Self::It, Trouble::Address) => "l’indirizzo non esiste",
            (Self::En, Trouble::Private) => "the address is in a private network",
            (Self::It, Trouble::Private) => "l’indirizzo è in una rete privata",
            (Self::En, Trouble::TooLarge) => "the answer is too long",
            (Self::It, Trouble::TooLarge) => "la risposta è troppo lunga",
        }
    }

    /// Why nothing was sent.
    #[must_use]
    pub const fn delivery_reason(self, reason: Reason) -> &'static str {
        match (self, reason) {
            (Self::En, Reason::NoMail) => "no e-mails can be sent from here",
            (Self::It, Reason::NoMail) => "da qui non si possono inviare e-mail",
            (Self::En, Reason::NoAddress) => "no address is known",
            (Self::It, Reason::NoAddress) => "non c’è un indirizzo",
            (Self::En, Reason::Bounced) => "e-mails to the address are bouncing",
            (Self::It, Reason::Bounced) => "le e-mail a questo indirizzo non arrivano",
            (Self::En, Reason::SwitchedOff) => "turned off by the recipient",
            (Self::It, Reason::SwitchedOff) => "disattivato dal destinatario",
            (Self::En, Reason::Read) => "already read in the app",
            (Self::It, Reason::Read) => "già letto nell’app",
            (Self::En, Reason::Left) => "no longer a member",
            (Self::It, Reason::Left) => "non è più membro",
            (Self::En, Reason::Over) => "no longer relevant",
            (Self::It, Reason::Over) => "non più attuale",
            (Self::En, Reason::Expired) => "waited too long",
            (Self::It, Reason::Expired) => "in attesa da troppo tempo",
            (Self::En, Reason::Discarded) => "dropped by a manager",
            (Self::It, Reason::Discarded) => "eliminato da un responsabile",
            (Self::En, Reason::Hidden) => "the recipient no longer has access",
            (Self::It, Reason::Hidden) => "il destinatario non vi ha più accesso",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_state_trouble_and_reason_has_a_distinct_label_in_each_language() {
        for lang in [Lang::En, Lang::It] {
            let kinds: BTreeSet<_> = Kind::ALL.iter().map(|&kind| lang.notice_kind(kind)).collect();
            let states: BTreeSet<_> = State::ALL.iter().map(|&state| lang.delivery_state(state)).collect();
            let troubles: BTreeSet<_> =
                Trouble::ALL.iter().map(|&trouble| lang.delivery_trouble(trouble)).collect();
            let reasons: BTreeSet<_> = Reason::ALL.iter().map(|&reason| lang.delivery_reason(reason)).collect();
            let lengths = [kinds.len(), states.len(), troubles.len(), reasons.len()];
            assert_eq!(lengths, [Kind::ALL.len(), State::ALL.len(), Trouble::ALL.len(), Reason::ALL.len()]);
        }
    }
}
