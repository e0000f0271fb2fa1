import HTTPClient
import Logging
import SQSClient

/// What a handler works with; nothing else outlives an event.
struct Dependencies: Sendable {
  var settings: Settings
  var backend: BackendClient
  var model: LanguageModel
  var sqs: SQSClient
}

extension Dependencies {
  /// The real ones: all of them share one HTTP client.
  init(settings: Settings) {
    var configuration = settings.http
    configuration.userAgent = "brain"
    let http = HTTPClient(configuration: configuration)
    self.init(
      settings: settings,
      backend: BackendClient(baseURL: settings.backendURL, apiKey: settings.backendAPIKey, http: http),
      model: LanguageModel(settings: settings.model, http: http, logger: Logger(label: "model")),
      sqs: SQSClient(configuration: settings.aws, http: http))
  }
}
