//! Sign-in failures, password advice, and mails about accounts.

use crate::Lang;
use domain::accounts::Advice;

text! {
    sign_in_refused() {
        en: "E-mail and password don’t match. Check both, or choose a new password. After five tries you’ll wait 15 minutes.",
        it: "E-mail e password non corrispondono. Controllale, o scegli una nuova password. Dopo cinque tentativi si aspetta 15 minuti.",
    }
    attempts_too_many(minutes: u32) {
        en: [one: "Too many attempts: locked for a while. Try again in a minute.", other: "Too many attempts: locked for a while. Try again in {minutes} minutes."],
        it: [one: "Troppi tentativi: accesso bloccato per un po’. Riprova tra un minuto.", other: "Troppi tentativi: accesso bloccato per un po’. Riprova tra {minutes} minuti."],
    }
    computing_busy() {
        en: "A lot is being planned right now. Try again in a few seconds.",
        it: "In questo momento ci sono molte pianificazioni in corso. Riprova tra qualche secondo.",
    }
    accounts_busy() {
        en: "Too many people are signing in right now. Try again in a few seconds.",
        it: "Troppe persone stanno accedendo adesso. Riprova tra qualche secondo.",
    }
    link_gone() {
        en: "This link doesn’t work any more. Links work once and expire.",
        it: "Questo link non funziona più. I link valgono una volta sola e scadono.",
    }
    sign_up_closed() {
        en: "Sign-up is in person at this workshop. Ask a manager for an invitation.",
        it: "A questo laboratorio ci si iscrive di persona. Chiedi un invito a un responsabile.",
    }
    second_factor_other() {
        en: "Your second factor has changed since. Reload the page.",
        it: "Il tuo secondo fattore è cambiato nel frattempo. Ricarica la pagina.",
    }
    second_factor_none() { en: "They have no second factor.", it: "Non ha un secondo fattore." }
    account_unknown() {
        en: "This person or session no longer exists.",
        it: "Questa persona o questa sessione non esiste più.",
    }
    account_outranked() {
        en: "Only someone else with the same or a higher role can do this; for auditors, an administrator.",
        it: "Può farlo solo un’altra persona con un ruolo uguale o superiore; per i revisori, un amministratore.",
    }
    sign_in_method_last() {
        en: "This is your only way in. Add another one first.",
        it: "È il tuo unico modo di accedere. Prima aggiungine un altro.",
    }
    sign_in_method_directory() {
        en: "The directory of your organisation decides about this one.",
        it: "Su questo decide la directory della tua organizzazione.",
    }
    proof_needed() {
        en: "Confirm first that it’s you, with your password or a passkey.",
        it: "Prima conferma la tua identità, con la password o una passkey.",
    }
    second_factor_first() {
        en: "Enter your second factor first.",
        it: "Prima inserisci il secondo fattore.",
    }
    passwords_off() {
        en: "Passwords are off at this workshop. Add a passkey instead.",
        it: "In questo laboratorio le password sono disattivate. Aggiungi una passkey.",
    }
    password_wrong() { en: "This is not your password.", it: "Questa non è la tua password." }
    code_wrong() {
        en: "This code is wrong or used. Wait for the next one, or use a recovery code.",
        it: "Questo codice è sbagliato o già usato. Aspetta il prossimo, o usa un codice di recupero.",
    }
    name_invalid() { en: "Enter a name of 1 to 200 characters, without control characters.", it: "Scrivi un nome da 1 a 200 caratteri, senza caratteri di controllo." }
    zone_invalid() { en: "Choose a time zone, like Europe/Rome.", it: "Scegli un fuso orario, come Europe/Rome." }
    email_invalid() {
        en: "Enter an e-mail address, like ada@example.org.",
        it: "Scrivi un indirizzo e-mail, come ada@example.org.",
    }
    email_taken_by(name: &str) { en: "{name} has this address already.", it: "Questo indirizzo è già di {name}." }
    phone_invalid() { en: "Enter a telephone number like +39 0471 123456, or leave it blank.",
                      it: "Scrivi un numero come +39 0471 123456, oppure lascia vuoto." }
    email_taken() {
        en: "Someone here has this address already. Look for them in People.",
        it: "Qualcuno qui ha già questo indirizzo. Cercalo in Persone.",
    }
    email_kept_out() {
        en: "The person with this address is suspended, has left or was declined. Use another address, or reinstate them first.",
        it: "La persona con questo indirizzo è sospesa, non è più membro o non è mai stata ammessa. Usa un altro indirizzo, o prima riammettila.",
    }
    password_too_short() { en: "Use at least 10 characters.", it: "Usa almeno 10 caratteri." }
    password_too_long() { en: "Use at most 128 characters.", it: "Usa al massimo 128 caratteri." }
    password_common() {
        en: "This is a common password. Choose another one.",
        it: "È una password comune. Scegline un’altra.",
    }
    password_personal() {
        en: "Leave out your name, your address and the name of the workshop.",
        it: "Evita il tuo nome, il tuo indirizzo e il nome del laboratorio.",
    }
    password_word() {
        en: "A name or a single word is easy to guess.",
        it: "Un nome o una sola parola si indovina facilmente.",
    }
    password_keyboard() {
        en: "Avoid keyboard patterns like “qwerty”.",
        it: "Evita sequenze della tastiera come «qwerty».",
    }
    password_pattern() {
        en: "Avoid repetitions and sequences like abc or 123.",
        it: "Evita ripetizioni e sequenze come abc o 123.",
    }
    password_date() {
        en: "Dates and years are easy to guess.",
        it: "Date e anni si indovinano facilmente.",
    }
    password_longer() {
        en: "Add an unrelated word or two.",
        it: "Aggiungi una o due parole che non c’entrano.",
    }
    mail_invite_subject(space: &str) { en: "Your account at {space}", it: "Il tuo account a {space}" }
    mail_invite(name: &str, space: &str, link: &str) {
        en: "Hello {name},\n\nYou’re now a member of {space}. Choose your password here; the link works once and expires after 7 days:\n\n{link}\n\nNot expecting this? You can ignore this e-mail.\n",
        it: "Ciao {name},\n\nora fai parte di {space}. Scegli qui la tua password; il link vale una volta sola e scade dopo 7 giorni:\n\n{link}\n\nNon te l’aspettavi? Puoi ignorare questa e-mail.\n",
    }
    mail_reset_subject(space: &str) { en: "A new password for {space}", it: "Una nuova password per {space}" }
    mail_reset(name: &str, space: &str, link: &str) {
        en: "Hello {name},\n\nSomeone asked to reset your password at {space}. Choose a new one here; the link works once and expires after an hour:\n\n{link}\n\nIf it wasn’t you, ignore this e-mail: your password stays as it is.\n",
        it: "Ciao {name},\n\nqualcuno ha chiesto di reimpostare la tua password a {space}. Scegline qui una nuova; il link vale una volta sola e scade dopo un’ora:\n\n{link}\n\nSe la richiesta non è tua, ignora questa e-mail: la tua password resta com’è.\n",
    }
    mail_code_subject(space: &str) { en: "Your code for {space}", it: "Il tuo codice per {space}" }
    mail_code(space: &str, code: &str) {
        en: "With this code you prove to {space} that this address is yours:\n\n{code}\n\nIt works for 10 minutes. If you did not ask for it, do nothing.\n",
        it: "Con questo codice dimostri a {space} che questo indirizzo è tuo:\n\n{code}\n\nVale 10 minuti. Se non l’hai chiesto tu, non fare nulla.\n",
    }
    mail_caught() { en: "E-mails kept on this computer", it: "E-mail rimaste su questo computer" }
    mail_as_sent() { en: "As an e-mail program shows it", it: "Come la mostra un programma di posta" }
    mail_none() { en: "None yet.", it: "Ancora nessuna." }
}

impl Lang {
    /// All advice about a password.
    #[must_use]
    pub fn password_advised(self, advice: &[Advice]) -> String {
        advice.iter().map(|advice| self.password_advice(*advice)).collect::<Vec<_>>().join(" ")
    }

    /// One piece of advice about a password.
    #[must_use]
    pub const fn password_advice(self, advice: Advice) -> &'static str {
        match advice {
            Advice::TooShort => self.password_too_short(),
            Advice::TooLong => self.password_too_long(),
            Advice::Common => self.password_common(),
            Advice::Personal => self.password_personal(),
            Advice::Word => self.password_word(),
            Advice::Keyboard => self.password_keyboard(),
            Advice::Pattern => self.password_pattern(),
            Advice::Date => self.password_date(),
            Advice::Longer => self.password_longer(),
        }
    }
}
