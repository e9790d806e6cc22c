import Testing

@testable import Node

@Suite("The verbs")
struct VerbsTests {
    @Test("are those of the contract, each once, and none is also unbuilt")
    func names() {
        let names = Verbs.all.map(\.name)
        #expect(
            names == [
                "init", "run", "join", "trust", "share", "assemble", "find", "show", "list",
                "lineage", "fetch", "export", "verify", "pin", "unpin", "remove", "quota",
                "compact", "doctor",
                "backup", "restore", "infer", "chat", "memory", "tokenize", "detokenize", "merge",
                "train", "jobs", "eval", "grant", "revoke", "withdraw", "mirror", "org",
                "identity", "delegate", "audit", "transfers", "limits", "licence", "schema",
                "peers", "status", "ticket", "bootstrap",
                "bench",
            ])
        #expect(Verbs.notBuilt.isDisjoint(with: names))
    }

    @Test("have distinct options")
    func options() {
        for verb in Verbs.all {
            let options = (verb.options + VerbShape.everywhere).flatMap { [$0.name] + $0.aliases }
            #expect(Set(options).count == options.count, "\(verb.name)")
        }
    }
}
