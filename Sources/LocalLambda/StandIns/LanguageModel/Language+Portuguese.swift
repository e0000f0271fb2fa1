extension Language {
  static let portuguese = Language(
    tag: "pt",
    common: words(
      """
      o a os as um uma e ou é são eu tu você ele ela nós meu minha meus minhas seu sua não de do da dos das em no na com por \
      para que quê quando onde como sim mas muito também obrigado obrigada oi olá tenho tem há quero está estou já podem às prefiro
      """),
    clauseStarts: words("mas porque então"),
    numberWords: numbered("zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze", from: 0),
    weekdays: numbered(
      "segunda-feira/segunda terça-feira/terça quarta-feira/quarta quinta-feira/quinta sexta-feira/sexta sábado domingo",
      from: 0),
    months: numbered(
      "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro", from: 1),
    relativeDays: ["hoje": 0, "amanhã": 1, "depois de amanhã": 2, "ontem": -1, "anteontem": -2],
    dateConnectors: ["de"],
    notADateAfter: words("toda cada"),
    inSomeDays: phrases("em|daqui a? <number> <dia|dias|semana|semanas>"),
    dayUnits: ["dia": 1, "dias": 1, "semana": 7, "semanas": 7],
    greetings: words("oi olá bom boa dia tarde noite"),
    positive: words("obrigado obrigada perfeito ótimo bom feliz excelente adoro"),
    negative: words("mau ruim atrasado problema quebrado reclamação medo errado falta"),
    thanks: words("obrigado obrigada"),
    secrets: words("senha palavra-passe pin"),
    injections: phrases("ignore|ignora|esqueça suas|as|todas|tuas as? instruções|regras", "agora você é"),
    forget: phrases(
      "!não|se esqueça|esquece o que eu? disse sobre <rest>", "!não|se esqueça|esquece meu|minha|o|a <rest>",
      "!não|se esqueça|esquece onde|como|que <rest>", "apague meu|minha <rest>"),
    changes: words("afinal mudei mudou mudado melhor trocar alterado agora"),
    booked: words("marcado marcada reservado confirmado alterado mudado feito"),
    facts: [
      FactRule(
        .identity, "Chama-se {1}.", "me chamo <name>", "chamo-me <name>", "meu nome é <name>", "aqui é a|o? <Name>",
        "^sou a|o? <Name>",
        entity: (1, .person), number: .one, called: "nome chamo"),
      FactRule(
        .identity, "Mora em {1}.", "moro agora? em|no|na <Name>", "mudei para <Name>", entity: (1, .place),
        number: .one, called: "moro cidade"),
      FactRule(.fact, "Tem alergia: {1}.", "alérgico|alérgica|alergia a|ao|à <rest>"),
      FactRule(.fact, "É {1}.", "sou <vegetariano|vegetariana|vegano|vegana|diabético|diabética>"),
      FactRule(
        .relationship, "{1}: {2}.",
        "minha|meu <filha|filho|mulher|esposa|marido|irmã|irmão|mãe|pai|cachorro|gato> se? chama? <Name>",
        entity: (2, .person)),
      FactRule(.preference, "Prefere {1}.", "prefiro <all>", number: .oneOfAlike),
      FactRule(.preference, "Gosta de {1}.", "!não gosto de <rest>"),
      FactRule(.preference, "Não gosta de {1}.", "não gosto de <rest>"),
      FactRule(.fact, "Tem medo de {1}.", "!não tenho medo de <rest>"),
    ],
    promises: phrases("vou <rest>", "vamos <rest>"),
    requests: phrases("podem|pode|poderia <rest>", "quero|queria <rest>", "preciso <rest>"),
    done: phrases("já chegou", "chegou", "pago", "confirmado"),
    dropped: phrases("deixa pra lá", "não preciso mais"),
    topics: [
      Topic(name: "consulta", words: words("consulta dentista médico doutora")),
      Topic(name: "viagem", words: words("voo hotel viagem janela corredor")),
      Topic(name: "restaurante", words: words("mesa restaurante jantar")),
      Topic(name: "entrega", words: words("encomenda entrega pacote")),
    ],
    reply: Reply(
      noted: "Anotado: {1}", question: "Sou um substituto sem conhecimento próprio e ainda não posso responder: {1}",
      remembered: "Das suas mensagens anteriores: {1}"))
}
