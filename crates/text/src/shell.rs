//! What stands around every page: navigation, titles, the way back, and what a refusal says to do next.

text! {
    shell_skip() { en: "Skip to content", it: "Vai al contenuto" }
    shell_main() { en: "Main", it: "Principale" }
    nav_now() { en: "Now", it: "Adesso" }
    nav_kiosk() { en: "Wall display", it: "Schermo" }
    nav_me() { en: "Me", it: "Io" }
    nav_sign_in() { en: "Sign in", it: "Accedi" }
    nav_manage() { en: "Manage", it: "Gestione" }
    nav_people() { en: "People", it: "Persone" }
    nav_people_next() { en: "Members, applicants, invitations", it: "Membri, richieste, inviti" }
    nav_types() { en: "My types", it: "I miei tipi" }
    nav_types_next() { en: "Who may use what I am in charge of", it: "Chi può usare ciò di cui mi occupo" }
    nav_audit() { en: "Audit", it: "Registro" }
    nav_audit_next() { en: "Who changed what, and when", it: "Chi ha cambiato che cosa, e quando" }
    nav_displays() { en: "Displays", it: "Schermi" }
    nav_displays_next() { en: "The screens on the walls", it: "Gli schermi alle pareti" }
    page_unknown_next() { en: "The link may be old or mistyped.", it: "Il link può essere vecchio o scritto male." }
    go_to_now() { en: "See what is free now", it: "Guarda cosa è libero adesso" }
    try_again() { en: "Try again", it: "Riprova" }
    loading() { en: "Loading", it: "Caricamento" }

    refused_sign_in_next() { en: "You come back to this page afterwards.", it: "Dopo torni a questa pagina." }
    refused_second_factor() { en: "Show your second factor", it: "Mostra il secondo fattore" }
    refused_second_factor_next() {
        en: "Your role asks for it once each time you sign in.",
        it: "Il tuo ruolo lo chiede a ogni accesso.",
    }
    refused_for(roles: &str) { en: "This page is for {roles}. Ask one of them.",
                               it: "Questa pagina è per {roles}. Chiedi a uno di loro." }
    refused_next() {
        en: "Who runs the workshop can help you: ask a manager.",
        it: "Chi gestisce il laboratorio può aiutarti: chiedi a un responsabile.",
    }
    roles_trainers() { en: "trainers", it: "istruttori" }
    roles_owners() { en: "owners of a type", it: "proprietari di un tipo" }
    roles_inductors() { en: "inductors", it: "chi accoglie i nuovi" }
    roles_managers() { en: "managers", it: "responsabili" }
    roles_auditors() { en: "auditors", it: "revisori" }
    roles_administrators() { en: "administrators", it: "amministratori" }
    roles_members() { en: "members", it: "membri" }
    roles_and(before: &str, last: &str) { en: "{before} and {last}", it: "{before} e {last}" }
}
