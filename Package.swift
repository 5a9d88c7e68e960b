// swift-tools-version: 6.2
import PackageDescription

// Which module may import which is the architecture (docs/architecture.md); TidyTests holds the import lines to this table.
let package = Package(
  name: "sallyport",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "sallyport", targets: ["Tool"]),
    .executable(name: "sallyport-demo-server", targets: ["DemoServerProgram"]),
    .library(name: "Sallyport", targets: ["Sallyport"]),
    // For Tests/Benchmarks and Tests/Fuzz, which are packages of their own; all declarations have `package` access.
    .library(name: "JSON", targets: ["JSON"]),
    .library(name: "Compilation", targets: ["Compilation"]),
    .library(name: "Decision", targets: ["Decision"]),
    .library(name: "Enforcement", targets: ["Enforcement"]),
    .library(name: "Text", targets: ["Text"]),
    .library(name: "Syntax", targets: ["Syntax"]),
    .library(name: "Formatting", targets: ["Formatting"]),
    .library(name: "Filters", targets: ["Filters"]),
    .library(name: "Patterns", targets: ["Patterns"]),
    .library(name: "RegularExpressions", targets: ["RegularExpressions"]),
    .library(name: "Quotas", targets: ["Quotas"]),
    .library(name: "Bytecode", targets: ["Bytecode"]),
    .library(name: "Checksums", targets: ["Checksums"]),
    .library(name: "Schemas", targets: ["Schemas"]),
    .library(name: "Credentials", targets: ["Credentials"]),
    .library(name: "Digests", targets: ["Digests"]),
    .library(name: "Fetching", targets: ["Fetching"]),
    .library(name: "Authentication", targets: ["Authentication"]),
    .library(name: "Analysis", targets: ["Analysis"]),
    .library(name: "Replaying", targets: ["Replaying"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Language: knows nothing of requests.
    .target(name: "Text"),
    .target(name: "Syntax", dependencies: ["Text"]),
    .target(name: "Formatting", dependencies: ["Syntax", "Text"]),
    .target(
      name: "Semantics", dependencies: ["Syntax", "Text", "JSON", "RegularExpressions", "Patterns", "Digests", "Checksums", "RulePacks"]),

    // Shared leaves.
    .target(name: "JSON"),
    .target(name: "RegularExpressions"),
    .target(name: "Checksums"),
    .target(name: "CPacks"),
    .target(name: "RulePacks", dependencies: ["CPacks"]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .target(name: "Patterns", dependencies: ["CPCRE2"]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Digests", dependencies: ["CCrypto"]),
    .target(name: "Signatures", dependencies: ["CCrypto"]),
    .target(name: "Bundles", dependencies: ["Signatures", "Digests", "JSON"]),

    // Runtime: knows nothing of policy text or sockets.
    .target(name: "Bytecode", dependencies: ["JSON", "Patterns", "Digests", "Checksums", "Quotas"]),
    .target(name: "Compilation", dependencies: ["Semantics", "Bytecode", "Patterns", "JSON", "Text", "Digests", "Checksums", "Quotas"]),
    .target(name: "Decision", dependencies: ["Bytecode", "JSON", "Patterns"]),
    .target(name: "Filters", dependencies: ["Bytecode", "JSON", "Patterns", "RegularExpressions", "Digests", "Checksums"]),
    .target(name: "Messages", dependencies: ["JSON"]),
    .target(name: "Telemetry"),
    .target(name: "Quotas", dependencies: ["JSON"]),
    .target(name: "Approvals", dependencies: ["Digests"]),
    .target(name: "Credentials", dependencies: ["JSON", "Signatures", "Digests", "Checksums"]),
    .target(name: "Schemas", dependencies: ["JSON", "Patterns", "RegularExpressions"]),
    .target(
      name: "Enforcement",
      dependencies: [
        "Decision", "Bytecode", "Messages", "JSON", "Digests", "Schemas", "Filters", "RegularExpressions", "Approvals", "Quotas",
      ]),

    .target(
      name: "Evidence",
      dependencies: [
        "Semantics", "Analysis", "Compilation", "Bytecode", "Decision", "Enforcement", "Filters", "Messages", "Schemas", "JSON", "Text",
      ]),

    .target(name: "Linting", dependencies: ["Semantics", "Syntax", "Text"]),
    .target(
      name: "Analysis", dependencies: ["Semantics", "Compilation", "Bytecode", "RegularExpressions", "JSON", "Text", "Digests"]),

    // World.
    .target(name: "CPosix"),
    // Found without pkg-config, whose flags for it are of a kind that packages may not have.
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(name: "RedisStore", dependencies: ["CHiredis", "Quotas", "Digests", "Approvals", "Enforcement", "JSON"]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "Fetching", dependencies: ["CCurl", "Credentials"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Gzip", dependencies: ["CZlib"]),
    .target(
      name: "Recording",
      dependencies: ["Enforcement", "Evidence", "Gzip", "Bytecode", "Decision", "Messages", "JSON", "Digests"]),
    .target(
      name: "Replaying",
      dependencies: ["Recording", "Enforcement", "Semantics", "Gzip", "Bytecode", "Decision", "Messages", "JSON", "Digests", "Quotas"]),
    .target(name: "Audit", dependencies: ["JSON", "Digests"]),
    .target(
      name: "Observation",
      dependencies: [
        "Audit", "Bytecode", "Credentials", "Digests", "Enforcement", "Fetching", "Filters", "Gateway", "JSON", "Messages", "Schemas",
        "Telemetry",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Settings", dependencies: ["Text"]),
    .target(
      name: "Authentication", dependencies: ["Settings", "Text", "Fetching", "Credentials", "Enforcement", "Bytecode", "JSON", "Digests"]),
    .target(
      name: "StateStore",
      dependencies: ["Credentials", "Approvals", "Digests", "Enforcement", "JSON", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(
      name: "Gateway",
      dependencies: ["CPosix", "Enforcement", "Approvals", "Messages", "JSON", .product(name: "Logging", package: "swift-log")]),
    // libssl is in the package of libcrypto's headers.
    .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "TLS", dependencies: ["CTLS"]),
    .target(
      name: "HTTPGateway",
      dependencies: [
        "Gateway", "Enforcement", "Approvals", "Authentication", "Settings", "Text", "Bytecode", "Credentials", "Messages", "JSON",
        "Digests", "TLS",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
      ]),
    .target(
      name: "Administration",
      dependencies: [
        "Audit", "Observation", "Telemetry", "JSON", "Digests", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    .executableTarget(
      name: "Tool",
      dependencies: [
        "Text", "Syntax", "Formatting", "Semantics", "Linting", "Analysis", "Bundles", "Signatures", "Evidence", "Compilation", "Bytecode",
        "Decision", "Enforcement", "Administration", "Audit", "Filters", "Observation", "Telemetry",
        "Gateway", "HTTPGateway", "Authentication", "Settings", "Messages", "Credentials", "StateStore", "RedisStore", "Quotas",
        "Approvals", "Fetching", "JSON", "Digests", "Schemas", "DemoServer", "Recording", "Replaying",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Sallyport",
      dependencies: [
        "Semantics", "Text", "Compilation", "Bytecode", "Decision", "Enforcement", "Evidence", "Messages", "JSON", "Digests", "Approvals",
      ]),
    .target(name: "DemoServer", dependencies: ["JSON"]),
    .executableTarget(name: "DemoServerProgram", dependencies: ["DemoServer"]),
    .executableTarget(name: "StubServer", path: "Tests/StubServer"),
    .executableTarget(
      name: "StoreWorker", dependencies: ["StateStore", "RedisStore", "Approvals", "Credentials", "Digests", "Enforcement"],
      path: "Tests/StoreWorker"),

    .target(name: "TestSupport", dependencies: ["Text", "JSON", "Approvals", "Digests"], path: "Tests/TestSupport"),
    .target(name: "StoreKits", dependencies: ["Enforcement", "Bytecode", "Digests"], path: "Tests/StoreKits"),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], exclude: ["Cases"]),
    .testTarget(name: "SyntaxTests", dependencies: ["Syntax", "Formatting", "Text", "TestSupport"], exclude: ["Cases"]),
    .testTarget(
      name: "SemanticsTests", dependencies: ["Semantics", "Syntax", "Text", "JSON", "Digests", "RulePacks", "TestSupport"],
      exclude: ["Cases"]),
    .testTarget(name: "ChecksumsTests", dependencies: ["Checksums", "TestSupport"]),
    .testTarget(name: "RegularExpressionsTests", dependencies: ["RegularExpressions", "Patterns", "CPCRE2", "TestSupport"]),
    .testTarget(
      name: "FiltersTests",
      dependencies: [
        "Filters", "Bytecode", "Checksums", "Evidence", "JSON", "Patterns", "RegularExpressions", "Schemas", "Semantics", "Text",
        "TestSupport",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "Evidence", "Compilation", "Bytecode", "Decision", "Semantics", "RegularExpressions", "Text", "JSON", "TestSupport",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "LintingTests", dependencies: ["Linting", "Analysis", "Formatting", "Semantics", "Syntax", "Text", "TestSupport"],
      exclude: ["Cases"]),
    .testTarget(
      name: "DecisionTests",
      dependencies: [
        "Decision", "Analysis", "Compilation", "Bytecode", "Semantics", "Syntax", "Text", "JSON", "Patterns", "TestSupport",
      ],
      exclude: ["Cases", "README.md"]),
    .testTarget(
      name: "EnforcementTests",
      dependencies: [
        "Enforcement", "Approvals", "Messages", "Compilation", "Semantics", "Syntax", "Text", "JSON", "Bytecode", "Decision", "Digests",
        "Schemas", "Patterns", "Quotas", "TestSupport", "StoreKits",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "LanguageTests",
      dependencies: ["Analysis", "Evidence", "Linting", "Compilation", "Bytecode", "Semantics", "Syntax", "Text", "TestSupport"]),
    .testTarget(
      name: "CredentialsTests", dependencies: ["Credentials", "Checksums", "Digests", "JSON", "TestSupport"],
      exclude: ["Cases", "make-tokens.py"]),
    .testTarget(name: "FetchingTests", dependencies: ["Fetching", "Credentials", "TestSupport"]),
    .testTarget(
      name: "AuthenticationTests",
      dependencies: ["Authentication", "Fetching", "Credentials", "Enforcement", "Bytecode", "Digests", "JSON", "TestSupport"],
      exclude: ["identity-provider.py"]),
    .testTarget(name: "BundlesTests", dependencies: ["Bundles", "Signatures", "JSON"]),
    .testTarget(name: "ApprovalsTests", dependencies: ["Approvals", "Digests", "TestSupport"]),
    .testTarget(
      name: "StateStoreTests",
      dependencies: [
        "StateStore", "Approvals", "Credentials", "Enforcement", "TestSupport", "StoreKits", "StoreWorker",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", "HTTPGateway", "Authentication", "Fetching", "Credentials", "Text", "TestSupport"],
      exclude: ["Cases"]),
    .testTarget(name: "AuditTests", dependencies: ["Audit", "JSON", "TestSupport"]),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
    .testTarget(
      name: "RedisStoreTests",
      dependencies: [
        "RedisStore", "Quotas", "Approvals", "Bytecode", "Digests", "Enforcement", "JSON", "TestSupport", "StoreKits", "StoreWorker",
      ]),
    .testTarget(name: "QuotasTests", dependencies: ["Quotas", "JSON", "TestSupport"]),
    .testTarget(name: "SchemasTests", dependencies: ["Schemas", "JSON", "TestSupport"]),
    .testTarget(
      name: "HTTPGatewayTests",
      dependencies: [
        "HTTPGateway", "Gateway", "Authentication", "Settings", "Fetching", "Credentials", "Approvals", "Enforcement", "Bytecode",
        "Compilation", "Semantics", "Messages", "JSON", "Text", "TestSupport",
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
      ], exclude: ["stdio-server.py"]),
    .testTarget(name: "GatewayTests", dependencies: ["Gateway", "JSON", "TestSupport"]),
    // Outside the package, as users are.
    .testTarget(name: "SallyportTests", dependencies: ["Sallyport"], packageAccess: false),
    .testTarget(
      name: "ToolTests", dependencies: ["Gateway", "JSON", "Semantics", "TestSupport", "Tool", "StubServer"],
      exclude: ["Cases", "Fixtures"]),
    .testTarget(
      name: "ReplayingTests",
      dependencies: [
        "Replaying", "Recording", "Enforcement", "Evidence", "Gzip", "Compilation", "Semantics", "Bytecode", "Messages", "Text", "JSON",
        "Digests", "TestSupport",
      ]),
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"]),
  ]
)

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(), .treatAllWarnings(as: .error),
]
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
  // `make test` builds for release, because thousands of patterns, policies and processes are tried; optimising the tests themselves would
  // take longer than all else together.
  if target.type == .test { target.swiftSettings?.append(.unsafeFlags(["-Onone"], .when(configuration: .release))) }
}
