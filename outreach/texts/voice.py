"""What she reads after a voice note. Short: who sends one may not read well."""

# What she said is named by what would be done, never in the words that were heard: they may be wrong, and
# whoever holds the phone reads them.
READ_BACK = "Entendí {what}, ¿sí?"
WHAT = {
    "record_consent": "tu respuesta al aviso de privacidad",
    "save_details": "que tus datos están bien",
    "update_details": "que quieres corregir un dato",
    "choose_group": "que quieres ese grupo",
    "confirm_attendance": "que sí vas a tu próxima sesión",
    "decline_attendance": "que no puedes ir a tu próxima sesión",
    "notify_late": "que vas a llegar tarde a tu sesión",
    "drop_out": "que quieres dejar tu grupo",
    "take_seat_back": "que quieres tu lugar otra vez",
    "opt_out": "que ya no quieres recordatorios",
    "opt_in": "que quieres recibir recordatorios otra vez",
    "set_contact_hours": "a qué horas te podemos escribir",
    "set_language": "que prefieres hablar en otra lengua",
    "erase_my_data": "que quieres borrar tus datos",
    "save_food_security": "que ya terminaste de contestar",
}
WHAT_GIVEN = {"yes": "que aceptas el aviso de privacidad", "no": "que no aceptas el aviso de privacidad"}
WHAT_WHEN = {
    "confirm_attendance": "que sí vas {when}",
    "decline_attendance": "que no puedes ir {when}",
    "notify_late": "que vas a llegar tarde {when}",
}
WHAT_GROUP = "que quieres el {group}"
WHAT_HOURS = "que te podemos escribir {days}, de {start} a {end}"
WHAT_VALUE = "que este dato es: {value}"
YES, NO = "Sí", "No"
SAY_AGAIN = "Gracias por decirme. ¿Me lo repites en otro audio, o me lo escribes?"
# In a talk of which nothing may be kept in readable form, and where it would be wrong to guess.
# With a case a person has the note, and who can't write need not.
TAP_OR_WRITE = "No quiero equivocarme con tu audio. Contéstame con el botón, o escríbelo en pocas palabras."
WRITE = "No quiero equivocarme con tu audio. Escríbelo en pocas palabras."
TAP_OR_PERSON = (
    "No quiero equivocarme con tu audio. Ya le quedó al equipo. Si puedes, contéstame con el botón."
)
PERSON = "No quiero equivocarme con tu audio. Ya le quedó al equipo, para que lo escuche una persona."
WORD_BY_VOICE = "Esa palabra escríbela, por favor. De un audio la puedo anotar mal."
NOT_HEARD = {
    "unsure": "No entendí bien tu audio.",
    "no_words": "No alcancé a oír palabras en tu audio.",
    "other_language": "No entendí tu audio: yo solo entiendo español.",
    "too_long": "Tu audio dura más de un minuto y yo solo escucho los cortos.",
    "broken": "No pude abrir tu audio.",
    "late": "No pude escuchar tu audio.",
}
NOT_HEARD_BESIDES = "{why} Si me lo escribes, te contesto también eso."
