//! The live connection of a page.

text! {
    live_stale(since: &str) { en: "Not live {since}. Trying again.", it: "Non aggiornato {since}. Riprovo." }
    live_new_version() { en: "There is a new version of this page.", it: "C’è una nuova versione di questa pagina." }
    live_reload() { en: "Reload", it: "Ricarica" }
    broker_lost(since: &str) { en: "Boards not connected {since}", it: "Schede non collegate {since}" }
    broker_lost_next() {
        en: "You see the last known state. The machines themselves keep working.",
        it: "Vedi l’ultimo stato noto. Le macchine continuano a funzionare.",
    }
}
