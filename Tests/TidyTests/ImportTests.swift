import Testing

/// The direction of imports is the architecture (docs/architecture.md): language on the left knows nothing of requests, the runtime
/// nothing of policy text or sockets. A new line here is a decision, not a detail.
private let allowed: [String: Set<String>] = [
  "Text": [],
  "JSON": [],
  "RegularExpressions": [],
  "Patterns": ["CPCRE2"],
  "Digests": ["CCrypto"],
  "Checksums": [],
  "RulePacks": ["CPacks"],
  "Syntax": ["Text"],
  "Formatting": ["Syntax", "Text"],
  "Semantics": ["Syntax", "Text", "JSON", "RegularExpressions", "Patterns", "Digests", "Checksums", "RulePacks"],
  "Bytecode": ["JSON", "Patterns", "Digests", "Checksums", "Quotas"],
  "Compilation": ["Semantics", "Syntax", "Bytecode", "Patterns", "JSON", "Text", "Digests", "Checksums", "Quotas"],
  "Decision": ["Bytecode", "JSON", "Patterns"],
  "Messages": ["JSON", "Digests"],
  "Schemas": ["JSON", "Patterns", "RegularExpressions"],
  "Quotas": ["JSON"],
  "RedisStore": ["CHiredis", "Quotas", "Digests", "Approvals", "Enforcement", "JSON"],
  "Approvals": ["Digests"],
  "Signatures": ["CCrypto"],
  "Bundles": ["Signatures", "Digests", "JSON"],
  "Credentials": ["JSON", "Signatures", "Digests", "Checksums"],
  "Fetching": ["CCurl", "Credentials", "Dispatch"],
  "Settings": ["Text"],
  "Audit": ["JSON", "Digests", "Dispatch"],
  "Telemetry": [],
  "Observation": [
    "Audit", "Bytecode", "Credentials", "Digests", "Enforcement", "Fetching", "Filters", "Gateway", "JSON", "Messages", "Schemas",
    "Telemetry", "Logging",
  ],
  "Authentication": ["Settings", "Text", "Fetching", "Credentials", "Enforcement", "Bytecode", "JSON", "Digests"],
  "Filters": ["Bytecode", "JSON", "Patterns", "RegularExpressions", "Digests", "Checksums"],
  "Enforcement": [
    "Decision", "Bytecode", "Messages", "JSON", "Digests", "Schemas", "Filters", "RegularExpressions", "Approvals", "Quotas",
  ],
  "Linting": ["Semantics", "Syntax", "Text"],
  "Analysis": ["Semantics", "Compilation", "Bytecode", "RegularExpressions", "JSON", "Text", "Digests"],
  "Evidence": [
    "Semantics", "Analysis", "Compilation", "Bytecode", "Decision", "Enforcement", "Filters", "Messages", "Schemas", "JSON", "Text",
  ],
  "Gzip": ["CZlib"],
  "Recording": ["Enforcement", "Evidence", "Gzip", "Bytecode", "Decision", "Messages", "JSON", "Digests", "Dispatch"],
  "Replaying": [
    "Recording", "Enforcement", "Semantics", "Gzip", "Bytecode", "Decision", "Messages", "JSON", "Digests", "Quotas",
  ],
  "StateStore": ["Credentials", "Approvals", "Digests", "Enforcement", "JSON", "GRDB"],
  "Gateway": ["CPosix", "Enforcement", "Approvals", "Messages", "JSON", "Logging"],
  "TLS": ["CTLS"],
  "HTTPGateway": [
    "Gateway", "Enforcement", "Approvals", "Authentication", "Settings", "Text", "Bytecode", "Credentials", "Messages", "JSON", "Digests",
    "Logging", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTP2", "TLS",
  ],
  "Administration": ["Audit", "Observation", "Telemetry", "JSON", "Digests", "NIOCore", "NIOPosix", "NIOHTTP1"],
  // Counts what is allocated.
  "Benchmarks": ["CAllocations"],
  // Counts the steps of the interpreter, which the wrapper has no use for.
  "RegularExpressionsTests": ["CPCRE2"],
  "Sallyport": [
    "Semantics", "Text", "Compilation", "Bytecode", "Decision", "Enforcement", "Evidence", "Messages", "JSON", "Digests", "Approvals",
  ],
  "DemoServerProgram": ["DemoServer"],
  "DemoServer": ["JSON", "Messages"],
]

/// What the system and the toolchain bring; `Foundation` is another matter.
private let everywhere: Set<String> = ["Synchronization"]

/// Foundation is slow and large: where the world is met, not on the path of a request.
private let mayUseFoundation: Set<String> = [
  "Audit", "Observation", "StateStore", "RedisStore", "Gateway", "Tool", "DemoServer", "Sallyport", "Authentication",
]
private let mayUseSystem: Set<String> = [
  "Audit", "Observation", "StateStore", "Gateway", "Tool", "DemoServer", "Fetching", "Authentication", "RedisStore", "Recording",
  "Replaying",
]

@Suite struct ImportTests {
  @Test(arguments: allowed.keys.filter { !$0.hasSuffix("Tests") && $0 != "Benchmarks" }.sorted())
  func importsPointDownward(target: String) {
    let files = SourceTree.sources.filter { $0.target == target }
    #expect(!files.isEmpty, "\(target) has no files; take it off the table")
    for file in files {
      for module in imports(of: file) {
        let fine =
          allowed[target, default: []].contains(module) || everywhere.contains(module)
          || (module == "Foundation" && mayUseFoundation.contains(target)) || (module == "Glibc" && mayUseSystem.contains(target))
        #expect(fine, "\(file.path) imports \(module)")
      }
    }
  }

  @Test func everyTargetIsOnTheTable() {
    let system: Set<String> = ["CPCRE2", "CCrypto", "CPosix", "CPacks", "CCurl", "CHiredis", "CZlib", "CTLS"]
    for target in SourceTree.names(in: "Sources") where target != "Tool" && !system.contains(target) {
      #expect(allowed[target] != nil, "say in ImportTests what \(target) may import")
    }
  }

  /// C libraries are reached through one wrapper each.
  @Test func onlyWrappersImportC() {
    for file in SourceTree.files {
      for module in imports(of: file) where module.hasPrefix("C") && module.dropFirst().first?.isUppercase == true {
        #expect(allowed[file.target, default: []].contains(module), "\(file.path) imports \(module)")
      }
    }
  }
}

private func imports(of file: SourceTree.File) -> [String] {
  file.lines.compactMap { line in
    guard line.contains("import ") else { return nil }
    let words = code(of: line).split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol"]
    let name = kinds.contains(words[place + 1]) && place + 2 < words.count ? words[place + 2] : words[place + 1]
    return String(name.split(separator: ".")[0])
  }
}
