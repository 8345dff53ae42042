//! The user directory: sign-in with it, notices, and why a request is refused. Not here: its pages (`user_directory_pages`).

use crate::{Lang, audit::Sentence};
use domain::user_directory::{InvalidSetting, Trouble, filter::InvalidTemplate, server_address::InvalidServer};

text! {
    sign_in_login() { en: "E-mail or login name", it: "E-mail o nome utente" }
    sign_in_directory_down() {
        en: "The directory can’t be reached, so only accounts with a password here can sign in. Try again later.",
        it: "La directory non è raggiungibile: per ora accede solo chi ha una password qui. Riprova più tardi.",
    }
    sign_in_directory_unclear() {
        en: "The directory answers, but not as expected, so only accounts with a password here can sign in. Tell a manager.",
        it: "La directory risponde, ma non come previsto: per ora accede solo chi ha una password qui. Avvisa un responsabile.",
    }
    sign_in_link_first() {
        en: "An account here already has your e-mail address. Sign in with its password, then link your directory account under Me.",
        it: "Un account qui ha già il tuo indirizzo e-mail. Accedi con la sua password, poi collega l’account della directory in Profilo.",
    }
    directory_refused() { en: "The directory refuses this name and password.", it: "La directory rifiuta questo nome e questa password." }
    directory_linked_already() {
        en: "You or this directory account are linked already. Ask a manager to unlink it.",
        it: "Tu o questo account della directory siete già collegati. Chiedi a un responsabile di scollegarlo.",
    }
    directory_not_connected() { en: "No directory is connected. Enter its address under Connection.", it: "Nessuna directory è collegata. Inserisci il suo indirizzo in Connessione." }
    directory_busy() { en: "The directory is being read. Try again in a minute.", it: "Lettura della directory in corso. Riprova tra un minuto." }
    directory_no_dry_run() { en: "Run the dry run again: the last one is older than 30 minutes.", it: "Ripeti la prova: l’ultima ha più di 30 minuti." }
    directory_changed() { en: "People, rules or the connection have changed since. Run the dry run again.", it: "Persone, regole o connessione sono cambiate nel frattempo. Ripeti la prova." }
    directory_interrupted(made: &str, planned: &str) {
        en: "{made} of {planned} changes were made before the database failed. Run the dry run again, then apply the rest.",
        it: "{made} modifiche su {planned} sono state fatte prima di un errore dei dati. Ripeti la prova, poi applica il resto.",
    }
    directory_nothing() { en: "Nothing to change.", it: "Non c’è nulla da cambiare." }
    directory_unlinked() { en: "This person is not linked to the directory.", it: "Questa persona non è collegata alla directory." }
    step_left_directory(login: &str) {
        en: "They left the directory ({login}). The next sync lifts the suspension when they are back; or unlink them from the directory.",
        it: "Ha lasciato la directory ({login}). La sospensione finisce con la sincronizzazione quando torna; oppure scollega la persona dalla directory.",
    }
    notice_directory_linked() { en: "Your directory account was linked", it: "Il tuo account della directory è stato collegato" }
    notice_directory_waits() { en: "A directory sync waits for you", it: "Una sincronizzazione con la directory ti aspetta" }
    notice_directory_waits_next() {
        en: "It would take access from more people than usual, or the connection was changed. Check the dry run, then apply it.",
        it: "Toglierebbe l’accesso a più persone del solito, o la connessione è stata modificata. Controlla la prova, poi applicala.",
    }
    notice_directory_failed() { en: "The directory can’t be read", it: "La directory non si può leggere" }
    notice_directory_failed_next() {
        en: "Nobody new gets in with a directory account until it works. Nobody loses access.",
        it: "Finché non funziona, nessuno entra con un account della directory per la prima volta. Nessuno perde l’accesso.",
    }
    system_job_user_directory() { en: "Sync with the directory", it: "Sincronizzare con la directory" }
}

names! {
    /// Why the directory did not do what it was asked, as a sentence with what to do.
    directory_trouble(trouble: Trouble) {
        NotSetUp { en: "No directory is connected.", it: "Nessuna directory è collegata." }
        Unreachable { en: "Nothing answers at this address. Check host, port and firewall.", it: "A questo indirizzo non risponde nessuno. Controlla host, porta e firewall." }
        NoAnswer { en: "The server accepts the connection but does not answer. Try again, or check the port.", it: "Il server accetta la connessione ma non risponde. Riprova, o controlla la porta." }
        Certificate { en: "Its certificate is not trusted, has expired, or is for another name. Add the certificate of its authority, or ask their IT to renew it.", it: "Il certificato non è attendibile, è scaduto o è di un altro nome. Aggiungi quello della sua autorità, o chiedi di rinnovarlo." }
        NoEncryption { en: "The server refuses StartTLS. Use ldaps://, or ask their IT to allow StartTLS.", it: "Il server rifiuta StartTLS. Usa ldaps://, o chiedi di abilitare StartTLS." }
        BindRefused { en: "It refuses the name or password that Toolgate reads with. Enter them again.", it: "Rifiuta il nome o la password con cui legge Toolgate. Inseriscili di nuovo." }
        BaseNotFound { en: "Nobody is found at this base. Check the base and the filter.", it: "In questa base non c’è nessuno. Controlla base e filtro." }
        SizeLimit { en: "The server cuts the list at a limit. Ask their IT to allow paged results for this reader.", it: "Il server taglia l’elenco a un limite. Chiedi di permettere i risultati a pagine per questo lettore." }
        InvalidFilter { en: "The server does not understand the filter. Check its parentheses and attributes.", it: "Il server non capisce il filtro. Controlla parentesi e attributi." }
        NotAllowed { en: "This reader may not search there. Ask their IT for read access.", it: "Questo lettore non può cercare lì. Chiedi l’accesso in lettura." }
        NoUniqueId { en: "An entry lacks the attribute for the unique id. Check its name, and that the reader may read it.", it: "A una voce manca l’attributo dell’id univoco. Controlla il nome e che il lettore possa leggerlo." }
        Elsewhere { en: "This base is on another server. Enter the address of that server.", it: "Questa base è su un altro server. Inserisci l’indirizzo di quel server." }
        Unclear { en: "The server answered something unexpected. Try again.", it: "Il server ha risposto in modo inatteso. Riprova." }
    }
}

impl Lang {
    /// The message at a setting of the directory.
    #[must_use]
    pub const fn directory_setting(self, invalid: InvalidSetting) -> &'static str {
        match (self, invalid) {
            (Self::En, InvalidSetting::Server(InvalidServer::Form)) => {
                "Enter an address like ldaps://ldap.uni.example."
            }
            (Self::It, InvalidSetting::Server(InvalidServer::Form)) => {
                "Inserisci un indirizzo come ldaps://ldap.uni.example."
            }
            (Self::En, InvalidSetting::Server(InvalidServer::More)) => {
                "Enter only the host, and a port if needed."
            }
            (Self::It, InvalidSetting::Server(InvalidServer::More)) => {
                "Inserisci solo l’host e, se serve, la porta."
            }
            (Self::En, InvalidSetting::Server(InvalidServer::Plain)) => {
                "Passwords need encryption: use ldaps://, or ldap:// with StartTLS."
            }
            (Self::It, InvalidSetting::Server(InvalidServer::Plain)) => {
                "Le password vanno cifrate: usa ldaps://, oppure ldap:// con StartTLS."
            }
            (Self::En, InvalidSetting::Template(InvalidTemplate::Form)) => {
                "Write a filter like (uid={login}), with matching parentheses."
            }
            (Self::It, InvalidSetting::Template(InvalidTemplate::Form)) => {
                "Scrivi un filtro come (uid={login}), con le parentesi ben chiuse."
            }
            (Self::En, InvalidSetting::Template(InvalidTemplate::NoPlace)) => {
                "Put {login} where the typed name belongs, as in (uid={login})."
            }
            (Self::It, InvalidSetting::Template(InvalidTemplate::NoPlace)) => {
                "Metti {login} al posto del nome digitato, come in (uid={login})."
            }
            (Self::En, InvalidSetting::Name) => "Enter a distinguished name like ou=people,dc=uni,dc=example.",
            (Self::It, InvalidSetting::Name) => "Inserisci un nome distinto come ou=people,dc=uni,dc=example.",
            (Self::En, InvalidSetting::Attribute) => "Enter the name of an attribute, like uid.",
            (Self::It, InvalidSetting::Attribute) => "Inserisci il nome di un attributo, come uid.",
            (Self::En, InvalidSetting::Certificates) => {
                "Paste the certificate from BEGIN CERTIFICATE to END CERTIFICATE, without a private key."
            }
            (Self::It, InvalidSetting::Certificates) => {
                "Incolla il certificato da BEGIN CERTIFICATE a END CERTIFICATE, senza chiave privata."
            }
            (Self::En, InvalidSetting::Password) => {
                "Enter the password: the stored one is for another server or name."
            }
            (Self::It, InvalidSetting::Password) => {
                "Inserisci la password: quella salvata è per un altro server o nome."
            }
        }
    }
}

/// Actions of the directory in the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("directory.connected", "connected the user directory", "ha collegato la directory degli utenti"),
    ("directory.disconnected", "disconnected the user directory", "ha scollegato la directory degli utenti"),
    ("directory.synced", "synced people with the directory", "ha sincronizzato le persone con la directory"),
    (
        "directory.groups-synced",
        "synced groups and qualifications with the directory",
        "ha sincronizzato gruppi e abilitazioni con la directory",
    ),
    ("directory.person-added", "added a person from the directory", "ha aggiunto una persona dalla directory"),
    ("directory.person-linked", "linked a person to the directory", "ha collegato una persona alla directory"),
    (
        "directory.person-changed",
        "changed a profile after the directory",
        "ha modificato un profilo secondo la directory",
    ),
    (
        "directory.person-unlinked",
        "unlinked a person from the directory",
        "ha scollegato una persona dalla directory",
    ),
    ("group-rule.added", "added a group rule", "ha aggiunto una regola sui gruppi"),
    ("group-rule.removed", "removed a group rule", "ha tolto una regola sui gruppi"),
];
