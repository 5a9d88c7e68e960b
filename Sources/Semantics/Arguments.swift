internal import Syntax
internal import Text

/// What a path of arguments leads to in one tool's schema.
struct ArgumentReading {
  /// Spelled as the schema spells it, so that whoever compares bytes finds it.
  let path: ArgumentPath
  let shape: ValueShape
  /// Itself and what it lies in, as far as the schema lets it be absent.
  let optional: [ArgumentPath]
  /// Where a `refine` has narrowed it, or something it lies in.
  var refinement: SourceRange?
}

/// Why a path leads nowhere.
enum ArgumentProblem: Error {
  /// The step's index; what there is instead.
  case noMember(step: Int, candidates: [String])
  /// A step into a value that has no parts.
  case noParts(step: Int, of: ValueShape)
  /// A step into a value whose schema says nothing of its parts.
  case unknownParts(step: Int)
  /// `[*]` after something that is no array.
  case noArray(step: Int, of: ValueShape)
  /// A member of an array: `[*]` is missing.
  case missingElements(step: Int)
}

extension ObjectShape {
  func read(_ path: ArgumentPath) -> Result<ArgumentReading, ArgumentProblem> {
    var shape = ValueShape.object(self)
    var steps: [ArgumentPath.Step] = []
    var optional: [ArgumentPath] = []
    for (index, step) in path.steps.enumerated() {
      switch (step, shape) {
      case (.member(let name), .object(let object)):
        guard let property = object[name] else {
          if object.properties.isEmpty, index > 0 { return .failure(.unknownParts(step: index)) }
          return .failure(.noMember(step: index, candidates: object.properties.map(\.name)))
        }
        steps.append(.member(property.name))
        if !property.isAlwaysPresent { optional.append(ArgumentPath(steps)) }
        shape = property.shape
      case (.member, .array): return .failure(.missingElements(step: index))
      case (_, .unknown): return .failure(.unknownParts(step: index))
      case (.member, _): return .failure(.noParts(step: index, of: shape))
      case (.elements, .array(let array)):
        steps.append(.elements)
        shape = array.element
      case (.elements, _): return .failure(.noArray(step: index, of: shape))
      }
    }
    return .success(ArgumentReading(path: ArgumentPath(steps), shape: shape, optional: optional))
  }
}

extension ValueShape {
  /// For people, with article.
  var noun: String {
    switch self {
    case .text: "text"
    case .number(let number): number.isInteger ? "a whole number" : "a number"
    case .boolean: "true or false"
    case .array: "a list"
    case .object: "an object"
    case .unknown: "of several or unknown types"
    }
  }
}

extension ArgumentReading {
  /// With one more step into the elements of the list it leads to.
  func elements(_ array: ArrayShape) -> ArgumentReading {
    ArgumentReading(path: ArgumentPath(path.steps + [.elements]), shape: array.element, optional: optional, refinement: refinement)
  }

  func with(_ shape: ValueShape) -> ArgumentReading {
    ArgumentReading(path: path, shape: shape, optional: optional, refinement: refinement)
  }
}
