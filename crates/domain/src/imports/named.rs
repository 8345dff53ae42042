//! How a list names the target of a qualification: a type by its name, a machine by its number and name.
//!
//! Invariant: [`Things::find`] is the inverse of [`written`], even if names are equal. A number counts only
//! together with its machine's name, because numbers of another space mean nothing here.

use super::LineError;
use crate::{
    id::{MachineId, TypeId},
    qualifications::Subject,
};
use std::collections::HashMap;

/// The target as written in lists.
#[must_use]
pub fn written(subject: Subject, name: &str) -> String {
    match subject {
        Subject::Machine(id) => format!("machine:{id} {name}"),
        // A type that is called like the number of something.
        Subject::Type(id) if numbered(name).is_some() => format!("type:{id} {name}"),
        Subject::Type(_) => name.to_owned(),
    }
}

/// Splits `machine:7 Lathe` into machine and name.
fn numbered(text: &str) -> Option<(Subject, &str)> {
    let (kind, rest) = text.split_once(':')?;
    let (id, name) = rest.split_once(' ').unwrap_or((rest, ""));
    let id = id.parse().ok()?;
    let subject = match kind.to_lowercase().as_str() {
        "machine" => Subject::Machine(MachineId(id)),
        "type" => Subject::Type(TypeId(id)),
        _ => return None,
    };
    Some((subject, name.trim()))
}

/// Types and machines that people can be qualified on.
pub(super) struct Things<'a> {
    names: HashMap<Subject, &'a str>,
    called: HashMap<String, Vec<Subject>>,
}

impl<'a> Things<'a> {
    pub fn new(things: &'a [(Subject, String)]) -> Self {
        let mut called: HashMap<String, Vec<Subject>> = HashMap::new();
        for (subject, name) in things {
            called.entry(name.to_lowercase()).or_default().push(*subject);
        }
        // By its name alone, a type takes precedence over a machine.
        let is_type = |subject: &Subject| matches!(subject, Subject::Type(_));
        for subjects in called.values_mut().filter(|subjects| subjects.iter().any(is_type)) {
            subjects.retain(is_type);
        }
        Self { names: things.iter().map(|(subject, name)| (*subject, name.as_str())).collect(), called }
    }

    /// The target and its name.
    pub fn find(&self, input: &str) -> Result<(Subject, &'a str), LineError> {
        let called = self.called.get(&input.to_lowercase()).map_or(&[][..], Vec::as_slice);
        let with_name = |subject: Subject| self.names.get(&subject).map(|&name| (subject, name));
        if let Some((subject, message)) = numbered(input)
            && let Some((subject, name)) = with_name(subject)
            && name.to_lowercase() == message.to_lowercase()
        {
            return Ok((subject, name));
        }
        // Names of types differ, if only by capitals.
        let exactly = |subject: &&Subject| self.names.get(subject).is_some_and(|&name| name == input);
        let mut exact = called.iter().filter(exactly);
        if let (Some(&subject), None) = (exact.next(), exact.next()) {
            return with_name(subject).ok_or_else(|| LineError::Type(input.to_owned()));
        }
        match called {
            [subject] => with_name(*subject).ok_or_else(|| LineError::Type(input.to_owned())),
            [] => Err(LineError::Type(input.to_owned())),
            _ => Err(LineError::Types(input.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATHES: Subject = Subject::Type(TypeId(3));
    const LATHE: Subject = Subject::Machine(MachineId(7));
    const OTHER: Subject = Subject::Machine(MachineId(8));

    fn things(things: &[(Subject, &str)]) -> Vec<(Subject, String)> {
        things.iter().map(|&(subject, name)| (subject, name.to_owned())).collect()
    }

    #[test]
    fn written_target_round_trips_despite_equal_names() {
        for all in [
            things(&[(LATHES, "Lathe"), (LATHE, "Lathe"), (OTHER, "Lathe")]),
            things(&[(LATHE, "Lathe"), (OTHER, "lathe")]),
            things(&[(LATHES, "Lathe"), (Subject::Type(TypeId(4)), "lathe"), (LATHE, "LATHE")]),
            things(&[(LATHES, "machine:7 Lathe"), (LATHE, "Lathe"), (OTHER, "machine:7 Lathe")]),
            things(&[(LATHES, "machine:7"), (LATHE, "machine:8"), (OTHER, "Lathe: new")]),
            things(&[(LATHES, "TYPE:3"), (Subject::Type(TypeId(9)), "type:3 TYPE:3"), (LATHE, "Type:3 type:3")]),
        ] {
            let known = Things::new(&all);
            for (subject, name) in &all {
                let cell = written(*subject, name);
                assert_eq!(known.find(&cell), Ok((*subject, name.as_str())), "{cell} of {all:?}");
            }
        }
    }

    #[test]
    fn number_counts_only_with_matching_name() {
        let all = things(&[(LATHES, "Lathe"), (LATHE, "Lathe"), (OTHER, "Mill")]);
        let known = Things::new(&all);
        assert_eq!(known.find("MACHINE:7 lathe"), Ok((LATHE, "Lathe")));
        assert_eq!(known.find("lathe"), Ok((LATHES, "Lathe")), "a name alone is a type's first");
        for unknown in
            ["machine:8 Lathe", "machine:9 Lathe", "machine: Lathe", "machine:x", "machine:7", "type:7 Mill"]
        {
            assert_eq!(known.find(unknown), Err(LineError::Type(unknown.to_owned())));
        }
        let twice = things(&[(LATHE, "Lathe"), (OTHER, "Lathe")]);
        assert_eq!(Things::new(&twice).find("Lathe"), Err(LineError::Types("Lathe".into())));
    }

    #[test]
    fn type_named_like_a_number_is_found() {
        let all = things(&[(LATHES, "machine:7"), (LATHE, "Lathe")]);
        assert_eq!(Things::new(&all).find("machine:7"), Ok((LATHES, "machine:7")));
        let all = things(&[(LATHES, "machine:7 inch"), (LATHE, "Lathe")]);
        assert_eq!(Things::new(&all).find("machine:7 inch"), Ok((LATHES, "machine:7 inch")));
    }
}
