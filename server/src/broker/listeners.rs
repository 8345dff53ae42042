//! Which clients listen to the answers for which machines: how a board's connection begins and ends.

use domain::boards::MachineNumber;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The clients that are connected.
#[derive(Default)]
pub(super) struct Listeners(Mutex<HashMap<String, Client>>);

#[derive(Default)]
struct Client {
    /// How often: of two with one client id, the one that is thrown out leaves after the other has come.
    connections: u32,
    numbers: HashSet<MachineNumber>,
}

impl Listeners {
    pub(super) fn connects(&self, client: &str) {
        self.lock().entry(client.to_owned()).or_default().connections += 1;
    }

    /// Answers whether the client is one more who listens to this machine's answers, and not one who does so again.
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

    /// Answers with the machines that the client no longer listens to.
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
