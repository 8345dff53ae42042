//! What the JSON API says to whoever writes a program, and its page.

text! {
    api_method() { en: "Nothing is done at this address in this way; `Allow` says what is.",
                   it: "A questo indirizzo non si fa nulla in questo modo; `Allow` dice che cosa si fa." }
    api_malformed() { en: "This is not JSON that can be read: it is cut off, nested too deeply, or has something behind its end.",
                      it: "Non è JSON leggibile: è tronco, annidato troppo a fondo, o ha qualcosa dopo la fine." }
    api_not_json() { en: "Send it as `application/json`.", it: "Invialo come `application/json`." }
    api_other_kind(kinds: &str) { en: "Send it as one of these: {kinds}.", it: "Invialo come uno di questi: {kinds}." }
    api_field_unknown() { en: "There is no such field here.", it: "Questo campo qui non esiste." }
    api_field_missing() { en: "This is needed.", it: "Questo serve." }
    api_field_twice() { en: "Send this once.", it: "Invialo una volta sola." }
    api_field_form() { en: "This has another form than the description of the API says.",
                       it: "Ha una forma diversa da quella che dice la descrizione dell’API." }
    api_cursor_form() { en: "This cursor is not of this list. Begin without one, or use the one that the page before gave.",
                        it: "Questo cursore non è di questo elenco. Comincia senza, o usa quello della pagina precedente." }
    api_limit_form() { en: "Ask for 1 to 50 things.", it: "Chiedi da 1 a 50 elementi." }
    api_version_needed() { en: "Say which version you have seen, so that no change is lost.",
                           it: "Di’ quale versione hai visto, così nessuna modifica va persa." }
    api_version_form() { en: "Send back the `ETag` as it came: a number in quotation marks.",
                         it: "Rimanda l’`ETag` come è arrivato: un numero tra virgolette." }
    repeat_key_form() { en: "Use 1 to 255 letters, digits and signs, without spaces.",
                        it: "Usa da 1 a 255 lettere, cifre e segni, senza spazi." }
    repeat_other_request() { en: "Something else was asked under this key. Use another one for another request.",
                             it: "Con questa chiave è stato chiesto altro. Usane un’altra per un’altra richiesta." }
    repeat_under_way() {
        en: "A request under this key is being done. If this does not change within a minute it was cut off: look whether it was done, and use another key.",
        it: "Una richiesta con questa chiave è in corso. Se entro un minuto non cambia è stata interrotta: controlla se è stata eseguita e usa un’altra chiave.",
    }
    rate_exceeded(seconds: u32) { en: [one: "That was too often. Wait a second.", other: "That was too often. Wait {seconds} seconds."],
                                  it: [one: "Troppo spesso. Aspetta un secondo.", other: "Troppo spesso. Aspetta {seconds} secondi."] }

    reference_title() { en: "API", it: "API" }
    reference_sub() { en: "For programs of your own: what they can ask, and what they are answered.",
                      it: "Per i tuoi programmi: che cosa possono chiedere, e che cosa ricevono." }
    reference_document() { en: "OpenAPI document", it: "Documento OpenAPI" }
    reference_token() { en: "Make a token", it: "Crea un token" }
    reference_begin() { en: "How to begin", it: "Come si comincia" }
    reference_language() { en: "The description is in English, as programs are.", it: "La descrizione è in inglese, come i programmi." }
    reference_groups() { en: "On this page", it: "In questa pagina" }
    reference_sends() { en: "What is sent", it: "Che cosa si invia" }
    reference_answers() { en: "What is answered", it: "Che cosa si riceve" }
    reference_types() { en: "Types", it: "Tipi" }
    reference_required() { en: "needed", it: "necessario" }
    reference_none() { en: "Nothing.", it: "Nulla." }
}
