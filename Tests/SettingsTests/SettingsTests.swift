import Authentication
import Credentials
import Fetching
import Foundation
import HTTPGateway
import Settings
import TestSupport
import Testing
import Text

/// Configuration files and what is said of them, or what they mean.
@Suite struct SettingsTests {
  @Test(arguments: goldenCases(in: "Cases", ending: ".toml"))
  func reads(_ file: GoldenCase) {
    let source = SourceFile(path: file.testDescription, text: file.text)
    let (settings, diagnostics) = read(source)
    #expect((settings == nil) == !diagnostics.isEmpty)
    file.expect(settings.map(describe) ?? Renderer(files: [source]).render(diagnostics))
  }

  /// The pages of the codes, and the operator's page.
  @Test(arguments: ["E0801", "E0802", "E0803", "E0804"])
  func pagesShowWhatTheySay(_ code: String) throws {
    let blocks = try blocks(of: "errors/\(code).md")
    try #require(blocks.count == 2)
    #expect(said(of: blocks[0]).contains(code) && !said(of: blocks[1]).contains(code), "\(said(of: blocks[1]))")
  }

  @Test(arguments: ["tokens.md", "serve.md"])
  func theOperatorsPagesWork(_ page: String) throws {
    let blocks = try blocks(of: page)
    #expect(!blocks.isEmpty)
    for block in blocks { #expect(said(of: block).isEmpty, "\(block)") }
  }

  private func blocks(of page: String) throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/\(page)")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    return text.components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  private func said(of text: String) -> [String] {
    let (settings, diagnostics) = read(SourceFile(path: "a.toml", text: text))
    return settings == nil ? diagnostics.map(\.code.description) : []
  }

  private func read(_ source: SourceFile) -> (GatewaySettings?, [Diagnostic]) {
    let (file, malformed) = parseSettings(source)
    guard let file else { return (nil, malformed) }
    return readGateway(file)
  }

  private func describe(_ settings: GatewaySettings) -> String {
    var lines = ["listens on \(settings.listen.host):\(settings.listen.port), state \(settings.state ?? "the usual")"]
    lines.append("policies \(settings.policies), hosts \(settings.hosts), origins \(settings.origins)")
    lines.append("callers: \(settings.callers.agent ?? "by credential"), keys \(settings.callers.takesKeys)")
    if let authentication = settings.authentication { lines += describe(authentication) }
    for upstream in settings.upstreams {
      let credential = upstream.credential.map { "\($0.form) from \($0.source)" } ?? "nothing"
      switch upstream.target {
      case .http(let address): lines.append("upstream \(upstream.name) at \(upstream.path): \(address.authority)\(address.target)")
      case .process(let command):
        lines.append("upstream \(upstream.name) at \(upstream.path): \(command.words), seeing \(command.environment)")
      }
      lines.append("  shown \(credential)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ settings: AuthenticationSettings) -> [String] {
    var lines = [String(decoding: settings.resource.document, as: UTF8.self)]
    lines.append("networks: \(settings.addresses.exceptions.count), authorities: \(settings.authorities ?? "the system's")")
    for issuer in settings.issuers {
      lines.append("issuer \(issuer.name): audiences \(issuer.requirements.audiences), leeway \(issuer.requirements.leeway)")
      lines.append(
        "  longest life \(issuer.requirements.longestLife.map { "\($0)" } ?? "as they say"), answers for \(issuer.introspectionLife)")
      switch issuer.tokens {
      case .signed(let keys):
        lines.append("  signed, keys at \(keys?.text ?? "what its metadata says"), used for \(issuer.keys.oldestKeys)")
      case .opaque(let endpoint, let client, let secret):
        lines.append("  opaque, asked at \(endpoint?.text ?? "what its metadata says") as \(client) with \(secret.source)")
      }
    }
    return lines
  }

  /// Whatever stands in a file, reading ends, and what is wrong is within it.
  @Test func anyBytesAreReadToAnEnd() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let pieces = goldenCases(in: "Cases", ending: ".toml").map(\.bytes)
    for run in 0..<propertyRuns(3_000) {
      var bytes = pieces.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = bytes.indices.randomElement(using: &random) ?? 0
        if random.chance(50) { bytes.remove(at: place) } else { bytes[place] = UInt8.random(in: 0...255, using: &random) }
      }
      let source = SourceFile(id: SourceFile.ID(0), path: "a.toml", bytes: bytes)
      for diagnostic in read(source).1 {
        #expect(Int(diagnostic.primary.range.upper) <= bytes.count, "SEED=\(seed), run \(run)")
        #expect(!Renderer(files: [source]).render(diagnostic).isEmpty)
      }
    }
  }
}
