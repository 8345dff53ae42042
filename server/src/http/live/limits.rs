//! How many streams may be open: per person, per display, per network, and anonymous in total.

use crate::keyed::KeyedMap;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::id::{DisplayId, PersonId};
use std::{net::IpAddr, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Streams of one person or display. A page has one while it is visible.
const PER_PERSON: usize = 64;
/// Anonymous streams of one network: a workshop's whole audience.
const PER_NETWORK: usize = 600;
/// Anonymous streams in total.
pub(super) const ANONYMOUS: usize = 2_400;
/// Seconds for `Retry-After`. Pages retry by themselves, less and less often.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    Person(PersonId),
    Display(DisplayId),
    /// An anonymous viewer; `None` behind a proxy that does not forward the client's address.
    Anonymous(Option<IpAddr>),
}

impl Viewer {
    const fn cap(self) -> usize {
        match self {
            Self::Person(_) | Self::Display(_) => PER_PERSON,
            Self::Anonymous(Some(_)) => PER_NETWORK,
            Self::Anonymous(None) => ANONYMOUS,
        }
    }
}

pub struct StreamLimits {
    viewers: KeyedMap<Viewer, Semaphore>,
    anonymous: Arc<Semaphore>,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { viewers: KeyedMap::default(), anonymous: Arc::new(Semaphore::new(ANONYMOUS)) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// This viewer, or their network, has too many.
    Viewer,
    /// There are too many in total.
    Full,
}

impl Refused {
    pub const ALL: [(Self, &'static str); 2] = [(Self::Viewer, "viewer"), (Self::Full, "full")];
}

/// Open streams by viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenStreams {
    pub people: usize,
    pub displays: usize,
    pub anonymous: usize,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Viewer => StatusCode::TOO_MANY_REQUESTS,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, [(header::RETRY_AFTER, RETRY_AFTER)]).into_response()
    }
}

/// The place of one stream, freed on drop.
pub struct StreamPermit {
    _own: OwnedSemaphorePermit,
    _anonymous: Option<OwnedSemaphorePermit>,
}

impl StreamLimits {
    pub fn admit(&self, viewer: Viewer) -> Result<StreamPermit, Refused> {
        let own = self.viewers.get(viewer, || Semaphore::new(viewer.cap()));
        let own = own.try_acquire_owned().map_err(|_| Refused::Viewer)?;
        let anonymous =
            matches!(viewer, Viewer::Anonymous(_)).then(|| Arc::clone(&self.anonymous).try_acquire_owned());
        Ok(StreamPermit { _own: own, _anonymous: anonymous.transpose().map_err(|_| Refused::Full)? })
    }

    pub fn count(&self) -> OpenStreams {
        let mut count = OpenStreams::default();
        self.viewers.for_each(|viewer, places| {
            *match viewer {
                Viewer::Person(_) => &mut count.people,
                Viewer::Display(_) => &mut count.displays,
                Viewer::Anonymous(_) => &mut count.anonymous,
            } += viewer.cap() - places.available_permits();
        });
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(last: u8) -> Viewer {
        Viewer::Anonymous(Some(IpAddr::from([192, 0, 2, last])))
    }

    #[test]
    fn streams_are_capped_per_viewer_and_in_total() {
        let limits = StreamLimits::default();
        let mut open = Vec::new();
        for viewer in (1..=4).map(network) {
            for _ in 0..PER_NETWORK {
                open.push(limits.admit(viewer).unwrap());
            }
            assert_eq!(limits.admit(viewer).err(), Some(Refused::Viewer));
        }
        assert_eq!(limits.admit(network(5)).err(), Some(Refused::Full));
        for viewer in [Viewer::Person(PersonId(1)), Viewer::Person(PersonId(2)), Viewer::Display(DisplayId(1))] {
            for _ in 0..PER_PERSON {
                open.push(limits.admit(viewer).unwrap());
            }
            assert_eq!(limits.admit(viewer).err(), Some(Refused::Viewer), "{viewer:?}");
        }
        let counted = OpenStreams { people: 2 * PER_PERSON, displays: PER_PERSON, anonymous: ANONYMOUS };
        assert_eq!(limits.count(), counted);
        drop(open.swap_remove(0));
        open.push(limits.admit(network(1)).unwrap());
        drop(open);
        assert_eq!((limits.count(), limits.anonymous.available_permits()), (OpenStreams::default(), ANONYMOUS));
    }
}
