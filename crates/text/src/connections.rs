//! Connections to other systems, and SpaceAPI.

use crate::Lang;
use domain::{
    connections::{Counted, Kind, Trouble},
    time::Moment,
};

text! {
    connections_title() { en: "Connections", it: "Collegamenti" }
    nav_connections_next() { en: "E-mail, payments and other systems, and whether they work", it: "E-mail, pagamenti e altri sistemi, e se funzionano" }
    connections_count(n: u32) { en: [one: "{n} connected", other: "{n} connected"], it: [one: "{n} collegato", other: "{n} collegati"] }
    connections_failing(n: u32) { en: [one: "{n} of them fails", other: "{n} of them fail"], it: [one: "{n} non funziona", other: "{n} non funzionano"] }
    connections_fail_title(names: &str) { en: "Trouble with {names}", it: "Problemi con {names}" }
    connections_fail_next() { en: "Toolgate keeps trying.", it: "Toolgate continua a riprovare." }
    connections_kept(n: u32) { en: [one: "{n} message is waiting and goes out when it works again. Nothing is lost.", other: "{n} messages are waiting and go out when it works again. Nothing is lost."],
                               it: [one: "{n} messaggio è in attesa e parte appena torna a funzionare. Niente va perso.", other: "{n} messaggi sono in attesa e partono appena torna a funzionare. Niente va perso."] }
    connections_waiting(n: u32) { en: [one: "{n} waiting", other: "{n} waiting"], it: [one: "{n} in attesa", other: "{n} in attesa"] }
    connections_some_fail(n: u32, all: &str) { en: [one: "{n} of {all} fails", other: "{n} of {all} fail"], it: [one: "{n} su {all} non funziona", other: "{n} su {all} non funzionano"] }
    connection_devices(n: u32) { en: [one: "{n} device", other: "{n} devices"], it: [one: "{n} dispositivo", other: "{n} dispositivi"] }
    connection_people(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    connection_kinds(n: u32) { en: [one: "{n} kind of notices", other: "{n} kinds of notices"], it: [one: "{n} tipo di avvisi", other: "{n} tipi di avvisi"] }
    connection_channels(n: u32) { en: [one: "{n} channel", other: "{n} channels"], it: [one: "{n} canale", other: "{n} canali"] }
    connection_groups(n: u32) { en: [one: "{n} group", other: "{n} groups"], it: [one: "{n} gruppo", other: "{n} gruppi"] }
    connections_works() { en: "Works", it: "Funziona" }
    connections_worked(when: &str) { en: "Last worked {when}", it: "Ultima volta {when}" }
    connections_read(when: &str) { en: "Last read {when}", it: "Letto {when}" }
    connections_untried() { en: "Not used yet", it: "Non ancora usato" }
    connections_paused() { en: "Paused", it: "In pausa" }
    connections_none() { en: "Not connected", it: "Non collegato" }
    connections_none_yet() { en: "Nothing is connected yet", it: "Ancora nessun collegamento" }
    connections_none_yet_next() { en: "Begin with e-mail, so that people get invitations and notices.", it: "Comincia con l’e-mail, così arrivano inviti e avvisi." }

    spaceapi_not_public() {
        en: "This workshop does not show its status publicly. An administrator can change that under Settings → Public status.",
        it: "Questo laboratorio non mostra il suo stato in pubblico. Un amministratore può cambiarlo in Impostazioni → Stato pubblico.",
    }
    spaceapi_no_contact() {
        en: "SpaceAPI is off here. To turn it on, an administrator enters a contact e-mail under Settings.",
        it: "SpaceAPI qui è disattivata. Per attivarla, un amministratore inserisce un’e-mail di contatto in Impostazioni.",
    }
    spaceapi_no_address() {
        en: "SpaceAPI needs the address of this site: start Toolgate with --public-url, or enter website and logo under Settings.",
        it: "A SpaceAPI serve l’indirizzo di questo sito: avvia Toolgate con --public-url, o inserisci sito web e logo in Impostazioni.",
    }
    space_not_public() {
        en: "This workshop does not show publicly whether it is open.",
        it: "Questo laboratorio non mostra in pubblico se è aperto.",
    }
    embed_unknown() { en: "No opening hours", it: "Nessun orario di apertura" }
    embed_title(space: &str) { en: "{space}: open now?", it: "{space}: aperto adesso?" }
    embed_people(n: u32) { en: [one: "{n} person in", other: "{n} people in"], it: [one: "{n} persona dentro", other: "{n} persone dentro"] }
    published_title() { en: "On other sites", it: "Su altri siti" }
    published_intro() { en: "Show on your website whether the workshop is open, without names.", it: "Mostra sul tuo sito se il laboratorio è aperto. Non contiene nomi." }
    published_frame() { en: "HTML for your website", it: "HTML per il tuo sito" }
    published_spaceapi() { en: "Address for SpaceAPI", it: "Indirizzo per SpaceAPI" }
    published_spaceapi_next() { en: "Enter it at spaceapi.io to be listed in the directory of spaces.", it: "Inseriscilo su spaceapi.io per comparire nell’elenco degli spazi." }
    published_spaceapi_off() { en: "SpaceAPI is off. Enter a contact e-mail above to turn it on.", it: "SpaceAPI è disattivata. Inserisci sopra un’e-mail di contatto per attivarla." }
    published_copy() { en: "Copy", it: "Copia" }
    published_open() { en: "See it", it: "Guarda" }
}

names! {
    /// The name of a kind of connections.
    connection_kind(kind: Kind) {
        Mail { en: "E-mail", it: "E-mail" }
        Push { en: "Push", it: "Notifiche push" }
        Slack { en: "Slack", it: "Slack" }
        Webhooks { en: "Webhooks", it: "Webhook" }
        SpaceApi { en: "SpaceAPI", it: "SpaceAPI" }
        Calendars { en: "External calendars", it: "Calendari esterni" }
        Payments { en: "Payments", it: "Pagamenti" }
        Directory { en: "Directory", it: "Directory" }
        SignIn { en: "Sign-in providers", it: "Provider di accesso" }
        Broker { en: "Boards", it: "Schede" }
    }

    /// What goes through it.
    connection_use(kind: Kind) {
        Mail { en: "Invitations, password resets and notices", it: "Inviti, nuove password e avvisi" }
        Push { en: "Notices on phones, also when Toolgate is closed", it: "Avvisi sul telefono, anche con Toolgate chiuso" }
        Slack { en: "Notices in channels, and what is free when people ask", it: "Avvisi nei canali, e che cosa è libero per chi lo chiede" }
        Webhooks { en: "What happens here, sent to programs", it: "Quello che succede qui, inviato a programmi" }
        SpaceApi { en: "Whether you are open, for directories of spaces. Never who is in.", it: "Se siete aperti, per gli elenchi di spazi. Mai chi c’è." }
        Calendars { en: "Timetables that block machines and rooms", it: "Orari che bloccano macchine e sale" }
        Payments { en: "Whether members pay their dues. No card data.", it: "Se i membri pagano la quota. Nessun dato di carte." }
        Directory { en: "People and groups of your organisation", it: "Persone e gruppi della tua organizzazione" }
        SignIn { en: "Sign-in with an account that people have elsewhere", it: "Accesso con un account che le persone hanno altrove" }
        Broker { en: "The MQTT broker between Toolgate and the boards", it: "Il broker MQTT fra Toolgate e le schede" }
    }

    /// The link to make the first one.
    connection_offer(kind: Kind) {
        Mail { en: "Set up e-mail", it: "Configura l’e-mail" }
        Push { en: "Set up push", it: "Configura le notifiche push" }
        Slack { en: "Connect Slack", it: "Collega Slack" }
        Webhooks { en: "Add a webhook", it: "Aggiungi un webhook" }
        SpaceApi { en: "Turn on SpaceAPI", it: "Attiva SpaceAPI" }
        Calendars { en: "Add a calendar", it: "Aggiungi un calendario" }
        Payments { en: "Connect payments", it: "Collega i pagamenti" }
        Directory { en: "Connect a directory", it: "Collega una directory" }
        SignIn { en: "Add a sign-in provider", it: "Aggiungi un accesso esterno" }
        Broker { en: "Connect boards", it: "Collega le schede" }
    }

    /// Why a connection fails.
    connection_trouble(trouble: Trouble) {
        Unreachable { en: "Can’t be reached", it: "Non raggiungibile" }
        Slow { en: "Answers too slowly", it: "Risponde troppo lentamente" }
        Certificate { en: "Certificate not valid", it: "Certificato non valido" }
        Private { en: "In a private network", it: "In una rete privata" }
        Denied { en: "Rejects our login or key", it: "Rifiuta il nostro accesso o la chiave" }
        Refused { en: "Refuses what is sent", it: "Rifiuta quello che riceve" }
        Unavailable { en: "Has a problem of its own", it: "Ha un problema suo" }
        Missing { en: "Gone from there", it: "Non esiste più" }
        OtherAccount { en: "Knows none of our customers: is the key of another account?", it: "Non conosce nessun nostro cliente: la chiave è di un altro account?" }
        Unclear { en: "Answers something unreadable", it: "Risponde qualcosa di illeggibile" }
        NotSetUp { en: "A setting is missing", it: "Manca un’impostazione" }
    }
}

impl Lang {
    /// How many of something use a connection: `143 devices`.
    #[must_use]
    pub fn connection_amount(self, what: Counted, count: u32) -> String {
        match what {
            Counted::Devices => self.connection_devices(count),
            Counted::People => self.connection_people(count),
            Counted::Kinds => self.connection_kinds(count),
            Counted::Channels => self.connection_channels(count),
            Counted::Groups => self.connection_groups(count),
        }
    }

    /// Why and since when one fails: `Can’t be reached, since 13:12`.
    #[must_use]
    pub fn connection_failure(self, trouble: Trouble, since: Moment, now: Moment) -> String {
        format!("{}, {}", self.connection_trouble(trouble), self.since(since, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_and_trouble_has_texts_of_its_own_in_each_language() {
        for lang in [Lang::En, Lang::It] {
            for text in [Lang::connection_kind, Lang::connection_use, Lang::connection_offer] {
                let all: BTreeSet<_> = Kind::ALL.iter().map(|&kind| text(lang, kind)).collect();
                assert_eq!(all.len(), Kind::ALL.len(), "{all:?}");
            }
            let all: BTreeSet<_> = Trouble::ALL.iter().map(|&one| lang.connection_trouble(one)).collect();
            assert_eq!(all.len(), Trouble::ALL.len(), "{all:?}");
        }
    }
}
