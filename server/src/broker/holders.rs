//! At which client somebody is in, by which card: so a stop reaches the board that it is for, where several share a number.
//!
//! Invariant: where several listen for one machine, a stop goes to those alone that said that this card is in; all of them would obey it.

use super::listeners::Listeners;
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{Query, Request};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The cards that are in, by client and machine.
#[derive(Default)]
pub(super) struct Holders(Mutex<HashMap<String, HashMap<MachineNumber, CardUid>>>);

impl Holders {
    /// The client said `payload` of the machine with this number.
    pub(super) fn hears(&self, client: &str, number: MachineNumber, payload: &[u8]) {
        match Query::parse(payload) {
            Ok(Query::StartUse { uid, .. } | Query::InUse { uid, .. }) => {
                self.lock().entry(client.to_owned()).or_default().insert(number, uid);
            }
            Ok(Query::StopUse { .. }) => {
                if let Some(machines) = self.lock().get_mut(client) {
                    machines.remove(&number);
                }
            }
            _ => {}
        }
    }

    /// The client is gone, and it is not known any more whether anybody is in.
    pub(super) fn leaves(&self, client: &str) {
        self.lock().remove(client);
    }

    /// To which clients alone a request for this machine goes; `None`: to all that listen.
    pub(super) fn meant(
        &self,
        listeners: &Listeners,
        number: MachineNumber,
        payload: &[u8],
    ) -> Option<HashSet<String>> {
        let Ok(Request::Stop { uid }) = Request::parse(payload) else { return None };
        if listeners.count(number) < 2 {
            return None;
        }
        let clients = self.lock();
        let has_it = |machines: &HashMap<MachineNumber, CardUid>| machines.get(&number) == Some(&uid);
        Some(clients.iter().filter(|(_, machines)| has_it(machines)).map(|(client, _)| client.clone()).collect())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, HashMap<MachineNumber, CardUid>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
