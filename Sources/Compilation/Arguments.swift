internal import Bytecode
internal import JSON
internal import Semantics

/// Lays out what rules read of one target's arguments: a tree of fields along their paths, and slots at its leaves.
struct ArgumentLayout {
  private(set) var layout: Layout
  private(set) var fields: [Field] = []
  private(set) var fieldNames: [MemberName] = []
  private(set) var members: Range<UInt32> = 0..<0
  private let needs: Needs
  private let keys: Set<SlotKey>

  init(
    _ needs: Needs, of shape: ObjectShape, after shared: Layout, _ constants: inout Constants, _ names: inout FieldNames
  ) {
    layout = Layout(after: shared)
    self.needs = needs
    keys = Set(needs.keys)
    let paths = Set(needs.keys.compactMap(\.argument))
    members = object(shape, paths, [], &constants, &names)
  }

  /// Lays out the members of an object that paths go through; `prefix` leads to it.
  private mutating func object(
    _ shape: ObjectShape, _ paths: Set<ArgumentPath>, _ prefix: [ArgumentPath.Step], _ constants: inout Constants,
    _ names: inout FieldNames
  ) -> Range<UInt32> {
    let read = shape.properties.filter { property in
      paths.contains { $0.steps.starts(with: prefix + [.member(property.name)]) }
    }
    if read.isEmpty { return 0..<0 }
    let first = UInt32(fields.count)
    for property in read {
      let path = ArgumentPath(prefix + [.member(property.name)])
      fieldNames.append(MemberName(property.name))
      fields.append(
        Field(
          number: names.number(path), kind: Field.Kind(property.shape), isRequired: property.isRequired, isNullable: property.isNullable))
    }
    for (index, property) in read.enumerated() {
      let path = ArgumentPath(prefix + [.member(property.name)])
      value(property.shape, Int(first) + index, path, paths, &constants, &names)
    }
    return first..<first + UInt32(read.count)
  }

  /// Lays out one value: its own slots, and what is read below it.
  private mutating func value(
    _ shape: ValueShape, _ field: Int, _ path: ArgumentPath, _ paths: Set<ArgumentPath>, _ constants: inout Constants,
    _ names: inout FieldNames
  ) {
    if keys.contains(.presence(path)) { fields[field].presence = layout.add(.presence(path), .presence, needs, &constants) }
    switch shape {
    case .text: leaf(.text, field, path, &constants)
    case .number: leaf(.number, field, path, &constants)
    case .boolean: leaf(.boolean, field, path, &constants)
    case .unknown: break
    case .object(let object):
      fields[field].members = self.object(object, paths, path.steps, &constants, &names)
    case .array(let array):
      let number = layout.place(Slot(form: .list), .value(path))
      fields[field].value = number
      if keys.contains(.length(path)) { layout.add(.length(path), .length, needs, &constants) }
      elements(array, number, path, paths, &constants, &names)
    }
  }

  private mutating func leaf(_ form: Slot.Form, _ field: Int, _ path: ArgumentPath, _ constants: inout Constants) {
    guard keys.contains(.value(path)) else { return }
    fields[field].value = layout.add(.value(path), form, needs, &constants)
    for (key, form) in [(SlotKey.length(path), Slot.Form.length), (.host(path), .host), (.scheme(path), .scheme), (.path(path), .path)]
    where keys.contains(key) { layout.add(key, form, needs, &constants) }
  }

  private mutating func elements(
    _ array: ArrayShape, _ list: UInt32, _ path: ArgumentPath, _ paths: Set<ArgumentPath>, _ constants: inout Constants,
    _ names: inout FieldNames
  ) {
    let element = ArgumentPath(path.steps + [.elements])
    guard paths.contains(where: { $0.steps.starts(with: element.steps) }) else { return }
    let field = fields.count
    fieldNames.append(MemberName(""))
    fields.append(
      Field(number: names.number(element), kind: Field.Kind(array.element), isRequired: false, isNullable: array.isElementNullable))
    let first = UInt32(layout.slots.count)
    value(array.element, field, element, paths, &constants, &names)
    let slots = first..<UInt32(layout.slots.count)
    for slot in slots where layout.slots[Int(slot)].base == nil { layout.setList(slot, list) }
    layout.setElements(list, field: UInt32(field), slots: slots)
  }
}

/// Names of arguments for people, over all targets.
struct FieldNames {
  private(set) var names = [""]
  private var known: [ExactText: UInt32] = [:]

  mutating func number(_ path: ArgumentPath) -> FieldNumber {
    // What a caller knows is the argument's name, not how policies write it.
    let name = String(path.description.dropFirst("args".count).trimmingPrefix("."))
    if let number = known[name.exact] { return FieldNumber(number) }
    let number = UInt32(names.count)
    names.append(name)
    known[name.exact] = number
    return FieldNumber(number)
  }
}

extension Field.Kind {
  init(_ shape: ValueShape) {
    self =
      switch shape {
      case .text: .text
      case .number(let number): number.isInteger ? .integer : .number
      case .boolean: .boolean
      case .array: .array
      case .object: .object
      case .unknown: .unknown
      }
  }
}
