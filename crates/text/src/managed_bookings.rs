//! Actions of owners and managers on bookings of others, and questions before a booking is cancelled.

text! {
    booking_for_form() { en: "No member has this name, or more than one does. Enter the full name or the e-mail address.", it: "Nessun membro, o più di uno, si chiama così. Scrivi il nome completo o l’indirizzo e-mail." }
    book_for_other() { en: "Book for somebody else", it: "Prenota per un’altra persona" }
    book_for() { en: "For", it: "Per" }
    book_for_hint() { en: "Leave empty to book for yourself.", it: "Lascia vuoto per prenotare per te." }
    book_for_show() { en: "Show slots", it: "Mostra orari" }
    book_for_said(name: &str) { en: "For {name}; they’ll be notified.", it: "Per {name}, che riceve un avviso." }
    book_for_clear() { en: "Book for myself", it: "Prenota per me" }
    book_for_link() { en: "Book for them", it: "Prenota per questa persona" }
    book_for_week() { en: "Choose a machine or room and a day. You’re booking for the person whose page you came from.", it: "Scegli macchina o sala e giorno. Stai prenotando per la persona della pagina precedente." }
    book_cancel() { en: "Cancel booking", it: "Annulla prenotazione" }
    book_cancel_note() { en: "Note to the holder (optional)", it: "Nota per chi ha prenotato (facoltativa)" }
    book_cancel_note_hint() { en: "Sent with the notice that it’s cancelled.", it: "Inviata con l’avviso dell’annullamento." }
    book_cancel_hand_over() { en: "Hand over instead", it: "Cedila a qualcuno" }
    book_moving_theirs(when: &str, name: &str) { en: "Now: {when}, {name}. They’re notified when you move it.", it: "Ora: {when}, {name}. Quando la sposti riceve un avviso." }
    request_approved(name: &str) { en: "Approved: {name}", it: "Approvata: {name}" }
    request_rejected(name: &str) { en: "Declined: {name}", it: "Rifiutata: {name}" }
}
