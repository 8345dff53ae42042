//! Why a door is not changed, and why people inside are not shown; the name of the job that ends visits.

text! {
    door_unknown() { en: "There is no such door.", it: "Questa porta non esiste." }
    door_in_use() {
        en: "This machine is in use. Wait until it is free, then mark it as a door.",
        it: "Questa macchina è in uso. Aspetta che sia libera, poi indicala come porta.",
    }
    door_too_many(most: &str) {
        en: "The space has {most} doors, the maximum. Unmark one first.",
        it: "Lo spazio ha {most} porte, il massimo. Togline prima una.",
    }
    presence_unknown() { en: "This person is no longer inside.", it: "Questa persona non è più dentro." }
    presence_not_inside() {
        en: "You are not inside. Tap your card at a door first.",
        it: "Non risulti dentro. Passa prima la tessera a una porta.",
    }
    presence_names_hidden() {
        en: "Names are visible to managers, and to members who are inside.",
        it: "I nomi li vedono i responsabili e i membri che sono dentro.",
    }
    system_job_visits() { en: "End visits after closing time", it: "Concludere le presenze dopo la chiusura" }
}
