"""Spanish of `./avanza keys`."""

from __future__ import annotations

BOTH_NEEDED = (
    "se está cambiando la llave: hacen falta las dos, AVANZA_SECRET_KEY y AVANZA_NEXT_SECRET_KEY (o el "
    "archivo secret-key.next de AVANZA_VAR). Nada cambió."
)
WAIT = "se está cambiando la llave: las listas esperan hasta que termine. Mira «./avanza keys status»."
NEXT_THERE = (
    "ya hay una llave siguiente ({where}): sigue con «./avanza keys replace», o bórrala si nunca se usó."
)
MADE_FILE = (
    "Llave siguiente en {where}. Guarda una copia aparte, con la de ahora. Cópiala a cada servidor, vuelve a "
    "arrancar todos los procesos y sigue con «./avanza keys replace»."
)
MADE = (
    "Llave siguiente:\n\n    {key}\n\nGuárdala aparte, con la de ahora. Ponla en AVANZA_NEXT_SECRET_KEY en "
    "cada servidor, sin tocar AVANZA_SECRET_KEY; vuelve a arrancar todos los procesos y sigue con "
    "«./avanza keys replace»."
)
NO_NEXT = "no hay llave siguiente: empieza con «./avanza keys new»."
NOT_A_SUCCESSOR = "la llave siguiente no se hizo a partir de la de ahora: hazla con «./avanza keys new»."
UNDER_WAY = "ya se está cambiando, o la llave de ahora no es la de esta base. Mira «./avanza keys status»."
RESTART_FIRST = (
    "{count} conexiones son de procesos que no conocen la llave siguiente: vuelve a arrancarlos y repite. "
    "Nada cambió."
)
BEGUN = (
    "Empezó el cambio. Vuelve a arrancar todos los procesos otra vez: desde ahí se escribe con la llave "
    "nueva, se lee con las dos, y el reloj pasa lo demás. Míralo con «./avanza keys status»."
)
STATUS_NONE = "No hay ningún cambio de llave."
STATUS_READY = "Hay una llave siguiente y no se usa todavía: sigue con «./avanza keys replace»."
STATUS_OVER = "La llave ya se cambió. Termina con «./avanza keys finish»."
STATUS = "Se está cambiando la llave: vuelta {round}, {rows} renglones vistos."
STATUS_STRAGGLERS = (
    "{count} conexiones son de procesos que todavía no escriben con la nueva: vuelve a arrancarlos."
)
STATUS_LEFT = (
    "{left} renglones no se abren con ninguna de las dos llaves, o chocan con otro: la llave de antes no se "
    "deja mientras estén. Avisa a quien da soporte."
)
NOT_OVER = "el cambio de llave no ha terminado. Mira «./avanza keys status». Nada cambió."
FINISHED_FILE = (
    "Listo: {where} es la llave nueva. La de antes quedó en {former}: guárdala aparte, fuera de este "
    "servidor, mientras guardes respaldos de antes, y bórrala de aquí."
)
FINISHED = (
    "Listo: pon la llave nueva en AVANZA_SECRET_KEY, quita AVANZA_NEXT_SECRET_KEY y vuelve a arrancar. "
    "Guarda la de antes aparte mientras guardes respaldos de antes."
)
STEP_COPY = "copia de la base, aparte"
STEP_REHEARSE = "cambio de la llave en la copia"
STEP_LOOK = "revisión de la copia"
REHEARSED = "Ensayo bien: {rows} renglones en {seconds} s. Nada cambió en la base; la copia se borró."
REHEARSAL_FAILED = "el ensayo no salió bien: {what}. Nada cambió en la base."
REHEARSAL_LEFT = "{left} renglones no se abren con la llave"
REHEARSAL_OTHER = "lo que quedó en la copia no se abre con la llave nueva, o se abre con la de antes"
