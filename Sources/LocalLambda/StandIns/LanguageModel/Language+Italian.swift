extension Language {
  static let italian = Language(
    tag: "it",
    common: words(
      """
      il lo la i gli le un una e o è sono io tu lei lui noi mio mia miei mie suo sua non di del della dei a al alla in con per \
      che cosa quando dove come sì ma molto anche grazie ciao buongiorno vorrei ha ho c'è abbiamo possiamo preferisco
      """),
    clauseStarts: words("ma perché quindi"),
    numberWords: numbered("zero un/uno/una due tre quattro cinque sei sette otto nove dieci undici dodici", from: 0),
    weekdays: numbered("lunedì martedì mercoledì giovedì venerdì sabato domenica", from: 0),
    months: numbered(
      "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", from: 1),
    relativeDays: ["oggi": 0, "domani": 1, "dopodomani": 2, "ieri": -1],
    notADateAfter: words("il del ogni"),
    inSomeDays: phrases("tra|fra <number> <giorno|giorni|settimana|settimane>"),
    dayUnits: ["giorno": 1, "giorni": 1, "settimana": 7, "settimane": 7],
    greetings: words("ciao buongiorno buonasera salve benvenuto"),
    positive: words("grazie perfetto ottimo benissimo bene felice bello"),
    negative: words("male ritardo rotto problema reclamo deluso sbagliato manca"),
    thanks: words("grazie"),
    secrets: words("password pin parola-chiave"),
    injections: phrases("ignora|ignori le|tutte|tue|sue le? tue? istruzioni|regole", "adesso sei"),
    forget: phrases(
      "!non dimentica|dimentichi quello che ho? detto su <rest>", "!non dimentica|dimentichi il|la|mio|mia <rest>",
      "!non dimentica|dimentichi dove|come|che <rest>",
      "cancelli|cancella il|la <rest>"),
    changes: words("invece cambiato spostato trasferito piuttosto adesso ora"),
    booked: words("prenotato prenotata confermato spostato fatto iscritto segnalo"),
    facts: [
      FactRule(
        .identity, "Si chiama {1}.", "mi chiamo <name>", "il mio nome è <name>", "^sono <Name>",
        "^buongiorno|ciao|salve sono <Name>",
        entity: (1, .person), number: .one, called: "nome chiamo"),
      FactRule(
        .identity, "Abita a {1}.", "abito adesso|ora? a <Name>", "vivo a <Name>", "trasferito a <Name>",
        entity: (1, .place), number: .one, called: "abito vivo città"),
      FactRule(
        .relationship, "{1}: {2}.",
        "mio|mia <figlio|figlia|moglie|marito|sorella|fratello|madre|padre|cane|gatto> si? chiama? <Name>",
        entity: (2, .person)),
      FactRule(.relationship, "Età: {1} anni.", "ha <number> anni"),
      FactRule(.fact, "{1}, allergia: {2}.", "<Name> è allergico|allergica a|al|alla|alle|ai <rest>"),
      FactRule(.fact, "Ha allergia: {1}.", "sono allergico|allergica a|al|alla|alle|ai <rest>"),
      FactRule(.fact, "È {1}.", "sono <vegetariano|vegetariana|vegano|vegana|diabetico|diabetica|celiaco|celiaca>"),
      FactRule(.preference, "Preferisce {1}.", "preferisco <rest>", "preferirei <rest>", number: .oneOfAlike),
      FactRule(.preference, "Sceglie {1}.", "prendiamo|prendo <rest>"),
      FactRule(.preference, "Ama {1}.", "!non mi piace|piacciono <rest>"),
      FactRule(.preference, "Non ama {1}.", "non mi piace|piacciono <rest>"),
      FactRule(
        .preference, "Non possibile: {1}.", "il <mercoledì|lunedì|martedì|giovedì|venerdì|sabato> non possiamo|posso"),
    ],
    promises: phrases("lo|la|le|vi segnalo|invierò|manderò|faremo|confermerò <rest>", "verrà <rest>"),
    requests: phrases("può|potrebbe|puoi <rest>", "vorrei|voglio <rest>", "ho bisogno <rest>"),
    done: phrases("è arrivato|arrivata|fatto", "pagato", "confermato"),
    dropped: phrases("non importa", "lasci stare", "non serve più"),
    topics: [
      Topic(name: "corso", words: words("corso nuoto iscrizione istruttori")),
      Topic(name: "viaggio", words: words("volo treno albergo viaggio")),
      Topic(name: "ristorante", words: words("tavolo ristorante cena")),
      Topic(name: "consegna", words: words("pacco consegna")),
    ],
    reply: Reply(
      noted: "Annotato: {1}", question: "Sono un sostituto senza conoscenze proprie e non posso ancora rispondere: {1}",
      remembered: "Dai suoi messaggi precedenti: {1}"))
}
