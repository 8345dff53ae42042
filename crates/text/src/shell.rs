//! The frame of every page: navigation, titles, the way back, and what to do after an error.

text! {
    shell_skip() { en: "Skip to content", it: "Vai al contenuto" }
    shell_main() { en: "Main", it: "Principale" }
    nav_now() { en: "Now", it: "Adesso" }
    nav_kiosk() { en: "Wall display", it: "Schermo a parete" }
    nav_sign_open() { en: "Open entrance sign", it: "Apri l’insegna d’ingresso" }
    nav_kiosk_open() { en: "Open wall display", it: "Apri lo schermo a parete" }
    nav_me() { en: "Me", it: "Profilo" }
    nav_sign_in() { en: "Sign in", it: "Accedi" }
    nav_manage() { en: "Manage", it: "Gestisci" }
    nav_all() { en: "All pages", it: "Tutte le pagine" }
    nav_run() { en: "Run", it: "Attività" }
    nav_machines() { en: "Machines", it: "Macchine" }
    nav_set_up() { en: "Settings", it: "Impostazioni" }
    nav_maintenance() { en: "Maintenance", it: "Manutenzione" }
    nav_maintenance_next() { en: "What is due on which machine, and when", it: "Che cosa scade su quale macchina, e quando" }
    nav_people() { en: "People", it: "Persone" }
    nav_people_next() { en: "Members, applicants, invitations", it: "Membri, richieste, inviti" }
    nav_types() { en: "Types", it: "Tipi" }
    nav_types_next() { en: "Who is qualified on your types of machines", it: "Chi è abilitato sui tuoi tipi di macchine" }
    nav_audit() { en: "Audit log", it: "Registro" }
    nav_audit_next() { en: "Who changed what, and when", it: "Chi ha cambiato che cosa e quando" }
    nav_displays() { en: "Wall displays", it: "Schermi a parete" }
    nav_displays_next() { en: "Screens that show the workshop", it: "Schermi che mostrano il laboratorio" }
    keys_title() { en: "Keyboard shortcuts", it: "Scorciatoie da tastiera" }
    keys_everywhere() { en: "Everywhere", it: "Ovunque" }
    keys_archive() { en: "archive", it: "archivia" }
    offline_kept(at: &str) { en: "You’re offline. Saved {at}.", it: "Sei offline. Salvato {at}." }
    offline_title() { en: "You’re offline", it: "Sei offline" }
    offline_next() { en: "This page wasn’t saved on this device. It opens again as soon as there is a connection.",
                     it: "Questa pagina non è salvata su questo dispositivo. Si apre di nuovo appena c’è una connessione." }
    table_columns() { en: "Columns", it: "Colonne" }
    table_csv() { en: "CSV", it: "CSV" }
    boards_machine() { en: "Machine", it: "Macchina" }
    boards_state() { en: "State", it: "Stato" }
    boards_connection() { en: "Connection", it: "Collegamento" }
    boards_board() { en: "Board", it: "Scheda" }
    uses_start() { en: "Started", it: "Inizio" }
    uses_length() { en: "Length", it: "Durata" }
    deliveries_kind() { en: "About", it: "Argomento" }
    deliveries_why() { en: "Details", it: "Dettagli" }
    deliveries_when() { en: "Time", it: "Ora" }
    access_own_block() { en: "You look after this machine: lift the block when it’s safe again.", it: "Te ne occupi tu: togli il blocco quando è di nuovo sicura." }
    access_own_maintenance() { en: "You look after this machine: log the maintenance when it’s done.", it: "Te ne occupi tu: registra la manutenzione quando è fatta." }
    page_unknown_next() { en: "The link may be old or mistyped.", it: "Il link può essere vecchio o scritto male." }
    go_to_now() { en: "See what is free now", it: "Vedi cosa è libero adesso" }
    try_again() { en: "Try again", it: "Riprova" }
    loading() { en: "Loading", it: "Caricamento" }

    refused_address() { en: "The address of this page has a value that doesn’t exist", it: "L’indirizzo di questa pagina ha un valore che non esiste" }
    refused_address_step() { en: "Open the page without it", it: "Apri la pagina senza" }
    refused_sign_in_next() { en: "We’ll bring you back here.", it: "Poi torni qui." }
    refused_second_factor() { en: "Enter your second factor", it: "Inserisci il secondo fattore" }
    refused_second_factor_next() {
        en: "Your role asks for it once each time you sign in.",
        it: "Il tuo ruolo lo chiede a ogni accesso.",
    }
    refused_for(roles: &str) { en: "This page is for {roles}. Ask one of them.",
                               it: "Questa pagina è per {roles}. Chiedi a uno di loro." }
    refused_next() {
        en: "Ask a manager.",
        it: "Chiedi a un responsabile.",
    }
    roles_trainers() { en: "trainers", it: "istruttori" }
    roles_owners() { en: "owners", it: "proprietari" }
    roles_inductors() { en: "the onboarding team", it: "addetti all’accoglienza" }
    roles_managers() { en: "managers", it: "responsabili" }
    roles_auditors() { en: "auditors", it: "revisori" }
    roles_administrators() { en: "administrators", it: "amministratori" }
    roles_members() { en: "members", it: "membri" }
    roles_and(before: &str, last: &str) { en: "{before} and {last}", it: "{before} e {last}" }
    table_actions() { en: "Actions", it: "Azioni" }
    table_more() { en: "More", it: "Altro" }
    table_result() { en: "Result", it: "Esito" }
    table_last_seen() { en: "Last seen", it: "Ultima volta" }
    table_taps() { en: "Taps", it: "Passaggi" }
    table_card() { en: "Card", it: "Tessera" }
}
