//! Doors, who is inside, and the list for an evacuation.

use crate::Lang;
use domain::doors::{Answer, DoorState, Leaves};

text! {
    system_job_visits() { en: "End visits after closing time", it: "Concludere le presenze dopo la chiusura" }
    door_unknown() { en: "This machine is not a door any more.", it: "Questa macchina non è più una porta." }
    door_in_use() { en: "The machine is in use. Mark it as a door once it is free.", it: "La macchina è in uso. Segnala come porta quando è libera." }
    door_too_many(most: &str) {
        en: "There are {most} doors already. Remove one first.",
        it: "Ci sono già {most} porte. Rimuovine prima una.",
    }
    presence_unknown() { en: "This person has already left.", it: "Questa persona è già uscita." }
    presence_not_inside() {
        en: "You aren’t inside. Tap your card at a door first.",
        it: "Non risulti dentro. Passa prima la tessera a una porta.",
    }
    presence_names_hidden() {
        en: "This list is for managers, and for people who are inside. Tap your card at a door first.",
        it: "Questa lista è per i responsabili e per chi è dentro. Passa prima la tessera a una porta.",
    }

    doors_title() { en: "Doors", it: "Porte" }
    doors_inside(n: u32) { en: [one: "person inside", other: "people inside"], it: [one: "persona dentro", other: "persone dentro"] }
    doors_guests(n: u32) { en: [one: "{n} guest", other: "{n} guests"], it: [one: "{n} ospite", other: "{n} ospiti"] }
    doors_with_guests(n: u32) { en: [one: "with {n} guest", other: "with {n} guests"], it: [one: "con {n} ospite", other: "con {n} ospiti"] }
    doors_last_change(at: &str) { en: "last change {at}", it: "ultimo cambio {at}" }
    doors_names_hidden() {
        en: "Names are visible to managers and, as far as your workshop shows them, to people who are inside.",
        it: "I nomi li vedono i responsabili e, se il laboratorio li mostra, le persone che sono dentro.",
    }
    doors_number_hidden() { en: "Only members see how many people are inside", it: "Quante persone sono dentro lo vedono solo i membri" }
    doors_inside_title() { en: "Inside", it: "Dentro" }
    doors_by_last_swipe() { en: "by last swipe", it: "per ultimo passaggio" }
    doors_nobody() { en: "Nobody is inside", it: "Non c’è nessuno dentro" }
    doors_nobody_next() {
        en: "People appear here when they tap a card at a door or start a machine.",
        it: "Le persone compaiono qui quando passano la tessera a una porta o avviano una macchina.",
    }
    doors_gone() { en: "Mark as gone", it: "Segna l’uscita" }
    doors_own_guests() { en: "Guests with you", it: "Ospiti con te" }
    doors_own_guests_hint() { en: "0 to 9. They are on the list for an evacuation, too.", it: "Da 0 a 9. Sono anche loro sulla lista per un’evacuazione." }
    doors_own_guests_save() { en: "Save", it: "Salva" }
    doors_former() { en: "Former member", it: "Ex membro" }

    doors_openings() { en: "Openings", it: "Aperture" }
    doors_openings_today() { en: "Openings today", it: "Aperture di oggi" }
    doors_opened_today(n: &str) { en: "{n} today", it: "{n} oggi" }
    doors_refused_today(n: u32) { en: [one: "{n} refused", other: "{n} refused"], it: [one: "{n} negata", other: "{n} negate"] }
    doors_none_today() { en: "No card was tapped at a door today.", it: "Oggi nessuna tessera è stata passata a una porta." }
    doors_at() { en: "At", it: "Ora" }
    doors_who() { en: "Who", it: "Chi" }
    doors_door() { en: "Door", it: "Porta" }
    doors_answer() { en: "Answer", it: "Esito" }
    doors_card_ends(card: &str) { en: "Card ends {card}", it: "Tessera che finisce per {card}" }
    doors_remotely_by(name: &str) { en: "by {name}, remotely", it: "da {name}, a distanza" }
    doors_remotely() { en: "remotely", it: "a distanza" }

    doors_by_card() { en: "Locked, by card", it: "Chiusa, si apre con la tessera" }
    doors_locked() { en: "Blocked for everyone", it: "Bloccata per tutti" }
    doors_closed() { en: "Closed", it: "Chiusa" }
    doors_offline() { en: "Offline. Cards it already knows still work.", it: "Non in linea. Le tessere che conosce già funzionano ancora." }
    doors_into(room: &str) { en: "into {room}", it: "verso {room}" }
    doors_opened_at(at: &str) { en: "last opened {at}", it: "ultima apertura {at}" }
    doors_open() { en: "Open", it: "Apri" }
    doors_opening() { en: "Opening …", it: "Si apre …" }
    doors_failsafe() { en: "Every door must open from inside, always.", it: "Ogni porta deve aprirsi sempre dall’interno." }
    doors_failsafe_next() {
        en: "By its handle, without power or network. A reader only lets people in.",
        it: "Con la maniglia, senza corrente né rete. Un lettore serve solo per entrare.",
    }
    doors_none() { en: "No doors yet", it: "Ancora nessuna porta" }
    doors_none_next() {
        en: "Connect a board to a reader at the door, then choose its machine below.",
        it: "Collega una scheda a un lettore alla porta, poi scegli la sua macchina qui sotto.",
    }
    doors_none_member() { en: "The managers have not added any doors.", it: "I responsabili non hanno aggiunto porte." }
    doors_hidden() { en: "Only members see the doors", it: "Le porte le vedono solo i membri" }
    doors_hidden_next() { en: "Visitors see how many people are inside.", it: "I visitatori vedono quante persone sono dentro." }
    doors_add() { en: "Add a door", it: "Aggiungi una porta" }
    doors_add_now() { en: "Add door", it: "Aggiungi porta" }
    doors_machine() { en: "Machine whose board is the reader", it: "Macchina la cui scheda è il lettore" }
    doors_no_machines() {
        en: "Add a machine for the reader first, with the number of its board.",
        it: "Aggiungi prima una macchina per il lettore, con il numero della sua scheda.",
    }
    doors_room() { en: "Leads into", it: "Porta verso" }
    doors_building() { en: "the building", it: "l’edificio" }
    doors_leaves() { en: "Direction", it: "Direzione" }
    doors_edit() { en: "Change", it: "Modifica" }
    doors_save() { en: "Save changes", it: "Salva le modifiche" }
    doors_remove() { en: "Remove door", it: "Rimuovi porta" }
    doors_remove_next() { en: "The machine stays. Taps start it again like any other.", it: "La macchina resta. Le tessere la avviano di nuovo come le altre." }
    doors_cancel() { en: "Cancel", it: "Annulla" }
    doors_saved() { en: "Saved.", it: "Salvato." }

    doors_buddy() { en: "Buddy rule", it: "Mai da soli" }
    doors_buddy_needs(machines: &str, n: u32) {
        en: "{machines}: at least {n} people in the building.",
        it: "{machines}: almeno {n} persone nell’edificio.",
    }
    doors_buddy_met() { en: "Met now.", it: "Ora rispettata." }
    doors_buddy_unmet() { en: "Not met now.", it: "Ora non rispettata." }
    doors_alone(span: &str, name: &str, machine: &str) {
        en: "{span}: only {name} is booked. {machine} will refuse to start.",
        it: "{span}: ha prenotato solo {name}. {machine} non si avvierà.",
    }
    doors_alone_unnamed(span: &str, machine: &str) {
        en: "{span}: only one person is booked. {machine} will refuse to start.",
        it: "{span}: ha prenotato una persona sola. {machine} non si avvierà.",
    }

    doors_evacuate() { en: "Evacuate", it: "Evacua" }
    doors_evacuate_long() { en: "Evacuate: take the list outside", it: "Evacuazione: porta fuori la lista" }
    doors_print() { en: "Print the list", it: "Stampa la lista" }

    evacuation_title() { en: "Evacuation", it: "Evacuazione" }
    evacuation_missing() { en: "still missing", it: "non ancora fuori" }
    evacuation_outside(n: &str, all: &str) { en: "Outside: {n} of {all}", it: "Fuori: {n} su {all}" }
    evacuation_list_of(at: &str) { en: "List of {at}.", it: "Lista delle {at}." }
    evacuation_stored() { en: "Works without network.", it: "Funziona senza rete." }
    evacuation_unstored() {
        en: "Keep this page open: this device can’t open it again without network.",
        it: "Tieni aperta questa pagina: senza rete questo dispositivo non può riaprirla.",
    }
    evacuation_at(time: &str) { en: "outside {time}", it: "fuori {time}" }
    evacuation_guest_of(name: &str) { en: "Guest of {name}", it: "Ospite di {name}" }
    evacuation_no_name() { en: "no name given", it: "senza nome" }
    evacuation_by_hand() { en: "added on this device", it: "aggiunta su questo dispositivo" }
    evacuation_left(n: u32) {
        en: [one: "{n} person left in the last 4 hours and may be back inside.", other: "{n} people left in the last 4 hours and may be back inside."],
        it: [one: "{n} persona è uscita nelle ultime 4 ore e può essere rientrata.", other: "{n} persone sono uscite nelle ultime 4 ore e possono essere rientrate."],
    }
    evacuation_longer() { en: "Show the longer list", it: "Mostra la lista più lunga" }
    evacuation_left_at(at: &str) { en: "left {at}", it: "uscita {at}" }
    evacuation_add() { en: "Add a person", it: "Aggiungi una persona" }
    evacuation_name() { en: "Name", it: "Nome" }
    evacuation_add_now() { en: "Add", it: "Aggiungi" }
    evacuation_clear() { en: "Start again", it: "Ricomincia" }
    evacuation_again() { en: "Load again", it: "Ricarica" }
    evacuation_nobody() { en: "Nobody is inside, as far as tapped cards show.", it: "Secondo le tessere passate non c’è nessuno dentro." }
}

names! {
    /// The effect of a swipe at a door on who is inside.
    door_leaves(value: Leaves) {
        Both { en: "In and out", it: "Entrata e uscita" }
        In { en: "In only", it: "Solo entrata" }
        Out { en: "Out only", it: "Solo uscita" }
    }

    /// The outcome of a swipe at a door, in the table of openings.
    door_answer(value: Answer) {
        Opened { en: "opened", it: "aperta" }
        Remote { en: "opened", it: "aperta" }
        Offline { en: "opened, offline", it: "aperta, non in linea" }
        Refused { en: "refused", it: "negata" }
    }
}

impl Lang {
    /// The state of a door, as the second line of its row.
    #[must_use]
    pub const fn door_state(self, state: DoorState) -> &'static str {
        match state {
            DoorState::ByCard => self.doors_by_card(),
            DoorState::Locked => self.doors_locked(),
            DoorState::Closed => self.doors_closed(),
            DoorState::Offline => self.doors_offline(),
        }
    }

    /// Why a door refused, in a few words for a table; the trace of the decision says more.
    #[must_use]
    pub fn door_refusal(self, code: &str) -> &'static str {
        let [en, it] = match code {
            "person.unknown" => ["unknown card", "tessera sconosciuta"],
            "person.not-active" => ["not active", "non attiva"],
            "person.hold" => ["on hold", "accesso bloccato"],
            "person.not-a-member" => ["no membership", "nessuna iscrizione"],
            "card.out-of-use" => ["card deactivated", "tessera disattivata"],
            "machine.blocked" => ["door blocked", "porta bloccata"],
            "machine.maintenance-due" => ["maintenance due", "manutenzione da fare"],
            "qualification.banned" => ["banned", "esclusione"],
            "qualification.missing" | "qualification.trainer-needed" => ["not qualified", "senza abilitazione"],
            "training.missing" | "training.lapsed" => ["training missing", "formazione mancante"],
            "booking.others" => ["booked by others", "prenotata da altri"],
            "booking.needed" => ["booking needed", "serve una prenotazione"],
            "hours.closed" => ["closed", "chiuso"],
            "people.too-few" => ["too few people", "troppo poche persone"],
            "group.not-permitted" => ["for certain groups", "per alcuni gruppi"],
            _ => [Self::En.door_answer(Answer::Refused), Self::It.door_answer(Answer::Refused)],
        };
        match self {
            Self::En => en,
            Self::It => it,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_short_and_unknown_codes_have_a_word() {
        assert_eq!(Lang::En.door_refusal("person.unknown"), "unknown card");
        assert_eq!(Lang::It.door_refusal("person.hold"), "accesso bloccato");
        assert_eq!(Lang::En.door_refusal("person.too-many-machines"), "refused");
    }

    #[test]
    fn count_of_people_inside_is_singular_for_one() {
        assert_eq!(Lang::En.doors_inside(1), "person inside");
        assert_eq!(Lang::It.doors_inside(7), "persone dentro");
    }
}
