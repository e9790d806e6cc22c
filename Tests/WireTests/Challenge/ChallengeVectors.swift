import Testing

@testable import Wire

/// The cases of `Tests/Vectors/challenges.json`, which another program made.
struct ChallengeVectors {
    /// One challenge with all that comes of it.
    struct Case {
        let terms: ChallengeTerms
        let object: [String: Any]

        func bytes(_ name: String) throws -> [UInt8] { try VectorFile.bytes(object[name]) }

        func digest(_ name: String) throws -> Digest {
            try #require(Digest(bytes: try bytes(name)))
        }

        func number<Number: FixedWidthInteger>(_ name: String) throws -> Number {
            Number(try #require(object[name] as? Int))
        }

        func message(_ name: String) throws -> [UInt8] {
            let messages = try #require(object["messages"] as? [String: Any])
            return try VectorFile.bytes(messages[name])
        }

        var answers: [String: [UInt8]] {
            get throws {
                let messages = try #require(object["messages"] as? [String: Any])
                let answers = try #require(messages["answers"] as? [String: Any])
                return try answers.mapValues { try VectorFile.bytes($0) }
            }
        }

        /// The blob: byte i is (i + i / 251) mod 251.
        var blob: [UInt8] { (0..<Int(terms.size)).map { UInt8(($0 + $0 / 251) % 251) } }
    }

    let cases: [Case]
    let object: [String: Any]

    init() throws {
        object = try VectorFile.object("challenges.json")
        cases = try #require(object["challenges"] as? [[String: Any]]).map { object in
            func key(_ name: String) throws -> NodeKey {
                try #require(NodeKey(bytes: try VectorFile.bytes(object[name])))
            }
            func digest(_ name: String) throws -> Digest {
                try #require(Digest(bytes: try VectorFile.bytes(object[name])))
            }
            let terms = ChallengeTerms(
                verifier: try key("verifier"), mirror: try key("mirror"),
                blob: try digest("blob"), size: UInt64(try #require(object["size"] as? Int)),
                epoch: UInt64(try #require(object["epoch"] as? Int)),
                nonce: try digest("nonce"), steps: try #require(object["steps"] as? Int),
                mode: object["mode"] as? String == "holder" ? .holder : .rootOnly)
            return Case(terms: terms, object: object)
        }
    }
}
