/// Not "don't forget", nor "did you forget".
private let doForget =
  "!i|you|we|they|did|do|don't|not|never|always|often|sometimes|will|would|might can|could|would|will? you? forget"

extension Language {
  static let english = Language(
    tag: "en",
    common: words(
      """
      the a an and or of to in on at for with is are was were be been i i'm i'd i'll i've you you're your my me we our it \
      it's this that these those there he she they them his her do does don't did not no yes can could would will what \
      when where which who how why if but so as by from have has had just please thanks hello hi ok okay then about
      """),
    clauseStarts: words("but because so which when tell please if unless then"),
    numberWords: numbered("zero one two three four five six seven eight nine ten eleven twelve", from: 0),
    weekdays: numbered("monday tuesday wednesday thursday friday saturday sunday", from: 0),
    months: numbered(
      "january/jan february/feb march april may june july august september/sept october november december", from: 1),
    relativeDays: [
      "today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2, "yesterday": -1, "day before yesterday": -2,
    ],
    dateConnectors: ["of"],
    inSomeDays: phrases("in <number> <day|days|week|weeks>"),
    dayUnits: ["day": 1, "days": 1, "week": 7, "weeks": 7],
    greetings: words("hi hello hey morning evening afternoon welcome dear"),
    positive: words(
      "thanks thank great perfect good nice happy lovely wonderful love awesome excellent super fine glad delicious wow hero"
    ),
    negative: words(
      """
      bad late broken angry terrible awful disappointed problem wrong complaint slow unhappy annoyed hate worst missing \
      unacceptable damaged refund scratch
      """),
    thanks: words("thanks thank cheers"),
    secrets: words("password passwords passphrase pin pincode otp cvv cvc passcode secret"),
    injections: phrases(
      "ignore|disregard|forget your|all|any|the|previous|prior|these all|previous|prior|your? previous|prior? instructions|rules|prompt",
      "ignore instructions|rules", "system prompt", "say|write|note|put in my file|record|profile|memory that",
      "you are now", "pretend to|that|you", "act as", "developer mode", "new instructions", "from now on you"),
    forget: phrases(
      "\(doForget) what|that|everything i told|said you? about <rest>", "\(doForget) about? my|the <rest>",
      "\(doForget) that <rest>", "\(doForget) where|what|who|how|when <rest>",
      "delete|remove|erase my|the what? i? told|said? you? about? <rest>", "^please? don't remember <rest>",
      "^please? do not remember <rest>"),
    changes: words("instead actually moved changed rather anymore longer switch correction reschedule rescheduled now"),
    booked: words("booked reserved confirmed moved changed rebooked scheduled rescheduled done marked arranged"),
    facts: [
      FactRule(
        .identity, "The user's name is {1}.", "my name is|was <name>", "my name's <name>", "^this is <Name>",
        "^hi|hello|hey this is <Name>", "^hi|hello|hey i'm <Name>", "^hi|hello|hey i am <Name>", "^i'm <Name>",
        "^<Name> here", entity: (1, .person), number: .one, called: "name"),
      FactRule(.preference, "The user wants to be called {1}.", "call me <Name>", number: .one),
      FactRule(
        .identity, "The user is {1} years old.", "i'm|i am? <number> years old", number: .one, called: "age old"),
      FactRule(
        .identity, "The user lives in {1}.", "i|we|i'm|we're now? live|living now? in <Name>",
        "i've|we've|i|we have|just|recently? just|recently? moved|relocated to <Name>",
        "i'm|we're|i|we am|are? moving to <Name>",
        entity: (1, .place), number: .one, called: "live living home city town"),
      FactRule(.identity, "The user's address is {1}.", "my|our new? address is now? <all>", number: .one),
      FactRule(.identity, "The user works as {1}.", "i work as <rest>", number: .one, called: "job work"),
      FactRule(
        .identity, "The user works at {1}.", "i work at|for <Name>", "i started at <Name>",
        entity: (1, .organisation), number: .one, called: "job work employer company"),
      FactRule(.fact, "The user works from {1}.", "i work from <home>", number: .one),
      FactRule(.identity, "The user speaks {1}.", "i speak <rest>"),
      FactRule(.fact, "The user is allergic to {1}.", "!not allergic to <rest>", "!no allergy to <rest>"),
      FactRule(
        .fact, "The user is {1}.",
        "i'm|am|are|we're a|an|now|also? <vegetarian|vegan|pescatarian|diabetic|pregnant|coeliac|celiac|retired|lactose-intolerant>"
      ),
      FactRule(
        .relationship, "The user's {1} is called {2}.",
        "my|our <wife|husband|partner|sister|brother|mother|father|mum|mom|dad|daughter|son|boss|friend|cousin|grandmother|grandfather|dog|cat|baby|colleague> is|called|named? called|named? <Name>",
        entity: (2, .person)),
      FactRule(
        .relationship, "The user's {1} is {2}.",
        "my|our <daughter|son|wife|husband|mother|father|dog|cat|baby> is|turns <number>"),
      FactRule(
        .relationship, "The user has {1} {2}.",
        "i|we have <a|number|one|two|three|four|five|2|3|4|5> <kids|children|dogs|cats|daughters|sons|dog|cat|daughter|son>",
        "we also have <a> <cat|dog>"),
      FactRule(.relationship, "Her name is {1}.", "her name is <Name>", entity: (1, .person)),
      FactRule(.relationship, "His name is {1}.", "his name is <Name>", entity: (1, .person)),
      FactRule(
        .preference, "The user prefers {1}.", "i'd|i|we|we'd would|really|much? prefer <rest>", number: .oneOfAlike),
      FactRule(.preference, "The user would rather {1}.", "i'd|we'd|would rather <rest>"),
      FactRule(.preference, "The user wants {1} instead of {2}.", "<word> instead of <rest>"),
      FactRule(
        .preference, "The user prefers {a1} {2}.", "<window|aisle|quiet|corner|outdoor> <seat|table|room>",
        number: .oneOfAlike),
      FactRule(.preference, "The user loves {1}.", "i|we really? love <rest>"),
      FactRule(
        .preference, "The user dislikes {1}.", "i|we really? hate|dislike <rest>", "i|we don't like <rest>",
        "i|we can't stand <rest>"),
      FactRule(.preference, "{1} dislikes {2}.", "<Name> dislikes|hates <rest>"),
      FactRule(.preference, "The user does not eat {1}.", "i|we don't|can't eat|drink <rest>"),
      FactRule(.preference, "The user never {s1}.", "i|we never <rest>"),
      FactRule(.preference, "The user always {s1}.", "i|we always <rest>"),
      FactRule(.preference, "The user wants to be contacted by {1}.", "please <text|call|email|e-mail|message> me"),
      FactRule(.preference, "Contact: {1}.", "can|may ring|call me <all>", "call me on|at|after|before <all>"),
      FactRule(
        .preference, "Not wanted: {1}.", "but|and? not <glossy|pink|red|blue|spicy>", "please no <rest>",
        "anything but <rest>"),
      FactRule(
        .fact, "The budget is {1} {2}.", "<number> <euros|pounds|dollars> at most|maximum",
        "budget|to|than is|of|at? <number> <euros|pounds|dollars|eur|gbp|usd>",
        number: .one),
      FactRule(.fact, "The budget is {1}.", "budget is|of about|around? <rest>", number: .one),
      FactRule(
        .fact, "It is the {1} {2} {3}.",
        "it's the <green|red|blue|white|yellow|grey|brown|first|second|third|last|corner> <house|door|flat|building|entrance> <all>"
      ),
      FactRule(
        .event, "The user is travelling to {1}.", "i'm|we're flying|travelling|traveling|going|driving to <Name>",
        entity: (1, .place), number: .one),
      FactRule(
        .event, "The user's {1} is {2}.",
        "my|our <wedding|appointment|flight|interview|birthday|exam|meeting|holiday|move> is|was on|at|in|now? <rest>",
        number: .oneOfEach),
    ],
    promises: phrases(
      "^i'll <rest>", "^i|we will <rest>", "i'll|we'll <rest>", "it|they will <rest>", "they'll <rest>",
      "i|we will <rest>"),
    requests: phrases(
      "can|could|would|will you <rest>", "please <rest>", "i need|want to? <rest>", "i'd like <rest>",
      "can we|i get|have <rest>",
      "remind me to <rest>", "could|can you confirm <rest>"),
    done: phrases(
      "it|they|he|she came|arrived", "has|have arrived", "samples|parcel|package|order arrived", "is|are done", "done",
      "all set",
      "confirmed", "paid", "received", "signed", "solved|resolved|fixed", "works now"),
    dropped: phrases("never mind", "no longer need", "don't need", "forget it", "cancel that", "not needed"),
    topics: [
      Topic(name: "restaurant booking", words: words("table restaurant dinner lunch reservation")),
      Topic(name: "delivery", words: words("parcel package delivery courier shipment depot")),
      Topic(name: "travel", words: words("flight train hotel trip airport ticket travel")),
      Topic(name: "contract", words: words("contract cancel subscription plan fibre broadband")),
      Topic(name: "home", words: words("kitchen oven fridge worktop plumber electrician flat renovation")),
      Topic(name: "appointment", words: words("appointment doctor dentist meeting")),
      Topic(name: "payment", words: words("invoice bill payment refund price deposit")),
      Topic(name: "health", words: words("allergy allergic medicine")),
    ],
    pronouns: [
      "my": "their", "our": "their", "me": "them", "myself": "themselves", "we": "they", "i": "they", "i'm": "they are",
    ],
    reply: Reply(
      noted: "Noted: {1}", question: "I am a stand-in without knowledge of my own, so I cannot answer that yet: {1}",
      remembered: "From your earlier messages: {1}"))
}
