//! Whether the page still shows what is going on.

text! {
    live_stale(since: &str) { en: "Not live {since}. Trying again.", it: "Non aggiornato {since}. Riprovo." }
    live_new_version() { en: "There is a new version of this page.", it: "C’è una nuova versione di questa pagina." }
    live_reload() { en: "Reload", it: "Ricarica" }
    broker_lost(since: &str) { en: "No word from the boards {since}", it: "Nessuna notizia dalle schede {since}" }
    broker_lost_next() {
        en: "What you see is what was last known. The machines themselves keep working.",
        it: "Vedi l’ultimo stato noto. Le macchine continuano a funzionare.",
    }
}
