package import Syntax

/// Writes a policy in the one style there is.
///
/// What stays: every token and every comment. What changes: white space, and the order of a declaration's clauses. Hence formatting keeps
/// the tree, and formatting twice is formatting once; tests hold both.
///
/// - Every clause has a line of its own, indented by two; a short declaration is one line.
/// - Neighbouring lines of one kind are aligned: servers, agents, costs, labels, fields, examples, the cells of a table.
/// - Lines longer than `Line.width` are broken after commas and before `and` and `or`.
/// - One empty line stands around whatever takes several lines; elsewhere a writer's empty lines are kept, never more than one.
///
/// - Precondition: `tree` was parsed without errors.
package func format(_ tree: SyntaxTree) -> String {
  let trivia = Trivia(tree)
  let spacing = Spacing(tree.outline.nodes, trivia)
  var writer = Writer(trivia, spacing)
  for run in Layout(tree, trivia, spacing).runs() { writer.write(run) }
  writer.writeEnd()
  return writer.text
}
