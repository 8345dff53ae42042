//! Parses pasted addresses to be invited, line by line.

use crate::{accounts, names};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its number, from 1.
    pub line: u32,
    /// The line as pasted, trimmed.
    pub input: String,
    /// Name, if there is one, and address; `None` without an address.
    pub meant: Option<(Option<String>, String)>,
    /// An earlier line has the same address.
    pub again: bool,
}

/// The non-empty lines of `pasted`. `Ada Lovelace <ada@example.org>`, `ada@example.org`, `Ada Lovelace,
/// ada@example.org` and `ada@example.org; Ada Lovelace` are accepted. No name is guessed from
/// an address, because others would read the address in it.
#[must_use]
pub fn addresses(pasted: &str) -> Vec<Address> {
    let mut seen = std::collections::HashSet::new();
    let lines = (1..).zip(pasted.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = lines.map(|(line, input)| {
        let meant = meant(input);
        let again = meant.as_ref().is_some_and(|(_, email)| !seen.insert(email.clone()));
        Address { line, input: names::name(input).unwrap_or_else(|_| shortened(input)), meant, again }
    });
    read.collect()
}

fn shortened(line: &str) -> String {
    names::remark(line).chars().take(80).collect()
}

fn meant(line: &str) -> Option<(Option<String>, String)> {
    let parts = line.split(['<', '>', ',', ';', '\t', '"']).map(str::trim).filter(|part| !part.is_empty());
    let (addresses, words): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.contains('@'));
    // Two addresses in one line: the name is ambiguous.
    let [address] = addresses.as_slice() else { return None };
    // A telephone number or a third column is no part of a name.
    if words.len() > 2 || words.iter().any(|text| !text.chars().any(char::is_alphabetic)) {
        return None;
    }
    let email = accounts::email(address)?;
    let name = if words.is_empty() { None } else { Some(names::name(&words.join(" ")).ok()?) };
    Some((name, email))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitation_line_is_parsed_in_common_notations() {
        for (line, name) in [
            ("ada.lovelace@example.org", None),
            ("Ada King <ADA.lovelace@example.org>", Some("Ada King")),
            ("\"King, Ada\" <ada.lovelace@example.org>", Some("King Ada")),
            ("Ada King, ada.lovelace@example.org", Some("Ada King")),
            ("ada.lovelace@example.org;Ada King", Some("Ada King")),
            ("  ada.lovelace@example.org\tAda King ", Some("Ada King")),
        ] {
            let read = addresses(line);
            let meant = read[0].meant.clone();
            assert_eq!(meant, Some((name.map(str::to_owned), "ada.lovelace@example.org".to_owned())), "{line}");
        }
    }

    #[test]
    fn invalid_line_is_numbered_and_repeat_is_flagged() {
        let read =
            addresses("\nAda\nada@example.org\n\nADA@example.org, Ada\na@b.org c@d.org\nx@y.org, z@y.org\n");
        let seen: Vec<_> = read.iter().map(|one| (one.line, one.meant.is_some(), one.again)).collect();
        assert_eq!(
            seen,
            [(2, false, false), (3, true, false), (5, true, true), (6, false, false), (7, false, false)]
        );
        assert_eq!(read[0].input, "Ada");
        for columns in
            ["Ada;King;ada@example.org;+39 0471 12", "7;Ada;ada@example.org", "Ada;King;Bolzano;ada@example.org"]
        {
            assert_eq!(addresses(columns)[0].meant, None, "{columns}");
        }
        assert_eq!(addresses(&"x".repeat(5_000))[0].input.len(), 80);
    }
}
