internal import Digests
internal import Gateway
internal import Synchronization
internal import TLS

/// What is wrong with certificates or keys that were configured, or with where they are.
package struct CertificateFault: Error, Hashable, Sendable {
  package let message: String
}

/// The certificate that clients are shown, read from files and read again when these change. Connections keep what they began with.
package final class ServerCertificate: Sendable {
  private struct State {
    var context: TLSContext
    /// Of both files.
    var content: Digest
    var expires: Int64
  }

  private static let largest = 1 << 20

  private let certificateFile: String
  private let keyFile: String
  private let state: Mutex<State>

  /// - Parameters:
  ///   - certificateFile: PEM, the server's own first, then those between it and an authority.
  ///   - keyFile: PEM, open to nobody but its owner.
  ///   - now: seconds since 1970.
  package init(certificateFile: String, keyFile: String, now: Int64) throws(CertificateFault) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    state = Mutex(try ServerCertificate.read(certificateFile, keyFile, now))
  }

  /// Until when clients take it, in seconds since 1970.
  package var expires: Int64 { state.withLock { $0.expires } }

  var context: TLSContext { state.withLock { $0.context } }

  /// Takes what the files hold now; if that is unusable, what was there before stays.
  ///
  /// - Returns: whether it is another one.
  package func refresh(now: Int64) throws(CertificateFault) -> Bool {
    let next = try ServerCertificate.read(certificateFile, keyFile, now)
    return state.withLock { state in
      guard next.content != state.content else { return false }
      state = next
      return true
    }
  }

  private static func read(_ certificateFile: String, _ keyFile: String, _ now: Int64) throws(CertificateFault) -> State {
    let certificate = try bytes(of: certificateFile)
    let key = try bytes(of: keyFile)
    guard key.isPrivate else { throw CertificateFault(message: "`\(keyFile)` is open to other users: `chmod 600 \(keyFile)`") }
    let context: TLSContext
    do throws(TLSFault) {
      context = try TLSContext(certificates: certificate.bytes, key: key.bytes)
    } catch {
      throw CertificateFault(message: message(error, certificateFile, keyFile))
    }
    guard now < context.validity.upperBound else { throw CertificateFault(message: "the certificate in `\(certificateFile)` has expired") }
    guard now >= context.validity.lowerBound else {
      throw CertificateFault(message: "the certificate in `\(certificateFile)` is not valid yet")
    }
    return State(context: context, content: sha256(certificate.bytes + [0] + key.bytes), expires: context.validity.upperBound)
  }

  private static func message(_ fault: TLSFault, _ certificateFile: String, _ keyFile: String) -> String {
    switch fault.cause {
    case .noCertificate: "`\(certificateFile)` holds no certificate in PEM"
    case .noKey: "`\(keyFile)` holds no private key in PEM, or one under a passphrase"
    case .otherKey: "the key in `\(keyFile)` is not the one of the certificate in `\(certificateFile)`"
    case .connection(let reason): reason
    case .setup: "TLS cannot be set up"
    }
  }

  private static func bytes(of file: String) throws(CertificateFault) -> FileBytes {
    do throws(FileBytes.Unreadable) {
      return try FileBytes(file, limit: largest)
    } catch {
      throw CertificateFault(message: "cannot read `\(file)`: \(error.reason)")
    }
  }
}
