//! Two versions of one thing, to choose from.

text! {
    version_stale() { en: "Someone else has saved this since. Your changes are still here, and nothing was overwritten.",
                      it: "Nel frattempo qualcun altro ha salvato questi dati. Le tue modifiche sono ancora qui, e nulla è stato sovrascritto." }
    version_title() { en: "Two versions: choose for each field", it: "Due versioni: scegli per ogni campo" }
    version_by(who: &str, when: &str) { en: "Saved by {who}, {when}.", it: "Salvato da {who}, {when}." }
    version_mine() { en: "Yours", it: "La tua" }
    version_theirs() { en: "Saved by someone else", it: "Salvata nel frattempo" }
    version_nothing() { en: "nothing", it: "niente" }
    version_same() { en: "Both versions are the same. Save to keep them.",
                     it: "Le due versioni sono uguali. Salva per tenerle." }
    version_save() { en: "Save version", it: "Salva versione" }
    version_news() { en: "Someone has changed this since. What you typed is still here.", it: "Modificato nel frattempo. Ciò che hai scritto è ancora qui." }
    version_news_by(who: &str) { en: "{who} has changed this since. What you typed is still here.",
                                 it: "Modificato nel frattempo da {who}. Ciò che hai scritto è ancora qui." }
    version_show() { en: "Show newer version", it: "Mostra la versione nuova" }
    version_drop() { en: "Use the saved version", it: "Usa la versione salvata" }
}
