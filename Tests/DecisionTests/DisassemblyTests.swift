import Bytecode
import TestSupport
import Testing

/// Programs as text, so that a change of what the compiler makes is seen and read. `ACCEPT=1` rewrites the golden files.
@Suite struct DisassemblyTests {
  @Test(arguments: goldenCases(in: "Cases", ending: ".sally")) func listing(golden: GoldenCase) throws {
    let situation = try Situation(golden.text)
    golden.expect(situation.program.disassembly())
  }
}
