/// How much one connection may make the gate remember. Everything here is bounded by one of these; what goes over is refused with an
/// answer that says so, never cut short or let through.
package enum Limits {
  /// Bytes of one message, either way: a picture in base64 fits, and one connection cannot fill the memory.
  static let messageBytes = 16 << 20
  /// Requests of the client without an answer. Agents have a few, at most some dozens, in flight; the table is searched in turn.
  static let inFlight = 512
  /// Ids of cancelled requests kept, so that a late answer cannot meet a new request of the same id.
  static let cancelled = 256
  /// Messages held while the handshake or the reading of the tool list is under way: both take one round trip or a few.
  static let held = 128
  /// Bytes of all held messages together.
  static let heldBytes = 32 << 20
  /// Requests of the server that the client has not answered: people answer them, one at a time.
  static let serverRequests = 64
  /// Requests that a person at the client was asked about.
  static let questions = 64
  /// Messages in one batch, which must all be held until the last answer is there.
  static let batch = 64
  /// Bytes of answers held until their batches are complete: two of the largest messages.
  static let batchBytes = 32 << 20
  /// Denied calls remembered, so that a repeat is recognised. An agent in a loop repeats one call, or a few.
  static let denials = 64
  /// Tasks whose maker is known. A forgotten task is denied, so this is generous.
  static let tasks = 1_024
  /// Bytes of a task's id.
  static let taskIdentifier = 512
  /// Of a task's id as it is sealed, in bytes.
  static let sealedTaskIdentifier = 2_048
  /// How long a sealed name of a task, and a sealed state, may be used, in milliseconds: tasks are meant to outlast a call, a state
  /// the answer of a person.
  static let taskLifetimeMilliseconds: Int64 = 7 * 86_400_000
  static let stateLifetimeMilliseconds: Int64 = 3_600_000
  /// Pages of one tool list, and tools in it: far over any real server, low enough to end.
  static let listPages = 256
  static let listedTools = 20_000
  /// How long the server may take to tell all its tools, in nanoseconds. Clients commonly give a call a minute: with half of it gone they
  /// still get an answer that says what is wrong.
  static let listWaitNanoseconds: UInt64 = 30_000_000_000
  /// How long any answer may take, in nanoseconds: longer than any call that a client waits for, so that requests a server forgot do not
  /// fill the table for good. Work of hours is what tasks are for.
  static let answerWaitNanoseconds: UInt64 = 4 * 3_600_000_000_000
  /// How often a tool list may change while it is read before the gate gives up on it.
  static let listRestarts = 8
  /// Resources that one `subscriptions/listen` may name.
  static let subscriptions = 256
  /// Names of permitted tools told in one denial: enough to go on with, not the whole catalogue.
  static let allowedNames = 20
  /// Bytes of the tests of arguments told in one denial: a model reads a few lines, and a larger condition is a program.
  static let allowedBytes = 1_024
  /// Bytes of a name or URI repeated in a denial.
  static let quotedBytes = 120
  /// Sessions whose labels are kept, of all connections together: some hundred bytes each.
  static let markedSessions = 65_536
  /// Balances of limits that are kept, of all connections together: some fifty bytes each.
  package static let balances = 1_000_000
  /// Calls that wait for a place among those in flight, of all connections together.
  package static let waiting = 4_096
  /// Requests of one connection that wait for room under a limit.
  static let parked = 128
  /// How often such a request looks whether calls of other connections have left it a place.
  static let parkedLookNanoseconds: UInt64 = 20_000_000
  /// Denials explained to one connection at once, and after how long another one is: more than any agent learns from.
  static let explainedDenials: UInt64 = 100
  static let denialNanoseconds: UInt64 = 1_000_000_000
  /// Patterns that one message's record counts.
  static let filterCounts = 64
  /// Patterns found in texts that one filter reports: enough to put a call right in one try.
  static let filterHits = 8

  /// Longest life of a list that was filtered for one caller, in milliseconds: so long may a client work with an old list after the
  /// policy has changed. Calls are decided by the new policy at once; the list only tells what is worth trying.
  static let listLifetimeMilliseconds: Int64 = 60_000
  /// The hint after a denied call was repeated for the first time; it doubles with every repeat, up to the longest.
  static let firstRetryMilliseconds: Int64 = 1_000
  static let longestRetryMilliseconds: Int64 = 300_000
}
