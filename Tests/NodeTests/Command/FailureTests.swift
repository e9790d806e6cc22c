import Genome
import Testing

@testable import Node

@Suite("A failure")
struct FailureTests {
    @Test("says what happened, why and what to do, on one line")
    func line() {
        let failure = Failure(.notFound, "no layer poems", why: "nobody told of it", remedy: "Wait")
        #expect(failure.line == "plasmid: no layer poems: nobody told of it. Wait")
        #expect(Failure(.busy, "busy").line == "plasmid: busy")
    }

    @Test("has the contract's codes and exit codes")
    func codes() {
        #expect(
            Failure.Code.allCases.map(\.rawValue) == [
                "usage", "notFound", "refused", "licence", "unreachable", "corrupt", "quota",
                "busy", "unsupported", "internal",
            ])
        #expect(Failure(.usage, "x").exitCode == 2 && Failure(.corrupt, "x").exitCode == 1)
        #expect(Failure(.usage, "x", remedy: "y").json["error"]?["do"] == "y")
    }

    @Test("of a document keeps its words and adds a remedy")
    func fromGenome() {
        let pickle = Failure(.sharing(.pickle(path: "a.bin")), doing: "sharing")
        #expect(pickle.code == .refused && pickle.why.contains("a.bin") && !pickle.remedy.isEmpty)
        #expect(Failure(.sharing(.licenceMissing), doing: "sharing").code == .licence)
        #expect(Failure(.licence(at: 0, expected: "x"), doing: "sharing").code == .usage)
        #expect(Failure(.notCanonical("manifest"), doing: "reading").code == .corrupt)
    }
}
