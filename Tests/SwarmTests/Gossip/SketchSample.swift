import Swarm
import Wire

/// Sketches as the shell and peers give them.
enum SketchSample {
    /// Both have the same.
    static let none = SketchComparison(gap: 0, difference: .init(theirs: [], ours: []))

    static func salt(_ byte: UInt8 = 1) -> SketchSalt {
        guard let salt = SketchSalt(bytes: [UInt8](repeating: byte, count: 16)) else {
            preconditionFailure("16 bytes are a salt")
        }
        return salt
    }

    /// A frame of so many symbols, whatever they say.
    static func frame(_ count: Int, salt byte: UInt8 = 1) -> SketchFrame {
        let sketch = SetSketch(salt(byte))
        return SketchFrame(
            salt: sketch.salt, size: 7, symbols: Array(sketch.symbols.prefix(count)))
    }

    /// Whether a sketch is asked for.
    static func isQuestion(_ effect: Effect) -> Bool {
        if case .prepareSketch = effect { true } else { false }
    }
}
