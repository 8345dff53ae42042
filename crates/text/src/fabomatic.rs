//! What is told of taking over a Fab-O-Matic: each line begins with how many.

use crate::Lang;
use domain::imports::fabomatic::{BYTES, Line, NAMED, Part, Refused, Told};

text! {
    fabomatic_taken() { en: "Taken over", it: "Ripresi" }
    fabomatic_known() { en: "Here already", it: "Già presenti" }
    fabomatic_changed() { en: "Taken over otherwise than it stands there", it: "Ripresi con modifiche" }
    fabomatic_left() { en: "Left there", it: "Non ripresi" }
    fabomatic_more(more: &str) { en: "{more} more", it: "altri {more}" }

    fabomatic_title() { en: "Take over a Fab-O-Matic", it: "Riprendi un Fab-O-Matic" }
    fabomatic_next() {
        en: "People, machines, authorisations, uses and maintenance, from its database",
        it: "Persone, macchine, autorizzazioni, utilizzi e manutenzione, dal suo database",
    }
    fabomatic_sub() {
        en: "Bring its database. You see what would be taken over, what would be changed, and what is left and why, before anything changes.",
        it: "Porta il suo database. Vedi che cosa verrebbe ripreso, che cosa modificato, e che cosa resta e perché, prima che cambi qualcosa.",
    }
    fabomatic_file() { en: "Its database", it: "Il suo database" }
    fabomatic_file_hint(mega: &str) {
        en: "As a rule database.sqldb, of release 0.0.18 to 1.0.7, up to {mega} MB. Stop Fab-O-Matic before you copy it, so that it is whole. It is only read, and not kept.",
        it: "Di solito database.sqldb, versioni da 0.0.18 a 1.0.7, fino a {mega} MB. Ferma Fab-O-Matic prima di copiarlo, così è completo. Viene solo letto, non conservato.",
    }
    fabomatic_would() { en: "What would become of it", it: "Che cosa ne sarebbe" }
    fabomatic_became() { en: "What became of it", it: "Che cosa ne è stato" }
    fabomatic_take() { en: "Take it over", it: "Riprendilo" }
    fabomatic_take_lead() {
        en: "It cannot be taken back. What was taken over once is not taken again: the same file changes nothing, a later one brings what is new.",
        it: "Non si può annullare. Ciò che è stato ripreso una volta non viene ripreso di nuovo: lo stesso file non cambia nulla, uno più recente porta ciò che è nuovo.",
    }
    fabomatic_until(when: &str) { en: "What was read is kept until {when}.", it: "Ciò che è stato letto è conservato fino alle {when}." }
    fabomatic_nothing() { en: "There is nothing new in it.", it: "Non contiene niente di nuovo." }
    fabomatic_done(when: &str) { en: "Taken over at {when}.", it: "Ripreso alle {when}." }
    fabomatic_invite() {
        en: "Passwords stay where they were: invite people, or let them set one by e-mail.",
        it: "Le password restano dov'erano: invita le persone, o lascia che ne impostino una via e-mail.",
    }
    fabomatic_another_file() { en: "Another file", it: "Un altro file" }
    fabomatic_gone(minutes: &str) {
        en: "This file is not kept any more: after {minutes} minutes, a restart or another file it has to be brought again. Nothing was changed.",
        it: "Questo file non è più conservato: dopo {minutes} minuti, un riavvio o un altro file va portato di nuovo. Nulla è cambiato.",
    }
    fabomatic_taken_already(when: &str) {
        en: "This file was taken over at {when} already. Nothing was changed again.",
        it: "Questo file è già stato ripreso alle {when}. Nulla è cambiato di nuovo.",
    }
    fabomatic_large(mega: &str) {
        en: "The file has more than {mega} MB. On the machine that Toolgate runs on, “toolgate import fabomatic” takes it over.",
        it: "Il file supera {mega} MB. Sulla macchina dove gira Toolgate, «toolgate import fabomatic» lo riprende.",
    }
    fabomatic_empty() { en: "There is nothing in the file. Choose the database.", it: "Il file è vuoto. Scegli il database." }
    fabomatic_no_database() {
        en: "This file is not a database. Choose Fab-O-Matic's own, as a rule database.sqldb.",
        it: "Questo file non è un database. Scegli quello di Fab-O-Matic, di solito database.sqldb.",
    }
    fabomatic_damaged() {
        en: "This database is damaged. Stop Fab-O-Matic, copy the file again, and bring that.",
        it: "Questo database è danneggiato. Ferma Fab-O-Matic, copia di nuovo il file e porta quello.",
    }
    fabomatic_foreign() {
        en: "This is not the database of a Fab-O-Matic: it has other tables.",
        it: "Questo non è il database di un Fab-O-Matic: ha altre tabelle.",
    }
    fabomatic_newer() {
        en: "It was written by a release of Fab-O-Matic that this version of Toolgate does not know. Install a later version of Toolgate.",
        it: "È stato scritto da una versione di Fab-O-Matic che questa versione di Toolgate non conosce. Installa una versione più recente di Toolgate.",
    }
    fabomatic_row() {
        en: "A row of it cannot be read, so nothing was. The server's log says in which table.",
        it: "Una sua riga non è leggibile, quindi non è stato letto nulla. Il registro del server dice in quale tabella.",
    }
    fabomatic_room() {
        en: "It cannot be kept while it is read. Is there room on the server's disk?",
        it: "Non può essere conservato mentre viene letto. C'è spazio sul disco del server?",
    }
    fabomatic_another() {
        en: "It is another Fab-O-Matic than the one that was taken over here before: its uses have the numbers of others.",
        it: "È un Fab-O-Matic diverso da quello già ripreso qui: i suoi utilizzi hanno i numeri di altri.",
    }
}

/// What each line says behind its number.
const LINES: &[(Told, &str, &str)] = &[
    (Told::People, "people", "persone"),
    (Told::Suspended, "of them suspended, for they were disabled", "di queste sospese, perché erano disabilitate"),
    (
        Told::Administrators,
        "of them managers and administrators, for their role administered",
        "di queste responsabili e amministratori, perché il loro ruolo amministrava",
    ),
    (Told::Cards, "cards of people", "tessere di persone"),
    (Told::Types, "types of machine", "tipi di macchina"),
    (
        Told::OpenTypes,
        "of them open to every member, for they asked for no authorisation",
        "di questi aperti a ogni membro, perché non chiedevano autorizzazione",
    ),
    (Told::Machines, "machines, with their numbers", "macchine, con i loro numeri"),
    (Told::Blocked, "of them blocked", "di queste bloccate"),
    (Told::RoleGrants, "qualifications on types, by role", "abilitazioni su tipi, per ruolo"),
    (Told::MachineGrants, "qualifications on single machines", "abilitazioni su singole macchine"),
    (Told::Uses, "uses, with their hours", "utilizzi, con le loro ore"),
    (
        Told::Plans,
        "maintenance plans; what is due keeps members from the machine, as it did there",
        "piani di manutenzione; ciò che è scaduto tiene i membri lontani dalla macchina, come lì",
    ),
    (Told::Interventions, "maintenance interventions", "interventi di manutenzione"),
    (Told::UnknownCards, "cards that nobody has claimed", "tessere che nessuno ha rivendicato"),
    (
        Told::SamePeople,
        "people with the same e-mail or card; they are one now, and keep their name here",
        "persone con la stessa e-mail o tessera; ora sono una sola, con il nome che hanno qui",
    ),
    (
        Told::SameMachines,
        "machines with the same number; they are one now, and stay as they are here",
        "macchine con lo stesso numero; ora sono una sola, e restano come sono qui",
    ),
    (
        Told::SameTypes,
        "types with the same name; they are one now, and stay as they are here",
        "tipi con lo stesso nome; ora sono uno solo, e restano come sono qui",
    ),
    (Told::KnownPeople, "people, taken over before", "persone, riprese in precedenza"),
    (Told::KnownMachines, "machines, taken over before", "macchine, riprese in precedenza"),
    (Told::KnownTypes, "types, taken over before", "tipi, ripresi in precedenza"),
    (Told::KnownUses, "uses, taken over before", "utilizzi, ripresi in precedenza"),
    (Told::KnownPlans, "maintenance plans, taken over before", "piani di manutenzione, ripresi in precedenza"),
    (
        Told::KnownInterventions,
        "maintenance interventions, taken over before",
        "interventi di manutenzione, ripresi in precedenza",
    ),
    (Told::KnownUnknownCards, "cards that nobody has claimed", "tessere che nessuno ha rivendicato"),
    (
        Told::KnownGrants,
        "qualifications, held here or decided otherwise since",
        "abilitazioni, già presenti o decise diversamente nel frattempo",
    ),
    (
        Told::Capitals,
        "numbers of cards in capitals, kept in small letters",
        "numeri di tessera in maiuscole, conservati in minuscole",
    ),
    (Told::Names, "names that were empty or too long", "nomi vuoti o troppo lunghi"),
    (
        Told::EmailUnfit,
        "people without their e-mail, for it is none",
        "persone senza e-mail, perché non era valida",
    ),
    (
        Told::EmailShared,
        "people without their e-mail, for somebody else has it",
        "persone senza e-mail, perché è di qualcun altro",
    ),
    (
        Told::RoleMissing,
        "people whose role is missing; they are members",
        "persone il cui ruolo manca; sono membri",
    ),
    (
        Told::TypeMissing,
        "machines without a type; theirs is “Fab-O-Matic” now",
        "macchine senza tipo; ora è «Fab-O-Matic»",
    ),
    (
        Told::TypeRenamed,
        "types whose name is taken, with a number behind it now",
        "tipi dal nome già usato, ora seguito da un numero",
    ),
    (
        Told::Times,
        "types with a time that no board takes; what is set for the space holds",
        "tipi con un tempo che nessuna scheda accetta; vale quello dello spazio",
    ),
    (
        Told::NumberUnfit,
        "machines whose number no board can say; they have none now",
        "macchine con un numero che nessuna scheda può dire; ora non ne hanno",
    ),
    (
        Told::Hours,
        "machines that showed other hours than their uses amount to; what counts is the uses",
        "macchine che mostravano ore diverse dai loro utilizzi; contano gli utilizzi",
    ),
    (
        Told::UsesClosed,
        "uses that were never ended, ended at their last sign of life",
        "utilizzi mai terminati, chiusi all'ultimo segno di vita",
    ),
    (
        Told::UsesShortened,
        "uses that went on into the next, ended where that began",
        "utilizzi che entravano nel successivo, chiusi dove questo inizia",
    ),
    (
        Told::UsesNameless,
        "uses without a name, for whoever it was is nobody who was taken over",
        "utilizzi senza nome, perché chi li ha fatti non è tra le persone riprese",
    ),
    (
        Told::PlanWords,
        "maintenance plans whose words were missing, or too long and are cut",
        "piani di manutenzione dal testo mancante, o troppo lungo e ora troncato",
    ),
    (
        Told::PlanHours,
        "maintenance plans by parts of an hour; they go by whole hours now, one at least",
        "piani di manutenzione a frazioni di ora; ora vanno a ore intere, almeno una",
    ),
    (
        Told::PlanDisplay,
        "maintenance plans without their text for the display, for it is too long; it says what has to be done",
        "piani di manutenzione senza il loro testo per il display, perché troppo lungo; dice che cosa va fatto",
    ),
    (
        Told::PlanManual,
        "maintenance plans without their instructions, for those are no link",
        "piani di manutenzione senza istruzioni, perché non sono un link",
    ),
    (
        Told::InterventionsNameless,
        "maintenance interventions without a name, for whoever it was is nobody who was taken over",
        "interventi di manutenzione senza nome, perché chi li ha fatti non è tra le persone riprese",
    ),
    (Told::Passwords, "passwords: invite people instead", "password: invita le persone"),
    (Told::Nobody, "the user that stands for nobody", "l'utente che sta per nessuno"),
    (Told::Deleted, "users that were deleted there", "utenti che lì erano stati eliminati"),
    (Told::Gone, "people who left or were erased here", "persone uscite o cancellate qui"),
    (
        Told::DisabledThere,
        "people who are disabled there and active here: suspend them here, if that is meant",
        "persone disabilitate lì e attive qui: sospendile qui, se è ciò che si vuole",
    ),
    (
        Told::KeptOut,
        "qualifications of people who are not active here",
        "abilitazioni di persone che qui non sono attive",
    ),
    (Told::CardUnfit, "numbers of cards that no board could say", "numeri di tessera che nessuna scheda può dire"),
    (Told::CardTaken, "cards that are somebody else's", "tessere che sono di qualcun altro"),
    (
        Told::Authorizations,
        "authorisations that stand twice, are nobody's, or on a machine that is missing",
        "autorizzazioni doppie, di nessuno, o su una macchina che manca",
    ),
    (Told::UsesOrphan, "uses of a machine that is missing", "utilizzi di una macchina che manca"),
    (
        Told::UsesRunning,
        "uses that go on: bring the file again when they have ended",
        "utilizzi in corso: riporta il file quando saranno finiti",
    ),
    (
        Told::UsesBackwards,
        "uses that end before they begin, or in the future",
        "utilizzi che finiscono prima di iniziare, o nel futuro",
    ),
    (
        Told::UsesInside,
        "uses in the time of another on the same machine: hours count once",
        "utilizzi nel tempo di un altro sulla stessa macchina: le ore contano una volta",
    ),
    (
        Told::UnknownLeft,
        "unknown cards seen more than 30 days ago, or somebody's by now, or at a machine that is missing",
        "tessere sconosciute viste più di 30 giorni fa, o ormai di qualcuno, o a una macchina che manca",
    ),
    (
        Told::PlansOrphan,
        "maintenance plans for a machine that is missing",
        "piani di manutenzione per una macchina che manca",
    ),
    (
        Told::PlansHours,
        "maintenance plans due after no hours, or after more than 100,000",
        "piani di manutenzione dopo nessuna ora, o dopo più di 100.000",
    ),
    (
        Told::InterventionsOrphan,
        "maintenance interventions on a machine that is missing, or by a plan that is missing or left there",
        "interventi di manutenzione su una macchina che manca, o di un piano che manca o non è ripreso",
    ),
    (
        Told::InterventionsTimes,
        "maintenance interventions at no time, or in the future",
        "interventi di manutenzione senza data, o nel futuro",
    ),
    (Told::Boards, "boards: they are known as soon as they connect", "schede: si presentano appena si collegano"),
];

impl Lang {
    /// Why nothing is read of a file.
    #[must_use]
    pub fn fabomatic_refused(self, why: Refused) -> String {
        let said = match why {
            Refused::Large => return self.fabomatic_large(&(BYTES / 1_000_000).to_string()),
            Refused::Empty => self.fabomatic_empty(),
            Refused::NoDatabase => self.fabomatic_no_database(),
            Refused::Damaged => self.fabomatic_damaged(),
            Refused::Foreign => self.fabomatic_foreign(),
            Refused::Newer => self.fabomatic_newer(),
            Refused::Row => self.fabomatic_row(),
            Refused::Room => self.fabomatic_room(),
            Refused::Another => self.fabomatic_another(),
        };
        said.to_owned()
    }

    /// What belongs together.
    #[must_use]
    pub const fn fabomatic_part(self, part: Part) -> &'static str {
        match part {
            Part::Taken => self.fabomatic_taken(),
            Part::Known => self.fabomatic_known(),
            Part::Changed => self.fabomatic_changed(),
            Part::Left => self.fabomatic_left(),
        }
    }

    /// A line behind its number, with the first names there are.
    #[must_use]
    pub fn fabomatic_line(self, line: &Line) -> String {
        let words = LINES.iter().find(|(told, ..)| *told == line.told).map_or("", |&(_, en, it)| match self {
            Self::En => en,
            Self::It => it,
        });
        if line.named.is_empty() {
            return words.to_owned();
        }
        let mut named = line.named.clone();
        let more = usize::try_from(line.count).unwrap_or(usize::MAX).saturating_sub(named.len().min(NAMED));
        if more > 0 {
            named.push(self.fabomatic_more(&more.to_string()));
        }
        format!("{words}: {}", named.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_words_and_says_how_many_are_not_named() {
        for &told in Told::ALL {
            assert_eq!(LINES.iter().filter(|(known, ..)| *known == told).count(), 1, "{told:?}");
        }
        let line = Line { told: Told::Deleted, count: 7, named: vec!["Ada".into(), "Bob".into()] };
        assert_eq!(Lang::En.fabomatic_line(&line), "users that were deleted there: Ada, Bob, 5 more");
    }
}
