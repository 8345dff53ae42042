//! At which client somebody is in, by which card: so a stop reaches the board that it is for, where several share a number.
//!
//! Invariant: where several listen for one machine, a stop spares those alone that said last that another card is in, or none: all
//! who hear it obey it. Of whom nothing is known – it has just come back, or this process has – hears it: rather one use too many
//! ends than none of a machine that is unsafe.

use super::listeners::Listeners;
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{Query, Request};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What clients said of the machines that they listen for.
#[derive(Default)]
pub(super) struct Holders(Mutex<HashMap<String, ClientCards>>);

/// What a client said on its newest connection.
#[derive(Default)]
struct ClientCards {
    /// Which connection that is.
    generation: u64,
    /// The card that is in, or that none is.
    cards: HashMap<MachineNumber, Option<CardUid>>,
}

impl Holders {
    /// The client has connected: what it said before is not known to hold.
    pub(super) fn connects(&self, client: &str, generation: u64) {
        let mut clients = self.lock();
        let said = clients.entry(client.to_owned()).or_default();
        if said.generation <= generation {
            *said = ClientCards { generation, cards: HashMap::new() };
        }
    }

    /// The client said `payload` of the machine with this number, on this connection.
    pub(super) fn hears(&self, (client, generation): (&str, u64), number: MachineNumber, payload: &[u8]) {
        let Ok(query) = Query::parse(payload) else { return };
        let mut clients = self.lock();
        // Of a connection that was taken over, what comes late is of before.
        let Some(said) = clients.get_mut(client).filter(|said| said.generation == generation) else { return };
        match query {
            // It was kept for a while: who is in now is not known by it.
            Query::StartUse { replay: true, .. } | Query::StopUse { replay: true, .. } => {
                said.cards.remove(&number);
            }
            Query::StartUse { uid, .. } | Query::InUse { uid, .. } => {
                said.cards.insert(number, Some(uid));
            }
            Query::StopUse { .. } => {
                said.cards.insert(number, None);
            }
            _ => {}
        }
    }

    /// The connection has ended. One that was taken over takes nothing along.
    pub(super) fn leaves(&self, client: &str, generation: u64) {
        let mut clients = self.lock();
        if clients.get(client).is_some_and(|said| said.generation == generation) {
            clients.remove(client);
        }
    }

    /// To which clients alone a request for this machine goes; `None`: to all that listen.
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
            let card = clients.get(client).and_then(|said| said.cards.get(&number));
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

    /// Two boards of one number, which have said nothing.
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
        // The connection that was thrown out leaves behind the one that came.
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
