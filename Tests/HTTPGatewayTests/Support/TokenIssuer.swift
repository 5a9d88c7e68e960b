import Authentication
import Enforcement
import Foundation
import HTTPGateway
import JSON
import Settings
import TestSupport
import Text

/// An issuer that is asked about every token (RFC 7662): a token's text says what it answers. All are of the group that their last part names.
final class TokenIssuer: Sendable {
  static let identifier = "https://gate.example"

  let server: LoopbackServer
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-issuer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("issuer-secret".utf8).write(to: folder.appending(path: "secret"))
    server = try LoopbackServer { .document(TokenIssuer.answer(to: $0.body), headers: ["Content-Type": "application/json"]) }
  }

  deinit {
    server.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// `SUBJECT.SCOPES.AUDIENCE.NUMBER`: scopes joined by `+` (`none`: none; a dot is `-`), the audience a path, `whole` or `other`.
  private static func answer(to body: String) -> String {
    let form = body.split(separator: "&").first { $0.hasPrefix("token=") }?.dropFirst(6) ?? ""
    let parts = form.replacingOccurrences(of: "%2B", with: "+").split(separator: ".").map(String.init)
    guard parts.count == 4 else { return #"{"active":false}"# }
    let scopes = parts[1] == "none" ? "" : parts[1].replacingOccurrences(of: "+", with: " ").replacingOccurrences(of: "-", with: ".")
    let audience =
      switch parts[2] {
      case "whole": identifier
      case "other": "https://other.example"
      default: "\(identifier)/\(parts[2])"
      }
    let answer: Value = [
      "active": true, "sub": .string(parts[0]), "client_id": "desk", "scope": .string(scopes), "aud": .string(audience),
      "exp": .number(Number(Int64(Date.now.timeIntervalSince1970) + 600)), "jti": .string("jti-\(parts[3])"),
      "groups": [.string(parts[3])],
    ]
    return String(decoding: write(answer), as: UTF8.self)
  }

  func settings(_ resource: String = "") throws -> AuthenticationSettings {
    let text = """
      [resource]
      identifier = "\(TokenIssuer.identifier)"
      scopes = ["stub.use"]
      \(resource)
      [network]
      networks = ["loopback"]
      [[issuer]]
      name = "\(server.origin)"
      tokens = "opaque"
      endpoint = "\(server.origin)/introspect"
      client = "gate"
      groups_claim = "groups"
      secret_file = "\(folder.path)/secret"
      [[upstream]]
      name = "stub"
      url = "http://127.0.0.1:1"
      """
    let source = SourceFile(path: "gate.toml", text: text)
    let (file, malformed) = parseSettings(source)
    guard let file, let settings = readGateway(file).settings?.authentication else {
      throw RawClient.Broken(description: "\(malformed) \(file.map { readGateway($0).diagnostics } ?? [])")
    }
    return settings
  }

  func rule(_ resource: String = "", revocations: Revocations = Revocations()) throws -> TokenRule {
    let settings = try settings(resource)
    return TokenRule(settings, settings.authenticator(revocations: revocations) { _ in })
  }
}
