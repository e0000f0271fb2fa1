extension Language {
  static let spanish = Language(
    tag: "es",
    common: words(
      """
      el la los las un una unos y o es son soy yo tú usted él ella nosotros mi mis su sus no de del al a en con por para que \
      qué cuándo dónde cómo sí pero muy también gracias hola favor tengo tiene hay quiero está estoy ya puede prefiero
      """),
    clauseStarts: words("pero porque así y"),
    numberWords: numbered("cero uno/una/un dos tres cuatro cinco seis siete ocho nueve diez once doce", from: 0),
    weekdays: numbered("lunes martes miércoles jueves viernes sábado domingo", from: 0),
    months: numbered(
      "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", from: 1),
    relativeDays: ["hoy": 0, "mañana": 1, "pasado mañana": 2, "ayer": -1, "anteayer": -2],
    dateConnectors: ["de"],
    notADateAfter: words("la los cada esta"),
    inSomeDays: phrases("en|dentro de? <number> <día|días|semana|semanas>"),
    dayUnits: ["día": 1, "días": 1, "semana": 7, "semanas": 7],
    greetings: words("hola buenas buenos días tardes noches bienvenido bienvenida"),
    positive: words("gracias perfecto genial bien contento contenta estupendo excelente encanta"),
    negative: words("mal tarde roto problema mala queja decepcionado falta terrible error"),
    thanks: words("gracias"),
    secrets: words("contraseña clave pin"),
    injections: phrases(
      "ignora|ignore|olvida|olvide tus|sus|todas las|tus? instrucciones|reglas", "ahora eres",
      "escribe|anota en mi ficha|expediente"),
    forget: phrases(
      "!no|se olvide|olvida|olvidad lo que le|te? he? dije|dicho sobre <rest>",
      "!no|se olvide|olvida mi|mis|lo <rest>", "!no|se olvide|olvida dónde|cómo|que <rest>",
      "borre|borra mi|mis <rest>"),
    changes: words("mejor cambiado cambiar cambio mudado ahora finalmente cambiarlo"),
    booked: words("reservado confirmada confirmado cambiado cambiada hecho anotado reserva"),
    facts: [
      FactRule(
        .identity, "Se llama {1}.", "me llamo <name>", "mi nombre es <name>", "^hola soy <Name>", "^soy <Name>",
        "^aquí <Name>",
        entity: (1, .person), number: .one, called: "nombre llamo"),
      FactRule(
        .identity, "Vive en {1}.", "vivo ahora? en <Name>", "vivimos en <Name>", "me he mudado a <Name>",
        "mudado a <Name>",
        entity: (1, .place), number: .one, called: "vivo vivimos ciudad"),
      FactRule(.identity, "Trabaja en {1}.", "trabajo en <Name>", entity: (1, .organisation), number: .one),
      FactRule(.fact, "Tiene alergia: {1}.", "alérgico|alérgica|alergia a|al <rest>"),
      FactRule(.fact, "Es {1}.", "soy <vegetariano|vegetariana|vegano|vegana|diabético|diabética|celíaco|celíaca>"),
      FactRule(
        .relationship, "{1}: {2}.",
        "mi <hija|hijo|mujer|esposa|marido|hermana|hermano|madre|padre|amiga|amigo|perro|gato> se? llama|es? <Name>",
        entity: (2, .person)),
      FactRule(.relationship, "{1}: {2} años.", "mi <hija|hijo> tiene <number> años"),
      FactRule(.event, "Vuela a {1}.", "vuelo a <Name>", entity: (1, .place), number: .one),
      FactRule(.event, "{1}: {2}.", "mi <reunión|cita|boda|vuelo> es ahora? <rest>"),
      FactRule(.preference, "Prefiere {1}.", "prefiero <rest>", number: .oneOfAlike),
      FactRule(.preference, "Le gusta {1}.", "!no me gusta|gustan|encanta <rest>"),
      FactRule(.preference, "No le gusta {1}.", "no me gusta|gustan <rest>", "odio <rest>"),
      FactRule(.fact, "Presupuesto: {1} {2}.", "presupuesto es? de <number> <euros>", number: .one),
      FactRule(.fact, "Busca {1}.", "busco <rest>", "buscamos <rest>"),
    ],
    promises: phrases("le|te|se lo? diré|enviaré|avisaré|llamaré <rest>", "lo haré <rest>", "voy a <rest>"),
    requests: phrases("puede|podría|puedes|podrías <rest>", "necesito <rest>", "quiero|quisiera <rest>"),
    done: phrases("ya está|llegó", "ha llegado", "pagado", "confirmado"),
    dropped: phrases("no importa", "ya no necesito", "déjelo"),
    topics: [
      Topic(name: "viaje", words: words("vuelo hotel tren viaje billete asiento")),
      Topic(name: "restaurante", words: words("mesa restaurante cena")),
      Topic(name: "entrega", words: words("paquete envío entrega")),
      Topic(name: "cita", words: words("cita médico dentista reunión")),
      Topic(name: "factura", words: words("factura pago precio")),
    ],
    reply: Reply(
      noted: "Anotado: {1}", question: "Soy un sustituto sin conocimientos propios y aún no puedo responder: {1}",
      remembered: "De sus mensajes anteriores: {1}"))
}
