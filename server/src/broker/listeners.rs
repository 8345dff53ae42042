//! Which clients listen for the answers to which machines, to know when a board's connection begins and ends.

use domain::boards::MachineNumber;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
pub(super) struct Listeners(Mutex<HashMap<String, Client>>);

#[derive(Default)]
struct Client {
    /// A count, because with one client id twice the old connection leaves after the new one has joined.
    connections: u32,
    numbers: HashSet<MachineNumber>,
}

impl Listeners {
    pub(super) fn connects(&self, client: &str) {
        self.lock().entry(client.to_owned()).or_default().connections += 1;
    }

    /// Returns whether the client is new among the listeners for this machine.
    pub(super) fn listens(&self, client: &str, number: MachineNumber) -> bool {
        self.lock().entry(client.to_owned()).or_default().numbers.insert(number)
    }

    pub(super) fn is_listening(&self, client: &str, number: MachineNumber) -> bool {
        self.lock().get(client).is_some_and(|client| client.numbers.contains(&number))
    }

    /// The clients that listen to this machine's answers.
    pub(super) fn of(&self, number: MachineNumber) -> HashSet<String> {
        let clients = self.lock();
        let listening = clients.iter().filter(|(_, client)| client.numbers.contains(&number));
        listening.map(|(key, _)| key.clone()).collect()
    }

    /// Returns the machines for which the client no longer listens.
    pub(super) fn leaves(&self, client: &str) -> Vec<MachineNumber> {
        let mut clients = self.lock();
        let Some(left) = clients.get_mut(client) else { return Vec::new() };
        left.connections = left.connections.saturating_sub(1);
        if left.connections > 0 {
            return Vec::new();
        }
        clients.remove(client).map(|gone| gone.numbers.into_iter().collect()).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Client>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
