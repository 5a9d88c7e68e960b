import ArgumentParser
import Enforcement
import Foundation
import RedisStore
import StateStore

/// The option of the verbs that read or change what is kept.
struct StateOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "The folder that keeps keys and stops. Default: SALLYPORT_STATE, or sallyport in XDG_STATE_HOME or ~/.local/state.", valueName: "dir")
  )
  var path: String?

  init() {}

  /// Of a configuration file.
  init(path: String?) { self.path = path }

  /// Nil when nothing says where: no option, no variable, no home.
  var directory: StateDirectory? {
    let environment = ProcessInfo.processInfo.environment
    return StateDirectory(given: path) { environment[$0] }
  }

  /// Nil when nothing says where state would be. There need be none, unless somebody says where it is.
  ///
  /// - Parameter revocations: where what is stopped there goes.
  func watch(_ revocations: Revocations) throws -> StateWatch? {
    guard let directory = directory else { return nil }
    return try complaining { () throws(StoreError) in
      if path != nil { _ = try StateStore(opening: directory) }
      return try StateWatch(directory, revocations)
    }
  }

  /// Who may decide on approvals, by the word of this machine's operator.
  func approvers() throws -> Approvers {
    guard let directory else { throw Complaint("nothing says where the state is", help: "--state DIR, or SALLYPORT_STATE") }
    return try complaining { () throws(StoreError) in try Approvers(in: directory) }
  }

  /// - Throws: a complaint when there is none, unless `making`.
  func store(making: Bool = false) throws -> StateStore {
    guard let directory else { throw Complaint("nothing says where the state is", help: "--state DIR, or SALLYPORT_STATE") }
    return try complaining { () throws(StoreError) in
      making ? try StateStore(making: directory) : try StateStore(opening: directory)
    }
  }
}

/// Runs `body`; what the store has against it is a complaint.
func complaining<Result: ~Copyable>(_ body: () throws(StoreError) -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    throw Complaint(error.description, help: error.help)
  }
}

/// The same of any store.
func complainingOfAny<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as StoreError {
    throw Complaint(error.description, help: error.help)
  } catch let fault as RedisFault {
    throw Complaint("the shared store does not answer: \(fault)", help: "nothing may have changed; look before you do it again")
  }
}

/// This person, now.
func act() -> Act { Act(actor: NSUserName(), moment: milliseconds(Date.now)) }

func milliseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970 * 1_000) }

/// RFC 3339 in UTC, to the second.
func written(_ milliseconds: Int64) -> String {
  Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
}

/// A length of time as policies write them, but for milliseconds.
struct Span: ExpressibleByArgument {
  let milliseconds: Int64

  static let second = Span(milliseconds: 1_000)
  static let day = Span(milliseconds: 86_400_000)

  private init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// `90d`, `12h`, `30m`, `45s`
  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    guard let unit = argument.last.flatMap({ units[$0] }), argument.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }),
      let count = Int64(argument.dropLast())
    else { return nil }
    let (product, isTooLong) = count.multipliedReportingOverflow(by: unit)
    // A thousand years: what is meant to be for ever is said by leaving it out.
    guard !isTooLong, product <= 365_000 * 86_400_000 else { return nil }
    self.init(milliseconds: product)
  }

  var defaultValueDescription: String { milliseconds < 3_600_000 ? "\(milliseconds / 1_000)s" : "\(milliseconds / 3_600_000)h" }
}

/// A text that goes into lists and logs as it is.
struct PlainText: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    guard PlainText.isPlain(argument), maskingKeys(argument) == argument else { return nil }
    text = argument
  }

  /// Whether it is short, and nothing in it ends a line or moves what follows.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256 && text.unicodeScalars.allSatisfy { !$0.properties.isControl }
  }
}

/// Which key is meant: its id, or the key itself, as somebody who has found one will paste it. Of that only the id goes any further.
struct KeyName: ExpressibleByArgument {
  /// Characters of an id.
  static let length = 12

  let identifier: String

  init(argument: String) {
    let isKey = argument.hasPrefix("sp_")
    identifier = isKey ? String(argument.dropFirst(3).prefix(KeyName.length)) : argument
  }
}

extension Unicode.Scalar.Properties {
  /// Ends a line, moves the cursor, or changes the direction of what follows.
  fileprivate var isControl: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }
}
