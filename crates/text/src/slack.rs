//! Slack: its page, a person's account there, messages in channels, and answers to commands.
//!
//! Not here: the markup of Slack, in which `services::slack` puts these sentences.

use crate::{Lang, audit::Sentence, notices::Sentences};
use contract::notices::NoticeContent;
use domain::{
    notices::Notice,
    slack::{Command, SlackTrouble},
    time::Moment,
};

text! {
    kind_slack_paused() { en: "Slack refuses the token", it: "Slack rifiuta il token" }
    notice_slack_paused() { en: "Slack is paused: it refuses the token", it: "Slack è in pausa: rifiuta il token" }
    notice_slack_paused_next() {
        en: "Messages wait. Connect Slack again with a new token.",
        it: "I messaggi aspettano. Ricollega Slack con un nuovo token.",
    }

    slack_token_form() {
        en: "Enter the whole bot token. It begins with xoxb- and is under “OAuth & Permissions”.",
        it: "Inserisci il token del bot. Comincia con xoxb- e si trova in «OAuth & Permissions».",
    }
    slack_secret_form() {
        en: "Enter the signing secret: letters and digits, under “Basic Information”.",
        it: "Inserisci il signing secret: lettere e cifre, in «Basic Information».",
    }
    slack_channel_form() {
        en: "Enter the name of a channel, like machines, or its id, like C024BE91L.",
        it: "Inserisci il nome di un canale, come macchine, o il suo id, come C024BE91L.",
    }
    slack_unconnected() { en: "Slack is not connected.", it: "Slack non è collegato." }
    slack_no_channel() { en: "Choose a channel first.", it: "Scegli prima un canale." }
    slack_not_posted() {
        en: "This notice is about one person, so it is only ever a direct message.",
        it: "Questo avviso riguarda una sola persona: può essere solo un messaggio diretto.",
    }
    slack_unlinked() { en: "No Slack account is linked.", it: "Nessun account Slack collegato." }
    slack_offer_over() {
        en: "This link has expired. Type /tool link in Slack for a new one.",
        it: "Questo link è scaduto. Scrivi /tool link in Slack per averne uno nuovo.",
    }
    slack_account_taken() {
        en: "This Slack account is linked to another person. They can unlink it on their page.",
        it: "Questo account Slack è collegato a un’altra persona, che può scollegarlo dalla sua pagina.",
    }

    slack_title() { en: "Slack", it: "Slack" }
    slack_connect() { en: "Connect Slack", it: "Collega Slack" }
    slack_reconnect() { en: "Replace token", it: "Sostituisci il token" }
    slack_disconnect() { en: "Disconnect", it: "Scollega" }
    slack_disconnect_why() {
        en: "Deletes token and secret, drops what waits, and unlinks people’s accounts. Channels stay here for the next app.",
        it: "Elimina token e segreto, scarta ciò che aspetta e scollega gli account delle persone. I canali restano per la prossima app.",
    }
    slack_none() { en: "Slack is not connected", it: "Slack non è collegato" }
    slack_none_next() {
        en: "Notices about machines and bookings can appear in channels, and members ask what is free with /tool.",
        it: "Gli avvisi su macchine e prenotazioni possono comparire nei canali, e i membri chiedono che cosa è libero con /tool.",
    }
    slack_ask_administrator() { en: "Ask an administrator to connect it.", it: "Chiedi a un amministratore di collegarlo." }
    slack_token() { en: "Bot token", it: "Token del bot" }
    slack_token_hint() {
        en: "From api.slack.com/apps, “OAuth & Permissions”. It needs chat:write, channels:read, im:write and commands.",
        it: "Da api.slack.com/apps, «OAuth & Permissions». Servono chat:write, channels:read, im:write e commands.",
    }
    slack_secret() { en: "Signing secret", it: "Signing secret" }
    slack_secret_hint() { en: "From “Basic Information”. Both are stored and never shown again.", it: "Da «Basic Information». Entrambi vengono salvati e mai più mostrati." }
    slack_connected() { en: "Slack is connected", it: "Slack è collegato" }
    slack_saved() { en: "Saved", it: "Salvato" }
    slack_tested() { en: "Test sent", it: "Prova inviata" }
    slack_disconnected() { en: "Slack is disconnected", it: "Slack è scollegato" }
    slack_last_message(name: &str, when: &str) { en: "{name}, last answer {when}", it: "{name}, ultima risposta {when}" }
    slack_paused_since(name: &str, since: &str) { en: "{name} refuses the token {since}", it: "{name} rifiuta il token {since}" }
    slack_paused_title() { en: "Nothing is sent", it: "Non viene inviato nulla" }
    slack_paused_next(n: u32) {
        en: [one: "{n} message waits. Replace the token to send it.", other: "{n} messages wait. Replace the token to send them."],
        it: [one: "{n} messaggio aspetta. Sostituisci il token per inviarlo.", other: "{n} messaggi aspettano. Sostituisci il token per inviarli."],
    }
    slack_failed(when: &str, why: &str) { en: "Last failure {when}: {why}", it: "Ultimo errore {when}: {why}" }
    slack_waiting(n: u32) { en: [one: "{n} message waits", other: "{n} messages wait"], it: [one: "{n} messaggio aspetta", other: "{n} messaggi aspettano"] }
    slack_rules() { en: "Which notice goes where", it: "Quale avviso va dove" }
    slack_rules_hint() { en: "messages name nobody; after 5 of a kind caused by one person in an hour, one sums up the rest",
                         it: "i messaggi non nominano nessuno; dopo 5 dello stesso tipo causati da una persona in un’ora, uno riassume gli altri" }
    slack_channel() { en: "Channel", it: "Canale" }
    slack_channel_for(kind: &str) { en: "Channel for: {kind}", it: "Canale per: {kind}" }
    slack_not_sent() { en: "not posted", it: "non pubblicato" }
    slack_sent(n: u32) { en: [one: "{n} in 30 days", other: "{n} in 30 days"], it: [one: "{n} in 30 giorni", other: "{n} in 30 giorni"] }
    slack_failing(channel: &str, why: &str, since: &str) { en: "#{channel}: {why} {since}", it: "#{channel}: {why} {since}" }
    slack_failing_waiting(n: u32, failing: &str) { en: [one: "{failing}, {n} not sent", other: "{failing}, {n} not sent"], it: [one: "{failing}, {n} non inviato", other: "{failing}, {n} non inviati"] }
    slack_save() { en: "Save", it: "Salva" }
    slack_test() { en: "Send a test", it: "Invia una prova" }
    slack_commands() { en: "Commands", it: "Comandi" }
    slack_commands_signed() { en: "signed by Slack", it: "firmati da Slack" }
    slack_only_you() { en: "only you see this", it: "lo vedi solo tu" }
    slack_commands_url() { en: "Request URL of the command /tool", it: "Request URL del comando /tool" }
    slack_no_site() {
        en: "Start the server with --public-url so that Slack can send commands.",
        it: "Avvia il server con --public-url perché Slack possa inviare comandi.",
    }
    slack_uses(n: u32) { en: [one: "{n} use", other: "{n} uses"], it: [one: "{n} uso", other: "{n} usi"] }
    slack_people() { en: "Linked people", it: "Persone collegate" }
    slack_people_count(n: u32) { en: [one: "{n} person has linked their account.", other: "{n} people have linked their account."], it: [one: "{n} persona ha collegato il suo account.", other: "{n} persone hanno collegato il loro account."] }
    slack_people_how() {
        en: "Anyone links theirs by typing /tool link in Slack. Unlinked people see what the public may see.",
        it: "Ognuno collega il suo scrivendo /tool link in Slack. Chi non è collegato vede ciò che può vedere il pubblico.",
    }

    slack_me_title() { en: "Slack account", it: "Account Slack" }
    slack_me_linked(name: &str, since: &str) { en: "Linked to {name} {since}", it: "Collegato a {name} {since}" }
    slack_me_linked_next() {
        en: "Commands answer as you, and notices you switch on arrive as direct messages.",
        it: "I comandi rispondono a te, e gli avvisi che attivi arrivano come messaggi diretti.",
    }
    slack_me_settings() { en: "Choose notices", it: "Scegli gli avvisi" }
    slack_me_unlink() { en: "Unlink", it: "Scollega" }
    slack_me_none() { en: "No Slack account linked", it: "Nessun account Slack collegato" }
    slack_me_none_next() { en: "Type /tool link in Slack, and open the link it answers with.", it: "Scrivi /tool link in Slack e apri il link della risposta." }
    slack_me_off() { en: "This workshop does not use Slack.", it: "Questo laboratorio non usa Slack." }
    slack_me_offer(name: &str, workspace: &str) { en: "Link {name} in {workspace} to you?", it: "Collegare a te {name} in {workspace}?" }
    slack_me_offer_next() {
        en: "That account will see what you may see, and get your notices. Link it only if you typed /tool link yourself.",
        it: "Quell’account vedrà ciò che puoi vedere tu e riceverà i tuoi avvisi. Collegalo solo se hai scritto tu /tool link.",
    }
    slack_me_link() { en: "Link account", it: "Collega l’account" }
    slack_me_saved() { en: "Slack account linked", it: "Account Slack collegato" }
    slack_me_unlinked() { en: "Slack account unlinked", it: "Account Slack scollegato" }
    slack_me_second() { en: "Commands and direct messages", it: "Comandi e messaggi diretti" }

    notice_settings_all_slack(group: &str) { en: "{group}: all in Slack", it: "{group}: tutti in Slack" }
    notice_settings_slack_for(kind: &str) { en: "{kind}: in Slack", it: "{kind}: in Slack" }

    slack_post_test(kind: &str) { en: "Test: notices “{kind}” are posted here.", it: "Prova: gli avvisi «{kind}» vengono pubblicati qui." }
    slack_post_open() { en: "Open", it: "Apri" }
    slack_post_acknowledged(name: &str) { en: "The problem on {name} is being worked on", it: "Il problema su {name} è stato preso in carico" }
    slack_post_resolved(name: &str) { en: "The problem on {name} is resolved", it: "Il problema su {name} è risolto" }

    slack_answer_free() { en: "Free now", it: "Libere adesso" }
    slack_answer_none_free() { en: "Nothing is free just now.", it: "Adesso non c’è nulla di libero." }
    slack_answer_no_machines() { en: "No machines yet.", it: "Ancora nessuna macchina." }
    slack_answer_no_match(name: &str) { en: "No machine is called “{name}”. Try /tool free.", it: "Nessuna macchina si chiama «{name}». Prova /tool free." }
    slack_answer_more(n: u32) { en: [one: "and {n} more", other: "and {n} more"], it: [one: "e un’altra", other: "e altre {n}"] }
    slack_answer_yours() { en: "in use by you", it: "la stai usando" }
    slack_answer_inside(n: u32) { en: [one: "{n} person is in.", other: "{n} people are in."], it: [one: "C’è {n} persona.", other: "Ci sono {n} persone."] }
    slack_answer_nobody() { en: "Nobody is in.", it: "Non c’è nessuno." }
    slack_answer_guests(n: u32) { en: [one: "{n} guest is with them.", other: "{n} guests are with them."], it: [one: "Con {n} ospite.", other: "Con {n} ospiti."] }
    slack_answer_hidden() {
        en: "Only members see this. Type /tool link to link your account.",
        it: "Questo lo vedono solo i membri. Scrivi /tool link per collegare il tuo account.",
    }
    slack_answer_hidden_linked() { en: "You can’t see this.", it: "Non puoi vederlo." }
    slack_answer_link() { en: "Link your account within ten minutes", it: "Collega il tuo account entro dieci minuti" }
    slack_answer_linked(name: &str) { en: "You are linked to {name}. Unlink under Me, Slack account.", it: "Sei collegato a {name}. Puoi scollegarti in Profilo, Account Slack." }
    slack_answer_no_site() { en: "This server has no public address, so it can’t make links. Ask an administrator.", it: "Questo server non ha un indirizzo pubblico e non può creare link. Chiedi a un amministratore." }
    slack_answer_wrong() { en: "That didn’t work. Try again in a minute.", it: "Non ha funzionato. Riprova tra un minuto." }
}

names! {
    /// Why Slack did not do what it was asked.
    slack_trouble(trouble: SlackTrouble) {
        NoAnswer { en: "no answer", it: "nessuna risposta" }
        Unavailable { en: "Slack has a fault", it: "Slack ha un guasto" }
        RateLimited { en: "too many messages", it: "troppi messaggi" }
        Token { en: "token refused", it: "token rifiutato" }
        Scope { en: "permission missing", it: "permesso mancante" }
        Channel { en: "channel not found", it: "canale non trovato" }
        NotInChannel { en: "app not in the channel", it: "app non nel canale" }
        Archived { en: "channel archived", it: "canale archiviato" }
        Person { en: "account takes no messages", it: "l’account non riceve messaggi" }
        Refused { en: "refused", it: "rifiutato" }
        Unclear { en: "unreadable answer", it: "risposta illeggibile" }
    }

    /// The same, with what to do.
    slack_remedy(trouble: SlackTrouble) {
        NoAnswer { en: "Slack does not answer. Try again in a minute.", it: "Slack non risponde. Riprova tra un minuto." }
        Unavailable { en: "Slack has a fault of its own. Try again later.", it: "Slack ha un guasto. Riprova più tardi." }
        RateLimited { en: "Slack asks to wait. Try again in a minute.", it: "Slack chiede di aspettare. Riprova tra un minuto." }
        Token { en: "Slack refuses the token. Copy the bot token of the installed app again.", it: "Slack rifiuta il token. Copia di nuovo il token del bot dell’app installata." }
        Scope { en: "The app lacks a permission. Add chat:write, channels:read and im:write, then install it again.", it: "All’app manca un permesso. Aggiungi chat:write, channels:read e im:write e installala di nuovo." }
        Channel { en: "Slack knows no such channel, or the app can’t see it. Check the name, or invite the app.", it: "Slack non conosce questo canale, o l’app non lo vede. Controlla il nome o invita l’app." }
        NotInChannel { en: "The app is not in this channel. Type /invite and its name there.", it: "L’app non è in questo canale. Scrivi lì /invite e il suo nome." }
        Archived { en: "This channel is archived. Choose another.", it: "Questo canale è archiviato. Scegline un altro." }
        Person { en: "This account left Slack or takes no messages.", it: "Questo account ha lasciato Slack o non riceve messaggi." }
        Refused { en: "Slack refuses this. Check the app’s permissions.", it: "Slack lo rifiuta. Controlla i permessi dell’app." }
        Unclear { en: "The answer is not Slack’s. Check the server’s network.", it: "La risposta non è di Slack. Controlla la rete del server." }
    }

    /// What a command shows.
    slack_command(command: Command) {
        Free { en: "machines that are free, and may I", it: "macchine libere, e se posso usarle" }
        Machines { en: "machines by name, and may I", it: "macchine per nome, e se posso usarle" }
        Who { en: "number of people in, names if allowed", it: "quante persone ci sono, e i nomi se permesso" }
        Link { en: "link your account", it: "collega il tuo account" }
        Help { en: "this list", it: "questo elenco" }
    }
}

impl Lang {
    /// How `command` is typed.
    #[must_use]
    pub const fn slack_typed(self, command: Command) -> &'static str {
        match (self, command) {
            (_, Command::Free) => "/tool free",
            (_, Command::Machines) => "/tool laser",
            (_, Command::Who) => "/tool who",
            (_, Command::Link) => "/tool link",
            (_, Command::Help) => "/tool help",
        }
    }

    /// A notice as it is posted to a channel: to no particular person, so without what asks one to act.
    #[must_use]
    pub fn slack_post(self, content: &NoticeContent, now: Moment) -> Sentences {
        let name = content.about.as_deref().unwrap_or_default();
        let Sentences { title, next } = self.notice(content, now);
        match &content.notice {
            Notice::Acknowledged { .. } => {
                Sentences { title: self.slack_post_acknowledged(name), next: String::new() }
            }
            Notice::Resolved { .. } => Sentences { title: self.slack_post_resolved(name), next: String::new() },
            Notice::Blocked { .. }
            | Notice::Free { .. }
            | Notice::Announced { .. }
            | Notice::CardClaimed { .. } => Sentences { title, next: String::new() },
            _ => Sentences { title, next },
        }
    }
}

/// Codes of the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("slack.connected", "connected Slack", "ha collegato Slack"),
    ("slack.disconnected", "disconnected Slack", "ha scollegato Slack"),
    ("slack.rule-set", "changed which notices go to Slack", "ha cambiato quali avvisi vanno a Slack"),
    ("slack.tested", "sent a test to Slack", "ha inviato una prova a Slack"),
    ("slack.paused", "paused Slack, which refuses the token", "ha messo in pausa Slack, che rifiuta il token"),
    ("slack.linked", "linked a Slack account", "ha collegato un account Slack"),
    ("slack.unlinked", "unlinked a Slack account", "ha scollegato un account Slack"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{BlockId, MachineId, ReportId};

    #[test]
    fn post_addresses_nobody() {
        let content = |notice| NoticeContent {
            notice,
            about: Some("Laser".into()),
            title: None,
            who: None,
            note: None,
            starts: None,
            until: None,
        };
        let now = Moment { at: domain::time::Millis(0), offset: 0 };
        let machine = MachineId(1);
        for notice in [
            Notice::Acknowledged { report: ReportId(1), machine },
            Notice::Resolved { report: ReportId(1), machine },
            Notice::Blocked { block: BlockId(1), machine },
            Notice::Free { block: BlockId(1), machine },
        ] {
            let post = Lang::En.slack_post(&content(notice), now);
            let words = format!("{} {}", post.title, post.next).to_lowercase();
            assert!(words.contains("laser") && !words.contains("you"), "{words}");
        }
    }
}
