import Foundation

/// A secret in a variable of the environment, or in the file that the variable with `_FILE` behind its name names.
struct SecretVariable {
  let name: String
  /// `key`
  let noun: String
  /// What is done with it when others have seen it.
  let change: String
  private var fileName: String { name + "_FILE" }
  /// Bytes; a key has 64, and a line end.
  private static let most = 4_096

  init(name: String, noun: String, change: String) {
    self.name = name
    self.noun = noun
    self.change = change
  }

  /// Nil: there is none.
  func read() throws -> [UInt8]? {
    let environment = ProcessInfo.processInfo.environment
    let direct = environment[name].flatMap { $0.isEmpty ? nil : $0 }
    let path = environment[fileName].flatMap { $0.isEmpty ? nil : $0 }
    switch (direct, path) {
    case (nil, nil): return nil
    case (let key?, nil): return trimmed(Array(key.utf8))
    case (nil, let path?): return trimmed(try contents(of: path))
    case (_?, _?):
      throw Complaint("both \(name) and \(fileName) are set", help: "one of them says which \(noun) it is; leave the other out")
    }
  }

  /// Links are followed, as they are for other secrets that are mounted into containers.
  private func contents(of path: String) throws -> [UInt8] {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
      attributes[.type] as? FileAttributeType == .typeRegular, let permissions = attributes[.posixPermissions] as? Int
    else { throw Complaint("\(fileName): cannot read `\(path)`") }
    guard permissions & 0o007 == 0 else {
      throw Complaint(
        "\(fileName): `\(path)` is open to every user", help: "`chmod 600 \(path)`, and \(change) the \(noun) if others may have read it")
    }
    guard let file = FileHandle(forReadingAtPath: target), let data = try? file.read(upToCount: SecretVariable.most) else {
      throw Complaint("\(fileName): cannot read `\(path)`")
    }
    return Array(data)
  }

  private func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    return Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
