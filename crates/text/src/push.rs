//! Notifications on devices.

use crate::Lang;
use domain::deliveries::Trouble;

text! {
    push_title() { en: "Notifications", it: "Notifiche" }
    push_next() { en: "On this phone and your other devices", it: "Su questo telefono e sugli altri dispositivi" }
    push_sub() { en: "Get your notices on this phone even when Toolgate is closed. Choose which ones in the notice settings. After 5 of a kind caused by one person in an hour, one sums up the rest.",
                 it: "Ricevi gli avvisi su questo telefono anche con Toolgate chiuso. Scegli quali nelle impostazioni degli avvisi. Dopo 5 dello stesso tipo causati da una persona in un’ora, uno riassume gli altri." }
    push_this() { en: "Notifications on this phone", it: "Notifiche su questo telefono" }
    push_on() { en: "Turn on here", it: "Attiva qui" }
    push_on_hint() { en: "Your browser asks for permission first.", it: "Prima il browser chiede il permesso." }
    push_needs_script() { en: "Notifications need JavaScript. Turn it on in your browser and reload this page.",
                          it: "Le notifiche richiedono JavaScript. Attivalo nel browser e ricarica la pagina." }
    push_unsupported() { en: "This browser can’t show notifications. On an iPhone, add Toolgate to the home screen first.",
                         it: "Questo browser non mostra notifiche. Su iPhone aggiungi prima Toolgate alla schermata Home." }
    push_denied() { en: "Notifications are blocked for this site. Allow them in your browser’s settings, then try again.",
                    it: "Le notifiche sono bloccate per questo sito. Consentile nelle impostazioni del browser e riprova." }
    push_failed() { en: "The browser couldn’t reach its push service. Try again in a moment.",
                    it: "Il browser non raggiunge il suo servizio di notifiche. Riprova tra poco." }
    push_added() { en: "Notifications are on for this device.", it: "Le notifiche sono attive su questo dispositivo." }
    push_removed() { en: "Notifications are off for that device.", it: "Le notifiche sono disattivate su quel dispositivo." }
    push_tested() { en: "Test sent. It arrives within a few seconds.", it: "Prova inviata. Arriva entro pochi secondi." }
    push_devices() { en: "Devices", it: "Dispositivi" }
    push_none() { en: "No devices yet", it: "Ancora nessun dispositivo" }
    push_none_next() { en: "Turn notifications on above, on each device where you want them.", it: "Attivale qui sopra, su ogni dispositivo su cui le vuoi." }
    push_unnamed() { en: "A browser", it: "Un browser" }
    push_here() { en: "this device", it: "questo dispositivo" }
    push_since(when: &str) { en: "Added {when}", it: "Aggiunto {when}" }
    push_sent(when: &str) { en: "last sent {when}", it: "ultimo invio {when}" }
    push_failing(why: &str) { en: "not delivered: {why}", it: "non consegnata: {why}" }
    push_test() { en: "Send test", it: "Invia prova" }
    push_remove() { en: "Turn off", it: "Disattiva" }
    push_settings() { en: "Choose which notices", it: "Scegli quali avvisi" }
    push_test_text() { en: "Notifications work on this device.", it: "Le notifiche funzionano su questo dispositivo." }
    push_unknown() { en: "Device not found.", it: "Dispositivo non trovato." }
    push_too_many(most: &str) { en: "You can have {most} devices. Turn off one that you no longer use.", it: "Puoi avere {most} dispositivi. Disattivane uno che non usi più." }
    push_gone() { en: "This device no longer accepts notifications and was removed. Turn them on again on it.",
                  it: "Questo dispositivo non accetta più notifiche ed è stato rimosso. Riattivale su di esso." }
    push_not_sent(why: &str) { en: "The test wasn’t sent: {why}.", it: "La prova non è partita: {why}." }
    push_tests_too_often(seconds: u32) {
        en: [one: "Too many tests. Try again in {seconds} second.", other: "Too many tests. Try again in {seconds} seconds."],
        it: [one: "Troppe prove. Riprova tra {seconds} secondo.", other: "Troppe prove. Riprova tra {seconds} secondi."]
    }
    push_service() { en: "This is not the address of a browser’s push service. Subscribe in Chrome, Edge, Firefox or Safari.",
                     it: "Non è l’indirizzo del servizio di notifiche di un browser. Attivale in Chrome, Edge, Firefox o Safari." }
    push_key() { en: "This is not a key of a push subscription. Turn notifications on again in the browser.",
                 it: "Non è una chiave di una sottoscrizione. Riattiva le notifiche nel browser." }
    notice_settings_push() { en: "On devices", it: "Sui dispositivi" }
    notice_settings_all_push(group: &str) { en: "{group}: all on devices", it: "{group}: tutti sui dispositivi" }
    notice_settings_push_for(kind: &str) { en: "{kind}: on devices", it: "{kind}: sui dispositivi" }
    push_unreachable() { en: "the push service can’t be reached", it: "il servizio di notifiche non è raggiungibile" }
    push_silent() { en: "the push service doesn’t answer", it: "il servizio di notifiche non risponde" }
    push_certificate() { en: "the push service’s certificate isn’t valid", it: "il certificato del servizio di notifiche non è valido" }
    push_login() { en: "the push service rejects this server. Turn notifications off and on again on the device", it: "il servizio di notifiche rifiuta questo server. Disattiva e riattiva le notifiche sul dispositivo" }
    push_later() { en: "the push service is busy", it: "il servizio di notifiche è occupato" }
    push_refused() { en: "the push service refused the message", it: "il servizio di notifiche ha rifiutato il messaggio" }
    push_address() { en: "the device no longer accepts notifications", it: "il dispositivo non accetta più notifiche" }
    push_private() { en: "the push service is in a private network", it: "il servizio di notifiche è in una rete privata" }
    push_answer() { en: "the push service’s answer can’t be read", it: "la risposta del servizio di notifiche non è leggibile" }
}

impl Lang {
    /// Why a message did not reach a push service.
    #[must_use]
    pub const fn push_trouble(self, trouble: Trouble) -> &'static str {
        match trouble {
            Trouble::Unreachable => self.push_unreachable(),
            Trouble::Silent => self.push_silent(),
            Trouble::Certificate => self.push_certificate(),
            Trouble::Login => self.push_login(),
            Trouble::Later => self.push_later(),
            Trouble::Refused => self.push_refused(),
            Trouble::Address => self.push_address(),
            Trouble::Private => self.push_private(),
            Trouble::TooLarge => self.push_answer(),
        }
    }
}
