//! What is told of taking over a Fab-O-Matic: each line begins with how many.

use crate::Lang;
use domain::imports::fabomatic::{Line, NAMED, Part, Told};

text! {
    fabomatic_taken() { en: "Taken over", it: "Ripresi" }
    fabomatic_known() { en: "Here already", it: "Già presenti" }
    fabomatic_changed() { en: "Taken over otherwise than it stands there", it: "Ripresi con modifiche" }
    fabomatic_left() { en: "Left there", it: "Non ripresi" }
    fabomatic_more(more: &str) { en: "{more} more", it: "altri {more}" }
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
    (Told::Passwords, "passwords: invite people instead", "password: invita le persone"),
    (Told::Nobody, "the user that stands for nobody", "l'utente che sta per nessuno"),
    (Told::Deleted, "users that were deleted there", "utenti che lì erano stati eliminati"),
    (Told::Gone, "people who left or were erased here", "persone uscite o cancellate qui"),
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
        Told::Plans,
        "maintenance plans: this version does not take them over",
        "piani di manutenzione: questa versione non li riprende",
    ),
    (
        Told::Interventions,
        "maintenance interventions: this version does not take them over",
        "interventi di manutenzione: questa versione non li riprende",
    ),
    (Told::Boards, "boards: they are known as soon as they connect", "schede: si presentano appena si collegano"),
];

impl Lang {
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
