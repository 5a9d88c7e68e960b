/// The strongly connected components of a graph (Tarjan 1972), without recursion.
struct StrongComponents {
  /// By node. Components are numbered so that edges lead to equal or lower numbers.
  let component: [Int]
  let count: Int

  init(nodes: Int, successors: (Int) -> [Int]) {
    var index = [Int](repeating: -1, count: nodes)
    var low = [Int](repeating: 0, count: nodes)
    var component = [Int](repeating: -1, count: nodes)
    var stack: [Int] = []
    var components = 0
    var time = 0
    for root in 0..<nodes where index[root] < 0 {
      var work: [(node: Int, next: Int, targets: [Int])] = [(root, 0, successors(root))]
      index[root] = time
      low[root] = time
      time += 1
      stack.append(root)
      while let top = work.last {
        if top.next < top.targets.count {
          work[work.count - 1].next += 1
          let target = top.targets[top.next]
          if index[target] < 0 {
            index[target] = time
            low[target] = time
            time += 1
            stack.append(target)
            work.append((target, 0, successors(target)))
          } else if component[target] < 0 {
            low[top.node] = min(low[top.node], index[target])
          }
          continue
        }
        work.removeLast()
        if let parent = work.last { low[parent.node] = min(low[parent.node], low[top.node]) }
        guard low[top.node] == index[top.node] else { continue }
        while let member = stack.popLast() {
          component[member] = components
          if member == top.node { break }
        }
        components += 1
      }
    }
    self.component = component
    self.count = components
  }
}
