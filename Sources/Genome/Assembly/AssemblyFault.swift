/// Why layers cannot act together as an assembly says; layers by their names.
public enum AssemblyFault: Hashable, Sendable, CustomStringConvertible {
    /// A connection that means nothing for the layers it joins.
    case noMeaning(kind: String, from: String, to: String, why: String)
    /// A layer that cannot be a member.
    case notAMember(String, why: String)
    /// Adapters that were made for different bases.
    case bases(String, String)
    /// More than one base model.
    case twoBases(String, String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .noMeaning(let kind, let from, let to, let why):
            "\(kind) from \(from) to \(to) means nothing: \(why)"
        case .notAMember(let title, let why): "\(title) cannot be a member: \(why)"
        case .bases(let one, let other): "\(one) and \(other) were made for different bases"
        case .twoBases(let one, let other): "\(one) and \(other) are both base models"
        }
    }
}
