//! Checks messages in BER, the encoding of LDAP, while they arrive.
//!
//! **Invariant.** A decoder that gets only checked bytes meets definite lengths, elements within their parents, at most [`DEPTH`]
//! levels and at most [`MESSAGE`] bytes of one message, in which an element counts [`ELEMENT`] bytes besides its own. The values of
//! controls, which are octets for the message, are decoded as well: they have as many levels of their own. The checker holds no bytes
//! and does not recurse. Not here: what elements mean.

use super::{Conversation, ExceededLimit};

/// Levels of nesting, the message included. An entry with its values has six.
const DEPTH: usize = 16;
/// Bytes of one message. A group of 100,000 members fits.
const MESSAGE: usize = 10 * 1024 * 1024;
/// What a decoded element takes besides its bytes: without it, millions of empty ones would cost nothing.
const ELEMENT: usize = 24;
/// A tag number of 31 announces a longer tag, which LDAP does not have.
const LONG_TAG: u8 = 31;
/// The tag of a message.
const SEQUENCE: u8 = 0x30;
const CONSTRUCTED: u8 = 0x20;
/// The tag of the controls of a message, and of their octets.
const CONTROLS: u8 = 0xa0;
const OCTETS: u8 = 4;
/// Bytes of a length.
const LENGTH: u8 = 4;

/// What the next byte is.
#[derive(Debug, Clone, Copy)]
enum Next {
    Tag,
    Length {
        is_constructed: bool,
    },
    /// The rest of a long length.
    LongLength {
        is_constructed: bool,
        remaining: u8,
        length: usize,
    },
    /// Bytes of a primitive element.
    Content {
        remaining: usize,
    },
}

/// Checks the messages of one conversation.
#[derive(Debug)]
pub struct Checker {
    conversation: Conversation,
    messages: Levels,
}

impl Checker {
    #[must_use]
    pub fn new(conversation: Conversation) -> Self {
        Self { conversation, messages: Levels::new(Reads::Messages) }
    }

    /// Checks the next bytes of the conversation. After an error nothing more may be read.
    pub fn check(&mut self, bytes: &[u8]) -> Result<(), ExceededLimit> {
        let elements = self.messages.check(bytes)?;
        self.conversation.count(bytes.len() + elements)
    }

    /// Whether the last message is complete.
    #[must_use]
    pub fn is_between_messages(&self) -> bool {
        self.messages.open.is_empty() && matches!(self.messages.next, Next::Tag)
    }
}

/// What a sequence of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// One message after the other.
    Messages,
    /// The value of a control, which may be anything.
    Value,
}

/// The open elements of what was read.
#[derive(Debug)]
struct Levels {
    reads: Reads,
    next: Next,
    /// Bytes that each open element lacks, the message first.
    open: Vec<usize>,
    /// What the current message counts.
    message: usize,
    in_controls: bool,
    /// Elements of the current control.
    parts: usize,
    /// The next content is the value of a control.
    is_value: bool,
    value: Option<Box<Self>>,
}

impl Levels {
    fn new(reads: Reads) -> Self {
        let open = Vec::with_capacity(DEPTH);
        Self {
            reads,
            next: Next::Tag,
            open,
            message: 0,
            in_controls: false,
            parts: 0,
            is_value: false,
            value: None,
        }
    }

    /// Checks the next bytes; returns what elements count besides their bytes.
    fn check(&mut self, mut bytes: &[u8]) -> Result<usize, ExceededLimit> {
        let mut counted = 0;
        while let Some((&byte, behind)) = bytes.split_first() {
            if let Next::Content { remaining } = self.next {
                let (here, behind) = bytes.split_at(remaining.min(bytes.len()));
                bytes = behind;
                self.advance(here.len())?;
                if let Some(value) = &mut self.value {
                    counted += value.check(here)?;
                }
                self.next = if here.len() == remaining {
                    self.value = None;
                    Next::Tag
                } else {
                    Next::Content { remaining: remaining - here.len() }
                };
            } else {
                bytes = behind;
                counted += self.header(byte)?;
            }
            if matches!(self.next, Next::Tag) {
                self.close();
            }
        }
        Ok(counted)
    }

    /// Reads a byte of a header; returns what it counts besides itself.
    fn header(&mut self, byte: u8) -> Result<usize, ExceededLimit> {
        match self.next {
            Next::Tag => {
                let is_message = self.open.is_empty() && self.reads == Reads::Messages;
                if is_message {
                    self.message = 0;
                }
                self.find_value(byte);
                if (is_message && byte != SEQUENCE) || byte & LONG_TAG == LONG_TAG || self.open.len() >= DEPTH {
                    return Err(ExceededLimit::Message);
                }
                self.message += ELEMENT;
                self.advance(1)?;
                self.next = Next::Length { is_constructed: byte & CONSTRUCTED != 0 };
                return Ok(ELEMENT);
            }
            Next::Length { is_constructed } => {
                self.advance(1)?;
                match byte {
                    0..0x80 => self.begin(is_constructed, usize::from(byte))?,
                    _ if (1..=LENGTH).contains(&(byte - 0x80)) => {
                        self.next = Next::LongLength { is_constructed, remaining: byte - 0x80, length: 0 };
                    }
                    _ => return Err(ExceededLimit::Message),
                }
            }
            Next::LongLength { is_constructed, remaining, length } => {
                self.advance(1)?;
                let length = (length << 8) | usize::from(byte);
                if remaining == 1 {
                    self.begin(is_constructed, length)?;
                } else {
                    self.next = Next::LongLength { is_constructed, remaining: remaining - 1, length };
                }
            }
            Next::Content { .. } => {}
        }
        Ok(0)
    }

    /// Notes where an element with this tag is. A control is a sequence of its type, perhaps how critical it is, and its value.
    fn find_value(&mut self, tag: u8) {
        self.is_value = false;
        match self.open.len() {
            _ if self.reads == Reads::Value => {}
            1 => self.in_controls = tag == CONTROLS,
            2 => self.parts = 0,
            3 if self.in_controls => {
                self.parts += 1;
                self.is_value = self.parts > 1 && tag == OCTETS;
            }
            _ => {}
        }
    }

    /// Begins the content of an element, which must fit into its parent.
    fn begin(&mut self, is_constructed: bool, length: usize) -> Result<(), ExceededLimit> {
        if self.message.saturating_add(length) > MESSAGE {
            return Err(ExceededLimit::Message);
        }
        if let Some(parent) = self.open.last_mut() {
            *parent = parent.checked_sub(length).ok_or(ExceededLimit::Message)?;
        }
        if is_constructed {
            self.open.push(length);
        }
        self.next = match length {
            remaining @ 1.. if !is_constructed => {
                self.value = self.is_value.then(|| Box::new(Self::new(Reads::Value)));
                Next::Content { remaining }
            }
            _ => Next::Tag,
        };
        Ok(())
    }

    /// Counts `bytes` of the current message. Those of a header are part of the open element; content was counted by its length.
    fn advance(&mut self, bytes: usize) -> Result<(), ExceededLimit> {
        if !matches!(self.next, Next::Content { .. })
            && let Some(parent) = self.open.last_mut()
        {
            *parent = parent.checked_sub(bytes).ok_or(ExceededLimit::Message)?;
        }
        self.message += bytes;
        if self.message > MESSAGE { Err(ExceededLimit::Message) } else { Ok(()) }
    }

    /// Closes the elements that are complete.
    fn close(&mut self) {
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response_limits::Budget;
    use ldap3::asn1::parse_tag;
    use proptest::prelude::*;

    fn check(bytes: &[u8]) -> Result<bool, ExceededLimit> {
        let mut checker = Checker::new(Budget::default().conversation(usize::MAX));
        checker.check(bytes).map(|()| checker.is_between_messages())
    }

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap();
        let mut element = vec![tag];
        if let Ok(short @ 0..0x80) = u8::try_from(length) {
            element.push(short);
        } else {
            element.push(0x84);
            element.extend(length.to_be_bytes());
        }
        element.extend(content);
        element
    }

    /// A message whose innermost element is on level `depth`.
    fn nested(depth: usize) -> Vec<u8> {
        (1..depth).fold(element(4, b"x"), |inner, _| element(SEQUENCE, &inner))
    }

    #[test]
    fn sixteen_levels_pass_and_seventeen_do_not() {
        assert_eq!(check(&nested(DEPTH)), Ok(true));
        assert_eq!(check(&nested(DEPTH + 1)), Err(ExceededLimit::Message));
        assert_eq!(check(&nested(20_000)), Err(ExceededLimit::Message));
    }

    /// The end of a search with a control of this value.
    fn controlled(criticality: &[u8], value: &[u8]) -> Vec<u8> {
        let control =
            [element(OCTETS, b"1.2.840.113556.1.4.319"), criticality.to_vec(), element(OCTETS, value)].concat();
        let controls = element(CONTROLS, &element(SEQUENCE, &control));
        let done = element(0x65, b"\x0a\x01\x00\x04\x00\x04\x00");
        element(SEQUENCE, &[b"\x02\x01\x02".to_vec(), done, controls].concat())
    }

    #[test]
    fn value_of_a_control_has_levels_of_its_own() {
        for criticality in [b"".as_slice(), b"\x01\x01\xff"] {
            let page = element(SEQUENCE, b"\x02\x01\x00\x04\x08cookie!!");
            for fine in [page, nested(DEPTH), b"86400".to_vec(), Vec::new()] {
                assert_eq!(check(&controlled(criticality, &fine)), Ok(true), "{fine:?}");
            }
            assert_eq!(check(&controlled(criticality, &nested(DEPTH + 1))), Err(ExceededLimit::Message));
            assert_eq!(check(&controlled(criticality, &nested(20_000))), Err(ExceededLimit::Message));
        }
    }

    #[test]
    fn announced_size_is_refused_before_content() {
        assert_eq!(check(&[SEQUENCE, 0x84, 0x7f, 0xff, 0xff, 0xff]), Err(ExceededLimit::Message));
        assert_eq!(check(&[SEQUENCE, 0x83, 0x9f, 0, 0]), Ok(false), "a little less than the limit");
        assert_eq!(check(&[SEQUENCE, 5, 4, 4]), Err(ExceededLimit::Message), "longer than its parent");
    }

    #[test]
    fn header_that_crosses_its_parent_is_refused() {
        assert_eq!(check(&[SEQUENCE, 1, 4, 0]), Err(ExceededLimit::Message));
        assert_eq!(check(&[SEQUENCE, 2, 4, 0x81, 1, 0]), Err(ExceededLimit::Message));
        assert_eq!(check(&[SEQUENCE, 0]), Ok(true));
    }

    #[test]
    fn forms_that_ldap_does_not_have_are_refused() {
        for (what, bytes) in [
            ("indefinite length", vec![SEQUENCE, 0x80]),
            ("length of five bytes", vec![SEQUENCE, 0x85]),
            ("reserved length", vec![SEQUENCE, 0xff]),
            ("long tag", vec![SEQUENCE, 5, 0x1f]),
            ("no sequence", vec![4]),
        ] {
            assert_eq!(check(&bytes), Err(ExceededLimit::Message), "{what}");
        }
    }

    #[test]
    fn empty_elements_count_as_if_they_were_decoded() {
        let (many, few) = (vec![[4, 0]; 500_000].concat(), vec![[4, 0]; 400_000].concat());
        assert_eq!(check(&element(SEQUENCE, &many)), Err(ExceededLimit::Message));
        assert_eq!(check(&element(SEQUENCE, &few)), Ok(true));
    }

    #[test]
    fn messages_add_up_to_the_limit_of_conversation() {
        let message = element(SEQUENCE, b"\x02\x01\x01");
        let mut checker = Checker::new(Budget::default().conversation(10 * (message.len() + 2 * ELEMENT)));
        for _ in 0..10 {
            assert_eq!(checker.check(&message), Ok(()));
            assert!(checker.is_between_messages());
        }
        assert_eq!(checker.check(&message), Err(ExceededLimit::Conversation));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in messages(), cuts in proptest::collection::vec(1_usize..9, 1..40)) {
            let mut checker = Checker::new(Budget::default().conversation(usize::MAX));
            let (mut rest, mut checked) = (bytes.as_slice(), Ok(()));
            for cut in cuts.iter().cycle() {
                let (piece, behind) = rest.split_at((*cut).min(rest.len()));
                checked = checked.and_then(|()| checker.check(piece));
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(checked.map(|()| checker.is_between_messages()), check(&bytes));
        }

        #[test]
        fn decoder_consumes_whole_checked_messages(bytes in messages()) {
            if check(&bytes) == Ok(true) {
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    rest = parse_tag(rest).unwrap().0;
                }
            }
        }
    }

    /// Well-formed messages, with a few bytes changed.
    fn messages() -> impl Strategy<Value = Vec<u8>> {
        let primitive = (any::<u8>(), proptest::collection::vec(any::<u8>(), 0..200))
            .prop_map(|(tag, content)| element(tag & !CONSTRUCTED, &content));
        let tree = primitive.prop_recursive(6, 24, 4, |inner| {
            proptest::collection::vec(inner, 0..4).prop_map(|parts| element(SEQUENCE, &parts.concat()))
        });
        let message = proptest::collection::vec(tree, 0..4).prop_map(|parts| element(SEQUENCE, &parts.concat()));
        let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
        (proptest::collection::vec(message, 1..3), changes).prop_map(|(messages, changes)| {
            let mut bytes = messages.concat();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
    }
}
