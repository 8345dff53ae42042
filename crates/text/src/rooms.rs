//! Rooms: their pages.

text! {
    rooms_title() { en: "Rooms", it: "Sale" }
    rooms_sub() { en: "Bookable spaces. Booking a room books the machines in it, too.", it: "Spazi da prenotare. Chi prenota una sala prenota anche le macchine al suo interno." }
    nav_rooms_next() { en: "Bookable spaces and the machines in them", it: "Spazi da prenotare e le macchine al loro interno" }
    rooms_none() { en: "No rooms yet", it: "Ancora nessuna sala" }
    rooms_none_next() { en: "Add a room below, and members can book it.", it: "Aggiungi una sala qui sotto e i membri potranno prenotarla." }
    rooms_permitted_people() { en: "People who may book it", it: "Persone che possono prenotarla" }
    rooms_permitted() { en: "Rooms for certain people", it: "Sale per certe persone" }
    rooms_person() { en: "One more person, by e-mail", it: "Un’altra persona, per e-mail" }
    rooms_person_hint() { en: "Without groups and people everybody may book it.", it: "Senza gruppi e persone può prenotarla chiunque." }
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
    rooms_equipment() { en: "Equipment", it: "Dotazione" }
    rooms_equipment_more() { en: "Other equipment", it: "Altra dotazione" }
    rooms_equipment_hint() { en: "Like “Beamer, whiteboard”, with commas between. People search by it.", it: "Per esempio «Proiettore, lavagna», separati da virgole. Serve a cercare le sale." }
    rooms_open() { en: "Open the room’s page", it: "Apri la pagina della sala" }
    rooms_note() { en: "Note", it: "Nota" }
    rooms_note_hint() { en: "What people should know. Markdown works.", it: "Quello che è utile sapere. Si può usare Markdown." }
    rooms_closed() { en: "Closed to new bookings because", it: "Chiusa a nuove prenotazioni perché" }
    rooms_closed_hint() { en: "Leave it empty to keep the room open. Bookings made before stay.", it: "Lascia vuoto per tenerla aperta. Le prenotazioni già fatte restano." }
    rooms_importance() { en: "Importance", it: "Importanza" }
    rooms_importance_ask() { en: "Ask how important each booking is", it: "Chiedi quanto è importante ogni prenotazione" }
    rooms_series() { en: "Series horizon in days", it: "Limite delle serie in giorni" }
    rooms_series_hint() { en: "How many days ahead a new series can reach. Leave it empty for the rule of all rooms.", it: "Fino a quanti giorni da oggi può arrivare una nuova serie. Lascia vuoto per la regola di tutte le sale." }
    rooms_closed_tag() { en: "Closed to new bookings", it: "Chiusa a nuove prenotazioni" }
    rooms_closed_why(why: &str) { en: "Closed to new bookings: {why}", it: "Chiusa a nuove prenotazioni: {why}" }
    booking_not_bookable(why: &str) { en: "This room is closed to new bookings: {why}", it: "Questa sala è chiusa a nuove prenotazioni: {why}" }
    room_equipment_long(n: &str) { en: "Keep each name under {n} characters.", it: "Ogni nome può avere al massimo {n} caratteri." }
    room_equipment_many(n: &str) { en: "Enter {n} things at most.", it: "Inserisci al massimo {n} voci." }
    book_any_size() { en: "Any size", it: "Qualsiasi capienza" }
    book_any_equipment() { en: "Any equipment", it: "Qualsiasi dotazione" }
    book_nearly() { en: "Nearly", it: "Quasi" }
    book_only_people(n: u32) { en: [one: "Only {n} person", other: "Only {n} people"], it: [one: "Solo {n} persona", other: "Solo {n} persone"] }
    book_lacks(name: &str) { en: "No {name}", it: "Senza {name}" }
    by_hour_title() { en: "Rooms by hour", it: "Sale per ora" }
    by_hour_label(day: &str) { en: "Rooms by hour, {day}", it: "Sale per ora, {day}" }
    by_hour_week(name: &str, span: &str) { en: "{name}, {span}", it: "{name}, {span}" }
    by_hour_shown(n: &str, all: &str) { en: "{n} of {all} rooms", it: "{n} sale su {all}" }
    by_hour_floors() { en: "All floors", it: "Tutti i piani" }
    by_hour_or_more(n: &str) { en: "{n} people or more", it: "Almeno {n} persone" }
    by_hour_groups() { en: "All groups", it: "Tutti i gruppi" }
    by_hour_group() { en: "Group", it: "Gruppo" }
    by_hour_free(n: &str) { en: "Free now {n}", it: "Libere ora {n}" }
    by_hour_show() { en: "Show", it: "Mostra" }
    by_hour_none() { en: "No room matches", it: "Nessuna sala corrisponde" }
    by_hour_none_next() { en: "Choose another filter, or show all rooms.", it: "Scegli un altro filtro o mostra tutte le sale." }
    by_hour_all() { en: "Show all rooms", it: "Mostra tutte le sale" }
    by_hour_machines(n: u32) { en: [one: "{n} machine inside", other: "{n} machines inside"], it: [one: "{n} macchina dentro", other: "{n} macchine dentro"] }
    by_hour_partly(n: &str, all: &str) { en: "{n} of {all}", it: "{n} di {all}" }
    by_hour_partly_key() { en: "partly", it: "in parte" }
    by_hour_day_before() { en: "Day before", it: "Giorno prima" }
    by_hour_day_after() { en: "Day after", it: "Giorno dopo" }
    by_hour_closed_day() { en: "Closed", it: "Chiuso" }
    pages_label() { en: "Pages", it: "Pagine" }
    pages_shown(first: &str, last: &str, all: &str) { en: "{first}–{last} of {all}", it: "{first}–{last} di {all}" }
    pages_before() { en: "Previous page", it: "Pagina precedente" }
    pages_after() { en: "Next page", it: "Pagina successiva" }
    floor_plan_title() { en: "Floor plan", it: "Pianta" }
    floor_plan_edit() { en: "Edit plan", it: "Modifica la pianta" }
    floor_plan_see_live() { en: "See live", it: "Vedi dal vivo" }
    floor_plan_none() { en: "No floor plan", it: "Nessuna pianta" }
    floor_plan_none_next() { en: "Add one, upload its picture, and place rooms and machines on it.", it: "Aggiungine una, carica l’immagine e posiziona sale e macchine." }
    floor_plan_none_yet() { en: "A manager can add one.", it: "Può aggiungerla un responsabile del laboratorio." }
    floor_plan_list() { en: "On this floor", it: "Su questo piano" }
    floor_plan_free_all_day() { en: "Free all day", it: "Libera tutto il giorno" }
    floor_plan_new() { en: "Add a floor", it: "Aggiungi un piano" }
    floor_plan_add() { en: "Add floor", it: "Aggiungi piano" }
    floor_plan_name() { en: "Floor", it: "Piano" }
    floor_plan_width() { en: "Width in m", it: "Larghezza in m" }
    floor_plan_height() { en: "Height in m", it: "Altezza in m" }
    floor_plan_x() { en: "From the left in m", it: "Da sinistra in m" }
    floor_plan_y() { en: "From the top in m", it: "Dall’alto in m" }
    floor_plan_place() { en: "Place", it: "Posiziona" }
    floor_plan_take_off() { en: "Take off the plan", it: "Togli dalla pianta" }
    floor_plan_delete() { en: "Delete plan", it: "Elimina la pianta" }
    floor_plan_saved() { en: "Plan saved.", it: "Pianta salvata." }
    floor_plan_move(name: &str) { en: "Move {name} with the arrow keys", it: "Sposta {name} con le frecce" }
    floor_plan_keys() { en: "Choose a room or machine, then drag it or type its place. Arrow keys move it by 10 cm; with Shift they change its size.", it: "Scegli una sala o una macchina, poi trascinala o scrivi dove si trova. Le frecce la spostano di 10 cm; con Maiusc ne cambiano la misura." }
    floor_plan_unplaced() { en: "Not on a plan yet", it: "Non ancora su una pianta" }
    floor_plan_unknown() { en: "Floor plan not found.", it: "Pianta non trovata." }
    floor_plan_name_taken() { en: "Another floor has this name.", it: "Un altro piano ha questo nome." }
    floor_plan_metres() { en: "Enter metres like 4.60.", it: "Inserisci i metri, per esempio 4,60." }
    floor_plan_side() { en: "Enter 1 to 1000 metres.", it: "Inserisci da 1 a 1000 metri." }
    floor_plan_off() { en: "It must lie within the plan and be at least 10 cm long.", it: "Deve stare dentro la pianta ed essere lungo almeno 10 cm." }
    room_title() { en: "Room", it: "Sala" }
    room_all() { en: "Rooms", it: "Sale" }
    room_for_people() { en: "for certain people", it: "per certe persone" }
    room_certain_people() { en: "Certain people", it: "Certe persone" }
    room_for_all() { en: "for everyone", it: "per tutti" }
    room_yours_until(time: &str) { en: "Yours until {time}", it: "Tua fino alle {time}" }
    room_free_next(when: &str) { en: "Free {when}", it: "Libera {when}" }
    room_not_free() { en: "No free time soon", it: "Nessun orario libero a breve" }
    room_may_book(group: &str) { en: "{group} may book it", it: "{group} può prenotarla" }
    room_you_may_book() { en: "You may book it", it: "Puoi prenotarla" }
    room_all_may_book() { en: "Every member may book it", it: "Tutti i membri possono prenotarla" }
    room_at_once(who: &str) { en: "{who}, confirmed at once.", it: "{who}, con conferma immediata." }
    room_approved(who: &str) { en: "{who}; a moderator approves.", it: "{who}; un moderatore approva." }
    room_book(clocks: &str) { en: "Book {clocks}", it: "Prenota {clocks}" }
    room_other_times() { en: "Other times", it: "Altri orari" }
    room_today() { en: "Today", it: "Oggi" }
    room_free_until(time: &str) { en: "Free until {time}", it: "Libera fino alle {time}" }
    room_free_all_day() { en: "Free for the rest of the day", it: "Libera per il resto della giornata" }
    room_taken_until(time: &str) { en: "Taken until {time}", it: "Occupata fino alle {time}" }
    room_nothing_today() { en: "Nothing else today.", it: "Nient’altro per oggi." }
    room_week(name: &str) { en: "Week of {name}", it: "Settimana di {name}" }
    room_who() { en: "Who may book", it: "Chi può prenotare" }
    room_you_can() { en: "You can", it: "Puoi farlo" }
    room_not_member() { en: "Not a member", it: "Non sei membro" }
    room_everybody() { en: "All members", it: "Tutti i membri" }
    room_in_it() { en: "In the room", it: "Nella sala" }
    room_no_equipment() { en: "No equipment listed.", it: "Nessuna dotazione indicata." }
    room_machines_in() { en: "Machines in it", it: "Macchine al suo interno" }
    room_takes_them() { en: "booking the room takes them", it: "chi prenota la sala prende anche queste" }
    room_left() { en: "not for you yet", it: "non ancora per te" }
    room_closure(when: &str) { en: "Closed {when}", it: "Chiusa {when}" }
    room_edit() { en: "Edit room", it: "Modifica la sala" }
    room_archived() { en: "This room is archived", it: "Questa sala è archiviata" }
    room_archived_next() { en: "It can’t be booked until it is restored.", it: "Non si può prenotare finché non viene ripristinata." }
    rooms_saved() { en: "Room saved.", it: "Sala salvata." }
}
