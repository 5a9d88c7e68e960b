import Bytecode
import Credentials
import Enforcement
import Foundation
import JSON
import StateStore

/// Who calls through `wrap`: the bearer of a key, or whoever the operator says.
struct WrapCaller {
  let identity: Identity
  let credential: CredentialMarks?
}

/// The key in the environment. It is never an option: those can be read by every process of the machine.
enum CallerKey {
  /// Nil: there is none.
  static func read() throws -> [UInt8]? { try SecretVariable(name: "SALLYPORT_KEY", noun: "key", change: "rotate").read() }
}

extension WrapCaller {
  /// The bearer of a key.
  ///
  /// - Parameter server: the policy's name of the server that is to be guarded.
  static func verified(_ bytes: [UInt8], _ watch: StateWatch, server: String) throws -> WrapCaller {
    let record: KeyRecord
    do {
      guard let key = APIKey(bytes) else { throw KeyFault.malformed }
      record = try watch.verify(key)
    } catch {
      throw Complaint("the key is not accepted: \((error as? KeyFault ?? .unknown).rawValue)")
    }
    guard record.opens(server: server) else {
      throw Complaint("the key \(record.identifier) is not for the server `\(server)`", help: "`sallyport keys list` shows what it is for")
    }
    return WrapCaller(record)
  }

  init(_ record: KeyRecord) {
    let claims = record.claims.map { (Bytecode.ClaimPath(root: .key, path: [$0.name]), $0.value) }
    identity = Identity(caller: .verified, claims: Dictionary(uniqueKeysWithValues: claims), scopes: record.scopes)
    credential = CredentialMarks(key: record.identifier, expires: record.expires)
  }
}
