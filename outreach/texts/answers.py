"""The first answers to common questions; coordinators edit them in the console."""

NONE = "Eso no lo tengo a la mano. Si quieres, te comunico con una persona: escribe «persona»."

DEFAULTS = {
    "programme": (
        "Es un programa de gobierno para mujeres de Jalisco: talleres gratis de alimentación, producción, "
        "oficios, salud y empleo."
    ),
    "requirements": (
        "Solo necesitas ser mujer, vivir en Jalisco y tener 14 años o más. Si eres menor de 18 ven con tu mamá, "
        "papá o quien te cuida. No pedimos papeles para apuntarte aquí."
    ),
    "cost": "No cuesta nada. Los talleres y los materiales son gratis. Si alguien te cobra, avísanos aquí.",
    "childcare": "Sí puedes llevar a tus hijos. En algunos grupos hay quien los cuide; pregúntalo al llegar.",
    "support": (
        "El apoyo principal son los talleres. Según el grupo puede haber despensa, material o ayuda para tu huerto "
        "o negocio. En tu grupo te dicen cuál toca."
    ),
    "certificate": (
        "Sí. Al terminar todas tus sesiones te damos una constancia. Pídela a quien da el taller. "
        "Si ya terminaste y no te la han dado, escribe «persona»."
    ),
    "bring": (
        "No me han dicho que haya que llevar algo: los materiales son gratis. Si quieres que una persona te lo "
        "confirme, escribe «persona»."
    ),
    "duration": (
        "Cada grupo tiene sus días y sus horas. Cuánto dura en total no lo tengo aquí; una persona te lo dice: "
        "escribe «persona»."
    ),
    "teachers": (
        "El nombre de quien da cada taller no lo tengo aquí. Una persona del equipo te lo puede decir: "
        "escribe «persona»."
    ),
    # The sentence of the law (Ley General de Desarrollo Social, art. 28); to be confirmed by the legal area.
    "politics": (
        "No. Este programa es público, ajeno a cualquier partido político. Queda prohibido el uso para fines "
        "distintos al desarrollo social. Aquí nadie te pide tu voto."
    ),
    "online": (
        "Los talleres son en persona: cada grupo tiene su lugar, su día y su hora. En línea no tengo ninguno. "
        "Si se te complica salir, escribe «persona» y lo ves con alguien del equipo."
    ),
    "absence": (
        "Por faltar una vez, aquí no se te quita tu lugar. Cuando no puedas venir, escribe «no puedo ir» y lo anoto. "
        "Cuántas faltas se permiten no lo tengo aquí; una persona te lo dice: escribe «persona»."
    ),
    "card": (
        "De credenciales y tarjetas no tengo datos aquí. Una persona del equipo te lo puede decir: escribe «persona»."
    ),
    "audio": (
        "Yo solo puedo contestar por escrito. Tú sí me puedes mandar audios. Si te cuesta leer, escribe «persona» "
        "o dilo en un audio."
    ),
    "location": "Hay grupos en varios municipios de Jalisco. Dime en cuál vives y te digo cuáles hay.",
}
