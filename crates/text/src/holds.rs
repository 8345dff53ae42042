//! Holds, which suspend a person from everything.

use domain::holds::HoldReason;

text! {
    holds_title() { en: "Holds", it: "Blocchi accesso" }
    holds_now(reason: &str) { en: "On hold: {reason}", it: "Accesso bloccato: {reason}" }
    holds_now_next() { en: "They can’t use any machine.", it: "Non può usare nessuna macchina." }
    holds_none() { en: "No hold.", it: "Nessun blocco accesso." }
    holds_none_next() { en: "A hold stops someone from using any machine, for a missing payment or for safety.",
                        it: "Un blocco accesso impedisce di usare qualsiasi macchina, per un pagamento mancante o per sicurezza." }
    holds_earlier() { en: "Earlier holds", it: "Blocchi accesso passati" }
    holds_placed_by(since: &str, name: &str) { en: "{since}, by {name}", it: "{since}, da {name}" }
    holds_lifted() { en: "lifted", it: "tolto" }
    holds_ended() { en: "expired", it: "scaduto" }
    holds_place() { en: "Place a hold", it: "Blocca l’accesso" }
    holds_place_why() { en: "Stops this person from using any machine until it ends or is lifted, and ends what they are using now.",
                        it: "Impedisce alla persona di usare qualsiasi macchina finché il blocco non scade o viene tolto, e termina ciò che sta usando." }
    holds_reason() { en: "Reason", it: "Motivo" }
    holds_until() { en: "Expires (optional)", it: "Scadenza (facoltativa)" }
    holds_until_hint() { en: "Leave blank if it must be lifted by hand.", it: "Lascia vuoto se va tolto a mano." }
    holds_remark() { en: "Note", it: "Nota" }
    holds_remark_hint() { en: "Managers and the person can read it.", it: "La leggono i responsabili e la persona." }
    holds_lift() { en: "Lift the hold", it: "Togli il blocco accesso" }
    holds_was_placed() { en: "The hold is placed.", it: "Accesso bloccato." }
    holds_was_lifted() { en: "The hold is lifted.", it: "Blocco accesso tolto." }
    hold_unknown() { en: "Hold not found", it: "Blocco accesso non trovato" }
    hold_over() { en: "This hold has ended already.", it: "Questo blocco accesso è già finito." }
    hold_choose_reason() { en: "Choose one of the reasons shown.", it: "Scegli uno dei motivi mostrati." }
    hold_day_form() { en: "Enter a day before 2101, like 30 November 2026.", it: "Scrivi un giorno prima del 2101, come il 30 novembre 2026." }
    hold_day_past() { en: "Choose today or a later day.", it: "Scegli oggi o un giorno successivo." }
    hold_remark_long(most: &str) { en: "Write at most {most} characters.", it: "Scrivi al massimo {most} caratteri." }
    hold_not_oneself() { en: "You can’t place a hold on yourself. Ask another manager.", it: "Non puoi bloccare il tuo accesso. Chiedi a un altro responsabile." }
    hold_not_above() { en: "This person outranks you: ask an administrator.", it: "Questa persona ha un ruolo più alto del tuo: chiedi a un amministratore." }
}

names! {
    /// The reason for a hold, in a few words.
    hold_because(reason: HoldReason) {
        Unpaid { en: "Payment missing", it: "Pagamento mancante" }
        Safety { en: "Safety", it: "Sicurezza" }
        Paperwork { en: "Paperwork missing", it: "Documento mancante" }
        NoShows { en: "Missed bookings", it: "Prenotazioni non rispettate" }
        Dues { en: "Dues overdue", it: "Quota scaduta" }
        Other { en: "Another reason", it: "Un altro motivo" }
    }
}
