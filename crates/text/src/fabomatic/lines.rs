//! Lines of the import from a Fab-O-Matic, in singular and plural.

use domain::imports::fabomatic::TakeoverCount;

/// A line after its number: singular and plural.
type Words = [&'static str; 2];

/// The text of each line, in English and Italian.
pub(super) const LINES: &[(TakeoverCount, Words, Words)] = &[
    (TakeoverCount::People, ["person", "people"], ["persona", "persone"]),
    (
        TakeoverCount::Suspended,
        ["of them suspended: disabled there", "of them suspended: disabled there"],
        ["di queste sospesa, perché era disabilitata", "di queste sospese, perché erano disabilitate"],
    ),
    (
        TakeoverCount::Administrators,
        [
            "of them manager and administrator, as their role was",
            "of them managers and administrators, as their role was",
        ],
        [
            "di queste responsabile e amministratore, perché il suo ruolo amministrava",
            "di queste responsabili e amministratori, perché il loro ruolo amministrava",
        ],
    ),
    (TakeoverCount::Cards, ["assigned card", "assigned cards"], ["tessera assegnata", "tessere assegnate"]),
    (TakeoverCount::Types, ["type of machine", "types of machine"], ["tipo di macchina", "tipi di macchina"]),
    (
        TakeoverCount::OpenTypes,
        [
            "of them open to every member, as it needed no authorisation",
            "of them open to every member, as they needed no authorisation",
        ],
        [
            "di questi aperto a ogni membro, perché non chiedeva autorizzazione",
            "di questi aperti a ogni membro, perché non chiedevano autorizzazione",
        ],
    ),
    (
        TakeoverCount::Machines,
        ["machine, with its number", "machines, with their numbers"],
        ["macchina, con il suo numero", "macchine, con i loro numeri"],
    ),
    (TakeoverCount::Blocked, ["of them blocked", "of them blocked"], ["di queste bloccata", "di queste bloccate"]),
    (
        TakeoverCount::RoleGrants,
        ["qualification on a type, by role", "qualifications on types, by role"],
        ["abilitazione su un tipo, per ruolo", "abilitazioni su tipi, per ruolo"],
    ),
    (
        TakeoverCount::MachineGrants,
        ["qualification on a single machine", "qualifications on single machines"],
        ["abilitazione su una singola macchina", "abilitazioni su singole macchine"],
    ),
    (
        TakeoverCount::Uses,
        ["use, with its hours", "uses, with their hours"],
        ["utilizzo, con le sue ore", "utilizzi, con le loro ore"],
    ),
    (
        TakeoverCount::Plans,
        [
            "maintenance plan; what is due keeps members from the machine, as it did there",
            "maintenance plans; what is due keeps members from the machine, as it did there",
        ],
        [
            "piano di manutenzione; ciò che è scaduto tiene i membri lontani dalla macchina, come lì",
            "piani di manutenzione; ciò che è scaduto tiene i membri lontani dalla macchina, come lì",
        ],
    ),
    (
        TakeoverCount::Interventions,
        ["maintenance intervention", "maintenance interventions"],
        ["intervento di manutenzione", "interventi di manutenzione"],
    ),
    (
        TakeoverCount::UnknownCards,
        ["unassigned card", "unassigned cards"],
        ["tessera non assegnata", "tessere non assegnate"],
    ),
    (
        TakeoverCount::SamePeople,
        [
            "person with the same e-mail or card as someone here; they are one now, with the name they have here",
            "people with the same e-mail or card as someone here; they are one now, with the name they have here",
        ],
        [
            "persona con la stessa e-mail o tessera di qualcuno qui; ora sono una sola, con il nome che ha qui",
            "persone con la stessa e-mail o tessera di qualcuno qui; ora sono una sola, con il nome che hanno qui",
        ],
    ),
    (
        TakeoverCount::SameMachines,
        [
            "machine with the same number as one here; they are one now, and stay as it is here",
            "machines with the same number as one here; they are one now, and stay as they are here",
        ],
        [
            "macchina con lo stesso numero di una qui; ora è una sola, e resta com’è qui",
            "macchine con lo stesso numero di altre qui; ora sono una sola, e restano come sono qui",
        ],
    ),
    (
        TakeoverCount::SameTypes,
        [
            "type with the same name as one here; they are one now, and stay as it is here",
            "types with the same name as one here; they are one now, and stay as they are here",
        ],
        [
            "tipo con lo stesso nome di uno qui; ora è uno solo, e resta com’è qui",
            "tipi con lo stesso nome di altri qui; ora sono uno solo, e restano come sono qui",
        ],
    ),
    (
        TakeoverCount::KnownPeople,
        ["person, imported before", "people, imported before"],
        ["persona, importata in precedenza", "persone, importate in precedenza"],
    ),
    (
        TakeoverCount::KnownMachines,
        ["machine, imported before", "machines, imported before"],
        ["macchina, importata in precedenza", "macchine, importate in precedenza"],
    ),
    (
        TakeoverCount::KnownTypes,
        ["type, imported before", "types, imported before"],
        ["tipo, importato in precedenza", "tipi, importati in precedenza"],
    ),
    (
        TakeoverCount::KnownUses,
        ["use, imported before", "uses, imported before"],
        ["utilizzo, importato in precedenza", "utilizzi, importati in precedenza"],
    ),
    (
        TakeoverCount::KnownPlans,
        ["maintenance plan, imported before", "maintenance plans, imported before"],
        ["piano di manutenzione, importato in precedenza", "piani di manutenzione, importati in precedenza"],
    ),
    (
        TakeoverCount::KnownInterventions,
        ["maintenance intervention, imported before", "maintenance interventions, imported before"],
        [
            "intervento di manutenzione, importato in precedenza",
            "interventi di manutenzione, importati in precedenza",
        ],
    ),
    (
        TakeoverCount::KnownUnknownCards,
        ["unassigned card", "unassigned cards"],
        ["tessera non assegnata", "tessere non assegnate"],
    ),
    (
        TakeoverCount::KnownGrants,
        [
            "qualification, held here or decided otherwise since",
            "qualifications, held here or decided otherwise since",
        ],
        [
            "abilitazione, già presente o decisa diversamente nel frattempo",
            "abilitazioni, già presenti o decise diversamente nel frattempo",
        ],
    ),
    (
        TakeoverCount::Capitals,
        [
            "number of a card in capitals, kept in small letters",
            "numbers of cards in capitals, kept in small letters",
        ],
        [
            "numero di tessera in maiuscole, conservato in minuscole",
            "numeri di tessera in maiuscole, conservati in minuscole",
        ],
    ),
    (
        TakeoverCount::Names,
        ["name that was empty or too long", "names that were empty or too long"],
        ["nome vuoto o troppo lungo", "nomi vuoti o troppo lunghi"],
    ),
    (
        TakeoverCount::EmailUnfit,
        ["person without their e-mail: it was not valid", "people without their e-mail: it was not valid"],
        ["persona senza e-mail, perché non era valida", "persone senza e-mail, perché non era valida"],
    ),
    (
        TakeoverCount::EmailShared,
        ["person without their e-mail: someone else has it", "people without their e-mail: someone else has it"],
        ["persona senza e-mail, perché è di qualcun altro", "persone senza e-mail, perché è di qualcun altro"],
    ),
    (
        TakeoverCount::RoleMissing,
        ["person whose role is missing; they are a member", "people whose role is missing; they are members"],
        ["persona il cui ruolo manca; è membro", "persone il cui ruolo manca; sono membri"],
    ),
    (
        TakeoverCount::TypeMissing,
        [
            "machine without a type; its type is “Fab-O-Matic” now",
            "machines without a type; theirs is “Fab-O-Matic” now",
        ],
        ["macchina senza tipo; ora è «Fab-O-Matic»", "macchine senza tipo; ora è «Fab-O-Matic»"],
    ),
    (
        TakeoverCount::TypeRenamed,
        [
            "type whose name is taken, with a number behind it now",
            "types whose name is taken, with a number behind it now",
        ],
        ["tipo dal nome già usato, ora seguito da un numero", "tipi dal nome già usato, ora seguito da un numero"],
    ),
    (
        TakeoverCount::Times,
        [
            "type with a time that no board takes; the workshop’s setting applies",
            "types with a time that no board takes; the workshop’s setting applies",
        ],
        [
            "tipo con un tempo che nessuna scheda accetta; vale quello del laboratorio",
            "tipi con un tempo che nessuna scheda accetta; vale quello del laboratorio",
        ],
    ),
    (
        TakeoverCount::NumberUnfit,
        ["machine with an invalid number; it has none now", "machines with invalid numbers; they have none now"],
        [
            "macchina con un numero non valido; ora non ne ha",
            "macchine con un numero non valido; ora non ne hanno",
        ],
    ),
    (
        TakeoverCount::Hours,
        [
            "machine that showed other hours than its uses amount to; what counts is the uses",
            "machines that showed other hours than their uses amount to; what counts is the uses",
        ],
        [
            "macchina che mostrava ore diverse dai suoi utilizzi; contano gli utilizzi",
            "macchine che mostravano ore diverse dai loro utilizzi; contano gli utilizzi",
        ],
    ),
    (
        TakeoverCount::UsesClosed,
        [
            "use that was never ended, ended at its last sign of life",
            "uses that were never ended, ended at their last sign of life",
        ],
        [
            "utilizzo mai terminato, chiuso all’ultimo segno di vita",
            "utilizzi mai terminati, chiusi all’ultimo segno di vita",
        ],
    ),
    (
        TakeoverCount::UsesShortened,
        [
            "use that went on into the next, ended where that began",
            "uses that went on into the next, ended where that began",
        ],
        [
            "utilizzo che entrava nel successivo, chiuso dove questo inizia",
            "utilizzi che entravano nel successivo, chiusi dove questo inizia",
        ],
    ),
    (
        TakeoverCount::UsesNameless,
        ["use without a name: its person was not imported", "uses without a name: their people were not imported"],
        [
            "utilizzo senza nome, perché chi l’ha fatto non è tra le persone importate",
            "utilizzi senza nome, perché chi li ha fatti non è tra le persone importate",
        ],
    ),
    (
        TakeoverCount::PlanWords,
        [
            "maintenance plan whose words were missing, or too long and are cut",
            "maintenance plans whose words were missing, or too long and are cut",
        ],
        [
            "piano di manutenzione dal testo mancante, o troppo lungo e ora troncato",
            "piani di manutenzione dal testo mancante, o troppo lungo e ora troncato",
        ],
    ),
    (
        TakeoverCount::PlanHours,
        [
            "maintenance plan by parts of an hour; it goes by whole hours now, one at least",
            "maintenance plans by parts of an hour; they go by whole hours now, one at least",
        ],
        [
            "piano di manutenzione a frazioni di ora; ora va a ore intere, almeno una",
            "piani di manutenzione a frazioni di ora; ora vanno a ore intere, almeno una",
        ],
    ),
    (
        TakeoverCount::PlanDisplay,
        [
            "maintenance plan without its text for the display: too long; it says what has to be done",
            "maintenance plans without their text for the display: too long; it says what has to be done",
        ],
        [
            "piano di manutenzione senza il suo testo per il display, perché troppo lungo; dice che cosa va fatto",
            "piani di manutenzione senza il loro testo per il display, perché troppo lungo; dice che cosa va fatto",
        ],
    ),
    (
        TakeoverCount::PlanManual,
        [
            "maintenance plan without its instructions: not a link",
            "maintenance plans without their instructions: not a link",
        ],
        [
            "piano di manutenzione senza istruzioni, perché non sono un link",
            "piani di manutenzione senza istruzioni, perché non sono un link",
        ],
    ),
    (
        TakeoverCount::InterventionsNameless,
        [
            "maintenance intervention without a name: its person was not imported",
            "maintenance interventions without a name: their people were not imported",
        ],
        [
            "intervento di manutenzione senza nome, perché chi l’ha fatto non è tra le persone importate",
            "interventi di manutenzione senza nome, perché chi li ha fatti non è tra le persone importate",
        ],
    ),
    (
        TakeoverCount::Passwords,
        ["password: invite that person instead", "passwords: invite people instead"],
        ["password: invita la persona", "password: invita le persone"],
    ),
    (
        TakeoverCount::Nobody,
        ["user without a person", "users without a person"],
        ["utente senza persona", "utenti senza persona"],
    ),
    (
        TakeoverCount::Deleted,
        ["user that was deleted there", "users that were deleted there"],
        ["utente che lì era stato eliminato", "utenti che lì erano stati eliminati"],
    ),
    (
        TakeoverCount::Gone,
        ["person who left or was erased here", "people who left or were erased here"],
        [
            "persona che qui non è più membro o è stata cancellata",
            "persone che qui non sono più membri o sono state cancellate",
        ],
    ),
    (
        TakeoverCount::DisabledThere,
        [
            "person who is disabled there and active here: suspend them here, if that is meant",
            "people who are disabled there and active here: suspend them here, if that is meant",
        ],
        [
            "persona disabilitata lì e attiva qui: sospendila qui, se è ciò che si vuole",
            "persone disabilitate lì e attive qui: sospendile qui, se è ciò che si vuole",
        ],
    ),
    (
        TakeoverCount::KeptOut,
        ["qualification of someone who is not active here", "qualifications of people who are not active here"],
        ["abilitazione di una persona che qui non è attiva", "abilitazioni di persone che qui non sono attive"],
    ),
    (
        TakeoverCount::CardUnfit,
        ["number of a card that no board can read", "numbers of cards that no board can read"],
        ["numero di tessera che nessuna scheda può leggere", "numeri di tessera che nessuna scheda può leggere"],
    ),
    (
        TakeoverCount::CardTaken,
        ["card that is someone else’s", "cards that are someone else’s"],
        ["tessera che è di qualcun altro", "tessere che sono di qualcun altro"],
    ),
    (
        TakeoverCount::Authorizations,
        [
            "authorisation that is a duplicate, or whose person or machine is missing",
            "authorisations that are duplicates, or whose person or machine is missing",
        ],
        [
            "autorizzazione doppia, senza persona, o su una macchina che manca",
            "autorizzazioni doppie, senza persona, o su una macchina che manca",
        ],
    ),
    (
        TakeoverCount::UsesOrphan,
        ["use of a machine that is missing", "uses of a machine that is missing"],
        ["utilizzo di una macchina che manca", "utilizzi di una macchina che manca"],
    ),
    (
        TakeoverCount::UsesRunning,
        [
            "use that goes on: upload the file again when it has ended",
            "uses that go on: upload the file again when they have ended",
        ],
        [
            "utilizzo in corso: carica di nuovo il file quando sarà finito",
            "utilizzi in corso: carica di nuovo il file quando saranno finiti",
        ],
    ),
    (
        TakeoverCount::UsesBackwards,
        ["use that ends before it begins, or in the future", "uses that end before they begin, or in the future"],
        [
            "utilizzo che finisce prima di iniziare, o nel futuro",
            "utilizzi che finiscono prima di iniziare, o nel futuro",
        ],
    ),
    (
        TakeoverCount::UsesLong,
        [
            "use that cannot have been so long (others lie in it, or it is over 49 days): look at it there, by its number",
            "uses that cannot have been so long (others lie in them, or they are over 49 days): look at them there, by their numbers",
        ],
        [
            "utilizzo che non può essere durato tanto (ne contiene altri, o supera i 49 giorni): guardalo lì, con il suo numero",
            "utilizzi che non possono essere durati tanto (ne contengono altri, o superano i 49 giorni): guardali lì, con i loro numeri",
        ],
    ),
    (
        TakeoverCount::UsesInside,
        [
            "use in the time of another on the same machine: hours count once",
            "uses in the time of another on the same machine: hours count once",
        ],
        [
            "utilizzo nel tempo di un altro sulla stessa macchina: le ore contano una volta",
            "utilizzi nel tempo di un altro sulla stessa macchina: le ore contano una volta",
        ],
    ),
    (
        TakeoverCount::UnknownLeft,
        [
            "unknown card seen more than 30 days ago, or someone’s by now, or at a machine that is missing",
            "unknown cards seen more than 30 days ago, or someone’s by now, or at a machine that is missing",
        ],
        [
            "tessera sconosciuta vista più di 30 giorni fa, o ormai di qualcuno, o a una macchina che manca",
            "tessere sconosciute viste più di 30 giorni fa, o ormai di qualcuno, o a una macchina che manca",
        ],
    ),
    (
        TakeoverCount::PlansOrphan,
        ["maintenance plan for a machine that is missing", "maintenance plans for a machine that is missing"],
        ["piano di manutenzione per una macchina che manca", "piani di manutenzione per una macchina che manca"],
    ),
    (
        TakeoverCount::PlansHours,
        [
            "maintenance plan due after no hours, or after more than 100,000",
            "maintenance plans due after no hours, or after more than 100,000",
        ],
        [
            "piano di manutenzione dopo nessuna ora, o dopo più di 100.000",
            "piani di manutenzione dopo nessuna ora, o dopo più di 100.000",
        ],
    ),
    (
        TakeoverCount::InterventionsOrphan,
        [
            "maintenance intervention on a machine that is missing, or by a plan that is missing or left there",
            "maintenance interventions on a machine that is missing, or by a plan that is missing or left there",
        ],
        [
            "intervento di manutenzione su una macchina che manca, o di un piano che manca o non è importato",
            "interventi di manutenzione su una macchina che manca, o di un piano che manca o non è importato",
        ],
    ),
    (
        TakeoverCount::InterventionsTimes,
        [
            "maintenance intervention at no time, or in the future",
            "maintenance interventions at no time, or in the future",
        ],
        [
            "intervento di manutenzione senza data, o nel futuro",
            "interventi di manutenzione senza data, o nel futuro",
        ],
    ),
    (
        TakeoverCount::Boards,
        ["board: it is known as soon as it connects", "boards: they are known as soon as they connect"],
        ["scheda: si presenta appena si collega", "schede: si presentano appena si collegano"],
    ),
];
