/// Not "nicht vergessen", nor "ich habe vergessen".
private let vergiss = "!ich|wir|habe|hab|haben|hat|nicht|nie|zu vergiss|vergessen sie? bitte?"

extension Language {
  static let german = Language(
    tag: "de",
    common: words(
      """
      der die das und oder ist sind war ein eine einen einem einer ich du sie er wir ihr mein meine meinen meiner ihre nicht \
      kein keine mit für auf von zu zum zur im in den dem des es auch bitte ja nein wie was wann wo haben hat habe kann \
      können könnten möchte bei nach aber doch noch schon wenn dann bis guten
      """),
    clauseStarts: words("aber weil denn damit sondern bitte"),
    numberWords: numbered("null ein/eine/einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", from: 0),
    weekdays: numbered("montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag", from: 0),
    months: numbered(
      "januar februar märz april mai juni juli august september oktober november dezember", from: 1),
    relativeDays: ["heute": 0, "morgen": 1, "übermorgen": 2, "gestern": -1, "vorgestern": -2],
    notADateAfter: words("guten heute gestern jeden"),
    inSomeDays: phrases("in <number> <tag|tagen|woche|wochen>"),
    dayUnits: ["tag": 1, "tagen": 1, "woche": 7, "wochen": 7],
    greetings: words("hallo hi servus moin tag abend grüß gott willkommen"),
    positive: words("danke super toll prima perfekt gut gern gerne freut schön wunderbar klasse"),
    negative: words(
      "schlecht kaputt ärgerlich verspätet problem falsch beschwerde leider enttäuscht fehlt defekt spät"),
    thanks: words("danke dank vielen"),
    secrets: words("passwort kennwort passwörter pin tan geheimzahl zugangscode"),
    injections: phrases(
      "ignoriere|ignorier|vergiss alle|deine|die bisherigen|vorherigen? anweisungen|regeln", "du bist jetzt",
      "ab jetzt bist du", "schreib|schreibe|notiere in meine akte", "tu so als"),
    forget: phrases(
      "\(vergiss) was ich? über <rest>", "\(vergiss) meine|meinen|mein|die|das|den <rest>",
      "\(vergiss) wo|wie|wer|wann|dass <rest>",
      "lösche|löschen sie? bitte? meine|meinen|mein|die|das|den <rest>"),
    changes: words("doch stattdessen anders geändert umgezogen verschoben verschieben mehr sondern jetzt"),
    booked: words("gebucht reserviert bestätigt verschoben geändert umgebucht erledigt eingetragen vereinbart"),
    facts: [
      FactRule(
        .identity, "Heißt {1}.", "ich heiße <name>", "mein name ist <name>", "hier ist <Name>", "hier spricht <Name>",
        "^ich bin <Name>", "^hallo ich bin der|die? <Name>", "^guten tag|abend|morgen ich bin <Name>",
        entity: (1, .person), number: .one, called: "name namen heiße"),
      FactRule(.identity, "Ist {1} Jahre alt.", "ich bin <number> jahre alt", number: .one),
      FactRule(
        .identity, "Wohnt in {1}.", "ich|wir wohne|wohnen|lebe|leben jetzt|nun? in <Name>",
        "wohne ich jetzt? in <Name>",
        "ich|wir bin|sind|ziehe|ziehen nach <Name>", "nach <Name> gezogen|umgezogen",
        entity: (1, .place), number: .one, called: "wohne wohnort lebe stadt"),
      FactRule(
        .identity, "Arbeitet bei {1}.", "ich arbeite jetzt? bei <Name>", entity: (1, .organisation), number: .one,
        called: "arbeite arbeitgeber arbeit firma"),
      FactRule(
        .identity, "Arbeitet als {1}.", "ich arbeite jetzt? als <rest>", number: .one, called: "arbeite arbeit beruf"),
      FactRule(
        .fact, "Ist allergisch gegen {1}.", "!nicht allergisch gegen|auf <rest>", "!keine allergie gegen <rest>"),
      FactRule(.fact, "Lebt {1}.", "ich|wir bin|sind esse|essen? <vegetarisch|vegan>"),
      FactRule(
        .fact, "Ist {1}.", "ich bin <vegetarier|vegetarierin|veganer|veganerin|diabetiker|diabetikerin|schwanger>"),
      FactRule(
        .relationship, "{1}: {2}.",
        "mein|meine|meinen|meiner|unsere|unser <tochter|sohn|frau|mann|schwester|bruder|mutter|vater|freundin|freund|hund|katze|chefin|chef> heißt|ist? <Name>",
        entity: (2, .person)),
      FactRule(
        .relationship, "{1} ist {2}.",
        "mein|meine|meinen|meiner|unsere|unser <tochter|sohn|mutter|vater|hund|katze> sie|er? ist|wird <number>"),
      FactRule(.relationship, "Hat {1} {2}.", "ich|wir habe|haben <number> <kinder|töchter|söhne|hunde|katzen>"),
      FactRule(.fact, "Gesucht: {1}.", "ich suche <rest>", "wir suchen <rest>"),
      FactRule(.fact, "Budget: bis {1} {2}.", "bis|maximal|höchstens zu? <number> <euro|franken>", number: .one),
      FactRule(.preference, "Nicht gewünscht: {1}.", "bitte nicht|kein|keine|keinen <rest>", "auf keinen fall <rest>"),
      FactRule(
        .preference, "Bevorzugt {1}.", "ich bevorzuge <rest>", "lieber <rest>", "am liebsten <rest>",
        number: .oneOfAlike),
      FactRule(.preference, "Mag {1}.", "ich mag <rest>"),
      FactRule(.preference, "Mag nicht: {1}.", "ich hasse <rest>"),
      FactRule(.event, "Fliegt nach {1}.", "ich|wir fliege|fliegen nach <Name>", entity: (1, .place), number: .one),
      FactRule(
        .event, "{1}: {2}.",
        "mein|meine|unsere|unser <termin|hochzeit|geburtstag|umzug|prüfung|flug> ist jetzt? <rest>"),
    ],
    promises: phrases(
      "ich|wir werde|werden <rest>", "ich schicke|sende|melde|bringe|rufe|kümmere|gebe <rest>",
      "wir schicken|senden|melden|rufen <rest>",
      "es|er|sie wird|kommt <rest>"),
    requests: phrases(
      "können|könnten|könntest|kannst sie|du <rest>", "bitte <rest>", "ich brauche <rest>", "ich möchte <rest>",
      "ich hätte gern|gerne <rest>"),
    done: phrases("ist angekommen|da|erledigt", "erledigt", "hat geklappt", "bezahlt", "bestätigt"),
    dropped: phrases("schon gut", "nicht mehr nötig", "brauche ich nicht|doch", "hat sich erledigt"),
    topics: [
      Topic(name: "Reservierung", words: words("tisch restaurant reservierung abendessen")),
      Topic(name: "Lieferung", words: words("paket lieferung sendung")),
      Topic(name: "Reise", words: words("flug zug hotel reise fahrkarte")),
      Topic(name: "Fahrrad", words: words("fahrrad rad zoll")),
      Topic(name: "Termin", words: words("termin arzt zahnarzt ärztin")),
      Topic(name: "Rechnung", words: words("rechnung zahlung erstattung preis")),
    ],
    reply: Reply(
      noted: "Notiert: {1}",
      question: "Ich bin ein Stellvertreter ohne eigenes Wissen und kann das noch nicht beantworten: {1}",
      remembered: "Aus Ihren früheren Nachrichten: {1}"))
}
