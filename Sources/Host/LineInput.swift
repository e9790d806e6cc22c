import Glibc

/// The lines of a stream, one at a time, without losing a signal that comes while it waits.
public struct LineInput {
    /// What the stream gave.
    public enum Event: Equatable, Sendable {
        /// A line without its end.
        case line(String)
        /// There are no more.
        case end
        /// A signal came first.
        case interrupted
    }

    private let descriptor: Int32
    private let interruption: Interruption
    private var held: [UInt8] = []
    private var isAtEnd = false

    /// The lines of an open descriptor, such as 0 for standard input.
    public init(_ descriptor: Int32, _ interruption: Interruption) {
        self.descriptor = descriptor
        self.interruption = interruption
    }

    /// The next line; the last one need not have an end.
    public mutating func next() -> Event {
        while true {
            if interruption.isAsked { return .interrupted }
            if let end = held.firstIndex(of: 0x0a) {
                let line = held[..<end]
                held.removeFirst(end + 1)
                return .line(Self.text(line))
            }
            if isAtEnd {
                guard !held.isEmpty else { return .end }
                defer { held = [] }
                return .line(Self.text(held[...]))
            }
            guard interruption.wait(for: descriptor) else { return .interrupted }
            var space = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &space, space.count)
            if count < 0 && errno == EINTR { continue }
            isAtEnd = count <= 0
            held += space.prefix(max(0, count))
        }
    }

    /// The text of a line, which Windows ends with one byte more.
    private static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
}
