//! Rooms: their page.

text! {
    rooms_title() { en: "Rooms", it: "Sale" }
    rooms_sub() { en: "Bookable spaces. Booking a room books the machines in it, too.", it: "Spazi da prenotare. Chi prenota una sala prenota anche le macchine al suo interno." }
    nav_rooms_next() { en: "Bookable spaces and the machines in them", it: "Spazi da prenotare e le macchine al loro interno" }
    rooms_none() { en: "No rooms yet", it: "Ancora nessuna sala" }
    rooms_none_next() { en: "Add a room below, and members can book it.", it: "Aggiungi una sala qui sotto e i membri potranno prenotarla." }
    rooms_people(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    rooms_edit(name: &str) { en: "Edit {name}", it: "Modifica {name}" }
    rooms_add() { en: "Add room", it: "Aggiungi sala" }
    rooms_new() { en: "Add a room", it: "Aggiungi una sala" }
    rooms_capacity() { en: "Capacity", it: "Capienza" }
    rooms_capacity_hint() { en: "How many people fit in.", it: "Quante persone ci stanno." }
    rooms_floor() { en: "Floor", it: "Piano" }
    rooms_floor_hint() { en: "Like “First floor”. Optional.", it: "Per esempio «Primo piano». Facoltativo." }
    rooms_place() { en: "Location", it: "Luogo" }
    rooms_machines() { en: "Machines in it", it: "Macchine al suo interno" }
    rooms_archive_next() { en: "It can’t be booked any more. Cancel future bookings first.", it: "Non si potrà più prenotare. Le prenotazioni future vanno prima annullate." }
    rooms_saved() { en: "Room saved.", it: "Sala salvata." }
}
