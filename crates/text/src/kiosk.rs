//! The wall display and the entrance sign.

use crate::{Lang, time::clock};
use domain::time::Moment;

impl Lang {
    /// How long it stays open or closed: `until 22:00`, `opens tomorrow at 09:00`.
    #[must_use]
    pub fn opening(self, open: bool, until: Moment, now: Moment) -> String {
        let clock = clock(until);
        match (open, until.wall().date.days() - now.wall().date.days()) {
            (true, _) => self.until(until, now),
            (false, 0) => self.sign_opens_today(&clock),
            (false, 1) => self.sign_opens_tomorrow(&clock),
            (false, _) => self.sign_opens_later(&self.exact(until, now)),
        }
    }

    /// The same as a message of its own: `Open until 22:00`, `Closed, opens tomorrow at 09:00`.
    #[must_use]
    pub fn opening_message(self, open: bool, until: Moment, now: Moment) -> String {
        let opening = self.opening(open, until, now);
        if open { format!("{} {opening}", self.sign_open()) } else { format!("{}, {opening}", self.sign_closed()) }
    }

    /// `3 videos · quiz · checkout`.
    #[must_use]
    pub fn kiosk_way(self, videos: u32, quizzes: u32) -> String {
        let quizzes = (quizzes > 0).then(|| self.kiosk_quizzes(quizzes));
        let steps = [Some(self.kiosk_videos(videos)), quizzes, Some(self.kiosk_checkout().to_owned())];
        steps.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

text! {
    kiosk_title() { en: "Wall display", it: "Schermo a parete" }
    kiosk_stale(since: &str) { en: "Not live {since}", it: "Non aggiornato {since}" }
    kiosk_stale_age(length: &str) {
        en: "This is {length} old. The machines themselves keep working.",
        it: "Quello che vedi è di {length} fa. Le macchine continuano a funzionare.",
    }
    kiosk_stale_new() {
        en: "This was true a moment ago. The machines themselves keep working.",
        it: "Quello che vedi è di poco fa. Le macchine continuano a funzionare.",
    }
    kiosk_continued(place: &str) { en: "{place}, continued", it: "{place}, segue" }
    kiosk_pages() { en: "Pages", it: "Pagine" }
    kiosk_page(n: u32, all: u32) { en: [one: "Page {n} of {all}", other: "Page {n} of {all}"],
                                   it: [one: "Pagina {n} di {all}", other: "Pagina {n} di {all}"] }
    kiosk_rotate() { en: "Rotate pages", it: "Cambia pagina automaticamente" }
    kiosk_today() { en: "Today", it: "Oggi" }
    kiosk_checkout_on(kind: &str) { en: "Checkout: {kind}", it: "Prova: {kind}" }
    kiosk_nothing_next() {
        en: "A manager adds machines under “Machines”. They appear here right away.",
        it: "Un responsabile aggiunge le macchine in «Macchine». Compaiono qui subito.",
    }
    kiosk_ways() { en: "How to get access", it: "Come si ottiene l’accesso" }
    kiosk_videos(n: u32) { en: [one: "{n} video", other: "{n} videos"], it: [one: "{n} video", other: "{n} video"] }
    kiosk_quizzes(n: u32) { en: [one: "quiz", other: "{n} quizzes"], it: [one: "quiz", other: "{n} quiz"] }
    kiosk_checkout() { en: "checkout", it: "prova" }
    kiosk_on_your_phone() { en: "See it on your phone", it: "Guarda dal telefono" }
    kiosk_qr(url: &str) { en: "QR code: {url}", it: "Codice QR: {url}" }
    kiosk_aside() { en: "On your phone", it: "Sul telefono" }
    kiosk_locked() { en: "This screen has no link yet", it: "Questo schermo non ha ancora un link" }
    kiosk_locked_next() {
        en: "The wall display is for screens in the workshop and for members. A manager creates a link under “Wall displays”; open it once on this screen.",
        it: "Lo schermo a parete è per gli schermi del laboratorio e per i membri. Un responsabile crea un link in «Schermi a parete»: aprilo una volta su questo schermo.",
    }
    kiosk_sign_in() { en: "Sign in", it: "Accedi" }
    kiosk_displays() { en: "Create link", it: "Crea link" }

    sign_title() { en: "Entrance sign", it: "Insegna d’ingresso" }
    sign_open() { en: "Open", it: "Aperto" }
    sign_closed() { en: "Closed", it: "Chiuso" }
    sign_no_hours() { en: "Welcome", it: "Benvenuti" }
    sign_opens_today(clock: &str) { en: "opens today at {clock}", it: "apre oggi alle {clock}" }
    sign_opens_tomorrow(clock: &str) { en: "opens tomorrow at {clock}", it: "apre domani alle {clock}" }
    sign_opens_later(when: &str) { en: "opens {when}", it: "apre {when}" }
    sign_people(n: u32) { en: [one: "person in", other: "people in"], it: [one: "persona dentro", other: "persone dentro"] }
    sign_free(n: u32) { en: [one: "machine free", other: "machines free"], it: [one: "macchina libera", other: "macchine libere"] }
    sign_until_open() { en: "until we open", it: "all’apertura" }
    sign_events(n: u32) { en: [one: "event in the next 7 days", other: "events in the next 7 days"],
                          it: [one: "evento nei prossimi 7 giorni", other: "eventi nei prossimi 7 giorni"] }
    sign_next_event() { en: "next event", it: "prossimo evento" }
    sign_next() { en: "Next", it: "Prossimamente" }
    sign_nothing_next() { en: "Nothing planned today or tomorrow", it: "Niente in programma oggi e domani" }
    sign_we_open() { en: "We open", it: "Apriamo" }
    sign_hours() { en: "Opening hours", it: "Orari di apertura" }
    sign_day_closed() { en: "closed", it: "chiuso" }
    sign_what_is_free() { en: "See what’s free", it: "Guarda che cosa è libero" }
}
