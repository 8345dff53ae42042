//! Commands to a reference device, as bytes: `{"on":true,"seconds":900,"target":210}`.
//!
//! **Invariant.** The form is narrow on purpose, so that a page of C++ reads exactly the same: a flat JSON object of at most
//! [`MOST_BYTES`], whose values are `true`, `false` or whole numbers of at most nine digits, without escapes and without a name
//! twice. A device ignores everything else.
//!
//! Not here: other makers' devices ([`super::dialect`]).

use super::{Command, Tenths};
use std::time::Duration;

/// The longest command, in bytes.
pub const MOST_BYTES: usize = 128;
/// Digits of a number.
const DIGITS: usize = 9;

/// Bytes that are no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a command")]
pub struct InvalidCommand;

/// The bytes of `command`. `id` comes back in the device's answer.
#[must_use]
pub fn write(command: Command, id: u32) -> String {
    let Command { on, target, length } = command;
    let target = target.map_or_else(String::new, |Tenths(target)| format!(r#","target":{target}"#));
    format!(r#"{{"id":{id},"on":{on},"seconds":{}{target}}}"#, length.as_secs())
}

/// The id and the command in `bytes`.
pub fn read(bytes: &[u8]) -> Result<(u32, Command), InvalidCommand> {
    if bytes.len() > MOST_BYTES {
        return Err(InvalidCommand);
    }
    let mut rest = Scanner { bytes, at: 0 };
    let (mut id, mut on, mut seconds, mut target) = (None, None, None, None);
    rest.expect(b'{')?;
    loop {
        let name = rest.name()?;
        rest.expect(b':')?;
        let is_new = match name {
            b"on" => on.replace(rest.boolean()?).is_none(),
            b"id" => id.replace(rest.number()?).is_none(),
            b"seconds" => seconds.replace(rest.number()?).is_none(),
            b"target" => target.replace(rest.number()?).is_none(),
            _ => false,
        };
        if !is_new {
            return Err(InvalidCommand);
        }
        match rest.next()? {
            b',' => {}
            b'}' => break,
            _ => return Err(InvalidCommand),
        }
    }
    rest.end()?;
    let (Some(on), Some(seconds)) = (on, seconds) else { return Err(InvalidCommand) };
    let id = u32::try_from(id.unwrap_or(0)).map_err(|_| InvalidCommand)?;
    let seconds = u64::try_from(seconds).map_err(|_| InvalidCommand)?;
    Ok((id, Command { on, target: target.map(Tenths), length: Duration::from_secs(seconds) }))
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn skip(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Result<u8, InvalidCommand> {
        self.skip();
        let found = self.bytes.get(self.at).copied().ok_or(InvalidCommand)?;
        self.at += 1;
        Ok(found)
    }

    fn expect(&mut self, byte: u8) -> Result<(), InvalidCommand> {
        if self.next()? == byte { Ok(()) } else { Err(InvalidCommand) }
    }

    fn end(&mut self) -> Result<(), InvalidCommand> {
        self.skip();
        if self.at == self.bytes.len() { Ok(()) } else { Err(InvalidCommand) }
    }

    /// Lower-case letters in quotes.
    fn name(&mut self) -> Result<&'a [u8], InvalidCommand> {
        self.expect(b'"')?;
        let word = self.take_while(u8::is_ascii_lowercase);
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(InvalidCommand);
        }
        self.at += 1;
        Ok(word)
    }

    fn boolean(&mut self) -> Result<bool, InvalidCommand> {
        self.skip();
        match self.take_while(u8::is_ascii_lowercase) {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(InvalidCommand),
        }
    }

    fn number(&mut self) -> Result<i32, InvalidCommand> {
        self.skip();
        let is_negative = self.bytes.get(self.at) == Some(&b'-');
        self.at += usize::from(is_negative);
        let digits = self.take_while(u8::is_ascii_digit);
        let is_padded = digits.len() > 1 && digits.starts_with(b"0");
        if digits.is_empty() || digits.len() > DIGITS || is_padded {
            return Err(InvalidCommand);
        }
        let value = digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        Ok(if is_negative { -value } else { value })
    }

    fn take_while(&mut self, belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
        let from = self.bytes.get(self.at..).unwrap_or_default();
        let length = from.iter().take_while(|byte| belongs(byte)).count();
        self.at += length;
        from.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn command_is_read_in_any_order_and_with_spaces() {
        let command = Command { on: true, target: Some(Tenths(210)), length: Duration::from_mins(15) };
        assert_eq!(read(br#" { "target" : 210, "on":true , "seconds": 900 } "#), Ok((0, command)));
        assert_eq!(read(br#"{"id":7,"seconds":900,"on":true,"target":210}"#), Ok((7, command)));
    }

    #[test]
    fn anything_but_a_command_is_ignored() {
        for bytes in [
            "",
            "{}",
            "on",
            "[]",
            "{\"on\":true}",
            "{\"seconds\":900}",
            r#"{"on":1,"seconds":900}"#,
            r#"{"on":true,"seconds":900.5}"#,
            r#"{"on":true,"seconds":9e9}"#,
            r#"{"on":true,"seconds":-1}"#,
            r#"{"on":true,"seconds":0900}"#,
            r#"{"on":true,"seconds":1000000000}"#,
            r#"{"on":true,"on":true,"seconds":9}"#,
            r#"{"on":true,"seconds":900,"above":990}"#,
            r#"{"on":true,"seconds":900}x"#,
            r#"{"on":true,"seconds":900,}"#,
            r#"{"o\u006e":true,"seconds":900}"#,
            r#"{"on":true,"seconds":"900"}"#,
            r#"{"on":true "seconds":900}"#,
        ] {
            assert_eq!(read(bytes.as_bytes()), Err(InvalidCommand), "{bytes}");
        }
        let long = format!(r#"{{"on":true,"seconds":900{}}}"#, " ".repeat(MOST_BYTES));
        assert_eq!(read(long.as_bytes()), Err(InvalidCommand), "too long");
    }

    proptest! {
        #[test]
        fn written_commands_are_read_again(
            on: bool, target in prop::option::of(-1_000_i32..2_000), seconds in 0_u64..=999_999_999, id in 0_u32..=999_999_999,
        ) {
            let command = Command { on, target: target.map(Tenths), length: Duration::from_secs(seconds) };
            prop_assert_eq!(read(write(command, id).as_bytes()), Ok((id, command)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..160)) {
            let _ = read(&bytes);
        }
    }
}
