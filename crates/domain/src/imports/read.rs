//! From cells to lines: which column says what, and what each cell means.

use super::{Column, Flaw, KEY, Line, table::Table};
use crate::{accounts, cards::CardUid, names, people, qualifications::Relation, time::Date};

/// What stands over columns, in the languages of those who write such lists; compared without case, signs and spaces.
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
        &["since", "membersince", "joined", "joindate", "sociodal", "iscrizione", "dataiscrizione", "dal"],
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
];

/// What each column says by what stands over it; the first of two alike counts. Where a file calls the family name
/// `Cognome`, `Nome` beside it is the first name.
#[must_use]
pub fn columns(headings: &[String]) -> Vec<Option<Column>> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let of = |heading: &String| {
        let heading = plain(heading);
        let known = SYNONYMS.iter().find(|(_, words)| words.iter().any(|word| plain(word) == heading));
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

/// A line, with all that is wrong with it. What a flaw is about is left out of the line.
#[must_use]
pub fn lines(table: &Table, columns: &[Option<Column>]) -> Vec<(Line, Vec<Flaw>)> {
    table.rows.iter().map(|(number, cells)| line(*number, cells, columns)).collect()
}

fn line(number: u32, cells: &[String], columns: &[Option<Column>]) -> (Line, Vec<Flaw>) {
    let at = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
    };
    let mut flaws = Vec::new();
    if cells.len() > columns.len() {
        flaws.push(Flaw::TooManyCells);
    }
    let mut take = |is: Option<String>, flaw| {
        if is.is_none() {
            flaws.push(flaw);
        }
        is
    };
    let parts: Vec<_> = [at(Column::FirstName), at(Column::LastName)].into_iter().flatten().collect();
    let typed = at(Column::Name).map(ToOwned::to_owned).or((!parts.is_empty()).then(|| parts.join(" ")));
    let name = typed.and_then(|typed| take(names::name(&typed).ok(), Flaw::Name));
    let email = at(Column::Email).and_then(|typed| take(accounts::email(typed), Flaw::Email));
    let key = at(Column::Key).and_then(|typed| {
        let fits = typed.chars().count() <= KEY && !typed.chars().any(names::is_hidden);
        take(fits.then(|| typed.to_owned()), Flaw::Key)
    });
    let phone = at(Column::Phone).and_then(|typed| take(people::phone(typed), Flaw::Phone));
    let language = at(Column::Language).and_then(|typed| take(language(typed), Flaw::Language));
    let card = at(Column::Card).map(CardUid::from_typed);
    if card == Some(None) {
        flaws.push(Flaw::Card);
    }
    let mut date = |column| {
        let typed = at(column)?;
        let read = day(typed);
        if read.is_none() {
            flaws.push(Flaw::Day(column));
        }
        read
    };
    let (since, from, until) = (date(Column::Since), date(Column::From), date(Column::Until));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        flaws.push(Flaw::Backwards);
    }
    let relation = at(Column::Relation).map_or(Some(Relation::User), relation);
    if relation.is_none() {
        flaws.push(Flaw::Relation);
    }
    let kind = at(Column::Type).map(ToOwned::to_owned);
    let relation = relation.unwrap_or(Relation::User);
    let card = card.flatten();
    (Line { number, key, name, email, phone, language, since, card, kind, relation, from, until }, flaws)
}

fn language(typed: &str) -> Option<String> {
    let typed = typed.to_lowercase();
    let tag = match typed.as_str() {
        "english" | "inglese" => "en",
        "italian" | "italiano" => "it",
        other => other.split(['-', '_']).next()?,
    };
    ["en", "it"].contains(&tag).then(|| tag.to_owned())
}

fn relation(typed: &str) -> Option<Relation> {
    Some(match typed.to_lowercase().as_str() {
        "user" | "may use" | "member" | "utente" | "può usare" | "membro" => Relation::User,
        "trainer" | "istruttore" | "istruttrice" => Relation::Trainer,
        "owner" | "maintainer" | "proprietario" | "proprietaria" | "responsabile" => Relation::Owner,
        _ => return None,
    })
}

/// A day as `2026-11-20`, `20/11/2026`, `20.11.2026` or `20-11-2026`; the day before the month, as people here write it.
fn day(typed: &str) -> Option<Date> {
    // What a spreadsheet adds to a day.
    let typed = typed.split([' ', 'T']).next()?;
    if let Some(date) = Date::from_iso(typed) {
        return Some(date);
    }
    let parts: Vec<_> = typed.split(['/', '.', '-']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let two = |part: &str| (1..=2).contains(&part.len()).then(|| format!("{part:0>2}"));
    Date::from_iso(&format!("{year}-{}-{}", two(month)?, two(day)?))
}

#[cfg(test)]
mod tests {
    use super::{super::table::table, *};

    fn read(file: &str) -> (Line, Vec<Flaw>) {
        let table = table(file.as_bytes()).unwrap();
        let columns = columns(&table.headings);
        lines(&table, &columns).remove(0)
    }

    #[test]
    fn headings_are_known_in_both_languages() {
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
            assert_eq!(of(&[column.word()]), [Some(column)], "what an export writes is read: {column:?}");
        }
    }

    #[test]
    fn cells_are_read_as_they_are_meant() {
        let (line, flaws) = read(
            "key;cognome;nome;email;telefono;lingua;socio dal;tessera;tipo;ruolo;valido dal;scadenza\n\
             A-7;Rossi;Ada;ADA@Example.org;+39 0471 12;Italiano;20.11.2025;0F:BE:AD:DE;Laser;istruttore;1/2/2026;28/02/2026",
        );
        assert_eq!(flaws, []);
        assert_eq!((line.name.as_deref(), line.email.as_deref()), (Some("Ada Rossi"), Some("ada@example.org")));
        assert_eq!((line.key.as_deref(), line.language.as_deref()), (Some("A-7"), Some("it")));
        assert_eq!(line.card, CardUid::from_board("deadbe0f"));
        assert_eq!(line.relation, Relation::Trainer);
        assert_eq!((line.since, line.from), (Date::from_iso("2025-11-20"), Date::from_iso("2026-02-01")));
    }

    #[test]
    fn everything_that_is_wrong_with_a_line_is_told() {
        let (line, flaws) = read(
            "name,email,card,since,from,until,relation,language,phone\n\
             \u{200b},nobody,12,31.02.2026,2026-05-01,2026-04-01,king,xx,call me,too much",
        );
        let expected = [
            Flaw::TooManyCells,
            Flaw::Name,
            Flaw::Email,
            Flaw::Phone,
            Flaw::Language,
            Flaw::Card,
            Flaw::Day(Column::Since),
            Flaw::Backwards,
            Flaw::Relation,
        ];
        assert_eq!(flaws, expected);
        assert_eq!((line.name, line.email, line.card), (None, None, None));
        let (line, flaws) = read("name,email\n=1+1,a@example.org");
        assert_eq!((line.name.as_deref(), flaws), (Some("=1+1"), vec![]), "a formula is a name like another");
    }

    #[test]
    fn a_telephone_number_is_read_as_on_a_page() {
        let said = |phone: &str| read(&format!("name,phone\nAda,{phone}"));
        assert_eq!(said("+39  0471  12").0.phone.as_deref(), Some("+39 0471 12"));
        for phone in ["12", &"1".repeat(41), "call me"] {
            assert_eq!(said(phone).1, [Flaw::Phone], "{phone}");
            assert!(people::Profile::read("Ada", "", phone).is_err(), "{phone}");
        }
    }
}
