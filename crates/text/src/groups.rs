//! Groups of people who book together: their pages, notices and refusals.

use crate::Lang;
use domain::{
    groups::{LineFault, Role},
    notices::GroupNews,
};

text! {
    groups_title() { en: "Groups", it: "Gruppi" }
    groups_sub(groups: &str, members: &str) { en: "{groups}, {members}", it: "{groups}, {members}" }
    groups_count(n: u32) { en: [one: "{n} group", other: "{n} groups"], it: [one: "{n} gruppo", other: "{n} gruppi"] }
    groups_members(n: u32) { en: [one: "{n} member", other: "{n} members"], it: [one: "{n} membro", other: "{n} membri"] }
    groups_admins(n: u32) { en: [one: "{n} admin", other: "{n} admins"], it: [one: "{n} amministratore", other: "{n} amministratori"] }
    nav_groups_next() { en: "Classes, labs and projects that book together", it: "Classi, laboratori e progetti che prenotano insieme" }
    groups_mine() { en: "My groups", it: "I miei gruppi" }
    groups_mine_next() { en: "People you book with, and groups to join", it: "Chi prenota con te e gruppi in cui entrare" }
    groups_others() { en: "Other groups", it: "Altri gruppi" }
    groups_none() { en: "No groups", it: "Nessun gruppo" }
    groups_none_next() { en: "A class, a lab, a project: people of a group book rooms together.", it: "Una classe, un laboratorio, un progetto: le persone di un gruppo prenotano le sale insieme." }
    groups_none_found() { en: "No group like this", it: "Nessun gruppo così" }
    groups_none_found_next() { en: "Show all, or choose another filter.", it: "Mostrali tutti o scegli un altro filtro." }
    groups_all() { en: "All", it: "Tutti" }
    groups_asked() { en: "Asks to join", it: "Richieste" }
    groups_no_admin() { en: "No admin", it: "Senza amministratore" }
    groups_archived() { en: "Archived", it: "Archiviati" }
    groups_find() { en: "Group, department, admin", it: "Gruppo, dipartimento, amministratore" }
    groups_you_asked() { en: "You asked", it: "Hai chiesto" }
    groups_you_invited() { en: "You’re invited", it: "Hai un invito" }
    groups_column_group() { en: "Group", it: "Gruppo" }
    groups_column_admins() { en: "Admins", it: "Amministratori" }
    groups_column_members() { en: "Members", it: "Membri" }
    groups_asks(n: u32) { en: [one: "{n} asks", other: "{n} ask"], it: [one: "{n} richiesta", other: "{n} richieste"] }
    groups_without_admin() { en: "no admin", it: "nessun amministratore" }
    groups_and_more(name: &str, n: &str) { en: "{name}, +{n}", it: "{name}, +{n}" }
    groups_add() { en: "Add group", it: "Aggiungi gruppo" }
    groups_new() { en: "Add a group", it: "Aggiungi un gruppo" }
    groups_department() { en: "Department", it: "Dipartimento" }
    groups_department_hint() { en: "Like “Design department”. Optional.", it: "Per esempio «Dipartimento di design». Facoltativo." }
    groups_first_admin() { en: "E-mail of its admin", it: "E-mail di chi lo amministra" }
    groups_first_admin_hint() { en: "A member of the workshop. Can be invited later.", it: "Un membro del laboratorio. Si può invitare anche dopo." }
    groups_role() { en: "Role", it: "Ruolo" }
    groups_member() { en: "Member", it: "Membro" }
    groups_admin() { en: "Admin", it: "Amministratore" }
    group_saved() { en: "Group saved.", it: "Gruppo salvato." }
    group_edit() { en: "Edit group", it: "Modifica gruppo" }
    group_archive_next() { en: "Its bookings ahead are cancelled, also those of its series; if it is restored, those that can still be booked come back. Nobody can join it any more, and rooms that only this group may book are closed until that changes.", it: "Le sue prenotazioni future sono annullate, anche quelle delle sue serie; se viene ripristinato, tornano quelle ancora prenotabili. Nessuno potrà più entrare, e le sale che solo questo gruppo può prenotare restano chiuse finché non si cambia." }
    group_is_archived() { en: "This group is archived", it: "Questo gruppo è archiviato" }
    group_is_archived_next() { en: "Its admins can restore it. Bookings that are still possible come back.", it: "Chi lo amministra può ripristinarlo. Le prenotazioni ancora possibili tornano." }
    group_members_hidden() { en: "Members see each other here.", it: "Qui i membri si vedono a vicenda." }
    group_asks(ago: &str) { en: "Asks to join · {ago}", it: "Chiede di entrare · {ago}" }
    group_since(date: &str) { en: "Since {date}", it: "Da {date}" }
    group_you_since(date: &str) { en: "You, since {date}", it: "Tu, da {date}" }
    group_on_hold() { en: "On hold, can’t check in", it: "Accesso bloccato, non può fare il check-in" }
    group_invited(date: &str, until: &str) { en: "Invited {date}, expires {until}", it: (Di date => "Invito {date}, scade {until}") }
    group_accept() { en: "Accept", it: "Accetta" }
    group_decline() { en: "Decline", it: "Rifiuta" }
    group_of(deed: &str, name: &str) { en: "{deed}: {name}", it: "{deed}: {name}" }
    group_more(name: &str) { en: "More: {name}", it: "Altro: {name}" }
    group_make_admin() { en: "Make admin", it: "Rendi amministratore" }
    group_make_member() { en: "Make member", it: "Rendi semplice membro" }
    group_remove() { en: "Remove from group", it: "Togli dal gruppo" }
    group_leave() { en: "Leave group", it: "Esci dal gruppo" }
    group_withdraw() { en: "Withdraw invitation", it: "Ritira l’invito" }
    group_invite() { en: "Invite", it: "Invita" }
    group_invite_title() { en: "Invite to the group", it: "Invita nel gruppo" }
    group_invite_next() { en: "Valid for a week. They accept in Toolgate.", it: "Vale una settimana. L’invito si accetta in Toolgate." }
    group_email() { en: "E-mail of a member of the workshop", it: "E-mail di un membro del laboratorio" }
    group_link() { en: "Link to join", it: "Link per entrare" }
    group_link_next() { en: "Every member of the workshop who opens it can join, for a week.", it: "Ogni membro del laboratorio che lo apre può entrare, per una settimana." }
    group_link_until(until: &str) { en: "A link is valid {until}.", it: "Un link vale {until}." }
    group_link_make() { en: "New link", it: "Nuovo link" }
    group_link_revoke() { en: "Revoke link", it: "Revoca il link" }
    group_link_made() { en: "Copy it now. It isn’t shown again.", it: "Copialo ora. Non verrà più mostrato." }
    group_join_title(name: &str) { en: "Join {name}?", it: "Entrare in {name}?" }
    group_join_invites(name: &str) { en: "{name} invites you", it: "Ti invita {name}" }
    group_join_link() { en: "You followed its link", it: "Hai seguito il suo link" }
    group_join_can() { en: "As a member you can", it: "Come membro puoi" }
    group_join_book(rooms: &str) { en: "Book {rooms}", it: "Prenotare {rooms}" }
    group_join_book_next() { en: "only some groups can", it: "solo alcuni gruppi possono farlo" }
    group_join_see() { en: "See its members", it: "Vedere i suoi membri" }
    group_join_see_next() { en: "they see your name, too", it: "anche loro vedono il tuo nome" }
    group_join_leave() { en: "Leave it any time", it: "Uscire quando vuoi" }
    group_join_machines() { en: "Use machines you’re not trained on", it: "Usare macchine per cui non sei abilitato" }
    group_join_machines_next() { en: "groups open rooms, never machines", it: "i gruppi aprono sale, mai macchine" }
    group_join_until(until: &str) { en: "Valid {until}", it: "Vale {until}" }
    group_join() { en: "Join", it: "Entra" }
    group_ask() { en: "Ask to join", it: "Chiedi di entrare" }
    group_ask_next() { en: "Its admins are told and decide.", it: "Chi lo amministra riceve un avviso e decide." }
    group_ask_nobody() { en: "Nobody administers it. A manager decides.", it: "Nessuno lo amministra. Decide un responsabile." }
    group_asked(ago: &str) { en: "You asked to join · {ago}", it: "Hai chiesto di entrare · {ago}" }
    group_asked_next() { en: "You get a notice when somebody answers.", it: "Ricevi un avviso quando qualcuno risponde." }
    group_ask_withdraw() { en: "Withdraw request", it: "Ritira la richiesta" }
    group_member_of() { en: "You’re a member of this group", it: "Fai parte di questo gruppo" }
    group_open() { en: "Open the group", it: "Apri il gruppo" }

    booking_groups_only(groups: &str) { en: "Only members of these groups can book it: {groups}.", it: "Può prenotare solo chi è in uno di questi gruppi: {groups}." }
    bookings_import_groups() { en: "Only certain groups can book it, and this person is in none of them.", it: "Possono prenotare solo certi gruppi, e questa persona non ne fa parte." }
    booking_groups_others(group: &str, groups: &str) { en: "{group} can’t book it. These groups can: {groups}.", it: "{group} non può prenotare. Possono farlo questi gruppi: {groups}." }
    room_access_not_in_group() { en: "They are not in that group, or it is archived.", it: "Non fa parte di quel gruppo, o il gruppo è archiviato." }
    booking_groups_none() { en: "Only certain groups or people can book it.", it: "Possono prenotare solo certi gruppi o certe persone." }
    booking_group_too_many(group: &str, most: &str) { en: "{group} already has {most} open bookings, the limit per group.", it: "{group} ha già {most} prenotazioni aperte, il limite per gruppo." }
    booking_group_too_many_hours(group: &str, most: &str, has: &str) { en: "At most {most} hours a week for a group: {group} has booked {has} of that week already.", it: "Al massimo {most} ore a settimana per gruppo: {group} in quella ne ha già prenotate {has}." }
    booking_group_admins(group: &str) { en: "Only admins of {group} can book for it and change its bookings.", it: "Solo chi amministra {group} può prenotare per il gruppo e cambiarne le prenotazioni." }
    booking_group_stays() { en: "A booking of a group stays with the group. Cancel it, or let another admin change it.", it: "La prenotazione di un gruppo resta al gruppo. Annullala, o falla cambiare da un’altra persona che lo amministra." }
    book_for_whom() { en: "For", it: "Per" }
    book_for_me() { en: "Only me", it: "Solo per me" }
    book_for_group(group: &str) { en: "for {group}", it: "per {group}" }
    equipment_groups_all() { en: "If you choose none, everybody who may use it can book it.", it: "Se non ne scegli nessuno, può prenotare chiunque la può usare." }
    equipment_groups_of_type(groups: &str) { en: "If you choose none, the groups of its type may: {groups}.", it: "Se non ne scegli nessuno, possono i gruppi del suo tipo: {groups}." }
    machines_groups() { en: "Who may book and use it: groups", it: "Chi può prenotarla e usarla: gruppi" }
    machines_groups_use() { en: "Others can’t start it either, unless the setting “Permitted groups: booking only” is on.", it: "Gli altri non possono nemmeno avviarla, salvo con l’impostazione «Gruppi ammessi: solo prenotazioni»." }
    rooms_groups() { en: "Who may book: groups", it: "Chi può prenotare: gruppi" }
    rooms_for(groups: &str) { en: "for {groups}", it: "per {groups}" }
    groups_import() { en: "Import or export CSV", it: "Importa o esporta CSV" }
    groups_import_table() { en: "Table", it: "Tabella" }
    groups_import_hint() { en: "With the headings group, department, person and role. A person is an e-mail address or a whole name. Nobody is removed.", it: "Con le intestazioni group, department, person e role. Una persona è un indirizzo e-mail o un nome completo. Nessuno viene tolto." }
    groups_import_apply() { en: "Import it; without this it is only checked", it: "Importa; senza questo la tabella viene solo controllata" }
    groups_import_check() { en: "Check table", it: "Controlla la tabella" }
    groups_import_would(groups: &str, members: &str) { en: "Would add {groups} and add or change {members}.", it: "Aggiungerebbe {groups} e aggiungerebbe o cambierebbe {members}." }
    groups_import_done(groups: &str, members: &str) { en: "Imported: {groups}, {members}.", it: "Importati: {groups}, {members}." }
    groups_import_kept(n: u32) { en: [one: "{n} line changes nothing.", other: "{n} lines change nothing."], it: [one: "{n} riga non cambia nulla.", other: "{n} righe non cambiano nulla."] }
    groups_export() { en: "groups.csv", it: "groups.csv" }
    groups_line_group() { en: "Name the group, with at most 200 characters.", it: "Indica il nome del gruppo, al massimo 200 caratteri." }
    groups_line_department() { en: "The department has more than 200 characters.", it: "Il dipartimento supera i 200 caratteri." }
    groups_line_inactive() { en: "This person is suspended or no member. Make them a member first.", it: "Questa persona è sospesa o non è iscritta. Ammettila prima." }
    groups_line_role() { en: "Write admin or member as the role.", it: "Come ruolo scrivi admin o member." }
    groups_line_twice() { en: "Another line has this person in this group. Keep one of them.", it: "Un’altra riga ha questa persona in questo gruppo. Tienine una." }
    groups_column_hours() { en: "Hours this week", it: "Ore della settimana" }
    groups_over() { en: "Over hours", it: "Oltre le ore" }
    group_hours_of(hours: &str, most: &str) { en: "{hours} of {most}", it: "{hours} di {most}" }
    group_hours_left(hours: &str) { en: "{hours} left", it: "Restano {hours}" }
    group_hours_week(most: &str) { en: "of {most} this week", it: "di {most} questa settimana" }
    group_hours_used(hours: &str) { en: "{hours} used", it: "{hours} usate" }
    group_hours_ahead(hours: &str) { en: "{hours} booked", it: "{hours} prenotate" }
    group_hours_free() { en: "left", it: "restano" }
    group_next() { en: "Next", it: "Prossima" }
    group_draws() { en: "Draws", it: "Estrazioni" }
    group_wishes(n: &str, limit: &str) { en: "{n} of {limit} wishes", it: "{n} preferenze su {limit}" }
    group_wishes_won(n: &str, all: &str) { en: "{n} of {all} wishes won", it: "{n} preferenze su {all} ottenute" }
    group_bookings() { en: "Bookings", it: "Prenotazioni" }
    group_bookings_none() { en: "Nothing booked for the group.", it: "Nessuna prenotazione per il gruppo." }
    group_bookings_by(name: &str) { en: "by {name}", it: "da {name}" }
    group_book() { en: "Book for the group", it: "Prenota per il gruppo" }
    group_notices() { en: "Notices about the group", it: "Avvisi sul gruppo" }
    group_may_book() { en: "May book", it: "Può prenotare" }
    group_may_book_next() { en: "Rooms and machines that only some groups can book.", it: "Sale e macchine che solo alcuni gruppi possono prenotare." }
    group_unknown() { en: "Group not found.", it: "Gruppo non trovato." }
    group_person_unknown() { en: "They aren’t in this group.", it: "Non fa parte di questo gruppo." }
    group_person_inactive() { en: "They aren’t an active member of the workshop.", it: "Non è un membro attivo del laboratorio." }
    group_name_taken() { en: "Another group has this name.", it: "Un altro gruppo ha questo nome." }
    group_email_form() { en: "Use an address like name@example.org.", it: "Usa un indirizzo come nome@example.org." }
    group_nobody() { en: "No active member of the workshop has this address. Give them the link to join, or ask a manager to invite them to the workshop.", it: "Nessun membro attivo del laboratorio ha questo indirizzo. Dai loro il link per entrare, o chiedi a un responsabile di invitarli nel laboratorio." }
    group_member_already() { en: "They are a member already.", it: "Fa già parte del gruppo." }
    group_you_already() { en: "You’re a member already.", it: "Fai già parte del gruppo." }
    group_last_admin() { en: "A group needs an admin. Make somebody else admin first, or archive the group.", it: "Un gruppo non può restare senza amministratore. Prima rendi amministratore qualcun altro, o archivia il gruppo." }
    group_invitation_over() { en: "This invitation has expired or was withdrawn. Ask to join instead.", it: "Questo invito è scaduto o è stato ritirato. Chiedi di entrare." }
    group_request_over() { en: "This request was answered or withdrawn.", it: "Questa richiesta ha già avuto risposta o è stata ritirata." }
    group_archived() { en: "This group is archived. Its admins can restore it.", it: "Questo gruppo è archiviato. Chi lo amministra può ripristinarlo." }
    group_many_invitations(most: &str) { en: "At most {most} invitations can be open. Withdraw some, or give people the link.", it: "Possono essere aperti al massimo {most} inviti. Ritirane alcuni, o dai il link." }

    notice_group_invited(name: &str) { en: "You’re invited to {name}", it: "Hai un invito in {name}" }
    notice_group_invited_next() { en: "Valid for a week.", it: "L’invito vale una settimana." }
    notice_group_asked(name: &str) { en: "Somebody asks to join {name}", it: "Qualcuno chiede di entrare in {name}" }
    notice_group_asked_next() { en: "Accept or decline on the group’s page.", it: "Accetta o rifiuta nella pagina del gruppo." }
    notice_group_admitted(name: &str) { en: "You’re now a member of {name}", it: "Ora fai parte di {name}" }
    notice_group_admitted_next() { en: "Its page shows its members and rooms.", it: "La sua pagina mostra membri e sale." }
    notice_group_declined(name: &str) { en: "Your request to join {name} was declined", it: "La tua richiesta di entrare in {name} è stata rifiutata" }
    notice_group_removed(name: &str) { en: "You’re no longer a member of {name}", it: "Non fai più parte di {name}" }
    notice_group_unled(name: &str) { en: "{name} has no admin any more", it: "{name} resta senza amministratore" }
    notice_group_unled_next() { en: "What it has booked stays. Name another admin on its page.", it: "Le sue prenotazioni restano. Nomina chi amministra nella sua pagina." }
    notice_group_back(name: &str) { en: "{name} is restored", it: "Ripristinato: {name}" }
    notice_group_back_next(n: u32) { en: [one: "{n} booking couldn’t come back.", other: "{n} bookings couldn’t come back."], it: [one: "{n} prenotazione non è potuta tornare.", other: "{n} prenotazioni non sono potute tornare."] }
    notice_group_talk() { en: "Talk to its admins about it.", it: "Parlane con chi lo amministra." }
}

impl Lang {
    /// Why a line of a table is left out, with the remedy.
    #[must_use]
    pub const fn group_line_fault(self, fault: LineFault) -> &'static str {
        match fault {
            LineFault::Group => self.groups_line_group(),
            LineFault::Department => self.groups_line_department(),
            LineFault::Person => self.checkout_person(),
            LineFault::Inactive => self.groups_line_inactive(),
            LineFault::Role => self.groups_line_role(),
            LineFault::Twice => self.groups_line_twice(),
            LineFault::LastAdmin => self.group_last_admin(),
            LineFault::Cells => self.fault_cells(),
        }
    }

    /// Who may book a machine without groups of its own.
    #[must_use]
    pub fn equipment_groups_otherwise(self, of_type: &[String]) -> String {
        if of_type.is_empty() {
            self.equipment_groups_all().to_owned()
        } else {
            self.equipment_groups_of_type(&of_type.join(", "))
        }
    }

    #[must_use]
    pub const fn group_role(self, role: Role) -> &'static str {
        match role {
            Role::Member => self.groups_member(),
            Role::Admin => self.groups_admin(),
        }
    }

    /// Title and next step of a notice about the group `name`.
    pub(crate) fn group_news(self, news: GroupNews, name: &str) -> (String, String) {
        let (title, next) = match news {
            GroupNews::Invited => (self.notice_group_invited(name), self.notice_group_invited_next()),
            GroupNews::Asked => (self.notice_group_asked(name), self.notice_group_asked_next()),
            GroupNews::Admitted => (self.notice_group_admitted(name), self.notice_group_admitted_next()),
            GroupNews::Declined => (self.notice_group_declined(name), self.notice_group_talk()),
            GroupNews::Removed => (self.notice_group_removed(name), self.notice_group_talk()),
            GroupNews::WithoutAdmin => (self.notice_group_unled(name), self.notice_group_unled_next()),
        };
        (title, next.to_owned())
    }
}
