"""What staff read about their own account: codes, passwords, sessions, what they agree to."""

from __future__ import annotations

from typing import Final

CODE_FAILED: Final = (
    "El código no es correcto, ya se usó, o hubo demasiados intentos. Espera a que tu app muestre otro."
)
CODE_TOO_OFTEN: Final = "Hubo demasiados códigos equivocados. Entra otra vez con tu contraseña."
FACTOR_NOT_CONFIRMED: Final = "Ese código no corresponde. Revisa que la hora de tu teléfono sea automática y escribe el que muestra ahora."
FACTOR_OFF: Final = "Ya no se te pide código al entrar."
FACTOR_NEEDED: Final = "Tu puesto abre casos: necesita el código."
QR_TITLE: Final = "Cuadro para escanear con la app de códigos"
TOO_MANY_TRIES: Final = "Hubo demasiados intentos. Espera quince minutos."

PASSWORD_SHORT: Final = "La contraseña nueva necesita al menos {least} caracteres: una frase corta sirve."  # noqa: S105 (a sentence)
PASSWORD_LONG: Final = "La contraseña nueva es demasiado larga (hasta {most} caracteres)."  # noqa: S105 (a sentence)
PASSWORD_SAME: Final = "La contraseña nueva es igual a la de antes."  # noqa: S105 (a sentence)
# By what zxcvbn found in it.
PASSWORD_WEAK: Final = {
    "user_inputs": "La contraseña nueva lleva tu nombre o tu usuario, y se adivina fácil: usa palabras que no tengan que ver contigo.",
    "local": "La contraseña nueva usa palabras del programa o de por aquí, y se adivina fácil: usa otras.",
    "local pairs": "La contraseña nueva usa palabras del programa o de por aquí, y se adivina fácil: usa otras.",
    "passwords": "La contraseña nueva se parece a una que usa mucha gente: usa otra.",
    "words": "La contraseña nueva son pocas palabras comunes: junta cuatro o más que no vayan juntas.",
    "repeat": "La contraseña nueva repite lo mismo, y se adivina fácil: usa palabras distintas.",
    "sequence": "La contraseña nueva sigue un orden, como abc o 123, y se adivina fácil: usa palabras que no vayan juntas.",
    "spatial": "La contraseña nueva son teclas vecinas, y se adivina fácil: usa palabras que no vayan juntas.",
    "date": "La contraseña nueva es casi toda una fecha, y se adivina fácil: agrega palabras que no vayan juntas.",
    "regex": "La contraseña nueva es casi toda un año, y se adivina fácil: agrega palabras que no vayan juntas.",
    "short": "La contraseña nueva se adivina fácil: junta cuatro o más palabras que no vayan juntas.",
}

_GONE = "Mientras, cuentas como ausente: si tienes una conversación de peligro y no vuelves pronto, otra persona podrá tomarla."
LOCKED: Final = f"Pasaron 10 minutos sin que hicieras nada, o cambió la llave de tu equipo. Aquí ya no se puede leer ni escribir; lo que escribías sigue en esta página. {_GONE}"
LOCKED_PAGE: Final = f"Pasaron 10 minutos sin que hicieras nada, o cambió la llave de tu equipo. Para seguir, escribe tu contraseña y un código. {_GONE}"
AWAY: Final = "No hay conexión con el sistema. Inténtalo otra vez en un momento."
UNLOCK_FAILED: Final = "La contraseña o el código no son correctos, o el código ya se usó. Si hubo muchos intentos, espera unos minutos."
TWO_ACCOUNTS: Final = "Tu cuenta y la de quien la hizo o la pidió parecen de la misma persona: tienen el mismo nombre, teléfono o correo. La aprueba otra persona. Si son dos, pide a administración cuentas con el nombre completo de cada una."
SESSION_ENDED: Final = "Esa sesión terminó."
SESSIONS_ENDED: Final = "Terminaron las demás sesiones."
REVIEW_STAYS: Final = "Anotado: la cuenta de {name} sigue."
REVIEW_REMOVED: Final = "La cuenta de {name} ya no puede entrar."
