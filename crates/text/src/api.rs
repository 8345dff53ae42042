//! The JSON API: its messages, and its page.

text! {
    api_method() { en: "This address doesn’t accept this method; `Allow` lists those it does.",
                   it: "Questo indirizzo non accetta questo metodo; `Allow` elenca quelli che accetta." }
    api_malformed() { en: "This is not valid JSON: it is cut off, nested too deeply, or something follows its end.",
                      it: "Non è JSON valido: è tronco, annidato troppo a fondo, o ha qualcosa dopo la fine." }
    api_not_json() { en: "Send it as `application/json`.", it: "Invialo come `application/json`." }
    api_other_kind(kinds: &str) { en: "Send it as one of these: {kinds}.", it: "Invialo come uno di questi: {kinds}." }
    api_field_unknown() { en: "Unknown field.", it: "Campo sconosciuto." }
    api_field_missing() { en: "This field is required.", it: "Questo campo è obbligatorio." }
    api_field_twice() { en: "Send this once.", it: "Invialo una volta sola." }
    api_field_form() { en: "This doesn’t match the API description.",
                       it: "Non corrisponde alla descrizione dell’API." }
    api_cursor_form() { en: "This cursor belongs to another list. Start without one, or use the one from the previous page.",
                        it: "Questo cursore è di un altro elenco. Comincia senza, o usa quello della pagina precedente." }
    api_free_of() { en: "Name a type, a machine or a room, like type:3, machine:7 or room:2, or rooms, or any.",
                    it: "Indica un tipo, una macchina o una sala, come type:3, machine:7 o room:2, oppure rooms o any." }
    api_free_when() { en: "Choose soon, today, tomorrow, this-week, evenings or next-week, or days like 2026-11-28_2026-11-29.",
                      it: "Scegli soon, today, tomorrow, this-week, evenings o next-week, oppure giorni come 2026-11-28_2026-11-29." }
    api_limit_form() { en: "Ask for 1 to 50 items.", it: "Chiedi da 1 a 50 elementi." }
    api_version_needed() { en: "Send the version you last saw, so that no change is lost.",
                           it: "Invia la versione che hai visto, così nessuna modifica va persa." }
    api_version_form() { en: "Send back the `ETag` as it came: a number in quotation marks.",
                         it: "Rimanda l’`ETag` come è arrivato: un numero tra virgolette." }
    repeat_key_form() { en: "Use 1 to 255 letters, digits and signs, without spaces.",
                        it: "Usa da 1 a 255 lettere, cifre e segni, senza spazi." }
    repeat_other_request() { en: "This key was used for another request. Use a new one.",
                             it: "Questa chiave è stata usata per un’altra richiesta. Usane una nuova." }
    repeat_under_way() {
        en: "A request with this key is still running. If that is so for a minute it was cut off: check whether it was done, and use another key.",
        it: "Una richiesta con questa chiave è in corso. Se è così da un minuto è stata interrotta: controlla se è stata eseguita e usa un’altra chiave.",
    }
    rate_exceeded(seconds: u32) { en: [one: "Too many requests. Wait a second.", other: "Too many requests. Wait {seconds} seconds."],
                                  it: [one: "Troppe richieste. Aspetta un secondo.", other: "Troppe richieste. Aspetta {seconds} secondi."] }

    reference_title() { en: "API", it: "API" }
    reference_sub() { en: "For your own programs: every request and its response.",
                      it: "Per i tuoi programmi: ogni richiesta e la sua risposta." }
    reference_document() { en: "OpenAPI document", it: "Documento OpenAPI" }
    reference_token() { en: "Create token", it: "Crea un token" }
    reference_begin() { en: "Getting started", it: "Per iniziare" }
    reference_language() { en: "This description is in English.", it: "Questa descrizione è in inglese." }
    reference_groups() { en: "Pages of the API", it: "Pagine dell’API" }
    reference_operations() { en: "Operations", it: "Operazioni" }
    reference_sends() { en: "Request", it: "Richiesta" }
    reference_answers() { en: "Response", it: "Risposta" }
    reference_types() { en: "Types", it: "Tipi" }
    reference_required() { en: "required", it: "obbligatorio" }
    reference_none() { en: "Nothing.", it: "Nulla." }
}
