"""What coordinators read of supports: rules in words, what an entry or a list lacks."""

from __future__ import annotations

UNKNOWN_KIND = "Ese tipo de apoyo no existe o ya no se da."
UNKNOWN_WOMAN = "Ella ya no está en el padrón."
UNKNOWN_AGENCY = "Elige la dependencia."
NOT_YOUR_AGENCY = "Solo quien coordina esa dependencia puede cambiarlo."
DAY_AHEAD = "La fecha está en el futuro: un apoyo se anota cuando ya se entregó."
DAY_TOO_OLD = "La fecha es de hace demasiados años."
AMOUNT_MISSING = "Falta la cantidad: este apoyo es en dinero."
AMOUNT_NOT_MONEY = "Este apoyo no es en dinero: deja vacía la cantidad."
AMOUNT = "Escribe la cantidad en pesos, como 850 o 850.50."
REASON_MISSING = "Escribe el motivo: quien revise necesita saberlo."
ENTERED = "Ese apoyo ya quedó anotado. Si no se entregó, anúlalo."
NOT_OVER = "Ya no pasa de la regla: puedes anotarlo."
ALREADY_VOID = "Ese apoyo ya estaba anulado."
ALREADY_DECIDED = "Alguien ya lo decidió."
RULE_MOST = "La cantidad debe ser de 1 a 100."
RULE_DAYS = "Escribe cada cuántos días, de 1 a 3650."
RULE_NO_DAYS = "El número de días solo va con «cada tantos días»."
RULE_OVER = "Esa regla ya terminó."
KIND_NAME = "Escribe el nombre del apoyo."
KIND_TAKEN = "Ya hay un apoyo con ese nombre."
KIND_REVEALS = "Ese nombre lo leen todas las dependencias y dice de más: «{word}». Usa otro."
ENTERED_TWICE = "ya estaba anotado ese día: no se repitió"
OVER_THE_RULE = "pasa de la regla ({rule}): quedó en la lista de apoyos dobles"
KIND = "no es un apoyo de los que se dan"

MONTH = "{most} al mes"
YEAR = "{most} al año"
DAYS = "{most} cada {days} días"
EVER = "{most} en total"
ALL = "contando todas las dependencias"
EACH = "en cada dependencia"

HEADERS = {
    "kind": "apoyo;tipo de apoyo;tipo;concepto;apoyo entregado",
    "given_on": "fecha;fecha de entrega;fecha del apoyo;día;fecha entrega;entregado el",
    "amount": "monto;cantidad;importe;monto en pesos;pesos",
    "given_by": "entregó;quien entregó;quién entregó;entregado por;responsable de la entrega",
    "note": "nota;notas;observaciones;comentario;comentarios",
}
"""The headers under which agencies write the columns of a list of supports, by `;`."""
