"""The headers under which agencies write the columns of a list (by `;`), and what we call each column."""

from __future__ import annotations

SHARED = {
    "agency": "dependencia;institución;agencia;instancia;organismo",
    "external_id": "folio;id;número de folio;no folio;num folio;folio de la dependencia;clave de la mujer",
    "phone": "teléfono;celular;tel;cel;whatsapp;teléfono celular;número de teléfono;número de celular;no teléfono;telefono de contacto",
    "curp": "clave única de registro de población",
    "group": "grupo;clave del grupo;código del grupo;clave grupo;código grupo",
    "municipality": "municipio;clave del municipio;clave municipio;cve mun;mun;nombre del municipio",
    "axis": "eje;tema;eje de interés;eje temático",
}
ALSO: dict[str, dict[str, str]] = {
    "women": {
        "full_name": "nombre completo;nombre y apellidos;nombre de la beneficiaria;beneficiaria;name",
        "given_names": "nombre;nombres;nombre s;nombre de pila",
        "surname": "apellido paterno;paterno;primer apellido",
        "second_surname": "apellido materno;materno;segundo apellido",
        "preferred_name": "como le dicen;nombre preferido;apodo;le dicen",
        "birth_date": "fecha de nacimiento;fecha nacimiento;nacimiento;fec nac;fecha nac;f nacimiento;fecha de nac;fec nacimiento",
        "locality": "localidad;colonia;colonia o localidad",
        "children": "hijos;número de hijos;no hijos;num hijos;no de hijos;niños;niños en casa;hijas e hijos",
        "consent_on": "fecha de consentimiento;fecha consentimiento;consentimiento;fecha del consentimiento;fecha de permiso",
    },
    "workshops": {
        "workshop": "clave del taller;código del taller;clave taller;código taller;id taller",
        "workshop_name": "taller;nombre del taller;nombre taller",
        "place": "lugar;sede;domicilio;dirección",
        "capacity": "cupo;capacidad;lugares;cupo máximo",
        "latitude": "latitud;lat",
        "longitude": "longitud;lon;lng;long",
        "description": "descripción",
    },
    "sessions": {
        "session": "sesión;clave de la sesión;código de la sesión;clave sesión;código sesión;id sesión",
        "starts_at": "inicio;fecha y hora;fecha hora;empieza;comienza;inicia;fecha y hora de inicio",
        "minutes": "minutos;duración;duración en minutos;duración minutos",
    },
    "enrolments": {},
    "attendance": {
        "session": "sesión;clave de la sesión;código de la sesión;clave sesión;código sesión;id sesión",
        "day": "fecha;día;fecha de la sesión;fecha sesión;día de la sesión",
        "attended": "asistencia;asistió;vino;llegó;presente;estado",
    },
    "supports": {
        "kind": "apoyo;tipo de apoyo;tipo;concepto;apoyo entregado",
        "given_on": "fecha;fecha de entrega;fecha del apoyo;día;fecha entrega;entregado el",
        "amount": "monto;cantidad;importe;monto en pesos;pesos",
        "given_by": "entregó;quien entregó;quién entregó;entregado por;responsable de la entrega",
        "note": "nota;notas;observaciones;comentario;comentarios",
    },
    "audiences": {"audience": "lista;nombre de la lista;audiencia;público;campaña"},
}
LABELS = {
    "full_name": "nombre completo", "given_names": "nombres", "preferred_name": "cómo le dicen",
    "birth_date": "fecha de nacimiento", "locality": "localidad", "children": "hijos", "curp": "CURP",
    "consent_on": "fecha de consentimiento", "agency": "dependencia", "external_id": "folio", "phone": "teléfono",
    "municipality": "municipio", "axis": "eje", "group": "grupo", "workshop": "clave del taller",
    "workshop_name": "taller", "place": "lugar", "capacity": "cupo", "latitude": "latitud",
    "longitude": "longitud", "description": "descripción", "session": "clave de la sesión",
    "starts_at": "fecha y hora", "minutes": "minutos", "surname": "apellido paterno",
    "second_surname": "apellido materno", "kind": "apoyo", "given_on": "fecha de entrega", "amount": "monto",
    "given_by": "quién entregó", "note": "nota", "day": "fecha", "attended": "asistencia",
    "audience": "lista",
}  # fmt: skip
"""A column's name in the errors."""
