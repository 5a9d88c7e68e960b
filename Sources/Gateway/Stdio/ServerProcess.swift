internal import CPosix
internal import Glibc

/// Why a server could not be started.
package enum StartFailure: Error, Equatable, CustomStringConvertible {
  case noCommand
  case containsNUL
  case notFound(command: String)
  case notExecutable(command: String, why: String)
  case failed(command: String, why: String)

  package var description: String {
    switch self {
    case .noCommand: "no command was given to start the server with"
    case .containsNUL: "the command or one of its arguments contains a NUL byte"
    case .notFound(let command):
      command.contains("/") ? "cannot start `\(command)`: no such file" : "cannot start `\(command)`: no such command in PATH"
    case .notExecutable(let command, let why), .failed(let command, let why): "cannot start `\(command)`: \(why)"
    }
  }
}

/// How a process ended.
package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
  case exited(code: Int32)
  case signalled(Int32)

  package var description: String {
    switch self {
    case .exited(let code): "exited with code \(code)"
    case .signalled(let signal): "was ended by signal \(signal)"
    }
  }
}

/// A server started without a shell, in a process group of its own, with pipes for its three streams.
///
/// Dropping the value ends what still runs of the group and reaps the server: no zombie and no orphan is left behind.
struct ServerProcess: ~Copyable {
  let identifier: pid_t
  private(set) var status: ExitStatus?
  private var isCollected = false

  /// Our ends of the pipes, non-blocking; nil once closed.
  var input: Descriptor?
  var output: Descriptor?
  var errors: Descriptor?

  /// `command` is looked up in PATH unless it has a slash; arguments are passed as they are. The server inherits our environment
  /// without the variables that begin with `SALLYPORT_`: they may hold our secrets.
  ///
  /// - Parameter names: of the only variables that it inherits; nil: all.
  init(starting command: [String], seeing names: [String]? = nil) throws {
    guard let name = command.first, !name.isEmpty else { throw StartFailure.noCommand }
    guard !command.contains(where: { $0.utf8.contains(0) }) else { throw StartFailure.containsNUL }
    // Every end is owned from the start, so that a failure on the way closes them all.
    let first = try Descriptor.pipe()
    let itsInput = Descriptor(owning: first.reading)
    let ourInput = Descriptor(owning: first.writing)
    let second = try Descriptor.pipe()
    let ourOutput = Descriptor(owning: second.reading)
    let itsOutput = Descriptor(owning: second.writing)
    let third = try Descriptor.pipe()
    let ourErrors = Descriptor(owning: third.reading)
    let itsErrors = Descriptor(owning: third.writing)
    try ourInput.makeNonBlocking()
    try ourOutput.makeNonBlocking()
    try ourErrors.makeNonBlocking()
    identifier = try spawn(command, streams: (itsInput.number, itsOutput.number, itsErrors.number), seeing: names)
    input = consume ourInput
    output = consume ourOutput
    errors = consume ourErrors
  }

  deinit {
    if !isCollected { endGroup(of: identifier) }
  }

  var isRunning: Bool { status == nil }

  /// Looks whether the process has ended. It stays a zombie until `collect`.
  mutating func notice() {
    guard status == nil else { return }
    var value: Int32 = 0
    switch unsafe sallyport_peek_exit(identifier, &value) {
    case 0: break
    case 1: status = .exited(code: value)
    default: status = .signalled(value)
    }
  }

  /// Ends what is left of the process group and reaps the server.
  mutating func collect() {
    guard !isCollected else { return }
    isCollected = true
    endGroup(of: identifier)
  }

  /// To the whole process group, so that a server started through a launcher ends too.
  func signal(_ step: ShutdownLadder.Step) {
    guard status == nil else { return }
    _ = Glibc.kill(-identifier, step == .terminate ? SIGTERM : SIGKILL)
  }
}

/// Until it is reaped, even a server that has ended keeps its number: the signal cannot hit a stranger.
private func endGroup(of leader: pid_t) {
  _ = Glibc.kill(-leader, SIGKILL)
  while waitpid(leader, nil, 0) < 0 && errno == EINTR {}
}

private func spawn(
  _ command: [String], streams: (input: Int32, output: Int32, errors: Int32), seeing names: [String]?
) throws(StartFailure) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawnattr_init(&attributes)
  defer {
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
  }
  unsafe posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
  unsafe posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
  unsafe posix_spawn_file_actions_adddup2(&actions, streams.errors, 2)
  unsafe sallyport_close_from(&actions, 3)
  // We block the signals we wait for and ignore SIGPIPE; the server starts as if we were not there.
  var none = sigset_t()
  var all = sigset_t()
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

  let arguments = unsafe command.map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
  let environment = unsafe environmentForServers(names)
  var identifier: pid_t = 0
  let outcome = unsafe posix_spawnp(&identifier, command[0], &actions, &attributes, arguments, environment)
  switch outcome {
  case 0: return identifier
  case ENOENT: throw .notFound(command: command[0])
  case EACCES, ENOEXEC, EISDIR: throw .notExecutable(command: command[0], why: describe(error: outcome).lowercased())
  default: throw .failed(command: command[0], why: describe(error: outcome).lowercased())
  }
}

/// Pointers into our own environment, which nobody changes while a process is being started.
private func environmentForServers(_ names: [String]?) -> [UnsafeMutablePointer<CChar>?] {
  let prefix = "SALLYPORT_"
  var kept: [UnsafeMutablePointer<CChar>?] = unsafe []
  var next = unsafe sallyport_environment()
  while let entry = unsafe next?.pointee {
    let isListed = if let names { unsafe isVariable(entry, among: names) } else { true }
    if isListed, unsafe strncmp(entry, prefix, prefix.utf8.count) != 0 { unsafe kept.append(entry) }
    unsafe next = unsafe next?.successor()
  }
  unsafe kept.append(nil)
  return unsafe kept
}

/// Whether `entry` is `NAME=…` with one of these names.
private func isVariable(_ entry: UnsafeMutablePointer<CChar>, among names: [String]) -> Bool {
  for name in names {
    let length = name.utf8.count
    if unsafe strncmp(entry, name, length) == 0, unsafe entry[length] == CChar(UInt8(ascii: "=")) { return true }
  }
  return false
}
