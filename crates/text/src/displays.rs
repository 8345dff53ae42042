//! Wall displays: their links.

text! {
    displays_title() { en: "Wall displays", it: "Schermi a parete" }
    displays_sub() { en: "Screens on the wall, each with its own link.", it: "Schermi a parete, ciascuno con il suo link." }
    displays_list() { en: "Active", it: "Attivi" }
    displays_none() { en: "No displays yet", it: "Ancora nessuno schermo" }
    displays_none_next() {
        en: "Create a link below and open it once in the screen’s browser.",
        it: "Crea un link qui sotto e aprilo una volta nel browser dello schermo.",
    }
    displays_never_seen() { en: "Not opened yet", it: "Non ancora aperto" }
    displays_seen(when: &str) { en: "Seen {when}", it: "Visto {when}" }
    displays_made(when: &str) { en: "created {when}", it: "creato {when}" }
    displays_made_by(when: &str, who: &str) { en: "created {when} by {who}", it: "creato {when} da {who}" }
    displays_renew() { en: "New link", it: "Nuovo link" }
    screen_title(name: &str) { en: "Make this screen “{name}”?", it: "Usare questo schermo come «{name}»?" }
    screen_title_nobody() { en: "Make this screen a wall display?", it: "Usare questo come schermo a parete?" }
    screen_intro() {
        en: "It shows the workshop until a manager revokes it. This link works once: the screen that showed it before is signed out.",
        it: "Mostra il laboratorio finché un responsabile non lo revoca. Questo link vale una volta: lo schermo di prima viene scollegato.",
    }
    screen_open() { en: "Show wall display", it: "Mostra qui lo schermo" }
    screen_open_sign() { en: "Show entrance sign", it: "Mostra qui l’insegna d’ingresso" }
    displays_revoke() { en: "Revoke", it: "Revoca" }
    displays_revoked() { en: "Revoked. That screen shows nothing any more.", it: "Revocato. Quello schermo non mostra più nulla." }
    displays_new() { en: "New display", it: "Nuovo schermo" }
    displays_name() { en: "Name", it: "Nome" }
    displays_name_hint() { en: "For you to tell them apart: “Entrance”.", it: "Per riconoscerlo: «Ingresso»." }
    displays_make() { en: "Create link", it: "Crea link" }
    displays_made_title(name: &str) { en: "Link for {name}", it: "Link per {name}" }
    displays_made_next() {
        en: "Open it on the screen within a day. It is shown only now and works once; the screen that showed this display before is then signed out.",
        it: "Aprilo sullo schermo entro un giorno. Si vede solo adesso e vale una volta; lo schermo di prima viene allora scollegato.",
    }
    displays_link() { en: "Link", it: "Link" }
    displays_qr() { en: "QR code of the link", it: "Codice QR del link" }
    displays_open() { en: "Open it here", it: "Aprilo qui" }
    display_name_missing() { en: "Enter a name.", it: "Scrivi un nome." }
    display_name_long() { en: "Use 200 characters at most.", it: "Usa al massimo 200 caratteri." }
    display_unknown() { en: "This display no longer exists.", it: "Questo schermo non esiste più." }
}
