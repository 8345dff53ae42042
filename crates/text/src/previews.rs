//! Previews of changes, in sentences.

use crate::Lang;
use contract::previews::Preview;
use domain::previews::{FEW, PreviewLine, WEEKS};

text! {
    would_see() { en: "Preview effect", it: "Anteprima dell’effetto" }
    would_nothing() { en: "No effect today.", it: "Oggi nessun effetto." }
    would_bar(people: u32) {
        en: [one: "1 person would lose access today.", other: "{people} people would lose access today."],
        it: [one: "Oggi 1 persona perderebbe l’accesso.", other: "Oggi {people} persone perderebbero l’accesso."],
    }
    would_let_in(people: u32) {
        en: [one: "1 more person would get access.", other: "{people} more people would get access."],
        it: [one: "1 persona in più avrebbe accesso.", other: "{people} persone in più avrebbero accesso."],
    }
    would_machines(machines: u32) {
        en: [one: "This would affect 1 machine.", other: "This would affect {machines} machines."],
        it: [one: "Cambierebbe per 1 macchina.", other: "Cambierebbe per {machines} macchine."],
    }
    would_at_log_out(machines: u32) {
        en: [one: "One of them is in use: the change applies after log-out.",
             other: "{machines} of them are in use: the change applies after log-out."],
        it: [one: "Una è in uso: la modifica vale dopo la disconnessione.",
             other: "{machines} sono in uso: la modifica vale dopo la disconnessione."],
    }
    would_cut_short(uses: u32, weeks: &str) {
        en: [one: "In the last {weeks} weeks 1 use was longer than that.", other: "In the last {weeks} weeks {uses} uses were longer than that."],
        it: [one: "Nelle ultime {weeks} settimane 1 utilizzo è durato di più.", other: "Nelle ultime {weeks} settimane {uses} utilizzi sono durati di più."],
    }
    would_end_now(uses: u32) {
        en: [one: "1 use in progress is longer already: its board would log it out within a minute.",
             other: "{uses} uses in progress are longer already: their boards would log them out within a minute."],
        it: [one: "1 utilizzo in corso dura già di più: la scheda lo chiuderebbe entro un minuto.",
             other: "{uses} utilizzi in corso durano già di più: le schede li chiuderebbero entro un minuto."],
    }
    would_hide(people: u32) {
        en: [one: "1 name on a machine would be shown shortened.",
             other: "{people} names on machines would be shown shortened."],
        it: [one: "1 nome su una macchina apparirebbe abbreviato.",
             other: "{people} nomi sulle macchine apparirebbero abbreviati."],
    }
    would_show(people: u32) {
        en: [one: "1 name on a machine would be shown in more detail.",
             other: "{people} names on machines would be shown in more detail."],
        it: [one: "1 nome su una macchina apparirebbe più completo.",
             other: "{people} nomi sulle macchine apparirebbero più completi."],
    }
    would_over(people: u32) {
        en: [one: "1 person is using more than that now; they can finish.",
             other: "{people} people are using more than that now; they can finish."],
        it: [one: "1 persona ora ne usa di più, e potrà finire.",
             other: "{people} persone ora ne usano di più, e potranno finire."],
    }
    would_lapse(there: u32) {
        en: [one: "1 qualification would expire immediately.", other: "{there} qualifications would expire immediately."],
        it: [one: "1 abilitazione scadrebbe subito.", other: "{there} abilitazioni scadrebbero subito."],
    }
    would_lose_password(people: u32) {
        en: [one: "1 person could no longer sign in with a password. They have another way in.",
             other: "{people} people could no longer sign in with a password. They have other ways in."],
        it: [one: "1 persona non potrebbe più accedere con la password. Ha un altro modo.",
             other: "{people} persone non potrebbero più accedere con la password. Hanno altri modi."],
    }
    would_keep_password(people: u32) {
        en: [one: "1 person has only a password, and would keep it until they add another way in.",
             other: "{people} people have only a password, and would keep it until they add another way in."],
        it: [one: "1 persona ha solo la password, e la terrebbe finché non aggiunge un altro modo.",
             other: "{people} persone hanno solo la password, e la terrebbero finché non aggiungono un altro modo."],
    }
    would_sleep(people: u32) {
        en: [one: "1 person with a role has no second factor, and couldn’t use the role until they set one up.",
             other: "{people} people with a role have no second factor, and couldn’t use the role until they set one up."],
        it: [one: "1 persona con un ruolo non ha un secondo fattore, e non potrebbe usare il ruolo finché non lo configura.",
             other: "{people} persone con un ruolo non hanno un secondo fattore, e non potrebbero usare il ruolo finché non lo configurano."],
    }
    would_unseen(machines: u32) {
        en: [one: "1 machine would no longer be shown without signing in.", other: "{machines} machines would no longer be shown without signing in."],
        it: [one: "Senza accesso non si vedrebbe più 1 macchina.", other: "Senza accesso non si vedrebbero più {machines} macchine."],
    }
    would_seen(machines: u32) {
        en: [one: "1 machine and its state would be shown without signing in.", other: "{machines} machines and their states would be shown without signing in."],
        it: [one: "Senza accesso si vedrebbero 1 macchina e il suo stato.", other: "Senza accesso si vedrebbero {machines} macchine e il loro stato."],
    }
    would_close(people: u32, weeks: &str) {
        en: [one: "In the last {weeks} weeks 1 person used machines here at hours that would then be closed.",
             other: "In the last {weeks} weeks {people} people used machines here at hours that would then be closed."],
        it: [one: "Nelle ultime {weeks} settimane 1 persona ha usato macchine qui in orari che sarebbero chiusi.",
             other: "Nelle ultime {weeks} settimane {people} persone hanno usato macchine qui in orari che sarebbero chiusi."],
    }
    would_close_few(few: &str, weeks: &str) {
        en: "In the last {weeks} weeks fewer than {few} people used machines here at hours that would then be closed.",
        it: "Nelle ultime {weeks} settimane meno di {few} persone hanno usato macchine qui in orari che sarebbero chiusi.",
    }
    would_shut_now(machines: u32) {
        en: [one: "1 machine would be closed from now on.", other: "{machines} machines would be closed from now on."],
        it: [one: "1 macchina sarebbe chiusa da adesso.", other: "{machines} macchine sarebbero chiuse da adesso."],
    }
    would_open_now(machines: u32) {
        en: [one: "1 machine would be open from now on.", other: "{machines} machines would be open from now on."],
        it: [one: "1 macchina sarebbe aperta da adesso.", other: "{machines} macchine sarebbero aperte da adesso."],
    }
    would_go_on(uses: u32) {
        en: [one: "1 use there is in progress; it continues until the card is tapped again.",
             other: "{uses} uses there are in progress; they continue until the cards are tapped again."],
        it: [one: "Lì c’è 1 utilizzo in corso; continua finché la tessera non viene ripassata.",
             other: "Lì ci sono {uses} utilizzi in corso; continuano finché le tessere non vengono ripassate."],
    }
    would_cut_names(uses: u32) {
        en: [one: "It would remove the name from 1 use, booking or checkout that is over a year old.",
             other: "It would remove the names from {uses} uses, bookings and checkouts that are over a year old."],
        it: [one: "Toglierebbe il nome da 1 utilizzo, prenotazione o prova di oltre un anno fa.",
             other: "Toglierebbe i nomi da {uses} utilizzi, prenotazioni e prove di oltre un anno fa."],
    }
    would_forget_decisions(there: u32) {
        en: [one: "It would delete 1 card tap from over 90 days ago.",
             other: "It would delete {there} card taps from over 90 days ago."],
        it: [one: "Eliminerebbe 1 passaggio di tessera di oltre 90 giorni fa.",
             other: "Eliminerebbe {there} passaggi di tessera di oltre 90 giorni fa."],
    }
    would_forget_cards(there: u32) {
        en: [one: "It would delete 1 card unassigned for 30 days.",
             other: "It would delete {there} cards unassigned for 30 days."],
        it: [one: "Eliminerebbe 1 tessera non assegnata da 30 giorni.",
             other: "Eliminerebbe {there} tessere non assegnate da 30 giorni."],
    }
    would_forget_sign_ins(there: u32) {
        en: [one: "It would delete 1 expired sign-in or link.", other: "It would delete {there} expired sign-ins and links."],
        it: [one: "Eliminerebbe 1 accesso o link scaduto.", other: "Eliminerebbe {there} accessi e link scaduti."],
    }
    would_forget_entries(there: u32) {
        en: [one: "It would delete 1 audit entry.", other: "It would delete {there} audit entries."],
        it: [one: "Eliminerebbe 1 voce del registro.", other: "Eliminerebbe {there} voci del registro."],
    }
    would_other_bookings(there: u32) {
        en: [one: "1 future booking would show another time. It stays at the same instant: let its holder know.",
             other: "{there} future bookings would show another time. They stay at the same instant: let their holders know."],
        it: [one: "1 prenotazione futura mostrerebbe un altro orario. L’istante non cambia: avvisa chi l’ha fatta.",
             other: "{there} prenotazioni future mostrerebbero un altro orario. L’istante non cambia: avvisa chi le ha fatte."],
    }
    would_other_checkouts(there: u32) {
        en: [one: "1 future checkout would show another time. It stays at the same instant.",
             other: "{there} future checkouts would show another time. They stay at the same instant."],
        it: [one: "1 prova futura mostrerebbe un altro orario. L’istante non cambia.",
             other: "{there} prove future mostrerebbero un altro orario. L’istante non cambia."],
    }
    would_other_hours() { en: "Opening hours and trainers’ times keep their clock times in the new time zone.",
                          it: "Gli orari di apertura e quelli degli istruttori restano gli stessi, nel nuovo fuso orario." }
    would_partly() { en: "Only part of the people, machines and uses was checked.",
                     it: "Verificata solo una parte di persone, macchine e utilizzi." }
}

impl Lang {
    /// One effect of a change.
    #[must_use]
    pub fn preview_line(self, line: PreviewLine) -> String {
        let weeks = WEEKS.to_string();
        match line {
            PreviewLine::Bar(n) => self.would_bar(n),
            PreviewLine::LetIn(n) => self.would_let_in(n),
            PreviewLine::Machines(n) => self.would_machines(n),
            PreviewLine::AtLogOut(n) => self.would_at_log_out(n),
            PreviewLine::CutShort(n) => self.would_cut_short(n, &weeks),
            PreviewLine::EndNow(n) => self.would_end_now(n),
            PreviewLine::Hide(n) => self.would_hide(n),
            PreviewLine::Show(n) => self.would_show(n),
            PreviewLine::Over(n) => self.would_over(n),
            PreviewLine::Lapse(n) => self.would_lapse(n),
            PreviewLine::Sleep(n) => self.would_sleep(n),
            PreviewLine::LosePassword(n) => self.would_lose_password(n),
            PreviewLine::KeepPassword(n) => self.would_keep_password(n),
            PreviewLine::Unseen(n) => self.would_unseen(n),
            PreviewLine::OtherBookings(n) => self.would_other_bookings(n),
            PreviewLine::OtherCheckouts(n) => self.would_other_checkouts(n),
            PreviewLine::OtherHours => self.would_other_hours().to_owned(),
            PreviewLine::Seen(n) => self.would_seen(n),
            PreviewLine::Closed(n) if (1..FEW).contains(&n) => self.would_close_few(&FEW.to_string(), &weeks),
            PreviewLine::Closed(n) => self.would_close(n, &weeks),
            PreviewLine::ShutNow(n) => self.would_shut_now(n),
            PreviewLine::OpenNow(n) => self.would_open_now(n),
            PreviewLine::GoOn(n) => self.would_go_on(n),
            PreviewLine::CutNames(n) => self.would_cut_names(n),
            PreviewLine::ForgetDecisions(n) => self.would_forget_decisions(n),
            PreviewLine::ForgetCards(n) => self.would_forget_cards(n),
            PreviewLine::ForgetSignIns(n) => self.would_forget_sign_ins(n),
            PreviewLine::ForgetEntries(n) => self.would_forget_entries(n),
            PreviewLine::Partly => self.would_partly().to_owned(),
        }
    }

    /// All effects of a change, or that there is none.
    #[must_use]
    pub fn preview(self, all: &[PreviewLine]) -> Preview {
        let mut lines: Vec<_> = all.iter().map(|&line| self.preview_line(line)).collect();
        if all.iter().all(|line| matches!(line, PreviewLine::Partly)) {
            lines.insert(0, self.would_nothing().to_owned());
        }
        Preview { fits: true, bites: all.iter().any(|line| line.bites()), lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_blurred_and_empty_preview_has_a_text() {
        assert_eq!(
            Lang::En.preview_line(PreviewLine::Closed(4)),
            "In the last 4 weeks fewer than 5 people used machines here at hours that would then be closed."
        );
        assert!(Lang::It.preview_line(PreviewLine::Closed(12)).contains("12 persone"));
        let nothing = Lang::En.preview(&[PreviewLine::Partly]);
        assert!(nothing.lines.len() == 2 && !nothing.bites && nothing.fits, "{nothing:?}");
        assert_eq!(Lang::En.preview(&[]).lines, ["No effect today."]);
        assert!(Lang::En.preview(&[PreviewLine::LetIn(3), PreviewLine::Bar(1)]).bites);
    }
}
