r"""The red flags as patterns in ordinary spelling; `red_flags` compares them by sound.

Why words and no model: the list is closed, each entry is a known sign that she or a child may be killed, and
a sign that is missed can't be mended later. Each pattern says who does what to whom, never a lone word, and
each flag has its true and its look-alike sentences in tests/bot/components/test_red_flags.py.

`{ME}` and the like stand for the groups below; `~3` for up to three words between. A stem that ends in ll or y
would sound otherwise than its word: write such words whole.
"""

from __future__ import annotations

from typing import NamedTuple

_AUX = (
    r"(?:(?:ha|han|habia|quiere|quiso|quizo|queria|quisiera|viene a|vino a|anda|esta|estan|estaba|estuvo|"
    r"trato de|trata de|trataba de|intento|intenta|intentaba|acaba de|casi|ya|por poco|iba a|va a|ba a|van a|"
    r"empezo a|empieza a|volvio a|vuelve a|sigue|siempre|hasta|medio|andaba|ahora|tambien|luego|mas|bien) )*"
)
GROUPS = {
    "ME": rf"(?<!\bse )(?:me|nos) {_AUX}",
    "THEM": rf"(?:la|lo|le|los|las|les|se la|se lo) {_AUX}",
    "HE": (
        r"(?:esposo|marido|viejo|pareja|novio|ex|exmarido|exesposo|exnovio|exs|señor|papa|padrastro|suegro|"
        r"cuñado|concubino|hijo|hermano|tipo|hombre|vato|bato|wey|guey|mi gordo|suegra|mi esposa|mi mujer|"
        r"mi novia|viejito|sujeto)"
    ),
    "CHILD": (
        r"(?:mi|mis|a mi|a mis|los|las|el|la|su|una|un) (?:hij[oa]s?|hijit[oa]s?|niñ[oa]s?|nene|nena|nenes|"
        r"bebe|bebes|beba|chamac[oa]s?|criaturas?|niet[oa]s?|sobrin[oa]s?|hermanit[oa]s?|chiquill[oa]s|"
        r"morrit[oa]s?|chiquit[oa]s?|muchachit[oa]s?|alumnit[oa]s?)"
    ),
    "WOMAN": (
        r"(?:mi|a mi|una|a una|la|esta|mis) (?:hermana|hermanita|vecina|amiga|prima|mama|comadre|cuñada|tia|nuera|"
        r"abuela|suegra|compañera|madre|jefa|conocida|muchacha|señora|ahijada|madrina)s?"
    ),
    "GUN": r"(?:pistola|arma|armas|escuadra|rebolber|revolver|rifle|rifles|escopeta|cuerno de chivo|fusca|fusil)",
    "BLADE": (
        r"(?:machete|machetes|cuchillo|cuchillos|cuchillote|navaja|nabaja|navajas|picahielo|puñal|daga|hacha|"
        r"verduguillo|charrasca|fierro|tijeras|desarmador|punta)"
    ),
    "NECK": r"(?:cuello|cueyo|pescuezo|garganta|gañote|guergüero|gaznate)",
    "NEAR": (
        r"(?:ayud\w*|auxilio|socorro|afuera|aqui esta|esta aqui|puerta|amenaz\w*|grit\w*|enoj\w*|borrach\w*|"
        r"tomad[oa]|peg\w*|golpe\w*|matar\w*|mata|miedo|escond\w*|encerr\w*|no me deja|(?:la|lo) (?:va|ba) a usar|911|policia\w*)"
    ),
    "BELLY": (
        r"(?:embaraz\w*|embarasad\w*|panzon\w*|encinta|preñad\w*|en cinta|esperando (?:un )?(?:bebe|hijo|niñ[oa])|"
        r"meses de gestacion|(?:de|tengo) \w+ meses de embarazo|en la (?:panza|pansa|barriga)|en el vientre|"
        r"mi embarazo|voy a ser mama)"
    ),
}


class Sign(NamedTuple):
    """One red flag: what says it, what in the same sentence makes it something else, whom it threatens."""

    name: str
    says: tuple[str, ...]
    unless: str = r"(?!)"
    whom: str = "her"
    beside: str = ""
    """What must stand somewhere in the message as well."""
    denied: bool = True
    """A "no" before it undoes it."""


_MEDICAL = (
    r"doctor\w*|dentista|enfermer\w*|masaj\w*|quiropra\w*|sobador\w*|collarin|tos|gripa|gripe|asma|alergia\w*|"
    r"mocos|cubrebocas|covid|tiroides|angina\w*|amigdal\w*|faja|brasier|blusa|camisa|corbata|collar|"
    r"cinturon de seguridad|vestido|playera|cadena|crema|maquill\w*|bufanda"
)
_MONEY = (
    r"deud\w*|pagos?|renta|tarjeta|intereses|credito|banco|recibos?|dinero|gastos|letras|hipoteca|abonos?|coppel|"
    r"elektra|prestamo\w*|inflacion|trafico"
)
_KITCHEN = (
    r"cocin\w*|berdura\w*|verdura\w*|cebolla|jitomate|tomates?|carne|pollo|pastel|pan|comal|tamales|milpa|monte|"
    r"leña|pasto|zacate|nopal\w*|caña|agave|coco|cocos|sembr\w*|parcela|desyerb\w*|deshierb\w*|carnicer\w*|"
    r"silicon|silicona|de agua|juguet\w*|pintura|impacto|soldar|clavos|tatu\w*|limon\w*|fruta|sandia|queso|"
    r"puerco|marrano|chicharron|precio|aguacate|afil\w*|filo|costur\w*|tela|papel|manualidad\w*|camping|campamento|scout|jardin|huerto|podar|cerdo|chivo|"
    r"tortillas|birria|carnitas|picar|pelando|pelar|pelaba|rebanar|partir|partiendo|partia|cortando|"
    r"planchando|planchaba|aceite caliente de|juega|jugar|jugando|jugo"
)
_OF_OFFICE = (
    r"guardia|policia|militar|soldado|vigilante|velador|cazador|caceria|seguridad privada|uniforme|trabajo"
)
SIGNS = (
    Sign(
        "strangled",
        (
            r"{ME}(?:ahorc|estrangul|asfixi|axfixi|asficsi|sofoc)\w+",
            r"{ME}(?:ahorcand|estrangulad|asfixiand|estrangulan)\w*",
            r"(?:ahorcar|estrangular|asfixiar|ahogar|ahorcando|estrangulando|asfixiando)(?:me|nos)",
            r"{ME}(?:ahog|aogo)\w*~3 (?:almohada|manos|cobija|tina|cubeta|agua|alberca|pila|sabana|trapo|rio|cuello)",
            r"(?:quiso|quiere|queria|intento|trato de|iba a|por poco|casi) me (?:ahorc|ahog|estrangul|asfixi)\w*",
            r"me (?:quiso|quiere|queria|intento|trato de|iba a|trataba de) (?:ahogar|ahorcar)",
            r"{ME}(?:apret|apriet|agarr|agar|jal|tom|pesc|prend|tuv|tiene|sujet|levant|estruj|pisa|piso)\w*~4 {NECK}",
            r"{ME}(?:pus|pon|ech|meti|enred|amarr|avent|clav)\w*~6 {NECK}",
            r"(?:apret|apriet)\w* (?:\w+ )?(?:el|del|mi) {NECK}",
            r"(?:manos|mano|brazo|rodilla|pie|cinto|cable|mecate|soga|cordon)~2 (?:en|al|sobre) (?:el|mi) {NECK}",
            r"(?:no me|no nos) (?:dejaba|deja|dejo|dejaban) (?:respirar|resoyar|resollar|agarrar aire)",
            r"(?:me|nos) (?:tap|cubr|tapó)\w*~3 (?:boca|nariz|cara)~6 (?:almohada|cobija|nariz|trapo|respir\w+|bolsa|sabana)",
            r"{ME}(?:pus|pon|ech|apret|apriet|avent)\w*~3 (?:almohada|cojin|bolsa|cobija)~3 (?:cara|boca|nariz|cabeza)",
            r"(?:con|de) (?:la|una) almohada~2 (?:en|sobre) (?:la|mi) (?:cara|boca|nariz)",
        ),
        rf"(?:{_MEDICAL}|{_MONEY}|dolor|torci\w*|contractura|agua del mar|chiv[ao]s?|borreg\w*|becerr\w*|colegiatura|cuota|formulario|mensualidad|escuela|uniformes|humo|polvo|calor|sol|coraje|nervios|"
        r"ansiedad|tristeza|nudo|panza|sentimiento|llanto|susto|vergüenza|pena|risa|comida|hueso|espina|"
        r"pastilla|(?:el|un|mi|la|los) perr\w+|gat[oa]|quien me|vaso de agua|al nadar|nadando|clases de)",
    ),
    Sign(
        "weapon",
        (
            r"{ME}(?:sac|apunt|amenaz|amenas|enseñ|muestr|mostr|pus|pon|pic|corret|corretea|persig|persigu|persigui|"
            r"avent|lanz|atac|agred|hir|acuchill|apuñal|machet|navaje|picote|disp|lastim|enca[ñn]on|recarg|"
            r"clav|tir|balace|balase)\w*~5 (?:{GUN}|{BLADE})",
            r"{ME}(?:acuchill|apuñal|machete|navaje|encañon|balac|balas|balea|baleo)\w*",
            r"(?:{GUN}|{BLADE})~5 (?:me|nos) (?:la |lo )?(?:enseñ|muestr|mostr|apunt|amenaz|amenas|sac|pus|pon|corret|"
            r"pic|avent|persig|quiere|quiso|va a|agarr|acerc)\w*",
        ),
        rf"(?:{_KITCHEN})",
    ),
    Sign(
        "weapon",
        (
            r"{HE}~6 (?:trae|traia|tiene|carga|cargaba|compro|compra|consiguio|saco|agarro|esta con|anda con|viene con|"
            r"vino con|guarda|duerme con|llego con|trajo|esconde)(?: \w+){0,4} {GUN}",
            r"(?:ya )?(?:compro|consiguio|se compro|trajo) (?:una|un|su) {GUN}",
            r"(?:esta|anda|viene|vino|llego|afuera|puerta|cuarto|otro cuarto|entro|salio|sala|patio)~4 con (?:el|un|una|"
            r"su|la) (?:{GUN}|machete|cuchillo|cuchillote|navaja|hacha|fierro|puñal|picahielo)",
            r"{HE}~4 (?:agarro|saco|tomo|fue por|trae|traia|va por)(?: \w+){0,2} (?:un|el|una|la) {BLADE}",
            r"(?:pistola|navaja|cuchillo|machete)~2 en (?:la|mi) (?:cabeza|cara|sien|garganta|panza|espalda|costilla\w*)",
        ),
        rf"(?:{_KITCHEN}|{_OF_OFFICE})",
    ),
    Sign(
        "weapon",
        (r"(?:trae|tiene|saco|agarro|traen|carga) (?:\w+ )?(?:una |un |el |la |su )?(?:{GUN}|{BLADE})",),
        rf"(?:{_KITCHEN}|{_OF_OFFICE})",
        beside=r"{NEAR}",
    ),
    Sign(
        "threat_to_kill",
        (
            r"{ME}(?:matar|matara|asesin\w+|degoll\w+)",
            r"(?:dice|dijo|decia|amenaz\w*|jur\w*|si|miedo|temo|grito|un dia|capaz)~6 (?:me|nos) (?:mata|mate|matan)",
            r"por poco (?:me|nos) mata~1 (?:golpes|cuchilladas|patadas|balazos)",
            r"(?:amenaz\w*|quiere|quiso|queria|va a|ba a|van a|intento|trato de|iba a|con|jur\w*|puede|capaz de|dijo de|para|busca)"
            r"(?: \w+)? (?:matar|asesinar|desaparecer|enterrar|balacear|acuchillar)(?:me|nos)",
            r"(?:amenaz\w*|amenas\w*|jur\w*|dijo|dice|decia|grit\w*|asegur\w*)~5 (?:de muerte|(?:me|nos) (?:va|iba|ba|van) "
            r"a (?:matar|desaparecer|enterrar|picar|acuchillar|balacear|descuartizar))",
            r"(?:me|nos) (?:va|ba|iba|quiere|quiso|queria) (?:a )?(?:desaparecer|enterrar viva|acuchillar|balacear|degollar|"
            r"descuartizar|picar a|echar (?:al pozo|bala))",
            r"de aqui (?:no|nadie) (?:voy a |vas a |va a )?(?:sal\w+) viv[ao]s?",
            r"no (?:voy|vas|va|vamos) a salir viv[ao]s?~3",
            r"(?:te|las|los) (?:voy a|boi a) matar",
            r"me (?:tiene|trae|tienen) amenazada de muerte",
            r"amenaz\w*~3 de muerte",
            r"si (?:lo|me|le|yo)~6 (?:me|nos) (?:mata|va a matar)",
            r"me (?:manda|mando|van|va) a mandar matar",
        ),
        r"(?:hambre|estres|calor|frio|dolor\w*|coraje|gripa|hueva|flojera|cruda|risa|sed|preocupacion|angustia|pena|"
        r"vergüenza|curiosidad|celos de|amor|sueño|tristeza|desvelo|trabajo|trabajando|tarea|aburrimiento|cansancio|"
        r"rodilla\w*|espalda|cabeza me|pies|muelas?|zapatos|trafico|tacones|antojo|"
        r"(?:mi|la|tu) (?:mama|jefa|maestra|suegra|abuela|hermana|hija|amiga|comadre|nuera|directora|tia|patrona)~3 "
        r"(?:me|nos) (?:va a |ba a |iba a |quiere )?mat\w+|"
        r"mat\w+ (?:mi|la|tu) (?:mama|jefa|maestra|suegra|abuela|hermana|amiga|directora|tia|patrona)|"
        r"tiempo|pollo|gallina|puerco|cochino|mosquito\w*|cucaracha\w*|raton\w*|zancudo\w*|nervios|ansiedad|tos|"
        r"(?:gast|compr)\w+ (?:\w+ ){0,4}(?:bolsa|zapatos|ropa|vestido|mandado)|camion\w*|doctora?|tormenta|reloj|checador|alumn[oa]s|rola|muchachas|presion|azucar|fin de año|cierre de año|bañando|llego tarde|se me hizo tarde|lleguen|carro de|accidente|choque|colegiatura|pasajes|horario|dieta|lentitud|colicos|la duda|"
        r"partido|chivas|atlas|maquina|celular|pila|suerte|me mato trabajando)",
    ),
    Sign(
        "threat_to_kill",
        (
            r"(?:mata|matar|matarlos|matarlas|mato|mate|matarle|degollar|ahogar|envenenar|aventar del \w+) "
            r"(?:a mis|mis|a los|a las|a sus|a mi|al|a la) (?:hij\w+|niñ\w+|bebe\w*|criaturas|nietos|chiquillos)",
            r"(?:matar|mata|mate)~2 a (?:los|las|todos|todas|mi familia|mi mama|mis papas|mis hermanos|mis hijos|mi hij[oa])",
            r"(?:dijo|dice|amenaz\w*|jura|juro|grito|va a|iba a)~4 (?:matarlos|matarlas|los va a matar|las va a matar|"
            r"lo va a matar|la va a matar)",
        ),
        r"(?:mosquito\w*|cucaracha\w*|raton\w*|pollos?|gallinas?|pioj\w*|animal\w*|puerc\w*|hambre|preocupacion|bichos?|"
        r"lombric\w*|hormiga\w*|calor|estres|frio|tormenta|camion|carro|rayo|(?:el|los|un) perr\w+|gat\w+|arañas?|alacran\w*)",
    ),
    Sign(
        "threat_of_his_death",
        (
            r"si (?:lo|me|le|la|te|yo lo|yo la)? ?(?:dej|abandon|boy|voy|vas|separ|salg|sal)\w*~4 (?:me|se) (?:mato|mata|voy a matar|"
            r"va a matar|ba a matar|cuelg\w+|ahorc\w+|suicid\w+|quita la vida|va a quitar la vida|va a suicidar)",
            r"(?:me|se) (?:mato|mata|va a matar|suicida|va a suicidar|ahorca|va a ahorcar) si (?:lo|me|yo|la) ?(?:dej|boy|voy|separ)\w*",
            r"amenaz\w*~2 (?:con|que) (?:matarse|suicidarse|ahorcarse|colgarse|quitarse la vida|se (?:va a )?(?:mata|matar|suicid\w+))",
        ),
        r"(?:cancion|broma)",
    ),
    Sign(
        "possession",
        (
            r"si no (?:eres|soy|es|era|fui|vas a ser|voy a ser|puedo ser|estoy con)(?: \w+){0,3} (?:mia|de el|d el|suya|para el|de mi|con el|el)"
            r"~4 (?:no|ni)(?: \w+){0,4} (?:nadie|ninguno|ningun otro|otro)",
            r"(?:eres|soy|seras|vas a ser)? ?(?:mia|suya|de el) o de nadie",
            r"ni (?:mia|suya|de el|para el) ni de (?:nadie|otro|ninguno)",
            r"(?:no vas a ser|no voy a ser|no seras|nunca vas a ser|nunca seras) de (?:nadie|otro|ninguno) mas",
            r"(?:antes|primero) (?:muerta|te mato|me mata) que (?:con|de|verte con|verme con) otro",
        ),
        r"(?:cancion|letra|casa no es|culpa)",
        denied=False,
    ),
    Sign(
        "locked_in",
        (
            r"(?:me|nos) (?:tiene|tienen|dejo|deja|tenia|dejaba|dejaron|tuvo|traen|trae)(?: \w+){0,3} (?:encerrad|enserrad|encerad|secuestrad)\w*",
            r"(?:me|nos) (?:ha |a |habia )?(?:encerro|encierra|encerraba|enserro|ensierra|encero|encierran|encerraron|encerrado)"
            r"(?! (?:la lluvia|el maestro|la maestra))",
            r"(?:estoy|estamos|sigo|seguimos)(?: \w+){0,3} (?:encerrad|secuestrad)\w*~5 (?:no puedo salir|no podemos salir|con llave|candado|no me deja\w*)",
            r"(?:cerro|cierra|hecho|echo|puso|pone|dejo)~3 (?:con llave|candado|llave|pasador|cadena)~6 (?:se llev\w+|no puedo salir|no podemos salir|"
            r"no me deja\w*|se fue|por fuera|y se)",
            r"no (?:me|nos) dej\w+ salir (?:de |del )?(?:la |mi |este |el |un )?(?:cuarto|cocina|baño|recamara|carro|bar|hotel|departamento|sotano|bodega|table)",
            r"me (?:quito|quita|escondio|esconde)~3 llaves~6 (?:no puedo|no me deja|encerr\w*)",
            r"(?:me|nos) (?:tiene|tienen) (?:\w+ )?(?:secuestrad|amarrad|privad)\w*",
        ),
        r"(?:tarjeta|tienda|templo|coche|carro el|el carro|mi carro|gobernador|avenidas|estacionamiento|puesto|salon|taller|aula|clases?|maestr\w+|reunion|junta|platica|elevador|banco|camion|trafico|lluvia|llov\w*|pandemia|"
        r"cuarentena|covid|calor|(?:el|los|un|al) perr\w+|gat[oa]s?|gallinas?|estudi\w+|concentrar\w*|elevador|temporal|aguacero|vecino|"
        r"por accidente|sin querer|videojuego|en si misma|en mi misma|de un balazo|tarea|caserio|con el bebe dormid\w+)",
    ),
    Sign(
        "followed",
        (
            r"(?:me|nos) (?:esta|estan|viene|vienen|anda|andan|va|van|venia|venian|ha venido|sigue|estuvo|estaba)(?: \w+)? ?(?:siguiendo|persiguiendo|correteando|"
            r"acechando|cazando)",
            r"(?:siguiendo|persiguiendo|correteando)(?:me|nos)",
            r"(?:hombre|señor|tipo|carro|camioneta|moto|ex|sujeto|vato|marido|esposo|coche|taxi)~3 (?:me|nos) (?:sigue(?! \w+ndo)|persigue|siguio hasta|viene atras)",
            r"(?:me|nos) (?:sigue|persigue|corretea)~3 (?:en|con) (?:su|la|una|el|un) (?:camioneta|carro|moto|coche|troca|taxi|bici\w*)",
            r"(?:me|nos) (?:sigue|siguio)~4 (?:ahorita|orita|ahora mismo|a todos lados|hasta (?:mi|la|el) \w+) y~3 miedo",
            r"me (?:esta|anda) esperando~3 (?:afuera|en la esquina|a la salida|en la puerta)~8 (?:miedo|amenaz\w*|golpe\w*|peg\w*|matar\w*|hacer algo)",
            r"me (?:anda|andan) buscando para (?:matar|golpear|pegar|lastimar|picar)\w*",
        ),
        r"(?:doliendo|cartera|banco|llamadas|cobr\w+|gustando|(?:el|los|un|mi) perr\w+|gat[oa]s?|facebook|fb|insta\w*|tiktok|redes|corriente|suerte|pollito|borreg\w*|bebe|"
        r"hij[oa]s? (?:me|a)|niñ[oa]s? (?:me|a)|tratamiento|doctor\w*|caso en el|la receta|el curso|instrucciones|paso a paso|"
        r"youtube|pollo|gallina|vaca|toro|abejas?|tramite|canal|cuenta|deuda\w*|sombra|sueño|mosquitos?|hermanito|sobrinito|dieta)",
    ),
    Sign(
        "fire",
        (
            r"(?:me|nos) (?:quiere|quiso|queria|va a|ba a|iba a|intento|trato de|dijo que me va a|amenazo con) (?:quemar|prender (?:fuego|lumbre)|incendiar|rociar)\w*",
            r"(?:quiere|quiso|queria|va a|ba a|iba a|amenaz\w*|intento|trato de|con|dijo de|jur\w*)(?: \w+)? (?:quemar|rociar|incendiar)(?:me|nos)",
            r"{ME}(?:quem|quemó|quemaba|marc)\w*~5 (?:plancha|cigarr\w*|sigarr\w*|agua (?:hirviendo|caliente|hirbiendo)|aceite|encendedor|"
            r"cerillo\w*|fierro|cuchara|tizon|vela|gasolina|acido|lumbre|cautin|brasas?)",
            r"{ME}(?:ech|avent|tir|roci|bañ|lanz|vaci|verti)\w*~5 (?:gasolina|acido|thinner|tiner|tinner|petroleo|sosa|cloro|agua (?:hirviendo|caliente|hirbiendo)|"
            r"aceite (?:hirviendo|caliente)|alcohol (?:encima|y)|lumbre)",
            r"(?:va a|iba a|quiere|quiso|amenaz\w*|dijo que|dice que)~4 (?:quema|quemar|prender|prenderle|incendiar|quemarnos|prende|le prende|quemarla)~3 "
            r"(?:casa|cuarto|nosotr[ao]s|dentro|adentro|hijos|ropa puesta|fuego a|lumbre a)",
            r"(?:con|de|trae|trajo|compro|ech\w+|roci\w+|reg\w+|tir\w+)~2 gasolina~8 (?:casa|puerta|cama|cuarto|quemar\w*|prender\w*|cerillo\w*|encendedor|nosotr[ao]s|mi cara|encima)",
            r"(?:acido|gasolina|agua hirviendo|lumbre|sosa)~3 (?:en|a) (?:la|mi) (?:cara|cuerpo|espalda|piernas|ropa)",
        ),
        rf"(?:{_KITCHEN}|cosinando|horno|uniforme|papel|guisando|friendo|freir|salpic\w*|comal|estufa|boiler|sol|playa|hialuronico|folico|salicilico|glicolico|crema|"
        r"serum|tinte|cabello|pelo|pestañas|tortilla\w*|cafe|sopa|sin querer|por accidente|accident\w*|descuido|escuela|quimica|"
        r"clases?|carro|coche|moto|tanque|basura|cohetes?|calorias|grasa|planchar|yo sola|yo misma|foco|celular)",
    ),
    Sign(
        "suicide",
        (
            r"(?:me )?(?:tome|trague|voy a tomar|boi a tomar|me voy a tragar)~3 (?:muchas|todas|un chorro de|un monton de|un puño de|un frasco|un bote|una caja|toda la caja|"
            r"\d\d|veinte|treinta|diez)~3 (?:pastillas|pastiyas|medicin\w*|clonazepam|capsulas|tabletas|rivotril|paracetamol\w*)",
            r"(?:tome|tomar|tomarme|trague|compre|tengo)~3 (?:veneno|raticida|rasticida|insecticida|herbicida|gramoxone|cloro|sosa|matarratas)~6 (?:morir\w*|matarme|vivir|"
            r"acabar|ya no|despertar|adios|perdon\w*)",
            r"me (?:tome|acabo de tomar|trague) (?:el |un )?(?:veneno|raticida|rasticida|insecticida|cloro|gramoxone)",
            r"me (?:corte|estoy cortando|acabo de cortar) las venas",
            r"(?:ya )?(?:tengo|prepare|compre|puse)~3 (?:soga|mecate|cuerda|lazo|navaja|pistola|pastillas|veneno)~4 (?:para|y)~3 (?:matarme|morir\w*|colgarme|ahorcarme|"
            r"acabar|cortarme|quitarme)",
            r"(?:quiero|voy a|boi a|pienso|pense en|queria) (?:ahorcarme|colgarme|matarme|suicidarme|aventarme (?:al|del|de)|envenenarme|cortarme las venas|quitarme la vida)",
            r"(?:quitarme|quitar) la vida",
            r"me (?:quiero|voy a|boi a) (?:matar|suicidar|ahorcar|colgar|quitar la vida|envenenar)(?! \w+ndo)",
        ),
        r"(?:risa|trabajando|vergüenza|pena|coraje|haciendo ejercicio|estudiando|limpiando|se quiso|se quiere|dolor de|cepill\w*|"
        r"doctor\w*|recet\w*|tratamiento|infeccion|tos|hamaca\w*|cuadro|ropa|gimnasio|el esmalte|la tarea|me quiere|me quiso|dice que si|amenaz\w*)",
        whom="self",
    ),
    Sign(
        "suicide",
        (
            r"{CHILD}~5 (?:se|que se) (?:quiere|quiso|va a|ba a|intento|queria|trato de|quizo) (?:matar|morir|suicidar|quitar la vida|ahorcar|colgar|aventar|envenenar|lastimar|cortar las venas)",
            r"{CHILD}~5 (?:suicidarse|matarse|quitarse la vida|ahorcarse|colgarse)",
            r"{CHILD}~6 (?:ya )?no quiere (?:seguir )?(?:vivir|viviendo)(?! (?:aqui|alla|ahi|conmigo|con|en|asi))",
            r"{CHILD}~6 (?:dice|dijo|escribio|puso)~3 (?:se quiere (?:morir|matar)|quiere morirse|mejor muert[oa]|ya no despertar|se va a matar)",
            r"{CHILD}~4 se (?:corta|corto|esta cortando|anda cortando|hace cortes en|hizo cortes en) (?:los |las |el |sus )?(?:brazos?|venas|piernas|muñecas|antebrazo)",
            r"{CHILD}~4 (?:se tomo|se trago)~3 (?:muchas|todas|un chorro de|veneno|raticida|unas) ?(?:mis |las |de )?(?:pastillas|medicinas|pastiyas)?",
        ),
        r"(?:risa|vergüenza|pena|hambre|emocion|ganas|aburrimiento|amor|por ir|cuaderno|papel|rasur\w*|manualidad\w*|tijeras|"
        r"jarabe|receto|vitamin\w*|desparasit\w*)",
        whom="child",
    ),
    Sign(
        "suicide",
        (
            r"(?:{WOMAN}|mi (?:esposo|marido|papa|hermano|amigo|novio|primo|tio|cuñado|vecino|pareja))~4 se (?:quiere|quiso|va a|intento|queria|trato de|quizo) (?:matar|suicidar|quitar la vida|ahorcar|"
            r"colgar|envenenar|cortar las venas)",
            r"{WOMAN}~6 (?:ya )?no quiere (?:seguir )?(?:vivir|viviendo)(?! (?:aqui|alla|ahi|conmigo|con|en|asi))",
        ),
        r"(?:risa|vergüenza|pena|hambre|trabajando|si (?:lo|la|me) dej\w*|amenaz\w*)",
        whom="other",
    ),
    Sign(
        "other_in_danger",
        (
            r"{WOMAN}~5 (?:la|le) (?:esta |anda |estan )?(?:ahorcando|estrangulando|matando|acuchillando|apuñalando|quemando)",
            r"{WOMAN}~5 la (?:quiere|quiso|va a|iba a|amenazo con|amenaza con) (?:matar|ahorcar|quemar|asesinar)\w*",
            r"{WOMAN}~3 (?:la )?(?:tiene|tienen)(?: \w+){0,2} (?:encerrada|amarrada|secuestrada)",
            r"{WOMAN}~5 la (?:ahorco|estrangulo|ahorca|apuñalo|acuchillo|quemo con)",
            r"la (?:ahorco|estrangulo|quiere matar|quiso matar|tiene encerrada)~3 (?:a )?{WOMAN}",
        ),
        r"(?:hambre|calor|estres|pena|risa|vergüenza|deud\w*|tarjeta|trabajo)",
        whom="other",
    ),
)
HIT = (
    r"{ME}(?:peg|golpe|pate|patie|empuj|avent|jalone|cachete|tumb|surr|zurr|madre|azot|arrastr|revolc|sangolote|trompe)\w*",
    r"(?:me|nos) (?:dio|da|daba|metio|mete|solto|sono|puso|pone)~2 (?:golp\w*|golpiza|patad\w*|cachetad\w*|puñetaz\w*|madriz\w*|ching\w*|paliza|trompad\w*|"
    r"empuj\w*|puntap\w*|cinturonaz\w*|tundas?)",
    r"{HE}~3 (?:golpe|pate|peg)\w*~2 (?:la|mi) (?:panza|barriga|vientre)",
)
"""What counts as a blow where she is with child."""
NO_BLOW = (
    r"(?:peg\w*(?: (?:el|la|un|una|unos|unas|mucho|bien|duro|muy|los|las))* (?:sueño|sol|gripa|gripe|covid|susto|antojo\w*|calor|frio|dolor|calambre|hambre|sed|nausea\w*|tos|virus|"
    r"diarrea|ansiedad|alergia|insomnio|cruda|aire|resfriado|infeccion)|"
    r"(?:bebe|niña|niño|chiquit[oa]|criatura)~3 (?:me )?(?:pate|golpe|mueve|da|empuj|peg)\w*|pate\w*~3 (?:bebe|adentro)|pataditas|"
    r"tendencia|estamp\w*|calcoman\w*|me golpee|me pegue|me avente|me cai|escalera|sin querer|el camion|banqueta|puerta del|carro me|"
    r"nunca|no me pega|no me golpea|no me ha pegado|no me ha golpeado)"
)
FICTION = (
    r"(?:pelicula|peli|serie|novela|telenovela|noticia\w*|noticiero|cancion|corrido|libro|cuento|tiktok|videojuego|soñe|sueño que|"
    r"soñaba|pesadilla|broma|bromeando|de mentis|chiste|obra de teatro|disfraz|halloween|netflix|la rosa de guadalupe|"
    r"capitulo|reportaje|documental|es un decir|de cariño|jugando)"
)
"""Films, jokes and dreams: what stands in the same sentence is not told of her."""
LONG_AGO = (
    r"(?<!desde )hace (?:ya )?(?:como |muchos |muchisimos |varios |unos |mas de )?(?:\w+ )?(?:años|añitos|año|navidades)|"
    r"(?:cuando|de|desde) (?:yo )?(?:era|estaba|fui)? ?(?:muy )?(?:niña|chica|chiquita|joven|morra|morrita|adolescente|"
    r"chamaca|soltera|pequeña)|en mi (?:niñez|infancia|juventud)|el año (?:pasado|antepasado)|"
    r"(?:tenia|a los|cuando tenia) \w+ años|yo tenia \d+|en el (?:19|20)\d\d|hace tiempo|hace mucho|hace un chorro|"
    r"ya tiene (?:mucho )?tiempo|en paz descanse|mi primer (?:embarazo|marido|esposo|novio)|cuando (?:estaba|estuve) embarazada"
)
"""Years ago: a reason to listen, not to hurry."""
HABIT_OF_OLD = r"(?:encerr|ahorc|apret|asfixi|estrangul|quem|persegu|amarr)\w*aba|me tenia"
"""What he used to do."""
RECENT = (
    r"ayer|antier|antes de ayer|anoche|antenoche|hoy|ahorita|orita|recien|apenas|hace (?:rato|ratito|poco|poquito|un momento|un rato|"
    r"\w+ horas?|\w+ minutos|(?:un|dos|tres|cuatro|cinco|unos|[1-5]) dias?)|esta (?:mañana|tarde|noche|madrugada|semana)|"
    r"el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|acab(?:a|o|an|aron) de|en la (?:mañana|madrugada)"
)
"""These days."""
