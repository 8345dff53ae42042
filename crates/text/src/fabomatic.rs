//! Import from a Fab-O-Matic: each line begins with a number.

mod lines;

use crate::Lang;
use domain::imports::fabomatic::{BYTES, Line, NAMED, Part, Refused};
use lines::LINES;

text! {
    fabomatic_taken() { en: "Imported", it: "Importati" }
    fabomatic_known() { en: "Here already", it: "Già presenti" }
    fabomatic_changed() { en: "Imported with changes", it: "Importati con modifiche" }
    fabomatic_left() { en: "Skipped", it: "Ignorati" }
    fabomatic_more(more: &str) { en: "{more} more", it: "{more} in più" }

    fabomatic_title() { en: "Migrate from Fab-O-Matic", it: "Migra da Fab-O-Matic" }
    fabomatic_next() {
        en: "People, machines, authorisations, uses and maintenance, from its database",
        it: "Persone, macchine, autorizzazioni, utilizzi e manutenzione, dal suo database",
    }
    fabomatic_sub() {
        en: "Upload its database. You’ll see what would be imported, changed or skipped, and why, before anything changes.",
        it: "Carica il suo database. Vedi che cosa verrebbe importato, modificato o ignorato, e perché, prima che cambi qualcosa.",
    }
    fabomatic_file() { en: "Its database", it: "Il suo database" }
    fabomatic_file_hint(mega: &str) {
        en: "Usually database.sqldb, release 0.0.18 to 1.0.7, up to {mega} MB. Stop Fab-O-Matic before you copy it, so that it is complete. It is only read, and not stored.",
        it: "Di solito database.sqldb, versioni da 0.0.18 a 1.0.7, fino a {mega} MB. Ferma Fab-O-Matic prima di copiarlo, così è completo. Viene solo letto, non conservato.",
    }
    fabomatic_would() { en: "Preview", it: "Anteprima" }
    fabomatic_became() { en: "Result", it: "Risultato" }
    fabomatic_take() { en: "Import data", it: "Importa i dati" }
    fabomatic_take_lead() {
        en: "This can’t be undone. Nothing is imported twice: the same file changes nothing, a later one adds what is new.",
        it: "Non si può annullare. Nulla si importa due volte: lo stesso file non cambia nulla, uno più recente aggiunge ciò che è nuovo.",
    }
    fabomatic_until(when: &str) { en: "The preview is kept until {when}.", it: "L’anteprima è conservata fino alle {when}." }
    fabomatic_nothing() { en: "Nothing new to import.", it: "Niente di nuovo da importare." }
    fabomatic_done(when: &str) { en: "Imported at {when}.", it: "Importato alle {when}." }
    fabomatic_invite() {
        en: "Passwords stay where they were: invite people, or let them set one by e-mail.",
        it: "Le password restano dov’erano: invita le persone, o lascia che ne impostino una via e-mail.",
    }
    fabomatic_another_file() { en: "Another file", it: "Un altro file" }
    fabomatic_gone(minutes: &str) {
        en: "This preview has expired: previews are kept for {minutes} minutes, or until the server restarts or another file is uploaded. Upload the file again. Nothing was changed.",
        it: "Questa anteprima è scaduta (si conserva per {minutes} minuti, o fino al riavvio o a un altro file). Carica di nuovo il file; nulla è cambiato.",
    }
    fabomatic_interrupted(made: &str, planned: &str) {
        en: "People, machines and {made} of {planned} uses were imported before the database failed. Open the preview again, then import the rest.",
        it: "Persone, macchine e {made} utilizzi su {planned} sono stati importati prima di un errore dei dati. Riapri l’anteprima, poi importa il resto.",
    }
    fabomatic_taken_already(when: &str) {
        en: "This file was already imported at {when}. Nothing was changed.",
        it: "Questo file è già stato importato alle {when}. Nulla è cambiato.",
    }
    fabomatic_large(mega: &str) {
        en: "That file is larger than {mega} MB. Use `toolgate import fabomatic` on the server instead.",
        it: "Il file supera {mega} MB. Usa `toolgate import fabomatic` sul server.",
    }
    fabomatic_empty() { en: "There is nothing in the file. Choose the database.", it: "Il file è vuoto. Scegli il database." }
    fabomatic_no_database() {
        en: "This file is not a database. Choose Fab-O-Matic’s own, usually database.sqldb.",
        it: "Questo file non è un database. Scegli quello di Fab-O-Matic, di solito database.sqldb.",
    }
    fabomatic_damaged() {
        en: "This database is damaged. Stop Fab-O-Matic, copy the file again, and upload it.",
        it: "Questo database è danneggiato. Ferma Fab-O-Matic, copia di nuovo il file e caricalo.",
    }
    fabomatic_foreign() {
        en: "This is not a Fab-O-Matic database: it has other tables.",
        it: "Questo non è il database di un Fab-O-Matic: ha altre tabelle.",
    }
    fabomatic_active() {
        en: "This file has views, triggers or computed columns. Upload the database file of your Fab-O-Matic itself.",
        it: "Questo file ha viste, trigger o colonne calcolate. Carica il file del database del tuo Fab-O-Matic.",
    }
    fabomatic_long() {
        en: "This file takes too long to read here. Use `toolgate import` on the server instead.",
        it: "La lettura di questo file richiede troppo tempo. Usa `toolgate import` sul server.",
    }
    fabomatic_newer() {
        en: "A release of Fab-O-Matic wrote it that this version of Toolgate doesn’t know. Install a later version of Toolgate.",
        it: "È stato scritto da una versione di Fab-O-Matic che questa versione di Toolgate non conosce. Installa una versione più recente di Toolgate.",
    }
    fabomatic_row() {
        en: "A row can’t be read, so nothing was imported. The server’s log says in which table.",
        it: "Una riga non è leggibile, quindi non è stato importato nulla. Il log del server dice in quale tabella.",
    }
    fabomatic_room() {
        en: "It can’t be stored while it is read. Is there room on the server’s disk?",
        it: "Non può essere conservato mentre viene letto. C’è spazio sul disco del server?",
    }
    fabomatic_another() {
        en: "This is a different Fab-O-Matic from the one imported before: the numbers of its uses clash.",
        it: "È un Fab-O-Matic diverso da quello già importato: i numeri dei suoi utilizzi sono in conflitto.",
    }
}

impl Lang {
    /// Why a file cannot be read.
    #[must_use]
    pub fn fabomatic_refused(self, why: Refused) -> String {
        let message = match why {
            Refused::Large => return self.fabomatic_large(&(BYTES / 1_000_000).to_string()),
            Refused::Empty => self.fabomatic_empty(),
            Refused::NoDatabase => self.fabomatic_no_database(),
            Refused::Damaged => self.fabomatic_damaged(),
            Refused::Foreign => self.fabomatic_foreign(),
            Refused::Active => self.fabomatic_active(),
            Refused::Long => self.fabomatic_long(),
            Refused::Newer => self.fabomatic_newer(),
            Refused::Row => self.fabomatic_row(),
            Refused::Room => self.fabomatic_room(),
            Refused::Another => self.fabomatic_another(),
        };
        message.to_owned()
    }

    #[must_use]
    pub const fn fabomatic_part(self, part: Part) -> &'static str {
        match part {
            Part::Taken => self.fabomatic_taken(),
            Part::Known => self.fabomatic_known(),
            Part::Changed => self.fabomatic_changed(),
            Part::Left => self.fabomatic_left(),
        }
    }

    /// A line after its number, with the first names.
    #[must_use]
    pub fn fabomatic_line(self, line: &Line) -> String {
        let words = LINES.iter().find(|(reported, ..)| *reported == line.kind).map_or("", |&(_, en, it)| {
            let [one, other] = match self {
                Self::En => en,
                Self::It => it,
            };
            if self.one(line.count) { one } else { other }
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
    use domain::imports::fabomatic::TakeoverCount;

    #[test]
    fn every_report_line_has_a_text_and_counts_the_unnamed() {
        for &reported in TakeoverCount::ALL {
            assert_eq!(LINES.iter().filter(|(known, ..)| *known == reported).count(), 1, "{reported:?}");
        }
        let line = Line { kind: TakeoverCount::Deleted, count: 7, named: vec!["Ada".into(), "Bob".into()] };
        assert_eq!(Lang::En.fabomatic_line(&line), "users that were deleted there: Ada, Bob, 5 more");
        assert_eq!(Lang::It.fabomatic_line(&line), "utenti che lì erano stati eliminati: Ada, Bob, 5 in più");
    }

    #[test]
    fn report_lines_use_the_languages_quotation_marks() {
        for (reported, english, italian) in LINES {
            assert!(!english.concat().contains(['«', '»']), "{reported:?}");
            assert!(!italian.concat().contains(['“', '”']), "{reported:?}");
        }
    }

    #[test]
    fn count_of_one_uses_the_singular() {
        // The same in singular and plural.
        let same = [TakeoverCount::Suspended, TakeoverCount::Blocked];
        for &reported in TakeoverCount::ALL {
            for lang in Lang::ALL {
                let message = |count| lang.fabomatic_line(&Line { kind: reported, count, named: Vec::new() });
                assert_eq!(message(0), message(2), "{reported:?}");
                let is_same = lang == Lang::En && same.contains(&reported);
                assert_eq!(message(1) == message(2), is_same, "{reported:?}: {}", message(1));
            }
        }
        let one = |reported| {
            [Lang::En, Lang::It]
                .map(|lang| lang.fabomatic_line(&Line { kind: reported, count: 1, named: Vec::new() }))
        };
        assert_eq!(one(TakeoverCount::People), ["person", "persona"]);
        assert_eq!(one(TakeoverCount::Uses), ["use, with its hours", "utilizzo, con le sue ore"]);
    }
}
