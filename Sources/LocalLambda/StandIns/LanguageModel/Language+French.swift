extension Language {
  static let french = Language(
    tag: "fr",
    common: words(
      """
      le la les un une des et ou est sont je j'ai tu vous il elle nous on mon ma mes votre vos pas ne de du au aux en dans \
      pour avec sur que qui quoi quand où comment oui non c'est merci bonjour s'il plaît aussi mais très bien l'hôtel
      """),
    clauseStarts: words("mais car parce donc et"),
    numberWords: numbered("zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze", from: 0),
    weekdays: numbered("lundi mardi mercredi jeudi vendredi samedi dimanche", from: 0),
    months: numbered(
      "janvier février mars avril mai juin juillet août septembre octobre novembre décembre", from: 1),
    relativeDays: ["aujourd'hui": 0, "demain": 1, "après-demain": 2, "hier": -1, "avant-hier": -2],
    notADateAfter: words("le les chaque"),
    inSomeDays: phrases("dans <number> <jour|jours|semaine|semaines>"),
    dayUnits: ["jour": 1, "jours": 1, "semaine": 7, "semaines": 7],
    greetings: words("bonjour salut bonsoir coucou bienvenue"),
    positive: words("merci parfait super génial bien content contente ravi excellent"),
    negative: words("mauvais retard cassé problème faux déçu déçue réclamation manque horrible"),
    thanks: words("merci"),
    secrets: words("passe code-secret pin"),
    injections: phrases(
      "ignore|ignorez|oublie|oubliez tes|vos|toutes les|tes|vos? instructions|consignes|règles", "tu es maintenant",
      "vous êtes maintenant", "écris|écrivez|note dans mon dossier"),
    forget: phrases(
      "oubliez|oublie ce que je|j'ai vous|t'ai? ai? dit sur <rest>", "oubliez|oublie mon|ma|mes|le|la <rest>",
      "oubliez|oublie où|comment|que <rest>",
      "supprimez|effacez mon|ma|mes <rest>"),
    changes: words("finalement plutôt changé déménagé déplacé modifié plus maintenant"),
    booked: words("réservé réservée confirmé confirmée déplacé déplacée modifié noté référence"),
    facts: [
      FactRule(
        .identity, "S'appelle {1}.", "je m'appelle <name>", "mon nom est <name>", "^ici <Name>", "^je suis <Name>",
        "c'est <Name> à l'appareil", entity: (1, .person), number: .one, called: "nom prénom m'appelle"),
      FactRule(
        .identity, "Habite à {1}.", "j'habite maintenant? à <Name>", "je vis à <Name>", "je suis déménagé à <Name>",
        "j'ai déménagé à <Name>", entity: (1, .place), number: .one, called: "j'habite vis ville"),
      FactRule(
        .identity, "Travaille chez {1}.", "je travaille chez <Name>", entity: (1, .organisation), number: .one),
      FactRule(.fact, "Est allergique : {1}.", "!pas allergique <aux|à|au> <rest>"),
      FactRule(.fact, "Est {1}.", "je suis aussi? <végétarien|végétarienne|végan|végane|diabétique|enceinte>"),
      FactRule(
        .relationship, "{1} : {2}.",
        "mon|ma <fille|fils|femme|mari|soeur|sœur|frère|mère|père|amie|ami|chien|chat> s'appelle? <Name>",
        entity: (2, .person)),
      FactRule(.relationship, "{1} : {2} ans.", "mon|ma <fille|fils> elle|il? a <number> ans"),
      FactRule(.fact, "Cherche {1}.", "je cherche <rest>", "nous cherchons <rest>"),
      FactRule(.preference, "Préfère {1}.", "je préfère <rest>", "je préférerais <rest>", number: .oneOfAlike),
      FactRule(.preference, "Aime {1}.", "j'aime <rest>", "j'adore <rest>"),
      FactRule(.preference, "N'aime pas {1}.", "je n'aime pas <rest>", "je déteste <rest>"),
      FactRule(.preference, "Non souhaité : {1}.", "surtout pas <rest>", "pas de <rest> s'il"),
      FactRule(.fact, "Budget : {1} {2}.", "budget est? de <number> <euros|francs>", number: .one),
    ],
    promises: phrases(
      "je vais <rest>", "nous allons <rest>", "je vous|t' enverrai|enverrons <rest>",
      "elle|il|ils partira|viendra|confirmeront <rest>"),
    requests: phrases("pouvez-vous|pourriez-vous|peux-tu <rest>", "j'ai besoin <rest>", "je voudrais|veux <rest>"),
    done: phrases("c'est fait|réglé|arrivé", "est arrivé|arrivée", "payé", "confirmé"),
    dropped: phrases("laissez tomber", "plus besoin", "tant pis"),
    topics: [
      Topic(name: "hôtel", words: words("hôtel l'hôtel chambre nuit nuits séjour")),
      Topic(name: "restaurant", words: words("table restaurant dîner")),
      Topic(name: "livraison", words: words("colis livraison")),
      Topic(name: "facture", words: words("facture paiement prix")),
      Topic(name: "rendez-vous", words: words("rendez-vous médecin dentiste")),
    ],
    reply: Reply(
      noted: "C'est noté : {1}",
      question: "Je suis un remplaçant sans connaissances propres et ne peux pas encore y répondre : {1}",
      remembered: "D'après vos messages précédents : {1}"))
}
