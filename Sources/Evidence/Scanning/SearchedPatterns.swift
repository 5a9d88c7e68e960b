package import Bytecode
package import Semantics

extension CheckedPolicies.PatternSet {
  /// As whoever searches takes them.
  ///
  /// - Parameter first: the number of the first pattern among all that are searched for.
  package func searched(from first: Int) -> (patterns: [FilterPattern], set: PatternSetInfo) {
    let patterns = self.patterns.map { pattern in
      FilterPattern(
        name: "\(name).\(pattern.name)", source: pattern.text.source, caseInsensitive: pattern.text.caseInsensitive,
        longestText: pattern.text.longestText, weight: pattern.weight, family: pattern.family, checks: pattern.checks)
    }
    let set = PatternSetInfo(
      name: name, threshold: threshold, window: window ?? PatternSetInfo.defaultWindow, patterns: first..<first + patterns.count)
    return (patterns, set)
  }
}

extension CheckedPolicies {
  /// All pattern sets of the policies and of the packs they use.
  package var searchedPatterns: (patterns: [FilterPattern], sets: [PatternSetInfo]) {
    patternSets.reduce(into: ([], [])) { all, set in
      let (patterns, info) = set.searched(from: all.0.count)
      all.0 += patterns
      all.1.append(info)
    }
  }
}
