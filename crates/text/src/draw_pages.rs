//! Draws: their pages, from the plan to the verification.

use crate::Lang;
use domain::draws::{Entrants, LeftOut, Obstacle, State};

text! {
    draws_title() { en: "Draws", it: "Estrazioni" }
    draws_sub() { en: "Rooms that many want are drawn, and everyone can check how.", it: "Le sale più richieste si assegnano per estrazione, e chiunque può verificare come." }
    nav_draws_next() { en: "Rooms that many want, given out by lot", it: "Sale molto richieste, assegnate per estrazione" }
    draws_none() { en: "No draws", it: "Nessuna estrazione" }
    draws_none_next() { en: "When a room is drawn, it is announced here.", it: "Quando una sala viene estratta, l’annuncio è qui." }
    draws_open() { en: "Open for wishes", it: "Aperte alle preferenze" }
    draws_coming() { en: "Coming up", it: "In arrivo" }
    draws_waiting() { en: "Closed, to be drawn", it: "Chiuse, da estrarre" }
    draws_past() { en: "Drawn", it: "Estratte" }
    draws_until(when: &str) { en: "until {when}", it: "fino a {when}" }
    draws_from(when: &str) { en: "from {when}", it: "da {when}" }
    draws_on(when: &str) { en: "drawn {when}", it: "estratta {when}" }
    draws_rooms(n: u32) { en: [one: "{n} room", other: "{n} rooms"], it: [one: "{n} sala", other: "{n} sale"] }
    draws_weeks(n: u32) { en: [one: "{n} week", other: "{n} weeks"], it: [one: "{n} settimana", other: "{n} settimane"] }
    draws_wishes(n: u32) { en: [one: "{n} wish", other: "{n} wishes"], it: [one: "{n} preferenza", other: "{n} preferenze"] }
    draws_entrants(n: u32) { en: [one: "{n} takes part", other: "{n} take part"], it: [one: "{n} partecipante", other: "{n} partecipanti"] }
    draws_rounds(n: u32) { en: [one: "{n} round", other: "{n} rounds"], it: [one: "{n} turno", other: "{n} turni"] }
    draws_dates(n: u32) { en: [one: "{n} date", other: "{n} dates"], it: [one: "{n} data", other: "{n} date"] }
    draw_new() { en: "Plan a draw", it: "Pianifica un’estrazione" }
    draw_plan() { en: "Plan draw", it: "Pianifica estrazione" }
    draw_opens() { en: "Opens", it: "Apre" }
    draw_closes() { en: "Closes", it: "Chiude" }
    draw_closes_hint() { en: "Four to seven days later.", it: "Da quattro a sette giorni dopo." }
    draw_draws() { en: "Drawn", it: "Estrazione" }
    draw_first() { en: "First day", it: "Primo giorno" }
    draw_last() { en: "Last day", it: "Ultimo giorno" }
    draw_entrants() { en: "Who takes part", it: "Chi partecipa" }
    draw_limit() { en: "Wishes of each, at most", it: "Preferenze di ciascuno, al massimo" }
    draw_rooms() { en: "Rooms", it: "Sale" }
    draw_days() { en: "Days (all of them if none is chosen)", it: "Giorni (tutti se non ne scegli nessuno)" }
    draw_from() { en: "From", it: "Dalle" }
    draw_to() { en: "To", it: "Alle" }
    draw_to_hint() { en: "00:00 is midnight.", it: "00:00 è mezzanotte." }
    draw_edit() { en: "Edit draw", it: "Modifica estrazione" }
    draw_edit_open() { en: "Once it is open, only the name and the time of the draw can be changed, and the closing can be later.", it: "Una volta aperta, si possono cambiare solo il nome e il momento dell’estrazione, e la chiusura può essere più tardi." }
    draw_delete() { en: "Delete draw", it: "Elimina estrazione" }

    draw_groups() { en: "Groups", it: "Gruppi" }
    draw_people() { en: "People", it: "Persone" }
    draw_both() { en: "Groups and people", it: "Gruppi e persone" }
    draw_stages() { en: "Stages", it: "Fasi" }
    draw_stage_planned() { en: "Planned", it: "Pianificata" }
    draw_stage_open() { en: "Open", it: "Aperta" }
    draw_stage_closed() { en: "Closed", it: "Chiusa" }
    draw_stage_drawn() { en: "Drawn", it: "Estratta" }
    draw_since(day: &str) { en: "since {day}", it: (Da day => "{day}") }
    draw_opens_on(when: &str) { en: "Opens {when}", it: "Apre {when}" }
    draw_opens_in(days: &str) { en: "Opens {days}", it: "Apre {days}" }
    draw_opens_why(until: &str) { en: "Wishes can be made until {until}. It makes no difference who is first. You get a notice when it opens.", it: "Le preferenze si esprimono fino a {until}. Non conta chi arriva per primo. Riceverai un avviso all’apertura." }
    draw_closed_answer(when: &str) { en: "Closed, drawn {when}", it: "Chiusa, estrazione {when}" }
    draw_closed_why() { en: "The wishes are fixed, and their fingerprint is published. You get a notice with the result.", it: "Le preferenze sono fissate e la loro impronta è pubblicata. Riceverai un avviso con il risultato." }
    draw_drawn_on(when: &str) { en: "Drawn {when}", it: "Estratta {when}" }
    draw_what() { en: "What is drawn", it: "Che cosa si estrae" }
    draw_for() { en: "For", it: "Periodo" }
    draw_times() { en: "Times", it: "Orari" }
    draw_any_time() { en: "The whole week", it: "Tutta la settimana" }
    draw_wishes() { en: "Wishes", it: "Preferenze" }
    draw_up_to(n: &str) { en: "Up to {n} each, one room and time each", it: "Fino a {n} a testa, ciascuna con una sala e un orario" }
    draw_order() { en: "Order", it: "Ordine" }
    draw_order_rule() { en: "Everyone gets a first wish before anyone gets a second", it: "Tutti ottengono una prima preferenza prima che qualcuno ne ottenga una seconda" }
    draw_you_win() { en: "You win", it: "Si vince" }
    draw_prize(weeks: &str) { en: "A weekly booking for {weeks}", it: "Una prenotazione settimanale per {weeks}" }
    draw_trust() { en: "Why you can trust it", it: "Perché puoi fidarti" }
    draw_trust_why(day: &str) { en: "The secret that decides the order was fixed on {day}, before the first wish. Its fingerprint is below. After the draw the secret is published, and anyone can check that it fits.", it: (Il day => "Il segreto che decide l’ordine è stato fissato {day}, prima della prima preferenza. La sua impronta è qui sotto. Dopo l’estrazione il segreto viene pubblicato e chiunque può verificare che corrisponda.") }
    draw_renewed(when: &str) { en: "A backup was restored on {when}. This draw has a new secret since then; a fingerprint published before no longer counts.", it: (Il when => "Una copia di sicurezza è stata ripristinata {when}. Da allora questa estrazione ha un nuovo segreto; un’impronta pubblicata prima non vale più.") }
    draw_renewed_why() { en: "After the draw the secret of the fingerprint below is published, and anyone can check that it fits.", it: "Dopo l’estrazione viene pubblicato il segreto dell’impronta qui sotto e chiunque può verificare che corrisponda." }
    draw_fingerprint() { en: "Fingerprint of the secret", it: "Impronta del segreto" }
    draw_fingerprint_wishes() { en: "Fingerprint of the wishes", it: "Impronta delle preferenze" }
    draw_published(when: &str) { en: "SHA-256, published {when}", it: "SHA-256, pubblicata {when}" }
    draw_act_for(names: &str) { en: "You act for {names}. Only group admins make wishes.", it: "Agisci per {names}. Solo chi amministra un gruppo esprime preferenze." }
    draw_act_none() { en: "Only group admins make wishes. Ask an admin of your group.", it: "Solo chi amministra un gruppo esprime preferenze. Chiedi a chi amministra il tuo." }
    draw_yourself() { en: "yourself", it: "te" }
    draw_your_wishes() { en: "Your wishes", it: "Le tue preferenze" }
    draw_wishes_of(name: &str) { en: "Wishes of {name}", it: "Preferenze di {name}" }
    draw_n_of(n: &str, most: &str) { en: "{n} of {most}", it: "{n} di {most}" }
    draw_no_wishes() { en: "No wishes yet.", it: "Ancora nessuna preferenza." }
    draw_hidden() { en: "Others’ wishes stay hidden until the draw. Change yours as often as you like: the time of a wish plays no part.", it: "Le preferenze degli altri restano nascoste fino all’estrazione. Cambia le tue quante volte vuoi: il momento in cui le esprimi non conta." }
    draw_add_wish() { en: "Add wish", it: "Aggiungi preferenza" }
    draw_add_wish_for(name: &str) { en: "Add wish for {name}", it: "Aggiungi preferenza per {name}" }
    draw_edit_wish() { en: "Edit wish", it: "Modifica preferenza" }
    draw_withdraw() { en: "Withdraw", it: "Ritira" }
    draw_importance_of(n: &str) { en: "importance {n} of 5", it: "importanza {n} su 5" }
    draw_importance(n: &str) { en: "importance {n}", it: "importanza {n}" }
    draw_not_had(n: u32) { en: [one: "{n} date can’t be had", other: "{n} dates can’t be had"], it: [one: "{n} data non disponibile", other: "{n} date non disponibili"] }
    draw_others_count(wish: &str, dates: &str) { en: "{wish}: {dates}. The other weeks count.", it: "{wish}: {dates}. Valgono le altre settimane." }
    draw_closes_on(when: &str) { en: "Closes {when}", it: "Chiude {when}" }

    draw_wish_new(n: &str, most: &str) { en: "Wish {n} of {most}", it: "Preferenza {n} di {most}" }
    draw_wish_for(name: &str) { en: "for {name}", it: "per {name}" }
    draw_room() { en: "Room", it: "Sala" }
    draw_people_count(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    draw_every_week() { en: "Every week", it: "Ogni settimana" }
    draw_day() { en: "Day", it: "Giorno" }
    draw_week_label() { en: "The week: your wish, your other wishes and when it is closed", it: "La settimana: la tua preferenza, le altre tue e quando è chiuso" }
    draw_this_wish() { en: "this wish", it: "questa preferenza" }
    draw_other_wish() { en: "another wish of yours", it: "un’altra tua preferenza" }
    draw_closed_then() { en: "closed", it: "chiuso" }
    draw_dashed() { en: "The dashed ones are your other wishes, the hatched times are closed.", it: "Le tratteggiate sono le altre tue preferenze, negli orari a righe è chiuso." }
    draw_all_entered(limit: &str) { en: "All {limit} wishes are entered. Change or withdraw one on the draw’s page.", it: "Tutte le {limit} preferenze sono inserite. Modificane o ritirane una nella pagina dell’estrazione." }
    draw_matters() { en: "How much does it matter?", it: "Quanto conta?" }
    draw_nice() { en: "nice to have", it: "sarebbe bello" }
    draw_most() { en: "matters most", it: "conta di più" }
    draw_rank(n: &str, wishes: &str) { en: "Your wish number {n} of {wishes}, by importance.", it: "La tua preferenza numero {n} di {wishes}, per importanza." }
    draw_note() { en: "Note", it: "Nota" }
    draw_note_hint() { en: "Only you and your group see it.", it: "La vedete solo tu e il tuo gruppo." }
    draw_save_wish() { en: "Save wish", it: "Salva preferenza" }

    draw_got(name: &str, n: &str, most: &str) { en: "{name} got {n} of {most}", it: "{name}: ottenute {n} di {most}" }
    draw_you_got(n: &str, most: &str) { en: "You got {n} of {most}", it: "Hai ottenuto {n} di {most}" }
    draw_round_booked(round: &str, dates: &str) { en: "Round {round} · {dates} booked", it: "Turno {round} · {dates} prenotate" }
    draw_left_out(dates: &str) { en: "Not booked: {dates}", it: "Non prenotate: {dates}" }
    draw_open_series() { en: "Open series", it: "Apri la serie" }
    draw_not_this_time() { en: "Not this time", it: "Non questa volta" }
    draw_why_not() { en: "Why not", it: "Perché no" }
    draw_wished(n: u32) { en: [one: "{n} other wish was for the same time.", other: "{n} other wishes were for the same time."], it: [one: "{n} altra preferenza per lo stesso orario.", other: "{n} altre preferenze per lo stesso orario."] }
    draw_lot(round: &str, other: &str, place: &str, mine: &str) { en: "In round {round} the lot put {other} at place {place} and you at {mine}.", it: (A mine => "Nel turno {round} il sorteggio ha messo {other} al posto {place} e te {mine}.") }
    draw_lot_first(round: &str, other: &str, place: &str) { en: "In round {round} the lot put {other} at place {place}.", it: "Nel turno {round} il sorteggio ha messo {other} al posto {place}." }
    draw_took(other: &str) { en: "The turn of {other} came first, and it took the time.", it: "È toccato prima a {other}, che ha preso l’orario." }
    draw_took_own(wish: &str) { en: "You won {wish}, which takes the same time.", it: "Hai vinto {wish}, che occupa lo stesso orario." }
    draw_somebody() { en: "another member", it: "un altro membro" }
    draw_check() { en: "Check it yourself", it: "Verifica di persona" }
    draw_check_next() { en: "Your browser runs the draw again from the published file. Nothing is sent.", it: "Il tuo browser rifà l’estrazione dal file pubblicato. Non si invia nulla." }
    draw_verify() { en: "Verify the draw", it: "Verifica l’estrazione" }
    draw_file() { en: "Draw file", it: "File dell’estrazione" }
    draw_table() { en: "Wishes as CSV", it: "Preferenze in CSV" }
    draw_all_turns() { en: "All turns", it: "Tutte le mosse" }
    draw_round() { en: "Round", it: "Turno" }
    draw_round_n(n: &str) { en: "Round {n}", it: "Turno {n}" }
    draw_turn() { en: "Turn", it: "Mossa" }
    draw_who() { en: "Who", it: "Chi" }
    draw_got_what() { en: "Got", it: "Ha ottenuto" }
    draw_nothing_left() { en: "nothing left", it: "niente più libero" }

    draw_run() { en: "Run draw", it: "Esegui estrazione" }
    draw_run_next() { en: "Books all dates of the winners at once and publishes the secret. This can’t be undone.", it: "Prenota subito tutte le date di chi vince e pubblica il segreto. Non si può annullare." }
    draw_try() { en: "Dry run", it: "Prova" }
    draw_try_next() { en: "With another secret: who wins in it has no bearing on the draw.", it: "Con un altro segreto, quindi non dice nulla su chi vincerà." }
    draw_tried(won: &str, wishes: &str, rounds: &str) { en: "{won} of {wishes} would be won in {rounds}.", it: "Si vincerebbero {won} di {wishes} in {rounds}." }
    draw_tried_obstacles(n: u32) { en: [one: "{n} wish can’t be won by anyone:", other: "{n} wishes can’t be won by anyone:"], it: [one: "{n} preferenza non può vincerla nessuno:", other: "{n} preferenze non può vincerle nessuno:"] }
    draw_tried_left_out(n: u32) { en: [one: "{n} date couldn’t be had.", other: "{n} dates couldn’t be had."], it: [one: "{n} data non sarebbe disponibile.", other: "{n} date non sarebbero disponibili."] }

    verify_sub(name: &str) { en: "{name} · in this browser, nothing is sent", it: "{name} · in questo browser, non si invia nulla" }
    verify_right() { en: "The draw is right", it: "L’estrazione è corretta" }
    verify_right_why(entrants: &str, wishes: &str, rounds: &str, winners: &str) { en: "Recomputed from the file: {entrants}, {wishes}, {rounds}, the same {winners} won.", it: "Ricalcolata dal file: {entrants}, {wishes}, {rounds}, le stesse {winners} vinte." }
    verify_wrong() { en: "This file doesn’t match", it: "Questo file non corrisponde" }
    verify_wrong_published() { en: "This is the published file. Tell a manager.", it: "Questo è il file pubblicato. Avvisa un responsabile." }
    verify_wrong_chosen(name: &str) { en: "You chose {name}. Usually a byte got lost on the way: verify the published file.", it: "Hai scelto {name}. Di solito si è perso un byte per strada: verifica il file pubblicato." }
    verify_again() { en: "Verify the published file", it: "Verifica il file pubblicato" }
    verify_download() { en: "Download draw file", it: "Scarica il file" }
    verify_no_names() { en: "Without names of people.", it: "Senza nomi di persone." }
    verify_steps() { en: "Six steps", it: "Sei passi" }
    verify_stopped(n: &str) { en: "Stopped at step {n} of 6", it: "Fermata al passo {n} di 6" }
    verify_skipped() { en: "Not checked", it: "Non verificato" }
    verify_file() { en: "The file is a draw file", it: "Il file è un file di estrazione" }
    verify_secret() { en: "The secret was fixed before the first wish", it: "Il segreto era fissato prima della prima preferenza" }
    verify_secret_no() { en: "The secret is another one", it: "Il segreto è un altro" }
    verify_secret_why(when: &str) { en: "Its fingerprint is the one published on {when}.", it: (Il when => "La sua impronta è quella pubblicata {when}.") }
    verify_wishes() { en: "No wish changed after closing", it: "Nessuna preferenza è cambiata dopo la chiusura" }
    verify_wishes_no() { en: "The wishes changed after closing", it: "Le preferenze sono cambiate dopo la chiusura" }
    verify_wishes_why(wishes: &str, when: &str) { en: "{wishes}, as fingerprinted on {when}.", it: (Di when => "{wishes}, con l’impronta {when}.") }
    verify_changed_wish(id: &str, field: &str, is: &str, was: &str) { en: "Wish {id}: {field} is {is}, it was {was}.", it: "Preferenza {id}: {field} è {is}, era {was}." }
    verify_extra_wish(id: &str) { en: "Wish {id} is not in the published file.", it: "La preferenza {id} non è nel file pubblicato." }
    verify_missing_wish(id: &str) { en: "Wish {id} is missing.", it: "Manca la preferenza {id}." }
    verify_seed() { en: "The seed comes from both", it: "Il seme viene da entrambi" }
    verify_seed_no() { en: "The seed is another one", it: "Il seme è un altro" }
    verify_seed_why() { en: "Secret and sorted wishes, nothing else.", it: "Segreto e preferenze ordinate, nient’altro." }
    verify_turns() { en: "The same turns", it: "Le stesse mosse" }
    verify_turns_no() { en: "The turns are others", it: "Le mosse sono altre" }
    verify_turns_why(n: u32) { en: [one: "{n} turn in the order of the seed.", other: "{n} turns in the order of the seed."], it: [one: "{n} mossa nell’ordine del seme.", other: "{n} mosse nell’ordine del seme."] }
    verify_turn_differs(n: &str) { en: "Turn {n} of all differs.", it: "La mossa {n} è diversa." }
    verify_outcomes() { en: "The same winners, each loser with the reason", it: "Le stesse vincite, ogni perdita con il motivo" }
    verify_outcomes_no() { en: "The outcomes are others", it: "Gli esiti sono altri" }
    verify_outcomes_why(won: &str, lost: &str) { en: "{won} won, {lost} did not.", it: "{won} vinte, {lost} no." }
    verify_outcome_differs(n: &str) { en: "Outcome {n} differs.", it: "L’esito {n} è diverso." }
    verify_hash_published() { en: "Published", it: "Pubblicata" }
    verify_hash_of_file() { en: "SHA-256 computed from the file", it: "SHA-256 calcolata dal file" }
    verify_hash_in_file() { en: "In the file", it: "Nel file" }
    verify_seed_label() { en: "Seed", it: "Seme" }
    verify_file_large() { en: "It is larger than a draw file can be.", it: "È più grande di quanto possa essere un file di estrazione." }
    verify_file_json(line: &str) { en: "It is not JSON from line {line} on.", it: "Non è JSON dalla riga {line} in poi." }
    verify_file_short() { en: "It ends too early.", it: "Finisce troppo presto." }
    verify_file_fields() { en: "It has other fields than a draw file.", it: "Ha campi diversi da un file di estrazione." }
    verify_file_version(n: &str) { en: "It has version {n}, which this page doesn’t know.", it: "Ha la versione {n}, che questa pagina non conosce." }
    verify_file_hash(field: &str) { en: "“{field}” is not a hash.", it: "«{field}» non è un’impronta." }
    verify_file_wish(id: &str) { en: "Wish {id} is no wish.", it: "La preferenza {id} non è una preferenza." }
    verify_file_input() { en: "Its wishes don’t fit together.", it: "Le sue preferenze non stanno insieme." }
    verify_file_form(at: &str) { en: "All values are right, but it is not written as a draw file is, from byte {at} on.", it: "Tutti i valori sono giusti, ma dal byte {at} non è scritto come un file di estrazione." }
    verify_other_draw() { en: "It is the file of another draw.", it: "È il file di un’altra estrazione." }
    verify_elsewhere() { en: "Don’t trust this page?", it: "Non ti fidi di questa pagina?" }
    verify_command() { en: "On your computer", it: "Sul tuo computer" }
    verify_python() { en: "One page of Python", it: "Una pagina di Python" }
    verify_python_next() { en: "docs/draw-verify.py in the source of Toolgate, written from the description alone", it: "docs/draw-verify.py nel codice di Toolgate, scritto dalla sola descrizione" }
    verify_another() { en: "Verify another file", it: "Verifica un altro file" }
    verify_another_next() { en: "It stays in this browser.", it: "Resta in questo browser." }
}

impl Lang {
    #[must_use]
    pub const fn draw_state(self, state: State) -> &'static str {
        match state {
            State::Planned => self.draw_stage_planned(),
            State::Open => self.draw_stage_open(),
            State::Closed => self.draw_stage_closed(),
            State::Completed => self.draw_stage_drawn(),
        }
    }

    #[must_use]
    pub const fn draw_takes(self, entrants: Entrants) -> &'static str {
        match entrants {
            Entrants::Groups => self.draw_groups(),
            Entrants::People => self.draw_people(),
            Entrants::Both => self.draw_both(),
        }
    }

    /// Why a date is not booked.
    #[must_use]
    pub const fn draw_left_out_reason(self, reason: LeftOut) -> &'static str {
        match (self, reason) {
            (Self::En, LeftOut::Closed) => "closed",
            (Self::It, LeftOut::Closed) => "chiuso",
            (Self::En, LeftOut::Occupied) => "taken",
            (Self::It, LeftOut::Occupied) => "occupata",
            (Self::En, LeftOut::Busy) => "you have something else",
            (Self::It, LeftOut::Busy) => "hai altro",
            (Self::En, LeftOut::NoHour) => "the clocks skip it",
            (Self::It, LeftOut::NoHour) => "l’ora non esiste",
            (Self::En, LeftOut::Past) => "over",
            (Self::It, LeftOut::Past) => "passata",
            (Self::En, LeftOut::NotPermitted) => "no booking allowed",
            (Self::It, LeftOut::NotPermitted) => "non prenotabile",
        }
    }

    /// Why nobody can win a wish, as a sentence.
    #[must_use]
    pub const fn draw_obstacle(self, obstacle: Obstacle) -> &'static str {
        match (self, obstacle) {
            (Self::En, Obstacle::Archived) => "The room was archived before the draw.",
            (Self::It, Obstacle::Archived) => "La sala è stata archiviata prima dell’estrazione.",
            (Self::En, Obstacle::NotBookable) => "The room can’t be booked any more.",
            (Self::It, Obstacle::NotBookable) => "La sala non si può più prenotare.",
            (Self::En, Obstacle::Closed) => "The workshop or the room is closed at that time in every week.",
            (Self::It, Obstacle::Closed) => "In quell’orario il laboratorio o la sala è chiuso ogni settimana.",
            (Self::En, Obstacle::Occupied) => "Other bookings have that time in every week.",
            (Self::It, Obstacle::Occupied) => "Quell’orario è già prenotato ogni settimana.",
            (Self::En, Obstacle::NotPermitted) => {
                "The group is archived or without an active admin, the person has left, or they may not book the room."
            }
            (Self::It, Obstacle::NotPermitted) => {
                "Il gruppo è archiviato o senza amministratori attivi, la persona non c’è più, o la sala non è per loro."
            }
        }
    }

    /// `Tuesdays 18:00–21:00`, of seconds of the week from Sunday.
    #[must_use]
    pub fn draw_weekly(self, from: u32, until: u32) -> String {
        let day = self.draw_weekday(from);
        let plural = match self {
            Self::En => format!("{day}s"),
            Self::It => day.to_owned(),
        };
        format!("{plural} {}", Self::draw_clocks(from, until))
    }

    /// `Tue 18:00–21:00`.
    #[must_use]
    pub fn draw_weekly_short(self, from: u32, until: u32) -> String {
        let day: String = self.draw_weekday(from).chars().take(3).collect();
        format!("{day} {}", Self::draw_clocks(from, until))
    }

    /// `18:00–21:00`; midnight as an end is 24:00.
    #[must_use]
    pub fn draw_clocks(from: u32, until: u32) -> String {
        let clock = |second: u32| format!("{:02}:{:02}", second / 3_600, second / 60 % 60);
        let end = match until % 86_400 {
            0 => 86_400,
            end => end,
        };
        format!("{}–{}", clock(from % 86_400), clock(end))
    }

    const fn draw_weekday(self, second: u32) -> &'static str {
        // The week of wishes begins on Sunday.
        self.weekday(((second / 86_400 + 6) % 7) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekly_times_name_the_day_and_midnight_as_an_end() {
        assert_eq!(Lang::En.draw_weekly(237_600, 248_400), "Tuesdays 18:00–21:00");
        assert_eq!(Lang::It.draw_weekly(237_600, 248_400), "martedì 18:00–21:00");
        assert_eq!(Lang::En.draw_weekly_short(6 * 86_400 + 72_000, 604_800), "Sat 20:00–24:00");
        assert_eq!(Lang::En.draw_weekly_short(0, 3_600), "Sun 00:00–01:00");
    }
}
