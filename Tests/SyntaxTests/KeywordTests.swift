import Syntax
import Testing
import Text

/// Servers, tools, arguments, sets and rules come from other people's vocabularies: every keyword can be one of their names.
@Test(arguments: Keyword.allCases)
func keywordsAreNames(_ keyword: Keyword) {
  let name = keyword.rawValue
  let rule = keyword == .default ? "a" : name
  let text = """
    server \(name) from "x.json"
    scope \(name).\(name)
      opens \(name).\(name), \(name).*, prompt \(name).\(name), resource \(name) "file:///a"
    set \(name) = {\(name), "x"}
    label \(name) "x"
    grant \(rule)
      \(name).\(name) to ci
      when args.\(name) in \(name) and token.\(name)
    deny \(rule)
      on \(name).\(name)
      when length(args.\(name)) > 1 or not session has \(name)
    refine \(name).\(name) {
      \(name): absent
      b: forbidden
    }
    test "t" {
      as \(name)
      call \(name).\(name) { \(name): 1 }
    }
    """
  let file = SourceFile(path: "names.sally", text: text)
  #expect(Renderer(files: [file]).render(parse(file).diagnostics) == "")
}
