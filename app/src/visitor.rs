//! Who is looking, in which language and theme, at which space: determined once per request, the same in both
//! halves.
//!
//! Invariant: the server computes [`Visitor`] from the request and sends it inside the page; the browser only
//! reads it back. So the first render needs no request, no `Suspense` and cannot mismatch. Not here: changing it
//! in place. Another language or theme is another document.

use crate::{codec, problem::AppError};
use domain::{
    actor::Rank,
    id::PersonId,
    problem::Problem,
    time::{Millis, Moment},
};
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Deserialize, Serialize};
use text::Lang;

/// Light or dark, as selected for this device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// Every theme, in the order of the choice on the page.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Value of `<html data-theme>` and of the cookie.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses a key; `None` for any other text.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.key() == key)
    }

    /// Background colours by day and by night, `--paper` of `style/tokens.css`: a phone draws its own bars with
    /// them.
    #[must_use]
    pub const fn papers(self) -> [&'static str; 2] {
        let (light, dark) = ("#f5f2ec", "#161310");
        match self {
            Self::System => [light, dark],
            Self::Light => [light, light],
            Self::Dark => [dark, dark],
        }
    }

    /// What the browser draws before the style arrives, and its own controls always.
    #[must_use]
    pub const fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A form that was sent without script and refused: its input and the problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Path of the server function, for example `/api/me/prefer`.
    pub function: String,
    /// Input in the order of the form; the server removes secrets.
    pub values: Vec<(String, String)>,
    pub problem: Problem,
}

/// The answer to a form sent without script, to be shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Path of the server function, for example `/api/me/factor-begin`.
    pub function: String,
    /// The answer, as [`to_text`](crate::codec::to_text) writes it.
    pub text: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It may hold a key or a link.
        f.debug_struct("Answer").field("function", &self.function).finish_non_exhaustive()
    }
}

/// The signed-in reader, as far as every page must know for its navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: PersonId,
    pub name: String,
    /// Their rank; member at most while their roles are inactive.
    pub rank: Rank,
    /// Their roles wait for a second factor.
    pub asleep: bool,
    pub auditor: bool,
    /// They are trainer or owner of some type or machine, or may induct members.
    pub trains: bool,
}

/// Everything about a request that changes a page's appearance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The language, from cookie or browser.
    pub lang: Lang,
    pub theme: Theme,
    pub who: Option<Me>,
    /// The refused form that brought the visitor back to this page.
    pub echo: Option<Echo>,
    pub answer: Option<Answer>,
    /// Last live event that this page already contains; the stream continues after it.
    pub live_after: String,
    /// Build that rendered the page; another one behind the live stream asks for a reload.
    pub build: String,
    /// When the page was rendered, in the space's time.
    pub now: Moment,
    pub space: String,
    /// Public address without a trailing slash; `None` if not configured.
    pub public_url: Option<String>,
}

impl Default for Visitor {
    fn default() -> Self {
        Self {
            lang: Lang::default(),
            theme: Theme::default(),
            who: None,
            echo: None,
            answer: None,
            live_after: String::new(),
            build: String::new(),
            now: Moment { at: Millis(0), offset: 0 },
            space: String::new(),
            public_url: None,
        }
    }
}

impl Visitor {
    /// The visitor that the server put into the request, or an anonymous one (also while listing routes).
    #[must_use]
    pub fn of_request() -> Self {
        #[cfg(feature = "ssr")]
        if let Some(parts) = use_context::<http::request::Parts>()
            && let Some(visitor) = parts.extensions.get::<Self>()
        {
            return visitor.clone();
        }
        Self::default()
    }
}

/// The visitor, serialized in the page like answers.
#[derive(Debug)]
struct InPage;

impl Encoder<Visitor> for InPage {
    type Encoded = String;
    type Error = AppError;

    fn encode(visitor: &Visitor) -> Result<String, Self::Error> {
        codec::encode(visitor).map(|bytes| codec::to_text(&bytes))
    }
}

impl Decoder<Visitor> for InPage {
    type Encoded = str;
    type Error = AppError;

    fn decode(written: &str) -> Result<Visitor, Self::Error> {
        codec::decode(&codec::from_text(written))
    }
}

/// Call once, at the root of the application.
pub fn provide_visitor() {
    let visitor = SharedValue::<Visitor, InPage>::new_with_encoding(Visitor::of_request).into_inner();
    #[cfg(not(feature = "ssr"))]
    codec::begin(visitor.build.clone());
    provide_context(visitor);
}

/// The visitor of this page.
#[must_use]
pub fn use_visitor() -> Visitor {
    use_context::<Visitor>().unwrap_or_default()
}
