package import Syntax
package import Text

/// Everything a check reads: the files named, the files they use, the snapshots they pin. Made by `load`.
package struct Sources: Sendable {
  struct File: Sendable {
    let tree: SyntaxTree
    /// Indices of the files it uses itself.
    var uses: [Int]
    /// By the offset of the declaration's path: the snapshots that could be read.
    var snapshots: [UInt32: Int]
    /// What it would declare, or would have brought from files it uses, if all could be read.
    var lost: LostNames
    /// Whether it is part of the program: what it says of itself was proved when that was built.
    let isPack: Bool

    var path: String { tree.file.path }
  }

  /// The roots in the order they were named, each before what it uses first.
  let loaded: [File]
  let snapshots: [Snapshot]

  /// Whether `load` reported no error.
  package let isComplete: Bool

  /// For the renderer. A file that could not be read is here too, empty.
  package let files: [SourceFile]

  package var trees: [SyntaxTree] { loaded.map(\.tree) }

  /// Without those of packs, which are part of the program.
  package var ownTrees: [SyntaxTree] { loaded.filter { !$0.isPack }.map(\.tree) }
}
