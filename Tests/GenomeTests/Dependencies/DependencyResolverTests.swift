import Testing
import Wire

@testable import Genome

@Suite("What a layer needs")
struct DependencyResolverTests {
    @Test func `comes in an order in which each stands behind its own needs`() {
        let world = DependencyUniverse([
            ("app", "1.0.0", ["requires b ^1.0.0", "requires a *"]),
            ("a", "1.0.0", ["requires c *"]),
            ("a", "0.9.0", []), ("b", "1.0.0", ["requires a *"]), ("b", "2.0.0", []),
            ("c", "3.0.0", []),
        ])
        #expect(world.locked() == ["c@3.0.0", "a@1.0.0", "b@1.0.0"])
    }

    @Test func `takes the highest version that goes with all others`() {
        let world = DependencyUniverse([
            ("app", "1.0.0", ["requires a *", "requires b *"]),
            ("a", "2.0.0", ["requires c ^2.0.0"]),
            ("a", "1.0.0", ["requires c ^1.0.0"]), ("b", "1.0.0", ["requires c ^1.0.0"]),
            ("c", "1.0.0", []), ("c", "1.1.0", []), ("c", "2.0.0", []),
        ])
        #expect(world.locked() == ["c@1.1.0", "a@1.0.0", "b@1.0.0"])
    }

    @Test func `that cannot be had together is told as a smallest set of demands`() throws {
        let world = DependencyUniverse([
            ("app", "1.0.0", ["requires a *", "requires b *", "requires z *"]),
            ("a", "1.0.0", ["requires c ^1.0.0", "requires z *"]),
            ("b", "1.0.0", ["requires c ^2.0.0"]), ("c", "1.0.0", []), ("c", "2.0.0", []),
            ("z", "1.0.0", []),
        ])
        guard case .unsatisfiable(let core) = world.resolve() else {
            Issue.record("it has a lock")
            return
        }
        let key = Fixtures.publisher.publicKey.fingerprint
        #expect(
            core.lines == [
                "app@1.0.0 requires \(key)/a *", "app@1.0.0 requires \(key)/b *",
                "a@1.0.0 requires \(key)/c ^1.0.0", "b@1.0.0 requires \(key)/c ^2.0.0",
                "known of \(key)/a: 1.0.0", "known of \(key)/b: 1.0.0",
                "known of \(key)/c: 2.0.0, 1.0.0",
            ])
        #expect(core.cycle.isEmpty)
    }

    @Test func `that nobody has is named`() {
        let root = DependencyCandidate(
            layer: Fixtures.digest(1), place: nil, version: nil,
            dependencies: [LayerDependency(.layer(Fixtures.digest(9)), kind: "requires")],
            title: "app")
        guard case .unsatisfiable(let core) = DependencyResolver(root, candidates: []).resolve()
        else {
            Issue.record("it has a lock")
            return
        }
        #expect(core.lines.last == "nothing is known of layer 0909090909090909")
    }

    @Test func `a circle is refused and shown, unless another version is without it`() {
        let circle: [DependencyUniverse.Entry] = [
            ("app", "1.0.0", ["requires a *"]), ("a", "2.0.0", ["requires b *"]),
            ("b", "1.0.0", ["requires c *"]), ("c", "1.0.0", ["requires a *"]),
        ]
        guard case .unsatisfiable(let core) = DependencyUniverse(circle).resolve() else {
            Issue.record("it has a lock")
            return
        }
        #expect(core.cycle == ["a@2.0.0", "b@1.0.0", "c@1.0.0", "a@2.0.0"])
        #expect(DependencyUniverse(circle + [("a", "1.0.0", [])]).locked() == ["a@1.0.0"])
        let own = DependencyUniverse([("app", "1.0.0", ["requires app *"])])
        guard case .unsatisfiable(let itself) = own.resolve() else {
            Issue.record("it has a lock")
            return
        }
        #expect(itself.cycle == ["app@1.0.0", "app@1.0.0"])
    }

    @Test func `what is only suggested never costs what is needed`() throws {
        let world = DependencyUniverse([
            (
                "app", "1.0.0",
                ["suggests a ^2.0.0", "requires b *", "suggests none *", "suggests d *"]
            ),
            ("a", "2.0.0", ["requires c ^1.0.0"]), ("b", "1.0.0", ["requires c *"]),
            ("c", "1.0.0", []), ("c", "2.0.0", []), ("d", "1.0.0", ["suggests e *"]),
            ("e", "1.0.0", []),
        ])
        guard case .locked(let lock) = world.resolve() else {
            Issue.record("it has no lock")
            return
        }
        // c@2.0.0 stays although a would want an older one.
        #expect(world.titles(lock) == ["c@2.0.0", "b@1.0.0", "e@1.0.0", "d@1.0.0"])
        let leftOut = lock.leftOut.map { "\($0.target)".split(separator: "/")[1] }
        #expect(leftOut == ["a ^2.0.0", "none *"])
    }

    @Test func `a conflict holds whoever states it, and a mild one only warns`() {
        let needs = ["requires a *", "requires b *"]
        let by: [(String, [String], [String])] = [
            ("root", ["conflicts b *"], []), ("member", [], ["conflicts b ^1.0.0"]),
            ("member on root", [], ["conflicts app *"]),
        ]
        for (_, root, member) in by {
            let world = DependencyUniverse([
                ("app", "1.0.0", needs + root), ("a", "1.0.0", member), ("b", "1.0.0", []),
            ])
            #expect(world.locked() == nil)
        }
        let place = LayerPlace(publisher: Fixtures.publisher.publicKey, name: "b")
        let mild = LayerDependency(
            .named(place, VersionRange("*")!), kind: "conflicts-with", isRequired: false)
        let world = DependencyUniverse([("app", "1.0.0", ["requires b *"]), ("b", "1.0.0", [])])
        let root = DependencyCandidate(
            layer: world.root.layer, place: world.root.place, version: world.root.version,
            dependencies: world.root.dependencies + [mild], title: "app")
        guard
            case .locked(let lock) = DependencyResolver(root, candidates: world.candidates)
                .resolve()
        else {
            Issue.record("it has no lock")
            return
        }
        #expect(lock.warnings == ["app says it does not go well with b@1.0.0"])
    }

    @Test func `does not depend on the order in which layers are known`() {
        var draw = LicenceDraw(seed: 7)
        for _ in 0..<50 {
            let world = DependencyUniverse.random(&draw, names: 6)
            let turned = DependencyResolver(
                world.root, candidates: world.candidates.reversed()
            ).resolve()
            #expect(turned == world.resolve())
        }
    }

    /// Every answer held against all ways there are: a lock only where there is one, itself one of
    /// them, and none that is at least as high everywhere and higher somewhere.
    @Test("is what trying every way gives", arguments: 0..<20)
    func bruteForce(_ seed: Int) throws {
        var draw = LicenceDraw(seed: UInt64(seed))
        var locks = 0
        for _ in 0..<60 {
            let world = DependencyUniverse.random(&draw, names: 5)
            let ways = world.everyWay()
            switch world.resolve() {
            case .locked(let lock):
                locks += 1
                let own = world.layers(lock)
                try #require(world.isGood(own), "\(world.titles(lock))")
                for way in ways {
                    let better = own.allSatisfy { mine in
                        way.contains { $0.place == mine.place && $0.version! >= mine.version! }
                    }
                    let higher = own.contains { mine in
                        way.contains { $0.place == mine.place && $0.version! > mine.version! }
                    }
                    #expect(!(better && higher), "\(world.titles(lock))")
                }
                var seen = Set<Digest>()
                for layer in own.dropFirst() {
                    for need in layer.dependencies where need.kind == "requires" {
                        let meant = own.first { $0.isMeant(by: need.target) }
                        #expect(meant.map { seen.contains($0.layer) } ?? false)
                    }
                    seen.insert(layer.layer)
                }
            case .unsatisfiable(let core):
                #expect(ways.isEmpty, "\(core.lines)")
                #expect(!core.lines.isEmpty)
            case .tooHard(let why): Issue.record("\(why)")
            }
        }
        #expect(locks > 5)
    }

    /// Pigeons and holes: each of many layers wants another version of one name.
    @Test func `a puzzle made to be hard ends`() {
        var entries: [DependencyUniverse.Entry] = [
            ("app", "1.0.0", (0..<12).map { "requires l\($0) *" } + ["requires end *"])
        ]
        for name in 0..<12 {
            for version in 1...8 {
                let others = (0..<12).filter { $0 != name }
                let needs = others.map { "conflicts l\($0) \(version).0.0" }
                entries.append(("l\(name)", "\(version).0.0", needs))
            }
        }
        entries.append(("end", "1.0.0", []))
        let world = DependencyUniverse(entries)
        guard case .tooHard(let why) = world.resolve() else {
            Issue.record("it was not hard")
            return
        }
        #expect(why.contains("20000"))
    }
}
