internal import Gateway
internal import TLS

/// Whom the gateway believes about `https:` upstreams: the system's authorities, and perhaps some more. There is no way to believe anybody.
package struct UpstreamTrust: Sendable {
  let context: TLSContext

  /// - Parameter authorities: a PEM file of further authorities.
  package init(authorities: String? = nil) throws(CertificateFault) {
    var bytes: [UInt8] = []
    if let authorities {
      do throws(FileBytes.Unreadable) {
        bytes = try FileBytes(authorities, limit: 16 << 20).bytes
      } catch {
        throw CertificateFault(message: "cannot read `\(authorities)`: \(error.reason)")
      }
      guard !bytes.isEmpty else { throw CertificateFault(message: "`\(authorities)` holds no certificate in PEM") }
    }
    do throws(TLSFault) {
      context = try TLSContext(authorities: bytes)
    } catch {
      let isFile = error.cause == .noCertificate
      throw CertificateFault(message: isFile ? "`\(authorities ?? "")` holds no certificate in PEM" : "TLS to upstreams cannot be set up")
    }
  }
}
