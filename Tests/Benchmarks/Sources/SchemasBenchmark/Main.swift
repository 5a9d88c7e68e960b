import Foundation
import JSON
import Schemas

/// `SchemasBenchmark`: nanoseconds per validation of each set, and from bytes to verdict.
/// `SchemasBenchmark write FOLDER`: the sets as files, for other validators.
/// `SchemasBenchmark names`: those of the sets.
/// `SchemasBenchmark count SET RUNS`: only validation, so many times, for counting instructions.
/// `SchemasBenchmark bytes SET RUNS`: the same with parsing.
/// `SchemasBenchmark traffic FILE …`: every call in recordings of MCP that the server took, held to the input schema of its tool.
/// `SchemasBenchmark json`: the figures as JSON, for `compare-schemas.py`.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case "write" where arguments.count == 3: try writeSets(to: arguments[2])
    case "names": print(SampleSet.all.map(\.name).joined(separator: " "))
    case "count" where arguments.count == 4: repeated(arguments[2], arguments[3]) { $0.validate() }
    case "bytes" where arguments.count == 4: repeated(arguments[2], arguments[3]) { $0.parseAndValidate() }
    case "traffic": for path in arguments.dropFirst(2) { try measureTraffic(path) }
    case "json":
      let figures = SampleSet.all.map { set in
        let figure = Subject(set).measure()
        return Value.Member(
          set.name,
          [
            "validate": .number(Number(Int(figure.validate * 10))), "total": .number(Number(Int(figure.total * 10))),
            "bytes": .number(Number(set.instanceBytes.count)),
          ])
      }
      print(String(decoding: write(.object(figures)), as: UTF8.self))
    default:
      for set in SampleSet.all {
        let figure = Subject(set).measure()
        print("\(set.name) (\(set.instanceBytes.count) B): \(Int(figure.validate)) ns a validation, \(Int(figure.total)) ns from bytes")
      }
    }
  }

  static func writeSets(to folder: String) throws {
    for set in SampleSet.all {
      try Data(write(set.schema)).write(to: URL(filePath: "\(folder)/\(set.name).schema.json"))
      try Data(set.instanceBytes).write(to: URL(filePath: "\(folder)/\(set.name).instance.json"))
    }
  }

  static func repeated(_ name: String, _ runs: String, _ body: (inout Subject) -> Void) {
    guard let set = SampleSet.all.first(where: { $0.name == name }), let runs = Int(runs) else { return }
    var subject = Subject(set)
    for _ in 0..<runs { body(&subject) }
  }
}

/// A schema and a document made ready, as a connection holds them.
struct Subject: ~Copyable {
  let schema: CompiledSchema
  let bytes: [UInt8]
  var document: Document
  var parser = DocumentParser()
  var scratch = ValidationScratch()
  var valid = 0

  init(_ set: SampleSet) {
    bytes = set.instanceBytes
    guard let schema = try? CompiledSchema(compiling: set.schema), let document = try? Document(parsing: bytes) else {
      fatalError("\(set.name) cannot be made ready")
    }
    self.schema = schema
    self.document = document
    let violations = schema.explanation(of: document, at: document.root, scratch: &scratch).violations
    precondition(violations.isEmpty, "\(set.name): \(violations.map(\.message))")
  }

  @inline(never)
  mutating func validate() {
    if schema.isValid(document, at: document.root, scratch: &scratch) == .valid { valid += 1 }
  }

  @inline(never)
  mutating func parseAndValidate() {
    do { try parser.parse(bytes, into: &document) } catch { fatalError("a sample is not JSON") }
    validate()
  }

  /// Medians of many short stretches, as of the validators beside it: with the best of one and the mean of another, a busy machine
  /// would choose the winner.
  consuming func measure() -> (validate: Double, total: Double) {
    var validations: [Double] = []
    var totals: [Double] = []
    let runs = max(20, min(2_000, 400_000 / bytes.count))
    for _ in 0..<61 {
      validations.append(nanoseconds(runs) { $0.validate() })
      totals.append(nanoseconds(runs) { $0.parseAndValidate() })
    }
    precondition(valid > 0)
    return (validations.sorted()[30], totals.sorted()[30])
  }

  private mutating func nanoseconds(_ runs: Int, _ body: (inout Subject) -> Void) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<runs { body(&self) }
    let time = (clock.now - start).components
    return (Double(time.seconds) * 1e9 + Double(time.attoseconds) / 1e9) / Double(runs)
  }
}
