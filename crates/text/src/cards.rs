//! What is read where cards are given.

text! {
    card_give() { en: "Give a card", it: "Assegna una tessera" }
    card_number() { en: "Card number", it: "Numero della tessera" }
    card_number_hint() { en: "As a board shows it (8 digits), or as printed, with separators.",
                         it: "Come lo mostra una scheda (8 cifre), o come è stampato, con i separatori." }
    card_form() { en: "Write 8 hexadecimal digits, or 14, for example 0F:BE:AD:DE.",
                  it: "Scrivi 8 cifre esadecimali, o 14, per esempio 0F:BE:AD:DE." }
    card_taken() { en: "Somebody has this card already, or one that boards cannot tell from it.",
                   it: "Qualcuno ha già questa tessera, o una che le schede non distinguono da questa." }
    card_nobody() { en: "There is no such person", it: "Questa persona non esiste" }
}
