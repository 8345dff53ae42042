//! Firmware over the air, as in Espressif's `ArduinoOTA`: the messages before, during and after an image is sent.
//!
//! The sender invites the board by a datagram; the board agrees or asks for a proof of the password, connects back,
//! writes what arrives, confirms the bytes of each piece, and ends with `OK` or an error.
//!
//! **Invariant:** everything a board sends can be read, but never more than [`DATAGRAM`] or [`VERDICT`] bytes. Not
//! here: sockets and time-outs.

#[cfg(feature = "proof")]
pub mod proof;

/// The default port of boards.
pub const PORT: u16 = 3232;
/// The largest datagram of either side, in bytes; larger ones are not part of this protocol.
pub const DATAGRAM: usize = 256;
/// Bytes of an image sent before the board must confirm.
pub const PIECE: usize = 1024;
/// Maximum bytes of a board's final message.
pub const VERDICT: usize = 256;

/// Writes to the flash that programs run from.
const FLASH: &str = "0";
/// Proves that the sender knows the password.
const PROOF: &str = "200";

/// The offer of an image to a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The port to connect to, at the sender's address.
    pub port: u16,
    /// Bytes of the image.
    pub size: u32,
    /// The image's MD5, 32 hexadecimal digits.
    pub md5: String,
}

impl Invitation {
    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { port, size, md5 } = self;
        format!("{FLASH} {port} {size} {md5}\n")
    }

    /// Reads a datagram; `None` for anything else.
    #[must_use]
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        let mut words = line(datagram)?.split(' ');
        let (command, port, size, md5) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let fits = command == FLASH && digits(md5) == Some(32) && words.next().is_none();
        fits.then_some(Self { port: port.parse().ok()?, size: size.parse().ok()?, md5: md5.to_owned() })
    }
}

/// A board's answer to an invitation or a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It will connect.
    Agreed,
    /// It asks for a proof.
    Challenge(Challenge),
    /// The proof is wrong.
    WrongProof,
    /// Anything else.
    Other,
}

/// How a proof is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// MD5 throughout; boards with a core before 3.3.1.
    Md5,
    /// A key derived from the password by PBKDF2, and SHA-256.
    Pbkdf2,
}

/// A board's request for a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its random number, in hexadecimal digits.
    pub nonce: String,
}

impl Challenge {
    /// The method, by the length of the nonce.
    #[must_use]
    pub const fn method(&self) -> Method {
        if self.nonce.len() == 32 { Method::Md5 } else { Method::Pbkdf2 }
    }
}

impl Answer {
    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Agreed => "OK".to_owned(),
            Self::Challenge(Challenge { nonce }) => format!("AUTH {nonce}"),
            Self::WrongProof => "Authentication Failed".to_owned(),
            Self::Other => String::new(),
        }
    }

    /// Parses any datagram.
    #[must_use]
    pub fn parse(datagram: &[u8]) -> Self {
        match line(datagram) {
            Some("OK") => Self::Agreed,
            Some("Authentication Failed") => Self::WrongProof,
            Some(text) => match text.strip_prefix("AUTH ").map(|nonce| (nonce, digits(nonce))) {
                Some((nonce, Some(32 | 64))) => Self::Challenge(Challenge { nonce: nonce.to_owned() }),
                _ => Self::Other,
            },
            None => Self::Other,
        }
    }
}

/// The proof that the sender knows the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The sender's own random number, of the same length as the board's.
    pub nonce: String,
    /// The digest of both numbers and the password.
    pub response: String,
}

impl Proof {
    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{PROOF} {} {}\n", self.nonce, self.response)
    }

    /// Reads a datagram; `None` for anything else.
    #[must_use]
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        let mut words = line(datagram)?.split(' ');
        let (command, nonce, response) = (words.next()?, words.next()?, words.next()?);
        let same = digits(nonce).is_some_and(|count| matches!(count, 32 | 64) && digits(response) == Some(count));
        let fits = command == PROOF && same && words.next().is_none();
        fits.then(|| Self { nonce: nonce.to_owned(), response: response.to_owned() })
    }
}

/// What a board has sent on the connection so far: unseparated numbers, then text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    words: Vec<u8>,
}

/// A board's final message about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is written, and runs from the next start.
    Accepted,
    /// The bytes are not those announced.
    Damaged,
    /// It does not fit.
    NoRoom,
    /// This board cannot run it.
    Invalid,
    /// Another failure on the board.
    Failed,
}

impl Heard {
    /// Adds received bytes. Numbers are only a sign of life: how they are split depends on the network, and nothing
    /// separates two of them.
    pub fn hear(&mut self, bytes: &[u8]) {
        let begun = !self.words.is_empty();
        let words = bytes.iter().copied().skip_while(|byte| !begun && (byte.is_ascii_digit() || is_space(*byte)));
        let room = VERDICT.saturating_sub(self.words.len());
        self.words.extend(words.take(room));
    }

    /// Whether it has sent anything but numbers.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether it has reported success.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.words.windows(2).any(|two| two == b"OK")
    }

    /// The meaning of its text; `None` without any.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        if !self.has_words() {
            return None;
        }
        let words = String::from_utf8_lossy(&self.words).to_ascii_lowercase();
        let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        Some(if self.is_taken() {
            Verdict::Accepted
        } else if says(&["md5"]) {
            Verdict::Damaged
        } else if says(&["not enough space", "bad size"]) {
            Verdict::NoRoom
        } else if says(&["magic byte", "activate"]) {
            Verdict::Invalid
        } else {
            Verdict::Failed
        })
    }
}

/// A datagram as a line of text.
fn line(datagram: &[u8]) -> Option<&str> {
    let fits = datagram.len() <= DATAGRAM;
    fits.then(|| std::str::from_utf8(datagram).ok().map(str::trim)).flatten()
}

/// The number of hexadecimal digits; `None` for anything else.
fn digits(text: &str) -> Option<usize> {
    text.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(text.len())
}

const fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}
