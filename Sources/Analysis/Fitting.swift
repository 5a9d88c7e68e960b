internal import JSON
internal import Semantics

extension NumberShape {
  func takes(_ number: Number) -> Bool {
    if isInteger, !number.isInteger { return false }
    if let allowed, !allowed.contains(number) { return false }
    if let minimum, !(minimum.isIncluded ? number >= minimum.value : number > minimum.value) { return false }
    if let maximum, !(maximum.isIncluded ? number <= maximum.value : number < maximum.value) { return false }
    return step.map { number.isMultiple(of: $0) } ?? true
  }
}

extension TextShape {
  func takes(_ text: String) -> Bool {
    let length = text.unicodeScalars.count
    guard length >= minimumLength, length <= maximumLength ?? .max else { return false }
    return allowed.map { $0.contains { $0.exact == text.exact } } ?? true
  }
}

/// Whether a value fits a shape and what refinements ask beyond it. What is not told here counts as fitting.
struct Fitting {
  let constraints: [ArgumentPath: [Constraint]]

  func takes(_ property: ObjectShape.Property?, _ value: Value?, at path: [ArgumentPath.Step], _ judging: inout Judging) -> Bool {
    // What a schema does not name may be anything.
    guard let property else { return true }
    guard let value else { return !property.isRequired }
    if value.isNull, property.isNullable { return true }
    return takes(property.shape, value, at: path, &judging)
  }

  private func takes(_ shape: ValueShape, _ value: Value, at path: [ArgumentPath.Step], _ judging: inout Judging) -> Bool {
    switch (shape, value) {
    case (.text(let shape), .string(let text)): if !shape.takes(text) { return false }
    case (.number(let shape), .number(let number)): if !shape.takes(number) { return false }
    case (.boolean(let only), .boolean(let boolean)): if only ?? boolean != boolean { return false }
    case (.array(let shape), .array(let elements)):
      guard elements.count >= shape.minimumCount, elements.count <= shape.maximumCount ?? .max else { return false }
      for element in Set(elements) {
        if element.isNull {
          if !shape.isElementNullable { return false }
        } else if !takes(shape.element, element, at: path + [.elements], &judging) {
          return false
        }
      }
    case (.object(let shape), .object):
      for property in shape.properties {
        if !takes(property, value[property.name], at: path + [.member(property.name)], &judging) { return false }
      }
    case (.unknown, _): break
    default: return false
    }
    return (constraints[ArgumentPath(path)] ?? []).allSatisfy { meets($0, value, &judging) }
  }

  private func meets(_ constraint: Constraint, _ value: Value, _ judging: inout Judging) -> Bool {
    switch (constraint, value) {
    case (.step(let step), .number(let number)): return number.isMultiple(of: step)
    case (.matches(let pattern, _), .string(let text)): return judging.recognizes(pattern, text) ?? true
    case (.withoutControlCharacters, .string(let text)): return !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    case (.url(let schemes, let hosts, _), .string(let text)):
      // Necessary, not sufficient: what else a URL has to be only takes more away.
      guard let host = host(of: text), let scheme = scheme(of: text), schemes.contains(scheme) else { return false }
      guard let hosts else { return true }
      let asked = Elementary(.argument(ArgumentPath([.member("")])), .hostIn(hosts))
      return judging.outcome(asked, .string(host)) == .yes
    case (.path(let folders, _), .string(let text)):
      let asked = Elementary(.argument(ArgumentPath([.member("")])), .under(folders))
      return judging.outcome(asked, .string(text)) == .yes
    default: return true
    }
  }
}
