internal import Digests
internal import JSON

/// Recognises a denied call that comes again just as it was. Agents loop on denials; the answer stays the same, and its hint to wait
/// grows. A fixed number of calls, the oldest making room.
struct RepeatTable {
  private var keys: [Digest] = []
  private var counts: [Int] = []
  private var next = 0

  /// Counts one more denial of a call.
  ///
  /// - Returns: how long to stay away from it, or nil the first time.
  mutating func note(_ key: Digest) -> Int64? {
    guard let place = keys.firstIndex(of: key) else {
      if keys.count < Limits.denials {
        keys.append(key)
        counts.append(0)
      } else {
        keys[next] = key
        counts[next] = 0
        next = (next + 1) % Limits.denials
      }
      return nil
    }
    counts[place] = min(counts[place] + 1, 20)
    return min(Limits.firstRetryMilliseconds << Int64(counts[place] - 1), Limits.longestRetryMilliseconds)
  }

  /// Equal for the same method about the same thing with the same arguments, however their JSON is laid out.
  static func key(_ document: Document, method: String, parameters: Node?) -> Digest {
    var bytes = Array(method.utf8)
    for name in ["name", "uri", "taskId", "ref", "notifications", "arguments"] {
      guard let value = parameters.flatMap({ document.member($0, name) }) else { continue }
      bytes.append(0)
      bytes += Array(name.utf8)
      bytes.append(0)
      bytes += canonicalBytes(of: document, value)
    }
    return sha256(bytes)
  }
}
