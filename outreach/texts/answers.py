"""The first answers to common questions; coordinators edit them in the console."""

NONE = "Eso no lo tengo a la mano. Si quieres, te comunico con una persona: escribe «persona»."

DEFAULTS = {
    "programme": (
        "Es un programa de gobierno para mujeres de Jalisco: talleres gratis de alimentación, producción, "
        "oficios, salud y empleo. ¿Te apunto?"
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
    "certificate": "Sí. Al terminar todas tus sesiones te damos una constancia. Pídela a quien da el taller.",
    "location": "Hay grupos en varios municipios de Jalisco. Dime en cuál vives y te digo cuáles hay.",
}
