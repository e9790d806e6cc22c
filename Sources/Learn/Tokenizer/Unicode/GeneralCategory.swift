/// A Unicode general category, numbered as the packed table numbers it.
enum GeneralCategory: UInt8, CaseIterable, Sendable {
    case unassigned, control, format, privateUse, surrogate
    case lowercaseLetter, modifierLetter, otherLetter, titlecaseLetter, uppercaseLetter
    case spacingMark, enclosingMark, nonspacingMark
    case decimalNumber, letterNumber, otherNumber
    case connector, dash, close, finalQuote, initialQuote, otherPunctuation, open
    case currency, modifierSymbol, mathSymbol, otherSymbol
    case lineSeparator, paragraphSeparator, spaceSeparator

    /// The categories of a name: `Lu`, `L`, `L&` or `LC`; nil if no category has it.
    static func named(_ name: String) -> [GeneralCategory]? {
        let names = UnicodeCategoryData.names.split { $0.isWhitespace }.map { $0.lowercased() }
        let wanted = name.lowercased()
        if ["l&", "lc"].contains(wanted) {
            return [.lowercaseLetter, .uppercaseLetter, .titlecaseLetter]
        }
        let found = names.indices.filter { index in
            names[index] == wanted || wanted.utf8.count == 1 && names[index].hasPrefix(wanted)
        }
        let categories = found.compactMap { GeneralCategory(rawValue: UInt8($0)) }
        return categories.isEmpty ? nil : categories
    }

    /// The traits that follow from the category alone.
    var traits: ScalarTraits {
        switch self {
        case .lowercaseLetter: [.letter, .closing]
        case .modifierLetter, .otherLetter: [.letter, .opening, .closing]
        case .titlecaseLetter, .uppercaseLetter: [.letter, .opening]
        case .spacingMark, .enclosingMark, .nonspacingMark: [.mark, .opening, .closing]
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: []
        }
    }
}
