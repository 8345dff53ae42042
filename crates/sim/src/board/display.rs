//! The display and light of a board.

use super::{Board, Connection, Doing};
use crate::face::{BoardState, Led};
use fabomatic::{Query, lcd::Screen};

impl Board {
    #[must_use]
    pub fn state(&self) -> BoardState {
        BoardState {
            led: self.led(),
            power: self.in_use.is_some() || self.power_until.is_some(),
            screen: self.screen(),
            has_power: self.connection != Connection::Off,
            online: self.connection == Connection::Up && !self.catching_up,
            user: self.in_use.as_ref().map(|running| running.user.uid.clone()),
            kept: self.flash.stored_count(),
        }
    }

    fn led(&self) -> Led {
        match &self.doing {
            _ if self.connection == Connection::Off => Led::Off,
            Doing::Asking { query: Query::CheckUser { .. }, .. } | Doing::Confirming { .. } => Led::Yellow,
            _ if self.in_use.is_some() => Led::Green,
            _ if self.refusal.is_some() || !self.machine.allowed => Led::Red,
            _ if self.machine.maintenance => Led::Yellow,
            _ => Led::Blue,
        }
    }

    fn screen(&self) -> Screen {
        let machine = self.machine.name.as_str();
        if self.connection == Connection::Off {
            return Screen::default();
        }
        if matches!(self.doing, Doing::Confirming { .. }) {
            return Screen::of("Maintenance done", "Hold the card");
        }
        if let Some(running) = &self.in_use {
            return Screen::of(machine, if running.user.name.is_empty() { "In use" } else { &running.user.name });
        }
        let reason = |name| match self.machine.description.as_str() {
            "" => name,
            description => description,
        };
        match &self.refusal {
            Some((why, _)) => Screen::of(machine, why.as_str()),
            None if !self.machine.allowed => Screen::of(machine, reason("Blocked")),
            None if self.machine.maintenance => Screen::of(machine, reason("Maintenance")),
            None if self.power_until.is_some() => Screen::of(machine, "Power off soon"),
            None if self.connection == Connection::Up => Screen::of(machine, "Ready"),
            None => Screen::of(machine, "Offline"),
        }
    }
}
