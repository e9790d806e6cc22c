import Genome
import Testing
import Wire

@Suite("A run record")
struct RunRecordTests {
    private func record(_ change: (inout JSONObject) -> Void = { _ in }) throws -> RunRecord {
        var object = RunFixtures.record(
            try Recipe.make(RunFixtures.recipe()), RunFixtures.links([0, 4, 8]))
        change(&object)
        return try RunRecord.make(object)
    }

    @Test("comes back from its envelope, and only under the key it names")
    func signed() throws {
        let record = try record()
        let envelope = record.signed(by: Fixtures.publisher).encode()
        let again = try RunRecord.verified(envelope)
        #expect(again.bytes == record.bytes)
        #expect(again.checkpoints == RunFixtures.links([0, 4, 8]))
        #expect(again.resultStep == 8 && again.adapter.size == 64)
        let forged = Envelope.signed(
            record.bytes, type: RunRecord.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(
            Fixtures.fault { _ = try RunRecord.verified(forged.encode()) }
                == .envelope(.notSigned(by: Fixtures.publisher.publicKey)))
        let otherType = Envelope.signed(
            record.bytes, type: Manifest.payloadType, by: Fixtures.publisher)
        #expect(Fixtures.fault { _ = try RunRecord.verified(otherType.encode()) } != nil)
    }

    @Test("is refused when its checkpoints are no chain")
    func chain() throws {
        var links = RunFixtures.links([0, 4, 8])
        links[2] = CheckpointLink(
            step: 8, adapter: links[2].adapter, optimiser: links[2].optimiser,
            state: links[2].state, previous: Fixtures.digest(99))
        #expect(
            Fixtures.fault { _ = try record { $0["checkpoints"] = .array(links.map(\.json)) } }
                == .field(
                    path: "checkpoints[2].previous", .notAllowed("a checkpoint before it")))
        let swapped = Array(RunFixtures.links([0, 4, 8]).reversed())
        #expect(
            Fixtures.fault { _ = try record { $0["checkpoints"] = .array(swapped.map(\.json)) } }
                != nil)
        #expect(Fixtures.fault { _ = try record { $0["checkpoints"] = [] } } != nil)
    }

    @Test("may branch: what is kept for another reason hangs on the one before it")
    func branches() throws {
        var links = RunFixtures.links([0, 4])
        links.append(
            CheckpointLink(
                step: 5, adapter: Fixtures.digest(60), optimiser: Fixtures.digest(61),
                state: Fixtures.digest(62), previous: links[1].state))
        links.append(
            CheckpointLink(
                step: 8, adapter: Fixtures.digest(48), optimiser: Fixtures.digest(48),
                state: Fixtures.digest(48), previous: links[1].state))
        let record = try record { $0["checkpoints"] = .array(links.map(\.json)) }
        #expect(record.checkpoints.count == 4)
    }

    @Test("is refused when the result is no checkpoint's adapter")
    func result() throws {
        let fault = Fixtures.fault {
            _ = try record { object in
                var outputs = object["outputs"]?.object ?? JSONObject()
                outputs["step"] = 4
                object["outputs"] = .object(outputs)
            }
        }
        #expect(
            fault
                == .field(path: "outputs", .notAllowed("the adapter of one of the checkpoints")))
    }

    @Test("is refused with steps beyond what a run can have")
    func steps() throws {
        var links = RunFixtures.links([0, 4])
        links.append(
            CheckpointLink(
                step: 1 << 40, adapter: Fixtures.digest(60), optimiser: Fixtures.digest(61),
                state: Fixtures.digest(62), previous: links[1].state))
        #expect(
            Fixtures.fault { _ = try record { $0["checkpoints"] = .array(links.map(\.json)) } }
                != nil)
        let outputs = Fixtures.fault {
            _ = try record { object in
                var outputs = object["outputs"]?.object ?? JSONObject()
                outputs["steps"] = .integer(1 << 40)
                object["outputs"] = .object(outputs)
            }
        }
        #expect(outputs != nil)
    }
}
