import Wire

/// What two nodes of a world said to each other.
package struct WorldTraffic {
    /// Messages of both.
    package private(set) var messages: UInt64 = 0
    /// Their bytes, without what the channel adds.
    package private(set) var bytes: UInt64 = 0
    /// Bytes of sketches and questions for them.
    package private(set) var sketches: UInt64 = 0

    mutating func add(_ message: Message) {
        let size = UInt64(message.bytes.count)
        messages += 1
        bytes += size
        switch message {
        case .sketchRequest, .sketch: sketches += size
        default: break
        }
    }
}
