//! Pages of those who hold training events: who waits, the form of an event, and its results. Not here: the pages of those
//! who take part ([`crate::training_events`]).

use crate::Lang;
use domain::training_events::{Aim, Outcome};

text! {
    hosting_demand() { en: "Training demand", it: "Richieste di formazione" }
    hosting_people_wait(n: u32) { en: [one: "{n} person waits", other: "{n} people wait"], it: [one: "{n} persona in attesa", other: "{n} persone in attesa"] }
    hosting_show() { en: "Show", it: "Mostra" }
    hosting_mine() { en: "My types", it: "I miei tipi" }
    hosting_all() { en: "All", it: "Tutte" }
    hosting_undated() { en: "No date yet", it: "Senza data" }
    hosting_longest(date: &str) { en: "longest since {date}", it: (Da date => "la prima {date}") }
    hosting_no_date() { en: "no date yet", it: "ancora senza data" }
    hosting_places_taken(held: &str, capacity: &str) { en: "{held} of {capacity} places taken", it: "{held} posti su {capacity} occupati" }
    hosting_days(n: u32) { en: [one: "{n} day", other: "{n} days"], it: [one: "{n} giorno", other: "{n} giorni"] }
    hosting_weeks(n: u32) { en: [one: "{n} week", other: "{n} weeks"], it: [one: "{n} settimana", other: "{n} settimane"] }
    hosting_people(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    hosting_suits(date: &str, can: &str, all: &str) { en: "{date} suits {can} of {all}", it: "{date} va bene a {can} su {all}" }
    hosting_no_time() { en: "No time to suggest", it: "Nessun orario da proporre" }
    hosting_no_time_next() { en: "In the coming weeks you, the machine or a room are taken whenever people can come. Choose a time yourself.",
                             it: "Nelle prossime settimane, quando le persone possono venire, siete occupati tu, la macchina o la sala. Scegli tu un orario." }
    hosting_dates() { en: "Suggested dates", it: "Date proposte" }
    hosting_can(n: u32) { en: [one: "{n} can", other: "{n} can"], it: [one: "{n} può", other: "{n} possono"] }
    hosting_free(names: &str) { en: "Free: {names}", it: "Liberi: {names}" }
    hosting_you() { en: "you", it: "tu" }
    hosting_busy(names: &str) { en: "Has something else then: {names}", it: "Ha un altro impegno: {names}" }
    hosting_who_can() { en: "Who waits and when they can come", it: "Chi aspetta e quando può venire" }
    hosting_queue(kind: &str) { en: "Queue for {kind}, in the order of asking", it: "Coda per {kind}, in ordine di richiesta" }
    hosting_place() { en: "Place", it: "Posto" }
    hosting_person() { en: "Person", it: "Persona" }
    hosting_asked() { en: "Asked", it: "Richiesta" }
    hosting_morning() { en: "Morning", it: "Mattina" }
    hosting_afternoon() { en: "Afternoon", it: "Pomeriggio" }
    hosting_evening() { en: "Evening", it: "Sera" }
    hosting_yes() { en: "can come", it: "può venire" }
    hosting_no() { en: "can’t come", it: "non può venire" }
    hosting_can_come() { en: "Can come", it: "Possono venire" }
    hosting_modules_left(n: u32) { en: [one: "{n} module to complete", other: "{n} modules to complete"], it: [one: "{n} modulo da completare", other: "{n} moduli da completare"] }
    hosting_hold() { en: "Hold this session", it: "Fissa questa sessione" }
    hosting_details() { en: "Change details first", it: "Prima cambia i dettagli" }
    hosting_invites_first(n: u32, can: &str) { en: [one: "Invites the first one, {can} can", other: "Invites the first {n}, {can} can"], it: [one: "Invita la prima persona, {can} può", other: "Invita le prime {n} persone, {can} possono"] }
    hosting_not_yours() { en: "Only trainers of this type can hold a session. Ask one of them.", it: "Solo chi insegna su questo tipo può tenere una sessione. Chiedi a una di queste persone." }
    hosting_none() { en: "Nobody waits", it: "Nessuno è in attesa" }
    hosting_none_next() { en: "When members ask for training, they appear here.", it: "Chi chiede una formazione compare qui." }
    hosting_none_mine() { en: "Nobody waits for your types. See all of them, or announce an event.", it: "Nessuno aspetta per i tuoi tipi. Guarda tutte le richieste o annuncia un evento." }
    hosting_key_date() { en: "date", it: "data" }
    hosting_key_hold() { en: "hold", it: "fissa" }

    hosting_title_use(kind: &str) { en: "{kind}, first steps", it: "{kind}, primi passi" }
    hosting_title_train(kind: &str) { en: "{kind}, teaching others", it: "{kind}, insegnare ad altri" }
    hosting_title_own(kind: &str) { en: "{kind}, looking after it", it: "{kind}, occuparsene" }
    hosting_title_maintain(kind: &str) { en: "{kind}, maintenance", it: "{kind}, manutenzione" }

    hosting_new() { en: "New event", it: "Nuovo evento" }
    hosting_edit() { en: "Change event", it: "Modifica evento" }
    hosting_like() { en: "Template", it: "Modello" }
    hosting_from_title(title: &str) { en: "From “{title}”", it: "Da «{title}»" }
    hosting_blank() { en: "Empty", it: "Vuoto" }
    hosting_discard() { en: "Discard", it: "Scarta" }
    hosting_what() { en: "What", it: "Che cosa" }
    hosting_equipment() { en: "Equipment", it: "Attrezzatura" }
    hosting_event_title() { en: "Title", it: "Titolo" }
    hosting_host() { en: "Host", it: "Chi la tiene" }
    hosting_learn() { en: "They learn to", it: "Imparano a" }
    hosting_when() { en: "When and where", it: "Quando e dove" }
    hosting_day() { en: "Date", it: "Data" }
    hosting_from() { en: "From", it: "Dalle" }
    hosting_to_time() { en: "To", it: "Alle" }
    hosting_lane(name: &str, taken: &str, chosen: &str) { en: "{name}: taken {taken}; chosen {chosen}", it: "{name}: occupato {taken}; scelto {chosen}" }
    hosting_lane_free(name: &str, chosen: &str) { en: "{name}: free; chosen {chosen}", it: "{name}: libero; scelto {chosen}" }
    hosting_resources() { en: "Machines and rooms", it: "Macchine e sale" }
    hosting_repeat() { en: "Repeat", it: "Ripeti" }
    hosting_once() { en: "Once", it: "Una volta" }
    hosting_weekly() { en: "Every week", it: "Ogni settimana" }
    hosting_fortnightly() { en: "Every 2 weeks", it: "Ogni 2 settimane" }
    hosting_monthly() { en: "Every month", it: "Ogni mese" }
    hosting_last() { en: "Last possible date", it: "Ultima data possibile" }
    hosting_places() { en: "Places", it: "Posti" }
    hosting_minimum() { en: "Runs with at least", it: "Si tiene con almeno" }
    hosting_deadline() { en: "Decide by", it: "Decidi entro" }
    hosting_deadline_hint() { en: "Sign-up closes then. With too few, the event is cancelled.", it: "Poi le iscrizioni chiudono. Con troppo pochi iscritti l’evento viene annullato." }
    hosting_fee() { en: "Fee, as text", it: "Costo, a parole" }
    hosting_bring() { en: "What to bring", it: "Che cosa portare" }
    hosting_bring_hint() { en: "One thing per line", it: "Una cosa per riga" }
    hosting_about() { en: "About the event", it: "Di che cosa si tratta" }
    hosting_modules() { en: "Complete first", it: "Da completare prima" }
    hosting_required(title: &str) { en: "{title}, required", it: "{title}, obbligatorio" }
    hosting_public() { en: "Public", it: "Pubblico" }
    hosting_public_hint() { en: "Visitors see the title, the time, the places left and the host’s first name.", it: "I visitatori vedono titolo, orario, posti liberi e il nome di chi la tiene." }
    hosting_what_happens() { en: "What happens", it: "Che cosa succede" }
    hosting_invites(n: u32, of: &str) { en: [one: "Invites {n} of {of}", other: "Invites {n} of {of}"], it: [one: "Invita {n} su {of}", other: "Invita {n} su {of}"] }
    hosting_invites_none() { en: "Invites nobody", it: "Non invita nessuno" }
    hosting_invites_none_next() { en: "Nobody waits for this. Members see it among the events and sign up.", it: "Nessuno la aspetta. I membri la vedono tra gli eventi e si iscrivono." }
    hosting_order() { en: "In the order of asking. If an invitation isn’t accepted in time, the next in line is asked at once.", it: "In ordine di richiesta. Se un invito non viene accettato in tempo, tocca subito alla persona successiva." }
    hosting_since(date: &str) { en: "since {date}", it: (Da date => "{date}") }
    hosting_not_then() { en: "not at that time", it: "non a quell’ora" }
    hosting_next_in_line() { en: "next in line", it: "la prossima" }
    hosting_checks() { en: "Checks", it: "Verifiche" }
    hosting_taken(name: &str, time: &str) { en: "{name} is taken {time}", it: "{name}: occupato {time}" }
    hosting_open_until(time: &str) { en: "Open until {time}", it: (A time => "Aperto fino {time}") }
    hosting_closes(time: &str) { en: "The workshop closes at {time}, before it ends", it: (A time => "Il laboratorio chiude {time}, prima della fine") }
    hosting_closed() { en: "The workshop is closed then", it: "In quel momento il laboratorio è chiuso" }
    hosting_cannot(name: &str) { en: "{name} can’t come at that time", it: "{name} non può venire a quell’ora" }
    hosting_asked_again() { en: "If the time changes, everyone who accepted is asked again. Their places stay held meanwhile.", it: "Se cambia l’orario, chi ha accettato riceve una nuova richiesta. Intanto i posti restano riservati." }
    hosting_announce() { en: "Announce", it: "Annuncia" }
    hosting_announce_invite(n: u32) { en: [one: "Announce and invite {n}", other: "Announce and invite {n}"], it: [one: "Annuncia e invita {n}", other: "Annuncia e invita {n}"] }
    hosting_save() { en: "Save changes", it: "Salva le modifiche" }
    hosting_refresh() { en: "Update the checks", it: "Aggiorna le verifiche" }
    hosting_reserves(names: &str, time: &str) { en: "Reserves {names}, {time}", it: "Riserva {names}, {time}" }
    hosting_no_types() { en: "You hold no events", it: "Non tieni eventi" }
    hosting_no_types_next() { en: "Trainers and owners of a type announce its events.", it: "Gli eventi di un tipo li annuncia chi ci insegna o se ne occupa." }

    hosting_results() { en: "Results", it: "Esiti" }
    hosting_to_event() { en: "Event", it: "Evento" }
    hosting_signed_up(n: u32) { en: [one: "{n} signed up", other: "{n} signed up"], it: [one: "{n} iscritto", other: "{n} iscritti"] }
    hosting_of(n: &str, of: &str) { en: "{n} of {of}", it: "{n} su {of}" }
    hosting_marked(n: &str, of: &str) { en: "{n} of {of} marked", it: "{n} su {of} segnati" }
    hosting_unsaved() { en: "not saved yet", it: "non ancora salvati" }
    hosting_all_passed() { en: "Everyone present passed", it: "Superata da tutti i presenti" }
    hosting_all_next() { en: "Then change the exceptions. Nothing counts until you save.", it: "Poi cambia le eccezioni. Niente conta finché non salvi." }
    hosting_attendees() { en: "Attendees", it: "Partecipanti" }
    hosting_second_try() { en: "Second try", it: "Secondo tentativo" }
    hosting_try(n: &str) { en: "Try {n}", it: "Tentativo {n}" }
    hosting_missed(n: u32) { en: [one: "Missed {n} event before", other: "Missed {n} events before"], it: [one: "Assente già a {n} evento", other: "Assente già a {n} eventi"] }
    hosting_no_show(n: &str, of: &str) { en: "No-show {n} of {of}; the last one bars new requests", it: "Assenza {n} di {of}; l’ultima esclude da nuove richieste" }
    hosting_no_show_bars() { en: "This no-show bars new requests", it: "Questa assenza esclude da nuove richieste" }
    hosting_walked_in() { en: "Walk-in", it: "Senza iscrizione" }
    hosting_practise(name: &str) { en: "What to practise. {name} sees it.", it: "Che cosa esercitare. {name} lo legge." }
    hosting_note(name: &str) { en: "What to practise: {name}", it: "Che cosa esercitare: {name}" }
    hosting_walk_in() { en: "Add a walk-in", it: "Aggiungi una persona" }
    hosting_walk_in_hint() { en: "Present without a sign-up", it: "Presente senza iscrizione" }
    hosting_name() { en: "Name", it: "Nome" }
    hosting_add() { en: "Add", it: "Aggiungi" }
    hosting_passed(n: u32) { en: [one: "{n} passed", other: "{n} passed"], it: [one: "{n} l’ha superata", other: "{n} l’hanno superata"] }
    hosting_failed(n: u32) { en: [one: "{n} not yet", other: "{n} not yet"], it: [one: "{n} non ancora", other: "{n} non ancora"] }
    hosting_absent(n: u32) { en: [one: "{n} no-show", other: "{n} no-shows"], it: [one: "{n} assente", other: "{n} assenti"] }
    hosting_to_mark(n: u32) { en: [one: "{n} to mark", other: "{n} to mark"], it: [one: "{n} da segnare", other: "{n} da segnare"] }
    hosting_save_results(n: u32) { en: [one: "Save {n} result", other: "Save {n} results"], it: [one: "Salva {n} esito", other: "Salva {n} esiti"] }
    hosting_qualifies(n: u32) { en: [one: "Qualifies {n} person at once.", other: "Qualifies {n} people at once."], it: [one: "Abilita subito {n} persona.", other: "Abilita subito {n} persone."] }
    hosting_not_qualifying() { en: "Recorded as attended. It qualifies nobody.", it: "Registra la partecipazione. Non abilita nessuno." }
    hosting_too_early() { en: "Too early for results", it: "Troppo presto per gli esiti" }
    hosting_too_early_next(when: &str) { en: "You can write them on {when}, shortly before it begins.", it: (Il when => "Puoi scriverli {when}, poco prima dell’inizio.") }
    hosting_cancelled() { en: "This event is cancelled", it: "Questo evento è annullato" }
    hosting_cancelled_next() { en: "It has no results.", it: "Non ha esiti." }
    hosting_nobody() { en: "Nobody signed up", it: "Nessun iscritto" }
    hosting_nobody_next() { en: "Add everyone who is present.", it: "Aggiungi chi è presente." }
    hosting_saved() { en: "Results saved", it: "Esiti salvati" }
    hosting_undo_until(at: &str) { en: "You can undo them until {at}, as long as nobody has used the machine with them.", it: (A at => "Puoi annullarli fino {at}, finché nessuno ha usato la macchina grazie a loro.") }
    hosting_undo() { en: "Undo results", it: "Annulla gli esiti" }
}

names! {
    /// What people learn, as the choice in a form.
    hosting_aim(aim: Aim) {
        Use { en: "Use it", it: "Usarlo" }
        Train { en: "Train others", it: "Insegnarlo" }
        Own { en: "Look after it", it: "Occuparsene" }
        Maintain { en: "Maintenance", it: "Fare manutenzione" }
    }
    /// What people wait for, as a heading.
    hosting_to(aim: Aim) {
        Use { en: "To use", it: "Per usarlo" }
        Train { en: "To train others", it: "Per insegnarlo" }
        Own { en: "To look after it", it: "Per occuparsene" }
        Maintain { en: "For maintenance", it: "Per la manutenzione" }
    }
    /// The result of one person.
    hosting_outcome(outcome: Outcome) {
        Passed { en: "Passed", it: "Superata" }
        Failed { en: "Not yet", it: "Non ancora" }
        NoShow { en: "No-show", it: "Assente" }
    }
}

impl Lang {
    /// The title of an event, unless its host writes another one.
    #[must_use]
    pub fn hosting_title(self, aim: Aim, kind: &str) -> String {
        match aim {
            Aim::Use => self.hosting_title_use(kind),
            Aim::Train => self.hosting_title_train(kind),
            Aim::Own => self.hosting_title_own(kind),
            Aim::Maintain => self.hosting_title_maintain(kind),
        }
    }

    /// `4 passed, 1 not yet, 1 no-show`, without what there is none of.
    #[must_use]
    pub fn hosting_outcomes(self, passed: u32, failed: u32, absent: u32) -> String {
        let parts = [
            Some(self.hosting_passed(passed)),
            (failed > 0).then(|| self.hosting_failed(failed)),
            (absent > 0).then(|| self.hosting_absent(absent)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
