internal import Bytecode
internal import Synchronization

/// What one server offers, as any of many short sessions has read it: from 2026-07-28 on every HTTP request is a connection of its own, and
/// reading the tools anew for each would double its way.
///
/// What must stay true: only a complete reading gets in; a word of the server that its tools changed, or a list that shows it, takes it
/// out for everybody; it is bound to one program and of no use under another.
package final class SharedTools: Sendable {
  /// How old a reading may become before one request renews it, in nanoseconds: a minute, as long as lists may live at clients. Over HTTP a
  /// server has no way to say that its tools changed unless somebody subscribes.
  static let lifetimeNanoseconds: UInt64 = 60_000_000_000

  private struct State {
    var tools: LiveTools?
    var program: Program?
    /// Rises with every change; 0 is no reading.
    var version: UInt64 = 0
    var readAt: UInt64 = 0
    /// When a request went to renew the reading; the others work with the old one meanwhile.
    var renewing: UInt64?
  }

  enum Offer {
    /// What the session has is what there is.
    case same
    case tools(LiveTools, version: UInt64)
    /// Nothing usable: read.
    case none
  }

  private let state = Mutex(State())

  package init() {}

  /// - Parameter version: of what the asking session has.
  func offer(unlike version: UInt64, for program: Program, at nanoseconds: UInt64) -> Offer {
    state.withLock { state in
      guard let tools = state.tools, state.program === program else { return .none }
      if nanoseconds > state.readAt &+ SharedTools.lifetimeNanoseconds {
        let isBeingRenewed = state.renewing.map { nanoseconds < $0 &+ Limits.listWaitNanoseconds } ?? false
        if !isBeingRenewed {
          state.renewing = nanoseconds
          return .none
        }
      }
      return state.version == version ? .same : .tools(tools, version: state.version)
    }
  }

  /// - Returns: the version of the new reading.
  func publish(_ tools: LiveTools, for program: Program, at nanoseconds: UInt64) -> UInt64 {
    state.withLock { state in
      state.version += 1
      state.tools = tools
      state.program = program
      state.readAt = nanoseconds
      state.renewing = nil
      return state.version
    }
  }

  func forget() {
    state.withLock { state in
      state.version += 1
      state.tools = nil
      state.renewing = nil
    }
  }
}
