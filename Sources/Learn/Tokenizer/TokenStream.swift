/// Turns ids into text one by one, holding back what is not yet a whole character.
///
/// All that it gives, put together, is what `Tokenizer.decode` gives for all the ids.
public struct TokenStream: Sendable {
    private let tokenizer: Tokenizer
    private let skipSpecial: Bool
    /// Bytes that may be the beginning of a character.
    private var waiting: [UInt8] = []
    /// Ids whose text decides how the next ones read, where decoding is more than bytes.
    private var window: [UInt32] = []
    /// How much of the window's text was given already.
    private var given: [UInt8] = []

    /// Longest window: a character takes a few tokens at most.
    private static let windowMax = 64

    init(_ tokenizer: Tokenizer, skipSpecial: Bool) {
        self.tokenizer = tokenizer
        self.skipSpecial = skipSpecial
    }

    /// The text that `id` completes, which may be none.
    public mutating func append(_ id: UInt32) -> String {
        guard tokenizer.decodesBytes else { return appendToWindow(id) }
        guard let token = tokenizer.spelling(of: id, skipSpecial: skipSpecial) else { return "" }
        waiting += ByteAlphabet.bytes(spelledBy: token) ?? token
        let whole = waiting.count - Self.unfinished(waiting)
        let text = String(decoding: waiting[..<whole], as: UTF8.self)
        waiting.removeFirst(whole)
        return text
    }

    /// What was still held back; the stream is then empty.
    public mutating func finish() -> String {
        var text = String(decoding: waiting, as: UTF8.self)
        waiting = []
        if !window.isEmpty { text += remainder(of: windowText()) }
        window = []
        given = []
        return text
    }

    private func windowText() -> [UInt8] {
        do {
            return Array(try tokenizer.decode(window, skipSpecial: skipSpecial).utf8)
        } catch {
            return given
        }
    }

    private func remainder(of text: [UInt8]) -> String {
        text.starts(with: given)
            ? String(decoding: text[given.count...], as: UTF8.self) : ""
    }

    /// Decodes the last ids together, since a token may read otherwise behind others. Tokens that
    /// stand for bytes wait for one that does not: `ByteFallback` takes a run of them as a whole.
    private mutating func appendToWindow(_ id: UInt32) -> String {
        guard let token = tokenizer.spelling(of: id, skipSpecial: skipSpecial) else { return "" }
        window.append(id)
        if tokenizer.fallsBackToBytes, Decoder.byte(of: token) != nil { return "" }
        let text = windowText()
        let isLonger = text.count > given.count && text.starts(with: given)
        let isOpen = text.suffix(3).elementsEqual(Array("\u{fffd}".utf8))
        let isFull = window.count >= Self.windowMax
        guard isFull || isLonger && !isOpen else { return "" }
        let new = remainder(of: text)
        given = text
        if isFull {
            // The last id stays, so that the next is not at the beginning of a text.
            window = [id]
            given = windowText()
        }
        return new
    }

    /// How many bytes at the end may be the beginning of a character.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0xc0 == 0x80 { continue }
            let needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
            guard length < needed, byte <= 0xf4 else { return 0 }
            return mayBegin(bytes.suffix(length)) ? length : 0
        }
        return 0
    }

    /// Whether the second byte, where it is there, fits the first.
    private static func mayBegin(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count > 1, let first = bytes.first else { return true }
        let second = bytes[bytes.startIndex + 1]
        switch first {
        case 0xe0: return second >= 0xa0
        case 0xed: return second < 0xa0
        case 0xf0: return second >= 0x90
        case 0xf4: return second < 0x90
        default: return true
        }
    }
}
