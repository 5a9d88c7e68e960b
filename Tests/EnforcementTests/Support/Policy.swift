import Bytecode
import Compilation
import Semantics
import Testing
import Text

/// A program from the text of a policy that pins its server by `demo.json`.
func compiled(_ policy: String, snapshot: String, generation: UInt64 = 1) throws -> Program {
  let sources = load(["demo.sally"], reader: PolicyFiles(files: ["demo.sally": policy, "demo.json": snapshot]))
  let checked = check(sources.value)
  let said = Renderer(files: sources.value.files).render(sources.diagnostics + checked.diagnostics)
  return try compile(try #require(checked.value, "\(said)"), generation: generation)
}

private struct PolicyFiles: FileReader {
  let files: [String: String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let text = files[path] else { throw .missing }
    return Array(text.utf8)
  }

  func neighbours(of path: String) -> [String] { Array(files.keys) }
}
