/// The rule of RFC 5893 for names in which some label is written from right to left.
enum WritingDirection {
  private enum Class {
    case left, right, european, arabic, mark, neutral
  }

  static func isGood(_ labels: [[Unicode.Scalar]]) -> Bool {
    let classes = labels.map { $0.map(directionClass) }
    guard classes.contains(where: { $0.contains(.right) || $0.contains(.arabic) }) else { return true }
    return classes.allSatisfy(isGood)
  }

  private static func isGood(_ label: [Class]) -> Bool {
    guard let last = label.last(where: { $0 != .mark }) else { return false }
    switch label.first {
    case .right:
      return !label.contains(.left) && [.right, .european, .arabic].contains(last)
        && !(label.contains(.european) && label.contains(.arabic))
    case .left: return !label.contains(.right) && !label.contains(.arabic) && [.left, .european].contains(last)
    default: return false
    }
  }

  private static func directionClass(_ scalar: Unicode.Scalar) -> Class {
    switch scalar.value {
    case 0x30...0x39, 0x06F0...0x06F9: .european
    case 0x0660...0x0669: .arabic
    case _ where scalar.properties.generalCategory == .nonspacingMark: .mark
    case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: .right
    case 0x2D, 0x200C, 0x200D: .neutral
    default: .left
    }
  }
}
