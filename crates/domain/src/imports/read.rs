//! Parses cells into lines: which column is which, and what each cell means.

use super::{
    Column, KEY, Line, LineError,
    dates::{DateError, DateOrder, Dates},
    spoiled::is_spoiled,
    table::Table,
};
use crate::{
    accounts,
    cards::{CardUid, Digits},
    names, people,
    qualifications::Relation,
    time::{Date, Millis},
};

/// Headings of such lists in several languages; compared without case, punctuation and spaces.
const SYNONYMS: &[(Column, &[&str])] = &[
    (
        Column::Key,
        &[
            "key",
            "externalkey",
            "externalid",
            "id",
            "memberid",
            "membernumber",
            "memberno",
            "number",
            "chiave",
            "codice",
            "tessera n",
            "numerosocio",
            "nsocio",
            "matricola",
            "idsocio",
        ],
    ),
    (
        Column::Name,
        &["name", "fullname", "member", "person", "nome e cognome", "nomecompleto", "nominativo", "socio"],
    ),
    (Column::FirstName, &["firstname", "givenname", "forename", "nomedibattesimo", "primonome"]),
    (Column::LastName, &["lastname", "surname", "familyname", "cognome"]),
    (Column::Email, &["email", "mail", "emailaddress", "eaddress", "postaelettronica", "indirizzoemail", "posta"]),
    (Column::Phone, &["phone", "telephone", "mobile", "tel", "telefono", "cellulare", "cell"]),
    (Column::Language, &["language", "lang", "lingua"]),
    (
        Column::Since,
        &[
            "since",
            "membersince",
            "joined",
            "joindate",
            "sociodal",
            "membrodal",
            "iscrizione",
            "dataiscrizione",
            "dal",
        ],
    ),
    (
        Column::Card,
        &[
            "card",
            "carduid",
            "uid",
            "cardnumber",
            "rfid",
            "nfc",
            "badge",
            "tessera",
            "numerotessera",
            "numerodellatessera",
            "codicetessera",
        ],
    ),
    (
        Column::Type,
        &[
            "type",
            "machine",
            "qualification",
            "qualified on",
            "qualified for",
            "equipment",
            "tipo",
            "macchina",
            "abilitazione",
            "abilitato su",
            "qualifica",
        ],
    ),
    (Column::Relation, &["relation", "role", "level", "as what", "ruolo", "livello", "relazione"]),
    (Column::From, &["from", "validfrom", "grantedon", "date", "validodal", "data", "concessoil"]),
    (
        Column::Until,
        &[
            "until",
            "validuntil",
            "expires",
            "expiry",
            "to",
            "last day",
            "scadenza",
            "validofino",
            "finoal",
            "ultimo giorno",
        ],
    ),
    (Column::Who, &["who", "trainee", "trained person", "chi", "persona formata"]),
    (Column::Trainer, &["trainer", "trained by", "instructor", "istruttore", "formatore", "formato da"]),
];

/// The meaning of each column from its heading; of two alike the first counts. Where a file calls the family name
/// `Cognome`, `Nome` is the first name.
#[must_use]
pub fn columns(headings: &[String]) -> Vec<Option<Column>> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let of = |heading: &String| {
        let heading = plain(heading);
        let known = SYNONYMS.iter().find(|(_, words)| words.iter().any(|name| plain(name) == heading));
        known.map(|&(column, _)| column)
    };
    let mut columns: Vec<_> = headings.iter().map(of).collect();
    let nome = if columns.contains(&Some(Column::LastName)) { Column::FirstName } else { Column::Name };
    for (column, _) in columns.iter_mut().zip(headings).filter(|(_, heading)| plain(heading) == "nome") {
        *column = Some(nome);
    }
    if columns.contains(&Some(Column::LastName)) && !columns.contains(&Some(Column::FirstName)) {
        for column in columns.iter_mut().filter(|column| **column == Some(Column::Name)) {
            *column = Some(Column::FirstName);
        }
    }
    let mut seen = Vec::new();
    for column in &mut columns {
        match *column {
            Some(known) if seen.contains(&known) => *column = None,
            Some(known) => seen.push(known),
            None => {}
        }
    }
    columns
}

/// Parses the lines, with all errors. Invalid values are left out of their line. `day` is the local day of an
/// instant; `chosen` is the chosen date order.
#[must_use]
pub fn lines(
    table: &Table,
    columns: &[Option<Column>],
    chosen: Option<DateOrder>,
    day: &dyn Fn(Millis) -> Date,
) -> Vec<(Line, Vec<LineError>)> {
    let of = |requested: &'static [Column]| {
        let places =
            (0..).zip(columns).filter(|(_, column)| column.is_some_and(|column| requested.contains(&column)));
        let places: Vec<usize> = places.map(|(at, _)| at).collect();
        let cells = table.rows.iter().flat_map(move |(_, cells)| {
            places.iter().filter_map(|&at| cells.get(at)).map(String::as_str).collect::<Vec<_>>()
        });
        cells.collect::<Vec<_>>()
    };
    let file = File {
        dates: Dates::of(of(&[Column::Since, Column::From, Column::Until])).with(chosen),
        cards: Digits::of(of(&[Column::Card])),
        day,
    };
    table.rows.iter().map(|(number, cells)| file.line(*number, cells, columns)).collect()
}

/// The formats of a file.
struct File<'a> {
    dates: Dates,
    cards: Digits,
    day: &'a dyn Fn(Millis) -> Date,
}

impl File<'_> {
    fn line(&self, number: u32, cells: &[String], columns: &[Option<Column>]) -> (Line, Vec<LineError>) {
        let mut faults = Vec::new();
        // Spreadsheets pad lines with empty cells.
        if cells.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
            faults.push(LineError::TooManyCells);
        }
        let cell = |requested: Column| {
            let at = columns.iter().position(|column| *column == Some(requested))?;
            cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
        };
        let lost = |requested: Column| cell(requested).is_some_and(|cell| is_spoiled(requested, cell));
        faults.extend(Column::ALL.iter().copied().filter(|&column| lost(column)).map(LineError::Spoiled));
        let at = |requested: Column| cell(requested).filter(|_| !lost(requested));
        let mut take = |is: Option<String>, fault| {
            if is.is_none() {
                faults.push(fault);
            }
            is
        };
        let parts: Vec<_> = [at(Column::FirstName), at(Column::LastName)].into_iter().flatten().collect();
        let input = at(Column::Name).map(ToOwned::to_owned).or((!parts.is_empty()).then(|| parts.join(" ")));
        let name = input.and_then(|input| take(names::name(&input).ok(), LineError::Name));
        let email = at(Column::Email).and_then(|input| take(accounts::email(input), LineError::Email));
        let key = at(Column::Key).and_then(|input| {
            let fits = input.chars().count() <= KEY && !input.chars().any(names::is_hidden);
            take(fits.then(|| input.to_owned()), LineError::Key)
        });
        let phone = at(Column::Phone).and_then(|input| take(people::phone(input), LineError::Phone));
        let language = at(Column::Language).and_then(|input| take(language(input), LineError::Language));
        let card = at(Column::Card).and_then(|input| {
            let read = self.card(input);
            faults.extend(read.as_ref().err().cloned());
            read.ok()
        });
        let mut date = |column| {
            let read = self.date(at(column)?);
            faults.extend(read.err().map(|error| match error {
                DateError::Unreadable => LineError::Day(column),
                DateError::EitherOrder => LineError::EitherOrder(column),
                DateError::MonthFirst => LineError::MonthFirst(column),
            }));
            read.ok()
        };
        let (since, from, until) = (date(Column::Since), date(Column::From), date(Column::Until));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            faults.push(LineError::Backwards);
        }
        let relation = at(Column::Relation).map_or(Ok(Relation::User), relation);
        faults.extend(relation.as_ref().err().cloned());
        let relation = relation.unwrap_or(Relation::User);
        let typed = |column| at(column).map(ToOwned::to_owned);
        let (kind, who, trainer) = (typed(Column::Type), typed(Column::Who), typed(Column::Trainer));
        let line = Line {
            number,
            key,
            name,
            email,
            phone,
            language,
            since,
            card,
            kind,
            relation,
            from,
            until,
            who,
            trainer,
        };
        (line, faults)
    }

    fn card(&self, input: &str) -> Result<CardUid, LineError> {
        if self.cards.may_be_decimal(input) {
            return Err(LineError::CardDecimal);
        }
        CardUid::from_input(input).ok_or(LineError::Card)
    }

    /// A day, day-first unless the file shows otherwise; the local day for a time with an offset.
    fn date(&self, input: &str) -> Result<Date, DateError> {
        self.dates.read(input).map(|read| read.instant().map_or(read.date, self.day))
    }
}

fn language(input: &str) -> Option<String> {
    let input = input.to_lowercase();
    let tag = match input.as_str() {
        "english" | "inglese" => "en",
        "italian" | "italiano" => "it",
        other => other.split(['-', '_']).next()?,
    };
    ["en", "it"].contains(&tag).then(|| tag.to_owned())
}

fn relation(input: &str) -> Result<Relation, LineError> {
    Ok(match input.to_lowercase().as_str() {
        "user" | "may use" | "member" | "utente" | "può usare" | "membro" => Relation::User,
        "trainer" | "istruttore" | "istruttrice" => Relation::Trainer,
        "owner" | "maintainer" | "proprietario" | "proprietaria" | "responsabile" => Relation::Owner,
        "maintenance" | "manutenzione" => return Err(LineError::Maintenance),
        _ => return Err(LineError::Relation),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::table::table, *};

    fn read(file: &str) -> (Line, Vec<LineError>) {
        let table = table(file.as_bytes()).unwrap();
        let columns = columns(&table.headings);
        lines(&table, &columns, None, &a_zone_ahead).remove(0)
    }

    /// The flaws of each line.
    fn faults(file: &str) -> Vec<Vec<LineError>> {
        let table = table(file.as_bytes()).unwrap();
        lines(&table, &columns(&table.headings), None, &a_zone_ahead)
            .into_iter()
            .map(|(_, faults)| faults)
            .collect()
    }

    /// An hour ahead of UTC.
    fn a_zone_ahead(at: Millis) -> Date {
        crate::time::Moment { at, offset: 60 }.wall().date
    }

    #[test]
    fn headings_are_recognized_in_both_languages() {
        let of = |headings: &[&str]| columns(&headings.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&["Cognome", "Nome", "E-Mail", "N. socio", "Codice tessera", "Colore"]),
            [
                Some(Column::LastName),
                Some(Column::FirstName),
                Some(Column::Email),
                Some(Column::Key),
                Some(Column::Card),
                None
            ]
        );
        assert_eq!(of(&["Name", "NAME", "e_mail"]), [Some(Column::Name), None, Some(Column::Email)]);
        for &column in Column::ALL {
            assert_eq!(of(&[column.as_str()]), [Some(column)], "what an export writes is read: {column:?}");
        }
    }

    #[test]
    fn cells_are_parsed_by_column() {
        let (line, faults) = read(
            "key;cognome;nome;email;telefono;lingua;socio dal;tessera;tipo;ruolo;valido dal;scadenza\n\
             A-7;Rossi;Ada;ADA@Example.org;+39 0471 12;Italiano;20.11.2025;0F:BE:AD:DE;Laser;istruttore;1/2/2026;28/02/2026",
        );
        assert_eq!(faults, []);
        assert_eq!((line.name.as_deref(), line.email.as_deref()), (Some("Ada Rossi"), Some("ada@example.org")));
        assert_eq!((line.key.as_deref(), line.language.as_deref()), (Some("A-7"), Some("it")));
        assert_eq!(line.card, CardUid::from_board("deadbe0f"));
        assert_eq!(line.relation, Relation::Trainer);
        assert_eq!((line.since, line.from), (Date::from_iso("2025-11-20"), Date::from_iso("2026-02-01")));
    }

    #[test]
    fn all_errors_of_a_line_are_reported() {
        let (line, faults) = read(
            "name,email,card,since,from,until,relation,language,phone\n\
             \u{200b},nobody,12,31.02.2026,2026-05-01,2026-04-01,king,xx,call me,too much",
        );
        let expected = [
            LineError::TooManyCells,
            LineError::Name,
            LineError::Email,
            LineError::Phone,
            LineError::Language,
            LineError::Card,
            LineError::Day(Column::Since),
            LineError::Backwards,
            LineError::Relation,
        ];
        assert_eq!(faults, expected);
        assert_eq!((line.name, line.email, line.card), (None, None, None));
        let (line, faults) = read("name,email\n=1+1,a@example.org");
        assert_eq!((line.name.as_deref(), faults), (Some("=1+1"), vec![]), "a formula is a name like another");
    }

    #[test]
    fn phone_is_validated_as_on_page() {
        let message = |phone: &str| read(&format!("name,phone\nAda,{phone}"));
        assert_eq!(message("+39  0471  12").0.phone.as_deref(), Some("+39 0471 12"));
        for phone in ["12", &"1".repeat(41), "call me"] {
            assert_eq!(message(phone).1, [LineError::Phone], "{phone}");
            assert!(people::Profile::read("Ada", "", phone).is_err(), "{phone}");
        }
    }

    #[test]
    fn trailing_empty_cells_are_ignored() {
        assert_eq!(
            faults("name,email\nAda,ada@example.org,,\nBob,bob@example.org,,x"),
            [vec![], vec![LineError::TooManyCells]]
        );
    }

    #[test]
    fn key_written_as_formula_keeps_zeros() {
        let (line, faults) = read("name,email,key\nAda,ada@example.org,=\"0123\"");
        assert_eq!((line.key.as_deref(), faults), (Some("0123"), vec![]));
    }

    #[test]
    fn one_line_determines_date_order_of_file() {
        let order = |fault: fn(Column) -> LineError| vec![fault(Column::Since)];
        let month_first = order(LineError::MonthFirst);
        assert_eq!(
            faults("email,since\na@b.org,12/31/2025\nb@b.org,03/04/2025"),
            [month_first.clone(), month_first]
        );
        assert_eq!(faults("email,since\na@b.org,03/04/2025"), [order(LineError::EitherOrder)]);
        assert_eq!(faults("email,since,until\na@b.org,03/04/2025,\nb@b.org,,31/12/2026"), [vec![], vec![]]);
    }

    #[test]
    fn time_with_offset_is_converted_to_local_day() {
        let since = |cell: &str| read(&format!("email,since\na@b.org,{cell}")).0.since.map(|day| day.to_string());
        assert_eq!(since("2025-12-31T23:00:00.000Z").as_deref(), Some("2026-01-01"));
        assert_eq!(since("2025-12-31 23:00:00").as_deref(), Some("2025-12-31"));
        assert_eq!(since("31.12.2025 14:30").as_deref(), Some("2025-12-31"));
        for unread in ["2025-12-31 noon", "46022", "2025-12-31 23:00 CET"] {
            assert_eq!(since(unread), None, "{unread}");
        }
    }

    #[test]
    fn value_corrupted_by_spreadsheet_is_rejected() {
        let (line, faults) = read("key,email,name,phone,card\n1.23E+13,a@b.org,#N/A,3.9E+11,1.2E+07");
        let spoiled = [Column::Key, Column::Name, Column::Phone, Column::Card].map(LineError::Spoiled);
        assert_eq!((line.key, faults), (None, spoiled.to_vec()));
    }

    #[test]
    fn possibly_decimal_card_is_rejected_unless_file_is_hexadecimal() {
        let decimal = || vec![LineError::CardDecimal];
        assert_eq!(faults("email,card\na@b.org,0012345678\nb@b.org,12345678"), [decimal(), decimal()]);
        assert_eq!(faults("email,card\na@b.org,\"1,234,567,890\"\nb@b.org,12345678"), [decimal(), decimal()]);
        assert_eq!(faults("email,card\na@b.org,12345678"), [decimal()], "nothing shows what it is");
        assert_eq!(faults("email,card\na@b.org,deadbe0f\nb@b.org,12345678"), [vec![], vec![]]);
        assert_eq!(faults("email,card\na@b.org,0x12345678\nb@b.org,12:34:56:78"), [vec![], vec![]]);
        assert_eq!(faults("email,card\na@b.org,12.345.678"), [decimal()], "a number with its thousands divided");
    }
}
