import RegularExpressions
import TestSupport
import Testing

@Suite struct AmbiguityTests {
  @Test(arguments: [
    "(?:a+)+[bc]", "(?:a|a)*[bc]", "(?:a|ab|b)*[cd]", "(?:a*)*[bc]", "(?:(?:a?)*c)*[de]", "(?:\\w+\\s?)*[!?]", "x(?:[a-z]+\\d*)+[!?]",
    "(?:a{1,2}){2,}[bc]", "(?:.|a)*[bc]x", "(?i)(?:k|K)+[bc]",
  ]) func exponential(_ source: String) throws {
    guard case .exponential(let text) = try RegularExpression(parsing: source).ambiguity(.whole) else {
      Issue.record("\(try RegularExpression(parsing: source).ambiguity(.whole))")
      return
    }
    let counter = try StepCounter(source)
    let few = counter.steps(text.repeated(5))
    let more = counter.steps(text.repeated(9))
    #expect(more > few * 8, "\(text): \(few), \(more)")
  }

  @Test(arguments: [
    ("a*a*[bc]", 2), ("a*a*a*[bc]", 3), ("\\w*\\d+[!?]", 2), ("x\\s*(?:,|\\s)\\s*[yz]", 2), ("(?:ab)*(?:ab)*[cd]", 2), (".*a.*[bc]d", 2),
  ]) func polynomial(_ source: String, _ degree: Int) throws {
    guard case .polynomial(degree, let text) = try RegularExpression(parsing: source).ambiguity(.whole) else {
      Issue.record("\(try RegularExpression(parsing: source).ambiguity(.whole))")
      return
    }
    let counter = try StepCounter(source)
    let few = counter.steps(text.repeated(20))
    let more = counter.steps(text.repeated(80))
    #expect(more > few * 8, "\(text): \(few), \(more)")
  }

  @Test(arguments: [
    "", "abc", "a*", "(?:ab)*", "[a-z]+(?:-[a-z]+)*", "\\w+@\\w+\\.com", "(?:a|b)*c", "a{1,30}b", "(?:\\w+\\W+){0,5}x",
    "(?:\\b\\w+\\b\\W*)+", "\\d+(?:\\.\\d+)?",
    "a++b", "\\w++\\s*+\\w++", "(?:a?)*b", ".*foo", "(?m:^a+$\\n)*", "(?:a+b?)?c",
  ]) func linearWhole(_ source: String) throws {
    #expect(try RegularExpression(parsing: source).ambiguity(.whole) == .linear)
  }

  @Test(arguments: [
    ("a+b", false), ("foo\\s+bar", true), ("\\w+@", false), ("\\w{1,64}@", true), ("a+", true), ("(?:a+)+", true), ("^a+b", true),
    ("(?m)^\\s*a", false),
    (".*foo", false), ("foo.*bar", false), ("foo[^f]*bar", true), ("\\bfoo\\b", true), ("key\\s*=\\s*\\w", true), ("a\\w*", true),
    ("a\\w*!", false),
  ]) func search(_ source: String, _ linear: Bool) throws {
    let found = try RegularExpression(parsing: source).ambiguity(.search)
    #expect((found == .linear) == linear, "\(found)")
  }

  /// What is called linear is: no random text makes the cost grow faster than the text.
  @Test func linearIsMeasuredLinear() throws {
    let seed = propertySeed()
    var generator = ExpressionGenerator(random: SeededGenerator(seed: seed))
    var linear = 0
    for _ in 0..<propertyRuns(200) {
      let source = generator.source(2)
      let expression = try RegularExpression(parsing: source)
      guard expression.ambiguity(.whole) == .linear else { continue }
      linear += 1
      let counter = try StepCounter(source)
      for _ in 0..<4 {
        let (start, pump, end) = (generator.text(), generator.text(), generator.text())
        let (short, long) = (60, 480)
        let few = counter.steps(start + String(repeating: pump, count: short) + end)
        let many = counter.steps(start + String(repeating: pump, count: long) + end)
        // Eight times the text. Of a square it would be 64 times as many.
        #expect(
          many <= 10 * few + 400,
          "seed \(seed): /\(source)/ on \(pump.debugDescription): \(few) steps for \(short) of them, \(many) for \(long)")
      }
    }
    #expect(linear > 50)
  }
}
