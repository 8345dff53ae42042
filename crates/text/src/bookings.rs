//! Bookings: why a time is unavailable, states of bookings, and rooms.

use crate::{Lang, time::clocks};
use contract::bookings::RefusalNames;
use domain::{
    bookings::{BookingAction, Cause, Criterion, Policy, Refusal, State},
    settings::Key,
    time::{MINUTE, Millis, Moment},
};

text! {
    booking_form_resource() { en: "Name a machine or a room, like machine:7 or room:2.", it: "Indica una macchina o una sala, come machine:7 o room:2." }
    booking_form_time() { en: "Enter the time like 2026-11-20T14:05:00Z.", it: "Scrivi il momento come 2026-11-20T14:05:00Z." }
    booking_form_range() { en: "Choose an end after the start, at most 62 days later.", it: "Scegli una fine dopo l’inizio, al massimo 62 giorni più tardi." }
    booking_unknown() { en: "Booking not found", it: "Prenotazione non trovata" }
    booking_no_resource() { en: "Machine or room not found, or not bookable", it: "Macchina o sala non trovata, o non prenotabile" }
    booking_not_now() { en: "That can’t be done with this booking now.", it: "Con questa prenotazione ora non si può fare." }
    booking_decided(state: &str) { en: "This booking was decided before: {state}.", it: "È già stato deciso: {state}." }
    booking_decided_by(state: &str, name: &str) { en: "{name} decided before you: {state}.", it: "{name} ha già deciso: {state}." }
    booking_hand_over() { en: "Hand over", it: "Cedi" }
    booking_hand_over_next() { en: "They get the booking when they accept it. Until then it stays yours.", it: "La prenotazione passa quando l’altra persona accetta. Fino ad allora resta tua." }
    booking_hand_over_to() { en: "Who takes it", it: "Chi la prende" }
    booking_hand_over_to_hint() { en: "Full name or e-mail address.", it: "Nome completo o indirizzo e-mail." }
    booking_hand_over_offer() { en: "Offer booking", it: "Offri la prenotazione" }
    booking_hand_over_form() { en: "Enter the full name of a member. If two have the same name, use the e-mail address.", it: "Scrivi il nome completo di un membro. Se due hanno lo stesso nome, usa l’indirizzo e-mail." }
    booking_hand_over_oneself() { en: "This booking is yours already. Name someone else.", it: "Questa prenotazione è già tua. Indica un’altra persona." }
    booking_cannot_take() { en: "Nobody with this name or address can take the booking. Check the spelling. They may need training first, or be busy then.", it: "Nessuno con questo nome o indirizzo può prendere la prenotazione. Controlla come è scritto: forse manca la formazione, o ha già un impegno in quell’orario." }
    booking_offered_to(name: &str) { en: "Offered to {name}", it: "Offerta a {name}" }
    booking_offered_open() { en: "It stays yours until they accept it.", it: "Resta tua finché non accetta." }
    booking_offer_withdraw() { en: "Withdraw offer", it: "Ritira l’offerta" }
    booking_offered_you(name: &str) { en: "{name} offers you this booking", it: "{name} ti offre questa prenotazione" }
    booking_offer_accept() { en: "Take booking", it: "Prendi la prenotazione" }
    booking_offer_decline() { en: "Decline offer", it: "Rifiuta l’offerta" }
    booking_refused() { en: "This time can’t be booked. The reasons are listed.", it: "Questo orario non è prenotabile. I motivi sono elencati." }
    booking_instead(times: &str) { en: "Free instead: {times}.", it: "Liberi invece: {times}." }

    booking_pending() { en: "waiting for an answer", it: "in attesa di risposta" }
    booking_approved() { en: "approved", it: "approvata" }
    booking_checked_in() { en: "checked in", it: "in corso" }
    booking_completed() { en: "completed", it: "conclusa" }
    booking_rejected() { en: "declined", it: "rifiutata" }
    booking_expired() { en: "expired", it: "scaduta" }
    booking_cancelled() { en: "cancelled", it: "annullata" }
    booking_no_show() { en: "missed", it: "non rispettata" }
    booking_released() { en: "released", it: "liberata" }

    closure_over() { en: "That time has passed. Choose a later one.", it: "Quell’orario è passato. Scegline uno futuro." }
    closure_far(months: &str) { en: "At most {months} months ahead.", it: "Al massimo {months} mesi in anticipo." }
    booking_order() { en: "The end must be after the start.", it: "La fine deve essere dopo l’inizio." }
    booking_too_soon(at: &str) { en: "The earliest you can start is {at}.", it: (Da at => "Puoi prenotare solo {at} in poi.") }
    booking_too_far(at: &str) { en: "The latest you can end is {at}.", it: (A at => "Puoi prenotare solo fino {at}.") }
    booking_off_grid(minutes: &str) { en: "Start and end times go in steps of {minutes} minutes. Choose one of those.", it: "Gli orari vanno di {minutes} in {minutes} minuti: scegline uno." }
    booking_too_short(length: &str) { en: "Book {length} at least.", it: "Prenota almeno {length}." }
    booking_too_long(length: &str) { en: "Book {length} at most.", it: "Prenota al massimo {length}." }
    booking_closed() { en: "It’s closed for part of that time.", it: "In parte di quell’orario è chiuso." }
    booking_too_many(n: u32) { en: [one: "{n} open booking already, the limit per person.", other: "{n} open bookings already, the limit per person."],
                               it: [one: "Già {n} prenotazione aperta, il limite per persona.", other: "Già {n} prenotazioni aperte, il limite per persona."] }
    booking_too_many_hours(most: &str, has: &str) { en: "At most {most} hours a week: {has} of that week are booked already.", it: "Al massimo {most} ore a settimana: in quella ne sono già prenotate {has}." }
    booking_lapses(at: &str) { en: "You may use it only until {at}: your qualification or membership ends then. End before that.", it: (A at => "Puoi usarla solo fino {at}: poi scade la tua abilitazione o iscrizione. Finisci prima.") }
    booking_elsewhere(time: &str) { en: "Already booked then: {time}.", it: "C’è già una prenotazione: {time}." }
    booking_taken_booking(time: &str) { en: "Booked already: {time}.", it: "Già prenotato: {time}." }
    booking_taken_checkout(time: &str) { en: "Taken by a checkout: {time}.", it: "Occupato da una prova: {time}." }
    booking_taken_maintenance(time: &str) { en: "Maintenance: {time}.", it: "Manutenzione: {time}." }
    booking_taken_external(time: &str) { en: "Taken by an external calendar: {time}.", it: "Occupato da un calendario esterno: {time}." }
    book_external() { en: "External calendar", it: "Calendario esterno" }
    booking_taken_closure(time: &str) { en: "Closed: {time}.", it: "Chiuso: {time}." }

    booking_first_here() { en: "First booking here", it: "Prima prenotazione qui" }
    booking_nothing_against() { en: "May use it, free then, and within the limits", it: "Può usarla, libera in quell’orario e nei limiti" }
    booking_automatic_now() { en: "Requests here are now approved automatically", it: "Qui ora le richieste sono approvate subito" }

    book_title() { en: "Book", it: "Prenota" }
    book_find() { en: "Find a free slot", it: "Trova un orario libero" }
    book_mine() { en: "My bookings", it: "Le mie prenotazioni" }
    book_what() { en: "What", it: "Che cosa" }
    book_length() { en: "Length", it: "Durata" }
    book_when() { en: "When", it: "Quando" }
    book_said() { en: "What, how long, when", it: "Che cosa, quanto, quando" }
    book_said_example() { en: "laser, 2 h, this week", it: "laser, 2 ore, questa settimana" }
    book_search() { en: "Search", it: "Cerca" }
    booking_importance() { en: "How important is it?", it: "Quanto è importante?" }
    booking_importance_least() { en: "Can be another day", it: "Può essere un altro giorno" }
    booking_importance_most() { en: "Must be then", it: "Deve essere allora" }
    booking_importance_of(n: &str) { en: "Importance {n} of 5", it: "Importanza {n} su 5" }
    booking_form_one_holder() { en: "Book for a person or for a group, not for both.", it: "Prenota per una persona o per un gruppo, non per entrambi." }
    booking_form_importance() { en: "Choose from 1 to 5.", it: "Scegli da 1 a 5." }
    book_day() { en: "Day", it: "Giorno" }
    book_times_of_day() { en: "Times of the day", it: "Orari del giorno" }
    book_start() { en: "Time", it: "Orario" }
    book_free_times(n: u32) { en: [one: "{n} free slot", other: "{n} free slots"], it: [one: "{n} orario libero", other: "{n} orari liberi"] }
    book_more() { en: "More", it: "Altri orari" }
    book_it() { en: "Book time", it: "Prenota" }
    book_ask() { en: "Request time", it: "Richiedi" }
    book_instead() { en: "Book this instead", it: "Prenota questo" }
    book_other() { en: "Choose another time", it: "Scegli un altro orario" }
    book_move() { en: "Move booking", it: "Sposta prenotazione" }
    book_move_title() { en: "Move the booking", it: "Sposta la prenotazione" }
    book_moving(when: &str) { en: "Now: {when}. It stays yours until you choose another time.", it: "Ora: {when}. Resta tua finché non scegli un altro orario." }
    book_at_once() { en: "confirmed instantly", it: "confermata subito" }
    book_moderated() { en: "needs approval", it: "da approvare" }
    book_leaves(left: &str) { en: "leaves {left} this week", it: "restano {left} questa settimana" }
    book_quota(booked: &str, most: &str) { en: "You have booked {booked} of {most} this week.", it: "Questa settimana hai prenotato {booked} su {most}." }
    book_cancel_free(length: &str) { en: "You can cancel without penalty up to {length} before.", it: "Puoi annullare senza conseguenze fino a {length} prima." }
    book_drag() { en: "Drag to move, pull an end to resize", it: "Trascina per spostare, tira un bordo per la durata" }
    book_keys() { en: "Arrow keys move it, with Shift they change its length.", it: "Le frecce la spostano, con Maiusc ne cambiano la durata." }
    book_free(time: &str) { en: "Free, {time}", it: "Libero, {time}" }
    book_now(clock: &str) { en: "Now, {clock}", it: "Ora, {clock}" }
    book_yours() { en: "Yours", it: "Tua" }
    book_taken() { en: "Booked", it: "Prenotato" }
    book_checkout() { en: "Checkout", it: "Prova" }
    book_maintenance() { en: "Maintenance", it: "Manutenzione" }
    book_closed() { en: "Closed", it: "Chiuso" }
    book_too_soon() { en: "Past", it: "Passato" }
    book_too_far() { en: "Too far ahead", it: "Troppo in là" }
    book_elsewhere() { en: "You’re already booked", it: "Hai già una prenotazione" }
    book_elsewhere_other() { en: "They’re already booked", it: "Ha già una prenotazione" }
    book_used_up() { en: "Your hours this week are used up", it: "Hai finito le ore della settimana" }
    book_used_up_other() { en: "Their hours this week are used up", it: "Ha finito le ore della settimana" }
    book_lapsed() { en: "Your qualification will have ended by then", it: "Per allora la tua abilitazione sarà scaduta" }
    book_lapsed_other() { en: "Their qualification will have ended by then", it: "Per allora la sua abilitazione sarà scaduta" }
    book_left(machines: &str) { en: "Not included, because you have no access: {machines}. Others can book that time.", it: "Non incluso, perché non hai accesso: {machines}. Altri possono prenotare quell’orario." }
    book_wait_here() { en: "Your booking has begun. Check in, and it stays yours until the machine can be used. It does not count as missed.", it: "La tua prenotazione è iniziata. Fai il check-in: resta tua finché la macchina si può usare. Non conta come prenotazione non rispettata." }
    book_too_short() { en: "Too short to book", it: "Troppo breve per prenotare" }
    book_none() { en: "Nothing free", it: "Niente di libero" }
    book_none_day() { en: "Nothing free that day", it: "Niente di libero quel giorno" }
    book_none_next() { en: "Try a shorter time, or other days.", it: "Prova una durata più breve, o altri giorni." }
    book_none_here() { en: "Nothing free here then.", it: "Qui niente di libero." }
    book_nothing_to() { en: "There is nothing to book yet", it: "Non c’è ancora niente da prenotare" }
    book_nothing_to_next() { en: "Machines and rooms show up here once there are any.", it: "Macchine e sale compaiono qui appena ce ne sono." }
    book_not_yet() { en: "You can’t book it yet", it: "Non puoi ancora prenotarla" }
    book_see_way() { en: "See what is missing", it: "Vedi che cosa manca" }
    book_not_free() { en: "That time isn’t free", it: "Quell’orario non è libero" }
    book_why_not() { en: "Why not", it: "Perché no" }
    book_nearest() { en: "Nearest times that work", it: "Gli orari possibili più vicini" }
    book_day_full(part: &str) { en: "{part}% taken", it: (A part => "occupato {part} %") }
    book_day_over() { en: "past", it: "passato" }
    book_day_closed() { en: "nothing to book", it: "niente da prenotare" }
    book_week_before() { en: "Week before", it: "Settimana precedente" }
    book_week_after() { en: "Week after", it: "Settimana seguente" }
    length_none() { en: "0 h", it: "0 h" }

    book_mine_none() { en: "No bookings yet", it: "Ancora nessuna prenotazione" }
    book_mine_none_next() { en: "Find a free slot and take it with one tap.", it: "Trova un orario libero e prenotalo con un tocco." }
    book_now_head() { en: "Now", it: "Ora" }
    book_next() { en: "Next", it: "Prossime" }
    book_waiting() { en: "Waiting for approval", it: "In attesa di approvazione" }
    book_out() { en: "Out of service now.", it: "Ora fuori servizio." }
    book_out_next() { en: "See what else is free", it: "Guarda che altro è libero" }
    book_mine_off() { en: "Cancelled", it: "Annullate" }
    book_past() { en: "Past and cancelled", it: "Passate e annullate" }
    book_missed(n: u32) { en: [one: "Missed: {n} in 30 days", other: "Missed: {n} in 30 days"], it: [one: "Non rispettate: {n} in 30 giorni", other: "Non rispettate: {n} in 30 giorni"] }
    book_past_more(n: u32) { en: [one: "Show {n} more", other: "Show {n} more"], it: [one: "Mostra ancora {n}", other: "Mostra ancora {n}"] }
    book_again() { en: "Book again", it: "Prenota ancora" }
    book_until(until: &str) { en: "Until {until}", it: "Fino alle {until}" }
    book_starts_in(length: &str) { en: "In {length}", it: "Tra {length}" }
    book_held_until(at: &str) { en: "Held for you until {at}.", it: (A at => "Tenuta per te fino {at}.") }
    book_opens(when: &str) { en: "Check-in opens {when}.", it: (Il when => "Il check-in apre {when}.") }
    book_opens_at(clock: &str) { en: "Check-in opens at {clock}.", it: "Il check-in apre alle {clock}." }
    book_free_until(at: &str) { en: "Cancel without penalty by {at}.", it: (A at => "Annullabile senza conseguenze fino {at}.") }
    book_come_until(at: &str) { en: "Check in by {at}, or you lose the slot. Tapping your card on the machine counts too.", it: (Il at => "Fai il check-in entro {at}, o perdi l’orario. Basta anche la tessera alla macchina.") }
    book_extend(until: &str) { en: "Extend to {until}", it: "Prolunga fino alle {until}" }
    book_cancel_open() { en: "Cancel …", it: "Annulla …" }
    book_cancel_title() { en: "Cancel the booking?", it: "Annullare la prenotazione?" }
    book_cancel_in_time() { en: "Others can book it straight away.", it: "L’orario è subito libero per altri." }
    book_cancel_late() { en: "It begins soon, so this counts as a late cancellation.", it: "Inizia tra poco: conta come annullamento tardivo." }
    book_keep() { en: "Keep booking", it: "Tieni la prenotazione" }

    now_booking_next() { en: "Your next booking", it: "La tua prossima prenotazione" }
    now_booking_runs() { en: "Your booking has started", it: "La tua prenotazione è in corso" }
    now_booking_open() { en: "Open", it: "Apri" }
    booking_title() { en: "Booking", it: "Prenotazione" }
    booking_made() { en: "Booked", it: "Prenotato" }
    booking_extended() { en: "Extended", it: "Prolungata" }
    booking_moved() { en: "Moved", it: "Spostata" }
    booking_by(name: &str) { en: "By {name}", it: "Da {name}" }
    booking_action_approve() { en: "Approve", it: "Approva" }
    booking_action_reject() { en: "Decline", it: "Rifiuta" }
    booking_action_check_in() { en: "Check in", it: "Check-in" }
    booking_action_complete() { en: "End now", it: "Termina ora" }
    booking_action_move() { en: "Move", it: "Sposta" }
    booking_action_cancel() { en: "Cancel", it: "Annulla" }
    booking_action_excuse() { en: "Excuse", it: "Giustifica" }

    booking_meets_may() { en: "May use it", it: "Può usarla" }
    booking_meets_length(length: &str, least: &str, most: &str) { en: "{length}, within {least} to {most}", it: "{length}, tra {least} e {most}" }
    booking_meets_ahead(n: u32) { en: [one: "At most {n} day ahead", other: "At most {n} days ahead"], it: [one: "Al massimo {n} giorno in anticipo", other: "Al massimo {n} giorni in anticipo"] }
    booking_meets_grid(minutes: &str) { en: "Start time in steps of {minutes} min", it: "Inizia a un multiplo di {minutes} min" }
    booking_meets_quarter() { en: "Starts on a quarter hour", it: "Inizia a un quarto d’ora esatto" }
    booking_meets_half() { en: "Starts on a half hour", it: "Inizia a una mezz’ora esatta" }
    booking_meets_full() { en: "Starts on the hour", it: "Inizia a un’ora esatta" }
    booking_meets_hours() { en: "Open then", it: "Aperto in quell’orario" }
    booking_meets_open(n: u32) { en: [one: "Fewer than {n} open booking", other: "Fewer than {n} open bookings"], it: [one: "Meno di {n} prenotazione aperta", other: "Meno di {n} prenotazioni aperte"] }
    booking_meets_weekly(most: &str) { en: "At most {most} h that week", it: "Al massimo {most} h in quella settimana" }
    booking_meets_elsewhere() { en: "No clash in their bookings", it: "Nessun conflitto con le sue prenotazioni" }
    booking_meets_free() { en: "Free", it: "Libera" }
    booking_no_limit() { en: "No limit", it: "Senza limite" }

    rules_title() { en: "Booking rules", it: "Regole di prenotazione" }
    rules_sub() { en: "What applies here, where it comes from, and who could book what.", it: "Che cosa vale qui, da dove viene e chi potrebbe prenotare che cosa." }
    rules_members() { en: "Members", it: "I membri" }
    rules_qualified() { en: "Members who may use it", it: "I membri che la possono usare" }
    rules_length(who: &str, least: &str, most: &str, days: &str) { en: "{who} book {least} to {most}, up to {days} ahead.", it: "{who} prenotano da {least} a {most}, fino a {days} prima." }
    rules_series(days: &str) { en: "Series reach up to {days} ahead.", it: "Le serie arrivano fino a {days} da oggi." }
    rules_automatic() { en: "Bookings are confirmed instantly.", it: "Le prenotazioni sono confermate subito." }
    rules_moderated() { en: "Requests are answered within 24 hours.", it: "Le richieste ricevono risposta entro 24 ore." }
    rules_open(most: &str) { en: "At most {most} open at a time.", it: "Al massimo {most} aperte alla volta." }
    rules_weekly(most: &str) { en: "At most {most} a week.", it: "Al massimo {most} a settimana." }
    rules_of_groups(most: &str) { en: "Groups: {most}.", it: "Gruppi: {most}." }
    rules_group_open(most: &str) { en: "at most {most} open", it: "al massimo {most} aperte" }
    rules_group_weekly(most: &str) { en: "at most {most} a week", it: "al massimo {most} a settimana" }
    rules_before(length: &str) { en: "Buffer of {length} before each booking.", it: "Pausa di {length} prima di ogni prenotazione." }
    rules_after(length: &str) { en: "Buffer of {length} after each booking.", it: "Pausa di {length} dopo ogni prenotazione." }
    rules_cancel(length: &str) { en: "You can cancel without penalty up to {length} before.", it: "Si annulla senza conseguenze fino a {length} prima." }
    rules_release() { en: "If nobody checks in within 15 minutes, the slot is released.", it: "Se nessuno si presenta entro 15 minuti, l’orario torna libero." }
    rules_free() { en: "No booking is needed to use it.", it: "Per usarla non serve prenotare." }
    rules_respect() { en: "A booking keeps everyone else out.", it: "Una prenotazione esclude gli altri." }
    rules_required() { en: "Only the person who booked can start it.", it: "Solo chi ha prenotato può avviarla." }
    rules_own(count: &str) { en: "{count} own", it: "{count} qui" }
    rules_levels() { en: "Level", it: "Livello" }
    rules_by_level() { en: "Rules by level", it: "Regole per livello" }
    rules_caption() { en: "Booking rules from the workshop to the machine. An arrow means inherited.", it: "Regole di prenotazione dal laboratorio alla macchina. Una freccia vuol dire ereditato." }
    rules_inherited() { en: "inherited", it: "ereditato" }
    rules_here(own: &str) { en: "{own} is set here, the rest is inherited.", it: "{own} è impostato qui, il resto è ereditato." }
    rules_underlined() { en: "Underlined", it: "Ciò che è sottolineato" }
    rules_differs(name: &str, what: &str) { en: "{name} differs: {what}.", it: "{name} ha regole proprie: {what}." }
    rules_of_room() { en: "A room follows the workshop’s rules.", it: "Una sala segue le regole del laboratorio." }
    rules_workshop() { en: "Workshop", it: "Laboratorio" }
    rules_level_space() { en: "workshop", it: "laboratorio" }
    rules_level_type() { en: "type", it: "tipo" }
    rules_level_machine() { en: "machine", it: "macchina" }
    rules_level_room() { en: "room", it: "sala" }
    rules_from_default() { en: "Default", it: "Predefinito" }
    rules_from_space() { en: "From the workshop", it: "Dal laboratorio" }
    rules_from_type() { en: "From its type", it: "Dal suo tipo" }
    rules_from_this_type() { en: "Set for this type", it: "Impostato per questo tipo" }
    rules_from_machine() { en: "Set for this machine", it: "Impostato per questa macchina" }
    rules_from_workshop() { en: "Set for the workshop", it: "Impostato per il laboratorio" }
    rules_no_show() { en: "Missed after", it: "Non rispettata dopo" }
    rules_fixed() { en: "Always", it: "Sempre" }
    rules_none() { en: "None", it: "Nessuno" }
    rules_today() { en: "Today only", it: "Solo oggi" }
    rules_never_late() { en: "Never", it: "Mai" }
    rules_before_it(length: &str) { en: "Less than {length} before", it: "Meno di {length} prima" }
    rules_every(length: &str) { en: "Every {length}", it: "Ogni {length}" }
    rules_minutes(n: u32) { en: [one: "{n} min", other: "{n} min"], it: [one: "{n} min", other: "{n} min"] }
    rules_hours(n: u32) { en: [one: "{n} hour", other: "{n} hours"], it: [one: "{n} ora", other: "{n} ore"] }
    rules_days(n: u32) { en: [one: "{n} day", other: "{n} days"], it: [one: "{n} giorno", other: "{n} giorni"] }
    rules_bookings(n: u32) { en: [one: "{n} booking", other: "{n} bookings"], it: [one: "{n} prenotazione", other: "{n} prenotazioni"] }
    rules_rule() { en: "Rule", it: "Regola" }
    rules_unsaved() { en: "With your unsaved change", it: "Con la tua modifica non salvata" }
    rules_discard() { en: "Discard", it: "Annulla" }
    rules_inherit() { en: "Use the inherited value", it: "Usa il valore ereditato" }
    rules_change() { en: "Change", it: "Modifica" }
    rules_try() { en: "Try it", it: "Simula" }
    rules_try_next() { en: "Could this person book it? Checking books nothing.", it: "Questa persona potrebbe prenotare? La verifica non prenota nulla." }
    rules_who() { en: "Who", it: "Chi" }
    rules_what() { en: "What", it: "Che cosa" }
    rules_day() { en: "Date", it: "Data" }
    rules_start() { en: "Starts", it: "Inizio" }
    rules_end() { en: "Ends", it: "Fine" }
    rules_ask() { en: "Check", it: "Verifica" }
    rules_yes() { en: "Yes", it: "Sì" }
    rules_no() { en: "No", it: "No" }
    rules_who_missing() { en: "Enter the full name or the e-mail address of a member.", it: "Scrivi il nome completo o l’indirizzo e-mail di un membro." }
    rules_what_missing() { en: "Choose a machine or a room.", it: "Scegli una macchina o una sala." }
    rules_day_missing() { en: "Choose a date.", it: "Scegli una data." }
    rules_clock() { en: "Enter a time like 18:00.", it: "Scrivi un orario come 18:00." }
    rules_end_first() { en: "The end must be after the start: choose a later one.", it: "La fine deve essere dopo l’inizio: scegline una successiva." }
    rules_against(n: u32) { en: [one: "{n} reason against it.", other: "{n} reasons against it."], it: [one: "{n} motivo contrario.", other: "{n} motivi contrari."] }
    rules_nearest() { en: "Nearest time that works:", it: "Possibile invece:" }

    bookings_import_title() { en: "Import bookings", it: "Importa prenotazioni" }
    bookings_import_next() { en: "From another system’s table, with a preview first.", it: "Da una tabella di un altro sistema, con un’anteprima." }
    bookings_import_table() { en: "Table", it: "Tabella" }
    bookings_import_hint() { en: "CSV with a header row: resource, person, start, end. A machine or room by its name, a person by e-mail or full name, times like 2026-11-24 14:00.", it: "CSV con una riga di intestazione: resource, person, start, end. Macchina o sala con il nome, persona con e-mail o nome completo, orari come 2026-11-24 14:00." }
    bookings_import_check() { en: "Check", it: "Controlla" }
    bookings_import_apply(n: u32) { en: [one: "Import {n} booking", other: "Import {n} bookings"], it: [one: "Importa {n} prenotazione", other: "Importa {n} prenotazioni"] }
    bookings_import_would(n: u32) { en: [one: "{n} booking to import", other: "{n} bookings to import"], it: [one: "{n} prenotazione da importare", other: "{n} prenotazioni da importare"] }
    bookings_import_done(n: u32) { en: [one: "{n} booking imported", other: "{n} bookings imported"], it: [one: "{n} prenotazione importata", other: "{n} prenotazioni importate"] }
    bookings_import_kept(n: u32) { en: [one: "{n} is here already", other: "{n} are here already"], it: [one: "{n} c’è già", other: "{n} ci sono già"] }
    bookings_import_left(n: u32) { en: [one: "{n} line is left out", other: "{n} lines are left out"], it: [one: "{n} riga esclusa", other: "{n} righe escluse"] }
    bookings_import_line(line: &str) { en: "Line {line}", it: "Riga {line}" }
    bookings_import_no_table() { en: "This is not a table: it needs a header row and at least one booking, separated by commas or semicolons.", it: "Non è una tabella: servono una riga di intestazione e almeno una prenotazione, separate da virgole o punti e virgola." }
    bookings_import_many(most: &str) { en: "Import at most {most} lines at once.", it: "Importa al massimo {most} righe alla volta." }
    bookings_import_column(name: &str) { en: "The column {name} is missing.", it: "Manca la colonna {name}." }
    bookings_import_no_resource() { en: "No machine or room has this name, or several have.", it: "Nessuna macchina o sala ha questo nome, oppure ce l’ha più d’una." }
    bookings_import_skipped() { en: "That time doesn’t exist on that day: the clocks go forward. Enter another.", it: "Quell’ora non esiste: quel giorno scatta l’ora legale. Scrivine un’altra." }
    bookings_import_no_time() { en: "Enter times like 2026-11-24 14:00.", it: "Scrivi gli orari come 2026-11-24 14:00." }
    bookings_import_twice() { en: "That time occurs twice on that day: the clocks go back. Add the offset, like 02:30+01:00.", it: "Quell’ora si ripete: quel giorno torna l’ora solare. Aggiungi lo scarto, come 02:30+01:00." }
    bookings_import_either_order() { en: "Nothing in this table shows whether the day or the month comes first. Enter times like 2026-11-24 14:00.", it: "Nulla in questa tabella mostra se viene prima il giorno o il mese. Scrivi gli orari come 2026-11-24 14:00." }
    bookings_import_month_first() { en: "This table has the month before the day. Enter times like 2026-11-24 14:00.", it: "Questa tabella ha il mese prima del giorno. Scrivi gli orari come 2026-11-24 14:00." }
    bookings_import_zone_column(name: &str) { en: "The column {name} is not read. Enter the offset behind each time, like 2026-11-24 14:00+01:00, and remove the column.", it: "La colonna {name} non viene letta. Scrivi lo scarto dopo ogni orario, come 2026-11-24 14:00+01:00, e togli la colonna." }
    bookings_import_long() { en: "Longer than a week: make it a closure.", it: "Più di una settimana: fanne una chiusura." }
    bookings_import_over() { en: "It is over.", it: "È già passata." }
    bookings_import_taken() { en: "It’s already booked then.", it: "In quell’orario è già prenotata." }
    bookings_import_elsewhere() { en: "They’re already booked then.", it: "In quell’orario ha già una prenotazione." }
    bookings_import_crossing() { en: "Another line is in its way. Keep one of them.", it: "Un’altra riga è di intralcio. Tienine una." }
    bookings_title() { en: "Bookings", it: "Prenotazioni" }
    bookings_next() { en: "The week of every machine and room", it: "La settimana di ogni macchina e sala" }
    bookings_this_week() { en: "This week", it: "Questa settimana" }
    bookings_legend() { en: "Colours", it: "Colori" }
    bookings_booked() { en: "booked", it: "prenotato" }
    bookings_yours() { en: "yours", it: "tua" }
    bookings_waits() { en: "pending", it: "in attesa" }
    bookings_checkout() { en: "checkout", it: "prova" }
    bookings_maintenance() { en: "maintenance", it: "manutenzione" }
    bookings_rooms() { en: "Rooms", it: "Sale" }
    bookings_elsewhere() { en: "No location", it: "Senza luogo" }
    bookings_resources(n: u32) { en: [one: "{n} machine or room", other: "{n} machines and rooms"], it: [one: "{n} macchina o sala", other: "{n} macchine e sale"] }
    bookings_more(n: u32) { en: [one: "{n} more", other: "{n} more"], it: [one: "altra {n}", other: "altre {n}"] }

    requests_title() { en: "Booking requests", it: "Richieste di prenotazione" }
    requests_waiting(n: u32) { en: [one: "{n} waiting", other: "{n} waiting"], it: [one: "{n} in attesa", other: "{n} in attesa"] }
    requests_first(left: &str) { en: "first expires in {left}", it: "la prima scade tra {left}" }
    requests_show() { en: "Show", it: "Mostra" }
    requests_all() { en: "All", it: "Tutte" }
    requests_conflicts() { en: "Conflicts", it: "In conflitto" }
    requests_no_conflicts() { en: "None of them conflicts with anything.", it: "Nessuna è in conflitto con altro." }
    requests_gone() { en: "That request was answered or has expired.", it: "Quella richiesta ha già una risposta o è scaduta." }
    requests_today() { en: "Expire today", it: "Scadono oggi" }
    requests_later() { en: "Expire later", it: "Scadono più avanti" }
    requests_other() { en: "Another time", it: "Un altro orario" }
    requests_other_next() { en: "They’re notified and get that slot.", it: "La persona viene avvisata e quell’orario è suo." }
    requests_other_none() { en: "Nothing else is free around then.", it: "Intorno a quell’orario non c’è altro di libero." }
    requests_move() { en: "Approve this time", it: "Approva questo orario" }
    requests_none() { en: "No requests", it: "Nessuna richiesta" }
    requests_none_next() { en: "Requests for machines that need approval show up here.", it: "Qui compaiono le richieste per le macchine che richiedono approvazione." }
    requests_held(asked: &str, until: &str) { en: "Requested {asked}, held until {until}", it: (A until => "Richiesta {asked}, tenuta fino {until}") }
    requests_person() { en: "Open profile", it: "Apri il profilo" }
    requests_checks() { en: "Checks", it: "Verifiche" }
    requests_history() { en: "History here", it: "Storico qui" }
    requests_own() { en: "Their other bookings", it: "Altre sue prenotazioni" }
    requests_own_none() { en: "No other bookings that day", it: "Nessun’altra prenotazione quel giorno" }
    requests_came() { en: "Attended", it: "Presenze" }
    requests_missed() { en: "Missed, 90 days", it: "Non rispettate, 90 giorni" }
    requests_late() { en: "Cancelled late, 90 days", it: "Annullate tardi, 90 giorni" }
    requests_approved() { en: "Approved", it: "Approvate" }
    requests_of(n: &str, all: &str) { en: "{n} of {all}", it: "{n} su {all}" }
    keys_move() { en: "next / previous", it: "scorri" }
    waiting_title() { en: "Waiting list", it: "Lista d’attesa" }
    waiting_turn() { en: "Waiting list: it’s your turn", it: "Lista d’attesa: tocca a te" }
    waiting_held(at: &str) { en: "Held for you until {at}, then offered to the next person.", it: "Tenuto per te fino alle {at}, poi offerto alla persona successiva." }
    waiting_left(length: &str) { en: "{length} left", it: "ancora {length}" }
    waiting_take() { en: "Take slot", it: "Prendi l’orario" }
    waiting_decline() { en: "Decline offer", it: "Rifiuta l’offerta" }
    waiting_leave() { en: "Leave waiting list", it: "Esci dalla lista" }
    waiting_position(n: u32) { en: [one: "You’re next in line.", other: "You’re number {n} in line."], it: [one: "Sei il prossimo della lista.", other: "Sei il numero {n} della lista."] }
    waiting_join() { en: "Notify me if it frees up", it: "Avvisami se si libera" }
    waiting_join_next() { en: "We’ll notify you when it frees up and hold it for you for 15 minutes.", it: "Quando si libera te lo diciamo e resta tuo per 15 minuti." }
    waiting_joined() { en: "You’re on the waiting list", it: "Sei nella lista d’attesa" }
    outage_since(at: &str) { en: "Blocked since {at}", it: (Da at => "Bloccata {at}") }
    book_out_now() { en: "Out of service now", it: "Ora fuori servizio" }
    outage_title(name: &str) { en: "{name} is out of service", it: "{name} è fuori servizio" }
    outage_choice() { en: "Your choice", it: "La tua scelta" }
    outage_same(name: &str) { en: "{name}, same time", it: "{name}, stesso orario" }
    outage_move() { en: "Move my booking", it: "Sposta la mia prenotazione" }
    outage_move_theirs() { en: "Move and notify", it: "Sposta e avvisa" }
    affected_title() { en: "Affected bookings", it: "Prenotazioni coinvolte" }
    affected_not_blocked() { en: "In service again", it: "Di nuovo in servizio" }
    affected_none() { en: "No bookings affected", it: "Nessuna prenotazione è coinvolta" }
    affected_none_next() { en: "Bookings within two days of a block are listed here.", it: "Qui trovi chi l’ha prenotata entro due giorni da un blocco." }
    affected_who() { en: "Who is affected", it: "Chi è coinvolto" }
    affected_all() { en: "Bookings affected", it: "Prenotazioni coinvolte" }
    affected_rebooked() { en: "Rebooked", it: "Spostata" }
    affected_open() { en: "No answer yet", it: "Senza risposta" }
    affected_nothing() { en: "No similar machine free", it: "Nessuna macchina simile libera" }
    affected_called_off() { en: "Cancelled", it: "Annullata" }
    affected_same_time() { en: "offered another machine, same time", it: "proposta un’altra macchina, stesso orario" }
    affected_other_time() { en: "offered another time", it: "proposto un altro orario" }
    affected_nothing_free() { en: "no similar machine free around then", it: "nessuna macchina simile libera intorno a quell’orario" }
    affected_no_answer() { en: "No answer", it: "Nessuna risposta" }
    affected_needs_you() { en: "No slot found", it: "Nessun orario trovato" }
    affected_over() { en: "Already started", it: "Già iniziata" }
    affected_rebook() { en: "Rebook", it: "Sposta" }
    affected_later(n: u32) { en: [one: "{n} later booking: its holder is notified 48 hours before.", other: "{n} later bookings: their holders are notified 48 hours before."], it: [one: "{n} prenotazione più avanti: chi l’ha fatta sarà avvisato 48 ore prima.", other: "{n} prenotazioni più avanti: chi le ha fatte sarà avvisato 48 ore prima."] }
    affected_lifting(n: u32) { en: [one: "Lifting the block notifies {n} holder that their booking is valid again. Moved bookings stay where they are.", other: "Lifting the block notifies {n} holders that their bookings are valid again. Moved bookings stay where they are."], it: [one: "Togliendo il blocco, {n} persona viene avvisata che la sua prenotazione resta valida. Quelle spostate restano dove sono.", other: "Togliendo il blocco, {n} persone vengono avvisate che le loro prenotazioni restano valide. Quelle spostate restano dove sono."] }
    affected_to_block() { en: "Lift block", it: "Togli il blocco" }
    affected_see() { en: "Affected bookings", it: "Prenotazioni coinvolte" }
    outage_none() { en: "No similar machine is free around then.", it: "Nessuna macchina simile è libera intorno a quell’orario." }
    outage_stays(name: &str) { en: "If you do nothing, the booking stays, and we’ll let you know when {name} is back.", it: "Se non fai nulla la prenotazione resta, e ti avvisiamo quando {name} torna in servizio." }
    waiting_unknown() { en: "You are not on this waiting list", it: "Non sei in questa lista d’attesa" }
    waiting_free() { en: "This slot is free: book it.", it: "Questo orario è libero: prenotalo." }
    waiting_twice() { en: "You are already waiting for part of this slot.", it: "Sei già in attesa per parte di questo orario." }
    waiting_too_many(most: &str) { en: "You’re on {most} waiting lists, the maximum. Leave one first.", it: "Sei in {most} liste d’attesa, il massimo. Prima lasciane una." }
    waiting_not_offered() { en: "It’s not your turn yet.", it: "Non è ancora il tuo turno." }
    waiting_over() { en: "This offer has ended.", it: "Questa offerta è scaduta." }

    room_unknown() { en: "Room not found", it: "Sala non trovata" }
    room_booked() { en: "Someone has booked this room. Cancel that first.", it: "Questa sala è prenotata. Prima annulla la prenotazione." }
    room_machine_taken() { en: "One of these machines is taken while the room is booked.", it: "Una di queste macchine è occupata mentre la sala è prenotata." }
    room_name_taken() { en: "Another room has this name.", it: "Un’altra sala ha questo nome." }
    room_machines() { en: "Choose machines that are in service.", it: "Scegli macchine in servizio." }
}

impl Lang {
    /// State of a booking.
    #[must_use]
    pub const fn booking_state(self, state: State) -> &'static str {
        match state {
            State::Pending => self.booking_pending(),
            State::Approved => self.booking_approved(),
            State::CheckedIn => self.booking_checked_in(),
            State::Completed => self.booking_completed(),
            State::Rejected => self.booking_rejected(),
            State::Expired => self.booking_expired(),
            State::Cancelled => self.booking_cancelled(),
            State::NoShow => self.booking_no_show(),
            State::Released => self.booking_released(),
        }
    }

    /// An action on a booking, as a button.
    #[must_use]
    pub const fn booking_action(self, action: BookingAction) -> &'static str {
        match action {
            BookingAction::Approve => self.booking_action_approve(),
            BookingAction::Reject => self.booking_action_reject(),
            BookingAction::CheckIn => self.booking_action_check_in(),
            BookingAction::Complete => self.booking_action_complete(),
            BookingAction::Move => self.booking_action_move(),
            BookingAction::Cancel => self.booking_action_cancel(),
            BookingAction::Excuse => self.booking_action_excuse(),
        }
    }

    /// A passed criterion with its limit. `minutes` is the length of the booking.
    #[must_use]
    pub fn booking_meets(self, criterion: Criterion, policy: &Policy, minutes: u32) -> String {
        let length = |minutes: u16| self.length(MINUTE * u32::from(minutes));
        match criterion {
            Criterion::May => self.booking_meets_may().to_owned(),
            Criterion::Length => {
                let own = self.length(MINUTE * minutes);
                self.booking_meets_length(&own, &length(policy.least), &length(policy.most))
            }
            Criterion::Ahead => self.booking_meets_ahead(policy.horizon.into()),
            Criterion::Grid => match policy.grid {
                15 => self.booking_meets_quarter().to_owned(),
                30 => self.booking_meets_half().to_owned(),
                60 => self.booking_meets_full().to_owned(),
                minutes => self.booking_meets_grid(&minutes.to_string()),
            },
            Criterion::Hours => self.booking_meets_hours().to_owned(),
            Criterion::Open if policy.open == 0 => self.booking_no_limit().to_owned(),
            Criterion::Open => self.booking_meets_open(policy.open.into()),
            Criterion::Weekly if policy.weekly == 0 => self.booking_no_limit().to_owned(),
            Criterion::Weekly => self.booking_meets_weekly(&policy.weekly.to_string()),
            Criterion::Elsewhere => self.booking_meets_elsewhere().to_owned(),
            Criterion::Free => self.booking_meets_free().to_owned(),
        }
    }

    /// A length in a rule, to the minute: `15 min`, `4 hours`, `1 hour 30 min`, `2 days`.
    #[must_use]
    pub fn rule_length(self, minutes: u32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (hours, rest) {
            (0, _) => self.rules_minutes(minutes),
            (24.., 0) if hours.is_multiple_of(24) => self.rules_days(hours / 24),
            (_, 0) => self.rules_hours(hours),
            _ => format!("{} {}", self.rules_hours(hours), self.rules_minutes(rest)),
        }
    }

    /// The value of a booking rule, with its unit.
    #[must_use]
    pub fn rule_value(self, key: Key, value: &str) -> String {
        let Ok(number) = value.parse::<u32>() else {
            return self.setting_value(key, value);
        };
        match (key, number) {
            (Key::BookingOpen | Key::BookingWeekly | Key::BookingGroupOpen | Key::BookingGroupWeekly, 0) => {
                self.booking_no_limit().to_owned()
            }
            (Key::BookingHorizon, 0) => self.rules_today().to_owned(),
            (Key::BookingFreeUntil, 0) => self.rules_never_late().to_owned(),
            (_, 0) => self.rules_none().to_owned(),
            (Key::BookingOpen | Key::BookingGroupOpen, number) => self.rules_bookings(number),
            (Key::BookingWeekly | Key::BookingGroupWeekly, number) => self.rules_hours(number),
            (Key::BookingHorizon | Key::BookingSeries, number) => self.rules_days(number),
            (Key::BookingFreeUntil, number) => self.rules_before_it(&self.rule_length(number)),
            (Key::BookingGrid, number) => self.rules_every(&self.rule_length(number)),
            (_, number) => self.rule_length(number),
        }
    }

    /// A span: `Tue 24 Nov, 18:00–20:00`; with the day of its end if that differs.
    #[must_use]
    pub fn booking_time(self, starts: Moment, ends: Moment, now: Moment) -> String {
        // Midnight is the end of a day.
        let last = Moment { at: ends.at.before(MINUTE), ..ends };
        if last.wall().date > starts.wall().date {
            return format!("{} – {}", self.exact(starts, now), self.exact(ends, now));
        }
        format!("{}, {}", self.date(starts, now), clocks(starts, ends))
    }

    /// Which groups may book it, for a person or a group that may not.
    fn groups_only(self, names: &RefusalNames) -> String {
        let groups = names.groups.join(", ");
        match &names.group {
            _ if groups.is_empty() => self.booking_groups_none().to_owned(),
            Some(group) => self.booking_groups_others(group, &groups),
            None => self.booking_groups_only(&groups),
        }
    }

    /// Why a booking is refused, as a sentence. `moment` converts an instant to local time, `names` has the names in
    /// reasons.
    #[must_use]
    pub fn booking_refusal(
        self,
        refusal: Refusal,
        moment: impl Fn(Millis) -> Moment,
        now: Moment,
        names: &RefusalNames,
    ) -> String {
        let at = |at| self.exact(moment(at), now);
        let length = |minutes: u16| self.length(MINUTE * u32::from(minutes));
        match refusal {
            Refusal::Order => self.booking_order().to_owned(),
            Refusal::TooSoon { earliest } => self.booking_too_soon(&at(earliest)),
            Refusal::TooFar { latest } => self.booking_too_far(&at(latest)),
            Refusal::OffGrid { minutes } => self.booking_off_grid(&minutes.to_string()),
            Refusal::TooShort { least } => self.booking_too_short(&length(least)),
            Refusal::TooLong { most } => self.booking_too_long(&length(most)),
            Refusal::Closed => self.booking_closed().to_owned(),
            Refusal::MayNot(reason) => format!("{}.", self.why(reason, &names.trace)),
            Refusal::GroupsOnly => self.groups_only(names),
            Refusal::NotBookable => self.booking_not_bookable(names.closed.as_deref().unwrap_or_default()),
            Refusal::Lapses { since } => self.booking_lapses(&at(since)),
            Refusal::TooManyOpen { most } => match &names.group {
                Some(group) => self.booking_group_too_many(group, &most.to_string()),
                None => self.booking_too_many(most.into()),
            },
            Refusal::TooManyHours { most, minutes, .. } => {
                let (most, has) = (most.to_string(), self.length(MINUTE * minutes));
                match &names.group {
                    Some(group) => self.booking_group_too_many_hours(group, &most, &has),
                    None => self.booking_too_many_hours(&most, &has),
                }
            }
            Refusal::Elsewhere { span } => {
                self.booking_elsewhere(&self.booking_time(moment(span.starts), moment(span.ends), now))
            }
            Refusal::Taken(taken) => {
                let time = self.booking_time(moment(taken.span.starts), moment(taken.span.ends), now);
                match taken.by {
                    Cause::Booking => self.booking_taken_booking(&time),
                    Cause::Checkout => self.booking_taken_checkout(&time),
                    Cause::Event => self.booking_taken_event(&time),
                    Cause::Maintenance => self.booking_taken_maintenance(&time),
                    Cause::Closure => self.booking_taken_closure(&time),
                    Cause::External => self.booking_taken_external(&time),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booking_ending_on_another_day_names_the_day() {
        let at = |hours: i64| Moment { at: Millis(hours * 3_600_000), offset: 0 };
        let message = |from: i64, until: i64| Lang::En.booking_time(at(from), at(until), at(0));
        assert!(message(34, 36).ends_with(", 10:00–12:00"), "{}", message(34, 36));
        assert!(message(34, 48).ends_with(", 10:00–00:00"), "{}", message(34, 48));
        let put_back = Moment { offset: 60, ..at(2) };
        let message_of = Lang::En.booking_time(Moment { offset: 120, ..at(1) }, put_back, at(0));
        assert!(message_of.ends_with(", 03:00 (UTC+2:00)–03:00 (UTC+1:00)"), "{message_of}");
        assert!(message(34, 265).ends_with(", 10:00 – Monday 12 January, 01:00"), "{}", message(34, 265));
    }

    #[test]
    fn rule_values_have_units_to_the_minute() {
        for (key, value, en, it) in [
            (Key::BookingLeast, "15", "15 min", "15 min"),
            (Key::BookingMost, "240", "4 hours", "4 ore"),
            (Key::BookingMost, "90", "1 hour 30 min", "1 ora 30 min"),
            (Key::BookingLead, "0", "None", "Nessuno"),
            (Key::BookingLead, "1500", "25 hours", "25 ore"),
            (Key::BookingLead, "1440", "1 day", "1 giorno"),
            (Key::BookingHorizon, "14", "14 days", "14 giorni"),
            (Key::BookingHorizon, "0", "Today only", "Solo oggi"),
            (Key::BookingOpen, "0", "No limit", "Senza limite"),
            (Key::BookingOpen, "1", "1 booking", "1 prenotazione"),
            (Key::BookingWeekly, "8", "8 hours", "8 ore"),
            (Key::BookingFreeUntil, "120", "Less than 2 hours before", "Meno di 2 ore prima"),
            (Key::BookingGrid, "15", "Every 15 min", "Ogni 15 min"),
            (Key::BookingMode, "automatic", "Not needed", "Non serve"),
            (Key::BookingOverlap, "yes", "Yes", "Sì"),
        ] {
            assert_eq!(Lang::En.rule_value(key, value), en);
            assert_eq!(Lang::It.rule_value(key, value), it);
        }
    }
}
