import Genome
import Wire

/// Settings of data as a recipe holds them, read back.
extension DataSettings {
    /// The settings of a recipe. A template is named there by its hash; its text must be given.
    public init(_ recipe: Recipe, template text: String?) throws(LearnError) {
        try self.init(
            json: recipe.json["data"]?["settings"] ?? .null, template: text)
    }

    /// The settings of an object that `json` wrote.
    public init(json: JSONValue, template text: String?) throws(LearnError) {
        self.init()
        func refused(_ name: String) -> LearnError {
            .request(.setting(name: "data.settings.\(name)", allowed: "one that is built in"))
        }
        guard let length = json["sequenceLength"]?.integer,
            let order = json["order"]?.string.flatMap({ Order(rawValue: $0) }),
            let long = json["long"]?.string.flatMap({ Long(rawValue: $0) }),
            let learned = json["learned"]?.string.flatMap({ Learned(rawValue: $0) }),
            let part = json["evaluationPart"]?.string.flatMap({ Double($0) }),
            let isPacked = json["packing"]?.bool,
            let seed = json["seed"]?.string.flatMap({ UInt64($0) })
        else { throw refused("order, long, learned or another") }
        sequenceLength = Int(length)
        self.order = order
        self.long = long
        self.learned = learned
        self.isPacked = isPacked
        evaluationPart = part
        self.seed = seed
        if let name = json["template"]?.string {
            guard let text, Blake3.hash(Array(text.utf8)).hexadecimal == name else {
                throw .request(
                    .setting(name: "the chat template", allowed: "the one of hash \(name)"))
            }
            template = text
        }
        if let date = json["date"]?.string {
            guard let read = TemplateDate(isoText: date) else { throw refused("date") }
            self.date = read
        }
        guard self.json == json.object ?? JSONObject() else { throw refused("an unknown member") }
    }
}

extension TemplateDate {
    /// A moment written as `2026-01-31T12:00:00`.
    init?(isoText text: String) {
        let parts = text.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
        guard parts.count == 6 else { return nil }
        self.init(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
            second: parts[5])
    }
}
