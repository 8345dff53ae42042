//! Pages of training events for those who come, and of requests for training. Not here: their notices
//! ([`crate::event_notices`]).

use crate::{Lang, italian::Before};
use domain::{
    time::{DAY, HOUR},
    training_events::{Aim, CancelCause, DayWindow, Outcome, PlaceState},
};
use std::time::Duration;

text! {
    attend_title() { en: "Training together", it: "Formazione insieme" }
    attend_none() { en: "No training events", it: "Nessun evento formativo" }
    attend_none_next() { en: "Ask for training: you are invited as soon as there is a date.", it: "Chiedi una formazione: riceverai un invito appena c’è una data." }
    attend_learn() { en: "Choose what to learn", it: "Scegli che cosa imparare" }
    attend_announce() { en: "Announce event", it: "Annuncia evento" }
    attend_demand() { en: "Who is waiting", it: "Chi aspetta" }
    attend_mine() { en: "Yours", it: "I tuoi" }
    attend_others() { en: "Coming up", it: "In arrivo" }
    attend_with(what: &str, length: &str, host: &str) { en: "{what}, {length}, with {host}", it: "{what}, {length}, con {host}" }
    attend_with_host(host: &str) { en: "with {host}", it: "con {host}" }
    attend_at(place: &str) { en: "in {place}", it: "in {place}" }

    attend_places_left(n: u32) { en: [one: "{n} place left", other: "{n} places left"], it: [one: "{n} posto libero", other: "{n} posti liberi"] }
    attend_full() { en: "Full", it: "Al completo" }
    attend_full_waiting(n: u32) { en: [one: "Full, {n} waiting", other: "Full, {n} waiting"], it: [one: "Al completo, {n} in attesa", other: "Al completo, {n} in attesa"] }
    attend_signed_up() { en: "You’re signed up", it: "Sei tra gli iscritti" }
    attend_held() { en: "A place is held for you", it: "C’è un posto per te" }
    attend_on_list() { en: "You’re on the waiting list", it: "Sei in lista d’attesa" }
    attend_on_list_at(at: &str) { en: "You’re {at} on the waiting list", it: "Sei {at} in lista d’attesa" }
    attend_cancelled() { en: "Cancelled", it: "Annullato" }
    attend_completed() { en: "Completed", it: "Concluso" }
    attend_begun() { en: "It has begun", it: "È già iniziato" }
    attend_closed() { en: "Sign-up is closed", it: "Le iscrizioni sono chiuse" }
    attend_nothing_else() { en: "You have nothing else then.", it: "A quell’ora non hai altro." }
    attend_seats(taken: &str, of: &str) { en: "{taken} of {of} places taken", it: "{taken} posti occupati su {of}" }
    attend_closes(when: &str) { en: "Sign-up closes {when}.", it: "Le iscrizioni chiudono {when}." }
    attend_minimum(n: &str) { en: "It runs with {n} or more.", it: "Si tiene con almeno {n} persone." }
    attend_sign_up() { en: "Sign up", it: "Iscriviti" }
    attend_join_list() { en: "Join the waiting list", it: "Mettiti in lista d’attesa" }
    attend_full_next() { en: "If a place gets free, the first on the list gets it.", it: "Se si libera un posto, va alla prima persona della lista." }
    attend_answer() { en: "Answer the invitation", it: "Rispondi all’invito" }
    attend_answer_by(when: &str) { en: "Yours until {when}. Then it goes to the next in line.", it: "È tuo fino a {when}. Poi passa a chi viene dopo." }
    attend_leave() { en: "Leave …", it: "Rinuncia …" }
    attend_leave_title() { en: "Give up your place?", it: "Rinunci al posto?" }
    attend_leave_list() { en: "Leave the waiting list?", it: "Esci dalla lista d’attesa?" }
    attend_leave_next() { en: "The next in line is invited at once.", it: "Il posto va subito a chi viene dopo." }
    attend_leave_now() { en: "Leave event", it: "Rinuncia all’evento" }
    attend_stay() { en: "Stay", it: "Resta" }
    attend_see_you(when: &str) { en: "It begins {when}.", it: "Inizia {when}." }
    attend_over_next() { en: "The results come from the host.", it: "Gli esiti arrivano da chi conduce." }
    attend_ended() { en: "It took place.", it: "Si è tenuto." }
    attend_cancelled_next() { en: "Requests stay in the queue for the next event.", it: "Le richieste restano in coda per il prossimo evento." }

    attend_passed() { en: "You passed", it: "Superato" }
    attend_failed() { en: "Not yet", it: "Non ancora" }
    attend_missed() { en: "You missed it", it: "Non c’eri" }
    attend_missed_next() { en: "Ask again if you still want to learn it.", it: "Se ti serve ancora, chiedi di nuovo." }
    attend_practise() { en: "Practise", it: "Da esercitare" }
    attend_failed_next() { en: "Practise, then come to another session. You keep your place in the queue.", it: "Esercitati, poi vieni a un’altra sessione. Resti al tuo posto in coda." }

    attend_no_sign_in() { en: "Sign in to take part", it: "Accedi per partecipare" }
    attend_no_member() { en: "For members", it: "Per i membri" }
    attend_no_member_next() { en: "Your membership is not active. A manager can help.", it: "Non sei tra i membri attivi. Chiedi a un responsabile." }
    attend_no_own() { en: "You hold this session", it: "Questa sessione la conduci tu" }
    attend_no_qualified() { en: "You know this already", it: "Questo lo sai già" }
    attend_no_qualified_next() { en: "You’re qualified, so the places are for others.", it: "Hai già l’abilitazione, quindi i posti sono per gli altri." }
    attend_no_banned() { en: "You can’t sign up", it: "Non puoi iscriverti" }
    attend_no_banned_next() { en: "A ban keeps you from this type. Ask a manager.", it: "Sei escluso da questo tipo. Chiedi a un responsabile." }
    attend_no_requires() { en: "Something else comes first", it: "Prima serve altro" }
    attend_no_requires_next(types: &str) { en: "Required first: {types}.", it: "Prima serve: {types}." }
    attend_no_elsewhere() { en: "You have another date", it: "Hai già un’altra data" }
    attend_no_elsewhere_next() { en: "You have a place there, or an invitation. Give that up first to come here.", it: "Là hai un posto, o un invito. Per venire qui, prima rinuncia a quello." }
    attend_no_elsewhere_link() { en: "Your events", it: "I tuoi eventi" }
    attend_no_closed_next() { en: "Ask for another date: you are invited in the order of asking.", it: "Chiedi un’altra data: gli inviti seguono l’ordine delle richieste." }
    attend_no_busy() { en: "You have something else then", it: "A quell’ora hai altro" }
    attend_no_busy_next(clocks: &str) { en: "It takes {clocks}. Cancel that, or ask for another date.", it: "Occupa {clocks}. Annullalo o chiedi un’altra data." }
    attend_my_bookings() { en: "My bookings", it: "Le mie prenotazioni" }
    attend_to_learn() { en: "See what comes first", it: "Guarda che cosa serve prima" }

    attend_before() { en: "Complete first", it: "Da completare prima" }
    attend_before_count(done: &str, all: &str) { en: "{done} of {all} done", it: "{done} di {all}" }
    attend_before_minutes(minutes: &str) { en: "{minutes} min, until the session begins", it: "{minutes} min, prima dell’inizio" }
    attend_before_short() { en: "Until the session begins", it: "Prima dell’inizio" }
    attend_watch() { en: "Watch", it: "Guarda" }
    attend_bring() { en: "Bring", it: "Porta con te" }
    attend_about() { en: "What you can do afterwards", it: "Che cosa saprai fare dopo" }
    attend_host() { en: "Holds this session", it: "Conduce la sessione" }
    attend_room_next() { en: "See the room", it: "Guarda la sala" }
    attend_machine_next() { en: "See the machine", it: "Guarda la macchina" }
    attend_calendar() { en: "Add to my calendar", it: "Aggiungi al mio calendario" }
    attend_calendar_next() { en: "Stays right if the time changes", it: "Resta giusto se cambia l’orario" }
    attend_share() { en: "Share this page", it: "Condividi questa pagina" }
    attend_share_next() { en: "Anyone can read it, names stay hidden", it: "Chiunque può leggerla, i nomi restano nascosti" }
    attend_copy() { en: "Copy address", it: "Copia indirizzo" }
    attend_cannot_come() { en: "Can’t come then?", it: "Non puoi venire?" }
    attend_ask_other() { en: "Ask for another date", it: "Chiedi un’altra data" }
    attend_others_ask(n: u32, name: &str) { en: [one: "{n} other asks for {name}", other: "{n} others ask for {name}"], it: [one: "{n} altra persona chiede: {name}", other: "Altre {n} persone chiedono: {name}"] }

    attend_for_host() { en: "For the host", it: "Per chi conduce" }
    attend_people_none() { en: "No one is signed up yet.", it: "Ancora nessuna iscrizione." }
    attend_write_results() { en: "Record results", it: "Registra gli esiti" }
    attend_results() { en: "Results", it: "Esiti" }
    attend_edit() { en: "Edit event", it: "Modifica evento" }
    attend_cancel() { en: "Cancel event", it: "Annulla evento" }
    attend_cancel_next() { en: "Everyone concerned is notified. Requests are in the queue again, where they were.", it: "Gli interessati ricevono un avviso. Le richieste tornano in coda, dov’erano." }
    attend_cancel_reason() { en: "Reason", it: "Motivo" }
    attend_cancel_hint() { en: "Optional. Everyone concerned reads it.", it: "Facoltativo. Lo leggono tutti gli interessati." }
    attend_person_until(when: &str) { en: "until {when}", it: "fino a {when}" }
    attend_person_modules(n: u32) { en: [one: "{n} module missing", other: "{n} modules missing"], it: [one: "manca {n} modulo", other: "mancano {n} moduli"] }
    attend_person_tries(n: u32) { en: [one: "tried {n} time", other: "tried {n} times"], it: [one: "{n} tentativo", other: "{n} tentativi"] }
    attend_person_missed(n: u32) { en: [one: "missed {n} event", other: "missed {n} events"], it: [one: "{n} assenza", other: "{n} assenze"] }
    attend_walk_in() { en: "without a place", it: "senza posto" }

    invited_title() { en: "Invitation", it: "Invito" }
    invited_left() { en: "left", it: "restano" }
    invited_left_to_answer(left: &str) { en: "{left} left to answer", it: "{left} per rispondere" }
    invited_fits() { en: "What fits", it: "Verifiche" }
    invited_asked(day: &str) { en: "You asked on {day}, and this time suits you", it: (Il day => "L’hai chiesto {day}, e questo orario va bene") }
    invited_asked_other(day: &str) { en: "You asked on {day}, for other times", it: (Il day => "L’hai chiesto {day}, per altri orari") }
    invited_free() { en: "You have no booking at that time", it: "A quell’ora non hai prenotazioni" }
    invited_busy(clocks: &str) { en: "You have something else, {clocks}", it: "Hai altro, {clocks}" }
    invited_watch(title: &str, minutes: &str) { en: "Watch “{title}” before, {minutes} min", it: "Prima guarda «{title}», {minutes} min" }
    invited_complete(title: &str) { en: "Complete “{title}” before", it: "Prima completa «{title}»" }
    invited_if() { en: "If you …", it: "Se …" }
    invited_if_accept() { en: "… accept", it: "… accetti" }
    invited_accept_next(n: u32, until: &str) { en: [one: "It’s just you. Free to cancel until {until}.", other: "You’re one of {n}. Free to cancel until {until}."], it: [one: "Ci sarai solo tu. Puoi disdire fino a {until}.", other: "Sarete in {n}. Puoi disdire fino a {until}."] }
    invited_if_decline() { en: "… decline", it: "… rifiuti" }
    invited_decline_next() { en: "The next in line gets the place.", it: "Il posto va a chi viene dopo." }
    invited_decline_queue() { en: "The next in line gets the place. Your request stays where it is for the next date.", it: "Il posto va a chi viene dopo. La tua richiesta resta dov’è per la prossima data." }
    invited_answered(n: u32) { en: [one: "{n} has answered", other: "{n} have answered"], it: [one: "ha risposto {n} persona", other: "hanno risposto in {n}"] }
    invited_answered_of(n: &str, of: &str) { en: "{n} of {of} have answered", it: "hanno risposto in {n} su {of}" }
    invited_accept() { en: "Accept", it: "Accetta" }
    invited_decline() { en: "Decline", it: "Rifiuta" }
    invited_declined() { en: "You declined", it: "Hai rifiutato" }
    invited_declined_next() { en: "If places are left, you can still sign up.", it: "Se restano posti, puoi ancora iscriverti." }
    invited_expired() { en: "The invitation has ended", it: "L’invito è scaduto" }
    invited_lost() { en: "Your place was cancelled", it: "Il tuo posto è stato annullato" }
    invited_none() { en: "No invitation", it: "Nessun invito" }
    invited_none_next() { en: "You aren’t invited to this event. Its page says whether you can sign up.", it: "Non hai un invito per questo evento. La sua pagina dice se puoi iscriverti." }
    invitation_link_unknown() { en: "This link doesn’t work. Open it again from the e-mail, or sign in and answer under Notices.", it: "Questo link non funziona. Aprilo di nuovo dall’e-mail, oppure accedi e rispondi dagli avvisi." }
    invited_open_event() { en: "Open the event", it: "Apri l’evento" }

    coming_offer() { en: "Invitation, a place is held for you", it: "Invito, c’è un posto per te" }
    coming_answer_by() { en: "Answer by", it: "Rispondi entro" }
    coming_up() { en: "Coming up", it: "In arrivo" }
    coming_count(n: u32) { en: [one: "{n} in 14 days", other: "{n} in 14 days"], it: [one: "{n} in 14 giorni", other: "{n} in 14 giorni"] }
    attend_results_due() { en: "results are due", it: "mancano i risultati" }
    attend_own_events() { en: "Your training events", it: "I tuoi eventi formativi" }
    attend_requests() { en: "You asked for", it: "Hai chiesto" }
    attend_position(at: &str) { en: "{at} in line", it: "{at} in fila" }
    attend_held_of(held: u16, all: u16) { en: "{held} of {all} places held", it: "{held} posti su {all} assegnati" }
    attend_all() { en: "All training events", it: "Tutti gli eventi formativi" }
    attend_sign_up_for(when: &str) { en: "Sign up: {when}", it: "Iscriviti: {when}" }
    attend_ask() { en: "Ask for training", it: "Chiedi una formazione" }
    attend_answer_until(when: &str) { en: "Answer the invitation: {when}", it: "Rispondi all’invito: {when}" }
    attend_comes(when: &str) { en: "Training booked, {when}", it: "Formazione prenotata, {when}" }
    attend_asked_for() { en: "You asked for training", it: "Hai chiesto una formazione" }
    coming_event() { en: "training", it: "formazione" }
    coming_booking() { en: "your booking", it: "la tua prenotazione" }
    coming_checkout() { en: "checkout", it: "prova pratica" }
    coming_series() { en: "series", it: "serie" }
    coming_until(time: &str) { en: "until {time}", it: "fino alle {time}" }
    coming_in(length: &str) { en: "in {length}", it: "tra {length}" }
    coming_skip() { en: "Skip", it: "Salta" }

    ask_training() { en: "Ask for training", it: "Chiedi una formazione" }
    ask_training_would_be(at: &str) { en: "You’d be {at} in line", it: "Saresti {at} in lista" }
    ask_training_are(at: &str) { en: "You’re {at} in line", it: "Sei {at} in lista" }
    ask_training_since(when: &str) { en: "Asked {when}.", it: "Richiesta: {when}." }
    ask_training_usually(length: &str) { en: "Usually {length}.", it: "Di solito {length}." }
    ask_training_weeks(n: u32) { en: [one: "{n} week", other: "{n} weeks"], it: [one: "{n} settimana", other: "{n} settimane"] }
    ask_training_days(n: u32) { en: [one: "{n} day", other: "{n} days"], it: [one: "{n} giorno", other: "{n} giorni"] }
    ask_training_last(host: &str, places: &str, day: &str) { en: "{host} trained up to {places} people on {day}.", it: (Il day => "{host} ha condotto una sessione per {places} persone {day}.") }
    ask_training_last_day(places: &str, day: &str) { en: "The last session was for {places} people on {day}.", it: (Il day => "L’ultima sessione, per {places} persone, è stata {day}.") }
    ask_training_what() { en: "What for?", it: "Per che cosa?" }
    ask_training_when() { en: "When can you come?", it: "Quando puoi venire?" }
    ask_training_others(n: u32) { en: [one: "{n} other", other: "{n} others"], it: [one: "{n} altra persona", other: "altre {n} persone"] }
    ask_training_soonest(others: &str) { en: "{others}, soonest", it: "{others}, prima" }
    ask_training_nobody() { en: "nobody yet", it: "ancora nessuno" }
    ask_training_other() { en: "Other", it: "Altro" }
    ask_training_other_next() { en: "Say when in the note", it: "Scrivi quando nella nota" }
    ask_training_any() { en: "Any time", it: "A qualsiasi ora" }
    ask_training_note() { en: "Note to the trainers", it: "Nota per gli istruttori" }
    ask_training_note_hint() { en: "Optional. Deleted with the request.", it: "Facoltativa. Si elimina con la richiesta." }
    ask_training_meanwhile() { en: "Do meanwhile", it: "Intanto puoi fare" }
    ask_training_limit(at: &str, of: &str) { en: "This is your {at} of {of} open requests.", it: "È la tua {at} richiesta aperta su {of}." }
    ask_training_rules() { en: "You can withdraw it any time. You’re invited in the order of asking.", it: "Puoi ritirarla quando vuoi. Gli inviti seguono l’ordine delle richieste." }
    ask_training_sum(at: &str, of: &str) { en: "{at} of {of}", it: "{at} su {of}" }
    ask_training_about(sum: &str, day: &str) { en: "{sum}, about {day}", it: (Il day => "{sum}, circa {day}") }
    ask_training_withdraw() { en: "Withdraw request", it: "Ritira la richiesta" }
    ask_training_withdraw_next() { en: "You lose your place in the queue. You can ask again any time.", it: "Perdi il tuo posto in coda. Puoi chiedere di nuovo quando vuoi." }
    ask_training_free() { en: "A place is free", it: "C’è un posto libero" }
    ask_training_free_next() { en: "You can sign up at once.", it: "Puoi iscriverti subito." }
    ask_training_no() { en: "You can’t ask for this now", it: "Ora non puoi chiederla" }
    ask_training_no_limit(n: &str) { en: "You have {n} open requests, the most allowed. Withdraw one first.", it: "Hai {n} richieste aperte, il massimo possibile. Prima ritirane una." }
    ask_training_no_barred() { en: "You missed events that you had a place at. A manager can lift this.", it: "Sei mancato a eventi in cui avevi un posto. Un responsabile può riammetterti." }
    ask_training_no_offer() { en: "There is no such training here.", it: "Questa formazione qui non c’è." }
    ask_training_no_qualified() { en: "You’re already qualified.", it: "Hai già l’abilitazione." }
    ask_training_book() { en: "Find a time to book", it: "Trova un orario da prenotare" }
}

names! {
    /// An aim as a choice: «Use it».
    attend_aim(aim: Aim) {
        Use { en: "Use it", it: "Usarla" }
        Train { en: "Train others", it: "Formare altri" }
        Own { en: "Look after it", it: "Prendersene cura" }
        Maintain { en: "Maintenance", it: "Manutenzione" }
    }
    /// The kind of session: «Training».
    attend_kind(aim: Aim) {
        Use { en: "Training", it: "Formazione" }
        Train { en: "Training for trainers", it: "Formazione per istruttori" }
        Own { en: "Training for owners", it: "Formazione per incaricati" }
        Maintain { en: "Maintenance training", it: "Formazione sulla manutenzione" }
    }
    attend_cause(cause: CancelCause) {
        Decided { en: "It was cancelled by the host or a manager.", it: "L’ha annullato chi conduce o un responsabile." }
        TooFew { en: "Too few people had signed up.", it: "Gli iscritti erano troppo pochi." }
        Host { en: "The host can’t train on it any more.", it: "Chi doveva condurlo non può più farlo." }
        Equipment { en: "The equipment is out of use.", it: "L’attrezzatura è fuori servizio." }
    }
    attend_state(state: PlaceState) {
        Sent { en: "invited", it: "invito inviato" }
        Accepted { en: "comes", it: "viene" }
        Waiting { en: "waiting list", it: "lista d’attesa" }
        Declined { en: "declined", it: "ha rifiutato" }
        Expired { en: "did not answer", it: "non ha risposto" }
        Cancelled { en: "cancelled", it: "ha rinunciato" }
    }
    attend_outcome(outcome: Outcome) {
        Passed { en: "passed", it: "superato" }
        Failed { en: "not yet", it: "non ancora" }
        NoShow { en: "did not come", it: "assente" }
    }
}

impl Lang {
    /// `4th`; in Italian with its preposition, `al 4º posto`.
    #[must_use]
    pub fn attend_place(self, n: u32) -> String {
        match self {
            Self::En => ordinal(n),
            Self::It => format!("{} posto", Before::A.put(&format!("{n}º"))),
        }
    }

    /// `2nd`, of a request.
    #[must_use]
    pub fn attend_nth(self, n: u32) -> String {
        match self {
            Self::En => ordinal(n),
            Self::It => format!("{n}ª"),
        }
    }

    /// What passing opens.
    #[must_use]
    pub fn attend_grants(self, aim: Aim, name: &str) -> String {
        match (self, aim) {
            (Self::En, Aim::Use) => {
                format!("If you pass, you can use this: {name}. There is no further checkout.")
            }
            (Self::En, Aim::Train) => format!("If you pass, you can train others: {name}."),
            (Self::En, Aim::Own) => format!("If you pass, you can look after this: {name}."),
            (Self::En, Aim::Maintain) => format!("You learn the maintenance: {name}."),
            (Self::It, Aim::Use) => format!("Se la superi, puoi usare: {name}. Non serve altro."),
            (Self::It, Aim::Train) => format!("Se la superi, puoi formare altri: {name}."),
            (Self::It, Aim::Own) => format!("Se la superi, puoi prenderti cura di: {name}."),
            (Self::It, Aim::Maintain) => format!("Impari la manutenzione: {name}."),
        }
    }

    /// The time left to answer: `2 d 18 h`, `18 h`, `42 min`.
    #[must_use]
    pub fn attend_left(self, left: Duration) -> String {
        let (days, hours) = days_and_hours(left);
        match (self, days) {
            (_, 0) if hours > 0 => format!("{hours} h"),
            (_, 0) => self.length(left),
            (Self::En, _) => format!("{days} d {hours} h"),
            (Self::It, _) => format!("{days} g {hours} h"),
        }
    }

    /// The same in one unit, where there is little room: `66 h`, `42 min`.
    #[must_use]
    pub fn attend_left_short(self, left: Duration) -> String {
        if left < HOUR { self.length(left) } else { format!("{} h", left.as_secs() / HOUR.as_secs()) }
    }

    /// The same in words: `2 days 18 hours`.
    #[must_use]
    pub fn attend_left_words(self, left: Duration) -> String {
        let (days, hours) = days_and_hours(left);
        let day = if self.one(days) { ["day", "giorno"] } else { ["days", "giorni"] };
        let hour = if self.one(hours) { ["hour", "ora"] } else { ["hours", "ore"] };
        match (self, days, hours) {
            (_, 0, 0) => self.length(left),
            (Self::En, 0, _) => format!("{hours} {}", hour[0]),
            (Self::It, 0, _) => format!("{hours} {}", hour[1]),
            (Self::En, ..) => format!("{days} {} {hours} {}", day[0], hour[0]),
            (Self::It, ..) => format!("{days} {} e {hours} {}", day[1], hour[1]),
        }
    }

    /// How long people usually wait: `two weeks` as a number.
    #[must_use]
    pub fn ask_training_wait(self, days: u32) -> String {
        if days < 14 { self.ask_training_days(days.max(1)) } else { self.ask_training_weeks((days + 3) / 7) }
    }

    /// `Mornings`, by its beginning.
    #[must_use]
    pub const fn ask_training_window(self, window: DayWindow) -> &'static str {
        let (from, _) = window.minutes();
        match (self, from) {
            (Self::En, ..720) => "Mornings",
            (Self::En, 720..1_020) => "Afternoons",
            (Self::En, _) => "Evenings",
            (Self::It, ..720) => "Mattina",
            (Self::It, 720..1_020) => "Pomeriggio",
            (Self::It, _) => "Sera",
        }
    }
}

fn ordinal(n: u32) -> String {
    let suffix = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

/// Rounded down; days and hours of at most `u32::MAX`.
fn days_and_hours(left: Duration) -> (u32, u32) {
    let whole = |seconds: u64, unit: Duration| u32::try_from(seconds / unit.as_secs()).unwrap_or(u32::MAX);
    (whole(left.as_secs(), DAY), whole(left.as_secs() % DAY.as_secs(), HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    #[test]
    fn places_in_line_have_their_ordinal() {
        let all = [1, 2, 3, 4, 11, 12, 13, 21, 102].map(ordinal);
        assert_eq!(all, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd"]);
        assert_eq!(Lang::It.ask_training_would_be(&Lang::It.attend_place(4)), "Saresti al 4º posto in lista");
    }

    #[test]
    fn time_left_has_two_units_at_most() {
        let left = DAY * 2 + HOUR * 18 + MINUTE * 24;
        assert_eq!(
            (Lang::En.attend_left(left), Lang::It.attend_left(left)),
            ("2 d 18 h".into(), "2 g 18 h".into())
        );
        assert_eq!(Lang::En.attend_left_words(left), "2 days 18 hours");
        assert_eq!(Lang::It.attend_left_words(DAY + HOUR), "1 giorno e 1 ora");
        assert_eq!(Lang::En.attend_left(MINUTE * 42), "42 min");
        assert_eq!(Lang::En.attend_left_short(left), "66 h");
        assert_eq!(
            (Lang::En.ask_training_wait(13), Lang::En.ask_training_wait(15)),
            ("13 days".into(), "2 weeks".into())
        );
    }
}
