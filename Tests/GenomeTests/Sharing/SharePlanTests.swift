import Genome
import Testing

@Suite("What of a folder is shared")
struct SharePlanTests {
    private func item(
        _ path: String, _ kind: SharePlan.ItemKind = .file, first: [UInt8] = []
    ) -> SharePlan.Item {
        SharePlan.Item(path: path, kind: kind, size: 10, first: first)
    }

    private func fault(
        _ items: [SharePlan.Item], included: Set<String> = []
    ) -> SharingFault? {
        let error = Fixtures.fault { _ = try SharePlan.make(items, included: included) }
        if case .sharing(let fault) = error { return fault }
        return nil
    }

    @Test("models, JSON, tokenizers and text are; dotfiles and the rest are left out")
    func takes() throws {
        let plan = try SharePlan.make([
            item("tokenizer.json"), item("adapter_model.safetensors"), item(".git/config"),
            item("README.md"), item("train.py"), item("sub/.env"), item("pipe", .special),
            item("link.json", .linkInside), item(".cache/x.pt"),
        ])
        #expect(
            plan.taken.map(\.path.text) == [
                "README.md", "adapter_model.safetensors", "link.json", "tokenizer.json",
            ])
        #expect(
            plan.leftOut.map(\.path) == [
                ".git/config", "train.py", "sub/.env", "pipe", ".cache/x.pt",
            ])
        #expect(plan.leftOut.allSatisfy { !$0.reason.isEmpty })
        #expect(plan.taken.map(\.needsSecretScan) == [true, false, true, true])
        #expect(plan.size == 40)
    }

    @Test("a pickle stops it, also when included")
    func pickles() {
        let items = [item("a.json"), item("training_args.bin")]
        #expect(fault(items) == .pickle(path: "training_args.bin"))
        #expect(fault(items, included: ["training_args.bin"]) == .pickle(path: "training_args.bin"))
        #expect(fault([item("x.json", first: [0x80, 4, 0x95])]) == .pickle(path: "x.json"))
        #expect(fault([item(".x.pt")], included: [".x.pt"]) == .pickle(path: ".x.pt"))
    }

    @Test("a link out of the folder stops it")
    func links() {
        #expect(
            fault([item("a.json"), item("passwd.txt", .linkOutside)])
                == .linkOutside(path: "passwd.txt"))
    }

    @Test("including by name overrides all else")
    func includes() throws {
        let plan = try SharePlan.make(
            [item("train.py"), item(".env"), item("a.json")], included: ["train.py", ".env"])
        #expect(plan.taken.map(\.path.text) == [".env", "a.json", "train.py"])
        #expect(plan.taken.map(\.needsSecretScan) == [false, true, false])
        #expect(fault([item("a.json")], included: ["b"]) == .notThere("b"))
    }

    @Test("bad and clashing paths stop it")
    func badPaths() {
        #expect(fault([item("a\u{202e}b.json")]) == .badPath("a\u{fffd}b.json"))
        #expect(fault([item("A.json"), item("a.json")]) == .samePath("A.json", "a.json"))
        #expect(fault([]) == .empty)
        #expect(fault([item("x.py")]) == .empty)
    }

    @Test("one named file is taken whatever it is, unless it is a pickle")
    func oneFile() throws {
        let plan = try SharePlan.make(file: item("notes.csv", first: Array("a,b".utf8)))
        #expect(plan.taken.map(\.path.text) == ["notes.csv"])
        #expect(plan.taken[0].needsSecretScan)
        let binary = try SharePlan.make(file: item("x.gguf", first: [0, 1]))
        #expect(!binary.taken[0].needsSecretScan)
        #expect(
            Fixtures.fault { _ = try SharePlan.make(file: item("x.pt")) }
                == .sharing(.pickle(path: "x.pt")))
    }
}
