"""What she reads where something lasting was done or undone: her seat, her case, her data."""

SEAT_DROPPED = "Listo, ya no estás en {workshop}, en {place}."
SEAT_BACK = "Listo, tu lugar en {workshop}, en {place}, es tuyo otra vez."
SEAT_BACK_NEXT = "Tu próxima sesión es {when}."
SEAT_BACK_WAITING = "Tu lugar en {workshop} ya lo tiene otra compañera. Te anoté en la lista de espera, en el lugar {position}."
SEAT_BACK_HERS = "Tu lugar en {workshop} sigue siendo tuyo: no lo has dejado."
SEAT_BACK_NONE = "No encontré un lugar que hayas dejado. Si quieres ver los grupos que hay, escribe «grupos»."

CASE_CLOSED_BY_HER = (
    "Listo, cerré tu expediente. El equipo ya sabe que tú lo pediste y no te escribe más por eso. "
    "Si lo necesitas otra vez, aquí me escribes."
)
CASE_NONE = "No tienes un expediente abierto aquí."

# The erasure is done; the date is that of the law for what she may still claim (LGPDPPSO arts. 48 and 49).
ERASURE_RECEIPT = (
    "Tu folio es {number}. Si crees que faltó borrar algo, pídelo con ese folio: la ley da 20 días hábiles para "
    "contestarte, hasta {answer_by}."
)
