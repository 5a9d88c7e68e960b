import Bundles
import Bytecode
import Digests
import Semantics
import Signatures
import Text

/// The files of a bundle, in place of a disk.
struct BundleReader: FileReader {
  private let bundle: PolicyBundle

  init(_ bundle: PolicyBundle) { self.bundle = bundle }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let file = bundle.files.first(where: { $0.path.utf8.elementsEqual(path.utf8) }) else { throw .missing }
    return Array(file.text.utf8)
  }

  func neighbours(of path: String) -> [String] {
    let folder = FilePath.folder(of: path)
    return bundle.files.filter { FilePath.folder(of: $0.path) == folder }.map { String($0.path.split(separator: "/").last ?? "") }
  }
}

/// The disk, remembering what was read.
private final class RecordingReader: FileReader {
  private let disk = DiskReader()
  private(set) var read: [(path: String, bytes: [UInt8])] = []

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    let bytes = try disk.contents(of: path)
    if !read.contains(where: { $0.path == path }) { read.append((path, bytes)) }
    return bytes
  }

  func neighbours(of path: String) -> [String] { disk.neighbours(of: path) }
}

/// Everything that policies are made of, under paths that say nothing of this machine.
func bundle(_ paths: [String], serial: Int64, created: Int64) throws -> PolicyBundle {
  let reader = RecordingReader()
  let roots = try policyFiles(paths).map(FilePath.normalised)
  let program = try compiled(try requirePolicies(roots, reader: reader))
  let common = commonFolder(reader.read.map(\.path))
  let files = try reader.read.map { path, bytes -> PolicyBundle.File in
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Complaint("`\(path)` is not valid UTF-8") }
    return PolicyBundle.File(path: String(path.dropFirst(common.count)), text: text)
  }
  let made = PolicyBundle(
    serial: serial, created: created, fingerprint: program.fingerprint.hex, roots: roots.map { String($0.dropFirst(common.count)) },
    files: files.sorted { $0.path < $1.path })
  // What is signed is what was tried: the files under their new paths make the same program.
  guard try compiled(try requirePolicies(made.roots, reader: BundleReader(made))).fingerprint.hex == made.fingerprint else {
    throw Complaint("the files do not make the same policy under other paths", help: "give every file a relative path")
  }
  return made
}

/// The longest folder that all paths lie in, with its slash.
private func commonFolder(_ paths: [String]) -> String {
  guard let first = paths.first else { return "" }
  var common = FilePath.folder(of: first).isEmpty ? "" : FilePath.folder(of: first) + "/"
  while !common.isEmpty, !paths.allSatisfy({ $0.hasPrefix(common) }) {
    common = common.dropLast().lastIndex(of: "/").map { String(common[...$0]) } ?? ""
  }
  return common
}

/// The policies of a bundle. Packs are part of this program, so what they make of it is compared with what was signed.
func requirePolicies(of bundle: PolicyBundle) throws -> CheckedPolicies {
  let policies = try requirePolicies(bundle.roots, reader: BundleReader(bundle))
  guard try compiled(policies).fingerprint.hex == bundle.fingerprint else { throw Complaint.otherPolicy }
  return policies
}

/// Public keys in PEM.
func trustedKeys(_ paths: [String]) throws -> [PublicKey] {
  guard !paths.isEmpty else { throw Complaint("nothing says whose bundles are trusted", help: "--bundle-key FILE, a public key in PEM") }
  return try paths.map { path in
    guard let key = PublicKey(ed25519PEM: try fileContents(path)) else {
      throw Complaint(
        "`\(path)` is no public Ed25519 key in PEM", help: "`openssl pkey -in signing.pem -pubout -out signing.pub.pem` writes one")
    }
    return key
  }
}

func fileContents(_ path: String) throws -> [UInt8] {
  do throws(FileProblem) {
    return try DiskReader().contents(of: path)
  } catch {
    throw Complaint("cannot read `\(path)`: \(describe(error))")
  }
}
