//! Machines: their states, and their page.

text! {
    board_blocked() { en: "Out of service", it: "Fuori servizio" }
    machine_photo(name: &str) { en: "Photo of {name}", it: "Foto di {name}" }
    machine_free() { en: "Free", it: "Libera" }
    machine_in_use() { en: "In use", it: "In uso" }
    machine_in_use_for(length: &str) { en: "In use for {length}", it: "In uso da {length}" }
    machine_in_use_new() { en: "In use, just begun", it: "In uso da poco" }
    machine_reserved() { en: "Reserved", it: "Prenotata" }
    machine_maintenance() { en: "Maintenance due", it: "Manutenzione da fare" }
    machine_blocked() { en: "Blocked", it: "Bloccata" }
    machine_offline() { en: "Offline", it: "Non in linea" }
    machine_closed() { en: "Closed", it: "Chiusa" }
    machine_closed_because() { en: "Only trainers and owners may start it.", it: "Possono avviarla solo istruttori e proprietari." }
    machine_awaits_board(number: &str) { en: "Board {number} hasn’t connected yet", it: "La scheda {number} non si è ancora collegata" }
    machine_awaits_board_short(number: &str) { en: "Board {number} not connected yet", it: "Scheda {number} non ancora collegata" }
    machine_awaits_board_ask() { en: "A manager can connect it.", it: "Un responsabile può collegarla." }
    machine_unmanaged() { en: "No board", it: "Senza scheda" }
    machine_until(at: &str) { en: "until {at}", it: "fino alle {at}" }
    machine_then(who: &str) { en: "then {who}", it: "poi {who}" }
    machine_booked_from(at: &str) { en: "booked from {at}", it: (Da at => "prenotata {at}") }
    machine_silent(since: &str) { en: "board silent {since}", it: "scheda muta {since}" }

    machine_free_because() { en: "Tap your card on the reader to start.", it: "Passa la tessera sul lettore per iniziare." }
    machine_in_use_because() { en: "It’s free once they tap out.",
                               it: "Si libera quando chi la usa passa di nuovo la tessera." }
    machine_silent_because(since: &str) {
        en: "Its board has been silent {since}: this is the last known state.",
        it: "La sua scheda è muta {since}: questo è l’ultimo stato noto.",
    }
    machine_blocked_because() { en: "Nobody may use it until the block is lifted.",
                                it: "Nessuno può usarla finché il blocco non viene tolto." }
    machine_maintenance_because() { en: "Maintenance is due; only trainers and owners may start it.",
                                    it: "C’è manutenzione da fare: possono avviarla solo istruttori e proprietari." }
    machine_offline_because() { en: "Offline. Cards it already knows still work.",
                                it: "Non in linea. Le tessere che conosce già funzionano ancora." }
    machine_unmanaged_because() { en: "It has no board, so its state isn’t known here.",
                                  it: "Non ha una scheda, quindi qui il suo stato non è noto." }

    machine_answer() { en: "State", it: "Stato" }
    machine_today() { en: "Today", it: "Oggi" }
    machine_strip(from: &str, to: &str, uses: &str, now: &str) {
        en: "Today from {from} to {to}: {uses}. Now {now}.",
        it: "Oggi dalle {from} alle {to}: {uses}. Adesso {now}.",
    }
    legend_free() { en: "free", it: "libera" }
    legend_used() { en: "used", it: "usata" }
    legend_running() { en: "in use", it: "in uso" }
    legend_booked() { en: "booked", it: "prenotata" }
    legend_mine() { en: "your booking", it: "la tua prenotazione" }
    machine_bookings_today(n: u32) { en: [one: "{n} booking", other: "{n} bookings"],
                                     it: [one: "{n} prenotazione", other: "{n} prenotazioni"] }
    machine_uses_today(n: u32) { en: [one: "{n} use today", other: "{n} uses today"],
                                 it: [one: "{n} utilizzo oggi", other: "{n} utilizzi oggi"] }
    machine_use_running() { en: "still in progress", it: "ancora in corso" }
    machine_use_about() { en: "about", it: "circa" }
    machine_use_about_why() {
        en: "“About”: worked out from messages that the board sent late.",
        it: "«Circa»: ricavato da messaggi che la scheda ha inviato in ritardo.",
    }
    machine_facts() { en: "Details", it: "Dettagli" }
    machine_type() { en: "Type", it: "Tipo" }
    machine_place() { en: "Location", it: "Luogo" }
    machine_hours() { en: "Total use", it: "Uso totale" }
    machine_manual() { en: "Manual", it: "Manuale" }
}
