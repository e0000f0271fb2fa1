// swift-tools-version:6.2
import PackageDescription

/// Warnings are errors where nobody would read them: in CI.
let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// The programs that get all their libraries inside: what `make build` asks for where the system has them as archives.
let staticPrograms = (Context.environment["STATIC_PROGRAMS"] ?? "").split(separator: " ").map(String.init)

/// In such a program there is nothing left to load and to relocate at each start, and it runs on any Linux. The
/// unwinder finds its tables by the program's headers, so a static program's other way, to register and then sort them
/// all, is left out; and dlsym(3), which has nowhere to look, is our own.
let staticExecutable: [LinkerSetting] = [
  .unsafeFlags([
    "-use-ld=lld", "-static-executable", "-Xlinker", "--defsym=__register_frame_info=0", "-Xlinker",
    "--defsym=__deregister_frame_info=0", "-Xlinker", "--wrap=dlsym", "-L\(Context.packageDirectory)/.build/archives",
  ])
]

/// A library of the project, built with the project's settings.
func module(_ name: String, dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// An executable of the project.
///
/// - Parameter archives: what its libraries' archives need, as their shared forms would say themselves.
func program(_ name: String, dependencies: [Target.Dependency], archives: [String] = []) -> Target {
  let isStatic = staticPrograms.contains(name.lowercased())
  return .executableTarget(
    name: name, dependencies: dependencies + (isStatic ? ["CStaticExecutable"] : []), swiftSettings: swiftSettings,
    linkerSettings: isStatic ? staticExecutable + archives.map { .linkedLibrary($0) } : [])
}

/// A test suite; each one may use a real PostgreSQL, real processes and a scripted HTTP server through TestSupport.
func suite(_ name: String, exclude: [String] = [], of dependencies: Target.Dependency...) -> Target {
  .testTarget(
    name: name, dependencies: ["TestSupport"] + dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

let package = Package(
  name: "lambda-local",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "backend", targets: ["Backend"]),
    .executable(name: "brain", targets: ["Brain"]),
    .executable(name: "lambda-local", targets: ["lambda-local"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.86.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(name: "CLibssl", pkgConfig: "libssl", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CMalloc"),

    module("GregorianCalendar"),
    module("JSON"),
    module("Threads"),
    module("LambdaEvents", dependencies: ["JSON"]),
    module("ConversationAPI", dependencies: ["JSON"]),
    module("LambdaRuntime", dependencies: ["GregorianCalendar", "JSON", "Threads", logging]),
    module("HTTPClient", dependencies: ["Threads", "CLibcurl"]),
    module("AWSSignature", dependencies: ["GregorianCalendar", "CLibcrypto"]),
    module("SQSClient", dependencies: ["AWSSignature", "HTTPClient", "JSON"]),
    module("Postgres", dependencies: ["GregorianCalendar", "Threads", "CLibpq"]),

    program(
      "Backend",
      dependencies: [
        "AWSSignature", "ConversationAPI", "JSON", "LambdaEvents", "LambdaRuntime", "Postgres", "HTTPClient",
        "SQSClient", logging,
      ], archives: ["ssl", "pgcommon", "pgport"]),
    program(
      "Brain",
      dependencies: [
        "AWSSignature", "ConversationAPI", "GregorianCalendar", "JSON", "LambdaEvents", "LambdaRuntime", "HTTPClient",
        "SQSClient", logging,
      ], archives: ["ssl"]),

    module(
      "LocalLambda",
      dependencies: [
        "AWSSignature", "GregorianCalendar", "JSON", "CLibcrypto", "CLibssl", "CLibyaml", "CMalloc", deque, logging,
        nioCore, nioPosix, nioHTTP1, subprocess,
      ]),
    program("lambda-local", dependencies: ["LocalLambda", "JSON", argumentParser, nioCore]),

    .target(name: "CTestWidth", path: "Tests/CTestWidth"),
    .target(
      name: "TestSupport",
      dependencies: ["CTestWidth", "LocalLambda", "Postgres", nioCore, nioPosix, nioHTTP1, subprocess],
      path: "Tests/TestSupport", swiftSettings: swiftSettings),
    suite("GregorianCalendarTests", of: "GregorianCalendar"),
    suite("JSONTests", of: "JSON"),
    suite("ThreadsTests", of: "Threads"),
    suite("LambdaEventsTests", of: "LambdaEvents", "JSON", "ConversationAPI"),
    .executableTarget(
      name: "echo-function", dependencies: ["LambdaRuntime", "JSON", logging], path: "Tests/Fixtures/EchoFunction",
      swiftSettings: swiftSettings),
    suite("LambdaRuntimeTests", of: "LambdaRuntime", "JSON", "echo-function", logging, subprocess),
    suite("HTTPClientTests", of: "HTTPClient"),
    suite("AWSSignatureTests", of: "AWSSignature"),
    suite("SQSClientTests", of: "SQSClient", "AWSSignature", "HTTPClient", "JSON"),
    suite("PostgresTests", of: "Postgres", "LocalLambda"),
    suite(
      "BackendTests",
      of: "Backend", "ConversationAPI", "JSON", "LambdaEvents", "LambdaRuntime", "Postgres", subprocess),
    suite(
      "BrainTests", exclude: ["Fixtures"],
      of: "Brain", "ConversationAPI", "JSON", "LambdaEvents", "LambdaRuntime", "HTTPClient", "CLibcrypto", logging,
      subprocess),
    suite(
      "LocalLambdaTests",
      of: "LocalLambda", "GregorianCalendar", "JSON", "echo-function", "lambda-local", nioCore, nioPosix, nioHTTP1,
      subprocess),
    suite("EndToEndTests", of: "LocalLambda", "JSON", "HTTPClient", "Backend", "Brain", nioCore, subprocess),
  ] + (staticPrograms.isEmpty ? [] : [.target(name: "CStaticExecutable")])
)
