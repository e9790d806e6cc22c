/// Finds added tokens in a text: the leftmost first, the longest of those that start together.
struct AddedTokenFinder: Sendable {
    /// A found token: its place in the list and the bytes that it takes, white space included.
    struct Found: Equatable {
        var token: Int
        var start: Int
        var end: Int
    }

    /// The finder's trie: a node's edges lie in `edges` from `first[node]` on, sorted by byte.
    private struct Node: Sendable {
        var children: [(byte: UInt8, node: Int32)] = []
        var token: Int32 = -1
    }

    private var nodes: [Node] = [Node()]
    /// Whether a token begins with the byte.
    private var starts = [Bool](repeating: false, count: 256)
    private let tokens: [AddedToken]

    /// A finder of `patterns`, each with the place of its token in `tokens`.
    init(_ patterns: [(text: [UInt8], token: Int)], tokens: [AddedToken]) {
        self.tokens = tokens
        for (text, token) in patterns where !text.isEmpty {
            starts[Int(text[0])] = true
            var node = 0
            for byte in text {
                if let child = child(of: node, byte) {
                    node = child
                } else {
                    nodes[node].children.append((byte, Int32(nodes.count)))
                    node = nodes.count
                    nodes.append(Node())
                }
            }
            if nodes[node].token < 0 { nodes[node].token = Int32(token) }
        }
    }

    /// Whether it looks for nothing.
    var isEmpty: Bool { nodes.count == 1 }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        for child in nodes[node].children where child.byte == byte { return Int(child.node) }
        return nil
    }

    /// The tokens in `text`, in order. They may overlap where one takes white space in which the
    /// next begins, as in `tokenizers`.
    func find(in text: [UInt8]) -> [Found] {
        guard !isEmpty else { return [] }
        var found: [Found] = []
        var position = 0
        var last = 0
        while position < text.count {
            guard starts[Int(text[position])], let (token, end) = longest(text, position) else {
                position += 1
                continue
            }
            let start = position
            position = end
            guard var match = accept(token, text, start, end) else { continue }
            match.start = max(match.start, min(last, start))
            found.append(match)
            last = match.end
        }
        return found
    }

    private func longest(_ text: [UInt8], _ start: Int) -> (token: Int, end: Int)? {
        var node = 0
        var best: (Int, Int)?
        var position = start
        while position < text.count, let next = child(of: node, text[position]) {
            node = next
            position += 1
            if nodes[node].token >= 0 { best = (Int(nodes[node].token), position) }
        }
        return best
    }

    private func accept(_ token: Int, _ text: [UInt8], _ start: Int, _ end: Int) -> Found? {
        let tables = UnicodeTables.shared
        let rules = tokens[token]
        var match = Found(token: token, start: start, end: end)
        if rules.isSingleWord {
            if start > 0 {
                let before = text.scalar(at: text.scalarStart(before: start)).value
                if tables.traits(of: before).contains(.plainWord) { return nil }
            }
            if end < text.count {
                let behind = text.scalar(at: end).value
                if tables.traits(of: behind).contains(.plainWord) { return nil }
            }
        }
        while rules.stripsLeft, match.start > 0 {
            let previous = text.scalarStart(before: match.start)
            guard tables.traits(of: text.scalar(at: previous).value).contains(.space) else { break }
            match.start = previous
        }
        while rules.stripsRight, match.end < text.count {
            let (value, length) = text.scalar(at: match.end)
            guard tables.traits(of: value).contains(.space) else { break }
            match.end += length
        }
        return match
    }
}
