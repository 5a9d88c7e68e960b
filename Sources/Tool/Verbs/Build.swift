import ArgumentParser
import Bundles
import Foundation
import JSON
import Signatures

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a policy and everything it is made of into one signed file.",
    discussion: """
      The policy is checked and compiled first. `--sign` names an Ed25519 key in PEM (`openssl genpkey -algorithm ed25519 -out signing.pem`). \
      Gateways take a bundle only when a key they trust has signed it and its serial is not lower than that of the last one they took.

      Exit codes: 0 written, 2 usage, 3 the policy does not compile.

      Example: sallyport build policies/ --sign signing.pem --serial 12 -o policy.bundle
      """)

  @Argument(help: "Policy files, or folders of them.")
  var paths: [String] = ["."]

  @Option(help: ArgumentHelp("The private key, in PEM.", valueName: "file"))
  var sign: String

  @Option(help: "A number that grows with every bundle. Default: the seconds since 1970.")
  var serial: Int64?

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write it.", valueName: "file"))
  var output: String

  func run() throws {
    let now = Date().timeIntervalSince1970
    let serial = serial ?? Int64(now)
    guard serial > 0 else { throw Complaint("a serial is a number above 0") }
    guard let key = SigningKey(pem: try fileContents(sign)) else {
      throw Complaint(
        "`\(sign)` is no private Ed25519 key in PEM",
        help: "`openssl genpkey -algorithm ed25519 -out signing.pem` makes one; it may have no passphrase")
    }
    let bundle = try bundle(paths, serial: serial, created: Int64(now * 1000))
    guard let signed = SignedBundle.write(bundle, key) else { throw Complaint("the bundle could not be signed") }
    guard signed.count <= PolicyBundle.largest else { throw Complaint("the bundle is larger than \(PolicyBundle.largest >> 20) MiB") }
    try writeFile(signed, to: output)
    Terminal.say("wrote \(output): serial \(serial), \(counted(bundle.files.count, "file")), fingerprint \(bundle.fingerprint.prefix(8))")
  }
}
