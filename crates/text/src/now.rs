//! The *Now* page.

text! {
    now_machines_heading() { en: "Machines", it: "Macchine" }
    now_machines(n: u32) { en: [one: "{n} machine", other: "{n} machines"], it: [one: "{n} macchina", other: "{n} macchine"] }
    now_free_of(free: u32, all: u32) {
        en: [one: "{free} of {all} free", other: "{free} of {all} free"],
        it: [one: "{free} libera su {all}", other: "{free} libere su {all}"],
    }
    now_show() { en: "Show", it: "Mostra" }
    now_show_all() { en: "All", it: "Tutte" }
    now_show_free() { en: "Free", it: "Libere" }
    now_show_mine() { en: "I can use", it: "Posso usare" }
    now_you_can() { en: "You can", it: "Puoi usarla" }
    now_elsewhere() { en: "No location", it: "Nessun luogo" }
    now_session() { en: "You’re using", it: "Stai usando" }
    now_session_until(at: &str) { en: "Logs you out at {at}.", it: "Ti fa uscire alle {at}." }
    now_booked_until(at: &str) { en: "Booked until {at}", it: "Prenotata fino alle {at}" }
    now_left(left: &str) { en: "{left} left", it: "ancora {left}" }
    now_problem() { en: "Problem", it: "Problema" }
    now_hold_next() { en: "You can’t use any machine. Ask a manager.", it: "Non puoi usare nessuna macchina. Chiedi a un responsabile." }
    now_hold_until(until: &str) { en: "You can’t use any machine {until}. Ask a manager.", it: "Non puoi usare nessuna macchina {until}. Chiedi a un responsabile." }
    now_nothing() { en: "No machines yet", it: "Ancora nessuna macchina" }
    now_nothing_first() { en: "Add the first one; then people and their cards.",
                          it: "Aggiungi la prima; poi verranno le persone e le loro tessere." }
    now_nothing_next() {
        en: "This workshop is empty. To look around a demo workshop, start Toolgate with:",
        it: "Questo laboratorio è vuoto. Per visitare un laboratorio demo, avvia Toolgate con:",
    }
    now_nothing_ask() { en: "Machines show up here once a manager adds them.",
                        it: "Le macchine compaiono qui appena un responsabile le aggiunge." }
    now_none_free() { en: "Nothing is free just now", it: "Adesso non c’è nulla di libero" }
    now_none_mine() { en: "You can’t use anything just now", it: "Adesso non puoi usare nulla" }
    now_none_next() {
        en: "This page updates automatically.",
        it: "Questa pagina si aggiorna automaticamente.",
    }
    now_all_again(all: u32) { en: [one: "Show the {all} machine", other: "Show all {all} machines"],
                              it: [one: "Mostra la {all} macchina", other: "Mostra tutte le {all} macchine"] }
}
