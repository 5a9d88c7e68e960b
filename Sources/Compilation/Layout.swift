internal import Bytecode
internal import JSON
internal import Semantics

/// Slots with their numbers, and the constants they are compared with.
struct Layout {
  private(set) var slots: [Slot] = []
  private(set) var numbers: [SlotKey: UInt32] = [:]
  private var literals: [SlotKey: [ExactText: UInt32]] = [:]
  private var ranks: [SlotKey: [Number: UInt32]] = [:]

  /// A layout that goes on from another: the shared slots come first in every plan.
  init(after shared: Layout? = nil) {
    if let shared { self = shared }
  }

  func slot(_ key: SlotKey) -> UInt32 {
    guard let number = numbers[key] else { preconditionFailure("every fact was gathered") }
    return number
  }

  func form(_ key: SlotKey) -> Slot.Form { slots[Int(slot(key))].form }

  /// The cell's value when the text equals this literal.
  func value(_ text: String, _ key: SlotKey) -> UInt32 {
    guard let value = literals[key]?[text.exact] else { preconditionFailure("every constant was gathered") }
    return value
  }

  /// The cell's value when the number equals this constant; one less is below it, one more above.
  func value(_ number: Number, _ key: SlotKey) -> UInt32 {
    guard let rank = ranks[key]?[number] else { preconditionFailure("every constant was gathered") }
    return 2 * rank + 2
  }

  @discardableResult
  mutating func add(_ key: SlotKey, _ form: Slot.Form, _ needs: Needs, _ constants: inout Constants) -> UInt32 {
    var slot = Slot(form: form, base: key.base.map { self.slot($0) })
    if let texts = needs.texts[key], form == .text || form == .scheme {
      slot.space = constants.newSpace()
      slot.hasLiterals = true
      var known: [ExactText: UInt32] = [:]
      for (index, text) in texts.sorted().enumerated() {
        known[text] = constants.names.insert(text.text, UInt32(index) + Layout.firstLiteral, in: slot.space)
      }
      literals[key] = known
    }
    if let wanted = needs.numbers[key], form != .field {
      let sorted = wanted.sorted()
      ranks[key] = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt32($0)) })
      if form == .moment {
        slot.constants = constants.add(moments: sorted)
      } else {
        (slot.constants, slot.scale) = constants.add(sorted)
      }
    } else if form == .number || form == .length {
      slot.scale = 0
    }
    return place(slot, key)
  }

  mutating func place(_ slot: Slot, _ key: SlotKey) -> UInt32 {
    let number = UInt32(slots.count)
    slots.append(slot)
    numbers[key] = number
    return number
  }

  mutating func setElements(_ list: UInt32, field: UInt32, slots range: Range<UInt32>) {
    slots[Int(list)].element = field
    slots[Int(list)].elements = range
  }

  mutating func setList(_ element: UInt32, _ list: UInt32) { slots[Int(element)].list = list }

  /// 0 is an absent text and 1 any that no rule knows.
  private static let firstLiteral: UInt32 = 2
}

/// Constants of the whole program while it grows.
struct Constants {
  var names = Names()
  private(set) var numbers: [Number] = []
  private(set) var scaled: [Int64] = []
  private(set) var moments: [Int64] = []
  private var spaces: UInt32 = 0

  mutating func newSpace() -> Names.Space {
    spaces += 1
    return Names.Space(spaces)
  }

  /// Sorted numbers as multiples of the smallest power of ten any of them needs, if all fit: then ranks are found by comparing integers.
  mutating func add(_ sorted: [Number]) -> (Range<UInt32>, scale: Int32?) {
    let lower = UInt32(numbers.count)
    numbers += sorted
    let fixed = sorted.compactMap(\.fixed)
    let scale = min(0, fixed.map(\.exponent).min() ?? 0)
    let multiples = fixed.compactMap { multiple($0, scale) }
    let isScaled = multiples.count == sorted.count
    scaled += isScaled ? multiples : Array(repeating: 0, count: sorted.count)
    return (lower..<UInt32(numbers.count), isScaled ? scale : nil)
  }

  private func multiple(_ number: Number.Fixed, _ scale: Int32) -> Int64? {
    var value = number.coefficient
    for _ in 0..<min(number.exponent - scale, 20) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return number.exponent - scale > 20 && value != 0 ? nil : value
  }

  mutating func add(moments sorted: [Number]) -> Range<UInt32> {
    let lower = UInt32(moments.count)
    moments += sorted.map { number in
      guard let milliseconds = number.integer else { preconditionFailure("moments are whole milliseconds") }
      return Int64(milliseconds)
    }
    return lower..<UInt32(moments.count)
  }
}

extension Layout {
  /// The slots that every target has: claims, clock and labels.
  static func shared(
    _ needs: Needs, _ claims: [Semantics.ClaimPath: ClaimType], _ labels: LabelTable, _ constants: inout Constants
  ) -> (Layout, [SharedSource]) {
    var layout = Layout()
    var sources: [SharedSource] = []
    for key in needs.keys where key.isShared {
      switch key {
      case .claim(let path):
        layout.add(key, form(claims[path] ?? .text), needs, &constants)
        sources.append(.claim(Bytecode.ClaimPath(path)))
      case .claimElement(let path):
        // The slot before an element's is its list.
        let list = layout.place(Slot(form: .list), .claim(path))
        let element = layout.add(key, form(claims[path] ?? .listOfText), needs, &constants)
        layout.setList(element, list)
        sources += [.claim(Bytecode.ClaimPath(path)), .claim(Bytecode.ClaimPath(path))]
      case .claimPresence(let path):
        layout.add(key, .presence, needs, &constants)
        sources.append(.claim(Bytecode.ClaimPath(path)))
      case .claimAsPath(let path), .claimElementAsPath(let path):
        layout.add(key, .path, needs, &constants)
        sources.append(.claim(Bytecode.ClaimPath(path)))
      case .clock(let field):
        layout.add(key, field == .moment ? .moment : .field, needs, &constants)
        sources.append(.clock(Bytecode.ClockField(field)))
      case .label(let name):
        layout.add(key, .boolean, needs, &constants)
        sources.append(.label(labels.id(name)))
      case .value, .presence, .length, .host, .scheme, .path: preconditionFailure("an argument is not shared")
      }
    }
    return (layout, sources)
  }

  private static func form(_ type: ClaimType) -> Slot.Form {
    switch type {
    case .text, .listOfText: .text
    case .number, .listOfNumber: .number
    case .boolean, .listOfBoolean: .boolean
    }
  }
}

extension Bytecode.ClaimPath {
  init(_ path: Semantics.ClaimPath) { self.init(root: path.root == .token ? .token : .key, path: path.path) }
}

extension Bytecode.ClockField {
  init(_ field: Semantics.ClockField) {
    self =
      switch field {
      case .weekday: .weekday
      case .hour: .hour
      case .minute: .minute
      case .day: .day
      case .month: .month
      case .year: .year
      case .moment: .moment
      }
  }
}
