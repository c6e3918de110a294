"""What the commands say, in Spanish: one place, so that tone and wording stay alike.

Each failure is one line that says what happened and what to do next. Standard library only.
"""

from __future__ import annotations

# Endings
INTERRUPTED = "interrumpido; vuelve a correr el mismo comando para continuar."
UNEXPECTED = (
    "error inesperado ({kind} en {place}); corre otra vez con AVANZA_DEBUG=1 para ver el detalle y repórtalo."
)
NOT_ALLOWED = "sin permiso para usar {where}; revisa el dueño y los permisos y vuelve a intentar."
NOT_FOUND = "no existe {where}; revisa la ruta y vuelve a intentar."
DISK_FULL = "no cabe más en el disco ({where}); libera espacio y vuelve a correr el mismo comando."

# Set-up
DISK_SHORT = "hacen falta {need:.1f} GB libres en {where} y hay {free:.1f}; libera espacio y vuelve a correr."
NO_VENV = (
    "este Python no trae venv ni pip y no hay uv; instálalos (Debian: apt-get install python3-venv) "
    "y vuelve a correr el mismo comando."
)
NO_NETWORK = (
    "no pude descargar ({what}): revisa la conexión o el índice de paquetes "
    "(UV_DEFAULT_INDEX, UV_OFFLINE, proxy) y vuelve a correr el mismo comando; se retoma donde quedó."
)
NO_PYTHON_311 = (
    "Rasa necesita Python 3.11 y este equipo solo tiene {version}; instala Python 3.11 "
    "(o permite que uv lo descargue) y vuelve a correr el mismo comando."
)
STEP_FAILED = "falló «{what}»: {reason} (detalle en {log})."
ENVIRONMENT_BROKEN = "al entorno le falta «{module}»; vuelve a correr el mismo comando: se repara solo."
WAITING = "otro comando está preparando este proyecto; espero a que termine…"
STEP_UV = "instalador de bibliotecas (uv)"
STEP_VENV = "entorno nuevo en {where}"
STEP_SYNC = {
    "product": "bibliotecas del producto",
    "dev": "bibliotecas del producto y de las pruebas",
    "bot": "bibliotecas de Rasa (unos 2.5 GB; tarda la primera vez)",
}
STEP_PROBE = "revisión del entorno en {where}"
STEP_LOCK = "candados de versiones"
SETUP_DONE = "Todo listo en {seconds:.1f} s."
