internal import Digests

/// The folder that keeps what outlives a process: keys, stops, approvals. Its owner's alone (0700, files 0600).
package struct StateDirectory: Sendable, Equatable {
  package let path: String

  var database: String { "\(path)/state.sqlite" }
  var pepperFile: String { "\(path)/pepper" }
  var approversFile: String { "\(path)/approvers.json" }

  /// Where it is: as given, or by the environment (SALLYPORT_STATE, XDG_STATE_HOME, HOME); nil when nothing says.
  package init?(given: String?, environment: (String) -> String?) {
    func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    // The XDG base directories specification: a relative path in the variable is to be ignored.
    let standard = set("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? set("HOME").map { "\($0)/.local/state" }
    guard let path = given ?? set("SALLYPORT_STATE") ?? standard.map({ "\($0)/sallyport" }), !path.isEmpty else { return nil }
    self.init(path)
  }

  package init(_ path: String) {
    var path = path
    // With a slash behind it a link would be followed.
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// Whether there is a store. Says nothing about whether it can be used.
  package func exists() throws(StoreError) -> Bool { try PrivateFile.status(database).kind != .nothing }

  /// Tells a store from another that was put in its place; nil: there is none.
  func identity() throws(StoreError) -> PrivateFile.Status.Identity? {
    let status = try PrivateFile.status(database)
    return status.kind == .file ? status.identity : nil
  }

  /// Refuses a folder that is a link, another user's, or open to others.
  func require() throws(StoreError) { try PrivateFile.require(.folder, path) }

  func make() throws(StoreError) {
    try PrivateFile.makeFolder(path)
    try require()
    try PrivateFile.makeFile(database)
    try PrivateFile.settle(path)
  }

  /// What digests of keys are made with: 32 bytes, in a file of their own, so that a copy of the database alone tries no key.
  ///
  /// - Parameter mayMake: only while no key was made with another.
  func pepper(mayMake: Bool) throws(StoreError) -> [UInt8] {
    if mayMake, try PrivateFile.status(pepperFile).kind == .nothing {
      try PrivateFile.publish(randomBytes(StateDirectory.pepperLength), pepperFile, in: path)
    }
    do {
      let pepper = try PrivateFile.read(pepperFile, most: StateDirectory.pepperLength)
      if pepper.count == StateDirectory.pepperLength { return pepper }
    } catch {
      guard error.reason == .missing else { throw error }
    }
    throw StoreError(
      .damaged, "the pepper is missing or cut: without it no key can be verified",
      help: "put `\(pepperFile)` back from a backup; without one, every key has to be made anew in another state directory")
  }

  private static let pepperLength = 32
}
