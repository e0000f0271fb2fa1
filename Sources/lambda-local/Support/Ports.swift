import ArgumentParser
import LocalLambda

extension ParsableArguments {
  /// Refuses what is no port; 0 is one, for any that is free.
  static func check(port: Int?, of option: String) throws {
    guard let port, !ListenError.ports.contains(port) else { return }
    throw ValidationError("\(option) is 0 to \(ListenError.ports.upperBound).")
  }
}
