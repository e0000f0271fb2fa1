import JSON
import NIOHTTP1

/// Why a call of the Extensions API is refused: always with 403.
struct ExtensionError: Error, Hashable {
  enum Kind: String, Sendable {
    case invalidExtensionName = "Extension.InvalidExtensionName"
    case missingExtensionIdentifier = "Extension.MissingExtensionIdentifier"
    case invalidExtensionIdentifier = "Extension.InvalidExtensionIdentifier"
    case unknownExtensionIdentifier = "Extension.UnknownExtensionIdentifier"
    case registrationClosed = "Extension.RegistrationClosed"
    case tooManyExtensions = "Extension.TooManyExtensions"
    case invalidEventType = "Extension.InvalidEventType"
    case invalidExtensionState = "Extension.InvalidExtensionState"
    case missingHeader = "Extension.MissingHeader"
    case invalidRequestFormat = "InvalidRequestFormat"
    case telemetryClosed = "Telemetry.SubscriptionClosed"
    case logsClosed = "Logs.SubscriptionClosed"
  }

  let kind: Kind
  let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

extension HTTPExchange {
  func refuse(_ error: ExtensionError) {
    let body: JSONValue = ["errorMessage": .string(error.message), "errorType": .string(error.kind.rawValue)]
    respond(.forbidden, json: body.serialized + "\n")
  }
}
