//! Identity providers: the manager’s page, the way in by one, and linked accounts.

use crate::{Lang, audit::Sentence};
use domain::identity_providers::{
    Admission, Failure, InvalidIssuer, InvalidTokens, Refusal, SecondFactorUse, TOKEN, TOKENS,
};

text! {
    providers_title() { en: "Sign-in providers", it: "Provider di accesso" }
    providers_sub() { en: "People sign in with an account they already have, by OpenID Connect.", it: "Le persone accedono con un account che hanno già, tramite OpenID Connect." }
    providers_list() { en: "Providers", it: "Provider" }
    providers_none() { en: "No sign-in providers yet", it: "Ancora nessun provider di accesso" }
    providers_none_next() { en: "Register Toolgate at your provider, then add it below.", it: "Registra Toolgate presso il tuo provider, poi aggiungilo qui sotto." }
    providers_new() { en: "Add a provider", it: "Aggiungi un provider" }
    providers_add() { en: "Add provider", it: "Aggiungi provider" }
    providers_save() { en: "Save changes", it: "Salva modifiche" }
    providers_edit() { en: "Edit", it: "Modifica" }
    providers_close() { en: "Close", it: "Chiudi" }
    providers_added() { en: "Provider added. Test it, then sign in with it in another browser.", it: "Provider aggiunto. Provalo, poi accedi con questo da un altro browser." }
    providers_saved() { en: "Changes saved.", it: "Modifiche salvate." }
    providers_removed() { en: "Provider removed.", it: "Provider rimosso." }
    provider_test() { en: "Test", it: "Prova" }
    provider_test_ok(name: &str) { en: "{name} answers and can sign people in.", it: "{name} risponde e può far accedere le persone." }
    provider_test_failed(name: &str) { en: "{name} can’t sign people in", it: "{name} non può far accedere le persone" }
    provider_test_issuer(issuer: &str) { en: "It calls itself {issuer}. Enter exactly that as its issuer.", it: "Si presenta come {issuer}. Inserisci esattamente questo come issuer." }
    provider_test_scopes(scopes: &str) { en: "It does not list these scopes, and may refuse them: {scopes}", it: "Non elenca questi scope e potrebbe rifiutarli: {scopes}" }
    provider_test_no_sign_out() { en: "It can’t sign people out.", it: "Non può disconnettere le persone." }
    provider_test_no_details() { en: "It does not tell names, e-mail addresses and groups (no userinfo).", it: "Non comunica nomi, indirizzi e-mail e gruppi (nessun userinfo)." }
    provider_part_server() { en: "Provider", it: "Provider" }
    provider_part_client() { en: "Toolgate at the provider", it: "Toolgate presso il provider" }
    provider_part_claims() { en: "What it tells about people", it: "Che cosa comunica delle persone" }
    provider_part_people() { en: "Who comes in", it: "Chi può entrare" }
    provider_name() { en: "Name on the button", it: "Nome sul pulsante" }
    provider_name_hint() { en: "Like “University account”.", it: "Per esempio «Account universitario»." }
    provider_issuer() { en: "Issuer", it: "Issuer" }
    provider_issuer_hint() { en: "Begins with https://. Discovery is read below it.", it: "Inizia con https://. La discovery si legge sotto questo indirizzo." }
    provider_client_id() { en: "Client ID", it: "Client ID" }
    provider_client_secret() { en: "Client secret", it: "Client secret" }
    provider_secret_stored() { en: "One is stored. Leave this empty to keep it.", it: "Ce n’è uno salvato. Lascia vuoto per mantenerlo." }
    provider_secret_hint() { en: "Stored here and shown to nobody.", it: "Si salva qui e non si mostra a nessuno." }
    provider_redirect() { en: "Redirect address", it: "Indirizzo di ritorno" }
    provider_redirect_hint() { en: "Register these two at the provider.", it: "Registra questi due presso il provider." }
    provider_after_sign_out() { en: "Address after signing out", it: "Indirizzo dopo la disconnessione" }
    provider_scopes() { en: "Scopes", it: "Scope" }
    provider_scopes_hint() { en: "Besides openid, separated by spaces.", it: "Oltre a openid, separati da spazi." }
    provider_groups_claim() { en: "Groups claim", it: "Claim dei gruppi" }
    provider_groups_claim_hint() { en: "Like “groups”. Rules decide what these groups give here. Empty: nothing.", it: "Per esempio «groups». Le regole decidono che cosa danno qui questi gruppi. Vuoto: niente." }
    provider_second_factor() { en: "Second factor at the provider", it: "Secondo fattore presso il provider" }
    provider_factor_values() { en: "Values that assert it", it: "Valori che lo attestano" }
    provider_factor_values_hint() { en: "Of acr or amr, like “mfa”.", it: "Di acr o amr, per esempio «mfa»." }
    provider_factor_values_missing() { en: "Enter at least one value, like “mfa”.", it: "Inserisci almeno un valore, per esempio «mfa»." }
    provider_admission() { en: "People without an account here", it: "Persone senza un account qui" }
    provider_signs_out() { en: "Offer to sign out there as well", it: "Proponi di disconnettersi anche lì" }
    provider_active() { en: "People can sign in with it", it: "Si può accedere con questo provider" }
    provider_remove() { en: "Remove", it: "Rimuovi" }
    provider_remove_confirm() { en: "Remove provider", it: "Rimuovi provider" }
    provider_remove_next() { en: "All links to accounts there are deleted, with the secret and the group rules. People who came in by it are signed out.", it: "Tutti i collegamenti ad account presso il provider vengono eliminati, con il secret e le regole dei gruppi. Chi è entrato così viene disconnesso." }
    provider_only_way(n: u32) {
        en: [one: "{n} person has no other way to sign in, and will need a link from a manager.", other: "{n} people have no other way to sign in, and will need a link from a manager."],
        it: [one: "{n} persona non ha altro modo di accedere e avrà bisogno di un link da un responsabile.", other: "{n} persone non hanno altro modo di accedere e avranno bisogno di un link da un responsabile."],
    }
    provider_links(n: u32) { en: [one: "{n} linked account", other: "{n} linked accounts"], it: [one: "{n} account collegato", other: "{n} account collegati"] }
    provider_off() { en: "Off", it: "Disattivato" }
    provider_untried() { en: "Not used yet", it: "Non ancora usato" }
    provider_worked(when: &str) { en: "Worked {when}", it: "Ha funzionato {when}" }
    provider_failing(why: &str, when: &str) { en: "{why} Last tried {when}.", it: "{why} Ultima prova {when}." }
    provider_unknown() { en: "This provider does not exist any more.", it: "Questo provider non esiste più." }
    provider_too_many(most: &str) { en: "There are {most} providers already. Remove one first.", it: "Ci sono già {most} provider. Rimuovine prima uno." }
    provider_taken() { en: "There is a provider with this issuer and client ID already.", it: "C’è già un provider con questo issuer e client ID." }
    provider_issuer_linked() { en: "Accounts are linked to this issuer. Add another provider instead.", it: "Ci sono account collegati a questo issuer. Aggiungi invece un altro provider." }
    provider_secret_invalid() { en: "Enter the secret as the provider shows it, at most 1,000 characters.", it: "Inserisci il secret come lo mostra il provider, al massimo 1.000 caratteri." }
    provider_secret_again() { en: "Enter the secret again: the stored one is for another issuer or client ID.", it: "Inserisci di nuovo il secret: quello salvato è per un altro issuer o client ID." }
    provider_secret_forget() { en: "Delete the stored secret: this client has none", it: "Elimina il secret salvato: questo client non ne ha" }
    provider_tokens_characters() { en: "Use words without accents and quotes, separated by spaces.", it: "Usa parole senza accenti e virgolette, separate da spazi." }
    provider_tokens_long(most: &str) { en: "Use at most {most} characters for each word.", it: "Usa al massimo {most} caratteri per parola." }
    provider_tokens_many(most: &str) { en: "Use at most {most} words.", it: "Usa al massimo {most} parole." }
    provider_rules_none() { en: "Groups there give nothing here yet.", it: "I gruppi del provider non danno ancora niente qui." }
    provider_rule_group() { en: "Group there", it: "Gruppo presso il provider" }
    provider_rule_add() { en: "Add rule", it: "Aggiungi regola" }
    provider_rules() { en: "What groups there give here", it: "Che cosa danno qui i gruppi" }

    provider_leaving(name: &str) { en: "{name}: one moment", it: "{name}: un momento" }
    provider_leaving_next() { en: "You are sent on to sign in there.", it: "Tra un attimo accedi lì." }
    provider_leaving_out() { en: "You are signed out here, and sent on to sign out there.", it: "Qui l’accesso è chiuso. Tra un attimo lo chiudi anche lì." }
    provider_continue() { en: "Continue", it: "Continua" }

    arrival_unknown() { en: "You are not a member here yet", it: "Non fai ancora parte di questo laboratorio" }
    arrival_known_as(provider: &str, name: &str, workshop: &str) { en: "{provider} knows you as {name}. {workshop} does not.", it: "{provider} ti conosce come {name}. {workshop} no." }
    arrival_known(provider: &str, workshop: &str) { en: "{provider} knows you. {workshop} does not.", it: "{provider} ti conosce. {workshop} no." }
    arrival_new() { en: "New here?", it: "Prima volta qui?" }
    arrival_new_next() { en: "Ask to join. Your name and e-mail are filled in.", it: "Chiedi l’iscrizione. Nome ed e-mail sono già compilati." }
    arrival_new_closed() { en: "Ask a manager for an invitation.", it: "Chiedi un invito a un responsabile." }
    arrival_member() { en: "Already a member?", it: "Fai già parte del laboratorio?" }
    arrival_member_next() { en: "Sign in as usual, then link the account under Me, Sign-in.", it: "Accedi come al solito, poi collega l’account in Profilo, Accesso." }
    arrival_ask(name: &str) { en: "Ask to join as {name}", it: "Chiedi l’iscrizione come {name}" }
    arrival_ask_nobody() { en: "Ask to join", it: "Chiedi l’iscrizione" }
    arrival_join(name: &str) { en: "Join as {name}", it: "Entra come {name}" }
    arrival_join_nobody() { en: "Join", it: "Entra" }
    arrival_join_next() { en: "Enter the name by which others know you here.", it: "Inserisci il nome con cui ti conoscono qui." }
    arrival_join_ready() { en: "Your address is confirmed.", it: "Il tuo indirizzo è confermato." }
    arrival_confirm() { en: "Prove that the address is yours", it: "Dimostra che l’indirizzo è tuo" }
    arrival_confirm_next(provider: &str) { en: "{provider} does not confirm your e-mail address. Enter it, and the code that is mailed to it.", it: "{provider} non conferma il tuo indirizzo e-mail. Inseriscilo, poi inserisci il codice che ricevi." }
    arrival_confirm_sent(email: &str) { en: "A code was mailed to {email}. Enter it within 10 minutes.", it: "Un codice è stato inviato a {email}. Inseriscilo entro 10 minuti." }
    arrival_confirm_no_mail() { en: "Your e-mail address is not confirmed, and no mail can be sent from here to prove it. If you have an account here, sign in as usual, then link this one under Me, Sign-in. Otherwise ask a manager for an invitation.", it: "Il tuo indirizzo e-mail non è confermato e da qui non si può inviare posta per dimostrarlo. Se hai già un account qui, accedi come al solito, poi collega questo in Profilo, Accesso. Altrimenti chiedi un invito a un responsabile." }
    arrival_confirm_send() { en: "Mail code", it: "Invia codice" }
    arrival_confirm_again() { en: "Mail another code", it: "Invia un altro codice" }
    arrival_confirm_code() { en: "Code from the mail", it: "Codice ricevuto per e-mail" }
    arrival_confirm_do() { en: "Confirm address", it: "Conferma indirizzo" }
    address_code_wrong() { en: "This code is wrong, used or replaced. Enter the newest one, or have another mailed.", it: "Questo codice è sbagliato, già usato o sostituito. Inserisci il più recente o fattene inviare un altro." }
    address_code_not_sent() { en: "The code could not be mailed. Check the address and try again later, or sign in another way.", it: "Non è stato possibile inviare il codice. Controlla l’indirizzo e riprova più tardi, o accedi in un altro modo." }
    arrival_name() { en: "Your name", it: "Il tuo nome" }
    arrival_other_ways() { en: "Other ways to sign in", it: "Altri modi di accedere" }
    arrival_again() { en: "Start over", it: "Ricomincia" }
    arrival_sign_out(provider: &str) { en: "Sign out of {provider}", it: "Esci da {provider}" }
    arrival_prove() { en: "Is this you?", it: "È il tuo account?" }
    arrival_prove_next(email: &str) { en: "There is an account here with {email}. Enter its password once, and both are linked.", it: "C’è già un account qui con {email}. Inserisci una volta la sua password e i due si collegano." }
    arrival_prove_elsewhere(email: &str) { en: "There is an account here with {email}. Sign in as usual, then link the account under Me, Sign-in.", it: "C’è già un account qui con {email}. Accedi come al solito, poi collega l’account in Profilo, Accesso." }
    arrival_link() { en: "Link and sign in", it: "Collega e accedi" }
    arrival_code() { en: "Code of your authenticator", it: "Codice del tuo autenticatore" }
    arrival_code_hint() { en: "Or a recovery code.", it: "O un codice di recupero." }
    arrival_gone() { en: "This took too long. Start over.", it: "È passato troppo tempo. Ricomincia." }

    identities_title() { en: "Accounts", it: "Account" }
    identity_not_linked() { en: "Not linked", it: "Non collegato" }
    identity_used(when: &str) { en: "used {when}", it: "usato {when}" }
    identity_link() { en: "Link", it: "Collega" }
    identity_unlink() { en: "Unlink", it: "Scollega" }
    identity_last() { en: "Your only way in", it: "Il tuo unico accesso" }
    identity_linked() { en: "Account linked.", it: "Account collegato." }
    identity_unlinked() { en: "Account unlinked. Other devices are signed out.", it: "Account scollegato. Gli altri dispositivi sono disconnessi." }
    identity_sign_out(name: &str) { en: "Sign out here and at {name}", it: "Esci qui e da {name}" }
    notice_identity_linked() { en: "An account was linked to yours", it: "Un account è stato collegato al tuo" }
    notice_identity_unlinked() { en: "An account was unlinked from yours", it: "Un account è stato scollegato dal tuo" }
}

names! {
    /// Who comes in, as a choice.
    provider_admission_name(admission: Admission) {
        Existing { en: "Can’t come in", it: "Non possono entrare" }
        Applicants { en: "May ask to join", it: "Possono chiedere l’iscrizione" }
        Members { en: "Become members at once", it: "Diventano subito membri" }
    }
    /// What a second factor there is worth, as a choice.
    provider_factor_name(factor: SecondFactorUse) {
        Ignored { en: "Ignored", it: "Ignorato" }
        Counts { en: "Counts here", it: "Vale anche qui" }
        Required { en: "Required", it: "Richiesto" }
    }
    /// The fault of a provider, and what to do.
    provider_failure(failure: Failure) {
        Unreachable { en: "No server answers at this address. Check the issuer.", it: "A questo indirizzo non risponde nessun server. Controlla l’issuer." }
        Slow { en: "The provider took too long.", it: "Il provider ha impiegato troppo tempo." }
        Certificate { en: "The provider’s certificate is not valid.", it: "Il certificato del provider non è valido." }
        Private { en: "The address is in a private network. If that is right, allow the host on the server with --allow-host.", it: "L’indirizzo è in una rete privata. Se è giusto, permetti l’host sul server con --allow-host." }
        Missing { en: "There is no discovery document below this issuer. Check the issuer.", it: "Sotto questo issuer non c’è un documento di discovery. Controlla l’issuer." }
        Unavailable { en: "The provider answers with an error.", it: "Il provider risponde con un errore." }
        Unclear { en: "The provider’s answer can’t be read.", it: "La risposta del provider non è leggibile." }
        OtherIssuer { en: "The provider calls itself by another issuer.", it: "Il provider si presenta con un altro issuer." }
        Keys { en: "The provider publishes no key to check signatures with.", it: "Il provider non pubblica chiavi per verificare le firme." }
        Algorithm { en: "The provider signs neither by RS256 nor by ES256. Choose one of them there.", it: "Il provider non firma né con RS256 né con ES256. Scegline uno lì." }
        Endpoint { en: "An address that the provider names is missing, not https, or not allowed.", it: "Un indirizzo indicato dal provider manca, non è https o non è permesso." }
        Client { en: "The provider does not accept the client ID or secret.", it: "Il provider non accetta il client ID o il secret." }
        Statement { en: "The provider’s statement about a person is not valid.", it: "La dichiarazione del provider su una persona non è valida." }
    }
    /// The headline for a person who is not let in.
    refusal_title(refusal: Refusal) {
        Denied { en: "Sign-in cancelled", it: "Accesso annullato" }
        OtherBrowser { en: "Sign-in already used", it: "Accesso già usato" }
        Expired { en: "That took too long", it: "È passato troppo tempo" }
        Unverified { en: "Sign-in could not be verified", it: "Accesso non verificabile" }
        Unreachable { en: "The provider does not answer", it: "Il provider non risponde" }
        Unreadable { en: "The provider’s answer can’t be read", it: "La risposta del provider non è leggibile" }
        Off { en: "This way in is off", it: "Questo accesso è disattivato" }
        NotAdmitted { en: "You are not a member here yet", it: "Non fai ancora parte di questo laboratorio" }
        Suspended { en: "Your account is suspended", it: "Il tuo account è sospeso" }
        Left { en: "You are no longer a member here", it: "Non fai più parte di questo laboratorio" }
        SecondFactor { en: "Second factor needed", it: "Serve il secondo fattore" }
        LinkedElsewhere { en: "Linked to someone else", it: "Collegato a un’altra persona" }
        AlreadyLinked { en: "Another account is linked", it: "È collegato un altro account" }
        OtherAccount { en: "That was another account", it: "Era un altro account" }
        NotRecent { en: "The provider did not ask again", it: "Il provider non ha chiesto di nuovo l’accesso" }
        TooMany { en: "Too many attempts", it: "Troppi tentativi" }
    }
    /// What they can do then.
    refusal_next(refusal: Refusal) {
        Denied { en: "You or the provider said no. Try again, or sign in another way.", it: "Tu o il provider avete detto no. Riprova o accedi in un altro modo." }
        OtherBrowser { en: "It began in another browser, or was finished already. Start over in this one.", it: "È iniziato in un altro browser o è già concluso. Ricomincia in questo." }
        Expired { en: "Sign-in has to be finished within 10 minutes. Start over.", it: "L’accesso va completato entro 10 minuti. Ricomincia." }
        Unverified { en: "What the provider sent could not be verified. Start over. If this goes on, tell a manager.", it: "Non è stato possibile verificare che cosa ha inviato il provider. Ricomincia. Se succede ancora, avvisa un responsabile." }
        Unreachable { en: "Try again in a few minutes, or sign in another way.", it: "Riprova tra qualche minuto o accedi in un altro modo." }
        Unreadable { en: "It answers, but not as expected. Sign in another way, and tell a manager.", it: "Risponde, ma non come previsto. Accedi in un altro modo e avvisa un responsabile." }
        Off { en: "A manager has switched it off. Sign in another way.", it: "Un responsabile lo ha disattivato. Accedi in un altro modo." }
        NotAdmitted { en: "Ask a manager for an invitation.", it: "Chiedi un invito a un responsabile." }
        Suspended { en: "Ask a manager why, and what to do.", it: "Chiedi a un responsabile il motivo e che cosa fare." }
        Left { en: "If that is wrong, ask a manager.", it: "Se non è giusto, chiedi a un responsabile." }
        SecondFactor { en: "Sign in at the provider with your second factor, and try again.", it: "Accedi dal provider con il secondo fattore e riprova." }
        LinkedElsewhere { en: "This account at the provider belongs to another person here. Sign out there and use yours.", it: "Questo account del provider è di un’altra persona. Esci lì e usa il tuo." }
        AlreadyLinked { en: "You have linked another account of this provider. Unlink it first, under Me, Sign-in.", it: "Hai collegato un altro account di questo provider. Scollegalo prima, in Profilo, Accesso." }
        OtherAccount { en: "You signed in there with an account that is not linked to yours. Sign out there and use the linked one.", it: "Hai usato un account che non è collegato al tuo. Esci lì e usa quello collegato." }
        NotRecent { en: "It does not say that you signed in there just now. Confirm in another way that it’s you, or ask a manager for a link.", it: "Non conferma che hai appena fatto l’accesso. Conferma la tua identità in un altro modo o chiedi un link a un responsabile." }
        TooMany { en: "Wait a minute, then start over.", it: "Aspetta un minuto, poi ricomincia." }
    }
    /// Why something is no issuer.
    issuer_invalid(invalid: InvalidIssuer) {
        Form { en: "Enter an address like https://id.example.org, without ? and #.", it: "Inserisci un indirizzo come https://id.example.org, senza ? e #." }
        Insecure { en: "Use an address that begins with https://.", it: "Usa un indirizzo che inizia con https://." }
        Private { en: "This address is in a private network. Allow its host on the server with --allow-host.", it: "Questo indirizzo è in una rete privata. Permetti il suo host sul server con --allow-host." }
    }
}

impl Lang {
    /// Why something is no list of scopes or values.
    #[must_use]
    pub fn provider_tokens(self, invalid: InvalidTokens) -> String {
        match invalid {
            InvalidTokens::Character => self.provider_tokens_characters().to_owned(),
            InvalidTokens::Long => self.provider_tokens_long(&TOKEN.to_string()),
            InvalidTokens::Many => self.provider_tokens_many(&TOKENS.to_string()),
        }
    }
}

/// Actions in the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("identity-provider.added", "added a sign-in provider", "ha aggiunto un provider di accesso"),
    ("identity-provider.changed", "changed a sign-in provider", "ha modificato un provider di accesso"),
    ("identity-provider.removed", "removed a sign-in provider", "ha rimosso un provider di accesso"),
    ("identity-provider.tested", "tested a sign-in provider", "ha provato un provider di accesso"),
    (
        "account.identity-linked",
        "linked an account at a sign-in provider",
        "ha collegato un account di un provider di accesso",
    ),
    (
        "account.identity-unlinked",
        "unlinked an account at a sign-in provider",
        "ha scollegato un account di un provider di accesso",
    ),
    ("account.joined", "joined by a sign-in provider", "si è unito tramite un provider di accesso"),
];
