internal import Glibc
internal import JSON

/// Who may decide for which group: a file that the operator writes into the state directory, `approvers.json`, for the owner alone.
///
/// `{"finance-leads": ["ann", "bob"]}`: groups as policies name them, people by their user names on this machine.
package struct Approvers: Sendable {
  private let groups: [ExactText: Set<ExactText>]

  /// Names of the groups that have somebody.
  package var isEmpty: Bool { groups.isEmpty }

  /// A group that is not there has nobody.
  package func mayDecide(_ person: String, for group: String) -> Bool { groups[group.exact]?.contains(person.exact) ?? false }

  /// - Throws: when the file is there and is not what it must be; one that is not there names nobody.
  package init(in directory: StateDirectory) throws(StoreError) {
    let path = directory.approversFile
    guard try PrivateFile.status(path).kind != .nothing else {
      groups = [:]
      return
    }
    let bytes = try PrivateFile.read(path, most: Approvers.most)
    guard let members = (try? Value(parsing: bytes))?.members else { throw Approvers.malformed(path) }
    var groups: [ExactText: Set<ExactText>] = [:]
    for member in members {
      guard let people = member.value.elements, people.allSatisfy({ $0.string != nil }) else { throw Approvers.malformed(path) }
      groups[member.name.exact] = Set(people.compactMap { $0.string?.exact })
    }
    self.groups = groups
  }

  /// The name of whoever runs this process, from the system and not from a variable; nil when it has none.
  package static func currentUser() -> String? {
    guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else { return nil }
    return unsafe String(cString: name)
  }

  private static let most = 1 << 20

  private static func malformed(_ path: String) -> StoreError {
    StoreError(.damaged, "`\(path)` is no list of approvers", help: #"write groups and user names: {"finance-leads": ["ann", "bob"]}"#)
  }
}
