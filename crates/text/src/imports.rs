//! Import and export of lists of people.

use crate::Lang;
use domain::imports::{BYTES, COLUMNS, Column, LINES, LineAction, LineError, Note};

impl Lang {
    /// Heading of a column.
    #[must_use]
    pub const fn import_column(self, column: Column) -> &'static str {
        match column {
            Column::Key => self.column_key(),
            Column::Name => self.column_name(),
            Column::FirstName => self.column_first_name(),
            Column::LastName => self.column_last_name(),
            Column::Email => self.column_email(),
            Column::Phone => self.column_phone(),
            Column::Language => self.column_language(),
            Column::Since => self.column_since(),
            Column::Card => self.column_card(),
            Column::Type => self.column_type(),
            Column::Relation => self.column_relation(),
            Column::From => self.column_from(),
            Column::Until => self.column_until(),
            Column::Who => self.column_who(),
            Column::Trainer => self.column_trainer(),
        }
    }

    /// The effect of a line.
    #[must_use]
    pub fn import_action(self, action: &LineAction) -> String {
        match action {
            LineAction::Add => self.does_add().to_owned(),
            LineAction::Change(columns) => {
                let columns: Vec<_> = columns.iter().map(|&column| self.import_column(column)).collect();
                self.does_change(&columns.join(", "))
            }
            LineAction::Give(ending) => self.does_give(ending),
            LineAction::Grant { name, relation, from, by, .. } => {
                let mut words = self.does_grant(name, self.relation(None, *relation));
                if let Some(from) = from {
                    words = self.does_grant_from(&words, &from.to_string());
                }
                if let Some((_, trainer)) = by {
                    words = self.does_grant_by(&words, trainer);
                }
                words
            }
        }
    }

    /// What a line does not change, and why.
    #[must_use]
    pub fn import_note(self, note: &Note) -> String {
        match note {
            Note::Revoked(name) => self.note_revoked(name),
            Note::Banned(name) => self.note_banned(name),
            Note::Over(name) => self.note_over(name),
            Note::Otherwise(name) => self.note_otherwise(name),
            Note::CardRetired => self.note_card_retired().to_owned(),
            Note::CardLost => self.note_card_lost().to_owned(),
            Note::Left => self.note_left().to_owned(),
        }
    }

    /// An error in a line.
    #[must_use]
    pub fn import_fault(self, fault: &LineError) -> String {
        let words = match fault {
            LineError::TooManyCells => self.fault_cells(),
            LineError::NoKey => self.fault_no_key(),
            LineError::NoName => self.fault_no_name(),
            LineError::Name => self.fault_name(),
            LineError::Email => self.fault_email(),
            LineError::Key => self.fault_key(),
            LineError::Number => self.fault_number(),
            LineError::Phone => self.fault_phone(),
            LineError::Language => self.fault_language(),
            LineError::Card => self.card_form(),
            LineError::CardDecimal => self.fault_card_decimal(),
            LineError::Relation => self.fault_relation(),
            LineError::Backwards => self.fault_backwards(),
            LineError::Maintenance => self.fault_maintenance(),
            LineError::OwnTrainer => self.fault_own_trainer(),
            LineError::NoType => self.fault_no_type(),
            LineError::Person(column, name) => return self.fault_person(self.import_column(*column), name),
            LineError::People(column, name) => return self.fault_people(self.import_column(*column), name),
            LineError::Day(column) => return self.fault_day(self.import_column(*column)),
            LineError::EitherOrder(column) => return self.fault_either_order(self.import_column(*column)),
            LineError::MonthFirst(column) => return self.fault_month_first(self.import_column(*column)),
            LineError::Spoiled(column) => return self.fault_spoiled(self.import_column(*column)),
            LineError::Future(column) => return self.fault_future(self.import_column(*column)),
            LineError::Type(name) => return self.fault_type(name),
            LineError::Types(name) => return self.fault_types(name),
            LineError::EmailTwice(line) => return self.fault_email_twice(&line.to_string()),
            LineError::KeyTwice(line) => return self.fault_key_twice(&line.to_string()),
            LineError::CardTwice(line) => return self.fault_card_twice(&line.to_string()),
            LineError::Otherwise(column, line) => {
                return self.fault_otherwise(self.import_column(*column), &line.to_string());
            }
            LineError::EmailGone(line) => return self.fault_email_gone(&line.to_string()),
            LineError::NoNameIn(line) => return self.fault_no_name_in(&line.to_string()),
            LineError::EmailOf(name) => return self.fault_email_of(name),
            LineError::OtherKey(name) => return self.fault_other_key(name),
            LineError::CardOf(name) => return self.card_taken_by(name),
            LineError::NotYours(name) => return self.fault_not_yours(name),
        };
        words.to_owned()
    }

    /// Why a file was refused, by code; `None` for an unknown code.
    #[must_use]
    pub fn import_refused(self, code: &str) -> Option<String> {
        Some(match code {
            "import.empty" => self.import_empty().to_owned(),
            "import.unclosed" => self.import_unclosed().to_owned(),
            "import.not-text" => self.import_not_text().to_owned(),
            "import.too-large" => self.import_too_large(&(BYTES / 1_000_000).to_string()),
            "import.too-many-lines" => self.import_too_many_lines(&LINES.to_string()),
            "import.too-many-columns" => self.import_too_many_columns(&COLUMNS.to_string()),
            _ => return None,
        })
    }
}

text! {
    column_key() { en: "Key", it: "Chiave" }
    column_name() { en: "Name", it: "Nome completo" }
    column_first_name() { en: "First name", it: "Nome" }
    column_last_name() { en: "Last name", it: "Cognome" }
    column_email() { en: "E-mail", it: "E-mail" }
    column_phone() { en: "Telephone", it: "Telefono" }
    column_language() { en: "Language", it: "Lingua" }
    column_since() { en: "Member since", it: "Membro dal" }
    column_card() { en: "Card number", it: "Numero della tessera" }
    column_type() { en: "Qualified on", it: "Abilitazione" }
    column_relation() { en: "Role", it: "Ruolo" }
    column_from() { en: "From", it: "Valido dal" }
    column_until() { en: "Last day", it: "Ultimo giorno" }
    column_who() { en: "Who", it: "Chi" }
    column_trainer() { en: "Trainer", it: "Istruttore" }
    column_none() { en: "ignore", it: "ignora" }

    does_add() { en: "added as a member", it: "aggiunto come membro" }
    does_change(columns: &str) { en: "changed: {columns}", it: "modificato: {columns}" }
    does_give(ending: &str) { en: "gets the card ending {ending}", it: "riceve la tessera che finisce con {ending}" }
    does_grant(name: &str, relation: &str) { en: "{name}: {relation}", it: "{name}: {relation}" }
    does_grant_from(grant: &str, day: &str) { en: "{grant}, from {day}", it: "{grant}, dal giorno {day}" }
    does_grant_by(grant: &str, trainer: &str) { en: "{grant}, trained by {trainer}", it: "{grant}, formazione di {trainer}" }
    note_revoked(name: &str) { en: "{name} was revoked or has expired. Grant it by hand if needed.",
                               it: "{name} è stata revocata o è scaduta. Concedila a mano se serve." }
    note_banned(name: &str) { en: "There was a ban from {name}. Grant it by hand if needed.",
                              it: "C’è stata un’esclusione da {name}. Concedila a mano se serve." }
    note_over(name: &str) { en: "{name}: its last day has passed.", it: "{name}: l’ultimo giorno è passato." }
    note_otherwise(name: &str) { en: "They already have {name} with other days. Change it by hand if needed.",
                                 it: "Ha già {name} con altri giorni. Cambialo a mano se serve." }
    note_card_retired() { en: "This card of theirs stays deactivated.",
                          it: "Questa sua tessera resta disattivata." }
    note_card_lost() { en: "This card of theirs is reported lost.", it: "Questa sua tessera è segnalata come persa." }
    note_left() { en: "They have left; nothing changes.", it: "Non è più membro; non cambia nulla." }
    fault_cells() { en: "More cells than the header row.", it: "Più celle della riga di intestazione." }
    fault_no_key() { en: "No key and no e-mail: one of them is needed.",
                    it: "Né chiave né e-mail: ne serve una." }
    fault_no_name() { en: "New people need a name.", it: "Le persone nuove hanno bisogno di un nome." }
    fault_name() { en: "Not a name: 1 to 200 characters, no control characters.", it: "Non è un nome: da 1 a 200 caratteri, nessuno di controllo." }
    fault_email() { en: "Not an e-mail address.", it: "Non è un indirizzo e-mail." }
    fault_key() { en: "The key has more than 100 characters, or invisible ones.",
                 it: "La chiave ha più di 100 caratteri, o alcuni invisibili." }
    fault_number() { en: "Nobody has this number and name. Is this list from another Toolgate?",
                    it: "Nessuno ha questo numero con questo nome. L’elenco viene da un altro Toolgate?" }
    fault_phone() { en: "Not a telephone number: 3 to 40 digits, spaces and signs.",
                   it: "Non è un numero di telefono: da 3 a 40 tra cifre, spazi e segni." }
    fault_language() { en: "Not a supported language: en or it.", it: "Lingua non supportata: en o it." }
    fault_day(column: &str) { en: "{column}: not a date. Enter it like 2026-11-20 or 20/11/2026.",
                             it: "{column}: non è una data. Scrivila come 2026-11-20 o 20/11/2026." }
    fault_either_order(column: &str) {
        en: "{column}: nothing in this list shows whether the day or the month comes first. Choose it under Columns, or enter the date like 2026-11-20.",
        it: "{column}: nulla in questo elenco mostra se viene prima il giorno o il mese. Sceglilo sotto Colonne, o scrivi la data come 2026-11-20.",
    }
    fault_month_first(column: &str) {
        en: "{column}: this list has the month before the day. Choose that under Columns, or enter the dates like 2026-11-20.",
        it: "{column}: questo elenco ha il mese prima del giorno. Sceglilo sotto Colonne, o scrivi le date come 2026-11-20.",
    }
    fault_spoiled(column: &str) {
        en: "{column}: the spreadsheet has no exact value here. Format the column as text, check it and save it as CSV again.",
        it: "{column}: qui il foglio di calcolo non ha un valore esatto. Imposta la colonna come testo, controllala e salvala di nuovo come CSV.",
    }
    fault_card_decimal() {
        en: "This may be a decimal number, as some USB readers type. Enter the hexadecimal one, like 0xDEADBE0F or 0F:BE:AD:DE.",
        it: "Può essere un numero decimale, come lo scrivono alcuni lettori USB. Scrivi quello esadecimale, come 0xDEADBE0F o 0F:BE:AD:DE.",
    }
    fault_future(column: &str) { en: "{column}: this day is in the future.", it: "{column}: questo giorno è nel futuro." }
    fault_backwards() { en: "The last day is before the first.", it: "L’ultimo giorno è prima del primo." }
    fault_relation() { en: "Unknown role. Enter user, trainer or owner.", it: "Ruolo sconosciuto. Scrivi utente, istruttore o proprietario." }
    fault_maintenance() { en: "Role: training for maintenance grants no role, so it can’t be imported. Enter user, trainer or owner.",
                         it: "Ruolo: la formazione per la manutenzione non dà alcun ruolo e non si può importare. Scrivi utente, istruttore o proprietario." }
    fault_person(column: &str, name: &str) { en: "{column}: nobody here has the name or e-mail {name}.",
                                             it: "{column}: nessuno qui ha il nome o l’e-mail {name}." }
    fault_people(column: &str, name: &str) { en: "{column}: several people are called {name}. Enter the e-mail.",
                                             it: "{column}: più persone si chiamano {name}. Scrivi l’e-mail." }
    fault_own_trainer() { en: "Trainer: nobody trains themselves.", it: "Istruttore: nessuno forma sé stesso." }
    fault_no_type() { en: "Qualified on: enter the type they were trained on.", it: "Abilitazione: scrivi il tipo su cui c’è stata la formazione." }
    fault_type(name: &str) { en: "No type or machine is called {name}.", it: "Nessun tipo e nessuna macchina si chiama {name}." }
    fault_types(name: &str) { en: "Several types or machines are called {name}. Enter which, as an export does: machine:7 {name}.",
                             it: "Più tipi o macchine si chiamano {name}. Scrivi quale, come fa un’esportazione: machine:7 {name}." }
    fault_email_twice(line: &str) { en: "Line {line} has this e-mail already.", it: "La riga {line} ha già questa e-mail." }
    fault_key_twice(line: &str) { en: "Line {line} has this key already.", it: "La riga {line} ha già questa chiave." }
    fault_card_twice(line: &str) { en: "Line {line} has this card for someone else.", it: "La riga {line} ha questa tessera per un’altra persona." }
    fault_otherwise(column: &str, line: &str) { en: "{column}: line {line} differs for the same person.",
                                               it: "{column}: la riga {line} è diversa per la stessa persona." }
    fault_email_gone(line: &str) { en: "Line {line} still has the e-mail that this line changes. Enter the new one there too.",
                                  it: "La riga {line} ha ancora l’e-mail che questa riga cambia. Scrivi anche lì quella nuova." }
    fault_no_name_in(line: &str) { en: "Line {line} has the same person without a name. Enter it there too.",
                                  it: "La riga {line} ha la stessa persona senza nome. Scrivilo anche lì." }
    fault_email_of(name: &str) { en: "This e-mail is {name}’s.", it: "Questa e-mail è di {name}." }
    fault_other_key(name: &str) { en: "This e-mail is {name}’s, who has another key.",
                                 it: "Questa e-mail è di {name}, che ha un’altra chiave." }
    fault_not_yours(name: &str) { en: "{name}: you may not change this.", it: "{name}: non puoi cambiarlo." }

    import_title() { en: "Import", it: "Importa" }
    import_next_to() { en: "People, cards and qualifications from a list", it: "Persone, tessere e abilitazioni da un elenco" }
    import_sub() { en: "Upload a list of people, cards or qualifications. You see what every line would do before anything changes.",
                   it: "Carica un elenco di persone, tessere o abilitazioni. Vedi che cosa farebbe ogni riga prima che cambi qualcosa." }
    import_file() { en: "A file", it: "Un file" }
    import_file_hint() { en: "CSV with a header row, from any spreadsheet; up to 10,000 lines.",
                         it: "CSV con una riga di intestazione, da qualsiasi foglio di calcolo; fino a 10.000 righe." }
    import_send() { en: "Preview import", it: "Anteprima" }
    import_paste() { en: "Or paste the lines", it: "Oppure incolla le righe" }
    import_paste_hint() { en: "Copied from a spreadsheet, with the header row.", it: "Copiate da un foglio di calcolo, con la riga di intestazione." }
    import_columns_head() { en: "Columns", it: "Colonne" }
    import_dates() { en: "Dates", it: "Date" }
    import_dates_unsaid() { en: "choose", it: "scegli" }
    import_day_first() { en: "day first: 31/12/2026", it: "prima il giorno: 31/12/2026" }
    import_month_first() { en: "month first: 12/31/2026", it: "prima il mese: 12/31/2026" }
    import_columns_save() { en: "Apply mapping", it: "Applica le colonne" }
    import_columns_help() {
        en: "One line for each person, card or qualification. People are matched by key or e-mail. Past trainings have the columns who (e-mail or full name), type, relation, date and trainer. Importing the same list twice changes nothing.",
        it: "Una riga per persona, tessera o abilitazione. Le persone si riconoscono da chiave o e-mail. Le formazioni passate hanno le colonne chi (e-mail o nome completo), tipo, ruolo, data e istruttore. Importare due volte lo stesso elenco non cambia nulla.",
    }
    import_would() { en: "What would change", it: "Che cosa cambierebbe" }
    import_added() { en: "New members", it: "Nuovi membri" }
    import_changed_people() { en: "Changed", it: "Modificati" }
    import_cards() { en: "Cards", it: "Tessere" }
    import_grants() { en: "Qualifications", it: "Abilitazioni" }
    import_unchanged() { en: "Unchanged", it: "Invariate" }
    import_noted() { en: "Check", it: "Da controllare" }
    import_faulty() { en: "Errors", it: "Errori" }
    import_lines() { en: "Lines", it: "Righe" }
    import_line() { en: "Line", it: "Riga" }
    import_who() { en: "Who", it: "Chi" }
    import_outcome() { en: "Effect", it: "Effetto" }
    import_nothing_line() { en: "no change", it: "nessuna modifica" }
    import_all_lines() { en: "All lines", it: "Tutte le righe" }
    import_only_faulty() { en: "Errors and lines to check", it: "Errori e righe da controllare" }
    import_page_of(page: &str, pages: &str) { en: "Page {page} of {pages}", it: "Pagina {page} di {pages}" }
    import_before() { en: "Previous", it: "Indietro" }
    import_after() { en: "Next", it: "Avanti" }
    import_apply(n: u32) { en: [one: "Apply {n} change", other: "Apply {n} changes"],
                           it: [one: "Applica {n} modifica", other: "Applica {n} modifiche"] }
    import_left_out(columns: &str) { en: "Ignored: {columns}", it: "Ignorate: {columns}" }
    import_left_out_unknown() { en: "Choose what each column is below.", it: "Scegli qui sotto che cos’è ogni colonna." }
    import_left_out_without(column: &str) { en: "Without a column “{column}”, nothing is granted.",
                                            it: "Senza una colonna «{column}» non si concede nulla." }
    import_apply_lead(n: u32) {
        en: [one: "{n} line with errors is skipped. Everything else is saved at once, or nothing.",
             other: "{n} lines with errors are skipped. Everything else is saved at once, or nothing."],
        it: [one: "{n} riga con errori viene saltata. Tutto il resto viene salvato insieme, o nulla.",
             other: "{n} righe con errori vengono saltate. Tutto il resto viene salvato insieme, o nulla."],
    }
    import_done(added: u32, changed: u32, cards: u32, grants: u32) {
        en: [one: "Done: {added} new member, {changed} changed, {cards} cards, {grants} qualifications.",
             other: "Done: {added} new members, {changed} changed, {cards} cards, {grants} qualifications."],
        it: [one: "Fatto: {added} nuovo membro, {changed} modificati, {cards} tessere, {grants} abilitazioni.",
             other: "Fatto: {added} nuovi membri, {changed} modificati, {cards} tessere, {grants} abilitazioni."],
    }
    import_was_applied(when: &str) { en: "Applied at {when}. Below, the list compared with people now.",
                                     it: "Applicato alle {when}. Sotto, l’elenco a confronto con le persone di adesso." }
    import_another() { en: "Another list", it: "Un altro elenco" }
    import_until(when: &str) { en: "The list is kept until {when}.", it: "L’elenco è conservato fino alle {when}." }

    import_empty() { en: "The list is empty. It needs a header row and at least one line below it.", it: "L’elenco è vuoto. Servono una riga di intestazione e almeno una riga sotto." }
    import_not_text() { en: "This is not a text file, or its letters can’t be read. Save the sheet as CSV UTF-8 and upload that.",
                        it: "Non è un file di testo, o le sue lettere non si leggono. Salva il foglio come CSV UTF-8 e carica quello." }
    import_letters(line: &str) { en: "The letters in line {line} can’t be read. Save the sheet as CSV UTF-8 and upload that.",
                                 it: "Le lettere nella riga {line} non si leggono. Salva il foglio come CSV UTF-8 e carica quello." }
    import_writing() { en: "It is being applied right now. Reload the page in a moment.", it: "È in corso proprio ora. Ricarica la pagina tra poco." }
    import_unclosed() { en: "A quotation mark (\") is never closed. Close it, or double it if it is part of the text.",
                        it: "Una virgoletta (\") non si chiude mai. Chiudila, o raddoppiala se fa parte del testo." }
    import_unclosed_in(line: &str) { en: "A quotation mark (\") in line {line} is never closed. Close it, or double it if it is part of the text.",
                                     it: "Una virgoletta (\") nella riga {line} non si chiude mai. Chiudila, o raddoppiala se fa parte del testo." }
    import_no_who(found: &str, known: &str) {
        en: "No column says who a line is about: that takes {known}. The list has {found}. Choose what each of them is below, or upload a list with one of the two.",
        it: "Nessuna colonna dice di chi è una riga: serve {known}. L’elenco ha {found}. Scegli qui sotto che cos’è ciascuna, o carica un elenco con una delle due.",
    }
    import_either(one: &str, other: &str) { en: "“{one}” or “{other}”", it: "«{one}» o «{other}»" }
    import_too_large(mega: &str) { en: "The file is larger than {mega} MB. Split it.",
                                   it: "Il file supera {mega} MB. Dividilo." }
    import_too_many_lines(lines: &str) { en: "The list has more than {lines} lines. Split it.",
                                         it: "L’elenco ha più di {lines} righe. Dividilo." }
    import_too_many_columns(columns: &str) { en: "The list has more than {columns} columns. Remove those you don’t need.",
                                             it: "L’elenco ha più di {columns} colonne. Togli quelle che non servono." }
    import_gone(minutes: &str) {
        en: "This list has expired: lists are kept for {minutes} minutes, or until the server restarts. Upload it again. Nothing was changed.",
        it: "Questo elenco è scaduto (si conserva per {minutes} minuti o fino al riavvio). Caricalo di nuovo; nulla è cambiato.",
    }
    import_applied_already(when: &str) { en: "This list was already applied at {when}. Nothing was changed again.",
                                         it: "Questo elenco è già stato applicato alle {when}. Nulla è cambiato di nuovo." }
    import_columns_twice() { en: "Two columns are the same. Ignore one of them.", it: "Due colonne sono uguali. Ignorane una." }
    import_nothing() { en: "No line would change anything.", it: "Nessuna riga cambierebbe qualcosa." }
    import_changed() { en: "Something has changed since. Check the list again, then apply it.",
                       it: "Nel frattempo è cambiato qualcosa. Guarda di nuovo, poi applica." }

    export_title() { en: "Export", it: "Esporta" }
    export_next_to() { en: "The same lists, to download", it: "Gli stessi elenchi, da scaricare" }
    export_sub() { en: "Lists that can be imported again. Each download is logged.",
                   it: "Elenchi che si possono importare di nuovo. Ogni esportazione resta nel registro." }
    export_people() { en: "Name, e-mail, telephone and key of all current people.",
                      it: "Nome, e-mail, telefono e chiave di tutte le persone attuali." }
    export_cards() { en: "Who has which card, with its number. For administrators; keep it like a key.",
                     it: "Chi ha quale tessera, con il numero. Per amministratori; da custodire come una chiave." }
    export_qualifications() { en: "Who may use what, in which role and until when.", it: "Chi può usare che cosa, con quale ruolo e fino a quando." }
    export_lists() { en: "People, qualifications and cards", it: "Persone, abilitazioni e tessere" }
    export_status() { en: "People", it: "Persone" }
    export_status_all() { en: "All current people", it: "Tutte le persone attuali" }
    export_on() { en: "Type or machine", it: "Tipo o macchina" }
    export_on_hint() { en: "Part of the name. For qualifications only.",
                       it: "Una parte del nome. Solo per le abilitazioni." }
    export_uses() { en: "Uses and maintenance", it: "Utilizzi e manutenzione" }
    export_uses_sub() { en: "Who used what and for how long, and what maintenance was done. Leave a field blank for everything.",
                        it: "Chi ha usato che cosa e per quanto, e quale manutenzione è stata fatta. Lascia un campo vuoto per avere tutto." }
    export_machine() { en: "Machine", it: "Macchina" }
    export_machine_hint() { en: "Part of the name, or just the number.", it: "Una parte del nome, o il solo numero." }
    export_unauthorised() { en: "Only unauthorised uses", it: "Solo gli utilizzi non autorizzati" }
    export_person() { en: "Person", it: "Persona" }
    export_person_hint() { en: "Part of the name.", it: "Una parte del nome." }
    export_too_long() { en: "More lines than a sheet can hold. Choose a shorter period, or download the CSV.",
                        it: "Più righe di quante ne contiene un foglio. Scegli un periodo più breve, o scarica il CSV." }
    export_take(file: &str) { en: "Download {file}", it: "Scarica {file}" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::imports::read::columns;

    #[test]
    fn column_headings_of_each_language_are_recognised() {
        for lang in Lang::ALL {
            let all: Vec<_> = Column::ALL.iter().map(|&column| lang.import_column(column).to_owned()).collect();
            let expected: Vec<_> = Column::ALL.iter().copied().map(Some).collect();
            assert_eq!(columns(&all), expected, "{all:?}");
        }
    }
}
