//! Signing in, passwords, the second factor, joining, and the first start.

text! {
    sign_in_title() { en: "Sign in", it: "Accedi" }
    sign_in_hello() { en: "Sign in", it: "Accedi" }
    sign_in_free(n: u32) {
        en: [one: "{n} machine is free right now.", other: "{n} machines are free right now."],
        it: [one: "{n} macchina è libera adesso.", other: "{n} macchine sono libere adesso."],
    }
    sign_in_intro() { en: "Sign in to see what you may use.", it: "Accedi per vedere che cosa puoi usare." }
    sign_in_back() { en: "Sign in to continue where you were.", it: "Accedi per continuare da dove eri." }
    sign_in_email() { en: "E-mail", it: "E-mail" }
    sign_in_password() { en: "Password", it: "Password" }
    sign_in_show_password() { en: "Show password", it: "Mostra la password" }
    sign_in_forgotten() { en: "Forgot password?", it: "Password dimenticata?" }
    sign_in_join() { en: "New here? Apply to join", it: "Prima volta qui? Chiedi l’iscrizione" }
    sign_in_look_around() { en: "See what is free without signing in", it: "Guarda cosa è libero senza accedere" }
    sign_in_already(name: &str) { en: "You are signed in as {name}", it: "Hai già fatto l’accesso come {name}" }
    sign_in_go_on() { en: "Continue", it: "Continua" }
    sign_in_other() { en: "Sign in as someone else", it: "Accedi come un’altra persona" }
    sign_in_empty() { en: "Not set up yet", it: "Non ancora configurato" }
    sign_in_empty_next() {
        en: "This workshop has no administrator yet. The set-up link is in the terminal where Toolgate was started.",
        it: "Questo laboratorio non ha ancora un amministratore. Il link di configurazione è nel terminale in cui è stato avviato Toolgate.",
    }
    sign_in_crumb() { en: "Sign in", it: "Accedi" }

    password_new() { en: "New password", it: "Nuova password" }
    password_choose() { en: "Choose a password", it: "Scegli una password" }
    password_hint() {
        en: "At least 10 characters. Four unrelated words are easy to remember and hard to guess.",
        it: "Almeno 10 caratteri. Quattro parole scollegate sono facili da ricordare e difficili da indovinare.",
    }

    forgotten_title() { en: "Forgot your password?", it: "Password dimenticata?" }
    forgotten_intro() { en: "You get a link to choose a new one.", it: "Ricevi un link per sceglierne una nuova." }
    forgotten_send() { en: "Send me a link", it: "Mandami un link" }
    forgotten_sent() { en: "Check your e-mail", it: "Controlla la tua e-mail" }
    forgotten_sent_next() {
        en: "If this address has an account here, a link is on its way. It works once and expires after an hour.",
        it: "Se questo indirizzo ha un account qui, un link è in arrivo. Vale una volta sola e scade dopo un’ora.",
    }
    forgotten_nothing() {
        en: "Nothing after a few minutes? Check the spam folder, or ask a manager for a link.",
        it: "Dopo qualche minuto non c’è nulla? Guarda nello spam, o chiedi un link a un responsabile.",
    }
    forgotten_no_mail() {
        en: "This workshop sends no e-mail. Ask a manager for a link to choose a new password.",
        it: "Questo laboratorio non invia e-mail. Chiedi a un responsabile un link per scegliere una nuova password.",
    }
    forgotten_again() { en: "Use another address", it: "Usa un altro indirizzo" }

    link_invited(name: &str) { en: "Welcome, {name}", it: "Ti diamo il benvenuto, {name}" }
    link_invited_nobody() { en: "Welcome", it: "Ti diamo il benvenuto" }
    link_invited_intro() { en: "Choose a password to sign in.", it: "Scegli una password per accedere." }
    link_invited_save() { en: "Save password", it: "Salva password" }
    link_reset() { en: "Choose a new password", it: "Scegli una nuova password" }
    link_reset_intro() {
        en: "Saving it signs out all your devices.",
        it: "Salvandola, tutti i tuoi dispositivi vengono disconnessi.",
    }
    link_reset_save() { en: "Save password", it: "Salva password" }
    link_for(email: &str) { en: "For {email}", it: "Per {email}" }
    link_gone_next() {
        en: "Links work once and expire. Request a new one, or ask the person who gave you this one.",
        it: "I link valgono una volta e scadono. Richiedine uno nuovo, o chiedi a chi te l’ha dato.",
    }
    link_gone_again() { en: "Get a new link", it: "Ottieni un nuovo link" }

    enter_title(name: &str) { en: "Sign in as {name}?", it: "Accedere come {name}?" }
    enter_title_nobody() { en: "Sign in with this link?", it: "Accedere con questo link?" }
    enter_intro() { en: "This link works once, for this person only.", it: "Questo link vale una volta, solo per questa persona." }
    enter_button(name: &str) { en: "Sign in as {name}", it: "Accedi come {name}" }

    factor_title() { en: "One more step", it: "Ancora un passo" }
    factor_intro() { en: "Enter the six digits in your authenticator app.", it: "Scrivi le sei cifre della tua app di autenticazione." }
    factor_code() { en: "Code", it: "Codice" }
    factor_hint() { en: "No phone? Use a recovery code.", it: "Senza telefono? Usa un codice di recupero." }
    factor_go_on() { en: "Continue", it: "Continua" }
    factor_none() { en: "You have no second factor yet", it: "Non hai ancora un secondo fattore" }
    factor_none_next() { en: "It takes a minute and your phone.", it: "Bastano un minuto e il telefono." }
    factor_lost() {
        en: "Phone and codes lost? A manager can help you in.",
        it: "Perso telefono e codici? Un responsabile può aiutarti a entrare.",
    }

    apply_title() { en: "Apply to join", it: "Chiedi l’iscrizione" }
    apply_intro() {
        en: "A manager reviews this. Once they approve it, you get a link to choose a password.",
        it: "Un responsabile esamina la richiesta. Quando la approva, ricevi un link per scegliere una password.",
    }
    apply_name() { en: "Your name", it: "Il tuo nome" }
    apply_send() { en: "Send application", it: "Invia la richiesta" }
    apply_sent() { en: "Application sent", it: "Richiesta inviata" }
    apply_sent_next() {
        en: "A manager reviews it. Once they approve it, you get a link to choose a password, by e-mail or in person.",
        it: "Un responsabile esamina la richiesta. Quando la approva, ricevi un link per scegliere una password, per e-mail o a mano.",
    }
    apply_closed() { en: "Sign-up is in person at this workshop", it: "A questo laboratorio ci si iscrive di persona" }
    apply_closed_next() { en: "Come by and ask: a manager can invite you.", it: "Passa a chiedere: un responsabile può invitarti." }

    set_up_title() { en: "Set up", it: "Configurazione" }
    set_up_hello() { en: "Open your workshop in three minutes", it: "Apri il tuo laboratorio in tre minuti" }
    set_up_intro() { en: "Everything can be changed later.", it: "Tutto si può cambiare più tardi." }
    set_up_space() { en: "The workshop", it: "Il laboratorio" }
    set_up_space_next() { en: "Name, time zone, language", it: "Nome, fuso orario, lingua" }
    set_up_you() { en: "You", it: "Tu" }
    set_up_you_next() { en: "The first administrator", it: "Il primo amministratore" }
    set_up_people() { en: "People", it: "Persone" }
    set_up_people_next() { en: "Invite them once you are signed in", it: "Invitale dopo l’accesso" }
    set_up_name() { en: "Name of the workshop", it: "Nome del laboratorio" }
    set_up_name_hint() { en: "Members see it on their phones and on the wall display.", it: "I membri lo vedono sul telefono e sullo schermo a parete." }
    set_up_zone_now(zone: &str, now: &str) { en: "{zone} (now {now})", it: "{zone} (ora {now})" }
    set_up_zone() { en: "Time zone", it: "Fuso orario" }
    set_up_language() { en: "Language on boards and wall displays", it: "Lingua di schede e schermi" }
    set_up_your_name() { en: "Your name", it: "Il tuo nome" }
    set_up_email_hint() { en: "You sign in with it.", it: "Ti serve per accedere." }
    set_up_open() { en: "Open workshop", it: "Apri laboratorio" }
    set_up_gone() { en: "This link doesn’t work any more", it: "Questo link non funziona più" }
    set_up_gone_next() {
        en: "It works once and expires after a day. If this workshop is set up, sign in. If not, restart Toolgate: without an administrator, it prints a new link in its terminal each time.",
        it: "Vale una volta sola e scade dopo un giorno. Se il laboratorio è già configurato, accedi. Se no, riavvia Toolgate: senza un amministratore, scrive ogni volta un nuovo link nel terminale.",
    }
}
