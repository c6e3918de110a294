"""Spanish of the files of a case, as the desk shows them. Staff read it; she never does."""

from __future__ import annotations

WAITING = "Se está trayendo de WhatsApp. Aparece aquí solo."
# Why a file could not be had, and what to do about it.
FAILED = {
    "gone": "WhatsApp ya no lo tiene. Pídele que lo mande otra vez.",
    "too_large": "Pesa más de 16 MB y no se puede traer. Pídele que lo mande más corto o en partes.",
    "other_team": "Se guardó para otro equipo y aquí no se puede abrir. Pídele que lo mande otra vez.",
    "later": "WhatsApp no lo entregó en una semana. Pídele que lo mande otra vez.",
}
FAILED_OTHERWISE = "No se pudo traer. Pídele que lo mande otra vez."
EARLIER = "Lo mandó antes de que hubiera caso"
STAYS_HERE = "La copia queda en esta computadora: bórrala al terminar."
LABELS = {
    "audio": "Nota de voz",
    "picture": "Imagen",
    "video": "Video",
    "download": "Archivo",
}
OPEN_PICTURE = "Ver la imagen"
# Sending one.
SENT = "El archivo va en camino."
EMPTY = "Elige un archivo antes de enviar."
TOO_LARGE = "Es muy grande: hasta 16 MB, o 5 MB si es una imagen. Manda uno más corto o más pequeño."
NOT_A_PICTURE = "Esa imagen no se puede abrir. Guárdala como JPG o PNG y vuelve a intentar."
NOT_SENDABLE = (
    "WhatsApp no recibe ese tipo de archivo. Puedes mandar audio (ogg, mp3, m4a), imagen (jpg, png) o PDF."
)
NOT_UNDER_COVER = "No se envió: ella está en modo oculto y un archivo puede delatarla. Mándalo cuando vuelva."
# What she reads with a file when the caseworker wrote nothing: it says nothing (P5).
CAPTION = "Te mando esto."
# Under a voice note.
HEARD = {
    "clear": "Transcripción automática, puede fallar",
    "unsure": "Transcripción automática, dudosa: óyelo antes de contestar",
    "other_language": "Parece otra lengua: lo que escribió el programa puede no ser lo que dijo",
}
CORRECTED_BY = "Transcripción corregida por"
HEARD_FIRST = "Lo que escribió el programa"
CORRECT = "Corregir la transcripción"
WRITE_DOWN = "Escribir lo que dice"
WHAT_SHE_SAYS = "Lo que dice en el audio"
SAVE_TRANSCRIPT = "Guardar transcripción"
TRANSCRIPT_KEPT = "Transcripción guardada."
TRANSCRIPT_EMPTY = "Escribe lo que dice el audio, hasta 1,600 letras."
NO_SUCH_NOTE = "Esa nota de voz no está en este caso."
KIB, MIB = 1024, 1024 * 1024


def failed(why: str) -> str:
    """Say why a file is not here."""
    return FAILED.get(why, FAILED_OTHERWISE)


def size(length: int) -> str:
    """Return a length in bytes as people say it."""
    return f"{length / MIB:.1f} MB" if length >= MIB else f"{max(1, round(length / KIB))} kB"
