//! What stands around every page: navigation, titles, the way back.

text! {
    shell_skip() { en: "Skip to content", it: "Vai al contenuto" }
    shell_main() { en: "Main", it: "Principale" }
    nav_now() { en: "Now", it: "Adesso" }
    nav_kiosk() { en: "Wall display", it: "Schermo" }
    nav_me() { en: "Me", it: "Io" }
    page_unknown_next() { en: "The link may be old or mistyped.", it: "Il link può essere vecchio o scritto male." }
    go_to_now() { en: "See what is free now", it: "Guarda cosa è libero adesso" }
    try_again() { en: "Try again", it: "Riprova" }
    loading() { en: "Loading", it: "Caricamento" }
}
