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
