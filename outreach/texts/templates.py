"""What a coordinator reads where a template can't be saved, one line a rule; none of it reaches a woman."""

from __future__ import annotations

from typing import Final

NO_BODY: Final = "Falta el texto."
LONG_BODY: Final = "El texto pasa de {most} letras con sus ejemplos: WhatsApp no lo acepta."
BRACES: Final = "Lo que cambia se escribe {{1}}, {{2}}… con dos llaves y un número, sin espacios."
SEQUENCE: Final = "Las variables van en orden y una sola vez: {{1}}, {{2}}, {{3}}…"
AT_THE_END: Final = "Una variable no puede ir al principio ni al final del texto."
SIDE_BY_SIDE: Final = "Dos variables no pueden ir juntas: pon una palabra en medio."
FEW_WORDS: Final = (
    "Con {count} {variables} el texto lleva al menos {least} palabras además de ellas; tiene {words}."
)
MANY_VARIABLES: Final = "Son más de {most} variables."
NO_SAMPLE: Final = "Falta el ejemplo de {variable}."
LONG_SAMPLE: Final = "El ejemplo de {variable} pasa de {most} letras."
NO_NAME: Final = "Falta decir qué va en {variable}."
LONG_NAME: Final = "Lo que va en {variable} se dice en menos de {most} letras."
SAME_NAME: Final = "Dos variables se llaman «{name}»."
MANY_BUTTONS: Final = "Son más de {most} botones."
LONG_BUTTON: Final = "El botón «{title}» pasa de {most} letras."
NO_BUTTON: Final = "Un botón no tiene texto."
SAME_BUTTON: Final = "Dos botones dicen «{title}»."
BAD_BUTTON: Final = "Un botón no puede llevar variables ni llaves."
BAD_LANGUAGE: Final = "Ese idioma no se usa aquí."
BAD_CATEGORY: Final = "La categoría es de aviso o de promoción."
BAD_MINUTES: Final = "El tiempo va de {least} a {most} minutos."
BAD_NAME: Final = "De 3 a 60 letras minúsculas sin acento, números y guion bajo."
REVEALS: Final = "La plantilla tiene palabras que pueden delatar a una mujer: {words}."
OF_THE_PRODUCT: Final = "Esta plantilla la llena el programa con {given}: no puede llevar más variables."
NOT_THE_NEWEST: Final = "Alguien la cambió mientras tanto. Ábrela otra vez y revisa su texto."
TAKEN: Final = "Ya hay una plantilla con ese nombre: usa otro."
IN_USE: Final = "El programa la usa para sus avisos: no se retira. Cambia su texto."
WITHDRAWN: Final = "Esa plantilla ya se retiró."
NOT_APPROVED: Final = "WhatsApp todavía no la aprueba: no se puede probar."
MANY_TRIALS: Final = "Ya hiciste {most} pruebas en una hora. Espera un poco."
A_WOMANS: Final = "Ese número es de una mujer del programa: pon el tuyo."
RESERVED: Final = "Ese final es de las que el programa manda solo: usa otro nombre."
NO_PHONE: Final = "Falta tu número: 10 cifras, de un teléfono con WhatsApp."
BAD_PRICE: Final = "El precio es un número de 0 a 99, con hasta seis decimales."
BAD_CURRENCY: Final = "La moneda son tres letras, como USD o MXN."
NO_SOURCE: Final = "Falta de dónde sale el precio."
PRICE_TAKEN: Final = "Ya hay un precio de esa categoría desde ese día."

# What the code fills into the product's own, by purpose and number; said where a template is made.
GIVEN: Final = {
    "session_reminder": ("cuándo es", "lugar"),
    "group_notice": ("cuándo es",),
    "session_moved": ("taller", "cuándo era", "cuándo es", "lugar"),
    "session_cancelled": ("taller", "cuándo era"),
    "seat_freed": ("taller", "cuándo es"),
    "seat_confirmed": ("taller", "cuándo es", "lugar"),
    "request_answered": ("número de solicitud",),
    "write_to_us": (),
    "first_invitation": (),
    "avanza_aviso_equipo": (),
    "avanza_aviso_ahora": (),
}
# People fill in these two in a campaign; the names above are what the product suggests.
BY_PEOPLE: Final = frozenset({"group_notice", "seat_confirmed"})
CONFIRMED: Final = "Hola. Tu lugar en {{1}} ya quedó. Tu primera sesión es {{2}}, en {{3}}. Si no puedes, contesta este mensaje."
