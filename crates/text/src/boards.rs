//! Boards: their descriptions, when they were heard, and faults.

use crate::Lang;

impl Lang {
    /// Why messages of a kind were unreadable; `None` for an unknown kind.
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
    boards_next() { en: "Card readers, firmware, last seen", it: "Lettori, firmware, ultima connessione" }
    boards_lead() { en: "Card readers and when they were last seen.",
                    it: "Lettori di tessere e la loro ultima connessione." }
    boards_none() { en: "No boards connected yet", it: "Nessuna scheda ancora collegata" }
    boards_none_next() {
        en: "Give a board this server’s address and its machine’s number: it shows up here.",
        it: "Dai a una scheda l’indirizzo di questo server e il numero della sua macchina: compare qui.",
    }
    board_how_to_connect() { en: "How to connect it", it: "Come collegarla" }
    connect_title(machine: &str) { en: "Connect the board of {machine}", it: "Collega la scheda di {machine}" }
    connect_lead() { en: "Enter this in the board’s settings, then switch it on.",
                     it: "Inserisci questo nelle impostazioni della scheda, poi accendila." }
    connect_server() { en: "MQTT server", it: "Server MQTT" }
    connect_this_server() { en: "this server’s address in your network", it: "l’indirizzo di questo server nella tua rete" }
    connect_port() { en: "Port", it: "Porta" }
    connect_number() { en: "Machine number", it: "Numero della macchina" }
    connect_topic() { en: "Topic", it: "Topic" }
    connect_login() { en: "Login", it: "Credenziali" }
    connect_login_inside() { en: "the one in its firmware, or one of its own from below",
                             it: "quelle del suo firmware, o credenziali proprie da qui sotto" }
    connect_login_outside() { en: "as set at your broker", it: "come impostate nel tuo broker" }
    connect_only_here() {
        en: "The broker is reachable from this computer only. Start Toolgate with --mqtt-listen 0.0.0.0:1883, so that boards in your network can connect.",
        it: "Il broker è raggiungibile solo da questo computer. Avvia Toolgate con --mqtt-listen 0.0.0.0:1883, così le schede della tua rete si possono collegare.",
    }
    connect_waiting(number: &str) { en: "Waiting for board {number} …", it: "In attesa della scheda {number} …" }
    connect_waiting_next() { en: "This page says when it connects.", it: "Questa pagina dice quando si collega." }
    connect_done(number: &str) { en: "Board {number} is connected", it: "La scheda {number} è collegata" }
    connect_done_next() { en: "Open the machine", it: "Apri la macchina" }
    connect_numberless() { en: "Give the machine a board number first", it: "Prima dai alla macchina un numero di scheda" }
    boards_figure_online() { en: "Online", it: "In linea" }
    boards_figure_offline() { en: "Offline", it: "Non in linea" }
    boards_figure_unknown() { en: "Without a machine", it: "Senza macchina" }
    boards_figure_unseen() { en: "Not seen today", it: "Non viste oggi" }
    board_seconds_ago(seconds: &str) { en: "{seconds} s ago", it: "{seconds} s fa" }
    board_length_ago(length: &str) { en: "{length} ago", it: "{length} fa" }
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
    board_first() { en: "First seen", it: "Prima connessione" }
    board_last() { en: "Last seen", it: "Ultima connessione" }
    board_unsaid() { en: "not reported", it: "non indicato" }
    board_forget() { en: "Remove", it: "Rimuovi" }
    board_forgotten() { en: "Board removed. If it connects again, it shows up again.",
                        it: "Scheda rimossa. Se si collega di nuovo, ricompare." }
    board_unknown() { en: "Board not found", it: "Scheda non trovata" }
    board_speaks() { en: "This board was seen just now and would show up again. Switch it off first, or give it another number.",
                     it: "Questa scheda si è appena collegata e ricomparirebbe. Prima spegnila o dalle un altro numero." }

    board_several() { en: "More than one board uses this machine’s number", it: "Più di una scheda usa il numero di questa macchina" }
    board_several_next() {
        en: "If both are used at once, only the first use counts. Give each board its own machine’s number.",
        it: "Se si usano insieme, conta solo il primo utilizzo. Dai a ogni scheda il numero della sua macchina.",
    }
    board_other(address: &str) { en: "Takes turns with another board at {address}, with the same serial number or none.",
                                 it: "Si alterna con un’altra scheda, {address}, con lo stesso numero di serie o senza." }

    strays_title() { en: "Unassigned boards", it: "Schede non assegnate" }
    strays_lead(when: &str) { en: "These boards accept no cards. Seen since the server started, {when}.",
                              it: "Queste schede non accettano tessere. Viste dall’avvio del server, {when}." }
    stray_named(number: &str) { en: "Number {number}", it: "Numero {number}" }
    stray_last(when: &str) { en: "last seen {when}", it: "ultima connessione {when}" }
    stray_zero() { en: "0 is no machine’s number: set it on the board", it: "0 non è un numero valido: impostalo sulla scheda" }
    stray_add() { en: "Add this machine", it: "Aggiungi questa macchina" }

    takeovers_title() { en: "Devices that disconnect each other", it: "Dispositivi che si scollegano a vicenda" }
    takeovers_lead() {
        en: "Two devices connect with the same client ID. Restart a stock board: it picks another. Give anything else an ID of its own.",
        it: "Due dispositivi si collegano con lo stesso client ID. Riavvia una scheda di serie: ne sceglie un altro. Agli altri dai un ID proprio.",
    }
    takeover_between(before: &str, after: &str) { en: "{before} and {after}", it: "{before} e {after}" }
    takeover_times(n: u32, when: &str) { en: [one: "once, {when}", other: "{n} times, last {when}"],
                                         it: [one: "una volta, {when}", other: "{n} volte, l’ultima {when}"] }

    boards_to_firmware() { en: "Send firmware to boards", it: "Invia un firmware alle schede" }

    logins_title() { en: "Board logins", it: "Credenziali delle schede" }
    logins_lead() {
        en: "For boards whose firmware takes a user and a password. Each login works for one machine’s number only. Stock boards keep the shared login, which works for all.",
        it: "Per schede il cui firmware accetta un utente e una password. Ogni credenziale vale solo per il numero di una macchina. Le schede di serie usano le credenziali comuni, che valgono per tutte.",
    }
    logins_outside() { en: "Boards connect to another broker: create their logins there.",
                       it: "Le schede si connettono a un altro broker: crea lì le loro credenziali." }
    logins_none() { en: "No board logins yet", it: "Ancora nessuna credenziale" }
    logins_none_next() { en: "A leaked login then affects only one machine.",
                         it: "Se trapelano, riguardano così una sola macchina." }
    login_machine() { en: "Machine", it: "Macchina" }
    login_make() { en: "Create login", it: "Crea credenziali" }
    login_made(machine: &str) { en: "Login for the board of {machine}", it: "Credenziali per la scheda di {machine}" }
    login_made_next() { en: "Enter it on the board now: the password is not shown again.",
                        it: "Inseriscile ora nella scheda: la password non viene più mostrata." }
    login_user() { en: "User", it: "Utente" }
    login_password() { en: "Password", it: "Password" }
    login_revoke() { en: "Revoke", it: "Revoca" }
    login_revoked() { en: "Login revoked; its connections are closed.",
                      it: "Credenziali revocate; le loro connessioni sono chiuse." }
    login_used(when: &str) { en: "last used {when}", it: "usate l’ultima volta {when}" }
    login_unused() { en: "not used yet", it: "non ancora usate" }
    login_made_on(when: &str) { en: "created {when}", it: "create {when}" }
    login_made_by(when: &str, name: &str) { en: "created {when} by {name}", it: "create {when} da {name}" }
    login_strayed() { en: "doesn’t work: the machine has another number now",
                      it: "non funzionano: la macchina ora ha un altro numero" }
    login_numberless() { en: "This machine has no number. Give it one first.", it: "Questa macchina non ha un numero. Prima dagliene uno." }
    login_enough() { en: "This machine has the maximum number of logins. Revoke one first.",
                     it: "Questa macchina ha già il massimo di credenziali. Prima revocane una." }
    login_unknown() { en: "Login not found", it: "Credenziali non trovate" }

    rejected_title() { en: "Unreadable messages", it: "Messaggi illeggibili" }
    rejected_lead() { en: "They had no effect. Card numbers are left out.",
                      it: "Non hanno avuto effetto. I numeri delle tessere sono omessi." }
    rejected_none() { en: "No unreadable messages.", it: "Nessun messaggio illeggibile." }
    rejected_what() { en: "Problem", it: "Problema" }
    rejected_seen() { en: "Count", it: "Quanti" }
    rejected_last() { en: "Last", it: "Ultimo" }
    rejected_machine_number() { en: "No machine number in the topic", it: "Nessun numero di macchina nel topic" }
    rejected_too_large() { en: "Larger than any board sends", it: "Più grande di quanto invii una scheda" }
    rejected_not_utf8() { en: "Not text", it: "Non è testo" }
    rejected_not_json() { en: "Not JSON", it: "Non è JSON" }
    rejected_not_an_object() { en: "JSON, but not an object", it: "JSON, ma non un oggetto" }
    rejected_too_deep() { en: "Nested too deeply", it: "Annidato troppo" }
    rejected_unknown_action() { en: "Unknown action", it: "Azione sconosciuta" }
    rejected_missing_field() { en: "A field is missing", it: "Manca un campo" }
    rejected_wrong_type() { en: "Wrong type of field", it: "Tipo di campo sbagliato" }
    rejected_bad_uid() { en: "Not a card number", it: "Non è un numero di tessera" }
    rejected_bad_duration() { en: "Not a duration", it: "Non è una durata" }
    rejected_too_long() { en: "Longer than a use can be", it: "Più lunga di un utilizzo possibile" }
    rejected_too_many() { en: "Too many at once", it: "Troppi in una volta" }
    rejected_too_fast() { en: "Sent too fast; slowed down", it: "Inviati troppo in fretta; rallentati" }
    rejected_topic_refused() { en: "Not a board’s topic", it: "Non è il topic di una scheda" }
}
