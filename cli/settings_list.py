"""Every setting in words, for `doctor`: what it decides, what holds where it is unset, what is secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """One setting; `default` is what holds where it is unset, None where it must be set."""

    name: str
    says: str
    default: str | None
    secret: bool = False


SETTINGS = (
    Known("TWILIO_ACCOUNT_SID", "la cuenta de Twilio (empieza con AC)", None),
    Known("TWILIO_AUTH_TOKEN", "el token de esa cuenta; con él se revisan las firmas", None, secret=True),
    Known("TWILIO_WHATSAPP_FROM", "el número que escribe, como whatsapp:+521...", None),
    Known("TWILIO_MESSAGING_SERVICE_SID", "el servicio de mensajes, si se usa uno", "ninguno"),
    Known("TWILIO_API_URL", "otra base para la API de Twilio, como la del simulador", "la de Twilio"),
    Known(
        "AVANZA_PUBLIC_URL",
        "la dirección pública a la que llama Twilio",
        "http://127.0.0.1 y el puerto de entrada",
    ),
    Known("AVANZA_DATABASE_URL", "PostgreSQL 15 o más nuevo", "el PostgreSQL incluido", secret=True),
    Known("AVANZA_VAR", "la carpeta del estado", "var/"),
    Known(
        "AVANZA_SECRET_KEY",
        "32 bytes en base64 que cifran los datos",
        "la que está en AVANZA_VAR",
        secret=True,
    ),
    Known("AVANZA_NEXT_SECRET_KEY", "la llave que tomará su lugar (./avanza keys)", "ninguna", secret=True),
    Known("AVANZA_WEBHOOK_PORT", "el puerto de la entrada de Twilio", "8000"),
    Known("AVANZA_CONSOLE_PORT", "el puerto de las páginas del personal", "8001"),
    Known("AVANZA_SIMULATOR_PORT", "el puerto del teléfono simulado", "8002"),
    Known(
        "AVANZA_SIMULATED_CLOCK", "yes: la hora se adelanta desde el simulador; solo en la demostración", "no"
    ),
    Known("AVANZA_RASA_URLS", "dónde responde Rasa; varias, con comas", "http://127.0.0.1:5005"),
    Known("AVANZA_TIMEZONE", "la zona horaria del programa", "America/Mexico_City"),
    Known("AVANZA_REMINDER_OFFSETS", "minutos antes de la sesión, con comas", "1440,120"),
    Known("AVANZA_QUIET_HOURS", "horas en que no se inicia nada; vacío: ninguna", "20:00-09:00"),
    Known("AVANZA_LEAST_AGE", "desde qué edad se inscriben en los talleres", "14"),
    Known("AVANZA_GUARDIAN_UNDER", "menores de esta edad, solo con su mamá, papá o quien las cuida", "18"),
    Known("AVANZA_ALARM_EMAILS", "a quién se avisa por correo cuando algo se queda sin atender", "a nadie"),
    Known("AVANZA_SMTP_URL", "el servidor que manda esos correos y avisos", "ninguno", secret=True),
    Known("AVANZA_ALARM_PHONES", "a quién se avisa por WhatsApp, sin contenido", "a nadie"),
    Known("AVANZA_DANGER_MINUTES", "minutos entre los avisos de un peligro que nadie ha tomado", "5"),
    Known("AVANZA_SENDS_PER_SECOND", "mensajes por segundo que permite la cuenta; 0: sin límite", "70"),
    Known("AVANZA_HOLD_MINUTES_DANGER", "minutos sin quien la tenía hasta que un peligro se suelta", "3"),
    Known("AVANZA_HOLD_MINUTES", "lo mismo para los demás casos", "20"),
    Known(
        "AVANZA_COVER_HOURS",
        "horas sin mensajes hasta que el modo oculto termina solo, sin caso abierto",
        "12",
    ),
    Known("AVANZA_METRICS_PORT", "el puerto en que la vigilancia (Prometheus) lee las cifras", "ninguno"),
    Known("AVANZA_METRICS_HOST", "la dirección de este equipo en que escucha ese puerto", "127.0.0.1"),
    Known(
        "AVANZA_SILENCE_HOURS", "horas sin mensajes hasta que se avisa, sin semanas con que comparar", "24"
    ),
    Known(
        "AVANZA_BACKUP_KEY", "la llave pública de age con que se cifra el respaldo de cada noche", "ninguna"
    ),
    Known("AVANZA_BACKUP_DIR", "la carpeta de los respaldos", "AVANZA_VAR/backup"),
    Known("AVANZA_BACKUP_KEEP", "cuántos respaldos de noche se guardan", "14"),
    Known(
        "AVANZA_SPEECH",
        "quién escucha las notas de voz: off, local o http",
        "esta máquina, si tiene el motor y 1 GB libre",
    ),
    Known(
        "AVANZA_SPEECH_URL", "el servidor que las escucha con http (tipo OpenAI, en la red propia)", "ninguno"
    ),
    Known("AVANZA_SPEECH_PUBLIC", "yes: ese servidor puede estar fuera de la red propia", "no"),
    Known("AVANZA_CONSOLE_SECURE", "yes: las páginas del personal van solo por https", "no"),
    Known("AVANZA_TRUSTED_PROXIES", "cuántos proxies propios hay delante de esas páginas", "0"),
)
