//! What is read where cards are given, said to be lost, and looked up.

use crate::Lang;
use domain::cards::CardDeed;

impl Lang {
    /// What is said of a card, on its button.
    #[must_use]
    pub const fn card_deed(self, deed: CardDeed) -> &'static str {
        match deed {
            CardDeed::Lose => self.card_say_lost(),
            CardDeed::Find => self.card_say_found(),
            CardDeed::Retire => self.card_say_retired(),
            CardDeed::Restore => self.card_say_restored(),
        }
    }

    /// What was said of `card`, once it was.
    #[must_use]
    pub fn card_marked(self, deed: CardDeed, card: &str) -> String {
        match deed {
            CardDeed::Lose => self.card_marked_lost(card),
            CardDeed::Find => self.card_marked_found(card),
            CardDeed::Retire => self.card_marked_retired(card),
            CardDeed::Restore => self.card_marked_restored(card),
        }
    }

    /// What a card is called: by its last two digits, where they are known.
    #[must_use]
    pub fn card_called(self, ending: &str) -> String {
        if ending.is_empty() { self.card_plain().to_owned() } else { self.card_ending(ending) }
    }
}

text! {
    card_give() { en: "Give a card", it: "Assegna una tessera" }
    card_number() { en: "Card number", it: "Numero della tessera" }
    card_number_hint() { en: "As a board shows it (8 digits), or as printed, with separators.",
                         it: "Come lo mostra una scheda (8 cifre), o come è stampato, con i separatori." }
    card_form() { en: "Write 8 hexadecimal digits, or 14, for example 0F:BE:AD:DE; all 0 or all F is no card.",
                  it: "Scrivi 8 cifre esadecimali, o 14, per esempio 0F:BE:AD:DE; tutte 0 o tutte F non è una tessera." }
    card_taken() { en: "Somebody has this card already, or one that boards cannot tell from it.",
                   it: "Qualcuno ha già questa tessera, o una che le schede non distinguono da questa." }
    card_taken_by(name: &str) { en: "{name} has this card already, or one that boards cannot tell from it.",
                                it: "{name} ha già questa tessera, o una che le schede non distinguono da questa." }
    card_nobody() { en: "There is no such person", it: "Questa persona non esiste" }
    card_erased() { en: "They were erased and get no card. If they are back, add them as somebody new first.",
                    it: "I suoi dati sono stati cancellati e non può avere tessere. Se è tornato, aggiungilo prima come persona nuova." }
    card_left() { en: "They left: take them back first, then their cards.",
                  it: "È uscito: riammettilo prima, poi le sue tessere." }
    card_changed(state: &str) { en: "This card has changed meanwhile: {state}. Look again.",
                                it: "Nel frattempo la tessera è cambiata: {state}. Guarda di nuovo." }
    card_to_nobody() { en: "Nobody is called so. Write the whole name, or the e-mail address.",
                       it: "Nessuno si chiama così. Scrivi il nome intero o l'indirizzo e-mail." }
    card_to_several() { en: "Several people are called so. Write the e-mail address.",
                        it: "Più persone si chiamano così. Scrivi l'indirizzo e-mail." }
    card_no_board() { en: "Choose a machine whose board answers.", it: "Scegli una macchina la cui scheda risponde." }
    card_busy() { en: "This board waits for somebody else's card. Choose another, or wait a minute.",
                  it: "Questa scheda attende la tessera di un'altra persona. Scegline un'altra o attendi un minuto." }

    card_say_retired() { en: "Take out of service", it: "Metti fuori servizio" }
    card_say_restored() { en: "Put back into service", it: "Rimetti in servizio" }
    card_marked_lost(card: &str) { en: "{card} is reported lost: it opens nothing.",
                                   it: "{card} è segnalata come persa: non apre più nulla." }
    card_marked_found(card: &str) { en: "{card} was found: it opens again.", it: "{card} è stata ritrovata: apre di nuovo." }
    card_marked_retired(card: &str) { en: "{card} is out of service.", it: "{card} è fuori servizio." }
    card_marked_restored(card: &str) { en: "{card} is back in service.", it: "{card} è di nuovo in servizio." }

    card_history() { en: "What was done to it", it: "Che cosa le è successo" }
    card_history_none() { en: "Nothing is recorded.", it: "Non è registrato nulla." }
    card_of(name: &str) { en: "{name}’s card", it: "Tessera di {name}" }
    card_deeds() { en: "What about it?", it: "Che cosa è successo?" }

    card_swipe() { en: "By swiping it", it: "Passandola su un lettore" }
    card_by_hand() { en: "By its number", it: "Con il numero" }
    card_swipe_lead() {
        en: "The next card held to the reader of this machine is theirs. It opens nothing with that swipe.",
        it: "La prossima tessera passata sul lettore di questa macchina è la sua. Con quel passaggio non apre nulla.",
    }
    card_swipe_where() { en: "At which machine", it: "A quale macchina" }
    card_swipe_begin() { en: "Wait for the card", it: "Attendi la tessera" }
    card_swipe_none() { en: "No board answers just now; type the number instead.",
                        it: "Al momento nessuna scheda risponde: scrivi il numero." }
    card_swipe_now(machine: &str) { en: "Hold the card to {machine} now.", it: "Passa ora la tessera su {machine}." }
    card_swipe_left(n: u32) { en: [one: "{n} second left", other: "{n} seconds left"],
                              it: [one: "manca {n} secondo", other: "mancano {n} secondi"] }
    card_swipe_until(time: &str) { en: "until {time}", it: "fino alle {time}" }
    card_swipe_cancel() { en: "Stop waiting", it: "Smetti di attendere" }
    card_swipe_look() { en: "Look whether it came", it: "Guarda se è arrivata" }
    card_swipe_given(card: &str) { en: "{card} is theirs now.", it: "{card} ora è sua." }
    card_swipe_theirs() { en: "This card is theirs already. If it was lost, say that it was found.",
                          it: "Questa tessera è già sua. Se era persa, segnala che è stata ritrovata." }
    card_swipe_taken(name: &str) { en: "That card is {name}’s. It stays theirs.", it: "Quella tessera è di {name} e lo rimane." }
    card_swipe_failed() { en: "The card was read but could not be written down. Try again.",
                          it: "La tessera è stata letta ma non registrata. Riprova." }
    card_recent() { en: "Held to a reader just now, by nobody known", it: "Appena passate su un lettore, di nessuno" }
    card_give_this() { en: "Give this one", it: "Assegna questa" }

    unknown_cards() { en: "Unknown cards", it: "Tessere sconosciute" }
    unknown_cards_next() { en: "Held to a reader, and nobody’s", it: "Passate su un lettore, e di nessuno" }
    unknown_cards_sub() { en: "Cards that were held to a reader and belong to nobody. After 30 days they are forgotten.",
                          it: "Tessere passate su un lettore che non sono di nessuno. Dopo 30 giorni vengono dimenticate." }
    unknown_none() { en: "No unknown cards", it: "Nessuna tessera sconosciuta" }
    unknown_none_next() { en: "Hold a new card to any reader: it shows up here within a second, and you give it to somebody.",
                          it: "Passa una tessera nuova su un lettore: compare qui in un secondo, e la assegni a qualcuno." }
    unknown_seen(n: u32, machine: &str, when: &str) {
        en: [one: "Once, at {machine}, {when}", other: "{n} times, last at {machine}, {when}"],
        it: [one: "Una volta, su {machine}, {when}", other: "{n} volte, l'ultima su {machine}, {when}"],
    }
    unknown_to() { en: "To whom", it: "A chi" }
    unknown_to_hint() { en: "The whole name, or the e-mail address.", it: "Il nome intero o l'indirizzo e-mail." }
    unknown_give() { en: "Give", it: "Assegna" }
    unknown_aside() { en: "Put aside", it: "Metti da parte" }
    unknown_take_up() { en: "Take up again", it: "Riprendi" }
    unknown_is_aside() { en: "put aside", it: "da parte" }
    unknown_given(card: &str, name: &str) { en: "{card} is {name}’s now.", it: "{card} ora è di {name}." }
    unknown_put_aside(card: &str) { en: "{card} is put aside.", it: "{card} è da parte." }
    unknown_taken_up(card: &str) { en: "{card} is on the list again.", it: "{card} è di nuovo nell'elenco." }

    undo() { en: "Undo", it: "Annulla" }
}
