/// The words of a text as a search compares them: small letters, without accents.
///
/// One function makes the words of records and of questions, so that an index and a plain look at
/// the record agree. Latin letters lose their accents (`Über` is `uber`); other scripts do not.
public enum SearchWords {
    /// Bytes of a word that count: no word of a language is longer, and a longer one is compared
    /// by its beginning.
    public static let bytesMax = 32
    /// Characters from which on a word of a question also stands for the beginning of longer ones:
    /// a shorter one begins too many words to mean one of them.
    public static let prefixMin = 3

    /// The words of a text, in order; letters and digits make words, all else parts them.
    public static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func end() {
            if !word.isEmpty { words.append(cut(word)) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x61...0x7a, 0x30...0x39: word.unicodeScalars.append(scalar)
            case 0x41...0x5a:
                word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            case 0..<0x80: end()
            default:
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                    .otherLetter, .decimalNumber, .letterNumber, .otherNumber:
                    append(scalar, to: &word)
                // An accent of its own belongs to the letter before it.
                case .nonspacingMark: break
                default: end()
                }
            }
        }
        end()
        return words
    }

    /// Whether a word of a question means a word of a record.
    public static func matches(_ question: String, _ word: String) -> Bool {
        isPrefix(question)
            ? word.utf8.starts(with: question.utf8) : word.utf8.elementsEqual(question.utf8)
    }

    /// Whether a word of a question also stands for words that begin with it.
    public static func isPrefix(_ question: String) -> Bool {
        question.unicodeScalars.prefix(prefixMin).count == prefixMin
    }

    private static let latin = "LATIN SMALL LETTER "

    private static func append(_ scalar: Unicode.Scalar, to word: inout String) {
        for small in scalar.properties.lowercaseMapping.unicodeScalars
        where small.properties.generalCategory != .nonspacingMark {
            word.unicodeScalars.append(unaccented(small))
        }
    }

    /// The letter of a name such as `LATIN SMALL LETTER E WITH ACUTE`: the names say what the
    /// decompositions do, and also part the stroke of `ł`.
    private static func unaccented(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard scalar.value >= 0x80, let name = scalar.properties.name, name.hasPrefix(latin)
        else { return scalar }
        let rest = name.utf8.dropFirst(latin.utf8.count)
        guard let letter = rest.first, rest.dropFirst().starts(with: " WITH ".utf8) else {
            return scalar
        }
        return Unicode.Scalar(letter | 0x20)
    }

    private static func cut(_ word: String) -> String {
        guard word.utf8.count > bytesMax else { return word }
        var kept = ""
        for scalar in word.unicodeScalars {
            guard kept.utf8.count + UTF8.width(scalar) <= bytesMax else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
