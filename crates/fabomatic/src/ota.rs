//! Firmware over the air, as boards with Espressif's `ArduinoOTA` take it: what goes to and fro before, while and after an
//! image is sent.
//!
//! Whoever sends invites the board by a datagram; the board agrees or asks for a proof of the password, connects back, writes
//! down what comes, says after each piece how many bytes that were, and in the end `OK` or what is wrong.
//!
//! **Invariant:** what a board says is read whatever it is, and never more of it than [`DATAGRAM`] or [`VERDICT`] bytes.
//! Deliberately absent: sockets, and how long anybody waits.

#[cfg(feature = "proof")]
pub mod proof;

/// Where boards listen unless they say something else.
pub const PORT: u16 = 3232;
/// The largest datagram of either side, in bytes; more is nothing of this protocol.
pub const DATAGRAM: usize = 256;
/// Bytes of an image that are sent before the board is waited for.
pub const PIECE: usize = 1024;
/// Bytes of a board's last words that are read.
pub const VERDICT: usize = 256;

/// Writes into the flash that programs run from.
const FLASH: &str = "0";
/// Shows that whoever sends knows the password.
const PROOF: &str = "200";

/// What a board is asked to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where it is to connect to, at the address that the invitation came from.
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

/// What a board says to an invitation, or to a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It connects in a moment.
    Agreed,
    /// It wants a proof first.
    Challenge(Challenge),
    /// The proof is wrong.
    WrongProof,
    /// Something that is none of these.
    Other,
}

/// How a proof is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// MD5 throughout; boards built before 3.3.1 of their core.
    Md5,
    /// A key of the password by PBKDF2, and SHA-256.
    Pbkdf2,
}

/// What a board wants a proof for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its random number, in hexadecimal digits.
    pub nonce: String,
}

impl Challenge {
    /// How it is to be met: that shows in how long it is.
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

    /// Reads a datagram, whatever it is.
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

/// That whoever sends knows the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The sender's own random number, as long as the board's.
    pub nonce: String,
    /// What was computed from both and the password.
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

/// What the board has said on the connection so far: numbers that nothing stands between, then words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    words: Vec<u8>,
}

/// What a board says of an image in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is written, and runs from the next start on.
    Accepted,
    /// What arrived is not what was announced.
    Damaged,
    /// There is no room for it.
    NoRoom,
    /// It is nothing that this board can run.
    Invalid,
    /// Something else went wrong on the board.
    Failed,
}

impl Heard {
    /// Takes in what arrived. Numbers are only a sign of life: how many bytes one is about depends on how the network cut
    /// them up, and nothing stands between two of them.
    pub fn hear(&mut self, bytes: &[u8]) {
        let begun = !self.words.is_empty();
        let words = bytes.iter().copied().skip_while(|byte| !begun && (byte.is_ascii_digit() || is_space(*byte)));
        let room = VERDICT.saturating_sub(self.words.len());
        self.words.extend(words.take(room));
    }

    /// Whether it has said anything but numbers.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether it has said that all is well.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.words.windows(2).any(|two| two == b"OK")
    }

    /// What its words mean; `None` without any.
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

/// How many hexadecimal digits it is; `None` if it is something else.
fn digits(text: &str) -> Option<usize> {
    text.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(text.len())
}

const fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}
