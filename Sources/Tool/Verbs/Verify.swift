import ArgumentParser
import Bundles
import JSON
import Semantics

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether a signed policy is what one of the given keys has signed, and makes the same policy here.",
    discussion: """
      Exit codes: 0 it is, 1 it is not, 2 usage, 3 it does not compile, or to another policy than was signed.

      Example: sallyport verify policy.bundle --bundle-key signing.pub.pem
      """)

  @Argument(help: "What `build` has written.")
  var file: String

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Public keys in PEM that are trusted.", valueName: "file"))
  var bundleKey: [String]

  @Option(help: "human or json.")
  var format: OutputFormat = .human

  func run() throws {
    let keys = try trustedKeys(bundleKey)
    let (bundle, key): (PolicyBundle, String)
    do throws(BundleFault) {
      (bundle, key) = try SignedBundle.read(try bytes(), trusting: keys)
    } catch {
      throw Complaint("`\(file)` is not taken: \(error)", exitCode: .findings)
    }
    let policies = try requirePolicies(of: bundle)
    switch format {
    case .human:
      Terminal.write(
        "good: serial \(bundle.serial), signed by \(key), fingerprint \(bundle.fingerprint)\n"
          + bundle.files.map { "  \($0.path)\n" }.joined())
    case .json:
      let report: Value = [
        "serial": number(bundle.serial), "key": .string(key), "fingerprint": .string(bundle.fingerprint),
        "created": number(bundle.created), "rules": number(policies.rules.count),
        "files": .array(bundle.files.map { .string($0.path) }),
      ]
      Terminal.write(write(report, .pretty) + [UInt8(ascii: "\n")])
    }
  }

  private func bytes() throws(BundleFault) -> [UInt8] {
    do {
      return try fileContents(file)
    } catch {
      throw .shape((error as? Complaint)?.message ?? "it cannot be read")
    }
  }
}
