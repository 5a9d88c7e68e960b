internal import JSON
internal import RegularExpressions

extension Constraint {
  /// Whether a value passes; nil: not told here.
  func accepts(_ constant: Constant) -> Bool? {
    switch (self, constant) {
    case (.between(let lower, let upper), .number(let number)): return lower ?? number <= number && number <= upper ?? number
    case (.step(let step), .number(let number)): return number.isMultiple(of: step)
    case (.oneOf(let constants), _): return constants.contains(constant)
    case (.length(let lower, let upper), .text(let text)):
      let length = text.unicodeScalars.count
      return length >= lower ?? 0 && length <= upper ?? .max
    case (.withoutControlCharacters, .text(let text)): return !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    case (.matches(let pattern, _), .text(let text)):
      guard let expression = try? RegularExpression(parsing: pattern.source, caseInsensitive: pattern.caseInsensitive),
        var recognizer = Recognizer(Language(expression, .whole))
      else { return nil }
      return recognizer.accepts(text)
    default: return nil
    }
  }
}
