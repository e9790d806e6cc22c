import Wire

/// A look whether this machine's memory and processor still compute the hashes that they must:
/// bytes whose hash is known, in much fresh memory, through the code that checks what peers send.
struct SelfExamination {
    /// Groups that are filled and hashed: 64 MiB, more than the caches of most machines, in a
    /// tenth of a second.
    static let groupCount = 64

    /// The hash of a blob that is one group of `pattern`, as b3sum prints it.
    static let expected = "da23eaa00d2de815070aca15cbfb683773a49163f369fc4778ec7738ff5bc2bd"

    /// The bytes of one group: each word differs, and over all of them each bit is 0 and 1.
    static func pattern() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(HashTree.groupBytes)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        while bytes.count < HashTree.groupBytes {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: state >> shift))
            }
        }
        return bytes
    }

    /// Whether all came out as it must. `damage` changes the memory in between, for tests.
    static func isSound(damage: (inout [UInt8]) -> Void = { _ in }) -> Bool {
        let pattern = pattern()
        var memory: [UInt8] = []
        memory.reserveCapacity(groupCount * pattern.count)
        for _ in 0..<groupCount { memory += pattern }
        damage(&memory)
        for group in 0..<groupCount {
            let start = group * pattern.count
            let hash = Blake3.hash(memory.span.bytes.extracting(start..<start + pattern.count))
            guard hash.hexadecimal == expected else { return false }
        }
        return true
    }
}
