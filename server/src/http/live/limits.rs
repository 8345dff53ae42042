//! How many streams may be open: per person, per display, per network, and anonymous in total.

use crate::connections::Network;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::id::{DisplayId, PersonId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Streams of one person or display. A page has one while it is visible.
const PER_PERSON: usize = 64;
/// Anonymous streams of one network: a workshop's whole audience.
const PER_NETWORK: usize = 600;
/// Anonymous streams in total.
const ANONYMOUS: usize = 2_400;
/// Seconds for `Retry-After`. Pages retry by themselves, less and less often.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    Person(PersonId),
    Display(DisplayId),
    /// An anonymous viewer; `None` behind a proxy that does not forward the client's address.
    Anonymous(Option<Network>),
}

#[derive(Default)]
pub struct StreamLimits(Mutex<Open>);

#[derive(Default)]
struct Open {
    viewers: HashMap<Viewer, usize>,
    anonymous: usize,
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

pub struct StreamPermit {
    limits: Arc<StreamLimits>,
    viewer: Viewer,
}

impl StreamLimits {
    pub fn admit(self: &Arc<Self>, viewer: Viewer) -> Result<StreamPermit, Refused> {
        let mut open = self.open();
        let most = match viewer {
            Viewer::Person(_) | Viewer::Display(_) => PER_PERSON,
            Viewer::Anonymous(Some(_)) => PER_NETWORK,
            Viewer::Anonymous(None) => ANONYMOUS,
        };
        let is_anonymous = matches!(viewer, Viewer::Anonymous(_));
        if open.viewers.get(&viewer).is_some_and(|&count| count >= most) {
            return Err(Refused::Viewer);
        }
        if is_anonymous && open.anonymous >= ANONYMOUS {
            return Err(Refused::Full);
        }
        open.anonymous += usize::from(is_anonymous);
        *open.viewers.entry(viewer).or_default() += 1;
        Ok(StreamPermit { limits: Arc::clone(self), viewer })
    }

    pub fn count(&self) -> OpenStreams {
        let mut count = OpenStreams::default();
        for (viewer, streams) in &self.open().viewers {
            *match viewer {
                Viewer::Person(_) => &mut count.people,
                Viewer::Display(_) => &mut count.displays,
                Viewer::Anonymous(_) => &mut count.anonymous,
            } += streams;
        }
        count
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.limits.open();
        open.anonymous -= usize::from(matches!(self.viewer, Viewer::Anonymous(_)));
        if let Some(count) = open.viewers.get_mut(&self.viewer) {
            *count -= 1;
            if *count == 0 {
                open.viewers.remove(&self.viewer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn network(last: u8) -> Viewer {
        Viewer::Anonymous(Some(Network::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))))
    }

    #[test]
    fn streams_are_capped_per_viewer_and_in_total() {
        let limits = Arc::new(StreamLimits::default());
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
        assert!(limits.open().viewers.is_empty() && limits.open().anonymous == 0);
    }
}
