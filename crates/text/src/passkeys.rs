//! Passkeys and the other ways to sign in.

use crate::Lang;
use domain::accounts::sign_in_methods::MethodChange;

text! {
    passkeys_title() { en: "Passkeys", it: "Passkey" }
    passkey_impossible() {
        en: "Passkeys need a site with a name and HTTPS. Ask an administrator to set the site’s public address.",
        it: "Le passkey richiedono un sito con un nome e HTTPS. Chiedi a un amministratore di impostare l’indirizzo pubblico.",
    }
    passkey_unanswered() {
        en: "Passkeys need JavaScript and a browser that supports them. Use another way to sign in.",
        it: "Le passkey richiedono JavaScript e un browser che le supporti. Accedi in un altro modo.",
    }
    passkey_over() {
        en: "That took too long. Try again.",
        it: "È passato troppo tempo. Riprova.",
    }
    passkey_refused() {
        en: "This passkey doesn’t work here. Use another one, or another way to sign in.",
        it: "Questa passkey qui non funziona. Usane un’altra, o accedi in un altro modo.",
    }
    passkey_other_site() {
        en: "This passkey was used for another site. Open this page at its usual address.",
        it: "Questa passkey è stata usata per un altro sito. Apri questa pagina al suo indirizzo abituale.",
    }
    passkey_unverified() {
        en: "Your device didn’t check that it’s you. Set a PIN, a fingerprint or a screen lock on it.",
        it: "Il dispositivo non ha verificato la tua identità. Imposta un PIN, un’impronta o un blocco schermo.",
    }
    passkey_algorithm() {
        en: "Passkeys of this kind (RSA) are not supported. Use another device or security key.",
        it: "Le passkey di questo tipo (RSA) non sono supportate. Usa un altro dispositivo o un’altra chiave.",
    }
    passkey_copied() {
        en: "This passkey seems to have been copied, so we refused it. Sign in another way and remove it.",
        it: "Questa passkey sembra copiata, quindi l’abbiamo rifiutata. Accedi in un altro modo e rimuovila.",
    }
    passkey_known() { en: "This passkey is already added.", it: "Questa passkey è già aggiunta." }
    passkey_known_here() { en: "This device already has a passkey for you.", it: "Questo dispositivo ha già una tua passkey." }
    passkey_too_many(most: &str) {
        en: "You have {most} passkeys. Remove one first.",
        it: "Hai {most} passkey. Prima rimuovine una.",
    }
    passkey_none() { en: "You have no passkey here.", it: "Qui non hai passkey." }
    passkey_unknown() { en: "This passkey no longer exists.", it: "Questa passkey non esiste più." }
    passkey_cancelled() {
        en: "No passkey was used. Try again, or use another way.",
        it: "Nessuna passkey usata. Riprova, o usa un altro modo.",
    }
    passkey_sign_in() { en: "Sign in with a passkey", it: "Accedi con una passkey" }
    passkey_use() { en: "Use a passkey", it: "Usa una passkey" }
    passkey_add() { en: "Add a passkey", it: "Aggiungi una passkey" }
    passkey_name() { en: "Name", it: "Nome" }
    passkey_name_hint() { en: "Like Phone, Laptop or Security key.", it: "Per esempio Telefono, Portatile o Chiave." }
    passkey_first_name() { en: "My device", it: "Il mio dispositivo" }
    passkey_added_on(day: &str) { en: "Since {day}", it: (Il day => "Aggiunta {day}") }
    passkey_used_on(day: &str) { en: "used {day}", it: "usata {day}" }
    passkey_never_used() { en: "not used yet", it: "mai usata" }
    passkey_rename() { en: "Rename", it: "Rinomina" }
    passkey_rename_of(name: &str) { en: "Change: {name}", it: "Cambia: {name}" }
    passkey_remove() { en: "Remove", it: "Rimuovi" }
    passkey_remove_title(name: &str) { en: "Remove the passkey “{name}”?", it: "Rimuovere la passkey «{name}»?" }
    passkey_remove_next() {
        en: "It no longer signs you in, and your other devices are signed out. Delete it on its device too.",
        it: "Non ti fa più accedere, e gli altri tuoi dispositivi vengono disconnessi. Eliminala anche sul dispositivo.",
    }
    passkey_last_title() { en: "You can’t remove your only way in", it: "Non puoi rimuovere l’unico modo di accedere" }
    passkey_last_next() {
        en: "Add another passkey first: on a laptop, a second phone or a security key.",
        it: "Prima aggiungi un’altra passkey: su un portatile, un secondo telefono o una chiave di sicurezza.",
    }
    passkey_saved() { en: "Passkey added", it: "Passkey aggiunta" }
    passkey_renamed() { en: "Passkey renamed", it: "Passkey rinominata" }
    passkey_removed() { en: "Passkey removed. Other devices are signed out.", it: "Passkey rimossa. Gli altri dispositivi sono disconnessi." }
    passkeys_none() { en: "No passkeys yet", it: "Ancora nessuna passkey" }
    passkeys_none_next() {
        en: "Sign in with your fingerprint, face or PIN. Nothing to remember, nothing to phish.",
        it: "Accedi con impronta, volto o PIN. Niente da ricordare, niente da rubare.",
    }
    security_title() { en: "Sign-in", it: "Accesso" }
    security_ways(ways: u32) {
        en: [one: "1 way in", other: "{ways} ways in"],
        it: [one: "1 modo di accedere", other: "{ways} modi di accedere"],
    }
    security_ways_none() { en: "No way in yet", it: "Ancora nessun modo di accedere" }
    security_none_next() { en: "Add a passkey, or you need a new link next time.", it: "Aggiungi una passkey, o la prossima volta servirà un nuovo link." }
    security_one_next() {
        en: "If you lose it, only a manager can let you back in.",
        it: "Se lo perdi, solo un responsabile può farti rientrare.",
    }
    security_one_password_next() {
        en: "Add a passkey: it’s quicker, and it still works when you forget your password.",
        it: "Aggiungi una passkey: è più veloce, e funziona anche se dimentichi la password.",
    }
    security_more_next() { en: "If you lose one, the others still let you in.", it: "Se ne perdi uno, gli altri ti fanno ancora entrare." }
    security_password_off() { en: "Off", it: "Disattivata" }
    security_password_off_next() {
        en: "Nothing to guess or to phish. Reset links are off too.",
        it: "Niente da indovinare o da rubare. Anche i link di recupero sono disattivati.",
    }
    security_passwords_off() {
        en: "Passwords are off at this workshop.",
        it: "In questo laboratorio le password sono disattivate.",
    }
    security_passwords_kept() {
        en: "Passwords are off at this workshop. Yours works until you add another way in.",
        it: "In questo laboratorio le password sono disattivate. La tua vale finché non aggiungi un altro modo.",
    }
    security_password_set_one() { en: "Set one", it: "Impostane una" }
    security_password_change() { en: "Change", it: "Cambia" }
    security_password_remove() { en: "Remove password", it: "Rimuovi la password" }
    security_password_remove_next() {
        en: "You then sign in only with the others. Reset links stop working too.",
        it: "Poi accedi solo con gli altri modi. Anche i link di recupero smettono di funzionare.",
    }
    security_password_removed() { en: "Password removed", it: "Password rimossa" }
    security_prove_title() { en: "Confirm it’s you", it: "Conferma la tua identità" }
    security_prove_next() {
        en: "Before you change how you sign in. Good for ten minutes.",
        it: "Prima di cambiare come accedi. Vale dieci minuti.",
    }
    security_prove_first() {
        en: "To change how you sign in, confirm first that it’s you.",
        it: "Per cambiare come accedi, prima conferma la tua identità.",
    }
    security_prove_elsewhere() {
        en: "You sign in through another organisation. Sign in again; then you can change this for ten minutes.",
        it: "Accedi tramite un’altra organizzazione. Accedi di nuovo; poi puoi cambiarlo per dieci minuti.",
    }
    security_prove_again() { en: "Sign in again", it: "Accedi di nuovo" }
    security_prove_go_on() { en: "Continue", it: "Continua" }
    security_link(passkeys: u32) {
        en: [one: "1 passkey", other: "{passkeys} passkeys"],
        it: [one: "1 passkey", other: "{passkeys} passkey"],
    }
    sign_in_with_password() { en: "E-mail and password", it: "E-mail e password" }
    sign_in_passwords_off() {
        en: "Passwords are off here, except for people who have no other way in yet.",
        it: "Qui le password sono disattivate, tranne per chi non ha ancora un altro modo.",
    }
    link_without_password() {
        en: "This workshop uses passkeys instead of passwords. Continue, and add one on this device.",
        it: "Questo laboratorio usa le passkey al posto delle password. Continua e aggiungine una su questo dispositivo.",
    }
    mail_invite_without_password(name: &str, space: &str, link: &str) {
        en: "Hello {name},\n\nYou’re now a member of {space}. Open this link on your phone or computer and add a passkey; the link works once and expires after 7 days:\n\n{link}\n\nNot expecting this? You can ignore this e-mail.\n",
        it: "Ciao {name},\n\nora fai parte di {space}. Apri questo link sul telefono o sul computer e aggiungi una passkey; il link vale una volta sola e scade dopo 7 giorni:\n\n{link}\n\nNon te l’aspettavi? Puoi ignorare questa e-mail.\n",
    }
    mail_link_subject(space: &str) { en: "Your link to {space}", it: "Il tuo link per {space}" }
    mail_link_without_password(name: &str, space: &str, link: &str) {
        en: "Hello {name},\n\nHere is a link to sign in at {space}. Add a passkey then; the link works once and expires after an hour:\n\n{link}\n\nIf you didn’t ask for it, ignore this e-mail: nothing changes.\n",
        it: "Ciao {name},\n\necco un link per accedere a {space}. Poi aggiungi una passkey; il link vale una volta sola e scade dopo un’ora:\n\n{link}\n\nSe non l’hai chiesto, ignora questa e-mail: non cambia nulla.\n",
    }
    factor_passkey() { en: "Your role needs a second factor. Use one of your passkeys.", it: "Il tuo ruolo richiede un secondo fattore. Usa una delle tue passkey." }
    factor_or_passkey() { en: "Or use a passkey: it counts as both.", it: "Oppure usa una passkey: vale per entrambi." }
    notice_passkey_added() { en: "A passkey was added to your account", it: "Una passkey è stata aggiunta al tuo account" }
    notice_passkey_removed() { en: "A passkey was removed from your account", it: "Una passkey è stata rimossa dal tuo account" }
    notice_passkey_refused() { en: "We refused a passkey of yours that seems to be copied", it: "Abbiamo rifiutato una tua passkey che sembra copiata" }
    notice_password_removed() { en: "Your password was removed", it: "La tua password è stata rimossa" }
}

impl Lang {
    /// What happened to a way in, as the title of a notice.
    #[must_use]
    pub const fn sign_in_method_changed(self, change: MethodChange) -> &'static str {
        match change {
            MethodChange::PasskeyAdded => self.notice_passkey_added(),
            MethodChange::PasskeyRemoved => self.notice_passkey_removed(),
            MethodChange::PasskeyRefused => self.notice_passkey_refused(),
            MethodChange::PasswordRemoved => self.notice_password_removed(),
            MethodChange::IdentityLinked => self.notice_identity_linked(),
            MethodChange::IdentityUnlinked => self.notice_identity_unlinked(),
            MethodChange::DirectoryLinked => self.notice_directory_linked(),
        }
    }
}
