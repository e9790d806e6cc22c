import Wire

/// BLAKE3-256 in plain Swift, one chunk at a time, for short documents.
enum Blake3 {
    private static let start: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private static let order = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]

    /// The hash of `bytes`.
    static func hash(_ bytes: [UInt8]) -> Digest {
        let words = subtree(bytes[...], chunk: 0, isRoot: true)
        var output: [UInt8] = []
        for word in words {
            for shift: UInt32 in [0, 8, 16, 24] {
                output.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        guard let digest = Digest(bytes: output) else { preconditionFailure("32 bytes") }
        return digest
    }

    private static func subtree(_ bytes: ArraySlice<UInt8>, chunk: UInt64, isRoot: Bool) -> [UInt32]
    {
        if bytes.count <= 1024 { return chunkValue(bytes, chunk: chunk, isRoot: isRoot) }
        var leftCount = 1024
        while leftCount * 2 < bytes.count { leftCount *= 2 }
        let left = subtree(bytes.prefix(leftCount), chunk: chunk, isRoot: false)
        let right = subtree(
            bytes.dropFirst(leftCount), chunk: chunk + UInt64(leftCount / 1024), isRoot: false)
        return compress(start, left + right, counter: 0, length: 64, flags: isRoot ? 12 : 4)
    }

    private static func chunkValue(
        _ bytes: ArraySlice<UInt8>, chunk: UInt64, isRoot: Bool
    ) -> [UInt32] {
        var value = start
        var rest = bytes
        var flags: UInt32 = 1
        repeat {
            let block = rest.prefix(64)
            rest = rest.dropFirst(64)
            var words = [UInt32](repeating: 0, count: 16)
            for (index, byte) in block.enumerated() {
                words[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4))
            }
            if rest.isEmpty { flags |= isRoot ? 10 : 2 }
            value = compress(
                value, words, counter: chunk, length: UInt32(block.count), flags: flags)
            flags = 0
        } while !rest.isEmpty
        return value
    }

    private static func compress(
        _ value: [UInt32], _ block: [UInt32], counter: UInt64, length: UInt32, flags: UInt32
    ) -> [UInt32] {
        var state = value + start[0..<4]
        state += [UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32)]
        state += [length, flags]
        var words = block
        let lanes = [
            [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
            [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
        ]
        for _ in 0..<7 {
            for (index, lane) in lanes.enumerated() {
                mix(&state, lane, words[2 * index], words[2 * index + 1])
            }
            words = order.map { words[$0] }
        }
        return (0..<8).map { state[$0] ^ state[$0 + 8] }
    }

    private static func mix(_ state: inout [UInt32], _ lane: [Int], _ x: UInt32, _ y: UInt32) {
        let (a, b, c, d) = (lane[0], lane[1], lane[2], lane[3])
        func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
            word >> count | word << (32 - count)
        }
        state[a] = state[a] &+ state[b] &+ x
        state[d] = rotate(state[d] ^ state[a], 16)
        state[c] = state[c] &+ state[d]
        state[b] = rotate(state[b] ^ state[c], 12)
        state[a] = state[a] &+ state[b] &+ y
        state[d] = rotate(state[d] ^ state[a], 8)
        state[c] = state[c] &+ state[d]
        state[b] = rotate(state[b] ^ state[c], 7)
    }
}
