"""How she reads an answer to a voice note: the same with less of it, and "di" where it says "escribe".

Who speaks her messages may read slowly or have them read to her. What is of the law, of danger and of her own
data stays word for word. *Salir*, its 🌵 and the word that brings her back stay to be written: who has to hide
can't say one aloud, and the other is not taken from a guess.
"""

# What stands in an answer, and what stands there where she spoke. An empty one is left out.
SHORTER: dict[str, str] = {
    # Who this is, and what can be had here.
    "Soy *Avanza*: un programa automático de talleres, no soy una persona.": (
        "Soy *Avanza*, un programa; no soy una persona."
    ),
    "Soy *Avanza*, un programa automático de talleres para mujeres; no soy una persona. "
    "Si quieres, te paso con alguien del equipo.": (
        "Soy *Avanza*, un programa; no soy una persona. Si quieres, te paso con una."
    ),
    ", qué gusto saludarte": "",
    "¿Seguimos con tu inscripción donde nos quedamos?": "¿Seguimos con tu inscripción?",
    "Aquí puedes ver tus sesiones, cambiar tus datos o preguntar lo que quieras de los talleres.": "",
    "Te puedo inscribir a un taller, contarte qué talleres hay o pasarte con una persona.": "",
    "Gracias por platicarme. Yo te ayudo con los talleres y tus sesiones.": "Gracias por platicarme.",
    "Si se te ofrece algo más, escríbeme.": "",
    "Cuando quieras, aquí me escribes.": "",
    "Si se te ofrece algo, aquí me escribes.": "",
    "Claro que sí: escríbeme aquí el día que lo necesites, a la hora que sea, y lo retomamos.": (
        "Claro que sí. Cuando quieras, seguimos."
    ),
    "Listo, lo dejamos. Cuando quieras seguir, escríbeme y continuamos donde nos quedamos.": (
        "Listo, lo dejamos. Cuando quieras, seguimos."
    ),
    # Not understood.
    "Creo que no te seguí bien. ¿Me lo dices con otras palabras?": "No te entendí bien. ¿Me lo repites?",
    "Creo que no te seguí bien. ¿Me lo dices con otras palabras, o prefieres hablar con una persona?": (
        "No te entendí bien. ¿Me lo repites, o prefieres hablar con una persona?"
    ),
    "Perdón, sigo sin entenderte bien; es cosa mía. Escoge una opción o te paso con una persona.": (
        "Perdón, no te entiendo bien. Escoge una opción."
    ),
    "Creo que estamos dando vueltas; perdón. Si prefieres, le aviso al equipo que quieres hablar con una "
    "persona, o vemos otra cosa.": "Perdón, no te entiendo bien. ¿Prefieres una persona?",
    # Nobody listened, or not in time.
    "Recibí tu mensaje de voz, pero todavía no sé escuchar audios.": "No pude escuchar tu audio.",
    "Recibí tu mensaje de voz. Yo no puedo escucharlo, pero se lo paso al equipo de apoyo.": (
        "Tu audio se lo paso al equipo de apoyo."
    ),
    # A person.
    "Claro que sí. Le aviso al equipo que quieres hablar con una persona.": (
        "Sí. Le aviso al equipo que quieres una persona."
    ),
    "¿Qué días y a qué horas te queda bien que te escriban?": "¿Qué días y a qué horas te escriben?",
    "Está bien, así también se puede 😊 Mándame mensajes de voz y los escucha una persona del equipo. "
    "Ya le aviso que así prefieres.": "Está bien: mándame audios. Le aviso al equipo que así prefieres.",
    "Recibí tu mensaje de voz. Lo escucha una persona del equipo.": "Tu audio lo escucha una persona del equipo.",
    "Gracias por decírmelo, y perdón por la molestia. Le aviso al equipo de tu queja. Si quieres, escríbeme "
    "aquí qué pasó.": "Perdón por la molestia. Le aviso al equipo de tu queja. Si quieres, dime qué pasó.",
    "Gracias por decírmelo. Le aviso al equipo, como urgente, que hoy falta comida en tu casa.": (
        "Le aviso al equipo, como urgente, que hoy falta comida en tu casa."
    ),
    # Enrolment, one question at a time.
    "Si quieres inscribirte, primero te leo el aviso de privacidad. ¿Te lo leo?": (
        "Para inscribirte, primero te leo el aviso de privacidad. ¿Te lo leo?"
    ),
    "Qué gusto que quieras entrar 🌱 Son unas preguntas cortas. Puedes parar cuando quieras: "
    "escribe *mejor luego*.": "Son unas preguntas cortas. Para parar, di *mejor luego*.",
    "Para inscribirte solo me falta tu permiso, el del aviso de arriba.": "Solo me falta tu permiso.",
    "¿Qué día naciste? Con día, mes y año, como tú lo escribas.": "¿Qué día naciste? Con mes y año.",
    "Escribe tu nombre con apellidos, solo con letras.": "Dime tu nombre con apellidos.",
    "Me faltan tus apellidos. Escríbelo completo": "Me faltan tus apellidos. Dilo completo",
    "Me faltó una parte. Escribe día, mes y año": "Me faltó una parte. Di día, mes y año",
    "Me faltó el año. Escríbelo": "Me faltó el año. Dilo",
    "Me faltó el día y el mes. Escríbelos": "Me faltó el día y el mes. Dilos",
    "Esa fecha no existe en el calendario; a lo mejor se fue un número. Escríbela así:": (
        "Esa fecha no existe. Dila así:"
    ),
    "Revisa el año, por favor. Escribe tu fecha así:": "Revisa el año, por favor. Di tu fecha así:",
    "No encontré la fecha. Escribe tu día, mes y año de nacimiento": (
        "No encontré la fecha. Dime el día, mes y año en que naciste"
    ),
    "No encontré ese municipio de Jalisco. Escríbelo otra vez o dime uno grande que te quede cerca": (
        "No encontré ese municipio. Repítelo, o dime uno grande que te quede cerca"
    ),
    "Escribe el nombre de tu colonia, pueblo o rancho. Si prefieres no decirlo, escribe *paso*.": (
        "¿En qué colonia, pueblo o rancho? Si prefieres no decirlo, di *paso*."
    ),
    "Escribe solo el número de niñas, niños y adolescentes que viven contigo.": (
        "Dime solo cuántas niñas y niños viven contigo."
    ),
    "Escribe un número, por ejemplo *2*. Si no vive ninguno contigo, escribe *0*.": (
        "Dime un número. Si no vive ninguno contigo, di *cero*."
    ),
    "Escríbeme solo tu nombre": "Dime solo tu nombre",
    "Escríbeme su número": "Dime su número",
    "Te pregunto para cuidar lo que te mando. ¿Los mensajes de este teléfono los lees solo tú?": (
        "¿Los mensajes de este teléfono los lees solo tú?"
    ),
    # Groups and sessions.
    "¿Cuál te queda mejor? Contesta con el número.": "¿Cuál te queda mejor?",
    "Contesta con el número, o escribe «no» y te quedas en el tuyo.": "Dime el número, o di «no».",
    "Contesta con el número.": "Dime el número.",
    "Si prefieres otro horario, escribe «otro grupo».": "Si quieres otro grupo, dime.",
    "Antes de cada sesión te mando un recordatorio.": "Antes te recuerdo.",
    "Cuando la haya, te mando un recordatorio antes.": "Cuando la haya, te recuerdo.",
    "Si quieres, te apunto: escribe «quiero inscribirme».": "Si quieres entrar, di «quiero inscribirme».",
    "Gracias por avisar. Ya anoté que llegas un poco tarde": "Ya anoté que llegas un poco tarde",
    "Ahorita no hay nadie del equipo en turno. Ya quedó anotado para que te contesten. Emergencias: 911, a toda "
    "hora, gratis y sin saldo.": (
        "Ahorita no hay nadie en turno. Ya quedó anotado para que te contesten. Emergencias: 911, gratis."
    ),
    "Tu mensaje ya le aparece al equipo. Hay alguien en turno; todavía no te está leyendo y puede tardar un poco. "
    "Mientras, te leo yo.": (
        "Tu mensaje ya le aparece al equipo. Hay alguien en turno; todavía no te está leyendo."
    ),
    "Listo, ya no te voy a mandar recordatorios ni avisos. Si tienes lugar en un taller, no cambia. Si me escribes, siempre te "
    "contesto.": "Listo, ya no te mando recordatorios ni avisos. Si tienes lugar en un taller, no cambia. Si me hablas, te contesto.",
    # In confidence.
    "Gracias por contármelo. Te creo, y no es tu culpa. Aquí decides tú cada paso.": (
        "Te creo, y no es tu culpa. Tú decides cada paso."
    ),
    "Si llega alguien, escribe *salir* o manda 🌵 y cambio de tema; para volver, escribe": (
        "Si llega alguien, manda 🌵 o *salir* y cambio de tema; para volver,"
    ),
    "¿Ahorita puedes escribir sin peligro?": "¿Puedes hablar sin peligro?",
    "¿Puedes seguir escribiendo aquí sin peligro?": "¿Puedes seguir hablando aquí sin peligro?",
    "¿Puedes escribir sin peligro?": "¿Puedes hablar sin peligro?",
    "Te escucho. Escribe lo que quieras y a tu ritmo; no te voy a juzgar. Cuando quieras otra cosa, escribe "
    "*opciones*.": "Te escucho. Dime lo que quieras, a tu ritmo; no te voy a juzgar.",
    "Te leo. Aquí también puedes platicar de lo tuyo, en confianza. O vemos lo de los talleres, como tú quieras.": (
        "Aquí puedes platicar de lo tuyo, en confianza. O vemos los talleres, como quieras."
    ),
    "Gracias por decírmelo. Tú importas, y no tienes que pasar por esto a solas. Si estás por lastimarte": (
        "Tú importas, y no tienes que pasar por esto a solas. Si estás por lastimarte"
    ),
    "Puedes escribir lo que quieras, como te salga.": "Di lo que quieras, como te salga.",
    "Sigo contigo. Si estás por lastimarte, marca *911*. No tienes que escoger nada; escribe lo que te salga.": (
        "Sigo contigo. Si estás por lastimarte, marca *911*. No tienes que escoger nada."
    ),
    "Sigo contigo, y tú importas. Si sientes que te vas a lastimar, marca *911*. Escribe lo que te salga.": (
        "Sigo contigo, y tú importas. Si sientes que te vas a lastimar, marca *911*."
    ),
}  # fmt: skip
HIDES = "🌵"
WORDS_TO_WRITE = ("salir", "girasol", "tu palabra")
"""What she is told to write also where she speaks."""
