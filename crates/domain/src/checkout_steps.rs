//! Checkout lists: the steps a trainer wants to see on a type, and which were seen.
//!
//! **Invariants.** A list is written as an outline; [`outline`] is the exact inverse of [`text_of`]. [`ready`]
//! alone decides whether a checkout can be passed: every required step was seen, and the trainer has signed.
//!
//! Not here: when a checkout is and how it can end ([`crate::checkouts`]), and the text of steps, which the
//! workshop writes.

use crate::{names, string_enum::string_enum};

string_enum! {
    /// A trainer's mark on a step.
    Mark {
        /// It was done right.
        Seen = "seen",
        /// It is to be practised.
        Practise = "practise",
    }
}

string_enum! {
    Signer {
        /// Confirms having seen it.
        Trainer = "trainer",
        /// Confirms having been shown it.
        Member = "member",
    }
}

/// Steps of one list, at most.
pub const STEPS: usize = 60;
/// Characters of a step or a heading, at most.
pub const STEP: usize = 160;
/// Limit of characters of an outline: more cannot be a valid list.
pub const OUTLINE: usize = STEPS * (STEP + 8) * 2;

/// A step, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its heading; empty before the first one.
    pub section: String,
    pub body: String,
    pub required: bool,
}

/// Why an outline is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidOutline {
    /// More than [`STEPS`] steps.
    Many,
    /// This line, counted from 1, has more than [`STEP`] characters.
    Long(usize),
    /// The heading in this line has no steps.
    Bare(usize),
}

/// Reads a list: a line is a step, one that begins with `#` a heading, one that begins with `!` a step that is
/// required. Bullets and empty lines are passed over, so that a list can be pasted from elsewhere.
pub fn outline(input: &str) -> Result<Vec<Step>, InvalidOutline> {
    let (mut steps, mut section, mut bare) = (Vec::new(), String::new(), None);
    for (at, line) in input.lines().enumerate() {
        // Normalizes first, so that a stored list reads back unchanged.
        let line = names::remark(line);
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || "-*•–".contains(c));
        let (body, kind) = match line.chars().next() {
            Some('#') => (line.trim_start_matches('#'), '#'),
            Some('!') => (line.trim_start_matches('!'), '!'),
            _ => (line, ' '),
        };
        let body = body.trim().to_owned();
        if body.is_empty() {
            continue;
        }
        if body.chars().count() > STEP {
            return Err(InvalidOutline::Long(at + 1));
        }
        if kind == '#' {
            if let Some(line) = bare {
                return Err(InvalidOutline::Bare(line));
            }
            (section, bare) = (body, Some(at + 1));
        } else {
            bare = None;
            steps.push(Step { section: section.clone(), body, required: kind == '!' });
        }
    }
    match bare {
        Some(line) => Err(InvalidOutline::Bare(line)),
        None if steps.len() > STEPS => Err(InvalidOutline::Many),
        None => Ok(steps),
    }
}

/// The outline of a list.
#[must_use]
pub fn text_of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    let (mut lines, mut section) = (Vec::new(), "");
    for step in steps {
        if step.section != section {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            section = &step.section;
            lines.push(format!("# {section}"));
        }
        lines.push(if step.required { format!("! {}", step.body) } else { step.body.clone() });
    }
    lines.join("\n")
}

/// A requirement missing to pass a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// These required steps, by position in the list, were not seen.
    Steps(Vec<usize>),
    /// The trainer has not signed.
    Signature,
}

/// Whether a checkout can be passed, from the required flag and mark of each step and the trainer's signature. A
/// type without a list requires nothing.
pub fn ready(steps: &[(bool, Option<Mark>)], trainer_signed: bool) -> Result<(), Missing> {
    let open = |(_, (required, mark)): &(usize, &(bool, Option<Mark>))| *required && *mark != Some(Mark::Seen);
    let open: Vec<usize> = steps.iter().enumerate().filter(open).map(|(at, _)| at).collect();
    if !open.is_empty() {
        Err(Missing::Steps(open))
    } else if !steps.is_empty() && !trainer_signed {
        Err(Missing::Signature)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(section: &str, body: &str, required: bool) -> Step {
        Step { section: section.into(), body: body.into(), required }
    }

    #[test]
    fn pasted_outline_is_parsed_with_headings_and_required_steps() {
        let input = "Walk around it\n\n# Before\n- ! Guard down\n•  Height set\r\n#  After \n!Clean ";
        let expected = [
            step("", "Walk around it", false),
            step("Before", "Guard down", true),
            step("Before", "Height set", false),
            step("After", "Clean", true),
        ];
        assert_eq!(outline(input), Ok(expected.to_vec()));
        assert_eq!(outline(" \n\n"), Ok(Vec::new()), "nothing typed is no list");
    }

    #[test]
    fn invalid_outline_names_line() {
        let long = format!("Guard down\n{}", "x".repeat(STEP + 1));
        assert_eq!(outline(&long), Err(InvalidOutline::Long(2)));
        assert_eq!(outline(&format!("{}x", "x\n".repeat(STEPS))), Err(InvalidOutline::Many));
        assert!(outline(&"x\n".repeat(STEPS)).is_ok_and(|steps| steps.len() == STEPS));
        assert_eq!(outline("# Before\n# After\nClean"), Err(InvalidOutline::Bare(1)));
        assert_eq!(outline("Clean\n# After"), Err(InvalidOutline::Bare(2)));
    }

    #[test]
    fn pass_requires_all_required_steps_and_signature() {
        use Mark::{Practise, Seen};
        assert_eq!(ready(&[], false), Ok(()), "a type without a list asks for nothing");
        let open = [(true, Some(Practise)), (false, None), (true, None), (true, Some(Seen))];
        assert_eq!(ready(&open, true), Err(Missing::Steps(vec![0, 2])));
        let seen = [(true, Some(Seen)), (false, Some(Practise)), (false, None)];
        assert_eq!(ready(&seen, false), Err(Missing::Signature));
        assert_eq!(ready(&seen, true), Ok(()));
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let words = "[A-Za-z0-9][A-Za-z0-9 ,.!#*-]{0,30}[A-Za-z0-9]";
        let sections = prop::collection::vec((words, prop::collection::vec((words, any::<bool>()), 1..5)), 0..6);
        sections.prop_map(|sections| {
            let names: Vec<String> = sections.iter().map(|(name, _)| name.clone()).collect();
            let mut steps = Vec::new();
            for (at, (name, of)) in sections.into_iter().enumerate() {
                // Two neighbours of one name are one section.
                if at > 0 && names.get(at - 1) == Some(&name) {
                    continue;
                }
                steps.extend(of.into_iter().map(|(body, required)| step(&name, &body, required)));
            }
            steps
        })
    }

    proptest! {
        #[test]
        fn outline_round_trips(steps in steps()) {
            prop_assert_eq!(outline(&text_of(&steps)), Ok(steps));
        }

        #[test]
        fn any_outline_text_is_parsed_or_rejected_and_round_trips(input in "(?s).{0,400}") {
            if let Ok(steps) = outline(&input) {
                prop_assert_eq!(outline(&text_of(&steps)), Ok(steps));
            }
        }
    }
}
