import Testing

@testable import Gateway

@Suite struct ShutdownLadderTests {
  private let start = ContinuousClock.now
  private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }
  private let patience = ShutdownLadder.Patience(afterClose: .seconds(5), longest: .seconds(12), afterTerminate: .seconds(1))

  @Test func climbsRungByRung() {
    var ladder = ShutdownLadder(patience, at: start)
    #expect(ladder.step(at: after(4.9)) == nil)
    #expect(ladder.step(at: after(5)) == .terminate)
    #expect(ladder.step(at: after(5.9)) == nil)
    #expect(ladder.step(at: after(6)) == .kill)
    #expect(ladder.deadline == nil)
    #expect(ladder.step(at: after(100)) == nil)
  }

  @Test func aServerThatStillAnswersHasMoreTimeButNotForEver() {
    var ladder = ShutdownLadder(patience, at: start)
    ladder.heardFromServer(at: after(4))
    #expect(ladder.step(at: after(8)) == nil)
    ladder.heardFromServer(at: after(8.5))
    #expect(ladder.deadline == after(12))
    #expect(ladder.step(at: after(12)) == .terminate)
    ladder.heardFromServer(at: after(12.5))
    #expect(ladder.step(at: after(13)) == .kill)
  }

  @Test func aSignalShortensTheWait() {
    var ladder = ShutdownLadder(patience, at: start)
    ladder.hurry(.signal, at: after(1))
    #expect(ladder.step(at: after(1.5)) == .terminate)
  }

  @Test func aSecondSignalClimbsAtOnce() {
    var ladder = ShutdownLadder(.signal, at: start)
    #expect(ladder.climb(at: after(0.1)) == .terminate)
    #expect(ladder.climb(at: after(0.2)) == .kill)
    #expect(ladder.climb(at: after(0.3)) == nil)
  }

  /// The official SDKs send SIGKILL two seconds after SIGTERM; a server must not outlive us.
  @Test func afterASignalTheServerIsGoneWithinTwoSeconds() {
    let patience = ShutdownLadder.Patience.signal
    #expect(patience.afterClose + patience.afterTerminate < .seconds(2))
  }
}
