import ArgumentParser
import Enforcement
import Gateway
import HTTPGateway
import Settings

/// The options of `serve` on certificates.
struct TLSOptions: TableOptions {
  @Option(
    name: .customLong("tls-certificate"),
    help: ArgumentHelp("The certificate that clients are shown, and those above it (PEM).", valueName: "file"))
  var certificate: String?

  @Option(name: .customLong("tls-key"), help: ArgumentHelp("Its private key (PEM), readable by its owner only.", valueName: "file"))
  var key: String?

  @Option(
    name: .customLong("upstream-ca"),
    help: ArgumentHelp("Authorities that vouch for https upstreams, beside the system's (PEM).", valueName: "file"))
  var upstreamAuthorities: String?

  static let table = "tls"
  var said: [String?] {
    [option("--tls-certificate", certificate), option("--tls-key", key), option("--upstream-ca", upstreamAuthorities)]
  }

  mutating func read(_ reader: inout SettingsReader) {
    if reader.has("certificate"), !reader.has("key") { reader.miss("key", "the private key of the certificate") }
    if reader.has("key"), !reader.has("certificate") { reader.miss("certificate", "the certificate of the key") }
    certificate = reader.path("certificate")
    key = reader.path("key")
    upstreamAuthorities = reader.path("upstream_authorities")
  }

  func validate() throws {
    guard (certificate == nil) == (key == nil) else { throw ValidationError("--tls-certificate and --tls-key belong together") }
  }

  func setUp(_ configuration: inout GatewayConfiguration) throws {
    do throws(CertificateFault) {
      if upstreamAuthorities != nil || configuration.upstreams.contains(where: \.isSecure) {
        configuration.trust = try UpstreamTrust(authorities: upstreamAuthorities)
      }
      if let certificate, let key {
        configuration.certificate = try ServerCertificate(
          certificateFile: certificate, keyFile: key, now: EventTime.now().unixMilliseconds / 1000)
      }
    } catch {
      throw Complaint(error.message)
    }
  }
}
