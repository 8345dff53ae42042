//! The pages of the user directory.

use domain::user_directory::{
    GroupSource, RunKind, Trouble,
    sync::{Effect, Skip},
};

text! {
    directory_title() { en: "Directory", it: "Directory" }
    directory_sub() {
        en: "People sign in with their account of another institution, and a sync follows who comes and leaves.",
        it: "Le persone accedono con l’account di un altro ente, e una sincronizzazione segue chi arriva e chi se ne va.",
    }
    directory_people() { en: "People and groups", it: "Persone e gruppi" }
    directory_connection() { en: "Connection", it: "Connessione" }
    directory_none() { en: "No directory connected", it: "Nessuna directory collegata" }
    directory_none_next() {
        en: "Enter the address of an LDAP directory, for example of your university.",
        it: "Inserisci l’indirizzo di una directory LDAP, per esempio della tua università.",
    }
    directory_connect() { en: "Connect directory", it: "Collega directory" }
    directory_synced(host: &str, at: &str) { en: "{host}, last sync {at}", it: "{host}, ultima sincronizzazione {at}" }
    directory_never_synced(host: &str) { en: "{host}, not synced yet", it: "{host}, mai sincronizzata" }
    directory_linked(count: u32) { en: [one: "{count} person", other: "{count} people"], it: [one: "{count} persona", other: "{count} persone"] }
    directory_no_sync_since(at: &str) { en: "No sync since {at}", it: (Da at => "Nessuna sincronizzazione {at}") }
    directory_no_sync() { en: "No sync yet", it: "Ancora nessuna sincronizzazione" }
    directory_waits() { en: "A sync waits for you", it: "Una sincronizzazione ti aspetta" }
    directory_waits_next() {
        en: "It would take access from more people than it may without you. Run the dry run to see whom.",
        it: "Toglierebbe l’accesso a più persone di quante possa senza di te. Esegui la prova per vedere a chi.",
    }
    directory_waits_new_settings() {
        en: "It would take access from people for the first time since the connection was changed. Run the dry run to see from whom.",
        it: "Toglierebbe l’accesso a qualcuno per la prima volta da quando la connessione è stata modificata. Esegui la prova per vedere a chi.",
    }
    directory_meanwhile() { en: "Meanwhile", it: "Nel frattempo" }
    directory_cards_work() { en: "Cards and machines work as before", it: "Tessere e macchine funzionano come prima" }
    directory_local_works() { en: "Passwords set here work", it: "Le password impostate qui funzionano" }
    directory_sign_in_fails() { en: "Sign-in with a directory account may not", it: "L’accesso con un account della directory può non funzionare" }
    directory_leavers_stay() { en: "Who left there since is not suspended here", it: "Chi è uscito da allora non è sospeso qui" }
    directory_tries() { en: "Last syncs", it: "Ultime sincronizzazioni" }
    directory_tried_at() { en: "At", it: "Quando" }
    directory_tried_people() { en: "People", it: "Persone" }
    directory_tried_result() { en: "Result", it: "Esito" }
    directory_changes(count: u32) { en: [one: "{count} change", other: "{count} changes"], it: [one: "{count} modifica", other: "{count} modifiche"] }
    directory_run_waits() { en: "waits for a manager", it: "aspetta un responsabile" }
    directory_nothing_to_do() { en: "Nothing to change", it: "Nulla da cambiare" }
    directory_headline(count: u32) { en: [one: "{count} change", other: "{count} changes"], it: [one: "{count} modifica", other: "{count} modifiche"] }
    directory_lose_access(count: u32) { en: [one: "{count} person loses access", other: "{count} people lose access"], it: [one: "{count} persona perde l’accesso", other: "{count} persone perdono l’accesso"] }
    directory_dry_run_at(at: &str) { en: "Dry run: {at}. Nothing has been changed yet.", it: "Prova: {at}. Non è ancora cambiato nulla." }
    directory_no_dry_run_yet() { en: "See who would join, change and leave", it: "Vedi chi arriverebbe, cambierebbe e uscirebbe" }
    directory_dry_run_next() { en: "The dry run reads the directory and changes nothing.", it: "La prova legge la directory e non cambia nulla." }
    directory_run() { en: "Run dry run", it: "Esegui prova" }
    directory_run_again() { en: "Run again", it: "Ripeti" }
    directory_apply(count: u32) { en: [one: "Apply {count} change", other: "Apply {count} changes"], it: [one: "Applica {count} modifica", other: "Applica {count} modifiche"] }
    directory_applied() { en: "Synced with the directory.", it: "Sincronizzato con la directory." }
    directory_saved() { en: "Connection saved. Test it now.", it: "Connessione salvata. Ora provala." }
    directory_what() { en: "What would happen", it: "Che cosa succederebbe" }
    directory_stay() { en: "Stay as they are", it: "Restano come sono" }
    directory_and_more(count: u32) { en: [one: "and {count} more", other: "and {count} more"], it: [one: "e {count} altra", other: "e altre {count}"] }
    directory_keep() { en: "Keep", it: "Mantieni" }
    directory_unlink() { en: "Unlink", it: "Scollega" }
    directory_suspended() { en: "Suspended because they left the directory", it: "Sospesi perché hanno lasciato la directory" }
    directory_unlink_next() {
        en: "The next sync reinstates who is back. Unlink a person to reinstate them yourself; they then need a password here.",
        it: "La prossima sincronizzazione riammette chi è tornato. Scollega una persona per riammetterla tu; le servirà una password qui.",
    }
    directory_brake(percent: &str) {
        en: "A timed sync that would suspend more than {percent} %, or anybody after the connection was changed, stops and waits for you. Administrators are never suspended by it.",
        it: (Di percent => "Una sincronizzazione automatica che sospenderebbe più {percent} %, o chiunque dopo una modifica della connessione, si ferma e ti aspetta. Non sospende mai gli amministratori."),
    }
    directory_mapping() { en: "Groups", it: "Gruppi" }
    directory_mapping_sub() { en: "Every match counts.", it: "Ogni corrispondenza conta." }
    directory_mapping_none() { en: "No groups mapped yet", it: "Ancora nessun gruppo abbinato" }
    directory_mapping_none_next() {
        en: "Add a group of the directory, and what its people get here.",
        it: "Aggiungi un gruppo della directory e che cosa ricevono qui i suoi membri.",
    }
    directory_group_there() { en: "Group there", it: "Gruppo nella directory" }
    directory_group_hint() { en: "Its name, like laser-course-done, or its whole distinguished name.", it: "Il suo nome, come laser-course-done, o il nome distinto per intero." }
    directory_gives() { en: "Gives here", it: "Dà qui" }
    directory_add_group() { en: "Add group", it: "Aggiungi gruppo" }
    directory_remove_group() { en: "Remove", it: "Togli" }
    directory_archived() { en: "archived: gives nothing", it: "archiviato: non dà nulla" }
    directory_unmatched() { en: "Nobody in the directory has this group. Check its name.", it: "Nella directory nessuno ha questo gruppo. Controlla il nome." }
    directory_address() { en: "Address", it: "Indirizzo" }
    directory_address_hint() { en: "ldaps://ldap.uni.example, or ldap:// with StartTLS.", it: "ldaps://ldap.uni.example, oppure ldap:// con StartTLS." }
    directory_certificates() { en: "Certificate of its authority", it: "Certificato della sua autorità" }
    directory_certificates_hint() { en: "PEM; only if this machine does not trust it already.", it: "PEM; solo se questa macchina non la riconosce già." }
    directory_bind_dn() { en: "Read as", it: "Leggi come" }
    directory_bind_dn_hint() { en: "Like cn=reader,dc=uni,dc=example. It only needs to read.", it: "Come cn=reader,dc=uni,dc=example. Deve solo poter leggere." }
    directory_bind_password() { en: "Password", it: "Password" }
    directory_bind_password_hint() { en: "Leave blank to keep the stored one.", it: "Lascia vuoto per tenere quella salvata." }
    directory_base() { en: "Base of people", it: "Base delle persone" }
    directory_base_hint() { en: "Like ou=people,dc=uni,dc=example.", it: "Come ou=people,dc=uni,dc=example." }
    directory_filter() { en: "Filter for people", it: "Filtro per le persone" }
    directory_filter_hint() { en: "{login} is what they type at sign-in.", it: "{login} è ciò che digitano all’accesso." }
    directory_attributes() { en: "Attributes", it: "Attributi" }
    directory_login() { en: "Login name", it: "Nome utente" }
    directory_name() { en: "Name", it: "Nome" }
    directory_email() { en: "E-mail", it: "E-mail" }
    directory_unique() { en: "Unique id", it: "Id univoco" }
    directory_unique_hint() { en: "entryUUID, or objectGUID in Active Directory.", it: "entryUUID, oppure objectGUID in Active Directory." }
    directory_groups() { en: "Groups", it: "Gruppi" }
    directory_member_of() { en: "Attribute with the groups", it: "Attributo con i gruppi" }
    directory_group_base() { en: "Base of groups", it: "Base dei gruppi" }
    directory_group_base_hint() { en: "Only groups below it count. Blank: the base of people.", it: "Contano solo i gruppi sotto di essa. Vuoto: la base delle persone." }
    directory_signs_in() { en: "People sign in with their directory password", it: "Le persone accedono con la password della directory" }
    directory_admits() { en: "New people are members at once", it: "Chi è nuovo è subito membro" }
    directory_adds() { en: "A sync adds everybody it finds", it: "La sincronizzazione aggiunge chiunque trovi" }
    directory_every() { en: "Minutes between syncs", it: "Minuti tra le sincronizzazioni" }
    directory_every_hint() { en: "0: only by hand.", it: "0: solo a mano." }
    directory_most() { en: "Suspend without asking, at most (%)", it: "Sospendi senza chiedere, al massimo (%)" }
    directory_save() { en: "Save connection", it: "Salva connessione" }
    directory_test() { en: "Test connection", it: "Prova connessione" }
    directory_test_good(people: u32) {
        en: [one: "It works: {people} person found.", other: "It works: {people} people found."],
        it: [one: "Funziona: trovata {people} persona.", other: "Funziona: trovate {people} persone."],
    }
    directory_test_groups(count: u32) { en: [one: "{count} of them has a group.", other: "{count} of them have a group."], it: [one: "{count} ha un gruppo.", other: "{count} hanno un gruppo."] }
    directory_test_failed() { en: "The test failed", it: "La prova non è riuscita" }
    directory_disconnect() { en: "Disconnect directory", it: "Scollega directory" }
    directory_disconnect_next() {
        en: "Deletes the settings, group rules and links. People stay as they are; those without a password here can no longer sign in.",
        it: "Elimina impostazioni, regole e collegamenti. Le persone restano come sono; chi non ha una password qui non può più accedere.",
    }
    directory_disconnect_confirm() { en: "Disconnect", it: "Scollega" }
    directory_administrators_only() { en: "Only administrators change the connection.", it: "Solo gli amministratori modificano la connessione." }
    directory_mine_title() { en: "Link directory account", it: "Collega account della directory" }
    directory_mine_sub() { en: "Then you can sign in here with its password.", it: "Poi puoi accedere qui con la sua password." }
    directory_mine_login() { en: "Directory login name", it: "Nome utente della directory" }
    directory_mine_password() { en: "Directory password", it: "Password della directory" }
    directory_mine_link() { en: "Link account", it: "Collega account" }
    directory_mine_linked() { en: "Your directory account is linked.", it: "Il tuo account della directory è collegato." }
}

names! {
    /// The headline of a failure.
    directory_headline_of(trouble: Trouble) {
        NotSetUp { en: "Not connected", it: "Non collegata" }
        Unreachable { en: "It can’t be reached", it: "Non è raggiungibile" }
        NoAnswer { en: "It does not answer", it: "Non risponde" }
        Certificate { en: "Its certificate is not valid", it: "Il suo certificato non è valido" }
        NoEncryption { en: "It refuses encryption", it: "Rifiuta la cifratura" }
        BindRefused { en: "It refuses our password", it: "Rifiuta la nostra password" }
        BaseNotFound { en: "Nobody is found there", it: "Lì non c’è nessuno" }
        SizeLimit { en: "It cuts the list", it: "Taglia l’elenco" }
        InvalidFilter { en: "It refuses the filter", it: "Rifiuta il filtro" }
        NotAllowed { en: "We may not read there", it: "Lì non possiamo leggere" }
        NoUniqueId { en: "Entries have no unique id", it: "Le voci non hanno un id univoco" }
        Elsewhere { en: "The base is on another server", it: "La base è su un altro server" }
        Unclear { en: "It answers something unexpected", it: "Risponde in modo inatteso" }
    }

    /// Where groups are.
    directory_group_source(source: GroupSource) {
        Nowhere { en: "Not used", it: "Non usati" }
        MemberOf { en: "In an attribute of each person (memberOf)", it: "In un attributo di ogni persona (memberOf)" }
        Entries { en: "In entries that list their members", it: "In voci che elencano i loro membri" }
    }

    /// What would happen to people.
    directory_effect(effect: Effect) {
        Join { en: "would join", it: "arriverebbero" }
        Link { en: "would be linked to their account here", it: "da collegare al proprio account qui" }
        Update { en: "would get a new name or address", it: "cambierebbero nome o indirizzo" }
        JoinGroup { en: "would join a group", it: "entrerebbero in un gruppo" }
        LeaveGroup { en: "would leave a group", it: "uscirebbero da un gruppo" }
        Qualify { en: "would get a qualification", it: "riceverebbero un’abilitazione" }
        Disqualify { en: "would lose a qualification", it: "perderebbero un’abilitazione" }
        Suspend { en: "would be suspended", it: "verrebbero sospesi" }
        Readmit { en: "would be reinstated", it: "verrebbero riammessi" }
    }

    /// Why people stay as they are.
    directory_skip(reason: Skip) {
        SameEmail { en: "same address as an account here: linked when you apply a dry run", it: "stesso indirizzo di un account qui: collegati quando applichi una prova" }
        Staff { en: "managing here: to link on their own, under Me", it: "con ruolo di responsabile qui: da collegare per conto proprio, in Profilo" }
        OtherName { en: "same address as an account here with another name: to link on their own, under Me", it: "stesso indirizzo di un account qui con un altro nome: da collegare per conto proprio, in Profilo" }
        EmailTwice { en: "two directory accounts with one address", it: "due account della directory con lo stesso indirizzo" }
        EmailTaken { en: "another person here has the address", it: "un’altra persona qui ha l’indirizzo" }
        Nameless { en: "no name in the directory", it: "senza nome nella directory" }
        Left { en: "left this space", it: "hanno lasciato questo spazio" }
        Administrator { en: "left the directory, but administrators are not suspended", it: "hanno lasciato la directory, ma gli amministratori non vengono sospesi" }
        Elsewhere { en: "not found, but a part of the directory is on another server: nobody is suspended", it: "non trovati, ma una parte della directory è su un altro server: nessuno viene sospeso" }
    }

    /// How a sync began.
    directory_run_kind(kind: RunKind) {
        Timed { en: "automatic", it: "automatica" }
        Applied { en: "by a manager", it: "da un responsabile" }
    }
}
