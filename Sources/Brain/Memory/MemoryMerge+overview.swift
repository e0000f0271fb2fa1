/// What a memory says of the whole conversation, as the model words it anew with each window.
extension MemoryMerge {
  /// A title or a summary: the model's, or `before` where that is empty. Where it would give away what the user asked
  /// to forget, what the remaining facts say stands in its place.
  mutating func overview(_ text: String, before: String?, limit: Int) -> String {
    let cleaned = clean(text, limit: limit)
    let text = cleaned.isEmpty ? before ?? "" : cleaned
    guard forgetting.isOpaque || forgetting.givesAway(text) else { return text }
    return remaining.joined(separator: " ").cleaned(limit: limit)
  }

  /// The model's topics and then those `before`, which do not outlive a wish to forget: nobody knows what they rest on.
  mutating func topics(_ new: [String], before: [String]) -> [String] {
    var topics: [String] = []
    for topic in new + (forgetting.isEmpty ? before : []) {
      let topic = clean(topic, limit: 60)
      guard !topic.isEmpty, !topics.contains(topic), topics.count < 12, !forgetting.givesAway(topic) else { continue }
      topics.append(topic)
    }
    return topics
  }
}
