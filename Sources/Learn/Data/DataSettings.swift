import Genome
import Wire

/// Everything about data that determines the bits of a training, apart from the data: how records
/// become examples, which of them are set aside, and how examples come to their steps.
public struct DataSettings: Sendable, Equatable {
    /// In which order examples are learned.
    public enum Order: String, CaseIterable, Sendable {
        /// As they stand in the files, again and again.
        case given
        /// Anew for each epoch, by the seed.
        case shuffled
    }

    /// What happens to records of more tokens than a sequence.
    public enum Long: String, CaseIterable, Sendable {
        /// Plain text is split, everything else is refused.
        case automatic
        /// They are an error.
        case refuse
        /// They are cut at the end.
        case truncate
        /// They are left out.
        case skip
        /// They are cut into consecutive pieces.
        case split
    }

    /// What of a conversation is learned.
    public enum Learned: String, CaseIterable, Sendable {
        /// What the assistant says.
        case assistant
        /// All of it.
        case all
    }

    /// Most tokens of a sequence: of an example, and of a row of packed examples.
    public var sequenceLength = 512
    /// In which order examples are learned.
    public var order = Order.shuffled
    /// Whether short examples share a row.
    public var isPacked = true
    /// The part of the records, from 0 to below 1, that is set aside for evaluation.
    public var evaluationPart = 0.0
    /// What happens to records that are too long.
    public var long = Long.automatic
    /// What of a conversation is learned.
    public var learned = Learned.assistant
    /// A chat template in place of the model's.
    public var template: String?
    /// What a template is told when it asks for the date; without one such a template is refused.
    public var date: TemplateDate?
    /// Of what is drawn: which records are set aside, and the order.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}

    /// Refuses settings outside their range.
    public func check() throws(LearnError) {
        guard (2...Self.sequenceLengthMax).contains(sequenceLength) else {
            let allowed = "from 2 to \(Self.sequenceLengthMax) tokens"
            throw .data(.setting(name: "the length of a sequence", allowed: allowed))
        }
        guard evaluationPart >= 0, evaluationPart < 1, decimalPart != nil else {
            throw .data(
                .setting(name: "the part for evaluation", allowed: "at least 0 and below 1"))
        }
    }

    /// No published model has more positions.
    public static let sequenceLengthMax = 1 << 24

    private var decimalPart: String? { NumberText.decimal(of: evaluationPart) }

    /// The settings as a recipe holds them: no number that is not whole, the seed as decimal
    /// digits because it may pass what a JSON number holds, a template by the BLAKE3 hash of its
    /// text.
    public var json: JSONObject {
        var object = JSONObject()
        object["sequenceLength"] = .integer(Int64(sequenceLength))
        object["order"] = .string(order.rawValue)
        object["packing"] = .bool(isPacked)
        object["evaluationPart"] = .string(decimalPart ?? "0")
        object["long"] = .string(long.rawValue)
        object["learned"] = .string(learned.rawValue)
        object["seed"] = .string(String(seed))
        if let template {
            object["template"] = .string(Blake3.hash(Array(template.utf8)).hexadecimal)
        }
        if let date = date?.formatted("%Y-%m-%dT%H:%M:%S") { object["date"] = .string(date) }
        return object
    }
}
