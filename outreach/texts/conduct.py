"""The code of conduct that whoever works here agrees to before anything opens.

A draft for the programme: its legal area reads it before the service opens (`docs/operations/opening.md`).
Whoever changes it in substance raises VERSION, and everybody is asked again at the next login.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = "2026-11"
POINTS: Final = (
    ("Lo que ves es de ellas.", "No lo cuentas fuera del trabajo, ni a tu familia, ni a colegas que no lo necesitan. Esto sigue cuando dejas el puesto."),
    ("Miras solo lo que necesitas.", "Abres los datos de una mujer para atenderla, no por curiosidad. Queda anotado quién hizo qué."),
    # No copies: the promise that a stolen disk shows nothing ends where a screen is photographed.
    ("No sacas copias.", "Sin fotos de la pantalla, sin capturas, sin reenviar mensajes, sin apuntes con nombres fuera de aquí."),
    ("Tu cuenta es tuya.", "No prestas tu contraseña ni tus códigos. Si te levantas, cierras. Si pierdes el teléfono, avisas el mismo día."),
    # LGAMVLV art. 8-IV and 52-IX: no mediation or conciliation with the aggressor.
    ("La tratas con respeto y le crees.", "No la culpas, no la presionas, no decides por ella. Nunca le propones hablar o reconciliarse con quien la agrede."),
    ("No prometes lo que no depende de ti.", "No dices que alguien va en camino si no lo sabes."),
    # LGAMVLV art. 29, CNPP art. 222; LGDNNA art. 12 (reform of 15-01-2026).
    ("Dices lo que la ley te obliga a avisar.", "Quien es servidora o servidor público avisa al Ministerio Público de un probable delito. Toda persona avisa de la violencia contra niñas, niños y adolescentes. Se lo dices antes de que cuente, y consultas a tu supervisión."),
    ("Nunca pides nada a cambio.", "Ni dinero, ni favores, ni relación personal o sexual, ni apoyo a un partido. No buscas a las mujeres por tu teléfono ni tus redes."),
    # LGAMVLV art. 8-VI and 55: addresses of refuges are secret.
    ("Cuidas dónde están.", "No das a nadie su domicilio, su teléfono ni la dirección de un refugio."),
    ("Si algo salió mal, lo dices pronto.", "Un mensaje a quien no era, un papel perdido, una cuenta abierta: avisas a tu supervisión el mismo día. Avisar a tiempo no se castiga."),
    ("Si la conoces, lo dices.", "Si es familiar, vecina o alguien de tu vida, o si conoces a quien la agrede, otra persona la atiende."),
)  # fmt: skip
