import Administration
import Approvals
import ArgumentParser
import Enforcement
import HTTPGateway
import Observation
import Semantics
import Settings
import StateStore

/// The options of `serve` on its administration.
struct AdminOptions: TableOptions {
  @Option(help: ArgumentHelp("Where metrics, health, reload and the live page are: a loopback address.", valueName: "host:port"))
  var admin: String?

  @Option(help: ArgumentHelp("A file with the token that POST /reload asks for. Without it nobody reloads by HTTP.", valueName: "file"))
  var adminToken: String?

  static let table = "admin"
  var said: [String?] { [option("--admin", admin), option("--admin-token", adminToken)] }

  mutating func read(_ reader: inout SettingsReader) {
    if let (text, range) = reader.text("listen", needed: "where metrics, health, reload and the live page are") {
      if AdminOptions.address(text) == nil {
        reader.complain(range, "this is no loopback address to listen on", help: "\"127.0.0.1:8401\"")
      }
      admin = text
    }
    adminToken = reader.path("token_file")
  }

  func validate() throws {
    if adminToken != nil, admin == nil { throw ValidationError("--admin-token needs --admin") }
  }

  /// Nil: none is asked for.
  func address() throws -> ListenAddress? {
    guard let admin else { return nil }
    guard let address = AdminOptions.address(admin) else {
      throw Complaint("`\(admin)` is no loopback address to listen on", help: "--admin 127.0.0.1:8401")
    }
    return address
  }

  private static func address(_ text: String) -> ListenAddress? { ListenAddress(text).flatMap { $0.isLoopback ? $0 : nil } }

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
