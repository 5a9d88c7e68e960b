import Administration
import Approvals
import ArgumentParser
import Enforcement
import HTTPGateway
import Observation
import Semantics
import StateStore

/// The options of `serve` on its administration.
struct AdminOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where metrics, health, reload and the live page are: a loopback address.", valueName: "host:port"))
  var admin: String?

  @Option(help: ArgumentHelp("A file with the token that POST /reload asks for. Without it nobody reloads by HTTP.", valueName: "file"))
  var adminToken: String?

  @Flag(help: "Read the policy again when its files change.")
  var watch = false

  @Flag(help: "Refuse a new policy whose tests or proofs fail.")
  var reloadTests = false

  func validate() throws {
    if adminToken != nil, admin == nil { throw ValidationError("--admin-token needs --admin") }
  }

  /// Nil: none is asked for.
  func address() throws -> ListenAddress? {
    guard let admin else { return nil }
    guard let address = ListenAddress(admin), address.isLoopback else {
      throw Complaint("`\(admin)` is no loopback address to listen on", help: "--admin 127.0.0.1:8401")
    }
    return address
  }

  /// At least 16 characters of what headers may carry.
  func token() throws -> [UInt8]? {
    guard let adminToken else { return nil }
    do throws(FileProblem) {
      let bytes = try DiskReader().contents(of: adminToken)
      let token = Array(bytes.prefix { $0 > 0x20 && $0 < 0x7F })
      guard token.count >= 16, bytes.count - token.count <= 2 else {
        throw FileProblem.unreadable("it holds no token: at least 16 printable characters without spaces, on one line")
      }
      return token
    } catch {
      throw Complaint("cannot read `\(adminToken)`: \(describe(error))")
    }
  }
}
