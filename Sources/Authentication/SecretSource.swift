package import Credentials
internal import Foundation
internal import Glibc
internal import Synchronization

/// Where a secret of the gate comes from. Never a flag: those are seen by everybody on the machine.
package enum SecretSource: Hashable, Sendable {
  case file(String)
  /// The variable's name.
  case environment(String)
}

/// Why a secret cannot be had. Names where it should be, never what is there.
package enum SecretFault: Error, Hashable, Sendable {
  case unset(String)
  case unreadable(String, String)
  case unfit(SecretSource)
}

extension SecretFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unset(let name): "the environment variable \(name) is not set"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .unfit(.file(let path)): "\(path) does not hold a secret: one line of 1 to \(SecretReader.mostBytes) printable ASCII characters"
    case .unfit(.environment(let name)):
      "the environment variable \(name) does not hold a secret: one line of 1 to \(SecretReader.mostBytes) printable ASCII characters"
    }
  }
}

/// A secret as it is now: its file is read again when it was changed. A file that goes away takes the secret with it.
package final class SecretReader: Sendable {
  private struct Version: Equatable {
    let device: UInt64
    let file: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  private struct State {
    var secret: Secret?
    var version: Version?
  }

  package static let mostBytes = 16_384

  package let source: SecretSource
  private let state = Mutex(State())

  package init(_ source: SecretSource) { self.source = source }

  package func secret() throws(SecretFault) -> Secret {
    switch source {
    case .environment(let name):
      guard let text = ProcessInfo.processInfo.environment[name] else { throw .unset(name) }
      return try fit(Array(text.utf8))
    case .file(let path):
      let result = state.withLock { state in Result<Secret, SecretFault> { () throws(SecretFault) in try read(path, &state) } }
      return try result.get()
    }
  }

  private func read(_ path: String, _ state: inout State) throws(SecretFault) -> Secret {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      state = State()
      throw .unreadable(path, unsafe String(cString: strerror(errno)))
    }
    let version = Version(
      device: UInt64(status.st_dev), file: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
    if let secret = state.secret, state.version == version { return secret }
    state = State()
    guard status.st_size <= SecretReader.mostBytes else { throw .unfit(source) }
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .unreadable(path, (error as NSError).localizedDescription)
    }
    let secret = try fit(Array(data))
    state = State(secret: secret, version: version)
    return secret
  }

  /// What may stand in a header line: anything else could end it and begin another.
  private func fit(_ bytes: [UInt8]) throws(SecretFault) -> Secret {
    let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") } ?? -1
    let line = bytes[...end]
    guard !line.isEmpty, line.count <= SecretReader.mostBytes, line.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unfit(source) }
    return Secret(Array(line))
  }
}
