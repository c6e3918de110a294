"""What coordinators read about how long data is kept."""

MONTHS_WRONG = "Los meses deben ser un número de 1 a 1200."
GROUND_MISSING = "Escribe el documento que fija el plazo: sin él no se borra nada."
REASON_MISSING = "Escribe el motivo: quien revise necesita saberlo."
PAUSE_DAY = "La pausa debe terminar entre hoy y dentro de un año."
