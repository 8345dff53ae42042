//! The page that shows what was done, and by whom.

use crate::Lang;
use domain::{
    holds::HoldReason, people::PersonStatus, problems::Severity, qualifications::Relation, uses::Ending,
};

text! {
    audit_title() { en: "Audit log", it: "Registro" }
    audit_sub() { en: "Activity log, newest first. Entries can’t be changed.",
                  it: "Che cosa è stato fatto, dal più recente. Nulla si può modificare." }
    audit_filter() { en: "Filter", it: "Filtro" }
    audit_from() { en: "From", it: "Dal" }
    audit_to() { en: "To", it: "Al" }
    audit_by() { en: "By whom", it: "Da chi" }
    audit_by_hint() { en: "A piece of a name.", it: "Una parte del nome." }
    audit_action_label() { en: "What", it: "Che cosa" }
    audit_action_all() { en: "Everything", it: "Tutto" }
    audit_subject() { en: "About what", it: "Su che cosa" }
    audit_subject_hint() { en: "A name, or machine:7.", it: "Un nome, o machine:7." }
    audit_apply() { en: "Show", it: "Mostra" }
    audit_clear() { en: "Show everything", it: "Mostra tutto" }
    audit_entries() { en: "Entries", it: "Voci" }
    audit_older() { en: "Older", it: "Più vecchie" }
    audit_newest() { en: "Newest", it: "Più recenti" }
    audit_nothing() { en: "Nothing is recorded yet", it: "Non è ancora registrato nulla" }
    audit_nothing_next() { en: "Every change leaves an entry here.", it: "Ogni modifica lascia qui una voce." }
    audit_none() { en: "No entry fits this filter", it: "Nessuna voce corrisponde al filtro" }
    audit_none_next() { en: "Take a part of it away, or look at everything.", it: "Togline una parte, o guarda tutto." }
    audit_filter_unfit() { en: "This filter cannot be used.", it: "Questo filtro non si può usare." }
    audit_backwards() { en: "The end lies before the beginning.", it: "La fine è prima dell’inizio." }
    audit_no_day() { en: "Write the day like 2026-11-20.", it: "Scrivi il giorno così: 2026-11-20." }
    audit_too_long() { en: "Use 200 characters at most.", it: "Usa al massimo 200 caratteri." }

    audit_former() { en: "Former member", it: "Ex membro" }
    audit_board() { en: "A board", it: "Una scheda" }
    audit_stranger() { en: "Somebody not signed in", it: "Qualcuno senza accesso" }
    audit_toolgate() { en: "Toolgate", it: "Toolgate" }
    audit_until(when: &str) { en: "until {when}", it: "fino a {when}" }
    audit_status_from(status: &str) { en: "before: {status}", it: "prima: {status}" }
    audit_status_to(status: &str) { en: "now: {status}", it: "ora: {status}" }
    audit_because(reason: &str) { en: "because: {reason}", it: "motivo: {reason}" }
    audit_changed(fields: &str) { en: "changed: {fields}", it: "modificati: {fields}" }
    audit_through(number: &str) { en: "up to number {number}", it: "fino al numero {number}" }
    audit_number(number: &str) { en: "number {number}", it: "numero {number}" }
    audit_seconds(seconds: &str) { en: "after {seconds} s", it: "dopo {seconds} s" }
    audit_replay() { en: "reported later", it: "riferito in seguito" }
    audit_at_once() { en: "at once", it: "subito" }
    audit_by_link() { en: "by a link", it: "con un link" }
    audit_sessions_ended(n: &str) { en: "devices signed out: {n}", it: "dispositivi scollegati: {n}" }
    audit_tokens_ended(n: &str) { en: "API tokens ended: {n}", it: "token API revocati: {n}" }
    audit_calendars_ended(n: &str) { en: "calendar addresses ended: {n}", it: "indirizzi del calendario annullati: {n}" }
    audit_links_ended(n: &str) { en: "links ended: {n}", it: "link annullati: {n}" }
    audit_screens_ended(n: &str) { en: "screens signed out: {n}", it: "schermi scollegati: {n}" }

    audit_door_web() { en: "on a page", it: "da una pagina" }
    audit_door_api() { en: "through the API", it: "dall’API" }
    audit_door_board() { en: "at a board", it: "da una scheda" }
    audit_door_command() { en: "by itself", it: "da sé" }
    audit_door_import() { en: "by an import", it: "da un’importazione" }
}

/// A code, and its words in both languages.
type Sentence = (&'static str, &'static str, &'static str);

/// What each code says. An entry whose code is not among them is shown by its code.
const SENTENCES: &[Sentence] = &[
    ("use.start", "began a use", "ha iniziato un utilizzo"),
    ("use.extend", "went on with a use", "ha proseguito un utilizzo"),
    ("use.stop", "ended a use", "ha terminato un utilizzo"),
    ("use.ended", "noted that a use had ended", "ha annotato la fine di un utilizzo"),
    ("use.seen", "took note of a use that was not allowed", "ha preso atto di un utilizzo non autorizzato"),
    (
        "use.seen-undone",
        "has a use that was not allowed wait again",
        "ha rimesso in attesa un utilizzo non autorizzato",
    ),
    ("use.corrected", "corrected a use", "ha corretto un utilizzo"),
    ("machine.added", "added a machine", "ha aggiunto una macchina"),
    ("machine.changed", "changed a machine", "ha modificato una macchina"),
    ("machine.archived", "put a machine away", "ha archiviato una macchina"),
    ("machine.restored", "took a machine back", "ha ripristinato una macchina"),
    ("machine.stop-requested", "asked for a machine to be stopped", "ha chiesto di fermare una macchina"),
    ("machine.stop-sent", "told a board to stop", "ha detto a una scheda di fermarsi"),
    (
        "machine.stop-expired",
        "gave up waiting for a board to stop",
        "ha rinunciato ad aspettare che una scheda si fermi",
    ),
    ("machine.start-requested", "asked for a machine to be started", "ha chiesto di avviare una macchina"),
    ("machine.start-sent", "told a board to start", "ha detto a una scheda di avviarsi"),
    ("machine.start-expired", "gave up having a board start", "ha rinunciato a far avviare una scheda"),
    ("machine.blocked", "blocked a machine", "ha bloccato una macchina"),
    ("machine.freed", "lifted the block of a machine", "ha tolto il blocco a una macchina"),
    ("card.claimed", "claimed a card", "ha rivendicato una tessera"),
    ("card.claimed-at-once", "claimed a card, and has it", "ha rivendicato una tessera, e la ha"),
    ("card.claim-refused", "refused a claim of a card", "ha rifiutato la rivendicazione di una tessera"),
    ("board.login-made", "made a login for a board", "ha creato le credenziali di una scheda"),
    ("board.login-revoked", "revoked the login of a board", "ha revocato le credenziali di una scheda"),
    ("board.forgotten", "forgot a board", "ha dimenticato una scheda"),
    ("problem.reported", "reported a problem", "ha segnalato un problema"),
    ("problem.photo-set", "added a photo to a problem", "ha aggiunto una foto a un problema"),
    ("problem.acknowledged", "took note of a problem", "ha preso atto di un problema"),
    ("problem.resolved", "resolved a problem", "ha risolto un problema"),
    ("maintenance.registered", "registered maintenance", "ha registrato una manutenzione"),
    (
        "maintenance.photo-added",
        "added a photo to maintenance that was done",
        "ha aggiunto una foto a una manutenzione fatta",
    ),
    (
        "maintenance.photo-removed",
        "took away a photo of maintenance that was done",
        "ha tolto una foto di una manutenzione fatta",
    ),
    ("maintenance.plan-added", "made a maintenance plan", "ha creato un piano di manutenzione"),
    ("maintenance.plan-changed", "changed a maintenance plan", "ha modificato un piano di manutenzione"),
    ("maintenance.plan-archived", "put a maintenance plan away", "ha archiviato un piano di manutenzione"),
    ("maintenance.plan-restored", "took a maintenance plan back", "ha ripristinato un piano di manutenzione"),
    ("type.added", "added a type", "ha aggiunto un tipo"),
    ("type.changed", "changed a type", "ha modificato un tipo"),
    ("type.archived", "put a type away", "ha archiviato un tipo"),
    ("type.restored", "took a type back", "ha ripristinato un tipo"),
    ("place.added", "added a place", "ha aggiunto un luogo"),
    ("place.changed", "changed a place", "ha modificato un luogo"),
    ("place.archived", "put a place away", "ha archiviato un luogo"),
    ("place.restored", "took a place back", "ha ripristinato un luogo"),
    ("setting.changed", "changed a setting", "ha modificato un’impostazione"),
    ("setting.cleared", "took a setting back", "ha tolto un’impostazione"),
    ("hours.week-changed", "changed the hours of the week", "ha modificato gli orari della settimana"),
    ("hours.day-changed", "changed the hours of a day", "ha modificato gli orari di un giorno"),
    ("hours.day-cleared", "took the hours of a day back", "ha tolto gli orari di un giorno"),
    ("qualification.granted", "granted a qualification", "ha concesso un’abilitazione"),
    ("qualification.revoked", "revoked a qualification", "ha revocato un’abilitazione"),
    ("qualification.banned", "placed a ban", "ha imposto un divieto"),
    ("qualification.unbanned", "lifted a ban", "ha tolto un divieto"),
    ("qualification.lapsed", "noted that a qualification lapsed", "ha annotato un’abilitazione scaduta"),
    ("person.admitted", "admitted a member", "ha ammesso un membro"),
    ("person.suspended", "suspended somebody", "ha sospeso qualcuno"),
    ("person.readmitted", "took somebody back", "ha riammesso qualcuno"),
    ("person.left", "noted that somebody left", "ha annotato un’uscita"),
    ("person.added", "added a member by hand", "ha aggiunto un membro a mano"),
    ("person.edited", "changed a profile", "ha cambiato un profilo"),
    ("person.erased", "erased somebody", "ha cancellato qualcuno"),
    (
        "person.data-taken",
        "took out all that is kept of somebody",
        "ha esportato tutto ciò che si conserva di qualcuno",
    ),
    ("note.written", "noted something", "ha annotato qualcosa"),
    ("note.rewritten", "rewrote a note", "ha riscritto una nota"),
    ("note.deleted", "deleted a note", "ha eliminato una nota"),
    ("note.restored", "took a note back", "ha ripristinato una nota"),
    ("picture.set", "set a picture", "ha messo una foto"),
    ("picture.removed", "took a picture away", "ha tolto una foto"),
    (
        "retention.ran",
        "cleared away what is kept for a time only",
        "ha eliminato ciò che si conserva solo per un tempo",
    ),
    ("audit.cut", "cut away the oldest entries of the record", "ha tolto le voci più vecchie del registro"),
    ("person.turned-down", "turned an applicant down", "ha rifiutato una richiesta"),
    (
        "person.decision-undone",
        "took a decision about an applicant back",
        "ha annullato una decisione su una richiesta",
    ),
    ("hold.placed", "placed a hold", "ha imposto un blocco personale"),
    ("delivery.retried", "had deliveries tried again", "ha fatto ritentare degli invii"),
    ("hold.lifted", "lifted a hold", "ha tolto un blocco personale"),
    ("card.given", "gave a card", "ha consegnato una tessera"),
    ("card.lost", "reported a card lost", "ha segnalato una tessera smarrita"),
    ("card.found", "reported a card found", "ha segnalato una tessera ritrovata"),
    ("card.retired", "took a card out of service", "ha messo fuori servizio una tessera"),
    ("card.restored", "put a card back into service", "ha rimesso in servizio una tessera"),
    ("card.put-aside", "put an unknown card aside", "ha messo da parte una tessera sconosciuta"),
    ("card.taken-up", "took an unknown card up again", "ha ripreso una tessera sconosciuta"),
    ("import.applied", "applied a list of people", "ha applicato un elenco di persone"),
    ("import.added", "added somebody from a list", "ha aggiunto qualcuno da un elenco"),
    ("import.changed", "changed somebody from a list", "ha modificato qualcuno da un elenco"),
    ("import.fabomatic", "took over a Fab-O-Matic", "ha ripreso un Fab-O-Matic"),
    ("import.history", "took over uses of a Fab-O-Matic", "ha ripreso utilizzi di un Fab-O-Matic"),
    ("import.maintenance", "took over maintenance of a Fab-O-Matic", "ha ripreso manutenzioni di un Fab-O-Matic"),
    ("export.people", "took a list of people out", "ha esportato un elenco di persone"),
    ("export.cards", "took a list of cards out", "ha esportato un elenco di tessere"),
    ("export.qualifications", "took a list of qualifications out", "ha esportato un elenco di abilitazioni"),
    ("export.uses", "took a list of uses out", "ha esportato un elenco di utilizzi"),
    ("export.interventions", "took a list of interventions out", "ha esportato un elenco di interventi"),
    ("account.signed-in", "signed in", "ha fatto l’accesso"),
    ("account.signed-out", "signed out", "ha chiuso la sessione"),
    ("account.signed-out-everywhere", "signed out everywhere", "ha chiuso tutte le sessioni"),
    ("account.language", "chose a language", "ha scelto una lingua"),
    ("account.applied", "applied to become a member", "ha chiesto di diventare membro"),
    ("account.invited", "invited somebody", "ha invitato qualcuno"),
    ("account.helped-in", "made a link to get back in", "ha creato un link per rientrare"),
    ("account.sign-in-link", "made a link to sign in", "ha creato un link di accesso"),
    ("account.reset-asked", "asked for a new password", "ha chiesto una nuova password"),
    ("account.password-chosen", "chose a password by a link", "ha scelto una password da un link"),
    ("account.password-changed", "changed a password", "ha cambiato una password"),
    (
        "account.second-factor-begun",
        "began to set up a second factor",
        "ha iniziato a impostare un secondo fattore",
    ),
    ("account.second-factor-on", "set up a second factor", "ha impostato un secondo fattore"),
    ("account.second-factor-off", "took a second factor off", "ha tolto un secondo fattore"),
    (
        "account.second-factor-taken-off",
        "took somebody’s second factor off",
        "ha tolto il secondo fattore a qualcuno",
    ),
    ("account.second-factor-shown", "showed a second factor", "ha mostrato un secondo fattore"),
    ("account.token-made", "made a token for a program", "ha creato un token per un programma"),
    ("account.token-revoked", "revoked a token", "ha revocato un token"),
    ("account.recovery-code-used", "used a recovery code", "ha usato un codice di recupero"),
    ("system.copied", "took out a copy of the database", "ha preso una copia del database"),
    ("system.restored", "put a backup in the place of the database", "ha ripristinato un backup del database"),
    ("setup.offered", "made a link to set the space up", "ha creato un link per avviare lo spazio"),
    ("setup.steps-dismissed", "put the set-up steps away", "ha nascosto i passi di avvio"),
    ("setup.steps-shown", "showed the set-up steps again", "ha mostrato di nuovo i passi di avvio"),
    ("setup.done", "set the space up", "ha avviato lo spazio"),
    ("setup.administrator-made", "made the first administrator", "ha creato il primo amministratore"),
    (
        "setup.administrator-recovered",
        "made an administrator in an emergency",
        "ha creato un amministratore in emergenza",
    ),
    ("firmware.kept", "brought firmware for boards", "ha portato un firmware per le schede"),
    ("firmware.removed", "took firmware away", "ha tolto un firmware"),
    ("firmware.started", "had firmware sent to a board", "ha fatto inviare un firmware a una scheda"),
    ("firmware.cancelled", "stopped firmware on its way to a board", "ha fermato un firmware per una scheda"),
    ("firmware.done", "brought firmware to a board", "ha consegnato un firmware a una scheda"),
    (
        "firmware.failed",
        "could not bring firmware to a board",
        "non è riuscito a consegnare un firmware a una scheda",
    ),
    ("availability.added", "added times for checkouts", "ha aggiunto orari per le prove"),
    ("availability.away", "added days away", "ha aggiunto giorni di assenza"),
    ("availability.back", "removed days away", "ha tolto giorni di assenza"),
    ("availability.changed", "changed times for checkouts", "ha modificato orari per le prove"),
    ("availability.removed", "removed times for checkouts", "ha rimosso orari per le prove"),
    ("booking.asked", "booked, or asked for a booking", "ha prenotato, o chiesto una prenotazione"),
    ("booking.decided", "decided about a booking", "ha deciso su una prenotazione"),
    (
        "booking.displaced",
        "called off a booking that could not be kept",
        "ha annullato una prenotazione che non si poteva mantenere",
    ),
    (
        "closure.made",
        "closed a machine or a room for some time",
        "ha chiuso una macchina o una sala per un periodo",
    ),
    ("closure.lifted", "lifted a closure", "ha tolto una chiusura"),
    ("external-calendar.added", "added an external calendar", "ha aggiunto un calendario esterno"),
    (
        "external-calendar.read",
        "updated the times of an external calendar",
        "ha aggiornato gli orari di un calendario esterno",
    ),
    ("external-calendar.removed", "removed an external calendar", "ha rimosso un calendario esterno"),
    ("external-calendar.renamed", "renamed an external calendar", "ha rinominato un calendario esterno"),
    ("room.added", "added a room", "ha aggiunto una sala"),
    ("room.archived", "put a room away", "ha archiviato una sala"),
    ("room.changed", "changed a room", "ha modificato una sala"),
    ("room.restored", "took a room back", "ha ripristinato una sala"),
    ("booking.handed-over", "took over a booking", "ha preso una prenotazione di un’altra persona"),
    ("booking.offered", "offered a booking to somebody", "ha offerto una prenotazione a qualcuno"),
    ("booking.offer-declined", "declined an offered booking", "ha rifiutato una prenotazione offerta"),
    ("booking.offer-withdrawn", "withdrew the offer of a booking", "ha ritirato l’offerta di una prenotazione"),
    ("booking.moved", "changed the time of a booking", "ha cambiato l’orario di una prenotazione"),
    (
        "booking.passed",
        "had a booking go on by the clock or a card",
        "ha fatto procedere una prenotazione con l’orologio o una tessera",
    ),
    (
        "waiting.declined",
        "declined a time offered from the waiting list",
        "ha rinunciato a un orario offerto dalla lista d’attesa",
    ),
    ("waiting.joined", "joined a waiting list", "si è messo in lista d’attesa"),
    ("waiting.left", "left a waiting list", "ha lasciato una lista d’attesa"),
    (
        "waiting.offered",
        "offered a free time to the next in line",
        "ha offerto un orario libero a chi era in attesa",
    ),
    (
        "waiting.passed",
        "ended an offer or a place on a waiting list",
        "ha chiuso un’offerta o un posto in lista d’attesa",
    ),
    (
        "waiting.taken",
        "booked a time offered from the waiting list",
        "ha prenotato un orario offerto dalla lista d’attesa",
    ),
    ("booking.imported", "imported bookings", "ha importato prenotazioni"),
    (
        "booking.rebooked",
        "moved a booking to another machine or room",
        "ha spostato una prenotazione su un’altra macchina o sala",
    ),
    ("calendar.made", "created a calendar address", "ha creato un indirizzo del calendario"),
    ("calendar.revoked", "revoked a calendar address", "ha revocato un indirizzo del calendario"),
    ("checkout.asked", "asked for a checkout", "ha richiesto una prova"),
    ("checkout.decided", "decided about a checkout", "ha deciso su una prova"),
    (
        "checkout.displaced",
        "changed a checkout that could not be kept",
        "ha cambiato una prova che non si poteva tenere",
    ),
    ("checkout.list-saved", "saved a checkout checklist", "ha salvato una lista per le prove"),
    ("checkout.marked", "ticked a step of a checkout", "ha spuntato un passo di una prova"),
    ("checkout.photo-set", "changed a photo of a checkout", "ha cambiato una foto di una prova"),
    ("checkout.signed", "changed a signature of a checkout", "ha cambiato una firma di una prova"),
    ("checkout.moved", "moved a checkout", "ha spostato una prova"),
    ("checkout.wanted", "asked trainers for another checkout time", "ha chiesto un altro orario per una prova"),
    ("checkout.undone", "took back that a checkout was passed", "ha annullato l’esito di una prova"),
    ("module.added", "added a training module", "ha aggiunto un modulo di formazione"),
    ("module.archived", "archived a training module", "ha archiviato un modulo di formazione"),
    ("module.captioned", "changed the captions of a module", "ha modificato i sottotitoli di un modulo"),
    ("module.changed", "changed a training module", "ha modificato un modulo di formazione"),
    ("module.imported", "imported training modules", "ha importato moduli di formazione"),
    ("module.moved", "moved a training module in the list", "ha spostato un modulo nell’elenco"),
    ("module.picture-set", "changed the picture of a question", "ha cambiato l’immagine di una domanda"),
    ("module.published", "published a training module", "ha pubblicato un modulo di formazione"),
    ("module.question-removed", "removed a question", "ha rimosso una domanda"),
    ("module.question-restored", "took a question back", "ha ripristinato una domanda"),
    ("module.question-written", "wrote a question", "ha scritto una domanda"),
    ("module.restored", "restored a training module", "ha ripristinato un modulo di formazione"),
    ("module.video-set", "chose the video of a module", "ha scelto il video di un modulo"),
    ("module.video-uploaded", "uploaded the video of a module", "ha caricato il video di un modulo"),
    ("quiz.passed", "passed a quiz", "ha superato un quiz"),
    ("training.released", "no longer requires a module", "non richiede più un modulo"),
    ("training.required", "requires a module", "richiede un modulo"),
    ("announcement.written", "wrote an announcement", "ha scritto un annuncio"),
    ("announcement.changed", "changed an announcement", "ha modificato un annuncio"),
    ("announcement.withdrawn", "withdrew an announcement", "ha ritirato un annuncio"),
    ("announcement.restored", "took an announcement back", "ha ripristinato un annuncio"),
    ("display.made", "made a wall display", "ha creato uno schermo a parete"),
    (
        "display.link-made",
        "made another link for a wall display",
        "ha creato un altro link per uno schermo a parete",
    ),
    ("display.opened", "opened a wall display on a screen", "ha aperto uno schermo a parete"),
    ("display.revoked", "took a wall display back", "ha revocato uno schermo a parete"),
    ("demo.build", "built the invented workshop", "ha costruito il laboratorio inventato"),
    ("demo.plans", "planned maintenance for the demo", "ha pianificato la manutenzione della demo"),
    ("demo.history", "invented what happened before", "ha inventato ciò che era successo prima"),
    ("demo.ready", "opened the invented workshop", "ha aperto il laboratorio inventato"),
];

/// Particulars that only the chain needs: ids that mean nothing to a reader.
const SILENT: [&str; 26] = [
    "intervention",
    "login",
    "claim",
    "board",
    "hash",
    "token",
    "like",
    "risk",
    "machines",
    "entries",
    "session",
    "hold",
    "card",
    "unknown_card",
    "request",
    "use",
    "display",
    "feed",
    "note",
    "problem",
    "block",
    "plan",
    "plans",
    "firmware",
    "job",
    "failure",
];

/// What stands in particulars as a word of its own.
const WORDS: &[Sentence] = &[
    ("asked", "somebody asked for it", "richiesto da qualcuno"),
    ("suspended", "suspended", "sospensione"),
    ("left", "no longer a member", "non è più membro"),
    ("hold", "a hold", "un blocco personale"),
    ("banned", "a ban", "un’esclusione"),
    ("card", "the card is out of use", "tessera non più valida"),
    ("qualification", "no longer qualified", "abilitazione persa"),
    ("away", "its board was not connected", "la sua scheda non era collegata"),
    ("unsafe", "the machine is unsafe", "la macchina non è sicura"),
    ("set-up", "to set the space up", "per avviare lo spazio"),
    ("sign-in", "to sign in", "per accedere"),
    ("invite", "to choose a first password", "per scegliere la prima password"),
    ("reset", "to choose another password", "per scegliere un’altra password"),
    ("screen", "to open a wall display", "per aprire uno schermo a parete"),
];

/// Families of codes, for the filter: the beginning of their codes, and what they are about.
const FAMILIES: &[Sentence] = &[
    ("use.", "Uses of machines", "Utilizzi delle macchine"),
    ("machine.", "Machines", "Macchine"),
    ("board.", "Boards", "Schede"),
    ("problem.", "Problems", "Problemi"),
    ("maintenance.", "Maintenance", "Manutenzione"),
    ("type.", "Types", "Tipi"),
    ("place.", "Places", "Luoghi"),
    ("setting.", "Settings", "Impostazioni"),
    ("hours.", "Opening hours", "Orari di apertura"),
    ("qualification.", "Qualifications", "Abilitazioni"),
    ("person.", "Members", "Membri"),
    ("note.", "Notes", "Note"),
    ("picture.", "Pictures", "Foto"),
    ("retention.", "Retention", "Conservazione"),
    ("audit.", "The record itself", "Il registro stesso"),
    ("hold.", "Holds", "Blocchi personali"),
    ("card.", "Cards", "Tessere"),
    ("import.", "Imports", "Importazioni"),
    ("export.", "Exports", "Esportazioni"),
    ("account.", "Accounts", "Account"),
    ("setup.", "Set-up", "Avvio"),
    ("system.", "The system", "Il sistema"),
    ("firmware.", "Firmware", "Firmware"),
    ("announcement.", "Announcements", "Annunci"),
    ("availability.", "Availability", "Disponibilità"),
    ("booking.", "Bookings", "Prenotazioni"),
    ("calendar.", "Calendar addresses", "Indirizzi del calendario"),
    ("closure.", "Closures", "Chiusure"),
    ("external-calendar.", "External calendars", "Calendari esterni"),
    ("waiting.", "Waiting lists", "Liste d’attesa"),
    ("room.", "Rooms", "Sale"),
    ("checkout.", "Checkouts", "Prove in persona"),
    ("module.", "Training modules", "Moduli di formazione"),
    ("quiz.", "Quizzes", "Quiz"),
    ("training.", "Required training", "Formazione richiesta"),
    ("delivery.", "Deliveries", "Invii"),
    ("display.", "Wall displays", "Schermi a parete"),
    ("demo.", "Demo", "Demo"),
];

impl Lang {
    /// What was done, as the rest of a sentence that begins with who did it; `None` for a code that has none.
    #[must_use]
    pub fn audit_action(self, code: &str) -> Option<&'static str> {
        SENTENCES.iter().find(|(known, ..)| *known == code).map(|&(_, en, it)| match self {
            Self::En => en,
            Self::It => it,
        })
    }

    /// A particular in words; empty for one that says nothing to a reader, `None` for one that is not known.
    #[must_use]
    pub fn audit_particular(self, name: &str, word: &str) -> Option<String> {
        let status = || Some(self.person_status(PersonStatus::from_word(word)?));
        let own_word = || {
            let (_, en, it) = WORDS.iter().find(|(known, ..)| *known == word)?;
            Some(if self == Self::En { *en } else { *it })
        };
        match (name, word) {
            (name, _) if SILENT.contains(&name) => Some(String::new()),
            ("replay" | "link" | "at_once", "false") => Some(String::new()),
            ("replay", _) => Some(self.audit_replay().to_owned()),
            ("link", _) => Some(self.audit_by_link().to_owned()),
            ("relation", _) => Some(self.relation(None, Relation::from_word(word)?).to_owned()),
            ("from", _) => Some(self.audit_status_from(status()?)),
            ("to", _) => Some(self.audit_status_to(status()?)),
            ("reason", _) => Some(self.audit_because(self.hold_because(HoldReason::from_word(word)?))),
            ("at_once", _) => Some(self.audit_at_once().to_owned()),
            ("severity", _) => Some(self.problem_severity(Severity::from_word(word)?).to_owned()),
            ("cause", _) => Some(self.audit_because(own_word()?)),
            ("decisions", _) => Some(format!("{}: {word}", self.retention_decisions())),
            ("unknown_cards", _) => Some(format!("{}: {word}", self.retention_cards())),
            ("sign_ins", _) => Some(format!("{}: {word}", self.retention_sign_ins())),
            ("names", _) => Some(format!("{}: {word}", self.retention_names())),
            ("cut", _) => Some(format!("{}: {word}", self.retention_entries())),
            ("through", _) => Some(self.audit_through(word)),
            ("purpose", _) => own_word().map(ToOwned::to_owned),
            ("language", _) => Self::from_tag(word).map(|lang| lang.name().to_owned()),
            ("setting", _) => Some(self.setting_name(domain::settings::Key::from_word(word)?).to_owned()),
            ("day", _) => Some(word.to_owned()),
            ("changed", _) => Some(self.audit_changed(&self.field_names(word))),
            ("number", _) => Some(self.audit_number(word)),
            ("ending", _) => Some(self.history_ending(Ending::from_word(word)?).to_owned()),
            ("seconds", _) => Some(self.audit_seconds(word)),
            ("ended", _) => Some(self.audit_sessions_ended(word)),
            ("tokens", _) => Some(self.audit_tokens_ended(word)),
            ("links", _) => Some(self.audit_links_ended(word)),
            ("calendars", _) => Some(self.audit_calendars_ended(word)),
            ("screens", _) => Some(self.audit_screens_ended(word)),
            _ => None,
        }
    }

    /// The families of codes: how they begin, and what they are about.
    pub fn audit_families(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        FAMILIES.iter().map(move |&(begin, en, it)| (begin, if self == Self::En { en } else { it }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_belongs_to_a_family_and_stands_once() {
        for (at, (code, ..)) in SENTENCES.iter().enumerate() {
            assert!(FAMILIES.iter().any(|(begin, ..)| code.starts_with(begin)), "{code}");
            assert!(SENTENCES[..at].iter().all(|(other, ..)| other != code), "{code}");
        }
    }

    #[test]
    fn a_particular_is_said_in_words_or_left_to_the_chain() {
        let said = |name, word| Lang::It.audit_particular(name, word);
        assert_eq!(said("relation", "user").as_deref(), Some("può usare"));
        assert_eq!(said("entries", "[3,4]").as_deref(), Some(""));
        assert_eq!(said("cause", "banned").as_deref(), Some("motivo: un’esclusione"));
        assert_eq!(said("reason", "moon"), None, "a word that is not known");
        assert_eq!(said("weather", "wet"), None);
        for cause in domain::requests::Cause::ALL {
            assert!(said("cause", cause.word()).is_some(), "{cause:?}");
        }
        for purpose in domain::accounts::Purpose::ALL {
            assert!(said("purpose", purpose.word()).is_some(), "{purpose:?}");
        }
    }

    #[test]
    fn a_code_that_is_not_known_has_no_sentence() {
        assert_eq!(Lang::It.audit_action("display.made"), Some("ha creato uno schermo a parete"));
        assert_eq!(Lang::En.audit_action("weather.changed"), None);
    }
}
