"""Spanish of teams and their keys: what staff read when a key is given, changed, or left behind."""

from __future__ import annotations

from typing import Final

TEAM_NAMELESS: Final = "Falta el nombre del equipo."
TEAM_TAKEN: Final = "Ya hay un equipo con ese nombre."
NO_SUCH_AGENCY: Final = "Esa dependencia no está en la lista."
NO_KEY_ROLE: Final = "Solo Atención y Supervisión tienen llave. Cambia primero su puesto."
LOGS_IN_FIRST: Final = "Primero tiene que entrar una vez con su contraseña; después ponla en el equipo."
IN_IT_ALREADY: Final = "Ya está en ese equipo."
NOT_IN_IT: Final = "No está en ese equipo."
ONLY_TEAM: Final = "Es su único equipo. Ponla primero en otro, o quítale el acceso en Personal."
PUT: Final = "Listo. Una compañera de ese equipo tiene que darle la llave."
TAKEN_OUT: Final = "Ya no está en el equipo, y su sesión terminó. Sus conversaciones de ese equipo quedaron libres. Pide a una compañera del equipo que cambie la llave."
SERVED: Final = (
    "Listo: los casos nuevos de ese programa llegan a ese equipo. Los de antes siguen donde están."
)

KEY_CHANGED: Final = "La llave cambió. Tus compañeras tienen que escribir otra vez su contraseña y un código."
KEY_CHANGED_BEFORE: Final = "La llave de este equipo ya había cambiado. No se cambió otra vez."
RECOVERY_SHOWN: Final = "Esta es la clave de recuperación nueva. Se muestra una sola vez. Escríbela en papel, guárdala bajo llave, y después compruébala aquí abajo. La de antes ya no abre nada de lo que está en el sistema; guárdala solo mientras haya respaldos de antes de hoy."
RECOVERY_FITS: Final = "La clave en papel es la de este equipo. Quedó anotado que se comprobó."
NOBODY_HAS_IT: Final = (
    "Nadie tiene la llave de ese equipo: nadie leería esos casos. Primero dásela a alguien."
)
RECOVERY_NOT_YOURS: Final = (
    "Esa clave es de un equipo en el que no estás. Pide a la administración que te ponga en él."
)
RECOVERY_OTHER: Final = (
    "Está bien escrita, pero no es la clave de este equipo. Si no encuentras la buena, haz otra."
)


def gone(name: str, day: str) -> str:
    """Somebody left who had the key."""
    return f"{name} ya no está en el equipo desde el {day}. Tenía la llave."


def may_have_seen(keyed: int, opened: int) -> str:
    """What was open to her who left: by the key, and what she opened on these pages."""
    if not keyed:
        return "No hay ninguna conversación de este equipo."
    here = (
        "En estas páginas no abrió ninguna."
        if not opened
        else f"En estas páginas abrió {_conversations(opened)}: en cada una quedó anotado cuándo."
    )
    return (
        f"Con la llave se podían abrir {_conversations(keyed)}: todas las de este equipo hasta hoy. {here} "
        "Lo que leyó, lo leyó; al cambiar la llave no podrá abrir nada más."
    )


def _conversations(count: int) -> str:
    return "una conversación" if count == 1 else f"{count:,} conversaciones"
