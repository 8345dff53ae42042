//! Announcements: the page where managers write them, and the texts around them.

use domain::announcements::State;

text! {
    announcements_title() { en: "Announcements", it: "Annunci" }
    announcements_next() { en: "News for everyone, or for one type", it: "Notizie per tutti o per un tipo" }
    announcements_sub() { en: "Shown on Now and on wall displays; everyone they are for gets a notice.",
                          it: "Compaiono su Adesso e sugli schermi a parete; chi ne è destinatario riceve un avviso." }
    announcements_none() { en: "No announcements yet", it: "Ancora nessun annuncio" }
    announcements_none_next() { en: "Write the first one below: an open day, a closure, a new machine.",
                                it: "Scrivi il primo qui sotto: una giornata a porte aperte, una chiusura, una macchina nuova." }
    announcements_new() { en: "New announcement", it: "Nuovo annuncio" }
    announcements_edit(title: &str) { en: "Edit “{title}”", it: "Modifica «{title}»" }
    announcement_title() { en: "Title", it: "Titolo" }
    announcement_text() { en: "Text", it: "Testo" }
    announcement_text_hint() { en: "Markdown: **bold**, *italic*, - lists, [links](https://example.org).",
                               it: "Markdown: **grassetto**, *corsivo*, - elenchi, [link](https://example.org)." }
    announcement_to() { en: "To", it: "A" }
    announcement_everybody() { en: "Everyone", it: "Tutti" }
    announcement_qualified(name: &str) { en: "Qualified on {name}", it: "Chi ha l’abilitazione per {name}" }
    announcement_from() { en: "Show from", it: "Mostra dal" }
    announcement_from_hint() { en: "Leave blank to publish now.", it: "Lascia vuoto per pubblicare subito." }
    announcement_until() { en: "Show until", it: "Mostra fino al" }
    announcement_until_hint() { en: "Leave blank to show until you withdraw it.", it: "Lascia vuoto per mostrarlo finché non lo ritiri." }
    announcement_begins(when: &str) { en: "from {when}", it: (Da when => "{when}") }
    announcement_by(name: &str) { en: "by {name}", it: "di {name}" }
    announcement_publish() { en: "Publish", it: "Pubblica" }
    announcement_save() { en: "Save changes", it: "Salva le modifiche" }
    announcement_preview() { en: "Preview", it: "Anteprima" }
    announcement_readers(n: u32) { en: [one: "goes to {n} person", other: "goes to {n} people"],
                                   it: [one: "arriva a {n} persona", other: "arriva a {n} persone"] }
    announcement_shown_until(when: &str) { en: "shown {when}", it: "visibile {when}" }
    announcement_preview_none() { en: "Nothing to show yet. Write a text first.", it: "Ancora niente da mostrare. Scrivi prima un testo." }
    announcement_withdraw() { en: "Withdraw", it: "Ritira" }
    announcement_restore() { en: "Restore", it: "Ripristina" }
    announcement_gone(title: &str) { en: "“{title}” withdrawn", it: "«{title}» ritirato" }
    announcement_back(title: &str) { en: "“{title}” restored", it: "«{title}» ripristinato" }
    announcement_unknown() { en: "Announcement not found.", it: "Annuncio non trovato." }
    announcement_is_withdrawn() { en: "This announcement is withdrawn. Restore it before you edit it.",
                                  it: "Questo annuncio è ritirato. Ripristinalo prima di modificarlo." }
    announcement_no_title() { en: "Enter a title.", it: "Scrivi un titolo." }
    announcement_long_title() { en: "Enter a title of at most 200 characters.", it: "Scrivi un titolo di 200 caratteri al massimo." }
    announcement_no_text() { en: "Enter a text.", it: "Scrivi un testo." }
    announcement_long_text(most: &str) { en: "Enter at most {most} characters.", it: "Scrivi al massimo {most} caratteri." }
    announcement_no_audience() { en: "Choose everyone or a type.", it: "Scegli tutti o un tipo." }
    date_and_time_form() { en: "Choose a date and a time.", it: "Scegli una data e un’ora." }
    announcement_empty() { en: "Choose an end after the start.", it: "Scegli una fine successiva all’inizio." }
    announcement_over() { en: "Choose an end in the future.", it: "Scegli una fine nel futuro." }
}

names! {
    /// State of an announcement.
    announcement_state(state: State) {
        Showing { en: "Showing", it: "In corso" }
        Planned { en: "Planned", it: "Programmato" }
        Over { en: "Over", it: "Terminato" }
        Withdrawn { en: "Withdrawn", it: "Ritirato" }
    }
}
