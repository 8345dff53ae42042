//! Cards: assigning them, reporting them lost, and finding them.

use crate::Lang;
use domain::cards::{CardAction, claims::ClaimOutcome};

impl Lang {
    /// An action on a card, as a button.
    #[must_use]
    pub const fn card_action(self, action: CardAction) -> &'static str {
        match action {
            CardAction::Lose => self.card_say_lost(),
            CardAction::Find => self.card_say_found(),
            CardAction::Retire => self.card_say_retired(),
            CardAction::Restore => self.card_say_restored(),
        }
    }

    /// The result of an action on `card`.
    #[must_use]
    pub fn card_marked(self, action: CardAction, card: &str) -> String {
        match action {
            CardAction::Lose => self.card_marked_lost(card),
            CardAction::Find => self.card_marked_found(card),
            CardAction::Retire => self.card_marked_retired(card),
            CardAction::Restore => self.card_marked_restored(card),
        }
    }

    /// The outcome of a claim.
    #[must_use]
    pub const fn claim_outcome(self, outcome: ClaimOutcome) -> &'static str {
        match outcome {
            ClaimOutcome::Waits => self.claim_outcome_waits(),
            ClaimOutcome::Approved => self.claim_outcome_approved(),
            ClaimOutcome::Refused => self.claim_outcome_refused(),
            ClaimOutcome::Lapsed => self.claim_outcome_lapsed(),
        }
    }

    /// The name of a card: its last four digits, if known.
    #[must_use]
    pub fn card_called(self, ending: &str) -> String {
        if ending.is_empty() { self.card_plain().to_owned() } else { self.card_ending(ending) }
    }
}

text! {
    card_give() { en: "Assign a card", it: "Assegna una tessera" }
    card_number() { en: "Card number", it: "Numero della tessera" }
    card_number_hint() { en: "As a board shows it (8 digits), or as printed, with separators.",
                         it: "Come lo mostra una scheda (8 cifre), o come è stampato, con i separatori." }
    card_form() { en: "Enter 8 or 14 hexadecimal digits, like 0F:BE:AD:DE, not all 0 or all F.",
                  it: "Scrivi 8 o 14 cifre esadecimali, come 0F:BE:AD:DE, non tutte 0 o tutte F." }
    card_taken() { en: "Someone has this card already, or one that readers can’t tell apart from it.",
                   it: "Qualcuno ha già questa tessera, o una che i lettori non distinguono da questa." }
    card_taken_by(name: &str) { en: "{name} has this card already, or one that readers can’t tell apart from it.",
                                it: "{name} ha già questa tessera, o una che i lettori non distinguono da questa." }
    card_nobody() { en: "Person not found", it: "Persona non trovata" }
    card_erased() { en: "They were erased. If they are back, add them as a new person first.",
                    it: "I suoi dati sono stati cancellati. Se è tornato, aggiungilo prima come persona nuova." }
    card_left() { en: "They have left. Reinstate them first.",
                  it: "Non è più membro. Prima riammettilo." }
    card_changed(state: &str) { en: "Someone has changed this card since: {state}. Reload the page.",
                                it: "Nel frattempo la tessera è cambiata: {state}. Ricarica la pagina." }
    card_to_nobody() { en: "No match. Enter the full name or the e-mail address.",
                       it: "Nessun risultato. Scrivi il nome intero o l’indirizzo e-mail." }
    card_to_several() { en: "Several people have this name. Enter the e-mail address.",
                        it: "Più persone hanno questo nome. Scrivi l’indirizzo e-mail." }
    card_no_board() { en: "Choose a machine whose board answers.", it: "Scegli una macchina la cui scheda risponde." }
    card_busy() { en: "This board is waiting for another card. Choose another board, or wait a minute.",
                  it: "Questa scheda attende un’altra tessera. Scegli un’altra scheda o aspetta un minuto." }

    card_say_retired() { en: "Deactivate", it: "Disattiva" }
    card_say_restored() { en: "Reactivate", it: "Riattiva" }
    card_marked_lost(card: &str) { en: "{card} is reported lost and no longer works.",
                                   it: "{card} è segnalata come persa e non funziona più." }
    card_marked_found(card: &str) { en: "{card} was found and works again.", it: "{card} è stata ritrovata e funziona di nuovo." }
    card_marked_retired(card: &str) { en: "{card} is deactivated.", it: "{card} è disattivata." }
    card_marked_restored(card: &str) { en: "{card} is active again.", it: "{card} è di nuovo attiva." }

    card_history() { en: "History", it: "Storico" }
    card_history_none() { en: "No entries yet.", it: "Ancora nessuna voce." }
    card_of(name: &str) { en: "{name}’s card", it: "Tessera di {name}" }
    card_actions() { en: "Actions", it: "Azioni" }

    card_swipe() { en: "Tap to assign", it: "Passa la tessera" }
    card_by_hand() { en: "Enter number", it: "Inserisci il numero" }
    card_swipe_lead() {
        en: "The next card tapped there is assigned to them and won’t start the machine.",
        it: "La prossima tessera passata lì viene assegnata a questa persona e non avvia la macchina.",
    }
    card_swipe_where() { en: "At which machine", it: "A quale macchina" }
    card_swipe_begin() { en: "Wait for a card", it: "Attendi una tessera" }
    card_swipe_none() { en: "No board answers just now: enter the number instead.",
                        it: "Al momento nessuna scheda risponde: inserisci il numero." }
    card_swipe_now(machine: &str) { en: "Tap the card on {machine} now.", it: "Passa ora la tessera su {machine}." }
    card_swipe_left(n: u32) { en: [one: "{n} second left", other: "{n} seconds left"],
                              it: [one: "manca {n} secondo", other: "mancano {n} secondi"] }
    card_swipe_until(time: &str) { en: "until {time}", it: "fino alle {time}" }
    card_swipe_cancel() { en: "Stop waiting", it: "Smetti di attendere" }
    card_swipe_look() { en: "Check for the card", it: "Controlla se è arrivata" }
    card_swipe_given(card: &str) { en: "{card} is theirs now.", it: "{card} ora è sua." }
    card_swipe_theirs() { en: "They already have this card. If it was lost, report it found.",
                          it: "Questa tessera è già sua. Se era persa, segnala che è stata ritrovata." }
    card_swipe_taken(name: &str) { en: "That card is {name}’s. It stays theirs.", it: "Quella tessera è di {name} e lo rimane." }
    card_swipe_failed() { en: "The card was read but not saved. Try again.",
                          it: "La tessera è stata letta ma non salvata. Riprova." }
    card_recent() { en: "Just tapped, but unknown", it: "Appena passate, ma sconosciute" }
    card_give_this() { en: "Assign this card", it: "Assegna questa tessera" }

    unknown_cards() { en: "Unknown cards", it: "Tessere sconosciute" }
    unknown_cards_next() { en: "Tapped, but not assigned", it: "Passate su un lettore e non assegnate" }
    unknown_cards_sub() { en: "Unassigned cards. Deleted after 30 days.",
                          it: "Tessere non assegnate. Si eliminano dopo 30 giorni." }
    unknown_none() { en: "No unknown cards", it: "Nessuna tessera sconosciuta" }
    unknown_none_next() { en: "Tap a new card on any reader. It shows up here for you to assign.",
                          it: "Passa una tessera nuova su un lettore. Compare qui e puoi assegnarla." }
    unknown_seen(n: u32, machine: &str, when: &str) {
        en: [one: "Once, at {machine}, {when}", other: "{n} times, last at {machine}, {when}"],
        it: [one: "Una volta, su {machine}, {when}", other: "{n} volte, l’ultima su {machine}, {when}"],
    }
    unknown_to() { en: "Assign to", it: "Assegna a" }
    unknown_to_hint() { en: "The whole name, or the e-mail address.", it: "Il nome intero o l’indirizzo e-mail." }
    unknown_give() { en: "Assign card", it: "Assegna tessera" }
    unknown_aside() { en: "Ignore", it: "Ignora" }
    unknown_take_up() { en: "Restore", it: "Ripristina" }
    unknown_is_aside() { en: "ignored", it: "ignorata" }
    unknown_given(card: &str, name: &str) { en: "{card} is {name}’s now.", it: "{card} ora è di {name}." }
    unknown_put_aside(card: &str) { en: "{card} is ignored.", it: "{card} è ignorata." }
    unknown_taken_up(card: &str) { en: "{card} is on the list again.", it: "{card} è di nuovo nell’elenco." }

    unknown_new() { en: "Add a new person", it: "Aggiungi una persona" }
    unknown_new_name() { en: "Name of the new member", it: "Nome del nuovo membro" }
    unknown_new_add() { en: "Add and assign", it: "Aggiungi e assegna" }

    claim_link() { en: "An unassigned card was just tapped. Yours?",
                   it: "È appena passata una tessera non assegnata. È tua?" }
    claim_title() { en: "Is this your card?", it: "È la tua tessera?" }
    claim_lead(machine: &str) { en: "Unassigned cards tapped at {machine} in the last five minutes.",
                                it: "Tessere non assegnate passate su {machine} negli ultimi cinque minuti." }
    claim_lead_asks() { en: "A manager will review your claim before the card works.",
                        it: "Un responsabile esamina la richiesta prima che la tessera funzioni." }
    claim_lead_at_once() { en: "It’s yours right away.", it: "È tua subito." }
    claim_card_at(time: &str) { en: "Tapped at {time}", it: "Passata alle {time}" }
    claim_do() { en: "This is my card", it: "È la mia tessera" }
    claim_said() { en: "Sent to a manager for approval.", it: "Inviata a un responsabile per l’approvazione." }
    claim_given() { en: "The card is yours.", it: "La tessera è tua." }
    claim_none() { en: "No unknown card in the last five minutes", it: "Nessuna tessera sconosciuta negli ultimi cinque minuti" }
    claim_none_next() { en: "Tap yours on the reader now: it shows up here within a second.",
                        it: "Passa ora la tua sul lettore: compare qui in un secondo." }
    claims_title() { en: "Card claims", it: "Tessere associate dai membri" }
    claims_mine() { en: "Cards you claimed", it: "Tessere che hai richiesto" }
    claim_at(machine: &str, when: &str) { en: "Claimed at {machine}, {when}", it: "Associata su {machine}, {when}" }
    claim_rivals() { en: "others claim it too", it: "la vogliono associare anche altri" }
    claim_outcome_waits() { en: "awaiting approval", it: "in attesa di approvazione" }
    claim_outcome_approved() { en: "yours", it: "tua" }
    claim_outcome_refused() { en: "declined", it: "rifiutata" }
    claim_outcome_lapsed() { en: "assigned to someone else", it: "assegnata a qualcun altro" }
    claim_approve() { en: "Approve claim", it: "Approva richiesta" }
    claim_refuse() { en: "Decline claim", it: "Rifiuta richiesta" }
    claim_refuse_why() { en: "Why not?", it: "Perché no?" }
    claim_refuse_hint(name: &str) { en: "{name} reads it on their own page.", it: "{name} lo legge sulla propria pagina." }
    claim_approved(name: &str) { en: "The card is {name}’s now.", it: "La tessera ora è di {name}." }
    claim_refused(name: &str) { en: "{name}’s claim is declined.", it: "La richiesta di {name} è rifiutata." }
    claim_waits_again(name: &str) { en: "{name}’s claim is awaiting approval again.", it: "La richiesta di {name} è di nuovo in attesa." }
    claim_card_unknown() { en: "This card wasn’t tapped here, or it was deleted. Tap it again.",
                           it: "Questa tessera non è passata qui, o è stata eliminata. Passala di nuovo." }
    claim_too_late() { en: "More than five minutes have passed. Tap the card again.",
                       it: "Sono passati più di cinque minuti. Passa di nuovo la tessera." }
    claim_yours() { en: "This card is already yours. If it was lost, report it found.",
                    it: "Questa tessera è già tua. Se era persa, segnala che è stata ritrovata." }
    claim_taken() { en: "This card was assigned to someone else. Ask a manager.",
                    it: "Questa tessera è assegnata a qualcun altro. Chiedi a un responsabile." }
    claim_waits() { en: "You’ve already claimed this card. It’s awaiting approval.", it: "L’hai già richiesta: è in attesa di approvazione." }
    claim_enough() { en: "You have enough cards. Report the lost one, or ask a manager.",
                     it: "Hai già abbastanza tessere. Segnala quella persa, o chiedi a un responsabile." }
    claim_too_many() { en: "Too many of your claims are awaiting approval. Wait until some are decided.",
                       it: "Troppe tue richieste sono in attesa. Aspetta che qualcuna sia decisa." }
    claim_unknown() { en: "Claim not found", it: "Richiesta non trovata" }
    claim_decided() { en: "This claim is decided already, or the card is assigned. Reload the page.",
                      it: "Questa richiesta è già decisa, o la tessera è assegnata. Ricarica la pagina." }
    claim_no_reason() { en: "Give a reason: they will read it.", it: "Scrivi perché: chi l’ha richiesta lo legge." }
    claim_reason_long(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }

    undo() { en: "Undo", it: "Annulla" }
}
