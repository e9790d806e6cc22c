import Genome
import Host
import Store
import Swarm
import Wire

extension Failure {
    /// The store's failure.
    init(_ error: StoreError) {
        let text = error.description
        switch error {
        case .missing: self.init(.notFound, text)
        case .diskFull, .quota:
            self.init(.quota, text, remedy: "free some space or raise the quota, then try again")
        case .tooLarge: self.init(.quota, text)
        case .damaged, .lostWrites:
            self.init(.corrupt, text, remedy: "see what is damaged with: plasmid verify LAYER")
        case .inUse(_, let process):
            self.init(
                .busy, text,
                remedy: process > 0 ? "stop it with: kill \(process)" : "try again in a moment")
        case .noHome: self.init(.notFound, text, remedy: "plasmid init")
        case .occupied, .refused, .changed, .sourceChanged, .sourceMissing:
            self.init(.refused, text)
        case .unusable, .networkFilesystem: self.init(.refused, text)
        case .system: self.init(.internal, text)
        }
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

/// Runs document calls and gives their failures the command's type; `what` was being done.
func inGenome<Result>(
    _ what: String, _ body: () throws(GenomeError) -> Result
) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        throw Failure(error, doing: what)
    }
}
