"""Every command with its help, its options and what it needs: the list a newcomer reads first.

Standard library only, and no import of a command's module: help and wrong use answer before
anything is installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Add = Callable[[argparse.ArgumentParser], None]

PRODUCT = ("product",)
WITH_BOT = ("product", "bot")


@dataclass(frozen=True)
class Command:
    """One command: `target` is `module:function`, imported only when the command runs."""

    name: str
    help: str
    target: str
    needs: tuple[str, ...] = PRODUCT
    """The environments that it needs; none: it runs on the standard library."""
    add: Add | None = None


def _setup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dev", action="store_true", help="también lo que usan las pruebas")
    parser.add_argument(
        "--speech", action="store_true", help="también el motor que escucha notas de voz (650 MB)"
    )


def _lock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upgrade", action="store_true", help="tomar las versiones más nuevas permitidas")


def _test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest_args", nargs="*", metavar="ARG", help="lo que se pasa tal cual a pytest")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-browser", action="store_true", help="no abrir el navegador")


def _host(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="dónde escuchar (127.0.0.1: solo esta máquina)")


def _rasa(parser: argparse.ArgumentParser) -> None:
    _host(parser)
    parser.add_argument("--port", type=int, help="si falta: el primero local de AVANZA_RASA_URLS")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="entrenar aunque el modelo esté al día")


def _understand(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text",
        nargs="*",
        metavar="TEXTO",
        help="lo que ella escribe; sin texto, una línea por mensaje de la entrada",
    )
    parser.add_argument("--after", metavar="LUGAR", help="qué se le preguntó antes (ver --places)")
    parser.add_argument("--places", action="store_true", help="los lugares y lo que ahí puede querer decir")


def _transcripts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", metavar="CARPETA", help="dónde dejar las páginas (si falta: AVANZA_VAR/transcripts/)"
    )
    parser.add_argument("--pictures", action="store_true", help="renovar también lo que guarda docs/")
    parser.add_argument("--no-play", action="store_true", help="solo mostrar lo que ya se jugó")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="solo los mensajes de prueba (segundos)")
    parser.add_argument("--record", action="store_true", help="guardar las cifras: no se podrán perder")
    parser.add_argument("--report", metavar="CARPETA", help="dónde escribir el informe (bot/trained/report)")


def _staff(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="action", required=True, metavar="ACCIÓN")
    add = kinds.add_parser("add", help="dar de alta a alguien del personal; imprime su contraseña inicial")
    add.add_argument("username", metavar="USUARIO")
    add.add_argument("--name", required=True, metavar="NOMBRE", help="el nombre que se muestra")
    roles = ("caseworker", "supervisor", "coordinator", "administrator", "auditor", "direction")
    add.add_argument("--role", required=True, choices=roles, help="lo que puede hacer")
    add.add_argument(
        "--agency", metavar="CLAVE", help="la dependencia para la que coordina (si falta: todas)"
    )
    add.add_argument("--team", metavar="EQUIPO", help="el equipo cuya llave espera (si falta: el primero)")
    kinds.add_parser("list", help="mostrar al personal")
    others = {
        "disable": "quitar el acceso",
        "reset": "dar una contraseña nueva",
        "grant": "dar la llave del equipo con la clave de recuperación (se lee de la entrada)",
        "code": "el código con el que entra alguien de la demostración (solo ahí)",
    }
    for action, text in others.items():
        one = kinds.add_parser(action, help=text)
        one.add_argument("username", metavar="USUARIO")
        if action == "disable":
            one.add_argument("--yes", action="store_true", help="aunque nadie más tenga la llave del equipo")
        if action == "reset":
            one.add_argument("--factor", action="store_true", help="también el código: perdió su teléfono")


def _import(parser: argparse.ArgumentParser) -> None:
    kinds = ("women", "workshops", "sessions", "enrolments", "attendance", "supports", "audiences")
    parser.add_argument("kind", choices=kinds, metavar="QUÉ", help=", ".join(kinds))
    parser.add_argument(
        "file",
        metavar="ARCHIVO",
        help="un CSV o un libro de Excel (.xlsx), con encabezados: ver docs/operations/lists.md",
    )
    parser.add_argument("--check", action="store_true", help="solo revisar: no guarda nada")
    parser.add_argument(
        "--agency", metavar="CLAVE", default="", help="de qué dependencia son los renglones que no la dicen"
    )
    parser.add_argument(
        "--encoding",
        choices=("cp1252", "mac_roman", "cp850"),
        metavar="CÓDIGO",
        help="cómo está escrito un CSV que no es Unicode (si falta: cp1252)",
    )
    parser.add_argument(
        "--corrections", metavar="ARCHIVO", help="dónde dejar los renglones con error, en un libro de Excel"
    )


def _keys(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="action", required=True, metavar="ACCIÓN")
    for action, text in {
        "new": "hacer la llave siguiente; todavía no se usa",
        "replace": "empezar el cambio: todos los procesos conocen ya las dos",
        "status": "cómo va",
        "finish": "dejar la llave de antes: 1 si el cambio no ha terminado",
        "rehearse": "ensayar el cambio completo en una copia de la base, que se borra",
    }.items():
        kinds.add_parser(action, help=text)


def _registry(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="action", required=True, metavar="ACCIÓN")
    kinds.add_parser("link", help="comparar el padrón: une lo seguro y deja lo demás para revisar")
    kinds.add_parser("pairs", help="las parejas de registros, un JSON por renglón")
    search = kinds.add_parser(
        "search", help="buscar a una mujer: un JSON por renglón, primero la más parecida"
    )
    search.add_argument(
        "asked", nargs="*", metavar="TEXTO",
        help="nombre como suene, CURP, teléfono o folio (si falta, se lee de la entrada)",
    )  # fmt: skip
    search.add_argument("--municipality", metavar="CLAVE", help="solo las de este municipio, como 14039")
    search.add_argument("--limit", type=int, default=20, metavar="N", help="cuántas a lo más (20)")


def _speech(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="ARCHIVO", help="una nota de voz: ogg, mp3, m4a, amr o wav")


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", metavar="ARCHIVO", help="dónde dejarlo (si falta: AVANZA_VAR/backup/)"
    )
    parser.add_argument(
        "--to", metavar="LLAVE", help="cifrarlo para esta llave pública de age (si falta: AVANZA_BACKUP_KEY)"
    )
    parser.add_argument("--plain", action="store_true", help="sin cifrar, aunque haya AVANZA_BACKUP_KEY")
    parser.add_argument("--no-trial", action="store_true", help="no probar a recuperarlo")
    parser.add_argument("--nightly", action="store_true", help="como lo hace el reloj: borra los viejos")


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="ARCHIVO", help="un respaldo hecho con «backup»")
    parser.add_argument(
        "--replace", action="store_true", help="aceptar que se pierda lo que hay en la base de datos"
    )
    parser.add_argument(
        "--key",
        metavar="ARCHIVO",
        help="la llave privada de age de un respaldo cifrado (si falta, se pide o se lee de la entrada)",
    )


def _sbom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="ARCHIVO", help="dónde dejarla (si falta: la salida)")


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="MEDICIÓN", help="cuál medir; sin nombre, las enumera")
    parser.add_argument("bench_args", nargs="*", metavar="ARG", help="opciones de esa medición")


COMMANDS = (
    Command(
        "demo",
        "todo a la vez con personas inventadas, teléfono simulado y páginas del personal",
        "demo:run",
        WITH_BOT,
        _demo,
    ),
    Command("test", "todas las pruebas; los argumentos pasan a pytest", "test:run", ("dev", "bot"), _test),
    Command(
        "up", "todos los procesos de una máquina con una cuenta real de Twilio", "up:run", WITH_BOT, _host
    ),
    Command("webhook", "un proceso: la entrada de Twilio", "processes:webhook", add=_host),
    Command("console", "un proceso: las páginas del personal", "processes:console", add=_host),
    Command("worker", "un proceso: atiende los turnos y los envíos", "processes:worker"),
    Command("clock", "un proceso: recordatorios, campañas y vencimientos", "processes:clock"),
    Command("metrics", "un proceso: cifras para la vigilancia (Prometheus)", "processes:metrics"),
    Command("rasa", "un proceso: el diálogo", "processes:rasa", WITH_BOT, _rasa),
    Command("setup", "preparar o reparar lo que hace falta para correr", "setup:run", (), _setup),
    Command("train", "entrenar el modelo si los datos cambiaron", "model:train", WITH_BOT, _train),
    Command(
        "understand",
        "mostrar qué entiende el modelo de un mensaje",
        "model:understand",
        WITH_BOT,
        _understand,
    ),
    Command("check-model", "medir el modelo y decir si puede usarse", "model:check", WITH_BOT, _check),
    Command(
        "transcripts",
        "jugar las conversaciones de ejemplo con el producto completo y mostrarlas como páginas",
        "transcripts:run",
        ("dev", "bot"),
        _transcripts,
    ),
    Command(
        "staff",
        "personal: dar de alta, enumerar, quitar el acceso, contraseña nueva",
        "staff:run",
        add=_staff,
    ),
    Command(
        "import",
        "cargar una lista, CSV o Excel: women, workshops, sessions o enrolments",
        "importing:run",
        add=_import,
    ),
    Command(
        "registry",
        "el padrón único: link (buscar duplicados), pairs (las parejas) y search (buscar a una mujer)",
        "registry:run",
        add=_registry,
    ),
    Command("keys", "cambiar AVANZA_SECRET_KEY sin detener el servicio, y ensayarlo", "keys:run", add=_keys),
    Command("migrate", "poner al día las tablas de la base de datos", "database:migrate"),
    Command("backup", "respaldar la base de datos en un archivo", "database:backup", add=_backup),
    Command("restore", "recuperar la base de datos de un respaldo", "database:restore", add=_restore),
    Command("sbom", "la lista de lo que se instala, en formato CycloneDX", "sbom:run", add=_sbom),
    Command("doctor", "explicar cada ajuste y revisar que todo esté en orden", "doctor:run"),
    Command("speech", "mostrar qué se entiende de una nota de voz", "speech:run", add=_speech),
    Command("bench", "medir la velocidad", "bench:run", WITH_BOT, _bench),
    Command("lock", "rehacer los candados de versiones", "setup:lock", (), _lock),
)
BY_NAME = {command.name: command for command in COMMANDS}
_PASS_THROUGH = {"test": "pytest_args", "bench": "bench_args"}


class _SpanishParser(argparse.ArgumentParser):
    """argparse with Spanish headings and one line on wrong use."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (argparse's own arguments)
        super().__init__(**{**kwargs, "add_help": False})
        self._positionals.title = "argumentos"
        self._optionals.title = "opciones"
        self.add_argument("-h", "--help", action="help", help="mostrar esta ayuda")

    def error(self, message: str) -> None:  # type: ignore[override] # exits like its parent
        self.exit(2, f"avanza: uso incorrecto: {message}. Mira «./{self.prog} --help».\n")

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "uso: ./", 1)


def build() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _SpanishParser(
        prog="avanza", description="Avanza: talleres, recordatorios y apoyo confidencial por WhatsApp."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMANDO", title="comandos")
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        if command.add:
            command.add(one)
    return parser


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse; what follows `test` or `bench NAME` goes on untouched, options included."""
    parser = build()
    if argv and argv[0] in _PASS_THROUGH and not {"-h", "--help"} & set(argv[:2]):
        own = 1 if argv[0] == "test" else 2
        args = parser.parse_args(argv[:own])
        setattr(args, _PASS_THROUGH[argv[0]], [part for part in argv[own:] if part != "--"])
        return args
    return parser.parse_args(argv)
