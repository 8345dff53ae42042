//! Series of bookings: their pages, notices and refusals.

use crate::Lang;
use domain::notices::SeriesNews;

text! {
    series_title() { en: "Series", it: "Serie" }
    series_sub(series: &str, dates: &str) { en: "{series}, {dates} to come", it: "{series}, {dates} in arrivo" }
    series_count(n: u32) { en: [one: "{n} series", other: "{n} series"], it: [one: "{n} serie", other: "{n} serie"] }
    series_dates(n: u32) { en: [one: "{n} date", other: "{n} dates"], it: [one: "{n} data", other: "{n} date"] }
    series_none_yet() { en: "No series", it: "Nessuna serie" }
    series_none_yet_next() { en: "A seminar every Tuesday is one series. Start at the room, with “Book every week”.", it: "Un seminario ogni martedì è una sola serie. Inizia dalla sala, con «Prenota ogni settimana»." }
    series_new(name: &str) { en: "New series in {name}", it: "Nuova serie in {name}" }
    series_new_one() { en: "New series", it: "Nuova serie" }
    series_place() { en: "Where", it: "Dove" }
    series_choose_place() { en: "Choose a room or machine", it: "Scegli una sala o una macchina" }
    nav_series_next() { en: "Every week or by a rule, for groups and people", it: "Ogni settimana o con una regola, per gruppi e persone" }
    series_weekly() { en: "Book every week", it: "Prenota ogni settimana" }
    series_every() { en: "Every", it: "Ogni" }
    series_to() { en: "to", it: "alle" }
    series_from_time() { en: "From", it: "Dalle" }
    series_to_time() { en: "To", it: "Alle" }
    series_from() { en: "from", it: "dal" }
    series_until() { en: "until", it: "al" }
    series_except() { en: "except", it: "tranne" }
    series_weekday_label() { en: "Weekday", it: "Giorno della settimana" }
    series_first() { en: "First date", it: "Prima data" }
    series_last() { en: "Last date", it: "Ultima data" }
    series_for() { en: "For", it: "Per" }
    rules_own_series() { en: "Members may book series for themselves.", it: "I membri possono prenotare serie per sé." }
    series_for_me() { en: "Me", it: "Me" }
    series_exception() { en: "Exception", it: "Eccezione" }
    series_exception_remove(date: &str) { en: "Remove exception: {date}", it: "Togli l’eccezione: {date}" }
    series_rule_fold() { en: "Every 2 weeks, monthly, or an RRULE", it: "Ogni 2 settimane, ogni mese o una RRULE" }
    series_rule() { en: "Rule (RFC 5545)", it: "Regola (RFC 5545)" }
    series_rule_hint(most: &str) { en: "In place of the weekday. Must end, with {most} dates at most. Like FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", it: "Al posto del giorno. Deve finire, con al massimo {most} date. Per esempio FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" }
    series_preview() { en: "Show the dates", it: "Mostra le date" }
    series_all_free(n: u32) { en: [one: "The date is free", other: "All {n} dates are free"], it: [one: "La data è libera", other: "Tutte le {n} date sono libere"] }
    series_some_free(free: &str, all: &str) { en: "{free} of {all} dates are free", it: "Libere {free} date su {all}" }
    series_none_free() { en: "None of the dates is free", it: "Nessuna data è libera" }
    series_clashes(n: u32) { en: [one: "One can’t be had. The nearest way is chosen.", other: "{n} can’t be had. The nearest way is chosen for each."], it: [one: "Una non è disponibile. È scelta l’alternativa più vicina.", other: "{n} non sono disponibili. Per ognuna è scelta l’alternativa più vicina."] }
    series_all_dates(n: u32) { en: [one: "The date", other: "All {n} dates"], it: [one: "La data", other: "Tutte le {n} date"] }
    series_by_month() { en: "Dates by month", it: "Date per mese" }
    series_as_asked() { en: "as asked", it: "come richiesto" }
    series_date_changed() { en: "changed", it: "cambiata" }
    series_left_out() { en: "left out", it: "saltata" }
    series_excepted() { en: "exception", it: "eccezione" }
    series_past() { en: "past", it: "passata" }
    series_next() { en: "next", it: "prossima" }
    series_lost() { en: "lost", it: "persa" }
    series_skipped() { en: "skipped", it: "saltata" }
    series_clocks(time: &str, date: &str) { en: "Stays at {time} when the clocks change before {date}.", it: (Di date => "Resta alle {time} quando cambia l’ora prima {date}.") }
    series_cannot_be_had() { en: "Dates that can’t be had", it: "Date non disponibili" }
    series_instead_of(date: &str) { en: "Instead of {date}", it: "Al posto di {date}" }
    series_same_time() { en: "same time", it: "stessa ora" }
    series_leave_out() { en: "Leave out", it: "Salta" }
    series_unmatched(dates: &str) { en: "No date of the series: {dates}", it: "Non è una data della serie: {dates}" }
    series_hours_of(hours: &str, limit: &str) { en: "{hours} of {limit} a week with this series", it: "{hours} su {limit} alla settimana con questa serie" }
    series_hours(hours: &str) { en: "{hours} a week with this series", it: "{hours} alla settimana con questa serie" }
    series_sum(dates: &str, time: &str) { en: "{dates}, {time}", it: "{dates}, {time}" }
    series_sum_parts(asked: &str, changed: &str, out: &str) { en: "{asked} as asked, {changed} changed, {out} left out", it: "{asked} come richiesto, {changed} cambiate, {out} saltate" }
    series_book(n: u32) { en: [one: "Book {n} date", other: "Book {n} dates"], it: [one: "Prenota {n} data", other: "Prenota {n} date"] }
    series_of(owner: &str, first: &str, last: &str) { en: "Series of {owner} · {first} to {last}", it: (Da first, A last => "Serie di {owner} · {first} {last}") }
    series_of_nobody(first: &str, last: &str) { en: "{first} to {last}", it: (Da first, A last => "Serie {first} {last}") }
    series_head(name: &str, days: &str, time: &str) { en: "{name}, {days} {time}", it: "{name}, {days} {time}" }
    series_change() { en: "Change", it: "Cambia" }
    series_end_early() { en: "End early", it: "Termina prima" }
    series_end_hint() { en: "Later dates are cancelled, and members are told.", it: "Le date successive vengono annullate e i membri avvisati." }
    series_end_term() { en: "End of term", it: "Fine del periodo" }
    series_end_term_next() { en: "Ends every series on one day: later dates are cancelled, and members are told.", it: "Termina ogni serie in un giorno: le date successive vengono annullate e i membri avvisati." }
    series_end_term_do() { en: "End all series", it: "Termina tutte le serie" }
    series_one_lost() { en: "One date can’t be held", it: "Una data non si può tenere" }
    series_many_lost(n: &str) { en: "{n} dates can’t be held", it: "{n} date non si possono tenere" }
    series_have_again() { en: "Book it again", it: "Prenotala di nuovo" }
    series_free_again() { en: "The time is free again.", it: "L’orario è di nuovo libero." }
    series_no_time() { en: "Choose another time than the beginning.", it: "Scegli un orario diverso dall’inizio." }
    series_own_rule() { en: "by a rule of its own", it: "con una regola propria" }
    series_show_all() { en: "All dates of the series", it: "Tutte le date della serie" }
    series_every_weeks(day: &str, weeks: &str) { en: "{day}, every {weeks} weeks", it: "{day}, ogni {weeks} settimane" }
    series_move() { en: "Move it", it: "Spostala" }
    series_cancel_it() { en: "Cancel it", it: "Annullala" }
    series_to_come(coming: &str, all: &str) { en: "{coming} of {all}", it: "{coming} su {all}" }
    series_to_come_title() { en: "To come", it: "In arrivo" }
    series_cannot_be_held() { en: "Can’t be held", it: "Non si può tenere" }
    series_skip() { en: "Skip", it: "Salta" }
    series_solve() { en: "Solve", it: "Risolvi" }
    series_moved_this() { en: "This date only", it: "Solo questa data" }
    series_last_date() { en: "Last date", it: "Ultima data" }
    series_rule_title() { en: "Rule", it: "Regola" }
    series_fact_hours(hours: &str) { en: "{hours} a week", it: "{hours} alla settimana" }
    series_fact_hours_label() { en: "Hours", it: "Ore" }
    series_booked_by() { en: "Booked by", it: "Prenotata da" }
    series_copy() { en: "Copy to the next term", it: "Copia nel prossimo periodo" }
    series_copy_next() { en: "The same day and time, from the week after the last date", it: "Stesso giorno e ora, dalla settimana dopo l’ultima data" }
    series_feed() { en: "Calendar feed", it: "Calendario" }
    series_feed_next() { en: "One event with its exceptions", it: "Un evento con le sue eccezioni" }
    series_change_time() { en: "Change the time", it: "Cambia l’orario" }
    series_which() { en: "Which dates?", it: "Quali date?" }
    series_only(date: &str) { en: "Only {date}", it: "Solo {date}" }
    series_following() { en: "This and the following", it: "Questa e le successive" }
    series_all() { en: "All", it: "Tutte" }
    series_changes(n: u32) { en: [one: "{n} date changes.", other: "{n} dates change."], it: [one: "Cambia {n} data.", other: "Cambiano {n} date."] }
    series_changes_all(n: u32) { en: [one: "{n} date changes. Past dates and other moved ones stay as they were.", other: "{n} dates change. Past dates and other moved ones stay as they were."], it: [one: "Cambia {n} data. Quelle passate e le altre spostate restano come erano.", other: "Cambiano {n} date. Quelle passate e le altre spostate restano come erano."] }
    series_change_none() { en: "No date can be changed", it: "Nessuna data può cambiare" }
    series_cannot_at(n: &str, all: &str, time: &str) { en: "{n} of {all} can’t be had at {time}", it: "{n} su {all} non disponibili alle {time}" }
    series_told(n: u32) { en: [one: "{n} member is told once", other: "{n} members are told once"], it: [one: "{n} membro viene avvisato una volta", other: "{n} membri vengono avvisati una volta"] }
    series_kept() { en: "The old times are kept until the new ones are booked", it: "I vecchi orari restano finché i nuovi non sono prenotati" }
    series_change_to(dates: &str, time: &str) { en: "{dates} to {time}", it: "{dates} alle {time}" }
    series_change_do(n: u32) { en: [one: "Change {n} date", other: "Change {n} dates"], it: [one: "Cambia {n} data", other: "Cambia {n} date"] }
    series_change_done(n: u32) { en: [one: "{n} date changed", other: "{n} dates changed"], it: [one: "{n} data cambiata", other: "{n} date cambiate"] }
    series_show() { en: "Show the series", it: "Mostra la serie" }
    series_unknown() { en: "This series doesn’t exist.", it: "Questa serie non esiste." }
    series_group_only() { en: "Choose a group that you administer. Here, series for people are made by those who manage the bookings.", it: "Scegli un gruppo che amministri. Qui le serie per le persone le fanno i responsabili delle prenotazioni." }
    series_no_date() { en: "The series has no such date to come.", it: "La serie non ha questa data in arrivo." }
    series_none() { en: "None of the dates can be had. Choose another time, room or day.", it: "Nessuna data è disponibile. Scegli un altro orario, un’altra sala o un altro giorno." }
    series_changed() { en: "Something changed meanwhile: what can be had is shown again. Nothing is booked yet.", it: "Qualcosa è cambiato nel frattempo: ecco di nuovo ciò che è disponibile. Non è stato prenotato nulla." }
    series_rule_unreadable() { en: "This is no rule of RFC 5545. Try FREQ=WEEKLY;BYDAY=TU.", it: "Non è una regola RFC 5545. Prova FREQ=WEEKLY;BYDAY=TU." }
    series_rule_unknown_part() { en: "The rule has a part that RFC 5545 doesn’t have.", it: "La regola ha una parte che RFC 5545 non prevede." }
    series_rule_repeated(part: &str) { en: "{part} is there twice.", it: "{part} compare due volte." }
    series_rule_no_frequency() { en: "The rule needs a FREQ, like FREQ=WEEKLY.", it: "La regola ha bisogno di FREQ, per esempio FREQ=WEEKLY." }
    series_rule_too_frequent() { en: "A series takes place once a day at most: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.", it: "Una serie si ripete al massimo una volta al giorno: FREQ è DAILY, WEEKLY, MONTHLY o YEARLY." }
    series_rule_time(part: &str) { en: "{part} isn’t possible: the time is in the fields above.", it: "{part} non è possibile: l’orario è nei campi sopra." }
    series_rule_value(part: &str) { en: "The value of {part} isn’t valid.", it: "Il valore di {part} non è valido." }
    series_rule_two_ends() { en: "A rule ends with COUNT or with UNTIL, not with both.", it: "Una regola finisce con COUNT o con UNTIL, non con entrambi." }
    series_rule_misplaced(part: &str) { en: "{part} doesn’t go with this FREQ.", it: "{part} non va con questo FREQ." }
    series_too_many(most: &str) { en: "More than {most} dates. Choose an earlier end.", it: "Più di {most} date. Scegli una fine più vicina." }
    series_no_end() { en: "A series needs an end: choose a last date.", it: "Una serie deve finire: scegli un’ultima data." }
    series_ends_first() { en: "The last date is before the first.", it: "L’ultima data è prima della prima." }
    series_no_dates() { en: "The rule has no date before the end.", it: "La regola non ha date prima della fine." }
    series_too_far(day: &str, ahead: &str) { en: "The last date can be {day} at the latest: series reach {ahead} ahead here. Choose an earlier last date, or ask a manager to change the series horizon.", it: "L’ultima data possibile è {day}: qui le serie arrivano fino a {ahead} da oggi. Scegli un’ultima data precedente o chiedi a un responsabile di cambiare il limite delle serie." }
    series_too_long() { en: "A series lasts three years at most.", it: "Una serie dura al massimo tre anni." }
    series_one_date_only() { en: "Only a single date can be moved to another day.", it: "Solo una singola data può essere spostata in un altro giorno." }
    series_skipped_by_clocks() { en: "The clocks skip this time on that day.", it: "Quel giorno l’orologio salta questa ora." }
    day_form() { en: "Choose a day.", it: "Scegli un giorno." }
    notice_series_booked(name: &str) { en: "Series booked: {name}", it: "Serie prenotata: {name}" }
    notice_series_booked_next() { en: "See all dates.", it: "Vedi tutte le date." }
    notice_series_changed(name: &str) { en: "Series changed: {name}", it: "Serie cambiata: {name}" }
    notice_series_changed_next() { en: "Some dates have another time or place.", it: "Alcune date hanno un altro orario o luogo." }
    notice_series_skipped(name: &str) { en: "A date is cancelled: {name}", it: "Una data è annullata: {name}" }
    notice_series_skipped_next() { en: "The other dates stay.", it: "Le altre date restano." }
    notice_series_ended(name: &str) { en: "Series ends early: {name}", it: "La serie termina prima: {name}" }
    notice_series_ended_next() { en: "Later dates are cancelled.", it: "Le date successive sono annullate." }
}

impl Lang {
    pub(crate) fn series_news(self, news: SeriesNews, name: &str) -> (String, String) {
        let (title, next) = match news {
            SeriesNews::Booked => (self.notice_series_booked(name), self.notice_series_booked_next()),
            SeriesNews::Changed => (self.notice_series_changed(name), self.notice_series_changed_next()),
            SeriesNews::Skipped => (self.notice_series_skipped(name), self.notice_series_skipped_next()),
            SeriesNews::Ended => (self.notice_series_ended(name), self.notice_series_ended_next()),
        };
        (title, next.to_owned())
    }
}
