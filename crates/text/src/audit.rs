//! The audit log's page.

mod building;
mod lines;
mod training;

use crate::Lang;

pub use lines::AuditLine;

text! {
    audit_title() { en: "Audit log", it: "Registro" }
    audit_sub() { en: "Every change, newest first. Entries can’t be changed.",
                  it: "Ogni modifica, dalla più recente. Le voci non si possono modificare." }
    audit_filter() { en: "Filter", it: "Filtro" }
    audit_from() { en: "From", it: "Dal" }
    audit_to() { en: "To", it: "Al" }
    audit_by() { en: "By", it: "Da" }
    audit_by_hint() { en: "Part of a name.", it: "Una parte del nome." }
    audit_action_label() { en: "Action", it: "Azione" }
    audit_action_all() { en: "All actions", it: "Tutte le azioni" }
    audit_subject() { en: "Subject", it: "Oggetto" }
    audit_subject_hint() { en: "A name, or machine:7.", it: "Un nome, o machine:7." }
    audit_apply() { en: "Show", it: "Mostra" }
    audit_clear() { en: "Clear filter", it: "Togli filtro" }
    audit_entries() { en: "Entries", it: "Voci" }
    audit_details() { en: "Details", it: "Dettagli" }
    audit_code() { en: "Code", it: "Codice" }
    audit_number_head() { en: "Number", it: "Numero" }
    audit_older() { en: "Older", it: "Più vecchie" }
    audit_newest() { en: "Newest", it: "Più recenti" }
    audit_nothing() { en: "No entries yet", it: "Ancora nessuna voce" }
    audit_nothing_next() { en: "Every change is logged here.", it: "Ogni modifica compare qui." }
    audit_none() { en: "No results", it: "Nessun risultato" }
    audit_none_next() { en: "Change or clear the filter.", it: "Cambia o togli il filtro." }
    audit_filter_invalid() { en: "This filter is not valid.", it: "Questo filtro non è valido." }
    audit_backwards() { en: "The end is before the start.", it: "La fine è prima dell’inizio." }
    audit_no_day() { en: "Enter a day like 2026-11-20.", it: "Scrivi un giorno come 2026-11-20." }
    audit_too_long() { en: "Use 200 characters at most.", it: "Usa al massimo 200 caratteri." }

    audit_former() { en: "Former member", it: "Ex membro" }
    audit_board() { en: "A board", it: "Una scheda" }
    audit_stranger() { en: "Not signed in", it: "Senza accesso" }
    audit_toolgate() { en: "Toolgate", it: "Toolgate" }

    audit_door_web() { en: "in the browser", it: "dal browser" }
    audit_door_api() { en: "through the API", it: "dall’API" }
    audit_door_board() { en: "at a board", it: "da una scheda" }
    audit_door_command() { en: "automatically", it: "automaticamente" }
    audit_door_import() { en: "by an import", it: "da un’importazione" }
}

/// A code with its text in both languages.
pub(crate) type Sentence = (&'static str, &'static str, &'static str);

/// The text of each code. An unknown code is shown as it is.
const SENTENCES: &[Sentence] = &[
    ("use.start", "started using", "ha iniziato a usare"),
    ("use.extend", "continued using", "ha continuato a usare"),
    ("use.stop", "stopped using", "ha smesso di usare"),
    ("use.ended", "recorded the end of a use", "ha annotato la fine di un utilizzo"),
    ("use.seen", "dismissed an unauthorised use", "ha ignorato un utilizzo non autorizzato"),
    (
        "use.seen-undone",
        "returned an unauthorised use to the inbox",
        "ha rimesso in «Da sbrigare» un utilizzo non autorizzato",
    ),
    ("use.corrected", "corrected a use", "ha corretto un utilizzo"),
    ("machine.added", "added a machine", "ha aggiunto una macchina"),
    ("machine.changed", "changed a machine", "ha modificato una macchina"),
    ("machine.archived", "archived a machine", "ha archiviato una macchina"),
    ("machine.restored", "restored a machine", "ha ripristinato una macchina"),
    ("machine.stop-requested", "asked to stop a machine", "ha chiesto di fermare una macchina"),
    ("machine.stop-sent", "sent a stop to a board", "ha inviato l’arresto a una scheda"),
    ("machine.stop-expired", "let a stop request time out", "ha lasciato scadere una richiesta di arresto"),
    ("machine.start-requested", "asked to start a machine", "ha chiesto di avviare una macchina"),
    ("machine.start-sent", "sent a start to a board", "ha inviato l’avvio a una scheda"),
    ("machine.start-expired", "let a start request time out", "ha lasciato scadere una richiesta di avvio"),
    ("machine.blocked", "blocked a machine", "ha bloccato una macchina"),
    ("machine.freed", "lifted the block of a machine", "ha tolto il blocco a una macchina"),
    ("card.claimed", "claimed a card", "ha associato una tessera"),
    (
        "card.claimed-at-once",
        "claimed a card, approved automatically",
        "ha associato una tessera, approvata automaticamente",
    ),
    ("card.claim-refused", "declined a card claim", "ha rifiutato l’associazione di una tessera"),
    ("board.login-made", "created a board login", "ha creato le credenziali di una scheda"),
    ("board.login-revoked", "revoked a board login", "ha revocato le credenziali di una scheda"),
    ("board.forgotten", "removed a board", "ha rimosso una scheda"),
    ("problem.reported", "reported a problem", "ha segnalato un problema"),
    ("problem.photo-set", "added a photo to a problem", "ha aggiunto una foto a un problema"),
    ("problem.acknowledged", "took on a problem", "ha preso in carico un problema"),
    ("problem.resolved", "resolved a problem", "ha risolto un problema"),
    ("maintenance.registered", "logged maintenance", "ha registrato una manutenzione"),
    (
        "maintenance.photo-added",
        "added a photo to logged maintenance",
        "ha aggiunto una foto a una manutenzione fatta",
    ),
    (
        "maintenance.photo-removed",
        "removed a photo of logged maintenance",
        "ha tolto una foto di una manutenzione fatta",
    ),
    ("maintenance.plan-added", "created a maintenance plan", "ha creato un piano di manutenzione"),
    ("maintenance.plan-changed", "changed a maintenance plan", "ha modificato un piano di manutenzione"),
    ("maintenance.plan-archived", "archived a maintenance plan", "ha archiviato un piano di manutenzione"),
    ("maintenance.plan-restored", "restored a maintenance plan", "ha ripristinato un piano di manutenzione"),
    ("type.added", "added a type", "ha aggiunto un tipo"),
    ("type.changed", "changed a type", "ha modificato un tipo"),
    ("type.archived", "archived a type", "ha archiviato un tipo"),
    ("type.restored", "restored a type", "ha ripristinato un tipo"),
    ("place.added", "added a location", "ha aggiunto un luogo"),
    ("place.changed", "changed a location", "ha modificato un luogo"),
    ("place.archived", "archived a location", "ha archiviato un luogo"),
    ("place.restored", "restored a location", "ha ripristinato un luogo"),
    ("setting.changed", "changed a setting", "ha modificato un’impostazione"),
    ("setting.cleared", "cleared a setting", "ha tolto un’impostazione"),
    ("hours.week-changed", "changed weekly opening hours", "ha modificato gli orari settimanali"),
    ("hours.day-changed", "changed an exception of the opening hours", "ha modificato un’eccezione agli orari"),
    ("hours.day-cleared", "removed an exception of the opening hours", "ha rimosso un’eccezione agli orari"),
    ("qualification.granted", "granted a qualification", "ha concesso un’abilitazione"),
    ("qualification.revoked", "revoked a qualification", "ha revocato un’abilitazione"),
    ("qualification.banned", "banned a person", "ha escluso una persona"),
    ("qualification.unbanned", "lifted a ban", "ha tolto un’esclusione"),
    ("qualification.lapsed", "recorded an expired qualification", "ha registrato un’abilitazione scaduta"),
    ("person.admitted", "approved an application", "ha approvato una richiesta di iscrizione"),
    ("person.suspended", "suspended a person", "ha sospeso una persona"),
    ("person.readmitted", "reinstated a person", "ha riammesso una persona"),
    ("person.left", "marked a person as left", "ha segnato una persona come ex membro"),
    ("person.added", "added a member without account", "ha aggiunto un membro senza account"),
    ("person.edited", "changed a profile", "ha cambiato un profilo"),
    ("person.erased", "erased a person", "ha cancellato una persona"),
    ("person.data-taken", "exported a person’s data", "ha esportato i dati di una persona"),
    ("note.written", "wrote a note", "ha scritto una nota"),
    ("note.rewritten", "edited a note", "ha modificato una nota"),
    ("note.deleted", "deleted a note", "ha eliminato una nota"),
    ("note.restored", "restored a note", "ha ripristinato una nota"),
    ("picture.set", "set a picture", "ha messo una foto"),
    ("picture.removed", "removed a picture", "ha tolto una foto"),
    ("retention.ran", "deleted expired data", "ha eliminato i dati scaduti"),
    ("audit.cut", "deleted the oldest audit entries", "ha eliminato le voci più vecchie del registro"),
    ("person.turned-down", "declined an application", "ha rifiutato una richiesta di iscrizione"),
    (
        "person.decision-undone",
        "undid a decision on an application",
        "ha annullato una decisione su un’iscrizione",
    ),
    ("push-device.added", "turned on notifications on a device", "ha attivato le notifiche su un dispositivo"),
    (
        "push-device.removed",
        "turned off notifications on a device",
        "ha disattivato le notifiche su un dispositivo",
    ),
    ("hold.placed", "placed a hold", "ha messo un blocco accesso"),
    ("delivery.retried", "sent failed e-mails again", "ha inviato di nuovo le e-mail non riuscite"),
    ("hold.lifted", "lifted a hold", "ha tolto un blocco accesso"),
    ("card.given", "assigned a card", "ha assegnato una tessera"),
    ("card.lost", "reported a card lost", "ha segnalato una tessera persa"),
    ("card.found", "reported a card found", "ha segnalato una tessera ritrovata"),
    ("card.retired", "deactivated a card", "ha disattivato una tessera"),
    ("card.restored", "reactivated a card", "ha riattivato una tessera"),
    ("card.put-aside", "ignored an unknown card", "ha ignorato una tessera sconosciuta"),
    ("card.taken-up", "restored an unknown card", "ha ripristinato una tessera sconosciuta"),
    ("import.applied", "imported a list of people", "ha importato un elenco di persone"),
    ("import.added", "added a person from a list", "ha aggiunto una persona da un elenco"),
    ("import.changed", "changed a person from a list", "ha modificato una persona da un elenco"),
    ("import.fabomatic", "migrated from Fab-O-Matic", "ha migrato da Fab-O-Matic"),
    ("import.history", "migrated uses from Fab-O-Matic", "ha migrato utilizzi da Fab-O-Matic"),
    ("import.maintenance", "migrated maintenance from Fab-O-Matic", "ha migrato manutenzioni da Fab-O-Matic"),
    ("export.people", "exported people", "ha esportato persone"),
    ("export.cards", "exported cards", "ha esportato tessere"),
    ("export.qualifications", "exported qualifications", "ha esportato abilitazioni"),
    ("export.groups", "exported groups", "ha esportato gruppi"),
    ("export.uses", "exported uses", "ha esportato utilizzi"),
    ("export.interventions", "exported maintenance", "ha esportato manutenzioni"),
    ("account.signed-in", "signed in", "ha fatto l’accesso"),
    ("account.signed-out", "signed out", "ha chiuso la sessione"),
    ("account.signed-out-everywhere", "signed out everywhere", "ha chiuso tutte le sessioni"),
    ("account.language", "chose a language", "ha scelto una lingua"),
    ("account.applied", "applied to become a member", "ha chiesto di diventare membro"),
    ("account.invited", "invited a person", "ha invitato una persona"),
    ("account.helped-in", "created a password link", "ha creato un link per la password"),
    ("account.sign-in-link", "created a sign-in link", "ha creato un link di accesso"),
    ("account.reset-asked", "asked for a new password", "ha chiesto una nuova password"),
    ("account.password-chosen", "chose a password by a link", "ha scelto una password da un link"),
    ("account.password-changed", "changed a password", "ha cambiato una password"),
    (
        "account.second-factor-begun",
        "started to set up a second factor",
        "ha iniziato a impostare un secondo fattore",
    ),
    ("account.second-factor-on", "set up a second factor", "ha impostato un secondo fattore"),
    ("account.second-factor-off", "turned off a second factor", "ha disattivato un secondo fattore"),
    (
        "account.second-factor-taken-off",
        "turned off a person’s second factor",
        "ha disattivato il secondo fattore di una persona",
    ),
    ("account.second-factor-shown", "entered a second factor", "ha inserito un secondo fattore"),
    ("account.passkey-added", "added a passkey", "ha aggiunto una passkey"),
    ("account.passkey-renamed", "renamed a passkey", "ha rinominato una passkey"),
    ("account.passkey-removed", "removed a passkey", "ha rimosso una passkey"),
    (
        "account.passkey-refused",
        "was refused with a passkey that seems to be copied",
        "è stato respinto con una passkey che sembra copiata",
    ),
    ("account.password-removed", "removed a password", "ha rimosso una password"),
    ("account.token-made", "created an API token", "ha creato un token API"),
    ("account.token-revoked", "revoked an API token", "ha revocato un token API"),
    ("account.recovery-code-used", "used a recovery code", "ha usato un codice di recupero"),
    ("system.copied", "downloaded a copy of the database", "ha scaricato una copia del database"),
    ("system.restored", "restored a backup", "ha ripristinato un backup"),
    ("setup.offered", "created a set-up link", "ha creato un link di configurazione"),
    ("setup.steps-dismissed", "hid the set-up steps", "ha nascosto i passi di configurazione"),
    ("setup.steps-shown", "showed the set-up steps again", "ha mostrato di nuovo i passi di configurazione"),
    ("setup.done", "set up the workshop", "ha configurato il laboratorio"),
    ("setup.administrator-made", "created the first administrator", "ha creato il primo amministratore"),
    (
        "setup.administrator-recovered",
        "created an administrator in an emergency",
        "ha creato un amministratore in emergenza",
    ),
    ("firmware.kept", "uploaded firmware", "ha caricato un firmware"),
    ("firmware.removed", "removed firmware", "ha rimosso un firmware"),
    ("firmware.started", "sent firmware to a board", "ha inviato un firmware a una scheda"),
    ("firmware.cancelled", "cancelled firmware for a board", "ha annullato un firmware per una scheda"),
    ("firmware.done", "delivered firmware to a board", "ha consegnato un firmware a una scheda"),
    (
        "firmware.failed",
        "failed to deliver firmware to a board",
        "non è riuscito a consegnare un firmware a una scheda",
    ),
    ("availability.added", "added times for checkouts", "ha aggiunto orari per le prove"),
    ("availability.away", "added days away", "ha aggiunto giorni di assenza"),
    ("availability.back", "removed days away", "ha tolto giorni di assenza"),
    ("availability.changed", "changed times for checkouts", "ha modificato orari per le prove"),
    ("availability.removed", "removed times for checkouts", "ha rimosso orari per le prove"),
    ("group.imported", "imported groups", "ha importato gruppi"),
    ("booking.asked", "booked or requested time", "ha prenotato o richiesto un orario"),
    ("booking.decided", "decided on a booking", "ha deciso su una prenotazione"),
    (
        "booking.displaced",
        "cancelled a booking that couldn’t be kept",
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
    ("webhook.added", "added a webhook", "ha aggiunto un webhook"),
    ("webhook.changed", "changed a webhook", "ha modificato un webhook"),
    ("webhook.paused", "paused a webhook", "ha messo in pausa un webhook"),
    ("webhook.removed", "removed a webhook", "ha rimosso un webhook"),
    ("webhook.resumed", "resumed a webhook", "ha riattivato un webhook"),
    ("webhook.retried", "sent events to a webhook again", "ha rinviato eventi a un webhook"),
    ("webhook.secret-replaced", "replaced the secret of a webhook", "ha sostituito il segreto di un webhook"),
    ("series.made", "booked a series", "ha prenotato una serie"),
    ("series.changed", "changed a series", "ha modificato una serie"),
    ("series.skipped", "skipped a date of a series", "ha saltato una data di una serie"),
    ("series.ended", "ended a series early", "ha terminato prima una serie"),
    ("series.term-ended", "ended all series", "ha terminato tutte le serie"),
    ("group.added", "added a group", "ha aggiunto un gruppo"),
    ("group.archived", "archived a group", "ha archiviato un gruppo"),
    ("group.changed", "changed a group", "ha modificato un gruppo"),
    ("group.restored", "restored a group", "ha ripristinato un gruppo"),
    ("group.joined", "joined a group", "è entrato in un gruppo"),
    ("group.member-added", "added someone to a group", "ha aggiunto qualcuno a un gruppo"),
    ("group.member-left", "left a group", "è uscito da un gruppo"),
    ("group.member-removed", "removed someone from a group", "ha tolto qualcuno da un gruppo"),
    ("group.role-changed", "changed someone’s role in a group", "ha cambiato il ruolo di qualcuno in un gruppo"),
    ("group.asked", "asked to join a group", "ha chiesto di entrare in un gruppo"),
    (
        "group.request-accepted",
        "accepted a request to join a group",
        "ha accettato una richiesta di entrare in un gruppo",
    ),
    (
        "group.request-declined",
        "declined a request to join a group",
        "ha rifiutato una richiesta di entrare in un gruppo",
    ),
    (
        "group.request-withdrawn",
        "withdrew a request to join a group",
        "ha ritirato una richiesta di entrare in un gruppo",
    ),
    ("group.invited", "invited someone to a group", "ha invitato qualcuno in un gruppo"),
    ("group.invitation-declined", "declined an invitation to a group", "ha rifiutato un invito in un gruppo"),
    ("group.invitation-withdrawn", "withdrew an invitation to a group", "ha ritirato un invito in un gruppo"),
    ("group.link-made", "created a link to join a group", "ha creato un link per entrare in un gruppo"),
    ("group.link-revoked", "revoked the link of a group", "ha revocato il link di un gruppo"),
    ("floor-plan.added", "added a floor plan", "ha aggiunto una pianta"),
    ("floor-plan.changed", "changed a floor plan", "ha modificato una pianta"),
    ("floor-plan.deleted", "deleted a floor plan", "ha eliminato una pianta"),
    ("floor-plan.placed", "placed something on a floor plan", "ha posizionato qualcosa su una pianta"),
    ("floor-plan.taken-off", "took something off a floor plan", "ha tolto qualcosa da una pianta"),
    ("training-request.asked", "asked for training", "ha chiesto una formazione"),
    ("training-request.withdrawn", "withdrew a training request", "ha ritirato una richiesta di formazione"),
    (
        "training-request.readmitted",
        "readmitted a person to training requests",
        "ha riammesso una persona alle richieste di formazione",
    ),
    ("training-event.announced", "announced a training event", "ha annunciato un evento formativo"),
    ("training-event.changed", "changed a training event", "ha modificato un evento formativo"),
    ("training-event.cancelled", "cancelled a training event", "ha annullato un evento formativo"),
    ("training-event.signed-up", "signed up for a training event", "si è iscritto a un evento formativo"),
    ("training-event.left", "left a training event", "ha lasciato un evento formativo"),
    (
        "training-event.accepted",
        "accepted an invitation to a training event",
        "ha accettato un invito a un evento formativo",
    ),
    (
        "training-event.declined",
        "declined an invitation to a training event",
        "ha rifiutato un invito a un evento formativo",
    ),
    (
        "training-event.decided",
        "found that enough people come to a training event",
        "ha constatato che a un evento formativo viene abbastanza gente",
    ),
    ("training-event.invited", "invited people to training events", "ha invitato persone a eventi formativi"),
    (
        "training-event.expired",
        "let an invitation to a training event expire",
        "ha fatto scadere un invito a un evento formativo",
    ),
    (
        "training-event.dropped",
        "took a person off a training event",
        "ha tolto una persona da un evento formativo",
    ),
    (
        "training-event.walked-in",
        "added a person to a training event on the spot",
        "ha aggiunto sul posto una persona a un evento formativo",
    ),
    (
        "training-event.closed",
        "closed a training event without results",
        "ha chiuso un evento formativo senza risultati",
    ),
    (
        "training-event.results",
        "wrote the results of a training event",
        "ha scritto i risultati di un evento formativo",
    ),
    (
        "training-event.results-undone",
        "undid the results of a training event",
        "ha annullato i risultati di un evento formativo",
    ),
    ("draw.added", "planned a draw", "ha pianificato un’estrazione"),
    ("draw.changed", "changed a draw", "ha modificato un’estrazione"),
    ("draw.deleted", "deleted a draw", "ha eliminato un’estrazione"),
    ("draw.renewed", "replaced the secret of a draw", "ha sostituito il segreto di un’estrazione"),
    ("draw.closed", "closed a draw", "ha chiuso un’estrazione"),
    ("draw.ran", "ran a draw", "ha eseguito un’estrazione"),
    ("draw.wish-entered", "entered a wish in a draw", "ha inserito una preferenza in un’estrazione"),
    ("draw.wish-changed", "changed a wish in a draw", "ha modificato una preferenza in un’estrazione"),
    ("draw.wish-withdrawn", "withdrew a wish from a draw", "ha ritirato una preferenza da un’estrazione"),
    ("room.added", "added a room", "ha aggiunto una sala"),
    ("room.archived", "archived a room", "ha archiviato una sala"),
    ("room.changed", "changed a room", "ha modificato una sala"),
    ("room.restored", "restored a room", "ha ripristinato una sala"),
    ("booking.handed-over", "took a booking", "ha preso una prenotazione di un’altra persona"),
    (
        "booking.passed-on",
        "passed a group’s booking to another admin",
        "ha affidato la prenotazione di un gruppo a un’altra persona",
    ),
    ("booking.offered", "offered a booking to someone", "ha offerto una prenotazione a qualcuno"),
    ("booking.offer-declined", "declined an offered booking", "ha rifiutato una prenotazione offerta"),
    ("booking.offer-withdrawn", "withdrew the offer of a booking", "ha ritirato l’offerta di una prenotazione"),
    ("booking.moved", "changed the time of a booking", "ha cambiato l’orario di una prenotazione"),
    (
        "booking.passed",
        "updated a booking automatically or by card tap",
        "ha aggiornato una prenotazione in automatico o con la tessera",
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
    ("announcement.written", "wrote an announcement", "ha scritto un annuncio"),
    ("announcement.changed", "changed an announcement", "ha modificato un annuncio"),
    ("announcement.withdrawn", "withdrew an announcement", "ha ritirato un annuncio"),
    ("announcement.restored", "restored an announcement", "ha ripristinato un annuncio"),
    ("display.made", "created a wall display", "ha creato uno schermo a parete"),
    (
        "display.link-made",
        "created another link for a wall display",
        "ha creato un altro link per uno schermo a parete",
    ),
    ("display.opened", "opened a wall display on a screen", "ha aperto uno schermo a parete"),
    ("display.revoked", "revoked a wall display", "ha revocato uno schermo a parete"),
    ("demo.build", "created the demo workshop", "ha creato il laboratorio demo"),
    ("demo.plans", "planned maintenance for the demo", "ha pianificato la manutenzione della demo"),
    ("demo.rooms", "planned rooms and draws for the demo", "ha pianificato le stanze e i sorteggi della demo"),
    (
        "demo.training",
        "planned training, dues and documents for the demo",
        "ha pianificato formazione, quote e documenti della demo",
    ),
    ("demo.readings", "stored the readings of the demo", "ha registrato le letture della demo"),
    ("demo.history", "created demo data", "ha creato i dati demo"),
    ("demo.ready", "opened the demo workshop", "ha aperto il laboratorio demo"),
];

/// The texts of all codes.
fn sentences() -> impl Iterator<Item = &'static Sentence> {
    let nouns = [
        building::AUDITED,
        crate::documents::AUDITED,
        crate::dues::AUDITED,
        crate::help::AUDITED,
        crate::identity_providers::AUDITED,
        crate::slack::AUDITED,
        crate::user_directory::AUDITED,
        training::AUDITED,
    ];
    SENTENCES.iter().chain(nouns.into_iter().flatten())
}

/// Details that only the chain needs: ids that mean nothing to a reader.
const SILENT: [&str; 29] = [
    "help",
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
    "passkey",
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
    "provider",
    "job",
    "failure",
];

/// Codes that appear as values in details.
const WORDS: &[Sentence] = &[
    ("asked", "requested", "richiesta"),
    ("suspended", "suspended", "sospensione"),
    ("left", "no longer a member", "non è più membro"),
    ("hold", "a hold", "un blocco accesso"),
    ("banned", "a ban", "un’esclusione"),
    ("card", "the card is deactivated", "tessera disattivata"),
    ("qualification", "no longer qualified", "abilitazione persa"),
    ("away", "its board was not connected", "la sua scheda non era collegata"),
    ("unsafe", "the machine is unsafe", "la macchina non è sicura"),
    ("conflict", "two boards have one number", "due schede hanno lo stesso numero"),
    ("booking", "someone else’s booking begins", "inizia la prenotazione di un’altra persona"),
    ("set-up", "to set up the workshop", "per configurare il laboratorio"),
    ("sign-in", "to sign in", "per accedere"),
    ("invite", "to choose a first password", "per scegliere la prima password"),
    ("reset", "to choose another password", "per scegliere un’altra password"),
    ("screen", "to open a wall display", "per aprire uno schermo a parete"),
];

/// Groups of codes for the filter: their prefix and subject.
const FAMILIES: &[Sentence] = &[
    ("use.", "Uses of machines", "Utilizzi delle macchine"),
    ("machine.", "Machines", "Macchine"),
    ("board.", "Boards", "Schede"),
    ("problem.", "Problems", "Problemi"),
    ("maintenance.", "Maintenance", "Manutenzione"),
    ("type.", "Types", "Tipi"),
    ("place.", "Locations", "Luoghi"),
    ("setting.", "Settings", "Impostazioni"),
    ("hours.", "Opening hours", "Orari di apertura"),
    ("qualification.", "Qualifications", "Abilitazioni"),
    ("person.", "Members", "Membri"),
    ("note.", "Notes", "Note"),
    ("picture.", "Pictures", "Foto"),
    ("retention.", "Retention", "Conservazione"),
    ("audit.", "Audit log", "Registro"),
    ("help.", "Requests for help", "Richieste di aiuto"),
    ("push-device.", "Notifications on devices", "Notifiche sui dispositivi"),
    ("hold.", "Holds", "Blocchi accesso"),
    ("document.", "Documents", "Documenti"),
    ("dues.", "Dues", "Quote"),
    ("card.", "Cards", "Tessere"),
    ("import.", "Imports", "Importazioni"),
    ("export.", "Exports", "Esportazioni"),
    ("account.", "Accounts", "Account"),
    ("setup.", "Set-up", "Configurazione"),
    ("system.", "The system", "Il sistema"),
    ("firmware.", "Firmware", "Firmware"),
    ("checkout.", "Checkouts", "Prove pratiche"),
    ("module.", "Training modules", "Moduli di formazione"),
    ("quiz.", "Quizzes", "Quiz"),
    ("training.", "Required training", "Formazione richiesta"),
    ("announcement.", "Announcements", "Annunci"),
    ("availability.", "Availability", "Disponibilità"),
    ("booking.", "Bookings", "Prenotazioni"),
    ("calendar.", "Calendar addresses", "Indirizzi del calendario"),
    ("closure.", "Closures", "Chiusure"),
    ("building-device.", "Devices of the building", "Dispositivi dell’edificio"),
    ("actuator.", "Actuators", "Attuatori"),
    ("meter.", "Meters", "Contatori"),
    ("door.", "Doors", "Porte"),
    ("visit.", "Visits", "Presenze"),
    ("external-calendar.", "External calendars", "Calendari esterni"),
    ("webhook.", "Webhooks", "Webhook"),
    ("waiting.", "Waiting lists", "Liste d’attesa"),
    ("floor-plan.", "Floor plans", "Piante"),
    ("room.", "Rooms", "Sale"),
    ("group.", "Groups", "Gruppi"),
    ("group-rule.", "Group rules", "Regole sui gruppi"),
    ("directory.", "User directory", "Directory degli utenti"),
    ("series.", "Series", "Serie"),
    ("draw.", "Draws", "Estrazioni"),
    ("training-request.", "Training requests", "Richieste di formazione"),
    ("training-event.", "Training events", "Eventi formativi"),
    ("delivery.", "Sent e-mails", "E-mail inviate"),
    ("display.", "Wall displays", "Schermi a parete"),
    ("slack.", "Slack", "Slack"),
    ("identity-provider.", "Sign-in providers", "Provider di accesso"),
    ("demo.", "Demo", "Demo"),
];

impl Lang {
    /// An action, as the rest of a sentence that begins with the person; `None` for an unknown code.
    #[must_use]
    pub fn audit_action(self, code: &str) -> Option<&'static str> {
        sentences().find(|(known, ..)| *known == code).map(|&(_, en, it)| match self {
            Self::En => en,
            Self::It => it,
        })
    }

    /// The groups of codes: prefix and subject.
    pub fn audit_families(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        FAMILIES.iter().map(move |&(begin, en, it)| (begin, if self == Self::En { en } else { it }))
    }
}

#[cfg(test)]
mod tests;
