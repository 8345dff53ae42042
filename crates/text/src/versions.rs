//! Two versions of one thing, and the choice between them.

text! {
    version_stale() { en: "Somebody else changed this meanwhile. Nothing of yours is lost, and nothing was overwritten.",
                      it: "Nel frattempo qualcun altro ha cambiato questi dati. Nulla di ciò che hai scritto è perso, e nulla è stato sovrascritto." }
    version_title() { en: "Two versions: choose for each field", it: "Due versioni: scegli per ogni campo" }
    version_by(who: &str, when: &str) { en: "Saved by {who}, {when}.", it: "Salvato da {who}, {when}." }
    version_mine() { en: "Yours", it: "La tua" }
    version_theirs() { en: "Saved meanwhile", it: "Salvata nel frattempo" }
    version_nothing() { en: "nothing", it: "niente" }
    version_same() { en: "Both versions say the same. Save to keep it so.",
                     it: "Le due versioni dicono lo stesso. Salva per lasciarla così." }
    version_save() { en: "Save this", it: "Salva così" }
    version_news() { en: "Changed meanwhile. What you typed is still here.", it: "Modificato nel frattempo. Ciò che hai scritto è ancora qui." }
    version_news_by(who: &str) { en: "Changed meanwhile by {who}. What you typed is still here.",
                                 it: "Modificato nel frattempo da {who}. Ciò che hai scritto è ancora qui." }
    version_show() { en: "Show the newer one", it: "Mostra la nuova" }
    version_drop() { en: "Keep what is saved", it: "Tieni ciò che è salvato" }
}
