//! Codes of the audit log about training: modules, quizzes and checkouts.

use super::Sentence;

pub(super) const AUDITED: &[Sentence] = &[
    ("checkout.asked", "requested a checkout", "ha richiesto una prova"),
    ("checkout.decided", "decided on a checkout", "ha deciso su una prova"),
    (
        "checkout.displaced",
        "changed a checkout that couldn’t be kept",
        "ha cambiato una prova che non si poteva tenere",
    ),
    ("checkout.list-saved", "saved a checkout checklist", "ha salvato una lista per le prove"),
    ("checkout.marked", "ticked a step of a checkout", "ha spuntato un passo di una prova"),
    ("checkout.photo-set", "changed a photo of a checkout", "ha cambiato una foto di una prova"),
    ("checkout.signed", "changed a signature of a checkout", "ha cambiato una firma di una prova"),
    ("checkout.moved", "moved a checkout", "ha spostato una prova"),
    ("checkout.wanted", "asked trainers for another checkout time", "ha chiesto un altro orario per una prova"),
    ("checkout.undone", "undid a checkout’s pass", "ha annullato l’esito di una prova"),
    ("module.added", "added a training module", "ha aggiunto un modulo di formazione"),
    ("module.archived", "archived a training module", "ha archiviato un modulo di formazione"),
    ("module.captioned", "changed the captions of a module", "ha modificato i sottotitoli di un modulo"),
    ("module.changed", "changed a training module", "ha modificato un modulo di formazione"),
    ("module.imported", "imported training modules", "ha importato moduli di formazione"),
    ("module.moved", "moved a training module in the list", "ha spostato un modulo nell’elenco"),
    ("module.picture-set", "changed the picture of a question", "ha cambiato l’immagine di una domanda"),
    ("module.published", "published a training module", "ha pubblicato un modulo di formazione"),
    ("module.question-removed", "removed a question", "ha rimosso una domanda"),
    ("module.question-restored", "restored a question", "ha ripristinato una domanda"),
    ("module.question-written", "wrote a question", "ha scritto una domanda"),
    ("module.restored", "restored a training module", "ha ripristinato un modulo di formazione"),
    ("module.video-set", "chose the video of a module", "ha scelto il video di un modulo"),
    ("module.video-uploaded", "uploaded the video of a module", "ha caricato il video di un modulo"),
    ("quiz.passed", "passed a quiz", "ha superato un quiz"),
    ("training.released", "made a module optional", "ha reso facoltativo un modulo"),
    ("training.required", "made a module required", "ha reso obbligatorio un modulo"),
];
