//! Which client has which card in, so that a stop reaches the right board where several share a number.
//!
//! Invariant: a stop skips only the clients whose last message says that another card is in, or none, because
//! every client that receives it obeys. A client with unknown state, after a reconnect or a restart, receives it:
//! one use ended too many is better than none on an unsafe machine.

use super::listeners::Listeners;
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{Query, Request};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What clients reported about the machines they listen for.
#[derive(Default)]
pub(super) struct Holders(Mutex<HashMap<String, ClientCards>>);

/// What a client reported on its newest connection.
#[derive(Default)]
struct ClientCards {
    /// Number of that connection.
    generation: u64,
    /// The card that is in, if any.
    cards: HashMap<MachineNumber, Option<CardUid>>,
}

impl Holders {
    /// Notes a new connection: what the client reported before may no longer hold.
    pub(super) fn connects(&self, client: &str, generation: u64) {
        let mut clients = self.lock();
        let message = clients.entry(client.to_owned()).or_default();
        if message.generation <= generation {
            *message = ClientCards { generation, cards: HashMap::new() };
        }
    }

    /// Notes `payload`, published by the client for the machine with this number on this connection.
    pub(super) fn hears(&self, (client, generation): (&str, u64), number: MachineNumber, payload: &[u8]) {
        let Ok(query) = Query::parse(payload) else { return };
        let mut clients = self.lock();
        // Late messages of a connection that was taken over say nothing about now.
        let Some(message) = clients.get_mut(client).filter(|message| message.generation == generation) else {
            return;
        };
        match query {
            // A replayed message does not say who is in now.
            Query::StartUse { replay: true, .. } | Query::StopUse { replay: true, .. } => {
                message.cards.remove(&number);
            }
            Query::StartUse { uid, .. } | Query::InUse { uid, .. } => {
                message.cards.insert(number, Some(uid));
            }
            Query::StopUse { .. } => {
                message.cards.insert(number, None);
            }
            _ => {}
        }
    }

    /// Notes the end of a connection; one that was taken over changes nothing.
    pub(super) fn leaves(&self, client: &str, generation: u64) {
        let mut clients = self.lock();
        if clients.get(client).is_some_and(|message| message.generation == generation) {
            clients.remove(client);
        }
    }

    /// The only clients to which a request for this machine goes; `None` for all that listen.
    pub(super) fn meant(
        &self,
        listeners: &Listeners,
        number: MachineNumber,
        payload: &[u8],
    ) -> Option<HashSet<String>> {
        let Ok(Request::Stop { uid }) = Request::parse(payload) else { return None };
        let mut listening = listeners.of(number);
        if listening.len() < 2 {
            return None;
        }
        let clients = self.lock();
        listening.retain(|client| {
            let card = clients.get(client).and_then(|message| message.cards.get(&number));
            card.is_none_or(|card| card.as_ref() == Some(&uid))
        });
        Some(listening)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ClientCards>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SAW: MachineNumber = MachineNumber(7);

    fn card(last: char) -> CardUid {
        CardUid::from_board(&format!("0405060{last}")).unwrap()
    }

    /// Two boards of one number that have sent nothing.
    fn two() -> (Holders, Listeners) {
        let (holders, listeners) = (Holders::default(), Listeners::default());
        for (generation, client) in [(1, "one"), (2, "other")] {
            listeners.connects(client);
            listeners.listens(client, SAW);
            holders.connects(client, generation);
        }
        (holders, listeners)
    }

    fn stops(holders: &Holders, listeners: &Listeners, uid: CardUid) -> Vec<String> {
        let stop = Request::Stop { uid }.encode();
        let mut meant: Vec<_> = holders.meant(listeners, SAW, stop.as_bytes()).unwrap().into_iter().collect();
        meant.sort();
        meant
    }

    fn says(holders: &Holders, of: (&str, u64), query: &Query) {
        holders.hears(of, SAW, query.encode().as_bytes());
    }

    #[test]
    fn stop_skips_boards_known_to_have_another_card_or_none() {
        let (holders, listeners) = two();
        assert_eq!(stops(&holders, &listeners, card('1')), ["one", "other"], "nothing is known");
        says(&holders, ("other", 2), &Query::StartUse { uid: card('2'), replay: false });
        assert_eq!(stops(&holders, &listeners, card('1')), ["one"]);
        says(&holders, ("one", 1), &Query::InUse { uid: card('1'), duration: Duration::ZERO });
        assert_eq!(stops(&holders, &listeners, card('2')), ["other"]);
        says(&holders, ("other", 2), &Query::StopUse { uid: card('2'), duration: Duration::ZERO, replay: false });
        assert_eq!(stops(&holders, &listeners, card('2')), [""; 0], "nobody is in with it");
        says(&holders, ("other", 2), &Query::StartUse { uid: card('3'), replay: true });
        assert_eq!(stops(&holders, &listeners, card('2')), ["other"], "what was kept says nothing of now");
    }

    #[test]
    fn reconnected_board_starts_unknown_and_survives_late_disconnect() {
        let (holders, listeners) = two();
        for (client, generation, last) in [("one", 1, '1'), ("other", 2, '2')] {
            says(&holders, (client, generation), &Query::StartUse { uid: card(last), replay: false });
        }
        listeners.connects("other");
        holders.connects("other", 3);
        assert_eq!(stops(&holders, &listeners, card('1')), ["one", "other"], "it may be anybody by now");
        says(&holders, ("other", 3), &Query::StartUse { uid: card('3'), replay: false });
        says(&holders, ("other", 2), &Query::StartUse { uid: card('1'), replay: false });
        // The old connection ends after the new one has joined.
        listeners.leaves("other");
        holders.leaves("other", 2);
        assert_eq!(stops(&holders, &listeners, card('1')), ["one"]);
        assert_eq!(stops(&holders, &listeners, card('3')), ["other"]);
    }

    #[test]
    fn request_with_single_listener_is_broadcast() {
        let (holders, listeners) = two();
        listeners.leaves("other");
        let stop = Request::Stop { uid: card('1') }.encode();
        assert_eq!(holders.meant(&listeners, SAW, stop.as_bytes()), None);
    }
}
