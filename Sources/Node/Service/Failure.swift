import Genome
import Host
import Store
import Swarm
import Wire

/// What a person or script is told when something did not work: what happened, why, what to do.
struct Failure: Error, Equatable {
    /// The kind, part of the command's contract.
    enum Code: String, Sendable {
        case usage, notFound, refused, licence, unreachable, corrupt, quota, busy, unsupported
        case `internal`
    }

    let code: Code
    let message: String
    let why: String
    let remedy: String

    /// A failure; `why` and `remedy` may be empty.
    init(_ code: Code, _ message: String, why: String = "", remedy: String = "") {
        self.code = code
        self.message = PlainText.shown(message)
        self.why = PlainText.shown(why)
        self.remedy = remedy
    }

    /// The store's failure.
    init(_ error: StoreError) {
        let text = error.description
        switch error {
        case .missing: self.init(.notFound, text)
        case .diskFull, .quota:
            self.init(.quota, text, remedy: "free some space or raise the quota, then try again")
        case .damaged, .lostWrites:
            self.init(.corrupt, text, remedy: "see what is damaged with: plasmid verify LAYER")
        case .inUse(_, let process):
            self.init(
                .busy, text,
                remedy: process > 0 ? "stop it with: kill \(process)" : "try again in a moment")
        case .noHome: self.init(.notFound, text, remedy: "plasmid init")
        case .occupied, .refused, .changed: self.init(.refused, text)
        case .unusable, .networkFilesystem: self.init(.refused, text)
        case .system: self.init(.internal, text)
        }
    }

    /// A document's or folder's failure.
    init(_ error: GenomeError) {
        switch error {
        case .sharing(.licenceMissing):
            self.init(
                .licence, "the terms of this layer are not stated",
                why: "a published copy cannot be called back, so there is no default",
                remedy: "add --licence with an SPDX expression, for example --licence Apache-2.0")
        case .licence:
            self.init(
                .licence, error.description,
                remedy: "use an SPDX expression such as MIT or LicenseRef-Our-Terms")
        case .sharing(.nameMissing):
            self.init(.refused, error.description, remedy: "add --name NAME")
        case .sharing(.secret):
            self.init(
                .refused, error.description,
                remedy: "remove it, or say --include FILE if it is harmless")
        case .reference:
            self.init(
                .usage, error.description,
                remedy: "name a layer by id, UUID, label.key/name@version, name or 8+ digits")
        default: self.init(.refused, error.description)
        }
    }

    /// The object that `--json` prints.
    var json: JSONValue {
        [
            "error": [
                "code": .string(code.rawValue), "message": .string(message),
                "why": .string(why), "do": .string(remedy),
            ]
        ]
    }

    /// A failure that a node sent.
    init(json: JSONValue) {
        self.init(
            json["code"]?.string.flatMap { Code(rawValue: $0) } ?? .internal,
            json["message"]?.string ?? "the node did not say what went wrong",
            why: json["why"]?.string ?? "", remedy: json["do"]?.string ?? "")
    }
}

/// Runs store calls and gives their failures the command's type.
func inStore<Result>(_ body: () throws(StoreError) -> Result) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        throw Failure(error)
    }
}

/// Runs document calls and gives their failures the command's type.
func inGenome<Result>(_ body: () throws(GenomeError) -> Result) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        throw Failure(error)
    }
}
