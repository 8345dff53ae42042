//! Data that a page loads from the server, again whenever its source changes.
//!
//! Invariant: compiled once. Leptos has a resource, a future and a serialized value for each loaded type, twenty
//! kilobytes and more of each; here one resource holds every [`Answer`], and only its reader knows the type. Not
//! here: what happens with an answer ([`crate::live`]).

use crate::{codec, problem::AppError};
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// An answer of any type.
pub(crate) type Answered = Result<Answer, AppError>;

/// A type-erased future.
type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The server's answer.
#[derive(Clone)]
pub(crate) enum Answer {
    /// As serialized in the page, read by code that knows its type.
    Written(Arc<[u8]>),
    /// As a server function returned it.
    Given(Arc<dyn Given>),
}

/// An answer of some type.
pub(crate) trait Given: Any + Send + Sync {
    /// For downcasting.
    fn as_any(&self) -> &dyn Any;
    /// Serialized for the page. Only the server writes pages.
    #[cfg(feature = "ssr")]
    fn bytes(&self) -> Result<Vec<u8>, AppError>;
}

impl<T: Serialize + Any + Send + Sync> Given for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    #[cfg(feature = "ssr")]
    fn bytes(&self) -> Result<Vec<u8>, AppError> {
        codec::encode(self)
    }
}

impl Answer {
    /// The answer, for code that knows its type.
    fn read<T: Clone + DeserializeOwned + 'static>(&self) -> Result<T, AppError> {
        match self {
            Self::Written(bytes) => codec::decode(bytes),
            Self::Given(given) => (**given).as_any().downcast_ref::<T>().cloned().ok_or_else(codec::outdated),
        }
    }
}

/// An answer serialized in the page: a sign for success or refusal, then its bytes by [`codec`].
#[derive(Debug)]
pub(crate) struct InPage;

/// Sign of a successful answer.
const GOOD: char = '+';
const REFUSED: char = '-';

impl Encoder<Answered> for InPage {
    type Encoded = String;
    type Error = AppError;

    fn encode(answered: &Answered) -> Result<String, Self::Error> {
        let refused = |why: &AppError| Ok(format!("{REFUSED}{}", codec::to_text(&codec::encode(why)?)));
        match answered {
            Ok(Answer::Written(bytes)) => Ok(format!("{GOOD}{}", codec::to_text(bytes))),
            #[cfg(feature = "ssr")]
            Ok(Answer::Given(given)) => match given.bytes() {
                Ok(bytes) => Ok(format!("{GOOD}{}", codec::to_text(&bytes))),
                Err(unwritable) => refused(&unwritable),
            },
            // A browser writes no pages.
            #[cfg(not(feature = "ssr"))]
            Ok(Answer::Given(_)) => Ok(String::new()),
            Err(why) => refused(why),
        }
    }
}

impl Decoder<Answered> for InPage {
    type Encoded = str;
    type Error = AppError;

    fn decode(written: &str) -> Result<Answered, Self::Error> {
        match written.strip_prefix(REFUSED) {
            Some(refused) => codec::decode(&codec::from_text(refused)).map(Err),
            None => {
                Ok(Ok(Answer::Written(codec::from_text(written.strip_prefix(GOOD).unwrap_or(written)).into())))
            }
        }
    }
}

/// The only resource type.
pub(crate) type Source = Resource<Answered, InPage>;

/// Data that a page loads from the server: present when the page is rendered, loaded again when its source
/// changes.
pub struct PageResource<T> {
    source: Source,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for PageResource<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PageResource<T> {}

impl<T> fmt::Debug for PageResource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}

impl<T: Clone + DeserializeOwned + 'static> PageResource<T> {
    /// The resource, for code that need not know the type.
    pub(crate) const fn source(self) -> Source {
        self.source
    }

    /// Reads an answer of this type.
    pub(crate) fn read(answered: &Answered) -> Result<T, AppError> {
        answered.as_ref().map_err(Clone::clone)?.read()
    }
}

/// Loads by `fetch`, again whenever `source` changes.
pub fn page_resource<T, S, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> PageResource<T>
where
    T: Serialize + Clone + DeserializeOwned + Send + Sync + 'static,
    S: PartialEq + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
{
    // How often the source has changed, and its current value.
    let message = Arc::new(Mutex::new((0, None)));
    let heard = Arc::clone(&message);
    let changes = move || {
        let now = Some(source());
        let mut message = message.lock().unwrap_or_else(PoisonError::into_inner);
        if message.1 != now {
            *message = (message.0 + 1, now);
        }
        message.0
    };
    let fetch = move || -> Boxed<Answered> {
        let now = heard.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        let answer = now.map(&fetch);
        Box::pin(async move {
            match answer {
                Some(answer) => answer.await.map(|answer| Answer::Given(Arc::new(answer))),
                // Unreachable: nothing is fetched before the source was read.
                None => Err(AppError::from_server_fn_error(ServerFnErrorErr::Request(String::new()))),
            }
        })
    };
    PageResource { source: resource(Box::new(changes), Box::new(fetch)), answer: PhantomData }
}

/// The resource, independent of the type.
fn resource(
    changes: Box<dyn Fn() -> u32 + Send + Sync>,
    fetch: Box<dyn Fn() -> Boxed<Answered> + Send + Sync>,
) -> Source {
    Resource::new_with_options(changes, move |_| fetch(), true)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::problem::{Kind, Problem};

    #[test]
    fn answer_round_trips_into_the_page() {
        let given: Answered = Ok(Answer::Given(Arc::new(vec![Some("“+”".to_owned()), None])));
        let written = InPage::encode(&given).expect("it is text");
        let come = InPage::decode(&written).expect("it is one of ours");
        for answered in [given, come] {
            assert_eq!(PageResource::<Vec<Option<String>>>::read(&answered), Ok(vec![Some("“+”".into()), None]));
        }
    }

    #[test]
    fn refusal_round_trips_into_the_page() {
        let refused = AppError(Problem::new("person.unknown", Kind::NotFound, "There is nobody here."));
        let written = InPage::encode(&Err(refused.clone())).expect("it is text");
        let come = InPage::decode(&written).expect("it is one of ours");
        assert_eq!(PageResource::<u8>::read(&come), Err(refused));
    }

    #[test]
    fn answer_of_another_type_is_refused() {
        let written = InPage::decode("+Ā").expect("it is one of ours");
        let AppError(problem) = PageResource::<(u8, String)>::read(&written).expect_err("one byte is no pair");
        assert_eq!(problem.code, "request.outdated");
    }
}
