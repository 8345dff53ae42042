//! The account page: the person's role, their sessions, and settings of the device.

text! {
    me_this_device() { en: "This device", it: "Questo dispositivo" }
    me_language() { en: "Language", it: "Lingua" }
    me_theme() { en: "Appearance", it: "Aspetto" }
    me_theme_system() { en: "System", it: "Sistema" }
    me_theme_light() { en: "Light", it: "Chiaro" }
    me_theme_dark() { en: "Dark", it: "Scuro" }
    me_save() { en: "Save changes", it: "Salva le modifiche" }
    me_saved() { en: "Saved on this device.", it: "Salvato su questo dispositivo." }
    me_next() { en: "Kept on this device for a year, in a cookie without personal data. When signed in, your language follows you.",
                it: "Resta su questo dispositivo per un anno, in un cookie senza dati personali. Con l’accesso, la lingua ti segue." }

    me_signed_out() { en: "You are not signed in", it: "Non hai fatto l’accesso" }
    me_signed_out_next() { en: "Sign in to see what you may use.",
                           it: "Accedi per vedere che cosa puoi usare." }
    me_rank_guest() { en: "Not a member yet", it: "Non ancora membro" }
    me_rank_member() { en: "Member", it: "Membro" }
    me_rank_inductor() { en: "Onboarding", it: "Accoglienza" }
    me_rank_manager() { en: "Manager", it: "Responsabile" }
    me_rank_administrator() { en: "Administrator", it: "Amministratore" }
    me_waiting() { en: "Your application is under review", it: "La tua richiesta è in esame" }
    me_waiting_next() {
        en: "Once a manager approves it, you’ll see here what you may use. There is nothing else to do.",
        it: "Quando un responsabile la approva, vedi qui che cosa puoi usare. Non devi fare altro.",
    }
    me_suspended() { en: "You are suspended for now", it: "Per ora sei sospeso" }
    me_suspended_next() { en: "You can’t use any machine. Talk to a manager.",
                          it: "Non puoi usare nessuna macchina. Parla con un responsabile." }
    me_asleep() { en: "Your role needs your second factor", it: "Il tuo ruolo richiede il secondo fattore" }
    me_asleep_next() { en: "Until then, you have a member’s permissions.",
                       it: "Fino ad allora hai i permessi di un membro." }
    me_asleep_show() { en: "Show it now", it: "Mostralo adesso" }
    me_asleep_set_up() { en: "Set it up now", it: "Configuralo adesso" }

    me_hours() { en: "Hours on machines", it: "Ore alle macchine" }
    me_hours_week() { en: "Week of", it: "Settimana" }
    me_hours_sum(hours: &str) { en: "{hours} in 12 weeks", it: "{hours} in 12 settimane" }
    me_hours_month(hours: &str) { en: "This month: {hours}", it: "Questo mese: {hours}" }
    me_hours_month_energy(hours: &str, energy: &str) { en: "This month: {hours}, {energy} measured on machines with a meter", it: "Questo mese: {hours}, {energy} misurati sulle macchine con un contatore" }
    me_hours_none() { en: "No hours on machines in the last 12 weeks. Your next use shows up here.",
                      it: "Nessuna ora alle macchine nelle ultime 12 settimane. Il prossimo utilizzo compare qui." }
    me_record() { en: "Cards & activity", it: "Tessere e attività" }
    me_record_next() { en: "Report a lost card; holds and card taps",
                       it: "Segnala una tessera persa; blocchi accesso e passaggi di tessera" }
    me_account() { en: "Account", it: "Account" }
    me_sessions() { en: "Devices", it: "Dispositivi" }
    me_sessions_count(n: u32) { en: [one: "Only this device", other: "On {n} devices"],
                                it: [one: "Solo su questo dispositivo", other: "Su {n} dispositivi"] }
    me_password() { en: "Password", it: "Password" }
    me_password_since(day: &str) { en: "Set {day}", it: "Impostata {day}" }
    me_password_never() { en: "None yet", it: "Ancora nessuna" }
    me_factor() { en: "Second factor", it: "Secondo fattore" }
    me_factor_off() { en: "Off", it: "Non attivo" }
    me_factor_on(codes: u32) { en: [one: "On, {codes} recovery code left", other: "On, {codes} recovery codes left"],
                               it: [one: "Attivo, resta {codes} codice di recupero", other: "Attivo, restano {codes} codici di recupero"] }
    me_factor_wanted() { en: "Off, but your role requires it", it: "Non attivo, ma il tuo ruolo lo richiede" }
    me_sign_out() { en: "Sign out", it: "Esci" }

    me_session_here() { en: "This device", it: "Questo dispositivo" }
    me_session_seen(since: &str, day: &str) { en: "Signed in {since}, last seen {day}", it: "Accesso {since}, visto l’ultima volta {day}" }
    me_session_unknown() { en: "A device", it: "Un dispositivo" }
    me_session_end(device: &str) { en: "Sign out {device}", it: "Disconnetti {device}" }
    me_sessions_intro() { en: "Is one of them not yours? Sign it out, and change your password.",
                          it: "Uno non è tuo? Disconnettilo e cambia la password." }
    me_everywhere() { en: "Sign out everywhere", it: "Esci dappertutto" }
    me_everywhere_next() { en: "On this device too.", it: "Anche su questo dispositivo." }
    me_session_ended() { en: "Signed out.", it: "Disconnesso." }

    me_password_change() { en: "Change password", it: "Cambia password" }
    me_password_old() { en: "Current password", it: "Password attuale" }
    me_password_intro() { en: "All your other devices are signed out when you save.",
                          it: "Quando salvi, gli altri tuoi dispositivi vengono disconnessi." }
    me_password_saved() { en: "Your password is changed. Your other devices are signed out.",
                          it: "La password è cambiata. Gli altri tuoi dispositivi sono disconnessi." }

    me_factor_why() {
        en: "You’ll also enter a code from your phone, so a stolen password isn’t enough.",
        it: "Scrivi anche un codice dal telefono, così una password rubata non basta.",
    }
    me_factor_begin() { en: "Set up", it: "Configura" }
    me_factor_scan() { en: "Scan this with an authenticator app", it: "Inquadra questo con un’app di autenticazione" }
    me_factor_qr() { en: "Code for the authenticator app", it: "Codice per l’app di autenticazione" }
    me_factor_or_type() { en: "Or type this key into the app:", it: "Oppure scrivi questa chiave nell’app:" }
    me_factor_open() { en: "Open the app on this device", it: "Apri l’app su questo dispositivo" }
    me_factor_confirm() { en: "Turn on", it: "Attiva" }
    me_factor_confirm_code() { en: "The six digits it shows", it: "Le sei cifre che mostra" }
    me_factor_scanned() { en: "Scanned already? Type the digits that the app shows.", it: "Già inquadrato? Scrivi le cifre che l’app mostra." }
    me_factor_begin_again() { en: "Show a new code", it: "Mostra un codice nuovo" }
    me_codes() { en: "Your recovery codes", it: "I tuoi codici di recupero" }
    me_codes_next() {
        en: "The second factor is on. Print these codes or write them down now: they are shown only once. Each replaces your phone once.",
        it: "Il secondo fattore è attivo. Stampa o copia adesso questi codici: si vedono solo questa volta. Ognuno sostituisce il telefono una volta.",
    }
    me_codes_kept() { en: "I’ve saved them", it: "Li ho salvati" }
    me_factor_is_on(since: &str) { en: "On {since}", it: "Attivo {since}" }
    me_codes_left(n: u32) { en: [one: "{n} recovery code is left.", other: "{n} recovery codes are left."],
                            it: [one: "Resta {n} codice di recupero.", other: "Restano {n} codici di recupero."] }
    me_codes_few() { en: "For new ones, turn the second factor off and set it up again.",
                     it: "Per averne di nuovi, disattiva il secondo fattore e configuralo di nuovo." }
    me_factor_remove() { en: "Turn off", it: "Disattiva" }
    me_factor_removed() { en: "The second factor is off.", it: "Il secondo fattore è disattivato." }
}
