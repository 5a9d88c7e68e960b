internal import JSON

/// A policy with everything it is made of, as one document: what a gateway loads is what was built, or nothing.
package struct PolicyBundle: Sendable {
  package struct File: Hashable, Sendable {
    /// Relative, by which the files name each other.
    package let path: String
    package let text: String

    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// Grows with every bundle of a series: a gateway takes none that is older than what it has.
  package let serial: Int64
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let created: Int64
  /// Of the compiled program: packs are part of the gateway, so that another version may make another program of the same files.
  package let fingerprint: String
  /// Paths of the policies that were named.
  package let roots: [String]
  package let files: [File]

  package init(serial: Int64, created: Int64, fingerprint: String, roots: [String], files: [File]) {
    self.serial = serial
    self.created = created
    self.fingerprint = fingerprint
    self.roots = roots
    self.files = files
  }
}

extension PolicyBundle {
  static let format = "sallyport bundle"
  static let version: Int64 = 1
  /// In bytes.
  package static let largest = 64 << 20

  var document: Value {
    [
      "format": .string(Self.format), "version": .number(Number(Self.version)), "serial": .number(Number(serial)),
      "created": .number(Number(created)), "fingerprint": .string(fingerprint), "roots": .array(roots.map(Value.string)),
      "files": .array(files.map { ["path": .string($0.path), "text": .string($0.text)] }),
    ]
  }

  init(reading document: Value) throws(BundleFault) {
    guard document["format"]?.string == Self.format else { throw .shape("it is no bundle") }
    guard let version = Self.whole(document["version"]), version == Self.version else {
      throw .shape("it is of a version that this program does not read")
    }
    guard let serial = Self.whole(document["serial"]), serial > 0, let created = Self.whole(document["created"]),
      let fingerprint = document["fingerprint"]?.string, let roots = document["roots"]?.elements, let files = document["files"]?.elements
    else { throw .shape("something is missing from it") }
    self.serial = serial
    self.created = created
    self.fingerprint = fingerprint
    self.roots = roots.compactMap(\.string)
    self.files = files.compactMap { file in
      guard let path = file["path"]?.string, let text = file["text"]?.string else { return nil }
      return File(path: path, text: text)
    }
    guard self.roots.count == roots.count, self.files.count == files.count, !roots.isEmpty else {
      throw .shape("something is missing from it")
    }
    guard Set(self.files.map { Array($0.path.utf8) }).count == files.count else { throw .shape("it has a file twice") }
  }

  private static func whole(_ value: Value?) -> Int64? { value?.number?.integer.map { Int64($0) } }
}

/// Why a bundle is not taken.
package enum BundleFault: Error, Hashable, Sendable {
  /// It is not what `build` writes; in words.
  case shape(String)
  /// Signed by nobody who is trusted here, or changed since.
  case signature
  /// Older than what was taken before.
  case rollback(serial: Int64, least: Int64)
  /// Another policy was taken before with the same serial.
  case reused(serial: Int64)
}

extension BundleFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .shape(let words): words
    case .signature: "its signature was made by none of the given keys, or it was changed since"
    case .rollback(let serial, let least): "its serial is \(serial), and \(least) was taken before"
    case .reused(let serial): "its serial is \(serial), and another policy was taken before with the same"
    }
  }
}
