//! Wall displays: their links.

text! {
    displays_title() { en: "Wall displays", it: "Schermi a parete" }
    displays_sub() { en: "Screens on the wall, each with its own link.", it: "Schermi a parete, ciascuno con il suo link." }
    displays_list() { en: "In force", it: "In uso" }
    displays_none() { en: "No displays yet", it: "Ancora nessuno schermo" }
    displays_none_next() {
        en: "Make a link below and open it once in the browser of the screen.",
        it: "Crea un link qui sotto e aprilo una volta nel browser dello schermo.",
    }
    displays_never_seen() { en: "Not opened yet", it: "Non ancora aperto" }
    displays_seen(when: &str) { en: "Seen {when}", it: "Visto {when}" }
    displays_made(when: &str) { en: "made {when}", it: "creato {when}" }
    displays_made_by(when: &str, who: &str) { en: "made {when} by {who}", it: "creato {when} da {who}" }
    displays_renew() { en: "New link", it: "Nuovo link" }
    screen_title(name: &str) { en: "Make this screen “{name}”?", it: "Rendere questo schermo «{name}»?" }
    screen_title_nobody() { en: "Make this screen a wall display?", it: "Rendere questo uno schermo a parete?" }
    screen_intro() {
        en: "It shows the wall until a manager takes it back. This link works once: a screen that showed it before is signed out.",
        it: "Resta collegato finché un responsabile non lo revoca. Questo link vale una volta: lo schermo di prima viene scollegato.",
    }
    screen_open() { en: "Show the wall here", it: "Mostra qui lo schermo" }
    displays_revoke() { en: "Revoke", it: "Revoca" }
    displays_revoked() { en: "Revoked. That screen shows nothing any more.", it: "Revocato. Quello schermo non mostra più nulla." }
    displays_new() { en: "A new display", it: "Un nuovo schermo" }
    displays_name() { en: "Location", it: "Dove si trova" }
    displays_name_hint() { en: "For you to tell them apart: “Entrance”.", it: "Per riconoscerlo: «Ingresso»." }
    displays_make() { en: "Make the link", it: "Crea il link" }
    displays_made_title(name: &str) { en: "The link for {name}", it: "Il link per {name}" }
    displays_made_next() {
        en: "Open it on the screen within a day. It is shown only now and works once; a screen that showed this display before is signed out then.",
        it: "Aprilo sullo schermo entro un giorno. Si vede solo adesso e vale una volta; uno schermo che lo mostrava prima allora viene scollegato.",
    }
    displays_link() { en: "Link", it: "Link" }
    displays_qr() { en: "QR code of the link", it: "Codice QR del link" }
    displays_open() { en: "Open it here", it: "Aprilo qui" }
    display_name_missing() { en: "Enter a location.", it: "Scrivi dove si trova." }
    display_name_long() { en: "Use 200 characters at most.", it: "Usa al massimo 200 caratteri." }
    display_unknown() { en: "There is no such display any more.", it: "Questo schermo non c’è più." }
}
