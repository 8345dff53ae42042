//! Boards: what they are, when they were heard, and what is wrong with them.

use crate::Lang;

impl Lang {
    /// What is wrong with messages of a kind that could not be read; `None` for a kind that this build does not know.
    #[must_use]
    pub fn board_rejected(self, kind: &str) -> Option<&'static str> {
        Some(match kind {
            "machine-number" => self.rejected_machine_number(),
            "too-large" => self.rejected_too_large(),
            "not-utf8" => self.rejected_not_utf8(),
            "not-json" => self.rejected_not_json(),
            "not-an-object" => self.rejected_not_an_object(),
            "too-deep" => self.rejected_too_deep(),
            "unknown-action" => self.rejected_unknown_action(),
            "missing-field" => self.rejected_missing_field(),
            "wrong-type" => self.rejected_wrong_type(),
            "bad-uid" => self.rejected_bad_uid(),
            "bad-duration" => self.rejected_bad_duration(),
            "too-long" => self.rejected_too_long(),
            "too-many" => self.rejected_too_many(),
            "too-fast" => self.rejected_too_fast(),
            "topic-refused" => self.rejected_topic_refused(),
            _ => return None,
        })
    }
}

text! {
    boards_title() { en: "Boards", it: "Schede" }
    boards_next() { en: "What they are, and when they were heard", it: "Che cosa sono e quando si sono fatte sentire" }
    boards_lead() { en: "Card readers and their last check-in.",
                    it: "I piccoli computer sulle macchine, come si sono presentati l’ultima volta." }
    boards_none() { en: "No boards connected yet", it: "Nessuna scheda ancora collegata" }
    boards_none_next() {
        en: "Give a board the address of this server and the number of its machine: it shows up here by itself.",
        it: "Dai a una scheda l’indirizzo di questo server e il numero della sua macchina: compare qui da sé.",
    }
    boards_online() { en: "online", it: "in linea" }
    boards_number(number: &str) { en: "number {number}", it: "numero {number}" }
    boards_no_number() { en: "no number any more", it: "senza più un numero" }
    boards_not_introduced() { en: "Connected; waiting for details.", it: "Collegata; in attesa dei dettagli." }
    boards_never_introduced() { en: "Was connected, but never sent its details.", it: "Era collegata, ma non ha mai inviato i dettagli." }
    boards_of_machine() { en: "Its board", it: "La sua scheda" }

    board_serial(serial: &str) { en: "Board {serial}", it: "Scheda {serial}" }
    board_no_serial() { en: "Board without a serial number", it: "Scheda senza numero di serie" }
    board_firmware() { en: "Firmware", it: "Firmware" }
    board_address() { en: "Address", it: "Indirizzo" }
    board_heap() { en: "Free memory", it: "Memoria libera" }
    board_first() { en: "First heard", it: "Sentita la prima volta" }
    board_last() { en: "Last check-in", it: "Ultima presentazione" }
    board_unsaid() { en: "it does not say", it: "non lo dice" }
    board_forget() { en: "Remove", it: "Rimuovi" }
    board_forgotten() { en: "The board is removed. If it connects again, it shows up again.",
                        it: "La scheda è dimenticata. Se si fa sentire, ricompare." }
    board_unknown() { en: "There is no such board", it: "Questa scheda non esiste" }
    board_speaks() { en: "This board checked in a moment ago and would show up again. Switch it off first, or give it another number.",
                     it: "Questa scheda si è appena presentata: ricomparirebbe da sé. Prima spegnila o dalle un altro numero." }

    board_several() { en: "More than one board uses this machine’s number", it: "Più di una scheda parla per questa macchina" }
    board_several_next() {
        en: "Uses of two machines would be counted as one. Give each board the number of its own machine.",
        it: "Gli utilizzi di due macchine verrebbero contati come uno. Dai a ogni scheda il numero della sua macchina.",
    }
    board_other(address: &str) { en: "In turn with this address, {address} says the same serial number, or none either.",
                                 it: "Alternandosi con questo indirizzo, {address} dice lo stesso numero di serie, o nessuno." }

    strays_title() { en: "Unassigned boards", it: "Schede non assegnate" }
    strays_lead(when: &str) { en: "These boards don’t let anyone in. Seen since the server started, {when}.",
                              it: "Le schede che li dicono non aprono nulla. Sentite dall’avvio del server, {when}." }
    stray_named(number: &str) { en: "Number {number}", it: "Numero {number}" }
    stray_last(when: &str) { en: "last heard {when}", it: "sentita l’ultima volta {when}" }
    stray_zero() { en: "no machine can have 0: set the number at the board", it: "nessuna macchina può avere 0: imposta il numero sulla scheda" }
    stray_add() { en: "Add this machine", it: "Aggiungi questa macchina" }

    takeovers_title() { en: "Boards that throw each other out", it: "Schede che si scollegano a vicenda" }
    takeovers_lead() {
        en: "Two boards drew the same name for their connection. Switch one of them off and on: it draws another.",
        it: "Due schede hanno estratto lo stesso nome per la connessione. Spegni e riaccendi una delle due: ne estrae un altro.",
    }
    takeover_between(before: &str, after: &str) { en: "{before} and {after}", it: "{before} e {after}" }
    takeover_times(n: u32, when: &str) { en: [one: "once, {when}", other: "{n} times, last {when}"],
                                         it: [one: "una volta, {when}", other: "{n} volte, l’ultima {when}"] }

    boards_to_firmware() { en: "Send firmware to boards", it: "Invia un firmware alle schede" }

    logins_title() { en: "Logins of single boards", it: "Credenziali di singole schede" }
    logins_lead() {
        en: "For boards whose firmware can be told a user and a password. Each speaks for the number of one machine, and for no other. Stock boards go on with the login that they share, and speak for any.",
        it: "Per schede al cui firmware si possono dare un utente e una password. Ognuna parla per il numero di una macchina, e per nessun altro. Le schede di serie continuano con le credenziali comuni, e parlano per tutti.",
    }
    logins_outside() { en: "Boards connect to another broker: make their logins there.",
                       it: "Le schede si connettono a un altro broker: crea lì le loro credenziali." }
    logins_none() { en: "No board has a login of its own", it: "Nessuna scheda ha credenziali proprie" }
    logins_none_next() { en: "A leaked login then affects only one machine.",
                         it: "Credenziali che trapelano aprono così il numero di una sola macchina, non tutti." }
    login_machine() { en: "For the board of", it: "Per la scheda di" }
    login_make() { en: "Make a login", it: "Crea credenziali" }
    login_made(machine: &str) { en: "The login for the board of {machine}", it: "Le credenziali per la scheda di {machine}" }
    login_made_next() { en: "Tell it to the board now: the password is not shown again.",
                        it: "Dalle ora alla scheda: la password non viene più mostrata." }
    login_user() { en: "User", it: "Utente" }
    login_password() { en: "Password", it: "Password" }
    login_revoke() { en: "Revoke", it: "Revoca" }
    login_revoked() { en: "The login is revoked, and its connections are closed.",
                      it: "Le credenziali sono revocate, e chi era connesso con esse è scollegato." }
    login_used(when: &str) { en: "last used {when}", it: "usate l’ultima volta {when}" }
    login_unused() { en: "not used yet", it: "non ancora usate" }
    login_made_on(when: &str) { en: "made {when}", it: "create {when}" }
    login_made_by(when: &str, name: &str) { en: "made {when} by {name}", it: "create {when} da {name}" }
    login_strayed() { en: "opens nothing, for the machine has not this number any more",
                      it: "non aprono nulla, perché la macchina non ha più questo numero" }
    login_numberless() { en: "This machine has no number. Give it one first.", it: "Questa macchina non ha un numero. Prima dagliene uno." }
    login_enough() { en: "This machine has logins enough. Revoke one first.",
                     it: "Questa macchina ha già abbastanza credenziali. Prima revocane una." }
    login_unknown() { en: "There is no such login in force", it: "Queste credenziali non esistono o sono revocate" }

    rejected_title() { en: "Messages that could not be read", it: "Messaggi illeggibili" }
    rejected_lead() { en: "Nothing came of them. Card numbers are left out.",
                      it: "Non hanno avuto effetto. I numeri delle tessere sono omessi." }
    rejected_none() { en: "No unreadable messages.", it: "Nessun messaggio illeggibile." }
    rejected_what() { en: "What is wrong", it: "Che cosa non va" }
    rejected_seen() { en: "How many", it: "Quanti" }
    rejected_last() { en: "Last", it: "Ultimo" }
    rejected_machine_number() { en: "The topic names no machine number", it: "Il topic non nomina un numero di macchina" }
    rejected_too_large() { en: "Larger than any board sends", it: "Più grande di quanto invii una scheda" }
    rejected_not_utf8() { en: "No text", it: "Non è testo" }
    rejected_not_json() { en: "No JSON", it: "Non è JSON" }
    rejected_not_an_object() { en: "JSON, but no object", it: "JSON, ma non un oggetto" }
    rejected_too_deep() { en: "Nested too deeply", it: "Annidato troppo" }
    rejected_unknown_action() { en: "An action that nobody knows", it: "Un’azione che nessuno conosce" }
    rejected_missing_field() { en: "A field is missing", it: "Manca un campo" }
    rejected_wrong_type() { en: "A field of the wrong type", it: "Un campo del tipo sbagliato" }
    rejected_bad_uid() { en: "No card number", it: "Non è un numero di tessera" }
    rejected_bad_duration() { en: "No length of time", it: "Non è una durata" }
    rejected_too_long() { en: "A length that no use can have", it: "Una durata che nessun utilizzo può avere" }
    rejected_too_many() { en: "Too many at once", it: "Troppi in una volta" }
    rejected_too_fast() { en: "Sent too fast; slowed down", it: "Inviati troppo in fretta; rallentati" }
    rejected_topic_refused() { en: "On a topic that is not a board’s", it: "Su un topic che non è di una scheda" }
}
