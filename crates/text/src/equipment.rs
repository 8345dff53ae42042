//! What is read where machines are added.

text! {
    equipment_add() { en: "Add a machine", it: "Aggiungi una macchina" }
    equipment_add_lead() { en: "A name, a type and the number of its board are enough to begin.",
                           it: "Per iniziare bastano un nome, un tipo e il numero della scheda." }
    equipment_name() { en: "Name", it: "Nome" }
    equipment_name_hint() { en: "As people call it: “Laser by the window”.", it: "Come la chiamano tutti: «Laser alla finestra»." }
    equipment_name_length() { en: "Write a name of 1 to 200 characters.", it: "Scrivi un nome da 1 a 200 caratteri." }
    equipment_type() { en: "Type", it: "Tipo" }
    equipment_type_hint() { en: "What people are trained on, for example “Laser cutter”. A new name makes a new type.",
                            it: "Ciò su cui ci si forma, per esempio «Taglio laser». Un nome nuovo crea un tipo nuovo." }
    equipment_type_length() { en: "Write the name of a type, 1 to 200 characters; “Space” and “System” are taken.",
                              it: "Scrivi il nome di un tipo, da 1 a 200 caratteri; «Space» e «System» sono riservati." }
    equipment_number() { en: "Board number", it: "Numero della scheda" }
    equipment_number_hint() { en: "The machine number in the board’s settings. Leave it empty where there is no board.",
                              it: "Il numero di macchina nelle impostazioni della scheda. Lascialo vuoto se non c’è una scheda." }
    equipment_number_range() { en: "Write a whole number from 1 to 65535, or nothing.", it: "Scrivi un numero intero da 1 a 65535, oppure niente." }
    equipment_number_taken() { en: "Another machine has this number. Choose one that is free.",
                               it: "Un’altra macchina ha questo numero. Scegline uno libero." }
}
